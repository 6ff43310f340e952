"""Whether two readings of a page put its text in the same order."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import pairwise

GRAM = 5
"""Characters that are looked for in the other reading: few enough to lie within a short line."""
FEWEST = 5
"""Passages in common from which they are followed; on pages with fewer the 3-grams of both are compared."""
SLIP = 3
"""Characters by which the places may drift from one to the next without the order having changed."""


def order_agreement(first: str, second: str) -> float:
    """Share of the lines of `second` that go on, in `first`, as they go on in `second`: 1.0 for the same order.

    Passages of five characters that each reading holds once are followed from one to the next; where they are no
    neighbours in the other reading the order jumps. Two columns mixed line by line jump at every line, a head put elsewhere
    jumps twice. White space and widths do not count.
    """
    a, b = _bare(first), _bare(second)
    places = _once(a)
    common = sorted((place, places[gram]) for gram, place in _once(b).items() if gram in places)
    if len(common) < FEWEST:
        return dice(Counter(_grams(a, 3)), Counter(_grams(b, 3)))
    jumps = sum(1 for (here, there), (after, then) in pairwise(common) if abs((then - there) - (after - here)) > SLIP)
    lines = max(sum(1 for line in second.split("\n") if line.strip()), 2)
    return max(0.0, 1.0 - max(0, jumps - 2) / lines)


def dice(first: Counter[str], second: Counter[str]) -> float:
    """Share of what two collections have in common (Dice); 1.0 for two empty ones."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def _grams(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(max(len(text) - length + 1, 1))]


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _once(text: str) -> dict[str, int]:
    """Passages that stand once in a text, and where."""
    grams = [text[start : start + GRAM] for start in range(len(text) - GRAM + 1)]
    counts = Counter(grams)
    return {gram: place for place, gram in enumerate(grams) if counts[gram] == 1}
