"""Rows that turn round what a passage says in other words than its own, and right ones beside them."""

# pyright: standard

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check, check_row

RESULTS = "営業利益 | 前期 3,920百万円 | 当期 4,310百万円\n国際貨物の取扱量が減少し、運賃単価も下落した。営業利益率は前年同期の6.0%から6.9%に上昇した。"
LEAVE = "当該年度に取得しなかった休暇は、翌年度に限り繰り越すことができる。数値が低いほど安全性が高いとされる。"
LAW = "登録を取り消された者で2年を経過しないものは、登録を受けることができない。帳簿及び請求書等の保存が必要であり、照会の場合は帳簿のみの保存では控除できません。"
BOARD = "議長は代表取締役社長柳沢義典が務めた。規約に定めのない事項は、建物の区分所有等に関する法律による。新社長は北川 麻衣である。"
CITY = "令和2年の総人口は84,600人、令和6年は81,200人である。総人口が増加したのは駅東地区のみである。"
PRICES = "税抜価額 900,000円、消費税額等90,000円\n駐車場の使用料は、月額9,500円とする。"
TIMES = "始業時刻は午前9時00分、終業時刻は午後5時30分とし、休憩時間は正午から午後1時00分までとする。契約締結日 2025年5月14日、実行日 2025年7月1日"


@pytest.mark.parametrize(
    ("passage", "row"),
    [
        (RESULTS, "営業利益は前期の3,920百万円から当期は4,310百万円へと増加した。"),
        (RESULTS, "運賃単価の下落が響いた。"),
        (LEAVE, "取得しなかった休暇は、翌年度に繰り越すことができます。"),
        (LAW, "取消しから2年が経過するまで、登録を受けることはできません。"),
        (BOARD, "代表取締役社長の柳沢義典が議長を務めた。"),
        (BOARD, "北川麻衣氏が社長に就く。"),
        (CITY, "総人口は84,600人から81,200人に減少した。"),
        (PRICES, "税込みの金額は、税抜価額900,000円に90,000円を加えた990,000円である。"),
        (PRICES, "駐車場の使用料は月額9,500円で、年間では114,000円になる。"),
        (TIMES, "休憩時間は1時間である。"),
        (TIMES, "契約締結日の2025年5月14日から実行日の7月1日までは、48日間ある。"),
    ],
)
def test_a_right_row_in_other_words_is_right(passage: str, row: str):
    assert check(row, Ground.of(passage))[1] == []


@pytest.mark.parametrize(
    ("passage", "row", "named"),
    [
        (RESULTS, "営業利益は前期の3,920百万円から当期は4,310百万円へと減少した。", "減少"),
        (RESULTS, "運賃単価の上昇が響いた。", "上昇"),
        (RESULTS, "営業利益率は、前年同期の6.9%に対し、当期は6.0%となった。", "6.9%"),
        (LEAVE, "取得しなかった休暇は、翌年度に繰り越すことができません。", "できません"),
        (LEAVE, "数値が高いほど安全性が高いとされる。", "高いほど"),
        (BOARD, "代表取締役社長の柳沢義弘が議長を務めた。", "柳沢義弘"),
        (BOARD, "規約に定めのない事項は、マンションの管理の適正化に関する法律による。", "に関する法律"),
        (PRICES, "駐車場の使用料は月額9,500円で、年間では104,000円になる。", "104,000円"),
        (TIMES, "休憩時間は2時間である。", "2時間"),
        (TIMES, "契約締結日の2025年5月14日から実行日の7月1日までは、58日間ある。", "58日間"),
    ],
)
def test_what_is_turned_round_in_other_words_is_named(passage: str, row: str, named: str):
    assert any(named in item.text for item in check(row, Ground.of(passage))[1])


RULES = "第24条　6か月間継続して勤務した従業員には、有給休暇を与える。\n2　従業員は、有給休暇を取得しようとするときは、所属長に届け出なければならない。\n3　取得しなかった有給休暇は、翌年度に限り繰り越すことができる。\n第25条　退職する者は届け出る。"


def test_a_paragraph_is_that_whose_words_the_row_has():
    ground = Ground.of(RULES)
    assert check("第24条第2項により、従業員は取得しようとするときは所属長に届け出る。", ground)[1] == []
    wrong = check("第24条第3項により、従業員は取得しようとするときは所属長に届け出る。", ground)[1]
    assert [(item.text, item.value) for item in wrong] == [("第24条第3項", "第24条第2項")]
    assert "第25条第2項" in [item.text for item in check("第25条第2項により、退職する者は届け出る。", ground)[1]]


def test_a_question_may_ask_of_what_does_not_hold_where_the_answer_is_no():
    question, answer = (
        "請求書を保存せず、帳簿だけを保存していれば控除を受けられますか。",
        "いいえ、照会の場合は受けられません。",
    )
    assert check_row(question, answer, Ground.of(LAW))[1] == []


def test_an_answer_is_calculated_from_its_question():
    ground = Ground.of("お借入金額は1億円以内とし、融資手数料としてお借入金額の2.2%が必要です。")
    question = "上限の1億円を借りた場合、融資手数料はいくらですか。"
    assert check_row(question, "お借入金額の2.2%ですので、220万円です。", ground)[1] == []
    assert check_row(question, "お借入金額の2.2%ですので、230万円です。", ground)[1] != []
