"""Seventeen files of tables as Chromium prints them, ruled and without lines, over page ends, with the labels of every figure.

Every figure of a file is there once, so where it stands in a reading says under which labels the reading has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

STYLE = """@page {size: A4; margin: 18mm} body {font: 9pt "Noto Sans CJK JP", sans-serif; margin: 0}
table {border-collapse: collapse} td, th {padding: 2pt 5pt; font-weight: normal; vertical-align: middle; text-align: left}
th {text-align: center} .n {text-align: right} .wide {width: 100%} h2 {font-size: 12pt} .r {text-align: right}
.ruled td, .ruled th {border: 0.6pt solid black} .in {padding-left: 18pt} .inn {padding-left: 32pt} tr {break-inside: avoid}"""


@dataclass(frozen=True)
class Figure:
    """A figure with every label that an editor would give it: those of its row and those of its column."""

    rows: tuple[str, ...]
    heads: tuple[str, ...]
    value: str


@dataclass(frozen=True)
class Printed:
    """A file before it is printed: its page and its figures."""

    name: str
    page: str
    figures: list[Figure]


@dataclass
class Page:
    """A page that is written piece by piece. `amounts` gives figures that the page does not have yet."""

    parts: list[str] = field(default_factory=list[str])
    figures: list[Figure] = field(default_factory=list[Figure])
    given: set[str] = field(default_factory=set[str])
    at: int = 0

    def add(self, *parts: str) -> None:
        """Write HTML."""
        self.parts += parts

    def text(self, *paragraphs: str) -> None:
        """Write paragraphs."""
        self.parts += [f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs]

    def amount(self, form: str = "amount") -> str:
        """A figure: an amount (a fifth of them negative), a rate (rate) or a price with its unit (yen)."""
        while True:
            self.at += 1
            drawn = (self.at * 7919 + 104_729 * (self.at % 13)) % 899_983
            if form == "rate":
                value = f"{drawn % 90 + 1}.{drawn // 90 % 100:02}"
            elif form == "yen":
                value = f"{drawn % 98_000 + 1_100:,}円"
            else:
                value = ("△" if self.at % 5 == 3 else "") + f"{drawn + 1_009:,}"
            if value.strip("△円") not in self.given:
                self.given.add(value.strip("△円"))
                return value

    def row(
        self, labels: tuple[str, ...], columns: Sequence[tuple[str, ...]], cells: Sequence[str], before: str = ""
    ) -> str:
        """A row of a table: `before`, its cells of labels as HTML (else the last label), and figures; its figures are noted."""
        for heads, value in zip(columns, cells, strict=True):
            if any(char.isdigit() for char in value):
                self.figures.append(Figure(labels, heads, value))
        shown = "".join(f"<td class=n>{escape(value)}</td>" for value in cells)
        return f"<tr>{before or f'<td>{escape(labels[-1])}</td>'}{shown}</tr>"

    def done(self, name: str) -> Printed:
        """The page as it is printed."""
        body = "".join(self.parts)
        page = f"<!doctype html><html lang=ja><head><meta charset=utf-8><style>{STYLE}</style></head><body>{body}</body></html>"
        return Printed(name, page, self.figures)


FILLER = (
    "当行グループは、地域に根ざした金融機関として、お客さまの資産形成と企業の成長を支えております。",
    "当連結会計年度の国内経済は、物価の上昇が続くなかで個人消費が持ち直し、企業の設備投資も底堅く推移しました。",
    "このような環境のもと、当行は経営計画に掲げた施策を着実に進め、預金と貸出金はいずれも前年を上回りました。",
    "今後も、リスクの管理に努めながら、お客さま本位の業務運営をさらに進めてまいります。",
)


def _filled(page: Page, count: int) -> None:
    """Running text above a table, so that it begins low on the page."""
    for at in range(count):
        page.text(FILLER[at % 4] + FILLER[(at + 1) % 4] + FILLER[(at + 2) % 4])


def loans(*, ruled: bool) -> Printed:
    """Loans by industry: a head of two rows (balance, share, change below each of two days), an industry and its parts."""
    page = Page()
    page.add("<h2>業種別貸出状況</h2>")
    page.text("当行の貸出金残高は、製造業向けを中心に増加しました。業種別の内訳は次のとおりです。")
    columns = [
        (day, kind) for day in ("前事業年度末", "当事業年度末") for kind in ("貸出金残高", "構成比", "前期比増減")
    ]
    rows = [
        "<tr><th rowspan=2>業種</th><th colspan=3>前事業年度末</th><th colspan=3>当事業年度末</th></tr>",
        "<tr>" + "<th>貸出金残高</th><th>構成比</th><th>前期比増減</th>" * 2 + "</tr>",
    ]
    for at, (name, part) in enumerate((("製造業", ""), ("製造業", "うち食料品"), ("製造業", "うち化学"), ("農業・林業", ""), ("建設業", ""), ("情報通信業", ""), ("不動産業", ""), ("不動産業", "うち賃貸業"), ("地方公共団体", ""), ("合計", ""))):  # fmt: skip
        cells = [page.amount(kind) for kind in ("amount", "rate", "amount") * 2]
        if at == 4:
            cells[2] = "－"
        label = f"<td{' class=in' if part else ''}>{part or name}</td>"
        rows.append(page.row((part or name,), columns, cells, label))
    page.add(f'<p class=r>（単位：百万円、％）</p><table class="wide {"ruled" if ruled else ""}">', *rows, "</table>")
    page.text("（注）構成比は、国内店分の貸出金残高に占める割合です。")
    return page.done(f"loans-{'ruled' if ruled else 'plain'}")


def capital() -> Printed:
    """Capital adequacy, ruled, over a page end; its head of two rows is not repeated."""
    page = Page()
    page.add("<h2>自己資本の構成に関する事項</h2>")
    _filled(page, 9)
    rows = [
        "<tr><td rowspan=2>項目</td><td colspan=2>当期末</td><td colspan=2>前期末</td></tr>",
        "<tr>" + "<td>算入額</td><td>経過措置による不算入額</td>" * 2 + "</tr>",
    ]
    columns = [(day, kind) for day in ("当期末", "前期末") for kind in ("算入額", "経過措置による不算入額")]
    for at, name in enumerate((
        "普通株式に係る株主資本の額", "うち資本金の額", "うち資本剰余金の額", "うち利益剰余金の額", "うち自己株式の額", "うち社外流出予定額",
        "その他の包括利益累計額", "普通株式に係る新株予約権の額", "一般貸倒引当金", "適格引当金", "土地再評価差額", "非支配株主持分の額",
        "無形固定資産の額", "繰延税金資産の額", "前払年金費用の額", "自己保有普通株式の額", "自己資本の額", "リスク・アセット等の額の合計額")):  # fmt: skip
        cells = [page.amount(), "" if at % 3 else page.amount(), page.amount(), "－" if at % 4 == 1 else ""]
        rows.append(page.row((name,), columns, cells))
    page.add('<p class=r>（単位：百万円）</p><table class="wide ruled">', *rows, "</table>")
    return page.done("capital-over-pages")


def securities(*, ruled: bool) -> Printed:
    """Unrealized gains by kind, over a page end, the head of two rows repeated on the second page; groups of rows."""
    page = Page()
    page.add("<h2>有価証券の時価等</h2>")
    _filled(page, 10)
    kinds = ("取得原価", "貸借対照表計上額", "評価差額")
    columns = [(day, kind) for day in ("2024年3月31日", "2025年3月31日") for kind in kinds]
    head = "<thead><tr><th rowspan=2>区分</th><th rowspan=2>種類</th><th colspan=3>2024年3月31日</th><th colspan=3>2025年3月31日</th></tr>"
    head += "<tr>" + "".join(f"<th>{kind}</th>" for kind in kinds) * 2 + "</tr></thead>"
    rows: list[str] = []
    for group in ("計上額が取得原価を超えるもの", "計上額が取得原価を超えないもの"):
        names = ("株式", "国債", "地方債", "社債", "外国債券", "その他", "小計")
        for at, name in enumerate(names):
            first = f"<td rowspan={len(names)}>{group}</td>" if not at else ""
            cells = [page.amount() for _ in columns]
            rows.append(page.row((group, name), columns, cells, f"{first}<td>{name}</td>"))
    page.add(f'<table class="wide {"ruled" if ruled else ""}">', head, "<tbody>", *rows, "</tbody></table>")
    return page.done(f"securities-{'ruled' if ruled else 'plain'}")


def head_split(*, ruled: bool) -> Printed:
    """A head of two rows with a page end between them."""
    page = Page()
    page.add("<h2>保有契約高の推移</h2>")
    page.text(*FILLER)
    kinds = ("個人保険", "個人年金保険", "団体保険")
    columns = [(what, kind) for what in ("件数", "金額") for kind in kinds]
    rows = [
        '<tr style="break-after: page"><td></td><td colspan=3>件数</td><td colspan=3>金額</td></tr>',
        "<tr><td>年度末</td>" + "".join(f"<td>{kind}</td>" for kind in kinds) * 2 + "</tr>",
    ]
    rows += [page.row((f"{year}年度末",), columns, [page.amount() for _ in columns]) for year in range(2016, 2025)]
    page.add('<div style="height: 205mm"></div>')
    page.add(f'<p class=r>（単位：千件、億円）</p><table class="wide {"ruled" if ruled else ""}">', *rows, "</table>")
    page.text("（注）団体保険の件数は、被保険者数を表示しております。")
    return page.done(f"head-split-{'ruled' if ruled else 'plain'}")


def segments() -> Printed:
    """Segments of an insurer without lines: a stub of names over several rows, heads of two lines, △, － and blanks."""
    page = Page()
    page.add("<h2>セグメント情報</h2>")
    columns = [
        ("国内損害", "保険事業"),
        ("国内生命", "保険事業"),
        ("海外保険事業",),
        ("調整額",),
        ("連結財務諸表", "計上額"),
    ]
    rows = ["<tr><th></th><th></th>" + "".join(f"<th>{'<br>'.join(head)}</th>" for head in columns) + "</tr>"]
    for place, (group, names) in enumerate((("売上高", ("外部顧客への売上高", "セグメント間の内部売上高", "計")), ("利益", ("セグメント利益", "持分法投資損益")), ("その他の項目", ("減価償却費", "のれんの償却額", "支払利息", "減損損失")))):  # fmt: skip
        for at, name in enumerate(names):
            cells = [page.amount() for _ in columns]
            cells[3] = "－" if at == 1 else cells[3]
            cells[1] = "" if (place, at) == (2, 1) else cells[1]
            first = f'<td rowspan={len(names)} style="vertical-align: top">{group}</td>' if not at else ""
            rows.append(page.row((group, name), columns, cells, f"{first}<td>{name}</td>"))
    page.add("<p class=r>（単位：百万円）</p><table class=wide>", *rows, "</table>")
    page.text(
        "（注）１．調整額は、セグメント間取引の消去等によるものであります。",
        "（注）２．セグメント利益は、連結損益計算書の経常利益と調整を行っております。",
    )
    return page.done("segments-plain")


def balance() -> Printed:
    """A balance sheet in two halves beside each other, without lines."""
    page = Page()
    page.add("<h2>第98期決算公告　貸借対照表</h2>")
    page.add(
        "<p class=r>（2025年3月31日現在、単位：百万円）</p><table class=wide><tr><th>科目</th><th>金額</th><th>科目</th><th>金額</th></tr>"
    )
    page.add("<tr><td>（資産の部）</td><td></td><td>（負債の部）</td><td></td></tr>")
    left = ("現金預け金", "コールローン", "買入金銭債権", "商品有価証券", "有価証券", "貸出金", "外国為替", "その他資産", "有形固定資産", "無形固定資産", "支払承諾見返", "貸倒引当金", "資産の部合計")  # fmt: skip
    right = ("預金", "譲渡性預金", "コールマネー", "債券貸借取引受入担保金", "借用金", "その他負債", "賞与引当金", "退職給付引当金", "負債の部合計", "資本金", "利益剰余金", "純資産の部合計", "負債及び純資産の部合計")  # fmt: skip
    for one, other in zip(left, right, strict=True):
        a, b = page.amount(), page.amount()
        page.figures += [Figure((one,), ("金額",), a), Figure((other,), ("金額",), b)]
        page.add(f"<tr><td>{one}</td><td class=n>{a}</td><td>{other}</td><td class=n>{b}</td></tr>")
    page.add("</table>")
    return page.done("balance-plain")


def rates() -> Printed:
    """Deposit rates with lines between the rows only: terms as rows, classes of amounts below one head."""
    page = Page()
    page.add("<h2>円預金金利一覧</h2>")
    page.text("2025年6月2日現在の金利です。金利は税引前の年利率を表示しております。")
    classes = ("300万円未満", "300万円以上1,000万円未満", "1,000万円以上")
    columns = [("スーパー定期", name) for name in classes] + [("積立定期",)]
    rows = [f'<tr><th rowspan=2>期間</th><th colspan=3>スーパー定期</th><th rowspan=2>積立定期</th></tr><tr>{"".join(f"<th>{name}</th>" for name in classes)}</tr>']  # fmt: skip
    for term in ("1か月", "3か月", "6か月", "1年", "2年", "3年", "5年", "10年"):
        cells = [page.amount("rate") + "％" for _ in range(3)] + [
            "－" if "か月" in term else page.amount("rate") + "％"
        ]
        rows.append(page.row((term,), columns, cells))
    page.add("<style>.lines tr {border-bottom: 0.6pt solid #666}</style><table class='wide lines'>", *rows, "</table>")
    page.text("※ 中途解約された場合は、所定の中途解約利率が適用されます。")
    return page.done("rates-lines")


def income() -> Printed:
    """An income statement without lines: heads of three lines with the period's days, names indented and wrapped."""
    page = Page()
    page.add("<h2>（２）連結損益計算書</h2>")
    columns = [
        ("前連結会計年度", "自 2023年4月1日", "至 2024年3月31日"),
        ("当連結会計年度", "自 2024年4月1日", "至 2025年3月31日"),
    ]
    rows = ["<tr><td style='width: 52%'></td>" + "".join(f"<th>{one}<br>({two}<br>{three})</th>" for one, two, three in columns) + "</tr>"]  # fmt: skip
    for depth, name in (
        (0, "売上高"), (0, "売上原価"), (0, "売上総利益"), (0, "販売費及び一般管理費"), (0, "営業利益"), (0, "営業外収益"), (1, "受取利息"), (1, "受取配当金"),
        (1, "外貨建預金及び外貨建借入金の換算により生じた差益並びに為替予約の評価による差益の合計額"), (1, "その他"), (2, "営業外収益合計"), (0, "営業外費用"), (1, "支払利息"),
        (1, "持分法による投資損失"), (2, "営業外費用合計"), (0, "経常利益"), (0, "税金等調整前当期純利益又は税金等調整前当期純損失（△）"), (0, "当期純利益")):  # fmt: skip
        cells = ["", ""] if name in ("営業外収益", "営業外費用") else [page.amount(), "－" if name == "持分法による投資損失" else page.amount()]  # fmt: skip
        rows.append(page.row((name,), columns, cells, f"<td class={('', 'in', 'inn')[depth] or 'o'}>{name}</td>"))
    page.add("<p class=r>（単位：千円）</p><table class=wide>", *rows, "</table>")
    return page.done("income-plain")


