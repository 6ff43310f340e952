"""Slides of OpenDocument presentations: shapes in reading order, tables, charts, notes; what a program fills in is left out."""

from __future__ import annotations

import io
import zipfile

import pytest

from tekio.text.html import block_text, parse_html_text
from tekio.text.office.odp import read_odp
from tekio.text.unreadable import UnreadableError

NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("svg", "svg-compatible"),
        ("presentation", "presentation"),
        ("style", "style"),
        ("number", "datastyle"),
        ("chart", "chart"),
        ("fo", "xsl-fo-compatible"),
        ("xlink", "xlink"),
    )
)


def content(kind: str, inside: str, styles: str = "") -> str:
    return (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{inside}</office:{kind}></office:body></office:document-content>"
    )


def odp(pages: str, styles: str = "", **parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
        archive.writestr("content.xml", content("presentation", pages, styles))
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return stream.getvalue()


def frame(text: str, x: str = "0cm", y: str = "0cm", more: str = "") -> str:
    return f'<draw:frame svg:x="{x}" svg:y="{y}" {more}><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>'


def slides(raw: bytes) -> list[list[str]]:
    """The lines of each slide that is shown."""
    return [
        block_text(parse_html_text(section.html())).split("\n")
        for section in read_odp(raw).sections
        if not section.hidden
    ]


def test_the_title_comes_first_and_then_rows_from_the_left():
    shapes = (
        frame("右下", "10cm", "9cm") + frame("右上", "10cm", "4.1cm") + frame("左上", "1cm", "4cm")
        + frame("表題", "1cm", "12cm", 'presentation:class="title"')
        + '<draw:g><draw:custom-shape svg:x="1cm" svg:y="8cm"><text:p>組</text:p></draw:custom-shape></draw:g>'
    )  # fmt: skip
    assert slides(odp(f"<draw:page>{shapes}</draw:page>")) == [["表題", "左上", "右上", "組", "右下"]]


def test_an_outline_is_its_paragraphs_and_notes_follow_their_slide():
    outline = "<text:list><text:list-item><text:p>業績</text:p><text:list><text:list-item><text:p>増益</text:p></text:list-item></text:list></text:list-item></text:list>"
    notes = frame("補足", more='presentation:class="notes"')
    page = (
        f"<draw:page><draw:frame><draw:text-box>{outline}</draw:text-box></draw:frame>"
        f"<presentation:notes>{notes}</presentation:notes></draw:page>"
    )
    assert slides(odp(page)) == [["業績", "増益", "（ノート）", "補足"]]


def test_what_a_program_fills_in_is_no_text():
    shapes = (
        frame("本文") + frame("クリックして入力", more='presentation:placeholder="true"')
        + frame("<text:page-number>3</text:page-number>", "1cm", "18cm")
        + frame("2026/5/1", more='presentation:class="date-time"') + frame("部外秘", more='presentation:class="footer"')
    )  # fmt: skip
    assert slides(odp(f"<draw:page>{shapes}</draw:page>")) == [["本文"]]


def test_hidden_slides_are_marked():
    styles = (
        '<style:style style:name="off"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    raw = odp(f"<draw:page draw:style-name='off'>{frame('下書き')}</draw:page>", styles)
    assert [section.hidden for section in read_odp(raw).sections] == [True]


def test_a_table_and_a_chart_are_tables_and_shares_are_percentages():
    def row(*cells: str) -> str:
        told = "".join(
            f'<table:table-cell office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        return f"<table:table-row>{told}</table:table-row>"

    chart = content(
        "chart",
        '<chart:chart><chart:title><text:p>健全性</text:p></chart:title><chart:plot-area><chart:series chart:style-name="s"/></chart:plot-area>'
        f"<table:table><table:table-header-rows>{row('', '自己資本比率')}</table:table-header-rows>"
        f"<table:table-rows>{row('2024/3', '0.105')}{row('2025/3', '0.11')}</table:table-rows></table:table></chart:chart>",
        '<style:style style:name="s" style:data-style-name="n"/><number:percentage-style style:name="n"><number:number number:decimal-places="1"/></number:percentage-style>',
    )
    page = (
        f"<draw:page><draw:frame><table:table>{row('科目', '金額')}{row('経費', '300')}</table:table></draw:frame>"
        '<draw:frame svg:y="9cm"><draw:object xlink:href="./Object 1"/><draw:image/></draw:frame></draw:page>'
    )
    html = "".join(
        block
        for section in read_odp(odp(page, **{"Object 1__content_xml": chart})).sections
        for block in section.blocks
    )
    assert "<td><p>300</p></td>" in html
    assert "<p>健全性</p>" in html
    assert "<td><p>10.5%</p></td>" in html
    assert "<td><p>11.0%</p></td>" in html


@pytest.mark.parametrize("target", ["http://example.jp/a", "../../etc", "Object 9", ""])
def test_a_chart_that_lies_elsewhere_is_none(target: str):
    page = f"<draw:page>{frame('本文')}<draw:frame><draw:object xlink:href='{target}'/></draw:frame></draw:page>"
    assert slides(odp(page)) == [["本文"]]


def test_another_document_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("content.xml", content("text", ""))
    with pytest.raises(UnreadableError, match="not_slides"):
        read_odp(stream.getvalue())
