"""Seeds that depend on names."""

# pyright: standard

from typing import Any

from scipy import stats as scipy_stats
from statsmodels.stats import contingency_tables

from item_samples import skewed
from tekio.evaluate.results.metrics import mean_measure
from tekio.statistics.intervals import bca
from tekio.statistics.resampling import generator

stats: Any = scipy_stats  # its result types are not declared
mcnemar: Any = contingency_tables.mcnemar


def test_equal_seeds_give_equal_intervals_and_different_names_do_not():
    measure = mean_measure("x", skewed(50, 1), binary=False)

    def low(*names):
        rng = generator(17, *names)
        return bca(measure.rows, measure.value, confidence=0.95, resamples=500, rng=rng).low

    assert low("a") == low("a")
    assert low("a") != low("b")
