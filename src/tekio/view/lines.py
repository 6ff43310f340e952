"""JSON Lines a page at a time, found by their place in the file: no index is made, no more lines are parsed than shown.

A search looks for the words as they stand in the file, then in the values of the line; after `SECONDS` it says where to go on.
"""

from __future__ import annotations

import json
import mmap
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import TekioError, Text
from tekio.view.documents import SECONDS


@dataclass(frozen=True)
class FoundLines:
    """A page of lines. places: the offset of each. following: the offset where the next page begins; None: there is none.

    complete: False where time ran out before the page was full or the file at its end.
    """

    rows: list[dict[str, Any]]
    places: list[int]
    following: int | None
    complete: bool


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
        with self._mapped() as data:
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
        with self._mapped() as data:
            if not 0 <= place < len(data) or (place and data[place - 1] != 0x0A):
                raise TekioError(Text("There is no such line.", "その行はありません。"), where=self.path)
            return self._row(data, place, _end(data, place))

    def find(self, key: str, value: str) -> dict[str, Any] | None:
        """The first line whose `key` is `value`."""
        found = self.page(0, 1, where={key: value}, seconds=60)
        return found.rows[0] if found.rows else None

    @contextmanager
    def _mapped(self) -> Generator[Any]:
        with self.path.open("rb") as file:
            if not self.bytes:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                yield data

    def _row(self, data: Any, start: int, end: int) -> dict[str, Any]:
        try:
            row: object = json.loads(bytes(data[start:end]).decode("utf-8", "surrogatepass"))
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


def _end(data: Any, start: int) -> int:
    end = data.find(b"\n", start)
    return end if end >= 0 else len(data)


def _candidates(data: Any, at: int, needles: list[bytes]) -> Iterator[tuple[int, int]]:
    """Start and end of the lines from `at` on that have all needles; nothing is parsed."""
    start = at
    while start < len(data):
        if needles:
            hit = data.find(needles[0], start)
            if hit < 0:
                return
            start = data.rfind(b"\n", start, hit) + 1 or start
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
