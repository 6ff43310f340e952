"""Whether two readings of a page put its text in the same order."""

from __future__ import annotations

import unicodedata
from collections import Counter

import numpy as np
from numpy.typing import NDArray

GRAM = 5
"""Characters that are looked for in the other reading: few enough to lie within a short line."""
FEWEST = 5
"""Passages in common from which they are followed; on pages with fewer the 3-grams of both are compared."""
SLIP = 3
"""Characters by which the places may drift from one to the next without the order having changed."""


def compare(first: str, second: str) -> tuple[float, float]:
    """(agreement of characters, agreement of the order) of two readings, white space and widths aside."""
    a, b = bare(first), bare(second)
    if a == b:
        return 1.0, 1.0
    return dice(Counter(a), Counter(b)), _order(a, b, second)


def order_agreement(first: str, second: str) -> float:
    """Share of the lines of `second` that go on, in `first`, as they go on in `second`: 1.0 for the same order.

    Passages of five characters that each reading holds once are followed from one to the next; where they are no
    neighbours in the other reading the order jumps. Two columns mixed line by line jump at every line, a head put elsewhere
    jumps twice. White space and widths do not count.
    """
    a, b = bare(first), bare(second)
    return 1.0 if a == b else _order(a, b, second)


def _order(a: str, b: str, second: str) -> float:
    here, there = _common(a, b)
    if len(here) < FEWEST:
        return dice(Counter(_grams(a, 3)), Counter(_grams(b, 3)))
    jumps = int(np.count_nonzero(abs(np.diff(there) - np.diff(here)) > SLIP))
    lines = max(sum(1 for line in second.split("\n") if line.strip()), 2)
    return max(0.0, 1.0 - max(0, jumps - 2) / lines)


def dice(first: Counter[str], second: Counter[str]) -> float:
    """Share of what two collections have in common (Dice); 1.0 for two empty ones."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def bare(text: str) -> str:
    """A text without white space and widths."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _grams(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(max(len(text) - length + 1, 1))]


def _common(a: str, b: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where passages that each of two texts holds once stand in the second, in order, and in the first."""
    if min(len(a), len(b)) < GRAM:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    numbers = _numbered(a + b)
    first, second = numbers[: len(a) - GRAM + 1], numbers[len(a) :]
    places, others = (_once(own) for own in (first, second))
    _, at, there = np.intersect1d(second[others], first[places], assume_unique=True, return_indices=True)
    order = np.argsort(others[at])
    return others[at][order], places[there][order]


def _numbered(text: str) -> NDArray[np.int64]:
    """A number for each passage of a text, the same for the same."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    each, own = np.unique(codes, return_inverse=True)
    numbers, bound = own, len(each)
    for step in range(1, GRAM):
        if bound * len(each) >= 2**62:  # told apart by their rank instead
            ranked, numbers = np.unique(numbers, return_inverse=True)
            bound = len(ranked)
        numbers = numbers[:-1] * len(each) + own[step:]
        bound *= len(each)
    return numbers


def _once(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of numbers that come once."""
    _, first, count = np.unique(numbers, return_index=True, return_counts=True)
    return first[count == 1]
