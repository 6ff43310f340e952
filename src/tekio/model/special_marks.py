"""The special tokens of a base and the marks of its prompt template, as its own files name them.

Text that holds one would end an answer, or begin another turn, in the middle of a training row. Read without loading the
tokenizer: `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json` and the chat template of the Hugging Face layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from tekio.errors import TekioError
from tekio.store import read_json

_ROLES = re.compile(r"[a-z_]+_token$")
_HEADING = re.compile(r"#{2,4} ?[^\s'\"{}\\\\#:：]{1,20}[:：]")
_LOOKS_LIKE_A_MARK = re.compile(r"<[^<>\s]{1,40}>|\[[A-Z_/]{2,20}\]|<\|[^|]{1,40}\|>")
SHORTEST = 3
"""Characters; what is shorter (a line end, `#`) stands in ordinary text, too."""


def special_marks(folder: Path) -> list[str]:
    """The marks of the base in `folder`, sorted; none where it has no tokenizer files or they cannot be read."""
    found = {mark.strip() for mark in _marks(folder)}
    return sorted(mark for mark in found if len(mark) >= SHORTEST and re.search(r"\w", mark))


def _marks(folder: Path) -> Iterator[str]:
    whole, settings, named = (
        _read(folder / name) for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
    )
    for token in (*_rows(whole.get("added_tokens")), *_rows(_values(settings.get("added_tokens_decoder")))):
        content = token.get("content")
        if isinstance(content, str) and (token.get("special") or _LOOKS_LIKE_A_MARK.fullmatch(content)):
            yield content
    for table in (settings, named):
        for name, value in table.items():
            if _ROLES.fullmatch(name):
                yield from _content(value)
            elif name in ("additional_special_tokens", "extra_special_tokens"):
                for item in _values(value):
                    yield from _content(item)
    yield from _HEADING.findall(_template(folder, settings))


def _read(path: Path) -> dict[str, Any]:
    try:
        plain = read_json(path)
    except (OSError, TekioError):
        return {}
    return cast("dict[str, Any]", plain) if isinstance(plain, dict) else {}


def _values(value: Any) -> list[Any]:
    """The items of a list or the values of a table."""
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).values())
    return cast("list[Any]", value) if isinstance(value, list) else []


def _rows(value: Any) -> list[dict[str, Any]]:
    rows = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", row) for row in rows if isinstance(row, dict)]


def _content(value: Any) -> Iterator[str]:
    text = cast("dict[str, Any]", value).get("content") if isinstance(value, dict) else value
    if isinstance(text, str):
        yield text


def _template(folder: Path, settings: dict[str, Any]) -> str:
    try:
        return (folder / "chat_template.jinja").read_text(encoding="utf-8")
    except (OSError, ValueError):
        told = settings.get("chat_template")
        return told if isinstance(told, str) else ""
