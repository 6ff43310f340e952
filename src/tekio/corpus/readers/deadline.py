"""How long one document may take: CPU seconds, counted in the process that reads and cleans it, and ten times that by the clock.

A timer of the process's CPU time (`ITIMER_PROF`) ticks about once a second; when one document has kept the process busy for
all of its seconds, `TooSlowError` is raised in the midst of the work. Nothing is forked, copied or looked up a document, so the
fast path costs two assignments. CPU time, not the clock's: a busy machine refuses what an idle one refuses, but for
documents that come within a second of the limit. Work that sleeps or blocks (a pipe, a dead network folder, an installed reader
that waits for something) uses no CPU time: a second timer (`ITIMER_REAL`) ends it after `WAITING` times the seconds by the clock.

Python's interpreter and its regular expressions stop at once; a library in C stops when it returns. What those may be given is
bounded by its size and form (`tekio.text.html`, `tekio.text.xml`), and a process that only reads (`tekio.corpus.readers.guard`) is
ended with it. PDF is opened by yet another process and has `max_seconds`.
Outside of the main thread the system delivers no signal, and there is no limit.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

Row = TypeVar("Row")
WAITING = 10
"""How many times its CPU seconds a document may take by the clock."""
_LOOKS = 4
"""How often the clock is looked at within that time."""
_LOADING = ("numba.", "llvmlite.", "importlib._bootstrap")


class TooSlowError(BaseException):
    """A document took longer than it may. No `Exception`, so that no library takes it for a fault of the document.

    by_the_clock: it waited; seconds are then the clock's.
    """

    def __init__(self, seconds: float, *, by_the_clock: bool = False) -> None:
        super().__init__(f"more than {seconds:g} {'seconds' if by_the_clock else 'CPU seconds'}")
        self.measured = {"limit_seconds_by_the_clock" if by_the_clock else "limit_seconds": seconds}


class Deadline:
    """A limit for each of many documents, one after the other. seconds: 0 for none. Use as a context manager.

    ends_process: whether a library in C that does not return is ended too, and this process with it (`SIGVTALRM`; `SIGALRM` for
    one that waits).
    """

    def __init__(self, seconds: float, *, ends_process: bool = False) -> None:
        self._seconds = seconds
        # What is busy in C until then ends with the process, and leaves Python's own end the time to come first.
        self._last = seconds + max(2.0, seconds / 5) if seconds and ends_process else 0.0
        self._tick = min(1.0, seconds / 8) if seconds else 0.0
        self._working, self._turn, self._seen, self._ticks = False, 0, -1, 0
        self._waiting = seconds * WAITING
        self._elsewhere, self._looked, self._looks = False, -1, 0
        self._before: Any = None
        self._before_alarm: Any = None
        self._alarm_after = (0.0, 0.0)
        self._active = False

    def __enter__(self) -> Self:
        if self._seconds and threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGPROF"):
            self._before = signal.signal(signal.SIGPROF, self._on_tick)
            signal.siginterrupt(signal.SIGPROF, False)  # system calls of libraries go on
            signal.setitimer(signal.ITIMER_PROF, self._tick, self._tick)
            if not self._last:
                look = self._waiting / _LOOKS
                self._before_alarm = signal.signal(signal.SIGALRM, self._on_look)
                self._alarm_after = signal.setitimer(signal.ITIMER_REAL, look, look)
                self._entered = time.monotonic()
            self._active = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._working = False
        if self._active:
            signal.setitimer(signal.ITIMER_PROF, 0)
            if self._last:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                signal.setitimer(signal.ITIMER_REAL, 0)
            else:
                self._give_back_the_alarm()
            signal.signal(signal.SIGPROF, self._before or signal.SIG_DFL)
            self._active = False

    def _on_tick(self, _number: int, frame: FrameType | None) -> None:
        if not self._working:
            return
        if _is_loading(
            frame
        ):  # a module or compiled code, once a process: no work on this document, and not to be broken off
            self._ticks = 0
            return
        if self._turn != self._seen:  # the first tick since this document began
            self._seen, self._ticks = self._turn, 0
            return
        self._ticks += 1
        if self._ticks * self._tick >= self._seconds:
            raise TooSlowError(self._seconds)

    def _on_look(self, _number: int, frame: FrameType | None) -> None:
        """A document that is the same at `_LOOKS` looks in a row has taken that long by the clock."""
        if not self._working or self._elsewhere or self._turn != self._looked or _is_loading(frame):
            self._looked, self._looks = self._turn, 0
            return
        self._looks += 1
        if self._looks >= _LOOKS:
            self._looks = 0
            raise TooSlowError(self._waiting, by_the_clock=True)

    def _give_back_the_alarm(self) -> None:
        """To whoever had it before: what was left of their time is left still."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before_alarm or signal.SIG_DFL)
        left, interval = self._alarm_after
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - self._entered), 0.001), interval)

    def elsewhere(self) -> None:
        """The document in work is another process's, which has a limit of its own: by the clock nothing is counted here."""
        self._elsewhere = True

    @contextmanager
    def one(self) -> Generator[None]:
        """The work on one document: raises `TooSlowError` when it takes too long."""
        self._turn += 1
        self._working = True
        try:
            yield
        finally:
            self._working = False

    def each(self, rows: Iterable[Row]) -> Iterator[Row]:
        """`rows`, each of which may take so long to come. `TooSlowError` is raised inside of the iterable."""
        coming = iter(rows)
        while True:
            self._turn += 1
            self._working = True
            if self._last and self._active:
                signal.setitimer(signal.ITIMER_VIRTUAL, self._last)
                signal.setitimer(
                    signal.ITIMER_REAL, self._waiting
                )  # its default ends the process, whatever it waits for
            try:
                row = next(coming)
            except StopIteration:
                return
            finally:
                self._working = self._elsewhere = False
            yield row


def _is_loading(frame: FrameType | None) -> bool:
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(_LOADING):
            return True
        frame = frame.f_back
    return False


NO_LIMIT = Deadline(0)
