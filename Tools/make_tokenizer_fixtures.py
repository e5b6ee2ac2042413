"""Make small tokenizers in the shapes of well-known ones, with what the reference computes.

The shapes are those found in published `tokenizer.json` files; the vocabularies are trained here.
The reference is the Rust library behind the Python package `tokenizers`.

    python Tools/make_tokenizer_fixtures.py --corpus plays.txt \\
        --output Tests/TokenizationTests/Fixtures
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import (  # noqa: E402
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from fixture_texts import all_texts, bulk_text, multilingual_training_text  # noqa: E402

LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2_PATTERN = LLAMA3_PATTERN.replace(r"\p{N}{1,3}", r"\p{N}")
DEEPSEEK_PATTERNS = (
    r"\p{N}{1,3}",
    "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
)
CAMEL_PATTERN = r"\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?!\p{Ll})|[^\S\r\n]+(?=\S)|[\r\n]+|[_/]{2,}"
BYTE_TOKENS = [f"<0x{byte:02X}>" for byte in range(256)]
META = "\u2581"


@dataclass(frozen=True)
class Shape:
    """One kind of tokenizer: how to make it and what its `tokenizer_config.json` says."""

    make: Callable[[list[str]], Tokenizer]
    config: dict[str, object]
    legacy_merges: bool = False


def special(*names: str) -> list[AddedToken]:
    return [AddedToken(name, special=True, normalized=False) for name in names]


def train_byte_level(tokenizer: Tokenizer, lines: list[str], vocabulary: int) -> None:
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)


def split(pattern: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Split(Regex(pattern), "isolated")


def bytes_only() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def gpt2(lines: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    train_byte_level(tokenizer, lines, 1800)
    tokenizer.add_special_tokens(special("<|endoftext|>"))
    return tokenizer


def llama3(lines: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split(LLAMA3_PATTERN), bytes_only()])
    tokenizer.decoder = decoders.ByteLevel()
    train_byte_level(tokenizer, lines, 1700)
    tokenizer = with_whole_words(tokenizer)
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>"]
    tokenizer.add_special_tokens(special(*names, "<|eot_id|>"))
    template = processors.TemplateProcessing(
        single="<|begin_of_text|> $A",
        pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
        special_tokens=[(names[0], tokenizer.token_to_id(names[0]))],
    )
    byte_level = processors.ByteLevel(trim_offsets=True)
    tokenizer.post_processor = processors.Sequence([byte_level, template])
    return tokenizer


def with_whole_words(tokenizer: Tokenizer) -> Tokenizer:
    """Words in the vocabulary that no merge produces: only `ignore_merges` can find them."""
    description = json.loads(tokenizer.to_str())
    vocabulary = description["model"]["vocab"]
    encode = bytes_only().pre_tokenize_str
    for word in (" cluster", " parameters", "Prefill", "Привет", " instances", "Serve", "\n\n\n"):
        vocabulary.setdefault(encode(word)[0][0], len(vocabulary))
    description["model"]["ignore_merges"] = True
    return Tokenizer.from_str(json.dumps(description))


def qwen2(lines: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split(QWEN2_PATTERN), bytes_only()])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    train_byte_level(tokenizer, lines, 1800)
    tokenizer.add_special_tokens(special("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in ("<tool_call>", "</tool_call>")])
    return tokenizer


def commonest_characters(lines: list[str], count: int) -> list[str]:
    """The trainer's own choice is not the same in every run; the rest falls back to bytes."""
    counts = Counter(META if c == " " else c for line in lines for c in line.rstrip("\n"))
    return sorted(counts, key=lambda c: (-counts[c], c))[:count]


