"""A list of web addresses, one page each, as far as each site's robots.txt allows."""

from __future__ import annotations

import hashlib
import re
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

from protego import Protego

from tekio.corpus.fetch.ledger import Ledger, Outcome
from tekio.errors import Text, UsageError
from tekio.http import Client, FetchError, check_address
from tekio.progress import followed

MAX_PAGE_BYTES = 50_000_000
_AGENT = "Tekio"
_SUFFIXES = {"text/html": "html", "application/xhtml+xml": "html", "application/pdf": "pdf", "text/plain": "txt"}


def read_list(path: Path) -> list[str]:
    """The addresses of a file: one per line; empty lines and lines that begin with # do not count; each once.

    Raises `UsageError` when the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            Text("The list of addresses cannot be read.", "URL の一覧を読めません。"),
            where=path,
            why=error.strerror if isinstance(error, OSError) else str(error),
        ) from error
    lines = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def file_name(url: str, content_type: str) -> str:
    """A stable, harmless name for the page of `url`: host, a readable piece of the path, a hash of the address."""
    parts = urllib.parse.urlsplit(url)
    host = re.sub(r"[^a-z0-9.-]", "_", (parts.hostname or "").lower()).strip(".")[:80]
    piece = re.sub(r"[^A-Za-z0-9-]+", "_", parts.path).strip("_")[-60:] or "index"
    digest = hashlib.sha256(url.encode()).hexdigest()[:10]
    return f"pages/{host}/{piece}-{digest}.{_SUFFIXES.get(content_type, 'bin')}"


class Robots:
    """What each site's robots.txt permits (RFC 9309, read by Protego): no file, all; an unreachable one, nothing."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._known: dict[str, Protego | None] = {}

    def forbids(self, url: str) -> str | None:
        """Why `url` may not be fetched (`robots`, `robots_unreachable`), or None. The site's crawl delay becomes the
        client's interval if it is longer.
        """
        parts = urllib.parse.urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._known:
            self._known[site] = self._load(site)
        rules = self._known[site]
        if rules is None:
            return "robots_unreachable"
        delay = rules.crawl_delay(_AGENT)
        if delay is not None:
            self.client.interval = max(self.client.interval, min(float(delay), 60.0))
        return None if rules.can_fetch(url, _AGENT) else "robots"

    def forbids_redirect(self, url: str) -> str | None:
        """The same for where a redirect leads; robots.txt itself may move."""
        return None if urllib.parse.urlsplit(url).path == "/robots.txt" else self.forbids(url)

    def _load(self, site: str) -> Protego | None:
        try:
            response = self.client.get(f"{site}/robots.txt", max_bytes=500_000)
        except FetchError:
            return None
        return Protego.parse(_robots_text(response.body) if response.status == 200 else "")


def _robots_text(body: bytes) -> str:
    """A robots.txt as text: UTF-8 as the standard has it, or what its byte order mark says."""
    marked = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    return body.decode("utf-16" if marked else "utf-8-sig", "replace")


def fetch_pages(
    urls: Sequence[str], folder: Path, client: Client, *, terms_url: str = "", replay: bool = False
) -> Outcome:
    """Download every address of the list once. What a site forbids or cannot give is a refusal in the ledger."""
    ledger = Ledger(folder, client, replay=replay)
    ledger.keep_terms(terms_url)
    robots = Robots(client)
    client.may_follow = robots.forbids_redirect
    for url in followed(Text("fetch", "取得"), urls, len(urls)):
        try:
            if ledger.have(url) is None and not replay:
                check_address(url, allow_private=client.allow_private)
                if (forbidden := robots.forbids(url)) is not None:
                    ledger.refuse(url, forbidden)
                    continue
            entry, response = ledger.read(url, max_bytes=MAX_PAGE_BYTES)
        except FetchError as error:
            ledger.refuse(url, error.reason, error.status or 0)
            continue
        if entry is not None:
            continue
        if response.status != 200 or not response.body:
            ledger.refuse(url, f"http_{response.status}" if response.body else "empty", response.status)
        else:
            ledger.keep(url, file_name(url, response.content_type), response, response.body)
    return ledger.outcome