def notes() -> Printed:
    """A statement without lines with a column of note numbers, marks of notes at names and figures behind ※."""
    page = Page()
    page.add("<h2>要約連結財政状態計算書</h2>")
    columns = [("前年度末", "2024年3月31日"), ("当年度末", "2025年3月31日")]
    rows = ["<tr><td></td><th>注記</th>" + "".join(f"<th>{one}<br>({two})</th>" for one, two in columns) + "</tr>", "<tr><td>資産</td><td></td><td></td><td></td></tr>"]  # fmt: skip
    for at, name in enumerate(("現金及び現金同等物", "営業債権及びその他の債権（注１）", "契約資産", "棚卸資産", "その他の金融資産", "流動資産合計", "有形固定資産（注２）", "使用権資産", "のれん", "無形資産", "繰延税金資産", "非流動資産合計", "資産合計")):  # fmt: skip
        number = "" if "合計" in name or at % 4 == 2 else f"{at + 6}" + (",15" if at == 4 else "")
        cells = [number, page.amount(), page.amount()]
        page.row((name,), columns, cells[1:])
        rows.append(f"<tr><td class=in>{name}</td><td style='text-align: center'>{number}</td><td class=n>{cells[1]}</td><td class=n>{cells[2]}</td></tr>")  # fmt: skip
    page.add("<p class=r>（単位：百万円）</p><table class=wide>", *rows, "</table>")
    page.text(
        "（注１）貸倒引当金を控除した純額で表示しております。",
        "（注２）減価償却累計額を控除した純額で表示しております。",
    )
    return page.done("notes-plain")


