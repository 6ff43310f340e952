"""Raw rows of a data file: JSON arrays, JSON Lines, Parquet; plain, gzip or zstd. Memory is bounded by one row.

Files come from outside: a row has a size limit, duplicate keys and NaN are refused (RFC 8259 leaves both open, readers
differ), and a damaged place becomes a `RejectedRecord`, never an exception.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (pyarrow has no complete type information)

from __future__ import annotations

import codecs
import gzip
import io
import json
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import zstandard

from tekio.instruct.formats.rejected import RejectedRecord, shorten

MAX_ROW_BYTES = 16 << 20
MAX_FILE_BYTES = 64 << 30  # after decompression: a bomb ends here
CHUNK = 1 << 18
COMPRESSIONS = (".gz", ".zst")
LINE_SUFFIXES = (".jsonl", ".ndjson", ".jsonlines")
SUFFIXES = (*LINE_SUFFIXES, ".json", ".parquet")
# A JSON object that is only the wrapping of a list of rows.
WRAPPERS = ("data", "train", "rows", "examples", "instances")


class RawRow(NamedTuple):
    """One JSON object and where it stood (`file:line`, `file#index`)."""

    where: str
    row: dict[str, Any]


def data_suffix(path: Path) -> str:
    """`.jsonl` for `a.jsonl.gz`; empty when it is no data file we read."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in SUFFIXES else ""


def read_rows(path: Path, name: str) -> Iterator[RawRow | RejectedRecord]:
    """The rows of one file, in order. `name` is how the file is called in `where`."""
    suffix = data_suffix(path)
    try:
        if suffix == ".parquet":
            yield from _parquet_rows(path, name)
            return
        with _open(path) as stream:
            if suffix in LINE_SUFFIXES:
                yield from _line_rows(stream, name)
            else:
                yield from _json_rows(stream, name)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError, UnicodeDecodeError) as error:
        yield RejectedRecord("unreadable_file", name, {"error": str(error)})


def _open(path: Path) -> BinaryIO:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    if suffix == ".zst":
        return cast("BinaryIO", io.BufferedReader(cast("Any", zstandard.open(path, "rb"))))
    return path.open("rb")


def strict_json(text: str) -> Any:
    """The value of a JSON text. Raises `ValueError` for duplicate keys, NaN, damage and absurd nesting."""
    return decode_json(text, 0)[0]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def decode_json(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at `text[start]` and where it ends. Raises `ValueError` as `strict_json` does."""
    try:
        return _decoder.raw_decode(text, start)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


# --- JSON Lines --------------------------------------------------------------------------------------------------


def _line_rows(stream: BinaryIO, name: str) -> Iterator[RawRow | RejectedRecord]:
    number = read = 0
    while line := stream.readline(MAX_ROW_BYTES + 1):
        number += 1
        read += len(line)
        where = f"{name}:{number}"
        if len(line) > MAX_ROW_BYTES:
            while not line.endswith(b"\n") and (line := stream.readline(MAX_ROW_BYTES)):
                read += len(line)
                if read > MAX_FILE_BYTES:
                    break
            yield RejectedRecord("row_too_long", where, {"limit_bytes": MAX_ROW_BYTES})
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _one_line(line, where, first=number == 1)
        if read > MAX_FILE_BYTES:
            yield RejectedRecord("file_too_long", where, {"limit_bytes": MAX_FILE_BYTES})
            return


def _one_line(line: bytes, where: str, *, first: bool) -> RawRow | RejectedRecord:
    try:
        text = line.decode("utf-8-sig" if first else "utf-8").strip()
    except UnicodeDecodeError as error:
        return RejectedRecord("not_utf8", where, {"error": str(error)}, shorten(line[:200].decode("cp932", "replace")))
    try:
        value, end = decode_json(text, 0)
        if text[end:].strip():
            raise ValueError("text after the value")
    except ValueError as error:
        return RejectedRecord("not_json", where, {"error": str(error)}, shorten(text))
    return _object(value, where)


def _object(value: Any, where: str) -> RawRow | RejectedRecord:
    if not isinstance(value, dict):
        return RejectedRecord("not_an_object", where, {"type": type(value).__name__}, shorten(value))
    return RawRow(where, cast("dict[str, Any]", value))


# --- JSON (an array, one object, or objects one after the other) ------------------------------------------------


class _Window:
    """A moving window over a text stream: `text[start:]` is not consumed yet."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text = ""
        self.start = 0
        self.read = 0
        self.ended = False

    def more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end of the file."""
        chunk = self.stream.read(size)
        self.read += len(chunk)
        self.ended = not chunk or self.read > MAX_FILE_BYTES
        self.text = self.text[self.start :] + self.decoder.decode(chunk, final=not chunk)
        self.start = 0
        return not self.ended

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self.start < len(self.text) and self.text[self.start] in " \t\r\n":
                self.start += 1
            if self.start < len(self.text):
                return self.text[self.start]
            if not self.more():
                return ""

    def value(self) -> Any:
        """The next JSON value. Raises `ValueError` where it is damaged or longer than a row may be."""
        size = CHUNK
        while True:
            try:
                found, end = decode_json(self.text, self.start)
            except ValueError:
                if self.ended or len(self.text) - self.start > MAX_ROW_BYTES:
                    raise
            else:
                if end < len(self.text) or self.ended:  # else a number may go on in the next chunk
                    self.start = end
                    return found
            self.more(size)
            size = min(size * 2, MAX_ROW_BYTES)


def _json_rows(stream: BinaryIO, name: str) -> Iterator[RawRow | RejectedRecord]:
    window = _Window(stream)
    index = 0
    in_array = window.peek() == "["
    if in_array:
        window.start += 1
    while (character := window.peek()) and not (in_array and character == "]"):
        where = f"{name}#{index}"
        if index and in_array:
            if character != ",":
                yield RejectedRecord("not_json", where, {"error": "a comma is missing; the rest was not read"})
                return
            window.start += 1
            window.peek()
        try:
            value = window.value()
        except ValueError as error:
            measured = {"error": f"{error}; the rest of the file was not read"}
            yield RejectedRecord("not_json", where, measured, shorten(window.text[window.start : window.start + 200]))
            return
        yield from _unwrapped(value, where) if not in_array and index == 0 else [_object(value, where)]
        index += 1
    if in_array and not character:
        yield RejectedRecord("not_json", f"{name}#{index}", {"error": "the array does not end; the file was cut"})


def _unwrapped(value: Any, where: str) -> Iterator[RawRow | RejectedRecord]:
    if isinstance(value, dict):
        for key in WRAPPERS:
            rows = cast("dict[str, Any]", value).get(key)
            if isinstance(rows, list) and rows and isinstance(rows[0], dict):
                for index, row in enumerate(cast("list[Any]", rows)):
                    yield _object(row, f"{where}.{key}[{index}]")
                return
    yield _object(value, where)


# --- Parquet -----------------------------------------------------------------------------------------------------


def _parquet_rows(path: Path, name: str) -> Iterator[RawRow | RejectedRecord]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    index = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=512):
                for row in batch.to_pylist():
                    yield RawRow(f"{name}#{index}", {key: plain(value) for key, value in row.items()})
                    index += 1
    except (pa.ArrowException, UnicodeDecodeError) as error:
        yield RejectedRecord("unreadable_file", f"{name}#{index}", {"error": f"{type(error).__name__}: {error}"})


def plain(value: Any) -> Any:
    """A column value as plain JSON: dates and decimals as text, bytes as their length, no NaN."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return str(value)
