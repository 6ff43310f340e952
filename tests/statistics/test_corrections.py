"""Holm against statsmodels; the words for a difference."""

# pyright: standard

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats as scipy_stats
from statsmodels.stats import contingency_tables
from statsmodels.stats.multitest import multipletests

from tekio.statistics.corrections import holm, strictest, verdict

stats: Any = scipy_stats  # its result types are not declared
mcnemar: Any = contingency_tables.mcnemar


@pytest.mark.parametrize("count", [1, 2, 5, 12, 40])
def test_holm_equals_statsmodels(count):
    rng = np.random.default_rng(count)
    for _ in range(3):
        p_values = (rng.random(count) ** 3).round(2).tolist()  # small ones and ties
        assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_holm_of_nothing_is_nothing():
    assert holm([]) == []


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
    assert verdict(difference, p, confidence=0.95, higher_is_better=higher) == word


def test_a_test_that_does_not_exist_is_not_counted():
    assert holm([0.02, None, 0.04, math.nan]) == [0.04, None, 0.04, None]


@pytest.mark.parametrize(("difference", "p"), [(None, None), (0.3, None), (None, 0.001)])
def test_no_verdict_without_a_difference_and_a_p(difference, p):
    assert verdict(difference, p, confidence=0.95) == "cannot tell"


def test_what_passes_the_strictest_level_passes_holm():
    level = strictest(0.95, 8)
    adjusted = holm([1 - level, *[0.9] * 7])[0]
    assert adjusted == pytest.approx(0.05)
