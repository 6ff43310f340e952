"""The quick look for repeated stretches misses none that the patterns find, and finds none that is not there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.instruct.screen.defects import loop
from tekio.instruct.screen.repeats import repeats

FORMS = [(1, 1, 20), (2, 9, 5), (10, 80, 4)]


def slowly(text: str, shortest: int, longest: int, copies: int) -> bool:
    return re.search(rf"(.{{{shortest},{longest}}})\1{{{copies - 1},}}", text, re.DOTALL) is not None


@pytest.mark.parametrize("form", FORMS)
@given(
    before=st.text("ab、\n株", max_size=40),
    unit=st.text("ab、株価が上", min_size=1, max_size=85),
    copies=st.integers(1, 21),
    after=st.text("ab、\n株", max_size=40),
)
def test_it_says_what_the_pattern_says(form: tuple[int, int, int], before: str, unit: str, copies: int, after: str):
    text = before + unit * min(copies, 400 // len(unit) + 1) + after
    assert repeats(text, *form) == slowly(text, *form)


@pytest.mark.parametrize("unit", range(1, 81))
def test_units_of_every_length_are_found_at_every_place(unit: int):
    words = "".join(chr(0x4E00 + number) for number in range(unit))
    form = next(form for form in FORMS if form[0] <= unit <= form[1])
    for lead in range(25):
        before = "".join(chr(0x6000 + number) for number in range(lead))
        assert repeats(before + words * form[2] + "終わり", *form)
        assert not repeats(before + words * (form[2] - 1) + "終わり", *form)


def test_a_loop_is_told_by_its_words():
    assert loop("景気は回復しています。" * 6) == ("景気は回復しています。" * 6)[:40]
    assert loop("利回りとは、投資した額に対する収益の割合のことです。") is None
