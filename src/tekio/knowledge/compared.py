"""What a row compares, held against its passage: a question with its answer (どちらが多いか, A), a sentence that states as much (AはBより多い, 最も多いのはAである)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tekio.knowledge.choices import choice_of, stated
from tekio.knowledge.chosen import chosen_otherwise
from tekio.knowledge.degrees import degrees_in
from tekio.knowledge.extremes import other_extreme
from tekio.knowledge.sizes import Size

_SENTENCE = re.compile(r"[^。\n]+。?")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a row compares. holds: whether it is so in the passage; passage: what that has."""

    row: str
    passage: str
    holds: bool


def has_degree(text: str) -> bool:
    """Whether a text has a word of degree: without one it compares nothing that is read here."""
    return next(degrees_in(text), None) is not None


def compared(question: str, text: str, passage: str, sizes: Sequence[Size]) -> list[Compared]:
    """What a row compares and the passage tells as well; empty for all else. question: empty for a text alone. sizes: the passage's."""
    asked = [(question, text)] if question else []
    for match in _SENTENCE.finditer(text) if not question else ():
        asked += stated(match[0], passage)
    found: list[Compared] = []
    for one, answer in asked:
        holds, known = _held(one, answer, passage, sizes)
        if holds is not None:
            found.append(Compared(f"{one}{answer}", known, holds))
    return found


def _held(question: str, answer: str, passage: str, sizes: Sequence[Size]) -> tuple[bool | None, str]:
    choice = choice_of(question, answer, passage)
    if choice is not None:
        holds, known = chosen_otherwise(choice, passage, sizes)
        if holds is not None:
            return holds, known
    return other_extreme(question, answer, passage, sizes)
