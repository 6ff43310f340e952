"""OpenDocument spreadsheets as HTML: what is repeated, merged, hidden; and what a hostile file repeats."""

import io
import time
import zipfile

import pytest

from tekio.text.office.ods import MAX_CELLS, read_ods
from tekio.text.office.odt import read_odt
from tekio.text.unreadable import UnreadableError

NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (("o", "office"), ("t", "table"), ("x", "text"), ("s", "style"))
)


def file_of(body: str, kind: str = "spreadsheet", styles: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr(
            "content.xml",
            f"<o:document-content {NAMES}><o:automatic-styles>{styles}</o:automatic-styles><o:body><o:{kind}>{body}</o:{kind}></o:body></o:document-content>",
        )
    return packed.getvalue()


def cell(text: str = "", more: str = "") -> str:
    return f"<t:table-cell {more}>{f'<x:p>{text}</x:p>' if text else ''}</t:table-cell>"


def sheet(*rows: str, columns: str = "", more: str = "") -> str:
    lines = (row if row.startswith("<t:table-row") else f"<t:table-row>{row}</t:table-row>" for row in rows)
    return f'<t:table t:name="表" {more}>{columns}{"".join(lines)}</t:table>'


def html_of(*rows: str, columns: str = "") -> str:
    (section,) = read_ods(file_of(sheet(*rows, columns=columns))).sections
    return "".join(section.blocks)


def test_empty_cells_keep_the_columns_of_those_behind_them():
    rows = (cell("科目") + cell("前期") + cell("当期"), cell("特別損失") + cell() + cell("500"))
    assert html_of(*rows).endswith("<tr><td>特別損失</td><td></td><td>500</td></tr></table>")
    wide = cell("特別損失") + cell(more='t:number-columns-repeated="2"') + cell("500")
    assert html_of(rows[0], wide).endswith("<td>特別損失</td><td></td><td></td><td>500</td></tr></table>")


def test_a_merged_cell_covers_and_an_empty_merged_one_does_not():
    covered = '<t:covered-table-cell t:number-columns-repeated="2"/>'
    head = cell("区分", 't:number-columns-spanned="3"') + covered + cell("額")
    blank = cell(more='t:number-columns-spanned="3"') + covered + cell("9")
    assert html_of(head, blank) == (
        '<table><tr><td colspan="3">区分</td><td>額</td></tr><tr><td></td><td></td><td></td><td>9</td></tr></table>'
    )
    down = cell("甲", 't:number-rows-spanned="2"') + cell("1")
    assert html_of(down, "<t:covered-table-cell/>" + cell("2")) == (
        '<table><tr><td rowspan="2">甲</td><td>1</td></tr><tr><td>2</td></tr></table>'
    )


def test_hidden_columns_rows_and_sheets_are_not_shown():
    columns = '<t:table-column/><t:table-column t:visibility="collapse"/><t:table-column/>'
    hidden = f'<t:table-row t:visibility="filter">{cell("隠")}</t:table-row>'
    assert html_of(cell("甲") + cell("秘") + cell("乙"), hidden, columns=columns) == (
        "<table><tr><td>甲</td><td>乙</td></tr></table>"
    )
    style = '<s:style s:name="h" s:family="table"><s:table-properties t:display="false"/></s:style>'
    (section,) = read_ods(file_of(sheet(cell("秘"), more='t:style-name="h"'), styles=style)).sections
    assert section.hidden


def test_an_empty_row_parts_tables_and_a_repeated_row_is_written_as_often():
    empty = (
        '<t:table-row t:number-rows-repeated="1048000"><t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
    )
    twice = f'<t:table-row t:number-rows-repeated="2">{cell("乙")}</t:table-row>'
    assert html_of(cell("甲"), empty, twice) == (
        "<table><tr><td>甲</td></tr></table><table><tr><td>乙</td></tr><tr><td>乙</td></tr></table>"
    )


RAISED = '<s:style s:name="T1" s:family="text"><s:text-properties s:text-position="super 58%"/></s:style>'


def test_raised_letters_are_marked_in_texts_and_in_cells():
    said = '1,234<x:span x:style-name="T1">1</x:span>百万円'
    (section,) = read_ods(file_of(sheet(cell(said)), styles=RAISED)).sections
    assert section.blocks == ["<table><tr><td>1,234<sup>1</sup>百万円</td></tr></table>"]
    (text,) = read_odt(file_of(f"<x:p>{said}</x:p>", "text", RAISED)).sections
    assert text.blocks == ["<p>1,234<sup>1</sup>百万円</p>"]


def test_empty_cells_of_a_text_keep_their_columns_too():
    rows = sheet(cell("科目") + cell("前期") + cell("当期"), cell("損失") + cell() + cell("5"))
    (text,) = read_odt(file_of(rows, "text")).sections
    assert text.blocks[0].endswith("<td></td><td><p>5</p></td></tr></table>")


def often(row: str, times: int) -> str:
    return f'<t:table-row t:number-rows-repeated="{times}">{row}</t:table-row>'


WIDE = cell("x", 't:number-columns-repeated="16384"')
FAR = cell(more='t:number-columns-repeated="16000"') + cell("x")


@pytest.mark.parametrize("rows", [often(WIDE, 1_048_576), often(WIDE, 1) * 2_000, often(FAR, 1_000) * 50])
def test_a_sheet_that_swells_is_refused_before_it_is_built(rows: str):
    started = time.process_time()
    with pytest.raises(UnreadableError) as refused:
        read_ods(file_of(sheet(rows)))
    assert refused.value.reason == "too_many_cells"
    assert refused.value.measured["limit"] == MAX_CELLS
    assert time.process_time() - started < 20


def test_absurd_numbers_and_other_documents_are_no_trouble():
    odd = cell("甲", 't:number-columns-spanned="99999999" t:number-rows-spanned="-5"') + cell(
        "乙", 't:number-columns-repeated="x"'
    )
    assert "甲" in html_of(odd)
    with pytest.raises(UnreadableError, match="not_a_document"):
        read_ods(file_of("<x:p>文</x:p>", "text"))
