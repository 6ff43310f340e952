"""Progress: a bar with the time left on a terminal, plain lines elsewhere, both languages, nothing that acts on the terminal."""

import io
import sys
from contextlib import contextmanager, redirect_stderr
from typing import TextIO, cast

import pytest

from tekio import progress as module
from tekio.errors import Text
from tekio.progress import Progress, clock, followed, remark, size_words
from tekio.visible import VisibleStream


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """What opens a terminal as standard error, as the command line has it, and gives what was written there."""
    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "160")

    @contextmanager
    def opened():
        made = Terminal()
        with redirect_stderr(cast("TextIO", VisibleStream(made))):
            yield made

    return opened


@pytest.fixture
def later(monkeypatch):
    """A clock that each look moves on by ten seconds."""
    now = iter(range(0, 100_000, 10))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(now)))


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [(9.4, "9 s", "9 秒"), (185, "3 min 05 s", "3 分 05 秒"), (7620, "2 h 07 min", "2 時間 07 分")],
)
def test_durations_are_said_in_both_languages(seconds, en, ja):
    assert (clock(seconds), clock(seconds, "ja")) == (en, ja)


def test_the_time_left_counts_what_this_attempt_did():
    progress = Progress("tune", total=100, done=80, quiet=True)
    with progress:
        progress.advance(10)
    assert progress.left(50.0) == pytest.approx(50.0)
    assert progress.line(50.0, "en") == "tune: 90/100, 50 s, 50 s left"
    assert progress.line(50.0, "ja") == "tune: 90/100、50 秒、残り 50 秒"


def test_plain_lines_without_a_terminal_in_the_users_language(monkeypatch, later):
    monkeypatch.setenv("TEKIO_LANG", "ja")
    stream = io.StringIO()
    with Progress("corpus", 4, stream) as progress:
        for _ in range(4):
            progress.advance(note=Text("5 rows", "5 行"))
    lines = stream.getvalue().splitlines()
    assert lines
    assert all(line.startswith("corpus: ") and "残り" in line and line.endswith("、5 行") for line in lines)
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_ci_and_dumb_terminals_get_plain_lines(terminal, monkeypatch, later, name, value):
    monkeypatch.setenv(name, value)
    with terminal() as written:
        for _ in followed("corpus", range(5), 5):
            pass
        assert "corpus: " in written.getvalue()
        assert "\x1b" not in written.getvalue()


def test_on_a_narrow_terminal_only_the_note_gives_way(terminal, monkeypatch, later):
    monkeypatch.setenv("TEKIO_LANG", "ja")
    monkeypatch.setenv("COLUMNS", "72")
    with terminal() as written, Progress("pretrain", 28) as progress:
        progress.advance(3, note="損失 4.335、毎秒 2,705 トークン、29.4 GFLOP/s（最大性能の 25%）")
    last = written.getvalue().rpartition("\x1b[2K")[2]
    assert "pretrain" in last
    assert "3/28" in last
    assert "残り" in last
    assert "…" in last


@pytest.mark.parametrize(("language", "left"), [("en", " left"), ("ja", "残り ")])
def test_a_terminal_shows_a_bar_with_the_time_left(terminal, monkeypatch, later, language, left):
    monkeypatch.setenv("TEKIO_LANG", language)
    with terminal() as written:
        with Progress("evaluate base", 4) as progress:
            progress.advance(note="jcommonsenseqa")
            progress.advance()
        shown = written.getvalue()
        assert "━" in shown
        assert "2/4" in shown
        assert left in shown
        assert "jcommonsenseqa" in shown
        assert isinstance(sys.stderr, VisibleStream)


def test_nothing_hostile_reaches_the_terminal(terminal, later):
    with terminal() as written:
        with Progress("\x1b]0;\x07[b]m", 4) as progress:
            progress.advance(note="\x1b[2J[link=https://example.org]\u202egnp.exe")
            remark("watch", "\x1b[31mred\x07")
            print("[red]plain[/red]", file=sys.stderr)
        shown = written.getvalue()
        assert not any(part in shown for part in ("\x1b]", "\x07", "\x1b[2J", "\u202e", "\x1b[31mred"))
        assert "[b]m" in shown
        assert "[link=https://example.org]" in shown
        assert "[red]plain[/red]" in shown


def test_what_is_said_in_the_meantime_stands_on_lines_of_its_own(terminal, later):
    with terminal() as written:
        with Progress("tune", 4) as progress:
            progress.advance()
            print("watch: no server", file=sys.stderr)
            progress.advance()
        lines = [
            line.rpartition("\r")[2].rpartition("\x1b[2K")[2].removeprefix("\x1b[?25l")
            for line in written.getvalue().split("\n")
        ]
        assert "watch: no server" in [line.strip() for line in lines]


def test_one_bar_at_a_time(terminal, later):
    with terminal() as written:
        with Progress("sweep", 2) as outer:
            for _ in followed("tune", range(3), 3):
                pass
            outer.advance()
        assert "tune: 3/3" in written.getvalue()


def test_short_work_leaves_no_line(terminal):
    with terminal() as written:
        for _ in followed("corpus", range(3), 3):
            pass
        assert written.getvalue().rstrip().endswith("\x1b[2K") or "\n" not in written.getvalue().rstrip("\x1b[?25hl")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (38_200, "39 kB"),
        (1_700_000, "1.7 MB"),
        (214_300_000, "214 MB"),
        (52.3e9, "52.3 GB"),
        (1.4e12, "1,400 GB"),
    ],
)
def test_sizes_are_said_in_a_unit_that_fits(count: float, words: str):
    assert size_words(count) == words
