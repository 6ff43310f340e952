"""`tekio fetch` against a server on this machine that misbehaves as the real ones do."""

import datetime as dt
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest

from tekio.cli import main
from tekio.corpus.fetch.dumps import fetch_laws, fetch_wikipedia
from tekio.corpus.fetch.edinet import KEY_VARIABLE, KeyRefusedError, Selection, fetch_filings, json_error
from tekio.corpus.fetch.ledger import Outcome
from tekio.corpus.fetch.pages import fetch_pages, file_name, read_list
from tekio.http import Client, FetchError
from tekio.offline import open_network

KEY = "secret+key/123"
DAY = dt.date(2025, 6, 18)
SELECTION = Selection(DAY, DAY)


def make_zip(text: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("XBRL/PublicDoc/a.xbrl", text)
    return buffer.getvalue()


@dataclass
class Answer:
    """What the server says; `cut` ends the connection after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Script = Callable[[int, dict[str, list[str]], dict[str, str]], Answer]
"""(times this path was asked, query, request headers) -> answer."""


class Server(ThreadingHTTPServer):
    """Answers by path from `scripts` and counts requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scripts: dict[str, Script] = {}
        self.asked: Counter[str] = Counter()
        self.queries: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def always(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.scripts[path] = lambda *_: Answer(status, body, named)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Server = self.server  # type: ignore[assignment]
        parts = urlsplit(self.path)
        server.asked[parts.path] += 1
        server.queries.append(parts.query)
        script = server.scripts.get(parts.path, lambda *_: Answer(404, b"no such page"))
        answer = script(
            server.asked[parts.path], parse_qs(parts.query), {k.lower(): v for k, v in self.headers.items()}
        )
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Be quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    open_network()
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@dataclass
class Slept:
    total: float = 0.0
    longest: float = 0.0

    def __call__(self, seconds: float) -> None:
        self.total += seconds
        self.longest = max(self.longest, seconds)


def client(slept: Slept | None = None, **options) -> Client:
    return Client(interval=0, timeout=5, allow_private=True, sleep=slept or Slept(), **options)


def row(document: str, **values: str | None) -> dict[str, str | None]:
    return {
        "docID": document,
        "edinetCode": "E00001",
        "filerName": "甲株式会社",
        "docTypeCode": "120",
        "xbrlFlag": "1",
        "withdrawalStatus": "0",
        "disclosureStatus": "0",
    } | values


def listing(*rows: object) -> bytes:
    return json.dumps({"metadata": {"status": "200"}, "results": list(rows)}, ensure_ascii=False).encode()


def edinet(
    server: Server,
    folder: Path,
    *,
    key: str = KEY,
    replay: bool = False,
    today: dt.date | None = None,
    with_client: Client | None = None,
) -> Outcome:
    """`fetch_filings` of one day from the server."""
    return fetch_filings(
        SELECTION,
        folder,
        with_client or client(),
        key=key,
        base_url=server.url,
        terms_url=f"{server.url}/terms",
        replay=replay,
        today=today,
    )


def ledger(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]


def test_filings_are_downloaded_recorded_and_not_asked_for_again(server: Server, tmp_path: Path):
    server.always("/terms", "利用規約".encode(), content_type="text/html")
    server.always(
        "/documents.json",
        listing(
            row("S100AAAA"),
            row("S100BBBB", docTypeCode="140"),
            row("S100CCCC", withdrawalStatus="1"),
            row("S100DDDD", xbrlFlag="0"),
        ),
    )
    server.always("/documents/S100AAAA", make_zip("甲"), content_type="application/octet-stream")
    outcome = edinet(server, tmp_path)
    assert (outcome.downloaded, outcome.refused) == (3, 0)  # terms, list, filing
    assert ZipFile(tmp_path / "filings/S100AAAA.zip").read("XBRL/PublicDoc/a.xbrl").decode() == "甲"
    entry = next(line for line in ledger(tmp_path) if line["file"].startswith("filings/"))
    assert entry["sha256"] == hashlib.sha256((tmp_path / entry["file"]).read_bytes()).hexdigest()
    assert entry["terms"] == f"{server.url}/terms"
    assert entry["terms_sha256"] == hashlib.sha256("利用規約".encode()).hexdigest()
    assert [json.loads(line)["docID"] for line in (tmp_path / "filings.jsonl").read_text().splitlines()] == ["S100AAAA"]
    before = server.asked.total()
    again = edinet(server, tmp_path)
    assert (again.downloaded, again.kept, server.asked.total()) == (0, 3, before)
    (tmp_path / "filings/S100AAAA.zip").write_bytes(b"changed")
    assert edinet(server, tmp_path).downloaded == 1


def test_the_key_is_sent_and_shown_nowhere(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    server.always("/documents.json", listing(row("S100AAAA")))
    server.always("/documents/S100AAAA", f'{{"StatusCode": 500, "message": "bad key {KEY}"}}'.encode())
    edinet(server, tmp_path)
    assert any("Subscription-Key=secret%2Bkey" in query for query in server.queries)
    written = "".join(path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file())
    for form in (KEY, "secret%2Bkey", "secret+key"):
        assert form not in written
    assert "Subscription-Key=***" in written
    server.scripts["/documents.json"] = lambda *_: Answer(500)
    with pytest.raises(FetchError) as caught:
        edinet(server, tmp_path / "new")
    assert "secret" not in str(caught.value)
    assert "secret" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        b'{"StatusCode": 401, "message": "Access denied due to invalid subscription key."}',
        b'{"metadata": {"status": "401", "message": "invalid"}}',
    ],
)
def test_a_refused_key_stops_at_once_even_with_http_200(server: Server, tmp_path: Path, body: bytes):
    server.always("/documents.json", body)
    with pytest.raises(KeyRefusedError):
        edinet(server, tmp_path)
    assert server.asked["/documents.json"] == 1


def test_errors_with_http_200_pdf_for_zip_and_bad_rows_are_refusals(server: Server, tmp_path: Path):
    bad = [None, "text", {"docID": None}, {"docID": "../../etc/x"}]
    documents = [row(f"S100AAA{number}") for number in range(4)]
    server.always("/documents.json", listing(*bad, *documents))
    server.always("/documents/S100AAA0", b'{"metadata": {"status": "404", "message": "not found"}}')
    server.always("/documents/S100AAA1", b"%PDF-1.7 ...", content_type="application/pdf")
    server.always("/documents/S100AAA2", b"<html>maintenance</html>", content_type="text/html")
    server.always("/documents/S100AAA3", make_zip("x"), content_type="application/json")
    outcome = edinet(server, tmp_path)
    reasons = Counter(line["refused"] for line in ledger(tmp_path) if line["refused"])
    assert reasons == {"malformed_row": 2, "filing_404": 1, "pdf_for_zip": 1, "not_a_zip": 1, "terms_http_404": 1}
    assert outcome.refused == 6
    assert [path.name for path in (tmp_path / "filings").iterdir()] == ["S100AAA3.zip"]


def test_a_day_outside_of_the_window_is_a_refusal(server: Server, tmp_path: Path):
    assert edinet(server, tmp_path).refused == 2  # list, terms
    assert "list_404" in {line["refused"] for line in ledger(tmp_path)}


def test_retry_after_is_obeyed_and_passing_failures_are_tried_again(server: Server, tmp_path: Path):
    def list_script(times: int, *_: object) -> Answer:
        if times == 1:
            return Answer(429, b"slow down", {"Retry-After": "37"})
        if times == 2:
            return Answer(503)
        return Answer(200, listing(row("S100AAAA")))

    def filing_script(times: int, *_: object) -> Answer:
        return Answer(200, make_zip("甲"), cut=20 if times < 3 else None)

    server.scripts |= {"/documents.json": list_script, "/documents/S100AAAA": filing_script}
    slept = Slept()
    edinet(server, tmp_path, with_client=client(slept))
    assert slept.longest == 37
    assert server.asked["/documents/S100AAAA"] == 3
    assert ZipFile(tmp_path / "filings/S100AAAA.zip").testzip() is None


def test_a_service_that_never_answers_ends_in_one_clear_error(tmp_path: Path):
    open_network()
    silent = client(tries=2)
    with pytest.raises(FetchError) as caught:
        silent.get("http://127.0.0.1:9/x?key=hidden")
    assert caught.value.reason == "no_answer"
    assert "hidden" not in str(caught.value)


def test_replay_needs_no_server_and_gives_the_same_files(server: Server, tmp_path: Path):
    server.always("/terms", b"terms")
    server.always("/documents.json", listing(row("S100AAAA")))
    server.always("/documents/S100AAAA", make_zip("甲"))
    edinet(server, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    asked = server.asked.total()
    outcome = edinet(server, tmp_path, replay=True, key="none")
    assert (outcome.kept, outcome.downloaded, outcome.refused) == (3, 0, 0)
    assert server.asked.total() == asked
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_list_of_today_is_asked_for_again(server: Server, tmp_path: Path):
    server.always("/documents.json", listing())
    edinet(server, tmp_path, today=DAY)
    edinet(server, tmp_path, today=DAY)
    assert server.asked["/documents.json"] == 2


def test_the_list_of_a_day_is_asked_for_again_until_the_day_was_over(server: Server, tmp_path: Path):
    server.always("/terms", b"terms")
    server.always("/documents/S100AAAA", make_zip("甲"))
    server.always("/documents/S100AAAB", make_zip("乙"))
    server.always("/documents.json", listing(row("S100AAAA")))
    edinet(server, tmp_path, today=DAY)
    server.always("/documents.json", listing(row("S100AAAA"), row("S100AAAB")))
    later = DAY + dt.timedelta(days=30)
    edinet(server, tmp_path, today=later)
    assert (tmp_path / "filings" / "S100AAAB.zip").is_file()
    asked = server.asked["/documents.json"]
    edinet(server, tmp_path, today=later)
    assert server.asked["/documents.json"] == asked == 2
    outcome = edinet(server, tmp_path, today=later, replay=True, key="none")
    assert outcome.refused == 0
    assert len(list((tmp_path / "filings").iterdir())) == 2


def test_a_killed_ledger_line_is_passed_over(server: Server, tmp_path: Path):
    server.always("/documents.json", listing(row("S100AAAA")))
    server.always("/documents/S100AAAA", make_zip("甲"))
    edinet(server, tmp_path)
    with (tmp_path / "ledger.jsonl").open("a") as file:
        file.write('{"url": "http://x", "fi')
    assert edinet(server, tmp_path).kept == 2


def test_the_command_reads_its_key_from_the_environment_only(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    server.always("/documents.json", listing(row("S100AAAA")))
    server.always("/documents/S100AAAA", make_zip("甲"))
    words = [
        "--lang",
        "en",
        "fetch",
        "edinet",
        "--from-date",
        str(DAY),
        "--to-date",
        str(DAY),
        "--out",
        str(tmp_path / "out"),
    ]
    words += ["--base-url", server.url, "--allow-private", "--interval", "0"]
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    assert main(words) == 1
    assert KEY_VARIABLE in capsys.readouterr().err
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    assert main(words) == 0
    assert "2 downloaded" in capsys.readouterr().out
    assert main([word if number != 5 else "2025-13-01" for number, word in enumerate(words)]) == 2


def test_pages_obey_robots_and_each_refusal_is_recorded(server: Server, tmp_path: Path):
    server.always("/robots.txt", b"User-agent: *\nDisallow: /private\nCrawl-delay: 2\n")
    server.always("/faq.html", "<p>本文</p>".encode(), content_type="text/html; charset=UTF-8")
    server.always("/private/a.html", b"no")
    server.always("/moved", status=302, location="/faq.html")
    server.always("/loop", status=302, location="/loop")
    server.always("/out", status=302, location="file:///etc/passwd")
    server.always("/packed", b"xx", content_encoding="gzip")
    server.always("/terms.html", b"terms")
    names = ["faq.html", "private/a.html", "moved", "loop", "out", "packed", "missing"]
    urls = [f"{server.url}/{name}" for name in names]
    slept = Slept()
    polite = client(slept)
    fetch_pages(urls, tmp_path, polite, terms_url=f"{server.url}/terms.html")
    assert polite.interval == 2
    lines = ledger(tmp_path)
    refused = {urlsplit(line["url"]).path: line["refused"] for line in lines if line["refused"]}
    assert refused == {
        "/private/a.html": "robots",
        "/loop": "too_many_redirects",
        "/out": "forbidden_address",
        "/packed": "encoded_body",
        "/missing": "http_404",
    }
    assert server.asked["/private/a.html"] == 0
    pages = [line for line in lines if line["file"].startswith("pages/")]
    assert [(tmp_path / line["file"]).read_text(encoding="utf-8") for line in pages] == ["<p>本文</p>"] * 2
    assert {line["terms_sha256"] for line in pages} == {hashlib.sha256(b"terms").hexdigest()}


@pytest.mark.parametrize(
    ("rules", "forbidden", "allowed"),
    [
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", ["/ir/a.html"], []),
        ("User-agent: *\nDisallow: /\n".encode("utf-16"), ["/ir/a.html"], []),
        (b"User-agent: *\n\nDisallow: /\n", ["/ir/a.html"], []),
        (b"User-agent: *\rDisallow: /\r", ["/ir/a.html"], []),
        (b"User-agent: *\nDisallow: /*.pdf$\nDisallow: /*?session=\n", ["/a.pdf", "/x?session=1"], ["/a.pdf.html"]),
        (b"User-agent: *\nDisallow: /\nAllow: /ir/public/\n", ["/b.html"], ["/ir/public/a.html"]),
        (b"User-agent: *\nAllow: /a\nDisallow: /a/b\n", ["/a/b/c.html"], ["/a/c.html"]),
        (b"User-agent: *\nDisallow:\n\nUser-agent: Tekio\nDisallow: /\n", ["/ir/a.html"], []),
        (b"User-agent: TEKIO\nDisallow: /x\n\nUser-agent: *\nDisallow: /\n", ["/x.html"], ["/y.html"]),
        (b"User-agent: *\nDisallow: /%E8%A9%B1\n", ["/%e8%a9%b1"], ["/z"]),
    ],
)
def test_rules_are_read_as_rfc_9309_says(
    server: Server, tmp_path: Path, rules: bytes, forbidden: list[str], allowed: list[str]
):
    server.always("/robots.txt", rules)
    for path in (*forbidden, *allowed):
        server.always(path, b"x", content_type="text/plain")
    fetch_pages([f"{server.url}{path}" for path in (*forbidden, *allowed)], tmp_path, client())
    refused = [line["url"].removeprefix(server.url) for line in ledger(tmp_path) if line["refused"] == "robots"]
    assert refused == forbidden
    assert all(server.asked[path] == 0 for path in forbidden)


def test_a_site_whose_robots_cannot_be_had_is_left_alone(server: Server, tmp_path: Path):
    server.always("/robots.txt", status=503)
    server.always("/a", b"x")
    outcome = fetch_pages([f"{server.url}/a", "ftp://example.org/b", "no address"], tmp_path, client(tries=2))
    assert outcome.reasons == {"robots_unreachable": 1, "forbidden_address": 2}
    assert server.asked["/a"] == 0


def test_a_list_that_is_not_there_is_a_usage_error_and_a_fetch_that_brought_nothing_is_no_success(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = ["--out", str(tmp_path / "out"), "--interval", "0", "--allow-private"]
    assert main(["--lang", "en", "fetch", "pages", str(tmp_path / "none.txt"), *out]) == 2
    assert "no such file or folder" in capsys.readouterr().err
    (tmp_path / "list.txt").write_text(f"{server.url}/none\n", encoding="utf-8")
    assert main(["--lang", "en", "fetch", "pages", str(tmp_path / "list.txt"), *out]) == 3
    assert "http_404" in capsys.readouterr().out


def test_a_body_without_end_is_bounded(server: Server, tmp_path: Path):
    server.always("/big", b"a" * 100_000)
    with pytest.raises(FetchError) as caught:
        client().get(f"{server.url}/big", max_bytes=1000)
    assert caught.value.reason == "too_large"


def dump_script(content: bytes) -> Script:
    def script(times: int, _: dict[str, list[str]], headers: dict[str, str]) -> Answer:
        start = int(headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        part = content[start:]
        return Answer(206 if start else 200, part, cut=len(part) // 2 if times < 3 else None)

    return script


def test_a_dump_is_resumed_and_checked(server: Server, tmp_path: Path):
    content = bytes(range(256)) * 4000
    name = "jawiki-20251101-pages-articles.xml.bz2"
    server.always(
        "/jawiki/20251101/jawiki-20251101-sha1sums.txt", f"{hashlib.sha1(content).hexdigest()}  {name}\n".encode()
    )
    server.scripts[f"/jawiki/20251101/{name}"] = dump_script(content)
    fetch_wikipedia("20251101", tmp_path, client(), base_url=server.url, terms_url="")
    assert (tmp_path / name).read_bytes() == content
    assert server.asked[f"/jawiki/20251101/{name}"] == 3
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(FetchError):
        fetch_wikipedia("latest", tmp_path, client(), base_url=server.url)


def test_a_dump_with_a_wrong_checksum_is_removed(server: Server, tmp_path: Path):
    name = "jawiki-20251101-pages-articles.xml.bz2"
    server.always("/jawiki/20251101/jawiki-20251101-sha1sums.txt", f"{'0' * 40}  {name}\n".encode())
    server.always(f"/jawiki/20251101/{name}", b"other")
    with pytest.raises(FetchError) as caught:
        fetch_wikipedia("20251101", tmp_path, client(), base_url=server.url, terms_url="")
    assert caught.value.reason == "wrong_checksum"
    assert not (tmp_path / name).exists()


def test_laws(server: Server, tmp_path: Path):
    server.always("/law_file/xml/323AC0000000025", b'<?xml version="1.0"?><Law Era="Showa"></Law>')
    server.always("/law_file/xml/999AC0000000001", b"{}")
    outcome = fetch_laws(
        ["323AC0000000025", "999AC0000000001", "../x"],
        tmp_path,
        client(),
        as_of="2025-04-01",
        base_url=server.url,
        terms_url="",
    )
    assert (outcome.downloaded, outcome.refused) == (1, 2)
    assert (tmp_path / "laws/323AC0000000025_2025-04-01.xml").exists()
    assert "asof=2025-04-01" in server.queries


def test_json_errors_in_both_forms_and_lists_that_are_none():
    assert json_error(b'{"StatusCode": 401, "message": "x"}') == ("401", "x")
    assert json_error(b'{"metadata": {"status": "404", "message": "y"}}') == ("404", "y")
    assert json_error(listing()) is None
    assert json_error(b"PK\x03\x04") is None
    assert json_error(b"{broken") is None


def test_names_of_pages_are_harmless_and_lists_are_read_once(tmp_path: Path):
    name = file_name("https://example.go.jp/../../etc/質問?q=1", "text/html")
    assert name.startswith("pages/example.go.jp/")
    assert ".." not in name
    path = tmp_path / "list.txt"
    path.write_text("# 一覧\nhttps://a/\n\nhttps://a/\nhttps://b/\n", encoding="utf-8")
    assert read_list(path) == ["https://a/", "https://b/"]
