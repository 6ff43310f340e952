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
from statistics import median

import numpy as np
from numpy.typing import NDArray

from tekio.text.pdf.aligned import aligned_tables
from tekio.text.pdf.characters import (
    NUMBER_APART,
    Characters,
    Glyph,
    IntArray,
    begins_item,
    characters_of,
    listed,
)
from tekio.text.pdf.glyphs import blanks_under, is_vertical, printed_twice, readings, rows_at_edges, upright_groups
from tekio.text.pdf.line_ends import Boxes, PlacedLine
from tekio.text.pdf.overprinted import parted
from tekio.text.pdf.shaded import with_rows_between
from tekio.text.pdf.strips import strips
from tekio.text.pdf.tables import MARK, Box, PageTable, ruled_tables

STEP, STEP_OF_TIERS = 0.5, 0.2
"""How far apart places for a gutter are looked at, in characters: the tiers of vertical pages stand hardly one apart."""
FEWEST_LINES = 3
"""Lines each side of a gutter must have."""
FEWEST_IN_LINE = 4
"""Characters a line of a column has at least, in the middle of its lines."""
FILE_ORDER = 0.25
"""Changes of side in the order of the file, of those that drawing row by row would need, up to which it draws columns."""
GOES_ON = 0.2
"""Share of lines that begin as only the rest of a sentence does, from which lines are those of a column."""
RULED_OFF, FRAME = 0.9, 0.8
"""Share of the height of two tiers along which a ruling line between them runs, and below which a line is one of a frame."""
PROSE = 0.2
"""Share of hiragana in prose."""
MAX_CHARACTERS = 30_000
MAX_DEPTH = 12
_REST = re.compile("[ぁ-ん、。，．・ー）」』】々]")
_LETTER = re.compile("[ぁ-んァ-ヶ一-鿿々a-zA-Zａ-ｚＡ-Ｚ]")
_ITEM = re.compile(r"[・●○◎◆◇■□▲△▼▽★☆※＊*•‣–－\-①-⑳⑴-⒇]|[(（]?[0-9０-９一二三四五六七八九十ア-ンａ-ｚa-z]{1,2}[)）.．]")


@dataclass(frozen=True)
class Layout:
    """What a page's geometry shows. text: the page in reading order. kind: `lines`, `columns` or `vertical`.

    doubt: prose stands side by side and nothing shows in which order it is read. readings: furigana left out, in
    characters. twice: characters printed twice for bold. tables: a `MARK` on a line of its own stands for each in the text.
    lines: where those of the text stand (of vertical ones on the page turned by 90 degrees).
    """

    kind: str
    text: str
    doubt: bool = False
    readings: int = 0
    twice: int = 0
    tables: list[PageTable] = field(default_factory=list[PageTable])
    lines: list[PlacedLine] = field(default_factory=list[PlacedLine])


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
    page = characters_of(glyphs)
    boxed = page.at(np.flatnonzero((page.x1 >= page.x0) & (page.bottom > page.top)))
    twice = printed_twice(boxed)
    placed = boxed.without(twice)
    visible = placed.at(np.flatnonzero(placed.solid & (placed.x1 > placed.x0)))
    if not visible or len(visible) > MAX_CHARACTERS:
        return None
    if is_vertical(visible):
        across = [(top, bottom, -x) for top, bottom, x in upright_rules]
        return _vertical(visible, across, [(-x1, -x0, y) for x0, x1, y in rules], len(twice))
    small = readings(placed)
    placed = placed.without(small | blanks_under(placed, small))
    grids, taken = ruled_tables(with_rows_between(tables, placed), placed)
    aligned, more = aligned_tables(placed, taken)
    grids, taken = grids + aligned, taken | more
    found = _Reader(*_with_marks(placed, grids, taken), rules)
    whole = np.arange(len(found.page))
    cut = found.gutter(whole)
    if cut is None and not (found.doubt or small or twice or grids):
        return None
    text = "\n".join(found.read(whole, cut))
    kind = "columns" if found.cuts else "lines"
    return Layout(kind, text, found.doubt, len(small), len(twice), grids, found.placed)


