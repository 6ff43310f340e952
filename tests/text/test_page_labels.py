"""Labels that a page shows as pictures, as tabs, or once for each size of screen."""

import pytest

from tekio.text.html import page_text, parse_html_text
from tekio.text.page_labels import show_labels


def shown(body: str) -> str:
    root = parse_html_text(body)
    show_labels(root)
    return page_text(root, tables="labelled").text


def test_a_heading_that_is_a_picture_has_its_words():
    page = '<h1><img src="a.gif" alt="国債のご案内"></h1><p><img alt="女性の写真">本文です。</p>'
    assert shown(page) == "国債のご案内\n本文です。"


@pytest.mark.parametrize(
    "heading",
    [
        '<h1><a href="/"><img alt="見本銀行"></a></h1>',
        '<h1><img alt="飾り">見出し</h1>',
        '<h1><img alt=""></h1>',
        "<h1><img></h1>",
    ],
)
def test_logos_and_pictures_beside_words_name_nothing(heading: str):
    assert shown(heading) in ("", "見出し")


def test_marks_in_cells_are_values_and_pictures_are_not():
    page = (
        "<table><tr><th></th><th>積立型</th><th>一括型</th></tr>"
        '<tr><th>解約</th><td><img alt="○"></td><td><p><img alt="×"></p></td></tr>'
        '<tr><th>窓口</th><td><img alt="支店の外観"></td><td>3か所</td></tr></table>'
    )
    assert shown(page).split("\n") == ["解約 | 積立型: ○ | 一括型: ×", "窓口 | 一括型: 3か所"]


def test_the_names_of_tabs_head_their_panels():
    page = (
        '<ul role="tablist"><li role="tab" aria-controls="a">スマホで</li><li role="tab"><a href="#b">店頭で</a></li></ul>'
        '<div id="a">撮影します。</div><div id="b">書類を出します。</div>'
    )
    assert shown(page).split("\n") == ["スマホで", "撮影します。", "店頭で", "書類を出します。"]


def test_tabs_that_name_no_panel_or_one_that_has_its_name_are_left():
    tabs = '<div role="tablist"><button role="tab" aria-controls="a">概要</button></div>'
    assert shown(f'{tabs}<div id="b">本文です。</div>') == "概要\n本文です。"
    assert shown(f'{tabs}<div id="a"><h2>概要</h2>本文です。</div>') == "概要\n本文です。"


def test_breaks_and_copies_for_telephones_go():
    assert shown('<p>信用金庫の<br class="sp-only">ご案内</p>') == "信用金庫のご案内"
    assert shown('<p class="pc">手数料は無料です。</p><p class="sp">手数料は無料です。</p>') == "手数料は無料です。"
    assert shown('<p class="pc">広い画面の文。</p><p class="sp">狭い画面の文。</p>') == "広い画面の文。\n狭い画面の文。"
    grid = '<div class="col-xs-6 col-lg-3">受付は窓口です。</div>' * 2
    assert shown(grid).count("受付") == 2
    assert shown('<span class="pc">○</span><span class="sp">○</span>').count("○") == 2
    assert shown('<p>手数料は無料です。</p><p class="sp">手数料は無料です。</p>').count("無料") == 2


def test_a_label_stands_apart_from_the_day_beside_it():
    assert shown('<p><span>令和6年9月2日</span><span class="label">重要</span></p>') == "令和6年9月2日 重要"
    assert shown('<p><time>2024年9月2日</time> <span class="cat">重要</span></p>') == "2024年9月2日 重要"
    assert shown('<p><span class="badge">重要</span>2024年9月2日</p>') == "重要 2024年9月2日"
    assert shown('<p><span class="ico">Ｑ１</span>だれが審理しますか。</p>') == "Ｑ１ だれが審理しますか。"
    for name in ("accent", "mark_orange", "label", "type"):
        assert shown(f'<p>信用<span class="{name}">金庫</span>法</p>') == "信用金庫法"


def test_the_name_of_a_day_stands_apart_from_it():
    assert shown("<p><span>公開日</span><span>2024.07.08</span></p>") == "公開日 2024.07.08"


def test_a_field_to_write_in_is_no_text_and_terms_are():
    assert shown("<textarea>ここに書いてください</textarea><p>本文です。</p>") == "本文です。"
    assert "第一条" in shown(f"<textarea>第一条　{'会員は規約に従う。' * 12}</textarea>")


def test_a_reading_in_kana_beside_a_word_goes_as_ruby_does():
    assert shown('<h1>繰下げ受給<span class="yomi">くりさげじゅきゅう</span></h1>') == "繰下げ受給"
    assert shown('<p>読み<span class="yomi">繰下げ</span></p>') == "読み繰下げ"


def test_marks_that_word_typed_stand_one_blank_before_their_item():
    page = "<p><span style='mso-list:Ignore'>（１）<span>&nbsp;&nbsp;&nbsp; </span></span>稟議の手続</p>"
    assert shown(page) == "（１） 稟議の手続"
