"""Workbooks: values as Excel shows them, merged cells as spans, hidden sheets and rows left out."""

import io

import openpyxl

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
