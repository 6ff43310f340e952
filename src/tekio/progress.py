"""Progress on standard error: one moving line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import Self, TextIO

from tekio.errors import Message, say, user_language

PLAIN_SECONDS = 15.0
TERMINAL_SECONDS = 0.2


def clock(seconds: float) -> str:
    """A duration as people read it: `9 s`, `3 min 05 s`, `2 h 07 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def remark(label: str, text: Message) -> None:
    """One line on standard error in the user's language, for what a stage has to say while it works."""
    print(f"{label}: {say(text, user_language(None))}", file=sys.stderr, flush=True)


@dataclass
class Progress:
    """Counts towards `total` and prints how far and how long still.

    with Progress("corpus", total=len(units)) as progress:
        for unit in units:
            ...
            progress.advance(note="12,345 rows")
    """

    label: str
    total: int | None = None
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    quiet: bool = False
    done: int = 0
    _started: float = field(default_factory=time.monotonic)
    _shown: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.quiet and self.stream.isatty() and self._shown:
            self.stream.write("\n")

    def advance(self, amount: int = 1, note: str = "") -> None:
        """Count `amount` more done and show it when it is time."""
        self.done += amount
        now = time.monotonic()
        terminal = self.stream.isatty()
        wait = TERMINAL_SECONDS if terminal else PLAIN_SECONDS
        last = self.total is not None and self.done >= self.total
        since = now - (self._shown or self._started)
        if self.quiet or (since < wait and not (last and terminal)):
            return
        self._shown = now
        line = self.line(now - self._started, note)
        # The line moves the cursor itself: past a stream that shows such characters instead of obeying them.
        stream: TextIO = getattr(self.stream, "unfiltered", self.stream) if terminal else self.stream
        stream.write(f"\r\x1b[2K{line}" if terminal else f"{line}\n")
        self.stream.flush()

    def line(self, elapsed: float, note: str = "") -> str:
        """The text shown after `elapsed` seconds."""
        if self.total:
            left = elapsed / self.done * (self.total - self.done) if self.done else 0.0
            text = f"{self.label}: {self.done:,}/{self.total:,}, {clock(elapsed)}, {clock(left)} left"
        else:
            text = f"{self.label}: {self.done:,}, {clock(elapsed)}"
        return f"{text}, {note}" if note else text
