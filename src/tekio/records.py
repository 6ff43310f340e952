"""Instruction records: what `instruct` writes and tuning, comparison and the report read (JSON Lines).

    {"id": "...", "messages": [{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}],
     "meta": {"task": "faq", "topic": "...", "origin": "...", "parents": ["document id"], "license": "PDL-1.0",
              "as_of": "2026-04-01", "group": "...", "split": "train", "review": "unseen"}}

A user message may have `input` (the Alpaca field) in `meta.input`; then `messages[0].content` is the instruction alone
and the prompt template decides how the two are put together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

from tekio.errors import TekioError, Text
from tekio.store import canonical_json, read_jsonl

Role = Literal["system", "user", "assistant"]
ReviewState = Literal["unseen", "accepted", "edited", "rejected"]


class ChatMessage(TypedDict):
    """One turn in OpenAI form."""

    role: Role
    content: str


@dataclass(slots=True)
class InstructionMeta:
    """Where a record comes from and what may be done with it; `extra` keeps what a source brings besides."""

    task: str
    origin: str
    license: str
    topic: str | None = None
    parents: list[str] = field(default_factory=list[str])
    as_of: str | None = None
    group: str = ""
    split: str | None = None
    review: ReviewState = "unseen"
    input: str | None = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class InstructionRecord:
    """One conversation (mostly one question and its answer) with its history."""

    id: str
    messages: list[ChatMessage]
    meta: InstructionMeta

    @property
    def instruction(self) -> str:
        """The first user turn."""
        return next((turn["content"] for turn in self.messages if turn["role"] == "user"), "")

    @property
    def output(self) -> str:
        """The last assistant turn."""
        return next((turn["content"] for turn in reversed(self.messages) if turn["role"] == "assistant"), "")

    def as_dict(self) -> dict[str, Any]:
        meta = {name: getattr(self.meta, name) for name in InstructionMeta.__dataclass_fields__}
        return {"id": self.id, "messages": list(self.messages), "meta": meta}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> InstructionRecord:
        """Raises `TekioError` naming the record when a field is missing or unknown."""
        try:
            return cls(row["id"], cast("list[ChatMessage]", row["messages"]), InstructionMeta(**row["meta"]))
        except (KeyError, TypeError) as error:
            raise TekioError(
                Text("Not an instruction record.", "指示データの形式ではありません。"),
                where=f"id {row.get('id')!r}",
                why=str(error),
            ) from error


def record_id(origin: str, messages: list[ChatMessage], given_input: str | None = None) -> str:
    """A stable id: 16 hex digits of SHA-256 over origin and content."""
    content = canonical_json([origin, messages, given_input])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def new_record(instruction: str, output: str, meta: InstructionMeta, *, system: str | None = None) -> InstructionRecord:
    """A one-turn record with its id; `meta.group` defaults to the id."""
    messages: list[ChatMessage] = []
    if system:
        messages.append({"role": "system", "content": system})
    messages.append({"role": "user", "content": instruction})
    messages.append({"role": "assistant", "content": output})
    identity = record_id(meta.origin, messages, meta.input)
    meta.group = meta.group or identity
    return InstructionRecord(identity, messages, meta)


def read_records(path: Path) -> Iterator[InstructionRecord]:
    """The records of a JSON Lines file, in order."""
    for row in read_jsonl(path):
        yield InstructionRecord.from_dict(row)
