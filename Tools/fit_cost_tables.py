"""Check the simulator's cost tables against held-out measurements, and write them as Swift.

DATA is a folder with the published measurements that docs/data-sources.md names and with
`costmodel_coefficients.json`, the coefficients fitted to all of them, which the simulator uses.
The report fits the same forms anew: four fifths of the rows of a table are fitted and the fifth
predicted, five times over. Beside that stand the errors of the coefficients that are used.

    python Tools/fit_cost_tables.py DATA            # the report
    python Tools/fit_cost_tables.py DATA --write    # the tables and the reference points as Swift
    python Tools/fit_cost_tables.py DATA --check    # are they what DATA gives?
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Predictor = Callable[[Vector], Vector]
Fit = Callable[[Vector, Vector], Predictor]

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "Sources/Simulation/Costs/CostTables+Values.swift"
POINTS = ROOT / "Tests/SimulationTests/Costs/ReferencePoints.swift"

DEVICES = ("a100", "h100", "h200")
# What the tables call the shapes that the simulator knows.
MODELS = (
    "Llama-2-7b-hf", "Llama-2-7b", "Llama-2-70b-hf", "Meta-Llama-3-8B", "Llama-3-8B",
    "Meta-Llama-3-70B", "Llama-70B", "Qwen-72B", "Qwen2.5-7B", "Qwen2.5-14B", "Qwen2.5-72B",
)
FOLDS = 5
# The smallest prompt and the largest batch that the forms are meant for: shorter prompts are padded
# to a tile, and larger batches do not occur.
SHORTEST_PROMPT = 64
LARGEST_BATCH = 512
# Bytes: the largest message of the small kind and the smallest of the large kind.
SMALL_MESSAGE = 4 << 20
LARGE_MESSAGE = 8 << 20


@dataclass(frozen=True)
class Preset:
    """Where the numbers of a cluster come from."""

    name: str
    device: str
    model: str
    parts: int
    heads: int
    kv_heads: int
    node: str

    @property
    def attention(self) -> tuple[int, int]:
        return self.heads // self.parts, self.kv_heads // self.parts


PRESETS = (
    Preset("a800-qwen2.5-14b", "a100", "Qwen2.5-14B", 1, 40, 8, "a100_dgx"),
    Preset("h800-qwen2.5-72b", "h100", "Qwen2.5-72B", 4, 64, 8, "h100_dgx"),
    Preset("a10-llama-7b", "a100", "Llama-2-7b-hf", 1, 32, 32, "a100_dgx"),
    Preset("a100-llama-3-8b", "a100", "Meta-Llama-3-8B", 1, 32, 8, "a100_dgx"),
    Preset("a100-llama-3-70b", "a100", "Meta-Llama-3-70B", 4, 64, 8, "a100_dgx"),
    Preset("h100-llama-3-8b", "h100", "Llama-3-8B", 1, 32, 8, "h100_dgx"),
    Preset("h100-llama-3-70b", "h100", "Llama-70B", 4, 64, 8, "h100_dgx"),
    Preset("h200-llama-3-8b", "h200", "Llama-3-8B", 1, 32, 8, "h100_dgx"),
    Preset("h200-llama-3-70b", "h200", "Llama-70B", 4, 64, 8, "h100_dgx"),
)


class Data:
    """The published measurements, in seconds, and what has been fitted to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fitted = json.loads((folder / "costmodel_coefficients.json").read_text())

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        path = self.folder / name
        opened = gzip.open(path, "rt") if name.endswith(".gz") else path.open()
        with opened as lines:
            yield from csv.DictReader(lines)

    def linear(self, device: str, model: str, parts: int) -> tuple[Vector, Vector]:
        """Tokens and seconds of all of a layer but attention and all-reduce."""
        name = "vidur_linear_medians.csv.gz"
        if any(row["model"] == model for row in self.rows("aic_linear_derived.csv")):
            name = "aic_linear_derived.csv"
        return table(
            (float(row["num_tokens"]), float(row["lin_ms"]) / 1e3)
            for row in self.rows(name)
            if (row["gpu"], row["model"], int(row["tp"])) == (device, model, parts)
        )

    def prefill(self, device: str, heads: tuple[int, int]) -> tuple[Vector, Vector]:
        """(1, tokens, pairs) and seconds of attention in one layer."""
        return table(
            ((1, batch * length, batch * length**2 / 2), seconds)
            for batch, length, seconds in self.attention("prefill", "isl", device, heads)
            if length >= SHORTEST_PROMPT
        )

    def decode(self, device: str, heads: tuple[int, int]) -> tuple[Vector, Vector]:
        """(1, sequences, positions) and seconds of attention in one layer."""
        return table(
            ((1, batch, batch * length), seconds)
            for batch, length, seconds in self.attention("decode", "kv_len", device, heads)
            if batch <= LARGEST_BATCH
        )

    def attention(
        self, kind: str, length: str, device: str, heads: tuple[int, int]
    ) -> Iterator[tuple[int, int, float]]:
        for row in self.rows(f"aic_attention_{kind}_medians.csv"):
            here = int(row["num_heads"]), int(row["num_key_value_heads"])
            if row["gpu"] == device and here == heads:
                seconds = float(row["latency_ms"]) / 1e3
                yield int(row["batch_size"]), int(row[length]), seconds

    def all_reduce(self, device: str, parts: int) -> tuple[Vector, Vector]:
        """(1, bytes) and seconds."""
        return table(
            ((1, float(row["bytes"])), float(row["latency_ms"]) / 1e3)
            for row in self.rows("aic_vllm_allreduce.csv")
            if (row["gpu"], row["backend"], int(row["num_gpus"])) == (device, "vllm_graph", parts)
        )

    def send(self, node: str, per_node: int) -> tuple[Vector, Vector]:
        """(1, bytes) and seconds from one device to another."""
        return table(
            ((1, float(row["bytes"])), float(row["median_ms"]) / 1e3)
            for row in self.rows("vidur_network_medians.csv.gz")
            if row["collective"] == "send_recv"
            and (row["node"], int(row["devices_per_node"])) == (node, per_node)
        )

    def entry(self, part: str, **keys: object) -> dict[str, float]:
        """Fitted coefficients."""
        for entry in self.fitted[part]:
            if all(entry.get(key) == value for key, value in keys.items()):
                return entry
        raise SystemExit(f"{self.folder}: no {part} for {keys}")


