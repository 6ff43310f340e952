"""PDF files as LibreOffice writes them: policy clauses in two columns, a sheet printed over pages with its head on each."""

# pyright: basic, reportAttributeAccessIssue=false
# (python-docx and openpyxl are not fully typed)

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Border, Font, Side

from documents.bank_word import NAMES, add, paragraph, run
from documents.desk_word import plain, table
from documents.held import Cell, Held

_FONT = "Noto Serif CJK JP"


def printed(name: str, raw: bytes) -> bytes:
    """An Office file as LibreOffice prints it to PDF."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / name
        source.write_bytes(raw)
        command = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return source.with_suffix(".pdf").read_bytes()


CLAUSES = (
    ("用語の定義", "この約款において使用される用語の意味は、次の表に定めるとおりとします。ただし、別に定義のある場合は、その定義によります。"),
    ("補償の内容", "当会社は、保険の対象に生じた火災、落雷又は破裂若しくは爆発による損害に対して、この約款に従い、保険金を支払います。"),
    ("保険金を支払わない場合", "当会社は、保険契約者若しくは被保険者の故意若しくは重大な過失又は法令違反によって生じた損害に対しては、保険金を支払いません。"),
    ("支払う保険金の額", "損害保険金の額は、保険金額を限度とし、再調達価額によって定めた損害の額から免責金額3万円を差し引いた額とします。"),
    ("残存物取片づけ費用", "当会社は、損害保険金の10％に相当する額を限度として、残存物の取片づけに必要な費用の額を支払います。"),
    ("通知の義務", "保険契約者は、保険の対象の用途を変更したときは、遅滞なく、その旨を当会社に通知しなければなりません。通知は書面によるものとします。"),
    ("保険契約の解除", "前条の通知を受けた日から1か月を経過したときは、当会社は、この保険契約を解除することができません。"),
    ("時効", "保険金請求権は、請求の権利が発生した日の翌日から起算して3年を経過した場合は、時効によって消滅します。"),
)  # fmt: skip


def clauses() -> Held:
    """Policy clauses: a title over both columns, articles in two columns over two pages, a ruled table of terms in a column, numbered items with hanging indents, running heads."""
    document: Any = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section = document.sections[0]
    section.header.paragraphs[0].text = "住まいの保険普通保険約款"
    section.footer.paragraphs[0]._p.append(parse_xml(f'<w:r {NAMES}><w:t xml:space="preserve">約款－</w:t></w:r>'))
    section.footer.paragraphs[0]._p.append(
        parse_xml(f'<w:fldSimple {NAMES} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )
    center = '<w:jc w:val="center"/>'
    add(document, paragraph(run("住まいの保険　普通保険約款", '<w:b/><w:sz w:val="32"/>'), center))
    add(document, paragraph(run("（2025年10月1日以降始期用）"), center + "<w:sectPr/>"))
    ruled = table(
        2, plain("用語", "定義"), plain("保険金額", "当会社が支払う保険金の限度額をいいます。"), plain("再調達価額", "同等の物を新たに購入するのに必要な額をいいます。"), plain("免責金額", "損害の額から差し引く自己負担の額をいいます。")
    )  # fmt: skip
    ruled = ruled.replace("<w:tblPr/>", "<w:tblPr><w:tblBorders>" + "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")) + "</w:tblBorders></w:tblPr>")  # fmt: skip
    hanging = '<w:ind w:left="420" w:hanging="420"/>'
    for number, (title, text) in enumerate(CLAUSES, 1):
        add(document, paragraph(run(f"第{number}条（{title}）", "<w:b/>")))
        add(document, paragraph(text))
        if number == 1:
            add(document, ruled)
            add(document, paragraph(""))
        if number == 3:
            add(document, paragraph("①　地震若しくは噴火又はこれらによる津波によって生じた損害", hanging))
            add(document, paragraph("②　戦争、外国の武力行使その他これらに類似の事変によって生じた損害", hanging))
        if number in {2, 5, 6}:
            for item in ("当会社は、前項の規定にかかわらず、保険証券に記載された場合に限り、風災、雹災又は雪災による損害についても保険金を支払います。", "前項の損害は、保険期間中に生じた事故によるものに限ります。また、事故の発生から180日以内に通知があったものとします。"):  # fmt: skip
                add(document, paragraph(item.replace("前項", f"第{number}条")))
    last = document.element.body.sectPr
    for found in last.findall(qn("w:cols")):
        last.remove(found)
    last.insert(0, parse_xml(f'<w:type {NAMES} w:val="continuous"/>'))
    last.append(parse_xml(f'<w:cols {NAMES} w:num="2" w:space="425"/>'))
    into = io.BytesIO()
    document.save(into)
    return Held(
        "clauses.pdf", printed("clauses.docx", into.getvalue()),
        keep=(*(f"第{number}条({title})" for number, (title, _) in enumerate(CLAUSES, 1)), *(text for _, text in CLAUSES),
            "住まいの保険普通保険約款", "①地震若しくは噴火又はこれらによる津波によって生じた損害", "②戦争、外国の武力行使その他これらに類似の事変によって生じた損害"),
        leave=("約款-1", "約款-2", "約款－"), never=("第 7 条", "から 1 か月", "して 3 年"),
        once=("第3条(保険金を支払わない場合)", "住まいの保険普通保険約款"),
        order=tuple(f"第{number}条({title})" for number, (title, _) in enumerate(CLAUSES, 1)),
        cells=(
            Cell(("保険金額",), (), "当会社が支払う保険金の限度額をいいます。"), Cell(("再調達価額",), (), "同等の物を新たに購入するのに必要な額をいいます。"), Cell(("免責金額",), (), "損害の額から差し引く自己負担の額をいいます。"),
        ),
    )  # fmt: skip


def monthly() -> Held:
    """A month's figures printed from a sheet: a merged head repeated on each page, lines around cells, right-aligned figures, pages counted, a total at the end."""
    book: Any = Workbook()
    sheet = book.active
    sheet.title = "月次"
    sheet["A1"] = "支店別　月次実績表（2025年5月）"
    sheet["F2"] = "単位：百万円"
    for place, text in {
        "A3": "店番",
        "B3": "支店",
        "C3": "預金",
        "E3": "貸出金",
        "C4": "残高",
        "D4": "前月比",
        "E4": "残高",
        "F4": "前月比",
    }.items():
        sheet[place] = text
    for merged in ("A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3"):
        sheet.merge_cells(merged)
    names = [first + second for first in ("東", "西", "南", "北", "中") for second in ("町", "原", "川", "山", "谷", "沢", "浜", "野", "田", "島", "森", "崎")]  # fmt: skip
    rows = [(f"{101 + at:04}", f"{name}支店", 10_003 + 137 * at, (-1) ** at * (3 + at), 7_001 + 91 * at, 12 - at) for at, name in enumerate(names)]  # fmt: skip
    thin = Side(style="thin")
    for at, row in enumerate([*rows, ("", "合計", *(sum(int(row[column]) for row in rows) for column in range(2, 6)))], 5):  # fmt: skip
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column, value)
            if column > 2:
                cell.number_format = '#,##0;"△"#,##0;0'
    for line in sheet["A3:F65"]:
        for cell in line:
            cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            cell.font = Font(name=_FONT, size=11)
    sheet["A1"].font = Font(name=_FONT, size=14)
    sheet.print_title_rows = "3:4"
    sheet.oddFooter.center.text = "&P / &N ページ"
    sheet.oddHeader.right.text = "取扱注意"
    sheet["A67"] = "（注）前月比は増減額であり、△は減少を示す。"
    into = io.BytesIO()
    book.save(into)
    said = lambda value: f"{value:,}" if value >= 0 else f"△{-value:,}"  # noqa: E731
    picked = [rows[at] for at in (0, 1, 13, 30, 44, 45, 46, 47, 48, 59)]
    return Held(
        "monthly.pdf", printed("monthly.xlsx", into.getvalue()),
        keep=("支店別月次実績表(2025年5月)", "単位:百万円", "前月比は増減額であり、△は減少を示す。"),
        leave=("1/2ページ", "2/2ページ", "取扱注意", "nan"),
        once=("支店別月次実績表",),
        order=("単位:百万円", "東町支店", "東崎支店", "中崎支店", "合計", "前月比は増減額"),
        cells=tuple(
            Cell((str(row[0]), str(row[1])), (head, part), said(int(row[column])))
            for row in picked for column, (head, part) in ((2, ("預金", "残高")), (3, ("預金", "前月比")), (4, ("貸出金", "残高")), (5, ("貸出金", "前月比")))
        ),
    )  # fmt: skip


def all_prints() -> list[Held]:
    """Every file."""
    return [clauses(), monthly()]
