"""Markdown as scrapes write it: tables keep every cell, indented Japanese is text, front matter is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.text.html import block_text, page_text
from tekio.text.markdown import front_matter, markdown_html, parse_markdown


def text_of(markdown: str) -> str:
    return block_text(parse_markdown(markdown))


def test_a_row_with_more_cells_than_its_heading_keeps_them():
    shown = text_of("| 区分 |\n| --- |\n| 収入 | 600万円 | 注 |\n")
    assert all(word in shown for word in ("区分", "収入", "600万円", "注"))


def test_a_table_of_equal_width_is_left_as_it_is():
    assert markdown_html("| a | b |\n| --- | --- |\n| 1 | 2 |\n").count("<th>") == 2


def test_indented_lines_are_text():
    assert "<pre" not in markdown_html("本文です。\n\n    　字下げした段落です。\n")


def test_front_matter_is_no_text():
    assert text_of("---\ntitle: 題\ntags: [a]\n---\n本文です。\n").strip() == "本文です。"


def test_a_rule_at_the_top_is_no_front_matter():
    assert "本文です。" in text_of("---\n\n本文です。\n\n---\n\n続きです。\n")


@given(
    st.lists(
        st.lists(st.text("あ漢1△ ", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=5),
        min_size=1,
        max_size=5,
    )
)
def test_no_cell_of_any_table_is_lost(rows):
    markdown = "| 頭 |\n| --- |\n" + "".join("| " + " | ".join(row) + " |\n" for row in rows)
    shown = "".join(text_of(markdown).split())
    for row in rows:
        for cell in row:
            assert "".join(cell.split()) in shown


def test_notes_below_the_text_are_kept_with_their_marks():
    text = text_of("残高は増えた。[^1] 利息も。[^注]\n\n[^1]: 速報値です。\n[^注]: 税引前です。\n")
    assert text == "残高は増えた。（注1） 利息も。（注注）\n（注1）速報値です。\n（注注）税引前です。"
    assert "[^1]" in text_of("引用の印[^1]だけがある。\n")
    assert "[^1]: x" in text_of("```\n[^1]: x\n```\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("記録は $10^6$ 件", "記録は 10^6 件"),
        (r"約$2.5 \times 10^{-3}$です", "約2.5×10^-3です"),
        ("刻みは 10^-4^ です", "刻みは 10^-4 です"),
        (r"係数は $\frac{1}{2}$ です", r"係数は $\frac{1}{2}$ です"),
        ("価格は$100、$200です", "価格は$100、$200です"),
    ],
)
def test_powers_are_written_as_in_other_formats(text: str, shown: str):
    assert block_text(parse_markdown(text)) == shown


def test_front_matter_tells_title_and_date():
    told = front_matter('---\ntitle: "金利の手引"\nDate: 2025-03-03\ntags:\n  - a\n---\n本文')
    assert (told["title"], told["date"]) == ("金利の手引", "2025-03-03")
    assert front_matter("本文\n---\ntitle: x\n---") == {}


def test_a_head_that_lost_its_spans_labels_nothing():
    """Scrapes write no spans: a head of three cells over rows of five says nothing of which column is whose."""
    text = page_text(
        parse_markdown(
            "| 業種目 | 配当 | 株価 |\n| --- | --- | --- |\n| 大分類 | 番号 | 前年平均 | 11月分 | 12月分 |\n|  | 中分類 |\n"
            "| 製造業 | 11 | 3.9 | 179 | 175 |\n| その他 | 12 | 4.4 | 247 | 243 |\n"
        ),
        tables="labelled",
    ).text
    assert text.split("\n") == [
        "業種目 | 配当 | 株価",
        "大分類 | 番号 | 前年平均 | 11月分 | 12月分",
        " | 中分類",
        "製造業 | 11 | 3.9 | 179 | 175",
        "その他 | 12 | 4.4 | 247 | 243",
    ]


def test_one_row_with_a_cell_too_many_does_not_cost_the_others_their_labels():
    text = page_text(
        parse_markdown(
            "| 区分 | 前期 |\n| --- | --- |\n| 預金 | 120 |\n| 貸出金 | 88 | 注 |\n| 有価証券 | 75 |\n| 現金 | 9 |\n"
        ),
        tables="labelled",
    ).text
    assert text.split("\n")[0] == "区分: 預金 | 前期: 120"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "前文です。\n| 照会者 | 窓口<br>係 | 別紙 |\n| 回答者 | 室長 |\n後文です。\n",
            ["前文です。", "照会者 | 窓口 係 | 別紙", "回答者 | 室長 |", "後文です。"],
        ),
        ("| 回答内容 | 差し支えない。 |\n", ["回答内容 | 差し支えない。"]),
        ("| 区分 | 額 |\n|---|---|\n| 甲 | 1 |\n", ["区分 | 額", "甲 | 1"]),
        ("```\n| a | b |\n| c | d |\n```\n", ["| a | b |", "| c | d |"]),
        ("|x| と |y| の差\n", ["|x| と |y| の差"]),
    ],
)
def test_rows_between_bars_without_a_line_of_marks_are_rows(text, lines):
    assert [line.rstrip() for line in block_text(parse_markdown(text)).split("\n")] == lines
