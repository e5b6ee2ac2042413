#!/usr/bin/env python3
"""Runs the scenarios of KunServe's evaluation and puts the results beside the paper's numbers.

    measure_paper.py KUNSERVE --out DIR [--only NAME,...] [--seeds 0-4] [--jobs 1]
        [--write docs/results/kunserve-paper.md]

Every scenario of Scenarios/kunserve-paper runs at all of its seeds and rates. Of each run a digest is
kept in DIR; runs whose digest lies there already are not run again, so a new program needs a new DIR.
The tables hold medians over seeds. They are printed, or with --write put into a page between
`<!-- NAME -->` and `<!-- /NAME -->`.
"""
import argparse
import concurrent.futures
import csv
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCENARIOS = os.path.join(ROOT, "Scenarios", "kunserve-paper")
PARTS = ("beyond-14b", "beyond-burstgpt-14b")
OVERHEAD = ("step-overhead-longbench-14b", "step-overhead-burstgpt-14b")
SPECIAL = ("ablation-14b", "restore-14b", "extreme-72b", "intensity-14b") + PARTS + OVERHEAD
BASELINES = ("recompute", "static-pipeline", "swap", "migrate")
# The paper's policy, and this project's own, which is the default of `drop`.
PAPERS, OURS = "paper", "drop"
# What no policy can beat that only finds memory: there is always enough of it.
BOUND = "unlimited-kv"
# Five times the base of the objectives of extreme-72b, in milliseconds.
EXTREME_TTFT = 5 * 1250
POINTS = ("p50", "p90", "p99", "p99.9")


# MARK: running

def simulate(kunserve, scenario, seed, rate, digest_path):
    """One seed and rate under all policies of the file; what matters of it is kept as a digest."""
    if not os.path.exists(digest_path):
        folder = tempfile.mkdtemp(prefix="paper-")
        try:
            subprocess.run([kunserve, "simulate", scenario, "--seeds", str(seed), "--rates", f"{rate:g}",
                            "--out", folder, "--jobs", "1", "--disable-tqdm"],
                           check=True, stdout=subprocess.DEVNULL)
            results = digest(folder)
        finally:
            shutil.rmtree(folder)
        with open(digest_path + ".part", "w") as file:
            json.dump(results, file)
        os.replace(digest_path + ".part", digest_path)
    with open(digest_path) as file:
        return json.load(file)


def digest(folder):
    """For each policy the numbers that the tables are made of."""
    results = {}
    for path in glob.glob(os.path.join(folder, "*.requests.csv")):
        name = os.path.basename(path)[:-len(".requests.csv")]
        with open(os.path.join(folder, name + ".json")) as file:
            result = json.load(file)
        keys = [f"{p}_{kind}_ms" for kind in ("ttft", "tpot") for p in POINTS]
        keys += ["output_throughput", "num_prompts", "completed", "failed", "rejected",
                 "did", "slo_curve", "fingerprint"]
        results[name] = {key: result[key] for key in keys} | memory(folder, name, result)
    return results


def memory(folder, name, result):
    """By the second: capacity and KV demand as multiples of the capacity at the start, and output.

    Demand is what requests use, and the prompts of those that wait for their first token in a queue.
    """
    with open(os.path.join(folder, name + ".timeline.csv")) as file:
        rows = list(csv.DictReader(file))
    instances = [key[:-len("_kv_used_bytes")] for key in rows[0] if key.endswith("_kv_used_bytes")]
    prompts, waits = pending(os.path.join(folder, name + ".requests.csv"), len(rows))
    start = room(rows[0], instances)
    token = bytes_per_token(result)
    demand, capacity = [], []
    for second, row in enumerate(rows):
        used = sum(float(row[i + "_kv_used_bytes"] or 0) for i in instances)
        share = min(1, int(row["server_waiting"] or 0) / waits[second]) if waits[second] else 0
        demand.append(round((used + prompts[second] * share * token) / start, 4))
        capacity.append(round(room(row, instances) / start, 4))
    return {"demand": demand, "capacity": capacity,
            "output": [float(row["output_tokens"] or 0) for row in rows],
            "arrived": [int(row["arrived"] or 0) for row in rows],
            "mean_ttft_ms": [float(row["ttft_mean_ms"] or 0) for row in rows]}


def room(row, instances):
    parts = ("kv_used", "kv_cached", "kv_free")
    return sum(float(row[f"{i}_{part}_bytes"] or 0) for i in instances for part in parts)


def bytes_per_token(result):
    return {"Qwen2.5-14B": 48 * 8, "Qwen2.5-72B": 80 * 8}[result["model_id"]] * 128 * 2 * 2


