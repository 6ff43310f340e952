"""Conversations: the turns of a row checked and brought into OpenAI form."""

from __future__ import annotations

from typing import Any, cast

from tekio.instruct.formats.rejected import RowError
from tekio.records import ChatMessage, Role
from tekio.rows.columns import NotText

# ShareGPT's `from` and OpenAI's `role`, as they occur in published files.
ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "bot": "assistant",
}
INPUT_SEPARATOR = "\n"  # LLaMA-Factory joins Alpaca's instruction and input with a newline


def turn(role: Any, content: Any) -> ChatMessage:
    """One message. Raises `RowError` for an unknown role or content that is not text."""
    if not isinstance(role, str) or role.strip().lower() not in ROLES:
        raise RowError("role", role=str(role)[:40])
    return {"role": ROLES[role.strip().lower()], "content": text_of(content)}


def text_of(content: Any) -> str:
    """Text of a message: a string, or OpenAI's list of parts when all of them are text.

    Raises `RowError`: `media` for a part that is an image, a sound or a file, `not_text` for anything else.
    """
    if isinstance(content, str) and not isinstance(content, NotText):
        return content
    if isinstance(content, list) and content:
        parts = [
            cast("dict[str, Any]", part).get("text")
            if isinstance(part, dict) and cast("dict[str, Any]", part).get("type") == "text"
            else None
            for part in cast("list[Any]", content)
        ]
        if all(isinstance(part, str) for part in parts):
            return "".join(cast("list[str]", parts))
        for part in cast("list[Any]", content):
            kind = cast("dict[str, Any]", part).get("type") if isinstance(part, dict) else None
            if isinstance(kind, str) and kind != "text":
                raise RowError("media", part=kind[:40])
    raise RowError("not_text", type=type(cast("object", content)).__name__)


def messages_of(turns: Any, role_key: str = "role", content_key: str = "content") -> list[ChatMessage]:
    """The messages of a list of turns. Raises `RowError` if it is none."""
    if not isinstance(turns, list) or not turns:
        raise RowError("schema", turns=type(cast("object", turns)).__name__)
    found: list[ChatMessage] = []
    for item in cast("list[Any]", turns):
        if not isinstance(item, dict):
            raise RowError("schema", turn=type(item).__name__)
        row = cast("dict[str, Any]", item)
        if row.get("tool_calls") or row.get("function_call"):
            raise RowError("tool_call")
        found.append(turn(row.get(role_key), row.get(content_key)))
    return found


def checked(messages: list[ChatMessage]) -> list[ChatMessage]:
    """The conversation if it can be trained on: at most one system turn first, then user and assistant in turn, an
    answer last, no empty turn, no damaged text. Raises `RowError` otherwise.
    """
    for message in messages:
        content = message["content"]
        if not content.strip():
            raise RowError({"system": "empty_system", "user": "empty_instruction"}.get(message["role"], "empty_answer"))
        check_text(content)
    order = "".join(message["role"][0] for message in messages)
    if order.removeprefix("s") != "ua" * (len(order.removeprefix("s")) // 2) or "a" not in order:
        raise RowError("turn_order", order=order[:80])
    return messages


def check_text(text: str) -> None:
    """Raises `RowError` for text that cannot be written as UTF-8 (a lone surrogate)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RowError("damaged_text", error=str(error)) from None


def join_input(instruction: str, given: str | None) -> str:
    """Instruction and input as one user turn, for formats that have no input field."""
    return instruction + INPUT_SEPARATOR + given if given else instruction


def split_input(content: str, given: str | None) -> str:
    """The inverse of `join_input` when the input is known: the instruction alone."""
    if given and content.endswith(INPUT_SEPARATOR + given):
        return content[: -len(INPUT_SEPARATOR + given)]
    return content
