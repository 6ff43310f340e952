"""Tables in forms that real pages, notes and sheets have: two stub columns, signs in cells of their own, units beside the caption."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.styles import Alignment

from documents.held import Cell, Held

HEAD = "<!doctype html><html lang=ja><head><meta charset=utf-8><title>{}</title></head><body>"


def two_stubs() -> Held:
    """Two stub columns, a two-row head, the unit beside the caption, notes in a row over all columns."""
    page = (
        HEAD.format("主要勘定の残高")
        + """<h1>主要勘定の残高</h1>
<p>当組合の主要勘定の残高は次のとおりです。預金は個人の定期性預金を中心に増えました。</p>
<div><span>表3　主要勘定の残高</span><span style="float:right">（単位：百万円、％）</span></div>
<table border=1>
<tr><td rowspan=2 colspan=2>区分</td><td colspan=2>2022年度</td><td colspan=2>2023年度</td></tr>
<tr><td>残高</td><td>構成比</td><td>残高</td><td>構成比</td></tr>
<tr><td rowspan=3>預金</td><td>流動性</td><td>4,120</td><td>41.2</td><td>4,335</td><td>41.9</td></tr>
<tr><td>定期性</td><td>5,880</td><td>58.8</td><td>6,011</td><td>58.1</td></tr>
<tr><td>小計</td><td>10,000</td><td>100.0</td><td>10,346</td><td>100.0</td></tr>
<tr><td rowspan=2>貸出金</td><td>事業資金</td><td>2,701</td><td>60.5</td><td>2,644</td><td>58.7</td></tr>
<tr><td>住宅資金</td><td>1,763</td><td>39.5</td><td>1,860</td><td>41.3</td></tr>
<tr><td colspan=6>（注）1. 単位未満を切り捨てて表示しています。2. 構成比は区分ごとに算出しています。</td></tr>
</table><p>貸出金は住宅資金が伸びた一方、事業資金は減りました。</p></body></html>"""
    )
    return Held("t01_two_stubs.html", page.encode(),
        keep=("当組合の主要勘定の残高は次のとおりです。", "単位未満を切り捨てて表示しています。", "単位:百万円、%", "住宅資金が伸びた一方"),
        cells=(
            Cell(("預金", "流動性"), ("2022年度", "残高"), "4,120"), Cell(("預金", "定期性"), ("2023年度", "構成比"), "58.1"),
            Cell(("預金", "小計"), ("2023年度", "残高"), "10,346"), Cell(("貸出金", "住宅資金"), ("2022年度", "構成比"), "39.5"),
            Cell(("貸出金", "事業資金"), ("2023年度", "残高"), "2,644"),
        ), once=("単位未満を切り捨てて表示しています。",),
        order=("当組合の主要勘定", "流動性", "定期性", "事業資金", "住宅資金", "単位未満を"))  # fmt: skip


def own_cells() -> Held:
    """The sign and the unit of a figure in cells of their own under one heading."""
    page = (
        HEAD.format("増減の内訳")
        + """<h1>業務粗利益の増減</h1><p>業務粗利益の増減の内訳は下の表のとおりです。市場部門が減益の主因となりました。</p>
<table><tr><th>部門</th><th colspan=2>増減額</th><th colspan=2>増減率</th></tr>
<tr><td>営業部門</td><td></td><td>482</td><td>3.1</td><td>％</td></tr>
<tr><td>市場部門</td><td>△</td><td>1,257</td><td>△18.4</td><td>％</td></tr>
<tr><td>国際部門</td><td>▲</td><td>64</td><td>▲ 2.2</td><td>％</td></tr>
<tr><td>本部</td><td>(</td><td>31)</td><td>－</td><td></td></tr>
<tr><td>合計</td><td>△</td><td>870</td><td>△4.0</td><td>％</td></tr></table>
<table><tr><td></td><td></td><td colspan=3>前年度</td><td></td><td colspan=3>当年度</td></tr>
<tr><td>経常収益</td><td>&nbsp;</td><td>¥</td><td>5,310</td><td>&nbsp;</td><td>&nbsp;</td><td>¥</td><td>5,622</td><td></td></tr>
<tr><td>特別損失</td><td>&nbsp;</td><td></td><td>(218</td><td>)</td><td>&nbsp;</td><td></td><td>(97</td><td>)</td></tr></table></body></html>"""
    )
    return Held("t02_own_cells.html", page.encode(),
        keep=("市場部門が減益の主因となりました。",),
        cells=(
            Cell(("営業部門",), ("増減額",), "482"), Cell(("市場部門",), ("増減額",), "△1,257"), Cell(("市場部門",), ("増減率",), "△18.4%"),
            Cell(("国際部門",), ("増減額",), "▲64"), Cell(("合計",), ("増減額",), "△870"), Cell(("合計",), ("増減率",), "△4.0%"),
            Cell(("本部",), ("増減額",), "(31)"),
            Cell(("経常収益",), ("前年度",), ("¥5,310",)), Cell(("経常収益",), ("当年度",), ("¥5,622",)),
            Cell(("特別損失",), ("前年度",), "(218)"), Cell(("特別損失",), ("当年度",), "(97)"),
        ))  # fmt: skip


def over_the_head() -> Held:
    """Row spans of the head that go on into the body; a stub without a heading; sections between rows."""
    page = (
        HEAD.format("手数料一覧")
        + """<h1>振込手数料</h1><p>振込手数料は、ご利用の窓口とお振込先によって異なります。下の表の金額は消費税を含みます。</p>
