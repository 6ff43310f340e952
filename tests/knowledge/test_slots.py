"""Answers and sentences with another value of the passage than the one that fits what they speak of."""

# pyright: standard

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

HISTORY = (
    "当社は、1948年4月に大阪府堺市において堺鋼業株式会社として設立されました。1961年10月に東京証券取引所市場第二部に上場し、1973年8月に同市場第一部に指定替えとなりました。"
    "1989年6月に商号を株式会社サカイメタルに変更し、本店を大阪市西区へ移転しました。2016年11月には名古屋市の中部金属株式会社を完全子会社としました。"
)
DAM = "源流は白岩岳にある。1964年に上流の赤沢ダムが着工され、1971年に完成した。1959年の台風7号では、死者23名、家屋の全壊412棟の被害を出した。"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("商号を株式会社サカイメタルに変更したのはいつですか。", "1989年6月です。"),
        ("東京証券取引所市場第二部に上場したのはいつですか。", "1961年10月です。"),
        ("", "商号を株式会社サカイメタルに変更したのは1989年6月だ。"),
        ("", "中部金属株式会社は名古屋市の会社で、2016年11月に完全子会社となった。"),
        ("1989年6月に変更された商号は何ですか。", "株式会社サカイメタル"),
    ],
)
def test_the_value_that_stands_with_the_words_is_right(question: str, answer: str):
    assert check_row(question, answer, Ground.of(HISTORY))[1] == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("商号を株式会社サカイメタルに変更したのはいつですか。", "1973年8月です。"),
        ("大阪府堺市において堺鋼業株式会社として設立されたのはいつですか。", "2016年11月です。"),
        ("", "商号を株式会社サカイメタルに変更したのは2016年11月だ。"),
        ("", "大阪府堺市において堺鋼業株式会社として2016年11月に設立された。"),
    ],
)
def test_another_value_of_the_passage_is_named(question: str, answer: str):
    assert [one.kind for one in check_row(question, answer, Ground.of(HISTORY))[1]] == ["subject"]


def test_a_value_that_the_question_tells_is_no_other():
    assert check_row("1964年に着工された赤沢ダムが完成したのは何年か。", "1971年", Ground.of(DAM))[1] == []


def test_a_year_in_brackets_must_be_the_year_before_them():
    passage = "1910年(明治43年)6月に入院した。1912年に退院した。"
    assert check_row("", "1910年(明治43年)6月に入院した。", Ground.of(passage))[1] == []
    assert [one.kind for one in check_row("", "1910年(明治45年)6月に入院した。", Ground.of(passage))[1]] == ["date"]


def test_a_number_in_words_must_stand_there_too():
    ground = Ground.of("組合は、田中氏のほか3人の議員で結成された。")
    assert check_row("何人の議員で結成されましたか。", "ふたり", ground)[1]


def test_a_question_may_ask_which_way_it_went():
    ground = Ground.of("当期は前期比で増収となった。")
    assert check_row("当期は増収か減収か。", "増収", ground)[1] == []


def test_an_amount_that_is_rounded_keeps_its_growth():
    ground = Ground.of("売上高は366億85百万円（前期比6.3%増）、経常利益は39億6百万円（前期比7.9%減）となりました。")
    assert check_row("", "売上高は約367億円で、前期を6.3%上回った。", ground)[1] == []
    assert check_row("", "売上高は約367億円で、前期を7.9%上回った。", ground)[1]


def test_the_period_before_is_told_of_either_value_first():
    ground = Ground.of("この結果、営業利益は23億71百万円（前年同期は23億57百万円）となりました。")
    assert check_row("", "前年同期に23億57百万円だった営業利益は、23億71百万円へと伸びている。", ground)[1] == []
