"""Render chat templates with the reference engine and write down what comes out.

The reference is Jinja as `transformers` sets it up for chat templates: sandboxed, `trim_blocks`,
`lstrip_blocks`, loop controls, its own `tojson`, `raise_exception` and `strftime_now`. The clock is
fixed, so the output is a function of this folder.

    python Tools/make_template_fixtures.py --output Tests/TokenizationTests/Templates
"""

from __future__ import annotations

import argparse
import copy
import datetime
import json
from pathlib import Path

from jinja2.exceptions import TemplateError
from transformers.utils.chat_template_utils import _compile_jinja_template

from template_constructs import GROUPS

NOW = datetime.datetime(2026, 2, 3, 4, 5, 6)
TEMPLATES = Path(__file__).parent / "templates"

Context = dict[str, object]


def said(role: str, content: object, **more: object) -> Context:
    return {"role": role, "content": content} | more


def call(name: str, arguments: object, identity: str = "abc123XYZ") -> Context:
    function = {"name": name, "arguments": arguments}
    return {"id": identity, "type": "function", "function": function}


def calls(*made: Context, content: object = None) -> Context:
    return {"role": "assistant", "content": content, "tool_calls": list(made)}


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": 'Weather at a place, e.g. "Köln"',
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "where"},
                "days": {"type": ["integer", "null"]},
                "units": {"type": "string", "enum": ["°C", "°F"]},
            },
            "required": ["place"],
        },
    },
}
SEARCH = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "",
        "parameters": {
            "type": "object",
            "properties": {
                "words": {"type": "array", "items": {"type": "string"}},
                "limits": {"type": "object", "additionalProperties": {"type": "number"}},
            },
            "required": [],
        },
        "return": {"type": "string"},
    },
}
HELLO = [said("user", "Hello, who are you?")]
SYSTEM = [said("system", "  Be brief. \n"), *HELLO]
TALK = [
    *HELLO,
    said("assistant", " I am a program.\n"),
    said("user", '\nWas heißt "日本"? 😀 <|im_end|> & <b>'),
]
LONG_TALK = [said("system", "Be kind."), *TALK, said("assistant", "Japan."), said("user", "Thanks")]
ANSWERED = [*TALK, said("assistant", "It means Japan.")]
BAD_ORDER = [said("user", "one"), said("user", "two")]
ASSISTANT_FIRST = [said("assistant", "I begin.")]
TOOL_TALK = [
    said("system", "Use tools."),
    said("user", "Weather in Köln?"),
    calls(call("get_weather", {"place": "Köln", "days": 2})),
    said("tool", '{"sky": "grau"}', tool_call_id="abc123XYZ", name="get_weather"),
]
TWO_CALLS = [
    said("user", "Compare."),
    calls(
        call("get_weather", {"place": "Bonn"}, "111111111"),
        call("search", {"words": ["a", "b"], "limits": {"x": 1.5}}, "222222222"),
        content="Let me look.",
    ),
    said("tool", "12 °C", tool_call_id="111111111"),
    said("tool", "nothing", tool_call_id="222222222"),
    said("assistant", "Cold."),
    said("user", "And tomorrow?"),
]
THINKING = [
    said("user", "2+2?"),
    said("assistant", "<think>\nadd them\n</think>\n\n4"),
    said("user", "3+3?"),
    said("assistant", "6", reasoning_content="\nadd again\n"),
]
THINKING_TOOLS = [
    said("user", "2+2?"),
    said("assistant", "<think>\nold\n</think>\n\n4"),
    said("user", "Weather?"),
    calls(call("get_weather", '{"place": "Ulm"}'), content="<think>\nask\n</think>\n\n"),
    said("user", "<tool_response>\nsun\n</tool_response>"),
    said("assistant", "<think>\nnow tell\n</think>\n\nSun."),
]
PARTS = [said("user", [{"type": "image"}, {"type": "text", "text": " What is it? "}])]
SYSTEM_PARTS = [said("system", [{"type": "text", "text": "Look."}]), *PARTS]
ONE_CALL = [*HELLO, calls(call("get_weather", {"place": "Köln", "unit": "°C"}))]
TEXT_ARGUMENTS = [
    said("user", "Weather and news?"),
    calls(call("get_weather", '{"place": "Ulm"}'), call("search", '{"words": []}')),
    said("tool", "sun"),
    said("tool", "none"),
]

