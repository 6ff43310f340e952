"""The help of the command: every verb in a group with an example that parses; general options anywhere; argparse in Japanese."""

# pyright: standard

import argparse
import re
import shlex

import pytest

from cli.every_verb import verbs
from tekio.cli import build_parser, general_options_first, main
from tekio.cli.groups import EXAMPLES, GROUPS
from tekio.errors import Language

VERBS = dict(verbs(build_parser("en")))


def test_every_verb_stands_in_one_group():
    grouped = [name for _, names in GROUPS for name in names]
    assert sorted(grouped) == sorted({verb.split()[0] for verb in VERBS})


def test_every_verb_has_an_example():
    assert set(EXAMPLES) == set(VERBS)


@pytest.mark.parametrize("verb", EXAMPLES)
def test_the_example_is_a_command(verb: str):
    words = shlex.split(EXAMPLES[verb].partition("tekio ")[2])
    assert " ".join(words).startswith(verb)
    build_parser("en").parse_args(words)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_argument_says_what_it_is(language: Language):
    silent, foreign = [], []
    for verb, parser in verbs(build_parser(language)):
        for action in parser._actions:
            name = f"{verb} {action.option_strings or action.dest}"
            if action.help == argparse.SUPPRESS:
                continue
            if not action.help:
                silent.append(name)
            elif language == "ja" and not re.search("[ぁ-んァ-ヶ一-鿿]", action.help):
                foreign.append(f"{name}: {action.help}")
    assert silent == []
    assert foreign == []


@pytest.mark.parametrize(("language", "word"), [("en", "example: tekio run"), ("ja", "例: tekio run")])
def test_help_shows_the_example(language: str, word: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["run", "--help", "--lang", language])
    assert word in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_whole_help_names_groups_and_verbs(language: Language, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--lang", language, "--help"])
    shown = capsys.readouterr().out
    for title, names in GROUPS:
        assert title.to(language) in shown
        assert all(f"\n  {name} " in shown for name in names)


@pytest.mark.parametrize(("words", "verbs"), [([], ["init", "doctor", "run"]), (["corpus"], ["build", "sample"])])
def test_without_a_verb_the_verbs_are_listed(words: list[str], verbs: list[str], capsys: pytest.CaptureFixture[str]):
    for language, said in (("ja", "次の引数が必要です: VERB"), ("en", "required: VERB")):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--lang", language])
        assert ended.value.code == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.splitlines()[-1].endswith(said)
        assert all(f"\n  {verb} " in shown.err or f"\n    {verb} " in shown.err for verb in verbs)


def test_general_options_may_stand_anywhere():
    moved = general_options_first(["run", "r.yaml", "--lang", "ja", "--out", "x", "--debug"])
    assert moved == ["--lang", "ja", "--debug", "run", "r.yaml", "--out", "x"]
    assert general_options_first(["explain", "run", "--", "--lang", "--debug"]) == [
        "explain",
        "run",
        "--",
        "--lang",
        "--debug",
    ]
    assert general_options_first(["run", "--lang"]) == ["--lang", "run"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rum"], "'rum' は選べません"),
        (["run"], "次の引数が必要です: recipe"),
        (["run", "r.yaml", "--out"], "値を一つ指定してください"),
        (["run", "r.yaml", "--wrong"], "知らない引数です: --wrong"),
        (["doctor", "r.yaml", "--memory", "much"], "'much' は float として読めません"),
        (["doctor", "--help"], "このヘルプを表示"),
    ],
)
def test_argparse_speaks_japanese(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main([*words, "--lang", "ja"])
    shown = capsys.readouterr()
    assert said in (shown.out + shown.err).replace("\n", "")
    with pytest.raises(SystemExit):
        main([*words, "--lang", "en"])
    shown = capsys.readouterr()
    assert not any("\u3040" <= letter <= "\u30ff" for letter in shown.out + shown.err)
