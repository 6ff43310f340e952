"""Pages and books of a bank: raised figures of both kinds, spans over the head's end, a WebForms page, clauses, a manual as a book."""

from __future__ import annotations

import io
import zipfile

from documents.held import Cell, Held

_HEAD = "<!doctype html><html lang=ja><head><meta charset=utf-8><title>{}</title></head><body>"


def raised() -> Held:
    """Raised figures that are powers and raised figures that are notes; fractions; heads whose spans end with the head."""
    page = (
        _HEAD.format("統計の読み方 | 若葉銀行")
        + """<main><h1>統計の読み方</h1>
<p>顧客の記録は約10<sup>6</sup>個、基礎データは2.5×10<sup>9</sup>件に達します。検知の誤りは10<sup>-3</sup>未満に抑えています。</p>
<p>複利の終価は元本に1.05<sup>10</sup>を掛けて求めます。符号の種類は2<sup>10</sup>＝1,024通りです。分散はσ<sup>2</sup>で表します。</p>
<p>本店の敷地は12,500m<sup>2</sup>、排出したCO<sub>2</sub>は340トンです。回帰式の決定係数R<sup>2</sup>は0.93でした。</p>
<p>純資産は1,234<sup>1</sup>百万円、配当は1株10<sup>3</sup>円です。会員の<sup>1</sup>/<sub>3</sub>以上の同意が要ります。</p>
<p>延滞率は0.85％<sup>※2</sup>、利回りは1.2<sup>（注1）</sup>％、費用は56億円<sup>*</sup>でした。割合は<math><mfrac><mn>2</mn><mn>5</mn></mfrac></math>です。</p>
<table><thead><tr><th rowspan="9">商品</th><th colspan="2">個人<sup>2</sup></th><th rowspan="2">法人</th></tr>
<tr><th>前期末</th><th>当期末</th></tr></thead>
<tbody><tr><td>普通預金</td><td>1,105<sup>1</sup></td><td>1,208</td><td>640</td></tr>
<tr><td>定期預金</td><td rowspan="0">872</td><td>861</td><td>－</td></tr>
<tr><td>積立預金</td><td>15</td><td></td></tr></tbody>
<tfoot><tr><td>合計</td><td>1,977</td><td>2,084</td><td>640</td></tr></tfoot></table>
<table><tr><td>店舗</td><td>明細</td></tr><tr><td>本店</td><td><table><tr><th>通貨</th><th>残高</th></tr><tr><td>米ドル</td><td>73</td></tr>
<tr><td>ユーロ</td><td>28</td></tr></table></td></tr></table>
<p>1 連結子会社を含みます。<br>2 個人事業主を含みます。<br>3 記念配当2円を含みます。</p></main></body></html>"""
    )
    return Held(
        "raised.html", page.encode(),
        keep=(
            "顧客の記録は約10^6個、基礎データは2.5×10^9件に達します。", "検知の誤りは10^-3未満に", "元本に1.05^10を掛けて",
            "2^10=1,024通り", "σ^2で表します", ("12,500m^2、", "12,500m2、"), "CO2は340トン", ("R^2は0.93", "R2は0.93"),
            ("1/3以上の同意", "1⁄3以上の同意"), ("割合は2/5です", "割合は2⁄5です"), "純資産は1,234", "費用は56億円",
            "個人事業主を含みます。", "記念配当2円を含みます。",
        ),
        leave=(
            "約106個", "1,2341", "1,234^1", "配当は1株103円", "1株10^3円", "0.85%2", "1.21", "1.2注1", "会員の13以上", "割合は25です",
            "1.0510", "1,1051", "個人2",
        ),
        order=("顧客の記録は", "複利の終価は", "本店の敷地は", "純資産は", "延滞率は", "普通預金", "定期預金", "米ドル", "連結子会社を含みます"),
        cells=(
            Cell(("普通預金",), ("個人", "前期末"), "1,105"), Cell(("普通預金",), ("個人", "当期末"), "1,208"),
            Cell(("普通預金",), ("法人",), "640"), Cell(("定期預金",), ("個人", "前期末"), "872"),
            Cell(("定期預金",), ("個人", "当期末"), "861"), Cell(("積立預金",), ("個人", "前期末"), "872"),
            Cell(("積立預金",), ("個人", "当期末"), "15"), Cell(("合計",), ("個人", "前期末"), "1,977"),
            Cell(("合計",), ("法人",), "640"), Cell(("米ドル",), ("残高",), "73"), Cell(("ユーロ",), ("残高",), "28"),
        ),
    )  # fmt: skip


