"""Which way a thing of a table went between two periods; tables that spaces make, one below another."""

import pytest

from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check_row

BY_COLUMN = "（単位：百万円）\n| 科目 | 2024年3月期 | 2025年3月期 |\n| --- | --- | --- |\n| 売上高 | 62,480 | 65,915 |\n| 総資産 | 81,330 | 79,642 |"
BY_ROW = "| 年度 | 店舗数（店） | 会員数（千人） |\n| --- | --- | --- |\n| 2021年度 | 214 | 1,862 |\n| 2022年度 | 229 | 2,047 |\n| 2023年度 | 226 | 2,310 |"
STACKED = (
    "売上高（百万円）\n　　　　　2024年3月期　2025年3月期\n建設事業　31,204　33,871\n不動産事業　12,960　11,475\n\n"
    "営業利益（百万円）\n　　　　　2024年3月期　2025年3月期\n建設事業　1,745　2,013\n不動産事業　2,288　1,904"
)


@pytest.mark.parametrize(
    ("passage", "row", "stands"),
    [
        (BY_COLUMN, "総資産は2024年3月期から2025年3月期にかけて減少した。", True),
        (BY_COLUMN, "総資産は2024年3月期から2025年3月期にかけて増加した。", False),
        (BY_COLUMN, "総資産は2024年3月期の81,330百万円から2025年3月期には79,642百万円へと増加した。", False),
        (BY_COLUMN, "2024年3月期から2025年3月期にかけて売上高は増加し、総資産は減少した。", True),
        (BY_ROW, "店舗数は2021年度から2022年度にかけて増加した。", True),
        (BY_ROW, "店舗数は2022年度から2023年度にかけて増加した。", False),
        (BY_ROW, "2023年度の会員数は231万人である。", True),
        (STACKED, "2025年3月期の不動産事業の営業利益は1,904百万円である。", True),
        (STACKED, "2025年3月期の不動産事業の営業利益は2,013百万円である。", False),
        (STACKED, "2025年3月期の不動産事業の営業利益は11,475百万円である。", False),
        (STACKED, "2024年3月期の建設事業の売上高は33,871百万円である。", False),
    ],
)
def test_what_a_row_says_of_a_cell_is_held_against_its_labels(passage: str, row: str, stands: bool):
    assert (not check_row("", row, Ground.of(passage))[1]) == stands


def test_a_question_whether_a_thing_grew_says_neither():
    ground = Ground.of(BY_COLUMN)
    assert not check_row("総資産は2024年3月期から2025年3月期にかけて増加したか減少したか。", "減少した", ground)[1]


def test_the_period_of_all_values_may_stand_in_the_next_sentence():
    ground = Ground.of(BY_COLUMN)
    told = "総資産が{}百万円だったのに対し、売上高は{}百万円だ。いずれも2025年3月期の数字である。"
    assert not check_row("", told.format("79,642", "65,915"), ground)[1]
    assert check_row("", told.format("79,642", "62,480"), ground)[1]
