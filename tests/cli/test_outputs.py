"""Files that verbs write never stand on what the user has, and messages never act on a terminal."""

import json

import pytest

from tekio.cli import main

FAQ = "<html><body><h2>預金とは何ですか?</h2><p>銀行に預けたお金のことです。いつでも引き出せます。</p></body></html>"


@pytest.fixture
def page(tmp_path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "faq.html"
    path.write_text(FAQ)
    return path


def test_a_verb_does_not_write_over_or_into_its_input(tmp_path, page):
    (tmp_path / "way.jsonl").symlink_to(page)
    for out in (page, tmp_path / "in" / "x.jsonl", tmp_path / "way.jsonl"):
        assert main(["harvest", str(page.parent), "--out", str(out)]) == 2
    assert page.read_text() == FAQ
    assert [item.name for item in page.parent.iterdir()] == ["faq.html"]


def test_what_stood_at_a_file_s_place_is_kept(tmp_path, page, capsys):
    out = tmp_path / "pairs.jsonl"
    out.write_text("edited by hand")
    assert main(["--lang", "en", "harvest", str(page), "--out", str(out)]) == 0
    assert (tmp_path / "pairs.jsonl.~1~").read_text() == "edited by hand"
    assert "is kept" in capsys.readouterr().err
    assert main(["harvest", str(page), "--out", str(out)]) == 0  # the same again: nothing to keep
    assert sorted(item.name for item in tmp_path.iterdir()) == ["in", "pairs.jsonl", "pairs.jsonl.~1~"]


@pytest.mark.parametrize("words", [["dataset", "show", "{}"], ["dataset", "show", "{}", "--json"]])
def test_text_from_outside_does_not_act_on_the_terminal(tmp_path, capsys, words):
    text = "x\x1b[31mRED\x1b]0;pwn\x07\u202e\x9b2J"
    row = {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": text}]}
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(row) + "\n")
    main([word.format(path) for word in words])
    said = "".join(capsys.readouterr())
    assert "RED" in said
    assert not set(said) & set("\x1b\x07\u202e\x9b")
    if "--json" in words:
        assert text in json.loads(said)["messages"][0]["content"]


def test_a_file_s_name_does_not_act_on_the_terminal(tmp_path, capsys):
    assert main(["run", str(tmp_path / "\x1b[31m\u202e.yaml")]) == 2
    assert not set(capsys.readouterr().err) & set("\x1b\u202e")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["corpus", "clean", "missing.txt"], 2),
        (["dataset", "stats", "missing.jsonl"], 2),
        (["verify", "missing"], 2),
        (["init", "file/r.yaml"], 1),
        (["init", f"{'x' * 300}.yaml"], 1),
        (["evidence", "missing.zip"], 2),
        (["vocabulary", "missing"], 2),
    ],
)
def test_what_the_system_refuses_is_no_bug(tmp_path, monkeypatch, capsys, words, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    found = main(["--lang", "en", *words])
    said = capsys.readouterr().err
    assert found in ((1, 2) if code is None else (code,))
    assert "Error" in said
    assert "is a bug" not in said
