"""Tables as text: every figure with its labels, Markdown, or rows with their empty cells; and what went in and out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tekio.text.tables.grid import Grid, most_letters, vertical
from tekio.text.tables.table import Entry, Table, understand
from tekio.text.tables.values import is_figure, is_nil

Tables = Literal["labelled", "lines", "markdown", "drop"]
"""How tables are written. `drop` leaves them out."""
RENDERINGS: tuple[Tables, ...] = ("labelled", "lines", "markdown", "drop")
_DATED = re.compile(
    r"(?:(?:明治|大正|昭和|平成|令和)[0-9０-９元]{1,2}|[12１２][0-9０-９]{3})年[ \u3000]*[0-9０-９]{1,2}[ \u3000]*月"
)
"""How a line of a career begins."""
_EMPTY_END = re.compile(r"(?: \| ?)+$")
BLOCK_LINES = 5
"""Lines of a cell up to which it is taken for the content of a table and not for a part of a page."""


TABLE_COUNTS = {"tables": "tables", "table_cells_in": "cells_in", "table_cells_out": "cells_out"}
"""Keys of a document's meta and what they count."""
SPANS_CUT = "table_spans_cut"
"""Key of a document's meta for `Count.spans_cut`, where there are any."""


@dataclass
class Count:
    """Tables of a document, their cells with text, and how many of these were written.

    spans_cut: cells whose span or heading was not carried to all it covers, as the table would have become far larger than its source.
    """

    tables: int = 0
    cells_in: int = 0
    cells_out: int = 0
    spans_cut: int = 0

    def add(self, other: Count) -> None:
        """Add the tables of another count."""
        self.tables += other.tables
        self.cells_in += other.cells_in
        self.cells_out += other.cells_out
        self.spans_cut += other.spans_cut

    def meta(self) -> dict[str, int]:
        """As it stands in a document's meta; empty where the document has no table."""
        told = {key: getattr(self, name) for key, name in TABLE_COUNTS.items()} if self.tables else {}
        return told | ({SPANS_CUT: self.spans_cut} if self.spans_cut else {})


def counts_of(meta: Mapping[str, Any]) -> dict[str, int]:
    """What `Count.meta` wrote into a document's meta; empty where a row brings keys of these names with something else."""
    if not all(isinstance(meta.get(key), int) for key in TABLE_COUNTS):
        return {}
    cut = meta.get(SPANS_CUT)
    return {name: int(meta[key]) for key, name in TABLE_COUNTS.items()} | (
        {"spans_cut": cut} if isinstance(cut, int) else {}
    )


@dataclass
class Rendered:
    """A table as lines of text. dropped: its text where it was left out."""

    lines: list[str] = field(default_factory=list[str])
    count: Count = field(default_factory=Count)
    dropped: str = ""


def is_data(grid: Grid) -> bool:
    """Whether a table holds data; else it lays out a page: most of its text stands in rows with one cell or long ones."""
    total = several = 0
    for number in range(grid.height):
        cells = [cell for cell in grid.row(number) if not cell.is_empty and cell.row == number]
        lengths = [len(cell.text) for cell in cells]
        total += sum(lengths)
        if len(lengths) > 1 and not any(cell.text.count("\n") > BLOCK_LINES for cell in cells):
            several += sum(lengths)
    return several > 0.5 * total


def render(grid: Grid, how: Tables) -> Rendered:
    """A grid as text. Tables that only lay out a page are written as the blocks they hold, whatever `how` says."""
    table = understand(grid)
    cells = [cell for cell in table.grid.cells() if not cell.is_empty]
    headed = table.has_head and sum(not row.is_section for row in table.rows) > 0
    if not (headed or is_data(grid)):
        lines = [*grid.captions, *(line for number in range(grid.height) for line in _blocks(grid, number))]
        return Rendered(lines, Count(spans_cut=grid.cut))
    count = Count(1, len(cells), 0 if how == "drop" else len(cells), grid.cut)
    if how == "drop":
        rows = (
            [cell.line for cell in grid.row(number) if not cell.is_empty and cell.row == number]
            for number in range(grid.height)
        )
        return Rendered([], count, "\n".join([*grid.captions, *(" | ".join(row) for row in rows if row)]))
    if how == "markdown":
        return Rendered(list(_markdown(table)), count)
    if how == "lines":
        return Rendered(list(_plain(table)), count)
    if grid.plain:
        return Rendered([_EMPTY_END.sub("", line) for line in _plain(table)], count)
    entries = [entry for row in table.rows for entry in row.entries]
    if sum(len(entry.label) + len(entry.text) for entry in entries) > most_letters(cells):
        count.spans_cut += sum(1 for entry in entries if entry.label)
        return Rendered(list(_plain(table)), count)  # headings as long as passages over many rows
    count.cells_out = sum(1 for cell in cells if id(cell) in table.written)
    return Rendered(list(_labelled(table)), count)


