"""The tables of a sheet: parts that one table has on both sides of an empty row, tables beside each other with an empty column between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tekio.text.tables.continued import goes_on
from tekio.text.tables.grid import Cell, Grid, lay_out
from tekio.text.tables.heads import caption_rows, head_rows
from tekio.text.tables.values import is_figure, is_nil, names_rows, plain

T = TypeVar("T")
MAX_ROWS = 2_000
"""Rows of a part of a sheet that is looked at: longer ones are data and one table."""


def tables_of(parts: Sequence[Sequence[Sequence[T]]], cell_of: Callable[[T], Cell]) -> list[list[list[T]]]:
    """The tables of a sheet's parts between empty rows: a part without a head belongs to the one above, tables side by side are apart.

    cell_of: text and spans of what stands in a row, empty cells in their place.
    """
    joined: list[list[list[T]]] = []
    above: Grid | None = None
    for part in parts:
        rows = [list(row) for row in part]
        grid = lay_out([[cell_of(item) for item in row] for row in rows]) if len(parts) > 1 else None
        if above is not None and grid is not None and (goes_on(above, grid) or _go_on(above, grid)):
            joined[-1] += rows
        else:
            joined.append(rows)
            above = grid
    return [table for rows in joined for table in apart(rows, cell_of)]


def apart(rows: Sequence[Sequence[T]], cell_of: Callable[[T], Cell]) -> list[list[list[T]]]:
    """The tables of a part of a sheet: what stands above all of them first, then each from the left; one where it is one table."""
    whole = [list(row) for row in rows]
    if not 3 <= len(rows) <= MAX_ROWS:
        return [whole]
    cells = [[cell_of(item) for item in row] for row in rows]
    common, blocks = _side_by_side(lay_out(cells))
    if not blocks:
        return [whole]
    tables = [whole[:common]] if common else []
    for first, last in blocks:
        own = [
            [item for item, cell in zip(row, line, strict=True) if first <= cell.column <= last]
            for row, line in zip(rows[common:], cells[common:], strict=True)
        ]
        tables.append(own)
    return tables


def _side_by_side(grid: Grid) -> tuple[int, list[tuple[int, int]]]:
    """(rows above all tables, the first and last columns of each); no columns where a part of a sheet is one table."""
    blocks = _blocks(grid) if not grid.cut else []
    if len(blocks) < 2:
        return 0, []
    common = _common_rows(grid, blocks)
    parts = [_part(grid, common, *block) for block in blocks]
    return (common, blocks) if all(_is_beside(parts[0], part) for part in parts[1:]) else (0, [])


def _go_on(above: Grid, below: Grid) -> bool:
    """Whether every table of the part above that stands beside others goes on in a part without heads."""
    if above.width != below.width or max(above.height, below.height) > MAX_ROWS:
        return False
    common, blocks = _side_by_side(above)
    going_on = False
    for first, last in blocks:
        places = [place for place in range(first, last + 1) if any(_told(row[place]) for row in above.slots[common:])]
        lines = [number for number, row in enumerate(below.slots) if any(_told(row[place]) for place in places)]
        if lines and not goes_on(_part(above, common, first, last), below.part(lines, places)):
            return False
        going_on |= bool(lines)
    return going_on


def _told(cell: Cell | None) -> bool:
    return cell is not None and not cell.is_empty


def _blocks(grid: Grid) -> list[tuple[int, int]]:
    """The first and last columns of what stands between columns without text; nothing where one of them is no table."""
    filled = [any(map(_told, column)) for column in zip(*grid.slots, strict=True)]
    blocks: list[tuple[int, int]] = []
    for column, is_filled in enumerate(filled):
        if is_filled and (not column or not filled[column - 1]):
            blocks.append((column, column))
        elif is_filled:
            blocks[-1] = (blocks[-1][0], column)
    return blocks if all(last > first for first, last in blocks) else []


def _common_rows(grid: Grid, blocks: Sequence[tuple[int, int]]) -> int:
    """The leading rows of which only one block says something, in one cell: the title of the sheet, its unit."""
    for number, row in enumerate(grid.slots):
        told = [[cell for cell in row[first : last + 1] if cell is not None and _told(cell)] for first, last in blocks]
        if sum(len({id(cell) for cell in own}) for own in told) != 1:
            return number if number < grid.height - 2 else 0
    return 0


def _part(grid: Grid, common: int, first: int, last: int) -> Grid:
    return Grid([row[first : last + 1] for row in grid.slots[common:]]).condensed()


def _is_beside(left: Grid, right: Grid) -> bool:
    """Whether both are tables of figures with a head and row labels of their own, which begin alike."""
    heads: list[Cell | None] = []
    for grid in (left, right):
        if grid.height < 3 or grid.width < 2:
            return False
        first = caption_rows(grid)
        end = head_rows(grid, first)
        labels = [cell for row in grid.slots[end:] if (cell := row[0]) is not None and not cell.is_empty]
        figures = any(cell is not None and is_figure(cell.text) for row in grid.slots[end:] for cell in row[1:])
        words = [cell for cell in labels if not is_figure(cell.text) and not is_nil(cell.text)]
        if end == first or not figures or 2 * len(words) <= len(labels):
            return False
        heads.append(grid.slots[end - 1][0])
    titled = all(sum(1 for cell in grid.row(0) if not cell.is_empty) == 1 and grid.width > 1 for grid in (left, right))
    if titled or heads[0] is None or heads[1] is None:
        return titled
    texts = [plain(cell.text) for cell in heads if cell is not None]
    return texts[0] == texts[1] != "" or all(map(names_rows, texts))
