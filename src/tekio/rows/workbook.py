"""XLSX: every sheet is a table with a heading. Values as Excel last computed them; no formula is evaluated, no link followed."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingModuleSource=false
# (openpyxl has no type information)

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from typing import Any

from tekio.rows.read import BadRow, Row, RowFile, RowOptions, Rows
from tekio.rows.separated import TITLE_LINES, column_names, lines_above, row_of_cells
from tekio.text.unreadable import UnreadableError

MAX_UNPACKED_BYTES = 512 << 20
MAX_MEMBERS = 2_000
MAX_CELLS = 20_000_000
CHUNK = 1 << 20
MAX_RATIO = 200
"""As of other archives (`ArchiveLimits`): sheets stay below 60."""
RATIO_FROM = 16 * CHUNK
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def workbook_rows(file: RowFile, options: RowOptions) -> Rows:
    """The rows of a workbook's sheets (of one sheet with `sheet`), each with its own heading.

    Raises `UnreadableError`: `bad_workbook`, `too_large`, `archive_bomb`, `doctype`, `no_sheet`, `duplicate_column`. A sheet that Excel does not
    show is one `hidden_sheet`, unless `sheet` names it or `everything` is looked at.
    """
    number = 0
    names: list[str] | None = None
    for sheet, place, cells in _below_titles(sheet_cells(file, options), options):
        if isinstance(cells, BadRow):
            yield cells
            continue
        if not place:
            yield BadRow("hidden_sheet", f"sheet={sheet}", f"!{sheet}", {"sheet": sheet})
            continue
        if place <= options.skip_lines:
            continue
        if cells is None:
            names = list(options.names) if options.names is not None else None
            continue
        if all(cell == "" for cell in cells):
            continue
        if names is None and options.numbered:
            names = [str(column) for column in range(1, len(_without_tail(cells)) + 1)]
        elif names is None:
            heading = [str(cell) for cell in _without_tail(cells)]
            names = column_names(heading, unique=not options.everything)
            if options.everything:
                yield Row(dict(zip(names, heading, strict=True)), f"row={number}", f"!{sheet}:{place}")
            continue
        part, where = f"row={number}", f"!{sheet}:{place}"
        number += 1
        told: Row | BadRow = row_of_cells(names, _filled(cells, len(names)), part, where, headed=options.names is None)
        yield told


_Line = tuple[str, int, list[Any] | None]


def _below_titles(lines: Iterable[_Line], options: RowOptions) -> Iterator[tuple[str, int, list[Any] | BadRow | None]]:
    """The lines of sheets, those above a heading that is known by its names refused."""
    if not options.known:
        yield from lines
        return
    for _, group in groupby(lines, key=lambda line: line[0]):
        begin, *ahead = islice(group, TITLE_LINES + 2)
        yield begin
        above = lines_above([cells or [] for _, _, cells in ahead], options.known)
        for number, (sheet, place, cells) in enumerate(chain(ahead, group)):
            if number >= above:
                yield sheet, place, cells
            elif any(cell != "" for cell in cells or []):
                where = f"!{sheet}:{place}"
                yield sheet, place, BadRow("above_heading", f"row={place - 1}", where, {}, _without_tail(cells or []))


def _filled(cells: list[Any], width: int) -> list[Any]:
    """Cells that Excel did not write at the end of a row are empty ones."""
    return cells + [""] * (width - len(cells))


def _without_tail(cells: list[Any]) -> list[Any]:
    end = len(cells)
    while end and cells[end - 1] == "":
        end -= 1
    return cells[:end]


def sheet_cells(file: RowFile, options: RowOptions) -> Iterator[tuple[str, int, list[Any] | None]]:
    """(sheet, row from 1, cells) of every row, and (sheet, a large number, None) where a sheet begins; (sheet, 0, None) for
    one that Excel does not show, unless it is asked for by name.
    """
    import openpyxl

    raw = file.read(options.max_file_bytes)
    check_workbook(raw)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # zip, XML and openpyxl have errors of their own
        raise _broken(error) from error
    try:
        if options.sheet is not None and options.sheet not in book.sheetnames:
            raise UnreadableError("no_sheet", {"sheet": options.sheet, "sheets": book.sheetnames[:40]})
        cells = 0
        for sheet in book.worksheets:
            if options.sheet is not None and sheet.title != options.sheet:
                continue
            if options.sheet is None and not options.everything and sheet.sheet_state != "visible":
                yield sheet.title, 0, None
                continue
            sheet.reset_dimensions()  # what a file says of its size may be wrong
            yield sheet.title, MAX_CELLS, None
            rows = sheet.iter_rows(values_only=True)
            place = 0
            while True:
                try:
                    row = next(rows, None)
                except Exception as error:
                    raise _broken(error) from error
                if row is None:
                    break
                place += 1
                cells += len(row)
                if cells > MAX_CELLS:
                    raise UnreadableError("too_large", {"cells": cells, "limit": MAX_CELLS})
                yield sheet.title, place, [plain_cell(value) for value in row]
    finally:
        book.close()


def _broken(error: Exception) -> UnreadableError:
    if isinstance(error, UnreadableError):
        return error
    return UnreadableError("bad_workbook", {"error": f"{type(error).__name__}: {error}"[:200]})


def plain_cell(value: Any) -> Any:
    """A cell's value: text, number or truth value as it is, a date in ISO form, an empty cell as empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def check_workbook(raw: bytes) -> None:
    """Refuse a workbook that unpacks to too much or declares entities (Excel never does; it is how XML bombs work)."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            size = sum(info.file_size for info in members)
            if len(members) > MAX_MEMBERS or size > MAX_UNPACKED_BYTES:
                raise UnreadableError("too_large", {"members": len(members), "unpacked_bytes": size})
            for info in members:  # no member gives more than it declares: zipfile stops there
                if info.file_size > max(RATIO_FROM, info.compress_size * MAX_RATIO):
                    ratio = info.file_size // max(info.compress_size, 1)
                    raise UnreadableError("archive_bomb", {"ratio": ratio, "limit": MAX_RATIO})
            unpacked = 0
            for info in members:
                if not info.filename.lower().endswith((".xml", ".rels")):
                    continue
                with archive.open(info) as member:
                    tail = b""
                    while chunk := member.read(CHUNK):
                        unpacked += len(chunk)
                        if unpacked > MAX_UNPACKED_BYTES:
                            raise UnreadableError("archive_bomb", {"bytes": unpacked, "limit": MAX_UNPACKED_BYTES})
                        window = (tail + chunk).replace(b"\0", b"").upper()
                        if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                            raise UnreadableError("doctype", {"member": info.filename[:200]})
                        tail = chunk[-32:]
    except UnreadableError:
        raise
    except Exception as error:  # a broken, encrypted or unknown archive
        raise _broken(error) from error
