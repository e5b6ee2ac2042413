#!/usr/bin/env python3
"""Measures overload policies side by side on one machine.

    measure_overload.py KUNSERVE --out DIR [--policies drop,recompute,...] [--rate-scales 1,1.5,2]
        [--serve "--data-parallel-size 2 --memory-per-instance 26MiB"] [--bench "--dataset-name ..."]

For every rate scale and every policy it starts a server, sends the same seeded load with
`kunserve bench serve`, stops the server, and keeps the result, the timeline and the server's own
counters. At the end it prints a table and writes a report that compares the policies for each rate
scale. A policy may carry flags of its own after a plus sign:

    --policies "drop,drop:blocking=drop --exchange-mode blocking,recompute"
"""
import argparse
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.read().decode()


def wait_ready(port, process, seconds=120):
    limit = time.time() + seconds
    while time.time() < limit:
        if process.poll() is not None:
            sys.exit(f"the server ended with {process.returncode}")
        try:
            get(port, "/health")
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not become ready")


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


def run(arguments, name, flags, scale):
    port = free_port()
    stem = os.path.join(arguments.out, f"{name.replace(':', '-')}-{scale:g}")
    serve = [arguments.kunserve, "serve", "--port", str(port), "--log-level", "warning"]
    serve += shlex.split(arguments.serve) + ["--overload-policy"] + shlex.split(flags)
    with open(stem + ".log", "w") as log:
        server = subprocess.Popen(serve, stdout=log, stderr=log)
    try:
        wait_ready(port, server)
        bench = [arguments.kunserve, "bench", "serve", "--port", str(port), "--disable-tqdm"]
        bench += shlex.split(arguments.bench)
        if scale != 1 or "--dataset-name trace" in arguments.bench:
            bench += ["--rate-scale", f"{scale:g}"]
        bench += ["--seed", str(arguments.seed), "--label", name, "--save-result"]
        bench += ["--result-dir", arguments.out, "--result-filename", os.path.basename(stem) + ".json"]
        bench += ["--timeline", stem + ".csv"]
        with open(stem + ".txt", "w") as table:
            subprocess.run(bench, stdout=table, stderr=subprocess.STDOUT, check=False)
        did = counters(get(port, "/metrics"))
        with open(stem + ".events.json", "w") as events:
            events.write(get(port, "/v1/cluster/log"))
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=90)
        except subprocess.TimeoutExpired:
            server.kill()
    with open(stem + ".json") as result:
        return json.load(result), did


COLUMNS = [
    ("TTFT P50", "p50_ttft_ms"), ("P90", "p90_ttft_ms"), ("P99", "p99_ttft_ms"),
    ("P99.9", "p99.9_ttft_ms"), ("TPOT P50", "p50_tpot_ms"), ("P90", "p90_tpot_ms"),
    ("P99", "p99_tpot_ms"), ("P99.9", "p99.9_tpot_ms"), ("tokens/s", "output_throughput"),
    ("completed", "completed"), ("rejected", "rejected"), ("failed", "failed"),
]


def bubbles(did):
    busy = did.get("kunserve_pipeline_busy_seconds_total", 0)
    idle = did.get("kunserve_pipeline_bubble_seconds_total", 0)
    return 100 * idle / (busy + idle) if busy + idle else None


def row(name, scale, result, did):
    cells = [f"{scale:g}", name]
    for _, key in COLUMNS:
        value = result.get(key)
        cells.append("" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.3g}")
    for key in ("kunserve_drop_total", "kunserve_restore_total", "vllm:num_preemptions_total"):
        cells.append(f"{did.get(key, 0):.0f}")
    share = bubbles(did)
    cells.append("" if share is None else f"{share:.0f} %")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--policies", default="drop,recompute,swap,migrate,static-pipeline")
    parser.add_argument("--rate-scales", default="1")
    parser.add_argument("--serve", default="--data-parallel-size 2 --memory-per-instance 26MiB")
    parser.add_argument("--bench", default="--dataset-name random --num-prompts 100 --request-rate 8")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    names = [part.partition("=") for part in arguments.policies.split(",")]
    policies = [(name, flags or name) for name, _, flags in names]
    head = ["rate", "policy"] + [title for title, _ in COLUMNS]
    head += ["drops", "restores", "preempted", "bubbles"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    print("\n".join(lines), flush=True)
    for scale in [float(text) for text in arguments.rate_scales.split(",")]:
        for name, flags in policies:
            lines.append(row(name, scale, *run(arguments, name, flags, scale)))
            print(lines[-1], flush=True)
        stems = [f"{name.replace(':', '-')}-{scale:g}" for name, _ in policies]
        report = [arguments.kunserve, "bench", "report"]
        report += ["--out", os.path.join(arguments.out, f"report-{scale:g}.html")]
        report += [f"{name}={os.path.join(arguments.out, stem)}.json"
                   for (name, _), stem in zip(policies, stems)]
        subprocess.run(report, check=False)
    with open(os.path.join(arguments.out, "table.md"), "w") as table:
        table.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
