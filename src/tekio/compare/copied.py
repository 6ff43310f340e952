"""The longest piece of an answer that stands word for word in a training text: what a model recites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 12
"""Characters below which a piece is language, not a copy."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Copy:
    """`text[start:end]` of an answer stands in the training text `source`; length: its characters without white space."""

    start: int
    end: int
    length: int
    source: str


@dataclass
class _Sought:
    plain: str
    places: list[int]
    """of each character of `plain` in the answer"""
    best: tuple[int, int] = (0, 0)
    """start in `plain` and length"""
    source: str = ""


def longest_copies(texts: Sequence[str], training: Iterable[tuple[str, str]]) -> list[Copy | None]:
    """For every text its longest piece of at least `LEAST` characters that stands in one training text; white space does not count.

    training: (name, text), read once as a stream: memory is that of the texts. Of equally long pieces the first found counts.
    """
    sought = [_sought(text) for text in texts]
    owners: dict[int, set[int]] = defaultdict(set)
    for number, item in enumerate(sought):
        for value in _hashes(item.plain).tolist():
            owners[value].add(number)
    if owners:
        known = np.array(sorted(owners), dtype=np.uint64)
        for name, text in training:
            plain = "".join(text.split())
            values = _hashes(plain)
            at = np.minimum(np.searchsorted(known, values), len(known) - 1)
            hits = np.flatnonzero(known[at] == values)
            if len(hits):
                _look(plain, hits, values, owners, sought, name)
    return [_copy(item) for item in sought]


def _sought(text: str) -> _Sought:
    places = [place for place, character in enumerate(text) if not character.isspace()]
    return _Sought("".join(text[place] for place in places), places)


def _hashes(text: str) -> Hashes:
    """One number for every run of `LEAST` characters (equal runs, equal numbers; others are told apart by the text itself)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < LEAST:
        return np.empty(0, dtype=np.uint64)
    found = np.zeros(len(codes) - LEAST + 1, dtype=np.uint64)
    for shift in range(LEAST):
        found = found * _BASE + codes[shift : shift + len(found)]
    return found


def _look(
    plain: str, hits: NDArray[np.int64], values: Hashes, owners: dict[int, set[int]], sought: list[_Sought], name: str
) -> None:
    """Follow every stretch of neighbouring hits: only there can a longer piece lie."""
    for stretch in np.split(hits, np.flatnonzero(np.diff(hits) > 1) + 1):
        first, last = int(stretch[0]), int(stretch[-1]) + LEAST
        numbers = {number for place in stretch for number in owners[int(values[place])]}
        for number in numbers:
            item = sought[number]
            if last - first > item.best[1]:
                _longer(item, plain[first:last], name)


def _longer(item: _Sought, piece: str, name: str) -> None:
    start, length = 0, max(item.best[1] + 1, LEAST)
    while start + length <= len(piece):
        at = item.plain.find(piece[start : start + length])
        if at < 0:
            start += 1
            continue
        item.best, item.source = (at, length), name
        length += 1


def _copy(item: _Sought) -> Copy | None:
    start, length = item.best
    if not length:
        return None
    return Copy(item.places[start], item.places[start + length - 1] + 1, length, item.source)
