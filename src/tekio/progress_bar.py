"""The bar of `tekio.progress` on a terminal, drawn by rich. Imported only there: it takes a twentieth of a second."""

from __future__ import annotations

import sys
from typing import TextIO, cast

from rich.console import Console
from rich.live import Live
from rich.text import Text as Shown

from tekio.errors import Language, say, user_language
from tekio.progress import FRAMES_PER_SECOND, Above, Progress, clock, left_words
from tekio.visible import visible

BAR, BAR_WIDTH = "━", 16
LONGEST_LABEL = 28


def plain(text: str) -> Shown:
    """Text from outside on one line: nothing in it acts on the terminal or is read as markup."""
    return Shown(visible(" ".join(text.split())), overflow="ellipsis", no_wrap=True)


class TerminalBar:
    """Draws one `Progress` until it ends; what others write on the same terminal in the meantime stands above it."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.language: Language = user_language()
        # The bar moves the cursor itself: past a stream that shows such characters instead of obeying them.
        raw = cast("TextIO", getattr(progress.stream, "unfiltered", progress.stream))
        self.console = Console(file=raw, highlight=False, markup=False, emoji=False)
        self.live = Live(
            console=self.console,
            get_renderable=self.frame,
            refresh_per_second=FRAMES_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self.before = sys.stdout, sys.stderr

    def begin(self) -> None:
        self.before = sys.stdout, sys.stderr
        self.live.start()
        above = [
            cast("TextIO", Above(stream, self.draw_above)) if stream.isatty() else stream for stream in self.before
        ]
        sys.stdout, sys.stderr = above

    def end(self, *, leave: bool) -> None:
        above, (sys.stdout, sys.stderr) = (sys.stdout, sys.stderr), self.before
        self.live.transient = not leave
        self.live.stop()
        for stream in above:
            if isinstance(stream, Above):
                stream.close_line()

    def draw_above(self, text: str) -> None:
        self.console.print(Shown(visible(text)), soft_wrap=True)

    def frame(self) -> Shown:
        """One line: label, bar, how far, how long, what is left, and a note where there is one: on a narrow terminal it is cut."""
        progress, elapsed, language = self.progress, self.progress.elapsed, self.language
        left = progress.left(elapsed)
        label = plain(say(progress.label, language))
        label.truncate(LONGEST_LABEL, overflow="ellipsis")
        parts = [label]
        if progress.total:
            full = min(BAR_WIDTH, BAR_WIDTH * progress.done // progress.total)
            parts.append(Shown.assemble((full * BAR, "green"), ((BAR_WIDTH - full) * BAR, "bright_black")))
        parts += [plain(progress.far), plain(clock(elapsed, language))]
        if left is not None:
            parts.append(plain(left_words(left, language)))
        if progress.note:
            parts.append(plain(say(progress.note, language)))
        line = Shown("  ").join(parts)
        line.truncate(self.console.width - 1, overflow="ellipsis")
        return line
