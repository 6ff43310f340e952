"""Beginnings that nobody has listed and that take turns: one asks, the other answers."""

from tekio.instruct.harvest.files import harvest_bytes


def pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.question, pair.answer) for pair in harvest_bytes(text.encode(), ".txt").pairs]


def test_two_unknown_words_that_take_turns_are_marks_of_question_and_answer():
    text = (
        "うかがう　通帳は要りますか。\nかえす　要りません。\n\nうかがう　印鑑は要りますか。\nかえす　お持ちください。\n"
    )
    assert pairs(text) == [("通帳は要りますか。", "要りません。"), ("印鑑は要りますか。", "お持ちください。")]


def test_words_that_take_turns_without_asking_are_none():
    text = "よいこと　通帳が要りません。\nわるいこと　印鑑が要ります。\n\nよいこと　早く済みます。\nわるいこと　費用がかかります。\n"
    assert pairs(text) == []


def test_words_that_both_ask_are_none():
    text = "はじめに　通帳は要りますか。\nつぎに　印鑑は要りますか。\n\nはじめに　口座はありますか。\nつぎに　住所は同じですか。\n"
    assert pairs(text) == []


def test_a_greeting_before_and_thanks_behind_are_in_no_pair():
    text = "シズ：ようこそ。\nカイ：手数料は要りますか。\nシズ：要りません。\nカイ：期限はありますか。\nシズ：ありません。\nカイ：ありがとう。\n"
    assert pairs(text) == [("手数料は要りますか。", "要りません。"), ("期限はありますか。", "ありません。")]


def test_the_figure_behind_a_mark_keeps_its_first_digits():
    text = "問1　上限はいくらですか。\n正解　1,000万円\n\n問2　利率はいくらですか。\n正解　1.5％\n"
    assert pairs(text) == [("上限はいくらですか。", "1,000万円"), ("利率はいくらですか。", "1.5％")]
