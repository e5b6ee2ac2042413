#!/usr/bin/env python3
"""Runs a folder of scenarios as sweeps and puts the results into a page.

    measure_policies.py KUNSERVE --out DIR [--jobs 2] [--only NAME,...]
        --write docs/results/llumnix-paper.md Scenarios/llumnix-paper

Every scenario runs with all of its policies, seeds and rates; sweeps that lie in DIR are not run
again, so a new program needs a new DIR. For each scenario FILE.json the page has one or more places
between `<!-- FILE -->` and `<!-- /FILE -->`, or `FILE KIND`, and the kind of table goes there:

    FILE               latencies, what the cluster did, and instances in use
    FILE by priority   the same requests by their priority
    FILE by transfer   how sequences moved, and what it cost
    FILE by hours      instances that come and go where packing leaves them empty
    FILE scaling       latencies, and instances that came and went
    FILE cost          instances for a latency, where policies NAME-THRESHOLD differ by a threshold
    FILE objectives    requests within their objectives, by class, and what they cost

Numbers are medians over the seeds.
"""
import argparse
import csv
import glob
import json
import math
import os
import statistics
import subprocess

import measure_paper

# Title, column, digits. What is not in sweep.csv is added by `read`.
COLUMNS = (("TTFT P50", "ttft_p50_ms", 3), ("P99", "ttft_p99_ms", 3), ("P99.9", "ttft_p999_ms", 3),
           ("TPOT P50", "tpot_p50_ms", 3), ("P99", "tpot_p99_ms", 3),
           ("tokens/s", "output_tokens_per_s", 4), ("preempted", "preempted", 3),
           ("drops", "drops", 3), ("moves", "relocations", 5), ("stall P99", "stall_p99_ms", 3),
           ("in use", "mean_busy_instances", 3), ("KV of those %", "kv_of_busy", 2))
SCALING = COLUMNS[:5] + (("preempted", "preempted", 3), ("drops", "drops", 3),
                         ("moves", "relocations", 5), ("instances", "mean_instances", 3),
                         ("came", "scale_outs", 3), ("went", "scale_ins", 3))
OBJECTIVES = (("TTFT P99", "ttft_p99_ms interactive", 3), ("TPOT P99", "tpot_p99_ms interactive", 3),
              ("ITL P99", "gap_p99_ms", 3), ("met %", "met interactive", 3),
              ("batch met %", "met batch", 3), ("in use", "mean_busy_instances", 3),
              ("instance-hours", "instance_hours", 3), ("met per instance-hour", "met_per_hour", 4),
              ("came", "scale_outs", 3), ("went", "scale_ins", 3), ("preempted", "preempted", 3),
              ("swapped", "swaps", 3), ("drops", "drops", 3), ("moves", "relocations", 5))
# Beside how many moved in which way; an epoch of packing is half a second.
TRANSFERS = (("TPOT P50", "tpot_p50_ms", 3), ("P99", "tpot_p99_ms", 3),
             ("gap P99", "gap_p99_ms", 3), ("P99.9", "gap_p999_ms", 3),
             ("TTFT P99", "ttft_p99_ms", 3), ("stall P99", "stall_p99_ms", 3),
             ("in use", "mean_busy_instances", 3))
EPOCH_SECONDS = 0.5
HOURS = (("instance hours", "instance_hours", 3), ("ordered", "scale_outs", 3),
         ("released", "scale_ins", 3), ("TTFT P50", "ttft_p50_ms", 3), ("P99", "ttft_p99_ms", 3),
         ("TPOT P50", "tpot_p50_ms", 3), ("P99", "tpot_p99_ms", 3),
         ("preempted", "preempted", 3), ("in use", "mean_busy_instances", 3))
COHORTS = (("TTFT mean", "ttft_mean_ms"), ("P99", "ttft_p99_ms"), ("TPOT mean", "tpot_mean_ms"),
           ("P99", "tpot_p99_ms"), ("whole mean", "e2el_mean_ms"), ("P99", "e2el_p99_ms"))
