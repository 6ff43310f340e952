"""EDINET API version 2: lists of filings by day, then the filings as ZIP (type=1).

Specification: 金融庁 EDINET API 仕様書 Version 2. The key comes from the environment variable `EDINET_API_KEY` only. What
the service really does, and this handles: errors answered with HTTP 200 and JSON in two shapes; a PDF in place of the ZIP
of a filing that is not disclosed; 429 with Retry-After; malformed rows in old lists; a window of ten years that rolls, so
that the same command gives another corpus next month (`replay` does not).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.corpus.fetch.ledger import Entry, Ledger, Outcome
from tekio.errors import TekioError, Text
from tekio.http import Client, FetchError, Response
from tekio.progress import followed
from tekio.store import write_atomic

BASE_URL = "https://api.edinet-fsa.go.jp/api/v2"
TERMS_URL = "https://disclosure2dl.edinet-fsa.go.jp/guide/static/disclosure/WZEK0030.html"
KEY_VARIABLE = "EDINET_API_KEY"
ANNUAL_REPORTS = ("120", "130")
"""docTypeCode of annual securities reports and their amendments."""
MAX_FILING_BYTES = 120_000_000  # the filing limit is 100 MB

_DOCUMENT_ID = re.compile(r"^S[0-9A-Z]{7}$")
_JST = dt.timezone(dt.timedelta(hours=9))
_SO_FAR = ".so-far"


class KeyRefusedError(TekioError):
    """The service does not accept the key: no further request makes sense."""

    def __init__(self, why: str) -> None:
        super().__init__(
            Text("EDINET did not accept the key.", "EDINET API のキーが受け付けられません。"),
            why=why,
            fix=Text(
                f"Set {KEY_VARIABLE} to a valid key.", f"環境変数 {KEY_VARIABLE} に有効なキーを設定してください。"
            ),
        )


@dataclass(frozen=True)
class Selection:
    """Which filings: days (both included), docTypeCodes, EDINET codes (empty: all)."""

    first: dt.date
    last: dt.date
    types: tuple[str, ...] = ANNUAL_REPORTS
    filers: tuple[str, ...] = ()

    def days(self) -> Iterator[dt.date]:
        """Every day of the range."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + dt.timedelta(days=number)


def key_from_environment() -> str:
    """The key. Raises `TekioError` when it is not set."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise TekioError(
            Text("The EDINET API needs a key.", "EDINET API にはキーが必要です。"),
            why=Text(f"{KEY_VARIABLE} is not set.", f"環境変数 {KEY_VARIABLE} がありません。"),
            fix=Text(
                "Get one at the EDINET site and export it; it is never written anywhere.",
                "EDINET のサイトで取得し、環境変数に設定してください。どこにも保存しません。",
            ),
        )
    return key


def json_error(body: bytes) -> tuple[str, str] | None:
    """(status, message) when a body is one of the service's two error forms, else None."""
    if body.lstrip()[:1] != b"{":
        return None
    try:
        value: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    found = cast("dict[str, Any]", value)
    if "StatusCode" in found or "statusCode" in found:
        return str(found.get("StatusCode", found.get("statusCode"))), str(found.get("message", ""))[:200]
    metadata = found.get("metadata")
    if isinstance(metadata, dict):
        told = cast("dict[str, Any]", metadata)
        status = str(told.get("status", "200"))
        return None if status == "200" else (status, str(told.get("message", ""))[:200])
    return None


def fetch_filings(
    selection: Selection,
    folder: Path,
    client: Client,
    *,
    key: str,
    base_url: str = BASE_URL,
    terms_url: str = TERMS_URL,
    replay: bool = False,
    today: dt.date | None = None,
) -> Outcome:
    """Download the chosen filings into `folder`: `lists/`, `filings/`, `filings.jsonl`, `ledger.jsonl`.

    Raises `KeyRefusedError` when the key is not accepted and `FetchError` when the service does not answer at all.
    Everything else that goes wrong is a refusal in the ledger.
    """
    client.secrets = (*client.secrets, key)
    ledger = Ledger(folder, client, replay=replay)
    ledger.keep_terms(terms_url)
    today = today or dt.datetime.now(_JST).date()
    rows: dict[str, dict[str, Any]] = {}
    for day in selection.days():
        for row in _list(ledger, day, base_url, key, today):
            document = str(row.get("docID") or "")
            if not _DOCUMENT_ID.match(document):  # would become a file name
                ledger.refuse(f"{base_url}/documents.json?date={day}#{document[:20]!r}", "malformed_row")
            elif _chosen(row, selection):
                rows[document] = row
    for document in followed(Text("fetch", "取得"), sorted(rows), len(rows)):
        _filing(ledger, document, base_url, key)
    _write_index(folder, [rows[document] for document in sorted(rows)])
    return ledger.outcome


