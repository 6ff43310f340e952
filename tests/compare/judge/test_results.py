"""Win rates, intervals and agreement beside statsmodels, scipy and scikit-learn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.proportion import proportion_confint

from tekio.compare.judge.judgement import Judgement, Side
from tekio.compare.judge.pairs import Judged, Pair
from tekio.compare.judge.results import summarize, win_rate

LABELS = ("base", "tuned")


def judged(number: int = 40) -> Judged:
    pairs = [Pair(f"q{n}", "質問", None, None, None, ("短い", "長い答え" if n % 4 else "同じ")) for n in range(number)]
    return Judged(LABELS, pairs)


def said(
    item: int, better: str, reviewer: str = "Sato", *, first: str = "base", by: str = "person", unread: bool = False, **marks: str
) -> Judgement:  # fmt: skip
    """What a reviewer said, by labels. first: whose answer stood as A."""
    shown = LABELS if first == "base" else ("tuned", "base")

    def side(label: str) -> Side:
        return "tie" if label == "tie" else "A" if label == shown[0] else "B"

    pair = judged().pairs[item]
    return Judgement(
        f"{item}{reviewer}{first}", pair.key, reviewer, side(better), shown, pair.digest(),
        {name: side(label) for name, label in marks.items()}, by="model" if by == "model" else "person", unread=unread,
    )  # fmt: skip


@given(st.integers(0, 40), st.integers(2, 40))
def test_one_judgement_of_each_pair_has_the_interval_of_statsmodels_and_the_test_of_scipy(wins: int, n: int):
    wins = min(wins, n)
    rate = win_rate("overall", [(f"q{i}", "tuned" if i < wins else "base") for i in range(n)], LABELS)
    low, high = proportion_confint(wins, n, method="wilson")
    assert (rate.low, rate.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert rate.p == pytest.approx(binomtest(wins, n).pvalue)


def test_many_reviewers_of_one_mind_make_no_smaller_interval():
    told = [(f"q{i}", "tuned" if i < 12 else "base") for i in range(20)]
    once, often = win_rate("overall", told, LABELS), win_rate("overall", told * 5, LABELS)
    assert once.low is not None
    assert once.high is not None
    assert often.low is not None
    assert often.high is not None
    assert often.high - often.low >= once.high - once.low
    assert often.p == once.p
    assert (often.items, often.judgements) == (20, 100)


def test_a_tie_counts_half_and_no_side_is_taken():
    found = summarize(judged(), [said(0, "tuned"), said(1, "tie"), said(2, "base"), said(3, "tie")])
    [rate] = found.rates
    assert (rate.wins, rate.losses, rate.ties, rate.rate) == (1, 1, 2, 0.5)
    assert rate.p == 1.0


def test_the_hidden_order_is_taken_off():
    """All say A; the tuned model's answer was A half of the time."""
    orders = ["base", "tuned"] * 10
    found = summarize(judged(), [said(i, first, first=first) for i, first in enumerate(orders)])
    assert found.rates[0].rate == 0.5
    assert (found.first.n, found.first.share) == (20, 1.0)


def test_criteria_are_counted_apart_and_corrected_together():
    rows = [said(i, "tuned", accuracy="tuned", clarity="base" if i < 5 else "tie") for i in range(10)]
    found = {rate.criterion: rate for rate in summarize(judged(), rows).rates}
    assert set(found) == {"overall", "accuracy", "clarity"}
    assert (found["clarity"].losses, found["clarity"].ties) == (5, 5)
    assert found["overall"].p_adjusted == pytest.approx(3 * (found["overall"].p or 0))


def test_agreement_is_scikit_learn_s_kappa():
    first, second = (
        ["tuned", "tuned", "base", "tie", "base", "tuned"],
        ["tuned", "base", "base", "tie", "tuned", "tuned"],
    )
    rows = [said(i, better) for i, better in enumerate(first)] + [said(i, better, "Kato") for i, better in enumerate(second)]  # fmt: skip
    [agreement] = summarize(judged(), rows).agreement
    assert agreement.kappa == {"Kato / Sato": pytest.approx(cohen_kappa_score(second, first), abs=1e-4)}
    assert agreement.equal == pytest.approx(4 / 6, abs=1e-4)
    assert agreement.alpha is not None


def test_how_often_the_longer_answer_was_preferred_is_said():
    found = summarize(judged(), [said(1, "tuned"), said(2, "tuned"), said(3, "base"), said(4, "tuned")])
    assert (found.longer.n, found.longer.share) == (3, pytest.approx(2 / 3, abs=1e-4))  # pair 4 is as long as the other
    assert found.characters_preferred == pytest.approx((4 + 4 + 2 + 2) / 4)


def test_judgements_of_answers_that_have_changed_are_left_out():
    old = Judgement("k", "q0", "Sato", "A", LABELS, "0" * 16)
    found = summarize(judged(), [old, said(1, "tuned")])
    assert (found.stale, found.rates[0].judgements) == (1, 1)


def test_a_model_that_follows_the_order_has_no_preference_and_agrees_with_nobody():
    people = [said(i, "tuned") for i in range(6)]
    both = [
        said(i, first, f"m 1 {n}", first=first, by="model")
        for i in range(6)
        for n, first in ((1, "base"), (2, "tuned"))
    ]
    found = summarize(judged(), [*people, *both])
    assert found.judges is not None
    [judge] = found.judges
    assert (judge.name, judge.items, judge.consistent) == ("m 1", 6, 0)
    assert (judge.first.share, judge.rate.ties, judge.equal) == (1.0, 6, 0.0)
    assert found.reviewers == {"Sato": 6}  # a model is no reviewer


def test_a_consistent_model_is_held_against_the_people_s_majority():
    people = [said(0, "tuned"), said(0, "tuned", "Kato"), said(0, "base", "Ito"), said(1, "base"), said(2, "tuned")]
    told = {0: "tuned", 1: "base", 2: "base"}
    both = [said(i, better, f"m 1 {n}", first=first, by="model") for i, better in told.items() for n, first in ((1, "base"), (2, "tuned"))]  # fmt: skip
    unread = [said(3, "tie", "m 1 1", by="model", unread=True), said(3, "tuned", "m 1 2", first="tuned", by="model")]
    found = summarize(judged(), [*people, *both, *unread])
    assert found.judges is not None
    [judge] = found.judges
    assert (judge.items, judge.consistent, judge.unread, judge.shared) == (4, 3, 1, 3)
    assert judge.equal == pytest.approx(2 / 3, abs=1e-4)
    assert judge.kappa == pytest.approx(
        cohen_kappa_score(["tuned", "base", "base"], ["tuned", "base", "tuned"]), abs=1e-4
    )
