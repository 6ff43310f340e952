"""Row files: JSON, JSON Lines, CSV, TSV, XLSX and Parquet, plain or compressed, in one way for every stage.

`read_rows` gives the rows of a file one by one, and a `BadRow` for every part of it that gives none. Memory is bounded by a
row (or by a limit where a form must be read whole), whatever the file says of itself.
"""

from __future__ import annotations

from tekio.rows.columns import joined_columns, missing_columns, parse_columns
from tekio.rows.read import BadRow, PathFile, Row, RowFile, RowOptions, format_of, header_of, read_rows

__all__ = [
    "BadRow",
    "PathFile",
    "Row",
    "RowFile",
    "RowOptions",
    "format_of",
    "header_of",
    "joined_columns",
    "missing_columns",
    "parse_columns",
    "read_rows",
]
