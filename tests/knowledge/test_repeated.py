"""Rows that repeat sentences of their passage, or ask for what stands at one place of a sentence."""

import pytest

from tekio.knowledge.facts import facts_of
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row
from tekio.knowledge.repeated import is_word_for_word, sentences_of

PASSAGE = (
    "当連結会計年度末の流動負債は、前連結会計年度末と比べて36百万円増加し、542百万円となりました。\n"
    "売上高は1,836億円と前期対比349億円の増収（23.5％増）、営業利益は432億円と前期対比116億円の増益（37.0％増）となりました。\n"
    "この府令は、平成十八年一月一日から施行する。\n"
    "自己株式 | 前事業年度 (令和7年3月31日): △4,138 | 当事業年度 (令和8年3月31日): △3,655"
)  # fmt: skip


def wrong_in(question: str, answer: str) -> list[str]:
    return [one.text for one in check_row(question, answer, Ground.of(PASSAGE))[1]]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("", PASSAGE.split("\n")[3], id="a row of a table as it stands"),
        pytest.param("流動負債は、前連結会計年度末と比べていくら増加しましたか。", "36百万円", id="the clause alone"),
        pytest.param(
            "当連結会計年度末の流動負債は、前連結会計年度末と比べていくら増加し、542百万円となりましたか。", "36百万円です。", id="the whole sentence"
        ),
        pytest.param("次の空欄を埋めてください。「売上高は1,836億円と前期対比（　　）の増収（23.5％増）」", "349億円", id="a blank"),
        pytest.param("この府令は、平成何年一月一日から施行しますか。", "十八年", id="the era in the question"),
        pytest.param("この府令は、平成何年一月一日から施行するか。", "この府令は、平成十八年一月一日から施行する。", id="the sentence as the answer"),
        pytest.param("次の記述は正しいですか。「この府令は、平成十八年一月一日から施行する。」", "はい、正しいです。", id="true or false"),
    ],
)  # fmt: skip
def test_what_repeats_a_sentence_is_right(question: str, answer: str):
    assert wrong_in(question, answer) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("流動負債は、前連結会計年度末と比べていくら増加しましたか。", "542百万円", id="the other value of its sentence"),
        pytest.param("次の空欄を埋めてください。「売上高は1,836億円と前期対比（　　）の増収（23.5％増）」", "116億円", id="that of another line"),
        pytest.param("この府令は、平成何年一月一日から施行しますか。", "十七年", id="a year that stands nowhere"),
        pytest.param("次の記述は正しいですか。「この府令は、平成十七年一月一日から施行する。」", "はい、正しいです。", id="an altered sentence called right"),
    ],
)  # fmt: skip
def test_what_fills_a_blank_otherwise_is_wrong(question: str, answer: str):
    assert wrong_in(question, answer) != []


def test_a_part_of_a_number_is_not_what_stands_there():
    sentences = sentences_of("会員数は前年同期比で1,234人増加しました。")
    assert is_word_for_word("会員数は前年同期比で何人増加しましたか。", "1,234人", sentences)
    assert not is_word_for_word("会員数は前年同期比で何人増加しましたか。", "234人", sentences)
    assert not is_word_for_word("", "会員数は前年同期比で1,23", sentences)
    ends = sentences_of("流動負債の増加額は前年同期比で36百万円の増加となりました。")
    assert is_word_for_word("流動負債の増加額は前年同期比でいくらですか。", "36百万円", ends)
    assert not any(
        is_word_for_word("流動負債の増加額は前年同期比でいくらですか。", cut, ends)
        for cut in ("3", "36", "36百", "36百万")
    )


def test_a_branch_of_an_article_is_no_part_of_an_amount():
    assert [fact.value for fact in facts_of("同法第33条の4の5,000万円控除")] == ["33の4", "50000000円"]


def test_persons_of_a_hundred_are_not_taken_for_none():
    row = "従業者100人のうち、60人は合併法人の業務に従事する。"
    assert check_row("", row, Ground.of(f"{row}\n残りは退職する。"))[1] == []


def test_a_blank_below_a_title_and_an_answer_that_says_so_are_read():
    passage = "平成二十三年度における新令第二条第一項の適用については、同項中「千万円」とあるのは、「三千万円」とする。"
    question = f"空欄を埋めてください。（政令）\n{passage.replace('三千万円', '（　　　）')}"
    assert check_row(question, "空欄に入るのは「三千万円」です。", Ground.of(passage))[1] == []
    assert check_row(question, "空欄に入るのは「二千万円」です。", Ground.of(passage))[1] != []
