"""A table costs what its source costs: spans that would make it far larger are not followed, every text stays, and it is counted."""

import re

import pytest

from tekio.text.html import page_text, parse_html_text
from tekio.text.tables.grid import SLOTS_PER_CELL, Cell, lay_out
from tekio.text.tables.render import render

ROWS = 3_000


def spans(width: int, height: int) -> list[list[Cell]]:
    return [[Cell(f"語{number}", width, height)] for number in range(ROWS)]


def diagonal() -> list[list[Cell]]:
    return [[Cell(f"語{number}", number % 999 + 1), Cell("1")] for number in range(ROWS)]


def one_long_row() -> list[list[Cell]]:
    return [[Cell(f"語{number}") for number in range(900)], *([Cell(f"行{number}")] for number in range(ROWS))]


@pytest.mark.parametrize("rows", [spans(99, 9_999), spans(1, 9_999), diagonal(), one_long_row()])
def test_spans_make_no_table_much_larger_than_its_cells_and_lose_no_text(rows: list[list[Cell]]):
    texts = {cell.text for row in rows for cell in row}
    grid = lay_out(rows)
    assert grid.height * grid.width <= SLOTS_PER_CELL * sum(map(len, rows))
    assert {line for cell in grid.cells() for line in cell.text.split("\n")} == texts
    assert grid.cut > 0
    assert render(grid, "labelled").count.meta()["table_spans_cut"] == grid.cut


def test_a_span_over_far_more_columns_than_there_are_is_one_over_all():
    rows = [[Cell("貸出金の状況", 999)], [Cell("区分"), Cell("前期"), Cell("当期")]]
    rows += [[Cell(f"第{number}部"), Cell("1,520"), Cell("1,610")] for number in range(3)]
    grid = lay_out(rows)
    assert (grid.width, grid.cut) == (4, 0)  # the title reaches one column beyond the others
    assert render(grid, "labelled").lines[1] == "区分: 第0部 | 前期: 1,520 | 当期: 1,610"


def test_a_label_beside_many_rows_stands_in_each_of_them():
    rows = [[Cell("商品"), Cell("店番"), Cell("件数")], [Cell("国内株式", height=ROWS), Cell("0"), Cell("10")]]
    rows += [[Cell(str(number)), Cell("10")] for number in range(1, ROWS)]
    grid = lay_out(rows)
    assert grid.cut == 0
    assert render(grid, "labelled").lines[-1] == f"商品: 国内株式 | 店番: {ROWS - 1} | 件数: 10"


def test_a_passage_beside_many_rows_is_not_written_with_each():
    passage = "文" * 5_000
    rows = [[Cell(passage, height=ROWS), Cell("1")], *([Cell("2")] for _ in range(ROWS))]
    rendered = render(lay_out(rows), "lines")
    assert "\n".join(rendered.lines).count(passage) == 1
    assert rendered.count.spans_cut == 1


def test_headings_as_long_as_passages_are_not_written_with_every_figure():
    heading = "文" * 5_000
    body = "".join(f"<tr><td>第{number}部<td>{number}" for number in range(ROWS))
    page = page_text(
        parse_html_text(f"<table><thead><tr><th>区分<th>{heading}</thead>{body}</table>"), tables="labelled"
    )
    assert page.text.count(heading) == 1
    assert page.tables.spans_cut > 0
    assert all(re.search(rf"第{number}部 \| {number}$", page.text, re.M) for number in range(0, ROWS, 500))


def test_thousands_of_rows_of_one_cell_are_read():
    page = page_text(parse_html_text("<table>" + "".join(f"<tr><td>文{number}" for number in range(ROWS)) + "</table>"))
    assert page.text.split("\n") == [f"文{number}" for number in range(ROWS)]


def test_titles_over_a_table_go_above_it():
    rows = [[Cell(text, 2)] for text in ("資料1", "別紙", "（単位：円）")]
    grid = lay_out([*rows, [Cell("区分"), Cell("金額")], [Cell("現金"), Cell("1,000")], [Cell("預金"), Cell("2,000")]])
    assert render(grid, "labelled").lines == [
        "資料1",
        "別紙",
        "（単位：円）",
        "区分: 現金 | 金額: 1,000",
        "区分: 預金 | 金額: 2,000",
    ]
