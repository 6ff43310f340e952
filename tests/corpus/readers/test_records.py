"""JSON, JSON Lines, CSV and Parquet: columns become documents, bad rows are named, good ones go on."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

import bz2
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus.readers.corpus_reading import read, source_of
from realdata import need_real_data
from tekio.corpus.readers.records import SEEN_ROWS, check_columns, unseen_columns
from tekio.text.unreadable import UnreadableError

LINES = '{"text": "一行目", "id": 1, "d": "令和7年1月31日"}\n{"text": "二行目", "id": 2}\n'


def test_columns_are_mapped_and_joined(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text('[{"見出し": "題", "本文": "本", "日付": "2025/1/31", "社": "甲"}]', encoding="utf-8")
    columns = {"text": "見出し+本文", "title": "見出し", "published": "日付", "company": "社"}
    (document,), rejected = read(path, columns=columns, group="company", license="CC-BY-4.0")
    assert rejected == []
    assert (document.text, document.title, document.published) == ("題\n本", "題", "2025-01-31")
    assert (document.group, document.license, document.meta) == ("甲", "CC-BY-4.0", {"company": "甲"})
    assert document.uri == "a.json#item=0"


def test_a_row_that_lacks_a_field_inside_its_record_is_named_and_not_kept_by_half(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": {"lead": "一", "detail": "二"}}\n{"body": {"lead": "三"}}\n', encoding="utf-8")
    (kept,), (lost,) = read(path, columns={"text": "body.lead+body.detail"})
    assert kept.text == "一\n二"
    assert (lost.reason, lost.measured["missing"]) == ("missing_column", ["body.detail"])


def checked(path: Path, columns: dict[str, str]) -> list[str]:
    """The columns that a source is refused for before it is built."""
    try:
        check_columns(source_of(path, columns=columns))
    except UnreadableError as error:
        return error.measured["missing"]
    return []


def test_a_misspelt_column_beside_the_text_is_refused_where_all_rows_of_json_were_seen(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "一"}\n{"body": "二", "as_of": "2025-04-01"}\n', encoding="utf-8")
    assert checked(path, {"text": "body", "as_of": "as_of"}) == []
    assert checked(path, {"text": "body", "as_of": "asof", "branch": "店"}) == ["asof", "店"]


def test_a_column_that_only_later_rows_of_json_may_have_is_told_and_not_refused(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "一"}\n' * SEEN_ROWS + '{"body": "二", "as_of": "2025-04-01"}\n', encoding="utf-8")
    assert checked(path, {"text": "body", "as_of": "as_of"}) == []
    error, whole = unseen_columns(source_of(path, columns={"text": "body", "as_of": "as_of"}))
    assert error is not None
    assert (error.measured["missing"], whole) == (["as_of"], False)


def test_a_title_above_a_table_is_named_and_its_rows_are_read(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes("照会期間,4月から6月\r\n取引日,摘要,メモ\r\n4月5日,振込,家賃\r\n合計,1件\r\n".encode("cp932"))
    (document,), rejected = read(path, columns={"text": "メモ"})
    assert document.text == "家賃"
    assert [(row.reason, row.uri) for row in rejected] == [
        ("above_heading", "a.csv#line=1"),
        ("wrong_columns", "a.csv#row=1"),
    ]


def test_a_table_of_figures_keeps_the_title_above_its_heading(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("月次推移表\n単位：百万円\n月,預金,貸出金\n4月,1200,800\n5月,,810\n", encoding="utf-8")
    (document,), rejected = read(path)
    assert document.text.splitlines()[-2:] == ["月: 4月 | 預金: 1200 | 貸出金: 800", "月: 5月 | 貸出金: 810"]
    assert (document.text.splitlines()[0], rejected) == ("月次推移表", [])


def test_names_and_what_they_are_above_a_table_of_figures_stand_above_it(tmp_path: Path):
    text = "照会結果\n照会日時,2026/05/01 09:00\n日付,入金,出金,残高\n4/1,100,,200\n4/2,,50,150\n"
    (tmp_path / "a.csv").write_bytes(text.encode("cp932"))
    (document,), rejected = read(tmp_path / "a.csv")
    assert rejected == []
    assert document.text.split("\n") == [
        "照会結果",
        "照会日時 | 2026/05/01 09:00",
        "日付: 4/1 | 入金: 100 | 残高: 200",
        "日付: 4/2 | 出金: 50 | 残高: 150",
    ]


def test_group_may_be_a_field_that_a_column_is_mapped_to(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"body": "一", "name": "甲"}\n{"body": "二", "name": "乙"}\n', encoding="utf-8")
    rows, _ = read(tmp_path / "a.jsonl", columns={"text": "body", "title": "name"}, group="title")
    assert [row.group for row in rows] == ["甲", "乙"]


def test_group_may_be_the_file_or_a_column_that_is_not_mapped(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text(LINES, encoding="utf-8")
    assert [document.group for document in read(path, group="file")[0]] == ["a.jsonl", "a.jsonl"]
    assert [document.group for document in read(path, group="id")[0]] == ["1", "2"]
    assert [document.group for document in read(path)[0]] == ["", ""]


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".zst"])
def test_compressed_lines_are_read(tmp_path: Path, suffix: str):
    raw = LINES.encode()
    packed = {
        "": raw,
        ".gz": gzip.compress(raw[:20]) + gzip.compress(raw[20:]),
        ".bz2": bz2.compress(raw),
        ".zst": zstandard.compress(raw[:20]) + zstandard.compress(raw[20:]),
    }[suffix]
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(packed)
    assert [document.text for document in read(path)[0]] == ["一行目", "二行目"]


def test_bad_lines_are_named_and_the_others_go_on(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    bad = [b"{bad", b'{"text": NaN}', b"[1, 2]", b'{"other": "x"}', b'{"text": "  "}', b'{"text": "\xff"}', b"[" * 5000]
    path.write_bytes(b'{"text": "good 1"}\n' + b"\n".join(bad) + b'\n\n{"text": "good 2"}')
    documents, rejected = read(path)
    assert [document.text for document in documents] == ["good 1", "good 2"]
    assert [row.reason for row in rejected] == [
        "bad_json",
        "bad_json",
        "not_a_record",
        "no_text",
        "no_text",
        "broken_encoding",
        "bad_json",
    ]
    assert rejected[0].uri == "a.jsonl#byte=19"


def test_a_cp932_file_of_lines_is_read(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text": "日本語の文です。～㈱"}\n'.encode("cp932"))
    assert read(path)[0][0].text == "日本語の文です。～㈱"


def test_records_inside_an_object(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text('{"data": {"rows": [{"text": {"ja": "本文"}}]}}', encoding="utf-8")
    assert read(path, options={"records": "data.rows"}, columns={"text": "text.ja"})[0][0].text == "本文"


def test_csv_with_quotes_japanese_headings_and_a_bad_row(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        '日付,本文,社\n令和7年1月14日,"売上は、\n「増加」した。",㈱あ\nx,y\n2024/1/1,二,い\n'.encode("cp932")
    )
    documents, rejected = read(path, columns={"text": "本文", "published": "日付", "社": "社"})
    assert [document.text for document in documents] == ["売上は、\n「増加」した。", "二"]
    assert [document.published for document in documents] == ["2025-01-14", "2024-01-01"]
    assert [(row.reason, row.measured) for row in rejected] == [("wrong_columns", {"columns": 2, "expected": 3})]


def test_a_broken_line_of_a_table_is_named_and_the_others_go_on(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes("text,n\n一,1\n".encode() + b"\xff\xfe,2\n" + "三,3\n".encode())
    documents, rejected = read(path)
    assert [document.text for document in documents] == ["一", "三"]
    assert [row.reason for row in rejected] == ["broken_encoding"]


def test_lines_above_the_heading_are_passed_over(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes("ダウンロード実行日,2025\r\nＥＤＩＮＥＴコード,説明\r\nE00001,本文\r\n".encode("cp932"))
    assert read(path, columns={"text": "説明"}, options={"skip_lines": 1})[0][0].text == "本文"


FIGURES = '損益計算書,,\n科目,前期,当期\n売上高,"1,234","2,345"\n純利益,△12,－\n'


def test_a_table_of_figures_without_a_column_of_text_is_one_document(tmp_path: Path):
    path = tmp_path / "pl.csv"
    path.write_bytes(FIGURES.encode("cp932"))
    (document,), rejected = read(path)
    assert rejected == []
    assert document.text.split("\n") == [
        "損益計算書",
        "科目: 売上高 | 前期: 1,234 | 当期: 2,345",
        "科目: 純利益 | 前期: △12 | 当期: －",
    ]


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (FIGURES, {"title": "科目"}),
        (FIGURES, {"text": "本文"}),  # the recipe says where the text stands: a wrong name is said
        ("番号,内容\n1,当行は基準金利を年二回見直します。\n2,見直し後の金利は翌月から適用します。\n", {}),
        ("コード,名称,区分\n1,本店,甲\n2,支店,乙\n", {}),
    ],
)
def test_rows_without_the_column_of_text_are_refused_as_a_whole(tmp_path: Path, content: str, columns: dict[str, str]):
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    documents, rejected = read(path, columns=columns)
    assert documents == []
    assert [row.reason for row in rejected] == ["missing_column"]


def test_edinet_csv_is_utf16_with_tabs(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes('"要素ID"\t"値"\n"jpcrp_cor:X"\t"本文"\n'.encode("utf-16"))
    assert read(path, columns={"text": "値"})[0][0].text == "本文"


def test_an_unfinished_quotation_is_refused_by_name(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text('text\n一\n"二', encoding="utf-8")
    documents, rejected = read(path)
    assert [document.text for document in documents] == ["一"]
    assert [row.reason for row in rejected] == ["bad_csv"]


def test_parquet_by_row_groups(tmp_path: Path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["一", "二", ""], "社": ["a", "b", "c"]}), path, row_group_size=1)
    documents, rejected = read(path, group="社")
    assert [(document.text, document.group, document.uri) for document in documents] == [
        ("一", "a", "a.parquet#row=0"),
        ("二", "b", "a.parquet#row=1"),
    ]
    assert [row.reason for row in rejected] == ["no_text"]


def test_a_file_that_is_no_parquet(tmp_path: Path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 not really PAR1")
    assert [(row.reason, row.whole_file) for row in read(path)[1]] == [("bad_parquet", True)]


@pytest.mark.real
def test_the_real_tables_give_every_row():
    folder = need_real_data("economy-watchers", "current")
    columns = {"text": "判断の理由+追加説明及び具体的状況の説明", "published": "year-month"}
    documents, rejected = read(folder, columns=columns, group="地域")
    assert len(documents) > 40_000
    assert rejected == []
    assert documents[0].published == "2021-01"
    assert len({document.id for document in documents}) == len(documents)
    news, empty = read(need_real_data("jfinteb", "wikinews.jsonl"))
    assert (len(news), [row.reason for row in empty]) == (995, ["no_text", "no_text"])
    sentences, _ = read(need_real_data("chabsa"), options={"records": "sentences"}, columns={"text": "sentence"})
    assert len(sentences) == 6_119  # the number the data set's page gives
