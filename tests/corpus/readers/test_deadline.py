"""Time is bounded a document: one that takes too long is a row, and the next is read."""

import contextlib
import io
import json
import os
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tekio.corpus import build_corpus
from tekio.corpus.readers import Rejected, dispatch, plan_units, read_unit, wikipedia
from tekio.corpus.readers.deadline import Deadline, TooSlowError
from tekio.corpus.readers.rows import make_document
from tekio.corpus.readers.wikipedia import open_at_once
from tekio.corpus.units import unit
from tekio.documents import Document, read_documents
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.text.html import check_attributes
from tekio.text.unreadable import UnreadableError


def busy(seconds: float = 60) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        with contextlib.suppress(Exception):  # as libraries do: the limit is none of their exceptions
            sum(range(1000))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that is busy for ever with files whose text is `slow`, and gives a document a line of others."""

    class Busy:
        cut = ()

        @staticmethod
        def function() -> Any:
            def rows(source: SourceConfig, file: Any) -> Iterator[Document]:
                for number, line in enumerate(file.read(1000).decode().splitlines()):
                    busy(60 if line == "slow" else 0.2 if line == "work" else 0)
                    if line == "sleeps":
                        time.sleep(600)
                    if line == "pipe":
                        (file.path.parent.parent / "pipe").read_bytes()
                    yield make_document(source, file, line, part=f"line={number}")

            return rows

    monkeypatch.setattr(dispatch, "find_reader", lambda _name: Busy)


def read(path: Path, seconds: float) -> list[tuple[str, str]]:
    source = SourceConfig(name="s", path=RecipePath.of(path), license="CC0-1.0")
    with Deadline(seconds) as deadline:
        return [
            (row.uri, row.reason if isinstance(row, Rejected) else row.text)
            for one in plan_units(source, 1000)
            for row in read_unit(source, one, None, deadline)
        ]


@pytest.mark.usefixtures("reader")
def test_a_slow_file_is_refused_and_the_next_is_read(tmp_path: Path):
    (tmp_path / "a.txt").write_text("slow")
    (tmp_path / "b.txt").write_text("quick")
    assert read(tmp_path, 0.4) == [("a.txt", "too_slow"), ("b.txt#line=0", "quick")]


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("what", ["sleeps", "pipe"])
def test_a_file_that_waits_is_refused_by_the_clock_and_the_next_is_read(tmp_path: Path, what: str):
    os.mkfifo(tmp_path / "pipe")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text(what)
    (docs / "b.txt").write_text("quick")
    assert read(docs, 0.05) == [("a.txt", "too_slow"), ("b.txt#line=0", "quick")]


def test_the_alarm_goes_back_to_whoever_had_it():
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _frame: rung.append(number))
    was = signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        with Deadline(1):
            assert signal.getitimer(signal.ITIMER_REAL)[0] <= 10
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
        signal.raise_signal(signal.SIGALRM)
        assert rung == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, *was)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("reader")
def test_every_document_has_its_own_time(tmp_path: Path):
    (tmp_path / "a.txt").write_text("work\n" * 10)
    assert [text for _, text in read(tmp_path, 1)] == ["work"] * 10


@pytest.mark.usefixtures("reader")
def test_a_slow_member_leaves_the_others(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "slow")
        archive.writestr("b.txt", "quick")
    (tmp_path / "c.zip").write_bytes(buffer.getvalue())
    assert read(tmp_path, 0.4) == [("c.zip!/a.txt", "too_slow"), ("c.zip!/b.txt#line=0", "quick")]


def test_a_slow_page_leaves_the_rest_of_the_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def plain_text(wikitext: str, *_: str) -> tuple[str, wikipedia.LeftOut]:
        busy(60 if wikitext == "slow" else 0)
        if wikitext == "bad":
            raise KeyError(wikitext)
        return wikitext, wikipedia.LeftOut()

    monkeypatch.setattr(wikipedia, "plain_text", plain_text)
    pages = "".join(
        f"<page><title>{text}</title><ns>0</ns><id>{number}</id><revision><id>1</id><text>{text}</text></revision></page>"
        for number, text in enumerate(("slow", "bad", "quick"))
    )
    (tmp_path / "a.xml").write_text(f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/">{pages}</mediawiki>')
    found = read(tmp_path, 0.4)
    assert [row for _, row in found] == ["too_slow", "reader_failed", "quick"]


def test_a_text_that_is_slow_to_clean_is_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    clean = unit.clean_texts

    def slow(texts: list[str], *others: Any, **told: Any) -> Any:
        busy(60 if any("遅い" in text for text in texts) else 0)
        return clean(texts, *others, **told)

    monkeypatch.setattr(unit, "clean_texts", slow)
    rows = [{"text": "一つ目の文書です。"}, {"text": "遅い文書です。"}, {"text": "三つ目の書類です。"}]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    plain = {
        "sources": [{"name": "s", "path": "a.jsonl", "license": "CC0-1.0"}],
        "filters": {"preset": "none"},
        "duplicates": {"near": False},
        "max_document_seconds": 1,
    }
    config = CorpusConfig.model_validate(plain, context={"base": tmp_path})
    out = tmp_path / "run" / "corpus"
    build_corpus(config, out, seed=1, engine=LocalEngine(1))
    (row,) = read_documents(out / "rejected")
    assert row["rejected_by"] == "too_slow"
    assert json.loads(str(row["measured"])) == {"characters": 7, "limit_seconds": 1}
    assert len([*read_documents(out / "train"), *read_documents(out / "held_out")]) == 2


def test_without_a_limit_and_after_one_nothing_is_stopped():
    with Deadline(0) as deadline, deadline.one():
        busy(0.2)
    with Deadline(0.2) as deadline:
        with pytest.raises(TooSlowError), deadline.one():
            busy()
        busy(0.5)  # no document is in work
    busy(0.5)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("{{a|b}}[[c]]<ref>d</ref><br>[http://a b]\n" * 500, 1),
        ("<ref>" * 500, 500),
        ("{|\n" * 500, 500),
        ("{{a|" * 500, 500),
        ("[http://a " * 500, 500),
        ("[http://a\n" * 500, 1),
        ("<!--" * 500, 500),
        ("<b a=" * 500, 500),
        ("<ref name=a />" * 500, 0),
        ("<math>{{a}</math>" * 500, 0),
        ("<ref><b>" * 300 + "</b></ref>" * 300, 300),
    ],
)
def test_what_a_page_of_wikipedia_leaves_open_is_counted(text: str, most: int):
    assert open_at_once(text) == most


def test_a_page_of_wikipedia_may_leave_much_open_when_it_is_short(tmp_path: Path):
    for name, count in (("short", 400), ("long", 20_000)):
        text = "&lt;center>あいう" * count
        page = f"<page><title>甲</title><ns>0</ns><id>1</id><revision><id>1</id><text>{text}</text></revision></page>"
        (tmp_path / f"{name}.xml").write_text(
            f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/">{page}</mediawiki>', encoding="utf-8"
        )
    found = dict(read(tmp_path, 0))
    assert found["long.xml#page=1"] == "too_deep"
    assert found["short.xml#page=1"].count("あいう") == 400


@pytest.mark.parametrize("attribute", ["a{}=1", 'a{}=">"', "a{}='<p x=\"'", "a{}", "a{} = 1"])
def test_a_tag_with_a_crowd_of_attributes_is_refused(attribute: str):
    attributes = " ".join(attribute.format(number) for number in range(3000))
    with pytest.raises(UnreadableError, match="too_many_attributes"):
        check_attributes(f"<!doctype html><p>a<p {attributes}>x</p>")
    words = " ".join(f"a{number}=1;" for number in range(3000))
    check_attributes(f"<script>if (i<n) {{ {words} }}</script><!-- <p {words} --><textarea><p {words}</textarea>")
