"""The review desk behind the local server (`tekio.local_server`). A decision is answered only after the store has it on disk.

Against hostile text in records: the page's own Content-Security-Policy, JSON only, text nodes only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from tekio.desk.reviewer import reviewer_name
from tekio.desk.server import DeskServer
from tekio.errors import InputError, Language, Text
from tekio.instruct.review.actions import read_action
from tekio.instruct.review.agreement import Agreement, agreements
from tekio.instruct.review.items import ReviewItem
from tekio.instruct.review.page import render_page, set_hash
from tekio.instruct.review.store import ReviewStore, stamped
from tekio.local_server import whole_number

LABEL = 60
NO_SUCH_ITEM = Text("There is no such item.", "その項目はありません。")
SEARCH_LIMIT = 5000


class ReviewApi:
    """What the page can ask for; knows nothing of HTTP."""

    def __init__(self, items: Sequence[ReviewItem], store: ReviewStore) -> None:
        self.items = items
        self.set = set_hash(items)
        self.store = store
        self.index = [[item.key, item.record.instruction[:LABEL]] for item in items]
        self.known = {item.key for item in items}
        self._texts: list[str] | None = None

    def start(self, query: dict[str, str]) -> dict[str, Any]:
        """The list of items and the reviewer's decisions so far."""
        reviewer = reviewer_name(query.get("reviewer"))
        decisions = {action.item: action.as_dict() for action in self.store.decisions(reviewer)}
        return {
            "set": self.set,
            "index": self.index,
            "decisions": {item: decision for item, decision in decisions.items() if item in self.known},
        }

    def item(self, query: dict[str, str]) -> dict[str, Any]:
        """One item with its passage."""
        position = query.get("position", "")
        place = whole_number(position)
        if place is None or place >= len(self.items):
            raise InputError(NO_SUCH_ITEM, where=position[:20])
        # The set's name goes along: a page of an earlier set must not take this record for the one it asked for.
        return {"set": self.set, **self.items[place].as_dict()}

    def search(self, query: dict[str, str]) -> dict[str, Any]:
        """Positions of items whose texts contain the words as they stand (without regard to case)."""
        if self._texts is None:
            self._texts = [_searched(item) for item in self.items]
        wanted = query.get("q", "").casefold()
        found = [position for position, text in enumerate(self._texts) if wanted in text]
        return {"positions": found[:SEARCH_LIMIT]}

    def people(self, _: dict[str, str]) -> dict[str, Any]:
        """Progress and agreement of everybody."""
        decisions = [action for action in self.store.decisions() if action.item in self.known]
        done = Counter(action.reviewer for action in decisions)
        return {
            "progress": [{"reviewer": name, "done": number} for name, number in sorted(done.items())],
            "agreement": [_plain(found) for found in agreements(decisions)],
            "use": [_plain(found) for found in agreements(decisions, use_only=True)],
        }

    def act(self, body: Any) -> dict[str, Any]:
        """Store a decision. Returns when it is on disk."""
        action = read_action(body)
        if action.item not in self.known:
            raise InputError(NO_SUCH_ITEM, where=action.item[:100])
        self.store.add(stamped(action, datetime.now(UTC).isoformat(timespec="seconds")))
        return {"stored": action.key, "set": self.set}

    def undo(self, body: Any) -> dict[str, Any]:
        """Take back the reviewer's last decision. Returns which item it was and what counts for it now."""
        row = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
        reviewer, key = reviewer_name(row.get("reviewer")), row.get("key")
        if not isinstance(key, str) or not 0 < len(key) <= 100:
            raise InputError(Text("An undo needs a key.", "取り消しには key が必要です。"))
        last = self.store.undo(reviewer, key)
        if last is None:
            return {"undone": None}
        now = [action for action in self.store.decisions(reviewer) if action.item == last.item]
        return {"undone": last.item, "decision": now[0].as_dict() if now else None}


def _searched(item: ReviewItem) -> str:
    texts = [
        item.key,
        *(message["content"] for message in item.record.messages),
        item.record.meta.input or "",
        item.passage,
    ]
    return "\n".join(texts).casefold()


def _plain(found: Agreement) -> dict[str, Any]:
    return {"reviewers": list(found.reviewers), "n": found.n, "equal": found.equal, "kappa": found.kappa}


class ReviewServer(DeskServer):
    """The server; `url` is what the reviewer opens."""

    def __init__(
        self,
        items: Sequence[ReviewItem],
        store: ReviewStore,
        language: Language,
        *,
        port: int = 0,
        reviewer: str = "",
        token: str | None = None,
    ) -> None:
        api = self.api = ReviewApi(items, store)
        super().__init__(
            render_page(store.dataset, language, reviewer=reviewer, set_id=api.set),
            reads={"api/start": api.start, "api/item": api.item, "api/search": api.search, "api/people": api.people},
            takes={"api/act": api.act, "api/undo": api.undo},
            port=port,
            token=token,
        )
