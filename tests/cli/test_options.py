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


MEANINGS = {
    "--adapter": "write the adapter alone",
    "--add": "a model's difference to the base, with its weight",
    "--against": "a public board to be placed on",
    "--agreement": "share of items that two models get both right or both wrong",
    "--allow-host": "a host of the own network whose model server may be asked",
    "--allow-private": "private addresses may be fetched from",
    "--as-of": "the day whose state of a law is meant",
    "--bare": "conversation without id and meta",
    "--base": "the base model's folder",
    "--base-url": "another address of a service that is fetched from",
    "--batch-tokens": "tokens computed at once",
    "--bos": "whether a text begins with the start token",
    "--boundary": "how a text is cut into windows",
    "--characters": "characters shown of a text",
    "--chat-argument": "a variable of the model's chat template",
    "--choices": "how a local model chooses among options",
    "--columns": "which column of a table is what",
    "--constraint": "pip's constraints",
    "--contact": "address sent to sites that are fetched from",
    "--containment": "share of a question in one text that makes a match",
    "--converter": "llama.cpp's script",
    "--converter-python": "the Python that runs it",
    "--corpus": "folder of a finished corpus stage",
    "--coverage": "file for the text of pages that is in no pair",
    "--data": "folder with the data that the verb reads",
    "--date": "the day of a dump",
    "--demonstrations": "where demonstrations come from",
    "--derived": "the records are derived data",
    "--device": "device that computes",
    "--docs": "folder of pages packed into a bundle",
    "--documents": "document table of a corpus (corpus/train)",
    "--dry-run": "print the plan, do nothing",
    "--dtype": "type of a model's numbers",
    "--endpoint": "server of the model that writes",
    "--endpoint-choices": "how a server chooses among options",
    "--endpoint-model": "name of a model at its server",
    "--endpoint-parallel": "requests to a server at the same time",
    "--endpoint-rule": "how a server's replies are read",
    "--endpoint-start": "token a server's texts begin with",
    "--engine": "library that computes local models",
    "--evaluation": "folder of a finished evaluation",
    "--evidence": "file of the evidence pack, beside the verb's own output",
    "--exam": "folder of a finished exam stage",
    "--exam-template": "how the exam is asked",
    "--extras": "optional parts of Tekio",
    "--fail-above": "share above which the exit code is 3",
    "--filers": "whose filings",
    "--first": "language shown first on a page",
    "--format": "format of the set that is read",
    "--from-date": "first day of a period",
    "--full": "all digits of a hash",
    "--generator-license": "terms of a generating model's output",
    "--gguf": "write GGUF",
    "--in": "text searched for test items",
    "--instruct": "instruction data: folder of the stage",
    "--internal": "everything, for use within the house",
    "--interval": "seconds between requests",
    "--item": "place of one item",
    "--json": "JSON instead of text for people",
    "--judge": "server of the model that judges answers",
    "--keep-unseen": "records nobody has reviewed are kept",
    "--kind": "kind of a draft",
    "--leave-out": "leave out what may not be passed on",
    "--license": "license of the rows written",
    "--licenses": "table of licenses",
    "--limit": "at most so many of what the verb works on or shows",
    "--list": "list the templates that ship",
    "--margin": "tolerated loss on general tasks",
    "--max-new-tokens": "longest answer of a model",
    "--memory": "memory of a GPU",
    "--merge": "decisions made elsewhere, to be taken in",
    "--min-confidence": "pairs below it are left out",
    "--models": "number of models compared",
    "--name": "name of a data set",
    "--only": "one stage of a recipe only",
    "--out": "what the verb makes: its file or folder",
    "--package": "Tekio itself, to be packed",
    "--page": "one page of the viewer",
    "--pages": "folder of harvested pages",
    "--pair": "the two models judged",
    "--passages": "passages looked up for a question",
    "--phrasing": "which wordings of a template set",
    "--plan": "count and hash the work that Slurm shares out, then stop",
    "--platform": "machine that a bundle is for",
    "--port": "port of a local page",
    "--power": "chance of detecting a difference",
    "--prefer": "pairs of answers: folder of the stage",
    "--preset": "another set of filters",
    "--prompts": "file of questions to ask",
    "--protocol": "published way to run a task",
    "--python": "Python version that a bundle is for",
    "--questions": "questions that ship",
    "--reader": "reader of a file",
    "--reason": "reason of a rejection",
    "--recipe": "a recipe whose settings are used",
    "--rehash": "read unchanged inputs again",
    "--replace": "replace finished training",
    "--replay": "from the record, without network",
    "--resolve": "what decides where reviewers differ",
    "--results": "our results.json",
    "--reviewer": "name of the person who decides",
    "--rows": "rows of a batch",
    "--run": "folder of a run",
    "--samples": "texts drawn of a model for each question",
    "--scale": "whole or small chain of a paper's recipe",
    "--scratch": "no base: a small model is made",
    "--seed": "seed of what is drawn",
    "--sequence-length": "tokens of a row",
    "--shots": "number of demonstrations",
    "--show": "show examples as trained on, train nothing",
    "--source": "name of a source",
    "--statistic": "one statistic of documents",
    "--status": "progress and agreement, then stop",
    "--store": "database of decisions",
    "--strategy": "one way of telling documents again",
    "--study": "folder of a finished study stage",
    "--suite": "tasks to score",
    "--system": "system message",
    "--table": "which of a stage's tables of rows",
    "--temperature": "randomness of what a model writes",
    "--template": "template that texts or prompts are made by",
    "--templates": "further templates, for the spread",
    "--terms": "file of words for a vocabulary",
    "--terms-url": "address of terms of use",
    "--thinking": "whether a model reasons before it answers",
    "--thinking-tokens": "tokens it may reason with",
    "--threshold": "another threshold of a filter",
    "--title": "heading of a page",
    "--to": "format of the set that is written",
    "--to-date": "last day of a period",
    "--top-p": "share of likely tokens drawn from",
    "--translation": "also translation pairs",
    "--types": "types of filings",
    "--unit": "the share of the work done by this process",
    "--variant": "a variant of a recipe",
    "--wheels": "folder of wheels",
    "--where": "rows with this field",
    "--with-data": "pack the recipe's data",
    "--with-model": "pack the recipe's base",
    "--workers": "processes",
    "--write": "file for people who work elsewhere, beside the verb's own output",
}
"""Every option has one meaning in all verbs, and every meaning one option. A new option finds its name here, or a new line."""
ALIKE = {
    ("--license", "--licenses"): "one license; a table of many",
    ("--page", "--pages"): "a page of the viewer; a folder of web pages",
    ("--template", "--templates"): "the headline version; the further ones, in a list",
}


