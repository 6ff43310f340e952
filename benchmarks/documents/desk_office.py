"""Slides with charts of several kinds, one of which holds its figures in its workbook alone; sheets of loans with numbers that formats write."""

# pyright: basic, reportAttributeAccessIssue=false
# (python-pptx and openpyxl are not fully typed)

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm, Pt

from documents.bank_sheets import saved
from documents.held import Cell, Held


def _text(slide: Any, x: float, y: float, text: str, *, width: float = 10, size: int = 12) -> None:
    box = slide.shapes.add_textbox(Cm(x), Cm(y), Cm(width), Cm(1.2))
    box.text_frame.text = text
    for paragraph in box.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(size)


def _chart(slide: Any, kind: Any, data: Any, x: float, y: float, title: str) -> Any:
    chart = slide.shapes.add_chart(kind, Cm(x), Cm(y), Cm(11), Cm(7), data).chart
    if title:
        chart.has_title = True
        chart.chart_title.text_frame.text = title
    else:
        chart.has_title = False
    return chart


def _series(categories: list[str], form: str, **series: tuple[float | None, ...]) -> CategoryChartData:
    data = CategoryChartData(number_format=form)
    data.categories = categories
    for name, values in series.items():
        data.add_series(name.replace("_", "・"), values)
    return data


def without_caches(deck: bytes, number: int) -> bytes:
    """The deck with a chart that has no copy of its figures: they are in the workbook it embeds alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(deck)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        charts = sorted(
            (name for name in old.namelist() if re.fullmatch(r"ppt/charts/chart[0-9]+\.xml", name)),
            key=lambda name: int(re.findall(r"[0-9]+", name)[0]),
        )
        for name in old.namelist():
            raw = old.read(name)
            if name == charts[number]:
                raw = re.sub(rb"<c:(str|num)Cache>.*?</c:\1Cache>", b"", raw, flags=re.DOTALL)
            new.writestr(name, raw)
    return out.getvalue()


def results() -> Held:
    """Slides on the year's results: bars, a pie, a line in per cent with a missing month, points, a chart without copies of its figures, a table, call-outs."""
    deck: Any = Presentation()

    def page(title: str) -> Any:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        return slide

    cover = deck.slides.add_slide(deck.slide_layouts[0])
    cover.shapes.title.text = "2025年3月期　決算説明資料"
    cover.placeholders[1].text = "みなと火災ホールディングス株式会社\n2025年5月20日"

    first = page("正味収入保険料")
    _chart(first, XL_CHART_TYPE.COLUMN_CLUSTERED, _series(["2023年3月期", "2024年3月期", "2025年3月期"], "#,##0", 国内損保=(3120, 3245, 3398), 海外=(870, 1015, 988)), 1, 4, "事業別の正味収入保険料（億円）")  # fmt: skip
    _text(first, 13, 4, "国内損保は自動車保険の料率改定が寄与\n海外は為替の影響により減収")
    _text(first, 13, 8, "前期比 ＋4.7％", size=24)
    _text(first, 1, 17, "（注）正味収入保険料は、再保険を控除した後の数値です。", width=22, size=9)

    second = page("資産運用")
    _chart(second, XL_CHART_TYPE.PIE, _series(["国内債券", "外国証券", "国内株式", "その他"], "0.0%", 構成比=(0.482, 0.253, 0.119, 0.146)), 1, 4, "運用資産の構成（2025年3月末）")  # fmt: skip
    _chart(second, XL_CHART_TYPE.LINE_MARKERS, _series(["1月", "2月", "3月"], "0.00%", 運用利回り=(0.0312, None, 0.0298)), 13, 4, "")  # fmt: skip

    third = page("損害率の見通し")
    chart = _chart(third, XL_CHART_TYPE.BAR_CLUSTERED, _series(["自動車", "火災", "傷害"], "0.0", 実績=(62.4, 71.8, 48.5), 見通し=(61.0, 68.2, 48.0)), 1, 4, "種目別の損害率（％）")  # fmt: skip
    chart.has_legend = True
    third.notes_slide.notes_text_frame.text = "火災は自然災害の平年化を見込むと説明する。"

    fourth = page("リスクとリターン")
    points = XyChartData(number_format="0.0")
    series = points.add_series("資産クラス")
    for x, y in ((4.2, 1.1), (18.5, 5.6)):
        series.add_data_point(x, y)
    _chart(fourth, XL_CHART_TYPE.XY_SCATTER, points, 1, 4, "標準偏差と期待収益率（％）")
    table = fourth.shapes.add_table(4, 4, Cm(13), Cm(4), Cm(11), Cm(5)).table
    rows = [["", "2025年3月期", "", "2026年3月期"], ["（億円）", "実績", "前期比", "予想"], ["経常利益", "412", "△38", "450"], ["当期純利益", "295", "－", "320"]]  # fmt: skip
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    into = io.BytesIO()
    deck.save(into)
    return Held(
        "results.pptx", without_caches(into.getvalue(), 3),
        keep=(
            "2025年3月期決算説明資料", "みなと火災ホールディングス株式会社", "国内損保は自動車保険の料率改定が寄与", "海外は為替の影響により減収", "前期比+4.7%",
            "正味収入保険料は、再保険を控除した後の数値です。", "事業別の正味収入保険料(億円)", "運用資産の構成(2025年3月末)", "種目別の損害率(%)", "標準偏差と期待収益率(%)",
            "火災は自然災害の平年化を見込むと説明する。",
        ),
        leave=("0.482", "0.253", "0.0312", "None", "nan"),
        once=("3,398", "48.2%"),
        order=("決算説明資料", "正味収入保険料", "3,398", "資産運用", "48.2%", "損害率の見通し", "71.8", "平年化", "リスクとリターン", "経常利益"),
        cells=(
            Cell(("2023年3月期",), ("国内損保",), "3,120"), Cell(("2025年3月期",), ("国内損保",), "3,398"), Cell(("2024年3月期",), ("海外",), "1,015"), Cell(("2025年3月期",), ("海外",), "988"),
            Cell(("国内債券",), ("構成比",), "48.2%"), Cell(("その他",), ("構成比",), "14.6%"), Cell(("1月",), ("運用利回り",), "3.12%"), Cell(("3月",), ("運用利回り",), "2.98%"),
            Cell(("自動車",), ("実績",), "62.4"), Cell(("火災",), ("実績",), "71.8"), Cell(("火災",), ("見通し",), "68.2"), Cell(("傷害",), ("見通し",), ("48.0", "48")),
            Cell(("4.2",), ("資産クラス",), "1.1"), Cell(("18.5",), ("資産クラス",), "5.6"),
            Cell(("経常利益",), ("2025年3月期", "実績"), "412"), Cell(("経常利益",), ("2025年3月期", "前期比"), "△38"), Cell(("当期純利益",), ("2026年3月期", "予想"), "320"), Cell(("当期純利益",), ("2025年3月期", "前期比"), ("－", "-")),
        ),
        fields={"title": "2025年3月期決算説明資料"},
    )  # fmt: skip


