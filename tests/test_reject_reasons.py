"""Every name under which the code leaves something out has words in both languages."""

# pyright: standard

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tekio.instruct.check import SCREENS
from tekio.reject_reasons import REASONS, RULES, counted_words, reject_words
from tekio.study import reasons as study

SOURCE = Path(__file__).parents[1] / "src" / "tekio"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PLACES = {
    "UnreadableError": 0,
    "RowError": 0,
    "RejectedRecord": 0,
    "BadRow": 0,
    "reject": 0,
    "fail": 0,
    "Rejected": 1,
    "Unread": 1,
    "_reason": 1,
    "broken_row": 3,
}
"""Which argument of a call is the reason's name; of `reject(place, reason, ...)` the first that is a name."""
STUDY = {"study", "exam"}  # rows re-told; their words are tekio.study.reasons'


def names_in(node: ast.expr) -> Iterator[str]:
    """The names that an expression may be: a constant, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from names_in(node.body)
        yield from names_in(node.orelse)


@cache
def calls() -> list[tuple[str, ast.Call, Path]]:
    """The calls of those names, and of `DroppedError`, in all of the code."""
    wanted = {*PLACES, "DroppedError"}
    found: list[tuple[str, ast.Call, Path]] = []
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if any(f"{name}(" in text for name in wanted):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    called = node.func
                    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                    if name in wanted:
                        found.append((name, node, file))
    return found


def reasons() -> dict[str, Path]:
    """Every reason that stands as a constant in a call that leaves something out."""
    found: dict[str, Path] = {}
    for called, node, file in calls():
        if called not in PLACES or STUDY & set(file.relative_to(SOURCE).parts):
            continue
        place = PLACES[called]
        places = node.args[place : place + 2] if called == "reject" else node.args[place : place + 1]
        for name in [name for one in places for name in names_in(one)][:2]:
            found[name] = file
    return found


def is_in_both(words_en: str, words_ja: str) -> bool:
    return (
        bool(words_en) and bool(re.search("[ぁ-んァ-ヶ一-鿿]|JSON|HTML", words_ja)) and "_" not in words_en + words_ja
    )


def test_the_search_finds_reasons_of_every_kind():
    assert {
        "archive_bomb",
        "quoted_reply",
        "template_failed",
        "no_rows",
        "several_turns",
        "the_other_way_round",
    } <= set(reasons())
    assert len(reasons()) > 90


def test_every_reason_in_the_code_has_words():
    assert sorted(name for name in reasons() if name not in REASONS) == []


def test_every_check_of_records_has_words():
    assert sorted(set(SCREENS) - set(REASONS) - {"placeholder_input"}) == []  # that one is a flag and rejects nothing


def test_every_rule_of_a_data_set_has_words():
    dropped = {name for called, node, _ in calls() if called == "DroppedError" for name in names_in(node.args[0])}
    assert len(dropped) > 25
    assert sorted(dropped - set(RULES)) == []


@pytest.mark.parametrize("words", [REASONS, RULES, study.REASONS], ids=["reasons", "rules", "study"])
def test_words_are_words_in_both_languages(words: dict):
    assert [name for name, text in words.items() if not is_in_both(text.en, text.ja)] == []


def test_a_packages_own_reason_keeps_its_name():
    assert reject_words("of_a_package").ja == "of_a_package"
    assert reject_words("rule:no_label").ja == "データセットの規則: ラベルなし"
    assert reject_words("rule:of_a_package").en == "the data set's rule: of_a_package"


def test_counts_by_reason_are_told_in_words_of_both_languages():
    told = counted_words({"cut_off": 1_200, "refused": 1})
    assert told.en == "reply cut off 1,200, refused by the model server 1"
    assert told.ja == "応答が途中で終了 1,200、モデルサーバが拒否 1"
    assert counted_words({}).en == ""
