"""Workbooks (.xlsx) as HTML: a table a sheet, merged cells as spans, values as a person sees them (not formulas)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (openpyxl has no type information)

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from tekio.text.office.package import check_package, page, tag
from tekio.text.unreadable import UnreadableError

MAX_CELLS = 2_000_000


def xlsx_html(raw: bytes) -> str:
    """The visible sheets as HTML, one heading and one table each. Raises `UnreadableError`."""
    check_package(raw, part="xl/workbook.xml")
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), data_only=True)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise UnreadableError("damaged", {"error": f"{type(error).__name__}: {error}"[:200]}) from error
    body: list[str] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if sheet.max_row * sheet.max_column > MAX_CELLS:
            raise UnreadableError("too_many_cells", {"cells": sheet.max_row * sheet.max_column, "limit": MAX_CELLS})
        table = _table(sheet)
        if table:
            body.extend([tag("h2", sheet.title), table])
    return page(book.properties.title or "", body)


def _table(sheet: Any) -> str:
    spans: dict[tuple[int, int], str] = {}
    covered: set[tuple[int, int]] = set()
    for area in sheet.merged_cells.ranges:
        width, height = area.max_col - area.min_col + 1, area.max_row - area.min_row + 1
        spans[area.min_row, area.min_col] = f' colspan="{width}" rowspan="{height}"'
        covered.update(
            (row, column)
            for row in range(area.min_row, area.max_row + 1)
            for column in range(area.min_col, area.max_col + 1)
        )
    lines: list[str] = []
    for row in sheet.iter_rows():
        if sheet.row_dimensions[row[0].row].hidden:
            continue
        cells = [
            tag("td", shown(cell.value, cell.number_format), spans.get((cell.row, cell.column), ""))
            for cell in row
            if (cell.row, cell.column) in spans or (cell.row, cell.column) not in covered
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<table>{''.join(lines)}</table>"
        if any(cell.value is not None for row in sheet.iter_rows() for cell in row)
        else ""
    )


def shown(value: Any, number_format: str = "General") -> str:
    """A cell's value as Excel shows it: thousands, percent and the triangle of negative amounts where the format asks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M") if value.time() != dt.time() else value.strftime("%Y-%m-%d")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    positive, _, rest = number_format.partition(";")
    negative = rest.partition(";")[0] if rest else ""
    used = negative if value < 0 and negative else positive
    scale, suffix = (100, "%") if "%" in used else (1, "")
    decimals = (
        len(used.split(".", 1)[1].rstrip('%_) "').split("_")[0].split(";")[0]) if "." in used and "0" in used else None
    )
    magnitude = abs(value) * scale if value < 0 and negative else value * scale
    if decimals is None:
        whole = magnitude == int(magnitude) if abs(magnitude) < 1e15 else False
        text = (
            f"{int(magnitude):,}" if whole and "," in used else str(int(magnitude)) if whole else repr(float(magnitude))
        )
        if "0" in used and not whole:
            text = f"{round(magnitude):,}" if "," in used else str(round(magnitude))
    else:
        text = f"{magnitude:,.{decimals}f}" if "," in used else f"{magnitude:.{decimals}f}"
    if value < 0 and negative:
        sign = "△" if "△" in negative else "▲" if "▲" in negative else "(" if "(" in negative else "-"
        return f"({text}{suffix})" if sign == "(" else f"{sign}{text}{suffix}"
    return text + suffix