<table><tr><td rowspan=2>&nbsp;</td><td rowspan=2>金額区分</td><td colspan=2>当行あて</td><td rowspan=4>他行あて（電信扱に限ります）</td></tr>
<tr><td>同一店</td><td>本支店</td></tr>
<tr><td rowspan=2>窓口</td><td>3万円未満</td><td>220円</td><td>330円</td></tr>
<tr><td>3万円以上</td><td>440円</td><td rowspan=2>550円</td></tr>
<tr><td>ATM</td><td>3万円以上</td><td>無料</td><td>715円</td></tr></table>
<table><thead><tr><th>科目</th><th>前期末</th><th>当期末</th></tr></thead>
<tr><td colspan=3>（資産の部）</td></tr><tr><td>現金預け金</td><td>1,830</td><td>1,944</td></tr><tr><td>有価証券</td><td>902</td><td>—</td></tr>
<tr><td colspan=3>（負債の部）</td></tr><tr><td>預金</td><td>2,410</td><td>2,533</td></tr><tr><td>借用金</td><td>…</td><td></td></tr></table></body></html>"""
    )
    return Held("t03_over_the_head.html", page.encode(),
        keep=("ご利用の窓口とお振込先によって異なります。", "資産の部", "負債の部"),
        cells=(
            Cell(("窓口", "3万円未満"), ("当行あて", "同一店"), "220円"), Cell(("窓口", "3万円未満"), ("当行あて", "本支店"), "330円"),
            Cell(("窓口", "3万円以上"), ("当行あて", "同一店"), "440円"), Cell(("窓口", "3万円以上"), ("当行あて", "本支店"), "550円"),
            Cell(("ATM", "3万円以上"), ("当行あて", "同一店"), "無料"), Cell(("ATM", "3万円以上"), ("当行あて", "本支店"), "550円"),
            Cell(("ATM", "3万円以上"), ("他行あて",), "715円"),
            Cell(("現金預け金",), ("当期末",), "1,944"), Cell(("有価証券",), ("前期末",), "902"), Cell(("有価証券",), ("当期末",), ("—", "－", "-")),
            Cell(("預金",), ("前期末",), "2,410"), Cell(("借用金",), ("前期末",), "…"),
        ), order=("資産の部", "現金預け金", "有価証券", "負債の部", "借用金"))  # fmt: skip


def halves() -> Held:
    """A balance sheet of two halves side by side, a column of units, a column of notes."""
    page = (
        HEAD.format("貸借対照表の要旨")
        + """<h1>貸借対照表の要旨</h1><p>第21期の貸借対照表の要旨を公告します。</p>
<table><caption>貸借対照表（2024年3月31日現在）（単位：千円）</caption>
<tr><th colspan=2>資産の部</th><th colspan=2>負債及び純資産の部</th></tr><tr><th>科目</th><th>金額</th><th>科目</th><th>金額</th></tr>
<tr><td>流動資産</td><td>71,405</td><td>流動負債</td><td>33,120</td></tr><tr><td>固定資産</td><td>28,660</td><td>固定負債</td><td>12,900</td></tr>
<tr><td></td><td></td><td>株主資本</td><td>54,045</td></tr><tr><td>合計</td><td>100,065</td><td>合計</td><td>100,065</td></tr></table>
<table><tr><th>指標</th><th>単位</th><th>注記</th><th>2022年度</th><th>2023年度</th></tr>
<tr><td>自己資本比率</td><td>％</td><td>※1</td><td>9.82</td><td>10.07</td></tr><tr><td>店舗数</td><td>店</td><td></td><td>24</td><td>23</td></tr>
<tr><td>職員数</td><td>人</td><td>※2</td><td>318</td><td>305</td></tr></table></body></html>"""
    )
    return Held("t04_halves.html", page.encode(),
        keep=("第21期の貸借対照表の要旨を公告します。", "単位:千円"),
        cells=(
            Cell(("流動資産",), ("資産の部", "金額"), "71,405"), Cell(("流動負債",), ("負債及び純資産の部", "金額"), "33,120"),
            Cell(("株主資本",), ("負債及び純資産の部", "金額"), "54,045"), Cell(("固定資産",), ("資産の部", "金額"), "28,660"),
            Cell(("自己資本比率", "%"), ("2023年度",), "10.07"), Cell(("店舗数", "店"), ("2022年度",), "24"), Cell(("職員数", "※2"), ("2023年度",), "305"),
        ))  # fmt: skip


def raised_by_style() -> Held:
    """Notes raised by style and small print, not by `sup`."""
    page = (
        HEAD.format("店舗と人員")
        + """<h1>店舗と人員</h1>
