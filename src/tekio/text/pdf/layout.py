"""Reading order of a PDF page from where its characters stand: columns, and lines set vertically.

Text extractors write a page row by row, which mixes the lines of two columns, or in the order of the file, which may be
any. Here a page is cut at a gutter when geometry shows one: a vertical strip without characters, beside which both sides
hold several lines of running text that fill their side (cells of tables do not). Each part is cut again, so three columns
and a heading over two columns come out in order. Vertical writing is the same page turned by 90 degrees: its lines run
down and follow each other from right to left, its tiers are columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

FEWEST_LINES = 5
"""Lines each side of a gutter must have."""
FEWEST_IN_LINE = 8
"""Characters a line of running text has at least, in the middle of its column."""
FULL_SHARE = 0.5
"""Share of a side's lines that must be (nearly) as wide as the side."""
RUNNING_SHARE = 0.2
"""Share of hiragana and Latin letters in running text; columns of dates, names and posts have less."""
VERTICAL_SHARE = 0.6
"""Share of characters followed by one right below from which a page is set vertically."""
FEWEST_VERTICAL = 20
MAX_CHARACTERS = 30_000
MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box in points; `top` grows downwards."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        return max(self.x1 - self.x0, self.bottom - self.top)


@dataclass(frozen=True)
class Layout:
    """What a page's geometry shows. text: the page in reading order. kind: `columns` or `vertical`."""

    kind: str
    text: str


def read_layout(glyphs: Sequence[Glyph]) -> Layout | None:
    """The page in reading order, or None when it is plain horizontal text in one column (or too much to look at)."""
    visible = [glyph for glyph in glyphs if glyph.text.strip() and glyph.x1 > glyph.x0 and glyph.bottom > glyph.top]
    if not visible or len(visible) > MAX_CHARACTERS:
        return None
    if is_vertical(visible):
        turned = [Glyph(glyph.text, glyph.top, glyph.bottom, -glyph.x1, -glyph.x0) for glyph in visible]
        return Layout("vertical", "\n".join(_read(turned, 0)))
    if _gutter(visible) is None:
        return None
    return Layout("columns", "\n".join(_read([glyph for glyph in glyphs if glyph.x1 >= glyph.x0], 0)))


