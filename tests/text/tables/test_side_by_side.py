"""Tables beside each other on a sheet are tables of their own; what belongs to one table stays one."""

from __future__ import annotations

import pytest

from tekio.text.tables.grid import Cell, lay_out
from tekio.text.tables.render import render
from tekio.text.tables.side_by_side import apart, tables_of

TWO = [
    "表1　預金残高 | | | 表2　行員数 |",
    "店舗 | 預金（億円） | | 店舗 | 行員数（人）",
    "本店 | 1,200 | | 本店 | 85",
    "駅前支店 | 310 | | 駅前支店 | 22",
]


def tables(rows: list[str]) -> list[list[str]]:
    """The tables of rows of a sheet as text."""
    sheet = [[Cell(cell.strip()) for cell in row.split("|")] for row in rows]
    return [render(lay_out(table), "labelled").lines for table in apart(sheet, lambda cell: cell)]


def test_two_tables_with_titles_are_read_one_after_the_other():
    assert tables(TWO) == [
        ["表1　預金残高", "店舗: 本店 | 預金（億円）: 1,200", "店舗: 駅前支店 | 預金（億円）: 310"],
        ["表2　行員数", "店舗: 本店 | 行員数（人）: 85", "店舗: 駅前支店 | 行員数（人）: 22"],
    ]


def test_rows_behind_an_empty_one_go_to_the_table_above_them():
    """Before tables are parted: a part of both has no head, and is as wide as both."""
    parts = [
        [[Cell(cell.strip()) for cell in row.split("|")] for row in part]
        for part in (TWO, ["合計 | 1,510 | | 合計 | 107"])
    ]
    found = [render(lay_out(table), "labelled").lines for table in tables_of(parts, lambda cell: cell)]
    assert [lines[-1] for lines in found] == ["店舗: 合計 | 預金（億円）: 1,510", "店舗: 合計 | 行員数（人）: 107"]


def test_rows_that_only_the_other_table_has_are_written_once():
    rows = [
        *([Cell("自己査定", 2), Cell(""), Cell("開示債権", 2)],),
        *([Cell(cell) for cell in ("区分", "残高", "", "区分", "残高")],),
        *([Cell("要注意先", 1, 2), Cell("2,663", 1, 2), Cell(""), Cell("要管理債権"), Cell("2,087")],),
        *([Cell(""), Cell("危険債権"), Cell("576")],),
        *([Cell(cell) for cell in ("正常先", "573,703", "", "正常債権", "739,729")],),
    ]
    found = [render(lay_out(table), "labelled").lines for table in apart(rows, lambda cell: cell)]
    assert found[0] == ["自己査定", "区分: 要注意先 | 残高: 2,663", "区分: 正常先 | 残高: 573,703"]
    assert len(found[1]) == 4


def test_a_title_over_both_stands_above_both():
    rows = ["店舗の状況 | | | |", "| | | | （単位は各欄）", *TWO[1:]]
    found = tables(rows)
    assert len(found) == 3
    assert found[0] == ["店舗の状況", "（単位は各欄）"]
    assert found[2][1] == "店舗: 駅前支店 | 行員数（人）: 22"


@pytest.mark.parametrize(
    "rows",
    [
        ["区分 | 4月 | 5月 | | 平均", "普通預金 | 10 | 20 | | 15", "定期預金 | 30 | 40 | | 35"],
        ["区分 | 4月 | 5月 | | 前年4月 | 前年5月", "普通預金 | 10 | 20 | | 5 | 6", "定期預金 | 30 | 40 | | 7 | 8"],
        ["取引先 | 残高 | | 担当者 | 備考", "甲商事 | 10 | | 佐藤 | 要確認", "乙工業 | 20 | | 鈴木 | なし"],
    ],
)
def test_columns_apart_from_their_table_stay_in_it(rows: list[str]):
    assert len(tables(rows)) == 1
