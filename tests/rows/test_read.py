"""One reader of row files: the same rows in every form and encoding; what is broken is named, the rest goes on."""

import bz2
import contextlib
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tekio.errors import UsageError
from tekio.rows import BadRow, PathFile, Row, RowOptions, header_of, missing_columns, parse_columns, read_rows
from tekio.rows import parquet as parquet_rows
from tekio.rows.columns import has_column
from tekio.rows.strict_json import loads
from tekio.text.unreadable import UnreadableError

ROWS = [{"質問": "残高は", "回答": "一万円です。\n以上"}, {"質問": "手数料は、いくらですか", "回答": "無料"}]


def values(path: Path, **options: Any) -> list[dict[str, object] | str]:
    rows = read_rows(PathFile(path), RowOptions(**options))
    return [row.values if isinstance(row, Row) else row.reason for row in rows]


def table(delimiter: str) -> str:
    quoted = [[f'"{cell}"' for cell in row.values()] for row in ROWS]
    return "\n".join(delimiter.join(line) for line in [["質問", "回答"], *quoted]) + "\n"


def workbook(*sheets: tuple[str, list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


PLAIN = {
    "a.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS),
    "a.json": json.dumps(ROWS, ensure_ascii=False, indent=1),
    "objects.json": "\n".join(json.dumps(row, ensure_ascii=False, indent=1) for row in ROWS),
    "a.csv": table(","),
    "semicolons.csv": table(";"),
    "a.tsv": table("\t"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "iso2022_jp", "utf-16"])
@pytest.mark.parametrize("name", PLAIN)
def test_every_form_gives_the_same_rows_in_every_encoding(tmp_path: Path, name: str, encoding: str):
    path = tmp_path / name
    path.write_bytes(PLAIN[name].encode(encoding))
    assert values(path) == ROWS


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress], ids=["gz", "bz2", "zst"])
@pytest.mark.parametrize("name", [*PLAIN, "a.xlsx", "a.parquet"])
def test_compressed_files_of_every_form_are_read(tmp_path: Path, name: str, pack):
    sheet = workbook(("一覧", [list(ROWS[0]), *(list(row.values()) for row in ROWS)]))
    raw = {"a.xlsx": sheet, "a.parquet": parquet()}.get(name) or PLAIN[name].encode()
    (tmp_path / name).write_bytes(raw)
    suffix = {gzip.compress: ".gz", bz2.compress: ".bz2"}.get(pack, ".zst")
    (tmp_path / (name + suffix)).write_bytes(pack(raw))
    assert values(tmp_path / name) == values(tmp_path / (name + suffix)) == ROWS


def test_the_form_is_seen_where_the_name_says_nothing(tmp_path: Path):
    for number, raw in enumerate([*map(str.encode, PLAIN.values()), parquet()]):
        path = tmp_path / f"data{number}"
        path.write_bytes(raw)
        assert values(path) == ROWS


def test_duplicate_keys_and_columns_are_refused(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1, "a": 2}\n{"a": {"b": [{"c": 1, "c": 2}]}}\n{"a": "{\\"b\\": 1, \\"b\\": 2}"}\n')
    assert values(path) == ["duplicate_key", "duplicate_key", {"a": '{"b": 1, "b": 2}'}]
    for name, raw in {
        "b.csv": b"a,b,a\n1,2,3\n",
        "b.xlsx": workbook(("一", [["a", "b", "a"], [1, 2, 3]])),
    }.items():
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(UnreadableError, match="duplicate_column"):
            values(tmp_path / name)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=6),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=12),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
            max_leaves=8,
        ),
        max_size=5,
    )
)
def test_strict_json_is_json_and_long_numbers_keep_their_digits(value):
    assert loads(json.dumps(value).encode()) == value


