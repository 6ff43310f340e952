"""The page on which people judge: one HTML document that loads nothing, for the local server and for people without Python.

It never holds a model's label: A and B are what this reviewer sees first and second.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from tekio.compare.judge.judgement import CRITERIA
from tekio.compare.judge.pairs import Judged, Pair
from tekio.desk.page import content_policy, filled, script_json
from tekio.errors import Language
from tekio.store import sha256_json, write_atomic
from tekio.visible import visible


def set_id(judged: Judged) -> str:
    """16 hex digits that name these pairs, whatever order they are shown in."""
    return sha256_json([[pair.key, pair.digest()] for pair in judged.pairs])[:16]


def as_shown(pair: Pair, *, swapped: bool) -> dict[str, Any]:
    """A pair as a reviewer gets it: characters that could turn a line around or hide words are shown by their code point."""
    first, second = pair.texts[::-1] if swapped else pair.texts
    return {
        "key": pair.key,
        "digest": pair.digest(),
        "topic": visible(pair.topic or ""),
        "prompt": visible(pair.prompt),
        "input": visible(pair.input or ""),
        "reference": visible(pair.reference or ""),
        "a": visible(first),
        "b": visible(second),
    }


def render_page(
    judged: Judged,
    language: Language,
    *,
    reviewer: str = "",
    decisions: Mapping[str, Any] | None = None,
    alone: bool = False,
) -> tuple[str, str]:
    """The page and its Content-Security-Policy. alone: with all pairs in the order of `reviewer`, to work without a server."""
    style, script = _asset("page.css"), _asset("page.js")
    config: dict[str, Any] = {
        "set": set_id(judged),
        "language": language,
        "words": json.loads(_asset("words.json")),
        "criteria": {name: {"en": text.en, "ja": text.ja} for name, text in CRITERIA.items()},
        "reviewer": reviewer,
        "count": len(judged.pairs),
    }
    if alone:
        order = judged.swapped(reviewer)
        config["pairs"] = [as_shown(pair, swapped=order[pair.key]) for pair in judged.pairs]
        config["decisions"] = decisions or {}
    policy = content_policy(style, [script], connect=not alone)
    values = {
        "__LANG__": language,
        "__CSP__": html.escape(policy, quote=True),
        "__STYLE__": style,
        "__CONFIG__": script_json(config),
        "__SCRIPT__": script,
    }
    return filled(_asset("page.html"), values), policy


def write_page(path: Path, judged: Judged, language: Language, *, reviewer: str, decisions: Mapping[str, Any]) -> None:
    """Write the pairs for one reviewer as one HTML file."""
    text, _ = render_page(judged, language, reviewer=reviewer, decisions=decisions, alone=True)
    write_atomic(path, text.encode())


def _asset(name: str) -> str:
    return files("tekio.compare.judge").joinpath("assets", name).read_text(encoding="utf-8")
