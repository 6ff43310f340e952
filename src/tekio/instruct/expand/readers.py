"""Readers of data set files: a path in, rows as dictionaries out, damaged rows as `InputError` values in between.

Every reader is a function `(path, options) -> iterator of (place, row or InputError)`; `place` names the row inside the
file. Readers for published formats that are no plain table (SQuAD, chABSA, XBRL, Aozora) sit in `formats.py`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, cast

from tekio.errors import InputError, Text

MAX_FILE_BYTES = 1 << 30
MAX_LINE_CHARACTERS = 4_000_000
MAX_DEPTH = 60

Row = dict[str, Any]
Reading = Iterator[tuple[str, Row | InputError]]
Reader = Callable[[Path, Mapping[str, Any]], Reading]


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises `InputError` when it is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise InputError(
                Text("The file is too large.", "ファイルが大きすぎます。"), where=path, why=f"{size:,} bytes"
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            Text("The file cannot be read.", "ファイルを読めません。"), where=path, why=str(error)
        ) from error


def read_decoded(path: Path, options: Mapping[str, Any]) -> str:
    """The text of a data file: the encoding named in the options, or UTF-8, else CP932, else EUC-JP, all strict."""
    raw = read_bytes(path)
    named = options.get("encoding")
    for encoding in [str(named)] if named else ["utf-8-sig", "cp932", "euc_jp"]:
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise InputError(Text("The encoding is unknown.", "文字コードが分かりません。"), where=path)


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def parse_json(text: str, where: object) -> Any:
    """Strict JSON: no NaN, limited nesting. Raises `InputError`."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(
            Text("This is not valid JSON.", "JSON として読めません。"), where=where, why=str(error)[:200]
        ) from error


def _as_row(value: Any, where: str) -> Row | InputError:
    if isinstance(value, dict):
        return cast("Row", value)
    return InputError(Text("A row is not a JSON object.", "行が JSON オブジェクトではありません。"), where=where)


def read_json(path: Path, options: Mapping[str, Any]) -> Reading:
    """A JSON array of objects, an object with the array under `rows_at`, or one object (one row)."""
    value = parse_json(read_decoded(path, options), path)
    for name in str(options.get("rows_at") or "").split("."):
        if name:
            value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = [cast("Any", value)]
    if not isinstance(value, list):
        raise InputError(Text("The file holds no array of rows.", "行の配列がありません。"), where=path)
    for number, item in enumerate(cast("list[Any]", value)):
        yield f"#{number}", _as_row(item, f"{path}#{number}")


def read_jsonl(path: Path, options: Mapping[str, Any]) -> Reading:
    """JSON Lines; a damaged line is one rejected row."""
    for number, line in enumerate(read_decoded(path, options).split("\n"), 1):
        if not line.strip():
            continue
        place, where = f":{number}", f"{path}:{number}"
        if len(line) > MAX_LINE_CHARACTERS:
            yield place, InputError(Text("The line is too long.", "行が長すぎます。"), where=where)
            continue
        try:
            yield place, _as_row(parse_json(line, where), where)
        except InputError as error:
            yield place, error


def _read_separated(path: Path, options: Mapping[str, Any], separator: str, quoting: Literal[0, 3]) -> Reading:
    columns = cast("list[str] | None", options.get("columns"))
    reader = csv.reader(io.StringIO(read_decoded(path, options), newline=""), delimiter=separator, quoting=quoting)
    skip = int(options.get("skip") or 0)
    try:
        for number, cells in enumerate(reader, 1):
            if number <= skip or not cells:
                continue
            if columns is None:
                columns = cells
                continue
            place = f":{number}"
            if len(cells) < len(columns):
                yield (
                    place,
                    InputError(
                        Text("The row has too few columns.", "列が足りません。"),
                        where=f"{path}:{number}",
                        why=f"{len(cells)} < {len(columns)}",
                    ),
                )
            else:
                yield place, dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        raise InputError(
            Text("The table is malformed.", "表の形式が正しくありません。"), where=path, why=str(error)
        ) from error


def read_csv(path: Path, options: Mapping[str, Any]) -> Reading:
    """CSV with a header line, or with the names in `columns`; `skip` leading lines are left out."""
    return _read_separated(path, options, str(options.get("separator") or ","), csv.QUOTE_MINIMAL)


def read_tsv(path: Path, options: Mapping[str, Any]) -> Reading:
    """Tab-separated text without quoting, with a header line or the names in `columns`."""
    return _read_separated(path, options, "\t", csv.QUOTE_NONE)


def read_auto(path: Path, options: Mapping[str, Any]) -> Reading:
    """By suffix; `.json` that holds JSON Lines (as JGLUE publishes it) is noticed."""
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return read_jsonl(path, options)
    if suffix in (".csv", ".tsv"):
        return (read_csv if suffix == ".csv" else read_tsv)(path, options)
    if suffix == ".json":
        text = read_decoded(path, options).lstrip()
        first = text.split("\n", 1)[0].rstrip()
        if first.startswith("{") and first.endswith("}"):
            return read_jsonl(path, options)
        return read_json(path, options)
    raise InputError(Text("No reader for this kind of file.", "この種類のファイルは読めません。"), where=path)


def table_readers() -> dict[str, Reader]:
    """Readers of plain tables by name."""
    return {"auto": read_auto, "json": read_json, "jsonl": read_jsonl, "csv": read_csv, "tsv": read_tsv}
