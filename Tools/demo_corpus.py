"""Turns a corpus of plays into plain windows and into conversations for the demo model.

The corpus is a plain text of speeches: a line `NAME:`, the lines of the speech, an empty line.
A chat request should be answered with recognisable verse whatever it says, so the conversations
cover several ways of asking, from naming a speaker to an unrelated question.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass

IGNORED = -100

BY_SPEAKER = (
    "Write a verse in the manner of {who}.",
    "Write a few lines in the voice of {who}.",
    "Speak like {who}.",
    "What would {who} say?",
    "Give me a speech by {who}.",
    "You are {who}. Say something.",
)
BY_TOPIC = (
    "Write a verse about {topic}.",
    "Say something about {topic}.",
    "Tell me about {topic}.",
    "What do you think of {topic}?",
    "A few lines on {topic}, please.",
)
BY_LINE = (
    "Continue: {line}",
    "Continue this verse:\n{line}",
    "How does it go on? {line}",
    "Complete the passage that begins: {line}",
)
BY_SCENE = (
    "Write a scene with {who} and {other}.",
    "Write a dialogue between {who} and {other}.",
    "Let {who} talk to {other}.",
)
BY_REPLY = (
    "Answer as {who}: {line}",
    "{line}",
    "Reply to this: {line}",
)
OPEN = (
    "Hello!",
    "Hi",
    "Good morning.",
    "How are you?",
    "Who are you?",
    "What can you do?",
    "Write a poem.",
    "Write something.",
    "Tell me a story.",
    "Recite something for me.",
    "Speak to me.",
    "What is the meaning of life?",
    "Explain how a computer works.",
    "What is the weather like today?",
    "Count to ten.",
    "Help me with my homework.",
    "What is two plus two?",
    "Give me some advice.",
    "Tell me a joke.",
    "Summarise the plot of a play.",
    "Please write a long speech.",
    "Can you help me?",
    "What should I do tomorrow?",
    "Say something sad.",
    "Say something brave.",
    "Translate this into verse.",
    "Thank you.",
    "Test",
)
SYSTEM = (
    "You are a poet.",
    "You are a helpful assistant.",
    "Answer in verse.",
    "You speak like a character of an old play.",
)
ROMAN = re.compile(r"\b(Ii|Iii|Iv|Vi|Viii)\b")


@dataclass(frozen=True)
class Speech:
    """What one character says in one go."""

    speaker: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def titled(self) -> str:
        """The speaker's name as a person would type it."""
        return ROMAN.sub(lambda match: match.group().upper(), self.speaker.title())


@dataclass(frozen=True)
class Turn:
    """One question and its answer."""

    user: str
    assistant: str


@dataclass(frozen=True)
class Conversation:
    """Question-answer turns, optionally under a system message."""

    system: str | None
    turns: tuple[Turn, ...]


def parse_speeches(text: str) -> list[Speech]:
    """Split the corpus; a block without a heading belongs to the speech before it."""
    speeches: list[Speech] = []
    for block in re.split(r"\n{2,}", text.strip()):
        heading, _, body = block.partition("\n")
        if heading.endswith(":") and body:
            speeches.append(Speech(heading[:-1], body))
        elif speeches:
            last = speeches[-1]
            speeches[-1] = Speech(last.speaker, f"{last.text}\n{block}")
    return speeches


def split_corpus(text: str, held_out: float) -> tuple[str, str]:
    """The last part of the corpus, cut between two speeches, is never trained on."""
    cut = text.index("\n\n", int(len(text) * (1 - held_out))) + 2
    return text[:cut], text[cut:]


class Conversations:
    """Draws conversations from a list of speeches; equal seeds draw equal conversations."""

    def __init__(self, speeches: list[Speech], seed: int) -> None:
        self.speeches = speeches
        self.random = random.Random(seed)
        counts = Counter(word for speech in speeches for word in self.words(speech.text))
        self.topics = {word for word, count in counts.items() if 4 <= count <= 120}

    @staticmethod
    def words(text: str) -> set[str]:
        return set(re.findall(r"\b[a-z]{4,}\b", text))

    def draw(self) -> Conversation:
        turns = tuple(self.turn() for _ in range(self.random.choice((1, 1, 1, 2, 3))))
        system = self.random.choice(SYSTEM) if self.random.random() < 0.25 else None
        return Conversation(system, turns)

    def turn(self) -> Turn:
        kinds = (self.by_speaker, self.by_topic, self.by_line, self.scene, self.reply, self.open)
        return self.random.choices(kinds, weights=(5, 3, 4, 2, 3, 2))[0]()

    def index(self, least_lines: int = 1) -> int:
        """A speech that is long enough for its kind of turn and has a successor."""
        while True:
            index = self.random.randrange(len(self.speeches) - 1)
            if len(self.speeches[index].lines) >= least_lines:
                return index

    def name(self, speech: Speech) -> str:
        return self.random.choice((speech.speaker, speech.titled))

    def by_speaker(self) -> Turn:
        speech = self.speeches[self.index(2)]
        ask = self.random.choice(BY_SPEAKER).format(who=self.name(speech))
        return Turn(ask, speech.text)

    def by_topic(self) -> Turn:
        speech = self.speeches[self.index(2)]
        topics = sorted(self.words(speech.text) & self.topics)
        if not topics:
            return self.by_topic()
        topic = self.random.choice(topics)
        return Turn(self.random.choice(BY_TOPIC).format(topic=topic), speech.text)

    def by_line(self) -> Turn:
        lines = self.speeches[self.index(3)].lines
        start = self.random.randrange(len(lines) - 2)
        ask = self.random.choice(BY_LINE).format(line=lines[start])
        return Turn(ask, "\n".join(lines[start + 1 :]))

    def scene(self) -> Turn:
        start = self.index()
        scene = self.speeches[start : start + self.random.randint(2, 10)]
        ask = self.random.choice(BY_SCENE)
        ask = ask.format(who=self.name(scene[0]), other=self.name(scene[1]))
        return Turn(ask, "\n\n".join(f"{speech.speaker}:\n{speech.text}" for speech in scene))

    def reply(self) -> Turn:
        start = self.index()
        question, answer = self.speeches[start], self.speeches[start + 1]
        if len(question.lines) > 4:
            return self.reply()
        ask = self.random.choice(BY_REPLY)
        return Turn(ask.format(who=self.name(answer), line=question.text), answer.text)

    def open(self) -> Turn:
        return Turn(self.random.choice(OPEN), self.speeches[self.index(3)].text)
