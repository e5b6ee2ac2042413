#!/usr/bin/env python3
"""Measures what instances that come and go bring in a burst, on the real engine.

    measure_scaling.py KUNSERVE --out DIR [--model DIR] [--memory 26MiB] [--phases 15x2,10x30,45x2]
        [--prompt 200] [--tokens 250] [--seed 1] [--autoscale chiron] [--batch 32] [--linger 15]
        [--busy 0.9] [--band 100,600]

Sends the same requests, in phases of so many seconds at so many requests per second (Poisson), to
three servers: two instances for good, two to four by autoscaling, and four for good. The policy for
overload is `drop` in all of them, so with autoscaling a drop bridges the time until instances that
have been ordered have loaded the model. Every answer must be complete, and token by token the same
from all servers. Prints the times to the first token by phase, what the server decided and the load
time of each start, and writes them to DIR/scaling.md; runs whose result lies in DIR are not run again.
"""
import argparse
import http.client
import json
import os
import random
import subprocess
import threading
import time
import urllib.request

from local_server import HOST, free_port, wait_until_healthy

VARIANTS = {
    "2 instances": ["--data-parallel-size", "2"],
    "2 to 4": ["--data-parallel-size", "2", "--max-instances", "4", "--min-instances", "2"],
    "4 instances": ["--data-parallel-size", "4"],
}
# What is told of the run with autoscaling, from the event log.
TOLD = ("drop_started", "drop_finished", "scale_out", "instance_joined", "restore_started",
        "restore_finished", "scale_in", "scale_in_called_off", "instance_stopped",
        "instance_start_failed")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--model")
    parser.add_argument("--memory", default="26MiB")
    parser.add_argument("--phases", default="15x2,10x30,45x2")
    parser.add_argument("--prompt", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--autoscale", default="chiron", help="or freeness-band")
    parser.add_argument("--batch", type=int, default=32, help="requests that fill an instance")
    parser.add_argument("--linger", type=int, default=15, help="seconds that an instance stays")
    parser.add_argument("--busy", type=float, default=0.9,
                        help="share of busy instances that chiron aims at")
    parser.add_argument("--band", default="100,600", help="of freeness-band, in steps")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    results = {name: run(arguments, name) for name in VARIANTS}
    first = next(iter(results.values()))["requests"]
    for name, result in results.items():
        for mine, other in zip(result["requests"], first):
            if mine["tokens"] != other["tokens"]:
                raise SystemExit(f"{name}: an answer is another one")
    text = report(results)
    with open(os.path.join(arguments.out, "scaling.md"), "w") as file:
        file.write(text)
    print(text)


def run(arguments, name):
    path = os.path.join(arguments.out, name.replace(" ", "-") + ".json")
    if not os.path.exists(path):
        result = measure(arguments, name)
        with open(path, "w") as file:
            json.dump(result, file)
    with open(path) as file:
        return json.load(file)


def measure(arguments, name):
    port = free_port()
    command = [arguments.kunserve, "serve", "--host", HOST, "--port", str(port)]
    command += ["--model", arguments.model] if arguments.model else []
    command += ["--memory-per-instance", arguments.memory, "--threads-per-instance", "1",
                "--log-level", "error", *VARIANTS[name]]
    if "--max-instances" in VARIANTS[name]:
        low, high = arguments.band.split(",")
        command += ["--autoscale", arguments.autoscale, "--static-batch-size", str(arguments.batch),
                    "--min-linger", str(arguments.linger), "--scaling-period", str(arguments.linger),
                    "--scale-out-below", low, "--scale-in-above", high,
                    "--initial-busy-share", str(arguments.busy)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_healthy(server, port)
        return load(port, arguments)
    finally:
        server.terminate()
        server.wait(timeout=90)


def arrivals(arguments):
    """(second, phase) of each request."""
    chance = random.Random(arguments.seed)
    start, times = 0.0, []
    for phase, text in enumerate(arguments.phases.split(",")):
        duration, rate = (float(part) for part in text.split("x"))
        second = start + chance.expovariate(rate)
        while second < start + duration:
            times.append((second, phase))
            second += chance.expovariate(rate)
        start += duration
    return times, start


def load(port, arguments):
    times, end = arrivals(arguments)
    chance = random.Random(arguments.seed + 1)
    prompts = [[chance.randrange(3, 255) for _ in range(arguments.prompt)] for _ in times]
    stream(port, prompts[0][:8], 4)
    requests = [None] * len(times)
    samples, over = [], threading.Event()
    begin = time.monotonic() + 0.5
    watcher = threading.Thread(target=watch, args=(port, begin, samples, over))
    watcher.start()

    def send(index, second):
        time.sleep(max(0, begin + second - time.monotonic()))
        requests[index] = stream(port, prompts[index], arguments.tokens, begin + second)

    threads = [threading.Thread(target=send, args=(index, second))
               for index, (second, _) in enumerate(times)]
    offset = begin - clock(port)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(max(0, begin + end - time.monotonic()))
    over.set()
    watcher.join()
    for request, (_, phase) in zip(requests, times):
        if request is None or len(request["tokens"]) != arguments.tokens:
            raise SystemExit("an answer is not complete")
        request["phase"] = phase
    events = get(port, "/v1/cluster/log")["events"]
    for event in events:
        event["second"] = event["time"] - offset
    told = [event for event in events if event["kind"] in TOLD]
    return {"requests": requests, "samples": samples, "events": told}


def clock(port):
    """When the server's clock began, by ours."""
    return time.monotonic() - get(port, "/v1/cluster")["time"]


def stream(port, prompt, tokens, due=None):
    connection = http.client.HTTPConnection(HOST, port, timeout=600)
    body = {"prompt": prompt, "max_tokens": tokens, "ignore_eos": True, "temperature": 0,
            "stream": True, "return_token_ids": True}
    connection.request("POST", "/v1/completions", json.dumps(body),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {answer.read()!r}")
    result = {"tokens": []}
    for line in answer:
        if not line.startswith(b"data: {"):
            continue
        ids = json.loads(line[6:])["choices"][0].get("token_ids") or []
        if ids and "ttft" not in result and due is not None:
            result["ttft"] = time.monotonic() - due
        result["tokens"] += ids
    connection.close()
    return result


def watch(port, begin, samples, over):
    while not over.wait(0.25):
        cluster = get(port, "/v1/cluster")
        phases = [instance["phase"] for instance in cluster["instances"]]
        samples.append({"second": time.monotonic() - begin,
                        "present": sum(phase not in ("absent", "starting") for phase in phases),
                        "running": cluster["running"], "waiting": cluster["waiting"]})


def get(port, path):
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=30) as answer:
        return json.loads(answer.read())


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(results):
    phases = sorted({request["phase"] for request in next(iter(results.values()))["requests"]})
    names = ["before", "burst", "after"] if len(phases) == 3 else [str(phase) for phase in phases]
    rows = ["| | " + " | ".join(f"{name}: p50, p99" for name in names)
            + " | instances, mean | longest queue |", "|---|" + "---:|" * (len(names) + 2)]
    for name, result in results.items():
        cells = []
        for phase in phases:
            ttft = [one["ttft"] for one in result["requests"] if one["phase"] == phase]
            cells.append(f"{percentile(ttft, 0.5):.2f}, {percentile(ttft, 0.99):.2f} s")
        present = [sample["present"] for sample in result["samples"]]
        waiting = max(sample["waiting"] for sample in result["samples"])
        rows.append(f"| {name} | " + " | ".join(cells)
                    + f" | {sum(present) / len(present):.1f} | {waiting} |")
    lines = ["", "| second | decision |", "|---:|---|"]
    for event in results["2 to 4"]["events"]:
        lines.append(f"| {event['second']:.1f} | {event['message']} |")
    return "\n".join(rows + lines) + "\n"


if __name__ == "__main__":
    main()
