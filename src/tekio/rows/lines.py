"""Lines of a stream with a cap on their length; what is too long is skipped without being kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

BLOCK = 1 << 20


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Line:
    """One line without its line feed. `offset`: its first byte in the (decompressed) file. `data` None: too long."""

    offset: int
    data: bytes | None
    length: int


def iter_lines(stream: Readable, *, start: int = 0, end: int | None = None, max_line: int) -> Iterator[Line]:
    """The lines that begin in [start, end) of a stream that stands at `start`.

    With `start` > 0 the stream must stand one byte earlier (at `start - 1`), so that a line beginning exactly at
    `start` is known from one that began before it.
    """
    offset = max(start - 1, 0)  # of the next line's first byte
    skipping = start > 0  # the line that began before the range
    pending: list[bytes] = []
    length = 0
    while True:
        block = stream.read(BLOCK)
        if not block:
            break
        begin = 0
        while True:
            feed = block.find(b"\n", begin)
            if feed < 0:
                length += len(block) - begin
                if not skipping and length <= max_line:
                    pending.append(block[begin:])
                elif pending:
                    pending.clear()
                break
            length += feed - begin
            if not skipping:
                if length > max_line:
                    yield Line(offset, None, length)
                elif pending:
                    pending.append(block[begin:feed])
                    yield Line(offset, b"".join(pending), length)
                else:
                    yield Line(offset, block[begin:feed], length)
            pending.clear()
            offset += length + 1
            length = 0
            skipping = False
            begin = feed + 1
            if end is not None and offset >= end:
                return
    if length and not skipping:
        yield Line(offset, b"".join(pending) if length <= max_line else None, length)
