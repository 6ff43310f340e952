"""Intervals, tests and corrections against scipy, statsmodels, published counts and simulation."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats import contingency_tables
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from tekio.evaluate.results.metrics import _macro_f1, mean_measure
from tekio.statistics import paired

stats: Any = scipy_stats  # its result types are not declared
mcnemar: Any = contingency_tables.mcnemar

# counts recovered from the tables of arXiv 2404.10555 (base, tuned), and the printed standard errors
PUBLISHED_COUNTS = {
    "cma_basics": (38, (18, 0.0821), (20, 0.0821)),
    "cpa_audit": (398, (64, 0.0184), (65, 0.0186)),
    "fp2": (475, (161, 0.0217), (173, 0.0221)),
    "security_sales_1": (57, (26, 0.0666), (32, 0.0663)),
}


@pytest.mark.parametrize("task", list(PUBLISHED_COUNTS))
def test_the_standard_error_is_the_printed_one(task):
    n, *models = PUBLISHED_COUNTS[task]
    for right, printed in models:
        assert paired.standard_error(right / n, n) == pytest.approx(printed, abs=5.1e-5)


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.6, 0.999))
def test_wilson_equals_statsmodels(pair, confidence):
    right, n = pair
    ours = paired.wilson(right, n, confidence)
    low, high = proportion_confint(right, n, alpha=1 - confidence, method="wilson")
    assert ours.low == pytest.approx(low, abs=1e-9)
    assert ours.high == pytest.approx(high, abs=1e-9)


def test_wilson_of_the_published_counts_overlaps_for_every_task_of_the_paper():
    """None of the four exam differences of the paper is visible in unpaired intervals."""
    for n, (base, _), (tuned, _) in PUBLISHED_COUNTS.values():
        assert paired.wilson(base, n).high > paired.wilson(tuned, n).low


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_equals_statsmodels(wins, losses):
    expected = mcnemar([[5, wins], [losses, 7]], exact=True).pvalue if wins + losses else 1.0
    assert paired.mcnemar_exact(wins, losses) == pytest.approx(min(1.0, expected), abs=1e-9)


def test_mcnemar_survives_thousands_of_items():
    expected = stats.binomtest(2400, 5000).pvalue
    assert paired.mcnemar_exact(2400, 2600) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("count", [1, 2, 5, 12, 40])
def test_holm_equals_statsmodels(count):
    rng = np.random.default_rng(count)
    for _ in range(3):
        p_values = (rng.random(count) ** 3).round(2).tolist()  # small ones and ties
        assert paired.holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_holm_of_nothing_is_nothing():
    assert paired.holm([]) == []


def skewed(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).exponential(size=n)


@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_bca_equals_scipy_on_a_skewed_mean(confidence):
    values = skewed(80, 3)
    measure = mean_measure("x", values, binary=False)
    ours = paired.bca(
        measure.rows, measure.value, confidence=confidence, resamples=20_000, rng=np.random.default_rng(1)
    )
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
        return float(_macro_f1(rows[indices.astype(int)].sum(axis=0)))

    ours = paired.bca(rows, _macro_f1, confidence=0.95, resamples=10_000, rng=np.random.default_rng(1))
    theirs = stats.bootstrap(
        (np.arange(120),), f1, n_resamples=4000, vectorized=False, method="BCa", rng=np.random.default_rng(2)
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


def test_an_interval_of_something_constant_says_so():
    measure = mean_measure("x", [1.0] * 20, binary=False)
    found = paired.bca(measure.rows, measure.value, confidence=0.95, resamples=200, rng=np.random.default_rng(1))
    assert (found.low, found.high) == (1.0, 1.0)
    assert "no variation" in found.method


def test_equal_seeds_give_equal_intervals_and_different_names_do_not():
    measure = mean_measure("x", skewed(50, 1), binary=False)

    def low(*names):
        rng = paired.generator(17, *names)
        return paired.bca(measure.rows, measure.value, confidence=0.95, resamples=500, rng=rng).low

    assert low("a") == low("a")
    assert low("a") != low("b")


def paired_macro(first, second, resamples=20_000):
    one, two = mean_measure("x", first, binary=False), mean_measure("x", second, binary=False)
    rng = np.random.default_rng(1)
    return paired.paired_permutation(one.rows, two.rows, one.value, resamples=resamples, rng=rng)


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
    assert paired_macro(first, second) == pytest.approx(paired.mcnemar_exact(12, 3), abs=0.005)


def test_equal_models_are_never_different():
    values = skewed(30, 2)
    assert paired_macro(values, values) == 1.0


def test_false_alarms_of_the_permutation_test_stay_at_the_level():
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(300):
        common = rng.normal(size=40)
        alarms += paired_macro(common + rng.normal(size=40), common + rng.normal(size=40), resamples=199) <= 0.05
    assert alarms <= 30  # 15 expected, 30 is past the 99.98 % point of Binomial(300, 0.05)


def test_bonett_price_covers_the_true_difference():
    rng = np.random.default_rng(4)
    covered, n = 0, 57
    for _ in range(1000):
        draws = rng.choice(3, size=n, p=[0.16, 0.08, 0.76])
        found = paired.bonett_price(int(np.sum(draws == 0)), int(np.sum(draws == 1)), n)
        covered += found.low <= 0.08 <= found.high
    assert covered >= 935


def test_bonett_price_is_honest_where_nothing_differs():
    found = paired.bonett_price(0, 0, 38)
    assert found.low < -0.05 < 0.05 < found.high


@pytest.mark.parametrize(("n", "discordant"), [(38, 0.2), (57, 0.2), (398, 0.2), (475, 0.1), (2434, 0.25)])
def test_the_minimum_detectable_difference_is_seen_four_times_of_five(n, discordant):
    effect = paired.minimum_detectable_share(n, discordant)
    assert effect is not None
    share = max(discordant, effect)
    rng = np.random.default_rng(n)
    runs = 1500
    wins, losses, _ = rng.multinomial(n, [(share + effect) / 2, (share - effect) / 2, 1 - share], size=runs).T
    seen = sum(paired.mcnemar_exact(int(more), int(less)) <= 0.05 for more, less in zip(wins, losses, strict=True))
    assert seen / runs == pytest.approx(0.8, abs=0.03)


def test_minimum_detectable_differences_are_those_of_a_normal_calculation():
    """At 20 % discordant items: about 6.3 and 5.7 points."""
    for n, expected in {398: 0.063, 475: 0.057}.items():
        assert paired.minimum_detectable_share(n, 0.2) == pytest.approx(expected, abs=0.006)


def test_five_items_show_nothing():
    assert paired.minimum_detectable_share(5, 0.2) is None


def test_the_minimum_detectable_difference_of_a_mean_is_seen_four_times_of_five():
    rng = np.random.default_rng(9)
    n, spread = 200, 0.5
    effect = paired.minimum_detectable(spread / math.sqrt(n))
    draws = rng.normal(effect, spread, size=(2000, n))
    seen = np.mean(stats.ttest_1samp(draws, 0, axis=1).pvalue <= 0.05)
    assert seen == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("difference", "p", "higher", "word"),
    [
        (0.1, 0.01, True, "improved"),
        (-0.1, 0.01, True, "worse"),
        (-0.1, 0.01, False, "improved"),
        (0.1, 0.051, True, "cannot tell"),
        (0.0, 0.0, True, "cannot tell"),
    ],
)
def test_verdicts(difference, p, higher, word):
    assert paired.verdict(difference, p, confidence=0.95, higher_is_better=higher) == word


# --- items that come in clusters -------------------------------------------------------------------------------------


@given(st.integers(9, 500), st.sampled_from([0.9, 0.95, 0.975, 0.995]))
def test_students_quantile_equals_scipy(freedom, share):
    assert paired.student_quantile(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=5e-3)


def counted(answers: np.ndarray) -> np.ndarray:
    return np.column_stack([answers, np.ones(len(answers))])


def test_items_that_do_not_count_and_clusters_of_such_items_change_nothing():
    rng = np.random.default_rng(3)
    [answers], names = clustered_answers(rng, 20, 0.4, 0.3)
    without = paired.wilson_clustered(counted(answers), names)
    more = np.concatenate([counted(answers), np.zeros((30, 2))])
    assert paired.wilson_clustered(more, [*names, *["0"] * 10, *["none"] * 20]) == without


def clustered_answers(
    rng: np.random.Generator, clusters: int, share: float, correlation: float, models: int = 1
) -> tuple[np.ndarray, list[str]]:
    """Right answers (models, items) of clusters of 2 to 12 items that share a difficulty (beta-binomial)."""
    sizes = rng.integers(2, 13, size=clusters)
    strength = (1 - correlation) / correlation
    difficulty = rng.beta(share * strength, (1 - share) * strength, size=(models, clusters))
    names = [str(number) for number, size in enumerate(sizes) for _ in range(size)]
    return (rng.random((models, len(names))) < np.repeat(difficulty, sizes, axis=1)).astype(float), names


@pytest.mark.parametrize(("clusters", "share", "correlation"), [(12, 0.5, 0.3), (20, 0.3, 0.5), (60, 0.8, 0.2)])
def test_the_cluster_robust_interval_covers_where_the_simple_one_does_not(clusters, share, correlation):
    rng = np.random.default_rng(5)
    covered = np.zeros(2)
    rounds = 1500
    for _ in range(rounds):
        [answers], names = clustered_answers(rng, clusters, share, correlation)
        simple = paired.wilson(answers.sum(), len(answers))
        robust = paired.wilson_clustered(counted(answers), names)
        covered += [simple.low <= share <= simple.high, robust.low <= share <= robust.high]
    simple_share, robust_share = covered / rounds
    assert robust_share > 0.925
    assert simple_share < 0.90
    assert robust_share > simple_share + 0.04


def test_the_cluster_robust_interval_is_the_simple_one_where_every_item_is_its_own_cluster():
    rng = np.random.default_rng(0)
    answers = (rng.random(2000) < 0.4).astype(float)
    robust = paired.wilson_clustered(counted(answers), [str(number) for number in range(2000)])
    simple = paired.wilson(answers.sum(), 2000)
    assert (robust.low, robust.high) == pytest.approx((simple.low, simple.high), abs=2e-3)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_cluster_counts_as_one_item_where_all_answers_are_the_same(value):
    names = [str(number // 10) for number in range(200)]
    robust = paired.wilson_clustered(counted(np.full(200, value)), names)
    twenty = paired.wilson(20 * value, 20)
    assert robust.high - robust.low >= twenty.high - twenty.low


def test_false_alarms_of_the_clustered_permutation_stay_at_the_level_and_mcnemars_do_not():
    rng = np.random.default_rng(11)
    alarms = np.zeros(2)
    rounds = 400
    for _ in range(rounds):
        (first, second), names = clustered_answers(rng, 30, 0.5, 0.4, models=2)
        simple = paired.mcnemar_exact(int(np.sum(first > second)), int(np.sum(first < second)))
        rows = [paired.clustered(np.column_stack([one, np.ones(len(one))]), names) for one in (first, second)]
        kept = paired.paired_permutation(
            rows[0], rows[1], lambda sums: sums[..., 0] / sums[..., 1], resamples=400, rng=rng
        )
        alarms += [simple <= 0.05, kept <= 0.05]
    simple_share, kept_share = alarms / rounds
    assert kept_share < 0.08
    assert simple_share > 0.12
