"""Reading order of a PDF page from where its characters stand and the order in which the file draws them.

Text extractors write a page row by row, which mixes the lines of two columns, or in the order of the file, which may be
any. Here a page is cut at a gutter, a vertical strip without characters, when the sides beside it are columns: the file
draws one side and then the other; or, where it draws row by row, lines on both sides go on in the next line of their
side (Japanese cells do not begin with particles, wrapped lines do) or both sides are lists. Rows of a table that the file
draws cell by cell are read so. Where prose stands on both sides and neither is shown, the order is in doubt and said to be.
Each part is cut again, so three columns and a heading over two columns come out in order. Vertical writing is the same page
turned by 90 degrees: its lines run down and follow each other from right to left, its tiers are columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from statistics import median

import numpy as np
from numpy.typing import NDArray

from tekio.text.pdf.aligned import aligned_tables
from tekio.text.pdf.glyphs import Glyph, blanks_under, is_vertical, printed_twice, readings, upright_groups
from tekio.text.pdf.shaded import with_rows_between
from tekio.text.pdf.tables import MARK, Box, PageTable, ruled_tables

FEWEST_LINES = 3
"""Lines each side of a gutter must have."""
FEWEST_IN_LINE = 4
"""Characters a line of a column has at least, in the middle of its lines."""
FILE_ORDER = 0.25
"""Changes of side in the order of the file, of those that drawing row by row would need, up to which it draws columns."""
GOES_ON = 0.2
"""Share of lines that begin as only the rest of a sentence does, from which lines are those of a column."""
PROSE = 0.2
"""Share of hiragana in prose."""
MAX_CHARACTERS = 30_000
MAX_DEPTH = 12
MOST_AT_ONCE = 1_000_000
"""Characters times places for a gutter that are looked at together."""
FloatArray = NDArray[np.float64]
_BY_LINE = attrgetter("glyph.middle", "glyph.x0")
_REST = re.compile("[ぁ-ん、。，．・ー）」』】々]")
_LETTER = re.compile("[ぁ-んァ-ヶ一-鿿々a-zA-Zａ-ｚＡ-Ｚ]")
_ITEM = re.compile(r"[・●○◎◆◇■□▲△▼▽★☆※＊*•‣–－\-①-⑳⑴-⒇]|[(（]?[0-9０-９一二三四五六七八九十ア-ンａ-ｚa-z]{1,2}[)）.．]")


@dataclass(frozen=True)
class Layout:
    """What a page's geometry shows. text: the page in reading order. kind: `lines`, `columns` or `vertical`.

    doubt: prose stands side by side and nothing shows in which order it is read. readings: furigana left out, in
    characters. twice: characters printed twice for bold. tables: a `MARK` on a line of its own stands for each in the text.
    """

    kind: str
    text: str
    doubt: bool = False
    readings: int = 0
    twice: int = 0
    tables: list[PageTable] = field(default_factory=list[PageTable])


@dataclass(frozen=True)
class _Page:
    """rules: (x0, x1, y) of the ruling lines along the lines of text."""

    rules: tuple[tuple[float, float, float], ...]


@dataclass(slots=True)
class _Placed:
    """A character with its place in the order of the file."""

    glyph: Glyph
    order: int

    @property
    def is_table(self) -> bool:
        """Whether it stands for a table."""
        return self.glyph.text[:1] == MARK[:1]


@dataclass(frozen=True)
class _Cut:
    """x of a gutter, top and bottom of the part of the page that it cuts."""

    x: float
    top: float
    bottom: float


def read_layout(
    glyphs: Sequence[Glyph],
    rules: Sequence[tuple[float, float, float]] = (),
    upright_rules: Sequence[tuple[float, float, float]] = (),
    tables: Sequence[Sequence[Box]] = (),
) -> Layout | None:
    """The page in reading order, or None when nothing but characters in one column of rows stands on it (or too much to look at).

    glyphs: in the order of the file. rules: horizontal ruling lines as (x0, x1, y); upright_rules: vertical ones as (top, bottom, x).
    tables: the boxes of the cells of each table with ruling lines.
    """
    boxed = [glyph for glyph in glyphs if glyph.x1 >= glyph.x0 and glyph.bottom > glyph.top]
    twice = printed_twice(boxed)
    placed = [glyph for place, glyph in enumerate(boxed) if place not in twice]
    visible = [glyph for glyph in placed if glyph.text.strip() and glyph.x1 > glyph.x0]
    if not visible or len(visible) > MAX_CHARACTERS:
        return None
    if is_vertical(visible):
        return _vertical(visible, [(top, bottom, -x) for top, bottom, x in upright_rules], len(twice))
    small = readings(placed)
    gone = small | blanks_under(placed, small)
    placed = [glyph for place, glyph in enumerate(placed) if place not in gone]
    grids, taken = ruled_tables(with_rows_between(tables, placed), placed)
    aligned, more = aligned_tables(placed, taken)
    grids, taken = grids + aligned, taken | more
    items = [_Placed(glyph, order) for order, glyph in enumerate(placed) if order not in taken]
    for number, table in enumerate(grids):  # each stands as one character, as large as it is, where its first was drawn
        x0, top, x1, bottom = table.box
        within = (
            order for order in taken if top <= placed[order].middle <= bottom and x0 <= placed[order].center <= x1
        )
        items.append(_Placed(Glyph(MARK.format(number), x0, x1, top, bottom), min(within, default=0)))
    found = _Reader(_Page(tuple(rules)))
    ordered = sorted(items, key=lambda item: item.order)
    cut = found.gutter(ordered)
    if cut is None and not (found.doubt or small or twice or grids):
        return None
    text = "\n".join(found.read(ordered, cut))
    kind = "columns" if found.cuts else "lines"
    return Layout(kind, text, found.doubt, len(small), len(twice), grids)


def _vertical(visible: Sequence[Glyph], rules: Sequence[tuple[float, float, float]], twice: int) -> Layout:
    small = readings([glyph.turned() for glyph in visible])
    body = [glyph for place, glyph in enumerate(visible) if place not in small]
    size = median(glyph.size for glyph in body)
    single, lines = upright_groups(body, size)
    top, bottom = min(glyph.top for glyph in single), max(glyph.bottom for glyph in single)
    heads = [line for line in lines if line[0].middle < top]
    feet = [line for line in lines if line[0].middle > bottom]
    single += [glyph for line in lines if top <= line[0].middle <= bottom for glyph in line]
    found = _Reader(_Page(tuple(rules)))
    turned = [_Placed(glyph.turned(), order) for order, glyph in enumerate(single)]
    text = found.read(turned, found.gutter(turned))
    parts = [*(_line_text(line) for line in heads), *text, *(_line_text(line) for line in feet)]
    return Layout("vertical", "\n".join(parts), found.doubt, len(small), twice)


class _Reader:
    """Reads parts of a page and remembers what it found. cuts: gutters. doubt: prose side by side that could not be ordered."""

    def __init__(self, page: _Page) -> None:
        self.page = page
        self.cuts = 0
        self.doubt = False

    def read(self, glyphs: list[_Placed], cut: _Cut | None, depth: int = 0) -> list[str]:
        """The lines of a part of the page, in reading order. cut: its own gutter."""
        if cut is None:
            lines = _lines(glyphs)
            left = _left([line[0].glyph.x0 for line in lines if not line[0].is_table])
            return [_indented(line, left) for line in lines]
        self.cuts += 1
        above = [item for item in glyphs if item.glyph.middle < cut.top]
        below = [item for item in glyphs if item.glyph.middle > cut.bottom]
        inside = [item for item in glyphs if cut.top <= item.glyph.middle <= cut.bottom]
        left = [item for item in inside if item.glyph.center < cut.x]
        right = [item for item in inside if item.glyph.center >= cut.x]
        # A blank line keeps a heading over the columns, or a note below them, from being joined to their running text.
        heading, *columns, note = (
            self.read(part, self.gutter(part, depth + 1), depth + 1) for part in (above, left, right, below)
        )
        return [
            *heading,
            *([""] if heading else []),
            *(line for column in columns for line in column),
            *([""] if note else []),
            *note,
        ]

    def gutter(self, glyphs: list[_Placed], depth: int = 0) -> _Cut | None:
        """The gutter with most text beside it. It is a strip nearly as wide as a character that no character crosses within `top`..`bottom`."""
        items = [item for item in glyphs if item.glyph.text.strip()] if depth < MAX_DEPTH else []
        if len(items) < 2 * FEWEST_LINES * FEWEST_IN_LINE:
            return None
        size = median(item.glyph.size for item in items)
        spans: list[tuple[int, float, float, float]] = []
        tried: set[tuple[float, float, int]] = set()
        for place, start, end, left, right in _strips([item.glyph for item in items], size):
            if (start, end, left) not in tried:  # the same strip, half a character further on
                tried.add((start, end, left))
                spans.append((left + right, place, start, end))
        for _, place, start, end in sorted(spans, reverse=True):
            inside = [item for item in items if start <= item.glyph.middle <= end]
            verdict = self._sides(inside, _Cut(place, start, end), size)
            if isinstance(verdict, _Cut):
                return verdict
            self.doubt = self.doubt or verdict == "doubt"
        return None

    def _sides(self, inside: list[_Placed], cut: _Cut, size: float) -> _Cut | str:
        """The cut (up to where it holds) when the characters on both sides are columns; else `table` or `doubt`."""
        left = [item for item in inside if item.glyph.x1 <= cut.x]
        right = [item for item in inside if item.glyph.x0 >= cut.x]
        sides = [_lines(left), _lines(right)]
        if min(len(lines) for lines in sides) < FEWEST_LINES or _overlap(left, right) < 0.5:
            return "table"
        if any(median(len(line) for line in lines) < FEWEST_IN_LINE for lines in sides):
            return "table"
        if any(_letters(side) < 0.5 for side in (left, right)) or self._ruled(inside, cut):
            return "table"
        ordered = sorted([(item.order, 0, item.glyph) for item in left] + [(item.order, 1, item.glyph) for item in right], key=lambda entry: entry[0])  # fmt: skip
        runs = _side_runs(ordered)
        both = min(len(lines) for lines in sides)
        bands = _bands(runs)
        if bands is not None and len(bands) > 1 and len(runs) <= 2 * both:
            return _Cut(cut.x, cut.top, (bands[0][1] + bands[1][0]) / 2)
        if len(runs) <= max(2, FILE_ORDER * 2 * both):
            return cut
        # The file draws row by row (or anyhow): the text must show that its lines are those of columns.
        gap = min(item.glyph.x0 for item in right) - max(item.glyph.x1 for item in left)
        shown = [_goes_on(lines) or _is_list(lines) for lines in sides]
        if all(shown):
            return cut
        prose = [_hiragana(side) >= PROSE and median(len(line) for line in lines) >= 6 for side, lines in zip((left, right), sides, strict=True)]  # fmt: skip
        return "doubt" if all(prose) and (any(shown) or gap >= 1.5 * size) and both >= 4 else "table"

    def _ruled(self, inside: Sequence[_Placed], cut: _Cut) -> bool:
        """Whether two ruling lines or more run across the gutter between the lines of text: rows of a table."""
        top, bottom = min(item.glyph.middle for item in inside), max(item.glyph.middle for item in inside)
        places = {round(y) for x0, x1, y in self.page.rules if x0 < cut.x - 5 and x1 > cut.x + 5 and top < y < bottom}
        return len(places) >= 2


def _side_runs(ordered: Sequence[tuple[int, int, Glyph]]) -> list[tuple[int, float, float]]:
    """Runs of the file's order on one side: (side, top, bottom)."""
    runs: list[tuple[int, float, float]] = []
    for _, side, glyph in ordered:
        if runs and runs[-1][0] == side:
            runs[-1] = (side, min(runs[-1][1], glyph.middle), max(runs[-1][2], glyph.middle))
        else:
            runs.append((side, glyph.middle, glyph.middle))
    return runs


