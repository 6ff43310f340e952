"""Instruction records as rows of the formats people use.

Every row of a file has the same columns with the same types (loaders such as `datasets` infer them from the first
rows), so `meta` is written as one JSON text; `import_records` gives back the record that was written. `bare` rows hold
the conversation alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tekio.instruct.formats.rejected import RowError
from tekio.instruct.formats.turns import join_input
from tekio.records import ChatMessage, InstructionRecord
from tekio.store import canonical_json

ROW_FORMATS = ("alpaca", "sharegpt", "messages", "trl", "trl-messages", "records")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which optional columns the rows of a file have: those that any of its records needs."""

    system: bool = False
    history: bool = False

    def with_record(self, record: InstructionRecord) -> Shape:
        """The shape that also holds `record`."""
        system = bool(record.messages) and record.messages[0]["role"] == "system"
        return Shape(self.system or system, self.history or len(record.messages) - system > 2)


def row_of(record: InstructionRecord, to: str, shape: Shape, *, bare: bool = False) -> dict[str, Any]:
    """The row of a record in format `to` (one of `ROW_FORMATS`). Raises `RowError` if the format cannot hold it."""
    if to == "records":
        # Complete messages: TRL, LLaMA-Factory and axolotl look at nothing else. Reading takes the input out again.
        return {**record.as_dict(), "messages": joined(record)}
    row = _alpaca(record, shape) if to == "alpaca" else _WRITERS[to](record)
    if not bare:
        row["id"] = record.id
        row["meta"] = canonical_json(record.as_dict()["meta"])
    return row


def joined(record: InstructionRecord) -> list[ChatMessage]:
    """The conversation for a format without an input field: the input follows the first question."""
    messages: list[ChatMessage] = []
    waiting = record.meta.input
    for message in record.messages:
        content = message["content"]
        if waiting and message["role"] == "user":
            content, waiting = join_input(content, waiting), None
        messages.append({"role": message["role"], "content": content})
    return messages


def _alpaca(record: InstructionRecord, shape: Shape) -> dict[str, Any]:
    # One exchange keeps its input apart; in a longer one the input belongs to the first question, which Alpaca
    # puts into `history`, where there is no field for it.
    single = sum(message["role"] == "user" for message in record.messages) == 1
    messages = record.messages if single else joined(record)
    system = messages[0]["content"] if messages[0]["role"] == "system" else ""
    turns = [message["content"] for message in messages if message["role"] != "system"]
    if len(turns) < 2 or len(turns) % 2:
        raise RowError("turn_order", turns=len(turns))
    row: dict[str, Any] = {
        "instruction": turns[-2],
        "input": (record.meta.input or "") if single else "",
        "output": turns[-1],
    }
    if shape.system:
        row["system"] = system
    if shape.history:
        row["history"] = [[turns[i], turns[i + 1]] for i in range(0, len(turns) - 2, 2)]
    return row


def _sharegpt(record: InstructionRecord) -> dict[str, Any]:
    names = {"user": "human", "assistant": "gpt", "system": "system"}
    return {"conversations": [{"from": names[turn["role"]], "value": turn["content"]} for turn in joined(record)]}


def _messages(record: InstructionRecord) -> dict[str, Any]:
    return {"messages": [dict(message) for message in joined(record)]}


def _trl(record: InstructionRecord) -> dict[str, Any]:
    messages = joined(record)
    if len(messages) != 2:
        raise RowError("turn_order", turns=len(messages), fix="trl-messages")
    return {"prompt": messages[0]["content"], "completion": messages[1]["content"]}


def _trl_messages(record: InstructionRecord) -> dict[str, Any]:
    messages = [dict(message) for message in joined(record)]
    return {"prompt": messages[:-1], "completion": messages[-1:]}


_WRITERS: dict[str, Callable[[InstructionRecord], dict[str, Any]]] = {
    "sharegpt": _sharegpt,
    "messages": _messages,
    "trl": _trl,
    "trl-messages": _trl_messages,
}
