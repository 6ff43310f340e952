"""Every file has a fate: what is cut off is refused, and no exception of a reader ends a build."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportMissingTypeStubs=false
# (lxml and pyarrow have no complete type information)

import csv
import datetime as dt
import io
import json
import lzma
import struct
import time
import zipfile
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from lxml import etree

from corpus.readers.corpus_reading import read
from tekio.corpus.readers import dispatch
from tekio.corpus.readers.rows import make_document
from tekio.recipe import readers

TEXT = "\n".join(
    f"第{number}条　この規程は、当社の文書の扱いを第{number * 7919 % 1009}号まで定める。" for number in range(9000)
).encode()
COMPLETE = {
    "one frame": zstandard.ZstdCompressor(write_checksum=True).compress(TEXT),
    "streamed": zstandard.ZstdCompressor(write_content_size=False).compress(TEXT),
    "two frames": zstandard.compress(TEXT[:30]) + zstandard.compress(TEXT[30:]),
    "skippable": b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstandard.compress(TEXT),
    "repeated byte": zstandard.compress(b"a" * 1_000_000 + TEXT),
}


@pytest.mark.parametrize("name", [name for name in COMPLETE if name != "skippable"])
def test_a_whole_zstd_file_is_read(tmp_path: Path, name: str):
    (tmp_path / "a.txt.zst").write_bytes(COMPLETE[name])
    documents, rejected = read(tmp_path)
    assert not rejected
    assert documents[0].text.encode().endswith(TEXT[-300:])


@pytest.mark.parametrize("cut", [5, 7, 12, 1000, 0.28, 0.5, 0.9, -5, -4, -1])
@pytest.mark.parametrize("name", ["one frame", "streamed", "two frames"])
def test_a_cut_zstd_file_is_refused_wherever_it_is_cut(tmp_path: Path, name: str, cut: float):
    whole = COMPLETE[name]
    (tmp_path / "a.txt.zst").write_bytes(whole[: int(len(whole) * cut) if 0 < cut < 1 else int(cut)])
    documents, rejected = read(tmp_path)
    assert not documents
    assert [row.reason for row in rejected] == ["broken_archive"]


def test_a_link_to_a_folder_above_is_read_once(tmp_path: Path):
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(3):
        (docs / f"{number}.txt").write_text(f"文書{number}です。", encoding="utf-8")
    (docs / "again").symlink_to(".")
    documents, _ = read(docs / "**" / "*.txt")
    assert len(documents) == 3
    documents, _ = read(docs / "again" / "*.txt")  # asked for by name
    assert len(documents) == 3


REASONS = {"reader_failed", "too_costly", "too_much_memory", "unreadable_file"}
FAILURES: list[Exception] = [
    RecursionError("r"),
    MemoryError("m"),
    KeyError("k"),
    IndexError("i"),
    OSError(5, "Input/output error"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
    UnicodeEncodeError("utf-8", "\udc80", 0, 1, "bad"),
    ValueError("Exceeds the limit (4300 digits) \udc80"),
    TypeError("t"),
    AttributeError("a"),
    OverflowError("o"),
    ZeroDivisionError("z"),
    AssertionError("a"),
    RuntimeError("generator"),
    NotImplementedError("n"),
    LookupError("unknown encoding"),
    EOFError("e"),
    zipfile.BadZipFile("z"),
    zlib.error("z"),
    lzma.LZMAError("l"),
    zstandard.ZstdError("z"),
    struct.error("s"),
    csv.Error("c"),
    json.JSONDecodeError("j", "", 0),
    UnicodeError("u"),
    FloatingPointError("f"),
    BufferError("b"),
    ReferenceError("r"),
    PermissionError(13, "Permission denied"),
    TimeoutError("t"),
    StopIteration("inside of a generator"),
    pa.ArrowInvalid("p"),
    pa.ArrowKeyError("p"),
    pa.ArrowMemoryError("p"),
    pa.ArrowNotImplementedError("p"),
    pa.ArrowSerializationError("p"),
    etree.XMLSyntaxError("x", 1, 1, 1),
    etree.XPathEvalError("x"),
    etree.ParserError("x"),
    etree.SerialisationError("x"),
    Exception("nothing known"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("reader", sorted(reader.name for reader in readers.SHIPPED))
def test_whatever_a_reader_raises_is_a_row_and_the_next_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str, failure: Exception
):
    (tmp_path / "a.bin").write_bytes(b"first")
    (tmp_path / "b.bin").write_bytes(b"second")

    class Failing:
        cut = ()

        @staticmethod
        def function() -> Any:
            def rows(_source: Any, _file: Any, **_part: Any) -> Any:
                raise failure

            return rows

    monkeypatch.setattr(dispatch, "find_reader", lambda _name: Failing)
    documents, rejected = read(tmp_path, reader=reader)
    assert not documents
    assert [row.uri for row in rejected] == ["a.bin", "b.bin"]
    assert {row.reason for row in rejected} <= REASONS
    assert all(row.whole_file and row.measured["error"] for row in rejected)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_whatever_an_installed_reader_raises_is_a_row_and_the_next_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
):
    (tmp_path / "a.bin").write_bytes(b"first")
    (tmp_path / "b.bin").write_bytes(b"second")

    class Failing:
        cut = ()

        @staticmethod
        def function() -> Any:
            def rows(source: Any, file: Any) -> Any:
                if file.read(10) == b"first":
                    raise failure
                yield make_document(source, file, "次の文書です。")

            return rows

    monkeypatch.setattr(dispatch, "installed", lambda _group: {"ledger": None})
    monkeypatch.setattr(dispatch, "detect", lambda _file: "ledger")
    monkeypatch.setattr(dispatch, "find_reader", lambda _name: Failing)
    documents, rejected = read(tmp_path)
    assert [document.uri for document in documents] == ["b.bin"]
    assert [(row.uri, row.whole_file) for row in rejected] == [("a.bin", True)]
    assert rejected[0].reason in REASONS


def test_a_broken_lzma_member_leaves_the_others(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "この文は壊れます。" * 50)
    raw = bytearray(buffer.getvalue())
    raw[44:90] = b"\xff" * 46
    raw_path = tmp_path / "a.zip"
    raw_path.write_bytes(bytes(raw))
    (tmp_path / "b.txt").write_text("良い文書です。", encoding="utf-8")
    documents, rejected = read(tmp_path)
    assert [document.uri for document in documents] == ["b.txt"]
    assert [row.reason for row in rejected] == ["broken_archive"]


def test_an_empty_zip_is_a_row(tmp_path: Path):
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    (tmp_path / "a.zip").write_bytes(buffer.getvalue())
    _, rejected = read(tmp_path)
    assert [(row.uri, row.reason, row.whole_file) for row in rejected] == [("a.zip", "empty", True)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"text,title\n"), ("a.json", b"[]"), ("a.jsonl", b"\n\n")],
)
def test_a_file_without_rows_is_a_row(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    _, rejected = read(tmp_path)
    assert [(row.uri, row.reason, row.whole_file) for row in rejected] == [(name, "no_rows", True)]


DAY = dt.date(2024, 5, 1)
MOMENT = dt.datetime(2024, 5, 1, 12, 30)
DATES: dict[str, pa.Array] = {
    "date32": pa.array([DAY], pa.date32()),
    "date64": pa.array([DAY], pa.date64()),
    **{f"timestamp {unit}": pa.array([MOMENT], pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")},
    "odd nanosecond": pa.array([1714566600000000001], pa.timestamp("ns")),
    "with a zone": pa.array([MOMENT], pa.timestamp("us", "UTC")),
    "morning in Tokyo": pa.array([dt.datetime(2024, 4, 30, 15, 30)], pa.timestamp("us", "Asia/Tokyo")),
    "unknown zone": pa.array([MOMENT], pa.timestamp("us", "Nowhere/Else")),
    "text": pa.array(["2024年5月1日"]),
}


@pytest.mark.parametrize("name", DATES)
def test_published_is_filled_from_every_date_of_parquet(tmp_path: Path, name: str):
    pq.write_table(pa.table({"text": ["本文です。"], "day": DATES[name]}), tmp_path / "a.parquet")
    documents, rejected = read(tmp_path, columns={"text": "text", "published": "day"})
    assert not rejected
    assert documents[0].published == "2024-05-01"


OTHERS: dict[str, pa.Array] = {
    "nan": pa.array([float("nan")]),
    "inf": pa.array([float("inf")], pa.float32()),
    "half": pa.array([1.5], pa.float32()).cast(pa.float16()),
    "decimal": pa.array([Decimal("1.25")]),
    "decimal256": pa.array([Decimal(10) ** 60], pa.decimal256(70, 2)),
    **{
        f"duration {unit}": pa.array([2**62 + 1], pa.int64()).cast(pa.duration(unit))
        for unit in ("s", "ms", "us", "ns")
    },
    "year 30000": pa.array([884_541_340_800], pa.timestamp("s")),
    "date far away": pa.array([2**30], pa.int32()).cast(pa.date32()),
    "time": pa.array([86_399_999_999_999], pa.int64()).cast(pa.time64("ns")),
    "binary": pa.array([b"\xff\0"]),
    "null": pa.array([None], pa.null()),
    "list": pa.array([[1, None]]),
    "struct": pa.array([{"a": float("nan")}]),
    "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
    "dictionary": pa.array(["x"]).dictionary_encode(),
    "uint64": pa.array([2**64 - 1], pa.uint64()),
    "bool": pa.array([True]),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("field", ["published", "title", "other"])
def test_every_type_of_parquet_may_stand_in_a_mapped_column(tmp_path: Path, name: str, field: str):
    pq.write_table(pa.table({"text": ["本文です。"], "value": OTHERS[name]}), tmp_path / "a.parquet")
    documents, rejected = read(tmp_path, columns={"text": "text", field: "value"})
    assert not rejected
    assert [document.text for document in documents] == ["本文です。"]


def test_a_dump_without_pages_is_a_row(tmp_path: Path):
    (tmp_path / "a.xml").write_text("<mediawiki><siteinfo/></mediawiki>")
    _, rejected = read(tmp_path, reader="wikipedia")
    assert [(row.reason, row.whole_file) for row in rejected] == [("no_pages", True)]


def test_a_namespace_of_5000_digits_or_minus_signs_leaves_the_next_page(tmp_path: Path):
    def page(title: str, namespace: str) -> str:
        text = "これは記事の本文です。" * 20
        return (
            f"<page><title>{title}</title><ns>{namespace}</ns><id>1</id><revision><text>{text}</text></revision></page>"
        )

    pages = page("一", "9" * 5000) + page("二", "--1") + page("三", "0")
    (tmp_path / "a.xml").write_text(f"<mediawiki>{pages}</mediawiki>", encoding="utf-8")
    documents, _ = read(tmp_path, reader="wikipedia")
    assert documents[-1].title == "三"


def test_an_instance_without_text_blocks_is_a_row(tmp_path: Path):
    (tmp_path / "a.xbrl").write_text('<xbrl xmlns="http://www.xbrl.org/2003/instance"></xbrl>')
    _, rejected = read(tmp_path)
    assert [(row.reason, row.whole_file) for row in rejected] == [("no_text_blocks", True)]


@pytest.mark.parametrize(
    ("status", "kind"),
    [("9" * 5000, "text/html"), ("200", "text/html; charset=a\0b"), ("200", "text/html; charset=idna")],
)
def test_a_hostile_record_of_warc_leaves_the_next(tmp_path: Path, status: str, kind: str):
    def record(name: str, status: str, kind: str) -> bytes:
        page = "<html><body><p>" + "これは本文の段落です。" * 20 + "</p></body></html>"
        block = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\n\r\n{page}".encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/{name}\r\nContent-Length: {len(block)}\r\n\r\n"
        return head.encode() + block + b"\r\n\r\n"

    (tmp_path / "a.warc").write_bytes(record("1", status, kind) + record("2", "200", "text/html; charset=utf-8"))
    documents, rejected = read(tmp_path)
    assert documents[-1].uri == "http://a/2"
    assert len(documents) + len(rejected) == 2


@pytest.mark.parametrize("name", ["punycode", "PUNYCODE", "idna", "unicode_escape", "utf-7"])
def test_a_codec_that_is_no_charset_is_not_used(tmp_path: Path, name: str):
    page = f"<html><head><meta charset={name}></head><body><p>{'a-' * 500_000}これは本文です。</p></body></html>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    began = time.perf_counter()
    read(tmp_path, reader="html")
    assert time.perf_counter() - began < 10


def test_an_archive_of_many_pages_is_read_whole_and_the_recipe_sets_the_limit(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as archive:
        for number in range(12_000):
            archive.writestr(f"{number}.txt", "本文")
    documents, rejected = read(tmp_path / "pages.zip")
    assert len(documents) == 12_000
    assert not rejected
    documents, rejected = read(tmp_path / "pages.zip", options={"max_members": 11_999})
    assert not documents
    assert [(row.reason, row.measured) for row in rejected] == [
        ("too_many_members", {"members": 12_000, "limit": 11_999})
    ]


IWORK_PARTS = {"Index.zip": b"PK\x05\x06" + bytes(18), "Data/memo.txt": "下書き。".encode(), "preview.jpg": b"\xff\xd8"}


@pytest.mark.parametrize("name", ["案内.pages", "表.NUMBERS", "講演.key"])
@pytest.mark.parametrize("where", ["", "**/*", "*", "{name}"])
def test_a_document_that_is_a_folder_is_one_row_which_says_how_to_convert_it(tmp_path: Path, name: str, where: str):
    for part, content in IWORK_PARTS.items():
        (tmp_path / name / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name / part).write_bytes(content)
    documents, (row,) = read(tmp_path / where.format(name=name))
    assert documents == []
    assert (row.uri, row.reason) == (name, "unknown_format")
    assert "save it as" in str(row.measured["fix"])


def test_other_folders_of_such_names_are_folders(tmp_path: Path):
    (tmp_path / "2026.key").mkdir()
    (tmp_path / "2026.key/a.txt").write_text("鍵の管理について定める。", "utf-8")
    (document,), rejected = read(tmp_path)
    assert (document.uri, rejected) == ("2026.key/a.txt", [])


def test_such_a_folder_in_an_archive_is_one_row_too(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part, content in IWORK_PARTS.items():
            archive.writestr(f"資料/案内.pages/{part}", content)
        archive.writestr("資料/案内.txt", "口座開設のご案内です。")
    (document,), (row,) = read(tmp_path / "a.zip")
    assert document.uri == "a.zip!/資料/案内.txt"
    assert (row.uri, row.reason) == ("a.zip!/資料/案内.pages", "unknown_format")