def pending(path, seconds):
    """At every second the requests without a first token: their prompts' tokens, and how many."""
    tokens, count = [0] * (seconds + 1), [0] * (seconds + 1)
    with open(path) as file:
        for row in csv.DictReader(file):
            first = int(float(row["arrival_s"])) + 1
            last = int(float(row["arrival_s"]) + float(row["ttft_s"] or seconds)) + 1
            for series, amount in ((tokens, int(row["input_tokens"])), (count, 1)):
                series[min(first, seconds)] += amount
                series[min(last, seconds)] -= amount
    for second in range(1, seconds):
        tokens[second] += tokens[second - 1]
        count[second] += count[second - 1]
    return tokens, count


def run_all(arguments):
    """Digests by scenario, then rate, in the order of seeds."""
    jobs = []
    for path in sorted(glob.glob(os.path.join(SCENARIOS, "*.json"))):
        name = os.path.basename(path)[:-len(".json")]
        if arguments.only and name not in arguments.only.split(","):
            continue
        with open(path) as file:
            scenario = json.load(file)
        for rate in scenario.get("rates", [1]):
            for seed in arguments.seeds or scenario["seeds"]:
                jobs.append((name, rate, path, seed))
    runs = {}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        def work(job):
            name, rate, path, seed = job
            kept = os.path.join(arguments.out, f"{name}-{rate:g}-{seed}.digest.json")
            return simulate(arguments.kunserve, path, seed, rate, kept)
        for (name, rate, _, _), result in zip(jobs, pool.map(work, jobs)):
            runs.setdefault(name, {}).setdefault(rate, []).append(result)
            print(f"{name} {rate:g}: {len(runs[name][rate])} seeds", flush=True)
    return runs


# MARK: figures

def median(seeds, policy, value):
    return statistics.median(value(seed[policy]) for seed in seeds)


def figure(seeds, policy, key):
    return median(seeds, policy, lambda run: run[key])


def policies(seeds):
    order = BASELINES + (PAPERS, PAPERS + "-token-count", OURS, "drop-4", BOUND)
    return sorted(seeds[0], key=lambda name: order.index(name) if name in order else len(order))


def baselines(seeds):
    return [name for name in BASELINES if name in seeds[0]]


def gain(seeds, other, policy, key):
    """How many times less `policy` has than `other`."""
    return figure(seeds, other, key) / figure(seeds, policy, key)


def change(seeds, other, policy, key):
    """Percent that `policy` has more than `other`."""
    return f"{100 * (1 / gain(seeds, other, policy, key) - 1):+.1f}"


def missed(run, factor, kind="any"):
    """Percent of requests beyond `factor` times the best median of the baselines."""
    return next(100 * p[kind] for p in run["slo_curve"]["points"] if p["factor"] == factor)


def loaded(run):
    """Seconds from the first to the last arrival."""
    return max(second for second, count in enumerate(run["arrived"]) if count) + 1


def mean_demand(run):
    return 100 * statistics.mean(run["demand"][:loaded(run)])


def overloads(run):
    """Times at which the demand passes the capacity, at least twenty seconds apart."""
    events, last = 0, -100
    for second, demand in enumerate(run["demand"][:loaded(run)]):
        if demand > 1:
            events += second - last > 20
            last = second
    return events


def overloaded_output(seed, policy):
    """Tokens per second while the demand under `recompute` is above the capacity."""
    over = [i for i, demand in enumerate(seed["recompute"]["demand"]) if demand > 1]
    output = seed[policy]["output"]
    return sum(output[i] for i in over if i < len(output)) / max(1, len(over))


def bubbles(seeds, policy):
    """Percent of the pipelines' time; nothing where there were none."""
    shares = []
    for seed in seeds:
        did = seed[policy]["did"]
        busy, idle = did["pipeline_busy_s"], did["pipeline_bubble_s"]
        if busy + idle:
            shares.append(100 * idle / (busy + idle))
    return statistics.median(shares) if shares else None


def limit(run, burst):
    """Seconds from the burst on until the demand stays above the capacity of that moment."""
    return lasting([d > c for d, c in zip(run["demand"], run["capacity"])], burst)


def patience(run, burst):
    """Seconds from the burst on until first tokens stay later than five times the usual."""
    return lasting([mean > EXTREME_TTFT for mean in run["mean_ttft_ms"]], burst)


def lasting(above, burst):
    for second in range(burst, len(above) - 5):
        if all(above[second:second + 5]):
            return second - burst
    return len(above) - burst


