"""Train the bundled demo model and write it as a Hugging Face directory.

A five-minute look at KunServe must not depend on a download, so the repository carries a model of
a few million parameters that has only ever read old plays. It answers every chat with verse.

    python Tools/train_demo_model.py --corpus plays.txt --output Models/demo
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

from demo_corpus import IGNORED, Conversation, Conversations, parse_speeches, split_corpus
from demo_network import DemoLlama, Shape

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIALS = (END_OF_TEXT, TURN_START, TURN_END)
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)
ROW_LENGTHS, ROW_ODDS = (256, 512, 1024, 2048), (0.82, 0.10, 0.04, 0.04)


@dataclass(frozen=True)
class Recipe:
    """How long and how hard to train."""

    seed: int
    steps: int
    batch_tokens: int
    learning_rate: float
    weight_decay: float
    dropout: float
    evaluate_every: int
    compile: bool


@dataclass(frozen=True)
class Example:
    """Token ids, and the same ids again with `IGNORED` where they do not count in the loss."""

    ids: list[int]
    targets: list[int]


def train_tokenizer(text: str, vocabulary: int) -> Tokenizer:
    """A byte-level BPE: any UTF-8 text can be encoded and the vocabulary stays small."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(text.splitlines(keepends=True), trainer)
    return tokenizer


def encode_conversation(tokenizer: Tokenizer, conversation: Conversation) -> Example:
    """ChatML; only what the assistant says, and that it stops, counts in the loss."""
    ids: list[int] = []
    targets: list[int] = []

    def add(text: str, counts: bool) -> None:
        new = tokenizer.encode(text, add_special_tokens=False).ids
        ids.extend(new)
        targets.extend(new if counts else [IGNORED] * len(new))

    if conversation.system is not None:
        add(f"{TURN_START}system\n{conversation.system}{TURN_END}\n", False)
    for turn in conversation.turns:
        add(f"{TURN_START}user\n{turn.user.strip()}{TURN_END}\n{TURN_START}assistant\n", False)
        add(f"{turn.assistant.strip()}{TURN_END}", True)
        add("\n", False)
    add(END_OF_TEXT, False)
    return Example(ids, targets)