def is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether most characters are followed, in the order of the file, by one right below instead of one to the right."""
    below = beside = 0
    for here, after in pairwise(glyphs):
        size = max(here.size, 1.0)
        across = abs((after.x0 + after.x1) - (here.x0 + here.x1)) / 2
        down = after.middle - here.middle
        if across < 0.3 * size and 0.4 * size < down < 2.2 * size:
            below += 1
        elif abs(down) < 0.4 * size and 0 < after.x0 - here.x0 < 2.5 * size:
            beside += 1
    return below >= FEWEST_VERTICAL and below >= VERTICAL_SHARE * (below + beside)


def _read(glyphs: list[Glyph], depth: int) -> list[str]:
    cut = _gutter([glyph for glyph in glyphs if glyph.text.strip()]) if depth < MAX_DEPTH else None
    if cut is None:
        return [_line_text(line) for line in _lines(glyphs)]
    middle, top, bottom = cut
    above = [glyph for glyph in glyphs if glyph.middle < top]
    below = [glyph for glyph in glyphs if glyph.middle > bottom]
    inside = [glyph for glyph in glyphs if top <= glyph.middle <= bottom]
    left = [glyph for glyph in inside if glyph.x0 + glyph.x1 < 2 * middle]
    right = [glyph for glyph in inside if glyph.x0 + glyph.x1 >= 2 * middle]
    # A blank line keeps a heading over the columns, or a note below them, from being joined to their running text.
    parts = [_read(part, depth + 1) for part in (above, left, right, below)]
    heading, columns, note = parts[0], parts[1] + parts[2], parts[3]
    return [*heading, *([""] if heading else []), *columns, *([""] if note else []), *note]


def _lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters by line, from top to bottom, each from left to right."""
    lines: list[list[Glyph]] = []
    middle = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.middle, glyph.x0)):
        if lines and abs(glyph.middle - middle) <= 0.4 * max(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
            middle = glyph.middle
    return [sorted(line, key=lambda glyph: glyph.x0) for line in lines]


def _line_text(line: Sequence[Glyph]) -> str:
    pieces: list[str] = []
    for place, glyph in enumerate(line):
        if place:
            gap = glyph.x0 - line[place - 1].x1
            before = line[place - 1].text
            latin = before[-1:].isascii() and glyph.text[:1].isascii()
            if gap > (0.25 if latin else 1.2) * glyph.size and not (before.isspace() or glyph.text.isspace()):
                pieces.append(" ")
        pieces.append(glyph.text)
    return "".join(pieces).strip()


def _gutter(glyphs: Sequence[Glyph], more: int = 2) -> tuple[float, float, float] | None:
    """(x of a gutter, top, bottom of the part of the page it cuts), or None. Of several the one with most text beside it.

    more: how many gutters the right side may have itself. A gutter is a strip nearly as wide as a character that no character crosses within `top`..`bottom`.
    """
    if len(glyphs) < 2 * FEWEST_LINES * FEWEST_IN_LINE:
        return None
    size = median(glyph.size for glyph in glyphs)
    x0, x1, top, bottom = np.array([(glyph.x0, glyph.x1, glyph.top, glyph.bottom) for glyph in glyphs]).T
    middle = (top + bottom) / 2
    low, high = float(x0.min()), float(x1.max())
    best: tuple[int, float, float, float] | None = None
    for place in np.arange(low + 0.2 * (high - low), low + 0.8 * (high - low), 0.5 * size).tolist():
        crossing = (x0 < place + 0.4 * size) & (x1 > place - 0.4 * size)
        for start, end in _gaps(sorted(zip(top[crossing].tolist(), bottom[crossing].tolist(), strict=True))):
            inside = np.flatnonzero((middle >= start) & (middle <= end))
            if len(inside) < 2 * FEWEST_LINES * FEWEST_IN_LINE or (best is not None and len(inside) <= best[0]):
                continue
            left = [glyphs[number] for number in inside.tolist() if glyphs[number].x1 <= place]
            right = [glyphs[number] for number in inside.tolist() if glyphs[number].x0 >= place]
            if not _is_column(left) or _overlap(left, right) < 0.5:
                continue
            if _is_column(right) or (more > 0 and _gutter(right, more - 1) is not None):
                best = (len(inside), place, start, end)
    return None if best is None else best[1:]


def _gaps(covered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What lies between intervals sorted by their start."""
    gaps: list[tuple[float, float]] = []
    end = float("-inf")
    for start, stop in covered:
        if start > end:
            gaps.append((end, start))
        end = max(end, stop)
    gaps.append((end, float("inf")))
    return gaps


def _is_column(glyphs: Sequence[Glyph]) -> bool:
    """Whether characters are several lines of running text (hiragana or Latin letters), most as wide as the widest."""
    if len(glyphs) < FEWEST_LINES * FEWEST_IN_LINE:
        return False
    lines = _lines(glyphs)
    if len(lines) < FEWEST_LINES or median(len(line) for line in lines) < FEWEST_IN_LINE:
        return False
    low, high = min(glyph.x0 for glyph in glyphs), max(glyph.x1 for glyph in glyphs)
    full = sum(1 for line in lines if line[-1].x1 - line[0].x0 >= 0.85 * (high - low) and not _has_cells(line))
    running = sum(1 for glyph in glyphs if "\u3041" <= glyph.text[:1] <= "\u3096" or glyph.text.isascii())
    running -= sum(1 for glyph in glyphs if glyph.text.isascii() and not glyph.text.isalpha())
    return full >= FULL_SHARE * len(lines) and running >= RUNNING_SHARE * len(glyphs)


def _has_cells(line: Sequence[Glyph]) -> bool:
    """Whether a gap of two characters or more stands inside a line, as between the cells of a table."""
    return any(after.x0 - here.x1 > 2 * here.size for here, after in pairwise(line))


def _overlap(left: Sequence[Glyph], right: Sequence[Glyph]) -> float:
    """How much of the shorter side's height the other side stands beside."""
    tops = [min(glyph.top for glyph in side) for side in (left, right)]
    bottoms = [max(glyph.bottom for glyph in side) for side in (left, right)]
    height = min(bottom - top for top, bottom in zip(tops, bottoms, strict=True))
    return (min(bottoms) - max(tops)) / height if height > 0 else 0.0
