"""Values told by brackets (3万円未満165円、3万円以上330円; 100万円を超え200万円以下　400円), and rows that give a case the value of another bracket: 5万円の振込は165円."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tekio.knowledge.facts import Fact, value_unit
from tekio.knowledge.reckoned import Value

_LOW = re.compile(r"(以上)|を?超え(?:て|る(?=もの|場合|金額))?(?!ない)、?|超(?!え)")
_HIGH = re.compile(r"(以下|以内|まで)|未満|に満たない")
_TO_RESULT = re.compile(r"[^0-9０-９。\n／/]{0,14}")
_BETWEEN = re.compile(r"[、\s]*(?:で)?")
_ANY_BOUND = re.compile(r"以上|以下|以内|まで|未満|を?超|に満たない|を限度|を上限")
_EACH, _STEP = re.compile(r"当たり|あたり|につき"), re.compile(r"ごと|単位|毎|増")
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Bracket:
    """From and to what, of a unit, a value is told for. Whether a bound itself is in: 以上, 以下."""

    unit: str
    low: Decimal | None
    low_in: bool
    high: Decimal | None
    high_in: bool
    result: str

    def holds(self, number: Decimal) -> bool:
        """Whether a number is in it."""
        above = self.low is None or number > self.low or (self.low_in and number == self.low)
        return above and (self.high is None or number < self.high or (self.high_in and number == self.high))


def brackets_of(text: str, facts: Sequence[Fact]) -> list[Bracket]:
    """The brackets of a passage; of each unit of bound and result at least two. facts: of the passage."""
    numbers = [fact for fact in facts if fact.kind == "number" and Value.of(fact.value)]
    found: list[Bracket] = []
    place = 0
    while place < len(numbers) - 1:
        bracket, place = _at(text, numbers, place)
        if bracket is not None:
            found.append(bracket)
    found = list(_closed(found))
    kinds = [(one.unit, value_unit(one.result)) for one in found]
    return [one for one, kind in zip(found, kinds, strict=True) if kinds.count(kind) >= _LEAST]


def _closed(brackets: Sequence[Bracket]) -> Iterator[Bracket]:
    """Brackets with the end of the one before as their beginning, where only ends are told: 200万円以下10%、400万円以下15%."""
    last: Bracket | None = None
    for one in brackets:
        told = one
        same = last is not None and last.unit == one.unit and value_unit(last.result) == value_unit(one.result)
        if same and last and last.high is not None and one.low is None and one.high and last.high < one.high:
            told = replace(one, low=last.high, low_in=not last.high_in)
        yield told
        last = one


def _at(text: str, numbers: Sequence[Fact], place: int) -> tuple[Bracket | None, int]:
    """The bracket that begins at a number, and the place of the number to go on with."""
    fact = numbers[place]
    low, high = _LOW.match(text, fact.end), _HIGH.match(text, fact.end)
    if low is None and high is None:
        return None, place + 1
    first = Value.of(fact.value)
    assert first is not None
    end, last = (low.end() if low else high.end() if high else fact.end), first
    if low is not None and place + 1 < len(numbers):
        after = numbers[place + 1]
        other = Value.of(after.value)
        closes = _HIGH.match(text, after.end)
        if other and closes and other.unit == first.unit and _BETWEEN.fullmatch(text[end : after.start]):
            high, end, last, place = closes, closes.end(), other, place + 1
    if place + 1 >= len(numbers):
        return None, place + 1
    result = numbers[place + 1]
    if _EACH.match(text, result.end) and place + 2 < len(numbers):  # 10km未満であれば1か月当たり4,200円
        place, end = place + 1, min(end + len(text[end : result.end]), numbers[place + 2].start)
        result = numbers[place + 1]
    bounded = _LOW.match(text, result.end) or _HIGH.match(text, result.end) or _STEP.match(text, result.end)
    if bounded or not _TO_RESULT.fullmatch(text[end : result.start]):
        return None, place + 1
    made = Bracket(
        first.unit,
        first.number if low else None,
        bool(low and low[1]),
        last.number if high else None,
        bool(high and high[1]),
        result.value,
    )
    return made, place + 2


def of_other_bracket(text: str, facts: Sequence[Fact], brackets: Sequence[Bracket]) -> Iterator[tuple[str, str]]:
    """(case and value of the row, the value of the case's bracket). facts: of the row."""
    told = {fact.value for fact in facts if fact.kind == "number"}
    results = {one.result for one in brackets}
    given = told & results
    if not given:
        return
    wrong: list[tuple[str, str]] = []
    waiting: list[tuple[Fact, list[Bracket]]] = []
    right = False
    for fact in sorted(facts, key=lambda one: one.start):
        value = Value.of(fact.value) if fact.kind == "number" else None
        if value is None:
            continue
        if fact.value in results:
            if len(waiting) == 1 and _apart_from(fact.value, waiting[0][1]):
                yield f"{waiting[0][0].text}: {fact.text}", waiting[0][1][0].result
                return
            waiting = []
            continue
        holding = [one for one in brackets if one.unit == value.unit and one.holds(value.number)]
        if not holding or _ANY_BOUND.match(text, fact.end):
            continue
        waiting.append((fact, holding))
        right = right or bool(told & {one.result for one in holding})
        other = [one for one in given if value_unit(one) in {value_unit(one.result) for one in holding}]
        if other and len(holding) == 1:
            wrong.append((f"{fact.text}: {other[0]}", holding[0].result))
    if not right:
        yield from wrong[:1]


def _apart_from(value: str, holding: Sequence[Bracket]) -> bool:
    """Whether a value is that of another bracket than the one a case is in."""
    return len(holding) == 1 and value != holding[0].result and value_unit(value) == value_unit(holding[0].result)
