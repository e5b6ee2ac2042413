#!/usr/bin/env python3
"""Measures what becomes of streams when one of four instances is drained under load.

    measure_drain.py KUNSERVE --out DIR [--model DIR] [--rounds 3] [--requests 200] [--streams 32]
        [--prompt 200] [--tokens 250] [--memory 64MiB] [--after 5]

`kunserve bench serve` keeps so many streams in flight. Some seconds after the beginning, instance
1 is drained (`POST /v1/cluster/instances/1/drain`); every other run is left alone, for
comparison. Every answer must be complete and, byte by byte, that of a quiet run, in which each
request is alone on the server. Tells how long it took until the instance was empty, what moved
and how long it stood still by the server's own log, and the gaps between tokens as clients saw
them: of streams that were open when the drain began, until their ends, and of all until the end of
the load. Prints medians over the rounds and writes them to DIR/drain.md; runs whose result lies in
DIR are not run again.
"""
import argparse
import json
import os
import re
import statistics
import time

from local_server import bench, outcome, serving
from measure_migration import drain
from measure_overload import get
from measure_scaling import percentile

INSTANCE = 1
# Seconds that a run under load may take, and the quiet one.
LIMIT, QUIET_LIMIT = 120.0, 240.0
UNITS = {"s": 1000, "ms": 1, "µs": 0.001}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--streams", type=int, default=32, help="requests in flight")
    parser.add_argument("--prompt", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=250)
    parser.add_argument("--memory", default="64MiB", help="for the KV of an instance")
    parser.add_argument("--after", type=float, default=5, help="seconds until the drain")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    quiet = run(arguments, "quiet", 0)
    rounds = []
    for turn in range(arguments.rounds):
        order = ["left", "drained"] if turn % 2 == 0 else ["drained", "left"]
        rounds.append({name: run(arguments, name, turn) for name in order})
        if any(one["texts"] != quiet["texts"] for one in rounds[-1].values()):
            raise SystemExit("an answer is another one than that of the quiet run")
    text = table(rounds)
    with open(os.path.join(arguments.out, "drain.md"), "w") as file:
        file.write(text)
    print(text)


def run(arguments, name, turn):
    path = os.path.join(arguments.out, f"{name}-{turn}.json")
    if not os.path.exists(path):
        result = measure(arguments, name, path)
        with open(path, "w") as file:
            json.dump(result, file)
        print(name, turn, {key: value for key, value in result.items() if key != "texts"},
              flush=True)
    with open(path) as file:
        return json.load(file)


def measure(arguments, name, path):
    flags = ["--model", arguments.model] if arguments.model else []
    flags += ["--data-parallel-size", "4", "--threads-per-instance", "1",
              "--kv-cache-memory-bytes", arguments.memory, "--overload-policy", "recompute",
              "--no-enable-prefix-caching"]
    is_quiet = name == "quiet"
    details = path + ".load"
    with serving(arguments.kunserve, flags) as port:
        load = bench(arguments.kunserve, port, details, [
            "--num-prompts", str(arguments.requests), "--request-rate", "inf", "--seed", "1",
            "--max-concurrency", "1" if is_quiet else str(arguments.streams), "--timeout", "60",
            "--random-input-len", str(arguments.prompt), "--random-output-len",
            str(arguments.tokens), "--random-range-ratio", "0.5"])
        if not is_quiet:
            time.sleep(arguments.after)
        begun = json.loads(get(port, "/v1/cluster"))
        if name == "drained":
            drain(port, INSTANCE)
        told = outcome(load, details, QUIET_LIMIT if is_quiet else LIMIT)
        events = json.loads(get(port, "/v1/cluster/log"))["events"]
    os.remove(details)
    result = {"texts": told["generated_texts"], "duration": told["duration"]}
    return result if is_quiet else result | happened(told, begun, events)


def happened(told, begun, events):
    """What the log and the clients say of the time from the drain on; seconds are the server's."""
    sample = told["cluster"]["samples"][0]
    offset = sample["time"] - sample["run_time"]
    times = {event["kind"]: event["time"] for event in events if event["kind"].startswith("drain_")}
    start, end = times.get("drain_started", begun["time"]), times.get("drain_finished")
    group = next(group["id"] for group in begun["groups"]
                 if group["stages"][0]["instance"] == INSTANCE)
    moves = [event["message"] for event in events
             if event["kind"] == "relocated" and event["time"] >= start
             and f"from group {group} " in event["message"]]
    stalls = [stall(message) for message in moves]
    open_gaps, later_gaps = gaps(told, start - offset)
    return {"empty_s": end - start if end else None, "moves": len(moves), "stalls_ms": stalls,
            "open": len(open_gaps), "longest_ms": [max(each) for each in open_gaps],
            "gap_p50_ms": percentile(later_gaps, 0.5), "gap_p99_ms": percentile(later_gaps, 0.99),
            "tpot_ms": statistics.median(statistics.mean(each) for each in open_gaps)}


def stall(message):
    value, unit = re.search(r"stood still for ([\d.]+) (\S+)$", message).groups()
    return float(value) * UNITS[unit]


def gaps(told, start):
    """Milliseconds between tokens that end after the start: by stream open at the start; of all."""
    by_stream, later = [], []
    for index, gaps_of_one in enumerate(told["itls"]):
        second = told["start_times"][index] + told["ttfts"][index]
        was_open, mine = second < start, []
        for gap in gaps_of_one:
            second += gap
            if second >= start:
                mine.append(1000 * gap)
        later += mine
        if was_open and mine:
            by_stream.append(mine)
    return by_stream, later


def table(rounds):
    """Medians over the rounds, of what happened with the drain and without."""
    drained = [one["drained"] for one in rounds]
    stalls = [stall for one in drained for stall in one["stalls_ms"]]
    rows = ["| | median | least | most |", "|---|---:|---:|---:|",
            spread("until the instance is empty", [1000 * one["empty_s"] for one in drained], "ms"),
            spread("requests that moved", [one["moves"] for one in drained], ""),
            spread("one of them stood still", stalls, "ms"), "",
            "| | left alone | drained | drained / left alone |", "|---|---:|---:|---:|"]
    measures = [("longest gap of a stream, P50", lambda one: percentile(one["longest_ms"], 0.5)),
                ("longest gap of a stream, most", lambda one: max(one["longest_ms"])),
                ("mean gap of a stream, P50", lambda one: one["tpot_ms"]),
                ("all gaps until the end, P50", lambda one: one["gap_p50_ms"]),
                ("all gaps until the end, P99", lambda one: one["gap_p99_ms"]),
                ("the whole load", lambda one: 1000 * one["duration"])]
    for title, value in measures:
        pairs = [(value(one["left"]), value(one["drained"])) for one in rounds]
        ratios = [after / before for before, after in pairs]
        cells = [f"{statistics.median(each):.1f} ms" for each in zip(*pairs)]
        rows.append(f"| {title} | {cells[0]} | {cells[1]} | {statistics.median(ratios):.2f} "
                    f"({min(ratios):.2f} to {max(ratios):.2f}) |")
    return "\n".join(rows) + "\n"


def spread(title, values, unit):
    cells = [statistics.median(values), min(values), max(values)]
    return f"| {title} | " + " | ".join(f"{cell:.4g} {unit}".strip() for cell in cells) + " |"


if __name__ == "__main__":
    main()
