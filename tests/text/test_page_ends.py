"""What stands above an article's headline and below its last line: bars of links go, text stays."""

import pytest

from tekio.corpus.readers.web import main_text
from tekio.text.html import parse_html_text
from tekio.text.site_navigation import without_phrases

BODY = "<h1>財形の手引</h1><h2>解約</h2><p>期日前に解約するときは、届出印を押した書面を出してください。</p>"
TEXT = "財形の手引\n解約\n期日前に解約するときは、届出印を押した書面を出してください。"


def shown(page: str) -> str:
    return main_text(parse_html_text(f"<html><body>{page}</body></html>")).text


@pytest.mark.parametrize(
    "bar",
    [
        '<ul><li><a href="v">表示</a></li><li><a href="e">編集</a></li><li><a href="r">リビジョン</a></li></ul>',
        '<div>[ <a href="t">トップ</a> ] [ <a href="e">編集</a> | <a href="d">差分</a> ]</div>',
    ],
)
def test_bars_of_links_above_the_headline_go(bar: str):
    assert shown(f"<main>{bar}{BODY}{'<p>続けて読む文。</p>' * 9}</main>").startswith(TEXT)


def test_links_above_a_text_without_a_headline_and_text_with_links_stay():
    bar = '<p><a href="a">一号</a>と<a href="b">二号</a></p>'
    assert shown(f"<main>{bar}{BODY}</main>").startswith("一号と二号")
    assert shown('<main><p><a href="a">一号</a> <a href="b">二号</a></p><p>本文です。</p></main>').startswith("一号")


def test_a_list_of_marked_links_to_the_headings_goes():
    contents = '<ul><li><a href="#a">▼財形の手引</a></li><li><a href="#b">▼解約</a></li></ul>'
    assert shown(f"<main>{contents}{BODY}</main>") == TEXT


def test_a_heading_goes_with_the_files_below_it_where_nothing_else_stands_there():
    files = (
        '<ul><li><a href="1">五年度 [Excel形式：45KB]</a></li><li><a href="2">四年度 [Excel形式：44KB]</a></li></ul>'
    )
    assert (
        shown(f"<main>{BODY}<h2>年報</h2>{files}<h2>用語</h2><p>本文です。</p></main>") == f"{TEXT}\n用語\n本文です。"
    )
    assert "年報" in shown(f"<main>{BODY}<h2>年報</h2>{files}<p>年報は毎年出ます。</p></main>")


def test_who_said_a_quotation_stays():
    page = "<main><blockquote><p>申立てを棄却する。</p><footer>裁定例集第三号</footer></blockquote><p>本文です。</p></main>"
    assert shown(page).split("\n")[:2] == ["申立てを棄却する。", "裁定例集第三号"]


def test_a_heading_called_header_is_a_heading():
    page = (
        '<div><div id="menu"><a href="a">案内</a></div><div class="entry"><h2 class="entry-header">財形のこと</h2>'
        "<div><p>積立ては毎月一度、事業主を通じて行います。</p></div></div></div>"
    )
    assert shown(page).startswith("財形のこと\n積立ては")


def test_an_anchor_beside_a_heading_is_no_text():
    from tekio.text.hidden import drop_hidden

    root = parse_html_text('<h2 id="c">概要 <a class="anchor" href="#c">†</a></h2><p>本文です。</p>')
    drop_hidden(root)
    assert main_text(root).text == "概要\n本文です。"


@pytest.mark.parametrize(
    ("foot", "kept"),
    [
        ("お問い合わせ\n所属課室：産業局金融課\n電話番号：099-000-0000", ""),
        ("この記事に関するお問い合わせ先\n保険年金課　電話：0999-61-4433", ""),
        ("お電話でのお問い合わせ\n0120-000-000\n平日9:00～17:00（銀行休業日を除く）", ""),
        ("＞＞ 次のページ：必要書類について\n１／３ページ", ""),
        ("PC版を表示｜スマートフォン版を表示", ""),
        ("ご意見・ご要望はこちら", ""),
        ("配信停止はこちら", ""),
        ("大きな文字で印刷ページ表示", ""),
        ("コメントの追加。人を @メンションする場合は、@ を入力してください", ""),
        (
            "お問い合わせ\n書面によるお問い合わせには二週間以内に回答します。",
            "\n書面によるお問い合わせには二週間以内に回答します。",
        ),
    ],
)
def test_the_last_lines_that_say_where_to_ask_go_together(foot: str, kept: str):
    body = "期日前の解約の手続きです。"
    assert without_phrases(f"{body}\n{foot}")[0] == body + kept
