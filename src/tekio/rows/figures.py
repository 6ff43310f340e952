"""Whether a row file is a table of figures: something to be read as one table, not as rows of text."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import cast

from tekio.rows.read import BadRow, Row, RowFile, RowOptions, read_rows
from tekio.text.tables.values import is_date, is_figure, is_nil
from tekio.text.unreadable import UnreadableError

LOOKED_AT = 200
_KEPT = re.compile('="([^"=]*)"')
LEAST_SHARE = 0.5
LONGEST_LABEL = 60


def cells_of(row: Row | BadRow) -> list[str] | None:
    """The cells of a row of a table read with `everything`; also where a title above the heading made their number another."""
    if isinstance(row, Row):
        return [_shown(value) for value in row.values.values()]
    if row.reason in ("wrong_columns", "above_heading"):
        return [_shown(value) for value in cast("list[object]", row.raw or [])]
    return None


def _shown(value: object) -> str:
    """What a cell shows: `="0012"`, which keeps a program from taking a code for a figure, is 0012."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return found[1] if (found := _KEPT.fullmatch(text)) else text


def is_table_of_figures(file: RowFile, options: RowOptions | None = None) -> bool:
    """Whether at least half of the cells beside the first column are amounts, dates or marks of none, and no cell is a sentence.

    Told by the first 200 rows. What cannot be read is none: reading it says why.
    """
    figures = count = 0
    try:
        rows = [
            cells for row in islice(read_rows(file, replace(options or RowOptions(), everything=True)), LOOKED_AT)
            if not (isinstance(row, BadRow) and row.reason == "above_heading") and (cells := cells_of(row)) is not None
        ]  # fmt: skip
    except (UnreadableError, OSError):
        return False
    # Titles above the heading and notes below the rows say one thing a line; the first row that says more is the heading.
    rows = [values for values in rows if sum(map(bool, values)) > 1]
    for number, values in enumerate(rows):
        if any(len(value) > LONGEST_LABEL for value in values):
            return False
        if number == 0:  # the heading
            continue
        beside = [value for value in values[1:] if value]
        count += len(beside)
        figures += sum(is_figure(value) or is_date(value) or is_nil(value) for value in beside)
    return count > 0 and figures >= LEAST_SHARE * count
