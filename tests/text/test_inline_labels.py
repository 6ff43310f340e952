"""Labels beside their values and English titles beside Japanese ones are set apart; words in pieces are not."""

import pytest

from tekio.text.html import block_text, parse_html_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<div><span class="key">グループ形態</span>\n  <span class="val">持株会社制</span></div>',
            "グループ形態 持株会社制",
        ),
        ('<p><a href="a">預金</a>\n<a href="b">融資</a></p>', "預金 融資"),
        ("<h2>IR資料一覧<span>IR materials</span></h2>", "IR資料一覧 IR materials"),
        ("<h2>NEWS<span>お知らせ</span></h2>", "NEWS お知らせ"),
        ("<h2>第3期 <small>決算短信</small></h2>", "第3期 決算短信"),
        # pieces of words and sentences
        ('<p><span class="a">普通</span><span class="b">預金</span></p>', "普通預金"),
        ('<p><span class="a">普通</span>\n<span class="a">預金</span></p>', "普通預金"),
        ('<p>当行の<b>普通</b>\n<b class="x">預金</b>です。</p>', "当行の普通預金です。"),
        ("<h2>みどり<span>銀行</span></h2>", "みどり銀行"),
        ("<h2>当行の<span>ATM</span>のご案内</h2>", "当行のATMのご案内"),
    ],
)
def test_parts_of_a_line(html: str, text: str):
    assert block_text(parse_html_text(html)) == text
