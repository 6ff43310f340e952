"""Rows of a PDF page's table without ruling lines, told by the order in which the file draws its cells.

The lines of a label over several lines follow each other in the file, and a label beside several rows is drawn with the first
of them. Of how many rows it is, its middle says, which is theirs. Where one row leaves a doubt, nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from tekio.text.pdf.drawn_cells import DrawnCell, cells_of, in_order
from tekio.text.pdf.headings import Line, Piece, is_closed

Cells = list[list[tuple[str, int, int]]]
"""Rows of cells: (text, columns, rows that it spans)."""
SAME_LINE = 0.35
"""Up to this, in characters, two middles are one."""
OFF = 0.3
"""Up to this, of the distance of two rows, the middle of a label beside several rows is off theirs."""


@dataclass
class DrawnRow:
    """A row: the label beside it and perhaps others (`outer`, with how many rows that is of), its own, its figures by column."""

    label: DrawnCell
    middle: float
    figures: dict[int, list[Piece]] = field(default_factory=dict[int, list[Piece]])
    outer: DrawnCell | None = None
    height: int = 1


def drawn_rows(body: Sequence[Line], columns: Sequence[tuple[float, float]], size: float) -> list[DrawnRow] | None:
    """The rows of the body of a table, or None where the file does not draw them cell by cell or one is in doubt."""
    rows: list[DrawnRow] = []
    words = [piece for line in body for piece in line.pieces[: len(line.pieces) - len(line.amounts)]]
    figures = [piece for line in body for piece in line.amounts]
    pitch = min((b.middle - a.middle for a, b in pairwise(line for line in body if line.amounts)), default=0.0)
    drawn: list[list[DrawnCell]] = []
    for cell in _cells([*words, *figures], size, pitch):
        if not drawn or cell.center < drawn[-1][-1].center or cell.x0 < drawn[-1][-1].x1 - SAME_LINE * size:
            drawn.append([])
        drawn[-1].append(cell)
    for cells in drawn:
        row = _row(cells, columns, size)
        if row is None:
            return None
        rows.append(row)
    if any(after.middle - before.middle < 0.5 * size for before, after in pairwise(rows)):
        return None
    return rows if sum(1 for row in rows if row.figures) > 1 and _grouped(rows, size) else None


def _cells(pieces: Sequence[Piece], size: float, pitch: float) -> list[DrawnCell]:
    """The cells in the order of the file; each figure is one."""
    cells: list[DrawnCell] = []
    run: list[Piece] = []
    for piece in in_order(pieces):
        if piece.is_amount:
            cells += [*cells_of(run, size, pitch=pitch), DrawnCell([piece])]
            run = []
        else:
            run.append(piece)
    return [*cells, *cells_of(run, size, pitch=pitch)]


def _row(cells: Sequence[DrawnCell], columns: Sequence[tuple[float, float]], size: float) -> DrawnRow | None:
    """The row of the cells that are drawn from left to right; None where they are not the cells of one."""
    amounts = [cell for cell in cells if cell.lines[0].is_amount]
    labels = _joined([cell for cell in cells if not cell.lines[0].is_amount], size)
    if (
        not 0 < len(labels) < 3
        or cells[len(cells) - len(amounts) :] != amounts
        or not all(is_closed(cell.text) for cell in labels)
    ):
        return None
    label = labels[-1]
    if any(before.x1 > after.x0 + SAME_LINE * size for before, after in pairwise(cells)):
        return None
    if not amounts:
        return DrawnRow(label, label.middle, outer=labels[0] if len(labels) > 1 else None)
    middle = median(cell.top for cell in amounts)
    if any(abs(cell.top - middle) > SAME_LINE * size for cell in amounts):
        return None
    if min(abs(place - middle) for place in (label.top, label.middle, label.bottom)) > SAME_LINE * size:
        return None
    row = DrawnRow(label, middle, outer=labels[0] if len(labels) > 1 else None)
    for cell in amounts:
        found = [n for n, (x0, x1) in enumerate(columns) if x0 - 0.01 <= cell.x0 and cell.x1 <= x1 + 0.01]
        if len(found) != 1 or found[0] in row.figures:
            return None
        row.figures[found[0]] = [cell.lines[0]]
    return row


def _joined(labels: list[DrawnCell], size: float) -> list[DrawnCell]:
    """The labels of a row; one whose characters are set apart (合 計) is one."""
    if len(labels) < 2 or any(len(cell.lines) > 1 or len(cell.lines[0].glyphs) > 1 for cell in labels):
        return labels
    if any(abs(cell.top - labels[0].top) > SAME_LINE * size for cell in labels):
        return labels
    pieces = [cell.lines[0] for cell in labels]
    places = tuple(place for piece in pieces for place in piece.places)
    return [DrawnCell([Piece(tuple(glyph for piece in pieces for glyph in piece.glyphs), places)])]


def _grouped(rows: Sequence[DrawnRow], size: float) -> bool:
    """Tell how many rows each outer label is of; whether the middle of each is that of its rows."""
    pitch = median(after.middle - before.middle for before, after in pairwise(rows))
    outers = [row.outer for row in rows if row.outer is not None]
    edge = max((outer.x1 for outer in outers), default=0.0) - 0.5 * size
    covered = not outers
    for number, row in enumerate(rows):
        if row.outer is None:
            if not covered and row.label.x0 > edge:
                return False  # of a label on the page before
            continue
        covered = True
        end = number + 1
        while end < len(rows) and rows[end].outer is None and rows[end].label.x0 > edge:
            end += 1
        fits = [last for last in range(number, end) if _is_between(row, rows[last], row.outer, pitch, size)]
        # Set at the height of the first of several rows it may be of that row, or of all.
        if len(fits) != 1 or (fits[0] == number and end > number + 1) or row.label.x0 <= edge:
            return False
        row.height = fits[0] + 1 - number
    return True


def rows_as_drawn(body: Sequence[Line], columns: Sequence[tuple[float, float]], size: float) -> Cells | None:
    """The rows of the body of a table as cells, None where one is in doubt."""
    rows = drawn_rows(body, columns, size)
    return None if rows is None else _written(rows, len(columns))


def _written(rows: Sequence[DrawnRow], count: int) -> Cells:
    """Rows as cells; beside labels of several rows each has two of labels."""
    stubs = 2 if any(row.outer is not None for row in rows) else 1
    written: Cells = []
    beside = 0
    for row in rows:
        beside = row.height if row.outer is not None else beside
        line = [(row.outer.text, 1, row.height)] if row.outer is not None else []
        width = stubs if not beside else 1
        if row.figures:
            texts = ("\n".join(piece.text for piece in row.figures.get(column, [])) for column in range(count))
            line += [(row.label.text, width, 1), *((text, 1, 1) for text in texts)]
        elif beside:
            line += [(row.label.text, 1, 1), *[("", 1, 1)] * count]
        else:
            line.append((row.label.text, width + count, 1))
        beside = max(beside - 1, 0)
        written.append(line)
    return written


def without_spans(rows: Cells) -> Cells:
    """Rows whose labels stand in one cell each, however many columns of labels there are; empty ones stand behind them."""
    return [
        [cell for text, width, height in row for cell in ((text, 1, height), *[("", 1, height)] * (width - 1))]
        if len(row) > 1 else row
        for row in rows
    ]  # fmt: skip


def widened(head: Cells, stubs: int) -> Cells:
    """Rows of a head with as many columns for labels as the rows below have."""
    if stubs == 1:
        return head
    made: Cells = []
    down = 0
    for row in head:
        if down:
            made.append(row)
        else:
            text, width, height = row[0]
            made.append([(text, width + stubs - 1, height), *row[1:]])
            down = height
        down -= 1
    return made


def _is_between(first: DrawnRow, last: DrawnRow, outer: DrawnCell, pitch: float, size: float) -> bool:
    """Whether the middle of a label beside several rows is theirs."""
    uneven = abs(len(first.label.lines) - len(last.label.lines))
    off = abs((first.middle + last.middle) / 2 - outer.middle)
    return off < OFF * pitch + OFF * uneven * size
