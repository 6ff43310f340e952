"""The blind comparison behind the local server. A judgement is answered only after the store has it on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

from tekio.compare.judge.judgement import Judgement, read_judgement
from tekio.compare.judge.page import as_shown, render_page, set_id
from tekio.compare.judge.pairs import Judged
from tekio.errors import InputError, Language, TekioError
from tekio.instruct.review.actions import reviewer_name
from tekio.instruct.review.store import DecisionStore
from tekio.local_server import HTML, JSON, PLAIN, GuardedHandler, LocalServer, whole_number
from tekio.rows.strict_json import strict_json


class JudgeApi:
    """What the page can ask for; knows nothing of HTTP. No answer of it names a model."""

    def __init__(self, judged: Judged, store: DecisionStore[Judgement]) -> None:
        self.judged = judged
        self.store = store
        self.set = set_id(judged)
        self.digests = {pair.key: pair.digest() for pair in judged.pairs}

    def start(self, query: dict[str, str]) -> dict[str, Any]:
        """How many pairs there are, and what this reviewer said so far."""
        reviewer = reviewer_name(query.get("reviewer"))
        said = {one.item: one for one in self.store.decisions(reviewer) if one.digest == self.digests.get(one.item)}
        return {
            "set": self.set,
            "keys": [pair.key for pair in self.judged.pairs],
            "decisions": {item: said_by(one) for item, one in said.items()},
        }

    def item(self, query: dict[str, str]) -> dict[str, Any]:
        """One pair in this reviewer's order."""
        order = self.judged.swapped(reviewer_name(query.get("reviewer")))
        place = whole_number(query.get("position", ""))
        if place is None or place >= len(self.judged.pairs):
            raise InputError("no such pair", where=query.get("position", "")[:20])
        pair = self.judged.pairs[place]
        return {"set": self.set, **as_shown(pair, swapped=order[pair.key])}

    def act(self, body: Any) -> dict[str, Any]:
        """Store a judgement, with the order it was made in. Returns when it is on disk."""
        reviewer = reviewer_name(cast("dict[str, Any]", body).get("reviewer") if isinstance(body, dict) else None)
        one = read_judgement(body, shown_to(self.judged, reviewer), self.digests)
        self.store.add(replace(one, at=datetime.now(UTC).isoformat(timespec="seconds")))
        return {"stored": one.key, "set": self.set}


def said_by(one: Judgement) -> dict[str, Any]:
    """A judgement as the page shows it: sides, no labels."""
    return {"decision": one.decision, "marks": one.marks, "note": one.note}


def shown_to(judged: Judged, reviewer: str) -> dict[str, tuple[str, str]]:
    """The labels behind A and B of every pair, for this reviewer."""
    first, second = judged.labels
    return {key: (second, first) if swapped else (first, second) for key, swapped in judged.swapped(reviewer).items()}


class JudgeServer(LocalServer):
    """The server; `url` is what the reviewer opens."""

    def __init__(
        self, judged: Judged, store: DecisionStore[Judgement], language: Language, *, port: int = 0, reviewer: str = ""
    ) -> None:
        self.api = JudgeApi(judged, store)
        self.page, policy = render_page(judged, language, reviewer=reviewer)
        super().__init__(_Handler, policy=policy, port=port)


class _Handler(GuardedHandler):
    server: JudgeServer  # pyright: ignore[reportIncompatibleVariableOverride]  (the base names its base class)

    def get(self, place: str, query: dict[str, str]) -> None:
        """The page, or what it asks for."""
        if place == "":
            self.send(HTTPStatus.OK, self.server.page.encode(), HTML)
            return
        api = self.server.api
        work = {"api/start": api.start, "api/item": api.item}.get(place)
        self._answer(None if work is None else lambda: work(query))

    def post(self, place: str, body: bytes) -> None:
        """A judgement."""
        try:
            value = strict_json(body.decode("utf-8"))
        except ValueError:
            self.refuse(HTTPStatus.BAD_REQUEST)
            return
        self._answer((lambda: self.server.api.act(value)) if place == "api/act" else None)

    def _answer(self, work: Any) -> None:
        if work is None:
            self.refuse(HTTPStatus.NOT_FOUND)
            return
        try:
            content = json.dumps(work(), ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")
        except InputError as error:
            self.send(HTTPStatus.BAD_REQUEST, str(error).encode("utf-8", "backslashreplace"), PLAIN)
        except TekioError as error:  # the store: the page keeps what was said and sends it again
            self.send(HTTPStatus.SERVICE_UNAVAILABLE, str(error).encode("utf-8", "backslashreplace"), PLAIN)
        else:
            self.send(HTTPStatus.OK, content, JSON)
