"""Cut published traces to what the scenarios read: seconds and numbers of tokens.

DATA is a folder with `trace_mooncake_conversation.jsonl`, the trace `conversation` as Mooncake has
published it, and `trace_servegen_deepseek-r1.csv.gz`, two hours sampled from what ServeGen has
published of the clients of a reasoning model. Only the standard library is needed.

    python Tools/convert_traces.py DATA            # write Scenarios/traces/{mooncake,servegen}.csv
    python Tools/convert_traces.py DATA --check    # are they what DATA gives?
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

TRACES = Path(__file__).resolve().parent.parent / "Scenarios/traces"
# Of the offsets within clumps.
SEED = 20_240_625
# Seconds of the sampled two hours: five minutes before the rate doubles, and fifteen after it.
SERVEGEN_WINDOW = (900.0, 2100.0)

# When it comes, and its tokens in and out.
Row = tuple[float, int, int]


def mooncake(path: Path) -> list[Row]:
    """Spread every clump over the time until the next one.

    The published times stand still for three seconds and then ten requests have the same one. Within
    that time a request is put at a random moment, all equally likely, which keeps the order of the
    file and how many come in three seconds, and makes no burst that nobody has seen.
    """
    requests = [json.loads(line) for line in path.read_text().splitlines()]
    clumps = [(time, list(same)) for time, same in groupby(requests, lambda row: row["timestamp"])]
    chance = random.Random(SEED)
    rows: list[Row] = []
    for place, (start, same) in enumerate(clumps):
        # The last clump is as long as the one before.
        before, after = max(0, place - 1), min(place + 1, len(clumps) - 1)
        length = (clumps[after][0] - start) or (start - clumps[before][0])
        offsets = sorted(chance.random() * length for _ in same)
        rows += [
            ((start + offset) / 1e3, request["input_length"], request["output_length"])
            for offset, request in zip(offsets, same, strict=True)
        ]
    return rows


def servegen(path: Path) -> list[Row]:
    """A window of the sampled trace, shifted to zero; which client a request is of is left out."""
    start, end = SERVEGEN_WINDOW
    with gzip.open(path, "rt") as file:
        return [
            (float(row["arrival_s"]) - start, int(row["input_tokens"]), int(row["output_tokens"]))
            for row in csv.DictReader(file)
            if start <= float(row["arrival_s"]) < end
        ]


def text(rows: Iterable[Row]) -> str:
    out = io.StringIO()
    out.write("arrival_s,input_tokens,output_tokens\n")
    for arrival, prompt, answer in rows:
        out.write(f"{arrival:.3f},{prompt},{max(1, answer)}\n")
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    made = {
        "mooncake.csv": text(mooncake(arguments.data / "trace_mooncake_conversation.jsonl")),
        "servegen.csv": text(servegen(arguments.data / "trace_servegen_deepseek-r1.csv.gz")),
    }
    for name, content in made.items():
        if not arguments.check:
            (TRACES / name).write_text(content)
        elif (TRACES / name).read_text() != content:
            sys.exit(f"{TRACES / name} is not what {arguments.data} gives")


if __name__ == "__main__":
    main()
