"""What a page does not show is no text; panels that open are."""

import pytest

from tekio.text.hidden import drop_hidden
from tekio.text.html import block_text, parse_html


def shown(body: str, head: str = "") -> str:
    root = parse_html(f'<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode())
    drop_hidden(root)
    return block_text(root)


@pytest.mark.parametrize(
    "element",
    [
        "<p hidden>見えない文</p>",
        '<div style="display:none">見えない文</div>',
        '<div style="DISPLAY : NONE !important">見えない文</div>',
        '<span style="visibility:hidden">見えない文</span>',
        '<div style="position:absolute;left:-9999px">見えない文</div>',
        '<div style="position: absolute; top: -1000em">見えない文</div>',
        '<a style="text-indent:-9999px">見えない文</a>',
        '<span style="position:absolute;width:1px;height:1px;overflow:hidden">見えない文</span>',
        '<span style="position:absolute;clip:rect(0,0,0,0)">見えない文</span>',
        '<div style="height:0;overflow:hidden">見えない文</div>',
        '<p style="font-size:0">見えない文</p>',
        '<p style="font-size: 0px">見えない文</p>',
        '<p style="color:#fff">見えない文</p>',
        '<font color="white">見えない文</font>',
        '<p style="color:#FFFFFF;background:#fff">見えない文</p>',
        '<div style="background-color:#123456"><p style="color:#123456">見えない文</p></div>',
    ],
)
def test_what_is_not_shown_goes_and_the_text_around_it_stays(element):
    assert "".join(shown(f"<p>前</p>{element}後").split()) == "前後"


@pytest.mark.parametrize(
    "rule", [".no{display:none}", "p.no , #x { color:red; display : none }", "/* a */ .no{visibility:hidden}"]
)
def test_simple_rules_of_the_page_s_own_styles_count(rule):
    assert shown('<p>前</p><p class="no">見えない文</p>', f"<style>{rule}</style>") == "前"


def test_rules_for_print_or_small_screens_do_not_count():
    style = "<style>@media print{.no{display:none}}</style>"
    assert shown('<p>前</p><p class="no">見える文</p>', style) == "前\n見える文"


@pytest.mark.parametrize(
    "page",
    [
        '<button aria-controls="a">質問</button><div id="a" hidden>答え</div>',
        '<a href="#a">質問</a><div id="a" style="display:none">答え</div>',
        '<a data-bs-target="#a">質問</a><div id="a" style="display:none">答え</div>',
        '<h3 onclick="toggle(\'a\')">質問</h3><p></p><div id="a" style="display:none">答え</div>',
        '<dl><dt>質問</dt><dd style="display:none">答え</dd></dl>',
        '<h3>質問</h3><div class="accordion-body" style="display:none">答え</div>',
        '<div role="tabpanel" hidden>質問<br>答え</div>',
        "<details><summary>質問</summary><p>答え</p></details>",
        '<p>質問</p><p hidden="until-found">答え</p>',
    ],
)
def test_a_panel_that_opens_is_text(page):
    assert shown(page).split() == ["質問", "答え"]


@pytest.mark.parametrize(
    "element",
    [
        '<h1 style="text-indent:-9999px">見える文</h1>',  # a picture of these words is shown in its place
        '<div style="background:#003366"><b style="color:#fff">見える文</b></div>',
        '<table><tr><th bgcolor="#003366"><font color="#ffffff">見える文</font></th></tr></table>',
        '<div class="head"><span style="color:white">見える文</span></div>',
        '<ul style="font-size:0"><li style="font-size:16px">見える文</li></ul>',
        '<p style="text-indent:-1em;margin-left:1em">見える文</p>',
        '<p style="margin-left: 156px; text-indent: -156px">見える文</p>',  # a note with a hanging indent
        '<p style="opacity:0">見える文</p>',  # faded in by a script
        '<p aria-hidden="true">見える文</p>',
        '<p style="position:relative;left:-2px">見える文</p>',
    ],
)
def test_what_is_shown_stays(element):
    assert "見える文" in shown(element)


def test_icons_are_no_text():
    assert shown('<p>開く<i aria-hidden="true">expand_more</i><span aria-hidden="true">▼</span></p>') == "開く"


def test_words_for_screen_readers_only_and_what_was_replaced_go():
    assert shown('<p>約款<span class="visually-hidden">（新しいウィンドウで開きます）</span>を見る</p>') == "約款を見る"
    assert shown('<p>約款<span class="u-sr-only">別窓</span>を見る</p>') == "約款を見る"
    assert shown("<p>解約は<del>毎月</del><ins>毎年</ins>計算します</p>") == "解約は毎年計算します"


def test_what_names_a_table_or_a_part_stays_where_only_readers_hear_it():
    assert shown('<h2 class="sr-only">手数料</h2><p>無料です</p>') == "手数料\n無料です"
    assert shown('<div class="sr-only"><h2>手数料</h2></div><p>無料です</p>') == "手数料\n無料です"
