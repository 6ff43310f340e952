"""Pages of older and newer servers: tables as layout, centred text, text breadcrumbs, widgets of many wordings, contents lists."""

from __future__ import annotations

from documents.held import Cell, Held

HEAD = "<!doctype html><html lang=ja><head><meta charset=utf-8><title>{}</title></head><body>"


def table_layout() -> Held:
    """A page laid out by nested tables and `center`, in CP932, without a heading element."""
    page = """<HTML><HEAD><META http-equiv="Content-Type" content="text/html; charset=x-sjis"><TITLE>両替商の歴史</TITLE></HEAD>
<BODY bgcolor="#ffffff"><CENTER><TABLE width="760" border="0"><TR><TD colspan="3"><IMG src="logo.gif" alt="見本郷土資料館"></TD></TR>
<TR><TD width="140" valign="top"><FONT size="-1"><A href="index.htm">トップページ</A><BR><A href="a.htm">館の案内</A><BR><A href="b.htm">展示の紹介</A><BR><A href="c.htm">交通の案内</A><BR><A href="d.htm">掲示板</A><BR><A href="e.htm">リンク集</A></FONT></TD>
<TD width="480" valign="top"><TABLE><TR><TD bgcolor="#ccccff"><B><FONT size="+2">両替商の歴史</FONT></B></TD></TR>
<TR><TD>江戸の両替商は、金貨と銀貨と銭を取り換える商いから始まりました。東国では金が、上方では銀がおもに使われたため、<BR>
商人は取引のたびに相場に応じて貨幣を取り換える必要があったのです。<P>十七世紀の末には、手形による決済も両替商が担うようになりました。預かった資金を貸し出す者も現れ、<BR>
今日の銀行に近い役割を果たしたと考えられています。</TD></TR>
<TR><TD><TABLE border="1"><TR><TD>年</TD><TD>金1両あたりの銀</TD><TD>金1両あたりの銭</TD></TR><TR><TD>1609年</TD><TD>50匁</TD><TD>4,000文</TD></TR><TR><TD>1700年</TD><TD>60匁</TD><TD>3,900文</TD></TR></TABLE></TD></TR></TABLE></TD>
<TD width="140" valign="top"><FONT size="-1">お知らせ<BR><A href="n1.htm">冬の休館日</A><BR><A href="n2.htm">友の会の募集</A></FONT></TD></TR>
<TR><TD colspan="3" align="center"><HR><FONT size="-2">[<A href="index.htm">戻る</A>] [<A href="map.htm">サイトマップ</A>]<BR>Copyright (C) 1999-2004 見本郷土資料館 All Rights Reserved.</FONT></TD></TR></TABLE></CENTER></BODY></HTML>"""
    return Held("p01_table_layout.html", page.encode("cp932"),
        keep=("江戸の両替商は、金貨と銀貨と銭を取り換える商いから始まりました。", ("おもに使われたため、商人は取引のたびに",), "貸し出す者も現れ、今日の銀行に近い", "両替商の歴史"),
        leave=("館の案内", "友の会の募集", "サイトマップ", "Copyright", "リンク集"),
        order=("両替商の歴史", "江戸の両替商は", "十七世紀の末には", "1609年"),
        cells=(Cell(("1609年",), ("金1両あたりの銀",), "50匁"), Cell(("1700年",), ("金1両あたりの銭",), "3,900文")))  # fmt: skip


def breadcrumbs() -> Held:
    """The site's path as text in several spellings; skip links, sizes of letters, print, back to top without names."""
    page = (
        HEAD.format("外貨定期預金 | 見本信用金庫")
        + """
<div><a href="#c">本文へスキップ</a></div><div>文字サイズ <a href="#">小</a> <a href="#">中</a> <a href="#">大</a></div>
<div>現在位置：ホーム ＞ 個人のお客さま ＞ 預ける ＞ 外貨定期預金</div>
<div id=c><div>ここから本文です。</div><h1>外貨定期預金</h1>
<p>外貨定期預金は、米ドルまたはユーロでお預け入れいただく定期預金です。満期日の為替相場によって、円での受取額が元本を下回ることがあります。</p>
<p>お預け入れの期間は1か月、3か月、6か月、1年からお選びいただけます。中途解約はできません。</p>
<h2>為替手数料</h2><p>円から外貨への交換には、1米ドルにつき1円、1ユーロにつき1円50銭の手数料がかかります。</p>
<div>▲ページの先頭へ戻る</div><h2>お取扱い店</h2><p>本店営業部と駅前支店でお取り扱いしています。「ホーム＞預ける」の順にお進みいただくと、お申込みの画面が開きます。</p>
<p><a href="#c">このページのトップへ</a></p><div>本文ここまで</div></div>
<div>ここからフッターです。</div><div>トップ &gt; 個人のお客さま &gt; 預ける</div><div>個人情報保護方針 ｜ 勧誘方針 ｜ サイトマップ ｜ お問い合わせ</div><div>見本信用金庫 登録金融機関 見本財務局長（登金）第999号</div></body></html>"""
    )
    return Held("p02_breadcrumbs.html", page.encode(),
        keep=("外貨定期預金は、米ドルまたはユーロで", "お預け入れの期間は1か月、3か月、", "1ユーロにつき1円50銭の手数料がかかります。", "「ホーム>預ける」の順にお進みいただくと、"),
        leave=("本文へスキップ", "文字サイズ", "現在位置", "個人のお客さま>預ける", "ここから本文", "本文ここまで", "先頭へ戻る", "このページのトップへ", "ここからフッター", "勧誘方針"),
        order=("外貨定期預金は、", "お預け入れの期間は", "為替手数料", "お取扱い店"))  # fmt: skip


