"""A small client for an OpenAI-compatible chat endpoint on this machine or in the own network, with a cache on disk.

Every answer is written to the cache, with its hash, before it is used, so an interrupted run continues where it stopped and a repeated
run asks nothing. Proxies and redirects are not followed, an answer has a size limit, the key (environment variable
`TEKIO_DRAFT_KEY`) is in no file and no message.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from tekio.chat_completion import read_completion
from tekio.errors import TekioError, Text, UsageError
from tekio.http import Client, FetchError
from tekio.offline import allow_private_host
from tekio.rows.strict_json import decode_json, strict_json
from tekio.store import canonical_json, read_json, sha256_json, write_atomic
from tekio.text.reasoning import split_reasoning

KEY_VARIABLE = "TEKIO_DRAFT_KEY"
MAX_ANSWER_BYTES = 4 << 20
TRIES = 4
MAX_BRACES = 1000
REFUSALS = (400, 413, 422)
"""Answers of a server that is there and will not answer this one request: a prompt too long for it, mostly."""
FAILURES = ("server_error", "no_answer")
"""Reasons of a request without an answer after all tries: 5xx, a time limit, a connection cut."""
MOST_FAILED = 8
"""Requests in a row that may fail while the server answers a short one; then it is taken for one that cannot do the work."""

Wish = TypeVar("Wish")
Made = TypeVar("Made")


class RefusedError(TekioError):
    """A request that the server refuses, or fails to answer, while it answers others; `told` is what it said."""

    told: str = ""


@dataclass(frozen=True)
class Answer:
    """What the endpoint said: the text without reasoning before it, the model's name as it gave it, and whether it came out of the
    cache. said: the whole of it, reasoning too.
    """

    text: str
    model: str
    finish: str
    cached: bool
    said: str


class _Streak:
    """How many requests have failed since one was answered. Shared by threads."""

    def __init__(self) -> None:
        self._failed, self._lock = 0, Lock()

    def answered(self) -> None:
        """A request was answered."""
        with self._lock:
            self._failed = 0

    def failed(self) -> int:
        """A request failed; how many that makes."""
        with self._lock:
            self._failed += 1
            return self._failed


@dataclass(frozen=True)
class Endpoint:
    """`url` up to `/v1`; `model` as the server calls it; `cache` a folder of answers."""

    url: str
    model: str
    cache: Path
    timeout: float = 180.0
    pause: float = 1.0
    _streak: _Streak = field(default_factory=_Streak, repr=False, compare=False)

    def check(self) -> None:
        """Raises `UsageError` for an address that is no http(s) URL, `PolicyError` for one outside the own network."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise UsageError(
                Text("The endpoint is not an http(s) address.", "接続先が http(s) のアドレスではありません。"),
                where=self.url,
                fix="http://127.0.0.1:8000/v1",
            )
        allow_private_host(parts.hostname)

    def ask(self, messages: list[dict[str, str]], *, temperature: float, max_tokens: int, seed: int) -> Answer:
        """The model's answer to `messages`, from the cache if it was asked before.

        Raises `RefusedError` for a request that fails alone, `TekioError` when the server cannot be reached or fails on all; what was answered is in the
        cache.
        """
        body = {
            "model": self.model,
            "messages": messages,
            "temperature": temperature,
            "max_tokens": max_tokens,
            "seed": seed,
        }
        place = self.cache / f"{sha256_json(body)}.json"
        if (kept := _kept(place)) is not None:
            return _answer(kept, self.model, cached=True)
        plain = self._post(canonical_json(body).encode())
        answer = _answer(plain, self.model, cached=False)
        write_atomic(place, canonical_json({"answer": plain, "sha256": sha256_json(plain)}))
        return answer

    def _post(self, data: bytes) -> Any:
        try:
            answer = self._sent(data, TRIES)
        except FetchError as error:
            if error.status in REFUSALS or (error.reason in FAILURES and self._answers_others()):
                refused = RefusedError(
                    Text("The model server does not answer a request.", "モデルのサーバが一つの要求に応答しません。"),
                    where=self.url,
                    why=str(error.why),
                )
                refused.told = str(error.why)
                raise refused from None
            raise self._failed(str(error.why)) from None
        self._streak.answered()
        return answer

    def _sent(self, data: bytes, tries: int) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {os.environ[KEY_VARIABLE]}"
        client = Client(
            interval=0,
            tries=tries,
            first_wait=self.pause,
            timeout=self.timeout,
            max_bytes=MAX_ANSWER_BYTES,
            allow_private=True,  # `check` allows the own network only
            redirects=False,
            proxies=False,
        )
        url = self.url.rstrip("/") + "/chat/completions"
        return client.post(url, data, headers, lambda content: strict_json(content.decode("utf-8")))

    def _answers_others(self) -> bool:
        """Whether the server answers a short question, after one that it failed to answer: then that one fails alone."""
        if self._streak.failed() > MOST_FAILED:
            return False
        short = {"model": self.model, "messages": [{"role": "user", "content": "はい"}], "max_tokens": 1}
        try:
            read_completion(self._sent(canonical_json(short).encode(), 1))
        except (FetchError, ValueError):
            return False
        return True

    def _failed(self, why: str) -> TekioError:
        return TekioError(
            Text("The model server did not answer.", "モデルのサーバが応答しません。"),
            where=self.url,
            why=why,
            fix=Text(
                "Run the same command again when it is available; what was answered is kept.",
                "復旧後に同じコマンドを再実行してください。受け取った分は残っています。",
            ),
        )


def _kept(place: Path) -> Any:
    """The answer in a file of the cache; None where there is none, or one that is not as it was written: it is asked for again."""
    if not place.is_file():
        return None
    try:
        held: object = read_json(place)
    except TekioError:
        return None
    if not isinstance(held, dict) or "answer" not in held:
        return None
    found = cast("dict[str, Any]", held)
    return found["answer"] if found.get("sha256") == sha256_json(found["answer"]) else None


def _answer(plain: Any, model: str, *, cached: bool) -> Answer:
    """The first choice of a chat completion. Raises `TekioError` for something else."""
    try:
        given = read_completion(plain)
    except ValueError as error:
        raise TekioError(
            Text("The endpoint does not answer in OpenAI's form.", "OpenAI 形式の応答ではありません。"),
            why=f"{error}; {json.dumps(plain, ensure_ascii=False)[:300]}",
        ) from error
    return Answer(given.text, given.model or model, given.finish, cached, given.said)


def objects_in(reply: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of a reply's answer, from the last to the first: models put the object that was asked for into a code fence or
    talk around it.
    """
    body = split_reasoning(reply).answer
    for match in reversed(list(re.finditer(r"\{", body))[-MAX_BRACES:]):
        try:
            value, _ = decode_json(body, match.start())
        except ValueError:
            continue
        if isinstance(value, dict):
            yield cast("dict[str, Any]", value)


def in_order(work: Callable[[Wish], Made], wishes: Sequence[Wish], parallel: int) -> Iterator[Made]:
    """`work` on each wish, a few at a time, results in the order of the wishes; the first failure ends it."""
    if parallel <= 1:
        yield from map(work, wishes)
        return
    with ThreadPoolExecutor(parallel) as pool:
        waiting = [pool.submit(work, wish) for wish in wishes]
        try:
            for future in waiting:
                yield future.result()
        except BaseException:
            for future in waiting:
                future.cancel()
            raise
