"""Workbooks (.xlsx) as HTML: a section a sheet, a table a range, merged cells as spans, values as a person sees them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingModuleSource=false, reportMissingTypeStubs=false
# (openpyxl is not fully typed)

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

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
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            package.part(name)  # refuses document types, entities and bombs before another parser sees them
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
    return OfficeFile(told.get("title", ""), sections, told)


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
    for area in sheet.merged_cells.ranges:
        rows, columns = range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1)
        if len(rows) * len(columns) > MAX_MERGED or not shown(sheet.cell(area.min_row, area.min_col).value):
            continue  # an empty merged cell is empty cells: its first row may be left out as an empty one
        shown_rows = sum(not _hidden(sheet, row) for row in rows)
        merged[area.min_row, area.min_col] = (len(columns), max(shown_rows, 1))
        covered |= {(row, column) for row in rows for column in columns} - {(area.min_row, area.min_col)}
    ranges: list[list[_Row]] = []
    lines: list[_Row] = []
    reach = 0
    for cells in sheet.iter_rows():
        at = cells[0].row if cells else 0
        if _hidden(sheet, at):
            continue
        line = [
            (shown(cell.value, str(cell.number_format or "General")), merged.get((cell.row, cell.column), (1, 1)))
            for cell in cells
            if (cell.row, cell.column) not in covered
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


def shown(value: Any, number_format: str = "General") -> str:
    """A cell's value as the sheet shows it: thousands, decimals, per cent, signs (△) and dates by its number format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if not isinstance(value, int | float):
        return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
    sections = number_format.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", section)
    bare = re.sub(r'"[^"]*"|\\.', "\0", section)
    body = re.search(r"[#0?][#0?,.]*%?", bare)
    if body is None:
        return _general(value)
    pattern = body[0]
    number = abs(value) if value < 0 and len(sections) > 1 else value
    if "%" in bare:
        number *= 100
    trailing = len(pattern.rstrip("%")) - len(pattern.rstrip("%").rstrip(","))
    number /= 1000**trailing if trailing else 1
    decimals = len(re.sub(r"[^0#?]", "", pattern.partition(".")[2]))
    text = f"{number:{',' if ',' in pattern.rstrip('%').rstrip(',') else ''}.{decimals}f}"
    place, marks = 0, re.findall(r'"([^"]*)"|\\(.)', section)
    before = bare[: body.start()]
    after = bare[body.end() :]
    written: list[str] = []
    for piece in (before, after):
        made = ""
        for character in piece:
            if character == "\0":
                made += marks[place][0] or marks[place][1]
                place += 1
            else:
                made += character
        written.append(made)
    return f"{written[0]}{text}{'%' if '%' in pattern else ''}{written[1]}".strip()


def _general(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.10g}"
