"""Letters that recognition wrote apart are put together; rows of single letters that mean something are not."""

import pytest

from corpus.readers.corpus_reading import read
from tekio.text.spaced_letters import join_letters

SENTENCE = "賃 料 は 毎 月 末 日 ま で に 支 払 う 。"


@pytest.mark.parametrize(
    ("written", "together"),
    [
        (SENTENCE, "賃料は毎月末日までに支払う。"),
        ("利 率 は 年 2.4 5 % と し 、 固 定 す る 。", "利率は年2.45%とし、固定する。"),
        ("建 物 賃 貸 借 契 約 書", "建物賃貸借契約書"),
        ("令和 7 年 4 月 1 5 日に金 2 5,0 0 0,0 0 0 円を渡す。", "令和 7 年 4 月 15 日に金 25,000,000 円を渡す。"),
        ("期間は 3 6 5 日とし、5 0 回に分ける。", "期間は 365 日とし、50 回に分ける。"),
        ("月 火 水 木 金", "月 火 水 木 金"),
        ("甲 乙 丙", "甲 乙 丙"),
        ("表 1 2 3", "表 1 2 3"),
        ("Tokyo Bay Bank と締結する。", "Tokyo Bay Bank と締結する。"),
    ],
)
def test_letters_and_figures_of_a_recognised_text_are_together(written: str, together: str):
    assert join_letters(f"{SENTENCE}\n{written}").text.split("\n")[1] == together


@pytest.mark.parametrize(
    "text",
    [
        "建 物 賃 貸 借 契 約 書\n賃料は毎月末日までに支払う。",
        "1 5 日と 3 0 日",
        "か き く け こ\nさ し す せ そ",
        "|| .; ~~ ^ _",
    ],
)
def test_a_text_without_such_a_sentence_stays_as_it_is(text: str):
    assert join_letters(text).text == text


def test_specks_go_to_the_rejected_rows_with_their_count(tmp_path):
    (tmp_path / "a.txt").write_text(f"{SENTENCE}\n|| .; ~~ ^ _\n---------\n（注）\n本文です。\n", encoding="utf-8")
    documents, rejected = read(tmp_path / "a.txt")
    assert "~~" not in documents[0].text
    assert "---------" in documents[0].text
    assert [(row.reason, row.measured) for row in rejected] == [("ocr_debris", {"lines": 1, "characters": 12})]
    assert documents[0].meta["transforms"] == ["ocr_debris"]
