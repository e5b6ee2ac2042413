#!/usr/bin/env python3
"""Runs scenarios in virtual time and looks at all that comes out.

Usage: simulate_test.py PATH_OF_KUNSERVE

Uses the standard library only; nothing listens, and every command has a time limit.
"""

from __future__ import annotations

import csv
import html.parser
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SMALL = os.path.join(ROOT, "Scenarios", "small.json")
FAULTS = os.path.join(ROOT, "Scenarios", "faults-4xa800.json")


def main() -> None:
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        check_results(binary, os.path.join(folder, "results"))
        check_determinism(binary, folder)
        check_sweep(binary, os.path.join(folder, "sweep"))
        check_faults(binary, os.path.join(folder, "faults"))
        check_cohorts(binary, folder)
        check_errors(binary, folder)
    print("simulate: passed")


def simulate(binary: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    command = [binary, "simulate", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, env=os.environ | environment
    )


def expect(condition: bool, message: str) -> None:
    if not condition:
        sys.exit(f"simulate: {message}")


def run(binary: str, *arguments: str, **environment: str) -> str:
    done = simulate(binary, *arguments, **environment)
    expect(done.returncode == 0, f"{arguments}: {done.returncode} {done.stdout} {done.stderr}")
    return done.stdout


def load(folder: str, name: str) -> dict:
    with open(os.path.join(folder, name)) as file:
        return json.load(file)


def check_results(binary: str, folder: str) -> None:
    text = run(binary, SMALL, "--out", folder, "--chrome-trace", "--checks", "every-sample")
    expect("TTFT P50" in text and "drop" in text and "recompute" in text, text)
    for policy in ("drop", "recompute"):
        result = load(folder, f"{policy}.json")
        whole = result["completed"] == result["num_prompts"] > 100
        expect(result["engine"] == "sim" and whole, f"{policy}: {result['completed']} completed")
        for key in ("sim_seed", "cost_model", "gpu", "virtual_duration", "p99.9_ttft_ms", "slo_curve"):
            expect(key in result, f"{policy}.json lacks {key}")
        check_requests(os.path.join(folder, f"{policy}.requests.csv"), result)
        check_timeline(os.path.join(folder, f"{policy}.timeline.csv"), result)
        check_trace(load(folder, f"{policy}.trace.json"))
    drop, recompute = load(folder, "drop.json"), load(folder, "recompute.json")
    expect(drop["did"]["drops"] > 0 and recompute["did"]["preemptions"] > 0, "no overload")
    expect(drop["p99_ttft_ms"] < recompute["p99_ttft_ms"], "a drop did not help")
    check_page(os.path.join(folder, "report.html"))


def check_requests(path: str, result: dict) -> None:
    with open(path) as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) == result["num_prompts"], f"{path}: {len(rows)} rows")
    for row, ttft, latency in zip(rows, result["ttfts"], result["latencies"]):
        expect(row["outcome"] == "completed", f"{path}: {row}")
        expect(abs(float(row["ttft_s"]) - ttft) < 2e-6, f"{path}: {row} {ttft}")
        expect(abs(float(row["latency_s"]) - latency) < 2e-6, f"{path}: {row} {latency}")
        expect(row["output_tokens"] == row["generated_tokens"], f"{path}: {row}")


def check_timeline(path: str, result: dict) -> None:
    with open(path) as file:
        rows = list(csv.DictReader(file))
    tokens = sum(float(row["output_tokens"]) for row in rows)
    expect(tokens == result["total_output_tokens"], f"{path}: {tokens} tokens")
    kinds = ("weights", "kv_used", "kv_cached", "kv_free", "other")
    for instance in (0, 1):
        budgets = {
            sum(int(row[f"instance{instance}_{kind}_bytes"]) for kind in kinds)
            for row in rows if row[f"instance{instance}_weights_bytes"]
        }
        expect(len(budgets) == 1, f"{path}: budgets of instance {instance}: {budgets}")


def check_trace(trace: dict) -> None:
    events = trace["traceEvents"]
    expect(sum(event["ph"] == "X" for event in events) > 100, "a trace without slices")
    ends: dict[tuple[int, int], float] = {}
    for event in events:
        if event["ph"] == "X":
            row = (event["pid"], event["tid"])
            expect(event["ts"] >= ends.get(row, 0) - 1e-3, f"overlapping slices: {event}")
            ends[row] = event["ts"] + event["dur"]