def test_bad_lines_are_named_with_their_number_and_the_others_go_on(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n{bad\n\n[1]\n{"a": "\xff"}\n{"a": NaN}\n{"a": 2} x\n{"a": 3}')
    rows = list(read_rows(PathFile(path)))
    assert [(row.place, getattr(row, "reason", "")) for row in rows] == [
        (":1", ""),
        (":2", "bad_json"),
        (":4", "not_a_record"),
        (":5", "broken_encoding"),
        (":6", "bad_json"),
        (":7", "bad_json"),
        (":8", ""),
    ]


def test_the_rows_before_a_cut_array_stay(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text('[{"a": 1}, {"a": 2}, {"a": ')
    rows = list(read_rows(PathFile(path)))
    assert [row.reason if isinstance(row, BadRow) else row.values for row in rows] == [{"a": 1}, {"a": 2}, "bad_json"]
    assert isinstance(rows[-1], BadRow)
    assert rows[-1].rest


def test_rows_wrapped_in_an_object_are_found_whatever_stands_around_them(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"version": "1", "notes": {"data": [1]}, "data": [{"a": 1}, {"a": 2}], "after": []}))
    assert values(path, wrappers=("train", "data")) == [{"a": 1}, {"a": 2}]
    assert values(path, records="data") == [{"a": 1}, {"a": 2}]
    assert len(values(path)) == 1
    with pytest.raises(UnreadableError, match="no_records"):
        values(path, records="rows")


def test_a_table_says_which_rows_have_other_columns(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3\n4,5,6\n7,8,,\n")
    assert values(path) == [{"a": "1", "b": "2"}, "wrong_columns", "wrong_columns", {"a": "7", "b": "8"}]
    assert values(path, names=("x",), skip_lines=1) == [{"x": "1"}, {"x": "3"}, {"x": "4"}, {"x": "7"}]


def test_every_sheet_of_a_workbook_has_its_own_heading(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    first = ("口座", [["質問", "回答", None], ["残高は", 1200.0], [None, None], ["日付は", "_x0041_"]])
    path.write_bytes(workbook(first, ("空", []), ("融資", [["質問", "担当"], ["金利は", "支店"]])))
    rows = [row for row in read_rows(PathFile(path)) if isinstance(row, Row)]
    assert [row.values for row in rows] == [
        {"質問": "残高は", "回答": 1200},
        {"質問": "日付は", "回答": "A"},
        {"質問": "金利は", "担当": "支店"},
    ]
    assert [row.place for row in rows] == ["!口座:2", "!口座:4", "!融資:2"]
    assert values(path, sheet="融資") == [{"質問": "金利は", "担当": "支店"}]
    with pytest.raises(UnreadableError, match=r"(?s)no_sheet.*口座"):
        values(path, sheet="ない")


def test_a_hostile_workbook_is_refused(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    for text, reason in (("<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "doctype"), ("<x/>", "bad_workbook")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("[Content_Types].xml", text)
        with pytest.raises(UnreadableError, match=reason):
            values(path)


def test_parquet_gives_dates_as_text_and_reads_only_what_is_asked_for(tmp_path: Path):
    path = tmp_path / "a.parquet"
    days = pa.array([19000], pa.int32()).cast(pa.date32())
    pq.write_table(pa.table({"day": days, "x": [float("nan")], "raw": [b"\xff\0"], "old": [b"text"]}), path)
    assert values(path) == [{"day": "2022-01-08", "x": "nan", "raw": "<2 bytes>", "old": "text"}]
    assert values(path, columns=("day", "other")) == [{"day": "2022-01-08"}]
    assert header_of(PathFile(path)) == ["day", "x", "raw", "old"]


def test_a_line_over_the_limit_is_named_and_not_kept(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "' + "x" * 200 + '"}\n{"a": 1}\n')
    assert values(path, max_line_bytes=100) == ["line_too_long", {"a": 1}]


def test_a_column_map_names_the_columns_that_exist():
    assert parse_columns("question=質問, answer=回答+補足") == {"question": "質問", "answer": "回答+補足"}
    error = missing_columns(["質問", "回答内要"], ["質問", "回答内容"])
    assert error is not None
    assert error.measured == {"missing": ["回答内要"], "columns": ["質問", "回答内容"]}
    assert missing_columns(["meta.source"], ["meta"]) is None
    for written in ("質問", "a=", "a=b,a=c"):
        with pytest.raises(UsageError):
            parse_columns(written)


def test_a_field_inside_a_record_is_known_by_its_whole_name(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"body": {"lead": "一", "more": {"x": 1}}, "tags": ["a"]}\n{"body": {"detail": "二"}}\n', encoding="utf-8"
    )
    names = header_of(PathFile(path)) or []
    assert names == ["body", "body.lead", "body.more", "body.more.x", "tags", "body.detail"]
    error = missing_columns(["body.detail", "body.detial"], names)
    assert error is not None
    assert error.measured["missing"] == ["body.detial"]


def test_a_record_whose_keys_are_data_is_known_by_its_own_name_alone(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"prices": {str(day): day for day in range(5000)}}]), encoding="utf-8")
    assert header_of(PathFile(path)) == ["prices"]
    assert missing_columns(["prices.7001"], ["prices"]) is None


def test_a_row_has_a_field_where_its_records_lead_to_it():
    assert has_column({"a": {"b": ""}}, "a.b")
    assert has_column({"a": None}, "a.b")
    assert not has_column({"a": {"c": 1}}, "a.b")
    assert not has_column({"a": "text"}, "a.b")


def test_large_rows_of_parquet_are_held_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A batch of 512 rows of 2 MB each would be a gigabyte of Python's own text."""
    path = tmp_path / "a.parquet"
    texts = [f"{number:04}" * 50 for number in range(40)]  # 200 bytes each
    pq.write_table(pa.table({"text": texts}), path, use_dictionary=False)
    taken: list[int] = []
    plain = parquet_rows._values
    monkeypatch.setattr(parquet_rows, "BATCH_BYTES", 2_000)
    monkeypatch.setattr(parquet_rows, "_values", lambda batch: taken.append(batch.num_rows) or plain(batch))
    assert values(path) == [{"text": text} for text in texts]
    assert max(taken) <= 10
    assert sum(taken) == 40


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".json", ".jsonl", ".csv", ".tsv", ".xlsx", ".parquet", ""]))
def test_any_bytes_end_in_rows_or_in_a_named_refusal(tmp_path_factory, raw: bytes, suffix: str):
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    path.write_bytes(raw)
    with contextlib.suppress(UnreadableError):
        assert all(isinstance(row, Row | BadRow) for row in read_rows(PathFile(path)))