# Milliseconds of P99 TTFT at which costs are compared.
COST_AT = (1500, 2000, 5000, 10000, 20000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kunserve")
    parser.add_argument("folder")
    parser.add_argument("--out", required=True)
    parser.add_argument("--write", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    with open(arguments.write) as file:
        page = file.read()
    tables = {}
    for path in sorted(glob.glob(os.path.join(arguments.folder, "*.json"))):
        name = os.path.basename(path)[:-len(".json")]
        if arguments.only and name not in arguments.only.split(","):
            continue
        kinds = [kind for kind in TABLES if f"<!-- {name}{kind} -->" in page]
        if not kinds:
            raise SystemExit(f"the page has no place for {name}")
        runs, cohorts = sweep(arguments, name, path)
        tables |= {name + kind: TABLES[kind](runs, cohorts) for kind in kinds}
    measure_paper.write(arguments.write, tables)


def sweep(arguments, name, path):
    folder = os.path.join(arguments.out, name)
    if not os.path.exists(os.path.join(folder, "sweep.csv")):
        subprocess.run([arguments.kunserve, "simulate", path, "--sweep", "--out", folder,
                        "--jobs", str(arguments.jobs), "--disable-tqdm"],
                       check=True, stdout=subprocess.DEVNULL)
        print(name, flush=True)
    with open(path) as file:
        return read(folder, json.load(file)["cluster"]["data-parallel-size"])


def read(folder, instances):
    """The rows of a sweep, with what follows from several of their numbers, and its cohorts."""
    runs, cohorts = (rows(os.path.join(folder, file)) for file in ("sweep.csv", "sweep.cohorts.csv"))
    for (policy, seed, rate), own in grouped(cohorts, "policy", "seed", "rate"):
        run = next(run for run in runs if (run["policy"], run["seed"], run["rate"]) == (policy, seed, rate))
        # Who moves without KV gives its blocks back, too, but with a drop that counts as no preemption.
        run["preempted"] = max(0, int(run["preemptions"]) - int(run["recomputed_moves"]))
        hours, busy = float(run["instance_hours"]), float(run["mean_busy_instances"])
        run["mean_instances"] = hours * 3600 / float(run["virtual_s"])
        # How full the instances in use are: the mean use of all memory, over the share in use.
        run["kv_of_busy"] = 100 * float(run["mean_kv"]) * instances / busy if busy else 0
        met = {cohort["class"]: met_of(cohort) for cohort in own}
        run["met_per_hour"] = sum(met.values()) / hours
        for cohort in own:
            run["met " + cohort["class"]] = 100 * met[cohort["class"]] / float(cohort["requests"])
            for column in ("ttft_p99_ms", "tpot_p99_ms"):
                run[f"{column} {cohort['class']}"] = cohort[column]
    return runs, cohorts


def met_of(cohort):
    return float(cohort["requests"]) * float(cohort["slo_attainment"] or 0)


def rows(path):
    with open(path) as file:
        return list(csv.DictReader(file))


# MARK: tables

def table(runs, columns):
    lines = ["| rate | policy | " + " | ".join(title for title, _, _ in columns) + " |",
             "|---:|---|" + "---:|" * len(columns)]
    for (rate, policy), alike in grouped(runs, "rate", "policy"):
        cells = [short(median(alike, column), digits) if alike[0].get(column) not in (None, "") else ""
                 for _, column, digits in columns]
        lines.append(f"| {float(rate):g} | {policy} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cohort_table(_, cohorts):
    lines = ["| policy | priority | requests | " + " | ".join(title for title, _ in COHORTS) + " |",
             "|---|---:|---:|" + "---:|" * len(COHORTS)]
    for (_, policy, priority), alike in grouped(cohorts, "rate", "policy", "priority"):
        cells = [short(median(alike, column), 4) for _, column in COHORTS]
        count = short(median(alike, "requests"), 5)
        lines.append(f"| {policy} | {priority} | {count} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def transfer_table(runs, _):
    """How many sequences moved in an epoch, in which way, and what that cost."""
    titles = ["moves/epoch", "of tokens %", "KV GB", "preempted"] + [each[0] for each in TRANSFERS]
    lines = ["| rate | policy | " + " | ".join(titles) + " |",
             "|---:|---|" + "---:|" * len(titles)]
    for (rate, policy), alike in grouped(runs, "rate", "policy"):
        moves, anew = median(alike, "relocations"), median(alike, "recomputed_moves")
        cells = [f"{moves * EPOCH_SECONDS / median(alike, 'virtual_s'):.2f}",
                 f"{100 * anew / moves if moves else 0:.0f}",
                 f"{median(alike, 'relocated_bytes') / 1e9:.0f}",
                 short(median(alike, "preempted"), 3)]
        cells += [short(median(alike, column), digits) for _, column, digits in TRANSFERS]
        lines.append(f"| {float(rate):g} | {policy} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cost_table(runs, _):
    """Instances at equal latency, between neighbouring thresholds by the logarithm of it."""
    curves = {}
    for (policy,), alike in grouped(runs, "policy"):
        point = median(alike, "ttft_p99_ms"), median(alike, "mean_instances")
        curves.setdefault(policy.rpartition("-")[0], []).append(point)
    lines = ["| P99 TTFT | " + " | ".join(curves) + " |", "|---:|" + "---:|" * len(curves)]
    for latency in COST_AT:
        costs = [cost(sorted(points), latency) for points in curves.values()]
        lines.append(f"| {latency / 1e3:g} s | " + " | ".join(costs) + " |")
    return "\n".join(lines)


def cost(points, latency):
    """The fewest instances with which the latency is kept."""
    if points[-1][0] <= latency:
        return f"≤ {min(instances for _, instances in points):.3g}"
    for (low, many), (high, few) in zip(points, points[1:]):
        if low <= latency < high:
            share = math.log(latency / low) / math.log(high / low)
            return f"{many + share * (few - many):.3g}"
    return "–"


TABLES = {
    "": lambda runs, _: table(runs, COLUMNS),
    " by priority": cohort_table,
    " by transfer": transfer_table,
    " by hours": lambda runs, _: table(runs, HOURS),
    " scaling": lambda runs, _: table(runs, SCALING),
    " cost": cost_table,
    " objectives": lambda runs, _: table(runs, OBJECTIVES),
}


def grouped(runs, *keys):
    """Runs that are equal in these keys, in the order of the file."""
    groups = {}
    for run in runs:
        groups.setdefault(tuple(run[key] for key in keys), []).append(run)
    return groups.items()


def median(runs, column):
    return statistics.median(float(run.get(column) or 0) for run in runs)


def short(value, digits):
    return f"{value:.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"


if __name__ == "__main__":
    main()
