"""Charts become tables of their last values, SmartArt becomes lists."""

import io
import zipfile
from typing import Any

import lxml.etree
import openpyxl

from tekio.text.office.chart_data import embedded
from tekio.text.office.drawings import chart, diagram
from tekio.text.office.package import Package

etree: Any = lxml.etree

CHART = """<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>預金の推移</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart>
{series}</c:barChart></c:plotArea></c:chart></c:chartSpace>"""
SERIES = """<c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>
<c:cat>{names}</c:cat><c:val><c:numRef><c:numCache><c:formatCode>{code}</c:formatCode>{values}</c:numCache></c:numRef></c:val></c:ser>"""
NAMES = '<c:strRef><c:strCache><c:pt idx="0"><c:v>普通</c:v></c:pt><c:pt idx="2"><c:v>定期</c:v></c:pt></c:strCache></c:strRef>'
LEVELS = """<c:multiLvlStrRef><c:multiLvlStrCache><c:lvl><c:pt idx="0"><c:v>上期</c:v></c:pt><c:pt idx="1"><c:v>下期</c:v></c:pt>
<c:pt idx="2"><c:v>上期</c:v></c:pt></c:lvl><c:lvl><c:pt idx="0"><c:v>2024</c:v></c:pt><c:pt idx="2"><c:v>2025</c:v></c:pt></c:lvl></c:multiLvlStrCache></c:multiLvlStrRef>"""


def values(*pairs: tuple[int, str]) -> str:
    return "".join(f'<c:pt idx="{place}"><c:v>{value}</c:v></c:pt>' for place, value in pairs)


def test_a_row_a_category_a_column_a_series_and_numbers_by_their_format():
    series = SERIES.format(name="当期", names=NAMES, code="#,##0", values=values((0, "1234.0"), (2, "5678")))
    series += SERIES.format(name="比率", names=NAMES, code="0.0%", values=values((2, "0.125")))
    title, table = chart(etree.fromstring(CHART.format(series=series)))
    assert title == "<p>預金の推移</p>"
    assert "<tr><td>普通</td><td>1,234</td><td></td></tr><tr><td>定期</td><td>5,678</td><td>12.5%</td></tr>" in table


def test_a_label_over_several_categories_stands_with_each():
    series = SERIES.format(name="額", names=LEVELS, code="General", values=values((0, "1"), (1, "2"), (2, "3")))
    table = chart(etree.fromstring(CHART.format(series=series)))[1]
    assert "<td>2024 上期</td><td>1</td>" in table
    assert "<td>2024 下期</td><td>2</td>" in table
    assert "<td>2025 上期</td><td>3</td>" in table


def test_a_diagram_is_read_in_the_order_of_its_connections():
    def point(key: str, text: str = "", kind: str = "node") -> str:
        inner = f"<d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t>" if text else ""
        return f'<d:pt modelId="{key}" type="{kind}">{inner}</d:pt>'

    def link(above: str, below: str, order: int, kind: str = "parOf") -> str:
        return f'<d:cxn type="{kind}" srcId="{above}" destId="{below}" srcOrd="{order}"/>'

    points = [
        point("d", kind="doc"),
        point("b", "審査"),
        point("a", "受付"),
        point("c", "書類確認"),
        point("p", "見た目", "pres"),
    ]
    links = link("d", "b", 1) + link("d", "a", 0) + link("a", "c", 0) + link("a", "p", 0, "presOf") + link("c", "a", 0)
    root = etree.fromstring(
        '<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f"<d:ptLst>{''.join(points)}</d:ptLst><d:cxnLst>{links}</d:cxnLst></d:dataModel>"
    )
    assert diagram(root) == [
        "<ul><li><span>受付</span><ul><li><span>書類確認</span></li></ul></li><li><span>審査</span></li></ul>"
    ]


def test_what_is_no_chart_gives_nothing():
    assert chart(None) == []
    assert diagram(None) == []
    assert chart(etree.fromstring("<a/>")) == []


def test_figures_of_which_a_chart_has_no_copy_are_read_from_its_workbook():
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (("", "預金", "比率"), ("東", 1200, 0.125), ("西", 980, 0.2)):
        sheet.append(row)
    sheet["B2"].number_format = sheet["B3"].number_format = "#,##0"
    sheet["C2"].number_format = sheet["C3"].number_format = "0.0%"
    held = io.BytesIO()
    book.save(held)
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("c/chart1.xml", "<a/>")
        archive.writestr("c/_rels/chart1.xml.rels", '<r><l Id="r1" Type="http://x/package" Target="../e/b.xlsx"/></r>')
        archive.writestr("e/b.xlsx", held.getvalue())
    referred = embedded(Package(saved.getvalue()), "c/chart1.xml")
    ser = lambda column: (  # noqa: E731
        f"<c:ser><c:tx><c:strRef><c:f>Sheet!${column}$1</c:f></c:strRef></c:tx><c:cat><c:strRef><c:f>Sheet!$A$2:$A$3</c:f></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet!${column}$2:${column}$3</c:f></c:numRef></c:val></c:ser>"
    )
    table = chart(etree.fromstring(CHART.format(series=ser("B") + ser("C"))), referred)[1]
    assert "<tr><td>東</td><td>1,200</td><td>12.5%</td></tr><tr><td>西</td><td>980</td><td>20.0%</td></tr>" in table
    assert "<th>預金</th><th>比率</th>" in table
    assert chart(etree.fromstring(CHART.format(series=ser("B")))) == ["<p>預金の推移</p>"]
