"""Make tiny random models, one per family, with the numbers `transformers` computes for them.

The tests of the forward pass load each directory as any checkpoint and compare. The weights are
random but not small: logits differ clearly, so the greedy continuation is the same on every
kernel tier and a wrong mask, rotation or bias cannot hide.

    python Tools/make_model_fixtures.py --output Tests/InferenceTests/Fixtures
    python Tools/make_model_fixtures.py --output Tests/InferenceTests/Fixtures --check
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

VOCABULARY, PROMPT_LENGTH, GREEDY_LENGTH = 320, 40, 128
LOGIT_POSITIONS = (0, 1, 7, 25, 39)
SMALLEST_GAP, FEWEST_DISTINCT = 0.01, 24
DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}


@dataclass(frozen=True)
class Family:
    """One checkpoint to make: its configuration beyond the common part, and how it is stored."""

    model_type: str
    stored: str
    config: dict[str, object] = field(default_factory=dict)
    shard_size: str = "100MB"
    dtype_key: str = "torch_dtype"


LLAMA3 = {
    "num_key_value_heads": 2,
    "rope_theta": 500000.0,
    "max_position_embeddings": 512,
    "rope_scaling": {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    },
}
FAMILIES = {
    "llama2": Family("llama", "f32", {"num_key_value_heads": 4}),
    "llama3": Family("llama", "bf16", LLAMA3),
    "llama_linear": Family(
        "llama",
        "f32",
        {"num_key_value_heads": 4, "rope_scaling": {"type": "linear", "factor": 4.0}},
        dtype_key="dtype",
    ),
    "llama_yarn": Family(
        "llama",
        "bf16",
        {
            "num_key_value_heads": 2,
            "rope_scaling": {
                "rope_type": "yarn",
                "factor": 4.0,
                "original_max_position_embeddings": 64,
            },
        },
    ),
    "mistral": Family("mistral", "bf16", {"num_key_value_heads": 2, "sliding_window": 24}),
    "qwen2": Family(
        "qwen2",
        "bf16",
        {"num_key_value_heads": 2, "rope_theta": 1000000.0, "tie_word_embeddings": True},
    ),
    "qwen3": Family(
        "qwen3",
        "f32",
        {"num_key_value_heads": 2, "rope_theta": 1000000.0, "head_dim": 32},
        dtype_key="dtype",
    ),
    "llama_mqa": Family("llama", "f16", {"num_key_value_heads": 1, "num_hidden_layers": 3}),
    "sharded": Family("llama", "bf16", LLAMA3, shard_size="70KB"),
}


def configuration(family: Family) -> AutoConfig:
    common = {
        "vocab_size": VOCABULARY,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": 256,
        "rms_norm_eps": 1e-5,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    return AutoConfig.for_model(family.model_type, **(common | family.config))


def randomise(model: PreTrainedModel, seed: int) -> None:
    """Matrices keep the size of what they act on; norms and biases are far from 1 and 0."""
    random = torch.Generator().manual_seed(seed)
    tied = model.config.tie_word_embeddings
    for name, tensor in sorted(model.named_parameters()):
        noise = torch.randn(tensor.shape, generator=random)
        if name.endswith("norm.weight"):
            tensor.data.copy_(1.0 + 0.3 * noise)
        elif name.endswith(".bias"):
            tensor.data.copy_(0.5 * noise)
        elif "embed_tokens" in name and not tied:
            tensor.data.copy_(noise)
        elif "embed_tokens" in name or "lm_head" in name:
            tensor.data.copy_(3.0 * noise / tensor.shape[1] ** 0.5)
        else:
            tensor.data.copy_(1.5 * noise / tensor.shape[1] ** 0.5)


def load(directory: Path, dtype: torch.dtype) -> PreTrainedModel:
    model = AutoModelForCausalLM.from_pretrained(
        directory, dtype=dtype, attn_implementation="eager"
    )
    return model.eval()


@torch.no_grad()
def logits_of(model: PreTrainedModel, ids: list[int]) -> Tensor:
    """All positions at once and no cache: the plainest reference there is."""
    return model(torch.tensor([ids]), use_cache=False).logits[0].float()


def greedy(model: PreTrainedModel, prompt: list[int]) -> list[int] | None:
    """The continuation, or nothing when rounding could change it or it is a short loop."""
    ids = list(prompt)
    for _ in range(GREEDY_LENGTH):
        best = logits_of(model, ids)[-1].topk(2)
        if float(best.values[0] - best.values[1]) < SMALLEST_GAP:
            return None
        ids.append(int(best.indices[0]))
    answer = ids[len(prompt) :]
    return answer if len(set(answer)) >= FEWEST_DISTINCT else None


def rounded(row: Tensor) -> list[float]:
    """Eight significant digits name a float32 well enough and keep the files short."""
    return [float(f"{value:.8g}") for value in row.tolist()]


def write_checkpoint(directory: Path, family: Family, seed: int) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    model = AutoModelForCausalLM.from_config(configuration(family))
    randomise(model, seed)
    model.to(DTYPES[family.stored])
    model.save_pretrained(directory, max_shard_size=family.shard_size)
    (directory / "generation_config.json").unlink(missing_ok=True)
    for path in directory.glob("*.safetensors"):
        path.chmod(0o644)
    rewrite_config(directory / "config.json", family.dtype_key)


def rewrite_config(path: Path, dtype_key: str) -> None:
    """Checkpoints in the wild name the data type in two ways; the fixtures have both."""
    config = json.loads(path.read_text())
    config[dtype_key] = config.pop("dtype", None) or config.pop("torch_dtype")
    path.write_text(json.dumps(dict(sorted(config.items())), indent=2) + "\n")


def golden(directory: Path, family: Family, prompt: list[int]) -> dict[str, object] | None:
    model = load(directory, torch.float32)
    answer = greedy(model, prompt)
    if answer is None:
        return None
    logits = logits_of(model, prompt)
    result: dict[str, object] = {
        "dtype": "f32",
        "stored": family.stored,
        "prompt": prompt,
        "logits_positions": list(LOGIT_POSITIONS),
        "logits": [rounded(logits[position]) for position in LOGIT_POSITIONS],
        "greedy": answer,
        "final_logits": rounded(logits_of(model, prompt + answer)[-1]),
    }
    if family.stored == "bf16":
        result["bf16_logits"] = rounded(logits_of(load(directory, torch.bfloat16), prompt)[-1])
    return result


def make(directory: Path, family: Family) -> int:
    """Try seeds until the continuation is well conditioned; returns the seed."""
    random = torch.Generator().manual_seed(7)
    prompt = torch.randint(3, VOCABULARY, (PROMPT_LENGTH,), generator=random).tolist()
    for seed in range(1000):
        write_checkpoint(directory, family, seed)
        result = golden(directory, family, prompt)
        if result is not None:
            lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in result.items())
            (directory / "golden.json").write_text("{" + lines + "}\n")
            return seed
    raise SystemExit(f"{directory.name}: no seed gives a well conditioned continuation")


def check(directory: Path, family: Family) -> None:
    """Load the written files anew, run them again and compare with the written numbers."""
    stored = json.loads((directory / "golden.json").read_text())
    again = golden(directory, family, stored["prompt"])
    assert again is not None and again["greedy"] == stored["greedy"], directory.name
    for key in ("logits", "final_logits", "bf16_logits"):
        if key in stored:
            difference = (torch.tensor(again[key]) - torch.tensor(stored[key])).abs().max()
            assert float(difference) < 1e-4, f"{directory.name}: {key} differs by {difference}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, required=True, help="one folder per family here")
    parser.add_argument("--only", choices=sorted(FAMILIES), help="this family alone")
    parser.add_argument("--check", action="store_true", help="write nothing, verify what is there")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.set_num_threads(1)
    for name, family in FAMILIES.items():
        if options.only not in (None, name):
            continue
        directory = options.output / name
        if not options.check:
            print(f"{name}: seed {make(directory, family)}", flush=True)
        check(directory, family)
        size = sum(path.stat().st_size for path in directory.iterdir())
        print(f"{name}: {size / 1000:.0f} kB, agrees", flush=True)


if __name__ == "__main__":
    main()