def sentencepiece_model(lines: list[str], specials: list[str], vocabulary: int) -> models.BPE:
    """Specials, 256 byte tokens, merged pieces, single characters: SentencePiece's own order."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace(replacement=META, prepend_scheme="always")
    alphabet = commonest_characters(lines, 220)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    trained.train_from_iterator((line.rstrip("\n") for line in lines), trainer)
    model = json.loads(trained.to_str())["model"]
    merges = [tuple(pair) for pair in model["merges"]]
    pieces = list(dict.fromkeys(left + right for left, right in merges))
    characters = [piece for piece in model["vocab"] if len(piece) == 1]
    names = specials + BYTE_TOKENS + pieces + [c for c in characters if c not in pieces]
    ids = {name: index for index, name in enumerate(names)}
    return models.BPE(
        vocab=ids, merges=merges, byte_fallback=True, fuse_unk=True, unk_token="<unk>"
    )


def sentencepiece_decoder() -> decoders.Decoder:
    return decoders.Sequence(
        [
            decoders.Replace(META, " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(content=" ", left=1, right=0),
        ]
    )


def bos_template() -> processors.PostProcessor:
    return processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)]
    )


def llama2(lines: list[str]) -> Tokenizer:
    specials = ["<unk>", "<s>", "</s>"]
    tokenizer = Tokenizer(sentencepiece_model(lines, specials, 1500))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend(META), normalizers.Replace(" ", META)]
    )
    tokenizer.decoder = sentencepiece_decoder()
    tokenizer.post_processor = bos_template()
    tokenizer.add_special_tokens(special(*specials))
    return tokenizer


def mistral(lines: list[str]) -> Tokenizer:
    specials = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[TOOL_CALLS]"]
    tokenizer = Tokenizer(sentencepiece_model(lines, specials, 1500))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement=META, prepend_scheme="first", split=False
    )
    tokenizer.decoder = sentencepiece_decoder()
    tokenizer.post_processor = bos_template()
    tokenizer.add_special_tokens(special(*specials))
    return tokenizer


def deepseek(lines: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    splits = [split(pattern) for pattern in DEEPSEEK_PATTERNS]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*splits, bytes_only()])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    train_byte_level(tokenizer, lines, 1500)
    tokenizer.add_special_tokens(special("<|endoftext|>"))
    return tokenizer


def unusual(lines: list[str]) -> Tokenizer:
    """No known model: the general paths at once, and added tokens with every flag."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Punctuation("isolated"),
            split(CAMEL_PATTERN),
            bytes_only(),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    train_byte_level(tokenizer, lines, 1200)
    tokenizer.add_special_tokens(special("<|endoftext|>", "<pad>"))
    tokenizer.add_tokens(
        [
            AddedToken("<|strip|>", lstrip=True, rstrip=True, normalized=False),
            AddedToken("<|left|>", lstrip=True, normalized=False),
            AddedToken("<|right|>", rstrip=True, normalized=False),
            AddedToken("kun", single_word=True, normalized=False),
            AddedToken("caf\u00e9", normalized=True),
        ]
    )
    return tokenizer


SHAPES = {
    "gpt2": Shape(gpt2, {"eos_token": "<|endoftext|>", "bos_token": "<|endoftext|>"}, True),
    "llama3": Shape(llama3, {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}),
    "qwen2": Shape(
        qwen2, {"bos_token": None, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    ),
    "llama2": Shape(llama2, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}, True),
    "mistral": Shape(mistral, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}),
    "deepseek": Shape(deepseek, {"eos_token": "<|endoftext|>"}),
    "unusual": Shape(unusual, {"eos_token": "<|endoftext|>", "pad_token": "<pad>"}),
}
BROKEN = (
    b"\x80", b"\xbf\xbf", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xe2\x82A", b"\xf0\x9f\x98",
    b"\xf0\x9f", b"\xf0", b"\xf0\x9f\x98\x80", b"a\xf0\x9f\x98b",
    b"\xf0\x9f\x98\xf0\x9f\x98\x80", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80",
    b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff\xfe", b"\xe2\x28\xa1",
    b"\xf0\x28\x8c\xbc", b"\xe4\xbd\xa0\xe5\xa5", b"\x00\xff\x00", b"\xe5\xa5\xbd\xbd",
    b"ok\xe2", b"\xe2ok", b"\xf8\x88\x80\x80\x80", b"\xc3\xa9\xc3", b"\xef\xbf\xbd",
    b"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf A", b"  \xff  ", b"\xcc\x81",
    b"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd",
)  # fmt: skip


def byte_ids(tokenizer: Tokenizer) -> list[int]:
    """The token of each single byte, in either of the two notations."""
    if tokenizer.token_to_id(BYTE_TOKENS[0]) is not None:
        return [tokenizer.token_to_id(name) for name in BYTE_TOKENS]
    printable = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b]
    shifted = [b for b in range(256) if b not in printable]
    name = {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(shifted)}
    return [tokenizer.token_to_id(name[byte]) for byte in range(256)]


