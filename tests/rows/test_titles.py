"""Lines above a heading that say one thing each are titles, whatever the columns are called."""

from pathlib import Path

import pytest

from tekio.rows import PathFile, Row, RowOptions, read_rows
from tekio.rows.figures import cells_of, is_table_of_figures

TABLE = '店舗,前月,残高\n本店,900,"1,200"\n駅前,800,\n'


def read(folder: Path, text: str, **options: str) -> list[dict[str, str] | str]:
    path = folder / "a.csv"
    path.write_bytes(text.encode("cp932"))
    rows = read_rows(PathFile(path), RowOptions(**options))  # pyright: ignore[reportArgumentType]
    return [dict(row.values) if isinstance(row, Row) else row.reason for row in rows]


@pytest.mark.parametrize(
    "titles",
    [
        "残高一覧表\n",
        "残高一覧表,,\n作成日：2026年4月30日,,\n（単位：千円）,,\n",
        "残高一覧表\n\n（単位：千円）\n",
        '"残高\n一覧表"\n',
    ],
)
def test_titles_stand_above_the_heading_and_are_refused_by_name(tmp_path: Path, titles: str):
    rows = read(tmp_path, titles + TABLE)
    assert rows[-2:] == [
        {"店舗": "本店", "前月": "900", "残高": "1,200"},
        {"店舗": "駅前", "前月": "800", "残高": ""},
    ]
    assert set(map(str, rows[:-2])) == {"above_heading"}


@pytest.mark.parametrize(
    "text", ["本文\nこれは,一つの文。\nそれも,一つの文。\nまた,一つの文。\n", "a\n1,2\n3,4\n", "見出し\n一行\n二行\n"]
)
def test_a_column_of_its_own_is_no_title(tmp_path: Path, text: str):
    assert "above_heading" not in read(tmp_path, text)


def test_titles_and_notes_do_not_hide_that_a_table_is_one_of_figures(tmp_path: Path):
    path = tmp_path / "b.csv"
    path.write_text("残高一覧表\n" + TABLE + "（注）" + "端数は切り捨てている。" * 8 + "\n", "utf-8")
    assert is_table_of_figures(PathFile(path))


def test_codes_kept_from_becoming_figures_and_lines_in_a_cell_are_what_a_person_sees(tmp_path: Path):
    path = tmp_path / "c.csv"
    path.write_bytes('コード,"残高\r\n（千円）"\r\n"=""0012""","1,200"\r\n'.encode("cp932"))
    rows = list(read_rows(PathFile(path), RowOptions(everything=True)))
    assert [cells_of(row) for row in rows] == [["コード", "残高\n（千円）"], ["0012", "1,200"]]


def test_names_and_what_they_are_above_a_heading_are_titles_too(tmp_path: Path):
    text = "照会結果\n照会日時,2026/05/01 09:00\n口座,本店\n\n日付,入金,出金,残高\n4/1,100,,200\n4/2,,50,150\n"
    assert read(tmp_path, text) == [
        "above_heading", "above_heading", "above_heading",
        {"日付": "4/1", "入金": "100", "出金": "", "残高": "200"},
        {"日付": "4/2", "入金": "", "出金": "50", "残高": "150"},
    ]  # fmt: skip