def consecutive() -> Printed:
    """Three small tables without lines below each other, each with other columns, a line of text or a unit between them."""
    page = Page()
    page.add("<h2>１．2025年3月期の連結業績</h2>")
    for caption, heads, names in (
        ("（１）連結経営成績（％表示は、対前期増減率）", ("経常収益", "経常利益", "当期純利益"), ("2025年3月期", "2024年3月期")),
        ("（２）連結財政状態", ("総資産", "純資産", "自己資本比率", "１株当たり純資産"), ("2025年3月期末", "2024年3月期末")),
        ("（３）連結キャッシュ・フローの状況", ("営業活動によるキャッシュ・フロー", "投資活動によるキャッシュ・フロー", "現金及び現金同等物期末残高"), ("2025年3月期の通期", "2024年3月期の通期")),
    ):  # fmt: skip
        page.text(caption)
        columns = [(head,) for head in heads]
        units = "".join(
            f"<td class=n>{'％' if head == '自己資本比率' else '円 銭' if '１株' in head else '百万円'}</td>"
            for head in heads
        )
        rows = ["<tr><td></td>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>", f"<tr><td></td>{units}</tr>"]
        for name in names:
            cells = [
                page.amount("rate" if head in ("自己資本比率", "１株当たり純資産") else "amount") for head in heads
            ]
            rows.append(page.row((name,), columns, cells))
        page.add("<table class=wide>", *rows, "</table>")
    return page.done("consecutive-plain")


