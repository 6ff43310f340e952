"""Which way a row says that a thing of a table went between two of its periods, recomputed: 総資産は2024年3月期の81,330百万円から2025年3月期には79,642百万円へと増加した.

The periods stand in the table's columns or in its rows; what went stands in the others. Nothing is said where one of the two values is missing or below zero, or where the row
names more than one thing before the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from tekio.knowledge.cells import Cells, Named, dated, folded, named
from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS
from tekio.knowledge.facts import value_amount

_WORD = re.compile(f"(?P<up>{UP_WORDS}|増)|(?P<down>{DOWN_WORDS}|減)")
_FROM = re.compile(r"(?:に|の)?[^、。から]{0,24}?から(?:は|、)?[^、。]{0,6}$")
_NO_WORD = re.compile(r"[^、。\n]{0,3}(?:か(?![ら月年])|な(?:い|く|かっ)|ません|ず|率|幅|傾向|要因|理由)")
_SENTENCE = re.compile(r"[^。\n]+")
_FARTHEST = 36
"""Characters behind the second period in which the word stands."""


def moved_otherwise(text: str, passage: Cells) -> Iterator[tuple[str, str]]:
    """(what a row says of two periods, the two values)."""
    if not passage.cells or "から" not in text or not _WORD.search(text):
        return
    for cells in passage.tables.values():
        values = {(one.row, one.column): amount for one in cells if (amount := value_amount(one.value)) is not None}
        rows, columns = ([*dict.fromkeys(key[axis] for key in values)] for axis in (0, 1))
        for periods, things, by_row in ((columns, rows, False), (rows, columns, True)):
            if len(dated(tuple(periods))) == len(periods) > 1:
                at = {
                    (thing, period): value
                    for (row, column), value in values.items()
                    for thing, period in [(column, row) if by_row else (row, column)]
                }
                for match in _SENTENCE.finditer(text):
                    yield from _in_sentence(folded(match[0]), periods, things, at)


def _in_sentence(
    said: str, periods: Sequence[str], things: Sequence[str], at: Mapping[tuple[str, str], Decimal]
) -> Iterator[tuple[str, str]]:
    named_things = named(things, said)
    for one, other in pairwise(named(periods, said)):
        word = _WORD.search(said, other.end, other.end + _FARTHEST)
        if not _FROM.match(said[one.end : other.start]) or word is None or _NO_WORD.match(said, word.end()):
            continue
        thing = _thing(said, named_things, one, word.start())
        first, last = (at.get((thing or "", each.label)) for each in (one, other))
        if first is None or last is None or min(first, last) < 0 or first == last:
            continue
        if bool(word["up"]) != (last > first):
            yield said[one.start : word.end()], f"{first} → {last}"


def _thing(said: str, things: Sequence[Named], one: Named, end: int) -> str | None:
    """What is told of two periods: the one thing named before them, or between them and the word; None for more, and for what is counted otherwise."""
    here = {each.label for each in things if each.start < end}
    before = [each for each in things if each.end <= one.start]
    if len(here) == 1:
        return next(iter(here))
    between = {each.label for each in things if one.end <= each.start < end}
    return before[-1].label if before and not between and "、" not in said[before[-1].end : one.start - 1] else None
