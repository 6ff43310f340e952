"""The viewer over HTTP: every page answers, nothing runs, nothing leads out of the runs, nobody else may look."""

import http.client
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from tekio.cli import main
from tekio.errors import TekioError
from tekio.store import read_json, write_json
from tekio.view import ViewServer
from tekio.view.pages import PAGES
from tekio.view.runs import OpenRun
from view.view_fixture import open_run


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    runs = [OpenRun(open_run(tmp_path_factory.mktemp("runs") / name)) for name in ("first", "second")]
    with ViewServer(runs, "en") as made:
        made.in_background()
        yield made
        made.shutdown()


def ask(server, path="", *, token=None, method="GET", host=None, **headers):
    port = server.server_address[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(
        method,
        f"/{server.token if token is None else token}/{path}",
        headers={
            "Host": host or f"127.0.0.1:{port}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


class Links(HTMLParser):
    """Links, scripts and handlers of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.active = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a":
            self.links.append(values["href"])
        if tag in ("script", "iframe", "object", "embed", "img", "base") or any(
            name.startswith("on") for name in values
        ):
            self.active.append(tag)
        for name in ("src", "href", "action"):
            assert "javascript:" not in (values.get(name) or "").lower()


def test_every_page_that_can_be_reached_answers(server):
    """Follow every link from the list of runs: no page fails, none has a script, none leads to another place."""
    waiting, seen, kinds = [""], set(), set()
    while waiting and len(seen) < 260:
        path = waiting.pop(0)
        kind = re.sub(r"(?<==)[^&]*", "", path)
        if path in seen or (kind in kinds and len(seen) > 160):
            continue
        seen.add(path)
        kinds.add(kind)
        status, headers, body = ask(server, path)
        if status == 303:
            assert headers["Location"].startswith(f"/{server.token}/")
            continue
        assert status == 200, (path, re.sub(r"<[^>]+>", " ", body)[-400:])
        if path.endswith("/report"):
            continue
        found = Links(body)
        assert found.active == [], path
        folder = path.rpartition("/")[0]
        for link in found.links:
            assert not urlsplit(link).netloc, link
            if link.startswith("#"):
                continue
            if link.startswith("../"):
                waiting.append(link.removeprefix("../"))
            else:
                waiting.append(f"{folder}/{link.removeprefix('./')}" if folder else link)
    visited = {path.partition("?")[0].removeprefix("r0/").removeprefix("r1/") for path in seen}
    assert set(PAGES) <= visited


def test_hostile_text_is_shown_as_text(server):
    for path in (
        "r0/documents",
        "r0/document?id=0000000000000007",
        "r0/records?q=alert",
        "r0/record?id=r003",
        "r0/answers",
    ):
        status, _, body = ask(server, path)
        assert status == 200
        assert "&lt;script&gt;alert(1)" in body, path
        assert "<script" not in body
        assert "\x1b" not in body
        assert "\u202e" not in body


def test_a_list_leads_to_the_document_and_back(server):
    record = ask(server, "r0/record?id=r005")[2]
    assert 'href="./document?id=0000000000000005"' in record
    document = ask(server, "r0/document?id=0000000000000005")[2]
    for shown in ("第5号の通知です。", "folder/0.html", "PDL-1.0", "nfkc", "総則"):
        assert shown in document
    assert "record?table=train&amp;id=r005" in document


def test_items_can_be_narrowed(server):
    fixed = ask(server, "r0/items?task=fp2&template=default&model=tuned&show=fixed")[2]
    assert set(re.findall(r"fp2-\d", fixed)) == {"fp2-1", "fp2-4", "fp2-7"}
    one = ask(server, "r0/item?task=fp2&template=default&at=2")[2]
    assert "正しいものを選べ。" in one


def test_the_language_is_the_browsers_until_another_is_chosen(server):
    assert '<html lang="ja">' in ask(server, "r0/", Accept_Language="ja,en;q=0.5")[2]
    assert '<html lang="en">' in ask(server, "r0/", Accept_Language="en-GB")[2]
    status, headers, _ = ask(server, "language?to=ja&back=r0/scores")
    assert (status, headers["Location"]) == (303, f"/{server.token}/r0/scores")
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert '<html lang="ja">' in ask(server, "r0/", Accept_Language="en", Cookie=cookie)[2]


def test_a_language_that_was_named_goes_before_the_browsers(tmp_path):
    with ViewServer([OpenRun(open_run(tmp_path / "run"))], "ja", language_named=True) as made:
        made.in_background()
        assert '<html lang="ja">' in ask(made, "r0/", Accept_Language="en")[2]
        assert '<html lang="en">' in ask(made, "r0/", Accept_Language="ja", Cookie="tekio-language=en")[2]
        made.shutdown()


@pytest.mark.parametrize("back", ["http://evil.example/", "//evil.example", "/etc", "r0/scores%0d%0aX:1", "../x"])
def test_the_language_switch_leads_nowhere_else(server, back):
    status, headers, _ = ask(server, f"language?to=ja&back={back}")
    assert (status, headers["Location"]) == (303, f"/{server.token}/")
    assert "X" not in headers


@pytest.mark.parametrize(
    "path",
    [
        *("r9/", "r0/secret", "r0/../../etc", "r0/documents?table=../../x", "r0/documents?table=held_out"),
        *("r0/items?task=../../x", "r0/items?task=fp2&template=../../x", "r0/item?task=fp2&template=default&at=99"),
        *("r0/record?table=train&at=3", "r0/record?id=none", "r0/document?id=none", "r0/records?table=../train"),
    ],
)
def test_what_there_is_not_is_said(server, path):
    status, _, body = ask(server, path)
    assert status == 404
    assert "is a bug" not in body


@pytest.mark.parametrize(
    "path",
    [
        "r0/documents?at=99999999",
        "r0/documents?at=x",
        "r0/records?at=99999999",
        "r0/items?task=fp2&at=1000",
        "r0/funnel?statistic=x",
    ],
)
def test_a_place_behind_the_end_is_an_empty_page(server, path):
    assert ask(server, path)[0] == 200


def test_nobody_else_may_look(server):
    port = server.server_address[1]
    assert server.server_address[0] == "127.0.0.1"
    assert ask(server, token="x" * 32)[0] == 404
    assert ask(server, host=f"evil.example:{port}")[0] == 403
    assert ask(server, Sec_Fetch_Site="cross-site")[0] == 403
    assert ask(server, "r0/", Origin="http://evil.example")[0] == 403
    assert ask(server, "r0/", method="POST")[0] == 403
    policy = ask(server, "r0/")[1]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_folder_that_is_no_run_is_refused(tmp_path, capsys):
    with pytest.raises(TekioError, match="no finished stage"):
        OpenRun(tmp_path)
    assert main(["view", str(tmp_path)]) == 1
    assert "no finished stage" in capsys.readouterr().err


def test_a_stage_that_left_nothing_out_says_so(tmp_path, capsys):
    run = open_run(tmp_path / "run")
    funnel = read_json(run / "instruct" / "funnel.json")
    for source in funnel["sources"]:
        source["rejected"] = {}
    write_json(run / "instruct" / "funnel.json", funnel)
    assert main(["--lang", "en", "view", str(run), "--page", "rejected"]) == 0
    documents, _, records = capsys.readouterr().out.partition(">Records</span>")
    assert "Nothing was left out." in records
    assert "Nothing was left out." not in documents