class Rows:
    """Cuts fixed-length training rows out of the plain text and out of packed conversations."""

    def __init__(self, tokenizer: Tokenizer, text: str, conversations: int, seed: int) -> None:
        self.plain = torch.tensor(tokenizer.encode(text, add_special_tokens=False).ids)
        source = Conversations(parse_speeches(text), seed)
        examples = [encode_conversation(tokenizer, source.draw()) for _ in range(conversations)]
        self.starts = torch.tensor([0] + [len(e.ids) for e in examples]).cumsum(0)
        self.chat = torch.tensor([i for e in examples for i in e.ids])
        self.chat_targets = torch.tensor([i for e in examples for i in e.targets])

    def plain_row(self, start: int, length: int) -> tuple[Tensor, Tensor]:
        window = self.plain[start : start + length + 1]
        return window[:-1], window[1:]

    def chat_row(self, start: int, length: int) -> tuple[Tensor, Tensor]:
        end = start + length
        return self.chat[start:end], self.chat_targets[start + 1 : end + 1]

    def random_row(self, length: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Conversations start at a row's beginning; plain text starts anywhere."""
        if torch.rand((), generator=random) < 0.5:
            limit = len(self.plain) - length - 1
            return self.plain_row(int(torch.randint(limit, (), generator=random)), length)
        limit = int(torch.searchsorted(self.starts, len(self.chat) - length - 1))
        index = int(torch.randint(limit, (), generator=random))
        return self.chat_row(int(self.starts[index]), length)

    def batch(self, tokens: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
        odds = torch.tensor(ROW_ODDS)
        length = ROW_LENGTHS[int(torch.multinomial(odds, 1, generator=random))]
        rows = [self.random_row(length, random) for _ in range(max(1, tokens // length))]
        return torch.stack([row[0] for row in rows]), torch.stack([row[1] for row in rows])


def loss_of(logits: Tensor, targets: Tensor) -> Tensor:
    flat = logits.float().reshape(-1, logits.shape[-1])
    return F.cross_entropy(flat, targets.reshape(-1), ignore_index=IGNORED)


@torch.no_grad()
def validation_losses(model: DemoLlama, rows: Rows, length: int = 512) -> tuple[float, float]:
    """Mean loss on all of the held-out plain text and on held-out conversations."""
    model.eval()
    plain = mean_loss(model, rows.plain_row, len(rows.plain), length)
    chat = mean_loss(model, rows.chat_row, min(len(rows.chat), 24 * length), length)
    model.train()
    return plain, chat


def mean_loss(
    model: DemoLlama,
    row: Callable[[int, int], tuple[Tensor, Tensor]],
    available: int,
    length: int,
) -> float:
    total, count = 0.0, 0
    for start in range(0, available - length - 1, length):
        ids, targets = row(start, length)
        weight = int((targets != IGNORED).sum())
        if weight:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(ids[None])
            total += float(loss_of(logits, targets[None])) * weight
            count += weight
    return total / count


def learning_rate(recipe: Recipe, step: int) -> float:
    """Linear warm-up, then a cosine down to a twentieth."""
    warmup = 100
    if step < warmup:
        return recipe.learning_rate * (step + 1) / warmup
    progress = (step - warmup) / max(1, recipe.steps - warmup)
    return recipe.learning_rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress)))


def make_optimizer(model: DemoLlama, recipe: Recipe) -> torch.optim.Optimizer:
    """Norm weights are not decayed."""
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    groups = [
        {"params": matrices, "weight_decay": recipe.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.98), fused=True)


def train_step(
    forward: Callable[[Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    rate: float,
) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = loss_of(forward(batch[0]), batch[1])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 1.0)
    optimizer.step()
    return loss.item()


def train(
    model: DemoLlama, rows: Rows, held_out: Rows, recipe: Recipe, keep: Callable[[], None]
) -> None:
    """Calls `keep` at every new best evaluation: a corpus this small is soon overfitted."""
    optimizer = make_optimizer(model, recipe)
    forward = torch.compile(model, dynamic=False) if recipe.compile else model
    random = torch.Generator().manual_seed(recipe.seed)
    best, smooth, started = math.inf, math.log(model.shape.vocab), time.monotonic()
    for step in range(recipe.steps):
        batch = rows.batch(recipe.batch_tokens, random)
        loss = train_step(forward, optimizer, batch, learning_rate(recipe, step))
        smooth += 0.02 * (loss - smooth)
        if (step + 1) % recipe.evaluate_every == 0 or step + 1 == recipe.steps:
            plain, chat = validation_losses(model, held_out)
            rate = (step + 1) * recipe.batch_tokens / (time.monotonic() - started)
            losses = f"train {smooth:.4f} plain {plain:.4f} chat {chat:.4f}"
            print(f"step {step + 1} {losses} {rate:.0f} tokens/s", flush=True)
            if plain + chat < best:
                best = plain + chat
                keep()


def model_config(shape: Shape) -> dict[str, object]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": shape.vocab,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.ffn,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": shape.positions,
        "rms_norm_eps": shape.epsilon,
        "rope_theta": shape.theta,
        "rope_scaling": None,
        "tie_word_embeddings": True,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": None,
        "eos_token_id": SPECIALS.index(TURN_END),
        "pad_token_id": SPECIALS.index(END_OF_TEXT),
        "torch_dtype": "bfloat16",
    }


def tokenizer_config(shape: Shape) -> dict[str, object]:
    added = {
        str(index): {
            "content": token,
            "lstrip": False,
            "normalized": False,
            "rstrip": False,
            "single_word": False,
            "special": True,
        }
        for index, token in enumerate(SPECIALS)
    }
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": shape.positions,
        "model_input_names": ["input_ids", "attention_mask"],
        "added_tokens_decoder": added,
        "add_bos_token": False,
        "add_prefix_space": False,
        "bos_token": None,
        "eos_token": TURN_END,
        "pad_token": END_OF_TEXT,
        "unk_token": None,
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }


GENERATION_CONFIG = {
    "do_sample": True,
    "temperature": 0.8,
    "top_p": 0.95,
    "eos_token_id": [SPECIALS.index(TURN_END), SPECIALS.index(END_OF_TEXT)],
    "pad_token_id": SPECIALS.index(END_OF_TEXT),
}


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def export(output: Path, shape: Shape, state: dict[str, Tensor], tokenizer: Tokenizer) -> None:
    """Write the directory in the layout that every Llama loader reads."""
    output.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in state.items()}
    save_file(tensors, output / "model.safetensors", metadata={"format": "pt"})
    (output / "model.safetensors").chmod(0o644)
    tokenizer.save(str(output / "tokenizer.json"))
    write_json(output / "config.json", model_config(shape))
    write_json(output / "tokenizer_config.json", tokenizer_config(shape))
    write_json(output / "generation_config.json", GENERATION_CONFIG)


