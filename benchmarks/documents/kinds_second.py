"""A second round of kinds, written before the code of these kinds was looked at: Word tables, municipal pages, newsletters, cut figures, days with two calendars, wiki tables, numbers."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH

from documents.held import Cell, Held
from documents.kinds_prints import printed

HEAD = "<!doctype html><html lang=ja><head><meta charset=utf-8><title>{}</title></head><body>"


def word_table() -> Held:
    """A Word table with cells merged down and across, a unit paragraph, a nested table, a row of notes."""
    document = docx.Document()
    document.add_heading("部門別の実績", 1)
    document.add_paragraph("部門別の実績は次の表のとおりです。法人部門が伸びました。")
    document.add_paragraph("（単位：百万円）").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table = document.add_table(rows=6, cols=5)
    rows = [
        ["部門", "", "上期", "", "通期"],
        ["", "", "計画", "実績", "計画"],
        ["法人", "融資", "410", "438", "850"],
        ["", "手数料", "95", "△12", "200"],
        ["個人", "預金", "", "－", "77"],
        ["（注）社内管理の数値です。", "", "", "", ""],
    ]
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    for one, other in (((0, 0), (1, 1)), ((0, 2), (0, 3)), ((2, 0), (3, 0)), ((5, 0), (5, 4))):
        table.cell(*one).merge(table.cell(*other))
    document.add_paragraph("個人部門は横ばいでした。")
    held = io.BytesIO()
    document.save(held)
    return Held("m01_word.docx", held.getvalue(), keep=("法人部門が伸びました。", "個人部門は横ばいでした。", "社内管理の数値です。", "単位:百万円"), once=("社内管理の数値です。",),
        cells=(
            Cell(("法人", "融資"), ("上期", "実績"), "438"), Cell(("法人", "手数料"), ("上期", "実績"), "△12"), Cell(("法人", "手数料"), ("通期", "計画"), "200"),
            Cell(("個人", "預金"), ("上期", "実績"), ("－", "-")), Cell(("個人", "預金"), ("通期", "計画"), "77"),
        ), order=("部門別の実績は", "単位", "融資", "預金", "社内管理", "横ばい"))  # fmt: skip


def heads_again() -> Held:
    """A head that comes again in the middle, a foot before the body, letters of a heading below each other, amounts below each other."""
    page = (
        HEAD.format("支店別の計数")
        + """<h1>支店別の計数</h1><p>支店別の計数は次のとおりです。</p>
<table><thead><tr><th scope=col>支店</th><th scope=col>預<br>金</th><th scope=col>貸<br>出<br>金</th></tr></thead><tfoot><tr><th scope=row>計</th><td>3,310</td><td>2,075</td></tr></tfoot>
<tbody><tr><th scope=row>若葉</th><td>1,204</td><td>811</td></tr><tr><th scope=row>港</th><td>980</td><td>602</td></tr>
<tr><th>支店</th><th>預<br>金</th><th>貸<br>出<br>金</th></tr><tr><th scope=row>山手</th><td>1,126</td><td>662</td></tr></tbody></table>
<table><tr><td>区分</td><td>金額</td></tr><tr><td>受取利息<br>うち貸出金利息<br>うち有価証券利息</td><td>905<br>731<br>174</td></tr><tr><td>支払利息</td><td>△58</td></tr></table>
<p>計数は期末日のものです。</p></body></html>"""
    )
    return Held("m02_heads_again.html", page.encode(), keep=("計数は期末日のものです。",),
        cells=(
            Cell(("若葉",), ("預金",), "1,204"), Cell(("港",), ("貸出金",), "602"), Cell(("山手",), ("預金",), "1,126"), Cell(("計",), ("貸出金",), "2,075"),
            Cell(("うち貸出金利息",), ("金額",), "731"), Cell(("うち有価証券利息",), ("金額",), "174"), Cell(("支払利息",), ("金額",), "△58"),
        ), order=("若葉", "港", "山手", "計", "受取利息"))  # fmt: skip


def municipal() -> Held:
    """A page of a town: its number, a big-print link, licences, a foot about the office, help about viewers, languages, a calendar."""
    page = (
        HEAD.format("国民年金の免除／見本町")
        + """<div><ul><li><a href=j>日本語</a></li><li><a href=e>English</a></li><li><a href=z>中文</a></li><li><a href=k>한국어</a></li></ul></div>
