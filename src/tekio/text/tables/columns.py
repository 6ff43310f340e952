"""What the rows and columns of a table hold: cells with text, figures, marks for none."""

from __future__ import annotations

from dataclasses import dataclass

from tekio.text.tables.grid import Cell, Grid
from tekio.text.tables.values import (
    is_figure,
    is_nil,
)


@dataclass(frozen=True)
class Columns:
    """Of every column, in a range of rows: cells with text, cells that are figures, figures and "none" together."""

    filled: tuple[int, ...]
    figures: tuple[int, ...]
    amounts: tuple[int, ...]

    def has_figures(self, column: int, share: float = 0.6) -> bool:
        """Whether a column holds figures: at least one, and with the marks for "none" most of its cells."""
        return self.figures[column] > 0 and self.amounts[column] >= share * self.filled[column]

    def is_nil(self, column: int) -> bool:
        """Whether a column holds marks for "none" only."""
        return self.amounts[column] == self.filled[column] > self.figures[column] == 0


def columns_of(grid: Grid, first: int, last: int | None = None) -> Columns:
    """What the columns hold in the rows from `first`. Cells over several columns (notes, headings) do not count."""
    filled, figures, amounts = ([0] * grid.width for _ in range(3))
    for number in range(first, grid.height if last is None else last):
        for column, cell in enumerate(grid.slots[number]):
            if cell is None or cell.is_empty or (cell.row < number and number > first):
                continue
            figure = is_figure(cell.text)
            amount = figure or is_nil(cell.text)
            if cell.width > 1 and not amount:
                continue
            filled[column] += 1
            figures[column] += figure
            amounts[column] += amount
    return Columns(tuple(filled), tuple(figures), tuple(amounts))


def filled_of(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.row(row) if not cell.is_empty]


def values_of(grid: Grid, row: int) -> list[Cell]:
    """The cells with text of a row that do not stand in the first column."""
    first = grid.slots[row][0]
    return [cell for cell in filled_of(grid, row) if cell is not first]


def has_figure(cells: list[Cell]) -> bool:
    return any(is_figure(cell.text) for cell in cells)
