"""Tables without ruling lines: figures under each other are columns where their headings leave one reading; else rows of cells."""

import pytest

from tekio.text.pdf.aligned import aligned_tables
from tekio.text.pdf.characters import Glyph
from tekio.text.tables.render import render
from tekio.text.tables.values import is_figure

SIZE = 10.0


def line(top: float, *cells: tuple[float, str, str]) -> list[Glyph]:
    """Characters of a line. cells: (x, where the text stands to x: `l`eft edge, `r`ight edge, `c`entre; text)."""
    glyphs: list[Glyph] = []
    for x, anchor, text in cells:
        wide = [SIZE / 2 if character.isascii() else SIZE for character in text]
        at = x - {"l": 0.0, "r": 1.0, "c": 0.5}[anchor] * sum(wide)
        for character, width in zip(text, wide, strict=True):
            glyphs.append(Glyph(character, at, at + width, top, top + SIZE))
            at += width
    return glyphs


def read(*lines: list[Glyph]) -> tuple[list[str], bool]:
    """(the table as text, whether it stayed rows of cells)."""
    tables, taken = aligned_tables([glyph for one in lines for glyph in one], set())
    assert len(tables) == 1
    assert taken
    return render(tables[0].grid(), "lines" if tables[0].plain else "labelled").lines, tables[0].plain


def test_figures_stand_under_the_headings_of_their_columns():
    lines, plain = read(
        line(0, (250, "c", "前期"), (350, "c", "当期")),
        line(20, (20, "l", "売上高"), (298, "r", "1,234"), (398, "r", "△56")),
        line(40, (20, "l", "減損損失"), (398, "r", "7")),
        line(60, (20, "l", "利益"), (298, "r", "－"), (398, "r", "78")),
    )
    assert not plain
    assert lines == ["売上高 | 前期: 1,234 | 当期: △56", "減損損失 | 当期: 7", "利益 | 前期: － | 当期: 78"]


def test_a_heading_over_two_columns_heads_both():
    lines, plain = read(
        line(0, (250, "c", "前期"), (450, "c", "当期")),
        line(15, (200, "c", "金額"), (300, "c", "比率"), (400, "c", "金額"), (500, "c", "比率")),
        *(
            line(top, (20, "l", name), (248, "r", "100"), (348, "r", "2.0"), (448, "r", "300"), (548, "r", "4.0"))
            for top, name in ((40, "甲"), (60, "乙"), (80, "丙"))
        ),
    )
    assert not plain
    assert lines[0] == "甲 | 前期 金額: 100 | 前期 比率: 2.0 | 当期 金額: 300 | 当期 比率: 4.0"


def test_a_column_without_a_heading_leaves_rows_of_cells_with_their_empty_ones():
    lines, plain = read(
        line(0, (250, "c", "前期")),
        line(20, (20, "l", "売上高"), (298, "r", "1,234"), (398, "r", "56")),
        line(40, (20, "l", "減損損失"), (398, "r", "7")),
        line(60, (20, "l", "利益"), (298, "r", "5"), (398, "r", "78")),
    )
    assert plain
    assert lines == ["売上高 | 1,234 | 56", "減損損失 |  | 7", "利益 | 5 | 78"]


def test_a_heading_that_may_stand_over_one_column_or_three_is_in_doubt():
    _, plain = read(
        line(0, (350, "c", "報告部門")),
        line(12, (250, "c", "甲"), (350, "c", "乙"), (450, "c", "丙"), (550, "c", "計")),
        *(
            line(top, (20, "l", "売上"), (298, "r", "1"), (398, "r", "2"), (498, "r", "3"), (598, "r", "6"))
            for top in (40, 60, 80)
        ),
    )
    assert plain


def test_a_label_on_two_lines_with_its_figures_between_them_is_one():
    lines, plain = read(
        line(0, (250, "c", "前期"), (350, "c", "当期")),
        line(20, (20, "l", "売上高"), (298, "r", "1,234"), (398, "r", "56")),
        line(45, (20, "l", "親会社の株主に")),
        line(51, (298, "r", "5"), (398, "r", "78")),
        line(57, (20, "l", "帰属する利益")),
        line(82, (20, "l", "費用"), (298, "r", "3"), (398, "r", "4")),
    )
    assert not plain
    assert lines[1] == "親会社の株主に帰属する利益 | 前期: 5 | 当期: 78"


@pytest.mark.parametrize("lead", ["…………………", "・・・・・・・・"])
def test_contents_lists_and_prose_are_no_tables(lead: str):
    contents = [line(top, (20, "l", f"経営成績{lead}"), (400, "r", "2")) for top in (0, 20, 40, 60)]
    prose = [
        line(top, (20, "l", "当期の売上高は1,234百万円となり、前期より56百万円増えました")) for top in (90, 110, 130)
    ]
    assert aligned_tables([glyph for one in (*contents, *prose) for glyph in one], set()) == ([], set())


