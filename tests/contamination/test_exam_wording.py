"""A text that is studied may have an item's fact, not its question with the answer."""

import pytest

from tekio.contamination.exam_wording import ExamWordings, Wording

SENTENCE = "信託受託者は、業務を開始した日から十五日以内に、その旨を記載した届出書を主務大臣に提出しなければならない。"
BLANK = SENTENCE.replace("十五日", "")
ITEM = Wording("item", (SENTENCE, BLANK), "十五日")


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        f"問　次の文の空欄を埋めてください。{SENTENCE.replace('十五日', '（　　　）')}\n答　十五日です。",
        f"信託法第二条によれば、{SENTENCE}",
        # another word is left out, and the answer stands in the sentence
        SENTENCE.replace("主務大臣", "（　　　）") + "\n主務大臣",
    ],
)
def test_its_sentence_with_the_answer_is_found_in_every_frame(text: str):
    found = ExamWordings([ITEM]).check(["前の行", text])
    assert list(found) == [1]
    assert found[1]["item"] == "item"
    assert found[1]["rule"] in ("containment", "longest")


@pytest.mark.parametrize(
    "text",
    [
        # the fact in other words
        "届出書は、開始から十五日のうちに出す必要がある。提出するのは信託受託者である。",
        # its words without the answer: nothing is told
        SENTENCE.replace("十五日", "（　　　）"),
        SENTENCE.replace("十五日", "二十日"),
    ],
)
def test_the_fact_alone_and_the_question_alone_are_not(text: str):
    assert ExamWordings([ITEM]).check([text]) == {}


def test_of_several_items_the_one_that_is_told_is_named_and_all_are_counted():
    other = Wording("other", (SENTENCE.replace("信託受託者", "信託監督委員").replace("十五日", "三十日"),), "三十日")
    search = ExamWordings([ITEM, other])
    assert search.items == 2
    assert search.check([SENTENCE])[0]["item"] == "item"
    assert search.items_in_all(iter(["他の行"] * 2500 + [SENTENCE])) == {"item"}


def test_nothing_to_look_for_finds_nothing():
    assert ExamWordings([]).check([SENTENCE]) == {}
    assert ExamWordings([Wording("short", ("売上高",), "百円")]).check(["売上高は百円"]) == {}
