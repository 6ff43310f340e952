"""The one HTTP client: where redirects may lead, what is tried again, what a POST gives."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tekio.errors import UsageError
from tekio.http import Client, FetchError, check_address, only_hosts, retry_after, user_agent


class Server(ThreadingHTTPServer):
    """Answers each request with the next of `answers` (the last one again and again) and keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        server.asked.append((self.path, dict(self.headers), body))
        status, headers, answer = server.answers[min(len(server.asked), len(server.answers)) - 1]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def client(waits: list[float] | None = None, **options: object) -> Client:
    return Client(interval=0, allow_private=True, sleep=(waits if waits is not None else []).append, **options)  # pyright: ignore[reportArgumentType]


def ask(own: Client, server: Server, read: Callable[[bytes], object] = json.loads) -> object:
    return own.post(f"{server.url}/v1", b"{}", {"Authorization": "Bearer x"}, read)


def test_a_post_waits_longer_each_time_and_asks_again_for_what_cannot_be_read(server: Server):
    server.answers = [(503, {}, b"busy"), (200, {}, b"<html>"), (200, {}, b'{"a": 1}')]
    waits: list[float] = []
    assert ask(client(waits, first_wait=0.5, growth=4.0), server) == {"a": 1}
    assert waits == [0.5, 2.0]
    assert [body for _, _, body in server.asked] == [b"{}"] * 3


@pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 422])
def test_a_redirect_or_a_refusal_of_a_post_is_not_repeated(server: Server, status: int):
    server.answers = [(status, {"location": "http://127.0.0.1:9/other"}, b"no such model")]
    with pytest.raises(FetchError, match=f"HTTP {status}: no such model") as caught:
        ask(client(redirects=False), server)
    assert caught.value.status == status
    assert len(server.asked) == 1


def test_a_post_never_follows_a_redirect_with_its_key(server: Server):
    server.answers = [(307, {"location": "/elsewhere"}, b"")]
    with pytest.raises(FetchError):
        ask(client(), server)
    assert [path for path, _, _ in server.asked] == ["/v1"]


def test_a_server_that_keeps_failing_is_named_with_its_last_words(server: Server):
    server.answers = [(500, {}, "壊れました".encode())]
    with pytest.raises(FetchError, match="HTTP 500: 壊れました; 3 tries"):
        ask(client(tries=3), server)
    assert len(server.asked) == 3


def test_an_answer_without_end_is_refused_at_once(server: Server):
    server.answers = [(200, {}, b"x" * 100)]
    with pytest.raises(FetchError) as caught:
        ask(client(max_bytes=50), server)
    assert caught.value.reason == "too_large"
    assert len(server.asked) == 1


def test_redirects_are_followed_where_they_may_lead_and_nowhere_else(server: Server):
    server.answers = [(302, {"location": "/moved"}, b""), (200, {}, b"here")]
    assert client(may_follow=only_hosts("127.0.0.1")).get(f"{server.url}/a").body == b"here"
    server.asked.clear()
    with pytest.raises(FetchError, match=r"not one of example\.org") as caught:
        client(may_follow=only_hosts("example.org")).get(f"{server.url}/a")
    assert caught.value.reason == "forbidden_redirect"
    assert len(server.asked) == 1


def test_a_redirect_to_a_private_address_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FetchError, match="an address of a private network"):
        Client(interval=0).get(f"{server.url}/a")
    assert server.asked == []


def test_redirects_end(server: Server):
    server.answers = [(302, {"location": "/again"}, b"")]
    with pytest.raises(FetchError) as caught:
        client().get(f"{server.url}/a")
    assert caught.value.reason == "too_many_redirects"


def test_hosts_below_a_host_are_allowed_and_look_alikes_are_not():
    rule = only_hosts("edinet-fsa.go.jp")
    assert rule("https://api.edinet-fsa.go.jp/x") is None
    assert rule("https://edinet-fsa.go.jp/x") is None
    assert rule("https://edinet-fsa.go.jp.example.com/x") is not None
    assert rule("https://xedinet-fsa.go.jp/x") is not None


def test_addresses_of_this_network_and_other_schemes_are_forbidden(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for url in (
        "file:///etc/passwd",
        "ftp://example.com/",
        "http://127.0.0.1/",
        "http://169.254.169.254/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "https://user@example.com/",
        "http://[::1",
        "http://example.com:99999/",
    ):
        with pytest.raises(FetchError) as caught:
            check_address(url, allow_private=False)
        assert caught.value.reason == "forbidden_address"


def test_retry_after_as_date():
    assert retry_after("Wed, 18 Jun 2025 00:01:00 GMT", dt.datetime(2025, 6, 18, tzinfo=dt.UTC).timestamp()) == 60
    assert retry_after("soon") is None


def test_a_contact_stands_in_the_user_agent_and_cannot_break_the_header():
    assert user_agent("ops@example.jp").endswith("(corpus builder; respects robots.txt; ops@example.jp)")
    for wrong in ("a\r\nX: y", "連絡先", "(a)", "", "a" * 300):
        with pytest.raises(UsageError):
            user_agent(wrong)
