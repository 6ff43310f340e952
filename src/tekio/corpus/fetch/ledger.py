"""The record of a download folder: what came from where, when, under which terms, with which hash.

`ledger.jsonl` has a line for every file and every refusal. A repeated command skips what is here with the same hash; a
replay answers every address from the record and never opens a connection.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tekio.http import Client, FetchError, Response
from tekio.store import sha256_file, write_atomic

LEDGER = "ledger.jsonl"


@dataclass
class Entry:
    """One line of the ledger. `file` is relative to the folder; empty, with `refused`, when nothing was kept."""

    url: str
    file: str
    sha256: str
    bytes: int
    status: int
    content_type: str
    retrieved: str
    terms: str = ""
    terms_sha256: str = ""
    refused: str = ""


@dataclass
class Outcome:
    """What a fetch did; reasons: of the refusals, with how many each."""

    downloaded: int = 0
    kept: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])


class Ledger:
    """A download folder. `replay`: answer from the record only."""

    def __init__(self, folder: Path, client: Client, *, replay: bool = False) -> None:
        self.folder, self.client, self.replay = folder, client, replay
        self.outcome = Outcome()
        self.terms: tuple[str, str] = ("", "")
        self.entries: dict[str, Entry] = {}
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / LEDGER
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = Entry(**json.loads(line))
                except (ValueError, TypeError):
                    continue  # the line a killed process was writing
                self.entries[entry.url] = entry

    def have(self, url: str) -> Entry | None:
        """The entry of `url` if its file is here, unchanged."""
        entry = self.entries.get(self.client.redact(url))
        if entry is None or not entry.file:
            return None
        path = self.folder / entry.file
        return entry if path.is_file() and sha256_file(path) == entry.sha256 else None

    def read(self, url: str, *, fresh: bool = False, max_bytes: int = 50_000_000) -> tuple[Entry | None, Response]:
        """The body of a small resource, from the folder if it is here (unless `fresh`), else from the network and kept.

        Answers other than 200 are returned and not kept.
        """
        entry = None if fresh and not self.replay else self.have(url)
        if entry is not None:
            self.outcome.kept += 1
            headers = {"content-type": entry.content_type}
            return entry, Response(entry.status, entry.url, headers, (self.folder / entry.file).read_bytes())
        self._need_network(url)
        response = self.client.get(url, max_bytes=max_bytes)
        return None, response

    def keep(self, url: str, file: str, response: Response, body: bytes) -> Entry:
        """Write `body` as `file` and record it."""
        write_atomic(self.folder / file, body)
        return self._record(url, file, response)

    def download(self, url: str, file: str, *, max_bytes: int | None = None) -> Entry:
        """A large file, resumed where it stopped. Raises `FetchError` for any answer but 200."""
        if entry := self.have(url):
            self.outcome.kept += 1
            return entry
        self._need_network(url)
        response = self.client.download(url, self.folder / file, max_bytes=max_bytes)
        if response.status not in (200, 206):
            raise FetchError(f"http_{response.status}", response.url, status=response.status)
        return self._record(url, file, response)

    def refuse(self, url: str, reason: str, status: int = 0, content_type: str = "") -> None:
        """Record that nothing usable came from `url`, and why."""
        self.outcome.refused += 1
        self.outcome.reasons[reason] += 1
        shown = self.client.redact(url)
        known = self.entries.get(shown)
        if known is not None and known.refused == reason:
            return
        self._append(Entry(shown, "", "", 0, status, content_type, _now(), *self.terms, refused=reason))

    def keep_terms(self, url: str) -> None:
        """Keep the terms page's bytes: its address and hash go with every later entry. An unreachable page is recorded."""
        if not url:
            return
        file = f"terms/{len([entry for entry in self.entries.values() if entry.file.startswith('terms/')]):03d}.html"
        try:
            entry, response = self.read(url)
        except FetchError as error:
            self.refuse(url, f"terms_{error.reason}")
            return
        if entry is None:
            if response.status != 200:
                self.refuse(url, f"terms_http_{response.status}", response.status)
                return
            entry = self.keep(url, file, response, response.body)
        self.terms = (entry.url, entry.sha256)

    def _need_network(self, url: str) -> None:
        if self.replay:
            raise FetchError("not_recorded", self.client.redact(url), "replay uses the record only")

    def _record(self, url: str, file: str, response: Response) -> Entry:
        path = self.folder / file
        entry = Entry(
            self.client.redact(url),
            file,
            sha256_file(path),
            path.stat().st_size,
            response.status,
            response.content_type,
            _now(),
            *self.terms,
        )
        self._append(entry)
        self.outcome.downloaded += 1
        return entry

    def _append(self, entry: Entry) -> None:
        self.entries[entry.url] = entry
        line: dict[str, Any] = asdict(entry)
        with (self.folder / LEDGER).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
