"""Word files of a bank: rules with nested numbers and tracked changes, a report with notes in cells and boxes beside tables."""

# pyright: basic, reportAttributeAccessIssue=false
# (python-docx is not fully typed)

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from documents.held import Cell, Held

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def run(text: str, marks: str = "") -> str:
    """A run of text; `marks`: what its properties hold."""
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inner: str, marks: str = "") -> str:
    """A paragraph; `inner` is text or runs."""
    return f"<w:p><w:pPr>{marks}</w:pPr>{inner if inner.startswith('<') or not inner else run(inner)}</w:p>"


def numbered(inner: str, level: int, list_number: int = 7, more: str = "") -> str:
    """A paragraph that Word counts."""
    return paragraph(inner, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_number}"/></w:numPr>{more}')


def _change(kind: str, inner: str) -> str:
    return f'<w:{kind} w:id="11" w:author="審査部" w:date="2025-04-01T00:00:00Z">{inner}</w:{kind}>'


def deleted(text: str, kind: str = "del") -> str:
    """Text that a tracked change took out."""
    return _change(kind, f"<w:r><w:delText>{text}</w:delText></w:r>" if kind == "del" else run(text))


def inserted(text: str, kind: str = "ins") -> str:
    """Text that a tracked change put in."""
    return _change(kind, run(text))


def add(document: Any, xml: str) -> None:
    """Put an element at the end of the body."""
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(xml.replace(">", f" {NAMES}>", 1)))


def add_part(document: Any, name: str, kind: str, relation: str, raw: str) -> None:
    """Add a part such as notes or comments."""
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{raw}'
    part = Part(PackURI(f"/word/{name}.xml"), _WORD + kind, text.encode(), document.part.package)
    document.part.relate_to(part, relation)


def saved(document: Any) -> bytes:
    """The file's bytes."""
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def rules() -> Held:
    """Rules: 第一章 / 第１条 / ２ / ⑴ / イ counted by Word; a deleted item does not count, a deleted end of a paragraph joins two."""
    document: Any = Document()
    formats = (
        ("japaneseCounting", "第%1章"), ("decimalFullWidth", "第%2条"), ("decimalFullWidth", "%3"),
        ("decimalEnclosedParen", "%4"), ("irohaFullWidth", "%5"),
    )  # fmt: skip
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{2 if at == 2 else 1}"/><w:numFmt w:val="{kind}"/>'
        + ('<w:lvlRestart w:val="0"/>' if at == 1 else "")
        + f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(formats)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {NAMES} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'))  # fmt: skip
    numbering.append(parse_xml(f'<w:num {NAMES} w:numId="7"><w:abstractNumId w:val="77"/></w:num>'))
    document.add_heading("融資審査規程", 0)
    gone = "<w:rPr>" + '<w:del w:id="12" w:author="審査部" w:date="2025-04-01T00:00:00Z"/>' + "</w:rPr>"
    row = "<w:tr>{}{}</w:tr>".format
    cells = lambda *texts: "".join(f"<w:tc><w:tcPr/>{paragraph(text)}</w:tc>" for text in texts)  # noqa: E731
    for xml in (
        numbered("総則", 0),
        numbered("この規程は、融資の審査に関する手続を定める。", 1),
        numbered("部店長は、この規程を所属員に周知する。", 2),
        numbered("次に掲げる先は、本部の審査を受ける。", 1),
        numbered("与信額が５億円を超える先", 3),
        numbered("財務の内容が次のいずれかに当たる先", 3),
        numbered("債務超過である先", 4),
        numbered("２期続けて経常損失である先", 4),
        numbered(deleted("創業から１年に満たない先"), 3, more=gone),
        numbered("部長が特に認めた先", 3),
        numbered("前項の審査の結果は、翌営業日までに通知する。", 2),
        numbered("決裁", 0),
        numbered(run("決裁は、") + deleted("書面") + inserted("電子稟議") + run("による。"), 1),
        paragraph(run("取締役会への報告は四半期ごとに"), gone),
        paragraph("審査部長が行う。"),
        paragraph(_change("moveFrom", run("附則として経過措置を置く。"))),
        paragraph(
            '<w:commentRangeStart w:id="3"/>' + run("延滞先の取扱いは別表による。")
            + '<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>'
        ),
        paragraph(inserted("附則として経過措置を置く。", "moveTo")),
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
        + row("", cells("延滞の日数", "取扱い"))
        + row("", cells("30日以内", "文書で督促する"))
        + row(f"<w:trPr>{_change('del', '')}</w:trPr>", cells(deleted("60日以内"), deleted("面談で督促する")))
        + row(f"<w:trPr>{_change('ins', '')}</w:trPr>", cells(inserted("90日以内"), inserted("訪問して督促する")))
        + "</w:tbl>",
    ):  # fmt: skip
        add(document, xml)
    add_part(
        document, "comments", "comments+xml", RELATIONSHIP_TYPE.COMMENTS,
        f'<w:comments {NAMES}><w:comment w:id="3" w:author="法務" w:initials="H">{paragraph("別表の番号を確かめること。")}</w:comment></w:comments>',
    )  # fmt: skip
    return Held(
        "rules.docx", saved(document),
        keep=(
            "第一章総則", "第1条この規程は、融資の審査に関する手続を定める。", "2部店長は、この規程を所属員に周知する。",
            "第2条次に掲げる先は、本部の審査を受ける。", "(1)与信額が5億円を超える先", "(2)財務の内容が次のいずれかに当たる先",
            "イ債務超過である先", "ロ2期続けて経常損失である先", "(3)部長が特に認めた先",
            "2前項の審査の結果は、翌営業日までに通知する。", "第二章決裁", "第3条決裁は、電子稟議による。",
            "取締役会への報告は四半期ごとに審査部長が行う。",
        ),
        leave=("創業から1年", "書面電子", "60日以内", "面談で", "別表の番号を確かめる"),
        once=("附則として経過措置を置く。",),
        order=("延滞先の取扱いは別表による。", "附則として経過措置を置く。", "90日以内"),
        cells=(
            Cell(("30日以内",), ("取扱い",), "文書で督促する"), Cell(("90日以内",), ("取扱い",), "訪問して督促する"),
        ),
    )  # fmt: skip