def _bands(runs: Sequence[tuple[int, float, float]]) -> list[tuple[float, float]] | None:
    """Rows of cells of several lines that the file draws one after the other: (top, bottom) of each; None where it does not."""
    if len(runs) < 4 or runs[0][0] != 0:
        return None
    bands: list[tuple[float, float]] = []
    for place in range(0, len(runs), 2):
        pair = runs[place : place + 2]
        bands.append((min(run[1] for run in pair), max(run[2] for run in pair)))
    apart = all(after[0] > here[1] for here, after in pairwise(bands))
    several = sum(1 for top, bottom in bands if bottom - top > 8) >= 0.5 * len(bands)
    return bands if apart and several else None


def _lines(items: Sequence[_Placed]) -> list[list[_Placed]]:
    """Characters by line, from top to bottom, each from left to right."""
    lines: list[list[_Placed]] = []
    middle = 0.0
    for item in sorted(items, key=_BY_LINE):
        if item.is_table:
            lines.append([item])
            middle = float("-inf")
        elif lines and abs(item.glyph.middle - middle) <= 0.4 * max(item.glyph.size, lines[-1][-1].glyph.size):
            lines[-1].append(item)
        else:
            lines.append([item])
            middle = item.glyph.middle
    return [sorted(line, key=attrgetter("glyph.x0")) for line in lines]


