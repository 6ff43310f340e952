"""Progress on standard error: a bar with the time left on a terminal, a plain line now and then elsewhere.

Every stage that can take long counts its work with `Progress` (or wraps what it goes through in `followed`); nothing else draws on the
terminal. Elsewhere (a pipe, a log file, a batch system, CI) a line is written every `PLAIN_SECONDS`, in the user's language as well. What
comes from outside (names of models, of files) is shown as `tekio.visible` shows it.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self, TextIO, TypeVar, cast

from tekio.errors import Language, Message, Text, say, user_language

PLAIN_SECONDS = 15.0
SHORT_SECONDS = 1.0
"""What was finished sooner leaves no line on a terminal."""
FRAMES_PER_SECOND = 4

Item = TypeVar("Item")


def clock(seconds: float, language: Language = "en") -> str:
    """A duration as people read it: `9 s`, `3 min 05 s`, `2 h 07 min`; `9 秒`, `3 分 05 秒`, `2 時間 07 分`."""
    whole = round(seconds)
    hours, minutes, short = ("時間", "分", "秒") if language == "ja" else ("h", "min", "s")
    if whole < 60:
        return f"{whole} {short}"
    if whole < 3600:
        return f"{whole // 60} {minutes} {whole % 60:02d} {short}"
    return f"{whole // 3600} {hours} {whole % 3600 // 60:02d} {minutes}"


def size_words(count: float) -> str:
    """A number of bytes as people read it: `38 kB`, `1.7 MB`, `214 MB`, `52.3 GB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:,.0f} {unit}" if count >= 100 * size else f"{count / size:.1f} {unit}"
    return f"{math.ceil(count / 1e3)} kB"


def left_words(seconds: float, language: Language) -> str:
    """`2 h 07 min left`, `残り 2 時間 07 分`."""
    return say(Text(f"{clock(seconds)} left", f"残り {clock(seconds, 'ja')}"), language)


def remark(label: str, text: Message) -> None:
    """One line on standard error in the user's language, for what a stage has to say while it works."""
    print(f"{label}: {say(text, user_language())}", file=sys.stderr, flush=True)


def shows_bars(stream: TextIO) -> bool:
    """Whether a stream is a terminal on which a line can be drawn again. CI and dumb terminals keep every frame: they get lines."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


class Bar(Protocol):
    """What draws a `Progress` on a terminal."""

    def begin(self) -> None: ...

    def end(self, *, leave: bool) -> None: ...


@dataclass
class Progress:
    """Counts towards `total` and shows how far and how long still.

    label: the stage, as the recipe names it. total: None where it is not known. done: what an earlier attempt had done; the time left is
    estimated from the rest. quiet: shows nothing (a process beside the first).

    with Progress("corpus", total=len(units)) as progress:
        for unit in units:
            ...
            progress.advance(note=Text("12,345 rows", "12,345 行"))
    """

    label: Message
    total: int | None = None
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    done: int = 0
    note: Message = ""
    _begun: int = 0
    _started: float = field(default_factory=time.monotonic)
    _shown: float = 0.0
    _bar: Bar | None = None
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def __enter__(self) -> Self:
        self._begun, self._started = self.done, time.monotonic()
        if not self.quiet and shows_bars(self.stream) and not isinstance(self.stream, Above):
            from tekio.progress_bar import TerminalBar

            self._bar = TerminalBar(self)
            self._bar.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.end(leave=self.elapsed >= SHORT_SECONDS)
            self._bar = None

    def advance(self, amount: int = 1, note: Message = "") -> None:
        """Count `amount` more done and show it when it is time. May be called from several threads."""
        with self._lock:
            self.done += amount
            self.note = note or self.note
            now = time.monotonic()
            if self.quiet or self._bar is not None or now - (self._shown or self._started) < PLAIN_SECONDS:
                return
            self._shown = now
        print(self.line(self.elapsed), file=self.stream, flush=True)

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return time.monotonic() - self._started

    @property
    def far(self) -> str:
        """How far: `3/28`, or `3` of nobody knows how many."""
        return f"{self.done:,}/{self.total:,}" if self.total else f"{self.done:,}"

    def left(self, elapsed: float) -> float | None:
        """Seconds that the rest will take at the speed so far; None while nothing is known."""
        made = self.done - self._begun
        return elapsed / made * max(self.total - self.done, 0) if self.total and made > 0 else None

    def line(self, elapsed: float, language: Language | None = None) -> str:
        """The text shown after `elapsed` seconds."""
        speech = language or user_language()
        parts = [f"{say(self.label, speech)}: {self.far}", clock(elapsed, speech)]
        left = self.left(elapsed)
        if left is not None:
            parts.append(left_words(left, speech))
        if self.note:
            parts.append(say(self.note, speech))
        return ("、" if speech == "ja" else ", ").join(parts)


def followed(label: Message, items: Iterable[Item], total: int | None = None) -> Iterator[Item]:
    """The items, counted on the terminal as they are taken. total: how many there are, where that is known."""
    with Progress(label, total, quiet=total == 0) as progress:
        for item in items:
            yield item
            progress.advance()


class Above:
    """A stream that writes whole lines above a bar that is being drawn. `unfiltered`: what it stands for."""

    def __init__(self, stream: TextIO, draw: Any) -> None:
        self.stands_for, self._draw, self._begun = stream, draw, ""
        self._process = os.getpid()

    def write(self, text: str) -> int:
        if os.getpid() != self._process:  # a forked child: the bar, and whoever holds its lock, is not there
            return self.stands_for.write(text)
        lines = (self._begun + text).split("\n")
        self._begun = lines.pop()
        if lines:
            self._draw("\n".join(lines))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def close_line(self) -> None:
        """Write what is left without a line break."""
        if self._begun:
            self.stands_for.write(self._begun)
            self._begun = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(cast("object", self.stands_for), name)
