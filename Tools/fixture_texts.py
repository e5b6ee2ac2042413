"""Texts that are hard on tokenizers, made here so that nothing is downloaded or copied.

Every text is a function of fixed seeds. Random characters are drawn only from those whose general
category every Unicode version in play agrees on, so that a difference is a bug and not a newer
table.
"""

from __future__ import annotations

import functools
import random
import unicodedata
from collections.abc import Callable

from tokenizers import Regex, pre_tokenizers

SCRIPTS = {
    "latin": (0x00C0, 0x024F),
    "greek": (0x0391, 0x03C9),
    "cyrillic": (0x0410, 0x044F),
    "hebrew": (0x05D0, 0x05EA),
    "arabic": (0x0620, 0x064A),
    "devanagari": (0x0905, 0x0939),
    "bengali": (0x0985, 0x09B9),
    "tamil": (0x0B85, 0x0BB9),
    "thai": (0x0E01, 0x0E30),
    "georgian": (0x10D0, 0x10F0),
    "ethiopic": (0x1200, 0x1248),
    "hiragana": (0x3041, 0x3096),
    "katakana": (0x30A1, 0x30FA),
    "han": (0x4E00, 0x4FFF),
    "hangul": (0xAC00, 0xAEFF),
    "gothic": (0x10330, 0x1034A),
    "emoji": (0x1F600, 0x1F640),
}
BLOCKS = (
    (0x0000, 0x007F), (0x0080, 0x00FF), (0x0100, 0x024F), (0x0250, 0x036F), (0x0370, 0x052F),
    (0x0530, 0x06FF), (0x0700, 0x08FF), (0x0900, 0x0DFF), (0x0E00, 0x10FF), (0x1100, 0x11FF),
    (0x1200, 0x17FF), (0x1800, 0x1DFF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x20FF),
    (0x2100, 0x23FF), (0x2400, 0x26FF), (0x2700, 0x2BFF), (0x2C00, 0x2FFF), (0x3000, 0x30FF),
    (0x3100, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FEF), (0xA000, 0xABFF), (0xAC00, 0xD7A3),
    (0xE000, 0xF8FF), (0xF900, 0xFAD9), (0xFB00, 0xFDFF), (0xFE00, 0xFEFF), (0xFF00, 0xFFEF),
    (0x10000, 0x107FF), (0x10800, 0x10FFF), (0x11000, 0x11FFF), (0x12000, 0x143FF),
    (0x16800, 0x16FFF), (0x17000, 0x18AF2), (0x1B000, 0x1B2FF), (0x1D000, 0x1D7FF),
    (0x1F000, 0x1F2FF), (0x1F300, 0x1F5FF), (0x1F600, 0x1F9FF), (0x20000, 0x2A6D6),
    (0x2A700, 0x2CEA1), (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0xE0001, 0xE007F),
    (0xE0100, 0xE01EF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD),
)  # fmt: skip
SENTENCES = (
    "The cluster drops a layer and keeps every promise it has made.",
    "Seven grey instances waited in the rain for one more token.",
    "A burst came at noon; nobody queued, nobody was sent away.",
    "Who copied the blocks? The second stage did, before breakfast!",
    "Parameters are heavy, but memory is short (and short of friends).",
    "She said \"restore the weights\" and the pipeline said 'not yet'.",
    "In 1999 there were 42 machines, 3,072 pages and 1e-3 seconds.",
    "Prefill is a sprint - decode is a long walk home...",
)
CONTRACTIONS = (
    "I'm we've you'll they'd it's can't we're",
    "I'M WE'VE YOU'LL THEY'D IT'S CAN'T WE'RE",
    "i'M We'Ve 'S 'LL 'Ll 'lL 'D's 'ss 'tis 'twas 'reed",
    "rock'n'roll o'clock 'quoted' ''double'' ' alone '",
    "it\u2019s don\u2019t \u2018quoted\u2019 s' 's' 're're",
    "'ſ 'K 'ſt I'ſ",
)
CODE = (
    'def f(x: int) -> str:\n    return f"{x:>4}"  # comment\n\n\nprint(f(3))\n',
    "func main() {\n\tlet a = [1, 2, 3].map { $0 * 2 }\n\tprint(a)\n}\n",
    "for (int i=0;i<10;++i){sum+=a[i]*b[i];}",
    '{"key": [1, -2.5e+10, null, true], "nested": {"a": "\\u00e9\\n"}}',
    '<div class="x">&nbsp;<br/></div><!-- note -->',
    "https://example.org/a/b?c=d&e=%20f#g user.name+tag@example.org",
    "SELECT * FROM t WHERE a <> 'b' AND c >= 10; -- end",
    "a_b __init__ camelCaseWord HTTPServer2Go x86_64 $VAR ${VAR} `cmd`",
    "C:\\path\\to\\file.txt ../../etc ~/.config",
    "#include <stdio.h>\r\nint main(void)\r\n{\r\n    return 0;\r\n}\r\n",
    "|a|b|\n|---|:-:|\n| 1 | **two** |\n\n* item\n  * nested\n1. first\n",
    "≤≥≠ ∑x² → ∞ ± 5° ½ ⅓ №7 €12.50 £3 ¥100 50%",
)
WHITESPACE = (
    "", " ", "  ", "   ", "\t", "\t\t", "\n", "\n\n", "\n\n\n", "\r\n", "\r\n\r\n", "\r", " \n",
    "\n ", "  \n  ", "a b", "a  b", "a   b", "a    b", " a", "  a", "a ", "a  ", "a\tb",
    "a\t b", "a \tb", "a\nb", "a\n\nb", "a \n b", "a\n \nb", "a\r\nb", "a\r\n\r\n b",
    " \t \r\n x", "a\u00a0b", "a \u00a0b", "\u00a0\u00a0a", "a\u2028b", "a\u2029b", "a\u3000b",
    "\u3000\u3000x", "a\u200bb", "a\u0085b", "\u1680a\u2000b\u2003c\u200ad\u202fe\u205ff",
    "a\ufeffb", "\ufeffstart", "a\x0bb\x0cc", "x" + " " * 16 + "y", "x" + "\n" * 9 + "y",
    " " * 40, "\t" * 17 + "end", "word \n\n\n next", "a .b", "a . b", "  .", " \n.",
    "1 2  3   4", " 1", "  1", "\n1", "▁", "▁▁a", "a▁b", " ▁ ",
)  # fmt: skip
EMOJI = (
    "😀", "😀😁😂", "a😀b", " 😀 ", "👍🏽", "👍🏿👍🏻", "👨‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈",
    "🏴‍☠️", "🇩🇪", "🇩🇪🇫🇷🇯🇵", "🇩", "☺️", "❤️‍🔥", "1️⃣2️⃣#️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧑🏾‍🤝‍🧑🏼",
    "⌚⏰", "♾️", "🫠", "👁️‍🗨️", "\u200d", "\ufe0f", "x\ufe0fy",
)  # fmt: skip
COMBINING = (
    "e\u0301", "\u00e9", "cafe\u0301 caf\u00e9", "a\u0308\u0323", "a\u0323\u0308", "n\u0303o",
    "\u0301 alone", "x" + "\u0300\u0301\u0302\u0303" * 4, "\u1e9b\u0323",
    "A\u030a \u00c5 \u212b", "\u2126 \u03a9", "q\u0307\u0323", "\u0958 \u0915\u093c",
    "\ufb01 fi \u017f", "Ǆ ǅ ǆ ß ẞ İ ı", "\u1100\u1161\u11a8", "\u1100\u1161",
    "\u1112\u1161\u11ab\u1100\u1173\u11af", "가\u11a8", "각", "\uf900 \u8c48",
    "\U0002f800 \u4e3d", "\u0344", "\u0f73", "\u0b94 \u0b92\u0bd7", "\u30ac \u30ab\u3099",
)  # fmt: skip
SCRIPT_TEXTS = (
    "Привет, мир! Ёлка и Ещё", "Γειά σου Κόσμε; Ὀδυσσεύς", "שלום עולם, שָׁלוֹם",
    "مرحبا بالعالم ٠١٢٣٤", "مُحَمَّد لا إله", "नमस्ते दुनिया १२३ क्षत्रिय", "হ্যালো বিশ্ব ৪৫৬",
    "வணக்கம் உலகம்", "สวัสดีชาวโลก ๑๒๓", "こんにちは世界。テスト、カタカナ",
    "你好，世界！今天的天气很好。", "漢字とかなの混在text混在", "안녕하세요 세계",
    "ᄒᆞᆫ글 옛한글", "გამარჯობა მსოფლიო", "ሰላም ዓለም", "Tiếng Việt có dấu thanh",
    "Çalışmıyor ığüşöç", "żółć ĄĘ łódź", "Ünïcödé ñandú", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 𝒜", "𐌰𐌱𐌲 𒀀𒀁 𓀀𓀁",
    "ⅠⅡⅢ ①②③ ㊀㊁", "ＦＵＬＬ　ｗｉｄｔｈ１２３", "㌔㍉ ㋿ ﷺ", "\u202eright to left\u202c end",
    "བོད་ཡིག", "ខ្មែរ", "မြန်မာ", "ᚠᚢᚦ ᏣᎳᎩ", "Ωmega αβγ2δ", "µ μ",
)  # fmt: skip
CONTROL = (
    "\x00", "a\x00b", "\x01\x02\x03", "\x07\x08", "\x1b[31mred\x1b[0m", "\x7f", "a\x80b\x9f",
    "\ufffd", "\ufffe\uffff", "\U0001ffff", "\U000e0001", "\u2060\u2061", "\u200e\u200f",
    "\u00ad soft", "\x1c\x1d\x1e\x1f",
)  # fmt: skip
SPECIALS = (
    "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ", "<|endoftext|><|endoftext|>",
    "<|im_start|>user\nhi<|im_end|>\n", "<|begin_of_text|>x<|eot_id|>", "<s>a</s>",
    "<s> a </s> b", "<unk>", "a<unk>b", "[INST] hi [/INST]", "[INST]hi[/INST] there",
    "<tool_call>\n{}\n</tool_call>", "<|endoftext|", "|endoftext|>", "<|<|endoftext|>|>",
    "<0x41>", "<0xFF>", "<pad>x<pad>", "a <|strip|> b", "a  <|strip|>\n\n b", "a <|left|> b",
    "a \t<|left|>b", "a<|right|>  b", "a <|right|>\n b", "kun", "a kun b", "kunkun", "kun.",
    "akun kuna", "(kun)", "kun kun", "kun_x", "kun1", "\u00e9kun", "caf\u00e9 noir",
    "cafe\u0301 noir", "CAF\u00c9", "<|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>",
    "x<|im_end|>y<|im_start|>z", "<|im_start|><|im_end|>", "<s>", "</s>", " <s>", "<s> ",
    "\n<s>\n",
)  # fmt: skip
REPEATED = (
    "a" * 100, "=" * 64, "-" * 33, "ab" * 50, "." * 17, "!?" * 9, "ha" * 21, "A" * 31, "0" * 40,
    "é" * 20, "字" * 25, "😀" * 10, "the " * 20, "_" * 13, "\\" * 7, "'" * 9, "\"" * 6,
    "a " * 30,
)  # fmt: skip


