#!/usr/bin/env python3
"""Measures how long a stream stands still while its request moves to another instance.

    measure_migration.py KUNSERVE --out DIR [--model DIR] [--lengths 256,512,1024,2048,4096,8192]
        [--modes live,blocking,recompute] [--rounds 3] [--beside 2]

For every round, length and mode it starts a server with two instances and sends streams, of which
one has a prompt of that many tokens. When its answer has begun, its instance is drained: everything
on it moves live, blocking, or is computed anew on the other one. The pause is the longest gap between
two tokens of the stream from then on; the stream's own median gap before is what a step takes. The
answer must be, token by token, that of the same request without a move. Prints the medians over the
rounds, and writes them to DIR/migration.md; runs whose result lies in DIR are not run again.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import random
import statistics
import subprocess
import threading
import time
import urllib.request

from local_server import HOST, free_port, wait_until_healthy

# Tokens of the answer before the instance is drained, and in all.
BEFORE, TOKENS = 32, 96


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--model")
    parser.add_argument("--lengths", default="256,512,1024,2048,4096,8192")
    parser.add_argument("--modes", default="live,blocking,recompute")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beside", type=int, default=2, help="short streams on the other instance")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    lengths = [int(length) for length in arguments.lengths.split(",")]
    modes = arguments.modes.split(",")
    results = {}
    for turn in range(arguments.rounds):
        for length in lengths:
            for mode in modes:
                results[mode, length, turn] = run(arguments, mode, length, turn)
    text = table(results, modes, lengths, arguments.rounds)
    with open(os.path.join(arguments.out, "migration.md"), "w") as file:
        file.write(text)
    print(text)


def run(arguments, mode, length, turn):
    path = os.path.join(arguments.out, f"{mode}-{length}-{turn}.json")
    if not os.path.exists(path):
        result = measure(arguments, mode, length, turn)
        with open(path, "w") as file:
            json.dump(result, file)
        print(f"{mode} {length}: {result['pause_ms']:.1f} ms, a step {result['step_ms']:.1f} ms",
              flush=True)
    with open(path) as file:
        return json.load(file)


def measure(arguments, mode, length, turn):
    port = free_port()
    command = [arguments.kunserve, "serve", "--host", HOST, "--port", str(port)]
    command += ["--model", arguments.model] if arguments.model else []
    command += ["--data-parallel-size", "2", "--threads-per-instance", "1", "--log-level", "error",
                "--no-enable-prefix-caching", "--max-num-batched-tokens", "512",
                "--relocation-policy", "off", "--relocation-mode", mode]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(server, port)
        return migrate(port, length, turn, arguments.beside)
    finally:
        server.terminate()
        server.wait(timeout=90)


def migrate(port, length, turn, beside):
    chance = random.Random(length * 1000 + turn)
    prompt = [chance.randrange(3, 255) for _ in range(length)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        quiet = stream(port, prompt, TOKENS)
        # The one to move comes first and has an instance of its own; the others go elsewhere.
        begun = threading.Event()
        first = pool.submit(stream, port, prompt, TOKENS, begun, BEFORE)
        begun.wait(timeout=300)
        for _ in range(beside):
            pool.submit(stream, port, prompt[:16], 2 * TOKENS)
        moved = first.result()
    if moved["tokens"] != quiet["tokens"]:
        raise SystemExit(f"{length} tokens: the answer is another one after the move")
    gaps = [later - earlier for earlier, later in zip(moved["times"], moved["times"][1:])]
    before = [gap for gap, end in zip(gaps, moved["times"][1:]) if end < moved["drained"]]
    after = [gap for gap, end in zip(gaps, moved["times"][1:]) if end >= moved["drained"]]
    return {"pause_ms": 1000 * max(after), "step_ms": 1000 * statistics.median(before[8:]),
            "after_ms": 1000 * statistics.median(after), "stalled_ms": stalled(port),
            "slowest_before_ms": 1000 * max(before[8:])}


def stream(port, prompt, tokens, begun=None, drain_after=None):
    """Reads a stream; drains the instance on which it runs after so many tokens."""
    connection = http.client.HTTPConnection(HOST, port, timeout=300)
    body = {"prompt": prompt, "max_tokens": tokens, "ignore_eos": True, "temperature": 0,
            "stream": True, "return_token_ids": True}
    connection.request("POST", "/v1/completions", json.dumps(body),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {answer.read()!r}")
    result = {"times": [], "tokens": [], "drained": float("inf")}
    for line in answer:
        if not line.startswith(b"data: {"):
            continue
        ids = json.loads(line[6:])["choices"][0].get("token_ids") or []
        result["times"] += [time.monotonic()] * len(ids)
        result["tokens"] += ids
        if begun:
            begun.set()
        if drain_after and len(result["tokens"]) >= drain_after:
            drain_after = None
            result["drained"] = time.monotonic()
            drain(port, busiest(port, len(prompt)))
    connection.close()
    return result


def get(port, path):
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=30) as answer:
        return json.loads(answer.read())


def busiest(port, prompt):
    """The instance that holds the most blocks, for the prompt is the longest."""
    groups = get(port, "/v1/cluster")["groups"]
    return max(groups, key=lambda group: group["used_blocks"])["stages"][0]["instance"]


def drain(port, instance):
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    connection.request("POST", f"/v1/cluster/instances/{instance}/drain")
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in (200, 202):
        raise SystemExit(f"drain: {answer.status} {content!r}")


def stalled(port):
    """How long the server itself says that the request stood still, in milliseconds."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    sums = [line for line in lines if line.startswith("kunserve_stalled_seconds_sum")]
    return 1000 * sum(float(line.rsplit(" ", 1)[1]) for line in sums)


def table(results, modes, lengths, rounds):
    rows = ["| prompt | a step | " + " | ".join(f"{mode}: pause" for mode in modes) + " |",
            "|---:|---:|" + "---:|" * len(modes)]
    for length in lengths:
        def median(mode, key):
            return statistics.median(results[mode, length, turn][key] for turn in range(rounds))
        step = statistics.median(median(mode, "step_ms") for mode in modes)
        cells = [f"{median(mode, 'pause_ms'):.1f} ms" for mode in modes]
        rows.append(f"| {length} | {step:.1f} ms | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
