"""How much of a text is Japanese, defined once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.scripts import count_japanese, japanese_share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("日本語です。", 1.0),
        ("カタカナﾊﾝｶｸ", 1.0),
        ("English", 0.0),
        ("日本 2026", 1.0),
        ("円 yen", 0.25),
        ("", 0.0),
        ("𠮷野家", 1.0),
    ],
)
def test_white_space_and_digits_do_not_count(text: str, share: float):
    assert japanese_share(text) == pytest.approx(share)


@given(st.text(), st.text())
def test_counts_of_two_texts_are_those_of_both_together(first: str, second: str):
    both = count_japanese(first + second)
    assert both == tuple(map(sum, zip(count_japanese(first), count_japanese(second), strict=True)))
    assert 0 <= japanese_share(first) <= 1
