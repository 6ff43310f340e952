"""Parts of one table: rows behind an empty row of a sheet, whose head stands in the part before."""

from __future__ import annotations

from tekio.text.tables.grid import Grid
from tekio.text.tables.heads import caption_rows, head_rows
from tekio.text.tables.values import is_figure, is_unit


def goes_on(above: Grid, below: Grid) -> bool:
    """Whether `below`, as wide as `above`, has no head of its own and figures only where `above` has headings.

    A part that tells a unit of its own (（単位：円）) must have figures in the very columns of the one above.
    """
    if above.width != below.width or above.width < 2:
        return False
    figures = _columns_of_figures(below, 0)
    if not figures or 0 in figures:
        return False
    told = caption_rows(below)
    end = head_rows(below, told)
    units = [cell for line in below.slots[told:end] for cell in line[1:] if cell is not None and not cell.is_empty]
    if not all(is_unit(cell.text) for cell in units):
        return False
    first = caption_rows(above)
    body = head_rows(above, first)
    if body == first:
        return not told and _is_head(above, below)
    headed = {
        column
        for line in above.slots[first:body]
        for column, cell in enumerate(line)
        if cell is not None and not cell.is_empty
    }
    before = _columns_of_figures(above, body)
    return figures == before if told else figures <= headed | before


def _is_head(above: Grid, below: Grid) -> bool:
    """Whether `above` is nothing but the head of what stands below."""
    whole = Grid([*above.slots, *below.slots])
    return head_rows(whole, caption_rows(whole)) == above.height


def _columns_of_figures(grid: Grid, first: int) -> set[int]:
    return {
        column
        for number in range(first, grid.height)
        for column, cell in enumerate(grid.slots[number])
        if cell is not None and is_figure(cell.text)
    }