def table(rows: Iterator[tuple[object, float]]) -> tuple[Vector, Vector]:
    inputs, seconds = zip(*rows, strict=True)
    return np.array(inputs, dtype=float), np.array(seconds)


# --- Fits: least squares of the relative error


def least_squares(inputs: Vector, seconds: Vector) -> Vector:
    weighted = inputs / seconds[:, None]
    return np.linalg.lstsq(weighted, np.ones(len(seconds)), rcond=None)[0]


def fit_plane(inputs: Vector, seconds: Vector) -> Predictor:
    coefficients = least_squares(inputs, seconds)
    return lambda at: at @ coefficients


def fit_lines(tokens: Vector, seconds: Vector) -> Predictor:
    """The higher of two lines, one fitted to each side of the best cut."""
    order = np.argsort(tokens)
    tokens, seconds = tokens[order], seconds[order]
    inputs = np.column_stack([np.ones(len(tokens)), tokens])
    best = (np.inf, np.zeros((2, 2)))
    for cut in range(2, len(tokens) - 2):
        lines = np.array(
            [
                least_squares(inputs[:cut], seconds[:cut]),
                least_squares(inputs[cut:], seconds[cut:]),
            ]
        )
        error = float(np.sum(((inputs @ lines.T).max(axis=1) / seconds - 1) ** 2))
        if error < best[0]:
            best = error, lines
    lines = best[1]
    return lambda at: (np.column_stack([np.ones(len(at)), at]) @ lines.T).max(axis=1)


def fit_floor(inputs: Vector, seconds: Vector) -> Predictor:
    """A plane above the best floor."""
    best = (np.inf, 0.0, np.zeros(inputs.shape[1]))
    for floor in np.quantile(seconds, np.linspace(0, 0.5, 26)):
        above = seconds > 1.05 * floor
        if above.sum() <= inputs.shape[1]:
            continue
        plane = least_squares(inputs[above], seconds[above])
        error = float(np.sum((np.maximum(floor, inputs @ plane) / seconds - 1) ** 2))
        if error < best[0]:
            best = error, float(floor), plane
    _, floor, plane = best
    return lambda at: np.maximum(floor, at @ plane)


def fit_messages(inputs: Vector, seconds: Vector) -> Predictor:
    """A floor and a line for small messages, and the same for large ones."""
    border = (SMALL_MESSAGE + LARGE_MESSAGE) / 2
    small = inputs[:, 1] <= border
    low = fit_floor(inputs[small], seconds[small])
    high = fit_floor(inputs[~small], seconds[~small])
    return lambda at: np.where(at[:, 1] <= border, low(at), high(at))


