"""A value that a row has in the passage's own words around another: 1,500万円以下の受益者 of 1,000万円以下の受益者, 法第七十条第一号に掲げる of 法第七十条第二号に掲げる.

Letters before and after a value are compared, as they are written; ends of lines are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from tekio.knowledge.facts import Fact, value_unit
from tekio.knowledge.passages import TABLE_CELLS, line_at

_FARTHEST = 12
_BESIDE = 2
"""Letters on either side that make a copy of what stands nowhere: it would have to be calculated, and a calculation has words of its own."""
_MORE_AROUND, _MORE_ON_A_SIDE = 4, 10
"""Letters by which another value's surroundings must be more alike than those of the value itself, where both sides are alike, and where one is. Of 3,000 questions
and 420 right sentences none reaches them; a table's cells and 年3月 reach 3 on both sides, 7 on one, の赤字となった。 8."""
_LETTER = re.compile(r"[一-龥々ァ-ヴー]")


def copied(fact: Fact, text: str, passage: str, facts: Sequence[Fact], asked: int = 0) -> bool:
    """Whether a value of a row that stands nowhere in the passage is told there as another. facts: those of the passage. asked: length of the row's question; what an
    answer begins with has nothing before it.
    """
    for one in _others(fact, facts):
        before, after = _alike(fact, text, one, passage)
        if after >= _BESIDE and (before >= _BESIDE or 0 < asked == fact.start - 1):
            return True
    return False


def in_frame_of_other(
    text: str, row: Sequence[Fact], passage: str, facts: Sequence[Fact], told: set[str]
) -> Iterator[tuple[Fact, str]]:
    """(value of the row that stands in the passage, the value that the passage has in these words). row: the row's facts that stand there; told: values of all its facts;
    facts: of the passage.
    """
    for fact in row:
        if fact.kind == "name":
            continue
        own = [one for one in facts if one.kind == fact.kind and _size(one) == _size(fact)]
        if not own and fact.kind == "date" and fact.value[0] != "-":  # of a range: 1799-1801年
            continue
        if any(TABLE_CELLS in line_at(passage, one.start) for one in own):
            continue  # a table's columns decide there
        most = max((sum(_alike(fact, text, one, passage)) for one in own), default=0)
        for one in _others(fact, facts):
            alike = _alike(fact, text, one, passage)
            needed = _MORE_AROUND if all(alike) else _MORE_ON_A_SIDE
            if one.value not in told and sum(alike) - most >= needed:
                yield fact, one.value
                break


def _others(fact: Fact, facts: Sequence[Fact]) -> Iterator[Fact]:
    """Facts that could stand in the place of one: of its kind, unit and form, with another value."""
    return (one for one in facts if one.kind == fact.kind and _size(one) != _size(fact) and _form(one) == _form(fact))


def _size(fact: Fact) -> str:
    """A value without its sign: a loss of 1億円 is a number below nothing in a table."""
    return fact.value.removeprefix("-") if fact.kind == "number" else fact.value


def _form(fact: Fact) -> str | int:
    if fact.kind == "date":
        return len(fact.value)
    if fact.kind == "article":
        return "" if fact.value[0].isdigit() else fact.value[0]
    return value_unit(fact.value) if fact.kind == "number" else ""


def _alike(fact: Fact, text: str, one: Fact, passage: str) -> tuple[int, int]:
    """How many letters before and after a value are the same in row and passage."""
    here, there = _before(text, fact.start), _before(passage, one.start)
    before = _same(here[::-1], there[::-1])
    if all(_LETTER.match(side[-before - 1 :]) for side in (here, there) if len(side) > before):
        before = 0 if before < min(len(here), len(there)) else before  # 経常損益は, 医業損益は: a part of another word
    return before, _same(_after(text, fact.end), _after(passage, one.end))


def _same(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _before(text: str, place: int) -> str:
    return re.split("[0-9０-９]", text[max(0, place - 2 * _FARTHEST) : place].replace("\n", "")[-_FARTHEST:])[-1]


def _after(text: str, place: int) -> str:
    return re.split("[0-9０-９]", text[place : place + 2 * _FARTHEST].replace("\n", "")[:_FARTHEST])[0]
