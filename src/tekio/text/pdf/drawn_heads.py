"""Headings over the columns of a PDF page's table without ruling lines, told by the order in which the file draws them.

Programs draw a table cell by cell, from left to right and row by row. So the lines of a heading follow each other in the
file and those of its neighbours do not stand between them, and a heading over several columns is drawn before those below it.
Which columns a heading stands over is told by its middle. Where all headings of a table together leave one reading it is
theirs; where they leave none or several, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from tekio.text.pdf.headings import Line, Piece, cut_at, is_closed, unit_apart
from tekio.text.pdf.tables import cell_text
from tekio.text.tables.grid import Cell, lay_out
from tekio.text.tables.table import understand
from tekio.text.tables.values import is_figure, is_nil, is_unit, is_unit_caption, plain

STEP = 1.7
"""Up to this, in characters, two lines of a cell stand apart."""
SAME = 0.35
"""Up to this, in characters, edges and middles of a cell's lines are the same."""
NEAR, FAR = 0.6, 1.4
"""In characters: a heading stands so near to the middle of its columns; another reading must be further than this from it."""
MOST_CELLS = 60
MOST_TRIED = 20_000
MOST_FOUND = 50
_TOTALS = frozenset(["計", "合計", "小計"])

Rows = list[list[tuple[str, int, int]]]


