"""A time limit for programs from outside that run in this process: the templates of models and task files.

A thread that watches raises `TooLongError` in the thread that works, between two steps of Python code. A single call of a
library in C is not ended.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic

SECONDS = 10.0
STEP = 0.5


class TooLongError(Exception):
    """The time is over."""

    def __str__(self) -> str:
        return f"it took longer than {SECONDS:g} s"


_lock = threading.Lock()
_until: dict[int, float] = {}
"""Thread -> when its time is over."""
_late: set[int] = set()
"""Threads that were told."""
_wake = threading.Event()
_watchers: list[threading.Thread] = []


@contextmanager
def time_limit(seconds: float | None = None) -> Generator[None]:
    """Raise `TooLongError` in the body after `seconds` (default: `SECONDS`). Not to be nested in one thread."""
    worker = threading.get_ident()
    with _lock:
        _late.discard(worker)
        _until[worker] = monotonic() + (SECONDS if seconds is None else seconds)
        if not _watchers:
            _watchers[:] = [threading.Thread(target=_watch, name="time limit", daemon=True)]
            _watchers[0].start()
    _wake.set()
    try:
        yield
    finally:
        with _lock:
            _until.pop(worker, None)
            if worker in _late:  # told at the last moment: what has not been raised yet is taken back
                _late.discard(worker)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker), None)


def _watch() -> None:
    while True:
        _wake.wait()
        with _lock:
            now = monotonic()
            for worker, until in _until.items():
                if now > until and worker not in _late:
                    _late.add(worker)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker), ctypes.py_object(TooLongError))
            if not _until:
                _wake.clear()
        threading.Event().wait(STEP)


def _after_fork() -> None:
    """A process that was forked has no thread that watches, and must not wait for a lock that this one held at that moment."""
    global _lock, _wake
    _lock, _wake = threading.Lock(), threading.Event()
    for state in (_until, _late, _watchers):
        state.clear()


os.register_at_fork(after_in_child=_after_fork)
