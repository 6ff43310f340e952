"""Tables on a PDF page as grids: those with ruling lines, whose cells pdfplumber finds.

A cell's lines are joined where they were wrapped; figures below each other stay apart. Where ruling lines part the columns
and not the rows, as in many Japanese statements, a row of cells is cut at the lines of text that its columns have in common.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from statistics import median

import numpy as np

from tekio.text.pdf.characters import Characters, Glyph, IntArray, by_line, characters_of, lines_of, listed, texts_of
from tekio.text.tables.grid import Cell, Grid, lay_out

NEAR = 3.0
"""Points within which two edges are one."""
LONGEST_NUMBER = 12
"""Characters of a page's number at most: 12 / 34ページ."""
MARGIN = 6.0
"""Points of a cell beside its words at most: where there are more, they stand in its middle or at its right."""
SAME_LINE = 0.35
"""Sizes by which characters of one line of a row may stand apart in height."""
TOUCH = 0.12
"""Sizes by which characters of one word may stand apart."""
MARK = "\ue0f0{}\ue0f1"
"""Stands for a table in a page's text; characters for private use, which no text that is taken holds many of."""
_FIGURE = re.compile(r"[△▲\-－(（]?[0-9０-９][0-9０-９,，.．]*[)）%％]?$|[-－―—]$")
_BRACKETED = re.compile(r"[(（][△▲\-－]?[0-9０-９][0-9０-９,，.．]*[)）]")
_CJK = re.compile("[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PageTable:
    """A table's place on the page (x0, top, x1, bottom) and its rows of cells: (text, columns, rows that it spans).

    plain: its columns have no sure headings; it is written as rows of cells. drawn: its text as the file has it, where its
    rows take together what stands on several lines.
    """

    box: Box
    rows: list[list[tuple[str, int, int]]]
    plain: bool = False
    drawn: str = ""
    edges: tuple[float, ...] = ()
    """Where its ruled columns begin and end, from the left."""
    rights: tuple[float, ...] = ()
    """Where its columns of figures end, where no lines part them and each of its rows is one."""
    full: tuple[int, ...] = ()
    """The ruled columns in whose last cell no further character has room: on the next page the row may go on."""

    def grid(self) -> Grid:
        """As the table model takes it."""
        return lay_out([[Cell(text, width, height) for text, width, height in row] for row in self.rows])

    @property
    def text(self) -> str:
        """Its cells in reading order, a row on a line; that of the file where it tells more."""
        return self.drawn or "\n".join(
            " ".join(text.replace("\n", " ") for text, _, _ in row if text) for row in self.rows
        )


@dataclass
class _Cell:
    row: int
    column: int
    height: int
    width: int
    lines: list[list[Glyph]]
    drawn: list[tuple[int, Glyph]]  # its characters in the order of the file
    top: float = 0.0


def ruled_tables(cells_of_tables: Sequence[Sequence[Box]], glyphs: Sequence[Glyph]) -> tuple[list[PageTable], set[int]]:
    """Tables with at least two columns of text, and the places of the characters in them; one row needs figures behind a label.

    Such a row must be the only one of the page: of several, rows that are shaded in turn, the rows between them are the table's, too.

    cells_of_tables: for every table the boxes (x0, top, x1, bottom) of its cells.
    """
    tables: list[PageTable] = []
    taken: set[int] = set()
    page = characters_of(glyphs)
    alone: list[tuple[int, list[int]]] = []  # tables of one row and the places in them
    for boxes in cells_of_tables:
        box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
        if len(boxes) < 2:
            continue
        inside = [(place, glyph) for place, glyph in _inside(page, box) if place not in taken]
        cells = _cells(boxes, inside)
        filled = [cell for cell in cells if cell.lines]
        if len({cell.column for cell in filled}) < 2:
            continue
        one_row = len({cell.row for cell in filled}) < 2 and not any(len(cell.lines) > 1 for cell in filled)
        if one_row and not _is_row_of_figures(filled):
            continue
        cells = _split(_parted(cells))
        rows = _rows(cells)
        if len(rows) < 2 and not one_row:
            continue
        edges = tuple(edges_near([x for cell in boxes for x in (cell[0], cell[2])]))
        if one_row:
            alone.append((len(tables), [place for place, _ in inside]))
        tables.append(PageTable(box, rows, edges=edges, full=_full_at_end(cells, edges)))
        taken.update(place for place, _ in inside)
    if len(alone) > 1:
        shaded = {number for number, _ in alone}
        tables = [table for number, table in enumerate(tables) if number not in shaded]
        taken -= {place for _, places in alone for place in places}
    return tables, taken


def _full_at_end(cells: Sequence[_Cell], edges: Sequence[float]) -> tuple[int, ...]:
    """The columns in whose cell at a table's end no further character has room; a margin is as wide on the right as on the left."""
    high = max(cell.row + cell.height for cell in cells)
    full: list[int] = []
    for cell in cells:
        right = cell.column + cell.width
        if not cell.lines or cell.row + cell.height < high or right >= len(edges):
            continue
        margin = min(min(line[0].x0 for line in cell.lines) - edges[cell.column], MARGIN)
        if cell.lines[-1][-1].x1 + cell.lines[-1][-1].size > edges[right] - margin:
            full.append(cell.column)
    return tuple(sorted(full))


def _inside(page: Characters, box: Box) -> list[tuple[int, Glyph]]:
    """The characters whose middles lie in a box, with their places."""
    within = (page.center >= box[0]) & (page.center <= box[2]) & (page.middle >= box[1]) & (page.middle <= box[3])
    return [(place, page.glyphs[place]) for place in listed(np.flatnonzero(within))]


def head_at_end(cells_of_tables: Sequence[Sequence[Box]], glyphs: Sequence[Glyph]) -> PageTable | None:
    """A ruled row of words with nothing below it but a page's number: perhaps the head of a table on the next page."""
    none: Sequence[Box] = []
    boxes = max(cells_of_tables, key=lambda boxes: max(box[3] for box in boxes), default=none)
    if len(boxes) < 2:
        return None
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    page = characters_of(glyphs)
    under = page.at(np.flatnonzero(page.middle > box[3]))
    below = texts_of(under, lines_of(under))
    if len(below) > 1 or any(len(text) > LONGEST_NUMBER for text in below):
        return None
    inside = _inside(page, box)
    cells = _cells(boxes, inside)
    filled = [cell for cell in cells if cell.lines]
    if len(filled) < 2 or len({cell.row for cell in filled}) > 1:
        return None
    if any(_FIGURE.match(line_text(line)) for cell in filled for line in cell.lines):
        return None
    return PageTable(box, _rows(cells), edges=tuple(edges_near([x for cell in boxes for x in (cell[0], cell[2])])))


def _is_row_of_figures(cells: Sequence[_Cell]) -> bool:
    """Whether a row that stands alone, the rest of a table on the next page, holds a label and figures only."""
    first, *others = (line_text(cell.lines[0]) for cell in sorted(cells, key=attrgetter("column")))
    return not _FIGURE.match(first) and all(map(_FIGURE.match, others))


def _cells(boxes: Sequence[Box], glyphs: Sequence[tuple[int, Glyph]]) -> list[_Cell]:
    across = edges_near([x for box in boxes for x in (box[0], box[2])])
    down = edges_near([y for box in boxes for y in (box[1], box[3])])
    inside: dict[int, list[tuple[int, Glyph]]] = {}
    rows: dict[tuple[float, float], list[tuple[int, float, float]]] = {}
    for number, (x0, top, x1, bottom) in enumerate(boxes):
        rows.setdefault((top, bottom), []).append((number, x0, x1))
    owner = np.full(len(glyphs), len(boxes))  # the first cell that a character stands in
    center, middle = np.array([(glyph.center, glyph.middle) for _, glyph in glyphs]).reshape(-1, 2).T
    for (top, bottom), row in rows.items():
        beside = np.flatnonzero((top <= middle) & (middle <= bottom))
        x = center[beside]
        for number, x0, x1 in row if len(beside) else ():
            own = beside[(x0 <= x) & (x <= x1)]
            owner[own] = np.minimum(owner[own], number)
    for entry, number in zip(glyphs, _with_ends(glyphs, owner), strict=True):
        if number < len(boxes):
            inside.setdefault(number, []).append(entry)
    cells: list[_Cell] = []
    for number, box in enumerate(boxes):
        column, row = _edge(across, box[0]), _edge(down, box[1])
        width, height = max(_edge(across, box[2]) - column, 1), max(_edge(down, box[3]) - row, 1)
        drawn = inside.get(number, [])
        cells.append(_Cell(row, column, height, width, text_lines([glyph for _, glyph in drawn]), drawn, box[1]))
    return cells


def _with_ends(glyphs: Sequence[tuple[int, Glyph]], owners: IntArray) -> list[int]:
    """The cells that characters belong to, words that run over their cell's edge and below the next cell's words whole: so programs
    for tables print what has no room.
    """
    owner = listed(owners)
    for begin in listed(np.flatnonzero(np.diff(owners)) + 1):
        if not _touch(glyphs[begin - 1], glyphs[begin]):
            continue
        end = begin + 1
        while end < len(owner) and owner[end] == owner[begin] and _touch(glyphs[end - 1], glyphs[end]):
            end += 1
        if end < len(owner) and _covers(glyphs[end][1], glyphs[end - 1][1]):
            owner[begin:end] = [owner[begin - 1]] * (end - begin)
    return owner


def _touch(one: tuple[int, Glyph], other: tuple[int, Glyph]) -> bool:
    """Whether the file draws one character right behind another."""
    (place, before), (place_after, after) = one, other
    near = TOUCH * after.size
    return (
        place_after == place + 1
        and abs(after.x0 - before.x1) <= near
        and abs(after.middle - before.middle) <= near
        and abs(after.size - before.size) <= near
    )


def _covers(following: Glyph, last: Glyph) -> bool:
    """Whether what is drawn next begins over the character drawn before."""
    return (
        abs(following.middle - last.middle) < 0.5 * last.size and last.x0 < following.x0 < last.x1 - TOUCH * last.size
    )


def edges_near(values: Sequence[float]) -> list[float]:
    """Places of edges, those near to each other as one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > NEAR:
            edges.append(value)
    return edges


def _edge(edges: Sequence[float], value: float) -> int:
    distances = [abs(edge - value) for edge in edges]
    return distances.index(min(distances))


def text_lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters by line, from top to bottom, each from left to right; no blanks at their ends."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=by_line):
        if lines and abs(glyph.middle - lines[-1][0].middle) <= 0.45 * max(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    ordered = [sorted(line, key=attrgetter("x0")) for line in lines]
    return [line for line in ordered if any(glyph.text.strip() for glyph in line)]


def line_text(line: Sequence[Glyph]) -> str:
    """The text of a line; a blank where characters stand apart."""
    pieces: list[str] = []
    for place, glyph in enumerate(line):
        if place:
            before = line[place - 1]
            gap = glyph.x0 - before.x1
            latin = before.text[-1:].isascii() and glyph.text[:1].isascii()
            if gap > (0.25 if latin else 1.2) * glyph.size and not (before.text.isspace() or glyph.text.isspace()):
                pieces.append(" ")
        pieces.append(glyph.text)
    return "".join(pieces).strip()


def _parted(cells: list[_Cell]) -> list[_Cell]:
    """The cells, those over several ruled rows with a line of figures beside each of them parted: not every column is ruled."""
    tops: dict[int, float] = {}
    for cell in cells:
        tops[cell.row] = min(tops.get(cell.row, cell.top), cell.top)
    result: list[_Cell] = []
    for cell in cells:
        rows = [row for row in range(cell.row, cell.row + cell.height) if row in tops]
        beside = [other for other in cells if other.height == 1 and other.row in rows and other.lines]
        if cell.height == 1 or len(cell.lines) < 2 or len({other.row for other in beside}) < len(rows):
            result.append(cell)
            continue
        numbers = [bisect_right([tops[row] for row in rows], line[0].middle) - 1 for line in cell.lines]
        figures = sum(1 for line in cell.lines if _FIGURE.match(line_text(line)))
        every = len(set(numbers)) == len(rows) and (
            figures >= 0.7 * len(cell.lines)
            or ((len(rows) > 2 or len(cell.lines) > 3) and _on_their_lines(cell, rows, numbers, beside))
        )
        if not every:
            result.append(cell)
            continue
        for number, row in enumerate(rows):
            lines = [line for line, place in zip(cell.lines, numbers, strict=True) if max(place, 0) == number]
            inside = {id(glyph) for line in lines for glyph in line}
            drawn = [entry for entry in cell.drawn if id(entry[1]) in inside]
            result.append(_Cell(row, cell.column, 1, cell.width, lines, drawn, tops[row]))
    return result


def _on_their_lines(cell: _Cell, rows: Sequence[int], numbers: Sequence[int], beside: Sequence[_Cell]) -> bool:
    """Whether a cell's words stand on the lines of the rows beside it: the lines of a wrapped label drift from them."""
    for number, row in enumerate(rows):
        middle = cell.lines[list(numbers).index(number)][0].middle
        near = [abs(other.lines[0][0].middle - middle) for other in beside if other.row == row]
        if min(near) > SAME_LINE * cell.lines[0][0].size:
            return False
    return True


def _split(cells: list[_Cell]) -> list[_Cell]:
    """The cells, rows of several lines in most columns cut into rows."""
    result: list[_Cell] = []
    shift = 0
    rows: dict[int, list[_Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    for row, here in sorted(rows.items()):
        starts = _drawn_rows(here) or _common_lines(here)
        for cell in here:
            cell.row += shift
        if len(starts) < 2:
            result += here
            continue
        for cell in here:
            if cell.height > 1 or _is_over_rows(cell, here):
                cell.height += len(starts) - 1
                result.append(cell)
                continue
            lines: list[list[list[Glyph]]] = [[] for _ in starts]
            for line in cell.lines:
                lines[max(0, bisect_right(starts, line[0].middle) - 1)].append(line)
            result += [
                _Cell(cell.row + number, cell.column, 1, cell.width, part, []) for number, part in enumerate(lines)
            ]
        # Cells from rows above that reach into this one grow with it.
        for cell in result:
            if cell.row < row + shift < cell.row + cell.height and cell not in here:
                cell.height += len(starts) - 1
        shift += len(starts) - 1
    return result


def _is_over_rows(cell: _Cell, here: Sequence[_Cell]) -> bool:
    """Whether a cell left of the others is a heading of all rows that share its ruled row: one or two words in the first column."""
    first = cell.column == min(other.column for other in here)
    most = max(len(other.lines) for other in here)
    return first and len(cell.lines) * 3 <= most and sum(len(other.lines) >= most / 2 for other in here) >= 2


def _drawn_rows(cells: Sequence[_Cell]) -> list[float]:
    """Where the rows begin that the file draws one after the other, each from left to right; empty when it does not."""
    drawn = sorted((place, cell.column, glyph) for cell in cells if cell.height == 1 for place, glyph in cell.drawn if glyph.text.strip())  # fmt: skip
    rows: list[list[tuple[int, Glyph]]] = []
    for _, column, glyph in drawn:
        if not rows or column < rows[-1][-1][0]:
            rows.append([])
        rows[-1].append((column, glyph))
    if len(rows) < 2 or sum(1 for row in rows if len({column for column, _ in row}) > 1) < 0.7 * len(rows):
        return []
    spans = [(min(glyph.middle for _, glyph in row), max(glyph.middle for _, glyph in row)) for row in rows]
    if any(after[0] <= before[1] for before, after in pairwise(spans)):
        return []
    return [float("-inf"), *((before[1] + after[0]) / 2 for before, after in pairwise(spans))]


def _common_lines(cells: Sequence[_Cell]) -> list[float]:
    """Where the lines of text begin that the cells of a row have in common; empty when the row is one row.

    Two columns of several figures at least must have them: a wrapped label beside one figure is one row.
    """
    several = [cell for cell in cells if cell.height == 1 and len(cell.lines) > 1]
    figures = [
        cell
        for cell in several
        if sum(1 for line in cell.lines if _FIGURE.match(line_text(line))) >= 0.7 * len(cell.lines)
    ]
    if len(several) < 2 or not figures or _is_one_row(cells, figures):
        return []
    size = median(glyph.size for cell in several for line in cell.lines for glyph in line)
    places: list[float] = []
    for middle in sorted(line[0].middle for cell in several for line in cell.lines):
        if not places or middle - places[-1] > 0.5 * size:
            places.append(middle)
    shared = Counter(_edge(places, line[0].middle) for cell in several for line in cell.lines)
    first = min(cell.column for cell in cells)
    alone = [cell.lines[0] for cell in cells if len(cell.lines) == 1 and cell.column != first]
    if any(min(abs(line[0].middle - place) for place in places) > 0.3 * size for line in alone):
        return []  # a cell stands in the middle of the others' lines: they are one row's
    if sum(1 for number in range(len(places)) if shared[number] >= 2) < 0.6 * len(places):
        return []
    return [float("-inf"), *((before + after) / 2 for before, after in pairwise(places))]


def _is_one_row(cells: Sequence[_Cell], figures: Sequence[_Cell]) -> bool:
    """Whether cells of several figures are one row's: what stands below the first is in brackets (of which), or the words before
    the first figures are one line and more cells hold one figure.
    """
    lines = [[line_text(line) for line in cell.lines] for cell in figures]
    if all(_BRACKETED.fullmatch(text) for own in lines for text in own[1:]) and not any(
        _BRACKETED.fullmatch(own[0]) for own in lines
    ):
        return True
    ordered = sorted((cell for cell in cells if cell.lines), key=lambda cell: cell.column)
    amounts = [cell for cell in ordered if all(_FIGURE.match(line_text(line)) for line in cell.lines)]
    words = [cell for cell in ordered if amounts and cell.column < amounts[0].column and cell not in figures]
    single = sum(1 for cell in amounts if len(cell.lines) == 1)
    return bool(words) and len(words[-1].lines) == 1 and single > len(figures)


def _rows(cells: Sequence[_Cell]) -> list[list[tuple[str, int, int]]]:
    """Rows of cells, as a source of `tekio.text.tables.grid` gives them; slots without a cell are empty ones."""
    high = max(cell.row + cell.height for cell in cells)
    wide = max(cell.column + cell.width for cell in cells)
    covered: set[tuple[int, int]] = set()
    starts: dict[tuple[int, int], _Cell] = {}
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        slots = {(row, column) for row in range(cell.row, cell.row + cell.height) for column in range(cell.column, cell.column + cell.width)}  # fmt: skip
        if slots & covered:
            continue
        covered |= slots
        starts[cell.row, cell.column] = cell
    rows: list[list[tuple[str, int, int]]] = []
    for row in range(high):
        line: list[tuple[str, int, int]] = []
        for column in range(wide):
            cell = starts.get((row, column))
            if cell is not None:
                line.append((cell_text(cell.lines), cell.width, cell.height))
            elif (row, column) not in covered:
                line.append(("", 1, 1))
        rows.append(line)
    return rows


def cell_text(lines: Sequence[Sequence[Glyph]]) -> str:
    """The lines of a cell, wrapped ones joined: Japanese without a blank, Latin with one, figures not at all."""
    texts = [line_text(line) for line in lines]
    if not texts:
        return ""
    result = texts[0]
    for before, text in pairwise(texts):
        if _FIGURE.match(text) or _FIGURE.match(before):
            result += "\n" + text
        else:
            result = unwrapped(result, text)
    return result


def unwrapped(before: str, after: str) -> str:
    """The words of two lines of a cell: Japanese without a blank between them, Latin with one."""
    return before + after if _CJK.match(before[-1:]) or _CJK.match(after[:1]) else f"{before} {after}"
