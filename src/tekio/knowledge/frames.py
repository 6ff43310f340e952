"""A value that a row has in the passage's own words around another: 1,500万円以下の受益者 of 1,000万円以下の受益者, 法第七十条第一号に掲げる of 法第七十条第二号に掲げる.

Letters before and after a value are compared, as they are written; ends of lines are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from tekio.knowledge.facts import Fact, name_value, value_unit
from tekio.knowledge.passages import TABLE_CELLS, line_at
from tekio.knowledge.verbatim import alike_from_start

_FARTHEST = 12
_BESIDE = 2
"""Letters on either side that make a copy of what stands nowhere: it would have to be calculated, and a calculation has words of its own."""
_MORE_AROUND, _MORE_ON_A_SIDE = 4, 10
"""Letters by which another value's surroundings must be more alike than those of the value itself, where both sides are alike, and where one is. Of 3,000 questions
and 420 right sentences none reaches them; a table's cells and 年3月 reach 3 on both sides, 7 on one, の赤字となった。 8."""
_SAME_UNIT = {"度": "回", "回": "度"}
_LEADS = 7
"""Letters before a number alone that lead to another one of the passage: 年間平均風速が秒速."""
_LETTER = re.compile(r"[一-龥々ァ-ヴー]")
_WIDE, _LONG_COPY, _ONE_SIDE, _VERBATIM, _OTHERWISE = 24, 8, 12, 24, 8
"""Characters, digits among them, that are compared on either side; how many of both sides, or of one, make a copy of what stands nowhere; and how many of both make one of what
stands elsewhere, where hardly any are its own.
"""
_ASKED_FOR = re.compile(r"何(?:万|億|千|百)?(?P<unit>[一-龥ァ-ヴa-zA-Z%か]{1,3}?)(?=[のがをにでもは、ぐくほ程間以])")
_DIGIT = re.compile("[0-9０-９]")
_NUMERAL = re.compile(r"[0-9０-９,，.．一二三四五六七八九十百千万億兆約]+")


@dataclass(frozen=True, slots=True)
class Framed:
    """A value and what stands around it, the letter that is next to it first."""

    fact: Fact
    size: str
    before: str
    """letters as far as a digit"""
    after: str
    far_before: str
    """letters and digits"""
    far_after: str

    @classmethod
    def of(cls, fact: Fact, text: str) -> Framed:
        start, end = fact.start, fact.end
        before = text[max(0, start - 2 * _FARTHEST) : start].replace("\n", "")[-_FARTHEST:]
        after = text[end : end + 2 * _FARTHEST].replace("\n", "")[:_FARTHEST]
        return cls(
            fact,
            _size(fact),
            _DIGIT.split(before)[-1][::-1],
            _DIGIT.split(after, maxsplit=1)[0],
            text[:start].replace("\n", "")[: -_WIDE - 1 : -1],
            text[end : end + 2 * _WIDE].replace("\n", ""),
        )

    def may_be_like(self, other: Framed) -> bool:
        """Whether as much as one character next to two values is the same."""
        return self.far_before[:1] == other.far_before[:1] or self.far_after[:1] == other.far_after[:1]


@dataclass
class Frames:
    """The values of a passage with what stands around them."""

    text: str = ""
    facts: Sequence[Fact] = ()
    has_tables: bool = False
    forms: dict[tuple[str, str | int], list[Framed]] = field(default_factory=dict[tuple[str, str | int], list[Framed]])

    @classmethod
    def of(cls, text: str, facts: Sequence[Fact]) -> Frames:
        found = cls(text, facts, TABLE_CELLS in text)
        for fact in facts:
            found.forms.setdefault((fact.kind, _form(fact)), []).append(Framed.of(fact, text))
        return found

    def others(self, fact: Fact) -> Iterable[Framed]:
        """Those that could stand in the place of one: of its kind, unit and form, with another value."""
        size = _size(fact)
        return (one for one in self.forms.get((fact.kind, _form(fact)), ()) if one.size != size)

    @cached_property
    def written(self) -> dict[str, list[Framed]]:
        """The numbers by the numerals that they are written with."""
        found: dict[str, list[Framed]] = {}
        for (kind, _), framed in self.forms.items():
            for one in framed if kind == "number" else ():
                found.setdefault(_written(one.fact), []).append(one)
        return found

    def of_other_unit(self, fact: Fact) -> Iterator[Framed]:
        """Numbers that are written alike and have another unit: 町民1社あたり of 町民1人あたり."""
        written = _written(fact) if fact.kind == "number" else ""
        unit = value_unit(fact.value)
        for one in self.written.get(written, ()) if written else ():
            if value_unit(one.fact.value) not in (unit, _SAME_UNIT.get(unit)):
                yield one

    def own(self, fact: Fact) -> list[Framed]:
        """Those that have the same value."""
        size = _size(fact)
        return [one for one in self.forms.get((fact.kind, _form(fact)), ()) if one.size == size]