def written_texts() -> list[str]:
    """Everything above, plus numbers of every length."""
    numbers = ["1234567890"[:length] for length in range(1, 11)]
    numbers += ["3.14159", "1,234,567.89", "-42", "+1", "0x1F", "1e10", "12ab34", "v1.2.3", "007"]
    numbers += ["x1", "1x", " 12", "a 123456 b", "2024-01-31T12:34:56Z", "١٢٣٤", "१२३४५", "²³¼Ⅻ"]
    groups = (SENTENCES, CONTRACTIONS, CODE, WHITESPACE, EMOJI, COMBINING, SCRIPT_TEXTS, CONTROL)
    return [text for group in (*groups, SPECIALS, REPEATED, numbers) for text in group]


def category_probe(pattern: str) -> Callable[[str], bool]:
    splitter = pre_tokenizers.Split(Regex(pattern), "removed")
    return lambda character: not splitter.pre_tokenize_str(character)


@functools.cache
def probes() -> dict[str, Callable[[str], bool]]:
    """Questions put to the regular expressions and splitters of the reference library."""
    punctuation = pre_tokenizers.Punctuation("removed")
    return {
        "L": category_probe(r"\p{L}"),
        "N": category_probe(r"\p{N}"),
        "M": category_probe(r"\p{M}"),
        "P": lambda character: not punctuation.pre_tokenize_str(character),
    }


