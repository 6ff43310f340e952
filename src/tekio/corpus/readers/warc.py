"""Web archives (WARC 1.0 and 1.1, as Common Crawl writes them): every HTML answer's main text.

Records that give no document are named: `not_html`, `http_404`, `too_large`, `bad_http`, and the reasons of the HTML
reader. Requests and metadata records hold no page and are passed over. The format is read here because fastwarc 2.0
ends in a panic of its compiled part when its input ends in an error.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tekio.corpus.readers.faults import part_rows
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, option_int
from tekio.corpus.readers.web import html_rows
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.rows.lines import Readable
from tekio.text.unreadable import UnreadableError

MAX_RECORD_BYTES = 20_000_000
MAX_HEADER_BYTES = 65_536
_CHUNK = 1 << 18
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Record:
    """One record: its headers in lower case, and its block (None when it is over the limit)."""

    headers: dict[str, str]
    block: bytes | None
    length: int


class _Buffer:
    """Bytes of a stream, taken up to a mark or by count."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self._held = stream, bytearray()

    def _fill(self) -> bool:
        data = self._stream.read(_CHUNK)
        self._held += data
        return bool(data)

    def until(self, mark: bytes, limit: int) -> bytes | None:
        """The bytes before `mark`, which is taken too; None when it does not come within `limit` bytes."""
        while (place := self._held.find(mark)) < 0:
            if len(self._held) > limit or not self._fill():
                return None
        found = bytes(self._held[:place])
        del self._held[: place + len(mark)]
        return found

    def skip_line_ends(self) -> bool:
        """Pass over the blank lines between records; whether anything follows."""
        while True:
            stripped = self._held.lstrip(b"\r\n")
            if stripped:
                del self._held[: len(self._held) - len(stripped)]
                return True
            self._held.clear()
            if not self._fill():
                return False

    def take(self, count: int, *, keep: bool) -> bytes | None:
        """`count` bytes (or nothing, with `keep` false, after passing over them); None when the stream ends before."""
        pieces: list[bytes] = []
        while count > 0:
            if not self._held and not self._fill():
                return None
            part = bytes(self._held[:count])
            del self._held[:count]
            count -= len(part)
            if keep:
                pieces.append(part)
        return b"".join(pieces)


def iter_records(stream: Readable, limit: int = MAX_RECORD_BYTES) -> Iterator[Record]:
    """The records of a (decompressed) archive. Raises `UnreadableError` (`bad_warc`) where it cannot go on."""
    buffer = _Buffer(stream)
    count = 0
    while buffer.skip_line_ends():
        head = buffer.until(b"\r\n\r\n", MAX_HEADER_BYTES)
        if head is None or not head.startswith(b"WARC/"):
            raise UnreadableError("bad_warc", {"records": count, "error": "no record header"})
        headers = _headers(head)
        length = headers.get("content-length", "")
        if not length.isdecimal() or len(length) > 15:
            raise UnreadableError("bad_warc", {"records": count, "error": "no content length"})
        size = int(length)
        block = buffer.take(size, keep=size <= limit)
        if block is None:
            raise UnreadableError("bad_warc", {"records": count, "error": "the last record is cut"})
        yield Record(headers, block if size <= limit else None, size)
        count += 1
    if count == 0:
        raise UnreadableError("no_records", {"records": 0})


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def read_warc(source: SourceConfig, file: UnitFile) -> Rows:
    """The pages of an archive. Options: those of the HTML reader, and `max_record_bytes`."""
    limit = option_int(source, "max_record_bytes", MAX_RECORD_BYTES)
    with file.open() as stream:
        for record in iter_records(stream, limit):
            if record.headers.get("warc-type") == "response":
                yield from part_rows(file, _address(file, record), _page(source, file, record, limit))


def _address(file: UnitFile, record: Record) -> str:
    return record.headers.get("warc-target-uri", "").strip("<>") or f"{file.uri}#{record.headers.get('warc-record-id')}"


_STATUS = re.compile(rb"[0-9]{3}")


def _page(source: SourceConfig, file: UnitFile, record: Record, limit: int) -> Rows:
    address = _address(file, record)
    if record.block is None:
        yield Rejected(address, "too_large", {"bytes": record.length, "limit": limit, "file": file.uri})
        return
    head, mark, body = record.block.partition(b"\r\n\r\n")
    status_line = head.split(b"\r\n", 1)[0].split()
    if (
        not mark
        or len(status_line) < 2
        or not status_line[0].startswith(b"HTTP/")
        or not _STATUS.fullmatch(status_line[1])
    ):
        yield Rejected(address, "bad_http", {"file": file.uri})
        return
    status, headers = int(status_line[1]), _headers(head)
    kind, _, parameters = headers.get("content-type", "").partition(";")
    if status != 200:
        yield Rejected(address, f"http_{status}", {"file": file.uri})
        return
    if kind.strip().lower() not in _HTML:
        yield Rejected(address, "not_html", {"content_type": kind.strip().lower()[:100], "file": file.uri})
        return
    charset = parameters.lower().partition("charset=")[2].strip(" \"'").split(";")[0] or None
    plain = _decoded(body, headers, limit)
    for row in html_rows(source, file, plain, uri=address, declared=charset):
        if isinstance(row, Document):
            row.meta |= {"archive": file.uri, "crawled": record.headers.get("warc-date", "")[:10]}
        yield row


def _decoded(body: bytes, headers: dict[str, str], limit: int) -> bytes:
    """A body as the browser sees it: transfer chunks joined, gzip and deflate unpacked, within the limit."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _joined_chunks(body)
    encoding = headers.get("content-encoding", "").lower().strip()
    if encoding in ("gzip", "x-gzip", "deflate"):
        unpack = zlib.decompressobj(wbits=47 if "gzip" in encoding else -15 if body[:1] != b"\x78" else 15)
        try:
            plain = unpack.decompress(body, limit + 1)
        except zlib.error as error:
            if body.lstrip()[:1] == b"<":  # Common Crawl keeps the header of bodies it has unpacked
                return body
            raise UnreadableError("bad_http", {"error": str(error)[:200]}) from error
        if len(plain) > limit:
            raise UnreadableError("archive_bomb", {"bytes": f"over {limit}", "limit": limit})
        return plain
    if encoding not in ("", "identity") and body.lstrip()[:1] != b"<":
        raise UnreadableError("bad_http", {"content_encoding": encoding[:40]})
    return body


def _joined_chunks(body: bytes) -> bytes:
    pieces: list[bytes] = []
    position = 0
    while (end := body.find(b"\r\n", position)) >= 0:
        try:
            size = int(body[position:end].split(b";")[0], 16)
        except ValueError:
            return body  # the archive's writer has joined them already
        if size <= 0:
            break
        pieces.append(body[end + 2 : end + 2 + size])
        position = end + 2 + size + 2
    return b"".join(pieces)