def options() -> list[tuple[str, str, argparse.Action]]:
    """Verb, option and action of every option of every verb; `--help` aside."""
    return [
        (name, next(option for option in action.option_strings if option.startswith("--")), action)
        for name, parser in VERBS
        for action in parser._actions
        if action.option_strings and action.dest != "help"
    ]


def kind_of_value(action: argparse.Action) -> str:
    """What is written behind an option: nothing, a number, a path or words."""
    if action.nargs == 0:
        return "nothing"
    name = getattr(action.type, "__name__", "words")
    return name if name in ("int", "float", "Path") else "words"


def test_every_option_has_a_meaning_of_its_own():
    assert {option for _, option, _ in options()} == set(MEANINGS)
    assert len(set(MEANINGS.values())) == len(MEANINGS)


def test_an_option_takes_the_same_kind_of_value_in_every_verb():
    kinds: dict[str, dict[str, str]] = {}
    for verb, option, action in options():
        kinds.setdefault(option, {})[verb] = kind_of_value(action)
    assert {option: found for option, found in kinds.items() if len(set(found.values())) > 1} == {}


def test_no_two_options_are_explained_in_the_same_words():
    names: dict[str, set[str]] = {}
    for _, option, action in options():
        if action.help and action.help != argparse.SUPPRESS:
            names.setdefault(action.help.casefold(), set()).add(option)
    assert {words: found for words, found in names.items() if len(found) > 1} == {}


def test_no_two_options_differ_by_an_ending():
    found = {option for _, option, _ in options()}
    plural = {(option, f"{option}s") for option in found if f"{option}s" in found}
    assert plural == set(ALIKE)


def test_short_names_stand_beside_long_ones():
    assert [
        action.option_strings for _, parser in VERBS for action in parser._actions if len(action.option_strings) > 1
    ] == [
        ["-h", "--help"] if action.dest == "help" else ["--limit", "-n"]
        for _, parser in VERBS
        for action in parser._actions
        if len(action.option_strings) > 1
    ]


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
        "--count",
        "--top",
        "--finish",
        "--parallel",
    }
    others |= {"--chat-template", "--docs-dir", "--document", "--corpus-dir", "--num", "--number"}
    found = {option for _, parser in VERBS for action in parser._actions for option in action.option_strings}
    assert not found & others
