"""Tables that spaces make: the unit of a bare figure, and rows that calculate with it."""

# pyright: standard

import pytest

from tekio.knowledge.columns import spaced_figures
from tekio.knowledge.ground import Ground
from tekio.knowledge.grounding import check

HEADED = "セグメント　従業員数(人)\n計測機器　1,284 [212]\n合計　2,800 [370]"
INNER = "区分　2025年　2024年\n就業者数(万人)　93.6　92.4\n　男　51.2　51.0\n完全失業率(%)　2.5　2.7"
COUNTED = "　　　　9月　10月　11月\n月末店舗数　541　547　548\n客数　100.8%　98.9%　101.2%"
TWO_UNITS = "(単位:台、%)\nメーカー　上期　前年同期比\nヒムカ自動車　684,200　+3.6\n合計　1,520,000　+2.1"
OVER = "業況判断D.I.(「良い」-「悪い」、%ポイント)\n製造業　△3　+1\n非製造業　+9　+11"
FLOW = "高齢者納付金は前年度比7.5%増の34億4,000万円を見込む。販売は当初想定の2万1千台を約3千台下回る見込みとなった。\n既存店売上高(前年同月比)　102.3%　99.4%　103.1%\n　客単価　101.5%　100.5%"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (HEADED, ["1,284人", "212人", "2,800人", "370人"]),
        (INNER, ["93.6万人", "92.4万人", "51.2万人", "51.0万人", "2.5%", "2.7%"]),
        (COUNTED, ["541店舗", "547店舗", "548店舗"]),
        (TWO_UNITS, ["684,200台", "+3.6%", "1,520,000台", "+2.1%"]),
        (OVER, ["△3%ポイント", "+1%ポイント", "+9%ポイント", "+11%ポイント"]),
        ("品目　令和6年\n数量　1,284", []),
    ],
)
def test_a_bare_figure_has_the_unit_of_its_line_its_column_or_its_table(table: str, told: list[str]):
    found = list(spaced_figures(table))
    assert [figure for figure, _, _ in found] == told
    assert all(figure.startswith(table[start:end]) for figure, start, end in found)


@pytest.mark.parametrize(
    ("passage", "row"),
    [
        (HEADED, "計測機器の臨時従業員は212人である。"),
        (INNER, "就業者は1年で1万2,000人増えた。"),
        (COUNTED, "11月末の店舗数は548店である。"),
        (TWO_UNITS, "ヒムカ自動車は約45%を占める。"),
        (OVER, "製造業は4ポイント改善した。"),
        (FLOW, "高齢者納付金は前年度の32億円から2億4,000万円増える。"),
        (FLOW, "販売は約1万8千台の見通しである。"),
        (FLOW, "既存店売上高は3.1%増となった。"),
    ],
)
def test_what_can_be_reckoned_from_a_table_is_right(passage: str, row: str):
    assert check(row, Ground.of(passage))[1] == []


@pytest.mark.parametrize(
    ("passage", "row", "named"),
    [
        (HEADED, "計測機器の臨時従業員は213人である。", "213人"),
        (INNER, "就業者は1年で1万3,000人増えた。", "1万3,000人"),
        (COUNTED, "11月末の店舗数は558店である。", "558店"),
        (TWO_UNITS, "ヒムカ自動車は約55%を占める。", "55%"),
        (FLOW, "高齢者納付金は前年度の31億円から増える。", "31億円"),
        (FLOW, "販売は約1万9千台の見通しである。", "1万9千台"),
        (FLOW, "既存店売上高は3.7%増となった。", "3.7%"),
        (FLOW, "既存店では、客単価が3.1%増だった。", "3.1%"),
    ],
)
def test_what_cannot_be_reckoned_from_a_table_is_named(passage: str, row: str, named: str):
    assert named in [item.text for item in check(row, Ground.of(passage))[1]]


def test_a_bare_figure_of_what_is_counted_stands_for_a_count():
    ground = Ground.of(
        "加工食品事業: 売上高 65,100百万円\n飲料事業: 売上高 27,450百万円\n外食事業: 売上高 11,760百万円"
    )
    assert check("3事業の売上高を合計すると104,310百万円となる。", ground)[1] == []
    assert [item.text for item in check("4事業の売上高を合計すると104,310百万円となる。", ground)[1]] == ["4"]