def loans() -> Held:
    """Sheets of a loan desk: three rows of merged heads, rows and columns and sheets hidden, days by era, millions, triangles, per mill, errors, a filter."""
    book: Any = Workbook()
    book.properties.created = book.properties.modified = datetime(2025, 6, 10)
    sheet = book.active
    sheet.title = "貸出金の状況"
    sheet["A1"] = "支店別　貸出金の状況"
    sheet.merge_cells("A1:H1")
    sheet["H2"] = "（単位：百万円、％）"
    sheet["H2"].alignment = Alignment(horizontal="right")
    for place, text in {"A3": "支店", "B3": "基準日", "C3": "貸出金", "F3": "利回り", "G3": "延滞", "C4": "事業性", "E4": "個人", "C5": "短期", "D5": "長期", "E5": "住宅", "F4": "年率", "G4": "比率", "H4": "増減"}.items():  # fmt: skip
        sheet[place] = text
    for merged in ("A3:A5", "B3:B5", "C3:E3", "C4:D4", "F4:F5", "G3:H3", "G4:G5", "H4:H5"):
        sheet.merge_cells(merged)
    rows = [
        ("若葉", date(2025, 3, 31), 12_345_600_000, 8_760_000_000, 4_321_000_000, 0.01375, 0.0042, -125),
        ("港", date(2025, 3, 31), 6_510_000_000, 3_020_000_000, 0, 0.0149, 0.0031, 48),
        ("旧本町", date(2019, 5, 1), 770_000_000, 440_000_000, 330_000_000, 0.02, 0.0099, 9),
        ("山手", date(2019, 4, 30), 980_000_000, None, 1_115_000_000, 0.0155, 0.0, 0),
    ]
    for at, row in enumerate(rows, 6):
        for column, value in enumerate(row, 1):
            sheet.cell(at, column, value)
        sheet.cell(at, 2).number_format = '[$-411]ggge"年"m"月"d"日";@'
        for column in (3, 4, 5):
            sheet.cell(at, column).number_format = '#,##0,,;[Red]"△"#,##0,,;"－"'
        sheet.cell(at, 6).number_format = "0.000%"
        sheet.cell(at, 7).number_format = '0.00%;;"なし"'
        sheet.cell(at, 8).number_format = '+#,##0;[Red]"▲ "#,##0;"±0"'
    sheet.row_dimensions[8].hidden = True
    sheet["A10"] = "（注）延滞は3か月以上のものをいう。"
    sheet.merge_cells("A10:H10")

    plan = book.create_sheet("返済予定表")
    for column, text in enumerate(("回", "返済日", "元金", "利息", "係数", "残高", "照合", "送信時刻"), 1):
        plan.cell(1, column, text)
    steps = [
        (1, datetime(2025, 7, 31), 83_333, 25_000, 0.98765, 9_916_667, True, time(9, 5)),
        (2, datetime(2025, 8, 29), 83_333, 24_791, 0.97531, 9_833_334, False, time(17, 30)),
        (3, datetime(2025, 9, 30), 83_334, 24_583, 0.96312, 9_750_000, "#N/A", time(0, 0)),
    ]
    for at, row in enumerate(steps, 2):
        for column, value in enumerate(row, 1):
            plan.cell(at, column, value)
        plan.cell(at, 1).number_format = '"第"0"回"'
        plan.cell(at, 2).number_format = "yyyy/mm/dd(aaa)"
        plan.cell(at, 3).number_format = plan.cell(at, 4).number_format = '#,##0"円"'
        plan.cell(at, 6).number_format = '#,##0.0,"千円"'
        plan.cell(at, 8).number_format = "h:mm"
    plan.column_dimensions["E"].hidden = True
    plan.auto_filter.ref = "A1:H4"

    for name, state in (("計算用", "hidden"), ("設定", "veryHidden")):
        hidden = book.create_sheet(name)
        hidden["A1"], hidden["B1"] = f"{name}の見出し", 424242
        hidden.sheet_state = state
    book.create_sheet("空のシート")
    contact = book.create_sheet("連絡先")
    for at, row in enumerate((("窓口", "内線", "備考"), ("融資一課", 4021, "平日のみ\n9時から17時まで"), ("管理課", "0455", None)), 1):  # fmt: skip
        for column, value in enumerate(row, 1):
            contact.cell(at, column, value)
    return Held(
        "loans.xlsx", saved(book),
        keep=("支店別貸出金の状況", "単位:百万円、%", "延滞は3か月以上のものをいう。"),
        leave=("旧本町", "424242", "計算用", "設定の見出し", "45747", "0.98765", "12,345,600,000", "12345600000", "None", "nan", "1900"),
        once=("延滞は3か月以上", "支店別貸出金の状況"),
        order=("支店別貸出金", "若葉", "港", "山手", "延滞は"),
        cells=(
            Cell(("若葉",), ("基準日",), "令和7年3月31日"), Cell(("山手",), ("基準日",), "平成31年4月30日"),
            Cell(("若葉",), ("貸出金", "事業性", "短期"), "12,346"), Cell(("若葉",), ("貸出金", "事業性", "長期"), "8,760"), Cell(("若葉",), ("貸出金", "個人", "住宅"), "4,321"),
            Cell(("港",), ("貸出金", "個人", "住宅"), ("－", "-")), Cell(("山手",), ("貸出金", "個人", "住宅"), "1,115"), Cell(("山手",), ("事業性", "短期"), "980"),
            Cell(("若葉",), ("利回り", "年率"), "1.375%"), Cell(("港",), ("利回り", "年率"), "1.490%"), Cell(("若葉",), ("延滞", "比率"), "0.42%"), Cell(("山手",), ("延滞", "比率"), "なし"),
            Cell(("若葉",), ("延滞", "増減"), "▲125"), Cell(("港",), ("延滞", "増減"), "+48"), Cell(("山手",), ("延滞", "増減"), "±0"),
            Cell(("第1回",), ("返済日",), "2025/07/31(木)"), Cell(("第2回",), ("返済日",), "2025/08/29(金)"), Cell(("第1回",), ("元金",), "83,333円"), Cell(("第3回",), ("利息",), "24,583円"),
            Cell(("第2回",), ("残高",), "9,833.3千円"), Cell(("第1回",), ("照合",), "TRUE"), Cell(("第2回",), ("照合",), "FALSE"), Cell(("第2回",), ("送信時刻",), "17:30"), Cell(("第3回",), ("送信時刻",), "0:00"),
            Cell(("融資一課",), ("内線",), "4021"), Cell(("管理課",), ("内線",), "0455"),
        ),
    )  # fmt: skip


def all_office() -> list[Held]:
    """Every file."""
    return [results(), loans()]
