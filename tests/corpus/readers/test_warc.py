"""Web archives: every answer is a document or named."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers.corpus_reading import read
from tekio.corpus.readers.warc import iter_records
from tekio.text.unreadable import UnreadableError

SENTENCE = "金融政策の運営について説明します。物価の安定を通じて国民経済の健全な発展に資することを目的としています。"


def record(address: str, body: bytes, kind: str = "text/html; charset=Shift_JIS", status: str = "200 OK") -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:6d058047-ede2-4a13-be79-90c17c631dd4>\r\n"
        f"WARC-Date: 2025-11-01T00:00:00Z\r\nWARC-Target-URI: {address}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


PAGE = f"<html><head><title>題</title></head><body><main><p>{SENTENCE * 3}</p></main></body></html>".encode("cp932")


@pytest.mark.parametrize("packed", [False, True])
def test_pages_become_documents_and_the_rest_is_named(tmp_path: Path, packed: bool):
    records = [
        record("https://a.go.jp/1", PAGE),
        record("https://a.go.jp/2", b"x", status="404 Not Found"),
        record("https://a.go.jp/3", b"%PDF-", kind="application/pdf"),
        record("https://a.go.jp/4", b"<div>" * 5000),
        record("https://a.go.jp/5", PAGE),
    ]
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(gzip.compress(item) if packed else item for item in records))
    documents, rejected = read(path)
    assert [(document.uri, document.title) for document in documents] == [
        ("https://a.go.jp/1", "題"),
        ("https://a.go.jp/5", "題"),
    ]
    assert documents[0].text == SENTENCE * 3
    assert documents[0].meta["crawled"] == "2025-11-01"
    assert [(row.uri[-1], row.reason) for row in rejected] == [("2", "http_404"), ("3", "not_html"), ("4", "too_deep")]


def test_bodies_with_transfer_and_content_encodings_are_read(tmp_path: Path):
    packed = gzip.compress(PAGE)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:50], packed[50:])) + b"0\r\n\r\n"
    kind = "text/html; charset=cp932\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip"
    bomb = gzip.compress(b" " * 30_000_000)
    path = tmp_path / "a.warc"
    path.write_bytes(
        record("https://a/1", chunks, kind)
        + record("https://a/2", PAGE, "text/html\r\nContent-Encoding: gzip")
        + record("https://a/3", bomb, "text/html\r\nContent-Encoding: gzip")
        + record("https://a/4", b"\xff\xfe\xfd", "text/html\r\nContent-Encoding: br")
    )
    documents, rejected = read(path)
    assert [document.uri for document in documents] == ["https://a/1", "https://a/2"]
    assert [row.reason for row in rejected] == ["archive_bomb", "bad_http"]


def test_large_and_cut_records_are_named(tmp_path: Path):
    path = tmp_path / "a.warc"
    path.write_bytes(record("https://a/1", PAGE * 30) + record("https://a/2", PAGE) + record("https://a/3", PAGE)[:-40])
    documents, rejected = read(path, options={"max_record_bytes": 5000})
    assert [document.uri for document in documents] == ["https://a/2"]
    assert [row.reason for row in rejected] == ["too_large", "bad_warc"]


@given(st.binary(max_size=300))
def test_any_bytes_end_in_records_or_a_named_refusal(raw: bytes):
    for content in (raw, b"WARC/1.0\r\nContent-Length: 5\r\n\r\n" + raw):
        reasons: list[str] = []
        try:
            assert all(found.length >= 0 for found in iter_records(BytesIO(content)))
        except UnreadableError as error:
            reasons.append(error.reason)
        assert set(reasons) <= {"bad_warc", "no_records"}


def test_what_is_no_archive_is_named(tmp_path: Path):
    path = tmp_path / "a.warc"
    path.write_bytes(b"WARC/1.0\r\nbroken")
    assert [row.reason for row in read(path)[1]] in (["bad_warc"], ["no_records"])
