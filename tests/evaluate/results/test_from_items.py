"""A metric again from the items on file, beside scikit-learn; a number that is not the reported one is not taken."""

# pyright: standard

import math
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

from tekio.artifacts.model import parse
from tekio.artifacts.results import ScoredItem
from tekio.evaluate.results.from_items import measure_of_items

RNG = np.random.default_rng(3)
GOLD = RNG.integers(0, 3, 60)
TAKEN = np.where(RNG.random(60) < 0.6, GOLD, RNG.integers(0, 3, 60))


def item(**values: Any) -> ScoredItem:
    empty = dict.fromkeys(ScoredItem.model_fields) | {"item": "1", "prompt": "", "prompt_sha256": ""}
    empty |= {"unparsed": False, "truncated": 0, "lost_characters": 0}
    return parse(ScoredItem, empty | values)


CHOICES = [
    item(choices=["上", "中", "下"], gold=int(gold), prediction=int(taken), correct=bool(gold == taken), loglikelihoods=[-1.0, -2.0, -3.0])
    for gold, taken in zip(GOLD, TAKEN, strict=True)
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("acc", accuracy_score(GOLD, TAKEN)),
        ("macro_f1", f1_score(GOLD, TAKEN, average="macro")),
        ("mcc", matthews_corrcoef(GOLD, TAKEN)),
    ],
)
def test_metrics_of_choices_are_those_of_scikit_learn(name: str, reported: float):
    found = measure_of_items(name, float(reported), CHOICES)
    assert found is not None
    assert found.observed == pytest.approx(reported)


def test_a_number_that_is_not_the_reported_one_is_not_taken():
    assert measure_of_items("macro_f1", 0.123, CHOICES) is None
    assert measure_of_items("map", 0.5, CHOICES) is None
    assert measure_of_items("acc", None, CHOICES) is None


def test_the_length_of_a_choice_is_taken_off_where_the_metric_says_so():
    own = [
        item(choices=["あ", "ああああ"], gold=1, prediction=0, correct=False, loglikelihoods=[-2.0, -4.0])
        for _ in range(3)
    ]
    found = measure_of_items("acc_norm", 1.0, own)
    assert found is not None
    assert found.observed == 1.0


def test_texts_and_written_answers_have_theirs():
    texts = [item(nats=math.log(2) * 30, characters=10, bytes=30), item(nats=math.log(2) * 10, characters=10, bytes=10)]
    for name, reported in (("bits_per_character", 2.0), ("bits_per_byte", 1.0)):
        found = measure_of_items(name, reported, texts)
        assert found is not None
        assert not found.higher_is_better
    written = [
        item(prediction="上昇", gold=["上昇"], correct=True),
        item(prediction="上", gold=["上昇"], correct=False),
    ]
    found = measure_of_items("character_f1", (1 + 2 / 3) / 2, written)
    assert found is not None