def web_forms() -> Held:
    """A page of ASP.NET: everything in one form, labels as spans, a grid with a row of pages, messages that are not shown."""
    lines = "".join(
        f'<tr class="{style}"><td><span id="ctl00_Main_grid_ctl0{at}_name">{name}</span></td><td align="right">{rate}</td><td align="right">{amount}</td></tr>'
        for at, (style, name, rate, amount) in enumerate(
            (("row", "スーパー定期", "0.125％", "30万円以上"), ("alt", "大口定期", "0.150％", "1,000万円以上"), ("row", "期日指定定期", "0.100％", "300万円未満")), 2
        )
    )  # fmt: skip
    page = (
        _HEAD.format("預金金利の一覧 - 若葉銀行")
        + f"""<form method="post" action="./Rates.aspx" id="aspnetForm"><div><input type="hidden" name="__VIEWSTATE" value="/wEPDwUKMTY1NDU2MTA1MmQYAQ"/></div>
<div id="ctl00_Header"><a href="/">ホーム</a> &gt; <a href="/deposit">預金</a> &gt; <span>金利の一覧</span></div>
<div id="ctl00_LeftMenu"><ul><li><a href="/a">普通預金</a></li><li><a href="/b">外貨預金</a></li><li><a href="/c">投資信託</a></li><li><a href="/d">住宅ローン</a></li></ul></div>
<div id="ctl00_Main"><span id="ctl00_Main_lblTitle" class="title">預金金利の一覧</span><br/>
<span id="ctl00_Main_lblDate">2025年4月14日現在</span>
<div id="ctl00_Main_UpdatePanel1"><span id="ctl00_Main_lblNote">金利は税引前の年利です。窓口とインターネットでは適用が異なる場合があります。</span>
<table class="grid" cellspacing="0" rules="all" id="ctl00_Main_grid"><tr><th scope="col"><a href="javascript:__doPostBack('grid','Sort$Name')">商品</a></th>
<th scope="col">年利</th><th scope="col">預入額</th></tr>{lines}
<tr class="pager"><td colspan="3"><table><tr><td><span>1</span></td><td><a href="javascript:__doPostBack('grid','Page$2')">2</a></td>
<td><a href="javascript:__doPostBack('grid','Page$3')">3</a></td></tr></table></td></tr></table>
<table id="ctl00_Main_details"><tr><td class="caption">中途解約の利率</td><td>普通預金の利率を適用します</td></tr><tr><td class="caption">付利の単位</td><td>1円</td></tr></table>
<span id="ctl00_Main_valAmount" style="color:Red;visibility:hidden;">金額を入力してください</span>
<span id="ctl00_Main_valDate" style="display:none;">日付の形式が正しくありません</span>
<select name="ctl00$Main$branch"><option>店舗を選ぶ</option><option>東支店</option></select><input type="submit" value="再表示する"/></div>
<p>中途で解約されたときは、期間に応じた利率を適用します。</p></div>
<div id="ctl00_Footer"><a href="/policy">個人情報の取扱い</a>｜<a href="/site">サイトマップ</a></div></form>
<script>Sys.Application.initialize();</script></body></html>"""
    )
    return Held(
        "rates.html", page.encode(),
        keep=(
            "預金金利の一覧", "金利は税引前の年利です。窓口とインターネットでは適用が異なる場合があります。",
            "中途で解約されたときは、期間に応じた利率を適用します。", "2025年4月14日現在",
        ),
        leave=(
            "外貨預金", "住宅ローン", "金額を入力して", "日付の形式", "店舗を選ぶ", "再表示する", "個人情報の取扱い", "wEPDw", "doPostBack",
            "商品 1 | 年利 2",
        ),
        order=("預金金利の一覧", "金利は税引前", "スーパー定期", "大口定期", "普通預金の利率", "中途で解約されたときは"),
        cells=(
            Cell(("スーパー定期",), ("年利",), "0.125%"), Cell(("大口定期",), ("預入額",), "1,000万円以上"),
            Cell(("期日指定定期",), ("年利",), "0.100%"), Cell(("中途解約の利率",), (), "普通預金の利率を適用します"),
            Cell(("付利の単位",), (), "1円"),
        ),
        fields={"as_of": "2025-04-14"},
    )  # fmt: skip