def widgets() -> Held:
    """Feedback, sharing, newsletters and comments in wordings of their own, in plain blocks without telling names."""
    page = (
        HEAD.format("源泉徴収票の見方")
        + """<div><div><h1>源泉徴収票の見方</h1><p>更新 2024年1月20日</p>
<p>源泉徴収票は、会社が1年間に支払った給与と、差し引いた所得税の額を示す書類です。年末調整が終わると会社から交付されます。</p>
<p>「支払金額」の欄には、税金や社会保険料を差し引く前の給与の合計が書かれています。手取りの額とは異なります。</p>
<h2>なくしたとき</h2><p>会社に再発行を依頼してください。退職した会社にも依頼できます。この説明が分かりにくいときは、窓口で役に立つ冊子をお渡ししています。</p></div>
<div><p>このページは役に立ちましたか？</p><label><input type=radio name=a>はい、役に立ちました</label><label><input type=radio name=a>どちらともいえない</label><label><input type=radio name=a>いいえ</label><button>送信</button></div>
<div><p>この情報はお役に立ちましたか。よろしければ評価をお聞かせください。</p><p>★★★★★</p></div>
<div>より良いウェブサイトにするために、ページのご感想をお聞かせください。<br>このページの内容は分かりやすかったですか？<br>1：分かりやすかった　2：ふつう　3：分かりにくかった</div>
<div><span>この記事をシェア</span><a href=x>ポスト</a><a href=x>送る</a><a href=x>はてブ</a></div>
<div><p>メールマガジンに登録すると、最新の記事をお届けします。</p><input type=email placeholder=メールアドレス><button>登録する</button></div>
<div><h3>コメント（2件）</h3><p>たかはし 2024年1月22日 10:15</p><p>とても参考になりました！</p><p>名無し 2024年1月25日 08:02</p><p>再発行は無料でしょうか。</p><h3>コメントを投稿する</h3><form><textarea></textarea></form></div>
<div><h3>あわせて読みたい</h3><ul><li><a href=1>年末調整の流れ</a></li><li><a href=2>医療費控除とは</a></li></ul></div></div></body></html>"""
    )
    return Held("p03_widgets.html", page.encode(),
        keep=("源泉徴収票は、会社が1年間に支払った給与と、", "手取りの額とは異なります。", "窓口で役に立つ冊子をお渡ししています。"),
        leave=("このページは役に立ちましたか", "どちらともいえない", "評価をお聞かせ", "ページのご感想", "分かりやすかった", "この記事をシェア", "メールマガジンに登録", "とても参考に", "再発行は無料", "年末調整の流れ"),
        fields={"as_of": "2024-01-20"})  # fmt: skip


