"""Make a checkpoint of a real model's shape with random weights, to measure without a download.

Speed depends on the shape, not on the values. Random values that keep activations finite are
enough, and equal seeds give equal files, so two engines can be compared on the same bytes.

    python Tools/make_random_checkpoint.py --preset qwen2.5-0.5b --output DIR --gguf FILE
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor


@dataclass(frozen=True)
class Preset:
    """The numbers of a published configuration."""

    model_type: str
    architecture: str
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int
    positions: int
    theta: float
    epsilon: float
    tied: bool
    attention_bias: bool


PRESETS = {
    "qwen2.5-0.5b": Preset(
        model_type="qwen2",
        architecture="Qwen2ForCausalLM",
        hidden=896,
        layers=24,
        heads=14,
        kv_heads=2,
        head_dim=64,
        ffn=4864,
        vocabulary=151936,
        positions=32768,
        theta=1000000.0,
        epsilon=1e-6,
        tied=True,
        attention_bias=True,
    ),
    "tinyllama-1.1b": Preset(
        model_type="llama",
        architecture="LlamaForCausalLM",
        hidden=2048,
        layers=22,
        heads=32,
        kv_heads=4,
        head_dim=64,
        ffn=5632,
        vocabulary=32000,
        positions=2048,
        theta=10000.0,
        epsilon=1e-5,
        tied=False,
        attention_bias=False,
    ),
}


def layer_shapes(preset: Preset) -> dict[str, tuple[int, ...]]:
    """Names within one layer and their shapes."""
    queries, keys = preset.heads * preset.head_dim, preset.kv_heads * preset.head_dim
    shapes: dict[str, tuple[int, ...]] = {
        "input_layernorm.weight": (preset.hidden,),
        "self_attn.q_proj.weight": (queries, preset.hidden),
        "self_attn.k_proj.weight": (keys, preset.hidden),
        "self_attn.v_proj.weight": (keys, preset.hidden),
        "self_attn.o_proj.weight": (preset.hidden, queries),
        "post_attention_layernorm.weight": (preset.hidden,),
        "mlp.gate_proj.weight": (preset.ffn, preset.hidden),
        "mlp.up_proj.weight": (preset.ffn, preset.hidden),
        "mlp.down_proj.weight": (preset.hidden, preset.ffn),
    }
    if preset.attention_bias:
        widths = {"q": queries, "k": keys, "v": keys}
        shapes |= {f"self_attn.{name}_proj.bias": (width,) for name, width in widths.items()}
    return shapes


def all_shapes(preset: Preset) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "model.embed_tokens.weight", (preset.vocabulary, preset.hidden)
    for layer in range(preset.layers):
        for name, shape in layer_shapes(preset).items():
            yield f"model.layers.{layer}.{name}", shape
    yield "model.norm.weight", (preset.hidden,)
    if not preset.tied:
        yield "lm_head.weight", (preset.vocabulary, preset.hidden)


def random_tensor(name: str, shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    if name.endswith("norm.weight"):
        return torch.ones(shape, dtype=torch.bfloat16)
    tensor = torch.empty(shape, dtype=torch.float32).normal_(generator=random)
    return (tensor * 0.7 / shape[-1] ** 0.5).to(torch.bfloat16)


def configuration(preset: Preset) -> dict[str, object]:
    return {
        "architectures": [preset.architecture],
        "model_type": preset.model_type,
        "vocab_size": preset.vocabulary,
        "hidden_size": preset.hidden,
        "intermediate_size": preset.ffn,
        "num_hidden_layers": preset.layers,
        "num_attention_heads": preset.heads,
        "num_key_value_heads": preset.kv_heads,
        "head_dim": preset.head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": preset.positions,
        "rms_norm_eps": preset.epsilon,
        "rope_theta": preset.theta,
        "tie_word_embeddings": preset.tied,
        "bos_token_id": None,
        "eos_token_id": 0,
        "torch_dtype": "bfloat16",
    }


def write_tokenizer(directory: Path) -> None:
    """A byte-level tokenizer without merges, so that a prompt can be typed at all."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<|endoftext|>": 0} | {c: i + 1 for i, c in enumerate(alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    tokenizer.save(str(directory / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|endoftext|>",
        "chat_template": "{% for message in messages %}{{ message.content }}\n{% endfor %}",
    }
    (directory / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def write_directory(preset: Preset, directory: Path, tensors: dict[str, Tensor]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    (directory / "model.safetensors").chmod(0o644)
    config = json.dumps(configuration(preset), indent=2) + "\n"
    (directory / "config.json").write_text(config)
    write_tokenizer(directory)


def gguf_name(name: str) -> str:
    """GGUF's own names for the same tensors."""
    pieces = {
        "model.embed_tokens": "token_embd",
        "model.norm": "output_norm",
        "lm_head": "output",
        "model.layers.": "blk.",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    for ours, theirs in sorted(pieces.items(), key=lambda pair: -len(pair[0])):
        name = name.replace(ours, theirs)
    return name


def add_gguf_vocabulary(writer, preset: Preset) -> None:  # noqa: ANN001
    """llama.cpp wants a vocabulary; the benchmarks feed token ids, so any distinct names do."""
    import gguf

    tokens = [f"[{index}]" for index in range(preset.vocabulary)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * preset.vocabulary)
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(0)


def write_gguf(preset: Preset, path: Path, tensors: dict[str, Tensor]) -> None:
    """The same weights for llama.cpp; matrices in bf16, vectors in f32 as it requires."""
    import gguf

    writer = gguf.GGUFWriter(path, preset.model_type)
    writer.add_context_length(preset.positions)
    writer.add_embedding_length(preset.hidden)
    writer.add_block_count(preset.layers)
    writer.add_feed_forward_length(preset.ffn)
    writer.add_head_count(preset.heads)
    writer.add_head_count_kv(preset.kv_heads)
    writer.add_rope_dimension_count(preset.head_dim)
    writer.add_rope_freq_base(preset.theta)
    writer.add_layer_norm_rms_eps(preset.epsilon)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_BF16)
    writer.add_vocab_size(preset.vocabulary)
    add_gguf_vocabulary(writer, preset)
    for name, tensor in tensors.items():
        add_gguf_tensor(writer, gguf_name(name), tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_gguf_tensor(writer, name: str, tensor: Tensor) -> None:  # noqa: ANN001
    import gguf

    if tensor.dim() == 1:
        writer.add_tensor(name, tensor.float().numpy())
    else:
        raw = tensor.contiguous().view(torch.uint8).numpy()
        writer.add_tensor(name, raw, raw_dtype=gguf.GGMLQuantizationType.BF16)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", choices=sorted(PRESETS), required=True, help="whose shape")
    parser.add_argument("--output", type=Path, required=True, help="directory to write")
    parser.add_argument("--gguf", type=Path, help="also write the same weights to this GGUF file")
    parser.add_argument("--seed", type=int, default=1, help="seed of the weights (default 1)")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    preset = PRESETS[options.preset]
    random = torch.Generator().manual_seed(options.seed)
    tensors = {name: random_tensor(name, shape, random) for name, shape in all_shapes(preset)}
    write_directory(preset, options.output, tensors)
    if options.gguf is not None:
        write_gguf(preset, options.gguf, tensors)
    print(f"{sum(t.numel() for t in tensors.values())} parameters in {options.output}")


if __name__ == "__main__":
    main()
