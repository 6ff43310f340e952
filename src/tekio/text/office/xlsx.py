"""Workbooks (.xlsx) as HTML: a section a sheet, a table a range, merged cells as spans, values as a person sees them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingModuleSource=false, reportMissingTypeStubs=false
# (openpyxl is not fully typed)

from __future__ import annotations

import io
from typing import Any

from tekio.text.office.numbers import shown
from tekio.text.office.package import OfficeFile, Package, Section, spans, tag
from tekio.text.tables.continued import goes_on
from tekio.text.tables.grid import Cell, Grid, lay_out
from tekio.text.unreadable import UnreadableError

MAX_CELLS = 2_000_000
MAX_MERGED = 100_000
"""Cells of one merged area; a larger one is formatting of empty cells."""


def read_xlsx(raw: bytes) -> OfficeFile:
    """The sheets, hidden ones marked. Raises `UnreadableError` (`bad_workbook`, `too_many_cells`, those of `Package`)."""
    from openpyxl import load_workbook

    package = Package(raw)
    uncalculated = 0
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            root = package.part(name)  # refuses document types, entities and bombs before another parser sees them
            uncalculated += _uncalculated(root) if name.startswith("xl/worksheets/") else 0
    try:
        book: Any = load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError) as error:
        raise UnreadableError("bad_workbook", {"error": str(error)[:200]}) from error
    sections: list[Section] = []
    for sheet in book.worksheets:
        cells = (sheet.max_row or 0) * (sheet.max_column or 0)
        if cells > MAX_CELLS:
            raise UnreadableError("too_many_cells", {"sheet": sheet.title, "cells": cells, "limit": MAX_CELLS})
        tables = [f"<table>{''.join(map(_row, rows))}</table>" for rows in _tables(list(_ranges(sheet)))]
        sections.append(Section(sheet.title, tables, hidden=sheet.sheet_state != "visible", headed=False))
    told = package.properties()
    return OfficeFile(told.get("title", ""), sections, told, uncalculated)


def _uncalculated(sheet: Any) -> int:
    """Cells of a sheet that hold a formula and no value of it."""
    count = 0
    for formula in sheet.iter("{*}f"):
        cell = formula.getparent()
        value = cell.find("{*}v")
        count += cell.get("t") != "str" and (value is None or not value.text)
    return count


_Row = list[tuple[str, tuple[int, int]]]
"""The cells that begin in a row: text, and the columns and rows of each."""


def _row(line: _Row) -> str:
    return f"<tr>{''.join(tag('td', text, spans(*size)) for text, size in line)}</tr>"


def _tables(ranges: list[list[_Row]]) -> list[list[_Row]]:
    """The tables of a sheet: parts behind an empty row that have no head belong to the one above that has."""
    tables: list[list[_Row]] = []
    above: Grid | None = None
    for rows in ranges:
        grid = lay_out([[Cell(text, *size) for text, size in row] for row in rows]) if len(ranges) > 1 else None
        if above is not None and grid is not None and goes_on(above, grid):
            tables[-1] += rows
        else:
            tables.append(rows)
            above = grid
    return tables


def _ranges(sheet: Any) -> list[list[_Row]]:
    """The rows of each part of a sheet between empty rows."""
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    texts: dict[tuple[int, int], Any] = {}  # the cell whose text is shown, of merged ones
    unseen = _hidden_columns(sheet)
    for area in sheet.merged_cells.ranges:
        rows, columns = range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1)
        if len(rows) * len(columns) > MAX_MERGED or not shown(sheet.cell(area.min_row, area.min_col).value):
            continue  # an empty merged cell is empty cells: its first row may be left out as an empty one
        shown_rows = sum(not _hidden(sheet, row) for row in rows)
        shown_columns = [column for column in columns if column not in unseen]
        if not shown_columns:
            continue
        merged[area.min_row, shown_columns[0]] = (len(shown_columns), max(shown_rows, 1))
        texts[area.min_row, shown_columns[0]] = sheet.cell(area.min_row, area.min_col)
        covered |= {(row, column) for row in rows for column in columns} - {(area.min_row, shown_columns[0])}
    ranges: list[list[_Row]] = []
    lines: list[_Row] = []
    reach = 0
    for cells in sheet.iter_rows():
        at = cells[0].row if cells else 0
        if _hidden(sheet, at):
            continue
        line = [
            (shown(told.value, str(told.number_format or "General")), merged.get((cell.row, cell.column), (1, 1)))
            for cell in cells
            if (cell.row, cell.column) not in covered and cell.column not in unseen
            for told in (texts.get((cell.row, cell.column), cell),)
        ]
        if any(text for text, _ in line) or at <= reach:
            lines.append(line)
            reach = max([reach, *(at + size[1] - 1 for text, size in line if text)])
        elif lines:
            ranges.append(lines)
            lines = []
    return [*ranges, lines] if lines else ranges


def _hidden(sheet: Any, row: int) -> bool:
    return bool(row in sheet.row_dimensions and sheet.row_dimensions[row].hidden)


def _hidden_columns(sheet: Any) -> set[int]:
    """Numbers of the columns that a person does not see; one entry of the file may stand for many."""
    return {
        number
        for told in sheet.column_dimensions.values()
        if told.hidden and told.min and told.max
        for number in range(told.min, min(told.max, sheet.max_column or 0) + 1)
    }
