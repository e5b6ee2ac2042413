#!/usr/bin/env python3
"""Measures what a high priority brings and what the others pay for it, on the real engine.

    measure_priorities.py KUNSERVE --out DIR [--model DIR] [--rounds 3] [--normal 480@12]
        [--high 53@1.33] [--burstiness 0.25] [--prompt 200] [--tokens 250] [--memory 32MiB]
        [--load 2400]

Four instances get two loads at once from `kunserve bench serve`, one of normal requests and one
with `"priority": -1`; 480@12 are 480 requests of which 12 are sent per second, unevenly by
`--burstiness`, and 480x54 as many of which 54 are in flight at any time. The same is sent to a
server that tells requests apart and to one that does not, in turn, in changing order. Only requests
count that are sent while both loads run. Every answer must be complete and, byte by
byte, the same from both servers. Prints the latencies of both kinds as medians over the rounds,
with the median of the ratios within the rounds, and writes them to DIR/priorities.md; runs whose
result lies in DIR are not run again.
"""
import argparse
import json
import os
import statistics

from local_server import bench, outcome, serving
from measure_overload import counters, get
from measure_scaling import percentile

SERVERS = {
    "off": ["--high-priority-below=-1000", "--scheduling-policy", "fcfs"],
    "on": ["--high-priority-below=0", "--scheduling-policy", "priority"],
}
KINDS = {"high": ["--seed", "2", "--extra-body", '{"priority": -1}'], "normal": ["--seed", "1"]}
# Seconds at the beginning that do not count, and that one run may take.
WARM, LIMIT = 1.0, 150.0
COLUMNS = [("TTFT P50", "ttft", 0.5), ("P99", "ttft", 0.99), ("TPOT P50", "tpot", 0.5),
           ("P99", "tpot", 0.99), ("ITL P50", "itl", 0.5), ("P99", "itl", 0.99)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--normal", default="480@12", help="requests @ rate, or x in flight")
    parser.add_argument("--high", default="53@1.33", help="the same of high priority")
    parser.add_argument("--burstiness", default="0.25", help="1 / the square of the gaps' CV")
    parser.add_argument("--prompt", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=250)
    parser.add_argument("--memory", default="32MiB", help="for the KV of an instance")
    parser.add_argument("--load", type=int, default=2400, help="see --high-priority-load")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    rounds = []
    for turn in range(arguments.rounds):
        order = list(SERVERS) if turn % 2 == 0 else list(reversed(SERVERS))
        runs = {name: run(arguments, name, turn) for name in order}
        rounds.append({name: runs[name] for name in SERVERS})
        if any(runs["on"]["texts"][kind] != runs["off"]["texts"][kind] for kind in KINDS):
            raise SystemExit("an answer is another one")
    text = table(rounds)
    with open(os.path.join(arguments.out, "priorities.md"), "w") as file:
        file.write(text)
    print(text)


def run(arguments, name, turn):
    path = os.path.join(arguments.out, f"{name}-{turn}.json")
    if not os.path.exists(path):
        result = measure(arguments, name, path)
        with open(path, "w") as file:
            json.dump(result, file)
        print(f"{name} {turn}: " + ", ".join(f"{kind} {figures(result[kind])}" for kind in KINDS),
              flush=True)
    with open(path) as file:
        return json.load(file)


def measure(arguments, name, path):
    flags = ["--model", arguments.model] if arguments.model else []
    flags += ["--data-parallel-size", "4", "--threads-per-instance", "1",
              "--kv-cache-memory-bytes", arguments.memory, "--overload-policy", "recompute",
              "--no-enable-prefix-caching", "--relocation-policy", "llumnix",
              "--high-priority-load", str(arguments.load), *SERVERS[name]]
    with serving(arguments.kunserve, flags) as port:
        loads = {kind: begin(arguments, port, kind, f"{path}.{kind}") for kind in KINDS}
        told = {kind: outcome(load, f"{path}.{kind}", LIMIT) for kind, load in loads.items()}
        did = counters(get(port, "/metrics"))
    end = min(max(one["start_times"]) for one in told.values())
    result = {kind: latencies(one, end) for kind, one in told.items()}
    for kind in KINDS:
        os.remove(f"{path}.{kind}")
    return result | {"texts": {kind: one["generated_texts"] for kind, one in told.items()},
                     "moves": did.get("kunserve_relocation_total", 0),
                     "preempted": did.get("vllm:num_preemptions_total", 0),
                     "rate": sum(len(result[kind]["ttft"]) for kind in KINDS) / (end - WARM)}


def begin(arguments, port, kind, result):
    count, _, rate = vars(arguments)[kind].partition("@")
    count, _, width = count.partition("x")
    flags = ["--num-prompts", count, "--request-rate", rate or "inf", "--timeout", "60",
             "--random-input-len", str(arguments.prompt), "--random-output-len",
             str(arguments.tokens), "--random-range-ratio", "0.5"]
    flags += ["--burstiness", arguments.burstiness] if rate else ["--max-concurrency", width]
    return bench(arguments.kunserve, port, result, flags + KINDS[kind])


def latencies(told, end):
    """In milliseconds, of the requests that were sent while both loads ran."""
    counted = [index for index, second in enumerate(told["start_times"])
               if WARM <= second <= end]
    tpot = [(told["latencies"][index] - told["ttfts"][index]) / (told["output_lens"][index] - 1)
            for index in counted]
    return {"ttft": [1000 * told["ttfts"][index] for index in counted],
            "tpot": [1000 * each for each in tpot],
            "itl": [round(1000 * gap, 3) for index in counted for gap in told["itls"][index]]}


def figures(latency):
    return [round(percentile(latency[key], share), 1) for _, key, share in COLUMNS]


def table(rounds):
    rows = ["| requests | priorities | in a round | "
            + " | ".join(title for title, _, _ in COLUMNS) + " |",
            "|---|---|---:|" + "---:|" * len(COLUMNS)]
    for kind in KINDS:
        for name in SERVERS:
            alike = [one[name][kind] for one in rounds]
            count = statistics.median(len(one["ttft"]) for one in alike)
            cells = [f"{statistics.median(percentile(one[key], share) for one in alike):.1f} ms"
                     for _, key, share in COLUMNS]
            rows.append(f"| {kind} | {name} | {count:.0f} | " + " | ".join(cells) + " |")
        ratios = [[percentile(one["on"][kind][key], share)
                   / percentile(one["off"][kind][key], share) for one in rounds]
                  for _, key, share in COLUMNS]
        cells = [f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})"
                 for each in ratios]
        rows.append(f"| {kind} | on / off | | " + " | ".join(cells) + " |")
    rows += ["", "| priorities | requests/s | moves | preempted |", "|---|---:|---:|---:|"]
    for name in SERVERS:
        cells = [statistics.median(one[name][key] for one in rounds)
                 for key in ("rate", "moves", "preempted")]
        rows.append(f"| {name} | {cells[0]:.1f} | {cells[1]:.0f} | {cells[2]:.0f} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
