"""HTML as text: nothing visible is lost, readings and scripts are, limits hold."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.html import (
    HtmlLimits,
    block_text,
    declared_charset,
    letters_of,
    parse_html,
    parse_html_text,
    table_grid,
)
from tekio.text.tables.grid import MAX_COLUMNS
from tekio.text.tables.render import Tables
from tekio.text.unreadable import UnreadableError


def text_of(page: str, tables: Tables = "lines", ruby: bool = False) -> str:
    return block_text(parse_html(page.encode("utf-8")), tables=tables, ruby=ruby)


def test_paragraphs_headings_and_breaks_stand_on_their_own_lines():
    assert text_of("<h1>見出し</h1><p>一行<br>二行</p>尾") == "見出し\n一行\n二行\n尾"


def test_a_wrapped_source_line_leaves_no_space_between_japanese_characters():
    assert text_of("<p>これは\n  長い\r\n文。 A\nB</p>") == "これは長い文。 A B"


def test_nested_lists_stay_readable():
    page = "<ul><li>一<ul><li>内</ul>後<li>二</ul><ol start=3><li>三<p>続き</p><li>四</ol>"
    assert text_of(page).split("\n") == ["・一", "  ・内", "  後", "・二", "3. 三", "   続き", "4. 四"]


def test_ruby_readings_are_removed_or_kept_in_parentheses():
    page = "<p><ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>を読む</p>"
    assert text_of(page) == "漢字を読む"
    assert text_of(page, ruby=True) == "漢字（かんじ）を読む"


def test_hidden_panels_are_kept_and_scripts_are_not():
    page = '<button>質問</button><div hidden style="display:none">答え</div><script>alert(1)</script><style>p{}</style>'
    assert text_of(page) == "質問\n答え"


TABLE = "<p>前</p><table><tr><th>年<th colspan=2>値<tr><td>2020<td>1<br>2<td>3</table>後"


def test_tables_are_lines_markdown_or_dropped():
    assert text_of(TABLE) == "前\n年 | 値 | 値\n2020 | 1 2 | 3\n後"
    assert "| 年 | 値 | 値 |\n|---|---|---|\n| 2020 | 1 2 | 3 |" in text_of(TABLE, tables="markdown")
    assert text_of(TABLE, tables="labelled") == "前\n年: 2020 | 値: 1 2 | 値: 3\n後"
    assert text_of(TABLE, tables="drop") == "前\n後"


def test_a_layout_table_reads_as_its_blocks():
    assert text_of("<table><tr><td><p>一</p><p>二</p></td></tr><tr><td>三</td></tr></table>") == "一\n二\n三"


def test_a_table_in_a_table_is_read_once():
    page = "<table><tr><td>外<td><table><tr><td>内1<td>内2</table></table>"
    assert text_of(page).count("内1") == 1


def test_preformatted_text_keeps_its_lines():
    assert text_of("<pre>一\n二</pre>") == "一\n二"


def test_the_charset_of_the_page_is_used():
    page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"></head><p>～㈱</p>'
    assert declared_charset(page.encode("cp932")) == "Shift_JIS"
    assert block_text(parse_html(page.encode("cp932"))) == "～㈱"


def test_an_xml_declaration_does_no_harm():
    assert text_of('<?xml version="1.0" encoding="EUC-JP"?><html><body><p>本文</p></body></html>') == "本文"


@pytest.mark.parametrize(
    ("page", "limits", "reason"),
    [
        (b"<div>" * 100_000, HtmlLimits(), "too_deep"),
        (b"<b>a</b>" * 2_000, HtmlLimits(elements=1_000), "too_many_elements"),
        (b"a" * 2_000, HtmlLimits(bytes=1_000), "too_large"),
        (b"", HtmlLimits(), "empty"),
    ],
)
def test_limits_end_in_a_named_refusal(page: bytes, limits: HtmlLimits, reason: str):
    with pytest.raises(UnreadableError) as caught:
        parse_html(page, limits=limits)
    assert caught.value.reason in (reason, "not_html")


def test_depth_within_the_limit_loses_nothing():
    assert block_text(parse_html(("<div>" * 1_500 + "深い").encode())) == "深い"


def test_an_external_entity_is_not_read(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><p>本文&x;</p>'
    assert "秘密" not in text_of(page)


def test_a_huge_column_span_costs_nothing():
    page = "<table><tr><td colspan=99999>一<td>二" + "<tr><td>三" * 20_000 + "</table>"
    grid = table_grid(parse_html(page.encode()).find(".//table"))
    assert grid.width <= MAX_COLUMNS
    assert grid.width * grid.height <= 2_000_000
    assert [cell.text for cell in grid.row(0)] == ["一", "二"]


@given(st.lists(st.text(alphabet="あ漢A1。", min_size=1, max_size=8), min_size=1, max_size=8))
def test_every_piece_of_text_is_kept_once(pieces: list[str]):
    tags = ["p", "div", "li", "td", "span", "b", "dd", "h2"]
    page = "".join(f"<{tags[n]}>〈{n}:{piece}〉</{tags[n]}>" for n, piece in enumerate(pieces))
    text = text_of(page)
    for number, piece in enumerate(pieces):
        assert text.count(f"〈{number}:{piece}〉") == 1


@pytest.mark.parametrize(
    "page",
    ["<html><body><p>一つ。</p></body></html>\n<p>二つ。</p>", "<p>一つ。</p></HTML ></body><div>二つ。</div></html>"],
)
def test_what_comes_after_the_end_of_a_page_is_kept(page: str):
    assert block_text(parse_html_text(page)) == "一つ。\n二つ。"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<!doctype html><title>題</title><main><h1>見出し</h1><p>本文。</p></main>", "見出し\n本文。"),
        ("<title>題</title><article><p>一つ。</p></article><p>二つ。</p>", "一つ。\n二つ。"),
        ("<title>題</title><header>頭</header>間<section>節</section><p>段落</p>", "頭\n間\n節\n段落"),
        ("<head><title>題</title><meta name=a><style>b{}</style></head><body>前<main>後</main>", "前\n後"),
    ],
)
def test_a_page_without_a_body_tag_loses_none_of_its_elements(page: str, text: str):
    assert block_text(parse_html_text(page)) == text


def test_the_head_keeps_what_is_its_own():
    root = parse_html_text(
        "<title>題</title><meta name=a content=b><link rel=x href=y><main>本文</main><script>1</script>"
    )
    assert [child.tag for child in root.find("head")] == ["title", "meta", "link"]


def test_letters_are_counted_without_white_space_scripts_and_comments():
    page = "<body>本 文<script>var a;</script>続き<!-- 注 --><select><option>一</option></select>\u3000終<p>x<br>y</p></body>"
    assert letters_of(parse_html_text(page)) == len("本文続き一終xy")


def test_lines_of_code_inside_of_pre_are_lines():
    root = parse_html_text(
        "<html><body><pre><code>元本 100\n利息 5</code>\n計 105</pre><p>折り\n返し</p></body></html>"
    )
    assert block_text(root).split("\n") == ["元本 100", "利息 5", "計 105", "折り返し"]
