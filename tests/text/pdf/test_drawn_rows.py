"""Rows without ruling lines whose labels mix on the page: the order of the file says whose they are."""

from tekio.text.pdf.characters import Glyph
from text.pdf.test_aligned import line, read

HEAD = line(0, (250, "c", "前期"), (350, "c", "当期"))


def label(x: float, top: float, *texts: str) -> list[list[Glyph]]:
    return [line(top + 12 * n, (x, "l", text)) for n, text in enumerate(texts)]


def row(top: float, name: str, one: str, other: str, x: float = 100) -> list[Glyph]:
    return line(top, (x, "l", name), (298, "r", one), (398, "r", other))


def test_a_label_beside_several_rows_is_of_those_whose_middle_it_has():
    lines, plain = read(
        HEAD,
        *label(10, 34, "超える", "もの"),
        row(20, "株式", "1,000", "2,000"),
        row(40, "債券", "1,100", "2,100"),
        row(60, "小計", "1,200", "2,200"),
        *label(10, 94, "超えな", "いもの"),
        row(80, "株式", "3,000", "4,000"),
        row(100, "債券", "3,100", "4,100"),
        row(120, "小計", "3,200", "4,200"),
        row(140, "合計", "5,000", "6,000", x=60),
    )
    assert not plain
    assert lines[0] == "超えるもの | 株式 | 前期: 1,000 | 当期: 2,000"
    assert lines[5] == "超えないもの | 小計 | 前期: 3,200 | 当期: 4,200"
    assert lines[6] == "合計 | 前期: 5,000 | 当期: 6,000"


def test_a_label_at_the_height_of_the_first_of_several_rows_leaves_a_doubt():
    _, plain = read(
        HEAD,
        *label(10, 20, "国内"), row(20, "株式", "1,000", "2,000"), row(40, "債券", "1,100", "2,100"),
        *label(10, 60, "海外"), row(60, "株式", "3,000", "4,000"), row(80, "債券", "3,100", "4,100"),
    )  # fmt: skip
    assert plain


def test_rows_above_the_first_label_beside_several_may_be_of_one_on_the_page_before():
    _, plain = read(
        HEAD,
        row(20, "小計", "1,200", "2,200"),
        *label(10, 54, "超えな", "いもの"),
        row(40, "株式", "3,000", "4,000"),
        row(60, "債券", "3,100", "4,100"),
        row(80, "小計", "3,200", "4,200"),
    )
    assert plain


def test_the_last_line_of_a_label_is_the_rows_that_is_drawn_behind_it():
    lines, plain = read(
        HEAD,
        row(20, "売上高", "1,000", "2,000", x=10),
        row(44, "営業利益", "1,100", "2,100", x=10),
        line(66, (10, "l", "有形固定資産及び")),
        line(79, (10, "l", "無形固定資産の増")),
        line(92, (10, "l", "加額")),
        line(79, (298, "r", "1,200"), (398, "r", "2,200")),
    )
    assert not plain
    assert lines[2] == "有形固定資産及び無形固定資産の増加額 | 前期: 1,200 | 当期: 2,200"


def test_two_rows_below_sure_headings_are_a_table():
    lines, plain = read(
        line(0, (250, "c", "経常収益"), (350, "c", "経常利益")),
        row(20, "2025年3月期", "1,000", "△200", x=10),
        row(40, "2024年3月期", "1,100", "210", x=10),
        line(100, (10, "l", "配当の状況は次のとおりです。")),
    )
    assert not plain
    assert lines == ["2025年3月期 | 経常収益: 1,000 | 経常利益: △200", "2024年3月期 | 経常収益: 1,100 | 経常利益: 210"]