def broken_sequences(tokenizer: Tokenizer) -> list[list[int]]:
    """Ids whose bytes are not UTF-8, alone and between ordinary tokens."""
    ids = byte_ids(tokenizer)
    word = tokenizer.encode(" the end", add_special_tokens=False).ids
    marks = [t for t, a in tokenizer.get_added_tokens_decoder().items() if a.special][-1:]
    result = [[ids[byte] for byte in sequence] for sequence in BROKEN]
    result += [word + sequence + word for sequence in result[:12]]
    result += [sequence[:1] + marks + sequence[1:] for sequence in result[4:10]]
    return [[], marks, word + marks + word, *result]


def decoded(tokenizer: Tokenizer, ids: list[int]) -> dict[str, str]:
    return {
        "decoded": tokenizer.decode(ids, skip_special_tokens=False),
        "decoded_skip_special": tokenizer.decode(ids, skip_special_tokens=True),
    }


def entry(tokenizer: Tokenizer, text: str) -> dict[str, object]:
    ids = tokenizer.encode(text).ids
    plain = tokenizer.encode(text, add_special_tokens=False).ids
    return {"text": text, "ids": ids, "ids_no_special": plain} | decoded(tokenizer, ids)


def bulk_entry(tokenizer: Tokenizer, text: str) -> dict[str, object]:
    """Only a hash, over the ids as little-endian 32-bit numbers."""
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    raw = struct.pack(f"<{len(ids)}I", *ids)
    back = tokenizer.decode(ids, skip_special_tokens=False).encode()
    return {
        "count": len(ids),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "decoded_sha256": hashlib.sha256(back).hexdigest(),
    }


def vectors(tokenizer: Tokenizer, texts: list[str], bulk: str) -> dict[str, object]:
    return {
        "entries": [entry(tokenizer, text) for text in texts],
        "byte_sequences": [
            {"ids": ids} | decoded(tokenizer, ids) for ids in broken_sequences(tokenizer)
        ],
        "bulk": bulk_entry(tokenizer, bulk),
    }


def write_vectors(path: Path, value: dict[str, object]) -> None:
    """One entry per line, plain ASCII."""
    compact = {"ensure_ascii": True, "separators": (",", ":")}
    parts = []
    for key, item in value.items():
        rows = item if isinstance(item, list) else None
        body = (
            json.dumps(item, **compact)
            if rows is None
            else "[\n" + ",\n".join(json.dumps(row, **compact) for row in rows) + "\n]"
        )
        parts.append(f"{json.dumps(key)}:{body}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="ascii")


def save_tokenizer(tokenizer: Tokenizer, path: Path, legacy_merges: bool) -> None:
    """Old files spell a merge as one string, new ones as a pair; the fixtures have both."""
    description = json.loads(tokenizer.to_str())
    if legacy_merges:
        merges = description["model"]["merges"]
        description["model"]["merges"] = [" ".join(pair) for pair in merges]
    text = json.dumps(description, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def write_shape(name: str, shape: Shape, lines: list[str], output: Path) -> None:
    directory = output / name
    directory.mkdir(parents=True, exist_ok=True)
    save_tokenizer(shape.make(lines), directory / "tokenizer.json", shape.legacy_merges)
    config = {"tokenizer_class": "PreTrainedTokenizerFast"} | shape.config
    (directory / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True, help="UTF-8 English text to train on")
    parser.add_argument("--output", type=Path, required=True, help="one folder per shape here")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    corpus = options.corpus.read_text(encoding="utf-8")
    lines = (corpus + multilingual_training_text(5, 60000)).splitlines(keepends=True)
    texts, bulk = all_texts(), bulk_text(50000)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "bulk.json").write_text(json.dumps({"text": bulk}) + "\n", encoding="ascii")
    for name, shape in SHAPES.items():
        write_shape(name, shape, lines, options.output)
        directory = options.output / name
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        write_vectors(directory / "vectors.json", vectors(tokenizer, texts, bulk))
        sizes = [f"{path.name} {path.stat().st_size}" for path in sorted(directory.iterdir())]
        print(name, tokenizer.get_vocab_size(), "tokens;", ", ".join(sizes), flush=True)


if __name__ == "__main__":
    main()