def cut_row() -> Printed:
    """A ruled table over a page end whose rows may be cut: long names and remarks of many lines."""
    page = Page()
    page.add("<h2>主な投資案件の一覧</h2>")
    _filled(page, 10)
    columns = [("投資予定額",), ("既支払額",)]
    rows = ["<tr><th>案件名</th><th>目的</th><th>投資予定額</th><th>既支払額</th></tr>"]
    for at in range(9):
        name = f"第{at + 1}次営業店システム更改及び関連する事務センターの再編に伴う設備の取得"
        words = (
            "老朽化した機器の更新と、災害時における業務の継続に必要な設備の確保を図るとともに、事務の効率化と省人化を進めるため。"
            * 2
        )
        cells = [page.amount(), page.amount()]
        label = f'<td style="width: 28%">{name}</td><td style="width: 44%">{words}</td>'
        rows.append(page.row((f"第{at + 1}次営業店システム更改",), columns, cells, label))
    page.add("<style>tr {break-inside: auto !important}</style>")
    page.add('<p class=r>（単位：百万円）</p><table class="wide ruled">', *rows, "</table>")
    return page.done("cut-row-ruled")


def dividends() -> Printed:
    """Dividends, ruled: a head over five columns, a row of units below it, － and a range of days."""
    page = Page()
    page.add("<h2>２．配当の状況</h2>")
    parts = ("第１四半期末", "第２四半期末", "第３四半期末", "期末", "合計")
    columns = [("年間配当金", part) for part in parts] + [("配当金総額",), ("配当性向",)]
    rows = [
        "<tr><td rowspan=3></td><td colspan=5>年間配当金</td><td rowspan=2>配当金総額<br>（合計）</td><td rowspan=2>配当性向<br>（連結）</td></tr>",
        "<tr>" + "".join(f"<td>{part}</td>" for part in parts) + "</tr>",
        "<tr>" + "<td class=n>円 銭</td>" * 5 + "<td class=n>百万円</td><td class=n>％</td></tr>",
    ]
    for name in ("2023年３月期", "2024年３月期", "2025年３月期（予想）"):
        own = [page.amount("rate") for _ in range(3)]
        cells = ["－", own[0], "－", own[1], own[2], "" if "予想" in name else page.amount(), page.amount("rate")]
        rows.append(page.row((name,), columns, cells))
    page.add('<table class="wide ruled">', *rows, "</table>")
    page.text("（注）直近に公表されている配当予想からの修正の有無：無")
    return page.done("dividends-ruled")


