"""Readers of data set files: a path in, rows as dictionaries out, damaged rows as `InputError` values in between.

Every reader is a function `(path, options) -> iterator of (place, row or InputError)`; `place` names the row inside the
file. Readers for published formats that are no plain table (SQuAD, chABSA, XBRL, Aozora) are listed in `published.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tekio.errors import InputError, Text
from tekio.rows.archive import bare_name, read_all
from tekio.rows.read import FORMATS, BadRow, Format, PathFile, RowOptions, read_rows
from tekio.rows.strict_json import strict_json
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

MAX_FILE_BYTES = 1 << 30
ARCHIVES = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".zip")

Row = dict[str, Any]
Reading = Iterator[tuple[str, Row | InputError]]
Reader = Callable[[Path, Mapping[str, Any]], Reading]


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, decompressed if it is gzip, bzip2, xz or zstd. Raises `InputError`: too large, not readable.

    A tar archive is refused by name (`archive_not_unpacked`): what it holds has names of its own, which readers go by.
    """
    if path.name.lower().endswith(ARCHIVES):
        raise UnreadableError("archive_not_unpacked", {"do": "unpack it and name the folder"})
    try:
        return read_all(path, MAX_FILE_BYTES)
    except OSError as error:
        raise InputError(
            Text("The file cannot be read.", "ファイルを読めません。"), where=path, why=str(error)
        ) from error


def read_decoded(path: Path, options: Mapping[str, Any]) -> str:
    """The text of a data file in the encoding named in the options, or the one its bytes show (`tekio.text.encoding`)."""
    named = options.get("encoding")
    return decode(read_bytes(path), str(named) if named else None).text


def parse_json(text: str, where: object) -> Any:
    """Strict JSON: no NaN, no duplicate keys, limited nesting. Raises `InputError`."""
    try:
        return strict_json(text)
    except ValueError as error:
        raise InputError(
            Text("This is not valid JSON.", "JSON として読めません。"), where=where, why=str(error)[:200]
        ) from error


def _rows(path: Path, options: Mapping[str, Any], form: Format, *, quoting: bool = True) -> Reading:
    names = options.get("columns")
    chosen = RowOptions(
        format=form,
        encoding=str(options["encoding"]) if options.get("encoding") else None,
        records=str(options["rows_at"]) if options.get("rows_at") else None,
        delimiter=str(options["separator"]) if options.get("separator") else None,
        quoting=quoting,
        skip_lines=int(options.get("skip") or 0),
        names=tuple(names) if names and form in ("csv", "tsv") else None,
        max_file_bytes=MAX_FILE_BYTES,
    )
    for row in read_rows(PathFile(path), chosen):
        if isinstance(row, BadRow):
            yield row.place, UnreadableError(row.reason, row.measured)
        else:
            yield row.place, row.values


def read_json(path: Path, options: Mapping[str, Any]) -> Reading:
    """A JSON array of objects, an object with the array under `rows_at`, one object (one row), or an object a line."""
    return _rows(path, options, "json")


def read_csv(path: Path, options: Mapping[str, Any]) -> Reading:
    """CSV with a header line, or with the names in `columns`; `skip` leading lines are left out."""
    return _rows(path, options, "csv")


def read_tsv(path: Path, options: Mapping[str, Any]) -> Reading:
    """Tab-separated text without quoting, with a header line or the names in `columns`."""
    return _rows(path, options, "tsv", quoting=False)


def read_auto(path: Path, options: Mapping[str, Any]) -> Reading:
    """JSON, JSON Lines, CSV, TSV, XLSX or Parquet by the file's name."""
    form = FORMATS.get(Path(bare_name(path.name.lower())).suffix)
    if form is None:
        raise InputError(Text("No reader for this kind of file.", "この種類のファイルは読めません。"), where=path)
    return read_tsv(path, options) if form == "tsv" else _rows(path, options, form)


def table_readers() -> dict[str, Reader]:
    """Readers of plain tables by name."""
    return {"auto": read_auto, "json": read_json, "jsonl": read_json, "csv": read_csv, "tsv": read_tsv}
