"""Intervals against scipy, statsmodels, published standard errors and simulation; what has no interval."""

# pyright: standard

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats import contingency_tables
from statsmodels.stats.proportion import proportion_confint

from item_samples import clustered_answers, counted, skewed
from tekio.evaluate.results.metrics import macro_f1_from_sums, mean_measure
from tekio.statistics.intervals import (
    NOT_FINITE,
    ONE_ITEM,
    Interval,
    bca,
    bonett_price,
    difference_interval,
    mean_of,
    paired_error,
    standard_error,
    student_quantile,
    wilson,
    wilson_clustered,
)

stats: Any = scipy_stats  # its result types are not declared
mcnemar: Any = contingency_tables.mcnemar

# counts recovered from the tables of arXiv 2404.10555 (base, tuned), and the printed standard errors
PUBLISHED_COUNTS = {
    "cma_basics": (38, (18, 0.0821), (20, 0.0821)),
    "cpa_audit": (398, (64, 0.0184), (65, 0.0186)),
    "fp2": (475, (161, 0.0217), (173, 0.0221)),
    "security_sales_1": (57, (26, 0.0666), (32, 0.0663)),
}


def ends(found: Interval) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def width(found: Interval) -> float:
    low, high = ends(found)
    return high - low


@pytest.mark.parametrize("task", list(PUBLISHED_COUNTS))
def test_the_standard_error_is_the_printed_one(task):
    n, *models = PUBLISHED_COUNTS[task]
    for right, printed in models:
        assert standard_error(right / n, n) == pytest.approx(printed, abs=5.1e-5)


@given(st.integers(2, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.6, 0.999))
def test_wilson_equals_statsmodels(pair, confidence):
    right, n = pair
    ours = wilson(right, n, confidence)
    low, high = proportion_confint(right, n, alpha=1 - confidence, method="wilson")
    assert ours.low == pytest.approx(low, abs=1e-9)
    assert ours.high == pytest.approx(high, abs=1e-9)


def test_wilson_of_the_published_counts_overlaps_for_every_task_of_the_paper():
    """None of the four exam differences of the paper is visible in unpaired intervals."""
    for n, (base, _), (tuned, _) in PUBLISHED_COUNTS.values():
        assert ends(wilson(base, n))[1] > ends(wilson(tuned, n))[0]


@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_bca_equals_scipy_on_a_skewed_mean(confidence):
    values = skewed(80, 3)
    measure = mean_measure("x", values, binary=False)
    ours = bca(measure.rows, measure.value, confidence=confidence, resamples=20_000, rng=np.random.default_rng(1))
    theirs = stats.bootstrap(
        (values,), np.mean, confidence_level=confidence, n_resamples=20_000, method="BCa", rng=np.random.default_rng(2)
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.008)
    assert ours.high == pytest.approx(theirs.high, abs=0.008)