<p>店舗は24<span style="vertical-align:super;font-size:70%">1</span>か所、職員は318<font size="-2"><sup>2</sup></font>人、口座は12万<sup>(3)</sup>件です。</p>
<p>総資産は1,830<span style="vertical-align: super">注4</span>億円、電力の使用は3.2×10<span style="vertical-align:super">4</span>kWhでした。</p>
<table><tr><th>区分</th><th>2022年度</th><th>2023年度</th></tr><tr><td>来店客<sup>※</sup></td><td>41,205<span style="font-size:x-small;vertical-align:super">5</span></td><td>39,877</td></tr>
<tr><td>面積（m<span style="vertical-align:super">2</span>）</td><td>5,120</td><td>4,980</td></tr></table>
<p>1 出張所を含みます。<br>2 嘱託を含みます。<br>3 休眠口座を除きます。<br>4 速報値です。<br>5 9月の休業を含みます。</p></body></html>"""
    )
    return Held("t05_raised_by_style.html", page.encode(),
        keep=("10^4kWh", "出張所を含みます。", ("面積(m^2)", "面積(m2)")),
        leave=("241か所", "24^1", "3182人", "1,8304", "1,830注4億", "104kWh", "41,2055", "12万3件"),
        cells=(Cell(("来店客",), ("2022年度",), "41,205"), Cell(("来店客",), ("2023年度",), "39,877"), Cell(("面積",), ("2023年度",), "4,980")))  # fmt: skip


def markdown() -> Held:
    """Tables of Markdown: escaped bars, a head without words over the stub, breaks in cells, blanks for repeated labels."""
    text = r"""# 保証料率の見直し

保証料率は財務内容の区分ごとに、下の表のとおり見直します。

|      |      | 見直し前 | 見直し後 |
| :--- | :--- | ---: | ---: |
| 責任共有 | 区分1 | 1.90 | 1.85 |
|      | 区分2 | 1.75 | 1.70 |
| 責任共有外 | 区分1 | 2.20 | 2.15 |
|      | 区分2 | －    |      |

適用の単位は年率（％）です。

項目 | 4月 | 5月
--- | --- | ---
申込A\|B | 12件 | 15件
承諾<br>（条件付き） | △3件 | 0件

見直し後の料率は、2024年10月の申込分から適用します。
"""
    return Held("t06_markdown.md", text.encode(),
        keep=("財務内容の区分ごとに、下の表のとおり見直します。", "適用の単位は年率(%)です。", "10月の申込分から適用します。"),
        never=(r"\|", "<br>"),
        cells=(
            Cell(("責任共有", "区分1"), ("見直し前",), "1.90"), Cell(("区分2",), ("見直し後",), "1.70"), Cell(("責任共有外", "区分1"), ("見直し後",), "2.15"),
            Cell(("申込A|B",), ("5月",), "15件"), Cell(("承諾(条件付き)",), ("4月",), "△3件"), Cell(("承諾",), ("5月",), "0件"),
        ))  # fmt: skip


def sheet() -> Held:
    """A sheet with title, unit at the right, merged stubs, a head of two rows, notes under the table and a second table beside it."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "延滞"
    rows = [
        ["延滞債権の推移", None, None, None, None, None],
        [None, None, None, None, None, "（単位：百万円）"],
        ["地域", "種類", "2022年度", None, "2023年度", None],
        [None, None, "上期", "下期", "上期", "下期"],
        ["北部", "住宅", 1205, 1188, 1170, 1164],
        [None, "事業", 842, 0, None, 911],
        ["南部", "住宅", -35, "－", 733, 748],
        [None, "事業", 0.125, 0.5, 0.25, 1],
        ["（注）延滞は3か月以上のものです。", None, None, None, None, None],
    ]
    for row in rows:
        page.append(row)
    for merged in ("A3:A4", "B3:B4", "C3:D3", "E3:F3", "A5:A6", "A7:A8", "A9:F9", "A1:F1"):
        page.merge_cells(merged)
    page["F2"].alignment = Alignment(horizontal="right")
    for column in "CDEF":
        page[f"{column}8"].number_format = "0.0%"
        page[f"{column}7"].number_format = '#,##0;"△"#,##0'
        page[f"{column}5"].number_format = page[f"{column}6"].number_format = "#,##0"
    held = io.BytesIO()
    book.save(held)
    return Held("t07_sheet.xlsx", held.getvalue(),
        keep=("延滞債権の推移", "延滞は3か月以上のものです。", "単位:百万円"), once=("延滞は3か月以上のものです。", "延滞債権の推移"),
        cells=(
            Cell(("北部", "住宅"), ("2022年度", "上期"), "1,205"), Cell(("北部", "事業"), ("2022年度", "下期"), "0"), Cell(("北部", "事業"), ("2023年度", "下期"), "911"),
            Cell(("南部", "住宅"), ("2022年度", "上期"), "△35"), Cell(("南部", "住宅"), ("2023年度", "下期"), "748"), Cell(("南部", "事業"), ("2022年度", "上期"), "12.5%"),
            Cell(("南部", "事業"), ("2023年度", "下期"), "100.0%"),
        ))  # fmt: skip


