"""Counts that cannot be, ends of ranges, years of a run, eras and centuries that the passage never has."""

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

FIRST = "短距離の三島弥彦とマラソン選手の金栗四三で、この2名が日本人初の選手として大会に参加した。"
SHARE = "イギリスでは患者の60-70%が治療を受けると推計されている。別の調査では12%である。"
YEARS = "1909年には1,673人を記録し、1910年には3,516人、1911年には5,395人となった。ピークの1916年には21,758人に達した。"
PLANES = "1996年8月の受注残数は、エアバスが270機、ボーイングが390機、マクドネル・ダグラスが120機だった。"


@pytest.mark.parametrize(
    ("passage", "question", "answer", "stands"),
    [
        (FIRST, "日本人初の選手は金栗四三と、もう1人は誰ですか。", "三島弥彦", True),
        (FIRST, "日本人初の選手は金栗四三と、もう2人は誰ですか。", "三島弥彦", False),
        (FIRST, "日本人初の選手2人のうち、1人は金栗四三ですが、もう1人は誰ですか。", "三島弥彦", True),
        (FIRST, "日本人初の選手2人のうち、2人は金栗四三ですが、もう1人は誰ですか。", "三島弥彦", False),
        (SHARE, "イギリスでは患者の何%が治療を受けますか。", "60-70%", True),
        (SHARE, "イギリスでは患者の何%が治療を受けますか。", "約70%", False),
        (SHARE, "イギリスでは患者の最大何%が治療を受けますか。", "70%", True),
        (YEARS, "利用者が1909年からの3年間で最も多い年はいつですか。", "1911年", True),
        (YEARS, "利用者が1909年からの7年間で最も多い年はいつですか。", "1911年", False),
        (PLANES, "マクドネル・ダグラスとエアバス、ボーイングの3人のうち、受注残数が最も少ないのはどの会社ですか。", "マクドネル・ダグラス", False),
    ],
)  # fmt: skip
def test_a_count_is_one_that_the_row_can_have(passage: str, question: str, answer: str, stands: bool):
    assert (not check_row(question, answer, Ground.of(passage))[1]) == stands


def test_what_is_asked_for_is_one_of_those_that_are_counted():
    passage = "彼らはスパルタクス、クリクスス、オエノマウスを指導者に選んだ。"
    assert not check_row("指導者となった3人は、スパルタクス、クリクススと誰か。", "オエノマウス", Ground.of(passage))[1]
    assert check_row("指導者となった4人は、スパルタクス、クリクススと誰か。", "オエノマウス", Ground.of(passage))[1]


@pytest.mark.parametrize(
    ("row", "stands"),
    [
        ("18世紀に開かれた。", True),
        ("4世紀に開かれた。", False),
        ("享保3年に開かれた。", True),
        ("慶応3年に開かれた。", False),
    ],
)
def test_a_century_or_an_era_of_old_is_one_of_the_passage(row: str, stands: bool):
    ground = Ground.of("第4代当主が享保3年(1718年)に開いた。")
    assert (not check_row("", row, ground)[1]) == stands


def test_somewhat_more_is_not_somewhat_less():
    ground = Ground.of("このとき島には200人あまりの島民がいた。")
    assert check_row("島民は何人いましたか。", "200人弱", ground)[1]
    assert not check_row("島民は何人いましたか。", "200人あまり", ground)[1]


def test_a_number_with_another_unit_is_no_instance_of_a_rule():
    passage = "償却費の累計額が取得価額の95％相当額に達している場合には、翌年以後の5年間で1円まで均等に償却する。"
    row = "償却費の累計額が取得価額の95{}相当額に達している場合には、翌年以後の5年間で1円まで均等に償却する。"
    assert not check_row("", row.format("％"), Ground.of(passage))[1]
    assert check_row("", row.format("円"), Ground.of(passage))[1]


def test_the_year_before_is_none_of_the_years_that_a_question_lists():
    passage = (
        "2002年度の貸出は1,601点だったが、2003年度には前年比19.7%増、2004年度には7.5%増、2005年度には8.7%増となった。"
    )
    question = "貸出が最も多かったのは2002年度、{}年度、2005年度の中でいつですか。"
    assert not check_row(question.format(2004), "2005年度", Ground.of(passage))[1]
    assert check_row(question.format(2001), "2005年度", Ground.of(passage))[1]


def test_an_answer_has_a_word_of_its_passage():
    ground = Ground.of("1973年の水源地域対策特別措置法の施行に伴い、補償の手続が定められた。")
    assert check_row("水源地域対策特別措置法が施行されたのはいつですか。", "大気圏に再突入する直前", ground)[1]
    assert check_row("手続が定められたのはどこですか。", "第1移住地", ground)[1]


def test_about_so_much_is_no_bound_and_an_exact_value_is_not_about():
    ground = Ground.of("予算額は約1,200万円。参加者の30%が会員である。")
    assert not check_row("", "予算額は約1,200万円です。", ground)[1]
    assert check_row("", "予算額は1,200万円以上です。", ground)[1]
    assert not check_row("参加者の何%が会員ですか。", "30%", ground)[1]
    assert check_row("参加者の何%が会員ですか。", "約30%", ground)[1]


def test_one_of_several_that_are_listed_is_asked_for():
    passage = "ユスティヌス1世は527年4月1日に甥のユスティニアヌスとの共同統治を成立させた。"
    question = "527年4月1日、誰とユスティニアヌスの{}人による共同統治が成立したか。"
    assert not check_row(question.format(2), "ユスティヌス1世", Ground.of(passage))[1]
    assert check_row(question.format(3), "ユスティヌス1世", Ground.of(passage))[1]


def test_a_length_is_no_year_and_the_fourth_are_not_four():
    ground = Ground.of("議事堂は1935年に焼失し、15年間再建されなかった。4人目の息子は1940年に生まれた。")
    assert not check_row("議事堂が焼失したのは何年ですか。", "1935年", ground)[1]
    assert check_row("議事堂が焼失したのは何年ですか。", "15年間", ground)[1]
    assert check_row("息子は何人でしたか。", "4人目", ground)[1]


def test_a_number_in_a_question_is_no_sum_that_nothing_asks_for():
    ground = Ground.of("機体には20mm機関砲と12.7mm機関砲が各2門装備された。砲弾は20mmのものが多く積載された。")
    assert not check_row("12.7mm機関砲は何門装備されましたか。", "2門", ground)[1]
    assert check_row("32.7mm機関砲は何門装備されましたか。", "2門", ground)[1]


def test_the_century_that_is_asked_for_is_told_as_one():
    ground = Ground.of("塔は1762年に建てられ、19世紀に倒れた。")
    assert check_row("塔が倒れたのはいつですか。", "18世紀", ground)[1]
    assert not check_row("塔が倒れたのはいつですか。", "19世紀", ground)[1]
    assert not check_row("18世紀に建てられた塔が倒れたのはいつですか。", "19世紀", ground)[1]