<div><a href=/>トップページ</a> &gt; <a href=/k>くらし</a> &gt; <a href=/k/n>年金</a> &gt; 国民年金の免除</div>
<div><h1>国民年金の免除</h1><p>ページ番号1004321</p><p>更新日　令和6年2月9日</p><p><a href=p>印刷</a>　<a href=b>大きな文字で印刷</a></p>
<p>収入が少なく保険料を納めることが難しいときは、申請により保険料の全額または一部が免除されます。承認された期間は、年金を受けるための期間に数えられます。</p>
<h2>手続に必要なもの</h2><ul><li>年金の番号が分かるもの</li><li>失業した方は、離職の証明書</li></ul>
<p>申請は2年1か月前までさかのぼることができます。</p><p><img src=i alt="PDF"><a href=f.pdf>免除の申請書 （PDF 215.3KB）</a><img src=w alt="新しいウィンドウで開きます"></p>
<p>PDFファイルをご覧いただくには、「Adobe（R） Reader（R）」が必要です。お持ちでない方はアドビシステムズ社のサイト（新しいウィンドウ）からダウンロード（無料）してください。</p>
<div><h2>このページに関するお問い合わせ</h2><p>住民課　年金係<br>見本町役場 電話：0155-55-0123</p><p><a href=q>お問い合わせは専用フォームをご利用ください。</a></p></div>
<div><p>クリエイティブ・コモンズ・ライセンスを表示しています。</p></div></div>
<div><table><caption>2月の行事</caption><tr><th>日</th><th>月</th><th>火</th><th>水</th><th>木</th><th>金</th><th>土</th></tr><tr><td></td><td></td><td></td><td></td><td><a href=1>1</a></td><td><a href=2>2</a></td><td><a href=3>3</a></td></tr><tr><td><a href=4>4</a></td><td>5</td><td>6</td><td>7</td><td>8</td><td>9</td><td>10</td></tr></table></div>
<div><p>見本町役場 〒000-0000 見本県見本郡見本町1番地</p><p>開庁時間　8時30分から17時15分</p><p>Copyright (C) Mihon Town. All Rights Reserved.</p></div></body></html>"""
    )
    return Held("m03_municipal.html", page.encode(),
        keep=("保険料の全額または一部が免除されます。", "失業した方は、離職の証明書", "申請は2年1か月前までさかのぼることができます。"),
        leave=("한국어", "くらし>年金", "大きな文字で印刷", "アドビ", "専用フォームをご利用", "2月の行事", "All Rights", "新しいウィンドウで", "ページ番号1004321"), fields={"as_of": "2024-02-09", "title": "国民年金の免除"})  # fmt: skip


def release() -> Held:
    """A release: the day and its kind over the headline, links to the list, what to read before and after, a login box."""
    page = (
        HEAD.format("住宅ローン金利の改定について｜ニュース｜見本信託")
        + """<div class=g><form><p>ログインID</p><input type=text><p>パスワード</p><input type=password><button>ログイン</button></form></div>
<div><p>2024年05月10日　お知らせ</p><h1>住宅ローン金利の改定について</h1>
<p>見本信託は、2024年6月3日より住宅ローンの店頭金利を下記のとおり改定いたします。既にお借入れいただいているお客さまには、次回の見直しの時から適用いたします。</p>
<p style="text-align:center">記</p><table><tr><td></td><td>改定前</td><td>改定後</td></tr><tr><td>変動金利型</td><td>年2.475％</td><td>年2.625％</td></tr><tr><td>固定10年</td><td>年3.70％</td><td>年3.85％</td></tr></table><p style="text-align:right">以上</p>
<p><a href=..>ニュース一覧へ戻る</a></p><p><a href=1>＜ 前の記事</a>　<a href=2>次の記事 ＞</a></p></div></body></html>"""
    )
    return Held("m04_release.html", page.encode(), keep=("住宅ローンの店頭金利を下記のとおり改定いたします。", "次回の見直しの時から適用いたします。"), leave=("ログインID", "パスワード", "一覧へ戻る", "次の記事"),
        fields={"published": "2024-05-10"}, cells=(Cell(("変動金利型",), ("改定後",), "年2.625%"), Cell(("固定10年",), ("改定前",), "年3.70%")), order=("見本信託は", "変動金利型", "以上"))  # fmt: skip


def newsletter() -> Held:
    """A newsletter in plain text: rules, marks of headings, one width, addresses on lines of their own, a foot about leaving it."""
    text = """━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
