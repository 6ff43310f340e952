"""A question with two answers, one preferred to the other: a line of `prefer/train.jsonl` and `prefer/validation.jsonl`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.records import ChatMessage, InstructionRecord
from tekio.store import canonical_json, read_jsonl


@dataclass
class Pair:
    """A question with two answers. record: the question and the preferred answer. rejected: the other answer.

    rejected_id: of the record it stood in, where it was one. why: what reviewers gave as reason.
    """

    record: InstructionRecord
    rejected: str
    rejected_id: str = ""
    why: str = ""

    @property
    def other(self) -> InstructionRecord:
        """The question with the answer that was not preferred."""
        messages = [*self.record.messages[:-1], ChatMessage(role="assistant", content=self.rejected)]
        return InstructionRecord(self.rejected_id, messages, self.record.meta)

    def as_dict(self) -> dict[str, Any]:
        """A line of `train.jsonl` and `validation.jsonl`."""
        return {
            **self.record.as_dict(),
            "rejected": {"content": self.rejected, "id": self.rejected_id or None, "why": self.why or None},
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Pair:
        """The opposite of `as_dict`."""
        other = row["rejected"]
        record = InstructionRecord.from_dict({name: row[name] for name in ("id", "messages", "meta")})
        return cls(record, other["content"], other["id"] or "", other["why"] or "")


def read_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file that `build_pairs` wrote, in order."""
    return (Pair.from_dict(row) for row in read_jsonl(path))


def question_of(record: InstructionRecord) -> str:
    """What is asked, all turns and the input, as one comparable text."""
    turns = [[turn["role"], turn["content"].strip()] for turn in record.messages[:-1]]
    return canonical_json([turns, (record.meta.input or "").strip()])
