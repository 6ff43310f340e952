"""Mail, saved pages, a book: tables in mail's HTML, a subject in several encoded words, a page saved by a browser, a manual with notes."""

# pyright: basic, reportAttributeAccessIssue=false

from __future__ import annotations

import base64
import io
import quopri
import zipfile

from documents.bank_mail import jis
from documents.held import Cell, Held


def _word(text: str) -> str:
    return f"=?ISO-2022-JP?B?{base64.b64encode(jis(text)).decode()}?="


def rates_mail() -> Held:
    """A message on rates: subject in folded words of ISO-2022-JP, plain text and HTML beside each other, a table with merged cells, an earlier message below, a signature."""
    html = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp"><style>td{border:1px solid #999}</style></head>
<body lang=JA><div class=WordSection1><p class=MsoNormal>各位</p><p class=MsoNormal>お疲れさまです。市場営業部の篠原です。</p>
<p class=MsoNormal>7月の店頭レートを下表のとおり改定しますので、ご確認ください。<br>適用は<b>7月1日（火）</b>からです。</p>
<table border=1 class=MsoTableGrid><tr><td rowspan=2>通貨</td><td colspan=2>外貨普通預金</td><td rowspan=2>外貨定期<br>（1年）</td></tr>
<tr><td>改定前</td><td>改定後</td></tr>
<tr><td>米ドル</td><td>0.25%</td><td>0.20%</td><td>3.80%</td></tr><tr><td>ユーロ</td><td>0.10%</td><td>0.05%</td><td>1.55%</td></tr>
<tr><td>豪ドル</td><td>－</td><td>0.15%</td><td>3.10%</td></tr></table>
<p class=MsoNormal>※ 1年もの以外は<img src="cid:image001.png@01DB" alt="アイコン">改定しません。</p>
<p class=MsoNormal>ご不明な点は篠原までお願いします。</p><p class=MsoNormal>-- <br>市場営業部　篠原</p>
<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>From:</b> 店頭企画 &lt;plan@bank.example&gt;<br><b>Sent:</b> Monday, June 23, 2025 3:15 PM<br><b>To:</b> 市場営業部<br><b>Subject:</b> 外貨預金の改定時期</p></div>
<p class=MsoNormal>改定の時期をお知らせください。</p></div></body></html>"""
    text = "各位\r\n\r\nお疲れさまです。市場営業部の篠原です。\r\n7月の店頭レートを下表のとおり改定しますので、ご確認ください。\r\n適用は7月1日（火）からです。\r\n通貨\r\n外貨普通預金\r\n改定前\r\n改定後\r\n米ドル\r\n0.25%\r\n0.20%\r\n"
    head = (
        "Return-Path: <shino@bank.example>\r\nReceived: from mx1.bank.example by mx2.bank.example; Tue, 24 Jun 2025 08:31:02 +0900\r\n"
        f"From: {_word('篠原（市場営業部）')} <shino@bank.example>\r\nTo: all@bank.example\r\n"
        f"Subject: {_word('【要確認】外貨預金の店頭')}\r\n {_word('レート改定について（7月')}\r\n {_word('分）')}\r\n"
        "Date: Tue, 24 Jun 2025 08:30:55 +0900\r\nMIME-Version: 1.0\r\nX-Mailer: Microsoft Outlook 16.0\r\n"
        'Content-Type: multipart/related; boundary="=_rel"\r\n\r\n'
    ).encode()
    alternative = (
        b'--=_rel\r\nContent-Type: multipart/alternative; boundary="=_alt"\r\n\r\n'
        b'--=_alt\r\nContent-Type: text/plain; charset="iso-2022-jp"\r\nContent-Transfer-Encoding: 7bit\r\n\r\n' + jis(text) +
        b'\r\n--=_alt\r\nContent-Type: text/html; charset="iso-2022-jp"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        + quopri.encodestring(jis(html)).replace(b"\n", b"\r\n") + b"\r\n--=_alt--\r\n"
    )  # fmt: skip
    picture = b"--=_rel\r\nContent-Type: image/png; name=image001.png\r\nContent-ID: <image001.png@01DB>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--=_rel--\r\n"
    return Held(
        "rates.eml", head + alternative + picture,
        keep=(
            "お疲れさまです。市場営業部の篠原です。", "7月の店頭レートを下表のとおり改定しますので、ご確認ください。", "適用は7月1日(火)からです。",
            ("※1年もの以外は改定しません。",), "ご不明な点は篠原までお願いします。",
        ),
        leave=("MsoNormal", "Received", "アイコン", "cid:", "X-Mailer", "iVBOR"),
        once=("お疲れさまです。", "適用は7月1日(火)からです。", "0.20%"),
        order=("お疲れさま", "適用は", "米ドル", "ユーロ", "豪ドル", "1年もの以外", "ご不明な点"),
        cells=(
            Cell(("米ドル",), ("外貨普通預金", "改定前"), "0.25%"), Cell(("米ドル",), ("外貨普通預金", "改定後"), "0.20%"), Cell(("米ドル",), ("外貨定期",), "3.80%"),
            Cell(("ユーロ",), ("外貨普通預金", "改定後"), "0.05%"), Cell(("豪ドル",), ("外貨普通預金", "改定前"), ("－", "-")), Cell(("豪ドル",), ("外貨定期",), "3.10%"),
        ),
        fields={"title": "【要確認】外貨預金の店頭レート改定について(7月分)", "published": "2025-06-24"},
    )  # fmt: skip


def saved_page() -> Held:
    """A product page as a browser saves it: parts in quoted-printable, Shift_JIS, menus, a path, a list of terms, a folded answer, a side column, a notice in a frame."""
    body = """<!DOCTYPE html><html lang="ja"><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"><title>教育ローン「まなび」｜若葉銀行</title><link rel="stylesheet" href="cid:css-1@mhtml.blink"></head><body>
