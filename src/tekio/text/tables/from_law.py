"""The grid of a table in e-Gov's law XML (法令標準XMLスキーマ: `Table`, `TableRow`, `TableColumn`).

Cells span by `rowspan` and `colspan`. What a printed law sets as one box is often cells without a line between them: an
empty cell whose upper border is `none`, below one that is filled, is a part of that one.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false
# (lxml has no type information)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tekio.text.tables.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, lay_out

ROWS = {"TableRow": "TableColumn", "TableHeaderRow": "TableHeaderColumn"}


def law_grid(table: Any, name_of: Callable[[Any], str], text_of: Callable[[Any], str]) -> Grid:
    """The grid of a `Table` element. text_of: the text of a cell as lines, line feeds between them."""
    rows: list[list[Cell]] = []
    borders: dict[int, bool] = {}  # id of a cell -> whether a line stands above it
    heads = 0
    for row in table:
        column_name = ROWS.get(name_of(row))
        if column_name is None:
            continue
        heads += column_name == "TableHeaderColumn" and heads == len(rows)
        line: list[Cell] = []
        for column in row:
            if name_of(column) != column_name:
                continue
            cell = Cell(
                text_of(column).strip(),
                _span(column.get("colspan"), MAX_COLUMNS - 1),
                _span(column.get("rowspan"), MAX_ROWS),
                heading=column_name == "TableHeaderColumn",
            )
            borders[id(cell)] = column.get("BorderTop") != "none"
            line.append(cell)
        rows.append(line)
    grid = lay_out(rows, marked_rows=heads)
    for number in range(max(heads, 1), grid.height):
        if any(borders[id(cell)] for cell in grid.row(number) if cell.row == number):
            _join_boxes(grid, number, borders)
    return grid


def _join_boxes(grid: Grid, number: int, borders: dict[int, bool]) -> None:
    """Let filled cells reach down over the empty ones of a row that no line parts from them."""
    for column, cell in enumerate(grid.slots[number]):
        above = grid.slots[number - 1][column]
        if (
            cell is None
            or above is None
            or above is cell
            or above.is_empty
            or not cell.is_empty
            or borders[id(cell)]
            or (cell.column, cell.width, cell.height) != (above.column, above.width, 1)
        ):
            continue
        for covered in range(cell.column, cell.column + cell.width):
            grid.slots[number][covered] = above
        above.height = number - above.row + 1


def _span(value: str | None, most: int) -> int:
    text = (value or "1").strip()
    return max(1, min(int(text), most)) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
