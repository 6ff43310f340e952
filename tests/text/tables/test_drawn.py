"""Tables drawn with lines in plain text have cells, heads and spans; other drawings stay as they are."""

import pytest

from tekio.text.tables.drawn import write_drawn_tables

LIST = """（単位：千円）
┌────┬─────┬─────┐
│科　目　│前　　期　│当　　期　│
├────┼─────┼─────┤
│貸出金　│　１２，３│　△ 　４５│
├────┼─────┼─────┤
│預け金　│　　　　　│　　　７８│
└────┴─────┴─────┘
以上"""
MERGED = """┌────┬─────────┬────┐
│区分　　│　　　連結　　　　│単体　　│
│　　　　├────┬────┤　　　　│
│　　　　│前期　　│当期　　│　　　　│
├────┼────┼────┼────┤
│貸出金　│　　　10│　　　20│　　　30│
│有価証券│　　△ 1│　　　－│　　　　│
└────┴────┴────┴────┘"""


def labelled(text: str) -> list[str]:
    return write_drawn_tables(text, "labelled")[0].split("\n")


def test_each_figure_of_a_list_has_its_labels():
    assert labelled(LIST) == [
        "（単位：千円）",
        "科目: 貸出金 | 前期: １２，３ | 当期: △４５",
        "科目: 預け金 | 当期: ７８",
        "以上",
    ]


def test_heads_over_two_columns_and_labels_over_two_rows_are_spans():
    assert labelled(MERGED) == [
        "区分: 貸出金 | 連結 前期: 10 | 連結 当期: 20 | 単体: 30",
        "区分: 有価証券 | 連結 前期: △1 | 連結 当期: －",
    ]


def test_cells_of_several_lines_are_one_cell():
    text = "+------+------+\n| 名称 | 内容 |\n+------+------+\n| A    | 長い |\n|      | 説明 |\n+------+------+\n| B    | 短い |\n+------+------+"
    assert labelled(text) == ["名称: A | 内容: 長い 説明", "名称: B | 内容: 短い"]


def test_lines_that_do_not_stand_under_each_other_are_told_by_their_count():
    text = "┌──┬──┐\n│支店│件数│\n├──┼──┤\n│東京中央│1,024│\n│大阪│9│\n└──┴──┘"
    assert labelled(text) == ["支店: 東京中央 | 件数: 1,024", "支店: 大阪 | 件数: 9"]


def test_a_dash_in_a_cell_is_none_of_the_lines():
    text = "┌──┬──┬──┐\n│科目│前期│当期│\n├──┼──┼──┤\n│預金│－　│１２│\n├──┼──┼──┤\n│国債│９９│－－│\n└──┴──┴──┘"
    assert labelled(text) == ["科目: 預金 | 前期: － | 当期: １２", "科目: 国債 | 前期: ９９ | 当期: －－"]
    text = "+----+----+----+\n|科目|前期|当期|\n+====+====+====+\n|預金|-   |  12|\n+----+----+----+\n|国債|  99|----|\n+----+----+----+"
    assert labelled(text) == ["科目: 預金 | 前期: - | 当期: 12", "科目: 国債 | 前期: 99 | 当期: ----"]


def test_a_frame_around_text_loses_its_lines():
    assert labelled("┌────┐\n│ご注意　│\n│を読む　│\n└────┘\n終わり") == ["ご注意", "を読む", "終わり"]


@pytest.mark.parametrize(
    "text",
    [
        "社長──┬──総務部\n　　　├──営業部\n　　　└──審査部",
        "┌──┬──┐\n│a│b\n└──┴──┘",
        "┌──┐",
        "a | b\nc | d",
        "+--+--+",
    ],
)
def test_what_is_no_whole_table_stays(text: str):
    assert write_drawn_tables(text, "labelled")[0] == text


def test_a_table_left_out_is_given_back():
    text, count, dropped = write_drawn_tables(LIST, "drop")
    assert text.split("\n") == ["（単位：千円）", "以上"]
    assert "１２，３" in dropped[0]
    assert count.tables == 1
