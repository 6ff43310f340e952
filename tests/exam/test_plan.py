"""The size of an exam, by simulation: with the items the plan asks for, the difference is seen four times of five."""

import numpy as np
import pytest
from scipy.stats import binomtest

from tekio.exam.plan import COMPARISONS, items_needed, plan_half


@pytest.mark.parametrize(("difference", "differing"), [(0.1, 0.3), (0.15, 0.2)])
def test_the_items_that_are_needed_show_the_difference(difference, differing):
    level = 1 - 0.05 / COMPARISONS
    needed = items_needed(difference, differing, level)
    assert needed is not None
    drawn = np.random.default_rng(11)
    wins = (differing + difference) / 2
    seen = 0
    for _ in range(600):
        one, other, _ = drawn.multinomial(needed, [wins, differing - wins, 1 - differing])
        seen += bool(one + other) and binomtest(int(one), int(one + other)).pvalue <= 1 - level
    assert seen / 600 == pytest.approx(0.8, abs=0.05)


def test_a_difference_that_no_exam_shows_has_no_size():
    assert items_needed(0.0005, 0.4, 0.99) is None


def test_an_exam_of_400_sees_about_nine_points():
    planned = plan_half(400, 50, 400, difference=0.08, differing=0.3)
    assert planned.alone is not None
    assert planned.corrected is not None
    assert planned.alone < planned.corrected
    assert planned.alone == pytest.approx(0.078, abs=0.01)  # FIELD.md: 6.2 points at 0.2, 8.8 at 0.4 for n = 398
    assert planned.needed is not None
    assert planned.needed > 400
