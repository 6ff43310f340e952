"""JSON Lines a page at a time, found by their place in the file: no index is made, no more lines are parsed than shown.

A search looks for the words as they stand in the file, then in the values of the line; after `SECONDS` it says where to go on.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import TekioError, Text
from tekio.view.documents import SECONDS

FIRST_BLOCK, MOST_BLOCK = 1 << 14, 1 << 22
"""Bytes that are looked at first (most finds are near), and then at a time."""


@dataclass(frozen=True)
class FoundLines:
    """A page of lines. places: the offset of each. following: the offset where the next page begins; None: there is none.

    complete: False where time ran out before the page was full or the file at its end.
    """

    rows: list[dict[str, Any]]
    places: list[int]
    following: int | None
    complete: bool


class _Bytes:
    """A file searched block by block: of a file of any size a few megabytes are in memory."""

    def __init__(self, number: int, size: int) -> None:
        self._number = number
        self.size = size

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`."""
        return os.pread(self._number, end - start, start)

    def find(self, needle: bytes, start: int, end: int | None = None) -> int:
        """The first place of `needle` from `start` on; -1: there is none before `end`."""
        end = self.size if end is None else end
        block = FIRST_BLOCK
        while start < end:
            found = self.read(start, min(start + block + len(needle) - 1, end)).find(needle)
            if found >= 0:
                return start + found
            start, block = start + block, MOST_BLOCK
        return -1

    def line_start(self, place: int) -> int:
        """Where the line begins that holds `place`."""
        while place > 0:
            start = max(0, place - FIRST_BLOCK)
            found = self.read(start, place).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            place = start
        return 0


class LineTable:
    """A JSON Lines file of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = path.stat().st_size

    def page(
        self, at: int, size: int, *, where: Mapping[str, str] | None = None, words: str = "", seconds: float = SECONDS
    ) -> FoundLines:
        """Up to `size` lines from offset `at` on. where: key -> its value. words: must stand in some value as written."""
        asked = {name: value for name, value in (where or {}).items() if value}
        needles = [_written(words)] if words else []
        needles += [_quoted(value).encode("utf-8", "surrogatepass") for value in asked.values()]
        rows: list[dict[str, Any]] = []
        places: list[int] = []
        until = time.monotonic() + seconds
        with self._opened() as data:
            for start, end in _candidates(data, at, needles):
                if time.monotonic() > until and len(places) < size:
                    return FoundLines(rows, places, start, complete=False)
                row = self._row(data, start, end)
                if any(str(row.get(name)) != value for name, value in asked.items()) or (
                    words and not _holds(row, words)
                ):
                    continue
                if len(places) == size:
                    return FoundLines(rows, places, start, complete=True)
                rows.append(row)
                places.append(start)
        return FoundLines(rows, places, None, complete=True)

    def at(self, place: int) -> dict[str, Any]:
        """The line that begins at an offset. Raises `TekioError` if none does."""
        with self._opened() as data:
            if not 0 <= place < data.size or (place and data.read(place - 1, place) != b"\n"):
                raise TekioError(Text("There is no such line.", "その行はありません。"), where=self.path)
            return self._row(data, place, _end(data, place))

    def find(self, key: str, value: str) -> dict[str, Any] | None:
        """The first line whose `key` is `value`."""
        found = self.page(0, 1, where={key: value}, seconds=60)
        return found.rows[0] if found.rows else None

    @contextmanager
    def _opened(self) -> Generator[_Bytes]:
        with self.path.open("rb") as file:
            yield _Bytes(file.fileno(), self.bytes)

    def _row(self, data: _Bytes, start: int, end: int) -> dict[str, Any]:
        try:
            row: object = json.loads(data.read(start, end).decode("utf-8", "surrogatepass"))
        except ValueError as error:
            raise TekioError(
                Text("A file of the run is damaged.", "実行のファイルが壊れています。"), where=self.path, why=str(error)
            ) from error
        return cast("dict[str, Any]", row) if isinstance(row, dict) else {}


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _written(words: str) -> bytes:
    """Words as they stand inside a JSON string."""
    return _quoted(words)[1:-1].encode("utf-8", "surrogatepass")


def _end(data: _Bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return end if end >= 0 else data.size


def _candidates(data: _Bytes, at: int, needles: list[bytes]) -> Iterator[tuple[int, int]]:
    """Start and end of the lines from `at` on that have all needles; nothing is parsed."""
    start = at
    while start < data.size:
        if needles:
            hit = data.find(needles[0], start)
            if hit < 0:
                return
            start = max(start, data.line_start(hit))
        end = _end(data, start)
        if all(data.find(needle, start, end) >= 0 for needle in needles[1:]):
            yield start, end
        start = end + 1


def _holds(value: object, words: str) -> bool:
    if isinstance(value, str):
        return words in value
    if isinstance(value, dict):
        return any(_holds(item, words) for item in cast("dict[str, object]", value).values())
    return isinstance(value, list) and any(_holds(item, words) for item in cast("list[object]", value))
