"""Characters of a PDF page and what is not part of the running text: bold printed twice, readings beside kanji.

Fake bold draws every character twice, a fraction of a point apart. Furigana are small kana over a line (beside it, where
lines run down). Both would be read as text, doubled or between the words.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

SMALL = 0.65
"""Size of a reading at most, of the text that it stands beside."""
TWICE = 0.35
"""How far, in their width, two prints of one character are apart at most; two l in a narrow font are one width apart."""
_DOTS = "﹅﹆・•●○◦"
"""Emphasis marks: one over every character."""


by_line = attrgetter("middle", "x0")
"""Sorts characters by line, and each line from left to right."""


@dataclass(init=False, slots=True)
class Glyph:
    """A character and its box in points; `top` grows downwards.

    middle, center: of its height and width. size: the longer side. They are kept because a page is looked at many times.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    middle: float
    center: float
    size: float

    def __init__(self, text: str, x0: float, x1: float, top: float, bottom: float) -> None:
        self.text, self.x0, self.x1, self.top, self.bottom = text, x0, x1, top, bottom
        self.middle = (top + bottom) / 2
        self.center = (x0 + x1) / 2
        wide, high = x1 - x0, bottom - top
        self.size = wide if wide > high else high

    def turned(self) -> Glyph:
        """The character on the page turned by 90 degrees: lines that run down, from right to left, become rows."""
        return Glyph(self.text, self.top, self.bottom, -self.x1, -self.x0)


def printed_twice(glyphs: Sequence[Glyph]) -> set[int]:
    """The places of characters that stand (nearly) where the same character was drawn before."""
    same: defaultdict[str, list[int]] = defaultdict(list)
    middles = [glyph.middle for glyph in glyphs]
    for place, glyph in enumerate(glyphs):
        same[glyph.text].append(place)
    found: set[int] = set()
    for text, places in same.items():
        if len(places) < 2 or not text.strip():
            continue
        ordered = sorted(places, key=middles.__getitem__)
        for number, place in enumerate(ordered):
            one = glyphs[place]
            for number_after in range(number + 1, len(ordered)):
                other = ordered[number_after]
                if middles[other] - one.middle >= one.size:
                    break
                first, second = min(place, other), max(place, other)
                if first not in found and _is_second_print(glyphs[first], glyphs[second]):
                    found.add(second)
    return found


def _is_second_print(first: Glyph, second: Glyph) -> bool:
    return (
        abs(first.center - second.center) < TWICE * (second.x1 - second.x0)
        and abs(first.middle - second.middle) < TWICE * (second.bottom - second.top)
        and abs(first.size - second.size) < 0.1 * second.size
    )


def _runs(glyphs: Sequence[Glyph]) -> Iterator[list[int]]:
    """Places of characters of one size that follow each other, in the order of the file, on one line."""
    run: list[int] = []
    for place, glyph in enumerate(glyphs):
        if not glyph.text.strip():
            continue
        before = glyphs[run[-1]] if run else None
        if before is not None and not (
            abs(before.middle - glyph.middle) < 0.3 * glyph.size
            and abs(before.size - glyph.size) < 0.2 * glyph.size
            and -0.5 * glyph.size < glyph.x0 - before.x1
        ):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _is_reading(text: str) -> bool:
    """Whether characters are kana, or marks of emphasis."""
    if text.isascii():
        return False
    kana = [char for char in unicodedata.normalize("NFKC", text) if not char.isspace()]
    return bool(kana) and all("\u3041" <= char <= "\u30ff" or char in _DOTS for char in kana)


