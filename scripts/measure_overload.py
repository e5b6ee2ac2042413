#!/usr/bin/env python3
"""Measures overload policies side by side on one machine.

    measure_overload.py KUNSERVE --out DIR [--policies drop,recompute,...] [--rate-scales 1,1.5,2]
        [--serve "--data-parallel-size 2 --memory-per-instance 26MiB"] [--bench "--dataset-name ..."]
        [--rounds 3]

For every round, rate scale and policy it starts a server, sends the same seeded load with
`kunserve bench serve`, stops the server, and keeps the result, the timeline and the server's own
counters. At the end it writes table.md (the median of the rounds in every cell), violations.md
(objectives missed against factor) and, for each rate scale, a report that compares the policies of
the first round. Runs whose result lies in DIR already are not run again. A policy may carry flags of
its own after an equals sign:

    --policies "drop,drop:blocking=drop --exchange-mode blocking,recompute"
"""
import argparse
import json
import os
import shlex
import signal
import statistics
import subprocess
import urllib.request

from local_server import HOST, free_port, wait_until_healthy


def get(port, path):
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5) as answer:
        return answer.read().decode()


def counters(text):
    """Sums of the counters that tell what a policy did."""
    wanted = ("vllm:num_preemptions_total", "kunserve_")
    sums = {}
    for line in text.splitlines():
        if line.startswith(wanted) and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            name = name.split("{")[0]
            if name.endswith("_bucket"):
                continue
            sums[name] = sums.get(name, 0) + float(value)
    return sums


def stem_of(arguments, name, scale, round_number):
    suffix = f"-r{round_number}" if round_number else ""
    return os.path.join(arguments.out, f"{name.replace(':', '-')}-{scale:g}{suffix}")


def run(arguments, name, flags, scale, stem):
    """One server under one load; answers the client's result with the server's counters."""
    if not os.path.exists(stem + ".counters.json"):
        measure(arguments, name, flags, scale, stem)
    with open(stem + ".json") as result, open(stem + ".counters.json") as did:
        return json.load(result) | {"did": json.load(did)}


def measure(arguments, name, flags, scale, stem):
    port = free_port()
    serve = [arguments.kunserve, "serve", "--port", str(port), "--log-level", "warning"]
    serve += shlex.split(arguments.serve) + ["--overload-policy"] + shlex.split(flags)
    with open(stem + ".log", "w") as log:
        server = subprocess.Popen(serve, stdout=log, stderr=log)
    try:
        wait_until_healthy(server, port, seconds=120)
        bench = [arguments.kunserve, "bench", "serve", "--port", str(port), "--disable-tqdm"]
        bench += shlex.split(arguments.bench)
        if scale != 1 or "--dataset-name trace" in arguments.bench:
            bench += ["--rate-scale", f"{scale:g}"]
        bench += ["--seed", str(arguments.seed), "--label", name, "--save-result"]
        bench += ["--result-dir", arguments.out, "--result-filename", os.path.basename(stem) + ".json"]
        bench += ["--timeline", stem + ".csv"]
        with open(stem + ".txt", "w") as table:
            subprocess.run(bench, stdout=table, stderr=subprocess.STDOUT, check=False)
        with open(stem + ".events.json", "w") as events:
            events.write(get(port, "/v1/cluster/log"))
        with open(stem + ".counters.json", "w") as did:
            json.dump(counters(get(port, "/metrics")), did)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=90)
        except subprocess.TimeoutExpired:
            server.kill()


COLUMNS = [
    ("TTFT P50", "p50_ttft_ms"), ("P90", "p90_ttft_ms"), ("P99", "p99_ttft_ms"),
    ("P99.9", "p99.9_ttft_ms"), ("TPOT P50", "p50_tpot_ms"), ("P90", "p90_tpot_ms"),
    ("P99", "p99_tpot_ms"), ("P99.9", "p99.9_tpot_ms"), ("tokens/s", "output_throughput"),
    ("completed", "completed"), ("rejected", "rejected"), ("failed", "failed"),
]


DID = ("kunserve_drop_total", "kunserve_restore_total", "vllm:num_preemptions_total")
FACTORS = (2, 3, 5, 10, 20, 50, 100)