@torch.no_grad()
def check_export(output: Path, shape: Shape, ids: Tensor) -> None:
    """The export is right when `transformers` computes what the trained network computes."""
    from transformers import LlamaForCausalLM

    ours = DemoLlama(shape, dropout=0.0).eval()
    load_weights(ours, output)
    theirs = LlamaForCausalLM.from_pretrained(output, dtype=torch.float32).eval()
    difference = (ours(ids[None]) - theirs(ids[None]).logits).abs().max().item()
    print(f"largest logit difference to transformers over {len(ids)} tokens: {difference:.2e}")
    assert difference < 1e-3, "the export does not compute what was trained"


@torch.no_grad()
def print_samples(output: Path, seed: int) -> None:
    """What the model says, greedily and sampled, through the files that were just written."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(output)
    model = AutoModelForCausalLM.from_pretrained(output, dtype=torch.float32).eval()
    for ask in ("Write a verse in the manner of ROMEO.", "Hello!", "Write a verse about honour."):
        chat = [{"role": "user", "content": ask}]
        ids = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt")
        for sample in (False, True):
            torch.manual_seed(seed)
            style = {"temperature": 0.8, "top_p": 0.95} if sample else {"temperature": None}
            style |= {} if sample else {"top_p": None}
            out = model.generate(ids, do_sample=sample, max_new_tokens=160, **style)
            text = tokenizer.decode(out[0, ids.shape[1] :])
            print(f"--- {ask} ({'sampled' if sample else 'greedy'})\n{text}\n", flush=True)


def load_weights(model: DemoLlama, directory: Path) -> None:
    """Continue from an export; the optimizer starts anew and warms up again."""
    state = load_file(directory / "model.safetensors")
    model.load_state_dict({name: tensor.float() for name, tensor in state.items()})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--corpus", type=Path, required=True, help="UTF-8 text of speeches, `NAME:` above each")
    add("--output", type=Path, required=True, help="directory to write the model to")
    add("--resume", type=Path, help="start from the weights of this earlier output")
    add("--seed", type=int, default=1, help="seed of weights, data order and samples (default 1)")
    add("--steps", type=int, default=1500, help="optimizer steps (default 1500)")
    add("--batch-tokens", type=int, default=2048, help="tokens per step (default 2048)")
    add("--vocabulary", type=int, default=2048, help="tokens in all (default 2048)")
    add("--conversations", type=int, default=20000, help="chat examples to draw (default 20000)")
    add("--learning-rate", type=float, default=1.5e-3, help="peak (default 0.0015)")
    add("--weight-decay", type=float, default=0.1, help="on matrices (default 0.1)")
    add("--dropout", type=float, default=0.2, help="on the residual stream (default 0.2)")
    add("--held-out", type=float, default=0.07, help="last part for validation (default 0.07)")
    add("--evaluate-every", type=int, default=100, help="steps between evaluations (default 100)")
    add("--threads", type=int, default=2, help="CPU threads (default 2)")
    add("--no-compile", action="store_true", help="do not use torch.compile (no C++ compiler)")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    recipe = Recipe(
        seed=options.seed,
        steps=options.steps,
        batch_tokens=options.batch_tokens,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        dropout=options.dropout,
        evaluate_every=options.evaluate_every,
        compile=not options.no_compile,
    )
    training_text, held_out_text = split_corpus(
        options.corpus.read_text(encoding="utf-8"), options.held_out
    )
    tokenizer = train_tokenizer(training_text, options.vocabulary)
    rows = Rows(tokenizer, training_text, options.conversations, options.seed)
    held_out = Rows(tokenizer, held_out_text, 200, options.seed + 1)
    shape = Shape(vocab=tokenizer.get_vocab_size())
    model = DemoLlama(shape, options.dropout)
    if options.resume is not None:
        load_weights(model, options.resume)
    print(f"{asdict(shape)}\n{asdict(recipe)}")
    print(f"parameters {sum(p.numel() for p in model.parameters())}")
    print(f"tokens: plain {len(rows.plain)}, chat {len(rows.chat)}, held out {len(held_out.plain)}")

    def keep() -> None:
        export(options.output, shape, model.state_dict(), tokenizer)

    train(model, rows, held_out, recipe, keep)
    check_export(options.output, shape, held_out.plain[: shape.positions])
    print_samples(options.output, options.seed)


if __name__ == "__main__":
    main()
