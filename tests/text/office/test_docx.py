"""Word files: headings, lists, merged cells, notes; what was deleted stays deleted, what protects is named."""

import io
import zipfile

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from tekio.text.html import block_text, page_text, parse_html_text
from tekio.text.office.docx import read_docx
from tekio.text.unreadable import UnreadableError


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def text_of(raw: bytes) -> str:
    return block_text(parse_html_text(read_docx(raw).html()))


def test_headings_lists_and_paragraphs_come_in_their_order():
    document = docx.Document()
    document.add_heading("概要", 1)
    document.add_paragraph("本文です。")
    document.add_paragraph("一つ目", style="List Bullet")
    document.add_paragraph("二つ目", style="List Bullet")
    html = read_docx(saved(document)).html()
    assert "<h1>概要</h1><p>本文です。</p><ul><li>一つ目</li><li>二つ目</li></ul>" in html


def test_merged_cells_become_spans():
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "当期"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "国内"
    table.cell(1, 1).text, table.cell(2, 2).text = "100", "200"
    html = read_docx(saved(document)).html()
    assert '<td colspan="2"><p>当期</p></td>' in html
    assert '<td rowspan="2"><p>国内</p></td>' in html
    assert "<p>100</p>" in html
    assert "<p>200</p>" in html


def test_empty_paragraphs_of_a_cell_keep_figures_beside_their_labels():
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "区分", "残高"
    for place, lines in enumerate((("預金", "有価証券", "国債", "社債"), ("2,059", "", "1,300", "1,362"))):
        first, *others = lines
        table.cell(1, place).paragraphs[0].text = first
        for line in others:
            table.cell(1, place).add_paragraph(line)
    text = page_text(parse_html_text(read_docx(saved(document)).html()), tables="labelled").text
    assert text.split("\n") == [
        "区分: 預金 | 残高: 2,059",
        "区分: 有価証券",
        "区分: 国債 | 残高: 1,300",
        "区分: 社債 | 残高: 1,362",
    ]


def test_tracked_changes_are_accepted():
    document = docx.Document()
    paragraph = document.add_paragraph("利率は年")
    namespaces = nsdecls("w")
    deleted = f'<w:del {namespaces} w:id="1" w:author="a"><w:r><w:delText>1.0</w:delText></w:r></w:del>'
    inserted = f'<w:ins {namespaces} w:id="2" w:author="a"><w:r><w:t>1.2%です。</w:t></w:r></w:ins>'
    paragraph._p.append(parse_xml(deleted))
    paragraph._p.append(parse_xml(inserted))
    assert text_of(saved(document)).strip() == "利率は年1.2%です。"


def test_hidden_text_is_left_out_and_superscripts_are_marked():
    document = docx.Document()
    paragraph = document.add_paragraph("1,234")
    note = paragraph.add_run("1")
    note.font.superscript = True
    hidden = paragraph.add_run("隠し")
    hidden.font.hidden = True
    html = read_docx(saved(document)).html()
    assert "1,234<sup>1</sup>" in html
    assert "隠し" not in html


def test_text_is_escaped():
    document = docx.Document()
    document.add_paragraph("<script>alert(1)</script>")
    assert "<script>" not in read_docx(saved(document)).html()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_office_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"PK\x03\x04broken", "broken_archive"),
    ],
)
def test_what_cannot_be_read_is_named(raw, reason):
    with pytest.raises(UnreadableError) as error:
        read_docx(raw)
    assert error.value.reason == reason


def test_a_zip_of_another_kind_and_a_damaged_one_are_named():
    for name, content, reason in (("a.txt", b"x", "not_word"), ("word/document.xml", b"<a", "bad_xml")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as package:
            package.writestr(name, content)
        with pytest.raises(UnreadableError) as error:
            read_docx(buffer.getvalue())
        assert error.value.reason == reason


def test_a_bomb_is_refused_before_it_is_unpacked():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"\0" * 60_000_000)
    with pytest.raises(UnreadableError) as error:
        read_docx(buffer.getvalue())
    assert error.value.reason == "archive_bomb"


def numbered(document, *levels: str, text: str = "", level: int = 0, changed: str = "") -> None:
    if levels:
        numbering = document.part.numbering_part.element
        numbering.insert(
            0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="70">{"".join(levels)}</w:abstractNum>')
        )
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="70"><w:abstractNumId w:val="70"/></w:num>'))
    listed = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="70"/></w:numPr>{changed}'
    body = document.element.body
    body.insert(
        len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{listed}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    )


