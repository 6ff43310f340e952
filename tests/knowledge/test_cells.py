"""Values of a table told of the cell they stand in, in each of the forms in which tables reach a passage, and of another."""

# pyright: standard

import pytest

from tekio.knowledge.computed import Computed
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check, check_row

LABELLED = """（単位：百万円）
売上高 | 2023年3月期: 48,210 | 2024年3月期: 51,735
営業利益 | 2023年3月期: 3,286 | 2024年3月期: 3,845
親会社株主に帰属する当期純利益 | 2023年3月期: 2,118 | 2024年3月期: 1,964"""
BARRED = """（単位：百万円）
| 科目 | 2023年3月期 | 2024年3月期 |
| --- | --- | --- |
| 売上高 | 48,210 | 51,735 |
| 営業利益 | 3,286 | 3,845 |
| 親会社株主に帰属する当期純利益 | 2,118 | 1,964 |"""
SPACED = """（単位：百万円）
科目　2023年3月期　2024年3月期
売上高　48,210　51,735
営業利益　3,286　3,845
親会社株主に帰属する当期純利益　2,118　1,964"""
SEGMENTS = """セグメント　売上高（億円）　営業利益（億円）　利益率
個人向け　820　96　11.7%
法人向け　1,450　210　14.5%
海外　365　△12　△3.3%
合計　2,635　294　11.2%"""
FORMS = pytest.mark.parametrize("passage", [LABELLED, BARRED, SPACED])


@FORMS
@pytest.mark.parametrize(
    "row",
    [
        "2024年3月期の売上高は51,735百万円である。",
        "営業利益は2023年3月期の3,286百万円から2024年3月期には3,845百万円へ増えた。",
        "2024年3月期は、売上高が51,735百万円、営業利益が3,845百万円である。",
        "前期に3,286百万円だった営業利益は、当期に3,845百万円となった。",
        "売上高が48,210百万円だったのは2023年3月期である。",
        "当期の親会社株主に帰属する当期純利益は1,964百万円で、前期を下回った。",
    ],
)
def test_a_value_told_of_its_own_cell_is_right(passage: str, row: str):
    assert check(row, Ground.of(passage))[1] == []


@FORMS
@pytest.mark.parametrize(
    "row",
    [
        "2024年3月期の売上高は48,210百万円である。",
        "2024年3月期は、売上高が51,735百万円、営業利益が3,286百万円である。",
        "2024年3月期に1,964百万円の営業利益を計上した。",
        "当期の営業利益は3,286百万円である。",
    ],
)
def test_a_value_told_of_another_cell_is_named(passage: str, row: str):
    assert "subject" in {one.kind for one in check(row, Ground.of(passage))[1]}


@FORMS
def test_a_question_says_which_cell_its_answer_is_of(passage: str):
    ground = Ground.of(passage)
    assert check_row("2023年3月期の営業利益はいくらか。", "3,286百万円。", ground)[1] == []
    assert check_row("2023年3月期の営業利益はいくらか。", "3,845百万円。", ground)[1]
    assert check_row("2023年3月期の営業利益はいくらか。", "48,210百万円。", ground)[1]


@FORMS
def test_a_question_may_ask_of_both_periods(passage: str):
    question = "営業利益は、前期から当期にかけてどう変わりましたか。"
    answer = "3,286百万円から3,845百万円へ559百万円増加しました。"
    assert check_row(question, answer, Ground.of(passage))[1] == []


@FORMS
def test_a_movement_between_two_periods_is_calculated_again(passage: str):
    ground = Ground.of(passage)
    assert check("営業利益は前期から増加し、3,845百万円となった。", ground)[1] == []
    assert {one.kind for one in check("営業利益は前期から減少し、3,845百万円となった。", ground)[1]} == {"direction"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("個人向けの営業利益は96億円である。", "個人向けの営業利益は210億円である。"),
        ("売上高が最も大きいのは法人向けである。", "売上高が最も大きいのは個人向けである。"),
        ("利益率が最も低いのは海外だ。", "利益率が最も低いのは個人向けだ。"),
        ("営業利益は、法人向けが個人向けより多い。", "営業利益は、個人向けが法人向けより多い。"),
        ("法人向けの210億円は、個人向けの96億円より多い。", "法人向けの210億円は、個人向けの96億円より少ない。"),
    ],
)
def test_rows_of_a_table_are_compared_by_their_values(right: str, wrong: str):
    ground = Ground.of(SEGMENTS)
    assert check(right, ground)[1] == []
    assert check(wrong, ground)[1]


def test_a_value_that_stands_outside_the_table_too_is_not_held_against_it():
    passage = f"{LABELLED}\n広告の予算は3,286百万円である。"
    assert check("売上高のうち広告に充てる予算は3,286百万円である。", Ground.of(passage))[1] == []


PER_SHARE = """純資産額(百万円) | 第105期: 78,844 | 第106期: 79,786
1株当たり純資産額(円) | 第105期: 733.46 | 第106期: 742.40"""


def test_a_number_within_a_label_does_not_cut_it():
    ground = Ground.of(PER_SHARE)
    assert check("第105期の1株当たり純資産額は、733.46円です。", ground)[1] == []
    assert check("第105期の純資産額は、733.46円です。", ground)[1]
    assert check("第105期の1株当たり純資産額は、742.40円です。", ground)[1]


CASH = """（単位：百万円）
現金の増減額 | 前期: 20 | 当期: 35
現金の期首残高 | 前期: 40 | 当期: 60"""


def test_a_difference_that_is_also_another_cell_is_no_value_of_it():
    row = "現金の期首残高は、前期の40百万円から当期の60百万円へ20百万円増加した。"
    told = (Computed("difference", ("60百万円", "40百万円"), "20百万円"),)
    assert check(row, Ground.of(CASH), told)[1] == []
    assert check("当期の現金の期首残高は20百万円である。", Ground.of(CASH))[1]


def test_a_total_told_by_its_parts_is_that_of_none_of_them():
    passage = (
        "（単位：百万円）\n外部顧客への売上高 | 通信機器: 109,851 | 計測機器: 152,607\n"
        "セグメント間の内部売上高 | 通信機器: 2,161 | 計測機器: 100\n計 | 通信機器: 112,012 | 計測機器: 152,707"
    )
    row = "通信機器の外部顧客への売上高とセグメント間の内部売上高の合計は112,012百万円である。"
    assert check_row("", row, Ground.of(passage))[1] == []
    assert check_row("", "通信機器のセグメント間の内部売上高は112,012百万円である。", Ground.of(passage))[1] != []
