"""Heads of pages: told by the page's number in small print, and never the chapter's own title."""

from tekio.text.pdf.characters import Glyph
from tekio.text.pdf.glyphs import blanks_under
from tekio.text.pdf.running_heads import Edge, running_heads, without_heads

LEFT, RIGHT = "2年次報告令和六年度", "第2章貸出の状況3"


def pages(size: float) -> list[list[Edge]]:
    return [[], [Edge(LEFT, True, 60.0, True, size)], [Edge(RIGHT, True, 60.0, True, size)]]


def test_two_pages_whose_numbers_count_in_small_print_have_heads():
    assert running_heads(pages(0.8)) == [set(), {LEFT}, {RIGHT}]
    assert running_heads(pages(1.0)) == [set(), set(), set()]


def test_a_title_that_the_head_begins_with_stays():
    text = "第2章 貸出の状況 3\nにとどまりました。\n第2章 貸出の状況\n次のとおりです。"
    assert without_heads(text, {RIGHT}) == ("にとどまりました。\n第2章 貸出の状況\n次のとおりです。", 1)
    assert without_heads("第2章\n貸出の状況3\n次のとおりです。", {RIGHT}) == ("次のとおりです。", 2)


def test_a_blank_below_a_reading_is_none_of_the_text():
    glyphs = [
        Glyph("享", 0, 10, 10, 20),
        Glyph(" ", 10, 13, 10, 20),
        Glyph("保", 13, 23, 10, 20),
        Glyph(" ", 60, 63, 10, 20),
    ]
    glyphs += [Glyph(kana, 5 * place, 5 * place + 5, 4, 9) for place, kana in enumerate("きょうほう")]
    assert blanks_under(glyphs, {4, 5, 6, 7, 8}) == {1}
    assert blanks_under(glyphs, set()) == set()
