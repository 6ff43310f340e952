"""Values of a passage that a row puts together otherwise: the growth of another line beside an amount, from and to exchanged, a charge for another unit.

Only what the passage itself puts side by side is compared: 812億円（同3.1%増）, 2.8%増の1,742億円; 2,550億円から2,600億円に; 1kgにつき400円.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import Fact, value_unit

_GROWTH_AFTER = re.compile(r"[^0-9０-９、。\n]{0,3}[(（][^0-9０-９()（）。\n]{0,10}")
_SINCE, _CHANGED = (
    re.compile(r"^[(（][^0-9０-９()（）。\n]{0,14}(?:より|比|から)$"),
    re.compile("の?[^0-9()（）、。]{0,4}[増減]"),
)
"""1兆2,729億円（前期末より336億円増）."""
_GROWTH_BEFORE = re.compile(r"(?:の)?(?:増|減|増加|減少)(?:の|で、?|し、?|して、?|となる|に当たる)?")
_CLAUSE = re.compile(r"[、。\n]")
_FROM = re.compile(r"\s*から(?:[^0-9０-９。、\n]{0,8}(?:は|には)|[当今本][^0-9０-９。、\n]{1,16}の)?\s*(?:約|およそ)?")
_AGAINST = re.compile(r"に対し(?:て)?、?[^0-9０-９。、\n]{0,14}")
"""6.0%に対し、当期は6.9%."""
_TO = re.compile(r"(?:へ|に(?![よ対]))")
_RANGE = re.compile(r"\s*(?:以上|から|[~～〜–‐-]|を?超え)[、，]?\s*")
_RATE = re.compile(r"[A-Za-z]{0,3}(?:に?つき|当たり|あたり)[^0-9０-９。、\n]{0,8}")
_UP = re.compile(r"引き?上げ|増|上昇|伸び|拡大|上が|高ま|膨ら")
_DOWN = re.compile(r"引き?下げ|減|低下|下落|縮小|下が|縮ま")
_UNLIKE = re.compile(r"損失|赤字|マイナス|[▲△]|順位|位")
_MOVED_WITHIN = 14
_SPAN = ("に", "まで")
_ROUNDED = Decimal("0.01")
"""By what part an amount may differ from the one that it rounds."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Two values of a row, and what its passage has instead."""

    row: str
    passage: str
    value: str


@dataclass
class Pairs:
    """What a text puts side by side. growth: per cent -> amounts; steps: (from, to); rates: amount -> for what.
    ranges: (least, most).
    """

    growth: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    steps: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    rates: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    ranges: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    @classmethod
    def of(cls, text: str, facts: Sequence[Fact]) -> Pairs:
        """facts: the text's, in order."""
        found = cls()
        for one, other in pairwise(fact for fact in facts if fact.kind == "number"):
            between = text[one.end : other.start]
            if other.start < one.end:
                continue
            if _RANGE.fullmatch(between):
                found.ranges.add((_months(one.value), _months(other.value)))
            grown = _is_share(other) and _GROWTH_AFTER.fullmatch(between)
            added = _is_amount(other) and _SINCE.search(between) and _CHANGED.match(text, other.end)
            if _is_amount(one) and (grown or added):
                found.growth.setdefault(other.value, set()).add(one.value)
            elif _is_share(one) and _is_amount(other) and _GROWTH_BEFORE.fullmatch(between):
                found.growth.setdefault(one.value, set()).add(other.value)
            elif (
                (_FROM.fullmatch(between) and _TO.match(text, other.end)) or _AGAINST.fullmatch(between)
            ) and value_unit(one.value) == value_unit(other.value):
                found.steps[one.value, other.value] = text[one.start : other.end + _MOVED_WITHIN]
            elif _RATE.fullmatch(between):
                found.rates.setdefault(other.value, set()).add(one.value)
        return found

    def grew(self, told: str) -> bool:
        """Whether one of two values (`a, b`) is by how much the other grew: they are told in any order."""
        one, _, other = told.partition(", ")
        return other in self.growth.get(one, ()) or one in self.growth.get(other, ())


def _is_amount(fact: Fact) -> bool:
    return fact.value.endswith(("円", "ドル", "人", "件", "台", "株", "戸", "g")) and not fact.value.startswith("0")