CHATS: dict[str, list[Context]] = {
    "hello": HELLO,
    "system": SYSTEM,
    "talk": TALK,
    "long-talk": LONG_TALK,
    "answered": ANSWERED,
    "bad-order": BAD_ORDER,
    "assistant-first": ASSISTANT_FIRST,
    "tool-talk": TOOL_TALK,
    "two-calls": TWO_CALLS,
    "thinking": THINKING,
    "thinking-tools": THINKING_TOOLS,
    "parts": PARTS,
    "system-parts": SYSTEM_PARTS,
    "one-call": ONE_CALL,
    "text-arguments": TEXT_ARGUMENTS,
}
BASIC = ("hello", "system", "talk", "long-talk", "answered", "bad-order", "assistant-first")
FEW = ("system", "talk", "long-talk", "bad-order")
TOOLS = {"tools": [WEATHER, SEARCH]}
BOS_EOS = {"bos_token": "<s>", "eos_token": "</s>"}
EOT = {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}

CASES: dict[str, tuple[Context, list[tuple[str, Context]]]] = {
    "chatml": ({}, [(name, {}) for name in BASIC]),
    "llama2": (BOS_EOS, [(name, {}) for name in BASIC]),
    "llama3": (
        EOT,
        [(name, {}) for name in FEW]
        + [
            ("tool-talk", TOOLS),
            ("tool-talk", TOOLS | {"tools_first": False, "today": "26 Jul 2024"}),
            ("one-call", {"built_in": ["interpreter", "get_weather"], "tools": None}),
            ("two-calls", TOOLS),
            ("hello", {"today": "1 Mai 2031", "add_generation_prompt": False}),
        ],
    ),
    "qwen2": (
        {},
        [(name, {}) for name in FEW]
        + [("hello", TOOLS), ("tool-talk", TOOLS), ("two-calls", TOOLS), ("two-calls", {})],
    ),
    "qwen3": (
        {},
        [(name, {}) for name in FEW]
        + [
            ("hello", {"enable_thinking": False}),
            ("hello", {"enable_thinking": True}),
            ("thinking", {}),
            ("thinking", {"add_generation_prompt": False}),
            ("thinking-tools", TOOLS),
            ("thinking-tools", TOOLS | {"add_generation_prompt": False}),
            ("tool-talk", TOOLS),
            ("two-calls", TOOLS),
            ("parts", {}),
        ],
    ),
    "mistral1": (BOS_EOS, [(name, {}) for name in BASIC]),
    "mistral3": (
        BOS_EOS,
        [(name, {}) for name in FEW]
        + [("hello", TOOLS), ("tool-talk", TOOLS), ("two-calls", TOOLS), ("two-calls", {})],
    ),
    "phi3": (
        BOS_EOS,
        [(name, {}) for name in BASIC] + [("talk", {"add_generation_prompt": False})],
    ),
    "gemma": (
        {"bos_token": "<bos>", "eos_token": "<eos>"},
        [(name, {}) for name in BASIC]
        + [("parts", {}), ("system-parts", {}), ("system", {"refuse_system": True})],
    ),
    "reasoner": (
        BOS_EOS,
        [(name, {}) for name in FEW] + [("text-arguments", {}), ("thinking", {})],
    ),
    "typed_tools": (
        BOS_EOS,
        [("talk", TOOLS), ("talk", {}), ("answered", TOOLS | {"add_generation_prompt": False})],
    ),
}


def render(template: str, context: Context) -> dict[str, object]:
    """What the reference says, or that it refuses and with which words."""
    compiled = _compile_jinja_template(template)
    compiled.environment.globals["strftime_now"] = NOW.strftime
    values = {"strftime_now": NOW.strftime} | copy.deepcopy(context)
    try:
        return {"rendered": compiled.render(**values)}
    except (TemplateError, TypeError, ZeroDivisionError) as problem:
        return {"error": True, "message": str(problem)}


def vector(name: str, template: str, context: Context) -> Context:
    return {"name": name, "template": template, "context": context} | render(template, context)


def chat_vectors() -> list[Context]:
    result = []
    for template_name, (tokens, cases) in CASES.items():
        template = (TEMPLATES / f"{template_name}.jinja").read_text(encoding="utf-8")
        for index, (chat, more) in enumerate(cases):
            context = {"messages": CHATS[chat], "add_generation_prompt": True} | tokens | more
            name = f"{template_name}/{index:02}-{chat}" + ("-tools" if more.get("tools") else "")
            result.append(vector(name, template, context))
    return result


def construct_vectors() -> list[Context]:
    return [
        vector(f"{group}/{name}", template, context)
        for group, constructs in GROUPS.items()
        for name, template, context in constructs
    ]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for vectors.json")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    vectors = chat_vectors() + construct_vectors()
    names = [item["name"] for item in vectors]
    assert len(set(names)) == len(names), "two vectors of one name"
    rows = ",\n".join(json.dumps(item, ensure_ascii=True) for item in vectors)
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / "vectors.json"
    path.write_text(f"[\n{rows}\n]\n", encoding="ascii")
    refused = sum("error" in item for item in vectors)
    print(f"{len(vectors)} vectors, {refused} of them refusals, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
