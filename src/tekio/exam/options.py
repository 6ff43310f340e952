"""The options of an item: wrong answers as near to the right one as the documents have, in an order that says nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from tekio.artifacts.exam import Difficulty
from tekio.exam.askable import DOCUMENT, ELSEWHERE, ROW, Askable, draw

NEARNESS: Mapping[str, Difficulty] = {ROW: "hard", DOCUMENT: "middle", ELSEWHERE: "easy"}
_SPACE = re.compile(r"\s+")


def plain(text: str) -> str:
    """The text as answers are compared: NFKC, no white space, no separators of thousands."""
    return re.sub(r"(?<=\d),(?=\d)", "", _SPACE.sub("", unicodedata.normalize("NFKC", text))).casefold()


def choose_options(
    asked: Askable, others: Sequence[str], count: int, seed: int
) -> tuple[list[str], int, Difficulty] | None:
    """The options, the place of the right one, and how hard they make the item; None where there are not enough.

    others: answers of other documents to the same question, the last resort. An option that is the right answer written
    another way is none.
    """
    if asked.fixed:
        difficulty: Difficulty = "middle"
        return list(asked.fixed), asked.fixed.index(asked.answer), difficulty
    taken = {plain(asked.answer)}
    chosen: list[str] = []
    farthest = ROW
    for nearness in (ROW, DOCUMENT, ELSEWHERE):
        rivals = others if nearness == ELSEWHERE else asked.rivals.get(nearness, ())
        for rival in sorted(set(rivals), key=lambda text: draw(seed, asked.id, text)):
            if len(chosen) < count - 1 and plain(rival) not in taken:
                taken.add(plain(rival))
                chosen.append(rival)
                farthest = nearness
    if len(chosen) < count - 1:
        return None
    options = sorted([asked.answer, *chosen], key=lambda text: draw(seed, asked.id, "order", text))
    return options, options.index(asked.answer), NEARNESS[farthest]


def answers_by_place(asked: Iterable[Askable], most: int = 50) -> dict[str, list[str]]:
    """Attribute -> answers that documents give to it, at most so many each."""
    found: dict[str, dict[str, None]] = {}
    for one in asked:
        known = found.setdefault(one.place, {})
        if len(known) < most:
            known[one.answer] = None
    return {place: list(known) for place, known in found.items()}
