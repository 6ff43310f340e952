"""Labels beside several rows of a ruled table that a page's end cuts: the rows on the next page have them too.

A program that prints leaves the label on the page where its text fits, so the rest of its cell is empty there, or sets the
text's last lines on the next page (国際業務 and 部門). The second is one label only where it ends as another label of the
column does and its first part does not: 製造業 and 建設業 in full cells are two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tekio.text.pdf.tables import PageTable, unwrapped
from tekio.text.tables.grid import Cell, Grid, lay_out
from tekio.text.tables.table import understand
from tekio.text.tables.values import is_figure, is_nil

SAME_PLACE = 2.0
"""Points by which the edges of columns may differ from page to page."""
ENDING = 2
"""Letters in which two labels of a kind end alike: 部門."""


def with_cut_labels(first: PageTable, rest: PageTable) -> tuple[PageTable, PageTable]:
    """Both tables with the labels that stand beside rows of both. `first` ends its page, `rest` begins the next."""
    if not first.edges or len(first.edges) != len(rest.edges) or first.plain or rest.plain:
        return first, rest
    if any(abs(one - other) > SAME_PLACE for one, other in zip(first.edges, rest.edges, strict=True)):
        return first, rest
    (above, upper), (below, lower) = _laid_out(first), _laid_out(rest)
    body = _first_of_body(lower)
    if body is None or upper.cut or lower.cut or upper.width != lower.width:
        return first, rest
    changed = False
    for column in range(upper.width):
        one, other = upper.slots[-1][column], lower.slots[body][column]
        if one is None or other is None or not _may_go_on(upper, lower, one, other, body):
            break
        if other.is_empty:
            other.text = one.text
        elif column in first.full and (whole := _one_label(upper, lower, one, other)):
            one.text = other.text = whole
        else:
            break
        changed = True
    if not changed:
        return first, rest
    return replace(first, rows=_rows(first, above), drawn=""), replace(rest, rows=_rows(rest, below), drawn="")


def _laid_out(table: PageTable) -> tuple[list[list[Cell]], Grid]:
    cells = [[Cell(text, width, height) for text, width, height in row] for row in table.rows]
    return cells, lay_out(cells)


def _rows(table: PageTable, cells: Sequence[Sequence[Cell]]) -> list[list[tuple[str, int, int]]]:
    return [
        [(cell.text, width, height) for cell, (_, width, height) in zip(line, row, strict=True)]
        for line, row in zip(cells, table.rows, strict=True)
    ]


def _first_of_body(grid: Grid) -> int | None:
    """The row below the head that the page repeats; None where the rows' places are not sure."""
    read = understand(grid)
    if not read.has_head:
        return 0
    same = (read.grid.width, read.grid.height) == (grid.width, grid.height)
    return read.body if same and read.body < grid.height else None


def _may_go_on(upper: Grid, lower: Grid, one: Cell, other: Cell, body: int) -> bool:
    """Whether a cell of words that reaches the page's end and one that begins the next page's rows may be one."""
    if one.is_empty or is_figure(one.text) or is_nil(one.text) or other.row != body or one.width != other.width:
        return False
    if one.height < 2 and other.height < 2:
        return False
    if other.height > 1 or not other.is_empty:
        return True
    # The last row of a label, or a row without one: in a table that has such rows nobody knows.
    cells = [*(row[one.column] for row in upper.slots), *(row[one.column] for row in lower.slots[body:])]
    return not any(cell is not None and cell.is_empty and cell is not other for cell in cells)


def _one_label(upper: Grid, lower: Grid, one: Cell, other: Cell) -> str:
    """The label whose parts two cells hold; empty where they are two labels."""
    parts = [cell.text.replace("\n", "") for cell in (one, other)]
    whole = unwrapped(*parts)
    others = {
        cell.text.replace("\n", "")
        for grid in (upper, lower)
        for row in grid.slots
        if (cell := row[one.column]) is not None and cell is not one and cell is not other and len(cell.text) > ENDING
    }
    ending = whole[-ENDING:]
    alike = any(text.endswith(ending) for text in others) and not parts[0].endswith(ending)
    return whole if alike and not is_figure(parts[1]) else ""
