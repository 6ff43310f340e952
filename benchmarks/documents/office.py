"""Word, PowerPoint and Excel files with known words: written by python-docx, python-pptx and openpyxl."""

# pyright: basic, reportAttributeAccessIssue=false
# (the three libraries are not fully typed)

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from openpyxl import Workbook
from openpyxl.styles import Font
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm

from documents.truth import ACCOUNTS, Figure, Grid, Writer, placed, width

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BOX = """<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml">
 <mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">
 <wp:extent cx="3000000" cy="900000"/><wp:docPr id="{number}" name="box {number}"/><a:graphic>
 <a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>
 <wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="3000000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>
 <wps:txbx><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp>
 </a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:236pt;height:70pt"><v:textbox>
 <w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""


def docx(path: Path | io.BytesIO, writer: Writer) -> None:
    """A report: headings, nested lists, tables with merged cells, notes, tracked changes, a text box, a content control."""
    document: Any = Document()
    notes: list[tuple[int, str]] = []

    def note(paragraph: Any, text: str) -> None:
        number = len(notes) + 1
        notes.append((number, text))
        paragraph._p.append(parse_xml(f'<w:r {_W}><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'))  # fmt: skip

    def tracked(kind: str, text: str) -> Any:
        element = "delText" if kind == "del" else "t"
        return parse_xml(f'<w:{kind} {_W} w:id="9" w:author="a" w:date="2025-04-01T00:00:00Z"><w:r><w:{element}>{text}</w:{element}></w:r></w:{kind}>')  # fmt: skip

    document.add_heading(writer.topic(0), 0)
    held: list[str] = []
    for section in range(1, 5):
        document.add_heading(writer.topic(section), 1)
        paragraph = document.add_paragraph(writer.paragraph(3))
        if section % 2:
            at = len(writer.truth.sentences)
            note(paragraph, writer.sentence())
            held += writer.truth.sentences[at:]  # notes come at the end of the text
            del writer.truth.sentences[at:]
        document.add_heading(writer.topic(section), 2)
        for style in ("List Bullet", "List Bullet 2", "List Bullet 2", "List Bullet", "List Number", "List Number 2"):
            document.add_paragraph(writer.sentence(), style=style)
        changed = document.add_paragraph(writer.sentence())
        changed._p.append(tracked("del", writer.sentence(wanted=False)))
        changed._p.append(tracked("ins", writer.sentence()))
        _word_table(document, writer.table(("plain", "heads", "groups", "both")[section - 1]))
        box = document.add_paragraph()
        box._p.append(parse_xml(_BOX.format(number=section + 100, text=writer.sentence())))
        document.element.body.insert(len(document.element.body) - 1, parse_xml(
            f"<w:sdt {_W}><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>{writer.sentence()}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ))  # fmt: skip
        document.add_paragraph(writer.paragraph(2))
    writer.truth.sentences += held
    written = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>' for number, text in notes
    )
    frame = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    raw = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {_W}>{frame}{written}</w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, raw.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(path if isinstance(path, io.BytesIO) else str(path))


def _word_table(document: Any, grid: Grid) -> None:
    table = document.add_table(len(grid.lines), width(grid), style="Table Grid")
    for row, column, cell in placed(grid):
        place = table.cell(row, column)
        if cell.rows > 1 or cell.columns > 1:
            place = place.merge(table.cell(row + cell.rows - 1, column + cell.columns - 1))
        place.text = cell.text


def pptx(path: Path, writer: Writer) -> None:
    """Slides: titles, levels of bullets, two columns of boxes, a group, tables, a chart, notes; shapes not in reading order."""
    slides: Any = Presentation()
    for number in range(1, 7):
        slide: Any = slides.slides.add_slide(slides.slide_layouts[5])
        title = writer.topic(number)
        if number % 3 == 1:
            left = [writer.sentence() for _ in range(2)]
            right = [writer.sentence() for _ in range(2)]
            for x, texts in ((13, right), (1, left)):  # the right column was drawn first
                frame = slide.shapes.add_textbox(Cm(x), Cm(4), Cm(11), Cm(6)).text_frame
                frame.text = texts[0]
                below = frame.add_paragraph()
                below.text, below.level = texts[1], 1
            _slide_table(slide, writer.table("both" if number == 1 else "heads"), 9)
        elif number % 3 == 2:
            frame = slide.shapes.add_textbox(Cm(1), Cm(4), Cm(22), Cm(4)).text_frame
            frame.text = writer.sentence()
            for level in (1, 2, 1):
                below = frame.add_paragraph()
                below.text, below.level = writer.sentence(), level
            group = slide.shapes.add_group_shape()
            for y in (10, 12):
                group.shapes.add_textbox(Cm(2), Cm(y), Cm(20), Cm(1.5)).text_frame.text = writer.sentence()
        else:
            slide.shapes.add_textbox(Cm(1), Cm(4), Cm(22), Cm(2)).text_frame.text = writer.sentence()
            _chart(slide, writer)
        slide.shapes.title.text = title
        slide.notes_slide.notes_text_frame.text = writer.paragraph(2)
    slides.save(str(path))


def _slide_table(slide: Any, grid: Grid, top: float) -> None:
    table = slide.shapes.add_table(len(grid.lines), width(grid), Cm(1), Cm(top), Cm(22), Cm(8)).table
    for row, column, cell in placed(grid):
        place = table.cell(row, column)
        if cell.rows > 1 or cell.columns > 1:
            place.merge(table.cell(row + cell.rows - 1, column + cell.columns - 1))
        place.text = cell.text


def _chart(slide: Any, writer: Writer) -> None:
    data = CategoryChartData()
    data.categories = names = writer.random.sample(ACCOUNTS, 3)
    for year in (2024, 2025):
        values = [writer.random.randrange(1_000, 99_999) for _ in names]
        data.add_series(f"{year}年度", values)
        for name, value in zip(names, values, strict=True):
            spellings = (f"{value:,}", str(value), f"{value}.0")
            writer.truth.figures.append(Figure((name,), (f"{year}年度",), spellings))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(2), Cm(7), Cm(20), Cm(10), data)


def xlsx(path: Path, writer: Writer) -> None:
    """A workbook: a sheet of text, sheets of tables with merged heads, number formats, two tables on a sheet, formulas."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "概要"
    sheet["A1"] = writer.topic(0)
    sheet["A1"].font = Font(bold=True, size=14)
    for row in range(3, 9):
        sheet.cell(row, 1, writer.sentence())
    for number, kind in enumerate(("plain", "heads", "groups", "both"), start=1):
        sheet = book.create_sheet(f"表{number}")
        sheet["A1"] = writer.topic(number)
        row = _sheet_table(sheet, writer.table(kind), 3)
        if number % 2 == 0:
            sheet.cell(row + 1, 1, writer.topic(number))
            row = _sheet_table(sheet, writer.table("plain"), row + 3)
        sheet.cell(row + 1, 1, writer.sentence())
    book.save(path)


def _sheet_table(sheet: Any, grid: Grid, top: int) -> int:
    for row, column, cell in placed(grid):
        place = sheet.cell(top + row, column + 1)
        bare = cell.text.replace(",", "").replace("△", "-")
        if bare.endswith("%"):
            place.value, place.number_format = round(float(bare[:-1]) / 100, 7), "0.000%"
        elif bare.lstrip("-").isdecimal():
            place.value, place.number_format = int(bare), '#,##0;"△"#,##0'
        else:
            place.value = cell.text or None
        if cell.rows > 1 or cell.columns > 1:
            sheet.merge_cells(
                start_row=top + row, start_column=column + 1,
                end_row=top + row + cell.rows - 1, end_column=column + cell.columns,
            )  # fmt: skip
    return top + len(grid.lines)


def as_bytes(make: Callable[[io.BytesIO, Writer], None], writer: Writer) -> bytes:
    """A file's bytes."""
    raw = io.BytesIO()
    make(raw, writer)
    return raw.getvalue()
