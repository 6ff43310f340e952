"""The elements of a JSON array one by one: memory holds one element and one block, whatever the file's size.

Only where elements begin and end is found here (a compiled scan over brackets and strings); each is then parsed strictly
by the caller. An element over the limit is passed over without being kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from tekio.rows.lines import BLOCK, Readable
from tekio.text.kernels.compiled import compiled
from tekio.text.unreadable import UnreadableError

MAX_KEY_BYTES = 100_000
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Element:
    """One element's bytes as they stand in the file, or None when it has more bytes than the limit."""

    data: bytes | None
    length: int


@compiled
def _value_end(data: NDArray[np.uint8], start: int, state: NDArray[np.int64]) -> int:
    """Where the value that is being read ends: the comma or bracket after it at depth 0; -1 if not in `data`.

    state: [depth, inside a string, after a backslash], carried from block to block.
    """
    depth, string, escaped = state[0], state[1], state[2]
    for place in range(start, len(data)):
        byte = data[place]
        if string:
            if escaped:
                escaped = 0
            elif byte == 0x5C:
                escaped = 1
            elif byte == 0x22:
                string = 0
        elif byte == 0x22:
            string = 1
        elif byte in (0x5B, 0x7B):
            depth += 1
        elif byte in (0x5D, 0x7D):
            if depth == 0:
                return place
            depth -= 1
        elif byte == 0x2C and depth == 0:
            return place
    state[0], state[1], state[2] = depth, string, escaped
    return -1


@compiled
def _object_end(data: NDArray[np.uint8], start: int, state: NDArray[np.int64]) -> int:
    """Behind the bracket that closes the object or list that is being read; -1 if it is not in `data`. state: as above."""
    depth, string, escaped = state[0], state[1], state[2]
    for place in range(start, len(data)):
        byte = data[place]
        if string:
            if escaped:
                escaped = 0
            elif byte == 0x5C:
                escaped = 1
            elif byte == 0x22:
                string = 0
        elif byte == 0x22:
            string = 1
        elif byte in (0x5B, 0x7B):
            depth += 1
        elif byte in (0x5D, 0x7D):
            depth -= 1
            if depth <= 0:
                return place + 1
    state[0], state[1], state[2] = depth, string, escaped
    return -1


