"""A letter as rich text, a contract as recognition leaves it, notes exported as Markdown from three programs."""

from __future__ import annotations

from documents.held import Cell, Held


def _hex(text: str) -> str:
    return "".join(c if c.isascii() else "".join(f"\\'{byte:02x}" for byte in c.encode("cp932")) for c in text)


def letter() -> Held:
    """A letter: head and foot of its own, the place of the date, 記 and 以上, a table with cells merged across and down, a counted list, a field of a day, a picture."""
    h = _hex
    row = lambda cells, marks: "\\trowd\\trgaph108" + "".join(f"{mark}\\cellx{2200 * at}" for at, mark in enumerate(marks, 1)) + "\n" + "".join(f"\\pard\\intbl {h(cell)}\\cell" for cell in cells) + "\\row\n"  # noqa: E731  # fmt: skip
    item = lambda number, text: "{\\listtext\\pard\\plain " + h(number) + "\\tab}\\pard\\ls1\\ilvl0 " + h(text) + "\\par\n"  # noqa: E731  # fmt: skip
    parts = (
        "{\\rtf1\\ansi\\ansicpg932\\deff0\\deflang1041{\\fonttbl{\\f0\\froman\\fcharset128 " + h("ＭＳ 明朝") + ";}{\\f1\\fnil\\fcharset0 Calibri;}}{\\colortbl;\\red255\\green0\\blue0;}{\\stylesheet{\\s1 " + h("見出し") + ";}}\n",
        "{\\info{\\title " + h("定期預金の満期のご案内") + "}{\\creatim\\yr2025\\mo6\\dy30}}{\\*\\generator Riched20 10.0}\n",
        "{\\headerr\\pard\\qr " + h("お客さま番号欄") + "\\par}{\\footerr\\pard\\qc " + h("若葉銀行　本店営業部") + "\\par}\n",
        "\\pard\\qr " + h("令和７年７月１日") + "\\par\n\\pard " + h("お客さま各位") + "\\par\n\\pard\\qr " + h("若葉銀行本店営業部長") + "\\par\n",
        "\\pard\\qc\\b\\fs28 " + h("定期預金の満期のご案内") + "\\b0\\fs21\\par\n",
        "\\pard\\fi210 " + h("拝啓　盛夏の候、ますますご清祥のこととお慶び申し上げます。") + "\\par\n",
        "\\pard\\fi210 " + h("お預け入れの定期預金が") + "{\\cf1 " + h("７月３１日") + "}" + h("に満期を迎えます。つきましては、下記のお手続をお願いいたします。") + "\\par\n\\pard\\qr " + h("敬具") + "\\par\n\\pard\\qc " + h("記") + "\\par\n",
        item("１．", "満期後のお取扱いは、次の表のとおりです。"),
        row(("種類", "満期後の利率", "", "備考"), ("\\clvmgf", "\\clmgf", "\\clmrg", "\\clvmgf")),
        row(("", "１年", "３年", ""), ("\\clvmrg", "", "", "\\clvmrg")),
        row(("スーパー定期", "0.275％", "0.350％", "自動継続"), ("", "", "", "")),
        row(("大口定期", "0.300％", "0.375％", "―"), ("", "", "", "")),
        "\\pard\\par\n",
        item("２．", "お届印と通帳をお持ちください。"),
        item("３．", "ご来店の予約は、お電話で承ります。"),
        "\\pard " + h("（注）利率は") + "{\\field{\\*\\fldinst { DATE \\\\@ \"yyyy\" }}{\\fldrslt {" + h("令和７年６月３０日") + "}}}" + h("現在の年利です。") + "{\\*\\bkmkstart a}{\\*\\bkmkend a}" + "\\par\n",
        "{\\shp{\\*\\shpinst\\shpleft1000{\\sp{\\sn shapeType}{\\sv 202}}{\\shptxt \\pard " + h("インターネットでもお手続できます。") + "\\par}}}",
        "\\pard\\qr " + h("以上") + "\\par{\\pict\\wmetafile8 010009000003}\n}",
    )  # fmt: skip
    return Held(
        "letter.rtf", "".join(parts).encode("ascii"),
        keep=(
            "定期預金の満期のご案内", "お客さま各位", "拝啓盛夏の候、ますますご清祥のこととお慶び申し上げます。",
            "お預け入れの定期預金が7月31日に満期を迎えます。つきましては、下記のお手続をお願いいたします。",
            "1.満期後のお取扱いは、次の表のとおりです。", "2.お届印と通帳をお持ちください。", "3.ご来店の予約は、お電話で承ります。", "利率は令和7年6月30日現在の年利です。", "インターネットでもお手続できます。",
        ),
        leave=("お客さま番号欄", "DATE", "Riched", "010009", "bkmk", "明朝", "shapeType"),
        once=("定期預金の満期のご案内", "若葉銀行本店営業部長", "0.275%"),
        order=("令和7年7月1日", "お客さま各位", "拝啓", "敬具", "1.満期後", "スーパー定期", "大口定期", "2.お届印", "3.ご来店", "利率は令和"),
        cells=(
            Cell(("スーパー定期",), ("満期後の利率", "1年"), "0.275%"), Cell(("スーパー定期",), ("満期後の利率", "3年"), "0.350%"), Cell(("スーパー定期",), ("備考",), "自動継続"),
            Cell(("大口定期",), ("満期後の利率", "1年"), "0.300%"), Cell(("大口定期",), ("満期後の利率", "3年"), "0.375%"), Cell(("大口定期",), ("備考",), ("―", "－", "-", "—")),
        ),
        fields={"title": "定期預金の満期のご案内"},
    )  # fmt: skip


