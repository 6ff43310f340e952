"""Options of all verbs: one name for one thing, and nothing given twice is dropped in silence."""

import argparse

import pytest

from cli.every_verb import verbs
from tekio.cli import build_parser, main

VERBS = list(verbs(build_parser("en")))
TAKING_ONE = [
    (name, action)
    for name, parser in VERBS
    for action in parser._actions
    if action.option_strings and isinstance(action, argparse._StoreAction)
]


@pytest.mark.parametrize(("language", "words"), [("en", "given more than once"), ("ja", "2 回以上指定")])
def test_an_option_given_twice_is_refused(language, words, capsys):
    with pytest.raises(SystemExit) as left:
        main(["--lang", language, "harvest", "x.html", "--out", "a", "--out=b"])
    assert left.value.code == 2
    assert words in capsys.readouterr().err


def test_of_every_verb():
    assert len(TAKING_ONE) > 100
    assert [(name, action.option_strings) for name, action in TAKING_ONE if type(action).__name__ != "_Once"] == []


def test_the_language_given_twice_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--lang", "en", "doctor", "r.yaml", "--lang", "ja"])
    assert "--lang" in capsys.readouterr().err


def test_lists_may_be_given_again():
    again = [action for _, parser in VERBS for action in parser._actions if isinstance(action, argparse._AppendAction)]
    assert again


def test_no_other_names_for_the_same_thing():
    """`--out`, `--limit`, `--template`, `--documents`: what other tools call output, max, prompt-template or corpus-dir."""
    others = {
        "--output",
        "--outdir",
        "--out-dir",
        "--dest",
        "--max",
        "--max-items",
        "--maximum",
        "--max-rows",
        "--prompt-template",
    }
    others |= {"--chat-template", "--docs-dir", "--document", "--corpus-dir", "--num", "--number"}
    found = {option for _, parser in VERBS for action in parser._actions for option in action.option_strings}
    assert not found & others
