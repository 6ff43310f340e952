"""One file of rows: its form, its encoding, its rows."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol

from tekio.rows.archive import CountedStream, bare_name, open_stream, read_all
from tekio.rows.columns import nested_names
from tekio.rows.lines import Readable
from tekio.text.encoding import LINE_SAFE, decode, encoding_of_lines
from tekio.text.unreadable import UnreadableError

MAX_LINE_BYTES = 16_000_000
MAX_FILE_BYTES = 200_000_000
SAMPLE_BYTES = 1 << 18

Format = Literal["auto", "json", "csv", "tsv", "xlsx", "parquet"]
FORMATS: dict[str, Format] = {
    ".json": "json",
    ".jsonl": "json",
    ".jsonlines": "json",
    ".ndjson": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
"""The form of a file by its suffix; whether JSON is a value or a line each is seen from its content."""


class RowFile(Protocol):
    """A file as it lies on disk, or a member of an archive in memory."""

    @property
    def name(self) -> str:
        """Its own name in lower case, without a compression suffix."""
        ...

    @property
    def path(self) -> Path: ...

    @property
    def content(self) -> builtins.bytes | None: ...

    def read(self, limit: int) -> builtins.bytes:
        """The whole (decompressed) content. Raises `UnreadableError` over `limit` bytes."""
        ...

    def open(self) -> CountedStream:
        """The (decompressed) content as a stream."""
        ...


@dataclass(frozen=True)
class PathFile:
    """A file on disk."""

    path: Path
    content: builtins.bytes | None = None

    @property
    def name(self) -> str:
        return bare_name(self.path.name.lower())

    def read(self, limit: int) -> builtins.bytes:
        return read_all(self.path, limit)

    def open(self) -> CountedStream:
        return open_stream(self.path)


@dataclass(frozen=True)
class RowOptions:
    """How to read a file.

    format: by its name, else by its first bytes. encoding: tried first, not trusted. records: path of the list inside a JSON
    object (`data.rows`). wrappers: names under which an object may hold the rows, tried where `records` says nothing.
    delimiter, quoting, skip_lines (above the heading), names (the columns of a table without a heading): of CSV and TSV;
    skip_lines and sheet (its name; default: all sheets) of XLSX. numbered: a table has no heading, its columns are called by their
    number from 1. known: names of columns that a heading of a table has; where one of the lines below the first has two of them and
    no line above it has, the lines above are titles and refused as `above_heading`. heading: names that the heading of a CSV or TSV table has all
    of; where the first line lacks one and one of the next has all, the same. columns: only these are needed (Parquet reads no others).
    start, end: only the JSON lines that begin in this range of bytes. everything: nothing a file holds is left out, for
    those who look for texts: a heading is a row too (with its names as values), columns of equal names are told apart by
    their number, a JSON value that is no object is a row with the one column "".
    """

    format: Format = "auto"
    encoding: str | None = None
    records: str | None = None
    wrappers: tuple[str, ...] = ()
    delimiter: str | None = None
    quoting: bool = True
    skip_lines: int = 0
    names: tuple[str, ...] | None = None
    sheet: str | None = None
    numbered: bool = False
    known: frozenset[str] = frozenset()
    heading: frozenset[str] = frozenset()
    columns: tuple[str, ...] | None = None
    start: int | None = None
    end: int | None = None
    everything: bool = False
    max_line_bytes: int = MAX_LINE_BYTES
    max_file_bytes: int = MAX_FILE_BYTES


@dataclass(slots=True)
class Row:
    """One row (not frozen: that takes three times as long to make, and there are millions). part: its place as it enters ids (`row=3`, `item=3`, `byte=120`). place: the same for people, to be put
    behind the file's name (`:4`, `#3`).
    """

    values: dict[str, Any]
    part: str
    place: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A part of a file that gave no row. rest: the rest of the file was not read; raw: what stands there, cut short."""

    reason: str
    part: str
    place: str
    measured: Mapping[str, Any] = field(default_factory=dict[str, Any])
    raw: Any = None
    rest: bool = False


Rows = Iterator[Row | BadRow]


def format_of(file: RowFile, wanted: Format = "auto") -> Format:
    """The form of a file: as wanted, else by its name, else by its first bytes."""
    if wanted != "auto":
        return wanted
    found = FORMATS.get(Path(file.name).suffix)
    if found is not None:
        return found
    with file.open() as stream:
        head = stream.read(64)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    return "json" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) else "csv"


def read_rows(file: RowFile, options: RowOptions | None = None) -> Rows:
    """The rows of a file in order, and a `BadRow` for every part that gives none.

    Raises `UnreadableError` for a file that cannot be read at all: an encoding's or archive's reason, `bad_parquet`,
    `bad_workbook`, `duplicate_column`, `no_records`, `too_large`.
    """
    chosen = options or RowOptions()
    form = format_of(file, chosen.format)
    if form == "json":
        from tekio.rows.json_rows import json_rows

        return json_rows(file, chosen)
    if form in ("csv", "tsv"):
        from tekio.rows.separated import separated_rows

        return separated_rows(file, chosen, tabs=form == "tsv")
    if form == "xlsx":
        from tekio.rows.workbook import workbook_rows

        return workbook_rows(file, chosen)
    from tekio.rows.parquet import parquet_rows

    return parquet_rows(file, chosen)


def header_of(file: RowFile, options: RowOptions | None = None, rows: int = 100) -> list[str] | None:
    """The columns of a file and the fields inside its records, as its first rows have them; None when it has no row."""
    chosen = options or RowOptions()
    if format_of(file, chosen.format) == "parquet":
        from tekio.rows.parquet import parquet_columns

        return parquet_columns(file)
    names: dict[str, None] = {}
    for row in islice((row for row in read_rows(file, options) if isinstance(row, Row)), rows):
        names.update(dict.fromkeys(nested_names(row.values)))
    return list(names) or None


def encoding_of(file: RowFile, declared: str | None) -> str:
    """The encoding of a file's text, by its first lines. Raises `UnreadableError`."""
    with file.open() as stream:
        head = _read_up_to(stream, SAMPLE_BYTES)
    return encoding_of_lines(head, declared)


def _read_up_to(stream: Readable, size: int) -> bytes:
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def open_lines(file: RowFile, options: RowOptions, encoding: str) -> tuple[CountedStream, str]:
    """A file as a stream whose line feeds are line feeds, and its encoding: UTF-16 and ISO-2022-JP become UTF-8."""
    if encoding in LINE_SAFE:
        return file.open(), encoding
    return whole_as_utf8(file, options), "utf-8"


def whole_as_utf8(file: RowFile, options: RowOptions) -> CountedStream:
    """The whole text of a file as UTF-8, of at most `max_file_bytes`."""
    text = decode(file.read(options.max_file_bytes), options.encoding).text
    return CountedStream(io.BytesIO(text.encode("utf-8", "surrogatepass")), None, 1)


def text_of_line(line: bytes, encoding: str) -> str:
    """A line of a file in one of the line-safe encodings; a UTF-8 line in another file is read too.

    Raises `UnreadableError` (`broken_encoding`) where neither fits.
    """
    for name in dict.fromkeys((encoding, "utf-8")):
        text = LINE_SAFE[name](line)
        if text is not None:
            return text
    raise UnreadableError("broken_encoding", {"encoding": encoding, "bytes": len(line)})
