"""Answers in words: a task's own pattern with a time limit, enumerations in any order."""

# pyright: standard

import time

import pytest
from pydantic import ValidationError

from tekio.evaluate.results.read_answer import extracted, is_right, listed
from tekio.evaluate.tasks.schema import Generation


@pytest.mark.parametrize(
    ("pattern", "reply", "answer"),
    [
        (r"答え[:：]\s*(\S+)", "まず答え:3とした。\n見直した。\n答え：12", "12"),
        (r"[0-9,]+円", "合計は1,200円です。", "1,200円"),
        (r"(?:A|B)=(\d)|C=(\d)", "C=4", "4"),
        (r"答え:(\d)", "分かりません。", ""),
        (r"答え:(\d?)", "答え:", ""),
    ],
)
def test_the_last_match_is_the_answer(pattern: str, reply: str, answer: str):
    assert extracted(pattern, reply) == answer


def test_a_pattern_that_never_ends_is_given_up():
    began = time.monotonic()
    assert extracted(r"(あ+)+い$", "あ" * 5000) == ""
    assert time.monotonic() - began < 60


def test_a_pattern_that_is_none_is_refused_when_the_task_is_read():
    with pytest.raises(ValidationError, match="regular expression"):
        Generation(extract="(")


@pytest.mark.parametrize(
    ("reply", "answer", "right"),
    [
        ("ア、ウ", "ア、ウ", True),
        ("ウ,ア", "ア、ウ", True),
        ("ウ と ア", "ア、ウ", True),
        ("アとウ", "ア、ウ", True),
        ("「ア」「ウ」", "ア、ウ", True),
        ("B and D.", "B、D", True),
        ("Ａ・Ｂ", "A、B", True),
        ("ア、ウです。", "ア、ウ", True),
        ("ア、イ、ウ", "ア、ウ", False),
        ("ア", "ア、ウ", False),
        ("現金及び預金、受取手形", "受取手形、現金及び預金", True),
        ("", "ア", False),
    ],
)
def test_an_enumeration_is_right_in_any_order_and_only_whole(reply: str, answer: str, right: bool):
    assert is_right("list", reply, [answer]) is right


def test_a_word_with_to_in_it_is_one_entry():
    assert listed("おとく、もと") == {"おとく", "もと"}