def _with_marks(page: Characters, tables: Sequence[PageTable], taken: set[int]) -> tuple[Characters, NDArray[np.bool_]]:
    """(characters outside of tables, each table as one, as large as it is, where its first was drawn; which of them are tables)."""
    if not tables and not taken:
        return page, np.zeros(len(page), bool)
    inside = np.zeros(len(page), bool)
    inside[list(taken)] = True
    outside = np.flatnonzero(~inside)
    left = page.at(outside)
    first: list[int] = []
    for x0, top, x1, bottom in (table.box for table in tables):
        within = inside & (page.middle >= top) & (page.middle <= bottom) & (page.center >= x0) & (page.center <= x1)
        first.append(int(within.argmax()))
    order = np.argsort(np.concatenate((outside, np.array(first, np.int64))), kind="stable")
    texts = [*left.texts, *(MARK.format(number) for number in range(len(tables)))]
    boxes = np.array([table.box for table in tables], np.float64).reshape(-1, 4).T
    x0, top, x1, bottom = (
        np.concatenate(edges)[order] for edges in zip((left.x0, left.top, left.x1, left.bottom), boxes, strict=True)
    )
    return Characters([texts[place] for place in order.tolist()], x0, x1, top, bottom), order >= len(left)


def _vertical(
    visible: Characters,
    rules: Sequence[tuple[float, float, float]],
    between: Sequence[tuple[float, float, float]],
    twice: int,
) -> Layout:
    small = readings(visible.turned())
    body = visible.without(small)
    size = median(body.size.tolist())
    edges = rows_at_edges(body, size)
    at_edges = {id(glyph) for row in edges for glyph in row}
    single, lines = upright_groups([glyph for glyph in body if id(glyph) not in at_edges], size)
    lines += edges
    top, bottom = min(glyph.top for glyph in single), max(glyph.bottom for glyph in single)
    heads = [line for line in lines if line[0].middle < top]
    feet = [line for line in lines if line[0].middle > bottom]
    single += [glyph for line in lines if top <= line[0].middle <= bottom for glyph in line]
    turned = characters_of(single).turned()
    found = _Reader(turned, np.zeros(len(turned), bool), rules, STEP_OF_TIERS, between)
    whole = np.arange(len(turned))
    text = found.read(whole, found.gutter(whole))
    parts = [*map(_written, heads), *text, *map(_written, feet)]
    return Layout("vertical", "\n".join(parts), found.doubt, len(small), twice, lines=found.placed)


def _written(line: Sequence[Glyph]) -> str:
    page = characters_of(line)
    return _Reader(page, np.zeros(len(page), bool), ()).written(range(len(page)))


