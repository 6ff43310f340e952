"""The baseline that sees no passage: right where the options give themselves away, at chance where they do not."""

import random

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tekio.exam.guess import Guessable, fit, guesses, softmax


def items(count: int, *, telling: bool) -> list[Guessable]:
    drawn = random.Random(7)
    found: list[Guessable] = []
    for number in range(count):
        values = [drawn.randrange(1000, 9000) for _ in range(4)]
        answer = drawn.randrange(4)
        options = [f"{value:,}百万円" for value in values]
        if telling:  # the right option is longer than the others
            options[answer] = f"およそ{options[answer]}程度である"
        found.append(Guessable(f"売上高({number})はいくらか。", options, answer, f"d{number // 2}"))
    return found


def share(found: list[Guessable]) -> float:
    shares = guesses(found)
    return sum(int(np.argmax(one)) == item.answer for one, item in zip(shares, found, strict=True)) / len(found)


def test_options_that_give_themselves_away_are_guessed():
    assert share(items(120, telling=True)) > 0.95


def test_options_that_do_not_are_at_chance():
    assert abs(share(items(400, telling=False)) - 0.25) < 0.08


def test_probabilities_of_an_item_sum_to_one():
    for one in guesses(items(60, telling=True)):
        assert one.sum() == pytest.approx(1)


def test_with_few_items_every_option_is_as_likely():
    assert [one.tolist() for one in guesses(items(3, telling=True))] == [[0.25] * 4] * 3


def test_the_fit_is_that_of_logistic_regression():
    """With two options a conditional logit is a logistic regression of the difference of their features, without intercept."""
    drawn = np.random.default_rng(3)
    tables = [drawn.normal(size=(2, 3)) for _ in range(300)]
    answers = [int(drawn.random() < softmax(table @ np.array([1.0, -2.0, 0.5]))[1]) for table in tables]
    differences = np.array([table[1] - table[0] for table in tables])
    reference = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-10, max_iter=1000).fit(differences, answers)
    assert fit(tables, answers) == pytest.approx(reference.coef_[0], abs=1e-4)