# MARK: tables

def number(value):
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * 2 + "|---:" * (len(head) - 2) + "|"]
    lines += ["| " + " | ".join(c if isinstance(c, str) else number(c) for c in row) + " |"
              for row in rows]
    return "\n".join(lines)


def cells(runs):
    return {name: rates[1] for name, rates in runs.items() if name not in SPECIAL}


def load_table(runs):
    head = ["scenario", "requests", "demand %", "of it in use %", "peak %", "overloads"]
    rows = []
    for name, seeds in cells(runs).items():
        rows.append([name, number(figure(seeds, "recompute", "num_prompts")),
                     median(seeds, "recompute", mean_demand),
                     median(seeds, "recompute", lambda r: 100 * statistics.mean(
                         min(1, d) for d in r["demand"][:loaded(r)])),
                     median(seeds, "recompute", lambda r: 100 * max(r["demand"])),
                     median(seeds, "recompute", overloads)])
    return table(head, rows)


def latency_table(runs):
    head = ["scenario", "policy", "TTFT P50", "P90", "P99", "P99.9", "P99 of seeds",
            "TPOT P50", "P99", "tokens/s", "in overload", "drops", "restores", "preempted", "swapped",
            "moved", "bubbles %"]
    rows = []
    for name, seeds in cells(runs).items():
        rows += [latency_row(name, seeds, policy) for policy in policies(seeds)]
    return table(head, rows)


def latency_row(name, seeds, policy):
    p99 = [seed[policy]["p99_ttft_ms"] for seed in seeds]
    row = [name, f"**{policy}**" if policy == OURS else policy]
    row += [figure(seeds, policy, f"{p}_ttft_ms") for p in POINTS]
    row += [f"{number(min(p99))} – {number(max(p99))}"]
    row += [figure(seeds, policy, f"{p}_tpot_ms") for p in ("p50", "p99")]
    row += [figure(seeds, policy, "output_throughput")]
    row += [statistics.median(overloaded_output(seed, policy) for seed in seeds)]
    row += [median(seeds, policy, lambda run: run["did"][key])
            for key in ("drops", "restores", "preemptions", "swaps", "relocations")]
    return row + [bubbles(seeds, policy)]


def paper_table(runs):
    """The paper's policy and ours beside each baseline, as the paper puts it."""
    head = ["scenario", "against", "P99 TTFT better by: paper", "drop", "unlimited KV",
            "missed, points less: paper", "drop", "P50 TPOT %: paper", "drop",
            "P99 TPOT %: paper", "drop"]
    rows = []
    for name, seeds in cells(runs).items():
        factor = 10 if "longbench" in name else 5
        for other in baselines(seeds):
            row = [name, other]
            row += [gain(seeds, other, policy, "p99_ttft_ms") for policy in (PAPERS, OURS, BOUND)]
            late = median(seeds, other, lambda r: missed(r, factor))
            row += [f"{late - median(seeds, policy, lambda r: missed(r, factor)):.1f}"
                    for policy in (PAPERS, OURS)]
            row += [change(seeds, other, policy, key) for key in ("p50_tpot_ms", "p99_tpot_ms")
                    for policy in (PAPERS, OURS)]
            rows.append(row)
    return table(head, rows)


def beyond_table(runs):
    """Ours beside the paper's policy, with the paper's batches and with those of vLLM."""
    head = ["scenario", "against", "P99 TTFT", "ours", "better by", "P50 TPOT", "ours", "better by",
            "ours better in", "in both, of the seeds"]
    rows = []
    for name, seeds in cells(runs).items():
        for other in (PAPERS, PAPERS + "-token-count"):
            if other in seeds[0]:
                rows.append([name, other] + beyond(seeds, other))
    return table(head, rows)


def beyond(seeds, other):
    keys, row, better = ("p99_ttft_ms", "p50_tpot_ms"), [], []
    for key in keys:
        row += [figure(seeds, other, key), figure(seeds, OURS, key),
                f"{gain(seeds, other, OURS, key):.2f}"]
        better.append(gain(seeds, other, OURS, key) > 1.001)
    if all(seed[OURS]["did"]["drops"] + seed[other]["did"]["drops"] == 0 for seed in seeds):
        return row + ["no drops", ""]
    both = [all(seed[OURS][key] < seed[other][key] for key in keys) for seed in seeds]
    says = {(True, True): "both", (True, False): "TTFT", (False, True): "TPOT"}
    return row + [says.get(tuple(better), "neither"), f"{sum(both)} of {len(both)}"]


