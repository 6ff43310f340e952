"""Rows of a data file for the formats: what `tekio.rows` reads, with places and refusals as an import reports them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tekio.instruct.formats.foreign import HEADINGS
from tekio.instruct.formats.rejected import RejectedRecord, shorten
from tekio.rows.read import FORMATS, MAX_LINE_BYTES, BadRow, PathFile, RowOptions
from tekio.rows.read import read_rows as read_row_file
from tekio.text.unreadable import UnreadableError

COMPRESSIONS = (".gz", ".bz2", ".zst")
SUFFIXES = tuple(FORMATS)
WRAPPERS = ("data", "train", "rows", "examples", "instances", "samples")
"""Names under which a JSON object holds the list of rows."""
OPTIONS = RowOptions(wrappers=WRAPPERS, max_line_bytes=MAX_LINE_BYTES, known=HEADINGS)


class RawRow(NamedTuple):
    """One row and where it stood (`file:line`, `file#index`)."""

    where: str
    row: dict[str, Any]


def data_suffix(path: Path) -> str:
    """`.jsonl` for `a.jsonl.gz`; empty when it is no data file we read."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in SUFFIXES else ""


def read_rows(path: Path, name: str, options: RowOptions = OPTIONS) -> Iterator[RawRow | RejectedRecord]:
    """The rows of one file, in order. `name` is how the file is called in `where`."""
    try:
        for row in read_row_file(PathFile(path), options):
            where = f"{name}{row.place}"
            if isinstance(row, BadRow):
                yield RejectedRecord(row.reason, where, dict(row.measured), shorten(row.raw))
            else:
                yield RawRow(where, row.values)
    except UnreadableError as error:
        yield RejectedRecord(error.reason, name, error.measured)
    except OSError as error:
        yield RejectedRecord("unreadable_file", name, {"error": str(error)})
