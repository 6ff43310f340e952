"""What rows say of two lines of a table in one period, calculated again."""

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

PASSAGE = """（単位：百万円）
未払金 | 前連結会計年度 (2021年5月20日): 12,369 | 当連結会計年度 (2022年5月20日): 12,784
リース債務 | 前連結会計年度 (2021年5月20日): 2,050 | 当連結会計年度 (2022年5月20日): 2,178
1年内返済予定の長期借入金 | 前連結会計年度 (2021年5月20日): 10 | 当連結会計年度 (2022年5月20日): 40
建物（純額） | 前連結会計年度 (2021年5月20日): 7,000 | 当連結会計年度 (2022年5月20日): 6,800"""


def kinds(question: str, text: str) -> set[str]:
    return {one.kind for one in check_row(question, text, Ground.of(PASSAGE))[1]}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("", "当連結会計年度の未払金はリース債務より10,606百万円多い。"),
        ("", "当連結会計年度のリース債務は未払金より10,606百万円少ない。"),
        ("", "当連結会計年度の未払金はリース債務の約5.9倍です。"),
        ("", "当連結会計年度の建物（純額）はリース債務の約3.1倍です。"),
        ("", "当連結会計年度の未払金とリース債務の合計は14,962百万円です。"),
        ("当連結会計年度の未払金とリース債務では、どちらの金額が大きいですか。", "未払金です。"),
        ("", "当連結会計年度のリース債務は2,178百万円、1年内返済予定の長期借入金は40百万円です。"),
    ],
)
def test_what_the_figures_bear_out_is_right(question: str, text: str):
    assert kinds(question, text) == set()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("", "当連結会計年度のリース債務は未払金より10,606百万円多い。"),
        ("", "当連結会計年度の未払金はリース債務より10,616百万円多い。"),
        ("", "当連結会計年度の未払金はリース債務の約6.9倍です。"),
        ("", "当連結会計年度の未払金とリース債務の合計は14,972百万円です。"),
        ("当連結会計年度の未払金とリース債務では、どちらの金額が大きいですか。", "リース債務です。"),
        ("", "当連結会計年度の1年内返済予定の長期借入金は2,178百万円となった。"),
    ],
)
def test_what_the_figures_have_otherwise_is_wrong(question: str, text: str):
    assert kinds(question, text) != set()