def clauses() -> Held:
    """Clauses of insurance: lists that count in kana and from a number on, quotation elements, readings, changes, hidden words."""
    page = (
        _HEAD.format("ご契約のしおり｜日の出生命保険")
        + """<article><h1>ご契約のしおり（抜粋）</h1>
<h2>保険金を支払わない場合</h2><p>次のいずれかの場合には、<ruby>免責<rp>（</rp><rt>めんせき</rt><rp>）</rp></ruby>となります。</p>
<ol style="list-style-type:katakana-iroha"><li>被保険者の故意</li><li>戦争その他の変乱<ol type="i"><li>外国のもの</li><li>国内のもの</li></ol></li></ol>
<ol start="4"><li>申込みの撤回は8日以内に限ります。</li><li value="9">撤回は書面で行います。</li></ol>
<p>この商品に<q>元本保証</q>はありません。解約返戻金は<del>毎月</del><ins>毎年</ins>計算します。</p>
<p>詳しくは<a href="/x" target="_blank">約款<span class="visually-hidden">（新しいウィンドウで開きます）</span></a>をご覧ください。</p>
<dl><dt>責任開始日</dt><dd>第1回の保険料を受け取った日をいいます。</dd><dt>失効</dt><dd>保険料の払込みがなく効力を失うことをいいます。</dd></dl>
<details><summary>告知の義務とは何ですか</summary><p>健康の状態などを正しく知らせていただく義務です。</p></details>
<table><caption>新旧対照表</caption><tr><th>改定後</th><th>改定前</th></tr>
<tr><td>第3条（支払の時期）<br>保険金は、請求の日から<u>5営業日</u>以内に支払います。</td><td>第3条（支払の時期）<br>保険金は、請求の日から<u>10営業日</u>以内に支払います。</td></tr></table>
<p>請求の窓口は<br>平日の9時から17時まで<br>ご利用いただけます。</p>
<template><p>雛形の段落です</p></template><noscript><p>スクリプトを有効にしてください。</p></noscript>
<p hidden>この段落は隠れています</p><p aria-hidden="true" style="display:none">装飾の文字</p></article></body></html>"""
    )
    return Held(
        "clauses.html", page.encode(),
        keep=(
            ("イ被保険者の故意", "イ、被保険者の故意"), ("ロ戦争その他の変乱", "ロ、戦争その他の変乱"), ("i外国のもの", "i.外国のもの"), ("ii国内のもの", "ii.国内のもの"),
            ("4申込みの撤回は", "4.申込みの撤回は"), ("9撤回は書面", "9.撤回は書面"), "この商品に「元本保証」はありません。",
            "解約返戻金は毎年計算します。", "詳しくは約款をご覧ください。", ("免責となります。", "免責(めんせき)となります。"),
            "告知の義務とは何ですか", "健康の状態などを正しく知らせていただく義務です。", "新旧対照表",
            "第1回の保険料を受け取った日をいいます。",
        ),
        leave=("毎月毎年", "毎月計算", "新しいウィンドウ", "雛形の段落", "スクリプトを有効", "この段落は隠れて", "装飾の文字", "免責めんせき"),
        order=(
            "被保険者の故意", "戦争その他", "外国のもの", "国内のもの", "申込みの撤回", "撤回は書面", "責任開始日", "第1回の保険料", "失効",
            "告知の義務", "新旧対照表", "5営業日", "請求の窓口は", "平日の9時",
        ),
        cells=(
            Cell((), ("改定後",), "請求の日から5営業日以内に支払います。"), Cell((), ("改定前",), "請求の日から10営業日以内に支払います。"),
        ),
    )  # fmt: skip


