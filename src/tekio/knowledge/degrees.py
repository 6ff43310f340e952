"""Words of degree, and which way each goes: more and less, higher and lower, earlier and later; 最も多い and 最多."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PAIRS = (
    ("多", "少"), ("大", "小"), ("高", "低"), ("長", "短"), ("強", "弱"), ("広", "狭"), ("重", "軽"), ("深", "浅"), ("厚", "薄"), ("太", "細"),
    ("速", ""), ("遅", "早"), ("新", "古"), ("遠", "近"),
)  # fmt: skip
_FAMILY = {letter: number for number, pair in enumerate(_PAIRS) for letter in pair if letter}
_FAMILY["安"] = _FAMILY["低"]
_UPWARD = frozenset(more for more, _ in _PAIRS)
_STEM = r"(?:少な|大き|小さ|新し)(?=[いくなかけ])|[大小]型(?=[でだの、。])|[多高長強広重深厚太速遅遠低短弱狭軽浅薄細早古](?=[いくかけめ])|[近安](?=[いか]|く(?!の))"
_MOST_LETTER = r"最(?:[多長重遅速遠少短軽古早]|[大小低](?!限)|高(?!裁|峰)|新(?!鋭))"
_DEGREE = re.compile(rf"{_MOST_LETTER}|{_STEM}")
_MOST = re.compile(rf"{_MOST_LETTER}|(?:最も|もっとも|一番|いちばん|1番)[^、。\n「」]{{0,6}}?(?:{_STEM})")
_BULK = re.compile(r"ほとんど|殆ど|大半|大部分|過半|半数以上|大多数")
"""What most of a whole is."""
_OF_TIME = frozenset((_FAMILY["早"], _FAMILY["古"]))
_OF_AMOUNT = frozenset((_FAMILY["多"], _FAMILY["大"]))
_ALIKE = tuple(
    frozenset(_FAMILY[letter] for letter in letters)
    for letters in ("多大高", "速遅", "遅新", "大広", "大重", "大長", "大太", "長遠")
)
"""Words that may be said of the same thing: a number is 多い, 大きい or 高い."""
NOT = re.compile(r"[くきな]?(?:は|も)?な[いかく](?!っ|り|る)|ません|ず")
"""Behind the stem of a word: it does not hold."""


@dataclass(frozen=True, slots=True)
class Degree:
    """A word of degree. way: 1 for more, larger, later; -1 for less, smaller, earlier. most: it is the superlative."""

    word: str
    way: int
    family: int
    start: int
    end: int

    @property
    def is_of_time(self) -> bool:
        return self.family in _OF_TIME

    @property
    def is_of_amount(self) -> bool:
        return self.family in _OF_AMOUNT

    def alike(self, other: Degree) -> bool:
        """Whether both may be said of the same thing."""
        return self.family == other.family or any({self.family, other.family} <= both for both in _ALIKE)


def _degree(match: re.Match[str], letter: str) -> Degree:
    return Degree(match[0], 1 if letter in _UPWARD else -1, _FAMILY[letter], *match.span())


def degrees_in(text: str, start: int = 0, end: int | None = None) -> Iterator[Degree]:
    """The words of degree of a text, without what follows their stem."""
    for match in _DEGREE.finditer(text, start, len(text) if end is None else end):
        yield _degree(match, match[0][1] if match[0][0] == "最" else match[0][0])


def superlatives_in(text: str, *, bulk: bool = False) -> Iterator[Degree]:
    """The superlatives of a text. bulk: ほとんど and 大半 also, which are most of a whole."""
    for match in _MOST.finditer(text):
        stem = match[0].rstrip("なきさし") or match[0]
        yield _degree(match, stem[-1])
    for match in _BULK.finditer(text) if bulk else ():
        yield _degree(match, "多")


def opposites(degree: Degree) -> tuple[str, str]:
    """The stems that say the same of a thing, and the opposite, as patterns: 大き|大 and 小さ|小."""
    same, other = _PAIRS[degree.family] if degree.way > 0 else _PAIRS[degree.family][::-1]
    return same, other or "^$"
