"""PDF files as Chromium prints them: tiers, furigana in both directions, columns, contents, ruled tables over pages."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from documents.held import Cell, Held

STYLE = "<meta charset=utf-8><style>@page{size:A4;margin:20mm}body{font-family:'Noto Serif CJK JP';font-size:10.5pt;line-height:1.8}table{border-collapse:collapse}td,th{border:1px solid #000;padding:3px 6px}</style>"


def printed(page: str) -> bytes:
    """`page` as Chromium prints it, without its own heads and feet."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(f"<!doctype html><html lang=ja>{STYLE}{page}</html>", encoding="utf-8")
        command = [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/u",
            f"--print-to-pdf={target}",
            source.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return target.read_bytes()


UPPER = [
    "公告の方法を定める規程の一部を次のように改める。",
    "第三条中「新聞紙」の下に「又は電子公告」を加える。",
    "第七条を削り、第八条を第七条とし、以下一条ずつ繰り上げる。",
    "この規程は、令和七年一月一日から施行する。",
]
LOWER = [
    "清算人の選任について次のとおり届出があった。",
    "届出者は見本市若葉町の見本倉庫組合である。",
    "清算人は組合の理事の中から互選によって選ばれた。",
    "債権を有する者は二か月以内に申し出ること。",
]


def tiers() -> Held:
    """Vertical print in two tiers with a line between and furigana beside words."""

    def tier(lines: list[str]) -> str:
        return (
            '<div style="writing-mode:vertical-rl;height:95mm;width:150mm">'
            + "".join(f"<p style='margin:0 2mm'>{line}</p>" for line in lines)
            + "</div>"
        )

    upper = [UPPER[0].replace("規程", "<ruby>規程<rt>きてい</rt></ruby>"), *UPPER[1:]]
    lower = [LOWER[0].replace("清算人", "<ruby>清算人<rt>せいさんにん</rt></ruby>"), *LOWER[1:]]
    return Held("q01_tiers.pdf", printed(tier(upper) + "<hr style='width:150mm;margin-left:0'>" + tier(lower)),
        keep=(UPPER[0], UPPER[2], LOWER[0], LOWER[2]), leave=("きてい", "せいさんにん"), order=tuple(line[:12] for line in UPPER + LOWER))  # fmt: skip


def furigana() -> Held:
    """Furigana over words and single letters, a year and an abbreviation with a reading."""
    text = """<h2><ruby>為替<rt>かわせ</rt></ruby>と<ruby>手形<rt>てがた</rt></ruby></h2><p><ruby>遠方<rt>えんぽう</rt></ruby>の取引先に<ruby>現金<rt>げんきん</rt></ruby>を送る危険を避けるため、商人は<ruby>為<rt>か</rt>替<rt>わせ</rt></ruby>の仕組みを用いました。振り出した手形は、<ruby>大坂<rt>おおさか</rt></ruby>の両替商に持ち込むと銀に換えられます。</p>
<p><ruby>享保<rt>きょうほう</rt></ruby>年間には、<ruby>飛脚<rt>ひきゃく</rt></ruby>の便数が月に三十を超え、手形の<ruby>流通<rt>りゅうつう</rt></ruby>も広まりました。</p>"""
    return Held("q02_furigana.pdf", printed(text), keep=("遠方の取引先に現金を送る危険を避けるため、商人は為替の仕組みを用いました。", "享保年間には、飛脚の便数が月に三十を超え、手形の流通も広まりました。", "為替と手形"), leave=("えんぽう", "げんきん", "おおさか", "ひきゃく", "てがた", "かわせ"))  # fmt: skip


def columns() -> Held:
    """Two columns of prose under a title over both, items in the columns, a foot with a page number."""
    first = "地域の金融機関は、人口の減少と低い金利の下で、収益の柱を貸出から助言へ移しつつある。取引先の後継者を探し、販路を開き、資本の構成を見直す仕事である。本稿では三つの県の調査をもとに、その成否を分けた条件を考える。"
    second = "調査は令和五年の秋に行い、二百四十七の企業から回答を得た。回答の割合は六割一分であった。助言を受けた企業のうち、売上が増えたと答えたものは四割に上る。一方で、手数料を払ってもよいと答えたものは二割に満たない。"
    third = "助言の質は、担当者が一つの企業を受け持つ年数と強く結び付いていた。三年以上受け持った担当者の助言は、そうでないものに比べて実行される割合が高い。人事の異動を遅らせることが、費用のかからない改善となりうる。"
    page = f"<h2 style='text-align:center'>地域金融と助言の仕事</h2><div style='column-count:2;column-gap:10mm'><p>{first}</p><p>{second}</p><ul><li>担当の年数が長い</li><li>経営者と会う回数が多い</li><li>本部の専門家が同行する</li></ul><p>{third}</p></div><div style='text-align:center;margin-top:30mm'>— 14 —</div>"
    return Held("q03_columns.pdf", printed(page), keep=(first, second, third, "担当の年数が長い"), leave=("— 14 —",), order=("地域金融と助言の仕事", "地域の金融機関は", "調査は令和五年", "担当の年数が", "本部の専門家", "助言の質は"))  # fmt: skip


def pages() -> Held:
    """Pages with heads of the left and right page, a sentence over the page's end, contents with dots, a ruled table over two pages."""
    head = "<div style='font-size:8pt;text-align:{}'>{}</div>"
    rows = "".join(
        f"<tr><td>{area}</td><td>{kind}</td><td>{a:,}</td><td>{b}</td></tr>"
        for area, kind, a, b in [
            ("北部", "住宅", 1205, "△3.1"),
            ("北部", "事業", 842, "0.4"),
            ("南部", "住宅", 733, "－"),
            ("南部", "事業", 911, "△ 12.5"),
        ]
    )
    page = (
        "<h2>年次報告</h2><p>目次</p><p>第１章　概況……………………………………２</p><p>第２章　貸出の状況…………………………３</p><p>第３章　課題‥‥‥‥‥‥‥‥‥‥‥‥‥‥４</p><div style='break-after:page'></div>"
        + head.format("left", "２　　年次報告　令和六年度")
        + "<h3>第１章　概況</h3><p>本年度は、貸出と預金がともに増えました。貸出は製造業と不動産業が伸び、預金は個人の流動性預金が伸びています。年度の後半には政策金利の引上げを受けて利鞘が広がり、資金利益は九年ぶりの水準となりました。与信の費用は、"
        + "<span style='display:block;break-after:page'></span>"
        + head.format("right", "第２章　貸出の状況　　３")
        + "前年度の半分ほどにとどまり、引当の戻入れもありました。</p><h3>第２章　貸出の状況</h3><p>地域ごとの貸出は次の表のとおりです。</p>"
        + f"<table><tr><th rowspan=2 colspan=2>地域と種類</th><th colspan=2>令和六年度</th></tr><tr><th>残高（億円）</th><th>増減率（％）</th></tr>{rows}</table>"
    )
    return Held("q04_pages.pdf", printed(page),
        keep=("前年度の半分ほどにとどまり、引当の戻入れもありました。", "地域ごとの貸出は次の表のとおりです。"), leave=("……", "‥‥", "年次報告 令和六年度", "貸出の状況 3"), once=("第1章 概況", "第2章 貸出の状況"),
        cells=(
            Cell(("北部", "住宅"), ("令和六年度", "残高"), "1,205"), Cell(("北部", "事業"), ("令和六年度", "増減率"), "0.4"), Cell(("南部", "事業"), ("増減率",), "△12.5"),
            Cell(("南部", "住宅"), ("増減率",), ("－", "-")), Cell(("北部", "住宅"), ("増減率",), "△3.1"),
        ))  # fmt: skip


def bullets() -> Held:
    """Two columns of many short items, each column with a heading, as a leaflet has them."""
    left, right = (
        ["本人確認書類", "届出の印鑑", "通帳と証書", "委任状の原本", "戸籍の全部事項"],
        ["残高の証明書", "利息の計算書", "税の申告書類", "保険の証券", "年金の通知"],
    )

    def column(title: str, items: list[str]) -> str:
        return (
            f"<div style='width:70mm;float:left'><b>{title}</b>"
            + "".join(f"<div>・{item}</div>" for item in items)
            + "</div>"
        )

    page = (
        "<h2>相続の手続に要るもの</h2>"
        + column("お持ちいただくもの", left)
        + column("お渡しするもの", right)
        + "<p style='clear:both'>くわしくは窓口にお尋ねください。手続には二週間ほどかかります。</p>"
    )
    return Held("q05_bullets.pdf", printed(page), keep=("・届出の印鑑", "・利息の計算書"), leave=("届出の印鑑・利息", "本人確認書類・残高"), order=("お持ちいただくもの", left[0], left[4], "お渡しするもの", right[0], right[4], "くわしくは"))  # fmt: skip


def all_prints() -> list[Held]:
    return [tiers(), furigana(), columns(), pages(), bullets()]
