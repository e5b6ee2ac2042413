"""Measure KunServe and llama.cpp on the same weights, the same threads and in the same minutes.

Rounds of both engines alternate, so that a machine that gets slower or faster meanwhile hits both.
The table shows medians and the ratio. Three workloads: a prompt of 512 tokens, one sequence
decoding 128 tokens, and 16 sequences decoding 128 tokens together, all from an empty context.

Run it on an otherwise idle machine. llama.cpp's threads wait by spinning and lose far more than
KunServe's when a core is taken away, so a disturbed table flatters KunServe.

    python Tools/compare_llama_cpp.py --llama-bench BIN/llama-bench \\
        --llama-batched-bench BIN/llama-batched-bench --gguf m.gguf --kunserve PATH --model DIR
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

WORKLOADS = {
    "prefill_tokens_per_second": "prefill, 512 tokens",
    "decode_tokens_per_second": "decode, 1 sequence",
    "decode16_tokens_per_second": "decode, 16 sequences",
}
PREFILL, DECODE, PARALLEL, SHORTEST_PROMPT = 512, 128, 16, 1

Speeds = dict[str, float]


@dataclass(frozen=True)
class Options:
    """The command line."""

    llama_bench: Path
    llama_batched_bench: Path
    gguf: Path
    kunserve: Path | None
    model: Path | None
    threads: int
    rounds: int


def output_of(command: list[str | Path]) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def llama_single(options: Options) -> Speeds:
    """llama-bench prints one JSON object per workload."""
    command = [options.llama_bench, "-m", options.gguf, "-t", str(options.threads)]
    command += ["-p", str(PREFILL), "-n", str(DECODE), "-r", "1", "-o", "json"]
    rows = json.loads(output_of(command))
    by_kind = {"prefill" if row["n_prompt"] else "decode": row["avg_ts"] for row in rows}
    return {f"{kind}_tokens_per_second": speed for kind, speed in by_kind.items()}


def llama_parallel(options: Options) -> Speeds:
    """Only the generation part of llama-batched-bench counts."""
    context = PARALLEL * (SHORTEST_PROMPT + DECODE)
    command = [options.llama_batched_bench, "-m", options.gguf, "-c", str(context)]
    command += ["-npp", str(SHORTEST_PROMPT), "-ntg", str(DECODE), "-npl", str(PARALLEL)]
    command += ["-t", str(options.threads), "-tb", str(options.threads)]
    command += ["--output-format", "jsonl"]
    lines = [line for line in output_of(command).splitlines() if line.startswith("{")]
    return {"decode16_tokens_per_second": json.loads(lines[-1])["speed_tg"]}


def kunserve(options: Options) -> Speeds:
    command = [options.kunserve, "bench", "throughput", "--model", options.model]
    command += ["--threads", str(options.threads), "--rounds", "1", "--json"]
    command += ["--prompt-tokens", str(PREFILL), "--decode-tokens", str(DECODE)]
    command += ["--batch", str(PARALLEL)]
    result = json.loads(output_of(command))
    return {key: float(result[key]) for key in WORKLOADS}


def measure(options: Options) -> dict[str, list[Speeds]]:
    """Alternate the engines, round by round."""
    results: dict[str, list[Speeds]] = {"llama.cpp": [], "KunServe": []}
    for index in range(options.rounds):
        results["llama.cpp"].append(llama_single(options) | llama_parallel(options))
        if options.kunserve is not None:
            results["KunServe"].append(kunserve(options))
        latest = {engine: speeds[-1] for engine, speeds in results.items() if speeds}
        print(f"round {index + 1}: {json.dumps(latest)}", flush=True)
    return results


def median(speeds: list[Speeds], key: str) -> float | None:
    return statistics.median(speed[key] for speed in speeds) if speeds else None


def shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def table(results: dict[str, list[Speeds]]) -> str:
    lines = ["| tokens/s | KunServe | llama.cpp | ratio |", "|---|---:|---:|---:|"]
    for key, title in WORKLOADS.items():
        ours, theirs = median(results["KunServe"], key), median(results["llama.cpp"], key)
        ratio = "–" if ours is None or theirs is None else f"{ours / theirs:.2f}"
        lines.append(f"| {title} | {shown(ours)} | {shown(theirs)} | {ratio} |")
    return "\n".join(lines)


def arguments() -> Options:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--llama-bench", type=Path, required=True, help="llama.cpp's llama-bench")
    add("--llama-batched-bench", type=Path, required=True, help="llama.cpp's llama-batched-bench")
    add("--gguf", type=Path, required=True, help="the model for llama.cpp")
    add("--kunserve", type=Path, help="the kunserve binary; without it only llama.cpp is measured")
    add("--model", type=Path, help="the same model as a Hugging Face directory")
    add("--threads", type=int, default=2, help="for both engines (default 2)")
    add("--rounds", type=int, default=3, help="measurements of each engine (default 3)")
    parsed = parser.parse_args()
    if parsed.kunserve is not None and parsed.model is None:
        parser.error("--kunserve needs --model")
    return Options(**vars(parsed))


def main() -> None:
    print(table(measure(arguments())))


if __name__ == "__main__":
    main()
