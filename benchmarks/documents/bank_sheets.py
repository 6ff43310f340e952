"""Workbooks of a bank: heads of two rows with the unit in the corner, hidden parts, dates in two systems, formats that show other figures."""

# pyright: basic, reportAttributeAccessIssue=false
# (openpyxl is not fully typed)

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from documents.held import Cell, Held

_LOSS = '#,##0;"△ "#,##0'
_BOOKS = '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '

Changes = dict[str, tuple[tuple[str, str], ...]]


def saved(book: Workbook, changes: Changes | None = None, parts: dict[str, str] | None = None) -> bytes:
    """The file's bytes; changes: of which part which patterns become what; parts: further parts."""
    into = io.BytesIO()
    book.save(into)
    out = io.BytesIO()
    with zipfile.ZipFile(into) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            for pattern, put in (changes or {}).get(name, ()):
                told, count = re.subn(pattern, lambda _, put=put: put, text.decode())
                if not count:
                    raise ValueError(f"{name}: {pattern} is not there")
                text = told.encode()
            new.writestr(name, text)
        for name, more in (parts or {}).items():
            new.writestr(name, more)
    return out.getvalue()


def results() -> Held:
    """Results by half-years: merged heads of two rows, △, zeros shown as a dash, hidden row, column and sheets, formulas."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "業績推移"
    sheet["A1"] = "若葉銀行　業績の推移"
    for area, text in (("A3:A4", "（単位：百万円）"), ("B3:C3", "2024年3月期"), ("D3:E3", "2025年3月期")):
        sheet[area.split(":")[0]] = text
        sheet.merge_cells(area)
    for column, text in zip("BCDE", ("中間期", "通期", "中間期", "通期"), strict=True):
        sheet[f"{column}4"] = text
    rows = (
        ("経常収益", (12345, 25110, 13020, 27345), "#,##0"),
        ("経常利益", (-1234, 2210, -87, 3105), _LOSS),
        ("内部調整額", (9871, 9872, 9873, 9874), "#,##0"),
        ("与信関係費用", (0, 415, None, -52), _BOOKS),
        ("増減率", (0.1234, -0.056, 0.071, 0.2), '0.0%;"△"0.0%'),
    )
    for number, (name, values, shown) in enumerate(rows, 5):
        sheet[f"A{number}"] = name
        for column, value in zip("BCDE", values, strict=True):
            sheet[f"{column}{number}"] = value
            sheet[f"{column}{number}"].number_format = shown
    sheet.row_dimensions[7].hidden = True
    sheet["A10"], sheet["A11"] = "収益利益計", "利益差引"
    for column in "BCDE":
        sheet[f"{column}10"] = f"={column}5+{column}6"
        sheet[f"{column}10"].number_format = _LOSS
    sheet["C11"] = "=C6-B6"
    for number, text in ((3, "社内目標"), (5, 40001), (6, 40002)):
        sheet[f"F{number}"] = text
    sheet.column_dimensions["F"].hidden = True
    sheet["A13"] = "（注）経常収益は銀行単体の計数です。"
    scaled: Any = book.create_sheet("有価証券")
    scaled["A1"] = "有価証券の残高（百万円）"
    lines = (("銘柄", "簿価", "時価"), ("国債", 1234567890, 1230000000), ("社債", 98765432, -4321000))
    for at, line in enumerate(lines, 2):
        for column, value in zip("ABC", line, strict=True):
            scaled[f"{column}{at}"] = value
            scaled[f"{column}{at}"].number_format = "#,##0,,;△#,##0,," if column > "A" and at > 2 else "General"
    for name, state in (("計算用", "hidden"), ("設定", "veryHidden")):
        more: Any = book.create_sheet(name)
        more["A1"] = f"{name}のシートの内容です"
        more.sheet_state = state
    values = {"B": 11111, "C": 27320, "D": 12933, "E": 30450}
    patches = tuple(
        (rf"<f>{at}5\+{at}6</f><v ?/?>(?:</v>)?", f"<f>{at}5+{at}6</f><v>{value}</v>") for at, value in values.items()
    )

    def half(name: str, year: int, part: str, value: str | tuple[str, ...]) -> Cell:
        return Cell((name,), (f"{year}年3月期", part), value)

    return Held(
        "results.xlsx", saved(book, {"xl/worksheets/sheet1.xml": patches}),
        keep=(
            "若葉銀行業績の推移", "経常収益は銀行単体の計数です。", "有価証券の残高(百万円)",
            ("(単位:百万円)", "単位:百万円", "12,345百万円"),
        ),
        leave=(
            "内部調整額", "9,871", "9871", "社内目標", "40001", "40,001", "計算用のシート", "設定のシート", "=C6", "=B5",
            "1234567890", "1,234,567,890", "0.1234", "0.056", "-1234", "-1,234",
        ),
        order=(
            "若葉銀行業績の推移", "経常収益", "経常利益", "与信関係費用", "増減率", "経常収益は銀行単体", "有価証券の残高",
        ),
        cells=(
            half("経常収益", 2024, "中間期", "12,345"), half("経常収益", 2025, "通期", "27,345"),
            half("経常利益", 2024, "中間期", "△1,234"), half("経常利益", 2025, "中間期", "△87"),
            half("経常利益", 2025, "通期", "3,105"), half("与信関係費用", 2024, "通期", "415"),
            half("与信関係費用", 2024, "中間期", ("-", "－")), half("与信関係費用", 2025, "通期", "-52"),
            half("増減率", 2024, "中間期", "12.3%"), half("増減率", 2024, "通期", "△5.6%"),
            half("増減率", 2025, "通期", "20.0%"), half("収益利益計", 2024, "通期", "27,320"),
            half("収益利益計", 2025, "通期", "30,450"),
            Cell(("国債",), ("簿価",), "1,235"), Cell(("国債",), ("時価",), "1,230"),
            Cell(("社債",), ("簿価",), "99"), Cell(("社債",), ("時価",), "△4"),
        ),
    )  # fmt: skip


def dates(*, from_1904: bool) -> Held:
    """A calendar: the same days in a workbook that counts from 1900 or from 1904, in the forms Japanese sheets show."""
    book = Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet: Any = book.active
    sheet.title = "日程"
    rows = (
        ("取締役会", date(2025, 4, 1), '[$-411]ggge"年"m"月"d"日"', "令和7年4月1日"),
        ("決算発表", date(2025, 5, 14), "[$-411]ge.m.d", "R7.5.14"),
        ("株主総会", date(2025, 6, 27), "yyyy/m/d", "2025/6/27"),
        ("改元の日", date(2019, 5, 1), '[$-ja-JP-x-gannen]ggge"年"m"月"d"日";@', "令和元年5月1日"),
        ("旧本店の竣工", date(1989, 1, 7), '[$-411]ggge"年"m"月"d"日"', "昭和64年1月7日"),
        ("研修", date(2025, 4, 3), 'm"月"d"日"(aaa)', "4月3日(木)"),
        ("創立記念日", date(2025, 10, 9), 'm"月"d"日" aaaa', "10月9日木曜日"),
        ("監査役会", date(2026, 3, 1), 'yyyy"年"m"月"', "2026年3月"),
        ("基準時点", datetime(2025, 3, 31, 15, 5), "yyyy/mm/dd hh:mm", "2025/03/31 15:05"),
    )
    for column, text in zip("ABC", ("行事", "日程", "開始"), strict=True):
        sheet[f"{column}1"] = text
    for number, (name, day, shown, _) in enumerate(rows, 2):
        sheet[f"A{number}"], sheet[f"B{number}"], sheet[f"C{number}"] = name, day, time(9, 30)
        sheet[f"B{number}"].number_format = shown
        sheet[f"C{number}"].number_format = "h:mm"
    sheet["A12"], sheet["C12"] = "延べ時間", timedelta(hours=26, minutes=30)
    sheet["C12"].number_format = "[h]:mm"
    return Held(
        f"dates-{1904 if from_1904 else 1900}.xlsx", saved(book),
        keep=("取締役会",), leave=("45748", "44286", "GMT"),
        cells=(
            *(Cell((name,), ("日程",), told) for name, _, _, told in rows), Cell(("取締役会",), ("開始",), "9:30"),
            Cell(("延べ時間",), (), "26:30"),
        ),
    )  # fmt: skip


_DRAWING = """<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:from><xdr:col>9</xdr:col><xdr:colOff>0</xdr:colOff>
<xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>12</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>5</xdr:row>
<xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="テキスト ボックス 1"/><xdr:cNvSpPr txBox="1"/>
</xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>店番は移行後の番号です。</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/>
</xdr:twoCellAnchor></xdr:wsDr>"""
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def formats() -> Held:
    """Formats that show other characters than the cell holds, furigana beside words, raised notes, a text box; a form on grid paper."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "店別"
    raised = InlineFont(vertAlign="superscript")
    lines = (
        ("支店", "店番", "口座数", "融資残高", "平均金利", "自己資本の倍率", "決算期", "延床面積"),
        ("東雲支店", 7, 1250, 52000000, 0.125, 1.5, 104, 830),
        ("豊洲支店", 42, 980, 730000, 1.05, 0.8, 104, 1200),
    )
    shown = (
        "@", "000", '#,##0"件"', '[>=1000000]#,##0,,"百万円";#,##0"円"', '0.000"%"', '0.00"倍"', '"第"0"期"', "#,##0.0",
    )  # fmt: skip
    for number, line in enumerate(lines, 1):
        for column, value, form in zip("ABCDEFGH", line, shown, strict=True):
            sheet[f"{column}{number}"] = value
            if number > 1:
                sheet[f"{column}{number}"].number_format = form
    sheet["H1"] = CellRichText("延床面積（m", TextBlock(raised, "2"), "）")
    sheet["A4"] = "砂町支店"
    sheet["B4"] = 777
    sheet["B4"].number_format = ";;;"
    sheet["C4"] = CellRichText("56", TextBlock(raised, "1"))
    sheet["A6"] = CellRichText(TextBlock(raised, "1"), " 開設準備中の口座を含む。")
    form: Any = book.create_sheet("申込書")
    for area, text in (
        ("A1:T1", "融資申込書"), ("A3:D3", "申込の日"), ("E3:L3", "令和7年4月10日"),
        ("A4:D4", "希望の金額"), ("E4:L4", "30,000,000円"), ("M4:P4", "返済の期間"), ("Q4:T4", "10年"),
        ("A5:D5", "資金の使途"), ("E5:T5", "☑設備　□運転　□その他"),
        ("A7:T9", "お申込みにあたり、次の事項をご確認ください。\n審査の結果、ご希望に沿えない場合があります。"),
        ("A10:T10", "１．提出いただいた書類は返却いたしません。"),
    ):  # fmt: skip
        form[area.split(":")[0]] = text
        form.merge_cells(area)
    drawing = '<Override PartName="/xl/drawings/drawing1.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>'
    furigana = '<t>東雲支店</t><rPh sb="0" eb="2"><t>シノノメ</t></rPh><phoneticPr fontId="1"/>'
    changes: Changes = {
        "xl/sharedStrings.xml": ((r"<t>東雲支店</t>", furigana),),
        "xl/worksheets/sheet1.xml": ((r"</worksheet>", f'<drawing xmlns:r="{_RELATIONS}" r:id="rId1"/></worksheet>'),),
        "[Content_Types].xml": ((r"</Types>", f"{drawing}</Types>"),),
    }
    parts = {
        "xl/drawings/drawing1.xml": _DRAWING,
        "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/drawing" Target="../drawings/drawing1.xml"/></Relationships>',
    }

    def branch(name: str, head: str, value: str) -> Cell:
        return Cell((name,), (head,), value)

    return Held(
        "formats.xlsx", saved(book, changes, parts),
        keep=(
            "店番は移行後の番号です。", "開設準備中の口座を含む。", "お申込みにあたり、次の事項をご確認ください。",
            "審査の結果、ご希望に沿えない場合があります。", "1.提出いただいた書類は返却いたしません。", "融資申込書",
        ),
        leave=("シノノメ", "777", "561", "52000000", "52,000,000", "0.0070"),
        order=(
            "東雲支店", "砂町支店", "開設準備中", "融資申込書", "申込の日", "希望の金額", "資金の使途", "お申込みにあたり",
            "返却いたしません",
        ),
        cells=(
            branch("東雲支店", "店番", "007"), branch("豊洲支店", "店番", "042"), branch("東雲支店", "口座数", "1,250件"),
            branch("東雲支店", "融資残高", "52百万円"), branch("豊洲支店", "融資残高", "730,000円"),
            branch("東雲支店", "平均金利", "0.125%"), branch("豊洲支店", "自己資本の倍率", "0.80倍"),
            branch("東雲支店", "決算期", "第104期"), branch("豊洲支店", "延床面積", "1,200.0"),
            branch("砂町支店", "口座数", "56"), Cell(("申込の日",), (), "令和7年4月10日"),
            Cell(("希望の金額",), (), "30,000,000円"), Cell(("返済の期間",), (), "10年"), Cell(("資金の使途",), (), "☑設備"),
        ),
    )  # fmt: skip