@dataclass
class _Head:
    """A cell of the head: its lines from above, the drawn row it stands in. spans: columns (first, last) that it may stand over."""

    lines: list[Piece]
    row: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @property
    def x0(self) -> float:
        return min(piece.x0 for piece in self.lines)

    @property
    def x1(self) -> float:
        return max(piece.x1 for piece in self.lines)

    @property
    def center(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def top(self) -> float:
        return self.lines[0].glyphs[0].middle

    @property
    def bottom(self) -> float:
        return self.lines[-1].glyphs[0].middle

    @property
    def text(self) -> str:
        return cell_text([list(piece.glyphs) for piece in self.lines])


def drawn_headings(
    lines: Sequence[Line], columns: Sequence[tuple[float, float]], size: float, body: int, left: float
) -> Rows | None:
    """Rows of headings as wide as the table, or None where the file does not draw them cell by cell or they leave a doubt.

    lines: those above the figures. columns: left and right edges of the figures of each. body: place of the first character of
    the rows. left: where the rows begin.
    """
    if len(columns) < 2:
        return None
    edges = [x1 + 0.4 * size for _, x1 in columns]
    usual = median([b - a for a, b in pairwise(edges)])
    captions, parts = _parts(lines, edges, size)
    if not parts or len(parts) > MOST_CELLS or max(part.places[-1] for part in parts) > body:
        return None
    cells = _cells(parts, size)
    stub_edge = max(edges[0] - usual, left + size)
    stub = [cell for cell in cells if cell.x1 < stub_edge + 0.5 * size]
    heads = [cell for cell in cells if cell.x1 >= stub_edge + 0.5 * size]
    if not heads or any(cell.x0 < left + size for cell in heads) or not all(map(_is_heading, heads)):
        return None
    pad = _pad(heads, columns, size)
    if pad is None:
        return None
    edges = [x1 + pad for _, x1 in columns]
    for cell in heads:
        cell.spans = list(_spans(cell, columns, edges, size))
        if not cell.spans:
            return None
    found = _solved(heads, columns, edges, size)
    if found is None:
        return None
    bottom = max(cell.bottom for cell in heads)
    first = [[(cell.text, len(columns) + 1, 1)] for cell in stub if cell.top > bottom + SAME * size]
    corner = " ".join(cell.text for cell in stub if cell.top <= bottom + SAME * size)
    level = _are_level(heads, found, len(columns), size)
    written = _written(heads, found, corner, len(columns)) if level else None
    return None if written is None else [*captions, *written, *first]


def is_understood(head: Rows, body: Rows) -> bool:
    """Whether the table model reads every heading of a head as it was told, and no row of the body as one."""
    grid = lay_out([[Cell(text, width, height) for text, width, height in row] for row in (*head, *body)])
    read = understand(grid)
    if read.grid.width != grid.width:
        return False
    for column in range(1, grid.width):
        own = [
            cell for line in grid.slots[: len(head)] if (cell := line[column]) is not None and cell.width < grid.width
        ]
        if any(cell.line not in read.headings[column] for cell in own):
            return False
    return read.body - read.first <= len(head)


def _parts(lines: Sequence[Line], edges: Sequence[float], size: float) -> tuple[Rows, list[Piece]]:
    """(units of the table as rows, the pieces of the headings in the order of the file), cut where others are drawn between them."""
    order = {
        place: number
        for number, place in enumerate(sorted(at for line in lines for p in line.pieces for at in p.places))
    }
    captions: Rows = []
    parts: list[Piece] = []
    for line in lines:
        for whole in line.pieces:
            for told in unit_apart(whole):
                for piece in cut_at(told, edges, size):
                    alone = line is lines[0] and len(line.pieces) == 1
                    if is_unit_caption(piece.text) and (alone or "単" in piece.text):
                        captions.append([(piece.text, len(edges) + 1, 1)])
                    else:
                        parts += _by_order(piece, order)
    return captions, sorted(parts, key=lambda piece: piece.places[0])


def _by_order(piece: Piece, order: dict[int, int]) -> Iterator[Piece]:
    """A piece of a line cut where the file draws something else in between."""
    cuts = [at for at in range(1, len(piece.places)) if order[piece.places[at]] != order[piece.places[at - 1]] + 1]
    for a, b in pairwise([0, *cuts, len(piece.places)]):
        yield Piece(piece.glyphs[a:b], piece.places[a:b])


def _cells(parts: Sequence[Piece], size: float) -> list[_Head]:
    """The cells that the file draws one after the other, each with the row of the head it stands in."""
    cells: list[_Head] = []
    for piece in parts:
        if cells and _goes_on(cells[-1].lines, piece, size):
            cells[-1].lines.append(piece)
        else:
            row = cells[-1].row + (piece.center < cells[-1].center) if cells else 0
            cells.append(_Head([piece], row))
    return cells


def _goes_on(lines: Sequence[Piece], piece: Piece, size: float) -> bool:
    """Whether a piece is the next line of a cell: right below it, and set as its lines are."""
    before = lines[-1]
    step = piece.glyphs[0].middle - before.glyphs[0].middle
    if not 0.5 * size < step < STEP * size or piece.x0 >= before.x1 or piece.x1 <= before.x0:
        return False
    return (
        abs(piece.center - before.center) < SAME * size
        or abs(piece.x0 - before.x0) < SAME * size
        or abs(piece.x1 - before.x1) < SAME * size
    )


def _is_heading(cell: _Head) -> bool:
    text = cell.text
    return is_unit(text) or (
        not is_figure(text)
        and not is_nil(text)
        and is_closed(text)
        and any(map(str.isalnum, text))
        and "。" not in text
    )


def _pad(heads: Sequence[_Head], columns: Sequence[tuple[float, float]], size: float) -> float | None:
    """How far right of its figures a column ends, as headings in the middle of one column show it."""
    shown: list[float] = []
    for cell in heads:
        under = [n for n, (x0, x1) in enumerate(columns) if cell.x0 < x1 and cell.x1 > x0]
        if len(under) == 1 and under[0]:
            before, (_, x1) = columns[under[0] - 1][1], columns[under[0]]
            shown.append(cell.center - (before + x1) / 2)
    if not shown:
        return None
    pad = median(shown)
    near = sum(1 for one in shown if abs(one - pad) < NEAR * size)
    return pad if -0.5 * size < pad < 2.5 * size and 2 * near > len(shown) else None


def _spans(
    cell: _Head, columns: Sequence[tuple[float, float]], edges: Sequence[float], size: float
) -> Iterator[tuple[int, int]]:
    """The columns (first, last) that a cell may stand over. What begins at the first may begin anywhere left of its figures."""
    for first in range(len(columns)):
        for last in range(first, len(columns)):
            if cell.x1 > edges[last] + size:
                continue
            if first:
                off = abs((edges[first - 1] + edges[last]) / 2 - cell.center)
                if off < FAR * size and cell.x0 > edges[first - 1] - size:
                    yield first, last
            else:
                begin = 2 * cell.center - edges[last]
                if edges[0] - 2.5 * (edges[-1] - edges[0]) < begin < columns[0][0] + 2 * FAR * size:
                    yield first, last


def _solved(
    heads: Sequence[_Head], columns: Sequence[tuple[float, float]], edges: Sequence[float], size: float
) -> list[tuple[int, int]] | None:
    """The columns of each heading where one choice only fits; None where none or several do."""
    found: list[tuple[float, list[tuple[int, int]]]] = []
    tried = 0

    def fits(cell: _Head, span: tuple[int, int], chosen: Sequence[tuple[int, int]]) -> bool:
        for other, taken in zip(heads, chosen, strict=False):
            if taken[1] < span[0]:
                continue
            if taken[0] > span[1]:
                if other.row == cell.row:
                    return False  # drawn before it, from left to right
                continue
            # Both stand over one column: the later is below, and over no other columns.
            inside = taken[0] <= span[0] and span[1] <= taken[1]
            if other.row == cell.row or not inside or other.bottom > cell.top - 0.5 * size:
                return False
        return True

    def search(chosen: list[tuple[int, int]]) -> None:
        nonlocal tried
        tried += 1
        if tried > MOST_TRIED or len(found) > MOST_FOUND:
            return
        if len(chosen) == len(heads):
            if _is_whole(chosen, len(columns)) and (off := _off(heads, chosen, columns, edges)) < FAR * size:
                found.append((off, list(chosen)))
            return
        cell = heads[len(chosen)]
        for span in cell.spans:
            if fits(cell, span, chosen):
                search([*chosen, span])

    search([])
    if not found or tried > MOST_TRIED or len(found) > MOST_FOUND:
        return None
    found.sort()
    best, choice = found[0]
    if best > NEAR * size:
        return None
    near = [other for off, other in found if off < best + (FAR - NEAR) * size]
    return choice if len(near) == 1 else _closed_by_total(heads, near)


def _off(
    heads: Sequence[_Head],
    chosen: Sequence[tuple[int, int]],
    columns: Sequence[tuple[float, float]],
    edges: Sequence[float],
) -> float:
    """How far the heading furthest from the middle of its columns is; those over the first show where that begins."""
    begins = [2 * cell.center - edges[last] for cell, (first, last) in zip(heads, chosen, strict=True) if not first]
    begin = min(begins[-1], columns[0][0])  # the lowest is the first column's own
    return max(
        abs(((edges[first - 1] if first else begin) + edges[last]) / 2 - cell.center)
        for cell, (first, last) in zip(heads, chosen, strict=True)
    )


def _is_whole(chosen: Sequence[tuple[int, int]], width: int) -> bool:
    """Whether every column has a heading of its own, below all that stand over several."""
    for column in range(width):
        own = [span for span in chosen if span[0] <= column <= span[1]]
        if not own or own[-1][0] != own[-1][1]:
            return False
    return True


def _are_level(heads: Sequence[_Head], spans: Sequence[tuple[int, int]], width: int, size: float) -> bool:
    """Whether columns below the same heading have their own around one height: else the higher may be over its neighbour, too."""
    groups: dict[tuple[int, ...], list[float]] = {}
    for column in range(width):
        own = [cell for cell, span in zip(heads, spans, strict=True) if span == (column, column)]
        over = tuple(n for n, span in enumerate(spans) if span[0] < span[1] and span[0] <= column <= span[1])
        groups.setdefault(over, []).append((own[0].top + own[-1].bottom) / 2)
    return all(max(group) - min(group) < SAME * size for group in groups.values())


def _closed_by_total(heads: Sequence[_Head], found: Sequence[list[tuple[int, int]]]) -> list[tuple[int, int]] | None:
    """The one choice in which every heading in doubt ends with a total of its own columns: 株主資本 over 資本金 to 株主資本合計."""
    if not found:
        return None
    doubtful = [number for number in range(len(heads)) if len({choice[number] for choice in found}) > 1]
    kept = [choice for choice in found if all(_ends_with_total(heads, choice, number) for number in doubtful)]
    return kept[0] if len(kept) == 1 else None


def _ends_with_total(heads: Sequence[_Head], choice: Sequence[tuple[int, int]], number: int) -> bool:
    first, last = choice[number]
    if first == last:
        return False
    own = {span[0]: plain(cell.text) for cell, span in zip(heads, choice, strict=True) if span[0] == span[1]}
    name = plain(heads[number].text)
    totals = {*_TOTALS, f"{name}計", f"{name}合計"}
    return own[last] in totals and not any(own[column] in totals for column in range(first, last))


def _written(heads: Sequence[_Head], spans: Sequence[tuple[int, int]], corner: str, width: int) -> Rows | None:
    """Rows of cells for the headings: those over several columns by level, each column's own below. None: one is a unit only."""
    over = [(cell, span) for cell, span in zip(heads, spans, strict=True) if span[0] < span[1]]
    depths = [sum(1 for _, span in over if span[0] <= column <= span[1]) for column in range(width)]
    high = max(depths) + 1
    rows: list[dict[int, tuple[str, int, int]]] = [{0: (corner, 1, high)}, *({} for _ in range(high - 1))]
    for number, (cell, (first, last)) in enumerate(over):
        depth = sum(1 for _, span in over[:number] if span[0] <= first and last <= span[1])
        rows[depth][first + 1] = (cell.text, last - first + 1, 1)
    for column, depth in enumerate(depths):
        own = [cell.text for cell, span in zip(heads, spans, strict=True) if span == (column, column)]
        if not depth and all(map(is_unit, own)):
            return None
        rows[depth][column + 1] = (" ".join(own), 1, high - depth)
    return [[row[column] for column in sorted(row)] for row in rows]
