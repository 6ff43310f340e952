"""Circled numbers that extraction parted."""

import pytest

from tekio.text.circled import join_circles


def test_numbers_that_count_up_get_their_circles_back():
    text = "次の書類を提出する。\n○1 申請書\n○ 2 登記事項証明書\n◯３ 定款\n○2の書類は写しでよい。"
    joined = "次の書類を提出する。\n① 申請書\n② 登記事項証明書\n③ 定款\n②の書類は写しでよい。"
    assert join_circles(text) == joined


def test_paragraphs_of_articles_begin_at_two():
    law = "第一条　手数料は、別表による。\n○２　前項の額は、省令で定める。\n○３　第一項の規定は、国に適用しない。\n第二条　帳簿は、五年間保存する。\n○２　前条○３の規定を準用する。"
    assert join_circles(law) == law.replace("○２", "②").replace("○３", "③")


@pytest.mark.parametrize(
    "text",
    [
        "○1人につき1枚\n○2人以上は申込書",
        "○2 登記事項証明書",
        "○1 申請書\n○3 定款",
        "○1.5％の利率\n○2.0％の利率",
        "○ 対象\n○ 2025年の分",
        "○1 申請書\n○2 定款\n○30 その他",
    ],
)
def test_marks_of_lists_before_figures_stay(text: str):
    assert join_circles(text) == text