def old_php() -> Held:
    """A page of a PHP system: print and mail links, a menu with the words of the article, related links, a foot in `address`."""
    page = (
        HEAD.format("融資制度のご案内 - 見本市")
        + """<div id="wrapper"><div id="header"><a href="index.php">見本市</a><p>くらしと産業のまち</p></div>
<div id="left"><ul><li><a href="index.php?id=10">くらし</a></li><li><a href="index.php?id=20">産業</a><ul><li><a href="index.php?id=21">融資制度</a></li><li><a href="index.php?id=22">補助金</a></li></ul></li></ul>
<p>アクセス数：12,345</p></div>
<div id="center"><p><a href="print.php?id=21">印刷用ページ</a> | <a href="mail.php">友だちに知らせる</a></p><h2>中小企業の融資制度</h2>
<p>登録日：2023年6月9日 / 更新日：2024年4月1日</p>
<p>市内で1年以上事業を営む中小企業に、市が信用保証料の半額を補助します。融資の限度は2,000万円、期間は7年以内です。</p>
<dl><dt>対象</dt><dd>市税を完納している方</dd><dt>利率</dt><dd>年1.4％（固定）</dd><dt>担保</dt><dd>原則として不要です</dd></dl>
<p>申込みは取扱金融機関で受け付けます。審査にはおよそ3週間かかります。</p>
<p>関連ファイル</p><ul><li><a href="a.pdf">申込書（PDF：120KB）</a></li><li><a href="b.pdf">要綱（PDF：85KB）</a></li></ul>
<p>PDFファイルの閲覧にはAdobe Readerが必要です。お持ちでない方は左のアイコンからダウンロードしてください。</p>
<div>お問い合わせ先<br>産業振興課 商工係</div></div>
<div id="right"><h3>注目情報</h3><ul><li><a href="index.php?id=90">春の市民祭り</a></li></ul></div><address>見本市役所 Copyright © Mihon City. All rights reserved.</address></div></body></html>"""
    )
    return Held("p04_old_php.html", page.encode(),
        keep=("市が信用保証料の半額を補助します。", "年1.4%(固定)", "市税を完納している方", "審査にはおよそ3週間かかります。", "中小企業の融資制度"),
        leave=("印刷用ページ", "友だちに知らせる", "アクセス数", "Adobe Reader", "春の市民祭り", "All rights reserved", "くらしと産業のまち"),
        fields={"as_of": "2024-04-01"}, order=("市内で1年以上", "対象", "利率", "担保", "申込みは取扱金融機関で"))  # fmt: skip


def form_in_tables() -> Held:
    """ASP.NET with a layout of tables inside the form: a menu of postbacks, a grid, hidden state, a validation summary."""
    page = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>公社債の基準価格</title></head>
<body><form method="post" action="Default.aspx?no=7" id="form1"><input type="hidden" name="__VIEWSTATE" value="/wEPDwUKMTY1NDU2MTA1Mg9k">
<table width="100%"><tr><td colspan="2"><table><tr><td><a href="javascript:__doPostBack('m','1')">ホーム</a></td><td><a href="javascript:__doPostBack('m','2')">市場情報</a></td><td><a href="javascript:__doPostBack('m','3')">規則</a></td></tr></table></td></tr>
<tr><td style="width:150px"><a href="javascript:__doPostBack('t','1')">基準価格</a><br><a href="javascript:__doPostBack('t','2')">利回り</a><br><a href="javascript:__doPostBack('t','3')">銘柄検索</a></td>
<td><span id="lblTitle">公社債の基準価格</span><br><br><span id="lblBody">基準価格は、報告会社が毎営業日の午後3時に報告した気配の平均をもとに計算します。報告が5社に満たない銘柄については発表しません。<br><br>端数は小数第3位を四捨五入します。発表は翌営業日の午後5時です。</span>
<div id="ValidationSummary1" style="color:Red;display:none;">日付を入力してください。</div>
<div><table id="GridView1"><tr><th scope="col">銘柄</th><th scope="col">償還年月</th><th scope="col">平均値</th></tr><tr><td>見本国債12</td><td>2031/03</td><td>99.87</td></tr><tr><td>見本地方債3</td><td>2029/09</td><td>100.42</td></tr><tr><td colspan="3"><table><tr><td><span>1</span></td><td><a href="javascript:__doPostBack('GridView1','Page$2')">2</a></td><td><a href="javascript:__doPostBack('GridView1','Page$3')">3</a></td></tr></table></td></tr></table></div>
<select name="ddl"><option>2024年</option><option>2023年</option></select><input type="submit" value="表示"></td></tr>
<tr><td colspan="2"><a href="a.aspx">免責事項</a> <a href="b.aspx">個人情報</a></td></tr></table></form></body></html>"""
    return Held("p05_form_in_tables.html", page.encode(),
        keep=("報告が5社に満たない銘柄については発表しません。", "端数は小数第3位を四捨五入します。", "公社債の基準価格"),
        leave=("銘柄検索", "免責事項", "日付を入力してください", "VIEWSTATE", "1 | 2 | 3", "市場情報"),
        cells=(Cell(("見本国債12",), ("平均値",), "99.87"), Cell(("見本地方債3",), ("償還年月",), "2029/09")), order=("基準価格は、報告会社が", "端数は", "見本国債12"))  # fmt: skip


def lists_and_hidden() -> Held:
    """What is not shown in ways other than `hidden`; lists that begin elsewhere; `br` as wrapping at one width."""
    page = (
        HEAD.format("口座開設の手順").replace(
            "</head>",
            "<style>.vh{position:absolute;clip:rect(0 0 0 0);width:1px;height:1px;overflow:hidden}.off{visibility:hidden}@media print{.pr{display:block}}</style></head>",
        )
        + """<main><h1>口座開設の手順</h1>
