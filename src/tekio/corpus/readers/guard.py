"""Files whose reading may take any time or memory are read by a process of their own, one after the other.

Libraries in C (lxml, zlib, Arrow, openpyxl's parser) stop only when they return, and what they ask for in memory is theirs to
decide. So the process has a limit of address space and, for each document, of CPU time and of the clock's (`ITIMER_VIRTUAL` and
`ITIMER_REAL`, whose signals end a process whatever it does or waits for). What it was at then is a row, `too_slow`, `too_much_memory` or `parser_crashed`, and another
process reads the rest of the file. The process is started once and kept for all files: the fast path is a row through a pipe.
Readers that go line by line within stated limits (`tekio.plugins.Reader.bounded`) stay where they are.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, cast

from tekio.corpus.readers.deadline import WAITING
from tekio.corpus.readers.parts import Ended, Place
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile
from tekio.recipe.corpus import SourceConfig

MAX_ENDED = 20
"""Parts of one file that may end a process; then the rest of the file is refused."""


@dataclass(frozen=True)
class Request:
    """A file to read. part: the byte range of a unit. ended: an earlier reading. careful: tell each row at once."""

    source: SourceConfig
    file: UnitFile
    part: tuple[int, int] | None = None
    ended: Ended | None = None
    careful: bool = False


class ReadingProcess:
    """A process that reads one file after the other. seconds: CPU time a document (0: none). megabytes: address space (0: none)."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._limits = (seconds, megabytes)
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, source: SourceConfig, file: UnitFile, part: tuple[int, int] | None = None) -> Rows:
        """The rows of a file. Raises what its reader raises for the recipe or the installation."""
        request, times, rows, finished = Request(source, file, part), 0, 0, False
        try:
            while not finished:
                given: Counter[Place] = Counter(request.ended.given if request.ended else {})
                place: Place = ()
                try:
                    self._ask(request)
                    for kind, value, at in self._answers():
                        if kind == "row":
                            given[at] += 1
                            rows += 1
                            yield value
                        elif kind == "open":
                            place = at
                        elif kind == "raised":
                            finished = True
                            raise value
                        else:
                            finished = True
                            if value:  # its memory is no longer what it was
                                self.end()
                            break
                except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                    finished = False
                if finished:
                    return
                reason, measured = self._why()
                times += 1
                if request.ended is not None and request.ended.refuse and request.ended.place == place:
                    place = ()  # it was passed over: the file itself is at fault
                if given[place] and not request.careful and times <= MAX_ENDED:
                    # Rows that were on their way are lost: read again up to here, and tell each at once.
                    request = replace(request, ended=Ended(place, _around(given, place), refuse=False), careful=True)
                    continue
                if place == () or times > MAX_ENDED:
                    finished = True
                    yield Rejected(file.uri, reason, measured | {"rows_read": rows}, whole_file=not rows)
                    return
                around = _around(given, place)
                del around[place]  # its refusal is new
                request = Request(source, file, part, Ended(place, around, True, reason, measured))
        finally:
            if not finished:
                self.end()

    def _ask(self, request: Request) -> None:
        if self._process is None:
            self._process = _start(*self._limits)
        stream = cast("BinaryIO", self._process.stdin)
        pickle.dump(request, stream, pickle.HIGHEST_PROTOCOL)
        stream.flush()

    def _answers(self) -> Iterator[tuple[str, Any, Place]]:
        assert self._process is not None
        stream = cast("BinaryIO", self._process.stdout)
        while True:
            yield from pickle.load(stream)  # noqa: S301 (from our own process)

    def _why(self) -> tuple[str, dict[str, Any]]:
        """Why the process is gone, and that it is."""
        assert self._process is not None
        seconds, megabytes = self._limits
        code = self._process.wait()
        self._process = None
        if code in (-signal.SIGVTALRM, -signal.SIGPROF, -signal.SIGXCPU):
            return "too_slow", {"limit_seconds": seconds}
        if code == -signal.SIGALRM:
            return "too_slow", {"limit_seconds_by_the_clock": seconds * WAITING}
        if code == -signal.SIGKILL:  # by the system, for want of memory
            return "too_much_memory", {"limit_megabytes": megabytes}
        with suppress(ValueError):
            return "parser_crashed", {"signal": signal.Signals(-code).name}
        return "parser_crashed", {"exit_code": code}

    def end(self) -> None:
        """End the process. Another starts with the next file."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()


def _around(given: Counter[Place], place: Place) -> Counter[Place]:
    """The rows given from `place` and from the parts around it."""
    return Counter({place[:depth]: given[place[:depth]] for depth in range(len(place) + 1)})


def _start(seconds: float, megabytes: int) -> subprocess.Popen[bytes]:
    path = [item for item in (os.environ.get("PYTHONPATH"), str(Path(__file__).parents[3]), *sys.path) if item]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path),
        # What is asked for beforehand, and not used, counts as address space.
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "tekio.corpus.readers.child", str(seconds), str(megabytes)]
    return subprocess.Popen(  # noqa: S603 (our own module, no shell)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )


def is_available() -> bool:
    """Whether this system can limit a process: POSIX."""
    return find_spec("resource") is not None and hasattr(signal, "ITIMER_VIRTUAL")


@cache
def reading_process(seconds: float, megabytes: int) -> ReadingProcess:
    """The reading process of this process with these limits."""
    return ReadingProcess(seconds, megabytes)


def end_reading_processes(limits: tuple[float, int]) -> None:
    """End the reading process of this process."""
    reading_process(*limits).end()
