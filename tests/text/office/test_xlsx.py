"""Workbooks: values as Excel shows them, merged cells as spans, hidden sheets and rows left out."""

import io
import zipfile

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tekio.text.office.xlsx import read_xlsx


def saved(book) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_merged_cells_are_spans_and_hidden_things_stay_hidden():
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "損益"
    sheet.append(["区分", "当期", None])
    sheet.append(["売上高", 100, 200])
    sheet.append(["秘密", 1, 2])
    sheet.merge_cells("B1:C1")
    sheet.row_dimensions[3].hidden = True
    hidden = book.create_sheet("裏")
    hidden.append(["見えない"])
    hidden.sheet_state = "hidden"
    html = read_xlsx(saved(book)).html()
    assert "<h2>損益</h2>" in html
    assert '<td colspan="2">当期</td>' in html
    assert "<td>100</td><td>200</td>" in html
    assert "秘密" not in html
    assert "見えない" not in html


def test_an_empty_row_within_a_table_does_not_part_it_from_its_head():
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        [None, "前期", "当期"],
        ["売上高", 100, 200],
        [],
        ["税引前利益", 7, 8],
        [],
        ["区分", "株数"],
        ["甲社", 5],
    ):
        sheet.append(row)
    tables = read_xlsx(saved(book)).sections[0].blocks
    assert len(tables) == 2
    assert "売上高" in tables[0]
    assert "税引前利益" in tables[0]
    assert "甲社" in tables[1]


def test_an_empty_merged_cell_in_an_empty_row_moves_no_heading():
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ([None, None, None], [None, "前期", "当期"], ["売上高", 100, 200]):
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    assert "<tr><td></td><td>前期</td><td>当期</td></tr>" in read_xlsx(saved(book)).html()


def test_raised_letters_of_a_cell_are_notes_and_squares_and_no_digits():
    raised = InlineFont(vertAlign="superscript")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["支店", CellRichText("延床（m", TextBlock(raised, "2"), "）"), "口座"])
    sheet.append(["本店", 830, CellRichText("56", TextBlock(raised, "1"))])
    sheet.append(["注", "1 休眠口座を除く。", CellRichText("10", TextBlock(raised, "6"), "件")])
    html = read_xlsx(saved(book)).html()
    assert "延床（m²）" in html
    assert "56（注1）" in html
    assert "10^6件" in html


def test_text_boxes_on_a_sheet_are_read_from_the_top_down():
    book = openpyxl.Workbook()
    book.worksheets[0].title = "店別"
    book.worksheets[0]["A1"] = "本店"
    box = "<xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>{}</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>"
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        + box.format(9, "下の箱")
        + box.format(2, "上の箱")
        + "</xdr:wsDr>"
    )
    relation = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://x/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    raw = io.BytesIO(saved(book))
    with zipfile.ZipFile(raw, "a") as archive:
        archive.writestr("xl/drawings/drawing1.xml", drawing)
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", relation)
    html = read_xlsx(raw.getvalue()).html()
    assert html.index("本店") < html.index("上の箱") < html.index("下の箱")
