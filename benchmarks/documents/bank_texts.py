"""Texts of a bank: Markdown, a scrape of a page as Markdown, rich text, wrapped lines with page furniture, tables drawn with lines."""

from __future__ import annotations

from documents.held import Cell, Held


def markdown() -> Held:
    """Notes of a desk: front matter, two kinds of links, a table with escaped bars and breaks, notes, formulas, a comment."""
    text = """---
title: 金利リスクの手引
date: 2025-03-03
tags: [金利, 手引]
---

金利リスクの手引
================

<!-- 次の版で見直すこと -->

VaR の計測には保有期間10日、信頼水準99％を使います[^1]。詳しくは[計測の要領][spec]と[一覧](./list.md "一覧")を参照してください。

| 区分 | ⊿EVE（億円） | 備考 |
|:-----|-----:|------|
| 上方平行 | △120 | 円\\|ドル<br>合算 |
| 下方平行 | 45 | — |

1. 計測の対象
    - 預金のうち*コア*とするもの
    - [x] 満期保有の債券
2. 対象から外すもの

取引の記録は $10^6$ 件、刻みは 10^-4^ です。
割引係数は $\\frac{1}{1+r}$ とします。

```python
limit = 120
```

![図1](fig1.png)

[^1]: 観測期間は5年です。
    片側の信頼水準です。

[spec]: https://example.co.jp/spec
"""
    return Held(
        "handbook.md", text.encode(),
        keep=(
            ("VaRの計測には保有期間10日、信頼水準99%を使います。詳しくは計測の要領と一覧を参照してください。",
             "信頼水準99%を使います[1]。詳しくは計測の要領と一覧を参照してください。", "信頼水準99%を使います(注1)。詳しくは計測の要領と一覧を参照してください。"),
            "1.計測の対象", "2.対象から外すもの", "預金のうちコアとするもの", "満期保有の債券",
            ("取引の記録は10^6件、刻みは10^-4です。", "取引の記録は10^6件、刻みは10^-4^です。", "取引の記録は$10^6$件、刻みは10^-4です。"),
            ("割引係数は1/(1+r)とします。", r"割引係数は$\frac{1}{1+r}$とします。", "割引係数は1⁄(1+r)とします。"), "観測期間は5年です。片側の信頼水準です。",
            "limit=120",
        ),
        leave=("tags:", "次の版で見直す", "example.co.jp", "fig1", "[^1]", "====", "|:--", "list.md", "[x]", "<br>", "[spec]"),
        order=("金利リスクの手引", "VaRの計測", "上方平行", "計測の対象", "対象から外すもの", "取引の記録", "観測期間は5年"),
        cells=(
            Cell(("上方平行",), ("⊿EVE",), "△120"), Cell(("下方平行",), ("⊿EVE",), "45"), Cell(("上方平行",), ("備考",), "円|ドル合算"),
        ),
        fields={"title": "金利リスクの手引", "published": "2025-03-03"},
    )  # fmt: skip


def scrape() -> Held:
    """A page of an insurer as a scrape writes it: skip links, menus, pictures, a table of layout, recognised text with formulas for kana."""
    text = """[本文へスキップ](#main)

[![日の出生命](/img/logo.png)](/)

- [ホーム](/)
- [商品一覧](/product/)
- [お手続き](/procedure/)
- [会社情報](/company/)

[ホーム](/) > [お手続き](/procedure/) > 住所の変更

# 住所の変更

最終更新日：2025年2月17日

転居されたときは、保険証券をお手元に用意し、住所の変更をお申し出ください。[インターネット](/web/)でも24時間受け付けます。

|  |  |
| --- | --- |
| 手続の期限 | 転居の日から2 0 日以内 |
| 必要な書類 | 本人確認書類 1 点 |

![](/img/line.png)

| 契約$\\mathcal{O}$種類 | 窓口 | 郵送の日数 |
| --- | --- | --- |
| 終身保険 | 可 | 1 0 日 |
| 変額保険 | 不可 | 1 4 日 |

住所$\\mathcal{O}$変更$\\oslash$手続は、ご契約者ご本人が行ってください。

このページは役に立ちましたか。

- [はい](/yes)
- [いいえ](/no)

[ページの先頭へ戻る](#top)

- [個人情報保護方針](/privacy/)
- [ご利用にあたって](/terms/)
- [サイトマップ](/sitemap/)

Copyright © 日の出生命 All Rights Reserved.
"""
    return Held(
        "change_of_address.md", text.encode(),
        keep=(
            "転居されたときは、保険証券をお手元に用意し、住所の変更をお申し出ください。インターネットでも24時間受け付けます。",
            "住所の変更の手続は、ご契約者ご本人が行ってください。", "転居の日から20日以内", "本人確認書類1点", "契約の種類",
        ),
        never=("2 0 日", "1 0 日", "1 4 日"),
        leave=(
            "本文へスキップ", "商品一覧", "会社情報", "mathcal", "oslash", "役に立ちましたか", "ページの先頭", "個人情報保護方針", "サイトマップ", "All Rights",
            "logo.png", "line.png",
        ),
        once=("転居されたときは",),
        order=("住所の変更", "転居されたときは", "手続の期限", "終身保険", "ご契約者ご本人が行って"),
        cells=(
            Cell(("手続の期限",), (), "20日以内"), Cell(("終身保険",), ("窓口",), "可"), Cell(("終身保険",), ("郵送の日数",), "10日"),
            Cell(("変額保険",), ("郵送の日数",), "14日"),
        ),
        fields={"as_of": "2025-02-17"},
    )  # fmt: skip