<p>口座の開設は、次の順に進みます。お手元に本人確認書類をご用意ください。</p>
<ol start=4 type=a><li>申込書に記入する<li>本人確認書類を出す<ul><li>旅券<li>運転免許証</ul><li value=9>通帳を受け取る</ol>
<ol style="list-style-type:katakana"><li>印鑑<li>現金</ol><ol reversed><li>三番目<li>二番目<li>一番目</ol>
<p class=off>開発用の文章です。</p><p class=vh>読み上げ用の文章です。</p><template><p>雛形の文章です。</p></template><p style="font-size:0">大きさのない文章です。</p><div aria-hidden=true style="text-indent:-9999px">はみ出した文章です。</div>
<p>通帳のない口座をお選びになると、入出金の明細は画面でいつ<br>でもご覧いただけます。明細は十年分を保存していますので、<br>確定申告の際にもお使いいただけます。</p>
<p>受付時間<br>平日　9時から15時<br>土曜　10時から17時</p>
<details><summary>手続きに必要な時間は？</summary><p>およそ三十分です。混み合う日は一時間ほどかかります。</p></details></main></body></html>"""
    )
    return Held("p06_lists_and_hidden.html", page.encode(),
        keep=("d.申込書に記入する", "e.本人確認書類を出す", "i.通帳を受け取る", ("ア、印鑑", "ア.印鑑"), ("イ、現金", "イ.現金"), "3.三番目", "1.一番目", "明細は画面でいつでもご覧いただけます。明細は十年分を保存していますので、確定申告", "平日 9時から15時", "およそ三十分です。"),
        leave=("開発用の", "読み上げ用の", "雛形の", "大きさのない", "はみ出した", "15時土曜日"),
        order=("申込書に記入", "旅券", "運転免許証", "通帳を受け取る", "通帳のない口座", "受付時間"))  # fmt: skip


def contents() -> Held:
    """Contents lists: dots of several kinds in paragraphs, in a list, in a table; text with dots that is none."""
    page = (
        HEAD.format("第58期報告書")
        + """<h1>第58期報告書</h1><p>目　次</p>
<p>Ⅰ　事業の概況 ………………………… １</p><p>　１．経営の環境 ・・・・・・・・・・・・・・ ２</p><p>　２．業績 ．．．．．．．．．．．．．．．． ４</p><p>Ⅱ　計算書類 ‥‥‥‥‥‥‥‥‥‥ 11</p>
<table><tr><td>Ⅲ</td><td>会社の体制</td><td>…………</td><td>P.15</td></tr><tr><td>Ⅳ</td><td>株式の状況</td><td>…………</td><td>P.19</td></tr></table>
<ul><li>監査報告 ----------------- 21</li><li>株主メモ ＿＿＿＿＿＿＿＿＿ 24頁</li></ul>
<h2>Ⅰ　事業の概況</h2><h3>１．経営の環境</h3><p>国内の景気は緩やかに持ち直しました。物価は上がり続けましたが……賃金の伸びも続いています。</p>
<h3>２．業績</h3><p>売上高は58億円と、前期を4％上回りました。</p><p>問い合わせの件数　……　120件</p><p>うち苦情　……　8件</p></body></html>"""
    )
    return Held("p07_contents.html", page.encode(),
        keep=("国内の景気は緩やかに持ち直しました。", "……賃金の伸びも続いています。", "売上高は58億円と、", "120件", "8件", "事業の概況"),
        leave=("P.15", "P.19", "24頁", "計算書類", "株主メモ", "監査報告", "目次"), once=("経営の環境", "事業の概況"))  # fmt: skip


def blog() -> Held:
    """A post of a blog: cookies, tags, share counts, next and previous, an author box, a list of the newest."""
    page = (
        HEAD.format("住宅ローンの借り換えを考える ｜ 見本ファイナンス通信")
        + """<div class="l-header"><a href="/">見本ファイナンス通信</a><span>お金のことを、もっと身近に。</span></div>