# --- Errors


@dataclass(frozen=True)
class Errors:
    """Relative errors: mean, and what 95 % of the rows stay below."""

    rows: int
    mean: float
    p95: float

    @classmethod
    def of(cls, predicted: Vector, seconds: Vector) -> Errors:
        error = np.abs(predicted / seconds - 1) * 100
        return cls(len(error), float(error.mean()), float(np.quantile(error, 0.95)))

    def __str__(self) -> str:
        return f"{self.mean:.1f} / {self.p95:.0f}"


def held_out(fit: Fit, rows: tuple[Vector, Vector]) -> Errors:
    """Every fifth row is predicted from the others, in five turns."""
    inputs, seconds = rows
    predicted = np.empty(len(seconds))
    for fold in range(FOLDS):
        out = np.arange(len(seconds)) % FOLDS == fold
        predicted[out] = fit(inputs[~out], seconds[~out])(inputs[out])
    return Errors.of(predicted, seconds)


def used_linear(data: Data, device: str, model: str, parts: int) -> Predictor:
    e = data.entry("linear", gpu=device, model=model, tp=parts)
    return lambda n: np.maximum(e["f0"] + e["f1"] * n, e["g0"] + e["g1"] * n)


def used_prefill(data: Data, preset: Preset) -> Predictor:
    heads, kv_heads = preset.attention
    e = data.entry("attention", gpu=preset.device, heads=heads, kv_heads=kv_heads)
    plane = np.array([e["p0"], e["p1"], e["p2"]])
    return lambda at: at @ plane


def used_decode(data: Data, preset: Preset) -> Predictor:
    heads, kv_heads = preset.attention
    e = data.entry("attention", gpu=preset.device, heads=heads, kv_heads=kv_heads)
    plane = np.array([e["d0"], e["d1"], e["d2"]])
    return lambda at: np.maximum(e["d_floor"], at @ plane)


def message(entry: dict[str, float]) -> Predictor:
    floor, base, slope = entry["floor"], entry["alpha"], entry["beta_s_per_byte"]
    return lambda at: np.maximum(floor, base + slope * at[:, 1])


def used_all_reduce(data: Data, preset: Preset) -> Predictor:
    keys = {"src": "aic_vllm_graph", "node": f"{preset.device}_sxm", "tp": preset.parts}
    small = message(data.entry("allreduce_tp", range="small<=4MiB", **keys))
    large = message(data.entry("allreduce_tp", range="large>=8MiB", **keys))
    border = (SMALL_MESSAGE + LARGE_MESSAGE) / 2
    return lambda at: np.where(at[:, 1] <= border, small(at), large(at))


# --- Report


def parts_of(data: Data, preset: Preset) -> Iterator[tuple[str, Errors, Errors]]:
    """Name of the part, errors of held-out rows, errors of the coefficients that are used."""
    rows = data.linear(preset.device, preset.model, preset.parts)
    used = used_linear(data, preset.device, preset.model, preset.parts)
    yield "linear", held_out(fit_lines, rows), Errors.of(used(rows[0]), rows[1])
    rows = data.prefill(preset.device, preset.attention)
    used = used_prefill(data, preset)
    yield "prefill", held_out(fit_plane, rows), Errors.of(used(rows[0]), rows[1])
    # Tables of decoding end at 8 of 8 heads where each head has keys and values of its own.
    heads = preset.attention if preset.kv_heads < preset.heads else (8, 8)
    preset_of_rows = Preset("", preset.device, "", 1, *heads, "")
    rows = data.decode(preset.device, heads)
    used = used_decode(data, preset_of_rows)
    yield "decode", held_out(fit_floor, rows), Errors.of(used(rows[0]), rows[1])
    if preset.parts > 1:
        rows = data.all_reduce(preset.device, preset.parts)
        used = used_all_reduce(data, preset)
        yield "all-reduce", held_out(fit_messages, rows), Errors.of(used(rows[0]), rows[1])
    for link, per_node in (("intra", 2), ("inter", 1)):
        rows = data.send(preset.node, per_node)
        entry = data.entry("send_recv_pp", node=preset.node, link=link)
        used = message(entry)
        yield f"p2p {link}", held_out(fit_floor, rows), Errors.of(used(rows[0]), rows[1])


