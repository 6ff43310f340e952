"""Raised digits of a page are notes and exponents, whatever else is small or high."""

from __future__ import annotations

import pytest

from tekio.text.pdf.characters import Characters, Glyph, characters_of
from tekio.text.pdf.raised_glyphs import in_text, raised_texts, with_texts

RAISED, SMALL = "^", "_"


def page(line: str, size: float = 10.0) -> Characters:
    """A line of characters: what stands between ^ and ^ is raised and small, between _ and _ small on the line."""
    glyphs: list[Glyph] = []
    x, style = 0.0, ""
    for character in line:
        if character in RAISED + SMALL:
            style = "" if style else character
            continue
        own = 0.7 * size if style else size
        wide = own * (0.5 if character.isascii() else 1.0)
        bottom = 100.0 - (0.35 * size if style == RAISED else 0.0)
        if not character.isspace():
            glyphs.append(Glyph(character, x, x + wide, bottom - own, bottom))
        x += wide
    return characters_of(glyphs)


def written(line: str) -> str:
    read = page(line)
    return "".join(with_texts(read, raised_texts(read)).texts)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("売上高1,234^1^百万円", "売上高1,234百万円（注1）"),
        ("利益は98百万円^2^となる", "利益は98百万円（注2）となる"),
        ("販売は10^6^個", "販売は10^6個"),
        ("面積は500m^2^です", "面積は500m²です"),
        ("比率10.5^*3^％", "比率10.5％（*3）"),
        ("収益^(注1)^は", "収益(注1)は"),
        ("^1^国内の数値", "（注1）国内の数値"),
        ("利益^1,2^は", "利益（注1,2）は"),
    ],
)
def test_marks_are_no_digits_of_a_figure(line: str, text: str):
    assert written(line) == text


@pytest.mark.parametrize("line", ["第1回_12_点", "大きな字の5_％_増", "売上^ウリアゲ^高", "3^rd^", "平成30年"])
def test_other_small_characters_stay(line: str):
    assert raised_texts(page(line)) == {}


def test_the_text_of_the_file_is_written_alike():
    read = page("売上高1,234^1^百万円")
    assert in_text("売上高 1,2341\r\n百万円", read, raised_texts(read)) == "売上高 1,234\r\n百万円（注1）"
    assert in_text("売上高9,999", read, raised_texts(read)) == "売上高9,999"
