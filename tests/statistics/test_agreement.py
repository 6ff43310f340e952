"""Kappa against scikit-learn and statsmodels, and where it says nothing."""

# pyright: standard

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from tekio.statistics.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha

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


def test_alpha_is_that_of_krippendorff_s_published_example():
    """Krippendorff (2011), example C: four observers, twelve units, some unseen; nominal alpha 0.743."""
    rows = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    units = [[row[unit] for row in rows if row[unit] != "."] for unit in range(12)]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=12))
def test_alpha_is_one_less_observed_over_expected_disagreement_of_all_pairs(units):
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    found = krippendorff_alpha(units)
    apart = [(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j]
    if not any(a != b for a, b in apart):
        assert found is None
        return
    n = len(values)
    observed = sum(
        sum(a != b for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j) / (len(unit) - 1) for unit in paired
    ) / n  # fmt: skip
    expected = sum(a != b for a, b in apart) / (n * (n - 1))
    assert found == pytest.approx(1 - observed / expected, abs=1e-9)
