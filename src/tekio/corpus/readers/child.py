"""The process that reads files for another: `python -m tekio.corpus.readers.child SECONDS MEGABYTES`.

It takes `tekio.corpus.readers.guard.Request`s from standard input and answers each on standard output with lists of (kind, value,
place): `row`, a document or refusal; `open`, a part is in work; `raised`, an error of the recipe or the installation; `end`, with
whether another process should read the next file. Everything goes as pickles: both ends are the same program.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import Any, BinaryIO

from tekio.corpus.readers.deadline import Deadline
from tekio.corpus.readers.dispatch import file_rows
from tekio.corpus.readers.guard import Request
from tekio.corpus.readers.parts import Parts, Place
from tekio.corpus.readers.rows import Rejected
from tekio.errors import TekioError
from tekio.offline import close_network

MOST_TOGETHER = 64_000
"""Characters of rows that are sent together."""


class _Answers:
    """What is told to the other process, several rows at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held: list[tuple[str, Any, Place]] = []
        self._size = 0

    def add(self, kind: str, value: Any, place: Place, *, size: int = 0, at_once: bool = False) -> None:
        self._held.append((kind, value, place))
        self._size += size + 200
        if at_once or self._size > MOST_TOGETHER:
            self.send()

    def send(self) -> None:
        held, self._held, self._size = self._held, [], 0
        pickle.dump(held, self._stream, pickle.HIGHEST_PROTOCOL)
        self._stream.flush()


def answer(request: Request, answers: _Answers, deadline: Deadline) -> None:
    """Read one file. Raises what its reader raises for the recipe or the installation."""

    def tell(place: Place) -> None:
        nonlocal first
        answers.add("open", None, place, at_once=True)
        first = True

    parts = Parts(request.ended, tell)
    first = True
    for row in deadline.each(file_rows(request.source, request.file, request.part, parts)):
        if not parts.is_new():
            continue
        document = row.document if isinstance(row, Rejected) else row
        size = len(document.text) if document is not None else 0
        # The first row of a part goes at once: whoever reads knows then that there are rows.
        answers.add("row", row, parts.place, size=size, at_once=first or request.careful)
        first = False


def address_space() -> int:
    """Bytes of address space of this process; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def limit_memory(megabytes: int) -> int:
    """Bound what may come to the address space as it is; returns the limit in bytes, 0 for none."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    begun = address_space()
    if not megabytes or not begun:
        return 0
    wanted = begun + (megabytes << 20)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    return wanted


def main(arguments: list[str]) -> None:
    """Answer requests until there are no more."""
    seconds, megabytes = float(arguments[0]), int(arguments[1])
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    close_network()
    answers = _Answers(stream)
    limit = limit_memory(megabytes)
    worn = limit - (megabytes << 20) // 2
    with Deadline(seconds, ends_process=True) as deadline:
        while True:
            try:
                request = pickle.load(sys.stdin.buffer)  # noqa: S301 (from our own process)
            except EOFError:
                return
            try:
                answer(request, answers, deadline)
            except TekioError as error:
                answers.add("raised", error, (), at_once=True)
            except MemoryError:  # while a row was written: the other process reads it as it reads any end
                os._exit(1)
            else:
                answers.add("end", bool(limit) and address_space() > worn, (), at_once=True)


if __name__ == "__main__":
    main(sys.argv[1:])