def parts_table(runs):
    """Parts of our policy: one after the other on the paper's, and ours without each."""
    steps = {"recompute": "no drop", "paper-min-1024": "the paper's, batches of up to 1 024",
             PAPERS: "the paper's", "with-horizon": "+ look 8 s ahead",
             "with-pairs": "+ groups of two at most", "with-early-restore": "+ restore below 75 %",
             "with-reserve": "+ half of the room for the exchange",
             OURS: "+ even batches: ours", "without-horizon": "ours without looking ahead",
             "without-pairs": "ours with groups of up to eight",
             "without-early-restore": "ours with restoring below 50 %",
             "without-reserve": "ours without room for the exchange"}
    head = ["scenario", "policy", "TTFT P50", "P99", "TPOT P50", "P99", "drops",
            "instance-seconds in pipelines", "bubbles %"]
    rows = []
    for name in PARTS:
        if name not in runs:
            continue
        seeds = runs[name][1]
        for policy, says in steps.items():
            if policy not in seeds[0]:
                continue
            rows.append([name, says]
                        + [figure(seeds, policy, f"{p}_{kind}_ms") for kind in ("ttft", "tpot")
                           for p in ("p50", "p99")]
                        + [median(seeds, policy, lambda r: r["did"]["drops"]),
                           median(seeds, policy, piped), bubbles(seeds, policy)])
    return table(head, rows)


def piped(run):
    """How long, in all, stages ran or waited for each other."""
    return run["did"]["pipeline_busy_s"] + run["did"]["pipeline_bubble_s"]


def overhead_table(runs):
    """What the assumed processor time of a step is worth."""
    head = ["scenario", "policy", "TTFT P50 at 5 ms", "at 0.5 ms", "P99 at 5 ms", "at 0.5 ms",
            "better than recompute by: at 5 ms", "at 0.5 ms", "TPOT P50 at 5 ms", "at 0.5 ms",
            "than recompute %: at 5 ms", "at 0.5 ms"]
    rows = []
    for name in OVERHEAD:
        usual = name.replace("step-overhead", "synthetic")
        if name not in runs or usual not in runs:
            continue
        both = runs[usual][1], runs[name][1]
        for policy in ("recompute", PAPERS, OURS, BOUND):
            row = [usual, policy]
            row += [figure(seeds, policy, key) for key in ("p50_ttft_ms", "p99_ttft_ms")
                    for seeds in both]
            row += [gain(seeds, "recompute", policy, "p99_ttft_ms") for seeds in both]
            row += [figure(seeds, policy, "p50_tpot_ms") for seeds in both]
            rows.append(row + [change(seeds, "recompute", policy, "p50_tpot_ms") for seeds in both])
    return table(head, rows)


def violations_table(runs):
    factors = (2, 3, 4, 5, 6, 8, 10)
    head = ["scenario", "policy"] + [f"{n} times" for n in factors]
    rows = []
    for name, seeds in cells(runs).items():
        for policy in policies(seeds):
            row = [median(seeds, policy, lambda r, n=n: missed(r, n)) for n in factors]
            rows.append([name, policy] + [f"{share:.1f}" for share in row])
    return table(head, rows)


def throughput_table(runs):
    """The static pipeline's output while the cluster is overloaded (paper: 3.3-21.8 % less)."""
    rows = []
    for name, seeds in cells(runs).items():
        own = [overloaded_output(seed, "static-pipeline") for seed in seeds]
        for other in ("recompute", PAPERS, OURS):
            ratios = [mine / theirs for mine, theirs in
                      zip(own, (overloaded_output(seed, other) for seed in seeds)) if theirs]
            if ratios:
                rows.append([name, other, f"{100 * (statistics.median(ratios) - 1):+.1f}"])
    return table(["scenario", "against", "static pipeline, tokens/s % (paper −3.3 to −21.8)"], rows)


