"""Thinking models: what a reply reasons before it answers is not its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OPEN, CLOSE = "<think>", "</think>"

Marks = Sequence[tuple[str, str]]
"""Pairs of what stands before reasoning and what ends it."""

KNOWN_MARKS: Marks = (
    (OPEN, CLOSE),  # DeepSeek R1, Qwen 3, QwQ, Phi 4 reasoning
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),  # EXAONE Deep
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),  # Seed-OSS
    ("<|begin_of_thought|>", "<|end_of_thought|>"),  # Sky-T1
    ("<|START_THINKING|>", "<|END_THINKING|>"),  # Command A reasoning
    ("[THINK]", "[/THINK]"),  # Magistral
    ("◁think▷", "◁/think▷"),  # Kimi
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),  # gpt-oss (Harmony)
    ("analysis", "assistantfinal"),  # the same where a server has left its special tokens out
)
"""The marks that published models write. One pair after the other is looked for, so the more usual ones stand first."""


def marks_of(opening: str | None, closing: str | None) -> Marks:
    """The pair that was named (one of the two alone: with the other of `<think>`), else all that are known."""
    return ((opening or OPEN, closing or CLOSE),) if opening or closing else KNOWN_MARKS


_BEGINS_WORDS = "analysis"
_TURN = "<|end|><|start|>assistant"  # between the two parts of Harmony
_ANSWER_MARKS = ("<|begin_of_solution|>", "<|START_RESPONSE|>", "<answer>")
_END_MARKS = ("<|end_of_solution|>", "<|END_RESPONSE|>", "</answer>", "<|return|>", "<|end|>")
"""Marks that some of these models write around the answer behind their reasoning."""


@dataclass(frozen=True, slots=True)
class SplitReply:
    """A reply in its parts. reasoning: None where there was none. closed: whether the reasoning came to its end."""

    reasoning: str | None
    answer: str
    closed: bool


def split_reasoning(reply: str, marks: Marks = KNOWN_MARKS, *, opened: bool = False) -> SplitReply:
    """Take the reasoning off a reply.

    marks: what may stand around it. A chat template may have written the opening mark into the prompt (`opened`), so
    a reply may hold the closing one only. Reasoning that was cut off leaves no answer. Line ends before the answer go.
    """
    found = _closing(reply, marks)
    if found is not None:
        place, opening, closing = found
        reasoning = reply[:place].strip().removeprefix(opening).removesuffix(_TURN).strip("\n")
        return SplitReply(reasoning, _bare(reply[place + len(closing) :].lstrip("\n")), closed=True)
    opening = opening_of(reply, marks)
    if opened or opening is not None:
        return SplitReply(reply.lstrip().removeprefix(opening or "").strip("\n"), "", closed=False)
    return SplitReply(None, reply, closed=True)


def answer_start(reply: str, marks: Marks = KNOWN_MARKS, *, opened: bool = False) -> int | None:
    """Where the answer of a growing reply begins, behind reasoning and leading line ends; None while it still reasons."""
    found = _closing(reply, marks)
    if found is not None:
        place = found[0] + len(found[2])
    elif opened or opening_of(reply, marks) is not None:
        return None
    else:
        place = 0
    return place + len(reply[place:]) - len(reply[place:].lstrip("\n"))


def opening_of(reply: str, marks: Marks = KNOWN_MARKS) -> str | None:
    """The opening mark that a reply begins with. A mark that is a plain word is none by itself: an answer may begin with it."""
    start = reply.lstrip()
    return next((opening for opening, _ in marks if opening != _BEGINS_WORDS and start.startswith(opening)), None)


def opens_reasoning(prompt: str, marks: Marks = KNOWN_MARKS) -> bool:
    """Whether the prompt itself ends with an opening mark, so that the reply begins inside the reasoning."""
    end = prompt.rstrip()
    return any(end.endswith(opening) for opening, _ in marks if opening != _BEGINS_WORDS)


def _closing(reply: str, marks: Marks) -> tuple[int, str, str] | None:
    """Place of the last closing mark, with its pair; of the pair that the reply opens with, where it opens with one."""
    own = opening_of(reply, marks)
    for opening, closing in marks:
        if own is not None and opening != own:
            continue
        if opening == _BEGINS_WORDS and not reply.lstrip().startswith(opening):
            continue
        place = reply.rfind(closing)
        if place >= 0:
            return place, opening, closing
    return None


def _bare(answer: str) -> str:
    """An answer without the marks that a thinking model puts around it."""
    for mark in _ANSWER_MARKS:
        answer = answer.removeprefix(mark)
    text = answer.rstrip()
    for mark in _END_MARKS:
        if text.endswith(mark):
            return text.removesuffix(mark)
    return answer
