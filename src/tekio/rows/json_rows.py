"""JSON: a list, an object with the list in it, or an object a line (or one after the other)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import orjson

from tekio.rows.archive import CountedStream
from tekio.rows.json_stream import Element, find_list, iter_elements, iter_objects
from tekio.rows.lines import iter_lines
from tekio.rows.read import BadRow, Row, RowFile, RowOptions, Rows, encoding_of, open_lines, text_of_line, whole_as_utf8
from tekio.rows.strict_json import loads
from tekio.text.unreadable import UnreadableError

HEAD = 1 << 16
SHOWN = 200
LINE_SUFFIXES = (".jsonl", ".jsonlines", ".ndjson")
_BOM = b"\xef\xbb\xbf"


def json_rows(file: RowFile, options: RowOptions) -> Rows:
    """The rows of a JSON or JSON Lines file."""
    encoding = _encoding(file, options)
    if options.start is not None or not is_one_value(
        _head(file, options, encoding), options, by_lines=file.name.endswith(LINE_SUFFIXES)
    ):
        yield from _lines(file, options, encoding)
        return

    def open_utf8() -> CountedStream:
        # In other encodings a bracket may be half of a character.
        return file.open() if encoding in ("utf-8", "ascii") else whole_as_utf8(file, options)

    yield from _values(open_utf8, options)


def _encoding(file: RowFile, options: RowOptions) -> str:
    """The encoding of a file; where its beginning is of none, its lines are looked at one by one as UTF-8."""
    try:
        return encoding_of(file, options.encoding)
    except UnreadableError as error:
        if error.reason in ("broken_encoding", "ambiguous_encoding") and file.name.endswith(LINE_SUFFIXES):
            return "utf-8"
        raise


def _head(file: RowFile, options: RowOptions, encoding: str) -> bytes:
    stream, _ = open_lines(file, options, encoding)
    with stream:
        return stream.read(HEAD).lstrip(_BOM + b" \t\r\n")


def is_one_value(head: bytes, options: RowOptions, *, by_lines: bool = False) -> bool:
    """Whether a file that begins with `head` is JSON over many lines: a list, or an object that does not end on its first
    line. by_lines: the name of the file says that it is not.
    """
    if options.records is not None or head.startswith(b"["):
        return True
    first, feed, _ = head.partition(b"\n")
    if not head.startswith(b"{") or not feed:
        # One line alone is an object a line, unless the rows may lie inside it.
        return bool(options.wrappers) and not feed and not by_lines
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return first.strip() in (b"{", b"") or first.rstrip().endswith((b",", b"{", b"["))
    return False


def _values(open_utf8: Callable[[], CountedStream], options: RowOptions) -> Rows:
    path = options.records
    if path is None and options.wrappers:
        with open_utf8() as stream:
            path = find_list(stream, options.wrappers)
    with open_utf8() as stream:
        elements = (
            iter_elements(stream, path, options.max_line_bytes)
            if path is not None or not _begins_with_object(open_utf8)
            else iter_objects(stream, options.max_line_bytes)
        )
        yield from _elements(elements, path, options)


def _begins_with_object(open_utf8: Callable[[], CountedStream]) -> bool:
    with open_utf8() as stream:
        return stream.read(HEAD).lstrip(_BOM + b" \t\r\n").startswith(b"{")


def _elements(elements: Iterator[Element], path: str | None, options: RowOptions) -> Rows:
    number = 0
    while True:
        part, place = f"item={number}", f"#{number}" if path is None else f"#{path}[{number}]"
        try:
            element = next(elements, None)
            if element is None:
                return
        except UnreadableError as error:  # the file itself is broken from here on, not the element
            if number == 0:
                raise
            yield BadRow(error.reason, part, place, error.measured, rest=True)
            return
        if element.data is None:
            measured = {"bytes": element.length, "limit": options.max_line_bytes}
            yield BadRow("line_too_long", part, place, measured)
        else:
            yield _row(element.data, part, place, options)
        number += 1


def _row(data: bytes, part: str, place: str, options: RowOptions) -> Row | BadRow:
    try:
        value: Any = loads(data)
    except UnreadableError as error:
        return BadRow(error.reason, part, place, error.measured, shown(data))
    if not isinstance(value, dict):
        if options.everything:
            return Row({"": value}, part, place)
        return BadRow("not_a_record", part, place, {"type": type(value).__name__}, shown(data))
    return Row(cast("dict[str, Any]", value), part, place)


def shown(data: bytes) -> str:
    """The beginning of bytes that could not be used, as text."""
    return data[:SHOWN].decode("utf-8", "backslashreplace")


def _lines(file: RowFile, options: RowOptions, encoding: str) -> Rows:
    stream, encoding = open_lines(file, options, encoding)
    start = options.start or 0
    with stream:
        if start:
            stream.skip_to(start - 1)
        lines = iter_lines(stream, start=start, end=options.end, max_line=options.max_line_bytes)
        for number, line in enumerate(lines, 1):
            # Of a part of a file nobody knows the number of its lines.
            part, place = f"byte={line.offset}", f"#byte={line.offset}" if start else f":{number}"
            if line.data is None:
                measured = {"bytes": line.length, "limit": options.max_line_bytes}
                yield BadRow("line_too_long", part, place, measured)
                continue
            data = line.data.removeprefix(_BOM) if line.offset == 0 else line.data
            if not data.strip():
                continue
            if encoding not in ("utf-8", "ascii"):
                try:
                    data = text_of_line(data, encoding).encode()
                except UnreadableError as error:
                    yield BadRow(error.reason, part, place, error.measured, shown(data))
                    continue
            yield _row(data, part, place, options)