def book() -> Held:
    """A manual as a book: chapters out of the manifest's order, a contents page, notes beside the text, numbers of the printed pages."""
    chapters = {
        "c2.xhtml": '<h1>第2章　窓口の対応</h1><p>来店のお客さまには<ruby>印鑑<rt>いんかん</rt></ruby>を求めません。<a epub:type="noteref" href="n.xhtml#n1"><sup>1</sup></a></p>'
        '<p>手続には<span epub:type="pagebreak" id="p12" title="12">12</span>本人の確認が必要です。</p>',
        "c1.xhtml": "<h1>第1章　総論</h1><p>この手引は、店頭の事務の手順を示します。</p><table><tr><th>区分</th><th>保存年限</th></tr><tr><td>伝票</td><td>7年</td></tr></table>",
        "n.xhtml": '<aside epub:type="footnote" id="n1"><p>印鑑の届出がある口座を除きます。</p></aside>',
        "nav.xhtml": '<nav epub:type="toc"><h1>目次</h1><ol><li><a href="c1.xhtml">第1章　総論</a></li><li><a href="c2.xhtml">第2章　窓口の対応</a></li></ol></nav>'
        '<nav epub:type="page-list"><ol><li><a href="c2.xhtml#p12">12</a></li></ol></nav>',
        "cover.xhtml": '<p><img src="cover.png" alt="表紙"/></p>',
    }  # fmt: skip
    out = io.BytesIO()
    nav, aside = ' properties="nav"', ' linear="no"'
    items = "".join(
        f'<item id="{name[:-6]}" href="text/{name}" media-type="application/xhtml+xml"{nav if name == "nav.xhtml" else ""}/>'
        for name in chapters
    )
    spine = "".join(
        f'<itemref idref="{name}"{aside if name == "n" else ""}/>' for name in ("cover", "nav", "c1", "c2", "n")
    )
    told = (
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>店頭事務の手引</dc:title><dc:language>ja</dc:language>'
        "<dc:date>2024-10-01</dc:date></metadata>"
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("mimetype", "application/epub+zip")
        into.writestr("META-INF/container.xml", '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>')  # fmt: skip
        into.writestr("OEBPS/content.opf", f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0">{told}<manifest>{items}</manifest><spine>{spine}</spine></package>')  # fmt: skip
        for name, body in chapters.items():
            into.writestr(f"OEBPS/text/{name}", f'<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body>{body}</body></html>')  # fmt: skip
    return Held(
        "manual.epub", out.getvalue(),
        keep=(
            "この手引は、店頭の事務の手順を示します。", ("印鑑を求めません。", "印鑑(いんかん)を求めません。"), "手続には本人の確認が必要です。",
            "印鑑の届出がある口座を除きます。", "第2章窓口の対応",
        ),
        leave=("目次", "手続には12本人", "求めません。1", "表紙"),
        once=("第1章総論", "第2章窓口の対応"),
        order=("第1章総論", "この手引は", "第2章窓口の対応", "印鑑の届出がある"),
        cells=(Cell(("伝票",), ("保存年限",), "7年"),),
        fields={"title": "店頭事務の手引"},
    )  # fmt: skip