def _marks(text: str) -> str:
    return "".join(
        char if char.isascii() else "".join(f"\\'{byte:02x}" for byte in char.encode("cp932")) for char in text
    )


def _codes(text: str) -> str:
    return "".join(
        char if char.isascii() else f"\\u{ord(char) - 65536 * (ord(char) > 32767)}\\'81\\'a0" for char in text
    )


def rich_text() -> Held:
    """A contract as rich text: code page and Unicode marks, deleted and hidden text, a note, head and foot, raised figures, merged cells."""
    row = lambda ends, cells: "\\trowd" + "".join(f"{mark}\\cellx{2000 * at}" for at, mark in ends) + "".join(f"\\pard\\intbl {cell}\\cell" for cell in cells) + "\\row\n"  # noqa: E731  # fmt: skip
    m = _marks
    parts = (
        "{\\rtf1\\ansi\\ansicpg932\\uc2\\deff0{\\fonttbl{\\f0\\fnil\\fcharset128 MS Mincho;}}{\\info{\\title " + m("金銭消費貸借契約書") + "}{\\author x}}\n",
        "{\\header\\pard " + m("契約番号欄（控え）") + "\\par}{\\footer\\pard " + m("頁") + "\\chpgn\\par}\n",
        "\\pard\\qc\\b " + m("金銭消費貸借契約書") + "\\b0\\par\n",
        "\\pard " + m("第１条　借主は、表記の金額を") + "{\\deleted " + m("令和六年") + "}{\\revised " + m("令和七年") + "}" + m("五月一日に借り入れる。") + "\\par\n",
        "\\pard{\\listtext " + m("（１）") + "\\tab}" + m("利率は年2.5％とする。") + "{\\super\\chftn}{\\footnote\\pard{\\super\\chftn} " + m("固定の利率とする。") + "\\par}\\par\n",
        "\\pard{\\listtext " + m("（２）") + "\\tab}" + _codes("損害金は年14％とし、髙橋支店で支払う。") + "\\par\n",
        "\\pard " + m("この欄は記入しない。") + "{\\v " + m("雛形番号七") + "}" + m("記録は10") + "{\\super 6}" + m("件まで保存する。") + "\\par\n",
        row(((1, "\\clvmgf"), (2, ""), (3, "")), (m("返済の方法"), m("回数"), m("一回の額"))),
        row(((1, ""), (2, ""), (3, "")), (m("元利均等"), "120", m("48,500円"))),
        row(((1, ""), (2, ""), (3, "")), (m("一括"), "1", m("△"))),
        "\\pard " + m("能力のソース表示、十予申。") + "\\line " + m("改行のある段落。") + "\\par\n",
        "\\pard {\\field{\\*\\fldinst HYPERLINK \"http://example.co.jp/\"}{\\fldrslt " + m("約款") + "}}" + m("を参照する。") + "{\\pict\\pngblip 89504e470d0a}\\par\n}",
    )  # fmt: skip
    return Held(
        "contract.rtf", "".join(parts).encode("ascii"),
        keep=(
            "金銭消費貸借契約書", "第1条借主は、表記の金額を令和七年五月一日に借り入れる。", "(1)利率は年2.5%とする。", "(2)損害金は年14%とし、髙橋支店で支払う。",
            "固定の利率とする。", "この欄は記入しない。記録は10^6件まで保存する。", "能力のソース表示、十予申。", "約款を参照する。",
        ),
        leave=("令和六年", "雛形番号七", "控え", "頁", "HYPERLINK", "89504e", "□", "2.5%とする。1固定"),
        once=("金銭消費貸借契約書",),
        order=("第1条借主は", "利率は年", "損害金は", "この欄は", "元利均等", "能力のソース", "約款を参照する"),
        cells=(
            Cell(("元利均等",), ("回数",), "120"), Cell(("元利均等",), ("一回の額",), "48,500円"), Cell(("一括",), ("回数",), "1"),
        ),
        fields={"title": "金銭消費貸借契約書"},
    )  # fmt: skip


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` half columns, broken anywhere, as an old word processor does."""
    lines, line, used = list[str](), "", 0
    for char in text:
        wide = 1 if char.isascii() else 2
        if used + wide > width:
            lines.append(line)
            line, used = "", 0
        line, used = line + char, used + wide
    return [*lines, line]


def wrapped() -> Held:
    """A report printed to a file: code page 932 with vendor characters, 60 columns, heads and numbers of pages between lines."""
    paragraphs = (
        "　㈱髙島屋敷銀行の№１支店は、①貸出の伸び、②預金の減少の影響を受け、経常利益が前年同期を12,345百万円上回り、98,765百万円となりました。与信費用は△6.1％の減少です。",
        "　有価証券については、国債を１兆2,300億円、地方債を4,560億円、社債を7～9月期の買入れを含めて3,210億円保有しています。評価損益は△450億円で、金利の上昇により拡大しました。",
        "　今後の見通しとしては、７月から９月にかけての資金需要の動向、Ⅲ種の債権の回収、5％～10％の範囲での貸倒引当金の積増しが焦点となります。",
    )
    lines = ["１．業績の概況", ""]
    for at, paragraph in enumerate(paragraphs):
        rows = _wrapped(paragraph, 60)
        if at == 1:
            rows[2:2] = ["", "                             - 3 -", "\f若葉銀行　半期報告資料", ""]
        lines += [*rows, ""]
    lines += [
        "２．配当の状況",
        "",
        "　年間の配当は、１株につき45円とし、前期から5円の増配とします。",
        "",
        "                             - 4 -",
    ]
    return Held(
        "half_year.txt", "\r\n".join(lines).encode("cp932"),
        keep=(
            paragraphs[0].strip(), paragraphs[1].strip(), paragraphs[2].strip(), "1.業績の概況", "2.配当の状況", "年間の配当は、1株につき45円とし、前期から5円の増配とします。",
        ),
        leave=("-3-", "-4-", "半期報告資料"),
        order=("業績の概況", "経常利益が", "有価証券については", "今後の見通し", "配当の状況", "年間の配当は"),
    )  # fmt: skip


def printed() -> Held:
    """A list from a host computer: tables drawn with lines, one with its unit above, one of columns set with blanks."""
    text = """　　　　　　　　　　貸出金明細表　　　　　　　　作成日　令和７年３月３１日

　　　　　　　　　　　　　　　　　　　　　　　　　　　（単位：千円）
┌──────┬───────┬───────┐
│　科　　目　│　　前　　期　│　　当　　期　│
├──────┼───────┼───────┤
│手形貸付　　│　　１２，３００│　　１１，８５０│
├──────┼───────┼───────┤
│証書貸付　　│　　４５，６１０│　△　２，３４０│
├──────┼───────┼───────┤
│当座貸越　　│　　　　　　　│　　　　７８０│
└──────┴───────┴───────┘

+----------+----------+----------+
| 店番     | 件数     | 延滞     |
+----------+----------+----------+
| 本店     |      512 |       14 |
| 駅前     |      230 |        3 |
+----------+----------+----------+

上記の計数には、償却済みの債権を含まない。
"""
    return Held(
        "host_list.txt", text.encode("cp932"),
        keep=("貸出金明細表", "上記の計数には、償却済みの債権を含まない。", "(単位:千円)"),
        leave=("┌", "├", "│", "+---"),
        order=("貸出金明細表", "手形貸付", "証書貸付", "当座貸越", "駅前", "上記の計数"),
        cells=(
            Cell(("手形貸付",), ("前期",), "12,300"), Cell(("手形貸付",), ("当期",), "11,850"), Cell(("証書貸付",), ("前期",), "45,610"),
            Cell(("証書貸付",), ("当期",), "△2,340"), Cell(("当座貸越",), ("当期",), "780"), Cell(("本店",), ("件数",), "512"),
            Cell(("駅前",), ("延滞",), "3"),
        ),
    )  # fmt: skip