　見本証券メールニュース　第214号　2024年7月5日
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

◆今週の市場

今週の国内株式は続伸しました。円安が輸出企業の業績を押し上げる
との見方から、自動車や機械に買いが入りました。一方で、内需の銘柄
は利益を確定する売りに押され、指数の上昇は1.
8％にとどまりました。

◆来週の予定

・7月8日（月）　国際収支の発表
・7月10日（水）　企業物価指数の発表。市場の予想は前年同月比で＋
　2.9％です。

詳しくはこちらをご覧ください。
https://www.example.jp/market/20240705.html

――――――――――――――――――――――――――――――
◇配信の停止はこちら
https://www.example.jp/mail/stop
発行：見本証券株式会社　本メールの無断転載を禁じます。
"""
    return Held("m05_newsletter.txt", text.encode("cp932"),
        keep=("押し上げるとの見方から、自動車や機械に買いが入りました。一方で、内需の銘柄は利益を確定する売りに押され、指数の上昇は1.8%にとどまりました。", "市場の予想は前年同月比で+2.9%です。", "◆来週の予定", "・7月8日(月) 国際収支の発表"),
        leave=("発表・7月10日", "ください。https"), order=("今週の市場", "今週の国内株式", "来週の予定", "国際収支", "企業物価指数"), fields={"published": "2024-07-05"})  # fmt: skip


def cut_figures() -> Held:
    """Breaks inside figures, dates, units, brackets and numbers of articles."""
    text = """　当期の貸出金は前期の末に比べて増え、期末の残高は１兆２，３４
５億円となった。うち個人向けの住宅資金は４，０１２億円（前期比３．
５％増）であり、全体の三割を占めた。利率の見直しは令和六年四
月一日に行い、規程第１
２条の定めによって（単位：百
万円）の表を改めた。この見直しによる影響は△
１２億円と見込んでいるが、詳しくは別紙のとおりであって、期末の
配当は一株あたり１０～
１２円の範囲とする。
"""
    return Held("m06_cut_figures.txt", text.encode(), keep=("期末の残高は1兆2,345億円となった。", "(前期比3.5%増)であり、", "令和六年四月一日に行い、", "規程第12条の定めによって(単位:百万円)の表を改めた。", "影響は△12億円と見込んで", "一株あたり10~12円の範囲とする。"))  # fmt: skip


def kept_lines() -> Held:
    """Lines that must not be joined: a table of blanks, an address block, verse, numbered clauses with clauses below them."""
    text = """規程第八条（審査）

　審査は、次の順に行うものとし、それぞれの結果を審査票に記録しな
ければならない。
　一　本人の確認
　二　収入の確認
　　イ　源泉徴収票
　　ロ　確定申告書の写し
　三　担保の評価

氏名　　　　所属　　　　　点数
青木　　　　本店　　　　　８２
井上　　　　港支店　　　　７７

見本市中央区本町一丁目二番三号
　見本ビル五階
　　審査センター　御中

