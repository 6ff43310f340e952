"""Strips of a page that no character crosses: where its gutters may be.

Only the characters that cross a place are written down for it, and many places are looked at together, as arrays.
"""

from __future__ import annotations

import numpy as np

from tekio.text.pdf.characters import Characters, FloatArray, IntArray

MOST_AT_ONCE = 1_000_000
"""Characters times places for a gutter that are looked at together."""


def strips(
    page: Characters, items: IntArray, size: float, step_in_characters: float, fewest: int
) -> list[tuple[float, float, float, int, int]]:
    """Strips that no character crosses, with so many characters at least on both sides: (x, top, bottom, characters left, right of it).

    Places all over the page are looked at, as many at once as memory allows.
    """
    items = items[np.argsort(page.top[items], kind="stable")]
    x0, x1, top, bottom = (edge[items] for edge in (page.x0, page.x1, page.top, page.bottom))
    low, high = float(x0.min()), float(x1.max())
    by_middle = np.argsort(page.middle[items], kind="stable")
    middle, ends = page.middle[items][by_middle], x1[by_middle]
    found: list[tuple[float, float, float, int, int]] = []
    step = max(1, MOST_AT_ONCE // len(items))
    every = np.arange(low + 0.15 * (high - low), low + 0.85 * (high - low), step_in_characters * size)
    for begin in range(0, len(every), step):
        places = every[begin : begin + step]
        row, start, end = _uncrossed((x0, x1, top, bottom), places, 0.4 * size)
        first, last = np.searchsorted(middle, start, "left"), np.searchsorted(middle, end, "right")
        for number in np.flatnonzero(last - first >= 2 * fewest).tolist():
            place, inside = places[row[number]], ends[first[number] : last[number]]
            left = int(np.count_nonzero(inside <= place))
            if left >= fewest and len(inside) - left >= fewest:
                found.append((float(place), float(start[number]), float(end[number]), left, len(inside) - left))
    return found


def _uncrossed(
    boxes: tuple[FloatArray, FloatArray, FloatArray, FloatArray], places: FloatArray, reach: float
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Strips between the characters that cross a place: (number of the place, top, bottom), by place and from the top.

    boxes: x0, x1, top and bottom of characters from the top. Few characters cross a place: only these are written down for it.
    """
    x0, x1, top, bottom = boxes
    first = np.asarray(np.searchsorted(places + reach, x0, "right"), np.int64)
    count = np.maximum(np.asarray(np.searchsorted(places - reach, x1, "left"), np.int64) - first, 0)
    of = np.repeat(np.arange(len(x0)), count)
    at = np.arange(len(of)) + np.repeat(first - np.cumsum(count) + count, count)
    order = np.argsort(at, kind="stable")
    # Behind those that cross a place stands its end, which is no character.
    numbers = np.arange(len(places))
    begins = np.searchsorted(at[order], numbers, "left") + numbers
    ends = np.append(begins[1:], len(of) + len(places)) - 1
    at, of = np.insert(at[order], ends - numbers, numbers), np.insert(of[order], ends - numbers, len(x0))
    ranks = np.empty(len(x0) + 1, np.int64)
    by_bottom = np.append(np.argsort(bottom), len(x0))
    ranks[by_bottom] = np.arange(len(ranks))
    # How far down those before reach: a place after the other, each counts on from the last rank of the one before.
    reached = np.maximum.accumulate(ranks[of] + at * len(ranks)) - at * len(ranks)
    start = np.append(bottom, np.inf)[by_bottom][np.append(0, reached[:-1])[: len(of)]]
    start[begins] = -np.inf
    end = np.append(top, np.inf)[of]
    free = np.flatnonzero(end > start)
    return at[free], start[free], end[free]