def _left(starts: Sequence[float]) -> float:
    """Where lines begin: the place furthest to the left at which several do (a head may stand further out)."""
    few = max(2, 0.08 * len(starts))
    return next(
        (x for x in sorted(starts) if sum(1 for other in starts if abs(other - x) < 3) >= few), min(starts, default=0.0)
    )


def _indented(line: Sequence[_Placed], left: float) -> str:
    """A line's text behind a full-width space for every character that it is set in."""
    if line[0].is_table:
        return line[0].glyph.text
    glyphs = [item.glyph for item in line]
    first = next((glyph for glyph in glyphs if glyph.text.strip()), None)
    if first is None:
        return ""
    return "\u3000" * min(int((first.x0 - left) / first.size + 0.3), 8) + _line_text(glyphs)


def _line_text(line: Sequence[Glyph]) -> str:
    pieces: list[str] = []
    for place, glyph in enumerate(line):
        if place:
            gap = glyph.x0 - line[place - 1].x1
            before = line[place - 1].text
            latin = before[-1:].isascii() and glyph.text[:1].isascii()
            if gap > (0.25 if latin else 0.8) * glyph.size and not (before.isspace() or glyph.text.isspace()):
                pieces.append(" " if latin or gap > 1.5 * glyph.size else "\u3000")
        pieces.append(glyph.text)
    return "".join(pieces).strip()