def report(data: Data) -> None:
    print("Relative error in %, mean / 95th percentile.\n")
    print("| preset | part | rows | held out | coefficients used, all rows |")
    print("|---|---|---:|---:|---:|")
    for preset in PRESETS:
        for part, held, used in parts_of(data, preset):
            print(f"| {preset.name} | {part} | {held.rows} | {held} | {used} |")
    print("\nLayers of an A40, derived from an A100 by 696/2039 GB/s and 149.7/312 TFLOP/s:\n")
    print("| model | rows | derived | own fit, held out |")
    print("|---|---:|---:|---:|")
    for model in ("Llama-2-7b-hf", "internlm-20b", "CodeLlama-34b-Instruct-hf", "Llama-2-70b-hf"):
        rows = data.linear("a40", model, 1)
        derived = Errors.of(derived_a40(data, model)(rows[0]), rows[1])
        print(f"| {model} | {derived.rows} | {derived} | {held_out(fit_lines, rows)} |")


def derived_a40(data: Data, model: str) -> Predictor:
    e = data.entry("linear", gpu="a100", model=model, tp=1)
    memory, arithmetic = 2039 / 696, 312 / 149.7
    return lambda n: np.maximum(
        (e["f0"] + e["f1"] * n) * memory, (e["g0"] + e["g1"] * n) * arithmetic
    )


# --- Swift


def tables_text(data: Data) -> str:
    """The coefficients as Swift."""
    lines = [
        "// Written by Tools/fit_cost_tables.py. Where the measurements come from:",
        "// docs/data-sources.md.",
        "",
        "extension CostTables {",
        "    /// Device, model, parts; seconds and seconds per token of the two lines.",
        "    static let linear: [LinearRow] = [",
    ]
    for e in data.fitted["linear"]:
        if e["gpu"] in DEVICES and e["model"] in MODELS:
            numbers = ", ".join(repr(e[key]) for key in ("f0", "f1", "g0", "g1"))
            lines.append(f'        LinearRow(.{e["gpu"]}, "{e["model"]}", {e["tp"]}, {numbers}),')
    lines += [
        "    ]",
        "",
        "    /// Device, heads, heads of keys and values; for each device the most heads first.",
        "    static let attention: [AttentionRow] = [",
    ]
    for e in data.fitted["attention"]:
        prefill = ", ".join(repr(e[key]) for key in ("p0", "p1", "p2"))
        decode = "nil"
        if "d2" in e:
            numbers = ", ".join(repr(e[key]) for key in ("d_floor", "d0", "d1", "d2"))
            decode = f"DeviceCostModel.Decode({numbers})"
        lines += [
            "        AttentionRow(",
            f"            .{e['gpu']}, {e['heads']}, {e['kv_heads']},",
            f"            DeviceCostModel.Prefill({prefill}),",
            f"            {decode}),",
        ]
    lines += ["    ]", ""]
    lines += all_reduce_lines(data)
    return "\n".join([*lines, "}", ""])


def all_reduce_lines(data: Data) -> Iterator[str]:
    def text(entry: dict[str, float], launch: float = 0) -> str:
        numbers = entry["floor"] + launch, entry["alpha"] + launch, entry["beta_s_per_byte"]
        return f"AllReduce.Message({', '.join(f'{number:.6g}' for number in numbers)})"

    yield "    /// Device, parts, small and large messages: the engine's kernels, captured."
    yield "    static let captured: [AllReduceRow] = ["
    for device in DEVICES:
        for parts in (2, 4, 8):
            keys = {"src": "aic_vllm_graph", "node": f"{device}_sxm", "tp": parts}
            small = text(data.entry("allreduce_tp", range="small<=4MiB", **keys))
            large = text(data.entry("allreduce_tp", range="large>=8MiB", **keys))
            yield from all_reduce_row(device, parts, small, large)
    yield "    ]"
    yield ""
    yield "    /// The same by calls of a library, each with 20 µs to launch it. That of the H200 is"
    yield "    /// the H100's."
    yield "    static let launched: [AllReduceRow] = ["
    for device in DEVICES:
        node = "a100_dgx" if device == "a100" else "h100_dgx"
        for parts in (2, 4, 8):
            entry = data.entry("allreduce_tp", src="vidur_nccl", node=node, tp=parts)
            both = text(entry, launch=20e-6)
            yield from all_reduce_row(device, parts, both, both)
    yield "    ]"


