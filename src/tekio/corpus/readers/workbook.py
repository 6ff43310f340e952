"""Workbooks (.xlsx, .xlsm): every sheet a document, its ranges as tables with merged cells expanded."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingModuleSource=false, reportMissingTypeStubs=false
# (openpyxl is not fully typed)

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

from tekio.corpus.readers.ooxml import Package
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables
from tekio.corpus.readers.word import with_dropped
from tekio.recipe.corpus import SourceConfig
from tekio.text.tables.grid import Cell, Grid, lay_out
from tekio.text.tables.render import Count, render
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import refuse_doctype

MAX_FILE_BYTES = 50_000_000
MAX_CELLS = 2_000_000


def read_workbook(source: SourceConfig, file: UnitFile) -> Rows:
    """The sheets of a workbook. Options: `tables`, `max_file_bytes`. Hidden sheets are refused by name."""
    from openpyxl import load_workbook

    package = Package(file, option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            package.part(name)  # refuses document types, entities and bombs before another parser sees them
    refuse_doctype(package.raw[:1000])
    try:
        book: Any = load_workbook(io.BytesIO(package.raw), data_only=True, keep_links=False)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError) as error:
        raise UnreadableError("bad_workbook", {"error": str(error)[:200]}) from error
    how = option_tables(source)
    told = package.properties()
    for sheet in book.worksheets:
        part = f"sheet={sheet.title}"
        if (sheet.max_row or 0) * (sheet.max_column or 0) > MAX_CELLS:
            yield Rejected(f"{file.uri}#{part}", "too_large", {"rows": sheet.max_row, "columns": sheet.max_column})
            continue
        count, lines, dropped = Count(), list[str](), list[str]()
        for grid in _ranges(sheet):
            rendered = render(grid, how)
            count.add(rendered.count)
            dropped += [rendered.dropped] if rendered.dropped else []
            lines += [*([""] if lines else []), *rendered.lines]
        meta = {key: told[key] for key in ("author", "created", "modified") if key in told} | {"sheet": sheet.title}
        text = "\n".join(lines).strip("\n")
        meta |= {"transforms": ["workbook"]} | count.meta()
        document = make_document(source, file, text, part=part, title=sheet.title, meta=meta)
        yield from with_dropped(source, file, text, dropped)
        if sheet.sheet_state != "visible":
            yield Rejected(document.uri, "hidden_sheet", {"characters": len(text)}, document)
        elif not text.strip():
            yield Rejected(document.uri, "no_text", {}, document)
        else:
            yield document


def _ranges(sheet: Any) -> list[Grid]:
    """The parts of a sheet between empty rows, each as a grid."""
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for area in sheet.merged_cells.ranges:
        rows, columns = range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1)
        if len(rows) * len(columns) > 100_000:
            continue
        merged[area.min_row, area.min_col] = (len(columns), len(rows))
        covered |= {(row, column) for row in rows for column in columns} - {(area.min_row, area.min_col)}
    grids: list[Grid] = []
    lines: list[list[Cell]] = []
    reach = 0
    for cells in sheet.iter_rows():
        line = [
            Cell(cell_text(cell), *merged.get((cell.row, cell.column), (1, 1)))
            for cell in cells
            if (cell.row, cell.column) not in covered
        ]
        number = cells[0].row if cells else 0
        hidden = sheet.row_dimensions[number].hidden if number in sheet.row_dimensions else False
        if hidden:
            continue
        if any(not cell.is_empty for cell in line) or number <= reach:
            lines.append(line)
            reach = max([reach, *(number + cell.height - 1 for cell in line if not cell.is_empty)])
        elif lines:
            grids.append(lay_out(lines))
            lines = []
    if lines:
        grids.append(lay_out(lines))
    return grids


def cell_text(cell: Any) -> str:
    """A cell's value as the sheet shows it: thousands, decimals, per cent and dates by its number format."""
    value, form = cell.value, str(cell.number_format or "General")
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
    sections = form.split(";")
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