def _months(value: str) -> str:
    """A value, years and a law's months as months: 一月以上一年以内 is 1か月以上12か月以内."""
    number, unit = value.removesuffix(value_unit(value)), value_unit(value)
    if unit == "年" and number.isdigit():
        return f"{12 * int(number)}か月"
    return f"{number}か月" if unit == "月" else value


def _is_share(fact: Fact) -> bool:
    return fact.value.endswith("%")


def exchanged(
    text: str, facts: Sequence[Fact], told: Pairs, passage: Pairs, standing: Sequence[Fact]
) -> Iterator[Exchanged]:
    """What a row puts together otherwise than its passage. facts, told: the row's; standing: those of its facts that stand in the passage."""
    stand = {fact.value for fact in standing}
    for value, amounts in _beside(text, facts) if passage.growth else ():
        known = passage.growth.get(value, set())
        if known and amounts and not amounts & known and not _rounded(amounts, known):
            yield Exchanged(f"{min(amounts)} {value}", f"{min(known)} {value}", value)
    dates = [fact for fact in facts if fact.kind == "date" and fact.value.isdigit()]
    for one, other in pairwise(dates):
        joined = text[one.end : other.start].strip() == "から"
        if joined and (one.value > other.value or (one.value == other.value and text.startswith(_SPAN, other.end))):
            yield Exchanged(f"{one.value} → {other.value}", f"{other.value} → {one.value}", other.value)
    for (first, last), said in told.steps.items():
        if (last, first) in passage.steps and (first, last) not in passage.steps:
            yield Exchanged(f"{first} → {last}", f"{last} → {first}", last)
        elif first not in stand and (whence := [one for one, to in passage.steps if to == last]):
            yield Exchanged(f"{first} → {last}", f"{whence[0]} → {last}", first)  # a difference is no beginning
        elif _against(first, last, _CLAUSE.split(said)[0] if "、" not in said[:4] else said):
            yield Exchanged(said, f"{first} → {last}", last)
    for first, last in told.ranges - passage.ranges:
        ends = [one for one in passage.ranges if one[0] == first and value_unit(one[1]) == value_unit(last)]
        if ends and not any(one[1] == last for one in passage.ranges):
            yield Exchanged(f"{first} - {last}", f"{first} - {ends[0][1]}", last)
    for amount, units in told.rates.items():
        known = passage.rates.get(amount, set())
        if known and not units & known:
            yield Exchanged(f"{min(units)} {amount}", f"{min(known)} {amount}", amount)


def _rounded(amounts: set[str], known: set[str]) -> bool:
    """Whether one of some amounts is one of others, rounded: 約367億円 of 366億85百万円. Whether it may be is looked at elsewhere."""
    for one in amounts:
        for other in known:
            if value_unit(one) == value_unit(other):
                told, exact = (Decimal(each.removesuffix(value_unit(each))) for each in (one, other))
                if abs(told - exact) <= abs(exact) * _ROUNDED:
                    return True
    return False


def _beside(text: str, facts: Sequence[Fact]) -> Iterator[tuple[str, set[str]]]:
    """(per cent, amounts of the same clause), commas within numbers being none."""
    numbers = [fact for fact in facts if fact.kind == "number"]
    places = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text) + 1]
    for start, end in pairwise(places):
        here = [fact for fact in numbers if start <= fact.start < end]
        amounts = {fact.value for fact in here if _is_amount(fact)}
        yield from ((fact.value, amounts) for fact in here if _is_share(fact))
    for fact in numbers:
        if _is_amount(fact) and _CHANGED.match(text, fact.end):
            start, end = sentence_at(text, fact.start)
            yield (
                fact.value,
                {one.value for one in numbers if start <= one.start < end and _is_amount(one)} - {fact.value},
            )


def _against(first: str, last: str, said: str) -> bool:
    """Whether the word after both goes the other way: 2,550億円から2,600億円へ引き下げ."""
    if first.startswith("-") or last.startswith("-") or _UNLIKE.search(said):
        return False
    after = said[max(said.rfind("に"), said.rfind("へ")) :]
    up, down = bool(_UP.search(after)), bool(_DOWN.search(after))
    before, then = (Decimal(value.removesuffix(value_unit(value))) for value in (first, last))
    return (up and not down and then < before) or (down and not up and then > before)
