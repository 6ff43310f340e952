"""Parts of a table: one without a head, whose figures stand where the part above has headings, belongs to it."""

from tekio.text.tables.continued import goes_on
from tekio.text.tables.grid import Cell, lay_out

HEADED = (";注記;前期;当期", "売上高;3;100;200", "費用;;70;80")


def grid(*rows: str):
    return lay_out([[Cell(text) for text in row.split(";")] for row in rows])


def test_rows_without_a_head_go_on_under_the_one_above():
    assert goes_on(grid(*HEADED), grid("非継続事業;;;", "利益;;5;△6"))


def test_a_column_with_a_heading_and_no_figure_yet_counts():
    assert goes_on(grid(";注記;前期;当期", "売上高;;100;200"), grid("利益;12;5;6"))


def test_a_part_with_a_head_or_a_unit_of_its_own_is_another_table():
    assert not goes_on(grid(*HEADED), grid(";注記;前々期;前期", "資産;1;2;3"))
    assert not goes_on(grid(";前期;当期", "売上高;100;200"), grid(";;（単位：千株）", "株式数;2;"))


def test_a_unit_of_its_own_above_the_same_columns_of_figures_is_no_other_table():
    assert goes_on(grid(";前期;当期", "利益;100;200"), grid(";;（単位：円）", "１株当たり利益;10.5;20.5"))
    assert goes_on(grid(";前期;当期", ";億円;億円", "利益;100;200"), grid("除く金融;％;％", "利益率;10.5;20.5"))


def test_a_head_above_an_empty_row_heads_what_is_below_it():
    assert goes_on(grid(";2021年;2022年;増減率"), grid("売上高;100;200;100％", "営業利益;7;8;14.3％"))
    assert not goes_on(grid("お知らせ;;;"), grid("売上高;100;200;100％", "営業利益;7;8;14.3％"))


def test_figures_beyond_the_headings_are_another_table():
    assert not goes_on(grid(";前期;当期;", "売上高;100;200;"), grid("甲社;1;2;3"))
    assert not goes_on(grid(*HEADED), grid("1;2;3;4"))


def test_words_are_no_part_of_a_table_of_figures_and_nothing_goes_on_under_no_head():
    assert not goes_on(grid(*HEADED), grid("質問;回答;;", "いつですか;明日です;;"))
    assert not goes_on(grid("甲;1", "乙;2"), grid("丙;3"))
    assert not goes_on(grid(*HEADED), grid("利益;5"))
