"""Train, retrieve, both, neither, cannot tell: from constructed answers, against scipy and statsmodels."""

# pyright: standard

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests

from evaluate.choices import answered, choice_task
from tekio.artifacts.exam_results import Question
from tekio.artifacts.results import Comparison
from tekio.evaluate.results.arms import QUESTIONS, recommend
from tekio.evaluate.results.comparisons import Rules, compare_measures, judge_family
from tekio.evaluate.results.metrics import measures

N = 400
ARMS = (("base", "closed"), ("base", "retrieved"), ("trained", "closed"), ("trained", "retrieved"))


def right_answers(share: float, seed: int) -> np.ndarray:
    """0/1 for N items; an item that is easy for one arm is easy for all, as in an exam."""
    ease = np.random.default_rng(0).random(N)
    noise = np.random.default_rng(seed).random(N)
    return ((ease + noise) / 2 < _threshold(share)).astype(int)


def _threshold(share: float) -> float:
    return float(
        np.quantile((np.random.default_rng(1).random(200_000) + np.random.default_rng(2).random(200_000)) / 2, share)
    )


def compared(shares: Sequence[float]) -> tuple[dict[Question, Comparison], dict[tuple[str, str], np.ndarray]]:
    built = choice_task([1] * N)
    correct = {arm: right_answers(share, seed) for seed, (arm, share) in enumerate(zip(ARMS, shares, strict=True), 10)}
    found = {arm: measures(built, answered(built, row.tolist()))["acc"] for arm, row in correct.items()}
    rules = Rules("base")
    results: dict[Question, Comparison] = {}
    for question, (first, second) in QUESTIONS.items():
        wins = int(np.sum(correct[first] > correct[second])), int(np.sum(correct[first] < correct[second]))
        results[question] = compare_measures(
            built,
            found[first],
            found[second],
            ("-".join(first), "-".join(second)),
            rules,
            wins=(*wins, N - sum(wins)),
            names=(question,),
        )
    judge_family(list(results.values()), [True] * len(results), rules)
    return results, correct


@pytest.mark.parametrize(
    ("shares", "advice"),
    [
        ((0.30, 0.32, 0.55, 0.56), "train"),
        ((0.30, 0.55, 0.31, 0.55), "retrieve"),
        ((0.30, 0.45, 0.70, 0.70), "train"),
        ((0.30, 0.80, 0.50, 0.80), "retrieve"),
        ((0.30, 0.50, 0.50, 0.75), "both"),
        ((0.30, 0.30, 0.30, 0.30), "neither"),
        ((0.30, 0.55, 0.55, 0.56), "cannot tell"),
    ],
)
def test_the_recommendation_is_what_the_answers_were_made_to_show(shares, advice):
    found, correct = compared(shares)
    assert recommend(found, 0.15).advice == advice
    # the same by an independent computation: scipy's binomial test of the discordant items, statsmodels' Holm
    p = []
    for first, second in QUESTIONS.values():
        wins = int(np.sum(correct[first] > correct[second]))
        losses = int(np.sum(correct[first] < correct[second]))
        p.append(binomtest(wins, wins + losses).pvalue if wins + losses else 1.0)
    adjusted = multipletests(p, method="holm")[1]
    assert [item.p_adjusted for item in found.values()] == pytest.approx(adjusted, rel=1e-9)


def test_a_small_exam_that_shows_nothing_cannot_tell():
    found, _ = compared((0.30, 0.30, 0.30, 0.30))
    assert recommend(found, 0.01).advice == "cannot tell"
    assert recommend(found, 0.01).reason == "too few items for so small a gain"


def word(verdict: str, high: float | None = 0.2) -> Comparison:
    found, _ = WORDS
    return found["train"].model_copy(update={"verdict": verdict, "high": high})


WORDS = compared((0.3, 0.3, 0.3, 0.3))


def made(**verdicts: str) -> dict[Question, Comparison]:
    return {question: word(verdicts.get(question.replace(" ", "_"), "cannot tell")) for question in QUESTIONS}


def test_a_gain_that_only_both_together_show_recommends_nothing():
    assert recommend(made(both="improved"), 0.05).reason == "only together shown to gain"


def test_training_that_adds_nothing_to_retrieval_is_not_both():
    found = made(train="improved", retrieve="improved", both="improved", retrieve_on_top="improved")
    assert recommend(found, 0.05).reason == "both gain, which more is not shown"
    found["train against retrieve"] = word("worse")
    assert recommend(found, 0.05).advice == "retrieve"


def test_neither_needs_every_interval_below_the_margin():
    found: dict[Question, Comparison] = {question: word("cannot tell", 0.03) for question in QUESTIONS}
    assert recommend(found, 0.05).advice == "neither"
    found["both"] = word("cannot tell", 0.06)
    assert recommend(found, 0.05).advice == "cannot tell"
    found["both"] = word("cannot tell", None)
    assert recommend(found, 0.05).advice == "cannot tell"


def test_training_that_does_harm_and_retrieval_that_gains_recommends_retrieval():
    assert recommend(made(train="worse", retrieve="improved"), 0.05).advice == "retrieve"