def _strips(glyphs: Sequence[Glyph], size: float) -> list[tuple[float, float, float, int, int]]:
    """Strips that no character crosses, with several characters on both sides: (x, top, bottom, characters left, right of it).

    All places on the page are looked at in steps of half a character, as many at once as memory allows.
    """
    x0, x1, top, bottom = (
        np.array([getattr(glyph, edge) for glyph in glyphs]) for edge in ("x0", "x1", "top", "bottom")
    )
    by_middle, by_top = np.argsort(top + bottom, kind="stable"), np.argsort(top, kind="stable")
    middle, ends = ((top + bottom) / 2)[by_middle], x1[by_middle]
    low, high = float(x0.min()), float(x1.max())
    few = FEWEST_LINES * FEWEST_IN_LINE
    found: list[tuple[float, float, float, int, int]] = []
    step = max(1, MOST_AT_ONCE // len(glyphs))
    every = np.arange(low + 0.15 * (high - low), low + 0.85 * (high - low), 0.5 * size)
    for begin in range(0, len(every), step):
        places = every[begin : begin + step, None]
        crosses = (x0[by_top] < places + 0.4 * size) & (x1[by_top] > places - 0.4 * size)
        beyond = np.full((len(places), 1), np.inf)
        reached = np.maximum.accumulate(np.hstack((-beyond, np.where(crosses, bottom[by_top], -np.inf))), axis=1)
        following = np.hstack((np.where(crosses, top[by_top], -np.inf), beyond))  # what lies between two that cross
        row, at = np.nonzero(following > reached)
        start, end = reached[row, at], following[row, at]
        before = np.hstack((np.zeros_like(beyond, dtype=np.int64), np.cumsum(ends <= places, axis=1)))
        first, last = np.searchsorted(middle, start, "left"), np.searchsorted(middle, end, "right")
        left = before[row, last] - before[row, first]
        right = last - first - left
        kept = np.flatnonzero((left >= few) & (right >= few))
        found += zip(*(one[kept].tolist() for one in (places[row, 0], start, end, left, right)), strict=True)
    return found


def _text(items: Sequence[_Placed]) -> str:
    return "".join(item.glyph.text for item in items)


def _letters(items: Sequence[_Placed]) -> float:
    """Share of letters and kanji: columns of figures have few."""
    return sum(1 for item in items if _LETTER.match(item.glyph.text)) / max(len(items), 1)


def _hiragana(items: Sequence[_Placed]) -> float:
    return sum(1 for item in items if "\u3041" <= item.glyph.text[:1] <= "\u3096") / max(len(items), 1)


def _goes_on(lines: Sequence[Sequence[_Placed]]) -> bool:
    """Whether lines are a text's: several begin as only the rest of a sentence does. Latin text: nearly all its lines are full."""
    starts = sum(1 for line in lines[1:] if _REST.match(line[0].glyph.text))
    if starts >= 2 and starts >= GOES_ON * (len(lines) - 1):
        return True
    latin = sum(1 for line in lines for item in line if item.glyph.text.isascii() and item.glyph.text.isalpha())
    if latin < 0.6 * sum(len(line) for line in lines) or median(len(line) for line in lines) < 16:
        return False
    low, high = min(line[0].glyph.x0 for line in lines), max(line[-1].glyph.x1 for line in lines)
    return sum(1 for line in lines if line[-1].glyph.x1 - line[0].glyph.x0 >= 0.8 * (high - low)) >= 0.5 * len(lines)


def _is_list(lines: Sequence[Sequence[_Placed]]) -> bool:
    """Whether lines are a list: many begin with a mark."""
    marked = sum(1 for line in lines if _ITEM.match(_text(line[:4])))
    return marked >= 2 and marked >= 0.3 * len(lines)


def _overlap(left: Sequence[_Placed], right: Sequence[_Placed]) -> float:
    """How much of the shorter side's height the other side stands beside."""
    tops = [min(item.glyph.top for item in side) for side in (left, right)]
    bottoms = [max(item.glyph.bottom for item in side) for side in (left, right)]
    height = min(bottom - top for top, bottom in zip(tops, bottoms, strict=True))
    return (min(bottoms) - max(tops)) / height if height > 0 else 0.0