@functools.cache
def agreed(character: str) -> bool:
    """Whether this Python and the reference library mean the same by the character's category."""
    category = unicodedata.category(character)
    if category in ("Cn", "Cs"):
        return False
    if unicodedata.category(character)[0] == "S" and ord(character) < 128:
        return True  # the splitter counts ASCII symbols as punctuation, and so does everybody
    return all(probe(character) == (category[0] == kind) for kind, probe in probes().items())


def random_characters(random_: random.Random, first: int, last: int, count: int) -> str:
    result: list[str] = []
    for _ in range(count * 50):
        character = chr(random_.randint(first, last))
        if agreed(character):
            result.append(character)
        if len(result) == count:
            break
    return "".join(result)


def block_texts(seed: int) -> list[str]:
    """From every assigned block: characters in a row, and as short words."""
    random_ = random.Random(seed)
    result = []
    for first, last in BLOCKS:
        result.append(random_characters(random_, first, last, 12))
        words = [random_characters(random_, first, last, random_.randint(1, 4)) for _ in range(4)]
        result.append(" ".join(words))
    return result


def mixed_text(random_: random.Random, pieces: int) -> str:
    """Fragments glued together, often without anything between them."""
    pool = written_texts()
    glue = ("", "", "", " ", " ", "\n", ", ", "  ", "\r\n", "\t")
    parts: list[str] = []
    for _ in range(pieces):
        text = random_.choice(pool)
        start = random_.randrange(len(text) + 1)
        parts += [text[start : start + random_.randint(1, 14)], random_.choice(glue)]
    return "".join(parts)


