"""The local review server: 127.0.0.1 only, a secret in the URL, standard library.

Threats and guards: other programs and web pages of the same machine (a random token of 192 bits in the path, compared
in constant time; the Host header must be ours, against DNS rebinding; a POST needs our Origin and JSON, against cross-site
requests), hostile text in records (Content-Security-Policy, JSON only, text nodes only), large requests (a size limit).
A decision is answered only after the store has it on disk.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from tekio.errors import InputError, Language, TekioError
from tekio.instruct.review.actions import read_action, reviewer_name
from tekio.instruct.review.agreement import Agreement, agreements
from tekio.instruct.review.items import ReviewItem
from tekio.instruct.review.page import render_page, set_hash
from tekio.instruct.review.store import ReviewStore, stamped
from tekio.rows.strict_json import strict_json

ADDRESS = "127.0.0.1"
MAX_REQUEST = 2 << 20
LABEL = 60
SEARCH_LIMIT = 5000


class ReviewApi:
    """What the page can ask for; knows nothing of HTTP."""

    def __init__(self, items: Sequence[ReviewItem], store: ReviewStore) -> None:
        self.items = items
        self.set = set_hash(items)
        self.store = store
        self.index = [[item.key, item.record.instruction[:LABEL]] for item in items]
        self.known = {item.key for item in items}
        self._texts: list[str] | None = None

    def start(self, query: dict[str, str]) -> dict[str, Any]:
        """The list of items and the reviewer's decisions so far."""
        reviewer = reviewer_name(query.get("reviewer"))
        decisions = {action.item: action.as_dict() for action in self.store.decisions(reviewer)}
        return {
            "set": self.set,
            "index": self.index,
            "decisions": {item: decision for item, decision in decisions.items() if item in self.known},
        }

    def item(self, query: dict[str, str]) -> dict[str, Any]:
        """One item with its passage."""
        position = query.get("position", "")
        place = _whole_number(position)
        if place is None or place >= len(self.items):
            raise InputError("no such item", where=position[:20])
        # The set's name goes along: a page of an earlier set must not take this record for the one it asked for.
        return {"set": self.set, **self.items[place].as_dict()}

    def search(self, query: dict[str, str]) -> dict[str, Any]:
        """Positions of items whose texts contain the words as they stand (without regard to case)."""
        if self._texts is None:
            self._texts = [_searched(item) for item in self.items]
        wanted = query.get("q", "").casefold()
        found = [position for position, text in enumerate(self._texts) if wanted in text]
        return {"positions": found[:SEARCH_LIMIT]}

    def people(self, _: dict[str, str]) -> dict[str, Any]:
        """Progress and agreement of everybody."""
        decisions = [action for action in self.store.decisions() if action.item in self.known]
        done = Counter(action.reviewer for action in decisions)
        return {
            "progress": [{"reviewer": name, "done": number} for name, number in sorted(done.items())],
            "agreement": [_plain(found) for found in agreements(decisions)],
            "use": [_plain(found) for found in agreements(decisions, use_only=True)],
        }

    def act(self, body: Any) -> dict[str, Any]:
        """Store a decision. Returns when it is on disk."""
        action = read_action(body)
        if action.item not in self.known:
            raise InputError("no such item", where=action.item[:100])
        self.store.add(stamped(action, datetime.now(UTC).isoformat(timespec="seconds")))
        return {"stored": action.key, "set": self.set}

    def undo(self, body: Any) -> dict[str, Any]:
        """Take back the reviewer's last decision. Returns which item it was and what counts for it now."""
        row = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
        reviewer, key = reviewer_name(row.get("reviewer")), row.get("key")
        if not isinstance(key, str) or not 0 < len(key) <= 100:
            raise InputError("an undo needs a key")
        last = self.store.undo(reviewer, key)
        if last is None:
            return {"undone": None}
        now = [action for action in self.store.decisions(reviewer) if action.item == last.item]
        return {"undone": last.item, "decision": now[0].as_dict() if now else None}


