"""Titles that stand upright in the outer margin of a page, as white papers and annual reports have them for a chapter.

Row by row their characters would stand one by one between the lines of text.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import median

import numpy as np

from tekio.text.pdf.characters import Characters, IntArray, listed

MARGIN = 0.08
"""Share of the page's width on either side that is its outer margin."""
FEWEST = 5
"""Characters."""
CLOSE = 1.4
"""Distance of one to the next below it, in characters, of four in five: items of a list stand further apart."""
SHARE = 0.8
APART = 1.0
"""Distance to the text in characters: the first letters of lines stand beside the second ones."""


def side_tab(page: Characters, width: float) -> list[int]:
    """The places of such a title's characters, from top to bottom; none on most pages. page: in the order of the file."""
    solid = np.flatnonzero(page.solid)
    for side in (page.center < MARGIN * width, page.center > (1 - MARGIN) * width):
        inside = solid[side[solid]]
        if len(inside) < FEWEST:
            continue
        size = float(np.median(page.size[inside]))
        middle = float(np.median(page.center[inside]))
        strip = inside[abs(page.center[inside] - middle) <= 0.6 * size]
        rest = np.setdiff1d(solid, strip)
        if len(strip) >= FEWEST and _stands_alone(page, strip, rest, size):
            places = listed(strip[np.argsort(page.middle[strip], kind="stable")])
            if _is_upright(page, places, size):
                return places
    return []


def _stands_alone(page: Characters, strip: IntArray, rest: IntArray, size: float) -> bool:
    """Whether the file draws the title at once, and nothing stands beside it."""
    left, right = float(page.x0[strip].min()) - APART * size, float(page.x1[strip].max()) + APART * size
    at_once = int(strip.max() - strip.min()) < 1.5 * len(strip)
    return at_once and not bool(((page.x1[rest] > left) & (page.x0[rest] < right)).any())


def _is_upright(page: Characters, places: list[int], size: float) -> bool:
    """Whether letters stand close below each other, one a line."""
    steps = [float(page.middle[after] - page.middle[here]) / size for here, after in pairwise(places)]
    close = sum(0.5 <= step <= CLOSE for step in steps)
    letters = sum(page.texts[place].isalpha() and not page.texts[place].isascii() for place in places)
    return (
        min(steps) >= 0.5 and median(steps) <= CLOSE and close >= SHARE * len(steps) and letters >= SHARE * len(places)
    )


def tab_text(page: Characters, places: list[int]) -> str:
    """The title as a line."""
    return "".join(page.texts[place] for place in places)


def without_tab(text: str, tab: str) -> str:
    """A page's text without the lines of one letter or a few that make the title together; as it is where they stand otherwise."""
    lines = text.split("\n")
    bare = ["".join(line.split()) for line in lines]
    for begin, first in enumerate(bare):
        if not first or not tab.startswith(first):
            continue
        end, told = begin, ""
        while end < len(bare) and tab.startswith(told + bare[end]) and told != tab:
            told, end = told + bare[end], end + 1
        if told == tab:
            return "\n".join(lines[:begin] + lines[end:])
    return text


def running_tabs(tabs: list[str]) -> set[str]:
    """The titles that stand on several pages: of a chapter, and no part of the text. tabs: of each page, empty where it has none."""
    counts = Counter(tab for tab in tabs if tab)
    return {tab for tab, pages in counts.items() if pages > 1}
