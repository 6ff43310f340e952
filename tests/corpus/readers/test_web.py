"""HTML articles: the main text without navigation, banners and footers."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from corpus.readers.corpus_reading import read
from tekio.corpus.readers.page_facts import bare
from tekio.corpus.readers.web import LEAST_COPY, _beginning, main_text
from tekio.text.html import parse_html_text

P1 = "本日はお招きいただき、ありがとうございます。わが国の経済と金融政策についてお話しします。" * 3
P2 = "わが国の景気は、一部に弱めの動きもみられるが、緩やかに回復している。企業収益は改善している。" * 3
NAVIGATION = '<div id="header"><a href="/">ホーム</a><a href="/x">サイトマップ</a></div><div class="breadcrumb">トップ &gt; 講演</div>'
FOOTER = '<div class="footer"><p>Copyright Bank</p></div>'
BODY = f"<h1>【講演】金融政策</h1><p>{P1}</p><h2>1．はじめに</h2><p>{P2}</p><ul><li>項目</li></ul>"
ASIDE = '<div id="side"><ul><li><a href="a">関連記事の題名</a></li><li><a href="b">他の記事</a></li></ul></div>'
SHAPES = {
    "main": f"{NAVIGATION}<main>{BODY}</main>{ASIDE}{FOOTER}",
    "article": f"<nav><a href=1>案内</a></nav><article>{BODY}</article><aside>広告</aside>{FOOTER}",
    "divs": f"{NAVIGATION}<div id='wrap'><div id='contents'>{BODY}</div>{ASIDE}</div>{FOOTER}",
    "table": f"<table><tr><td>{ASIDE}</td><td id='c'>{BODY}</td></tr></table>{FOOTER}",
    "bare": f"{BODY}{FOOTER}",
}


def page(body: str, head: str = "") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>講演 : 日本銀行</title>{head}</head><body>{body}</body></html>'


@pytest.mark.parametrize("shape", SHAPES)
def test_the_article_is_kept_whole_and_the_frame_is_not(tmp_path: Path, shape: str):
    path = tmp_path / "a.html"
    path.write_text(page(SHAPES[shape]), encoding="utf-8")
    (document,), rejected = read(path)
    assert rejected == []
    for kept in ("【講演】金融政策", P1, "1．はじめに", P2, "・項目"):
        assert kept in document.text
    for left in ("サイトマップ", "Copyright", "関連記事", "トップ >", "広告"):
        assert left not in document.text
    assert document.title == "【講演】金融政策"


def test_everything_by_choice(tmp_path: Path):
    path = tmp_path / "a.html"
    path.write_text(page(SHAPES["divs"]), encoding="utf-8")
    (document,), _ = read(path, options={"part": "all"})
    assert "Copyright" in document.text
    assert "サイトマップ" in document.text


def test_title_and_date_come_from_the_page(tmp_path: Path):
    path = tmp_path / "a.html"
    head = '<meta property="og:title" content="題名"><meta property="article:published_time" content="2025-01-14T10:00:00+09:00">'
    path.write_text(page(f"<p>{P1}</p>", head), encoding="utf-8")
    (document,), _ = read(path)
    assert (document.title, document.published) == ("題名", "2025-01-14")


def test_a_class_name_that_misleads_does_not_lose_the_text(tmp_path: Path):
    path = tmp_path / "a.html"
    path.write_text(page(f'<div class="main side"><p>{P1}</p><p>{P2}</p></div>'), encoding="utf-8")
    assert P1 in read(path)[0][0].text


def test_left_out_text_is_counted_and_an_empty_page_is_named(tmp_path: Path):
    path = tmp_path / "a.html"
    path.write_text(page(SHAPES["main"]), encoding="utf-8")
    assert read(path)[0][0].meta["left_out_characters"] > 20
    path.write_text(page("<script>x</script>"), encoding="utf-8")
    assert [row.reason for row in read(path)[1]] == ["no_text"]


PAGES = sorted((Path(__file__).parents[3] / "benchmarks" / "html_pages").glob("*.html"))


WRONG = {"02_old_table_layout": (0, 11), "03_news_article": (0, 29), "07_div_soup_speech": (15, 10)}
"""Pieces lost and pieces of the frame kept, of the pages that are not read exactly."""


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_marked_part_of_a_page_is_kept_and_its_frame_is_not(path: Path):
    """The pages of `benchmarks/html_vs_peers.py`; there the same is measured beside trafilatura and resiliparse."""
    html = path.read_text(encoding="utf-8")
    marked = re.findall("<!--main-->(.*?)<!--/main-->", html, re.DOTALL)
    truth = Counter(part for piece in marked for part in parts(re.sub("<[^>]*>", "", piece)))
    found = Counter(parts(main_text(parse_html_text(re.sub("<!--/?main-->", "", html))).text))
    common = (truth & found).total()
    assert (truth.total() - common, found.total() - common) == WRONG.get(path.stem, (0, 0))


def parts(text: str) -> list[str]:
    bare = re.sub(r"[\s|・-]|^[0-9]+[.] ", "", text, flags=re.MULTILINE)
    return [bare[place : place + 4] for place in range(len(bare) - 3)]


HEADLINE = '<div class="hero"><h1>家計の見直し</h1></div>'


@pytest.mark.parametrize(
    ("title", "heading", "kept"),
    [
        ("家計の見直し｜見本損害保険", HEADLINE, True),
        ("家計の見直し", HEADLINE.replace("家計の見直し", "家計の 見直し"), True),
        ("保険の種類｜見本損害保険", "<div><h1>見本損害保険</h1></div>", False),  # the site's logo
        ("見本損害保険｜トップ", '<div><h1><a href="/">見本損害保険</a></h1></div>', False),
        ("家計の見直し｜見本損害保険", HEADLINE * 2, False),
    ],
)
def test_a_headline_above_the_article_stays_and_a_logo_does_not(tmp_path: Path, title: str, heading: str, kept: bool):
    body = f"{NAVIGATION}{heading}<main><p>{P1}</p><p>{P2}</p></main>{FOOTER}"
    (tmp_path / "a.html").write_text(page(body).replace("<title>講演 : 日本銀行", f"<title>{title}"), encoding="utf-8")
    [document], _ = read(tmp_path, reader="html")
    first = document.text.split("\n")[0]
    assert (first.replace(" ", "") in title) is kept
    assert document.text.count(P1[:20]) >= 1


def test_a_part_that_stands_twice_for_two_sizes_of_screen_is_read_once(tmp_path: Path):
    part = "<div class='{}'><h1>金利の改定について</h1><p>当行は普通預金の金利を年0.200％に引き上げます。適用日は三月三日です。</p></div>"
    menu = "<ul>" + "".join(f"<li><a href='/{n}'>案内{n}</a></li>" for n in range(20)) + "</ul>"
    (tmp_path / "a.html").write_text(page(f"<form>{menu}{part.format('pc')}{part.format('sp')}</form>"))
    (document,), _ = read(tmp_path)
    assert document.text.count("引き上げます") == 1
    assert "案内" not in document.text


def test_hidden_text_is_left_out_and_counted_and_kept_by_choice(tmp_path: Path):
    body = "<main><p>" + "本文です。" * 30 + '</p><p style="display:none">検索用の語句の羅列</p></main>'
    (tmp_path / "a.html").write_text(page(body))
    (document,), _ = read(tmp_path)
    assert "羅列" not in document.text
    assert document.meta["left_out_characters"] >= len("検索用の語句の羅列")
    (whole,), _ = read(tmp_path, options={"part": "all"})
    assert "羅列" in whole.text


def test_frames_are_named(tmp_path: Path):
    (tmp_path / "a.html").write_text(
        '<html><frameset cols="20%,80%"><frame src="menu.html"><frame src="main.html"></frameset></html>'
    )
    documents, (row,) = read(tmp_path)
    assert not documents
    assert (row.reason, row.measured) == ("frames", {"frames": ["menu.html", "main.html"]})
    (tmp_path / "a.html").write_text(page("<p>" + "本文です。" * 30 + '</p><iframe src="/map">地図</iframe>'))
    (document,), _ = read(tmp_path)
    assert document.meta["frames"] == ["/map"]
    assert "地図" not in document.text


def test_a_title_that_is_the_file_s_own_name_gives_way_to_the_first_line(tmp_path: Path):
    path = tmp_path / "report01.html"
    path.write_text(
        f"<html><head><title>report01</title></head><body><p>1．業績の概要</p><p>{P1}</p></body></html>",
        encoding="utf-8",
    )
    (document,), _ = read(path)
    assert document.title == "1．業績の概要"
    path.write_text(f"<html><head><title>report01</title></head><body><p>{P1}</p></body></html>", encoding="utf-8")
    (document,), _ = read(path)
    assert document.title is None


@pytest.mark.parametrize("named", ["qualitative", "qualitative.htm"])
@pytest.mark.parametrize("heading", ["○添付資料の目次", "【目　次】", "Contents", "（添付資料）"])
def test_the_heading_of_a_contents_list_or_of_an_annex_is_no_title(tmp_path: Path, named: str, heading: str):
    page = (
        f"<title>{named}</title><body><h1>{heading}</h1><p>&#160;</p><h2>1．業績の概況</h2>"
        + "<p>当期の売上高は、前期に比べ増加しました。</p>" * 4
    )
    path = tmp_path / "qualitative.htm"
    path.write_text(page, encoding="utf-8")
    (document,), _ = read(path)
    assert document.title is None


def test_arrows_that_lead_to_another_place_of_the_page_go(tmp_path: Path):
    path = tmp_path / "a.html"
    note = '<li id="n1">季節を調整した値。<a href="#r1">↩</a></li>'
    path.write_text(
        page(f'<main><p>{P1}</p><ol>{note}</ol><p>前期比<a href="#x">△3.1％</a></p></main>'), encoding="utf-8"
    )
    (document,), _ = read(path)
    assert "↩" not in document.text
    assert "季節を調整した値。" in document.text
    assert "△3.1％" in document.text


def test_calls_to_act_and_walls_in_the_article_are_left_out(tmp_path: Path):
    path = tmp_path / "a.html"
    asides = {
        "cta-box": "無料で相談を予約する",
        "css-paywall": "残りは会員だけが読めます",
        "newsletter": "毎月のお便りを受け取る",
        "prev-next": "前の記事へ進む",
    }
    boxes = "".join(f'<div class="{name}"><p>{text}</p></div>' for name, text in asides.items())
    path.write_text(page(f"<main>{BODY}{boxes}</main>"), encoding="utf-8")
    (document,), _ = read(path)
    assert P2 in document.text
    assert not any(text in document.text for text in asides.values())


@pytest.mark.parametrize(
    ("first", "second", "copies"),
    [
        (f"<p>お問い合わせ（１）{P1}</p>", f"<p>お問い合わせ(1){P1}</p>", True),  # widths are no difference
        (f"<p>{P1}</p>", f"<p>{P1[:60]} {P1[60:]}</p>", True),  # nor is white space
        (f"<p>{P1}ただし、例外がある。</p>", f"<p>{P1}ただし、例外はない。</p>", False),  # they begin alike
        (f"<p>東京支店では{P1}</p>", f"<p>大阪支店では{P1}</p>", False),
        ("<p>窓口は平日のみです。</p>", "<p>窓口は平日のみです。</p>", False),  # too short to tell
    ],
)
def test_a_part_written_once_for_each_size_of_screen_is_read_once(
    tmp_path: Path, first: str, second: str, copies: bool
):
    path = tmp_path / "a.html"
    path.write_text(page(f"<main><p>{P2}</p><div>{first}</div><div>{second}</div></main>"), encoding="utf-8")
    (document,), _ = read(path)
    told = [re.sub(r"<[^>]+>", "", part) for part in (first, second)]
    assert told[0] in document.text
    assert document.text.count("\n") == (1 if copies else 2)


def test_the_beginning_of_a_text_folds_as_the_whole_does():
    chance = random.Random(7)
    letters = "かﾊﾞがゞ゙１２３（㈱①Å\u0300e\u0323 \n\u3000株式会社abcﬁ한ᄒ\u1161\u11ab\ufdfa゛ﾟ"
    for _ in range(3_000):
        text = "".join(chance.choices(letters, k=chance.randrange(400)))
        assert _beginning(text) == bare(text)[:LEAST_COPY]


def test_what_browsers_without_frames_are_told_is_no_text(tmp_path: Path):
    path = tmp_path / "index.html"
    path.write_text(
        "<html><head><title>規程集</title></head><frameset cols='20%,80%'><frame src=menu.html><frame src=body.html>"
        "<noframes><body>このページはフレーム対応のブラウザで見てください。</body></noframes></frameset></html>",
        encoding="utf-8",
    )
    (row,) = read(path)[1]
    assert (row.reason, row.measured) == ("frames", {"frames": ["menu.html", "body.html"]})


@pytest.mark.parametrize("name", ["notice-box", "x1", "cc-window"])
def test_a_bar_about_cookies_is_left_out_whatever_its_name(tmp_path: Path, name: str):
    bar = f'<div class="{name}"><p>当サイトではCookieを利用しています。</p><button>同意する</button><a href=/c>詳細</a></div>'
    path = tmp_path / "a.html"
    path.write_text(page(f"{bar}<h1>金融政策</h1><p>{P1}</p><p>Cookieの取扱いは別に定めます。</p>"), encoding="utf-8")
    (document,), _ = read(path)
    assert document.text == f"金融政策\n{P1}\nCookieの取扱いは別に定めます。"


def test_the_word_over_a_list_of_contents_goes_with_it(tmp_path: Path):
    index = '<div class="c-index"><p>目次</p><ol><li><a href="#1">推移</a></li></ol></div>'
    path = tmp_path / "a.html"
    path.write_text(page(f"<h1>金融政策</h1><p>{P1}</p>{index}"), encoding="utf-8")
    (document,), _ = read(path)
    assert document.text == f"金融政策\n{P1}"


def test_a_list_of_links_to_the_headings_below_is_left_out(tmp_path: Path):
    index = '<p>このページの内容</p><ul><li><a href="#a">必要書類</a></li><li><a href="#b">1. 手数料</a></li></ul>'
    told = (
        '<ul><li><a href="#a">本人</a>は通帳が必要です。</li><li><a href="#b">代理人</a>は委任状が必要です。</li></ul>'
    )
    path = tmp_path / "a.html"
    body = f"<h1>相続</h1>{index}{told}<h2 id=a>必要書類</h2><p>{P1}</p><h2 id=b>手数料</h2><p>{P2}</p>"
    path.write_text(page(f"<main>{body}</main>"), encoding="utf-8")
    (document,), _ = read(path)
    assert (
        document.text == f"相続\n・本人は通帳が必要です。\n・代理人は委任状が必要です。\n必要書類\n{P1}\n手数料\n{P2}"
    )


def test_tabs_are_no_contents(tmp_path: Path):
    tabs = '<ul><li><a href="#a">本人</a></li><li><a href="#b">代理人</a></li></ul>'
    path = tmp_path / "a.html"
    body = f"<h1>相続</h1>{tabs}<div id=a><p>{P1}</p></div><div id=b><p>{P2}</p></div>"
    path.write_text(page(f"<main>{body}</main>"), encoding="utf-8")
    (document,), _ = read(path)
    assert "・本人\n・代理人" in document.text


def test_the_menu_beside_a_short_notice_in_a_table_is_left_out(tmp_path: Path):
    menu = "<td><a href=1>トップ</a><br><a href=2>商品</a><br><a href=3>採用</a></td>"
    foot = "<tr><td colspan=2>Copyright(C) 2025 Midori Shinkin Bank. All rights reserved.</td></tr>"
    path = tmp_path / "a.html"
    text = "<p>相続のお手続きを窓口で承っております。必要書類をご確認のうえご来店ください。</p>" * 4
    path.write_text(
        page(f"<table width=760><tr>{menu}<td><b>相続</b><hr>{text}</td></tr>{foot}</table>"), encoding="utf-8"
    )
    (document,), _ = read(path)
    assert "商品" not in document.text
    assert document.text.startswith("相続\n相続のお手続き")


def test_the_menu_beside_text_that_only_line_breaks_part_is_left_out(tmp_path: Path):
    menu = "<br>".join(f'<a href="{name}.aspx">{name}</a>' for name in ("株式", "債券", "投信", "口座開設"))
    text = "<span>個人向け国債 第180回</span>" + "".join(
        f"<br><br>{line}" for line in ("利率は半年ごとに見直されます。", "購入単位は額面1万円です。")
    )
    form = '<form action="p.aspx"><table><tr><td>{menu}</td><td>{text}</td></tr></table></form>'
    (tmp_path / "a.html").write_text(page(form.format(menu=menu, text=text)), encoding="utf-8")
    (document,), _ = read(tmp_path / "a.html")
    assert document.text.startswith("個人向け国債 第180回\n")
    assert document.text.endswith("購入単位は額面1万円です。")
    # The files of a form beside a remark are rows of a table, and stay.
    rows = f"<table><tr><th>様式</th><td>{menu}</td></tr><tr><th>注意</th><td>{text}</td></tr></table>"
    (tmp_path / "b.html").write_text(page(f"<h1>様式の一覧</h1>{rows}"), encoding="utf-8")
    (document,), _ = read(tmp_path / "b.html")
    assert "口座開設" in document.text


def test_menus_on_both_sides_of_a_page_laid_out_by_a_table_are_left_out(tmp_path: Path):
    menu = "<td><font>" + "<br>".join(f"<a href={n}>{name}</a>" for n, name in enumerate(MENU)) + "</font></td>"
    news = "<td>お知らせ<br><a href=x>冬の休館日</a><br><a href=y>友の会の募集</a></td>"
    foot = "<tr><td colspan=3><hr>[<a href=z>戻る</a>]<br>Copyright (C) 1999-2004 見本郷土資料館 All Rights Reserved.</td></tr>"
    text = "<table><tr><td><b>両替商の歴史</b></td></tr><tr><td>両替商は金貨と銀貨を取り換える商いから始まりました。<p>後には手形も扱いました。</td></tr></table>"
    path = tmp_path / "a.html"
    path.write_text(
        page(f"<center><table><tr>{menu}<td>{text}</td>{news}</tr>{foot}</table></center>"), encoding="utf-8"
    )
    (document,), _ = read(path)
    assert (
        document.text == "両替商の歴史\n両替商は金貨と銀貨を取り換える商いから始まりました。\n後には手形も扱いました。"
    )


MENU = ("館の案内", "展示の紹介", "交通の案内", "掲示板", "リンク集")


def _news(items: str, more: str = "") -> str:
    return page(f'<div id="main"><h1>お知らせ一覧</h1><ul>{items}</ul>{more}</div>')


def test_a_list_of_other_pages_is_no_document(tmp_path: Path):
    path = tmp_path / "a.html"
    titles = ("休業日のお知らせ", "振込手数料の改定", "店舗移転のご案内", "年金相談会の開催")
    items = "".join(
        f'<li>2025年{number}月1日 <a href="{number}.html">{title}</a></li>' for number, title in enumerate(titles, 1)
    )
    path.write_text(_news(items), encoding="utf-8")
    documents, (left,) = read(path)
    assert (documents, left.reason) == ([], "links_only")
    assert left.document is not None
    assert "店舗移転のご案内" in left.document.text
    path.write_text(
        _news(items, "<p>窓口の営業時間は午前九時から午後三時までです。土曜はお休みします。</p>"), encoding="utf-8"
    )
    assert len(read(path)[0]) == 1
    files = "".join(f'<p><a href="{number}.pdf">第{number}期公告（PDF／1.2MB）</a></p>' for number in (78, 79, 80))
    path.write_text(page(f"<main><h1>決算公告</h1>{files}</main>"), encoding="utf-8")
    assert [row.reason for row in read(path)[1]] == ["links_only"]
    path.write_text(_news(items.replace("href=", "name=")), encoding="utf-8")  # places to jump to, no links
    assert len(read(path)[0]) == 1


@pytest.mark.parametrize(
    "path",
    [
        '<div id="topicPath"><ol><li><a href="/">ホーム</a></li><li><a href="/ir/">投資家の皆さまへ</a></li><li>決算短信</li></ol></div>',
        '<ul class="x"><li><a href="/">HOME</a></li><li><a href="/ir/">投資家の皆さまへ</a></li><li>決算短信</li></ul>',
        '<p><a href="/">ホーム</a> » <a href="/ir/">投資家の皆さまへ</a> » 決算短信</p>',
        '<div><a href="/">TOP</a> &gt; <a href="/ir/">投資家の皆さまへ</a> &gt; 決算短信</div>',
        '<div>現在位置：<a href="/">トップページ</a> ＞ <a href="/ir/">投資家の皆さまへ</a> ＞ 決算短信</div>',
    ],
)
def test_the_path_from_the_first_page_is_no_text(path: str, tmp_path: Path):
    body = "".join(f"<p>{number}つ目の段落では、当期の業績の推移をくわしく述べています。</p>" for number in range(6))
    (tmp_path / "a.html").write_text(f"<html><body><div>{path}<h1>決算短信</h1>{body}</div></body></html>")
    (document,), _ = read(tmp_path / "a.html")
    assert document.text.split("\n")[0] == "決算短信"
    assert "投資家の皆さまへ" not in document.text
    assert len(document.text.split("\n")) == 7


def test_a_list_whose_first_link_only_ends_like_home_stays(tmp_path: Path):
    body = "".join(f"<p>{number}つ目の段落では、入居にかかる費用をくわしく述べています。</p>" for number in range(6))
    kinds = (
        '<ul><li><a href="a">有料老人ホーム</a></li><li><a href="b">介護付きの住宅</a></li><li>費用のめやす</li></ul>'
    )
    (tmp_path / "a.html").write_text(f"<html><body><div><h1>老後の住まい</h1>{body}{kinds}</div></body></html>")
    (document,), _ = read(tmp_path / "a.html")
    assert "有料老人ホーム" in document.text


def test_a_section_between_the_headline_and_a_long_list_stays(tmp_path: Path):
    days = "".join(f"<tr><th>2015.02.{day:02}</th><td>資本金の額の減少公告の{day}</td></tr>" for day in range(1, 29))
    html = (
        '<div><div id="topic-path"><p><a href="/">ホーム</a> &gt; 電子公告</p></div><div id="main"><h1>電子公告・IR情報</h1>'
        "<div><h2>電子公告</h2><p>当社は、公告の方法を電子公告としております。ただし、事故により電子公告ができない場合は新聞に掲載します。</p></div>"
        f"<div><h2>IR情報</h2><table>{days}</table><table>{days}</table></div></div></div>"
    )
    (tmp_path / "a.html").write_text(f"<html><body>{html}</body></html>")
    (document,), _ = read(tmp_path / "a.html")
    assert "公告の方法を電子公告としております。" in document.text
