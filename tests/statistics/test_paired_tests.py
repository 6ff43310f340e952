"""McNemar and the permutation test against statsmodels, scipy and simulation."""

# pyright: standard

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats import contingency_tables

from item_samples import clustered_answers, skewed
from tekio.evaluate.results.metrics import mean_measure
from tekio.statistics.paired_tests import mcnemar_exact, paired_permutation
from tekio.statistics.resampling import clustered

stats: Any = scipy_stats  # its result types are not declared
mcnemar: Any = contingency_tables.mcnemar


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_equals_statsmodels(wins, losses):
    expected = mcnemar([[5, wins], [losses, 7]], exact=True).pvalue if wins + losses else 1.0
    assert mcnemar_exact(wins, losses) == pytest.approx(min(1.0, expected), abs=1e-9)


def test_mcnemar_survives_thousands_of_items():
    expected = stats.binomtest(2400, 5000).pvalue
    assert mcnemar_exact(2400, 2600) == pytest.approx(expected, rel=1e-9)


def paired_macro(first, second, resamples=20_000):
    one, two = mean_measure("x", first, binary=False), mean_measure("x", second, binary=False)
    rng = np.random.default_rng(1)
    return paired_permutation(one.rows, two.rows, one.value, resamples=resamples, rng=rng)


def test_the_permutation_test_equals_scipy():
    rng = np.random.default_rng(8)
    first = rng.normal(0.25, 1, 40)
    second = rng.normal(0, 1, 40)
    theirs = stats.permutation_test(
        (first, second),
        lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis),
        permutation_type="samples",
        n_resamples=20_000,
        vectorized=True,
        rng=np.random.default_rng(3),
    )
    assert paired_macro(first, second) == pytest.approx(theirs.pvalue, abs=0.012)


def test_the_permutation_test_of_right_answers_agrees_with_mcnemar():
    first = [1.0] * 12 + [0.0] * 3 + [1.0] * 30 + [0.0] * 20
    second = [0.0] * 12 + [1.0] * 3 + [1.0] * 30 + [0.0] * 20
    assert paired_macro(first, second) == pytest.approx(mcnemar_exact(12, 3), abs=0.005)


def test_equal_models_are_never_different():
    values = skewed(30, 2)
    assert paired_macro(values, values) == 1.0


def test_false_alarms_of_the_permutation_test_stay_at_the_level():
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(300):
        common = rng.normal(size=40)
        p = paired_macro(common + rng.normal(size=40), common + rng.normal(size=40), resamples=199)
        assert p is not None
        alarms += p <= 0.05
    assert alarms <= 30  # 15 expected, 30 is past the 99.98 % point of Binomial(300, 0.05)


def test_false_alarms_of_the_clustered_permutation_stay_at_the_level_and_mcnemars_do_not():
    rng = np.random.default_rng(11)
    alarms = np.zeros(2)
    rounds = 400
    for _ in range(rounds):
        (first, second), names = clustered_answers(rng, 30, 0.5, 0.4, models=2)
        simple = mcnemar_exact(int(np.sum(first > second)), int(np.sum(first < second)))
        rows = [clustered(np.column_stack([one, np.ones(len(one))]), names) for one in (first, second)]
        kept = paired_permutation(rows[0], rows[1], lambda sums: sums[..., 0] / sums[..., 1], resamples=400, rng=rng)
        assert kept is not None
        alarms += [simple <= 0.05, kept <= 0.05]
    simple_share, kept_share = alarms / rounds
    assert kept_share < 0.08
    assert simple_share > 0.12


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_difference_that_is_not_finite_has_no_p(bad):
    """Not 0.0005: every comparison with NaN is false, so none of the swaps would count as extreme."""
    values = list(np.linspace(0, 1, 30))
    assert paired_macro([bad, *values[1:]], values, resamples=1999) is None
    assert paired_macro(values, [bad, *values[1:]], resamples=1999) is None


def test_one_pair_shows_nothing():
    assert paired_macro([1.0], [0.0], resamples=200) is None
    assert mcnemar_exact(1, 0) == 1.0


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_items_have_no_p(n):
    first, second = np.ones((n, 2)), np.zeros((n, 2))
    assert (
        paired_permutation(first, second, lambda sums: sums[..., 0], resamples=99, rng=np.random.default_rng(0)) is None
    )
