"""Whole files: the Japanese Wikipedia's dump, and laws from e-Gov."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from tekio.corpus.fetch.ledger import Ledger, Outcome
from tekio.errors import Text
from tekio.http import Client, FetchError
from tekio.progress import followed

WIKIPEDIA_URL = "https://dumps.wikimedia.org"
WIKIPEDIA_TERMS = "https://dumps.wikimedia.org/legal.html"
LAW_URL = "https://laws.e-gov.go.jp/api/2"
LAW_TERMS = "https://laws.e-gov.go.jp/terms/"
MAX_DUMP_BYTES = 60_000_000_000

_LAW = re.compile(r"^[0-9A-Z_]{8,60}$")


def fetch_wikipedia(
    date: str,
    folder: Path,
    client: Client,
    *,
    base_url: str = WIKIPEDIA_URL,
    terms_url: str = WIKIPEDIA_TERMS,
    replay: bool = False,
) -> Outcome:
    """`jawiki-DATE-pages-articles.xml.bz2`, resumed where it stopped, checked against the published SHA-1.

    date: `YYYYMMDD` of a dump. `latest` is refused: it would be another file next month. Raises `FetchError`.
    """
    if not re.fullmatch(r"20[0-9]{6}", date):
        raise FetchError("date_needed", date, "name a dump by its day (YYYYMMDD), so that the corpus can be repeated")
    ledger = Ledger(folder, client, replay=replay)
    ledger.keep_terms(terms_url)
    name = f"jawiki-{date}-pages-articles.xml.bz2"
    place = f"{base_url}/jawiki/{date}"
    sums_url = f"{place}/jawiki-{date}-sha1sums.txt"
    entry, sums = ledger.read(sums_url)
    if sums.status != 200:
        raise FetchError(f"http_{sums.status}", sums.url, "no checksums: is there a dump of this day?", sums.status)
    if entry is None:
        ledger.keep(sums_url, "sha1sums.txt", sums, sums.body)
    wanted = next((line.split()[0] for line in sums.body.decode().splitlines() if line.endswith(f" {name}")), None)
    url = f"{place}/{name}"
    ledger.download(url, name, max_bytes=MAX_DUMP_BYTES)
    if wanted is not None and _sha1(folder / name) != wanted:
        (folder / name).unlink()
        ledger.refuse(url, "wrong_checksum")
        raise FetchError("wrong_checksum", url, "the file was removed; repeat the command")
    return ledger.outcome


def _sha1(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()


def fetch_laws(
    laws: Sequence[str],
    folder: Path,
    client: Client,
    *,
    as_of: str | None = None,
    base_url: str = LAW_URL,
    terms_url: str = LAW_TERMS,
    replay: bool = False,
) -> Outcome:
    """The standard XML of laws by law id (`323AC0000000025`) or revision id, as in force on `as_of` (YYYY-MM-DD)."""
    ledger = Ledger(folder, client, replay=replay)
    ledger.keep_terms(terms_url)
    for law in followed(Text("fetch", "取得"), laws, len(laws)):
        query = f"?asof={as_of}" if as_of else ""
        url = f"{base_url}/law_file/xml/{law}{query}"
        if not _LAW.match(law):
            ledger.refuse(url, "not_a_law_id")
            continue
        name = f"laws/{law}{f'_{as_of}' if as_of else ''}.xml"
        try:
            entry, response = ledger.read(url)
        except FetchError as error:
            ledger.refuse(url, error.reason, error.status or 0)
            continue
        if entry is not None:
            continue
        if response.status != 200:
            ledger.refuse(url, f"http_{response.status}", response.status)
        elif b"<Law" not in response.body[:2000]:
            ledger.refuse(url, "not_a_law", response.status, response.content_type)
        else:
            ledger.keep(url, name, response, response.body)
    return ledger.outcome