def test_articles_count_on_through_chapters_where_the_list_says_so():
    document = docx.Document()
    levels = (
        '<w:lvl w:ilvl="0"><w:numFmt w:val="japaneseCounting"/><w:lvlText w:val="第%1章"/></w:lvl>',
        '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlRestart w:val="0"/><w:lvlText w:val="第%2条"/></w:lvl>',
        '<w:lvl w:ilvl="2"><w:numFmt w:val="decimalEnclosedParen"/><w:lvlText w:val="%3"/></w:lvl>',
        '<w:lvl w:ilvl="3"><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%4"/></w:lvl>',
    )
    numbered(document, *levels, text="総則")
    for level, text in ((1, "目的"), (2, "定義"), (3, "用語"), (0, "決裁"), (1, "方法"), (2, "電子")):
        numbered(document, text=text, level=level)
    assert text_of(saved(document)).split("\n") == [
        "第一章 総則", "第1条 目的", "⑴ 定義", "1.1 用語", "第二章 決裁", "第2条 方法", "⑴ 電子",
    ]  # fmt: skip


def test_a_paragraph_whose_end_a_change_took_out_goes_on_in_the_next():
    document = docx.Document()
    gone = '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'
    body = document.element.body
    for marks, text in ((gone, "報告は四半期ごとに"), ("", "部長が行う。"), (gone, "最後の段落")):
        body.insert(
            len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{marks}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
        )
    assert text_of(saved(document)) == "報告は四半期ごとに部長が行う。\n最後の段落"


def test_formulas_are_text_and_what_asks_for_an_entry_is_none():
    document = docx.Document()
    formula = '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:f><m:num><m:r><m:t>P</m:t></m:r></m:num><m:den><m:r><m:t>1+r</m:t></m:r></m:den></m:f></m:oMath>'
    asked = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>日付を入力</w:t></w:r></w:sdtContent></w:sdt>"
    paragraph = document.add_paragraph("現価は")
    paragraph._p.append(parse_xml(formula))
    paragraph._p.append(parse_xml(asked.replace("<w:sdt>", f"<w:sdt {nsdecls('w')}>", 1)))
    assert text_of(saved(document)) == "現価はP/(1+r)"


@pytest.mark.parametrize("style", ["TOC1", ""])
def test_entries_of_a_contents_list_have_leaders(style: str):
    document = docx.Document()
    entry = (
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style or "Normal"}"/></w:pPr><w:hyperlink w:anchor="{"_Toc7" if not style else "x"}">'
        "<w:r><w:t>第1章　総則</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>3</w:t></w:r></w:hyperlink></w:p>"
    )
    document.element.body.insert(0, parse_xml(entry))
    assert text_of(saved(document)) == "第1章　総則……………3"


def title_of(*lines: tuple[str, str | None, float | None]) -> str:
    """The title of a document of lines: (text, style, size in points of a centred line)."""
    document = docx.Document()
    for text, style, size in lines:
        paragraph = document.add_paragraph(style=style)
        run = paragraph.add_run(text)
        if size is not None:
            run.font.size = Pt(size)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return read_docx(saved(document)).title


def test_a_title_of_several_lines_is_one():
    heading = ("第1章 はじめに", "Heading 1", None)
    assert title_of(
        ("自治体からの通知物の電子化と、", "Title", None), ("民間の事業への連携", "Title", None), heading
    ) == ("自治体からの通知物の電子化と、民間の事業への連携")
    assert title_of(("付録", "Title", None), ("人材の枠組み案", "Title", None), heading) == "付録 人材の枠組み案"


def test_centred_lines_in_large_print_above_all_headings_are_the_title():
    lines = [
        ("データ利用の特性と", None, 20),
        ("取扱い上の留意点", None, 20),
        ("2020年6月", None, 20),
        ("要旨", None, None),
    ]
    assert title_of(*lines, ("はじめに", "Heading 1", None)) == "データ利用の特性と取扱い上の留意点"
    assert title_of(("本文です。", None, None), ("はじめに", "Heading 1", None)) == "はじめに"


def test_notes_in_a_style_of_their_own_stand_beside_their_marks():
    raw = with_note(
        '<w:p {}><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr><w:r><w:t>一つ目の段落</w:t></w:r></w:p>' * 2
    )
    assert text_of(raw).split("\n") == ["契約モデル（注1）", "（注1）一つ目の段落", "一つ目の段落"]


def with_note(paragraphs: str) -> bytes:
    """A document whose one paragraph has a footnote."""
    document = docx.Document()
    paragraph = document.add_paragraph("契約モデル")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    raw = saved(document)
    notes = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2">{paragraphs.replace("{}", nsdecls("w"))}</w:footnote></w:footnotes>'
    source, target = zipfile.ZipFile(io.BytesIO(raw)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name in source.namelist():
            written.writestr(name, source.read(name))
        written.writestr("word/footnotes.xml", notes)
    return target.getvalue()