def test_bca_of_f1_equals_scipy():
    rng = np.random.default_rng(5)
    gold = rng.integers(0, 2, 120)
    predicted = np.where(rng.random(120) < 0.8, gold, 1 - gold)
    names = np.arange(2)
    is_gold, is_predicted = (gold[:, None] == names) * 1.0, (predicted[:, None] == names) * 1.0
    rows = np.concatenate([is_gold, is_predicted, is_gold * is_predicted, np.zeros((120, 1))], axis=1)

    def f1(indices):
        return float(macro_f1_from_sums(rows[indices.astype(int)].sum(axis=0)))

    ours = bca(rows, macro_f1_from_sums, confidence=0.95, resamples=10_000, rng=np.random.default_rng(1))
    theirs = stats.bootstrap(
        (np.arange(120),), f1, n_resamples=4000, vectorized=False, method="BCa", rng=np.random.default_rng(2)
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


def test_something_constant_has_no_interval_and_says_so():
    measure = mean_measure("x", [1.0] * 20, binary=False)
    found = bca(measure.rows, measure.value, confidence=0.95, resamples=200, rng=np.random.default_rng(1))
    assert not found.exists
    assert "no variation" in found.method


def test_models_that_are_the_same_differ_by_nothing():
    measure = mean_measure("x", [0.3, 0.5, 0.9], binary=False)
    rows = measure.rows
    rng = np.random.default_rng(1)
    found = difference_interval(rows, rows, measure.value, confidence=0.95, resamples=200, rng=rng)
    assert (found.low, found.high) == (0.0, 0.0)
    assert "no variation" in found.method


def test_bonett_price_covers_the_true_difference():
    rng = np.random.default_rng(4)
    covered, n = 0, 57
    for _ in range(1000):
        draws = rng.choice(3, size=n, p=[0.16, 0.08, 0.76])
        found = bonett_price(int(np.sum(draws == 0)), int(np.sum(draws == 1)), n)
        covered += found.holds(0.08)
    assert covered >= 935


def test_bonett_price_is_honest_where_nothing_differs():
    found = bonett_price(0, 0, 38)
    assert found.holds(-0.05)
    assert found.holds(0.05)


@given(st.integers(9, 500), st.sampled_from([0.9, 0.95, 0.975, 0.995]))
def test_students_quantile_equals_scipy(freedom, share):
    assert student_quantile(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=5e-3)


def test_items_that_do_not_count_and_clusters_of_such_items_change_nothing():
    rng = np.random.default_rng(3)
    [answers], names = clustered_answers(rng, 20, 0.4, 0.3)
    without = wilson_clustered(counted(answers), names)
    more = np.concatenate([counted(answers), np.zeros((30, 2))])
    assert wilson_clustered(more, [*names, *["0"] * 10, *["none"] * 20]) == without


@pytest.mark.parametrize(("clusters", "share", "correlation"), [(12, 0.5, 0.3), (20, 0.3, 0.5), (60, 0.8, 0.2)])
def test_the_cluster_robust_interval_covers_where_the_simple_one_does_not(clusters, share, correlation):
    rng = np.random.default_rng(5)
    covered = np.zeros(2)
    rounds = 1500
    for _ in range(rounds):
        [answers], names = clustered_answers(rng, clusters, share, correlation)
        simple = wilson(answers.sum(), len(answers))
        robust = wilson_clustered(counted(answers), names)
        covered += [simple.holds(share), robust.holds(share)]
    simple_share, robust_share = covered / rounds
    assert robust_share > 0.925
    assert simple_share < 0.90
    assert robust_share > simple_share + 0.04


def test_the_cluster_robust_interval_is_the_simple_one_where_every_item_is_its_own_cluster():
    rng = np.random.default_rng(0)
    answers = (rng.random(2000) < 0.4).astype(float)
    robust = wilson_clustered(counted(answers), [str(number) for number in range(2000)])
    simple = wilson(answers.sum(), 2000)
    assert (robust.low, robust.high) == pytest.approx((simple.low, simple.high), abs=2e-3)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_cluster_counts_as_one_item_where_all_answers_are_the_same(value):
    names = [str(number // 10) for number in range(200)]
    robust = wilson_clustered(counted(np.full(200, value)), names)
    twenty = wilson(20 * value, 20)
    assert width(robust) >= width(twenty)


# --- what has no interval ---------------------------------------------------------------------------------------------


def no_interval(rows: np.ndarray, value=lambda sums: sums[..., 0] / sums[..., 1]):
    return bca(rows, value, confidence=0.95, resamples=200, rng=np.random.default_rng(1))


def test_one_item_has_no_interval_of_any_kind():
    one = np.array([[1.0, 1.0]])
    other = np.array([[0.0, 1.0]])
    ratio = mean_measure("x", [1.0], binary=False).value
    rng = np.random.default_rng(1)
    assert wilson(1, 1) == wilson(0, 1) == wilson_clustered(one, ["a"]) == no_interval(one) == ONE_ITEM
    assert bonett_price(1, 0, 1) == ONE_ITEM
    assert difference_interval(one, other, ratio, confidence=0.95, resamples=200, rng=rng) == ONE_ITEM
    assert paired_error(one, other, ratio, resamples=200, rng=rng) is None
    assert standard_error(1.0, 1) is None
    assert (mean_of([2.0]).low, mean_of([2.0]).high, mean_of([2.0]).p) == (None, None, None)


@pytest.mark.parametrize("value", [0.0, 0.25])
def test_values_without_spread_prove_nothing(value):
    """Two seeds that give the same difference to the bit have not shown that it is no noise."""
    found = mean_of([value, value])
    assert (found.mean, found.low, found.high, found.p) == (value, None, None, 1.0)


def test_no_item_has_no_interval():
    assert wilson(0, 0) == wilson_clustered(np.zeros((3, 2)), ["a", "b", "c"]) == bonett_price(0, 0, 0)
    assert not wilson(0, 0).exists


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [0, 19])
def test_one_value_that_is_not_finite_leaves_no_interval(bad, place):
    rows = np.column_stack([np.linspace(0, 1, 20), np.ones(20)])
    sound = rows.copy()
    rows[place, 0] = bad
    rng = np.random.default_rng(1)
    ratio = mean_measure("x", [1.0], binary=False).value
    assert no_interval(rows) == NOT_FINITE
    assert wilson_clustered(rows, [str(number) for number in range(20)]) == NOT_FINITE
    for first, second in ((rows, sound), (sound, rows), (rows, rows)):
        assert difference_interval(first, second, ratio, confidence=0.95, resamples=200, rng=rng) == NOT_FINITE
        assert paired_error(first, second, ratio, resamples=200, rng=rng) is None
    found = mean_of([1.0, bad, 2.0])
    assert math.isnan(found.mean)
    assert (found.low, found.high, found.p) == (None, None, None)


def test_a_metric_that_overflows_has_no_interval():
    rows = np.column_stack([np.full(20, 1000.0), np.ones(20)])
    with np.errstate(over="ignore"):
        assert no_interval(rows, lambda sums: np.exp(sums[..., 0] / sums[..., 1])) == NOT_FINITE


@pytest.mark.parametrize("degrees", [1, 2, 4, 9, 30])
def test_the_mean_of_seeds_is_judged_by_students_t(degrees):
    """t(.975, 1) = 12.706, from the first pair of seeds on."""
    values = list(np.random.default_rng(degrees).normal(2, 1, degrees + 1))
    found = mean_of(values)
    low, high = stats.t.interval(0.95, degrees, loc=np.mean(values), scale=stats.sem(values))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.p == pytest.approx(stats.ttest_1samp(values, 0.0)[1])