<div id="hd"><p class="logo"><img src="https://www.bank.example/logo.png" alt="若葉銀行"></p><ul><li><a href="https://www.bank.example/save/">ためる</a></li><li><a href="https://www.bank.example/loan/">かりる</a></li><li><a href="https://www.bank.example/help/">お問い合わせ</a></li></ul></div>
<div class="topicpath"><a href="https://www.bank.example/">トップ</a> &gt; <a href="https://www.bank.example/loan/">かりる</a> &gt; 教育ローン</div>
<div id="main"><h1>教育ローン「まなび」</h1><p class="lead">入学金や授業料、下宿の費用まで、まとめてご利用いただけるローンです。</p>
<h2>商品の概要</h2><dl class="spec"><dt>ご利用いただける方</dt><dd>満20歳以上65歳以下で、安定した収入のある方</dd><dt>ご融資金額</dt><dd>10万円以上500万円以内（1万円単位）</dd><dt>ご融資期間</dt><dd>最長15年（在学中の元金据置期間を含みます。）</dd></dl>
<h2>金利</h2><table><caption>適用金利（2025年7月1日現在）</caption><tr><th>区分</th><th>変動金利</th><th>固定金利</th></tr><tr><th rowspan="2">給与振込あり</th><td>年2.475％</td><td>年3.100％</td></tr><tr><td colspan="2">最大で年0.300％を引き下げます。</td></tr><tr><th>給与振込なし</th><td>年2.975％</td><td>年3.600％</td></tr></table>
<p class="note">※ 金利情勢により、適用金利は毎月見直します。</p>
<h2>よくあるご質問</h2><details><summary>在学中に繰上返済はできますか。</summary><p>はい、いつでも手数料なしで返済いただけます。</p></details>
<p class="btn"><a href="https://www.bank.example/apply/">お申し込みはこちら</a></p></div>
<div id="side"><h2>関連商品</h2><ul><li><a href="https://www.bank.example/car/">マイカーローン</a></li><li><a href="https://www.bank.example/reform/">リフォームローン</a></li></ul></div>
<div id="ft"><p><a href="https://www.bank.example/policy/">プライバシーポリシー</a>｜<a href="https://www.bank.example/map/">サイトマップ</a></p><address>Copyright (C) Wakaba Bank</address></div></body></html>"""
    frame = "<html><head><meta charset=utf-8></head><body><p>広告：若葉カードの年会費が無料</p></body></html>"
    parts = [
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.bank.example/loan/manabi.html\r\nSubject: =?utf-8?Q?=E6=95=99=E8=82=B2=E3=83=AD=E3=83=BC=E3=83=B3?=\r\n"
        b'Date: Thu, 3 Jul 2025 10:12:44 +0900\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----MultipartBoundary--q1----"\r\n\r\n',
        b"------MultipartBoundary--q1----\r\nContent-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://www.bank.example/loan/manabi.html\r\n\r\n"
        + quopri.encodestring(body.encode("cp932")).replace(b"\n", b"\r\n"),
        b"\r\n------MultipartBoundary--q1----\r\nContent-Type: text/css\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: cid:css-1@mhtml.blink\r\n\r\n.spec { color: #333; }\r\n",
        b"------MultipartBoundary--q1----\r\nContent-Type: text/html\r\nContent-ID: <frame-2@mhtml.blink>\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://ads.example/b\r\n\r\n"
        + quopri.encodestring(frame.encode()).replace(b"\n", b"\r\n"),
        b"\r\n------MultipartBoundary--q1------\r\n",
    ]  # fmt: skip
    return Held(
        "loan_page.mhtml", b"".join(parts),
        keep=(
            "教育ローン「まなび」", "入学金や授業料、下宿の費用まで、まとめてご利用いただけるローンです。", "商品の概要", "※金利情勢により、適用金利は毎月見直します。",
            "在学中に繰上返済はできますか。", "はい、いつでも手数料なしで返済いただけます。", "適用金利(2025年7月1日現在)",
        ),
        leave=("ためる", "お問い合わせ", "トップ>", "マイカーローン", "サイトマップ", "Copyright", "color:#333", "年会費が無料", "お申し込みはこちら", "関連商品"),
        once=("商品の概要", "年2.475%"),
        order=("入学金や授業料", "商品の概要", "ご融資金額", "年2.475%", "年2.975%", "金利情勢により", "在学中に", "いつでも手数料なし"),
        cells=(
            Cell(("ご融資金額",), (), "10万円以上500万円以内(1万円単位)"), Cell(("ご融資期間",), (), "最長15年(在学中の元金据置期間を含みます。)"), Cell(("ご利用いただける方",), (), "満20歳以上65歳以下で、安定した収入のある方"),
            Cell(("給与振込あり",), ("変動金利",), "年2.475%"), Cell(("給与振込あり",), ("固定金利",), "年3.100%"), Cell(("給与振込なし",), ("固定金利",), "年3.600%"), Cell(("給与振込あり",), (), "最大で年0.300%を引き下げます。"),
        ),
        fields={"as_of": "2025-07-01"},
    )  # fmt: skip


def manual() -> Held:
    """A manual of operations as a book of the second edition's kind: an NCX, a chapter in two files, notes that go back, a boxed hint, a table with a foot, a colophon."""
    chapters = {
        "title.xhtml": '<body epub:type="titlepage"><h1>相続手続の手引</h1><p>第3版</p></body>',
        "toc.xhtml": '<body><h1>もくじ</h1><ul><li><a href="ch1.xhtml">一　受付</a></li><li><a href="ch1.xhtml#s2">二　必要書類</a></li><li><a href="ch2.xhtml">三　払戻し</a></li></ul></body>',
        "ch1.xhtml": '<body><h2>一　受付</h2><p>お申出を受けた日に、残高証明の要否を伺います<a id="r1" href="#f1">*1</a>。お申出の方が<ruby>被相続人<rp>（</rp><rt>ひそうぞくにん</rt><rp>）</rp></ruby>の配偶者又は子であるかを確かめます。</p>'
        '<div class="hint"><p>ポイント</p><p>死亡の事実を知った時点で、口座の支払を止めます。</p></div><h2 id="s2">二　必要書類</h2>'
        '<table><thead><tr><th>遺言書</th><th>戸籍</th><th>印鑑証明</th></tr></thead><tfoot><tr><td colspan="3">印鑑証明は発行後6か月以内のものに限る。</td></tr></tfoot><tbody><tr><td>あり</td><td>出生から死亡まで</td><td>受遺者1名分</td></tr><tr><td>なし</td><td>同左</td><td>相続人全員分</td></tr></tbody></table>'
        '<hr/><p id="f1" class="footnote"><a href="#r1">*1</a> 証明の基準日は死亡日とします。</p></body>',
        "ch2.xhtml": '<body><h2>三　払戻し</h2><ol start="4"><li>相続届の提出を受けます。</li><li>届の記載を<em>二人</em>で照合します。</li></ol><figure><img src="flow.png" alt="流れ図"/><figcaption>図1　払戻しの流れ</figcaption></figure><p>払戻しは、受付から<span class="tcy">10</span>営業日以内に行います。</p></body>',
        "colophon.xhtml": "<body><p>相続手続の手引　第3版</p><p>2024年12月10日　発行</p><p>発行　若葉銀行事務部</p></body>",
    }  # fmt: skip
    out = io.BytesIO()
    items = "".join(
        f'<item id="{name[:-6]}" href="Text/{name}" media-type="application/xhtml+xml"/>' for name in sorted(chapters)
    )
    spine = "".join(f'<itemref idref="{name[:-6]}"/>' for name in chapters)
    told = (
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf"><dc:title>相続手続の手引 第3版</dc:title><dc:language>ja</dc:language>'
        '<dc:identifier id="b">urn:x:1</dc:identifier><dc:date opf:event="publication">2024-12-10</dc:date></metadata>'
    )
    ncx = '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><docTitle><text>相続手続の手引</text></docTitle><navMap><navPoint id="a" playOrder="1"><navLabel><text>一　受付</text></navLabel><content src="Text/ch1.xhtml"/></navPoint></navMap></ncx>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("mimetype", "application/epub+zip")
        into.writestr("META-INF/container.xml", '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>')  # fmt: skip
        into.writestr("OEBPS/book.opf", f'<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="b">{told}<manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>{items}</manifest><spine toc="ncx">{spine}</spine><guide><reference type="toc" title="もくじ" href="Text/toc.xhtml"/></guide></package>')  # fmt: skip
        into.writestr("OEBPS/toc.ncx", ncx)
        for name, body in chapters.items():
            into.writestr(f"OEBPS/Text/{name}", f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>相続手続の手引</title></head>{body}</html>')  # fmt: skip
    return Held(
        "inheritance.epub", out.getvalue(),
        keep=(
            "一受付", ("お申出の方が被相続人(ひそうぞくにん)の配偶者又は子であるかを確かめます。", "お申出の方が被相続人の配偶者又は子であるかを確かめます。"), "死亡の事実を知った時点で、口座の支払を止めます。", "印鑑証明は発行後6か月以内のものに限る。",
            "証明の基準日は死亡日とします。", ("4.相続届の提出を受けます。", "4相続届の提出を受けます。"), ("5.届の記載を二人で照合します。", "5届の記載を二人で照合します。"), "払戻しは、受付から10営業日以内に行います。", "図1払戻しの流れ",
        ),
        leave=("もくじ", "流れ図"),
        once=("一受付", "三払戻し", "証明の基準日は死亡日とします。"),
        order=("一受付", "残高証明の要否", "口座の支払を止めます", "二必要書類", "出生から死亡まで", "相続人全員分", "三払戻し", "相続届の提出", "二人で照合", "10営業日"),
        cells=(
            Cell(("あり",), ("戸籍",), "出生から死亡まで"), Cell(("あり",), ("印鑑証明",), "受遺者1名分"), Cell(("なし",), ("戸籍",), "同左"), Cell(("なし",), ("印鑑証明",), "相続人全員分"),
        ),
        fields={"title": "相続手続の手引第3版", "published": "2024-12-10"},
    )  # fmt: skip


def all_mail() -> list[Held]:
    """Every file."""
    return [rates_mail(), saved_page(), manual()]