def test_two_columns_never_filled_in_one_row_stay_two():
    """Debit and credit: a mark for "none" joins a column of figures, figures never do."""
    lines, plain = read(
        line(0, (250, "c", "借方"), (350, "c", "貸方")),
        line(20, (20, "l", "現金"), (298, "r", "100")),
        line(40, (20, "l", "買掛金"), (398, "r", "200")),
        line(60, (20, "l", "建物"), (298, "r", "300")),
    )
    assert not plain
    assert lines == ["現金 | 借方: 100", "買掛金 | 貸方: 200", "建物 | 借方: 300"]


def rows_of_four(top: float) -> list[list[Glyph]]:
    return [
        line(at, (20, "l", name), (248, "r", "100"), (348, "r", "2.0"), (448, "r", "300"), (548, "r", "4.0"))
        for at, name in ((top, "甲"), (top + 20, "乙"), (top + 40, "丙"))
    ]


def test_headings_of_three_levels_beside_one_over_all_levels():
    lines, plain = read(
        line(0, (300, "c", "親会社の持分")),
        line(15, (350, "c", "その他の要素")),
        line(22, (200, "c", "資本金"), (500, "c", "合計")),
        line(30, (300, "c", "差額"), (400, "c", "再評価")),
        *rows_of_four(50),
    )
    assert not plain
    assert lines[0] == (
        "甲 | 親会社の持分 資本金: 100 | 親会社の持分 その他の要素 差額: 2.0 | 親会社の持分 その他の要素 再評価: 300 | 合計: 4.0"
    )


def test_a_heading_further_above_is_one_of_the_table():
    """Over the last two columns, with a gap below it: left out, their figures would have a part of their headings only."""
    lines, plain = read(
        line(0, (450, "c", "その他の要素")),
        line(50, (200, "c", "資本金"), (300, "c", "剰余金"), (400, "c", "差額"), (500, "c", "再評価")),
        *rows_of_four(70),
    )
    assert plain or "その他の要素 差額: 300" in lines[0]


def test_a_heading_that_does_not_close_its_bracket_is_in_doubt():
    _, plain = read(
        line(0, (250, "c", "前期（自４月"), (350, "c", "当期")),
        line(20, (20, "l", "売上高"), (298, "r", "1,234"), (398, "r", "56")),
        line(40, (20, "l", "費用"), (298, "r", "3"), (398, "r", "7")),
        line(60, (20, "l", "利益"), (298, "r", "5"), (398, "r", "78")),
    )
    assert plain


def test_figures_of_two_lines_beside_a_label_between_them_are_its_own():
    lines, plain = read(
        line(0, (250, "c", "前期"), (350, "c", "当期"), (450, "c", "前年比")),
        line(20, (20, "l", "売上高"), (268, "r", "900"), (368, "r", "800"), (468, "r", "112%")),
        line(40, (20, "l", "費用"), (268, "r", "700"), (368, "r", "600"), (468, "r", "116%")),
        line(60, (268, "r", "663"), (368, "r", "360")),
        line(72, (20, "l", "営業利益"), (468, "r", "184%")),
        line(84, (268, "r", "(2.4%)"), (368, "r", "(0.9%)")),
    )
    assert not plain
    assert lines[2] == "営業利益 | 前期: 663 (2.4%) | 当期: 360 (0.9%) | 前年比: 184%"


def test_words_in_two_columns_left_of_the_figures_are_not_mixed():
    lines, _ = read(
        line(0, (250, "c", "前期"), (350, "c", "当期")),
        line(20, (20, "l", "純資産"), (130, "l", "百万円"), (298, "r", "81"), (398, "r", "98")),
        line(40, (20, "l", "株主に帰属する")),
        line(46, (130, "l", "百万円"), (298, "r", "12"), (398, "r", "29")),
        line(52, (20, "l", "純利益")),
        line(72, (20, "l", "総資産"), (130, "l", "百万円"), (298, "r", "99"), (398, "r", "97")),
    )
    assert "株主に帰属する純利益 百万円 | 前期: 12 | 当期: 29" in lines


@pytest.mark.parametrize("figure", ["※7 202,686", "※２,※３1,284,152", "７兆3,888億円"])
def test_amounts_with_notes_and_two_units_are_no_headings(figure: str):
    assert is_figure(figure)


