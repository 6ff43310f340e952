"""Slides of a broker: groups in groups, a table under its unit, notes, a chart, a diagram, a hidden slide, raised marks."""

# pyright: basic, reportAttributeAccessIssue=false
# (python-pptx is not fully typed)

from __future__ import annotations

import io
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Cm

from documents.held import Cell, Held

_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _box(shapes: Any, x: float, y: float, text: str, width: float = 9) -> Any:
    box = shapes.add_textbox(Cm(x), Cm(y), Cm(width), Cm(1.5))
    box.text_frame.text = text
    return box


def _raise(run: Any) -> None:
    run._r.get_or_add_rPr().set("baseline", "30000")


def _diagram(slide: Any, texts: tuple[str, ...]) -> None:
    points = "".join(
        f'<dgm:pt modelId="{at}"><dgm:prSet/><dgm:spPr/><dgm:t><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
        for at, text in enumerate(texts, 2)
    )
    ends = "".join(
        f'<dgm:cxn modelId="{at + 50}" srcId="1" destId="{at}" srcOrd="{at - 2}" destOrd="0"/>'
        for at in range(2, 2 + len(texts))
    )
    raw = (
        f'<?xml version="1.0" encoding="UTF-8"?><dgm:dataModel xmlns:dgm="{_DIAGRAM}" xmlns:a="{_MAIN}"><dgm:ptLst>'
        f'<dgm:pt modelId="1" type="doc"><dgm:prSet/><dgm:spPr/></dgm:pt>{points}</dgm:ptLst><dgm:cxnLst>{ends}</dgm:cxnLst></dgm:dataModel>'
    )
    kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    part = Part(PackURI("/ppt/diagrams/data1.xml"), kind, slide.part.package, raw.encode())
    relation = slide.part.relate_to(part, f"{_RELATIONS}/diagramData")
    frame = (
        f'<p:graphicFrame xmlns:p="{_SLIDE}" xmlns:a="{_MAIN}" xmlns:r="{_RELATIONS}">'
        '<p:nvGraphicFramePr><p:cNvPr id="90" name="図表 1"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>'
        '<p:xfrm><a:off x="720000" y="1800000"/><a:ext cx="6000000" cy="2000000"/></p:xfrm>'
        f'<a:graphic><a:graphicData uri="{_DIAGRAM}"><dgm:relIds xmlns:dgm="{_DIAGRAM}" r:dm="{relation}" r:lo="" r:qs="" r:cs=""/>'
        "</a:graphicData></a:graphic></p:graphicFrame>"
    )
    slide.shapes._spTree.append(parse_xml(frame))


def slides() -> Held:
    """A briefing for investors."""
    deck: Any = Presentation()

    def page(title: str) -> Any:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        return slide

    first = page("当社の三つの柱")
    group = first.shapes.add_group_shape()
    inner = group.shapes.add_group_shape()
    _box(inner.shapes, 13, 5, "法人部門は引受を中心に伸ばします。")  # the right box was drawn first
    _box(inner.shapes, 1, 5, "個人部門は積立投信を中心に伸ばします。")
    _box(group.shapes, 1, 9, "海外部門は撤退を完了しました。", 20)
    _box(first.shapes, 1, 3, "中期計画の最終年度の方針は次のとおりです。", 20)
    first.notes_slide.notes_text_frame.text = "撤退の費用は前期に計上済みと補足する。"

    second = page("部門別の収益")
    table = second.shapes.add_table(4, 4, Cm(1), Cm(6), Cm(22), Cm(5)).table
    _box(second.shapes, 17, 4.5, "（単位：億円）", 6)
    texts = (
        ("部門", "上期", "", "下期"), ("", "計画", "実績", "見込"), ("個人", "310", "327", "335"), ("法人", "△14", "－", "12"),
    )  # fmt: skip
    for y, line in enumerate(texts):
        for x, text in enumerate(line):
            table.cell(y, x).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    mark = table.cell(2, 2).text_frame.paragraphs[0].add_run()
    mark.text = "※1"
    _raise(mark)
    foot = _box(second.shapes, 1, 12, "※1 一時的な手数料9億円を含む。", 20)
    foot.text_frame.add_paragraph().text = "口座は10"
    exponent = foot.text_frame.paragraphs[1].add_run()
    exponent.text = "6"
    _raise(exponent)
    foot.text_frame.paragraphs[1].add_run().text = "口座を超えた。"

    third = page("預り資産の構成")
    data = CategoryChartData(number_format="0.0%")
    data.categories = ["株式", "投信", "債券"]
    data.add_series("2024年3月末", (0.512, 0.301, 0.187))
    data.add_series("2025年3月末", (0.488, 0.345, 0.167))
    third.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(4), Cm(16), Cm(9), data)

    fourth = page("お申込みの流れ")
    _diagram(fourth, ("口座を開設する", "適合性を確認する", "約款に同意する"))

    fifth = page("予備の資料")
    _box(fifth.shapes, 1, 5, "このスライドは当日は映しません。", 20)
    fifth._element.set("show", "0")
    into = io.BytesIO()
    deck.save(into)
    return Held(
        "briefing.pptx", into.getvalue(),
        keep=(
            "当社の三つの柱", "中期計画の最終年度の方針は次のとおりです。", "個人部門は積立投信を中心に伸ばします。",
            "海外部門は撤退を完了しました。", "撤退の費用は前期に計上済みと補足する。", "一時的な手数料9億円を含む。",
            "10^6口座を超えた。", "(単位:億円)", "口座を開設する", "適合性を確認する", "約款に同意する",
        ),
        leave=("このスライドは当日", "327※1327", "3271", "0.512"),
        order=(
            "中期計画の最終年度", "個人部門は", "法人部門は", "海外部門は", "部門別の収益", "(単位:億円)", "一時的な手数料",
            "預り資産の構成", "口座を開設する", "適合性を確認する", "約款に同意する",
        ),
        cells=(
            Cell(("個人",), ("上期", "計画"), "310"), Cell(("個人",), ("上期", "実績"), "327"),
            Cell(("個人",), ("下期", "見込"), "335"), Cell(("法人",), ("上期", "計画"), "△14"),
            Cell(("法人",), ("下期", "見込"), "12"), Cell(("株式",), ("2024年3月末",), "51.2%"),
            Cell(("債券",), ("2025年3月末",), "16.7%"),
        ),
    )  # fmt: skip