def branches() -> Printed:
    """A list of sixty branches without lines over two pages, the head on the first only."""
    page = Page()
    page.add("<h2>店舗別計数（2025年3月末）</h2>")
    columns = [("預金",), ("貸出金",), ("預り資産",), ("役職員数",)]
    rows = ["<tr><th>店舗名</th>" + "".join(f"<th>{head}</th>" for (head,) in columns) + "</tr>"]
    for place in range(60):
        name = "東西南北中上"[place % 6] + "町原川山谷沢浜野田島"[place // 6] + "支店"
        cells = [page.amount(), page.amount() if place % 7 else "－", page.amount(), page.amount("rate").split(".")[0] + f"{place + 100}"]  # fmt: skip
        rows.append(page.row((name,), columns, cells))
    page.add("<p class=r>（単位：百万円、人）</p><table class=wide>", *rows, "</table>")
    return page.done("branches-over-pages")


def fees() -> Printed:
    """Fees, ruled: two stubs of names over several rows, amounts with their unit, words among them."""
    page = Page()
    page.add("<h2>主な手数料（税込）</h2>")
    columns = [("当行本支店あて",), ("他行あて",)]
    rows = ["<tr><th colspan=2>お取引</th><th>当行本支店あて</th><th>他行あて</th></tr>"]
    for kind in ("窓口でのお振込み", "ＡＴＭでのお振込み", "インターネットバンキング"):
        for at, (name, free) in enumerate((("1万円未満", True), ("1万円以上3万円未満", False), ("3万円以上", False))):
            first = f"<td rowspan=3>{kind}</td>" if not at else ""
            cells = ["無料" if free and "窓口" not in kind else page.amount("yen"), page.amount("yen")]
            rows.append(page.row((kind, name), columns, cells, f"{first}<td>{name}</td>"))
    page.add('<table class="wide ruled">', *rows, "</table>")
    page.text("※ 視覚に障がいのあるお客さまは、窓口でのお振込みにＡＴＭの手数料を適用いたします。")
    return page.done("fees-ruled")


def all_printed() -> Iterator[Printed]:
    """Every page."""
    yield from (loans(ruled=True), loans(ruled=False), capital(), securities(ruled=True), securities(ruled=False))
    yield from (head_split(ruled=True), head_split(ruled=False), segments(), balance(), rates(), income(), notes())
    yield from (consecutive(), cut_row(), dividends(), branches(), fees())
