"""Markdown of Pandoc, Obsidian, Notion and GitHub: marks go, what they mark stays, code is not touched."""

import pytest

from tekio.text.html import page_text
from tekio.text.markdown import parse_markdown
from tekio.text.markdown_dialects import write_dialects, write_simple_tables


def read(markdown: str) -> str:
    return page_text(parse_markdown(markdown), tables="labelled").text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("# 限度額 {#limit .unnumbered}", "限度額"),
        ("# 概要 {-}", "概要"),
        ("[担保]{.underline}を取る。", "担保を取る。"),
        ('[約款](a.md){target="_blank"}による。', "約款による。"),
        ("==新規の取引==を止める。", "新規の取引を止める。"),
        ("[[勘定系|基幹系]]と[[為替]]を使う。", "基幹系と為替を使う。"),
        ("図は次のとおり。![[流れ.png]]", "図は次のとおり。"),
        ("照合する。%%図を足す%%", "照合する。"),
        ("CO~2~の排出", "CO2の排出"),
        ("残高証明\n:   残高を証する書面をいう。", "残高証明：残高を証する書面をいう。"),
        ("> [!warning] 注意\n> 再開しないこと。", "注意\n再開しないこと。"),
        ("> [!NOTE]\n> 再開しないこと。", "再開しないこと。"),
        ("::: {.box}\n本文です。\n:::", "本文です。"),
        ("担当: 審査部\n状態: 公開\n期限: 6月", "担当: 審査部\n状態: 公開\n期限: 6月"),
    ],
)
def test_marks_of_a_dialect_go_and_what_they_mark_stays(written: str, shown: str):
    assert read(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        r"式は $(\mathcal{Q}){-}\sqrt[3]{x}$ である。",
        "利率[[1]](#n1)は年率である。",
        "脚注[[2]]と[[注3]]を見る。",
        "a == b ならば c == d とする。",
        "値上げ率は10%%である。",
        "午前9:00 から午後5:00まで",
        "```\n==code== [[x|y]] %%z%% {#a}\n::: box\n```",
        "| 区分 | 金額 |\n| --- | --- |",
    ],
)
def test_what_is_no_mark_stays_as_it_is(text: str):
    assert write_dialects(write_simple_tables(text)) == text


def test_a_table_told_by_its_columns_keeps_its_figures_below_their_headings():
    assert read("  区分     件数   金額（千円）\n  -------- ------ --------------\n  借方     1,204  88,310\n  貸方            88,295\n\n  : 照合の例\n") == (
        "照合の例\n区分: 借方 | 件数: 1,204 | 金額（千円）: 88,310\n区分: 貸方 | 金額（千円）: 88,295"
    )  # fmt: skip


def test_a_table_of_several_lines_a_row_has_its_rows():
    assert (
        read(
            "前の文。\n\n------------------------\n 区分      金額\n           （円）\n--------- --------------\n 預金      1,000\n 積立\n\n 貸出      2,000\n------------------------\n\n後の文。\n"
        )
        == "前の文。\n区分: 預金 積立 | 金額 （円）: 1,000\n区分: 貸出 | 金額 （円）: 2,000\n後の文。"
    )


def test_a_caption_below_a_table_with_bars_is_a_paragraph():
    assert read("| 年 | 件数 |\n| --- | --- |\n| 2024 | 10 |\n\n: 件数の推移").split("\n")[-1] == "件数の推移"