class _Reader:
    """Reads parts of a page and remembers what it found. cuts: gutters. doubt: prose side by side that could not be ordered.

    page: its characters in the order of the file; a part is the places of some, in that order. is_table: those that stand for
    a table. rules: (x0, x1, y) of the ruling lines along the lines of text; between: (top, bottom, x) of those that may stand between tiers.
    """

    def __init__(
        self,
        page: Characters,
        is_table: NDArray[np.bool_],
        rules: Sequence[tuple[float, float, float]],
        step: float = STEP,
        between: Sequence[tuple[float, float, float]] = (),
    ) -> None:
        self.page, self.is_table, self.rules, self.step, self.between = page, is_table, rules, step, between
        self.x0, self.x1, self.middle, self.size = (
            edge.tolist() for edge in (page.x0, page.x1, page.middle, page.size)
        )
        self.cuts = self.parts = 0
        self.doubt = False
        self.placed: list[PlacedLine] = []
        self.boxes = Boxes(page.texts, self.x0, self.x1, self.middle, self.size)

    def read(self, part: IntArray, cut: _Cut | None, depth: int = 0) -> list[str]:
        """The lines of a part of the page, in reading order. cut: its own gutter."""
        page = self.page
        if cut is None:
            lines = self.lines(part)
            left = _left([self.x0[line[0]] for line in lines if not self.is_table[line[0]]])
            written = [self.indented(line, left) for line in lines]
            self.parts += 1
            for line, text in zip(lines, written, strict=True):
                self._place(line, text)
            return written
        self.cuts += 1
        above = part[page.middle[part] < cut.top]
        below = part[page.middle[part] > cut.bottom]
        inside = part[(cut.top <= page.middle[part]) & (page.middle[part] <= cut.bottom)]
        left, right = inside[page.center[inside] < cut.x], inside[page.center[inside] >= cut.x]
        if len(tail := self._drawn_below(left, right)):
            left, below = np.setdiff1d(left, tail), np.sort(np.concatenate((tail, below)))
        # A blank line keeps a heading over the columns, or a note below them, from being joined to their running text.
        heading, *columns, note = (
            self.read(one, self.gutter(one, depth + 1), depth + 1) for one in (above, left, right, below)
        )
        return [
            *heading,
            *([""] if heading else []),
            *(line for column in columns for line in column),
            *([""] if note else []),
            *note,
        ]

    def _drawn_below(self, left: IntArray, right: IntArray) -> IntArray:
        """What of the left column is a line below both, too short to cross the gutter: the file draws it when both are done."""
        if not len(right) or not len(left):
            return left[:0]
        page = self.page
        tail = left[(left > right.max()) & (page.middle[left] > page.bottom[right].max())]
        before = np.setdiff1d(left, tail)
        if not len(tail) or not len(before):
            return left[:0]
        in_turn = before.max() < right.min() and page.middle[before].max() < page.middle[tail].min()
        return tail if in_turn else left[:0]

    def gutter(self, part: IntArray, depth: int = 0) -> _Cut | None:
        """The gutter with most text beside it. It is a strip nearly as wide as a character that no character crosses within `top`..`bottom`."""
        items = part[self.page.solid[part]] if depth < MAX_DEPTH else part[:0]
        if len(items) < 2 * FEWEST_LINES * FEWEST_IN_LINE:
            return None
        if self.between and (cut := self._ruled_off(items)) is not None:
            return cut
        size = median(self.page.size[items].tolist())
        spans: list[tuple[int, float, float, float]] = []
        tried: set[tuple[float, float, int]] = set()
        for place, start, end, left, right in strips(self.page, items, size, self.step, FEWEST_LINES * FEWEST_IN_LINE):
            if (start, end, left) not in tried:  # the same strip, half a character further on
                tried.add((start, end, left))
                spans.append((left + right, place, start, end))
        middle = self.page.middle[items]
        for _, place, start, end in sorted(spans, reverse=True):
            inside = items[(start <= middle) & (middle <= end)]
            verdict = self._sides(inside, _Cut(place, start, end), size)
            if isinstance(verdict, _Cut):
                self.doubt = self.doubt or self._is_framed(inside)
                return verdict
            self.doubt = self.doubt or verdict == "doubt"
        return None

    def _sides(self, inside: IntArray, cut: _Cut, size: float) -> _Cut | str:
        """The cut (up to where it holds) when the characters on both sides are columns; else `table` or `doubt`."""
        page = self.page
        left, right = inside[page.x1[inside] <= cut.x], inside[page.x0[inside] >= cut.x]
        if min(len(left), len(right)) < FEWEST_LINES or self._overlap(left, right) < 0.5 or self._ruled(inside, cut):
            return "table"
        if any(page.which(_is_letter)[side].sum() / max(len(side), 1) < 0.5 for side in (left, right)):
            return "table"
        sides = [self.lines(left), self.lines(right)]
        if min(len(lines) for lines in sides) < FEWEST_LINES:
            return "table"
        if any(median(len(line) for line in lines) < FEWEST_IN_LINE for lines in sides):
            return "table"
        runs = self._side_runs(left, right)
        both = min(len(lines) for lines in sides)
        bands = _bands(runs)
        if bands is not None and len(bands) > 1 and len(runs) <= 2 * both:
            return _Cut(cut.x, cut.top, (bands[0][1] + bands[1][0]) / 2)
        if len(runs) <= max(2, FILE_ORDER * 2 * both):
            return cut
        # The file draws row by row (or anyhow): the text must show that its lines are those of columns.
        gap = page.x0[right].min() - page.x1[left].max()
        shown = [self._goes_on(lines) or self._is_list(lines) for lines in sides]
        if all(shown):
            return cut
        prose = [self._is_prose(side, lines) for side, lines in zip((left, right), sides, strict=True)]
        return "doubt" if all(prose) and (any(shown) or gap >= 1.5 * size) and both >= 4 else "table"

    def _is_framed(self, inside: IntArray) -> bool:
        """Whether lines shorter than the text run between parts of a tier: frames (an amended text before and after), read by nobody but a person."""
        top, bottom = float(self.page.top[inside].min()), float(self.page.bottom[inside].max())
        low, high = float(self.page.x0[inside].min()), float(self.page.x1[inside].max())
        return any(
            low < x < high and begin < bottom and end > top and end - begin < FRAME * (bottom - top)
            for begin, end, x in self.between
        )

    def _ruled_off(self, items: IntArray) -> _Cut | None:
        """The ruling line, as long as the text, that parts tiers, in whatever order the file draws them and whatever touches it."""
        page = self.page
        top, bottom = float(page.top[items].min()), float(page.bottom[items].max())
        for begin, end, x in self.between:
            if min(end, bottom) - max(begin, top) < RULED_OFF * (bottom - top):
                continue
            sides = items[page.center[items] < x], items[page.center[items] >= x]
            if all(len(side) >= FEWEST_LINES and len(self.lines(side)) >= FEWEST_LINES for side in sides):
                return _Cut(x, float("-inf"), float("inf"))
        return None

    def _overlap(self, left: IntArray, right: IntArray) -> float:
        """How much of the shorter side's height the other side stands beside."""
        top, bottom = self.page.top, self.page.bottom
        tops, bottoms = [top[side].min() for side in (left, right)], [bottom[side].max() for side in (left, right)]
        height = min(low - high for high, low in zip(tops, bottoms, strict=True))
        return (min(bottoms) - max(tops)) / height if height > 0 else 0.0

    def _ruled(self, inside: IntArray, cut: _Cut) -> bool:
        """Whether two ruling lines or more run across the gutter between the lines of text: rows of a table."""
        top, bottom = self.page.middle[inside].min(), self.page.middle[inside].max()
        places = {round(y) for x0, x1, y in self.rules if x0 < cut.x - 5 and x1 > cut.x + 5 and top < y < bottom}
        return len(places) >= 2

    def _side_runs(self, left: IntArray, right: IntArray) -> list[tuple[int, float, float]]:
        """Runs of the file's order on one side: (side, top, bottom)."""
        order = np.concatenate((left, right))
        ranks = np.argsort(order, kind="stable")
        side, middle = (ranks >= len(left)).astype(np.int64), self.page.middle[order[ranks]]
        begins = np.flatnonzero(np.diff(side, prepend=-1))
        ends = np.minimum.reduceat(middle, begins), np.maximum.reduceat(middle, begins)
        return list(zip(side[begins].tolist(), *(one.tolist() for one in ends), strict=True))

    def lines(self, part: IntArray) -> list[list[int]]:
        """Characters by line, from top to bottom, each from left to right."""
        middles, sizes = self.middle, self.size
        tables = set(listed(part[self.is_table[part]]))
        lines: list[list[int]] = []
        middle, size = float("-inf"), 0.0
        for place in listed(part[np.lexsort((self.page.x0[part], self.page.middle[part]))]):
            own = sizes[place]
            if place in tables:
                lines.append([place])
                middle = float("-inf")
            elif lines and abs(middles[place] - middle) <= 0.4 * (own if own > size else size):
                lines[-1].append(place)
            else:
                lines.append([place])
                middle = middles[place]
            size = own
        for line in lines:
            line.sort(key=self.x0.__getitem__)
        return parted(lines, self.boxes)

    def _place(self, line: Sequence[int], text: str) -> None:
        """Remember where a line of text stands."""
        if not self.is_table[line[0]] and (placed := self.boxes.line(text, self.parts, line)) is not None:
            self.placed.append(placed)

    def indented(self, line: Sequence[int], left: float) -> str:
        """A line's text behind a full-width space for every character that it is set in."""
        if self.is_table[line[0]]:
            return self.page.texts[line[0]]
        first = next((place for place in line if self.page.solid[place]), None)
        if first is None:
            return ""
        return "\u3000" * min(int((self.x0[first] - left) / self.size[first] + 0.3), 8) + self.written(line)

    def written(self, line: Sequence[int]) -> str:
        """A line's text; a blank where characters stand apart."""
        texts, x0, x1, sizes = self.page.texts, self.x0, self.x1, self.size
        pieces: list[str] = [texts[line[0]]]
        for last, place in pairwise(line):
            gap, size = x0[place] - x1[last], sizes[place]
            before, text = texts[last], texts[place]
            if gap > 0.25 * size:
                latin = before[-1:].isascii() and text[:1].isascii()
                if (latin or gap > 0.8 * size) and not (before.isspace() or text.isspace()):
                    pieces.append(" " if latin or gap > 1.5 * size else "\u3000")
            if len(pieces) < 3 and gap > NUMBER_APART * size and begins_item(pieces, text):
                pieces.append(" ")
            pieces.append(text)
        return "".join(pieces).strip()

    def _goes_on(self, lines: Sequence[Sequence[int]]) -> bool:
        """Whether lines are a text's: several begin as only the rest of a sentence does. Latin text: nearly all its lines are full."""
        texts = self.page.texts
        starts = sum(1 for line in lines[1:] if _REST.match(texts[line[0]]))
        if starts >= 2 and starts >= GOES_ON * (len(lines) - 1):
            return True
        latin = sum(1 for line in lines for place in line if texts[place].isascii() and texts[place].isalpha())
        if latin < 0.6 * sum(len(line) for line in lines) or median(len(line) for line in lines) < 16:
            return False
        wide = [self.x1[line[-1]] - self.x0[line[0]] for line in lines]
        low, high = min(self.x0[line[0]] for line in lines), max(self.x1[line[-1]] for line in lines)
        return sum(1 for width in wide if width >= 0.8 * (high - low)) >= 0.5 * len(lines)

    def _is_list(self, lines: Sequence[Sequence[int]]) -> bool:
        """Whether lines are a list: many begin with a mark."""
        marked = sum(1 for line in lines if _ITEM.match("".join(self.page.texts[place] for place in line[:4])))
        return marked >= 2 and marked >= 0.3 * len(lines)

    def _is_prose(self, side: IntArray, lines: Sequence[Sequence[int]]) -> bool:
        many = self.page.which(_is_hiragana)[side].sum() / max(len(side), 1) >= PROSE
        return bool(many) and median(len(line) for line in lines) >= 6


def _is_letter(text: str) -> bool:
    """Letters and kanji: columns of figures have few."""
    return _LETTER.match(text) is not None


def _is_hiragana(text: str) -> bool:
    """Prose has many."""
    return "\u3041" <= text[:1] <= "\u3096"


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


def _left(starts: Sequence[float]) -> float:
    """Where lines begin: the place furthest to the left at which several do (a head may stand further out)."""
    few = max(2, 0.08 * len(starts))
    return next(
        (x for x in sorted(starts) if sum(1 for other in starts if abs(other - x) < 3) >= few), min(starts, default=0.0)
    )
