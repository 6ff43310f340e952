"""A value that a row has in the passage's own words around another: 1,500万円以下の受益者 of 1,000万円以下の受益者, 法第七十条第一号に掲げる of 法第七十条第二号に掲げる.

Letters before and after a value are compared, as they are written; ends of lines are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from tekio.knowledge.facts import Fact, name_value, value_unit
from tekio.knowledge.passages import TABLE_CELLS, line_at

_FARTHEST = 12
_BESIDE = 2
"""Letters on either side that make a copy of what stands nowhere: it would have to be calculated, and a calculation has words of its own."""
_MORE_AROUND, _MORE_ON_A_SIDE = 4, 10
"""Letters by which another value's surroundings must be more alike than those of the value itself, where both sides are alike, and where one is. Of 3,000 questions
and 420 right sentences none reaches them; a table's cells and 年3月 reach 3 on both sides, 7 on one, の赤字となった。 8."""
_LETTER = re.compile(r"[一-龥々ァ-ヴー]")
_WIDE, _LONG_COPY, _ONE_SIDE, _VERBATIM, _OTHERWISE = 24, 8, 12, 24, 8
"""Characters, digits among them, that are compared on either side; how many of both sides, or of one, make a copy of what stands nowhere; and how many of both make one of what
stands elsewhere, where hardly any are its own.
"""
_ASKED_FOR = re.compile(r"何(?:万|億|千|百)?(?P<unit>[一-龥ァ-ヴa-zA-Z%か]{1,3}?)(?=[のがをにでもは、ぐくほ程間以])")
_NUMERAL = re.compile(r"[0-9０-９,，.．一二三四五六七八九十百千万億兆約]+")


def copied(fact: Fact, text: str, passage: str, facts: Sequence[Fact], asked: int = 0) -> bool:
    """Whether a value of a row that stands nowhere in the passage is told there as another. facts: those of the passage. asked: length of the row's question; what an
    answer begins with has nothing before it.
    """
    if any(min(_alike(fact, text, one, passage)) >= _BESIDE for one in _of_other_unit(fact, facts)):
        return True
    for one in _others(fact, facts):
        before, after = _alike(fact, text, one, passage)
        if after >= _BESIDE and (before >= _BESIDE or 0 < asked == fact.start - 1):
            return True
        if _copied_far(fact, text, one, passage):
            return True
    return False


def as_asked(fact: Fact, text: str, asked: int) -> tuple[Fact, str] | None:
    """A value that answers how many, put where the question asks for it: 合計133人の奴隷が捨てられた of 合計何人の奴隷が捨てられましたか. asked: length of the question."""
    unit = _NUMERAL.sub("", fact.text)
    for match in _ASKED_FOR.finditer(text, 0, asked):
        if unit and unit.startswith(match["unit"]):
            stated = text[: match.start()] + fact.text + text[match.end() : asked]
            return replace(fact, start=match.start(), end=match.start() + len(fact.text)), stated
    return None


def _copied_far(fact: Fact, text: str, one: Fact, passage: str) -> bool:
    """Whether two values have the same characters around them, digits too: 金額20万円（15万円×3 of 金額30万円（15万円×3."""
    here, there = text[: fact.start].replace("\n", "")[-_WIDE:], passage[: one.start].replace("\n", "")[-_WIDE:]
    before = _same(here[::-1], there[::-1])
    if before < min(len(here), len(there)) and all(_LETTER.match(side[-before - 1]) for side in (here, there)):
        return False  # 国内の従業員は, 海外の従業員は
    if not here and _same(text[fact.end :], passage[one.end :]) >= _LONG_COPY:
        return True  # a row begins with it
    after = _far_after(fact, text, one, passage)
    return (min(before, after) > 0 and before + after >= _LONG_COPY) or after >= _ONE_SIDE


def _verbatim(fact: Fact, text: str, one: Fact, passage: str) -> int:
    """Characters, digits too, that two values have around them alike."""
    here, there = text[: fact.start].replace("\n", "")[-_WIDE:], passage[: one.start].replace("\n", "")[-_WIDE:]
    return _same(here[::-1], there[::-1]) + _far_after(fact, text, one, passage)


def _far_after(fact: Fact, text: str, one: Fact, passage: str) -> int:
    return _same(
        *(side[end : end + 2 * _WIDE].replace("\n", "") for side, end in ((text, fact.end), (passage, one.end)))
    )


def in_frame_of_other(
    text: str, row: Sequence[Fact], passage: str, facts: Sequence[Fact], told: set[str]
) -> Iterator[tuple[Fact, str]]:
    """(value of the row that stands in the passage, the value that the passage has in these words). row: the row's facts that stand there; told: values of all its facts;
    facts: of the passage.
    """
    for fact in row:
        if (
            fact.kind == "name" or "/" in fact.value
        ):  # 2分の1以内（小規模企業者は3分の2以内） stand in each other's words
            continue
        own = [one for one in facts if one.kind == fact.kind and _size(one) == _size(fact)]
        if not own and fact.kind == "date" and fact.value[0] != "-":  # of a range: 1799-1801年
            continue
        if any(TABLE_CELLS in line_at(passage, one.start) for one in own):
            continue  # a table's columns decide there
        most = max((sum(_alike(fact, text, one, passage)) for one in own), default=0)
        longest = max((_verbatim(fact, text, one, passage) for one in own), default=0)
        for one in _others(fact, facts):
            alike = _alike(fact, text, one, passage)
            needed = _MORE_AROUND if all(alike) else _MORE_ON_A_SIDE
            copied = longest <= _OTHERWISE and _verbatim(fact, text, one, passage) >= _VERBATIM
            if (one.value not in told or copied) and (copied or sum(alike) - most >= needed):
                yield fact, one.value
                break


def _of_other_unit(fact: Fact, facts: Sequence[Fact]) -> Iterator[Fact]:
    """Numbers that are written alike and have another unit: 町民1社あたり of 町民1人あたり."""
    written = _written(fact)
    unit = value_unit(fact.value)
    if fact.kind == "number" and written:
        yield from (
            one for one in facts if one.kind == "number" and _written(one) == written and value_unit(one.value) != unit
        )


def _written(fact: Fact) -> str:
    """The numerals that a number begins with."""
    found = _NUMERAL.match(fact.text)
    return name_value(found[0]) if found else ""


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
    unit = value_unit(fact.value) if fact.kind == "number" else ""
    return "/" if unit.startswith("/") else unit


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
