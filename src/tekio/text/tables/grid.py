"""The grid of a table: cells with spans, laid out as the HTML standard lays them out.

Every source of tables (HTML, law XML, Markdown, Word, Excel, PowerPoint, PDF) gives rows of `Cell`; `Grid` places them
("forming a table", https://html.spec.whatwg.org/multipage/tables.html#forming-a-table). A cell that spans rows or columns
stands in every slot it covers, empty cells keep their slots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MAX_COLUMNS = 1_000
MAX_SLOTS = 2_000_000
"""Slots of one grid. Beyond them spans are not followed, and cells that make one row far longer than the others are put
together, so that no page can make a table much larger than itself."""


def vertical(text: str) -> str:
    """The word of a cell that holds one wide character a line; empty for others."""
    if "\n" not in text:
        return ""
    lines = [line.strip() for line in text.split("\n")]
    upright = len(lines) > 1 and all(len(line) == 1 and line >= "\u3005" for line in lines)
    return "".join(lines) if upright else ""


@dataclass(eq=False, slots=True)
class Cell:
    """A cell of a table. text: its lines, separated by line feeds. heading: marked as a heading by its source.

    width, height: columns and rows it spans. row, column: its first slot, set by `Grid`.
    stacked: its lines with the empty ones, where it has such: they may keep its figures beside the lines of a label.
    """

    text: str
    width: int = 1
    height: int = 1
    heading: bool = False
    row: int = 0
    column: int = 0
    stacked: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The text on one line; a cell of one character a line is set vertically (売, 上, 高)."""
        return (vertical(self.text) or self.text.replace("\n", " ")) if "\n" in self.text else self.text

    @property
    def is_empty(self) -> bool:
        """Whether nothing but white space stands in it."""
        return not self.text or self.text.isspace()


@dataclass
class Grid:
    """A table's slots. `slots[row][column]` is the cell that covers the slot, None where no cell does.

    captions: text that stands in the table but in no cell (its caption, loose text), written above it.
    marked_rows: rows the source marks as the table's head (`thead`, repeated header rows of Word).
    """

    slots: list[list[Cell | None]]
    captions: list[str] = field(default_factory=list[str])
    marked_rows: int = 0

    @property
    def height(self) -> int:
        """Rows."""
        return len(self.slots)

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.slots[0]) if self.slots else 0

    def cells(self) -> Iterator[Cell]:
        """Every cell once, in reading order."""
        seen: set[int] = set()
        for row in self.slots:
            for cell in row:
                if cell is not None and id(cell) not in seen:
                    seen.add(id(cell))
                    yield cell

    def row(self, number: int) -> list[Cell]:
        """The cells that stand in a row, each once, those that begin in rows above it too."""
        found: list[Cell] = []
        for cell in self.slots[number]:
            if cell is not None and (not found or found[-1] is not cell):
                found.append(cell)
        return found

    def without_empty(self) -> Grid:
        """The grid without rows and columns in which no text stands (spacers)."""
        filled = [[cell is not None and not cell.is_empty for cell in row] for row in self.slots]
        rows = [number for number, row in enumerate(filled) if True in row]
        columns = [number for number, column in enumerate(zip(*filled, strict=True)) if True in column]
        marked = sum(1 for number in rows if number < self.marked_rows)
        copies: dict[int, Cell] = {}
        slots: list[list[Cell | None]] = []
        for number, row in enumerate(rows):
            line: list[Cell | None] = []
            for place, column in enumerate(columns):
                cell = self.slots[row][column]
                if cell is not None:
                    copy = copies.get(id(cell))
                    if copy is None:
                        copy = copies[id(cell)] = Cell(cell.text, 1, 1, cell.heading, number, place, cell.stacked)
                    copy.width, copy.height = max(copy.width, place - copy.column + 1), number - copy.row + 1
                    cell = copy
                line.append(cell)
            slots.append(line)
        return Grid(slots, self.captions, marked)


def lay_out(rows: Sequence[Sequence[Cell]], groups: Sequence[int] = (), *, marked_rows: int = 0) -> Grid:
    """The grid of rows of cells. groups: the row after the last of each row group; no cell spans beyond its group."""
    rows = _within(rows)
    ends = [*sorted(groups), len(rows)]
    slots: list[list[Cell | None]] = []
    open_cells: dict[int, tuple[Cell, int]] = {}  # column -> (cell from a row above, row after its last)
    wide = used = 0

    def fill(line: list[Cell | None]) -> None:
        while len(line) in open_cells:
            line.append(open_cells[len(line)][0])

    for number, row in enumerate(rows):
        line: list[Cell | None] = []
        if open_cells:
            open_cells = {column: held for column, held in open_cells.items() if held[1] > number}
        for cell in row:
            if open_cells:
                fill(line)
            cell.row, cell.column = number, len(line)
            if cell.width == 1 == cell.height:
                line.append(cell)
                used += 1
                continue
            end = next(end for end in ends if end > number)
            # Slots that a cell from above already covers are not covered twice: the later cell is cut short.
            room = MAX_COLUMNS - len(line)
            cell.width, cell.height = max(1, min(cell.width, room)), max(1, min(cell.height, end - number))
            if used + cell.width * cell.height > MAX_SLOTS:
                cell.width = cell.height = 1
            for column in range(cell.column, cell.column + cell.width):
                if column > cell.column and column in open_cells:
                    cell.width = column - cell.column
                    break
                line.append(cell)
                used += 1
            if cell.height > 1:
                for column in range(cell.column, cell.column + cell.width):
                    open_cells[column] = (cell, number + cell.height)
                used += cell.width * (cell.height - 1)
        fill(line)
        for column in sorted(open_cells):  # cells from above beyond the last cell of this row
            if column >= len(line):
                line += [None] * (column - len(line))
                line.append(open_cells[column][0])
        wide = max(wide, len(line))
        slots.append(line)
    for line in slots:
        line += [None] * (wide - len(line))
    return Grid(slots, marked_rows=marked_rows)


def _within(rows: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
    """The rows, short enough for a grid as wide as the longest of them to have no more than `MAX_SLOTS` slots."""
    most = max(1, min(MAX_COLUMNS, MAX_SLOTS // max(len(rows), 1)))
    if all(sum(max(cell.width, 1) for cell in row) <= most for row in rows):
        return rows
    result: list[Sequence[Cell]] = []
    for row in rows:
        if sum(max(cell.width, 1) for cell in row) > most:
            for cell in row:
                cell.width = 1
        if len(row) > most:
            rest = Cell("\n".join(cell.text for cell in row[most - 1 :] if not cell.is_empty))
            result.append([*row[: most - 1], rest])
        else:
            result.append(row)
    return result
