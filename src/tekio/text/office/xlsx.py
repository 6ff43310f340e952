"""Workbooks (.xlsx) as HTML: a section a sheet, a table a range, merged cells as spans, values as a person sees them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingModuleSource=false, reportMissingTypeStubs=false
# (openpyxl is not fully typed)

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from tekio.text.office.drawings import text_boxes
from tekio.text.office.numbers import shown
from tekio.text.office.package import OfficeFile, Package, Section, attribute, child, spans, tag
from tekio.text.raised import END, LOWERED, START, note_numbers, write_raised
from tekio.text.tables.grid import Cell
from tekio.text.tables.side_by_side import tables_of
from tekio.text.unreadable import UnreadableError

MAX_CELLS = 2_000_000
MAX_MERGED = 100_000
"""Cells of one merged area; a larger one is formatting of empty cells."""


def read_xlsx(raw: bytes) -> OfficeFile:
    """The sheets, hidden ones marked. Raises `UnreadableError` (`bad_workbook`, `too_many_cells`, those of `Package`)."""
    from openpyxl import load_workbook

    package = Package(raw)
    uncalculated, raised = 0, False
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            root = package.part(name)  # refuses document types, entities and bombs before another parser sees them
            uncalculated += _uncalculated(root) if name.startswith("xl/worksheets/") else 0
            if name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/"):
                raised = raised or next(root.iter("{*}vertAlign"), None) is not None
    try:
        book: Any = load_workbook(io.BytesIO(raw), data_only=True, keep_links=False, rich_text=raised)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError) as error:
        raise UnreadableError("bad_workbook", {"error": str(error)[:200]}) from error
    sections: list[Section] = []
    boxes = _text_boxes(package)
    for sheet in book.worksheets:
        cells = (sheet.max_row or 0) * (sheet.max_column or 0)
        if cells > MAX_CELLS:
            raise UnreadableError("too_many_cells", {"sheet": sheet.title, "cells": cells, "limit": MAX_CELLS})
        parts = tables_of(_ranges(sheet), lambda cell: Cell(cell[0], *cell[1]))
        tables = [f"<table>{''.join(map(_row, rows))}</table>" for rows in parts]
        tables += boxes.get(sheet.title, [])
        sections.append(Section(sheet.title, tables, hidden=sheet.sheet_state != "visible", headed=False))
    told = package.properties()
    return OfficeFile(told.get("title", ""), sections, told, uncalculated)


def areas_of(raw: bytes, most: int) -> Callable[[str, str], list[list[str]]]:
    """What stands in an area of a sheet of a workbook (`most` rows and columns at most), as its cells show it; nothing where there is none.

    Raises `UnreadableError` as `read_xlsx` does.
    """
    from openpyxl import load_workbook
    from openpyxl.utils import range_boundaries

    package = Package(raw)
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            package.part(name)  # see `read_xlsx`
    try:
        book: Any = load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError) as error:
        raise UnreadableError("bad_workbook", {"error": str(error)[:200]}) from error

    def texts(sheet: str, area: str) -> list[list[str]]:
        if sheet not in book.sheetnames:
            return []
        left, top, right, bottom = (place or 1 for place in range_boundaries(area))
        rows = book[sheet].iter_rows(top, min(bottom, top + most), left, min(right, left + most))
        return [[shown(cell.value, str(cell.number_format or "General")) for cell in row] for row in rows]

    return texts


def _text_boxes(package: Package) -> dict[str, list[str]]:
    """HTML of what stands in the text boxes that lie on the sheets, by the sheet's name."""
    book = package.part("xl/workbook.xml")
    related = package.related("xl/workbook.xml")
    found: dict[str, list[str]] = {}
    for entry in [] if child(book, "sheets") is None else child(book, "sheets"):
        name = related.get(attribute(entry, "id"), ("", ""))[1]
        drawings = [target for kind, target in package.related(name).values() if kind == "drawing"] if name else []
        blocks = [block for target in drawings for block in text_boxes(package.part(target))]
        if blocks:
            found[attribute(entry, "name")] = blocks
    return found


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
    notes = cache(lambda: _notes_of(sheet))
    for cells in sheet.iter_rows():
        at = cells[0].row if cells else 0
        if _hidden(sheet, at):
            continue
        line = [
            (_text_of(told, notes), merged.get((cell.row, cell.column), (1, 1)))
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


def _text_of(cell: Any, notes: Callable[[], frozenset[int]]) -> str:
    """What a cell shows; raised letters are no further digits of its figure."""
    value = cell.value
    if isinstance(value, list):  # runs of different letters
        runs = cast("list[Any]", value)
        value = write_raised("".join(f"{_raised(run)}{run}{END if _raised(run) else ''}" for run in runs), notes)
    return shown(value, str(cell.number_format or "General"))


def _raised(run: Any) -> str:
    told = getattr(getattr(run, "font", None), "vertAlign", None)
    return {"superscript": START, "subscript": LOWERED}.get(told or "", "")


def _notes_of(sheet: Any) -> frozenset[int]:
    """The numbers of the notes of a sheet: cells begin with them."""
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str | list)]
    lines = ["".join(map(str, cast("list[Any]", text))) if isinstance(text, list) else text for text in texts]
    runs = [run for text in texts if isinstance(text, list) for run in cast("list[Any]", text)]
    return note_numbers(lines, [str(run) for run in runs if _raised(run) == START])


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