def number(value):
    return "" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def bubbles(did):
    busy = did.get("kunserve_pipeline_busy_seconds_total", 0)
    idle = did.get("kunserve_pipeline_bubble_seconds_total", 0)
    return 100 * idle / (busy + idle) if busy + idle else None


def demand(result):
    """Mean share of the undropped KV memory that running requests held, in percent."""
    shares = []
    for sample in result["cluster"]["samples"]:
        memories = [instance["memory"] for instance in sample["instances"]]
        room = sum(m["kv_used"] + m["kv_cached"] + m["kv_free"] for m in memories)
        if all(instance["phase"] == "whole" for instance in sample["instances"]) and room:
            shares.append(100 * sum(m["kv_used"] for m in memories) / room)
    return statistics.mean(shares) if shares else None


def row(name, scale, results):
    cells = [f"{scale:g}", name]
    cells += [number(median([result.get(key) for result in results])) for _, key in COLUMNS]
    cells += [number(median([result["did"].get(key, 0) for result in results])) for key in DID]
    cells.append(number(median([bubbles(result["did"]) for result in results])))
    cells.append(number(median([demand(result) for result in results])))
    return "| " + " | ".join(cells) + " |"


def violations(scale, runs):
    """Lines of a table: share of requests beyond N times the least baseline median, by N."""
    lines = []
    for key, series in (("ttft", "ttfts"), ("tpot", None)):
        base = min(median([r[f"p50_{key}_ms"] for r in results])
                   for name, results in runs.items() if not name.startswith("drop"))
        for name, results in runs.items():
            values = []
            for r in results:
                for i, outcome in enumerate(r["outcomes"]):
                    if outcome != "completed":
                        values.append(float("inf"))
                    elif series:
                        values.append(r["ttfts"][i] * 1000)
                    elif r["output_lens"][i] > 1:
                        values.append((r["latencies"][i] - r["ttfts"][i]) * 1000
                                      / (r["output_lens"][i] - 1))
            shares = [100 * sum(v > base * factor for v in values) / len(values) for factor in FACTORS]
            lines.append(f"| {scale:g} | {key.upper()} > N × {base:.3g} ms | {name} | "
                         + " | ".join(f"{share:.1f}" for share in shares) + " |")
    return lines


def report(arguments, scale, names):
    command = [arguments.kunserve, "bench", "report"]
    command += ["--out", os.path.join(arguments.out, f"report-{scale:g}.html")]
    command += [f"{name}={stem_of(arguments, name, scale, 0)}.json" for name in names]
    subprocess.run(command, check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--policies", default="drop,recompute,swap,migrate,static-pipeline")
    parser.add_argument("--rate-scales", default="1")
    parser.add_argument("--serve", default="--data-parallel-size 2 --memory-per-instance 26MiB")
    parser.add_argument("--bench", default="--dataset-name random --num-prompts 100 --request-rate 8")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    policies = {name: flags or name
                for name, _, flags in (part.partition("=") for part in arguments.policies.split(","))}
    scales = [float(text) for text in arguments.rate_scales.split(",")]
    runs = {scale: {name: [] for name in policies} for scale in scales}
    for round_number in range(arguments.rounds):
        for scale in scales:
            for name, flags in policies.items():
                stem = stem_of(arguments, name, scale, round_number)
                runs[scale][name].append(run(arguments, name, flags, scale, stem))
                print(row(name, scale, runs[scale][name][-1:]), flush=True)
    write_tables(arguments, runs)
    for scale in scales:
        report(arguments, scale, policies)


def write_tables(arguments, runs):
    head = ["rate", "policy"] + [title for title, _ in COLUMNS]
    head += ["drops", "restores", "preempted", "bubbles %", "demand %"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += [row(name, scale, results)
              for scale, of_scale in runs.items() for name, results in of_scale.items()]
    with open(os.path.join(arguments.out, "table.md"), "w") as table:
        table.write("\n".join(lines) + "\n")
    head = ["rate", "objective", "policy"] + [f"N = {factor}" for factor in FACTORS]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for scale, of_scale in runs.items():
        if any(not name.startswith("drop") for name in of_scale):
            lines += violations(scale, of_scale)
    with open(os.path.join(arguments.out, "violations.md"), "w") as table:
        table.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
