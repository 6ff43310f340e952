"""Thinking models: what a reply reasons before it answers is not its answer."""

from __future__ import annotations

from dataclasses import dataclass

OPEN, CLOSE = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class SplitReply:
    """A reply in its parts. reasoning: None where there was none. closed: whether the reasoning came to its end."""

    reasoning: str | None
    answer: str
    closed: bool


def split_reasoning(reply: str, *, opening: str = OPEN, closing: str = CLOSE, opened: bool = False) -> SplitReply:
    """Take the reasoning off a reply.

    opening, closing: the marks around it. A chat template may have written the opening mark into the prompt (`opened`), so
    a reply may hold the closing one only. Reasoning that was cut off leaves no answer. Line ends before the answer go.
    """
    head, found, rest = reply.rpartition(closing)
    if found:
        return SplitReply(head.strip().removeprefix(opening).strip("\n"), rest.lstrip("\n"), closed=True)
    start = reply.lstrip()
    if opened or start.startswith(opening):
        return SplitReply(start.removeprefix(opening).strip("\n"), "", closed=False)
    return SplitReply(None, reply, closed=True)


def answer_start(reply: str, opening: str = OPEN, closing: str = CLOSE, *, opened: bool = False) -> int | None:
    """Where the answer of a growing reply begins, behind reasoning and leading line ends; None while it still reasons."""
    place = reply.rfind(closing)
    if place >= 0:
        place += len(closing)
    elif opened or reply.lstrip().startswith(opening):
        return None
    else:
        place = 0
    return place + len(reply[place:]) - len(reply[place:].lstrip("\n"))
