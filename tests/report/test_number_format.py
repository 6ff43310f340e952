"""Numbers as people read them, and text from outside made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.artifacts.results import unit_of
from tekio.report import number_format
from tekio.report.card import plain_cell
from tekio.report.page import both, cut
from tekio.visible import shorten, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("普通の文です。\n次の行", "普通の文です。\n次の行"),
        ("\u202egpj.exe", "⟨U+202E⟩gpj.exe"),
        ("a\u200bb\u00adc\ufeff", "a⟨U+200B⟩b⟨U+00AD⟩c⟨U+FEFF⟩"),
        ("\x1b[2Jcls\x00", "⟨U+001B⟩[2Jcls⟨U+0000⟩"),
        ("行末\r\n次\r上書き", "行末\n次⟨U+000D⟩上書き"),
        ("\ue000外字\U000e0041", "⟨U+E000⟩外字⟨U+E0041⟩"),
        ("葛\U000e0100飾区", "葛\U000e0100飾区"),  # a variation selector belongs to the name
        ("が", "が"),
    ],
)
def test_hidden_characters_are_shown_and_ordinary_text_stays(text: str, shown: str):
    assert visible(text) == shown


@given(st.text())
def test_nothing_hidden_is_left(text: str):
    assert all(
        char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        for char in visible(text)
    )


def test_a_tower_of_marks_cannot_paint_over_its_neighbours():
    assert "\u0336" not in visible("a" + "\u0336" * 30)


@given(st.text(max_size=50), st.integers(0, 60))
def test_shortening_counts_what_it_leaves_out(text: str, limit: int):
    shown, left_out = shorten(text, limit)
    assert len(shown) + left_out == len(text)
    assert len(shown) <= limit


@given(st.text())
def test_markup_in_text_never_acts(text: str):
    for shown in (str(both(text, text + "x")), str(cut(text, 5))):
        bare = shown
        for tag in ('<span class="en" lang="en">', '<span class="ja" lang="ja">', '<span class="more">', "</span>"):
            bare = bare.replace(tag, "")
        assert "<" not in bare
        assert ">" not in bare


@given(st.text())
def test_a_cell_of_the_card_is_one_line_that_ends_no_cell(text: str):
    cell = plain_cell(text)
    assert "\n" not in cell
    assert "<" not in cell
    assert "|" not in cell.replace("\\|", "")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (number_format.plain(-0.04, 1), "0.0"),
        (number_format.plain(-1234.5, 1), "−1,234.5"),
        (number_format.signed(0.0, 1), "0.0"),
        (number_format.signed(2.04, 1), "+2.0"),
        (number_format.signed(-2.0, 1), "−2.0"),
        (number_format.PERCENT.interval(0.0123, -0.5, sign=True), "[+1.2, −50.0]"),
        (number_format.PERCENT.interval(None, 0.5), ""),
        (number_format.p_value(0.00004), "< 0.001"),
        (number_format.p_value(0.05), "0.050"),
        (number_format.p_value(None), "–"),
        (number_format.count(1234567), "1,234,567"),
        (number_format.compact(4_300_000), "4.3M"),
        (number_format.compact(950), "950"),
        (number_format.compact(13_000_000_000), "13B"),
        (number_format.share(1, 8), "12.5\u00a0%"),
        (number_format.share(1, 0), "–"),
        (number_format.share(1, 10_000), "< 0.1\u00a0%"),
        (number_format.share(0, 10_000), "0.0\u00a0%"),
        (number_format.general(5e-7), "5e-07"),
        (number_format.general(True), "true"),
    ],
)
def test_numbers_read_as_people_write_them(shown: str, expected: str):
    assert shown == expected


def test_units_are_those_of_the_results():
    assert number_format.unit_of(unit_of("bits_per_character")) == number_format.BITS
    assert number_format.unit_of(unit_of("macro_f1")) == number_format.PERCENT
    assert number_format.unit_of(unit_of("token_perplexity")) == number_format.PLAIN
