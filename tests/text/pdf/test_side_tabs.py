"""Titles upright in a page's outer margin are taken out of its lines; first letters and marks of lines are none."""

import pytest

from tekio.text.pdf.characters import Glyph, characters_of
from tekio.text.pdf.side_tabs import running_tabs, side_tab, without_tab

WIDTH, SIZE = 600.0, 9.0
TITLE = "金融政策の現状と課題"


def column(text: str, x: float, pitch: float, top: float = 300.0) -> list[Glyph]:
    return [
        Glyph(char, x, x + SIZE, top + pitch * place, top + pitch * place + SIZE) for place, char in enumerate(text)
    ]


def line(text: str, x: float, top: float) -> list[Glyph]:
    return [Glyph(char, x + SIZE * place, x + SIZE * (place + 1), top, top + SIZE) for place, char in enumerate(text)]


BODY = [glyph for row in range(30) for glyph in line("本文の行がここに並んでいます。", 80, 100 + 14 * row)]


@pytest.mark.parametrize("x", [12.0, 580.0])
def test_an_upright_title_in_the_margin_is_found(x: float):
    page = characters_of([*BODY, *column(TITLE, x, 9.5)])
    assert [page.texts[place] for place in side_tab(page, WIDTH)] == [*TITLE]


@pytest.mark.parametrize(
    "drawn",
    [
        column("一二三四五六七八", 12, 18.0),  # marks of items, a line apart
        column("12345678901234", 12, 9.5),  # numbers of lines
        column(TITLE, 68, 9.5),  # within the text
        column("金融政策", 12, 9.5),
        [glyph for row, char in enumerate(TITLE) for glyph in line(char + "の行の初めの字です", 12, 300 + 9.5 * row)],
    ],
)
def test_what_only_looks_like_one_stays(drawn: list[Glyph]):
    assert side_tab(characters_of([*BODY, *drawn]), WIDTH) == []


def test_its_letters_go_out_of_a_text_that_has_them_line_by_line():
    letters = "\n".join(TITLE)
    assert without_tab(f"本文です。\n{letters}\n終わり", TITLE) == "本文です。\n終わり"
    assert without_tab(f"本文です。\n金融政策\n{TITLE}", TITLE) == "本文です。\n金融政策"
    assert without_tab("金融政策の本文です。", TITLE) == "金融政策の本文です。"


def test_on_several_pages_it_is_a_running_head():
    assert running_tabs([TITLE, "", TITLE, "別の章"]) == {TITLE}
