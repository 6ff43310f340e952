"""Files are read by a process with limits: what a library in C does not end, or takes all memory for, is a row."""

# pyright: standard

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile.making import PARAGRAPH, record
from tekio import plugins
from tekio.corpus.readers import Rejected, dispatch, plan_units, read_unit
from tekio.corpus.readers.deadline import WAITING
from tekio.corpus.readers.guard import ReadingProcess
from tekio.corpus.readers.parts import Ended, Parts
from tekio.documents import Document
from tekio.errors import UsageError
from tekio.recipe import readers as known
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.paths import RecipePath

# A reader that does with each line of a file what the line says. Nothing of it is Python while it is busy.
READER = """
import os, signal, time
from tekio.corpus.readers import make_document
from tekio.errors import Text, UsageError
from tekio.plugins import Reader

HELD = []

def read(source, file):
    for number, line in enumerate(file.read(100_000).decode().splitlines()):
        if line == "busy":
            sum(range(10**13))
        elif line == "waits":
            time.sleep(600)
        elif line == "memory":
            HELD.extend(bytes(50_000_000) for _ in range(1000))
        elif line == "recipe":
            raise UsageError(Text("the recipe's fault", "設定の誤り"))
        elif line in ("SIGABRT", "SIGSEGV", "SIGKILL"):
            os.kill(os.getpid(), getattr(signal, line))
        yield make_document(source, file, line, part=f"line={number}")

READER = Reader("doer", "1", read, suffixes=(".do",))
"""


def forget() -> None:
    for cached in (plugins.installed, plugins._loaded, known.readers, known._by_suffix):
        cached.cache_clear()


@pytest.fixture
def doer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "site"
    about = folder / "doers-1.2.dist-info"
    about.mkdir(parents=True)
    (folder / "doers.py").write_text(READER)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: doers\nVersion: 1.2\n")
    (about / "entry_points.txt").write_text("[tekio.readers]\ndoer = doers:READER\n")
    monkeypatch.syspath_prepend(str(folder))
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    made = ReadingProcess(1, 400)
    yield made
    made.end()


def read(path: Path, process: ReadingProcess, **options: object) -> list[tuple[str, str]]:
    """(uri, text or reason) of everything below a folder."""
    source = SourceConfig.model_validate({"name": "s", "path": RecipePath.of(path), "license": "CC0-1.0", **options})
    return [
        (row.uri, row.reason if isinstance(row, Rejected) else row.text)
        for unit in plan_units(source, 10_000)
        for row in read_unit(source, unit, process=process)
    ]


@pytest.mark.usefixtures("doer")
@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("busy", "too_slow"),
        ("memory", "too_much_memory"),
        ("SIGABRT", "parser_crashed"),
        ("SIGSEGV", "parser_crashed"),
        ("SIGKILL", "too_much_memory"),
    ],
)
def test_a_file_that_ends_its_process_is_a_row_and_the_others_are_read(
    tmp_path: Path, process: ReadingProcess, what: str, reason: str
):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.do").write_text(f"first\nsecond\nthird\n{what}\nnever")
    (docs / "b.do").write_text("next")
    rows = read(docs, process)
    assert rows[:3] == [("a.do#line=0", "first"), ("a.do#line=1", "second"), ("a.do#line=2", "third")]
    assert rows[3:] == [("a.do", reason), ("b.do#line=0", "next")]