<div class="p-entry"><div>2023.11.07</div><div>カテゴリー：<a href="/loan">住宅ローン</a></div><h1>住宅ローンの借り換えを考える</h1><div>シェア 12　ツイート　Pocket 3</div>
<div>この記事は約4分で読めます。</div><div class="p-toc"><p>この記事でわかること</p><ol><li><a href="#a">借り換えの目安</a></li><li><a href="#b">諸費用</a></li></ol></div>
<h2 id=a>借り換えの目安</h2><p>残高が1,000万円以上、残りの期間が10年以上、金利の差が1％以上あるときに、借り換えの効果が出やすいといわれます。</p>
<h2 id=b>諸費用</h2><p>保証料や登記の費用などに、30万円から60万円ほどかかります。差し引いても得になるかを確かめましょう。</p>
<h2>まとめ</h2><p>金利だけでなく、費用と団体信用生命保険の内容まで比べることが大切です。</p>
<div>タグ：<a href=t1>金利</a>、<a href=t2>団信</a></div><div><p>この記事を書いた人</p><p>見本 花子（ファイナンシャルプランナー）。銀行に10年勤めたのち独立。</p></div>
<div><a href=p>前の記事：固定金利と変動金利</a><a href=n>次の記事：繰上返済のコツ</a></div></div>
<div class="l-side"><h3>最新記事</h3><ul><li><a href=1>教育資金のつくり方</a></li><li><a href=2>積立投資の始め方</a></li></ul></div>
<div>当サイトではCookieを使用しています。利用を続けることで、Cookieの使用に同意したものとみなします。<button>同意する</button></div></body></html>"""
    )
    return Held("p08_blog.html", page.encode(),
        keep=("残高が1,000万円以上、", "30万円から60万円ほどかかります。", "団体信用生命保険の内容まで比べることが大切です。", "住宅ローンの借り換えを考える"),
        leave=("お金のことを", "Pocket", "約4分で読めます", "この記事でわかること", "タグ", "独立", "固定金利と変動金利", "教育資金のつくり方", "Cookieを使用"),
        once=("借り換えの目安", "諸費用"), fields={"published": "2023-11-07"})  # fmt: skip


def frames() -> Held:
    """A page of frames only: no document of what it says to browsers without frames."""
    page = """<html><head><meta charset=utf-8><title>見本貯蓄協会</title></head><frameset cols="160,*"><frame src="menu.html" name="m"><frame src="main.html" name="b">
<noframes><body>このページをご覧になるには、フレームに対応したブラウザが必要です。</body></noframes></frameset></html>"""
    return Held("p09_frames.html", page.encode(), leave=("フレームに対応した",))


def scrape() -> Held:
    """A page as a scrape holds it, in Markdown: path, sizes, links of the menu, pictures, back to top, feedback."""
    text = """[本文へ移動する](#main)

[ホーム](https://example.jp/) > [税の情報](https://example.jp/t) > [申告](https://example.jp/t/s) > 延納の手続

- [個人の方](https://example.jp/k)
- [法人の方](https://example.jp/h)
- [源泉徴収義務者の方](https://example.jp/g)

# 延納の手続

![建物の写真](https://example.jp/a.png)

延納とは、税を一度に納めることが難しいときに、[担保](https://example.jp/tanpo)を提供して分割で納める制度です。延納の期間は財産の割合により 5 年から 2 0 年までです。

申請書は、平成 3 0 年 1 0 月 1 日以後は申告期限までに提出します。税額が $1 , 0 0 0$ 万円を超えるときは、2 1 1 号の書式を使います。

| 財産の割合 | 期間 | 利子税 |
|---|---|---|
| 75％以上 | 20年 | 3.6％ |
| 50％以上 | 15年 | 3.6％ |

納税者 $\\mathcal{O}$ 住所が変わったときは、速やか $\\mathrm{に}$ 届け出てください。

[▲ページの先頭へ](#top)

このページは、お探しの情報を得るのに役に立ちましたか？

- とても役に立った
- 役に立たなかった

[サイトマップ](https://example.jp/m) | [著作権](https://example.jp/c)
"""
    return Held("p10_scrape.md", text.encode(),
        keep=("担保を提供して分割で納める制度です。", "納税者の住所が変わったときは、", "平成30年10月1日以後は", ("5年から20年までです",), "税額が1,000万円を超えるとき", "速やかに届け出てください。"),
        leave=("本文へ移動", "法人の方", "建物の写真", "ページの先頭", "役に立ちましたか", "とても役に立った", "サイトマップ", "https", "mathcal", "mathrm", "税の情報>申告"),
        cells=(Cell(("75%以上",), ("期間",), "20年"), Cell(("50%以上",), ("利子税",), "3.6%")))  # fmt: skip


def all_pages() -> list[Held]:
    return [
        table_layout(),
        breadcrumbs(),
        widgets(),
        old_php(),
        form_in_tables(),
        lists_and_hidden(),
        contents(),
        blog(),
        frames(),
        scrape(),
    ]
