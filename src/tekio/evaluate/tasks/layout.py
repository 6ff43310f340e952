"""What the readers of data files share: a row with its place, and JSON, tables and text read with clear errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import InputError, Text
from tekio.rows.archive import bare_name
from tekio.rows.read import BadRow, PathFile, RowOptions
from tekio.rows.read import read_rows as read_row_file
from tekio.rows.strict_json import loads
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError, told_reason

MAX_FILE_BYTES = 1 << 30
MAX_LINE_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a data file. where: file and row, for messages."""

    values: dict[str, Any]
    where: str


def format_suffix(path: Path) -> str:
    """The suffix that tells a file's form: `.csv` for `a.csv.gz`."""
    return Path(bare_name(path.name.lower())).suffix


def wrong(path: Path, why: str | Text, place: str = "") -> InputError:
    """The error for a file that is not of the expected form."""
    return InputError(
        Text("The data file does not have the expected form.", "データファイルの形式が想定と違います。"),
        where=f"{path}{place}",
        why=why,
        fix=Text(
            "Of your own data correct this place; of published data give the file unchanged.",
            "自作のデータはこの箇所を直し、公開データはそのままのファイルを指定してください。",
        ),
    )


def read_json(path: Path) -> Any:
    """A file's JSON, in whatever encoding. Raises `InputError`."""
    try:
        return loads(decode(path.read_bytes()).text.encode())
    except (UnreadableError, UnicodeEncodeError) as error:
        raise wrong(path, error.why_words() if isinstance(error, UnreadableError) else str(error)) from error


def mapping(value: Any, path: Path, part: str) -> dict[str, Any]:
    """`value`, which has to be an object. Raises `InputError`."""
    if not isinstance(value, dict):
        raise wrong(path, f"{part}: an object is expected")
    return cast("dict[str, Any]", value)


def listing(value: Any, path: Path, part: str) -> list[Any]:
    """`value`, which has to be a list. Raises `InputError`."""
    if not isinstance(value, list):
        raise wrong(path, f"{part}: a list is expected")
    return cast("list[Any]", value)


def row_file(path: Path) -> Iterator[Row]:
    """A row a line or a row a table's row: JSON Lines, a JSON array of objects, CSV, TSV, XLSX, Parquet, also compressed."""
    options = RowOptions(max_line_bytes=MAX_LINE_BYTES, max_file_bytes=MAX_FILE_BYTES)
    try:
        for row in read_row_file(PathFile(path), options):
            where = f"{path}{row.place}"
            if isinstance(row, BadRow):
                raise wrong(path, told_reason(row.reason, row.measured), row.place)
            yield Row(row.values, where)
    except UnreadableError as error:
        raise wrong(path, error.why_words()) from error
