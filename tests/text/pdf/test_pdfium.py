"""A page by pdfium: characters and ruling lines where they are shown, and what was not told of."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from tekio.text.pdf.pdfium import PageReading, read_page
from tekio.text.pdf.rules import Rules, ruled_cells
from tekio.text.pdf.worker import why_again

pypdfium2 = pytest.importorskip("pypdfium2")
pdfplumber = pytest.importorskip("pdfplumber")
canvas = pytest.importorskip("reportlab.pdfgen.canvas")

Draw = Callable[[Any], None]


def made(draw: Draw, *, size: tuple[float, float] = (400, 300)) -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=size, invariant=True)
    page.setFont("HeiseiMin-W3", 10)
    draw(page)
    page.showPage()
    page.save()
    return buffer.getvalue()


def reading_of(raw: bytes) -> PageReading:
    page = pypdfium2.PdfDocument(raw)[0]
    return read_page(page, page.get_textpage())


def boxes(reading: PageReading) -> list[tuple[str, int, int]]:
    return [(glyph.text, round(glyph.x0), round(glyph.middle)) for glyph in reading.glyphs]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_places_are_those_of_the_page_as_it_is_shown(rotation: int):
    """pdfplumber, which reads the file by itself, is the reference."""

    def draw(page: Any) -> None:
        page.setPageRotation(rotation)
        page.drawString(40, 250, "預金")
        page.line(50, 60, 250, 60)

    raw = made(draw)
    page = pdfplumber.open(io.BytesIO(raw)).pages[0]
    reading = reading_of(raw)
    assert (reading.width, reading.height) == (page.width, page.height)
    (rule,) = page.lines
    across, down = (rule["x0"], rule["x1"], rule["top"]), (rule["top"], rule["bottom"], rule["x0"])
    found = reading.across if rotation in (0, 180) else reading.down
    assert found == [pytest.approx(across if rotation in (0, 180) else down, abs=0.1)]
    for glyph, char in zip(reading.glyphs, page.chars, strict=True):
        assert glyph.text == char["text"]
        assert (glyph.center, glyph.middle) == pytest.approx(
            ((char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2), abs=3
        )


def test_characters_of_one_line_have_one_height_whatever_they_draw():
    reading = reading_of(made(lambda page: page.drawString(40, 250, "一gり－Q、")))
    assert len({(round(glyph.top, 3), round(glyph.bottom, 3)) for glyph in reading.glyphs}) == 1
    assert reading.glyphs[0].size == pytest.approx(10)


def test_what_lies_outside_of_the_page_is_not_read():
    def draw(page: Any) -> None:
        page.drawString(40, 250, "本文")
        page.drawString(40, -50, "外")
        page.drawString(900, 250, "外")

    assert [text for text, _, _ in boxes(reading_of(made(draw)))] == ["本", "文"]


def test_blanks_between_words_are_kept_and_those_of_spread_words_are_not():
    def draw(page: Any) -> None:
        page.drawString(40, 250, "監査 太郎")
        page.drawString(40, 200, "合 計 額")

    lines: dict[int, str] = {}
    for glyph in reading_of(made(draw)).glyphs:
        lines[round(glyph.middle)] = lines.get(round(glyph.middle), "") + glyph.text
    assert list(lines.values()) == ["監査 太郎", "合計額"]


def test_ruling_lines_within_forms_are_where_the_form_is_put():
    def draw(page: Any) -> None:
        page.beginForm("table")
        page.grid([0, 50, 100], [0, 20, 40])
        page.rect(0, 60, 100, 20)
        page.endForm()
        page.translate(100, 100)
        page.doForm("table")

    raw = made(draw)
    reading = reading_of(raw)
    cells = ruled_cells(Rules(reading.across, reading.down))
    expected = [table.cells for table in pdfplumber.open(io.BytesIO(raw)).pages[0].find_tables()]
    assert [len(table) for table in expected] == [4]
    for table, other in zip(cells, expected, strict=True):
        assert sorted(table) == [pytest.approx(cell, abs=0.1) for cell in sorted(other)]


def test_lines_of_tables_below_each_other_do_not_draw_each_other_aside():
    middles = [100 + 2.5 * number for number in range(6)]  # from table to table a little further right

    def draw(page: Any):
        for number, middle in enumerate(middles):
            top = 280 - 40 * number
            page.grid([20, middle, 200], [top - 24, top - 12, top])

    reading = reading_of(made(draw))
    cells = ruled_cells(Rules(reading.across, reading.down))
    assert [len(table) for table in cells] == [4] * 6
    for table, middle in zip(cells, middles, strict=True):
        assert {round(cell[2], 1) for cell in table} == {middle, 200.0}


def test_pictures_are_counted():
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("L", (4, 4)))
    reading = reading_of(made(lambda page: page.drawImage(picture, 10, 10, 50, 50)))
    assert (reading.images, len(reading.glyphs)) == (1, 0)
    assert why_again(reading, "") == "empty"


def test_a_page_of_which_something_was_not_told_is_read_again():
    whole = reading_of(made(lambda page: page.drawString(40, 250, "預金の残高は増えました")))
    text = "預金の残高は増えました"
    assert why_again(whole, text) is None
    assert why_again(whole, "") == "lost"
    assert why_again(PageReading(400, 300, whole.glyphs, runs=10, missed=3), text) == "missed"
    assert why_again(PageReading(400, 300, whole.glyphs, unmapped=1), text) == "unmapped"
