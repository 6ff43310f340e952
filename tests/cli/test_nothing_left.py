"""A source that gave nothing, and a corpus without a document, by the command line: exit 3, a line, a red box."""

import json
import os
from pathlib import Path

import pytest

from tekio.cli import main
from tekio.documents import read_documents
from tekio.offline import open_network


@pytest.fixture(autouse=True)
def network():
    yield
    open_network()


def recipe(folder: Path, *sources: str) -> str:
    lines = [f"    - {{name: {name}, path: {name}, license: CC0-1.0}}" for name in sources]
    text = ["name: t", "engine: {workers: 1}", "corpus:", "  sources:", *lines, "  filters: {preset: none}"]
    path = folder / "recipe.yaml"
    path.write_text("\n".join(text), encoding="utf-8")
    return str(path)


def good(folder: Path) -> None:
    folder.mkdir()
    for number in range(12):
        sentence = f"第{number}回の会議では、{number * 37}件の議案のうち{number * 11}件が承認されました。" * (
            number + 1
        )
        (folder / f"{number}.txt").write_text(sentence, encoding="utf-8")


def funnel(folder: Path) -> dict:
    return json.loads((folder / "funnel.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("verb", [["run"], ["corpus", "build"]])
def test_a_source_that_gave_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: list[str]):
    good(tmp_path / "good")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "a.txt").write_text(" \n", encoding="utf-8")
    assert main(["--lang", "en", *verb, recipe(tmp_path, "good", "nothing")]) == 3
    said = capsys.readouterr().err
    assert "A source gave nothing." in said
    assert "nothing: 1 row in (empty 1)" in said
    run = tmp_path / "runs" / "t"
    assert funnel(run / "corpus")["totals"]["rows_train"] > 0
    if verb == ["run"]:
        page = (run / "report" / "report.html").read_text(encoding="utf-8")
        assert "A source gave nothing to train on" in page.split("caution-high", 1)[1]


def test_why_is_told_in_words_of_the_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    good(tmp_path / "good")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert main(["--lang", "ja", "corpus", "build", recipe(tmp_path, "good", "old")]) == 3
    assert "原因: old: 入力 1 行（旧形式の Office 文書（.doc・.xls・.ppt） 1）" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [["run"], ["corpus", "build"]])
def test_nothing_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: list[str]):
    (tmp_path / "nothing").mkdir()
    os.mkfifo(tmp_path / "nothing" / "pipe.txt")
    assert main(["--lang", "en", *verb, recipe(tmp_path, "nothing")]) == 3
    assert "Nothing is left to train on." in capsys.readouterr().err
    assert main(["--lang", "ja", *verb, recipe(tmp_path, "nothing")]) == 3  # nor the second time
    run = tmp_path / "runs" / "t"
    assert [(row["uri"], row["rejected_by"]) for row in read_documents(run / "corpus" / "rejected")] == [
        ("pipe.txt", "not_a_file")
    ]
    if verb == ["run"]:
        page = (run / "report" / "report.html").read_text(encoding="utf-8")
        assert "Nothing was left to train on" in page.split("caution-high", 1)[1]


def test_every_file_is_counted_once(tmp_path: Path):
    docs = tmp_path / "docs"
    good(docs)
    (docs / "away.txt").symlink_to("nowhere")
    (docs / "again").symlink_to(".")
    os.mkfifo(docs / "pipe")
    (docs / "empty.txt").write_bytes(b"")
    (docs / "bad.jsonl").write_text("{\n[\n", encoding="utf-8")
    (docs / "rows.jsonl").write_text('{"text": "一つの行です。"}\n{\n', encoding="utf-8")
    (docs / os.fsdecode("議事録.txt".encode("cp932"))).write_text("別の会議の記録です。", encoding="utf-8")
    assert main(["corpus", "build", recipe(tmp_path, "docs")]) == 0
    totals = funnel(tmp_path / "runs" / "t" / "corpus")["totals"]
    assert (totals["files"], totals["files_read"], totals["files_rejected"]) == (18, 14, 4)
    kept = [row["uri"] for kind in ("train", "held_out") for row in read_documents(tmp_path / "runs/t/corpus" / kind)]
    assert "議事録.txt" in kept
