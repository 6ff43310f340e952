"""The one HTTP client: downloads of the verb `fetch`, and questions to a user's own model servers.

It waits between requests, obeys Retry-After, tries again after failures that pass, checks that a body is complete,
follows redirects only where they may lead, bounds sizes, and never shows a secret. On the standard library: the core
needs no other. Which addresses may be reached at all is for `tekio.offline` to say.
"""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import os
import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

from tekio._version import __version__
from tekio.errors import TekioError, Text, UsageError

T = TypeVar("T")
CHUNK = 1 << 16
PASSING = frozenset((408, 409, 425, 429))  # and every 5xx: worth another try
SHOWN = 300  # characters of a server's error page in a message
REDIRECTS = frozenset((301, 302, 303, 307, 308))
MAX_REDIRECTS = 5
_SECRET_NAME = re.compile(r"(?i)([?&](?:subscription-key|api[-_]?key|key|token|password|appid)=)[^&#\s]*")


class FetchError(TekioError):
    """A request without a usable answer. `reason` is a short name, `status` the HTTP status if there was one."""

    def __init__(self, reason: str, where: str, why: str = "", status: int | None = None) -> None:
        super().__init__(
            Text(f"Download failed: {reason}.", f"取得に失敗しました: {reason}"),
            where=where,
            why=why or None,
            fix=Text(
                "Run the same command again to resume; what is here is kept.",
                "同じコマンドを再実行してください。取得済みは残ります。",
            ),
        )
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class Response:
    """A finished request. `body` is empty when it was written to a file; `url` is the last address, without secrets."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:
        """Leave redirects to the client, which checks where they lead."""


def user_agent(contact: str | None = None) -> str:
    """How requests name themselves; `contact`: an address at which a site's operator reaches the user.

    Raises `UsageError` for an address that cannot stand in a header.
    """
    if contact is not None and not re.fullmatch(r"[!-'*-~][ !-'*-~]{0,199}", contact):
        raise UsageError(
            Text("This contact cannot be sent in a header.", "この連絡先はヘッダに書けません。"),
            where=contact,
            fix=Text(
                "An e-mail or web address in plain ASCII.", "メールか Web のアドレスを ASCII で指定してください。"
            ),
        )
    return f"Tekio/{__version__} (corpus builder; respects robots.txt{f'; {contact}' if contact else ''})"


@dataclass
class Client:
    """Requests to one source.

    interval: seconds between two requests. tries: attempts per request. first_wait, growth: seconds before the second
    attempt, and the factor of each later wait. secrets: values never shown. allow_private: permit addresses of private
    networks (an intranet, a test server). may_follow: why a redirect to an address is not followed, or None. redirects:
    False leaves every redirect as the answer it is. proxies: whether the environment's proxies are used.
    """

    interval: float = 1.0
    tries: int = 5
    first_wait: float = 1.0
    growth: float = 2.0
    timeout: float = 60.0
    max_bytes: int = 200_000_000
    max_wait: float = 600.0
    secrets: tuple[str, ...] = ()
    allow_private: bool = False
    user_agent: str = field(default_factory=lambda: user_agent())
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    may_follow: Callable[[str], str | None] | None = None
    redirects: bool = True
    proxies: bool = True
    _last: float = field(default=-1e9)
    _opener: urllib.request.OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the connection: no redirect is followed unseen."""
        handlers = [] if self.proxies else [urllib.request.ProxyHandler({})]
        self._opener = urllib.request.build_opener(_NoRedirect, *handlers)

    def redact(self, text: str) -> str:
        """`text` without secrets."""
        for secret in self.secrets:
            if secret:
                text = text.replace(secret, "***").replace(urllib.parse.quote(secret, safe=""), "***")
        return _SECRET_NAME.sub(r"\1***", text)

    def get(self, url: str, *, max_bytes: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to a GET, its body in memory. 4xx other than 408, 425 and 429 are answers, not failures.

        Raises `FetchError`.
        """
        limit = self.max_bytes if max_bytes is None else max_bytes
        return self._with_retries(url, lambda: self._once(url, dict(headers or {}), limit, None))

    def post(self, url: str, body: bytes, headers: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        """What `read` makes of the answer to a POST. An answer that it refuses (`ValueError`) is asked for again.

        Raises `FetchError`, at once where asking again would not help (a redirect, a refusal).
        """
        made: list[T] = []

        def attempt() -> Response:
            response = self._once(url, dict(headers), self.max_bytes, None, body)
            if response.status == 200:
                made.append(read(response.body))
            return response

        response = self._with_retries(url, attempt)
        if response.status != 200:
            raise FetchError(f"http_{response.status}", response.url, _shown(response), response.status)
        return made[-1]

    def download(self, url: str, path: Path, *, max_bytes: int | None = None) -> Response:
        """Write the body to `path`, continuing `path`.part where an earlier attempt stopped. Raises `FetchError`."""
        limit = self.max_bytes if max_bytes is None else max_bytes
        part = path.with_name(f"{path.name}.part")
        path.parent.mkdir(parents=True, exist_ok=True)

        def attempt() -> Response:
            have = part.stat().st_size if part.exists() else 0
            headers = {"Range": f"bytes={have}-"} if have else {}
            response = self._once(url, headers, limit, part)
            if response.status == 416:  # what is here is not the beginning of what is there now
                part.unlink(missing_ok=True)
                response = self._once(url, {}, limit, part)
            return response

        response = self._with_retries(url, attempt)
        if response.status in (200, 206):
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
        else:
            part.unlink(missing_ok=True)
        return response

    def _with_retries(self, url: str, attempt: Callable[[], Response]) -> Response:
        shown = self.redact(url)
        why, status = "", None
        for number in range(self.tries):
            pause = max(self._last + self.interval - self.clock(), 0)
            if pause:
                self.sleep(pause)
            self._last = self.clock()
            wait = self.first_wait * self.growth**number
            try:
                response = attempt()
            except (
                OSError,
                http.client.HTTPException,
                ValueError,
            ) as error:  # also URLError, timeouts, cut connections
                why, status = self.redact(f"{type(error).__name__}: {error}")[:SHOWN], None
            else:
                if response.status not in PASSING and response.status < 500:
                    return response
                why, status = self.redact(_shown(response)), response.status
                asked = retry_after(response.headers.get("retry-after"))
                if asked is not None:
                    wait = asked
            if wait > self.max_wait:
                raise FetchError("asked_to_wait_too_long", shown, f"{why}, {wait:.0f} s", status)
            if number + 1 < self.tries:
                self.sleep(wait)
        raise FetchError("no_answer" if status is None else "server_error", shown, f"{why}; {self.tries} tries", status)

    def _once(
        self, url: str, headers: dict[str, str], limit: int, part: Path | None, sent: bytes | None = None
    ) -> Response:
        for _ in range(MAX_REDIRECTS + 1):
            check_address(url, allow_private=self.allow_private)
            request = urllib.request.Request(  # noqa: S310 (the scheme was checked)
                url, sent, {"User-Agent": self.user_agent, "Accept-Encoding": "identity", **headers}
            )
            try:
                answer = self._opener.open(request, timeout=self.timeout)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                found = {name.lower(): value for name, value in answer.headers.items()}
                status = int(answer.status or 0)
                if status in REDIRECTS and "location" in found and self.redirects and sent is None:
                    url = self._followed(url, found["location"])
                    continue
                if found.get("content-encoding", "identity").lower() not in ("identity", ""):
                    raise FetchError("encoded_body", self.redact(url), found["content-encoding"])
                body = self._body(answer, found, status, limit, part, url)
                return Response(status, self.redact(url), found, body)
        raise FetchError("too_many_redirects", self.redact(url))

    def _followed(self, url: str, location: str) -> str:
        """Where a redirect leads. Raises `FetchError` where it may not lead: what was asked for is not sent elsewhere."""
        target = urllib.parse.urljoin(url, location)
        check_address(target, allow_private=self.allow_private)
        if urllib.parse.urlsplit(url).scheme == "https" and urllib.parse.urlsplit(target).scheme != "https":
            raise FetchError("forbidden_redirect", self.redact(target), "from https to something else")
        if self.may_follow is not None and (why := self.may_follow(target)) is not None:
            raise FetchError("forbidden_redirect", self.redact(target), why)
        return target

    def _body(
        self, answer: IO[bytes], headers: Mapping[str, str], status: int, limit: int, part: Path | None, url: str
    ) -> bytes:
        """The body, checked for completeness and size; into `part` when the status says it is the file."""
        to_file = part if part is not None and status in (200, 206) else None
        done = to_file.stat().st_size if to_file is not None and status == 206 and to_file.exists() else 0
        expected = int(headers["content-length"]) if headers.get("content-length", "").isdecimal() else None
        if expected is not None and done + expected > limit:
            raise FetchError("too_large", self.redact(url), f"{done + expected} bytes, limit {limit}")
        pieces: list[bytes] = []
        received = 0
        started = self.clock()
        file = to_file.open("ab" if status == 206 else "wb") if to_file is not None else None
        try:
            while chunk := answer.read(CHUNK):
                received += len(chunk)
                if done + received > limit:
                    raise FetchError("too_large", self.redact(url), f"over {limit} bytes")
                if self.clock() - started > 60 * self.timeout:
                    raise FetchError("too_slow", self.redact(url), f"{received} bytes")
                if file is None:
                    pieces.append(chunk)
                else:
                    file.write(chunk)
        finally:
            if file is not None:
                file.close()
        if expected is not None and received < expected:
            raise http.client.IncompleteRead(b"", expected - received)
        return b"".join(pieces)


def _shown(response: Response) -> str:
    return f"HTTP {response.status}: {response.body[:SHOWN].decode('utf-8', 'replace').strip()}".removesuffix(": ")


def only_hosts(*hosts: str) -> Callable[[str], str | None]:
    """A rule for redirects: to these hosts and the hosts below them."""

    def rule(url: str) -> str | None:
        name = (urllib.parse.urlsplit(url).hostname or "").lower()
        below = any(name == host or name.endswith(f".{host}") for host in hosts)
        return None if below else f"not one of {', '.join(hosts)}"

    return rule


def retry_after(value: str | None, now: float | None = None) -> float | None:
    """Seconds to wait that a Retry-After header asks for (a number or an HTTP date)."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError):
        return None
    return max(when - (time.time() if now is None else now), 0.0)


def check_address(url: str, *, allow_private: bool) -> None:
    """Raise `FetchError` unless `url` is HTTPS (HTTP too, if the host is public) to an address of the public network.

    A page may link, and a server may redirect, to files and to machines that only this network can reach. With a
    proxy the name is resolved there, and cannot be checked here.
    """
    shown = _SECRET_NAME.sub(r"\1***", url)
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError("forbidden_address", shown, str(error)) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise FetchError("forbidden_address", shown, "only http and https without a user name")
    if allow_private or any(
        os.environ.get(name) for name in (f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY")
    ):
        return
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(parts.hostname, port or 443)}
    except (OSError, UnicodeError):
        return  # the request itself will say so
    if any(not ipaddress.ip_address(address.split("%")[0]).is_global for address in found):
        raise FetchError("forbidden_address", shown, "an address of a private network")
