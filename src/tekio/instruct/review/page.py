"""The review page: one HTML document that loads nothing, for the local server and for people without Python.

The Content-Security-Policy names the hashes of its style and its scripts, so nothing that a record contains can
run, load or send anything; the static page may not even connect.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from tekio.desk.page import content_policy, filled, script_json
from tekio.errors import Language
from tekio.instruct.review.actions import REASONS, Action
from tekio.instruct.review.items import ReviewItem
from tekio.instruct.screen.note_words import page_words
from tekio.store import sha256_json, write_atomic


def _asset(name: str) -> str:
    return files("tekio.instruct.review").joinpath("assets", name).read_text(encoding="utf-8")


def render_page(
    dataset: str,
    language: Language,
    *,
    reviewer: str = "",
    set_id: str,
    items: Sequence[ReviewItem] | None = None,
    decisions: Sequence[Action] = (),
) -> tuple[str, str]:
    """The page and its Content-Security-Policy. With `items` it needs no server and keeps decisions in the browser.

    language: for browsers that ask for neither Japanese nor English. decisions: what stands already, for a page with `items`.
    """
    style, parts_script, script = _asset("page.css"), _asset("parts.js"), _asset("page.js")
    words: dict[str, dict[str, str]] = json.loads(_asset("words.json"))
    config: dict[str, Any] = {
        "dataset": dataset,
        "set": set_id,
        "language": language,
        "words": {
            "en": words["en"] | page_words("en"),
            "ja": words["ja"] | page_words("ja"),
        },
        "reviewer": reviewer,
        "reasons": {name: {"en": text.en, "ja": text.ja} for name, text in REASONS.items()},
    }
    if items is not None:
        # Many records come from one page: each passage stands in the file once.
        passages = list(dict.fromkeys(item.passage for item in items))
        places = {passage: place for place, passage in enumerate(passages)}
        config["passages"] = passages
        config["decisions"] = [action.as_dict() for action in decisions]
        config["items"] = [{**item.as_dict(), "passage": places[item.passage]} for item in items]
    policy = content_policy(style, [parts_script, script], connect=items is None)
    values = {
        "__LANG__": language,
        "__CSP__": html.escape(policy, quote=True),
        "__TITLE__": html.escape(dataset),
        "__STYLE__": style,
        "__CONFIG__": script_json(config),
        "__PARTS__": parts_script,
        "__SCRIPT__": script,
    }
    return filled(_asset("page.html"), values), policy


def set_hash(items: Sequence[ReviewItem]) -> str:
    """16 hex digits that name a set of items: their keys and texts."""
    return sha256_json([[item.key, item.digest()] for item in items])[:16]


def write_static_page(
    path: Path,
    dataset: str,
    items: Sequence[ReviewItem],
    language: Language,
    *,
    reviewer: str = "",
    decisions: Sequence[Action] = (),
) -> int:
    """Write the review as one HTML file, with the decisions so far. Returns its size in bytes."""
    text, _ = render_page(
        dataset, language, reviewer=reviewer, set_id=set_hash(items), items=items, decisions=decisions
    )
    data = text.encode()
    write_atomic(path, data)
    return len(data)
