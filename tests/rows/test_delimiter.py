"""What separates the cells of a table is found by its rows, and a table of commas stays one."""

from pathlib import Path
from typing import Any

import pytest

from tekio.corpus.readers import plan_units, read_unit
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.rows import PathFile, Row, RowOptions, read_rows


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows(path: Path, **options: Any) -> list[dict[str, Any] | str]:
    """The values of each row, or the reason it was refused."""
    found = read_rows(PathFile(path), RowOptions(**options))
    return [dict(row.values) if isinstance(row, Row) else row.reason for row in found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_cells_are_told_apart_by_what_separates_them(tmp_path: Path, mark: str, encoding: str):
    # ポ ends in CP932 with the byte of |, 能 with that of a backslash
    lines = [
        ["質問", "回答", "備考"],
        ["ポイントは使えますか", "使用可能です。窓口, ATM; 郵便", ""],
        ["期限は", "「1年」", "表計算 | 能力"],
    ]
    quoted = [
        mark.join(f'"{cell}"' if any(sign in cell for sign in ",;|\t") else cell for cell in line) for line in lines
    ]
    path = written(tmp_path, "\r\n".join(quoted) + "\r\n", encoding)
    assert rows(path) == [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_marks_within_quotes_of_the_heading_separate_nothing(tmp_path: Path, mark: str):
    heading = mark.join(['"住所（市, 区, 町, 字）"', '"氏名"'])
    path = written(tmp_path, f'{heading}\n"大阪市, 北区"{mark}山田\n"堺市"{mark}"佐藤, 鈴木"\n')
    assert rows(path) == [
        {"住所（市, 区, 町, 字）": "大阪市, 北区", "氏名": "山田"},
        {"住所（市, 区, 町, 字）": "堺市", "氏名": "佐藤, 鈴木"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "質問;種別;区分,回答\na;b,c\n",  # more semicolons than commas in the heading
        '"質問;種別;区分",回答\n"a;b",c\nd,e\n',
        "質問|Question,回答|Answer\nx|y,z|w\np|q,r|s\n",  # every row has as many bars
        "質問|Question,回答|Answer\nx|y,z|w\np|q,r|s,too|many\n",  # a broken row
        "日付\t時刻,内容\n4月\t9時,会議\n5月\t10時,朝会\n",
        '氏名,"備考;備考2"\n山田,a;b\n',
        "質問,回答\n",
        "a,b\n1;2,3;4\n5;6,7;8\n",
    ],
)
def test_a_table_of_commas_stays_one(tmp_path: Path, text: str):
    heading = rows(written(tmp_path, text), everything=True)[0]
    assert isinstance(heading, dict)
    assert len(heading) == 2


@pytest.mark.parametrize(
    "text",
    [
        "本文\n金利; 為替 | 株式\n預金;貸出\n",
        "本文;注\n金利を据え置いた。\n為替; 株式; 債券\n",
        "text\na|b\nc|d\n",
        "本文\n",
    ],
)
def test_a_column_of_texts_is_not_cut(tmp_path: Path, text: str):
    assert len(rows(written(tmp_path, text), everything=True)[0]) == 1
    told = rows(written(tmp_path, text))
    assert "wrong_columns" not in told


def test_lines_within_a_cell_are_no_rows(tmp_path: Path):
    body = "".join(f'"問{number}";"一行目, つづき\n二行目, また\n三行目"\n' for number in range(200))
    told = rows(written(tmp_path, "質問;回答\n" + body, "cp932"))
    assert told == [{"質問": f"問{number}", "回答": "一行目, つづき\n二行目, また\n三行目"} for number in range(200)]


def test_a_broken_row_among_many_changes_nothing(tmp_path: Path):
    body = "".join(f"問{number};1,2{number};3\n" for number in range(30))
    told = rows(written(tmp_path, "質問;値;注\n" + body + "壊れた行;1\n"))
    assert told[-1] == "wrong_columns"
    assert told[0] == {"質問": "問0", "値": "1,20", "注": "3"}


def test_what_the_recipe_says_is_done(tmp_path: Path):
    path = written(tmp_path, "a;b,c\n1;2,3\n")
    assert rows(path, delimiter=";") == [{"a": "1", "b,c": "2,3"}]


def test_titles_above_the_heading_do_not_decide(tmp_path: Path):
    path = written(tmp_path, "手数料, 利率, 期間の一覧\n作成日 2025年4月1日\n質問;回答\nあ;い, う\n")
    told = rows(path, known=frozenset({"質問", "回答"}))
    assert told == ["above_heading", "above_heading", {"質問": "あ", "回答": "い, う"}]


def test_a_source_of_semicolons_in_cp932_gives_its_documents(tmp_path: Path):
    path = written(tmp_path, '題名;本文\n"ポリシー";"金利は0,25%; 期間は1年"\n能力;"改行\nあり"\n', "cp932")
    source = SourceConfig(
        name="s",
        path=RecipePath("a.csv", path),
        license="internal",
        columns={"text": "本文", "title": "題名"},
    )
    (unit,) = plan_units(source, 1_000_000)
    found = [row for row in read_unit(source, unit) if isinstance(row, Document)]
    assert [(row.title, row.text) for row in found] == [("ポリシー", "金利は0,25%; 期間は1年"), ("能力", "改行\nあり")]


def test_a_ragged_title_stands_above_the_first_line_that_has_every_column_asked_for(tmp_path: Path):
    path = written(tmp_path, "苦情受付簿（令和6年度）\n,,\n番号,内容,対応\n1,待った,番号札を置いた\n")
    heading = frozenset({"内容", "対応"})
    assert rows(path, heading=heading) == ["above_heading", {"番号": "1", "内容": "待った", "対応": "番号札を置いた"}]
    assert rows(path, heading=frozenset({"内容", "対策"})) == rows(path)


def test_a_cell_that_is_called_as_a_column_makes_no_second_heading(tmp_path: Path):
    path = written(tmp_path, "本文,題\nあ,い\n本文,題\n")
    assert rows(path, heading=frozenset({"本文"})) == [{"本文": "あ", "題": "い"}, {"本文": "本文", "題": "題"}]
