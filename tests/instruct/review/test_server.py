"""The local server answers nobody but the page it served."""

# pyright: standard
# (JSON answers are untyped)

import http.client
import json
from typing import Any

import pytest

from tekio.instruct.review.items import ReviewItem
from tekio.instruct.review.server import ReviewServer
from tekio.instruct.review.store import open_store
from tekio.local_server import MAX_REQUEST
from tekio.offline import open_network
from tekio.records import InstructionMeta, new_record


@pytest.fixture
def server(tmp_path):
    open_network()
    items = []
    for number in range(3):
        extra = {"passage": f"元の文章{number}"}
        record = new_record(f"問い{number}", "答え", InstructionMeta("faq", "fsa", "PDL-1.0", extra=extra))
        items.append(ReviewItem(record.id, record, passage=f"元の文章{number}"))
    store = open_store(tmp_path / "r.sqlite", "set")
    opened = ReviewServer(items, store, "en")
    opened.in_background()
    yield opened
    opened.shutdown()
    opened.server_close()


def ask(server, path="", method="GET", body: Any = None, host=None, token=None, **headers):
    """(status, headers, body) of one request."""
    port = server.server_address[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    own = {"Host": host or f"127.0.0.1:{port}"}
    if method == "POST":
        own |= {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
    own |= {name.replace("_", "-"): value for name, value in headers.items()}
    own = {name: value for name, value in own.items() if value is not None}
    connection.request(method, f"/{token or server.token}/{path}", body, own)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def action(server, number=0, **values):
    item = server.api.items[number]
    return {
        "key": f"k{number}",
        "item": item.key,
        "reviewer": "A",
        "decision": "accept",
        "digest": item.digest(),
        **values,
    }


def test_the_page_forbids_everything_but_itself(server):
    status, headers, body = ask(server)
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert b"src=" not in body.replace(b"-src", b"")


def test_it_listens_on_this_machine_only(server):
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("token", ["", "x", "A" * 32])
def test_without_the_token_there_is_nothing(server, token):
    assert ask(server, "api/item?position=0", token=token or "%20")[0] == 404


def test_a_foreign_host_or_origin_is_refused(server):
    port = server.server_address[1]
    assert ask(server, host="evil.example")[0] == 403  # DNS rebinding
    assert ask(server, host=f"evil.example:{port}")[0] == 403
    assert ask(server, host=f"localhost:{port}")[0] == 200
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{port}", None):
        assert ask(server, "api/act", "POST", action(server), Origin=origin)[0] == 403
    assert ask(server, "api/start?reviewer=A", Origin="http://evil.example")[0] == 403
    assert ask(server, "api/start?reviewer=A", Sec_Fetch_Site="cross-site")[0] == 403
    assert server.api.store.log() == []


def test_a_decision_is_on_disk_when_it_is_answered(server, tmp_path):
    status, _, body = ask(server, "api/act", "POST", action(server))
    assert (status, json.loads(body)) == (200, {"stored": "k0", "set": server.api.set})
    assert [found.item for found in open_store(tmp_path / "r.sqlite", "set").decisions("A")] == [
        server.api.items[0].key
    ]
    assert ask(server, "api/act", "POST", action(server))[0] == 200  # sent again
    assert len(server.api.store.log()) == 1


def test_undo_tells_what_counts_now(server):
    ask(server, "api/act", "POST", action(server, 1))
    ask(server, "api/act", "POST", action(server, 1, key="k9", decision="reject"))
    done = json.loads(ask(server, "api/undo", "POST", {"reviewer": "A", "key": "u"})[2])
    assert (done["undone"], done["decision"]["decision"]) == (server.api.items[1].key, "accept")
    assert json.loads(ask(server, "api/undo", "POST", {"reviewer": "B", "key": "v"})[2]) == {"undone": None}


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("api/act", b"{", {}),
        ("api/act", b"[]", {}),
        ("api/act", b'{"key":"a","key":"b"}', {}),
        ("api/act", {"key": "k", "item": "absent", "reviewer": "A", "decision": "accept"}, {}),
        ("api/act", {"key": "k"}, {"Content_Type": "text/plain"}),
        ("api/act", b"", {"Content_Length": str(MAX_REQUEST + 1)}),
        ("api/act", b"", {"Content_Length": "1" * 5000}),
        ("api/undo", {"reviewer": "<b>", "key": "u"}, {}),
        ("api/undo", [], {}),
    ],
)
def test_a_bad_request_is_refused_and_stores_nothing(server, path, body, headers):
    assert ask(server, path, "POST", body, **headers)[0] == 400
    assert server.api.store.log() == []


@pytest.mark.parametrize(
    "path",
    [
        "api/item?position=3",
        "api/item?position=-1",
        "api/item?position=%D9%A3",
        f"api/item?position={'1' * 5000}",  # more digits than Python reads
        "api/item",
        "api/start",
    ],
)
def test_a_question_about_nothing_is_refused(server, path):
    assert ask(server, path)[0] == 400


def test_unknown_paths_and_methods(server):
    assert ask(server, "api/secret")[0] == 404
    assert ask(server, "../../etc/passwd")[0] == 404
    assert ask(server, "api/act")[0] == 404
    assert ask(server, method="DELETE")[0] == 501


def test_search_and_people(server):
    assert json.loads(ask(server, "api/search?q=%E6%96%87%E7%AB%A01")[2]) == {"positions": [1]}
    for name in ("A", "B"):
        ask(server, "api/act", "POST", action(server, 0, key=name, reviewer=name))
    people = json.loads(ask(server, "api/people")[2])
    assert people["progress"] == [{"reviewer": "A", "done": 1}, {"reviewer": "B", "done": 1}]
    assert people["use"][0]["kappa"] is None


def test_a_full_disk_is_told_and_not_acknowledged(server, monkeypatch):
    from tekio.errors import TekioError

    def fail(_):
        raise TekioError("no space")

    monkeypatch.setattr(server.api.store, "add", fail)
    assert ask(server, "api/act", "POST", action(server))[0] == 503


def test_half_of_a_surrogate_pair_is_sent_as_its_escape(tmp_path):
    open_network()
    item = ReviewItem("a", new_record("問い\ud83d", "答え", InstructionMeta("faq", "fsa", "PDL-1.0")), passage="")
    server = ReviewServer([item], open_store(tmp_path / "r.sqlite", "set"), "en")
    server.in_background()
    try:
        status, _, body = ask(server, "api/item?position=0")
    finally:
        server.shutdown()
        server.server_close()
    assert status == 200
    assert "問い\ud83d" in json.dumps(json.loads(body), ensure_ascii=False)
