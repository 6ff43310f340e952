"""jfinqa's rule as its specification words it. (Its own verdicts on 4,600 published predictions were all repeated once.)"""

import pytest

from tekio.evaluate.results.jfinqa import normalized, same_number, same_text
from tekio.evaluate.results.read_answer import extracted
from tekio.evaluate.tasks import load_task


@pytest.mark.parametrize(
    ("reply", "gold", "right"),
    [
        ("10.0%", "10.05%", True),  # within 1 %
        ("10.2%", "10.05%", False),
        ("42.5", "42.5%", True),
        ("△1,000", "-1000", True),
        ("１，２３４百万円", "1,234", True),
        ("192億円", "192百万円", True),  # the unit goes with its multiplier: as published
        ("3億", "300000000", True),
        ("100万円", "100", True),  # 万 is no multiplier: as published
        ("増収しました", "増収", True),
        ("増収", "減収", False),
        ("はい", "はい", True),
        ("0.001", "0", False),
        ("0%", "0", True),
        ("", "5", False),
    ],
)
def test_numbers_count_within_one_per_cent_and_texts_when_they_are_equal(reply: str, gold: str, right: bool):
    assert same_number(reply, gold) is right


def test_the_exact_match_compares_normalized_texts():
    assert same_text(" 42.5％ ", "42.5%")
    assert not same_text("42.50%", "42.5%")
    assert normalized("▲1,234円") == "-1234円"


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("計算します。\nAnswer: 12.3%\n", "12.3%"),
        ("answer:  5 \nAnswer: 6", "5"),  # the first, as published
        ("売上高は 10 です。\n\n12.3%\n", "12.3%"),  # else the last line
        ("", ""),
    ],
)
def test_the_answer_is_what_follows_the_word_or_the_last_line(reply: str, answer: str, tmp_path):
    assert extracted(load_task("jfinqa", base=tmp_path).spec.generation.extract, reply) == answer
