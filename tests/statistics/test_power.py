"""Power against simulation and scipy."""

# pyright: standard

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats as scipy_stats
from statsmodels.stats import contingency_tables

from tekio.statistics.paired_tests import mcnemar_exact
from tekio.statistics.power import mcnemar_power, minimum_detectable, minimum_detectable_share

stats: Any = scipy_stats  # its result types are not declared
mcnemar: Any = contingency_tables.mcnemar


@pytest.mark.parametrize(("n", "discordant"), [(38, 0.2), (57, 0.2), (398, 0.2), (475, 0.1), (2434, 0.25)])
def test_the_minimum_detectable_difference_is_seen_four_times_of_five(n, discordant):
    effect = minimum_detectable_share(n, discordant)
    assert effect is not None
    share = max(discordant, effect)
    rng = np.random.default_rng(n)
    runs = 1500
    wins, losses, _ = rng.multinomial(n, [(share + effect) / 2, (share - effect) / 2, 1 - share], size=runs).T
    seen = sum(mcnemar_exact(int(more), int(less)) <= 0.05 for more, less in zip(wins, losses, strict=True))
    assert seen / runs == pytest.approx(0.8, abs=0.03)


def test_minimum_detectable_differences_are_those_of_a_normal_calculation():
    """At 20 % discordant items: about 6.3 and 5.7 points."""
    for n, expected in {398: 0.063, 475: 0.057}.items():
        assert minimum_detectable_share(n, 0.2) == pytest.approx(expected, abs=0.006)


def test_five_items_show_nothing():
    assert minimum_detectable_share(5, 0.2) is None


def test_the_minimum_detectable_difference_of_a_mean_is_seen_four_times_of_five():
    rng = np.random.default_rng(9)
    n, spread = 200, 0.5
    effect = minimum_detectable(spread / math.sqrt(n))
    assert effect is not None
    draws = rng.normal(effect, spread, size=(2000, n))
    seen = np.mean(stats.ttest_1samp(draws, 0, axis=1).pvalue <= 0.05)
    assert seen == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("n", [0, 1])
def test_one_item_detects_nothing(n):
    assert minimum_detectable_share(n, 1.0) is None
    assert mcnemar_power(n, 1.0, 1.0) == 0.0


@pytest.mark.parametrize("error", [None, math.nan, math.inf])
def test_no_error_no_detectable_difference(error):
    assert minimum_detectable(error) is None


@pytest.mark.parametrize(("n", "discordant", "difference"), [(38, 0.3, 0.2), (398, 0.2, 0.06), (57, 0.9, 0.5)])
def test_the_power_is_that_of_all_outcomes_written_out(n, discordant, difference):
    """Every number of discordant items and of wins among them, by scipy's binomial, judged by scipy's test."""
    expected, share = 0.0, (1 + difference / discordant) / 2
    for count in range(n + 1):
        weight = stats.binom.pmf(count, n, discordant)
        if weight < 1e-9:
            continue
        p_values = np.array([stats.binomtest(wins, count).pvalue if count else 1.0 for wins in range(count + 1)])
        wins = np.arange(count + 1)
        seen = (p_values <= 0.05) & (wins > count / 2)
        expected += weight * stats.binom.pmf(wins, count, share)[seen].sum()
    assert mcnemar_power(n, discordant, difference) == pytest.approx(expected, abs=1e-6)