def ablation_table(runs):
    """The paper's steps, the same in groups of two at most, and ours; each beside the one before."""
    seeds = runs["ablation-14b"][1]
    lookahead = "TPOT −4.5, −10.6, −9.7 %; bubbles 21.9 → 8.3 %; tokens/s +20 %"
    steps = {"drop-only": ("recompute", "8.8, 11.7, 10.3; TPOT +21 to +31.9 %"),
             "drop-coordinated": ("drop-only", "–, 1.5, 1.4; TPOT P90, P99.9 −5 %"),
             PAPERS: ("drop-coordinated", lookahead),
             "drop-only-pairs": ("recompute", ""), "drop-coordinated-pairs": ("drop-only-pairs", ""),
             "paper-pairs": ("drop-coordinated-pairs", ""), OURS: ("recompute", "")}
    rows = []
    for name in ("recompute", *steps, BOUND):
        before, says = steps.get(name, ("recompute", ""))
        row = [name, says] + [figure(seeds, name, f"{p}_ttft_ms") for p in POINTS]
        row.append(", ".join(f"{gain(seeds, before, name, f'{p}_ttft_ms'):.2f}"
                             for p in POINTS[1:]) if name != before else "")
        row += [figure(seeds, name, f"{p}_tpot_ms") for p in POINTS]
        row += [statistics.median(overloaded_output(seed, name) for seed in seeds),
                median(seeds, name, lambda r: r["did"]["drops"]), bubbles(seeds, name)]
        rows.append(row)
    return table(["step", "paper: better by (P90, P99, P99.9)", "TTFT P50", "P90", "P99", "P99.9",
                  "better by (P90, P99, P99.9)", "TPOT P50", "P90", "P99", "P99.9",
                  "tokens/s in overload", "drops", "bubbles %"], rows)


def restore_table(runs):
    seeds = runs["restore-14b"][1]
    says = {"p50_ttft_ms": "−28 %", "p99_ttft_ms": "6.4 times better", "p50_tpot_ms": "−23 %",
            "p99_tpot_ms": "1.2 times better"}
    rows = []
    for policy in (PAPERS, OURS):
        without = policy + "-no-restore"
        for key, claim in says.items():
            rows.append([policy, key[:-3].upper().replace("_", " "), claim,
                         figure(seeds, without, key), figure(seeds, policy, key),
                         change(seeds, without, policy, key), gain(seeds, without, policy, key)])
    return table(["policy", "", "paper", "never restored", "restored", "change %", "better by"], rows)


def extreme_table(runs):
    seeds, burst = runs["extreme-72b"][1], 60
    rows = []
    for name in policies(seeds):
        rows.append([name, median(seeds, name, lambda r: r["did"]["drops"]),
                     median(seeds, name, lambda r: 100 * (max(r["capacity"]) - 1))
                     if name != BOUND else None,
                     median(seeds, name, lambda r: limit(r, burst)),
                     median(seeds, name, lambda r: patience(r, burst)),
                     figure(seeds, name, "p50_ttft_ms"), figure(seeds, name, "p99_ttft_ms"),
                     median(seeds, name, lambda r: missed(r, 5))])
    return table(["policy", "drops", "KV % more (paper 57)",
                  "seconds to the limit (paper 1.5 times longer)", "seconds to TTFT > 6.25 s",
                  "TTFT P50", "P99", "missed %"], rows)


def intensity_table(runs):
    rates = runs["intensity-14b"]
    names = policies(next(iter(rates.values())))
    rows = []
    for rate, seeds in sorted(rates.items()):
        row = [f"{rate:g}", f"{median(seeds, 'recompute', mean_demand):.0f} %"]
        rows.append(row + [figure(seeds, name, "p99_ttft_ms") for name in names])
    return table(["rate", "demand"] + names, rows)


TABLES = {
    "load": (load_table, None), "latency": (latency_table, None), "paper": (paper_table, None),
    "violations": (violations_table, None), "throughput": (throughput_table, None),
    "ablation": (ablation_table, "ablation-14b"), "restore": (restore_table, "restore-14b"),
    "extreme": (extreme_table, "extreme-72b"), "intensity": (intensity_table, "intensity-14b"),
    "beyond": (beyond_table, None), "parts": (parts_table, PARTS[0]),
    "overhead": (overhead_table, OVERHEAD[0]),
}


def made_tables(runs):
    return {name: make(runs) for name, (make, needs) in TABLES.items()
            if (needs in runs if needs else cells(runs))}


def write(page, tables):
    with open(page) as file:
        text = file.read()
    for name, lines in tables.items():
        marks = f"<!-- {name} -->", f"<!-- /{name} -->"
        pattern = re.compile(re.escape(marks[0]) + ".*?" + re.escape(marks[1]), re.DOTALL)
        text = pattern.sub(lambda _, new=f"{marks[0]}\n{lines}\n{marks[1]}": new, text)
    with open(page, "w") as file:
        file.write(text)


def seed_list(text):
    seeds = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--only", help="names of scenarios, with commas between")
    parser.add_argument("--seeds", type=seed_list, help="instead of those of the files")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", help="page to put the tables into")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    tables = made_tables(run_all(arguments))
    if arguments.write:
        write(arguments.write, tables)
    for name, lines in tables.items():
        print(f"\n{name}\n\n{lines}")


if __name__ == "__main__":
    main()