def recognised() -> Held:
    """A scanned contract as recognition leaves it: blanks between letters, spaced figures, broken lines, page numbers, specks, a stamp's rest."""
    text = """金 銭 消 費 貸 借 契 約 証 書

収 入 印 紙
, . ' ` ~ :

 みなと銀行 (以下「甲」という。) と株式会社あおば製作所 (以下「乙」
という。) は、次のとおり契約を締結した。

第 1 条 (借入要項)
 甲は乙に対し、令和 7 年 4 月 1 5 日、金 2 5,0 0 0,0 0 0 円を貸し渡し、乙
はこれを借り受けた。
第 2 条 (弁済)
 乙は、元金を 5 0 回に分割し、令和 7 年 5 月 から毎月 2 5 日に金
5 0 0,0 0 0 円ずつ弁済する。
- 1 -
|| .; ~~ ^ _ ' . | ,
第 3 条 (利息)
 利 息 は 年 2.4 5 % と し 、 毎 月 末 日 に 支 払 う 。
 2 前項の利息は、1 年を 3 6 5 日とする日割計算による。
第 4 条 (損害金)
 乙が弁済を怠ったときは、年 1 4 % の割合による損害金を支払う。
~ 2 ~
、 。 ■ ｡ ･ ﾞ ﾟ
 甲 東京都中央区見本一丁目 2 番 3 号
 みなと銀行 本店 (印)
"""
    return Held(
        "recognised.txt", text.encode("cp932"),
        keep=(
            "金銭消費貸借契約証書", "みなと銀行(以下「甲」という。)と株式会社あおば製作所(以下「乙」という。)は、次のとおり契約を締結した。",
            "甲は乙に対し、令和7年4月15日、金25,000,000円を貸し渡し、乙はこれを借り受けた。", "乙は、元金を50回に分割し、令和7年5月から毎月25日に金500,000円ずつ弁済する。",
            "利息は年2.45%とし、毎月末日に支払う。", "2前項の利息は、1年を365日とする日割計算による。", "乙が弁済を怠ったときは、年14%の割合による損害金を支払う。",
        ),
        leave=("-1-", "~2~", ".;~~", ",.'`"),
        never=("利 息 は 年", "消 費 貸 借", "1 5 日", "3 6 5", "5 0 0,0", "2.4 5"),
        order=("金銭消費貸借", "第1条", "貸し渡し", "第2条", "毎月25日", "第3条", "日割計算", "第4条", "損害金を支払う"),
    )  # fmt: skip


def notion() -> Held:
    """A page exported from Notion: properties below the title, a call-out, toggles, check boxes, a database as a table, links to other pages with long keys."""
    text = """# 与信限度額の見直し手順

作成者: 審査企画
最終更新: 2025年6月10日 14:05
状態: 公開
タグ: 審査, 手順

<aside>
💡 この手順は、格付を変更した先だけに適用します。

</aside>

- 目次
    - [1. 前提](#1-%E5%89%8D%E6%8F%90)
    - [2. 手順](#2-%E6%89%8B%E9%A0%86)

## 1. 前提

限度額は、格付と担保の組み合わせで決まります。詳しくは[格付の定義](https://www.notion.so/abcdef0123456789abcdef0123456789?pvs=21)を参照してください。

![スクリーンショット 2025-06-01.png](%E3%82%B9%E3%82%AF%E3%83%AA%E3%83%BC%E3%83%B3.png)

| 格付 | 無担保（百万円） | 有担保（百万円） | 承認者 |
| --- | ---: | ---: | --- |
| A | 300 | 1,000 | 部店長 |
| B | 100 | 500 | 審査部長 |
| C | \\- | 200 | **役員** |

## 2. 手順

1. 直近の決算書を取り込む
    1. 2期分を*必ず*そろえる
    2. 試算表は`参考`とする
2. 格付を確定する
- [x]  格付の根拠を記録した
- [ ]  関連部に連絡した

- 差戻しになったときは？
{gap}
    理由を確かめ、3営業日以内に再提出します。
{gap}

[与信限度額の履歴](%E4%B8%8E%E4%BF%A1%20abcdef0123456789abcdef0123456789.csv)
""".replace("{gap}", " " * 4)
    return Held(
        "与信限度額の見直し手順 1f2e3d4c5b6a7980.md", text.encode(),
        keep=(
            "与信限度額の見直し手順", "この手順は、格付を変更した先だけに適用します。", "限度額は、格付と担保の組み合わせで決まります。詳しくは格付の定義を参照してください。",
            ("1.直近の決算書を取り込む",), ("2期分を必ずそろえる",), "試算表は参考とする", ("2.格付を確定する",), "格付の根拠を記録した", "関連部に連絡した", "差戻しになったときは?", "理由を確かめ、3営業日以内に再提出します。",
        ),
        leave=("abcdef0123", "%E5", "スクリーンショット", "aside", "notion.so", "[x]", "**", "---", ".csv", "審査企画最終更新"),
        once=("1.前提", "2.手順", "与信限度額の見直し手順"),
        order=("この手順は", "1.前提", "限度額は、", "部店長", "審査部長", "2.手順", "直近の決算書", "試算表", "格付を確定", "根拠を記録", "差戻し", "再提出します"),
        cells=(
            Cell(("A",), ("無担保(百万円)",), "300"), Cell(("A",), ("有担保(百万円)",), "1,000"), Cell(("B",), ("承認者",), "審査部長"), Cell(("C",), ("無担保(百万円)",), ("-", "－")), Cell(("C",), ("有担保(百万円)",), "200"), Cell(("C",), ("承認者",), "役員"),
        ),
        fields={"title": "与信限度額の見直し手順"},
    )  # fmt: skip


