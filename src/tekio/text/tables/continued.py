"""Parts of one table: rows behind an empty row of a sheet, or on the next page, whose head stands in the part before."""

from __future__ import annotations

from tekio.text.tables.grid import Grid
from tekio.text.tables.heads import caption_rows, head_rows
from tekio.text.tables.values import is_figure


def goes_on(above: Grid, below: Grid) -> bool:
    """Whether `below`, as wide as `above`, has no head of its own and figures only where `above` has headings."""
    if above.width != below.width or above.width < 2:
        return False
    first = caption_rows(above)
    body = head_rows(above, first)
    if body == first or caption_rows(below) or head_rows(below, 0):
        return False
    columns = _columns_of_figures(below, 0)
    headed = {
        column
        for line in above.slots[first:body]
        for column, cell in enumerate(line)
        if cell is not None and not cell.is_empty
    }
    return bool(columns) and columns <= (headed | _columns_of_figures(above, body)) and 0 not in columns


def _columns_of_figures(grid: Grid, first: int) -> set[int]:
    return {
        column
        for number in range(first, grid.height)
        for column, cell in enumerate(grid.slots[number])
        if cell is not None and is_figure(cell.text)
    }
