"""Values of a list's items and of a table's rows, told with what stands in another of them: 百万円以上の場合は年一割八分 of 二　十万円以上百万円未満　年一割八分、三　百万円以上　年一割五分.

An item is a numbered line that spaces divide, or a line of cells. What a sentence tells of a list is known by its numbers with their bounds, its dates, articles and rounds, and
by the words of an item's first column; where these point to items that do not have a value of the sentence, and others have it, the value is another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import Fact, name_value, value_unit
from tekio.knowledge.passages import TABLE_CELLS

_ITEM = re.compile(
    r"[ \u3000]*(?:[一二三四五六七八九十]{1,3}|[（(]?[0-9０-９]{1,2}[）)]|[イロハニホヘト])[ \u3000]+(?P<rest>.+)"
)
_COLUMNS = re.compile(r"(?<=[^\s])[ \u3000]+(?=[^\s])")
_BOUND = re.compile(r"以上|以下|以内|未満|を?超|に満たない")
_NO_MATCH = re.compile(r"以外|除[いくき]|ではな|でな[いく]|異な|違[いう]|合計|平均|差|より|比べ|合わせ|のうち")
_LEAST_ITEMS, _LEAST_LABEL = 2, 3


@dataclass(frozen=True, slots=True)
class Record:
    """An item. values: what it tells, with the bound behind it where it has one; label: the words of its first column, empty for a row of cells."""

    values: frozenset[tuple[str, str, str]]
    label: str
    beside: frozenset[tuple[str, str]] = frozenset()
    """what it and the others of its list tell"""

    def has(self, fact: Fact) -> bool:
        return any((kind, value) == (fact.kind, fact.value) for kind, value, _ in self.values)

    def says(self, fact: Fact, bound: str) -> bool:
        """Whether it has a value with its bound; a date as exact as the row tells it."""
        if fact.kind == "date":
            return any(kind == "date" and value.startswith(fact.value) for kind, value, _ in self.values)
        return (fact.kind, fact.value, bound) in self.values

    def has_unit(self, fact: Fact) -> bool:
        return any(
            kind == fact.kind and _form(kind, value) == _form(fact.kind, fact.value) for kind, value, _ in self.values
        )


def records_of(text: str, facts: Sequence[Fact]) -> list[list[Record]]:
    """The lists of a passage. facts: the passage's, in order."""
    found: list[list[Record]] = []
    place, last = 0, ""
    for line in text.split("\n"):
        kind, label = _kind(line)
        if kind:
            told = [one for one in facts if place <= one.start < place + len(line) and _tells(one)]
            record = Record(frozenset((one.kind, one.value, _bound(text, one)) for one in told), label)
            if kind == last:
                found[-1].append(record)
            else:
                found.append([record])
        place, last = place + len(line) + 1, kind
    return [_together(one) for one in found if len(one) >= _LEAST_ITEMS and _is_told_apart(one)]


def _is_told_apart(items: Sequence[Record]) -> bool:
    """Whether something else than figures tells the items of a list apart: of a table's figures its columns decide."""
    articles = {frozenset(value for kind, value, _ in one.values if kind == "article") for one in items}
    return bool(items[0].label) or len(articles) > 1


def _together(items: Sequence[Record]) -> list[Record]:
    """Items of a list, each with what all of them tell."""
    told = frozenset((kind, value) for one in items for kind, value, _ in one.values)
    return [replace(one, beside=told) for one in items]


def _kind(line: str) -> tuple[str, str]:
    """What kind of an item a line is, empty for none, and its first column."""
    if TABLE_CELLS in line:
        return "cells", ""
    item = _ITEM.fullmatch(line)
    columns = _COLUMNS.split(item["rest"]) if item else []
    if len(columns) < 2 or "。" in line:
        return "", ""
    return "item", name_value(columns[0])


def _tells(fact: Fact) -> bool:
    return fact.kind in ("date", "article") or (fact.kind == "number" and bool(value_unit(fact.value)))


def _form(kind: str, value: str) -> str:
    if kind == "number":
        return value_unit(value)
    return re.sub(r"[0-9の]", "", value) if kind == "article" else str(len(value))


def _bound(text: str, fact: Fact) -> str:
    found = _BOUND.match(text, fact.end)
    return found[0].lstrip("を") if found else ""


def of_other_record(
    text: str, facts: Sequence[Fact], lists: Sequence[Sequence[Record]], known: Sequence[Fact]
) -> Iterator[tuple[Fact, str]]:
    """(value of the row, one that the items have which the row speaks of). facts: the row's that stand in the passage; known: the passage's."""
    for items in lists:
        inside = items[0].beside
        for fact in facts:
            if (fact.kind, fact.value) not in inside or not _tells(fact) or fact.kind == "date" or _bound(text, fact):
                continue
            start, end = sentence_at(text, fact.start)
            said = name_value(text[start:end])
            if _NO_MATCH.search(said):
                continue
            own = [one for one in items if one.has(fact)]
            others = [one for one in facts if start <= one.start < end and one != fact]
            spoken = _spoken_of(text, said, others, items)
            if not own or not spoken or len(own) == len(items) or any(one in own for one in spoken):
                continue
            if any(_is_said_of(own, items, one, _bound(text, one)) for one in others):
                continue  # 第五回は30万円で、第三回の10万円の3倍: each has its own
            count = sum(1 for one in known if (one.kind, one.value) == (fact.kind, fact.value))
            if count > len(own) or not all(one.has_unit(fact) for one in spoken):
                continue
            form = _form(fact.kind, fact.value)
            yield (
                fact,
                next(value for kind, value, _ in spoken[0].values if kind == fact.kind and _form(kind, value) == form),
            )


def _is_said_of(own: Sequence[Record], items: Sequence[Record], fact: Fact, bound: str) -> bool:
    """Whether a value, one that not all items have, is told by one of some."""
    having = [one for one in items if one.says(fact, bound)]
    return len(having) < len(items) and any(one in own for one in having)


def _spoken_of(text: str, said: str, others: Sequence[Fact], items: Sequence[Record]) -> list[Record]:
    """The items that a sentence speaks of, by what not all have. others: its values but the one that is looked at."""
    found: list[Record] = []
    for fact in others:
        having = [one for one in items if one.says(fact, _bound(text, fact))]
        if 0 < len(having) < len(items) and (items[0].label or fact.kind == "article"):
            found += having  # of a table's numbers its columns decide
    labels = {one.label for one in items if len(one.label) >= _LEAST_LABEL and one.label in said}
    labels = {one for one in labels if not any(one != other and one in other for other in labels)}
    return [*found, *(one for one in items if one.label in labels)]