def wiki_export() -> Held:
    """A page of an internal wiki exported by pandoc and one of a vault: HTML tables within, grid tables, definition lists, attributes, wiki links, call-outs, comments."""
    text = """---
title: "障害時の勘定照合"
date: 2025-02-03
updated: 2025-05-19
tags: [勘定系, 障害]
aliases:
  - 照合手順
cssclass: wide
---

::: {.toc-macro}
-   [1. 対象](#対象){.toc-link}
-   [2. 照合の時限](#時限){.toc-link}
:::

# 1. 対象 {#対象 .unnumbered}

> [!warning] 注意
> 照合が終わるまで、==更新系の取引==を再開しないこと。

対象は [[勘定系|基幹システム]] と[為替]{.underline}の二つである。%%あとで図を足す%%

勘定不一致
:   元帳と日計表の残高が一致しない状態をいう。

# 2. 照合の時限

<table>
<colgroup><col style="width: 30%" /><col style="width: 70%" /></colgroup>
<thead><tr class="header"><th rowspan="2">業務</th><th colspan="2">時限</th></tr><tr class="header"><th>平日</th><th>月末</th></tr></thead>
<tbody>
<tr class="odd"><td>為替</td><td>18:30</td><td>19:45</td></tr>
<tr class="even"><td>預金</td><td>20:00</td><td>21:15</td></tr>
</tbody>
</table>

  区分   件数     金額（千円）
  ------ -------- --------------
  借方   1,204    88,310
  貸方   1,203    88,295

  : 照合の例（2025年1月末）

差額は15千円[^1]で、原因は二重計上であった。H~2~O や 10^4^ 件のような表記は使わない。

[^1]: 翌営業日に訂正済み。

```sql
SELECT SUM(amount) FROM ledger;
```

![[照合フロー.png]]

\\[この項おわり\\]
"""
    return Held(
        "障害時の勘定照合.md", text.encode(),
        keep=(
            "照合が終わるまで、更新系の取引を再開しないこと。", "対象は基幹システムと為替の二つである。", ("元帳と日計表の残高が一致しない状態をいう。",), "勘定不一致", ("照合の例(2025年1月末)",), "翌営業日に訂正済み。",
            ("SELECTSUM(amount)FROMledger;",), "[この項おわり]", "10^4",
        ),
        leave=("[!warning]", "==", "あとで図を足す", "{#", "toc-link", ":::", "colgroup", "照合フロー.png", "cssclass", "[^1]", "{.underline}"),
        once=("1.対象", "2.照合の時限"),
        order=("1.対象", "照合が終わるまで", "対象は基幹", "勘定不一致", "2.照合の時限", "18:30", "20:00", "借方", "貸方", "差額は15千円", "この項おわり"),
        cells=(
            Cell(("為替",), ("時限", "平日"), "18:30"), Cell(("為替",), ("時限", "月末"), "19:45"), Cell(("預金",), ("時限", "平日"), "20:00"), Cell(("預金",), ("時限", "月末"), "21:15"),
            Cell(("借方",), ("件数",), "1,204"), Cell(("貸方",), ("金額(千円)",), "88,295"), Cell(("貸方",), ("件数",), "1,203"),
        ),
        fields={"title": "障害時の勘定照合", "published": "2025-02-03"},
    )  # fmt: skip


def all_texts() -> list[Held]:
    """Every file."""
    return [letter(), recognised(), notion(), wiki_export()]