def _searched(item: ReviewItem) -> str:
    texts = [
        item.key,
        *(message["content"] for message in item.record.messages),
        item.record.meta.input or "",
        item.passage,
    ]
    return "\n".join(texts).casefold()


def _plain(found: Agreement) -> dict[str, Any]:
    return {"reviewers": list(found.reviewers), "n": found.n, "equal": found.equal, "kappa": found.kappa}


class ReviewServer(ThreadingHTTPServer):
    """The server; `url` is what the reviewer opens."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        items: Sequence[ReviewItem],
        store: ReviewStore,
        language: Language,
        *,
        port: int = 0,
        reviewer: str = "",
        token: str | None = None,
    ) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self.api = ReviewApi(items, store)
        self.page, self.policy = render_page(store.dataset, language, reviewer=reviewer, set_id=self.api.set)
        super().__init__((ADDRESS, port), _Handler)
        self.hosts = {f"{name}:{self.server_address[1]}" for name in (ADDRESS, "localhost")}

    def server_bind(self) -> None:
        """Bind without asking the name service for our name (the base class does; it may hang without a network)."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, int(self.server_address[1])

    @property
    def url(self) -> str:
        """The address with the token."""
        return f"http://{ADDRESS}:{self.server_address[1]}/{self.token}/"

    def in_background(self) -> threading.Thread:
        """Serve in a thread (tests, notebooks); `shutdown()` ends it."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        return thread

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error worth a traceback."""


def _whole_number(written: str) -> int | None:
    """A number of few digits (Python refuses to read thousands of them); None for anything else."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else None


class _Handler(BaseHTTPRequestHandler):
    server: ReviewServer  # pyright: ignore[reportIncompatibleVariableOverride]  (the base names its base class)
    protocol_version = "HTTP/1.1"
    server_version = "tekio"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        place = self._place(origin_needed=False)
        if place is None:
            return
        if place == "":
            self._send(HTTPStatus.OK, self.server.page.encode(), "text/html; charset=utf-8")
            return
        api = self.server.api
        readers = {"api/start": api.start, "api/item": api.item, "api/search": api.search, "api/people": api.people}
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self._answer(readers.get(place), query)

    def do_POST(self) -> None:
        place = self._place(origin_needed=True)
        if place is None:
            return
        writers = {"api/act": self.server.api.act, "api/undo": self.server.api.undo}
        body = self._body()
        if body is not None:
            self._answer(writers.get(place), body)

    def _place(self, *, origin_needed: bool) -> str | None:
        """The path behind the token; None when the request was refused."""
        own = self.server.hosts
        origin = self.headers.get("Origin")
        allowed = {f"http://{host}" for host in own}
        if self.headers.get_all("Host") not in [[host] for host in own] or (
            (origin is not None or origin_needed) and origin not in allowed
        ):
            self._refuse(HTTPStatus.FORBIDDEN)
            return None
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            self._refuse(HTTPStatus.FORBIDDEN)
            return None
        token, slash, rest = urlsplit(self.path).path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.server.token.encode()) or not slash:
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return rest

    def _body(self) -> Any:
        length = _whole_number(self.headers.get("Content-Length", ""))
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind != "application/json" or length is None or length > MAX_REQUEST:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        try:
            return strict_json(self.rfile.read(length).decode("utf-8"))
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None

    def _answer(self, work: Callable[[Any], dict[str, Any]] | None, value: Any) -> None:
        if work is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        try:
            content = json.dumps(work(value), ensure_ascii=False, allow_nan=False).encode()
        except InputError as error:
            self._send(HTTPStatus.BAD_REQUEST, str(error).encode(), "text/plain; charset=utf-8")
        except TekioError as error:  # the store: the page keeps the decision and sends it again
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, str(error).encode(), "text/plain; charset=utf-8")
        else:
            self._send(HTTPStatus.OK, content, "application/json; charset=utf-8")

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(status, status.phrase.encode(), "text/plain; charset=utf-8")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": self.server.policy + "; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """No access log: it would hold the token."""
