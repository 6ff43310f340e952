"""The grid of a table: cells with spans, laid out as the HTML standard lays them out.

Every source of tables (HTML, law XML, Markdown, Word, Excel, PowerPoint, PDF) gives rows of `Cell`; `Grid` places them
("forming a table", https://html.spec.whatwg.org/multipage/tables.html#forming-a-table). A cell that spans rows or columns
stands in every slot it covers, empty cells keep their slots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_COLUMNS = 1_000
MAX_ROWS = 2_000_000
"""Rows that a cell may ask for: more than any table has."""
SLOTS_PER_CELL = 16
"""Slots that a grid may have for each of its cells (1,926 tables of reports and filings: 3.1 at most). Beyond them columns that
repeat the one before them go; if that is not enough no span is followed, and cells that make one row far longer than the others
are put together: a table never becomes much larger than its source, and costs what its source costs. `Grid.cut` counts them."""
LETTERS_PER_LETTER = 64
MOST_LETTERS = 100_000
"""Letters of a grid's slots: so many, and so many times those of its cells. Beyond them no span is followed."""


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
    plain: its headings may stand over other columns than they say; its rows are written without them.
    cut: cells whose spans were not followed or that were put together, as the grid would have grown beyond its limits.
    """

    slots: list[list[Cell | None]]
    captions: list[str] = field(default_factory=list[str])
    marked_rows: int = 0
    cut: int = 0
    plain: bool = False

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

    def condensed(self) -> Grid:
        """The grid without what adds nothing: rows and columns without text (spacers), rows of which every cell stands in the row above."""
        filled = [[cell is not None and not cell.is_empty for cell in row] for row in self.slots]
        rows = [number for number, row in enumerate(filled) if True in row and not self._is_above(number)]
        columns = [number for number, column in enumerate(zip(*filled, strict=True)) if True in column]
        return self.part(rows, columns)

    def part(self, rows: Sequence[int], columns: Sequence[int]) -> Grid:
        """Some rows and columns of the grid as a grid of its own."""
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
        return Grid(slots, self.captions, marked, self.cut)

    def _is_above(self, number: int) -> bool:
        """Whether a row says nothing of its own: each of its cells spans rows and stands in the row above."""
        return number > 0 and all(
            cell is above for cell, above in zip(self.slots[number], self.slots[number - 1], strict=True)
        )


def lay_out(rows: Sequence[Sequence[Cell]], groups: Sequence[int] = (), *, marked_rows: int = 0) -> Grid:
    """The grid of rows of cells. groups: the row after the last of each row group; no cell spans beyond its group."""
    cells = [cell for row in rows for cell in row]
    room = SLOTS_PER_CELL * len(cells)
    spanning = sum(1 for cell in cells if cell.width > 1 or cell.height > 1)
    rows, cut = _joined(rows, MAX_COLUMNS)
    lines = _placed(rows, [*sorted(groups), len(rows)], room)
    if lines is not None and len(lines) * _wide(lines) > room:
        lines = _narrowed(lines)
    if lines is None or len(lines) * _wide(lines) > room or _letters(cells) > most_letters(cells):
        rows, joined = _joined(rows, max(1, room // max(len(rows), 1)))
        lines, cut = _flat(rows), cut + joined + spanning
    wide = _wide(lines)
    return Grid([_slots(line, wide) for line in lines], marked_rows=marked_rows, cut=cut)


class _Held(NamedTuple):
    """Where a cell stands in a row: its first column, the one after its last, the row after its last."""

    start: int
    end: int
    cell: Cell
    until: int


def _placed(rows: Sequence[Sequence[Cell]], ends: Sequence[int], room: int) -> list[list[_Held]] | None:
    """What stands in each row, from the left; None where cells from above stand in more than `room` places.

    Cells are told by where they begin and end, so that a cell costs as much as it has rows, however wide it is.
    """
    lines: list[list[_Held]] = []
    above: list[_Held] = []  # cells from rows above
    group = used = 0
    for number, row in enumerate(rows):
        while ends[group] <= number:
            group += 1
        line: list[_Held] = []
        place = at = 0
        for cell in row:
            while at < len(above) and above[at].start == place:
                line.append(above[at])
                place, at = above[at].end, at + 1
            cell.row, cell.column = number, place
            if cell.width != 1 or cell.height != 1:
                # Slots that a cell from above already covers are not covered twice: the later cell is cut short.
                free = min(MAX_COLUMNS - place, above[at].start - place if at < len(above) else MAX_COLUMNS)
                cell.width = max(1, min(cell.width, free))
                cell.height = max(1, min(cell.height, ends[group] - number))
            line.append(_Held(place, place + cell.width, cell, number + cell.height))
            place += cell.width
        line += above[at:]  # cells from above beyond the last cell of this row
        lines.append(line)
        above = [held for held in line if held.until > number + 1]
        used += len(line)
        if used > room:
            return None
    return lines


def _wide(lines: Sequence[Sequence[_Held]]) -> int:
    return max((line[-1].end for line in lines if line), default=0)


def _narrowed(lines: Sequence[Sequence[_Held]]) -> list[list[_Held]]:
    """The rows without the columns that say what the column before them says in every row."""
    begun = {place for line in lines for held in line for place in (held.start, held.end)}
    places = {place: number for number, place in enumerate(sorted({0, *begun}))}
    result: list[list[_Held]] = []
    for line in lines:
        result.append([_Held(places[start], places[end], cell, until) for start, end, cell, until in line])
        for held in result[-1]:
            held.cell.column, held.cell.width = held.start, held.end - held.start
    return result


def _letters(cells: Sequence[Cell]) -> int:
    """Letters of a grid in which every slot of a cell holds its text."""
    return sum(len(cell.text) * cell.width * cell.height for cell in cells)


def most_letters(cells: Sequence[Cell]) -> int:
    """Letters that a table of these cells may have as text."""
    return MOST_LETTERS + LETTERS_PER_LETTER * sum(len(cell.text) for cell in cells)


def _joined(rows: Sequence[Sequence[Cell]], most: int) -> tuple[Sequence[Sequence[Cell]], int]:
    """The rows with no more than `most` cells, the last of longer ones put together, and how many cells were so lost."""
    over = sum(max(len(row) - most, 0) for row in rows)
    if not over:
        return rows, 0
    result: list[Sequence[Cell]] = []
    for row in rows:
        if len(row) > most:
            rest = Cell("\n".join(cell.text for cell in row[most - 1 :] if not cell.is_empty))
            row = [*row[: most - 1], rest]
        result.append(row)
    return result, over


def _flat(rows: Sequence[Sequence[Cell]]) -> list[list[_Held]]:
    """The rows with every cell in one slot."""
    lines: list[list[_Held]] = []
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            cell.row, cell.column, cell.width, cell.height = number, column, 1, 1
        lines.append([_Held(column, column + 1, cell, number + 1) for column, cell in enumerate(row)])
    return lines


def _slots(line: Sequence[_Held], wide: int) -> list[Cell | None]:
    slots: list[Cell | None] = []
    for start, end, cell, _ in line:
        if start > len(slots):
            slots += [None] * (start - len(slots))
        slots += [cell] * (end - start)
    slots += [None] * (wide - len(slots))
    return slots