def _labelled(table: Table) -> Iterator[str]:
    """One line a row: `heading: text` for every cell, joined by ` | `; headings between rows on lines of their own."""
    yield from table.captions
    if table.unused:
        yield " | ".join(table.unused)
    for row in table.rows:
        if row.is_section:
            yield from row.entries[0].text.split("\n")
            continue
        short = [entry for entry in row.entries if not entry.is_long]
        if short:
            yield " | ".join(_entry(entry, wrapped=_is_wrapped(place, short)) for place, entry in enumerate(short))
        for entry in row.entries:
            if entry.is_long:  # a passage keeps its lines
                if entry.label:
                    yield f"{entry.label}:"
                yield from entry.text.split("\n")


def _is_wrapped(place: int, entries: Sequence[Entry]) -> bool:
    """Whether the lines of a row's label are one text that its cell wrapped: figures stand beside it, each on one line."""
    if place:
        return False
    beside = [entry for entry in entries[1:] if is_figure(entry.text) or is_nil(entry.text)]
    return bool(beside) and not any("\n" in entry.text for entry in beside)


def _entry(entry: Entry, *, wrapped: bool) -> str:
    text = _one_line(entry.text, wrapped=wrapped)
    return f"{entry.label}: {text}" if entry.label else text


def _one_line(text: str, *, wrapped: bool) -> str:
    """The lines of a cell on one line; several of some length stay apart (careers, lists, rows of a
    table in a cell) unless they were `wrapped`.
    """
    if "\n" not in text:
        return text.strip().replace(" | ", " ")
    if word := vertical(text):
        return word
    lines = [line.strip().replace(" | ", " ") for line in text.split("\n")]
    several = " | " in text or (not wrapped and len(lines) > 2 and sum(map(len, lines)) > 8 * len(lines))
    several = several or (len(lines) > 1 and all(map(_DATED.match, lines)))
    return (" / " if several else " ").join(lines)


def _blocks(grid: Grid, number: int) -> Iterator[str]:
    """A row of a table that lays out a page: one cell as its blocks, short ones side by side."""
    cells = [cell for cell in grid.row(number) if not cell.is_empty and cell.row == number]
    if len(cells) == 1 or any(cell.text.count("\n") > BLOCK_LINES for cell in cells):
        for cell in cells:
            yield from cell.text.split("\n")
    elif cells:
        yield " | ".join(cell.line for cell in cells)


def _slots(table: Table, row: int) -> list[str]:
    """The texts of a row's slots: a spanned cell in each it covers, the only cell of a row once."""
    slots = table.grid.slots[row]
    filled = {id(cell) for cell in slots if cell is not None and not cell.is_empty}
    if len(filled) == 1:
        only = next(cell for cell in slots if cell is not None and not cell.is_empty)
        place = slots.index(only)
        if only.width > 1 or place == 0:
            return [only.line if number == place else "" for number in range(len(slots))]
    return ["" if cell is None else cell.line.strip() for cell in slots]


def _plain(table: Table) -> Iterator[str]:
    """One line a row, empty cells kept: `減損損失 |  | 500`."""
    yield from table.grid.captions
    for row in range(table.grid.height):
        cells = [cell for cell in table.grid.row(row) if not cell.is_empty]
        if len(cells) == 1 and (cells[0].column == 0 or cells[0].width > table.grid.width / 2):
            if cells[0].row == row:
                yield from cells[0].text.split("\n")
            continue
        yield " | ".join(_slots(table, row)).rstrip()


def _markdown(table: Table) -> Iterator[str]:
    """A Markdown table; the head's rows make one row of headings."""
    yield from table.captions
    grid = table.grid
    start = table.body if table.has_head else table.first + 1
    head = table.headings if table.has_head else _slots(table, table.first)

    def line(cells: list[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    yield line(head)
    yield f"|{'---|' * grid.width}"
    for row in range(start, grid.height):
        yield line(_slots(table, row))
