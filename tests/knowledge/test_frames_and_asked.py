"""A value in the passage's own words around another, and answers that are not what was asked for: errors that use what stands in the passage."""

# pyright: standard

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check, check_row

FORM = "一　承継先の商号\n二　会社分割年月日\n承継会社が法第七十条第二号に掲げる要件に該当しない旨を誓約する書面"
PAY = "甲取締役（代表者）は月額100万円以内、乙及び丙取締役（いずれも非常勤）は月額10万円以内と定めました。"
LOG = "9月10日に日本を出発した。10月28日にロンドンに着いた。1910年に創刊された。第1年（1910年）11月号に評論が載り、1912年11月号に特集が載った。"
LIFE = "1936年7月8日に生まれた子は、わずか8日間生存した。1928年に交尾が確認された。引退までに全国の首位を2回、地方の首位を11回獲得し、史上4人目の三冠騎手となった。"
RATE = "一　負担金率　〇・〇一二パーセント\n二　負担金率　〇・〇三八パーセント"
YEARS = "1893年(明治26年)に卒業した。翌年発覚する病もあった。1896年(明治29年)に転居し、1914年(大正3年)に倒れた。"


@pytest.mark.parametrize(
    ("passage", "row", "named"),
    [
        (FORM, "承継会社が法第七十条第一号に掲げる要件に該当しない旨を誓約する。", "第一号"),
        (PAY, "甲取締役（代表者）は月額10万円以内と定めた。", "10万円"),
        (LOG, "10日間かけて日本を出発した。", "10日間"),
        (RATE, "負担金率は〇・〇七二パーセントである。", "〇・〇七二パーセント"),
    ],
)
def test_a_value_in_the_words_around_another_is_named(passage: str, row: str, named: str):
    assert named in [item.text for item in check(row, Ground.of(passage))[1]]


@pytest.mark.parametrize(
    ("passage", "question", "right", "wrong"),
    [
        (LIFE, "1936年に生まれた子は何日間生きたか。", "8日間", "8年間"),
        (LOG, "9月の何日に日本を出発したか。", "10日", "28日"),
        (LOG, "評論が載ったのは1910年の何月号か。", "11月号", "10月号"),
        (YEARS, "1896年は明治何年ですか。", "明治29年", "明治26年"),
    ],
)
def test_an_answer_is_what_was_asked_for(passage: str, question: str, right: str, wrong: str):
    ground = Ground.of(passage)
    assert check_row(question, right, ground)[1] == []
    assert check_row(question, wrong, ground)[1] != []


@pytest.mark.parametrize(
    ("passage", "question", "answer", "named"),
    [
        (LOG, "10月の何日に日本を出発したか。", "10日", "10月10日"),
        (YEARS, "明治47年は西暦何年ですか。", "1914年", "明治47年"),
        (LIFE, "全国の首位の4回目はいつ獲得したか。", "1936年", "4回"),
        (
            "1706年から同5年までに払った養育料は3万両で、期間は10年以下とした。",
            "1706年から4年間で幕府はいくら払いましたか。",
            "3万両",
            "4年間",
        ),
        ("14歳に満たない者を触法少年という。", "19歳の少年はどう呼ばれますか。", "触法少年", "19歳"),
        ("核の半径は1,800km程度で、全体の60%を占める。", "核の半径は何kmですか。", "1,080km程度", "1,080km"),
    ],
)
def test_a_question_that_tells_what_does_not_stand_is_named(passage: str, question: str, answer: str, named: str):
    assert named in [item.text for item in check_row(question, answer, Ground.of(passage))[1]]


def test_a_case_within_the_bound_or_denied_is_right():
    ground = Ground.of("14歳に満たない者を触法少年という。")
    assert check_row("13歳の少年はどう呼ばれますか。", "触法少年です。", ground)[1] == []
    assert check_row("19歳の少年は触法少年になりますか。", "いいえ、なりません。", ground)[1] == []


def test_a_loss_that_a_table_tells_below_nothing_has_its_own_words():
    ground = Ground.of("経常損益　△1億8,000万円　前年度　3億5,000万円\n医業損益は△4億2,000万円の赤字となった。")
    assert check("経常損益は1億8,000万円の赤字となった。", ground)[1] == []


def test_a_surname_behind_a_title_is_a_name():
    ground = Ground.of("エリザベス1世の宰相ウィリアム・セシルによる論文である。")
    assert [item.kind for item in check("宰相菅野美代子による論文である。", ground)[1]] == ["name"]