def copied(fact: Fact, text: str, passage: Frames, asked: int = 0) -> bool:
    """Whether a value of a row that stands nowhere in the passage is told there as another. asked: length of the row's question; what an
    answer begins with has nothing before it.
    """
    told = Framed.of(fact, text)
    for one in passage.of_other_unit(fact):
        if min(_alike(told, one)) >= _BESIDE:
            return True
    for one in passage.others(fact):
        before, after = _alike(told, one)
        if before >= _LEADS and fact.kind == "number":
            return True
        if after >= _BESIDE and (before >= _BESIDE or 0 < asked == fact.start - 1):
            return True
        if _copied_far(told, text, one, passage.text):
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


def _copied_far(told: Framed, text: str, one: Framed, passage: str) -> bool:
    """Whether two values have the same characters around them, digits too: 金額20万円（15万円×3 of 金額30万円（15万円×3."""
    before = alike_from_start(told.far_before, one.far_before)
    if _within_words(told.far_before, one.far_before, before):
        return False  # 国内の従業員は, 海外の従業員は
    if not told.far_before and alike_from_start(text[told.fact.end :], passage[one.fact.end :]) >= _LONG_COPY:
        return True  # a row begins with it
    after = alike_from_start(told.far_after, one.far_after)
    return (min(before, after) > 0 and before + after >= _LONG_COPY) or after >= _ONE_SIDE


def _verbatim(told: Framed, one: Framed) -> int:
    """Characters, digits too, that two values have around them alike."""
    return alike_from_start(told.far_before, one.far_before) + alike_from_start(told.far_after, one.far_after)


def in_frame_of_other(text: str, row: Sequence[Fact], passage: Frames, values: set[str]) -> Iterator[tuple[Fact, str]]:
    """(value of the row that stands in the passage, the value that the passage has in these words). row: the row's facts that stand there; values: those of all its facts."""
    for fact in row:
        if (
            fact.kind == "name" or "/" in fact.value
        ):  # 2分の1以内（小規模企業者は3分の2以内） stand in each other's words
            continue
        own = passage.own(fact)
        if not own and fact.kind == "date" and fact.value[0] != "-":  # of a range: 1799-1801年
            continue
        if passage.has_tables and any(TABLE_CELLS in line_at(passage.text, one.fact.start) for one in own):
            continue  # a table's columns decide there
        told = Framed.of(fact, text)
        most = max((sum(_alike(told, one)) for one in own), default=0)
        longest = max((_verbatim(told, one) for one in own), default=0)
        for one in (*passage.others(fact), *passage.of_other_unit(fact)):
            if not told.may_be_like(one) or (one.fact.value in values and longest > _OTHERWISE):
                continue
            alike = _alike(told, one)
            needed = _MORE_AROUND if all(alike) else _MORE_ON_A_SIDE
            verbatim = longest <= _OTHERWISE and _verbatim(told, one) >= _VERBATIM
            if verbatim or (one.fact.value not in values and sum(alike) - most >= needed):
                yield fact, one.fact.value
                break


def _written(fact: Fact) -> str:
    """The numerals that a number begins with."""
    found = _NUMERAL.match(fact.text)
    return name_value(found[0]) if found else ""


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


def _alike(told: Framed, one: Framed) -> tuple[int, int]:
    """How many letters before and after a value are the same in row and passage."""
    before = alike_from_start(told.before, one.before)
    if before and _within_words(told.before, one.before, before):
        before = 0  # 経常損益は, 医業損益は: a part of another word
    return before, alike_from_start(told.after, one.after)


def _within_words(one: str, other: str, alike: int) -> bool:
    """Whether both texts go on with letters of a word where they are alike no more."""
    if alike >= min(len(one), len(other)):
        return False
    return bool(_LETTER.match(one[alike]) and _LETTER.match(other[alike]))