class Page(html.parser.HTMLParser):
    """Counts what opens and closes."""

    void = {"meta", "path", "rect", "br"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.seen.add(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            expect(bool(self.open) and self.open.pop() == tag, f"report.html: </{tag}> closes nothing")


def check_page(path: str) -> None:
    with open(path) as file:
        text = file.read()
    page = Page()
    page.feed(text)
    expect(not page.open and "svg" in page.seen and "script" not in page.seen, "report.html")
    for wanted in ("drop_started", "Memory: recompute", "TTFT objective missed", "P99"):
        expect(wanted in text, f"report.html lacks {wanted}")


def check_determinism(binary: str, folder: str) -> None:
    prints = []
    for name, environment in (("a", {}), ("b", {}), ("c", {"SWIFT_DETERMINISTIC_HASHING": "1"})):
        out = os.path.join(folder, name)
        run(binary, SMALL, "--out", out, "--jobs", "1" if name == "b" else "2", **environment)
        prints.append([load(out, f"{policy}.json")["fingerprint"] for policy in ("drop", "recompute")])
    expect(prints[0] == prints[1] == prints[2], f"fingerprints differ: {prints}")
    expect(prints[0][0] != prints[0][1], "two policies have one fingerprint")


def check_sweep(binary: str, folder: str) -> None:
    text = run(binary, SMALL, "--sweep", "--seeds", "0-1,7", "--rates", "0.5,1", "--out", folder)
    expect(text.count("recompute") >= 2, text)
    with open(os.path.join(folder, "sweep.csv")) as file:
        rows = list(csv.DictReader(file))
    runs = [(row["rate"], row["seed"], row["policy"]) for row in rows]
    wanted = [
        (rate, seed, policy)
        for rate in ("0.5", "1.0") for seed in ("0", "1", "7") for policy in ("drop", "recompute")
    ]
    expect(runs == wanted, f"sweep.csv has {runs}")
    prints = {(row["policy"], row["fingerprint"]) for row in rows}
    expect(len(prints) == len(rows), "two loads of a sweep have one fingerprint")
    with open(os.path.join(folder, "sweep.md")) as file:
        expect(file.read().count("\n|") >= 6, "sweep.md")


def check_faults(binary: str, folder: str) -> None:
    run(binary, FAULTS, "--policies", "drop", "--checks", "every-sample", "--out", folder)
    did = load(folder, "drop.json")["did"]
    expect(did["failed_drops"] > 0, f"no fault was felt: {did}")


STREAMS = {
    "cluster": {"preset": "a10-llama-7b", "data-parallel-size": 2},
    "workload": {"streams": [
        {"request-rate": 4, "num-prompts": 60, "class": "chat", "ttft-ms": 2000, "itl-ms": 200,
         "power-law-lengths": {"input-mean": 128, "output-mean": 16, "max": 2048},
         "shares": [{"share": 0.3, "priority": -1}]},
        {"request-rate": "inf", "num-prompts": 20, "start": 5, "class": "batch",
         "random-input-len": 100, "random-output-len": 20},
    ]},
}


def check_cohorts(binary: str, folder: str) -> None:
    path, out = os.path.join(folder, "streams.json"), os.path.join(folder, "cohorts")
    with open(path, "w") as file:
        json.dump(STREAMS, file)
    text = run(binary, path, "--out", out)
    expect("chat, priority -1" in text and "batch" in text, text)
    result = load(out, "drop.json")
    cohorts = {cohort["name"]: cohort for cohort in result["cohorts"]}
    expect(list(cohorts) == ["chat, priority -1", "batch", "chat"], f"cohorts {list(cohorts)}")
    expect(cohorts["batch"]["requests"] == 20 and result["num_prompts"] == 80, f"{cohorts}")
    expect(0 < cohorts["chat"]["slo_attainment"] <= 1, f"{cohorts}")
    expect(cohorts["batch"]["slo_attainment"] is None, f"{cohorts}")
    expect(0 < result["mean_busy_instances"] <= 2, f"{result['mean_busy_instances']} busy")
    with open(os.path.join(out, "drop.requests.csv")) as file:
        rows = list(csv.DictReader(file))
    urgent = sum(row["priority"] == "-1" for row in rows)
    expect(urgent == cohorts["chat, priority -1"]["requests"], f"{urgent} urgent requests")
    batch = {row["arrival_s"] for row in rows if row["class"] == "batch"}
    expect(batch == {"5.000000"}, f"the batch comes at {batch}")
    with open(os.path.join(out, "report.html")) as file:
        expect("Cohorts" in file.read(), "report.html lacks cohorts")
    run(binary, path, "--sweep", "--seeds", "0-1", "--out", out)
    with open(os.path.join(out, "sweep.cohorts.csv")) as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) == 6 and rows[1]["class"] == "batch", f"sweep.cohorts.csv has {rows}")


def check_errors(binary: str, folder: str) -> None:
    path = os.path.join(folder, "wrong.json")
    with open(SMALL) as file:
        text = file.read()
    for change, message in (
        (('"policies"', '"polices"'), "polices is unknown; did you mean policies?"),
        (('"6GiB"', '"60MiB"'), "too little memory"),
        (('"a100-llama-3-8b"', '"a100-llama-3-9b"'), "did you mean a100-llama-3-8b?"),
        (('"duration": 10', '"duration": -1'), "workload.phases[0].duration is -1"),
    ):
        with open(path, "w") as file:
            file.write(text.replace(*change, 1))
        done = simulate(binary, path)
        expect(done.returncode != 0 and message in done.stderr and path in done.stderr, done.stderr)
    for arguments in (("--policies", "dorp"), ("--seeds", "x"), ("--rates", "0"), ("--seeds", "1,2")):
        done = simulate(binary, SMALL, *arguments)
        expect(done.returncode != 0 and arguments[0] in done.stderr, f"{arguments}: {done.stderr}")
    done = simulate(binary, os.path.join(folder, "none.json"))
    expect(done.returncode != 0 and "No such file" in done.stderr, done.stderr)


if __name__ == "__main__":
    main()
