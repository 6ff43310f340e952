"""Under `--lang ja` no English of the operating system comes through."""

import errno
import os
import re

import pytest

from tekio.cli import main
from tekio.errors import TekioError, Text, say
from tekio.system_reasons import REASONS, reasons_in_japanese


@pytest.mark.parametrize("name", REASONS)
def test_every_reason_is_said_in_japanese(name):
    said = os.strerror(getattr(errno, name))
    assert not re.search("[A-Za-z]{3}", reasons_in_japanese(said))
    assert said in say(f"x: {said}", "en")


def test_reasons_within_messages_of_both_kinds():
    error = OSError(errno.EACCES, os.strerror(errno.EACCES), "表.csv")
    for why in (str(error), Text(str(error), str(error))):
        told = TekioError(Text("Cannot read.", "読めません。"), why=why)
        assert "アクセス権がありません" in told.explain("ja")
        assert "Permission" not in told.explain("ja")
        assert "Permission denied" in told.explain("en")


def test_words_of_others_stay():
    assert reasons_in_japanese("BrokenIs a directoryX Not") == "BrokenIs a directoryX Not"


@pytest.mark.parametrize(
    "words",
    [
        "doctor nothing.yaml",
        "doctor folder",
        "view nothing",
        "harvest folder/x/y --out o.jsonl",
        "expand a.txt/b --template question-answer --out o",
    ],
)
def test_a_verb_says_it_in_japanese(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.txt").write_text("x")
    assert main(["--lang", "ja", *words.split()]) in (1, 2)
    said = capsys.readouterr().err
    assert not any(os.strerror(number) in said for number in errno.errorcode), said