　　春の海ひねもす
　　のたりのたりかな
"""
    return Held("m07_kept_lines.txt", text.encode(), keep=("審査票に記録しなければならない。", "イ 源泉徴収票", "三 担保の評価"), leave=("確認二", "源泉徴収票ロ", "82井上", "三号見本ビル", "ひねもすのたり", "点数青木"))  # fmt: skip


def days() -> list[Held]:
    """Days with two calendars, with a number of the edition, in one line with the first day."""

    def page(name: str, title: str, line: str, **fields: str) -> Held:
        body = (
            f"{title}の取扱いは、本書の定めるところによる。担当の者は、利用者の立場に立って正確に事務を行うものとする。"
        )
        return Held(
            f"{name}.html",
            (HEAD.format(title) + f"<h1>{title}</h1><p>{line}</p><p>{body}</p></body></html>").encode(),
            keep=(f"{title}の取扱いは、",),
            fields=fields,
        )

    return [
        page("e01", "窓口の案内", "2024年（令和6年）4月1日現在", as_of="2024-04-01"),
        page("e02", "会計の手引", "令和６（2024）年３月31日時点", as_of="2024-03-31"),
        page("e03", "内部の監査", "制定：平成20年4月1日　最終改訂：令和3年10月1日", as_of="2021-10-01"),
        page("e04", "帳票の様式", "令和6年4月1日　改訂第3版", as_of="2024-04-01"),
        page("e05", "端末の操作", "第2.1版（2024年4月1日改訂）", as_of="2024-04-01"),
        page("e06", "基金の規約", "平成10年3月1日規約第1号<br>改正　平成15年4月1日規約第3号　令和2年4月1日規約第2号", as_of="2020-04-01"),
        page("e07", "広報の記事", "公開日：2023年12月1日　最終更新日：2024年1月15日", as_of="2024-01-15", published="2023-12-01"),
        page("e08", "委員の名簿", "（令和5年7月1日　現在）", as_of="2023-07-01"),
        page("e09", "火災の予防", "令和元年５月１日から施行", as_of="2019-05-01"),
    ]  # fmt: skip


def wiki() -> Held:
    """An article with a table (left out by rule), templates that carry text, notes with figures."""
    text = """'''見本銀行'''（みほんぎんこう、{{lang-en-short|Mihon Bank}}）は、[[見本県]]に本店を置く架空の[[地方銀行]]である<ref>『銀行便覧』2019年、12頁。</ref>。

[[1921年]]（[[大正]]10年）に{{仮リンク|見本商業銀行|en|Mihon Commercial Bank}}として設立された。資本金は{{nowrap|30億円}}、総資産は約{{Val|1250}}億円である{{要出典|date=2020年1月}}。

== 店舗 ==
{| class="wikitable"
! rowspan="2" | 年度 !! colspan="2" | 店舗数
|-
! 県内 !! 県外
|-
| 2018年度 || 41 || 5
|-
| 2019年度 || colspan="2" | 44
|}

== 脚注 ==
<references />

[[Category:見本県の企業]]
"""
    dump = f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" xml:lang="ja"><siteinfo><sitename>Wikipedia</sitename><dbname>jawiki</dbname></siteinfo><page><title>見本銀行</title><ns>0</ns><id>1</id><revision><id>2</id><timestamp>2020-05-01T00:00:00Z</timestamp><text xml:space="preserve">{escape(text)}</text></revision></page></mediawiki>'
    return Held("m08_wiki.xml", dump.encode(), keep=("は、見本県に本店を置く架空の地方銀行である。", "(大正10年)に見本商業銀行として設立された。", "資本金は30億円、総資産は約1,250億円である。", "Mihon Bank"), leave=("銀行便覧", "要出典", "Category", "仮リンク", "|-"))  # fmt: skip


def numbers() -> Held:
    """Accounts, cards and telephones in other wording; codes that look alike."""
    text = """お振込先のご案内

みずうみ銀行　港支店（普）　１２０４５６７　名義　見本商会
ゆうちょ銀行　〇一八支店　普通　3310928
店番123　口座番号7654321　おなまえ　ミホン タロウ
当座　第0123456号（本店営業部の口座）
カード番号は4111 1111 1111 1111、有効期限は12/27です。
緊急の連絡先　080（1234）5678、直通 (03)5555-0199、FAX:06・6543・2100
Ｅ－ｍａｉｌ：ｊｉｍｕ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ

銘柄のISINはJP3756600007、証券コードは7203、LEIは353800ABCDEFGHJKLM12です。
JANコードは4901234567894、登録番号はT7000012050002です。座標は35.6812,139.7671です。
預金の残高は普通が4,471,902円、当座が1,204,567円でした。取引件数は1204567件でした。
会議は0900から1030まで、議事録の番号は2024-0331です。契約の期間は2024-04-01から2027-03-31です。
利率は0.125％、為替は151.34円、指数は38,915.87でした。発行の総額は1000000000円です。
"""
    return Held("m09_numbers.txt", text.encode(),
        keep=("JP3756600007", "353800ABCDEFGHJKLM12", "4901234567894", "T7000012050002", "4,471,902円、当座が1,204,567円", "1204567件", "2024-0331", "2024-04-01から2027-03-31", "38,915.87", "1000000000円", "35.6812,139.7671"),
        leave=("1204567名義", "(普)1204567", "3310928", "7654321", "0123456号", "4111", "1234)5678", "5555-0199", "6543", "jimu@"))  # fmt: skip


def landscape() -> Held:
    """A page across with a ruled table whose stub spans rows, over a note and beside a turned label."""
    rows = "".join(f"<tr>{'<td rowspan=2>' + area + '</td>' if kind == '計画' else ''}<td>{kind}</td>{''.join(f'<td>{n}</td>' for n in figures)}</tr>" for area, kind, figures in [
        ("東", "計画", ("1,200", "1,300", "△40", "5.5%")), ("東", "実績", ("1,185", "1,342", "－", "6.1%")), ("西", "計画", ("800", "", "12", "2.0%")), ("西", "実績", ("790", "822", "9", "△0.4%"))])  # fmt: skip
    page = f"<style>@page{{size:A4 landscape}}</style><h2>地域の計画と実績</h2><p>金額の単位は百万円です。</p><table><tr><th colspan=2>地域</th><th>第1四半期</th><th>第2四半期</th><th>差額</th><th>伸び率</th></tr>{rows}</table><p>（注）伸び率は前年の同じ期に対するものです。</p>"
    return Held("m10_landscape.pdf", printed(page), keep=("金額の単位は百万円です。", "伸び率は前年の同じ期に対するものです。"),
        cells=(
            Cell(("東", "計画"), ("第2四半期",), "1,300"), Cell(("東", "実績"), ("第2四半期",), "1,342"), Cell(("西", "計画"), ("差額",), "12"), Cell(("西", "実績"), ("伸び率",), "△0.4%"),
            Cell(("東", "実績"), ("差額",), ("－", "-")), Cell(("西", "計画"), ("第1四半期",), "800"),
        ))  # fmt: skip


def three_tiers() -> Held:
    """Vertical print in three tiers, without lines between, under a heading that runs across."""
    tiers = [
        ["第一条この会は見本会という。", "第二条この会は親睦を目的とする。", "第三条事務所は見本市に置く。"],
        ["第四条会員は年会費を納める。", "第五条役員は三名とする。", "第六条総会は年一回開く。"],
        ["第七条会計の年度は四月に始まる。", "第八条規約は総会で改める。", "第九条残余の財産は寄付する。"],
    ]
    page = "<h2>見本会規約</h2>" + "".join(
        '<div style="writing-mode:vertical-rl;height:62mm;width:150mm;margin-bottom:12mm">'
        + "".join(f"<p style='margin:0 1.5mm'>{line}</p>" for line in lines)
        + "</div>"
        for lines in tiers
    )
    flat = [line for lines in tiers for line in lines]
    return Held("m11_three_tiers.pdf", printed(page), keep=(flat[0], flat[4], flat[8], "見本会規約"), order=("見本会規約", *(line[:8] for line in flat)))  # fmt: skip


def archive() -> Held:
    """An archive of pages in CP932 with names in CP932."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as written:
        written.writestr(
            "a/notice.txt", "満期のご案内\n\n満期日の十日前までに、書面でご案内を差し上げます。".encode("cp932")
        )
        written.writestr("a/data.csv", "区分,本文\n規程,払戻しには届出の印鑑が要ります。\n".encode("cp932"))
    return Held("m12_archive.zip", held.getvalue(), keep=("満期日の十日前までに、書面でご案内を差し上げます。",))


def all_second() -> list[Held]:
    return [
        word_table(),
        heads_again(),
        municipal(),
        release(),
        newsletter(),
        cut_figures(),
        kept_lines(),
        *days(),
        wiki(),
        numbers(),
        landscape(),
        three_tiers(),
        archive(),
    ]
