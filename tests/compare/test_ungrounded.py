"""What an answer says that was not given with the question."""

from tekio.compare.ungrounded import ungrounded

PASSAGE = "みなもと精密工業の当期の売上高は 482 億円、決算日は令和7年3月31日です。"


def said(text: str, prompt: str = "売上高はいくらですか。", passage: str | None = PASSAGE) -> list[tuple[str, str]]:
    found = ungrounded(text, prompt, passage)
    assert all(text[item.start : item.end] == item.text for item in found)
    return [(item.kind, item.text) for item in found]


def test_what_the_passage_says_in_another_spelling_is_given():
    assert said("売上高は48,200百万円で、決算日は2025年3月31日です。") == []


def test_a_number_a_date_and_a_name_that_were_not_given_are_named_once():
    found = said("売上高は500億円、500億円です。2024年6月1日に、ひばり物流株式会社が発表しました。")
    assert ("number", "500億円") in found
    assert ("date", "2024年6月1日") in found
    assert [kind for kind, _ in found].count("number") == 1
    assert "name" in [kind for kind, _ in found]


def test_what_the_question_says_is_given():
    assert said("2,000万円を分けて投資します。", "老後の資金 2,000 万円をどうしますか。", None) == []