class _Scanner:
    """Bytes of a stream from a place on, block by block."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._data = b""
        self._place = 0
        self._read = 0
        if self._peek_bytes(3) == _BOM:
            self._place += 3

    @property
    def offset(self) -> int:
        return self._read - len(self._data) + self._place

    def _more(self) -> bool:
        block = self._stream.read(BLOCK)
        self._read += len(block)
        self._data, self._place = self._data[self._place :] + block, 0
        return bool(block)

    def _peek_bytes(self, count: int) -> bytes:
        while len(self._data) - self._place < count and self._more():
            pass
        return self._data[self._place : self._place + count]

    def peek(self) -> bytes:
        """The next byte that is no white space, without taking it; empty at the end."""
        while True:
            while self._place < len(self._data) and self._data[self._place] in _SPACE:
                self._place += 1
            if self._place < len(self._data):
                return self._data[self._place : self._place + 1]
            if not self._more():
                return b""

    def take(self, wanted: bytes) -> None:
        """Take the byte `peek` showed. Raises `UnreadableError` when it is not one of `wanted`."""
        if (found := self.peek()) == b"" or found not in wanted:
            raise self.broken()
        self._place += 1

    def broken(self) -> UnreadableError:
        """The refusal of a file that is no JSON from here on."""
        return UnreadableError("bad_json", {"byte": self.offset})

    def value(
        self,
        limit: int,
        *,
        last: bool = False,
        end_of: Callable[[NDArray[np.uint8], int, NDArray[np.int64]], int] = _value_end,
    ) -> Element:
        """The value that begins here, up to the comma or bracket after it, which stays; `last`: up to the file's end.

        end_of: finds where it ends.
        """
        state = np.zeros(3, dtype=np.int64)
        pieces: list[bytes] = []
        length = 0
        while True:
            end = end_of(np.frombuffer(self._data, dtype=np.uint8), self._place, state)
            piece = self._data[self._place : end if end >= 0 else len(self._data)]
            self._place += len(piece)
            length += len(piece)
            if length <= limit:
                pieces.append(piece)
            else:
                pieces.clear()
            if end >= 0:
                return Element(b"".join(pieces) if length <= limit else None, length)
            if not self._more():
                if last and not state.any():
                    return Element(b"".join(pieces) if length <= limit else None, length)
                raise self.broken()

    def key(self) -> str:
        """The key of a member, with its colon taken. A key has no bracket or comma that the scan would stop at."""
        if self.peek() != b'"':
            raise self.broken()
        end = self._place + 1
        while True:
            end = self._data.find(b'"', end)
            if end < 0:
                if len(self._data) - self._place > MAX_KEY_BYTES:
                    raise self.broken()
                kept = len(self._data) - self._place
                if not self._more():
                    raise self.broken()
                end = kept
                continue
            raw = self._data[self._place : end + 1]
            backslashes = len(raw[:-1]) - len(raw[:-1].rstrip(b"\\"))
            if backslashes % 2 == 0:
                break
            end += 1
        self._place = end + 1
        self.take(b":")
        try:
            return str(orjson.loads(raw))
        except orjson.JSONDecodeError as error:
            raise self.broken() from error


def iter_elements(stream: Readable, path: str | None, limit: int) -> Iterator[Element]:
    """The elements of the array of a JSON file, or at `path` (`data.rows`) inside its object; an object is one element.

    limit: bytes of an element. Raises `UnreadableError`: `bad_json` (elements before the fault have been given),
    `no_records` when there is no such list.
    """
    scanner = _Scanner(stream)
    names = path.split(".") if path and scanner.peek() == b"{" else []
    while names:
        names = _enter(scanner, names, path or "")
    if scanner.peek() != b"[":
        if scanner.peek() != b"{":
            raise UnreadableError("no_records", {"records": path or "", "first": scanner.peek().decode("latin-1")})
        yield scanner.value(limit, last=not path)
        return
    scanner.take(b"[")
    if scanner.peek() == b"]":
        scanner.take(b"]")
    else:
        while True:
            element = scanner.value(limit)
            if element.length == 0:
                raise scanner.broken()
            yield element
            if scanner.peek() == b"]":
                break
            scanner.take(b",")
        scanner.take(b"]")
    if not path and scanner.peek():
        raise scanner.broken()


def iter_objects(stream: Readable, limit: int) -> Iterator[Element]:
    """JSON objects one after the other, with white space or nothing in between. Raises `UnreadableError` (`bad_json`)."""
    scanner = _Scanner(stream)
    while (first := scanner.peek()) != b"":
        if first not in b"{[":
            raise scanner.broken()
        yield scanner.value(limit, end_of=_object_end)


def find_list(stream: Readable, names: Sequence[str]) -> str | None:
    """The first member of the object in a JSON file that is called one of `names` and is a list of objects; else None."""
    scanner = _Scanner(stream)
    try:
        if scanner.peek() != b"{":
            return None
        scanner.take(b"{")
        while scanner.peek() == b'"':
            key = scanner.key()
            if key in names and scanner.peek() == b"[":
                scanner.take(b"[")
                if scanner.peek() == b"{":
                    return key
                if scanner.peek() == b"]":
                    scanner.take(b"]")
                else:
                    return None
            else:
                scanner.value(0)
            if scanner.peek() != b",":
                return None
            scanner.take(b",")
    except UnreadableError:  # said by whoever reads the file
        return None
    return None


def _enter(scanner: _Scanner, names: list[str], path: str) -> list[str]:
    """Go to the member of an object that leads on to `names`; returns the names that are left."""
    scanner.take(b"{")
    while scanner.peek() == b'"':
        key = scanner.key()
        for taken in range(len(names), 0, -1):  # a key may hold dots itself
            if key == ".".join(names[:taken]) and (taken == len(names) or scanner.peek() == b"{"):
                return names[taken:]
        scanner.peek()
        scanner.value(0)
        if scanner.peek() == b"}":
            break
        scanner.take(b",")
    raise UnreadableError("no_records", {"records": path})