def _chosen(row: dict[str, Any], selection: Selection) -> bool:
    if str(row.get("docTypeCode")) not in selection.types or str(row.get("xbrlFlag")) != "1":
        return False
    if str(row.get("withdrawalStatus", "0")) != "0" or str(row.get("disclosureStatus", "0")) not in ("0", "3"):
        return False
    return not selection.filers or str(row.get("edinetCode")) in selection.filers


def _list(ledger: Ledger, day: dt.date, base_url: str, key: str, today: dt.date) -> list[dict[str, Any]]:
    """The rows of a day's list. A day outside of the service's window is a refusal.

    A list grows until the day is over in Japan: what was asked for before is asked for again.
    """
    url = f"{base_url}/documents.json?date={day}&type=2&Subscription-Key={urllib.parse.quote(key)}"
    file = f"lists/{day}{_SO_FAR if day >= today else ''}.json"
    known = ledger.have(url)
    entry, response = ledger.read(url, fresh=known is not None and not _is_whole(known, day))
    if problem := _problem(response):
        _stop_if_key(problem)
        ledger.refuse(url, f"list_{problem[0]}", response.status, response.content_type)
        return []
    try:
        value: Any = json.loads(response.body)
        found: Any = value["results"]
        rows = [cast("dict[str, Any]", row) for row in cast("list[Any]", found) if isinstance(row, dict)]
    except (ValueError, KeyError, TypeError):
        ledger.refuse(url, "list_malformed", response.status, response.content_type)
        return []
    if entry is None:
        ledger.keep(url, file, response, response.body)
    return rows


def _is_whole(entry: Entry, day: dt.date) -> bool:
    """Whether a list that is here was asked for when its day was over in Japan."""
    ended = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), _JST)
    return not entry.file.endswith(f"{_SO_FAR}.json") and dt.datetime.fromisoformat(entry.retrieved) >= ended


def _problem(response: Response) -> tuple[str, str] | None:
    """(status, message) of an answer that is an error, whatever its HTTP status."""
    if found := json_error(response.body):
        return found
    return (str(response.status), "") if response.status != 200 else None


def _stop_if_key(problem: tuple[str, str]) -> None:
    if problem[0] in ("401", "403"):
        raise KeyRefusedError(f"{problem[0]} {problem[1]}".strip())


def _filing(ledger: Ledger, document: str, base_url: str, key: str) -> None:
    url = f"{base_url}/documents/{document}?type=1&Subscription-Key={urllib.parse.quote(key)}"
    file = f"filings/{document}.zip"
    try:
        entry, response = ledger.read(url, max_bytes=MAX_FILING_BYTES)
    except FetchError as error:
        if error.reason in ("no_answer",):
            raise
        ledger.refuse(url, error.reason, error.status or 0)
        return
    if entry is not None:
        return
    if problem := _problem(response):
        _stop_if_key(problem)
        ledger.refuse(url, f"filing_{problem[0]}", response.status, response.content_type)
    elif response.body.startswith(b"PK\x03\x04"):  # the content decides: some ZIPs come with another content type
        ledger.keep(url, file, response, response.body)
    elif response.body.startswith(b"%PDF"):
        ledger.refuse(url, "pdf_for_zip", response.status, response.content_type)
    else:
        ledger.refuse(url, "not_a_zip", response.status, response.content_type)


_INDEX_FIELDS: Sequence[str] = (
    "docID",
    "edinetCode",
    "secCode",
    "filerName",
    "docTypeCode",
    "docDescription",
    "periodStart",
    "periodEnd",
    "submitDateTime",
    "parentDocID",
)


def _write_index(folder: Path, rows: list[dict[str, Any]]) -> None:
    """`filings.jsonl`: the chosen rows of the lists, for people and for later runs."""
    lines = [json.dumps({name: row.get(name) for name in _INDEX_FIELDS}, ensure_ascii=False) for row in rows]
    write_atomic(folder / "filings.jsonl", "".join(f"{line}\n" for line in lines))