_BOX = """<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor behindDoc="0" simplePos="0">
<wp:extent cx="1800000" cy="900000"/><wp:docPr id="{number}" name="テキスト ボックス {number}" descr="図の説明"/><a:graphic>
<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/>
<wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""


def box(*texts: str, number: int) -> str:
    """A text box that floats beside what follows it, with its copy for old programs."""
    return _BOX.format(number=number, inner="".join(paragraph(text) for text in texts))


def _cell(inner: str, marks: str = "") -> str:
    return f"<w:tc><w:tcPr>{marks}</w:tcPr>{inner if inner.startswith('<w:p>') else paragraph(inner)}</w:tc>"


def report() -> Held:
    """A report: a box beside a table, notes in cells, a table in a cell, hidden text, raised figures, a formula, check boxes."""
    document: Any = Document()
    raised = '<w:vertAlign w:val="superscript"/>'
    note = lambda kind, number: f'<w:r><w:rPr>{raised}</w:rPr><w:{kind}Reference w:id="{number}"/></w:r>'  # noqa: E731
    field = lambda told, shown: (  # noqa: E731
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' f"<w:r><w:instrText> {told} </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' f'{run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )  # fmt: skip
    box_mark = lambda mark, char: (  # noqa: E731
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{mark}"/></w14:checkbox></w:sdtPr><w:sdtContent>{run(char)}</w:sdtContent></w:sdt>'
    )
    document.sections[0].header.paragraphs[0].text = "社外秘　若葉銀行　経営企画部"
    document.sections[0].footer.paragraphs[0].text = "1 / 3 ページ"
    document.add_heading("貸出金の動向", 1)
    table = (
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>"
        "<w:tr>" + _cell("（単位：百万円）", '<w:vMerge w:val="restart"/>') + _cell("連結", '<w:gridSpan w:val="2"/>')
        + _cell("単体", '<w:vMerge w:val="restart"/>') + "</w:tr>"
        "<w:tr>" + _cell("", "<w:vMerge/>") + _cell("前期") + _cell("当期") + _cell("", "<w:vMerge/>") + "</w:tr>"
        "<w:tr>" + _cell("貸出金") + _cell("1,520") + _cell("1,610")
        + _cell(paragraph(run("980") + note("footnote", 1))) + "</w:tr>"
        "<w:tr>" + _cell("有価証券") + _cell("△312") + _cell("405") + _cell("－") + "</w:tr>"
        "<w:tr>" + _cell("うち国債") + _cell("44") + _cell("") + _cell(paragraph(run("37") + run("（注）", raised))) + "</w:tr>"
        "</w:tbl>"
    )  # fmt: skip
    inner = (
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid><w:tr>"
        + _cell("業種") + _cell("残高") + "</w:tr><w:tr>" + _cell("製造業") + _cell("73億円") + "</w:tr></w:tbl>"
    )  # fmt: skip
    outer = (
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid><w:tr>"
        + _cell("内訳") + f"<w:tc><w:tcPr/>{paragraph('業種の内訳は次のとおり。')}{inner}{paragraph('')}</w:tc>" + "</w:tr></w:tbl>"
    )  # fmt: skip
    fraction = "<m:oMath><m:r><m:t>V=</m:t></m:r><m:f><m:num><m:r><m:t>P</m:t></m:r></m:num><m:den><m:r><m:t>1+r</m:t></m:r></m:den></m:f></m:oMath>"
    ruby = (
        "<w:r><w:ruby><w:rubyPr/><w:rt>" + run("りんぎ") + "</w:rt><w:rubyBase>" + run("稟議") + "</w:rubyBase></w:ruby></w:r>"
    )  # fmt: skip
    for xml in (
        paragraph(run("貸出金は") + run("社内限り", "<w:vanish/>") + run("増加が続いた。") + field("PAGEREF _Toc1", "12")),
        paragraph(box("この表の計数は月末の残高です。", "平残ではありません。", number=201)),
        table,
        paragraph(run("（注）地方債は含まない。")),
        outer,
        paragraph(run("取引の記録は10") + run("6", raised) + run("個、店舗の延床は450m") + run("2", raised) + run("である。")),
        paragraph(run("現在価値は") + fraction + run("で求める。") + note("endnote", 1)),
        paragraph(ruby + run("に付す案件は、") + '<w:r><w:t>03</w:t><w:noBreakHyphen/><w:t>A</w:t></w:r>' + run("の様式による。")),
        paragraph(box_mark(1, "☒") + run("新規先　") + box_mark(0, "☐") + run("既存先")),
        paragraph(
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + run("ここをクリックして日付を入力してください。")
            + "</w:sdtContent></w:sdt>"
        ),
    ):  # fmt: skip
        add(document, xml)
    for kind, relation, text in (
        ("footnote", RELATIONSHIP_TYPE.FOOTNOTES, "子会社への貸出を含む。"),
        ("endnote", RELATIONSHIP_TYPE.ENDNOTES, "割引率は年率とする。"),
    ):
        frame = f'<w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
        mark = f"<w:r><w:rPr>{raised}</w:rPr><w:{kind}Ref/></w:r>"
        raw = f'<w:{kind}s {NAMES}>{frame}<w:{kind} w:id="1">{paragraph(mark + run(text))}</w:{kind}></w:{kind}s>'
        add_part(document, f"{kind}s", f"{kind}s+xml", relation, raw)
    return Held(
        "report.docx", saved(document),
        keep=(
            "貸出金の動向", "貸出金は増加が続いた。", "この表の計数は月末の残高です。", "平残ではありません。",
            ("10^6個", "10⁶個"), ("450m^2", "450m2"), "子会社への貸出を含む。", "割引率は年率とする。",
            ("稟議に付す案件は、03-Aの様式による。", "稟議(りんぎ)に付す案件は、03-Aの様式による。"),
            "業種の内訳は次のとおり。", ("V=P/(1+r)", "V=P/1+r", "V=(P)/(1+r)", r"V=\frac{P}{1+r}", "V=P⁄(1+r)"),
            ("☒新規先☐既存先", "☑新規先☐既存先", "■新規先□既存先", "☑新規先□既存先"),
        ),
        leave=("社内限り", "社外秘", "3ページ", "図の説明", "ここをクリック", "9801", "_Toc1"),
        once=("この表の計数は月末の残高です。", "地方債は含まない。"),
        order=("貸出金は増加が続いた。", "業種の内訳は次のとおり。", "現在価値は", "03-Aの様式"),
        cells=(
            Cell(("貸出金",), ("連結", "前期"), "1,520"), Cell(("貸出金",), ("連結", "当期"), "1,610"),
            Cell(("貸出金",), ("単体",), "980"), Cell(("有価証券",), ("連結", "前期"), "△312"),
            Cell(("うち国債",), ("連結", "前期"), "44"), Cell(("うち国債",), ("単体",), "37"),
            Cell(("製造業",), ("残高",), "73億円"),
        ),
    )  # fmt: skip
