"""Slides: titles as headings, shapes by their place, tables with spans, notes at the end."""

import io

from pptx import Presentation
from pptx.util import Inches

from tekio.text.office.pptx import read_pptx


def test_shapes_come_in_reading_order_with_tables_and_notes():
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    title = slide.shapes.title
    assert title is not None
    title.text = "業績"
    for left, top, text in ((5, 2, "右上"), (1, 2, "左上"), (1, 4, "下")):
        slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1)).text_frame.text = text
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(5), Inches(4), Inches(1)).table
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(0, 0).text, table.cell(1, 0).text, table.cell(1, 1).text = "当期", "売上高", "100"
    notes = slide.notes_slide.notes_text_frame
    assert notes is not None
    notes.text = "口頭で補足"
    buffer = io.BytesIO()
    presentation.save(buffer)
    html = read_pptx(buffer.getvalue()).html()
    order = [html.index(text) for text in ("業績", "左上", "右上", "下", "当期", "売上高", "100", "口頭で補足")]
    assert order == sorted(order)
    assert 'colspan="2"><p>当期' in html


def test_what_stands_at_the_foot_of_all_slides_and_their_numbers_are_no_text_but_a_source_said_once_is():
    presentation = Presentation()
    for number in (1, 2, 3):
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        for left, top, text in (
            (1, 2, f"本文{number}"),
            (1, 7.1, "社外秘"),
            (8, 7.1, str(number)),
            (4, 7.1, f"出所{number}"),
        ):
            slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.3)).text_frame.text = text
    buffer = io.BytesIO()
    presentation.save(buffer)
    html = read_pptx(buffer.getvalue()).html()
    assert "社外秘" not in html
    assert "<p>2</p>" not in html
    assert all(f"{name}{number}" in html for name in ("本文", "出所") for number in (1, 2, 3))