def all_reduce_row(device: str, parts: int, small: str, large: str) -> Iterator[str]:
    yield "        AllReduceRow("
    yield f"            .{device}, {parts}, {small},"
    yield f"            {large}),"


# What the Swift evaluator must give: device, the simulator's name of a model, its name in DATA,
# parts.
POINT_MODELS = (
    ("a100", "Llama-3-8B", "Meta-Llama-3-8B", 1),
    ("a100", "Llama-2-7B", "Llama-2-7b-hf", 1),
    ("a100", "Llama-2-70B", "Llama-2-70b-hf", 4),
    ("a100", "Llama-3-70B", "Meta-Llama-3-70B", 4),
    ("a100", "Llama-3-70B", "Meta-Llama-3-70B", 8),
    ("a100", "Qwen-72B", "Qwen-72B", 4),
    ("a100", "Qwen2.5-14B", "Qwen2.5-14B", 1),
    ("a100", "Qwen2.5-14B", "Qwen2.5-14B", 2),
    ("a100", "Qwen2.5-72B", "Qwen2.5-72B", 4),
    ("h100", "Llama-3-8B", "Llama-3-8B", 1),
    ("h100", "Llama-2-70B", "Llama-2-70b-hf", 4),
    ("h100", "Llama-3-70B", "Llama-70B", 4),
    ("h100", "Llama-3-70B", "Llama-70B", 8),
    ("h100", "Qwen-72B", "Qwen-72B", 4),
    ("h100", "Qwen2.5-7B", "Qwen2.5-7B", 1),
    ("h100", "Qwen2.5-14B", "Qwen2.5-14B", 1),
    ("h100", "Qwen2.5-72B", "Qwen2.5-72B", 4),
    ("h200", "Llama-3-8B", "Llama-3-8B", 1),
    ("h200", "Llama-3-70B", "Llama-70B", 4),
)
# Chunks as (tokens, prefix), decoded sequences as (how many, positions).
POINT_LOADS: tuple[tuple[list[tuple[int, int]], list[tuple[int, int]]], ...] = (
    ([], [(1, 1)]),
    ([], [(1, 1024)]),
    ([], [(32, 1024)]),
    ([], [(128, 1024)]),
    ([], [(7, 300), (3, 16000)]),
    ([(1, 0)], []),
    ([(17, 4096)], []),
    ([(512, 0)], []),
    ([(2048, 0)], []),
    ([(4096, 0)], []),
    ([(256, 512), (100, 0), (156, 8000)], []),
    ([(512, 1024)], [(64, 1024)]),
    ([(1, 4000)], [(255, 2000)]),
)


def points_text(data: Data) -> str:
    """Seconds of steps by the evaluator in Python that the coefficients came with."""
    reference = load_reference(data.folder)
    lines = [
        "// Written by Tools/fit_cost_tables.py with the evaluator in Python.",
        "",
        "/// Device, model, parts, collectives; chunks as tokens+prefix; decoded sequences as",
        "/// number x positions; seconds of a step of the whole model.",
        'let referencePoints = """',
    ]
    for device, name, model, parts in POINT_MODELS:
        for collectives, mode in (("captured", "graph"), ("launched", "vidur")):
            if parts == 1 and collectives == "launched":
                continue
            for chunks, decoded in POINT_LOADS:
                contexts = [k for number, k in decoded for _ in range(number)]
                seconds = reference.iteration(device, model, parts, chunks, contexts, ar=mode)
                shown = ",".join(f"{c}+{p}" for c, p in chunks) or "-"
                told = ",".join(f"{number}x{k}" for number, k in decoded) or "-"
                where = f"{device} {name} {parts} {collectives}"
                lines.append(f"    {where} {shown} {told} {seconds!r}")
    return "\n".join([*lines, '    """', ""])


def load_reference(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", folder / "costmodel_ref.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder}: no costmodel_ref.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of the measurements")
    parser.add_argument("--write", action="store_true", help="write the Swift files")
    parser.add_argument("--check", action="store_true", help="compare the Swift files")
    options = parser.parse_args()
    data = Data(options.data)
    if not (options.write or options.check):
        report(data)
        return
    for path, text in {TABLES: tables_text(data), POINTS: points_text(data)}.items():
        if options.write:
            path.write_text(text)
        elif path.read_text() != text:
            sys.exit(f"{path.name} is not what {options.data} gives; run with --write")


if __name__ == "__main__":
    main()
