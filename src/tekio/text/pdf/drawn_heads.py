"""Headings over the columns of a PDF page's table without ruling lines, told by the order in which the file draws them.

Programs draw a table cell by cell, from left to right and row by row. So the lines of a heading follow each other in the
file and those of its neighbours do not stand between them, and a heading over several columns is drawn before those below it.
Which columns a heading stands over is told by its middle. Where all headings of a table together leave one reading it is
theirs; where they leave none or several, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from tekio.text.pdf.drawn_cells import SAME, DrawnCell, cells_of, in_order
from tekio.text.pdf.headings import Line, Piece, cut_at, is_closed, unit_apart
from tekio.text.tables.grid import Cell, lay_out
from tekio.text.tables.table import understand
from tekio.text.tables.values import is_figure, is_nil, is_unit, is_unit_caption, plain

NEAR, FAR = 0.6, 1.4
"""In characters: a heading stands so near to the middle of its columns; another reading must be further than this from it."""
MOST_CELLS = 60
MOST_TRIED = 20_000
MOST_FOUND = 50
_TOTALS = frozenset(["計", "合計", "小計"])

Rows = list[list[tuple[str, int, int]]]


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
    cells = cells_of(parts, size)
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
                        parts.append(piece)
    return captions, in_order(parts)


def _is_heading(cell: DrawnCell) -> bool:
    text = cell.text
    return is_unit(text) or (
        not is_figure(text)
        and not is_nil(text)
        and is_closed(text)
        and any(map(str.isalnum, text))
        and "。" not in text
    )


def _pad(heads: Sequence[DrawnCell], columns: Sequence[tuple[float, float]], size: float) -> float | None:
    """How far right of its figures a column ends, as headings in the middle of one column show it."""
    shown: list[float] = []
    for cell in (cell for cell in heads if _unit_of(cell, columns, size) is None):
        for (_, before), (_, x1) in pairwise(columns):
            if before - 0.5 * size < cell.x0 and cell.x1 < x1 + 2.5 * size:
                shown.append(cell.center - (before + x1) / 2)
    if not shown:
        return None
    pad = median(shown)
    near = sum(1 for one in shown if abs(one - pad) < NEAR * size)
    return pad if -0.5 * size < pad < 2.5 * size and 2 * near > len(shown) else None


def _spans(
    cell: DrawnCell, columns: Sequence[tuple[float, float]], edges: Sequence[float], size: float
) -> Iterator[tuple[int, int]]:
    """The columns (first, last) that a cell may stand over. What begins at the first may begin anywhere left of its figures."""
    if (own := _unit_of(cell, columns, size)) is not None:
        yield own, own
        return
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


def _unit_of(cell: DrawnCell, columns: Sequence[tuple[float, float]], size: float) -> int | None:
    """The column whose figures a unit ends with."""
    if not is_unit(cell.text):
        return None
    return next((n for n, (_, x1) in enumerate(columns) if abs(cell.x1 - x1) < SAME * size), None)


def _solved(
    heads: Sequence[DrawnCell], columns: Sequence[tuple[float, float]], edges: Sequence[float], size: float
) -> list[tuple[int, int]] | None:
    """The columns of each heading where one choice only fits; None where none or several do."""
    found: list[tuple[float, list[tuple[int, int]]]] = []
    tried = 0

    def fits(cell: DrawnCell, span: tuple[int, int], chosen: Sequence[tuple[int, int]]) -> bool:
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
            if _is_whole(chosen, len(columns)) and (off := _off(heads, chosen, columns, edges, size)) < FAR * size:
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
    heads: Sequence[DrawnCell],
    chosen: Sequence[tuple[int, int]],
    columns: Sequence[tuple[float, float]],
    edges: Sequence[float],
    size: float,
) -> float:
    """How far the heading furthest from the middle of its columns is; those over the first show where that begins."""
    told = [(cell, span) for cell, span in zip(heads, chosen, strict=True) if _unit_of(cell, columns, size) is None]
    begins = [2 * cell.center - edges[last] for cell, (first, last) in told if not first]
    if not begins:
        return float("inf")
    begin = min(begins[-1], columns[0][0])  # the lowest is the first column's own
    return max(
        abs(((edges[first - 1] if first else begin) + edges[last]) / 2 - cell.center) for cell, (first, last) in told
    )


def _is_whole(chosen: Sequence[tuple[int, int]], width: int) -> bool:
    """Whether every column has a heading of its own, below all that stand over several."""
    for column in range(width):
        own = [span for span in chosen if span[0] <= column <= span[1]]
        if not own or own[-1][0] != own[-1][1]:
            return False
    return True


def _are_level(heads: Sequence[DrawnCell], spans: Sequence[tuple[int, int]], width: int, size: float) -> bool:
    """Whether columns below the same heading have their own around one height: else the higher may be over its neighbour, too."""
    groups: dict[tuple[int, ...], list[float]] = {}
    for column in range(width):
        own = [cell for cell, span in zip(heads, spans, strict=True) if span == (column, column)]
        own = [cell for cell in own if not is_unit(cell.text)] or own
        over = tuple(n for n, span in enumerate(spans) if span[0] < span[1] and span[0] <= column <= span[1])
        groups.setdefault(over, []).append((own[0].top + own[-1].bottom) / 2)
    return all(max(group) - min(group) < SAME * size for group in groups.values())


def _closed_by_total(
    heads: Sequence[DrawnCell], found: Sequence[list[tuple[int, int]]]
) -> list[tuple[int, int]] | None:
    """The one choice in which every heading in doubt ends with a total of its own columns: 株主資本 over 資本金 to 株主資本合計."""
    if not found:
        return None
    doubtful = [number for number in range(len(heads)) if len({choice[number] for choice in found}) > 1]
    kept = [choice for choice in found if all(_ends_with_total(heads, choice, number) for number in doubtful)]
    return kept[0] if len(kept) == 1 else None


def _ends_with_total(heads: Sequence[DrawnCell], choice: Sequence[tuple[int, int]], number: int) -> bool:
    first, last = choice[number]
    if first == last:
        return False
    own = {span[0]: plain(cell.text) for cell, span in zip(heads, choice, strict=True) if span[0] == span[1]}
    name = plain(heads[number].text)
    totals = {*_TOTALS, f"{name}計", f"{name}合計"}
    return own[last] in totals and not any(own[column] in totals for column in range(first, last))


def _written(heads: Sequence[DrawnCell], spans: Sequence[tuple[int, int]], corner: str, width: int) -> Rows | None:
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
