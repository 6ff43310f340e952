"""Long documents of questions and answers: contents lists, titles above marks, glued questions."""

from tekio.instruct.harvest.files import harvest_bytes
from tekio.instruct.harvest.flow import has_leaders, number_of, open_lines, same_text, without_leaders

LONG = """# 保存制度の問答

問１ 制度の概要を教えてください。･･････････１

問２ 対象となる書類は何ですか。･･････････２

問３ 手続は必要ですか。･･････････３

# 【概要】

問１ 制度の概要を教えてください。

# 【回答】

電子で受け取った書類を電子のまま残す制度です。

# 【解説】

紙に出して残すことは認められません。問２ 対象となる書類は何ですか。

【回答】

注文書と領収書です。【問１】を参照してください。
"""


def test_the_contents_list_is_a_check_and_no_source_of_pairs():
    page = harvest_bytes(LONG.encode(), ".md")
    assert [(pair.question, pair.answer.split("\n")[0]) for pair in page.pairs] == [
        ("制度の概要を教えてください。", "電子で受け取った書類を電子のまま残す制度です。"),
        ("対象となる書類は何ですか。", "注文書と領収書です。【問１】を参照してください。"),
    ]
    assert "紙に出して残すことは認められません。" in page.pairs[0].answer
    assert page.missing == ["手続は必要ですか。"]


def test_a_title_above_a_bare_mark_is_the_topic():
    text = "（問１）提出の期限\n（問）いつまでに出すのか。\n　郵送でもよいか。\n\n（答）\n月末までである。\n\n（問２）提出先\n（問）どこに出すのか。\n\n（答）\n税務署である。\n"
    page = harvest_bytes(text.encode(), ".txt")
    assert [pair.question for pair in page.pairs] == ["いつまでに出すのか。\n郵送でもよいか。", "どこに出すのか。"]
    assert [pair.topic for pair in page.pairs] == ["提出の期限", "提出先"]


def test_a_question_longer_than_any_limit_is_whole():
    condition = "当社は、次のような取引を行っています。" * 60
    text = f"## 【照会要旨】\n\n{condition}\n\nこの場合の取扱いが分かりません。\n\n## 【回答要旨】\n\n課税の対象です。\n\n## 【関係法令通達】\n\n法第２条\n"
    (pair,) = harvest_bytes(text.encode(), ".md").pairs
    assert pair.question == f"{condition}\nこの場合の取扱いが分かりません。"
    assert pair.answer == "課税の対象です。"


def test_companies_named_a_are_no_answer_marks():
    text = "## 【照会要旨】\n\nA市は、B社に土地を貸しました。\n\nA、Bの契約は課税されますか。\n\n## 【回答要旨】\n\nA市の貸付けは非課税です。\n"
    (pair,) = harvest_bytes(text.encode(), ".md").pairs
    assert pair.question == "A市は、B社に土地を貸しました。\nA、Bの契約は課税されますか。"
    assert pair.answer == "A市の貸付けは非課税です。"


def test_only_the_next_number_is_taken_for_a_glued_question():
    text = "問１ 何ですか。\n【回答】\n制度です。問５を参照。問２ どこですか。\n【回答】\n窓口です。"
    assert open_lines(text).count("\n\n問２") + open_lines(text).count("\n問２") >= 1
    assert "制度です。問５を参照。" in open_lines(text)


def test_pictures_of_circled_numbers_are_part_of_the_sentence():
    text = "## 【照会要旨】\n\n![1](img/decimal/01.gif)及び![1](img/decimal/02.gif)は課税ですか。\n\n## 【回答要旨】\n\n![丸1](x/a.gif)は課税です。\n"
    (pair,) = harvest_bytes(text.encode(), ".md").pairs
    assert (pair.question, pair.answer) == ("①及び②は課税ですか。", "①は課税です。")


def test_a_page_that_looks_like_questions_and_gives_none_says_why():
    asks = "<title>よくあるご質問</title><p>Q1 何ですか。</p><p>Q2 いつですか。</p>"
    assert harvest_bytes(asks.encode(), ".html").silence == "questions_without_answers"
    assert (
        harvest_bytes("<title>よくあるご質問</title><p>準備しています</p>".encode(), ".html").silence
        == "no_question_found"
    )
    assert harvest_bytes("<title>社長の挨拶</title><p>ようこそ。</p>".encode(), ".html").silence == ""


def test_numbers_leaders_and_sameness():
    assert [number_of(text) for text in ("（問１－２）甲", "問 12 乙", "【問】丙", "丁")] == ["1-2", "12", "", ""]
    assert has_leaders("期限・・・・・・・１０")
    assert without_leaders("期限は何ですか ........ 12") == "期限は何ですか"
    assert same_text("電子取引の範囲は何ですか。", "電子取引 $\\oslash$ 範囲は何ですか。")
    assert not same_text("提出の期限", "保存の場所")


def test_a_contents_list_may_call_a_question_by_a_title_of_its_number():
    text = (
        "制度のQ&A\n\n目　次\n問１－１ 制度の概要 ・・・・・・ 1\n問１－２ 登録の申請 ・・・・・・ 2\n問１－３ 罰則 ・・・・・・ 3\n\n"
        "問１－１ どのような内容ですか。\n\n（答）\n税額を控除する方式です。\n\n問１－２ いつまでに申し込みますか。\n\n（答）\n期間の初日の十五日前までです。\n"
    )
    page = harvest_bytes(text.encode(), ".txt")
    assert len(page.pairs) == 2
    assert page.missing == ["罰則"]
