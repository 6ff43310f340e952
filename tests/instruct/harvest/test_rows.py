"""Pairs as rows of the stage: repaired where recognition wrote formulas, rejected where a line cannot be read."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from tekio.instruct.harvest.rows import harvest_file
from tekio.recipe.instruct import HarvestConfig
from tekio.recipe.paths import RecipePath

PAGE = r"""# 保存の要件

問1　国税関係書類 $\mathcal{O}$ 保存は、電子でもよいですか。

【回答】

 $\textcircled{1}$ 紙と $\textcircled{2}$ 電磁的記録 $\mathcal{O}$ どちらでも保存することができます。

問2　一般書類とは何ですか。

【回答】

重要書類以外 $\mathcal{O}$ 書類を $\vee\tilde{\supset}$ 。

問3　いつまでに入力しますか。

【回答】

おおむね7営業日以内に入力します。
"""


def test_what_recognition_wrote_is_repaired_or_rejected(tmp_path: Path):
    path = tmp_path / "q.md"
    path.write_text(PAGE, encoding="utf-8")
    rows, page = harvest_file(path, "q.md", HarvestConfig(name="nta", path=RecipePath.of(path)))
    assert page.pairs == len(rows) == 3
    assert [row.rejected_by for row in rows] == [None, "ocr_debris", None]
    assert rows[0].record.instruction == "国税関係書類の保存は、電子でもよいですか。"
    assert rows[0].record.output == "①紙と②電磁的記録のどちらでも保存することができます。"
    assert rows[0].record.meta.extra["repaired"] == "ocr_debris"
    assert "repaired" not in rows[2].record.meta.extra


def harvested(tmp_path: Path, name: str, raw: bytes):
    path = tmp_path / name
    path.write_bytes(raw)
    rows, _ = harvest_file(path, name, HarvestConfig(name="faq", path=RecipePath.of(path)))
    return [(row.record.instruction, row.record.output) for row in rows if row.rejected_by is None]


def test_rows_under_columns_called_question_and_answer_stay_however_short_and_few(tmp_path: Path):
    for heads in ("質問,回答", "Q,A", "question,answer", "お問い合わせ内容,回答内容", "ご相談,ご回答"):
        made = f"{heads}\n年会費,無料\n".encode()
        assert harvested(tmp_path, "one.csv", made) == [("年会費", "無料")], heads
    made = "No,質問,回答,備考\n1,年会費,1100円,\n2,締日,15日,翌営業日\n3,PIN忘れ,再発行\n4,,\n".encode("cp932")
    assert harvested(tmp_path, "few.csv", made) == [("年会費", "1100円"), ("締日", "15日"), ("PIN忘れ", "再発行")]


def test_every_sheet_of_a_workbook_has_its_rows_and_numbers_are_answers(tmp_path: Path):
    book = Workbook()
    first, second = book.active, book.create_sheet("カード")
    assert first is not None
    for row in (["質問", "回答"], ["口座の名義を変えたい", "戸籍謄本をお持ちください。"], ["解約", "窓口へ。"]):
        first.append(row)
    for row in (["質問", "回答"], ["年会費", 1100], ["限度額", "50万円"]):
        second.append(row)
    book.save(tmp_path / "made.xlsx")
    assert harvested(tmp_path, "faq.xlsx", (tmp_path / "made.xlsx").read_bytes()) == [
        ("口座の名義を変えたい", "戸籍謄本をお持ちください。"),
        ("解約", "窓口へ。"),
        ("年会費", "1100"),
        ("限度額", "50万円"),
    ]


def test_columns_of_numbers_and_people_beside_question_and_answer_are_in_no_pair(tmp_path: Path):
    made = "質問ID,質問,回答ID,回答,担当者\nQ001,ATMは何時までですか,A001,23時までです,山田\nQ002,年会費は,A002,無料,佐藤\n"
    assert harvested(tmp_path, "ids.csv", made.encode()) == [
        ("ATMは何時までですか", "23時までです"),
        ("年会費は", "無料"),
    ]


def test_an_answer_goes_on_in_a_row_of_its_own_and_a_question_without_answer_takes_no_other(tmp_path: Path):
    made = "質問,回答,備考\n振込の締切は,15時,本店は16時\n,ネットは24時間\n年会費は,\n,無料\n手数料は,220円\n,別の列があれば別の行,注\n"
    assert harvested(tmp_path, "goes-on.csv", made.encode()) == [
        ("振込の締切は", "15時\nネットは24時間"),
        ("手数料は", "220円"),
    ]


def test_rows_under_other_names_are_as_doubtful_as_they_look(tmp_path: Path):
    made = "質問部店,質問日,対応\n本店,4月1日,済\n".encode()
    assert harvested(tmp_path, "other.csv", made) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_table_is_read_whatever_separates_its_cells(tmp_path: Path, mark: str, encoding: str):
    told = [
        ("ポイントの期限は", "2年です。窓口, ATM; 郵便"),
        ("年会費は", "無料です。"),
        ("能力開発の費用は", "対象外です。\n以上"),
    ]
    rows = [["質問", "回答"], *map(list, told)]
    text = "\r\n".join(mark.join(f'"{cell}"' for cell in row) for row in rows)
    assert harvested(tmp_path, "a.csv", text.encode(encoding)) == told
