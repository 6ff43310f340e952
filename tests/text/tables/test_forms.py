"""Forms, grids of seals and terms: which row is the head of a table that has few figures."""

from tekio.text.tables.grid import Cell, lay_out
from tekio.text.tables.render import render


def labelled(*rows: list[str | tuple[str, int, int]]) -> list[str]:
    """The lines of rows of cells: text, or text with its columns and rows."""
    cells = [[Cell(cell) if isinstance(cell, str) else Cell(cell[0], *cell[1:]) for cell in row] for row in rows]
    return render(lay_out(cells), "labelled").lines


def test_the_first_row_of_a_form_heads_nothing():
    assert labelled(
        ["受付番号", "第18号", "受付日", "令和7年8月4日"],
        ["件名", ("設備資金の申込について", 3, 1)],
        ["金額", ("45,000千円", 3, 1)],
        ["担保", "なし", "期間", "7年"],
        ["所見", ("受注は堅調である。", 3, 1)],
    ) == [
        "受付番号 | 第18号 | 受付日 | 令和7年8月4日",
        "件名 | 設備資金の申込について",
        "金額 | 45,000千円",
        "担保 | なし | 期間 | 7年",
        "所見 | 受注は堅調である。",
    ]


def test_a_table_whose_head_keeps_apart_what_its_rows_keep_apart_has_a_head():
    assert (
        labelled(
            ["区分", "前期", "当期"], ["預金", "120", "133"], ["貸出金", "88", "91"], ["備考", ("期末日の残高", 2, 1)]
        )[0]
        == "区分: 預金 | 前期: 120 | 当期: 133"
    )


def test_those_who_seal_a_paper_head_their_seals():
    assert labelled(["部長", "次長", "課長", "担当"], ["大森", "", "川瀬", "7.8.4 浜"]) == [
        "次長",
        "部長: 大森 | 課長: 川瀬 | 担当: 7.8.4 浜",
    ]


def test_a_list_of_offices_is_no_head():
    assert labelled(["部長", "課長"], ["次長", "係長"], ["甲野", "乙川"])[0] == "部長 | 課長"


def test_terms_over_rates_are_headings():
    assert labelled(["種類", "1年", "3年", "5年"], ["定期預金", "0.275％", "0.350％", "0.400％"]) == [
        "種類: 定期預金 | 1年: 0.275％ | 3年: 0.350％ | 5年: 0.400％"
    ]


def test_terms_below_a_heading_over_several_columns_are_headings():
    assert labelled(
        [("種類", 1, 2), ("利率", 2, 1), ("備考", 1, 2)],
        ["１年", "３年"],
        ["大口定期", "0.300％", "0.375％", "自動継続"],
    ) == ["種類: 大口定期 | 利率 １年: 0.300％ | 利率 ３年: 0.375％ | 備考: 自動継続"]


def test_terms_over_terms_are_values():
    assert labelled(["商品", "10年", "20年"], ["甲", "15年", "25年"])[0] == "商品 | 10年 | 20年"