def law_table() -> Held:
    """A law with a table: spans, a head row, a remark under it."""

    def sentence(text: str) -> str:
        return f"<Sentence>{text}</Sentence>"

    def cells(*row: str) -> str:
        return (
            "<TableRow>"
            + "".join(f"<TableColumn {a}>{sentence(t)}</TableColumn>" for a, _, t in (c.partition("@") for c in row))
            + "</TableRow>"
        )

    solid = 'BorderTop="solid" BorderBottom="solid" BorderLeft="solid" BorderRight="solid"'
    s2 = f'{solid} rowspan="2"'
    table = (
        cells(f"{solid}@資産の区分", f"{solid}@耐用年数の区分", f"{solid}@率", f"{solid}@保証率")
        + cells(f"{s2}@車両", f"{solid}@五年", f"{solid}@〇・四〇〇", f"{solid}@〇・一〇八〇〇")
        + cells(f"{solid}@六年", f"{solid}@〇・三三三", f"{solid}@〇・〇九九一一")
        + cells(f"{solid}@備品", f"{solid}@八年", f"{s2}@〇・二五〇", f"{solid}@〇・〇七九〇九")
        + cells(f"{solid}@工具", f"{solid}@八年", f"{solid}@〇・〇八〇〇〇")
    )
    law = f"""<?xml version="1.0" encoding="UTF-8"?>
<Law Lang="ja" Era="Heisei" Year="19" Num="033" PromulgateMonth="03" PromulgateDay="30" LawType="MinisterialOrdinance">
<LawNum>平成十九年財務省令第三十三号</LawNum><LawBody><LawTitle>見本償却率省令</LawTitle><MainProvision><Article Num="1"><ArticleCaption>（率）</ArticleCaption><ArticleTitle>第一条</ArticleTitle>
<Paragraph Num="1"><ParagraphNum/><ParagraphSentence>{sentence("償却率は、次の表に定めるところによる。")}</ParagraphSentence><TableStruct><Table>{table}</Table>
<Remarks><RemarksLabel>備考</RemarksLabel>{sentence("月数は、暦に従って計算する。")}</Remarks></TableStruct></Paragraph></Article></MainProvision>
<SupplProvision><SupplProvisionLabel>附則</SupplProvisionLabel><Paragraph Num="1"><ParagraphNum/><ParagraphSentence>{sentence("この省令は、平成十九年四月一日から施行する。")}</ParagraphSentence></Paragraph></SupplProvision></LawBody></Law>"""
    return Held("t08_law_table.xml", law.encode("utf-16"),
        keep=("償却率は、次の表に定めるところによる。", "月数は、暦に従って計算する。"), fields={"published": "2007-03-30"},
        cells=(
            Cell(("車両", "五年"), ("率",), "〇・四〇〇"), Cell(("車両", "六年"), ("保証率",), "〇・〇九九一一"), Cell(("備品", "八年"), ("率",), "〇・二五〇"),
            Cell(("工具", "八年"), ("率",), "〇・二五〇"), Cell(("工具", "八年"), ("保証率",), "〇・〇八〇〇〇"),
        ))  # fmt: skip


def all_tables() -> list[Held]:
    return [two_stubs(), own_cells(), over_the_head(), halves(), raised_by_style(), markdown(), sheet(), law_table()]
