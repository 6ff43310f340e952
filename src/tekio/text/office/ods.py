"""OpenDocument spreadsheets (.ods) as HTML: a section a sheet, a table a range, merged cells as spans, cells as the file shows them.

OpenDocument 1.3, part 3, chapter 9. The text that a person sees stands beside each value. Hidden rows, columns and sheets,
annotations and what is drawn are left out; a cell or row that stands for many is written as often as it says where it says something.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from itertools import accumulate
from typing import Any

from tekio.text.office.odt import Letters, body_of, inline, raising_styles
from tekio.text.office.package import OfficeFile, Section, attribute, child, local, number, spans
from tekio.text.tables.grid import Cell
from tekio.text.tables.side_by_side import tables_of
from tekio.text.unreadable import UnreadableError

MAX_CELLS = 2_000_000
MAX_COLUMNS = 16_384
MAX_REPEATED = 1_000
"""Rows with text that one element may stand for."""
_HIDDEN = ("collapse", "filter")
_MARKUP = re.compile("<[^>]*>")


_Cells = dict[int, tuple[str, tuple[int, int]]]
"""The cells of a row that say something: column as a person counts -> (HTML, columns and rows it covers)."""
_Row = list[tuple[str, tuple[int, int]]]
"""The cells that begin in a row, empty ones in their place."""


def read_ods(raw: bytes) -> OfficeFile:
    """The sheets, hidden ones marked. Raises `UnreadableError`: `not_a_document`, `too_many_cells`, those of `Package`."""
    root, book = body_of(raw, "spreadsheet")
    letters, unseen = Letters(raising_styles(root)), _undisplayed(root)
    sections: list[Section] = []
    for sheet in book:
        if local(sheet) != "table":
            continue
        title = attribute(sheet, "name")
        parts = list(_ranges(sheet, letters, title))
        tables = [_html(rows) for rows in tables_of(parts, lambda cell: Cell(_text(cell[0]), *cell[1]))]
        hidden = attribute(sheet, "style-name") in unseen
        sections.append(Section(title, tables, hidden=hidden, headed=False))
    return OfficeFile("", sections)


def _undisplayed(root: Any) -> set[str]:
    """The styles of sheets that are not shown."""
    return {
        attribute(style, "name")
        for style in root.iter("{*}style")
        if attribute(child(style, "table-properties"), "display") == "false"
    }


def _ranges(sheet: Any, letters: Letters, title: str) -> Iterator[list[_Row]]:
    """The rows of each part of a sheet between empty rows, all as wide as the sheet."""
    before, hidden = _shown_before(sheet), _hidden_rows(sheet)
    rows: list[tuple[int, int, _Cells]] = []  # where a row stands, how often, and what it says
    at = count = width = 0
    for row in _rows(sheet):
        repeated = max(number(attribute(row, "number-rows-repeated"), 1), 1)
        if attribute(row, "visibility") not in _HIDDEN:
            said = _said(row, before, letters)
            rows.append((at + repeated, min(repeated, MAX_REPEATED), said))
            count += len(said)
            width = max(width, *(column + size[0] for column, (_, size) in said.items()), 0)
            _check(title, count)
        at += repeated
    lines: list[_Row] = []
    below: dict[int, int] = {}  # column -> rows that a cell above still covers
    cells = 0
    for at, repeated, said in rows:
        for _ in range(repeated if said or below else 1):
            if not said and not below:
                if lines:
                    yield lines
                lines = []
                continue
            cells += width
            _check(title, cells)
            lines.append(_placed(said, width, below, lambda high, at=at: high - hidden(at, at + high - 1)))
    if lines:
        yield lines


def _check(title: str, cells: int) -> None:
    if cells > MAX_CELLS:
        raise UnreadableError("too_many_cells", {"sheet": title, "cells": cells, "limit": MAX_CELLS})


def _placed(said: _Cells, width: int, below: dict[int, int], shown: Callable[[int], int]) -> _Row:
    """The cells that begin in a row; `below` then tells what they and those above cover further down.

    shown: of so many rows from this one on, how many a person sees.
    """
    line: _Row = []
    covered = set(below)
    below_now = {column: rows - 1 for column, rows in below.items() if rows > 1}
    beside = 0
    for column in range(width):
        if column < beside or column in covered:
            continue
        text, (wide, high) = said.get(column, ("", (1, 1)))
        high = max(shown(high), 1) if high > 1 else 1
        line.append((text, (wide, high)))
        beside = column + wide
        if high > 1:
            below_now |= dict.fromkeys(range(column, beside), high - 1)
    below.clear()
    below.update(below_now)
    return line


def _hidden_rows(sheet: Any) -> Callable[[int, int], int]:
    """Of the rows from a number up to another, how many a person does not see."""
    starts, totals = [0], [0]
    at = 0
    for row in _rows(sheet):
        repeated = max(number(attribute(row, "number-rows-repeated"), 1), 1)
        if attribute(row, "visibility") in _HIDDEN:
            starts += [at, at + repeated]
            totals += [totals[-1], totals[-1] + repeated]
        at += repeated

    def up_to(row: int) -> int:
        place = bisect_right(starts, row) - 1
        inside = place % 2 == 1  # between the first and the last of a hidden run
        return totals[place] + (row - starts[place] if inside else 0)

    return lambda first, last: up_to(last) - up_to(first) if last > first and len(starts) > 1 else 0


def _rows(parent: Any, depth: int = 0) -> Iterator[Any]:
    """The rows of a sheet, those in groups and heads too."""
    for node in parent:
        if local(node) == "table-row":
            yield node
        elif local(node) in ("table-header-rows", "table-rows", "table-row-group") and depth < 20:
            yield from _rows(node, depth + 1)


def _shown_before(sheet: Any) -> Sequence[int]:
    """For each column of a sheet the number of those before it that a person sees."""
    hidden: list[tuple[int, int]] = []
    at = 0
    for column in sheet.iter("{*}table-column"):
        times = min(max(number(attribute(column, "number-columns-repeated"), 1), 1), MAX_COLUMNS - at)
        if attribute(column, "visibility") in _HIDDEN:
            hidden.append((at, at + times))
        at += times
    if not hidden:
        return range(MAX_COLUMNS + 1)
    shown = [1] * MAX_COLUMNS
    for start, end in hidden:
        shown[start:end] = [0] * (end - start)
    return [0, *accumulate(shown)]


def _said(row: Any, before: Sequence[int], letters: Letters) -> _Cells:
    """The cells of a row that say something, by the columns that are shown; merged cells that say nothing are empty ones."""
    found: _Cells = {}
    at = 0
    for cell in row:
        name = local(cell)
        if name not in ("table-cell", "covered-table-cell") or at >= MAX_COLUMNS:
            continue
        end = at + min(max(number(attribute(cell, "number-columns-repeated"), 1), 1), MAX_COLUMNS - at)
        if name == "table-cell" and (text := _html_of(cell, letters)):
            wide = max(number(attribute(cell, "number-columns-spanned"), 1), 1)
            high = min(max(number(attribute(cell, "number-rows-spanned"), 1), 1), MAX_REPEATED)
            for column in range(at, end):
                if seen := before[min(column + wide, MAX_COLUMNS)] - before[column]:
                    found[before[column]] = (text, (seen, high))
        at = end
    return found


def _html_of(cell: Any, letters: Letters) -> str:
    """What a cell shows; nothing where that is blank."""
    text = "<br>".join(inline(part, letters) for part in cell if local(part) == "p").strip()
    return text if _MARKUP.sub("", text).strip() else ""


def _text(html: str) -> str:
    return unescape(_MARKUP.sub("", html.replace("<br>", "\n")))


def _html(rows: list[_Row]) -> str:
    lines = ("".join(f"<td{spans(*size)}>{html}</td>" for html, size in line) for line in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
