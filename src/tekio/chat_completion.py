"""What a chat completion of an OpenAI-compatible server says, in the forms that servers give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from tekio.text.reasoning import KNOWN_MARKS, Marks, split_reasoning

MAX_CHARACTERS = 20_000  # of a reply that is read; its end counts


@dataclass(frozen=True, slots=True)
class ChatReply:
    """A reply. text: without the reasoning. finish: as the server says it, empty where it says nothing. tokens: of the whole
    reply, 0 where the server does not count; thinking_tokens: of the reasoning.
    """

    text: str
    reasoning: str | None
    finish: str
    tokens: int
    thinking_tokens: int
    model: str = ""

    @property
    def said(self) -> str:
        """Reasoning and answer: what is kept of a reply that cannot be used."""
        return "\n\n".join(part for part in (self.reasoning, self.text) if part)


def read_completion(
    answer: object, marks: Marks = KNOWN_MARKS, *, opened_when_cut: bool = False, characters: int | None = None
) -> ChatReply:
    """The reply in a chat completion. Raises `ValueError` for JSON of another form; a null content is an empty reply.

    Reasoning is split off: `reasoning_content` (or `reasoning`) of the message, or what stands between the marks.
    opened_when_cut: a reply that was cut off without a closing mark is reasoning (the chat template may have opened it).
    characters: keep so many of a longer reply's end.
    """
    choices = cast("dict[str, Any]", answer).get("choices") if isinstance(answer, dict) else None
    first = cast("list[Any]", choices)[0] if isinstance(choices, list) and choices else None
    message = cast("dict[str, Any]", first).get("message") if isinstance(first, dict) else None
    if not isinstance(message, dict):
        raise ValueError(f"no chat completion: {str(cast('object', answer))[:200]}")
    given = cast("dict[str, Any]", answer)
    content = _content(cast("dict[str, Any]", message).get("content"))
    ended = cast("dict[str, Any]", first).get("finish_reason")
    parts = split_reasoning(
        content[-characters:] if characters else content, marks, opened=opened_when_cut and ended == "length"
    )
    apart = next(
        (
            value
            for name in ("reasoning_content", "reasoning")
            if isinstance(value := cast("dict[str, Any]", message).get(name), str) and value
        ),
        parts.reasoning,
    )
    counts = given.get("usage")
    usage = cast("dict[str, Any]", counts) if isinstance(counts, dict) else {}
    tokens = usage.get("completion_tokens")
    spent = tokens if isinstance(tokens, int) else 0
    return ChatReply(
        text=parts.answer,
        reasoning=apart,
        finish=str(ended or ""),
        tokens=spent,
        thinking_tokens=_thinking_tokens(usage, spent, apart, parts.answer),
        model=str(given.get("model") or ""),
    )


def _content(content: object) -> str:
    """The text of a message: a string, a list of parts, or null."""
    if isinstance(content, list):
        parts = [
            cast("dict[str, Any]", part).get("text") for part in cast("list[Any]", content) if isinstance(part, dict)
        ]
        return "".join(part for part in parts if isinstance(part, str))
    if content is not None and not isinstance(content, str):
        raise ValueError(f"the content is no text: {str(content)[:200]}")
    return content or ""


def _thinking_tokens(usage: Mapping[str, Any], tokens: int, reasoning: str | None, answer: str) -> int:
    """Tokens of the reasoning: as the server counts them, else by its share of the characters."""
    details = usage.get("completion_tokens_details")
    counted = cast("dict[str, Any]", details).get("reasoning_tokens") if isinstance(details, dict) else None
    if isinstance(counted, int):
        return counted
    return round(tokens * len(reasoning) / max(1, len(reasoning) + len(answer))) if reasoning else 0
