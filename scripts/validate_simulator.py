#!/usr/bin/env python3
"""Compares the simulator with the server it simulates: same load, same policies, same machine.

    validate_simulator.py KUNSERVE --out DIR --trace FILE [--model DIR] [--policies recompute,drop]
        [--rate-scales 0.35,0.5] [--calibrate-at 0.25] [--rounds 3] [--memory-per-instance 22MiB]
        [--start 20 --duration 50] [--length-scale-input 0.15] [--length-scale-output 1]
        [--max-total-len 800] [--instances 2]

It measures what steps cost (`kunserve profile`), serves the trace with two instances on real
engines (or as many as there are to be, with a thread each), simulates the same with the preset `cpu`, and prints percentiles of both and by how much
the simulator is off: of the median of the rounds, beside the spread of the rounds themselves. What
lies in DIR is not measured again. The machine should do nothing else.

A profile knows what an engine computes, not what the server and its clients do for every token on
the same processors. Two constants stand for that: time per sequence and step, and time before a
first token. They are chosen so that the simulator is right at the calibration rate under the first
policy; all other rates and policies are predictions.
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess

import measure_overload

KEYS = [f"{point}_{kind}_ms" for kind in ("ttft", "tpot") for point in ("p50", "p90", "p99")]
SERVE = ["--max-num-batched-tokens", "128", "--max-num-seqs", "64"]


def profile(arguments):
    """Costs of steps on one thread, as each instance has one."""
    path = os.path.join(arguments.out, "profile.json")
    if not os.path.exists(path):
        command = [arguments.kunserve, "profile", "--threads", "1", "--max-num-batched-tokens", "128"]
        command += ["--output", path] + model_flags(arguments)
        subprocess.run(command, check=True)
    return path


def model_flags(arguments):
    return ["--model", arguments.model] if arguments.model else []


def serve_flags(arguments):
    return SERVE + ["--data-parallel-size", str(arguments.instances)]


def measured(arguments, policy, scale):
    """Results of all rounds on real engines."""
    flags = serve_flags(arguments) + ["--threads-per-instance", "1", "--profile", profile(arguments)]
    flags += ["--memory-per-instance", arguments.memory_per_instance] + model_flags(arguments)
    load = ["--dataset-name", "trace", "--dataset-path", arguments.trace, "--ignore-eos"]
    for name in ("start", "duration"):
        load += [f"--trace-{name}", f"{getattr(arguments, name):g}"]
    for name in ("length_scale_input", "length_scale_output", "max_total_len"):
        load += ["--" + name.replace("_", "-"), f"{getattr(arguments, name):g}"]
    arguments.serve, arguments.bench = shlex.join(flags), shlex.join(load)
    results = []
    for number in range(arguments.rounds):
        stem = measure_overload.stem_of(arguments, policy, scale, number)
        results.append(measure_overload.run(arguments, policy, policy, scale, stem))
    return results


def simulated(arguments, scale, constants):
    """Results of all policies in virtual time, by name."""
    costs = os.path.join(arguments.out, "calibrated.json")
    with open(profile(arguments)) as file:
        profiled = json.load(file)
    profiled["costs"]["decode"]["per_sequence"] += constants["per_sequence_ms"] / 1000
    with open(costs, "w") as file:
        json.dump(profiled, file)
    cluster = {"preset": "cpu", "profile": os.path.abspath(costs), "threads-per-instance": 1,
               "memory-per-instance": arguments.memory_per_instance,
               "costs": {"request-overhead-ms": constants["per_request_ms"]}}
    flags = serve_flags(arguments)
    cluster |= {name[2:]: int(value) for name, value in zip(flags[::2], flags[1::2])}
    if arguments.model:
        cluster["model"] = os.path.abspath(arguments.model)
    workload = {"dataset-path": os.path.abspath(arguments.trace), "rate-scale": scale,
                "trace-start": arguments.start, "trace-duration": arguments.duration,
                "length-scale-input": arguments.length_scale_input,
                "length-scale-output": arguments.length_scale_output,
                "max-total-len": arguments.max_total_len}
    policies = arguments.policies.split(",")
    scenario = {"name": "validation", "cluster": cluster, "workload": workload,
                "policies": policies, "seeds": [arguments.seed],
                "slo": {"factor": 5, "baselines": policies[:1]}}
    path = os.path.join(arguments.out, f"scenario-{scale:g}.json")
    with open(path, "w") as file:
        json.dump(scenario, file, indent=2)
    out = os.path.join(arguments.out, f"simulated-{scale:g}")
    command = [arguments.kunserve, "simulate", path, "--out", out, "--disable-tqdm"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    results = {}
    for policy in policies:
        with open(os.path.join(out, policy + ".json")) as file:
            results[policy] = json.load(file)
    return results


def calibrated(arguments):
    """The two constants, in milliseconds."""
    policy, scale = arguments.policies.split(",")[0], arguments.calibrate_at
    real = measured(arguments, policy, scale)
    wanted = {key: statistics.median(result[key] for result in real) for key in KEYS}
    low, high = 0.0, 5.0
    for _ in range(12):
        constants = {"per_sequence_ms": (low + high) / 2, "per_request_ms": 0}
        virtual = simulated(arguments, scale, constants)[policy]
        if virtual["p50_tpot_ms"] < wanted["p50_tpot_ms"]:
            low = constants["per_sequence_ms"]
        else:
            high = constants["per_sequence_ms"]
    rest = wanted["p50_ttft_ms"] - virtual["p50_ttft_ms"]
    return constants | {"per_request_ms": max(0.0, rest)}


def rows(scale, policy, real, virtual):
    """One line for each percentile."""
    assert virtual["num_prompts"] == real[0]["num_prompts"], "not the same load"
    for key in KEYS:
        values = [result[key] for result in real]
        middle = statistics.median(values)
        error = 100 * (virtual[key] / middle - 1)
        spread = f"{100 * (min(values) / middle - 1):+.0f} … {100 * (max(values) / middle - 1):+.0f}"
        name = key.removesuffix("_ms").replace("_", " ").upper()
        yield [f"{scale:g}", policy, name, f"{middle:.4g}", spread, f"{virtual[key]:.4g}",
               f"{error:+.0f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kunserve")
    parser.add_argument("--out", required=True)
    parser.add_argument("--trace", required=True)
    parser.add_argument("--model")
    parser.add_argument("--policies", default="recompute,drop")
    parser.add_argument("--rate-scales", default="0.35,0.5")
    parser.add_argument("--calibrate-at", type=float, default=0.25)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory-per-instance", default="22MiB")
    parser.add_argument("--start", type=float, default=20)
    parser.add_argument("--duration", type=float, default=50)
    parser.add_argument("--length-scale-input", type=float, default=0.15)
    parser.add_argument("--length-scale-output", type=float, default=1)
    parser.add_argument("--max-total-len", type=int, default=800)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--instances", type=int, default=2)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    constants = calibrated(arguments)
    print(", ".join(f"{name} {value:.3g}" for name, value in constants.items()), flush=True)
    head = ["rate", "policy", "", "server, ms", "rounds, %", "simulator, ms", "off by, %"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for scale in [float(text) for text in arguments.rate_scales.split(",")]:
        virtual = simulated(arguments, scale, constants)
        for policy in arguments.policies.split(","):
            real = measured(arguments, policy, scale)
            table = rows(scale, policy, real, virtual[policy])
            lines += ["| " + " | ".join(row) + " |" for row in table]
    with open(os.path.join(arguments.out, "validation.md"), "w") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
