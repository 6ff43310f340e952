"""Kappa against scikit-learn and statsmodels, and where it says nothing."""

# pyright: standard

import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from tekio.statistics.agreement import cohen_kappa, fleiss_kappa

FIRST = ["keep", "keep", "drop", "edit", "drop", "keep"]
SECOND = ["keep", "drop", "drop", "edit", "keep", "keep"]
THIRD = ["keep", "keep", "drop", "drop", "drop", "edit"]


def test_kappa_is_that_of_the_libraries():
    assert cohen_kappa(FIRST, SECOND) == pytest.approx(cohen_kappa_score(FIRST, SECOND))
    rows = list(zip(FIRST, SECOND, THIRD, strict=True))
    codes = [["keep", "drop", "edit"].index(answer) for row in rows for answer in row]
    table, _ = aggregate_raters([codes[at : at + 3] for at in range(0, len(codes), 3)])
    assert fleiss_kappa(rows) == pytest.approx(fleiss_of_statsmodels(table))


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_records_have_no_kappa(n):
    assert cohen_kappa(FIRST[:n], ["edit"] * n) is None
    assert fleiss_kappa([("keep", "drop", "edit")] * n) is None