@pytest.mark.usefixtures("doer")
def test_a_reader_that_waits_uses_no_cpu_time_and_is_ended_by_the_clock(tmp_path: Path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.do").write_text("first\nwaits\nnever")
    (docs / "b.do").write_text("next")
    process = ReadingProcess(0.2, 400)
    source = SourceConfig.model_validate({"name": "s", "path": RecipePath.of(docs), "license": "CC0-1.0"})
    try:
        rows = [row for unit in plan_units(source, 10_000) for row in read_unit(source, unit, process=process)]
    finally:
        process.end()
    refused = [row for row in rows if isinstance(row, Rejected)]
    assert [row.text for row in rows if isinstance(row, Document)] == ["first", "next"]
    assert [(row.uri, row.reason, row.measured["limit_seconds_by_the_clock"]) for row in refused] == [
        ("a.do", "too_slow", 0.2 * WAITING)
    ]


@pytest.mark.usefixtures("doer")
def test_of_an_archive_only_the_member_is_lost(tmp_path: Path, process: ReadingProcess):
    docs = tmp_path / "docs"
    docs.mkdir()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in (
            ("a.do", "one"),
            ("b.do", "two\nthree\nSIGKILL\nx"),
            ("c.do", "busy"),
            ("d.do", "four"),
            ("e.do", "SIGSEGV"),
            ("f.do", "five"),
        ):
            archive.writestr(name, text)
    (docs / "z.zip").write_bytes(buffer.getvalue())
    assert read(docs, process) == [
        ("z.zip!/a.do#line=0", "one"),
        ("z.zip!/b.do#line=0", "two"),
        ("z.zip!/b.do#line=1", "three"),
        ("z.zip!/b.do", "too_much_memory"),
        ("z.zip!/c.do", "too_slow"),
        ("z.zip!/d.do#line=0", "four"),
        ("z.zip!/e.do", "parser_crashed"),
        ("z.zip!/f.do#line=0", "five"),
    ]


@pytest.mark.usefixtures("doer")
def test_a_file_that_ends_process_after_process_is_given_up(
    tmp_path: Path, process: ReadingProcess, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tekio.corpus.readers.guard.MAX_ENDED", 2)
    docs = tmp_path / "docs"
    docs.mkdir()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.do", "SIGKILL")
    (docs / "z.zip").write_bytes(buffer.getvalue())
    uris = [uri for uri, _ in read(docs, process)]
    assert uris == ["z.zip!/0.do", "z.zip!/1.do", "z.zip"]


@pytest.mark.usefixtures("doer")
def test_what_the_recipe_lacks_is_raised_here(tmp_path: Path, process: ReadingProcess):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.do").write_text("one\nrecipe")
    with pytest.raises(UsageError, match="the recipe's fault"):
        read(docs, process)
    (docs / "a.do").write_text("one")
    assert read(docs, process) == [("a.do#line=0", "one")]


def test_the_rows_are_those_that_are_read_here(tmp_path: Path, process: ReadingProcess):
    pages = b"".join(record(f"<p>{number}{PARAGRAPH}</p>".encode(), uri=f"http://a/{number}") for number in range(50))
    (tmp_path / "a.warc").write_bytes(pages)
    (tmp_path / "b.html").write_text(f"<main><p>{PARAGRAPH}</p></main>", encoding="utf-8")
    (tmp_path / "c.eml").write_bytes(b"Subject: s\r\n\r\nHello, this is mail.\r\n")
    (tmp_path / "d.txt").write_text(PARAGRAPH, encoding="utf-8")
    (tmp_path / "e.xbrl").write_bytes(b"<x")
    source = SourceConfig(name="s", path=RecipePath.of(tmp_path))
    units = plan_units(source, 10_000_000)
    here = [row for unit in units for row in read_unit(source, unit)]
    there = [row for unit in units for row in read_unit(source, unit, process=process)]
    assert len(here) == 54
    assert here == there


def test_a_row_that_is_not_taken_ends_the_process_and_the_next_file_is_read(tmp_path: Path, process: ReadingProcess):
    pages = b"".join(record(f"<p>{number}{PARAGRAPH}</p>".encode(), uri=f"http://a/{number}") for number in range(50))
    (tmp_path / "a.warc").write_bytes(pages)
    source = SourceConfig(name="s", path=RecipePath.of(tmp_path))
    (unit,) = plan_units(source, 10_000_000)
    assert isinstance(next(iter(process.read(source, unit.files[0]))), Document)
    assert len(list(process.read(source, unit.files[0]))) == 50


def test_a_document_too_long_to_clean_is_refused_without_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dispatch, "MAX_DOCUMENT_CHARACTERS", 100)
    (tmp_path / "a.txt").write_text("あ" * 101, encoding="utf-8")
    (tmp_path / "b.txt").write_text("あ" * 100, encoding="utf-8")
    source = SourceConfig(name="s", path=RecipePath.of(tmp_path))
    rows = [row for unit in plan_units(source, 10_000) for row in read_unit(source, unit)]
    assert [getattr(row, "reason", None) for row in rows] == ["too_large", None]


def test_parts_that_were_read_are_passed_over_and_the_one_that_ended_it_is_refused():
    def walk(parts: Parts) -> list[str]:
        """A file of three parts, the second of which holds three."""
        found: list[str] = []

        def row(name: str) -> None:
            if parts.is_new():
                found.append(name)

        row("head")
        for outer in range(3):
            opened = parts.open()
            if opened is True:
                row(f"{outer}")
                for inner in range(3 if outer == 1 else 0):
                    inside = parts.open()
                    if isinstance(inside, Ended):
                        found.append("refused")
                    elif inside:
                        row(f"{outer}.{inner}")
                    parts.close()
            parts.close()
        return found

    assert walk(Parts()) == ["head", "0", "1", "1.0", "1.1", "1.2", "2"]

    ended = Ended((1, 1), Counter({(): 1, (1,): 1}))
    assert walk(Parts(ended)) == ["refused", "1.2", "2"]
    ended = Ended((1, 1), Counter({(): 1, (1,): 1, (1, 1): 1}), refuse=False)
    assert walk(Parts(ended)) == ["1.2", "2"]


def test_the_process_ends_with_the_one_it_reads_for(tmp_path: Path):
    (tmp_path / "a.html").write_text(f"<main><p>{PARAGRAPH}</p></main>", encoding="utf-8")
    process = ReadingProcess(5, 1000)
    read(tmp_path, process)
    child = process._process
    assert child is not None
    assert child.stdin is not None
    child.stdin.close()  # as the system does when a process is gone
    assert child.wait(30) == 0
