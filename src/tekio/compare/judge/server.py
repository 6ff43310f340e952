"""The blind comparison behind the local server. A judgement is answered only after the store has it on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from tekio.compare.judge.judgement import Judgement, read_judgement
from tekio.compare.judge.page import as_shown, render_page, set_id
from tekio.compare.judge.pairs import Judged
from tekio.desk.decisions import DecisionStore
from tekio.desk.reviewer import reviewer_name
from tekio.desk.server import DeskServer
from tekio.errors import InputError, Language, Text
from tekio.local_server import whole_number


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
            raise InputError(
                Text("There is no such pair.", "その組はありません。"), where=query.get("position", "")[:20]
            )
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


class JudgeServer(DeskServer):
    """The server; `url` is what the reviewer opens."""

    def __init__(
        self, judged: Judged, store: DecisionStore[Judgement], language: Language, *, port: int = 0, reviewer: str = ""
    ) -> None:
        api = self.api = JudgeApi(judged, store)
        super().__init__(
            render_page(judged, language, reviewer=reviewer),
            reads={"api/start": api.start, "api/item": api.item},
            takes={"api/act": api.act},
            port=port,
        )