def test_a_sheet_that_excel_does_not_show_is_refused_by_name(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for title, word in (("公開", "表"), ("下書き", "裏")):
        sheet = book.create_sheet(title)
        sheet.append(["質問", "回答"])
        sheet.append([f"{word}の質問", f"{word}の回答"])
    del book["Sheet"]
    book["下書き"].sheet_state = "hidden"
    book.save(path)
    for options in (RowOptions(), RowOptions(known=frozenset({"質問", "回答"}))):
        shown, hidden = read_rows(PathFile(path), options)
        assert isinstance(shown, Row)
        assert isinstance(hidden, BadRow)
        assert (hidden.reason, hidden.measured) == ("hidden_sheet", {"sheet": "下書き"})
    (named,) = read_rows(PathFile(path), RowOptions(sheet="下書き"))
    assert isinstance(named, Row)
    assert named.values["質問"] == "裏の質問"
    everything = [row.values for row in read_rows(PathFile(path), RowOptions(everything=True)) if isinstance(row, Row)]
    assert "裏の回答" in str(everything)  # whoever looks for test items looks there too


def test_a_workbook_that_swells_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].append(["質問", "回答"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    cell = b"<row r='2'><c r='A2' t='inlineStr'><is><t>" + b"A" * 60_000_000 + b"</t></is></c></row></sheetData>"
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", cell)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(UnreadableError) as told:
        list(read_rows(PathFile(path), RowOptions()))
    assert told.value.reason == "archive_bomb"
