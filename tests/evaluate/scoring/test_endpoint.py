"""An OpenAI-compatible server on this machine, well-behaved and not."""

# pyright: standard

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from evaluate.exam import exam_config, write_corpus, write_exam
from tekio.errors import PolicyError, TekioError, UsageError
from tekio.evaluate import evaluate
from tekio.evaluate.models import Endpoint, named_models
from tekio.evaluate.scoring import endpoint as endpoint_module
from tekio.evaluate.scoring.endpoint import EndpointModel, allow_server, read_reply
from tekio.evaluate.scoring.read_choice import choice_score
from tekio.evaluate.scoring.requests import ChoiceRequest
from tekio.recipe.evaluate import ThinkingConfig
from tekio.store import read_json, read_jsonl

Behaviour = Callable[[int, dict[str, Any]], tuple[int, bytes, dict[str, str]]]


def completion(text: Any, finish: str = "stop") -> tuple[int, bytes, dict[str, str]]:
    message = {"role": "assistant", "content": text}
    body = {"choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": {"completion_tokens": 7}}
    return 200, json.dumps(body).encode(), {"Content-Type": "application/json"}


@contextmanager
def server(behaviour: Behaviour, models: Sequence[str] = ("own",)) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A stand-in server; `behaviour(number, body)` gives status, content and headers of each request. models: it lists."""
    asked: list[dict[str, Any]] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listed = self.path == "/v1/models"
            self.send_response(200 if listed else 404)
            self.end_headers()
            self.wfile.write(json.dumps({"data": [{"id": name} for name in models]}).encode() if listed else b"")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                asked.append(body | {"path": self.path})
                number = len(asked) - 1
            status, content, headers = behaviour(number, body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/v1", asked
    finally:
        running.shutdown()
        running.server_close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EndpointModel, "first_wait", 0.01, raising=False)
    monkeypatch.setattr(endpoint_module, "FIRST_WAIT_SECONDS", 0.01)
    defaults = list(EndpointModel.__init__.__defaults__ or ())
    monkeypatch.setattr(EndpointModel.__init__, "__defaults__", (2.0, 0.01, *defaults[2:]))


def run(url: str, place: Path, rule: str = "strict", out: str = "out") -> dict[str, Any]:
    task = write_exam(place / "exam", items=10)
    config = exam_config(task, endpoint_rule=rule, endpoint_model="local")
    config = config.model_copy(
        update={"tasks": [config.tasks[0].model_copy(update={"template": "letters", "other_templates": []})]}
    )
    evaluate(config, place / out, models={"server": Endpoint(url)}, corpus=None, seed=17)
    return read_json(place / out / "results.json")


def test_the_whole_prompt_is_one_user_message_at_temperature_zero(tmp_path: Path):
    with server(lambda *_: completion("答えは B です。")) as (url, asked):
        found = run(url, tmp_path)
    assert len(asked) == 10
    assert all(body["path"] == "/v1/chat/completions" and body["model"] == "local" for body in asked)
    assert all(body["temperature"] == 0 and body["max_tokens"] == 256 + 4096 for body in asked)
    rows = list(read_jsonl(tmp_path / "out" / "items" / "server" / "own_exam.letters.jsonl"))
    assert {row["prompt"] for row in rows} == {body["messages"][0]["content"] for body in asked}
    assert all(row["reply"] == "答えは B です。" and row["prediction"] == 1 for row in rows)
    score = found["tasks"][0]["scores"]["server"]
    assert score["metrics"]["acc"]["value"] == pytest.approx(3 / 10)
    assert score["unparsed"] == 0


@pytest.mark.parametrize(
    ("rule", "right", "unparsed"),
    [("strict", 0, 10), ("fin-harness", 4, 0)],  # gold A in 4 of 10: "I do not know" becomes A
)
def test_what_cannot_be_read_is_wrong_and_counted_or_becomes_the_first_choice(
    tmp_path: Path, rule: str, right: int, unparsed: int
):
    with server(lambda *_: completion("回答を控えます。")) as (url, _):
        score = run(url, tmp_path, rule)["tasks"][0]["scores"]["server"]
    assert score["metrics"]["acc"]["value"] == pytest.approx(right / 10)
    assert score["unparsed"] == unparsed


MISBEHAVIOUR = {
    "error 500": (500, b"oops", {}),
    "too many requests": (429, b"", {"Retry-After": "0"}),
    "a page": (200, b"<html>login</html>", {}),
    "no choices": (200, b'{"choices": []}', {}),
    "another form": (200, b"[1, 2]", {}),
    "half an answer": (200, b'{"choices": [{"mess', {"Content-Length": "9999"}),
    "not text": completion({"a": 1}),
}


@pytest.mark.parametrize("name", list(MISBEHAVIOUR))
def test_a_server_that_misbehaves_at_times_is_asked_again(tmp_path: Path, name: str):
    def behaviour(number: int, _body: Any) -> tuple[int, bytes, dict[str, str]]:
        return MISBEHAVIOUR[name] if number == 3 else completion("A")

    with server(behaviour) as (url, asked):
        score = run(url, tmp_path)["tasks"][0]["scores"]["server"]
    assert len(asked) == 11
    assert score["unparsed"] == 0


@pytest.mark.parametrize(
    ("content", "unparsed"), [(None, 10), ("", 10), ([{"type": "text", "text": "A"}], 0), ("A" * 10**6, 10)]
)
def test_odd_contents_are_replies_all_the_same(tmp_path: Path, content: Any, unparsed: int):
    with server(lambda *_: completion(content)) as (url, _):
        assert run(url, tmp_path)["tasks"][0]["scores"]["server"]["unparsed"] == unparsed


def test_a_server_that_breaks_down_is_named_and_answers_are_kept(tmp_path: Path):
    def breaks(number: int, _body: Any) -> tuple[int, bytes, dict[str, str]]:
        return completion("A") if number < 8 else (503, b"down", {})

    with server(breaks) as (url, _), pytest.raises(TekioError, match="did not answer") as caught:
        run(url, tmp_path)
    assert "task own_exam, item" in str(caught.value.where)
    assert "503" in str(caught.value.why)


def test_what_was_answered_is_not_asked_again(tmp_path: Path):
    answers = {"up": True}

    def behaviour(number: int, _body: Any) -> tuple[int, bytes, dict[str, str]]:
        return completion("A") if number < 8 or answers["up"] else (400, b"no", {})

    with server(behaviour) as (url, asked):
        answers["up"] = False
        with pytest.raises(TekioError):
            run(url, tmp_path)
        before, answers["up"] = len(asked), True
        run(url, tmp_path)
    assert before <= 8 + 2
    assert len(asked) == before + 2


@pytest.mark.parametrize("status", [302, 401, 404])
def test_redirects_and_refusals_are_not_repeated(tmp_path: Path, status: int):
    headers = {"Location": "http://example.com/"} if status == 302 else {}
    with server(lambda *_: (status, b"", headers)) as (url, asked), pytest.raises(TekioError, match="did not answer"):
        run(url, tmp_path)
    assert len(asked) <= 10


def test_nobody_there_is_said(tmp_path: Path):
    with pytest.raises(TekioError, match="did not answer"):
        run("http://127.0.0.1:9/v1", tmp_path)


def test_the_model_is_the_one_the_server_lists(tmp_path: Path):
    exam = exam_config(write_exam(tmp_path / "exam", items=6))
    with server(lambda *_: completion("A"), ["tuned-8b"]) as (url, asked):
        evaluate(exam, tmp_path / "out", models={"server": Endpoint(url)}, corpus=None, seed=17)
    assert {body["model"] for body in asked} == {"tuned-8b"}
    assert read_json(tmp_path / "out" / "results.json")["models"]["server"]["endpoint_model"] == "tuned-8b"
    with server(lambda *_: completion("A"), ["a", "b"]) as (url, asked):
        with pytest.raises(UsageError) as several:
            evaluate(exam, tmp_path / "two", models={"server": Endpoint(url)}, corpus=None, seed=17)
        assert "a, b" in several.value.explain("en")
        evaluate(exam, tmp_path / "two", models={"server": Endpoint.named(f"{url}/#b")}, corpus=None, seed=17)
    assert {body["model"] for body in asked} == {"b"}


def test_a_host_of_the_own_network_is_asked_when_it_is_named():
    allow_server("http://127.0.0.1:8000/v1")
    with pytest.raises(UsageError) as refused:
        allow_server("http://10.0.0.9/v1", ["10.0.0.8"])
    assert "--allow-host 10.0.0.9" in refused.value.explain("en")
    allow_server("https://10.0.0.9/v1", ["10.0.0.9"])
    with pytest.raises(PolicyError, match="own network"):
        allow_server("http://8.8.8.8/v1", ["8.8.8.8"])


@pytest.mark.parametrize(
    "url", ["http://example.com/v1", "https://127.0.0.1/v1", "http://10.0.0.1/v1", "file:///etc/passwd"]
)
def test_only_this_machine_is_asked(tmp_path: Path, url: str):
    with pytest.raises(UsageError, match="on this machine"):
        run(url, tmp_path)


def test_perplexity_leaves_an_endpoint_out(tmp_path: Path):
    from model.tiny import save_tiny

    task = write_exam(tmp_path / "exam", items=6)
    models = {"base": save_tiny(tmp_path / "base"), "server": Endpoint("")}
    with server(lambda *_: completion("B")) as (url, _):
        models["server"] = Endpoint(url)
        evaluate(exam_config(task), tmp_path / "out", models=models, corpus=write_corpus(tmp_path / "corpus"), seed=17)
    found = read_json(tmp_path / "out" / "results.json")
    labels = {entry["task"]: set(entry["scores"]) for entry in found["tasks"]}
    assert labels["own_exam"] == {"base", "server"}
    assert labels["perplexity:finance"] == {"base"}


def test_models_are_named_on_the_command_line(tmp_path: Path):
    for name in ("a", "run/tune/adapter"):
        (tmp_path / name).mkdir(parents=True)
    words = [str(tmp_path / "a"), str(tmp_path / "run/tune/adapter"), "http://127.0.0.1:1/v1/", f"x={tmp_path / 'a'}"]
    found = named_models(words)
    assert list(found) == ["a", "tune", "endpoint", "x"]
    assert found["endpoint"] == Endpoint("http://127.0.0.1:1/v1")
    with pytest.raises(UsageError, match="Two models"):
        named_models([words[0], words[0]])
    with pytest.raises(UsageError, match="no such model folder"):
        named_models([str(tmp_path / "missing")])


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"choices": None}, {"choices": [None]}, {"choices": [{"message": 3}]}]
)
def test_json_of_another_form_is_no_reply(answer: Any):
    with pytest.raises(ValueError, match="no chat completion"):
        read_reply(answer)


def thinking_reply(content: str | None, finish: str = "stop", **message: str) -> dict[str, object]:
    return {
        "choices": [{"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}],
        "usage": {"completion_tokens": 100},
    }


def test_reasoning_is_no_answer():
    """Between marks, after a mark that the prompt had opened, or in a field of its own."""
    for given in (
        thinking_reply("<think>\n上がる、だろうか。\n</think>\n\n下がる"),
        thinking_reply("上がる、だろうか。</think>下がる"),
        thinking_reply("下がる", reasoning_content="上がる、だろうか。"),
        thinking_reply("下がる", reasoning="上がる、だろうか。"),
    ):
        found = read_reply(given)
        assert (found.text, found.reasoning) == ("下がる", "上がる、だろうか。")
        assert 60 < found.thinking_tokens < 100


def test_reasoning_that_was_cut_off_leaves_no_answer():
    request = ChoiceRequest("q", "?", ("下がる", "上がる"))
    found = read_reply(thinking_reply("<think>\nまず「下がる」について検討する。", "length"))
    assert (found.text, found.finish) == ("", "length")
    assert choice_score(request, found, "strict").unparsed


def test_the_marks_are_the_recipes_and_tokens_the_servers():
    marks = ThinkingConfig(opening="<reason>", closing="</reason>")
    given = thinking_reply("<reason>a</reason>B")
    given["usage"] = {"completion_tokens": 50, "completion_tokens_details": {"reasoning_tokens": 41}}
    found = read_reply(given, marks)
    assert (found.text, found.reasoning, found.thinking_tokens) == ("B", "a", 41)