def readings(glyphs: Sequence[Glyph]) -> set[int]:
    """The places of small kana right above a line of larger characters. Where lines run down, give the turned page."""
    most = SMALL * max((glyph.size for glyph in glyphs), default=0.0)
    if not any(glyph.size <= most and _is_reading(glyph.text) for glyph in glyphs):
        return set()
    rows: defaultdict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.text.strip():
            rows[int(glyph.top // 10)].append(glyph)
    found: set[int] = set()
    for run in _runs(glyphs):
        if not _is_reading("".join(glyphs[place].text for place in run)):
            continue
        under = sum(1 for place in run if _stands_over(glyphs[place], rows))
        # A reading may be longer than what it stands over.
        if under >= max(1, 0.5 * len(run)):
            found.update(run)
    return found


def blanks_under(glyphs: Sequence[Glyph], small: set[int]) -> set[int]:
    """The places of blanks below readings: characters with a longer reading are set apart, and their word has no blank."""
    if not small:
        return set()
    rows: defaultdict[int, list[Glyph]] = defaultdict(list)
    for place in small:
        rows[int(glyphs[place].middle // 10)].append(glyphs[place])
    reach = 4 * max(glyphs[place].size for place in small)
    found: set[int] = set()
    for place, glyph in enumerate(glyphs):
        if glyph.text.strip():
            continue
        low, high = (glyph.middle - reach) // 10, glyph.middle // 10
        if any(
            reading.x0 - 0.5 * reading.size <= glyph.center <= reading.x1 + 0.5 * reading.size
            and reading.middle < glyph.middle < reading.middle + 4 * reading.size
            for row, line in rows.items()
            if low <= row <= high
            for reading in line
        ):
            found.add(place)
    return found


def _stands_over(small: Glyph, rows: dict[int, list[Glyph]]) -> bool:
    """Whether a larger character stands right below."""
    row = int(small.bottom // 10)
    for number in range(row - 1, row + 2):
        for glyph in rows.get(number, ()):
            if (
                small.size <= SMALL * glyph.size
                and -0.35 * glyph.size < glyph.top - small.bottom < 0.6 * glyph.size
                and glyph.x0 - 0.1 * glyph.size <= small.center <= glyph.x1 + 0.1 * glyph.size
            ):
                return True
    return False


def is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether lines run down: characters follow each other downwards in the file or, where the file has another order, stand
    closer to the one below than to the one beside.
    """
    usual = sorted(glyph.size for glyph in glyphs)[3 * len(glyphs) // 4] if glyphs else 0.0
    glyphs = [
        glyph for glyph in glyphs if glyph.size > SMALL * usual
    ]  # readings stand between the characters of a line
    below = beside = 0
    for here, after in pairwise(glyphs):  # `stands_below` and `stands_beside` in one
        size = here.size if here.size > 1.0 else 1.0
        down, right = after.middle - here.middle, after.center - here.center
        if -0.3 * size < right < 0.3 * size and 0.4 * size < down < 2.2 * size:
            below += 1
        if -0.4 * size < down < 0.4 * size and after.x0 > here.x0 and after.x0 - here.x1 < 1.2 * size:
            beside += 1
    if below + beside < 0.5 * len(glyphs):
        below, beside = _neighbours(glyphs)
    return below >= FEWEST_VERTICAL and below >= VERTICAL_SHARE * (below + beside)


VERTICAL_SHARE = 0.6
"""Share of characters followed by one right below from which a page is set vertically."""
FEWEST_VERTICAL = 20


def stands_below(here: Glyph, after: Glyph) -> bool:
    """Whether a character is the next of a line that runs down."""
    size = max(here.size, 1.0)
    return abs(after.center - here.center) < 0.3 * size and 0.4 * size < after.middle - here.middle < 2.2 * size


def stands_beside(here: Glyph, after: Glyph) -> bool:
    """Whether a character is the next of a line that runs to the right."""
    size = max(here.size, 1.0)
    return abs(after.middle - here.middle) < 0.4 * size and after.x0 - here.x0 > 0 and after.x0 - here.x1 < 1.2 * size


def _neighbours(glyphs: Sequence[Glyph]) -> tuple[int, int]:
    """(characters whose nearest neighbour stands below, those whose nearest stands to the right), whatever the file's order."""
    size = max(sorted(glyph.size for glyph in glyphs)[len(glyphs) // 2], 1.0)
    cells: defaultdict[tuple[int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        cells[int(glyph.center // (2 * size)), int(glyph.middle // (2 * size))].append(glyph)
    below = beside = 0
    for glyph in glyphs:
        column, row = int(glyph.center // (2 * size)), int(glyph.middle // (2 * size))
        down = right = float("inf")
        for other in (
            other for x in (column - 1, column, column + 1) for y in (row, row + 1) for other in cells.get((x, y), ())
        ):
            if abs(other.center - glyph.center) < 0.3 * size and other.top > glyph.middle:
                down = min(down, other.top - glyph.bottom)
            elif abs(other.middle - glyph.middle) < 0.3 * size and other.x0 > glyph.center:
                right = min(right, other.x0 - glyph.x1)
        below += down < right - 0.2 * size
        beside += right < down - 0.2 * size
    return below, beside


def upright_groups(glyphs: Sequence[Glyph], size: float) -> tuple[list[Glyph], list[list[Glyph]]]:
    """A vertical page's characters with digits set side by side in a line made one (縦中横), and the horizontal lines on it
    (heads, page numbers), which are not among them.
    """
    groups: list[list[Glyph]] = []
    for glyph in glyphs:
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and stands_beside(before, glyph)
            and glyph.x0 - before.x1 < 0.9 * size
            and not stands_below(before, glyph)
        ):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    single: list[Glyph] = []
    lines: list[list[Glyph]] = []
    for group in groups:
        wide = group[-1].x1 - group[0].x0
        if len(group) == 1:
            single += group
        elif len(group) <= 4 and wide <= 1.4 * size:
            text = "".join(glyph.text for glyph in group)
            single.append(
                Glyph(text, group[0].x0, group[-1].x1, min(g.top for g in group), max(g.bottom for g in group))
            )
        else:
            lines.append(group)
    return single, lines