def all_texts() -> list[str]:
    """The texts of `vectors.json`, without repetitions."""
    random_ = random.Random(11)
    mixed = [mixed_text(random_, random_.randint(2, 9)) for _ in range(40)]
    return list(dict.fromkeys(written_texts() + block_texts(12) + mixed))


def bulk_text(size: int) -> str:
    """A text of about `size` bytes that has everything in it."""
    random_ = random.Random(13)
    parts: list[str] = []
    while len("".join(parts).encode()) < size:
        first, last = random_.choice(BLOCKS)
        choices = (
            mixed_text(random_, 12),
            random_characters(random_, first, last, 8),
            random_.choice(SENTENCES) + " ",
            random_.choice(SENTENCES) + "\n",
        )
        parts.append(random_.choice(choices))
    return "".join(parts)


def multilingual_training_text(seed: int, words: int) -> str:
    """Invented words in many scripts with natural repetition, so that all of them have merges."""
    random_ = random.Random(seed)
    lexicon = {
        name: [random_characters(random_, *span, random_.randint(1, 6)) for _ in range(60)]
        for name, span in SCRIPTS.items()
    }
    lines: list[str] = []
    for _ in range(words // 8):
        vocabulary = lexicon[random_.choice(sorted(lexicon))]
        lines.append(" ".join(vocabulary[int(60 * random_.random() ** 2)] for _ in range(8)))
    return "\n".join(lines) + "\n" + "\n".join(CODE * 20 + SENTENCES * 20)
