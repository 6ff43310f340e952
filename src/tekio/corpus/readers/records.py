"""JSON Lines and JSON: rows become documents by a mapping of columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import orjson

from tekio.corpus.readers.json_stream import iter_elements
from tekio.corpus.readers.lines import iter_lines
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_text
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.text.dates import iso_date
from tekio.text.encoding import canonical_name, decode
from tekio.text.unreadable import UnreadableError

MAX_LINE_BYTES = 16_000_000
MAX_JSON_BYTES = 200_000_000

FIELDS = ("title", "published", "as_of", "license", "uri")
"""Document fields a column can fill; `text` may be several columns joined with `+`; other names go into `meta`."""


class Mapping:
    """How the columns of a source become document fields."""

    def __init__(self, source: SourceConfig) -> None:
        self.source = source
        columns = source.columns
        self.text = [name.strip() for name in columns.get("text", "text").split("+")]
        self.fields = [(field, columns[field]) for field in FIELDS if field in columns]
        self.meta = [(name, column) for name, column in columns.items() if name != "text" and name not in FIELDS]
        named = dict(self.meta) | dict(self.fields)
        if source.group not in ("document", "file") and source.group not in named:
            self.meta.append((source.group, source.group))

        self.only = self.text[0] if len(self.text) == 1 and not self.fields and not self.meta else None

    def row(self, file: UnitFile, row: Any, part: str) -> Document | Rejected:
        """One row as a document; `no_text` when a text column is missing or empty."""
        if self.only is not None and isinstance(row, dict):  # the common case, without the detours
            value = cast("dict[str, Any]", row).get(self.only)
            if isinstance(value, str) and (text := value.strip()):
                return make_document(self.source, file, text, part=part)
        uri = f"{file.uri}#{part}"
        if not isinstance(row, dict):
            return Rejected(uri, "not_a_record", {"type": type(row).__name__})
        values = cast("dict[str, Any]", row)
        pieces = [text for name in self.text if (text := as_text(lookup(values, name)))]
        if not pieces:
            return Rejected(uri, "no_text", {"wanted": "+".join(self.text), "columns": sorted(map(str, values))[:30]})
        found = {field: as_text(lookup(values, column)) for field, column in self.fields}
        meta = {name: value for name, column in self.meta if (value := plain(lookup(values, column))) is not None}
        return make_document(
            self.source,
            file,
            "\n".join(pieces),
            part=part,
            uri=found.get("uri") or None,
            title=found.get("title") or None,
            published=iso_date(found.get("published")),
            as_of=iso_date(found.get("as_of")),
            license=found.get("license") or None,
            meta=meta,
        )


def lookup(row: dict[str, Any], name: str) -> Any:
    """A column; `a.b` also finds a field inside a record."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, Any]", value).get(part)
    return value


def as_text(value: Any) -> str:
    """A column's value as text: lists line by line, numbers as written, anything else as nothing."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "\n".join(filter(None, (as_text(item) for item in cast("list[Any]", value))))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def plain(value: Any) -> Any:
    """A value that may stand in `meta`: JSON scalars and lists of them."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list):
        return [str(item) for item in cast("list[Any]", value)[:100]]
    return str(value)[:1000]


def read_json(source: SourceConfig, file: UnitFile, start: int | None = None, end: int | None = None) -> Rows:
    """A `.jsonl` file (or a byte range of it) or a JSON array.

    Options: `records` (path of the list inside a JSON object), `max_line_bytes` (of a line or element), `encoding`,
    `max_file_bytes` (JSON arrays that are not UTF-8 only: they are read whole).
    """
    if start is None and _is_array(source, file):
        yield from _array(source, file)
    else:
        yield from _lines(source, file, start or 0, end)


def _is_array(source: SourceConfig, file: UnitFile) -> bool:
    """Whether a file is one JSON value, not a line each: a list, or an object that does not end on its first line."""
    if "records" in source.options:
        return True
    with file.open() as stream:
        head = stream.read(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"["):
        return True
    first, feed, _ = head.partition(b"\n")
    if not feed:
        return False
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return first.strip() in (b"{", b"") or first.rstrip().endswith((b",", b"{", b"["))
    return False


def _array(source: SourceConfig, file: UnitFile) -> Rows:
    path, limit = option_text(source, "records"), option_int(source, "max_line_bytes", MAX_LINE_BYTES)
    encoding = option_text(source, "encoding")
    mapping = Mapping(source)
    if not _is_utf8(file, encoding):  # in other encodings a bracket may be half of a character
        yield from _whole(source, file, mapping, path, encoding)
        return
    number = 0
    with file.open() as stream:
        elements = iter_elements(stream, path, limit)
        while True:
            part = f"item={number}"
            try:
                element = next(elements, None)
                if element is None:
                    return
                if element.data is None:
                    yield Rejected(f"{file.uri}#{part}", "line_too_long", {"bytes": element.length, "limit": limit})
                else:
                    yield mapping.row(file, _loads(element.data), part)
            except UnreadableError as error:
                if number == 0:
                    raise
                yield Rejected(f"{file.uri}#{part}", error.reason, error.measured)
                if "byte" in error.measured:  # the file itself is broken from here on, not the element
                    return
            number += 1


def _is_utf8(file: UnitFile, encoding: str | None) -> bool:
    """Whether a file is UTF-8 as far as its first block and the declared encoding tell."""
    if encoding and canonical_name(encoding) not in ("utf-8", "ascii", "utf_8"):
        return False
    with file.open() as stream:
        head = stream.read(1 << 16)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return b"\0" not in head


def _whole(source: SourceConfig, file: UnitFile, mapping: Mapping, path: str | None, encoding: str | None) -> Rows:
    raw = file.read(option_int(source, "max_file_bytes", MAX_JSON_BYTES))
    value = _loads(raw, encoding)
    rows = lookup(cast("dict[str, Any]", value), path) if path and isinstance(value, dict) else value
    if isinstance(rows, dict):
        rows = [cast("object", rows)]
    if not isinstance(rows, list):
        raise UnreadableError("no_records", {"records": path, "type": type(rows).__name__})
    for number, row in enumerate(cast("list[Any]", rows)):
        yield mapping.row(file, row, f"item={number}")


def _loads(raw: bytes, encoding: str | None = None) -> Any:
    """Strict JSON. Raises `UnreadableError`: `bad_json` (NaN and broken text too) or an encoding's reason."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        text = decode(raw, encoding)
        if text.encoding == "utf-8" and not raw.startswith(b"\xef\xbb\xbf"):
            raise UnreadableError("bad_json", {"error": str(error)[:200]}) from error
    try:
        return orjson.loads(text.text)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise UnreadableError("bad_json", {"error": str(error)[:200]}) from error


def _lines(source: SourceConfig, file: UnitFile, start: int, end: int | None) -> Iterator[Document | Rejected]:
    limit = option_int(source, "max_line_bytes", MAX_LINE_BYTES)
    encoding = option_text(source, "encoding")
    mapping = Mapping(source)
    with file.open() as stream:
        if start:
            stream.skip_to(start - 1)
        for line in iter_lines(stream, start=start, end=end, max_line=limit):
            part = f"byte={line.offset}"
            if line.data is None:
                yield Rejected(f"{file.uri}#{part}", "line_too_long", {"bytes": line.length, "limit": limit})
                continue
            if not line.data.strip():
                continue
            try:
                row = _loads(line.data, encoding)
            except UnreadableError as error:
                yield Rejected(f"{file.uri}#{part}", error.reason, error.measured)
                continue
            yield mapping.row(file, row, part)
