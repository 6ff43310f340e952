"""Names of files that are no text, or more than one line of it: every verb that stores or prints a name goes on."""

import json
import os

import pytest

from tekio.cli import main
from tekio.errors import TekioError

NOT_UTF8 = b"bad\xff.jsonl"
ROWS = [
    {"instruction": f"{number}番の質問は何ですか。", "output": f"これは{number}番の回答です。"} for number in range(3)
]


def rows(folder, name):
    path = folder / os.fsdecode(name)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    try:
        rows(tmp_path, NOT_UTF8)
    except OSError:
        pytest.skip("this file system takes no such name")
    (tmp_path / "r.yaml").write_text(
        "name: n\ninstruct: {import: [{name: a, path: '*.jsonl', license: internal}]}\n", encoding="utf-8"
    )
    return tmp_path


def test_records_of_a_file_whose_name_is_no_text_are_imported(folder):
    path = folder / os.fsdecode(NOT_UTF8)
    assert main(["dataset", "import", str(path), "--out", str(folder / "o.json"), "--license", "internal"]) == 0
    assert len(json.loads((folder / "o.json").read_text(encoding="utf-8"))) == 3


def test_a_stage_reads_such_a_file_and_names_it(folder):
    assert main(["run", str(folder / "r.yaml"), "--out", str(folder / "run"), "--dry-run"]) == 0
    assert main(["run", str(folder / "r.yaml"), "--out", str(folder / "run")]) == 0
    stored = "".join((folder / f"run/instruct/{name}.jsonl").read_text("utf-8") for name in ("train", "validation"))
    assert {json.loads(line)["meta"]["parents"][0] for line in stored.splitlines()} == {"bad\\xff.jsonl"}
    assert main(["verify", str(folder / "run")]) == 0


def test_pages_with_such_names_are_harvested_and_reviewed_beside_their_text(tmp_path, capsys):
    page = (
        "<meta charset=utf-8><title>よくあるご質問</title><dl><dt>国債は中途換金できますか。</dt><dd>発行から1年がたてばできます。</dd>"
        "<dt>利子はいつ受け取れますか。</dt><dd>半年ごとの利払日にお受け取りいただけます。</dd></dl>"
    )
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in (b"bad\xff.html", b"two\nlines: 9 pairs.html"):
        (pages / os.fsdecode(name)).write_text(page, encoding="utf-8")
    out = tmp_path / "pairs.jsonl"
    assert main(["harvest", str(pages), "--out", str(out)]) == 0
    assert "two⟨U+000A⟩lines" in capsys.readouterr().err
    files = [json.loads(line)["file"] for line in out.read_text("utf-8").splitlines()]
    assert sorted(set(files)) == ["bad\\xff.html", "two\nlines: 9 pairs.html"]
    assert main(["review", str(out), "--pages", str(pages), "--write", str(tmp_path / "review.html")]) == 0


def test_the_place_in_a_message_is_one_line(tmp_path):
    assert TekioError("x", where=tmp_path / "a\nError: y").explain().count("\n") == 1


def test_what_cannot_be_read_is_said_in_words_not_as_a_row(tmp_path, capsys):
    (tmp_path / "empty.html").write_bytes(b"")
    assert main(["--lang", "ja", "harvest", str(tmp_path / "empty.html"), "--out", str(tmp_path / "o.jsonl")]) == 3
    shown = capsys.readouterr().err
    assert "空（bytes 0）" in shown
    assert "{" not in shown
