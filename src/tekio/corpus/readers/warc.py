"""Web archives (WARC 1.0 and 1.1, as Common Crawl writes them): every HTML answer's main text.

Needs `fastwarc`. Records that give no document are named: `not_html`, `http_404`, `too_large`, and the reasons of the
HTML reader. Requests and metadata records hold no page and are passed over.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportMissingTypeStubs=false, reportMissingModuleSource=false
# (fastwarc is a compiled library without types)

from __future__ import annotations

from typing import Any, cast

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, option_int
from tekio.corpus.readers.web import html_rows
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.text.unreadable import UnreadableError

MAX_RECORD_BYTES = 20_000_000
_HTML = ("text/html", "application/xhtml+xml")


def read_warc(source: SourceConfig, file: UnitFile) -> Rows:
    """The pages of an archive. Options: those of the HTML reader, and `max_record_bytes`."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    limit = option_int(source, "max_record_bytes", MAX_RECORD_BYTES)
    count = 0
    with file.open() as stream:
        try:
            for record in ArchiveIterator(cast("Any", stream), record_types=WarcRecordType.response, parse_http=True):
                count += 1
                yield from _record(source, file, record, limit)
        except (OSError, ValueError, RuntimeError) as error:  # fastwarc's own errors are subclasses of these
            raise UnreadableError("bad_warc", {"error": str(error)[:200], "records": count}) from error
    if count == 0:
        raise UnreadableError("no_records", {"records": 0})


def _record(source: SourceConfig, file: UnitFile, record: Any, limit: int) -> Rows:
    address = str(record.headers.get("WARC-Target-URI") or record.record_id)
    headers = record.http_headers
    status = int(headers.status_code or 0) if headers is not None else 0
    kind = str(record.http_content_type or "").lower()
    if status != 200:
        yield Rejected(address, f"http_{status}", {"file": file.uri})
        return
    if kind not in _HTML:
        yield Rejected(address, "not_html", {"content_type": kind, "file": file.uri})
        return
    body = record.reader.read(limit + 1)
    if len(body) > limit:
        yield Rejected(address, "too_large", {"bytes": f"over {limit}", "limit": limit})
        return
    declared = record.http_charset
    day = str(record.headers.get("WARC-Date") or "")[:10] or None
    try:
        for row in html_rows(source, file, body, uri=address, declared=str(declared) if declared else None):
            if isinstance(row, Document):
                row.meta |= {"archive": file.uri, "crawled": day}
            yield row
    except UnreadableError as error:
        yield Rejected(address, error.reason, error.measured)
