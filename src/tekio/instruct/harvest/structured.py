"""FAQPage in JSON-LD: the pairs a page tells search engines, with answers as HTML inside of JSON strings."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from tekio.text.html import block_text, parse_html_text, tag_of
from tekio.text.unreadable import UnreadableError

MAX_SCRIPT = 2_000_000
MAX_NODES = 20_000


def structured_pairs(root: Any) -> list[tuple[str, str]]:
    """(question, answer) of every schema.org Question with an accepted answer; damaged scripts give nothing."""
    pairs: list[tuple[str, str]] = []
    for node in root.iter("script"):
        if "ld+json" not in (node.get("type") or "") or not node.text or len(node.text) > MAX_SCRIPT:
            continue
        try:
            value = json.loads(node.text.strip().removesuffix(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        for question in _questions(value):
            answer = question.get("acceptedAnswer") or question.get("suggestedAnswer")
            if isinstance(answer, list):
                answer = cast("list[Any]", answer)[0] if answer else None
            if not isinstance(answer, dict):
                continue
            asked = _plain(question.get("name") or question.get("text"))
            told = _plain(cast("dict[str, Any]", answer).get("text"))
            if asked and told:
                pairs.append((asked.replace("\n", ""), told))
    return pairs


def _questions(value: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [value], 0
    while waiting and seen < MAX_NODES:
        item = waiting.pop(0)
        seen += 1
        if isinstance(item, list):
            waiting = [*cast("list[Any]", item), *waiting]
        elif isinstance(item, dict):
            mapping = cast("dict[str, Any]", item)
            kind = mapping.get("@type")
            if kind == "Question" or (isinstance(kind, list) and "Question" in kind):
                yield mapping
            else:
                waiting = [*(child for child in mapping.values() if isinstance(child, list | dict)), *waiting]


def _plain(text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        return ""
    try:
        root = parse_html_text(f"<html><body>{text}</body></html>")
    except UnreadableError:
        return ""
    body = next((node for node in root.iter() if tag_of(node) == "body"), root)
    return block_text(body).strip()
