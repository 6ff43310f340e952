"""Sentences copied from the passage with one word of them otherwise."""

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

PASSAGE = """当社は、前期の確定申告において、欠損金額30万円を損金の額に算入しました。当期は利益が生じました。
課税事業者は、特定期間の課税売上高が1,000万円以下である場合に、この特例の適用を受けることができます。
控除対象配偶者に該当するかどうかは、その年の12月31日の現況により判定します。
届出書は、三月以内に提出しなければならない。
営業利益は前年同期に比べて増加し、計画を上回る20億円となりました。経常利益は30億円です。"""


def wrong_in(text: str) -> set[str]:
    return {one.kind for one in check_row("", text, Ground.of(PASSAGE))[1]}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("当社は、当期の確定申告において、欠損金額30万円を損金の額に算入しました。", id="another period"),
        pytest.param("課税事業者は、特定期間の課税売上高が1,000万円以上である場合に、この特例の適用を受けることができます。", id="another bound"),
        pytest.param("課税事業者は、特定期間の課税売上高が1,000万円以下である場合に、この特例の適用を受けることができません。", id="denied"),
        pytest.param("控除対象配偶者に該当するかどうかは、その年の12月41日の現況により判定します。", id="a day that is none"),
        pytest.param("届出書は、三月以内に提出してはならない。", id="forbidden, not required"),
        pytest.param("特定期間は、課税事業者の課税売上高が1,000万円以下である場合に、この特例の適用を受けることができます。", id="two nouns exchanged"),
        pytest.param("課税事業者は、確定申告の課税売上高が1,000万円以下である場合に、この特例の適用を受けることができます。", id="a noun of another sentence"),
        pytest.param("営業利益は前年同期に比べて減少し、計画を上回る20億円となりました。", id="the other way"),
        pytest.param("営業利益は前年同期に比べて増加し、計画を上回る30億円となりました。", id="another number of the passage"),
    ],
)  # fmt: skip
def test_a_copy_with_one_word_otherwise_is_wrong(text: str):
    assert wrong_in(text) != set()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("当社は、前期の確定申告において、欠損金額30万円を損金の額に算入した。", id="another ending"),
        pytest.param("届出書は、三月以内に提出しなければなりません。", id="two denials as the passage has two"),
        pytest.param(
            "課税事業者は、特定期間の売上高が1,000万円以下である場合に、この特例の適用を受けることができます。",
            id="a part of a noun",
        ),
        pytest.param("届出書は、3月以内に提出しなければならない。", id="a numeral in other letters"),
        pytest.param("営業利益は前年同期に比べて増え、計画を上回る20億円となった。", id="another word of the same way"),
    ],
)
def test_a_copy_in_other_words_stays_right(text: str):
    assert wrong_in(text) == set()


def test_marks_of_open_words_in_a_text_harm_nothing():
    passage = "会員は、三月以内に届出書を\ue000提出しなければならない。"
    row = "会員は、\ue000以内に届出書を三月提出しなければならない。"
    assert isinstance(check_row("", row, Ground.of(passage))[1], list)
    assert check_row("", passage, Ground.of(passage))[1] == []