def test_words_of_several_rows_left_of_their_labels_leave_rows_of_cells():
    """Where a cell over several rows ends is not seen without rules: its words would stand in one row's label only."""
    _, plain = read(
        line(0, (250, "c", "前期"), (350, "c", "当期")),
        line(20, (20, "l", "日本"), (90, "l", "売上高"), (298, "r", "81"), (398, "r", "98")),
        line(40, (90, "l", "営業利益"), (298, "r", "12"), (398, "r", "29")),
        line(60, (20, "l", "米州"), (90, "l", "売上高"), (298, "r", "99"), (398, "r", "97")),
        line(80, (90, "l", "営業利益"), (298, "r", "13"), (398, "r", "17")),
    )
    assert plain


def test_words_halfway_between_two_rows_and_left_of_their_labels_leave_rows_of_cells():
    _, plain = read(
        line(0, (250, "c", "前期"), (350, "c", "当期")),
        line(20, (90, "l", "売上高"), (298, "r", "81"), (398, "r", "98")),
        line(30, (20, "l", "日本")),
        line(40, (90, "l", "営業利益"), (298, "r", "12"), (398, "r", "29")),
        line(60, (90, "l", "売上高"), (298, "r", "99"), (398, "r", "97")),
        line(70, (20, "l", "米州")),
        line(80, (90, "l", "営業利益"), (298, "r", "13"), (398, "r", "17")),
    )
    assert plain


def test_a_number_before_some_labels_is_no_cell_of_several_rows():
    lines, plain = read(
        line(0, (250, "c", "前期"), (350, "c", "当期")),
        line(20, (20, "l", "Ⅰ"), (50, "l", "営業収益"), (298, "r", "81"), (398, "r", "98")),
        line(40, (50, "l", "役務収益"), (298, "r", "12"), (398, "r", "29")),
        line(60, (20, "l", "Ⅱ"), (50, "l", "営業費用"), (298, "r", "9"), (398, "r", "7")),
    )
    assert not plain
    assert "役務収益 | 前期: 12 | 当期: 29" in lines


def test_a_word_whose_characters_are_set_apart_is_no_cell_of_several_rows():
    lines, plain = read(
        line(0, (250, "c", "前期"), (350, "c", "当期")),
        line(20, (20, "l", "流"), (50, "l", "動"), (80, "l", "資"), (110, "l", "産"), (298, "r", "81"), (398, "r", "98")),
        line(40, (40, "l", "現金及び預金"), (298, "r", "12"), (398, "r", "29")),
        line(60, (40, "l", "売掛金"), (298, "r", "9"), (398, "r", "7")),
    )  # fmt: skip
    assert not plain
    assert "現金及び預金 | 前期: 12 | 当期: 29" in lines


def test_units_without_words_over_them_are_no_headings():
    """The words that tell the columns apart stand too far above: a unit alone is a part of the label."""
    _, plain = read(
        line(0, (280, "c", "百万円"), (380, "c", "百万円")),
        line(20, (20, "l", "売上高"), (298, "r", "1,234"), (398, "r", "56")),
        line(40, (20, "l", "費用"), (298, "r", "3"), (398, "r", "7")),
        line(60, (20, "l", "利益"), (298, "r", "5"), (398, "r", "78")),
    )
    assert plain


def test_a_heading_in_the_middle_over_three_columns_and_over_five_is_in_doubt():
    """The first heading's lines begin one below the other: all of them, not the last, show where its cell begins."""
    figures = [((248 + 80 * column), "r", "100") for column in range(5)]
    _, plain = read(
        line(0, (374, "c", "その他の累計額")),
        line(18, (187, "l", "有価証券評")),
        line(24, (294, "c", "繰延損益"), (374, "c", "為替換算"), (454, "c", "退職給付"), (534, "c", "合計")),
        line(30, (187, "l", "価額")),
        *(line(top, (20, "l", name), *figures) for top, name in ((60, "甲"), (80, "乙"), (100, "丙"))),
    )
    assert plain


def test_a_title_in_the_middle_above_the_unit_heads_no_column():
    lines, plain = read(
        line(0, (250, "c", "資本等変動計算書")),
        line(20, (398, "r", "（単位：百万円）")),
        line(40, (198, "r", "資本金"), (298, "r", "剰余金"), (398, "r", "合計")),
        line(60, (20, "l", "期首残高"), (198, "r", "1,000"), (298, "r", "800"), (398, "r", "1,800")),
        line(80, (20, "l", "当期純利益"), (298, "r", "650"), (398, "r", "650")),
        line(100, (20, "l", "期末残高"), (198, "r", "1,000"), (298, "r", "1,450"), (398, "r", "2,450")),
    )
    assert not plain
    assert lines == [
        "資本等変動計算書",
        "（単位：百万円）",
        "期首残高 | 資本金: 1,000 | 剰余金: 800 | 合計: 1,800",
        "当期純利益 | 剰余金: 650 | 合計: 650",
        "期末残高 | 資本金: 1,000 | 剰余金: 1,450 | 合計: 2,450",
    ]
