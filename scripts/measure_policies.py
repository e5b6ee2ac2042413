#!/usr/bin/env python3
"""Runs a folder of scenarios as sweeps and puts the results into a page.

    measure_policies.py KUNSERVE --out DIR [--jobs 2] [--only NAME,...]
        --write docs/results/llumnix-paper.md Scenarios/llumnix-paper

Every scenario runs with all of its policies, seeds and rates; sweeps that lie in DIR are not run
again, so a new program needs a new DIR. For each scenario FILE.json the page has a place between
`<!-- FILE -->` and `<!-- /FILE -->`, into which the table goes; `<!-- FILE by priority -->` takes
the one that tells requests of different priority apart, `<!-- FILE by transfer -->` the one of
how sequences moved and `<!-- FILE by hours -->` that of instances which come and go. Numbers are medians over the seeds.
"""
import argparse
import csv
import glob
import json
import os
import statistics
import subprocess

import measure_paper

# Title, column of sweep.csv, digits.
COLUMNS = (("TTFT P50", "ttft_p50_ms", 3), ("P99", "ttft_p99_ms", 3), ("P99.9", "ttft_p999_ms", 3),
           ("TPOT P50", "tpot_p50_ms", 3), ("P99", "tpot_p99_ms", 3),
           ("tokens/s", "output_tokens_per_s", 4), ("preempted", "preempted", 3),
           ("drops", "drops", 3), ("moves", "relocations", 5), ("stall P99", "stall_p99_ms", 3),
           ("in use", "mean_busy_instances", 3))
# Of a page's table of transfers; an epoch of packing is half a second.
TRANSFERS = (("TPOT P50", "tpot_p50_ms", 3), ("P99", "tpot_p99_ms", 3),
             ("gap P99", "gap_p99_ms", 3), ("P99.9", "gap_p999_ms", 3),
             ("TTFT P99", "ttft_p99_ms", 3), ("stall P99", "stall_p99_ms", 3),
             ("in use", "mean_busy_instances", 3))
EPOCH_SECONDS = 0.5
# Of the table of instances that come and go.
HOURS = (("instance hours", "instance_hours", 3), ("ordered", "scale_outs", 3),
         ("released", "scale_ins", 3), ("TTFT P50", "ttft_p50_ms", 3), ("P99", "ttft_p99_ms", 3),
         ("TPOT P50", "tpot_p50_ms", 3), ("P99", "tpot_p99_ms", 3),
         ("preempted", "preempted", 3), ("in use", "mean_busy_instances", 3))
KINDS = ("", " by priority", " by transfer", " by hours")
COHORTS = (("TTFT mean", "ttft_mean_ms"), ("P99", "ttft_p99_ms"), ("TPOT mean", "tpot_mean_ms"),
           ("P99", "tpot_p99_ms"), ("whole mean", "e2el_mean_ms"), ("P99", "e2el_p99_ms"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kunserve")
    parser.add_argument("folder")
    parser.add_argument("--out", required=True)
    parser.add_argument("--write", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with open(arguments.write) as file:
        page = file.read()
    tables = {}
    for path in sorted(glob.glob(os.path.join(arguments.folder, "*.json"))):
        name = os.path.basename(path)[:-len(".json")]
        if arguments.only and name not in arguments.only.split(","):
            continue
        places = [f"<!-- {name}{kind} -->" for kind in KINDS]
        if not any(place in page for place in places):
            raise SystemExit(f"the page has no place for {name}")
        runs, cohorts = sweep(arguments, name, path)
        with open(path) as file:
            instances = json.load(file)["cluster"]["data-parallel-size"]
        tables[name] = table(runs, instances)
        tables[name + " by priority"] = cohort_table(cohorts)
        tables[name + " by transfer"] = transfer_table(runs)
        tables[name + " by hours"] = hours_table(runs)
    measure_paper.write(arguments.write, tables)


def sweep(arguments, name, path):
    folder = os.path.join(arguments.out, name)
    if not os.path.exists(os.path.join(folder, "sweep.csv")):
        subprocess.run([arguments.kunserve, "simulate", path, "--sweep", "--out", folder,
                        "--jobs", str(arguments.jobs), "--disable-tqdm"],
                       check=True, stdout=subprocess.DEVNULL)
        print(name, flush=True)
    runs, cohorts = [rows(os.path.join(folder, file)) for file in ("sweep.csv", "sweep.cohorts.csv")]
    for run in runs:
        # Who moves without KV gives its blocks back, too.
        run["preempted"] = int(run["preemptions"]) - int(run["recomputed_moves"])
    return runs, cohorts


def rows(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def table(runs, instances):
    lines = ["| rate | policy | " + " | ".join(title for title, _, _ in COLUMNS) + " | KV of those % |",
             "|---:|---|" + "---:|" * (len(COLUMNS) + 1)]
    for (rate, policy), alike in grouped(runs, "rate", "policy"):
        cells = [short(median(alike, column), digits) for _, column, digits in COLUMNS]
        lines.append(f"| {float(rate):g} | {policy} | " + " | ".join(cells) + f" | {filling(alike, instances)} |")
    return "\n".join(lines)


def filling(alike, instances):
    """How full the instances in use are: the mean use of all memory, over the share in use."""
    busy = median(alike, "mean_busy_instances")
    return f"{100 * median(alike, 'mean_kv') * instances / busy:.0f}" if busy else ""


def transfer_table(runs):
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


def hours_table(runs):
    lines = ["| rate | policy | " + " | ".join(each[0] for each in HOURS) + " |",
             "|---:|---|" + "---:|" * len(HOURS)]
    for (rate, policy), alike in grouped(runs, "rate", "policy"):
        cells = [short(median(alike, column), digits) for _, column, digits in HOURS]
        lines.append(f"| {float(rate):g} | {policy} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cohort_table(cohorts):
    lines = ["| policy | priority | requests | " + " | ".join(title for title, _ in COHORTS) + " |",
             "|---|---:|---:|" + "---:|" * len(COHORTS)]
    for (_, policy, priority), alike in grouped(cohorts, "rate", "policy", "priority"):
        cells = [short(median(alike, column), 4) for _, column in COHORTS]
        count = short(median(alike, "requests"), 5)
        lines.append(f"| {policy} | {priority} | {count} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def grouped(runs, *keys):
    """Runs that differ by their seed only, in the order of the file."""
    groups = {}
    for run in runs:
        groups.setdefault(tuple(run[key] for key in keys), []).append(run)
    return groups.items()


def median(runs, column):
    return statistics.median(float(run[column] or 0) for run in runs)


def short(value, digits):
    return f"{value:.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"


if __name__ == "__main__":
    main()
