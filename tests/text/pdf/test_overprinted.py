"""Two prints over each other are two lines; what only touches is one."""

from __future__ import annotations

from tekio.text.pdf.characters import Glyph, characters_of, lines_of, texts_of


def line(text: str, x: float, top: float, step: float = 10.0) -> list[Glyph]:
    return [Glyph(letter, x + step * n, x + step * n + 10, top, top + 10) for n, letter in enumerate(text)]


def read(*glyphs: Glyph) -> list[str]:
    page = characters_of(glyphs)
    return texts_of(page, lines_of(page))


def test_a_head_over_a_sentence_is_a_line_of_its_own():
    body, head = line("債権者は期日までに申し出る", 50, 100), line("業務規程集", 55, 103)
    mixed = sorted([*body, *head], key=lambda glyph: glyph.x0)  # as some libraries give them
    for glyphs in ([*body, *head], mixed):
        assert read(*line("前の行", 50, 80), *glyphs) == ["前の行", "債権者は期日までに申し出る", "業務規程集"]


def test_a_stamp_at_the_height_of_the_text_is_told_by_what_the_file_draws_at_once():
    assert sorted(read(*line("申込書を提出する", 50, 100), *line("受付済", 65, 100))) == ["受付済", "申込書を提出する"]


def test_letters_that_touch_and_second_prints_stay_in_their_line():
    assert read(*line("株式会社青葉", 50, 100, step=7.0)) == ["株式会社青葉"]
    assert len(read(*line("あいう", 50, 100), *line("えお", 79, 100))) == 1
