"""Characters of a page: which are readings beside others."""

from tekio.text.pdf.characters import Glyph
from tekio.text.pdf.glyphs import readings


def test_a_page_whose_only_larger_character_is_a_wide_blank_has_no_readings():
    line = [Glyph(text, 10.0 * at, 10.0 * at + 10, 0.0, 10.0) for at, text in enumerate("あいうえお")]
    assert readings([*line, Glyph(" ", 50.0, 150.0, 0.0, 10.0)]) == set()
