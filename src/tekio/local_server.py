"""A server for pages on this machine: 127.0.0.1 only, a secret in the URL, standard library.

Threats and guards: other programs and web pages of the same machine (a random token of 192 bits in the path, compared
in constant time; the Host header must be ours, against DNS rebinding; a POST needs our Origin and JSON, against cross-site
requests), hostile text in records (a Content-Security-Policy on every answer), large requests (a size limit).
"""

from __future__ import annotations

import hmac
import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ADDRESS = "127.0.0.1"
MAX_REQUEST = 2 << 20
HTML, PLAIN, JSON = "text/html; charset=utf-8", "text/plain; charset=utf-8", "application/json; charset=utf-8"


class LocalServer(ThreadingHTTPServer):
    """The server; `url` is what a person opens. policy: the Content-Security-Policy of its answers."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, handler: type[GuardedHandler], *, policy: str, port: int = 0, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self.policy = policy
        super().__init__((ADDRESS, port), handler)
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


def whole_number(written: str) -> int | None:
    """A number of few digits (Python refuses to read thousands of them); None for anything else."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else None


class GuardedHandler(BaseHTTPRequestHandler):
    """A handler that answers only requests that carry the token and come from our own pages."""

    server: LocalServer  # pyright: ignore[reportIncompatibleVariableOverride]  (the base names its base class)
    protocol_version = "HTTP/1.1"
    server_version = "tekio"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        place = self.place(origin_needed=False)
        if place is None:
            return
        try:
            query = dict(parse_qsl(urlsplit(self.path).query, max_num_fields=30))
        except ValueError:
            self.refuse(HTTPStatus.BAD_REQUEST)
            return
        self.get(place, query)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        place = self.place(origin_needed=True)
        body = self.body() if place is not None else None
        if place is not None and body is not None:
            self.post(place, body)

    def get(self, place: str, query: dict[str, str]) -> None:
        """Answer a question for the path behind the token."""
        raise NotImplementedError

    def post(self, place: str, body: bytes) -> None:  # noqa: ARG002  (for those who answer)
        """Answer what was sent as JSON."""
        self.refuse(HTTPStatus.METHOD_NOT_ALLOWED)

    def place(self, *, origin_needed: bool) -> str | None:
        """The path behind the token; None when the request was refused."""
        own = self.server.hosts
        origin = self.headers.get("Origin")
        allowed = {f"http://{host}" for host in own}
        if self.headers.get_all("Host") not in [[host] for host in own] or (
            (origin is not None or origin_needed) and origin not in allowed
        ):
            self.refuse(HTTPStatus.FORBIDDEN)
            return None
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            self.refuse(HTTPStatus.FORBIDDEN)
            return None
        token, slash, rest = urlsplit(self.path).path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.server.token.encode()) or not slash:
            self.refuse(HTTPStatus.NOT_FOUND)
            return None
        return rest

    def body(self) -> bytes | None:
        """The JSON text of a POST; None when the request was refused."""
        length = whole_number(self.headers.get("Content-Length", ""))
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind != "application/json" or length is None or length > MAX_REQUEST:
            self.refuse(HTTPStatus.BAD_REQUEST)
            return None
        return self.rfile.read(length)

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with the status alone, and close the connection."""
        self.close_connection = True
        self.send(status, status.phrase.encode(), PLAIN)

    def send(self, status: HTTPStatus, content: bytes, kind: str, *, policy: str | None = None, **more: str) -> None:
        """Answer. policy: another Content-Security-Policy than the server's. more: further headers, `_` for `-`."""
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": (self.server.policy if policy is None else policy) + "; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            **{name.replace("_", "-"): value for name, value in more.items()},
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
