"""What changed between two instruction sets, by record id. Memory is bounded by ids and hashes, not by text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tekio.instruct.formats import RejectedRecord
from tekio.records import InstructionMeta, InstructionRecord
from tekio.store import canonical_json

Read = Callable[[], Iterable[InstructionRecord | RejectedRecord]]
FIELDS = ("messages", *InstructionMeta.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Change:
    """One record that is in both sets and differs: the fields, with their old and new values."""

    id: str
    fields: dict[str, tuple[Any, Any]]


@dataclass
class Difference:
    """Rows only in the second set, only in the first, in both and different, in both and equal.

    `changes` holds the first `shown` changed records in full; `fields` counts over all of them.
    """

    added: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    same: int = 0
    changes: list[Change] = field(default_factory=list[Change])
    fields: Counter[str] = field(default_factory=Counter[str])

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "same": self.same,
            "fields": dict(sorted(self.fields.items())),
        }


def difference(old: Read, new: Read, shown: int = 20) -> Difference:
    """Compare two sets. Rows that share an id within a set are told apart by their order (`id#2`)."""
    before = {key: _digest(record) for key, record in _keyed(old())}
    found = Difference()
    seen: set[str] = set()
    changed_rows: dict[str, InstructionRecord] = {}
    for key, record in _keyed(new()):
        seen.add(key)
        if key not in before:
            found.added.append(key)
        elif before[key] == _digest(record):
            found.same += 1
        else:
            found.changed.append(key)
            changed_rows[key] = record
    found.removed = [key for key in before if key not in seen]
    if changed_rows:
        for key, record in _keyed(old()):
            if key in changed_rows:
                change = Change(key, _fields(record, changed_rows[key]))
                found.fields.update(change.fields.keys())
                if len(found.changes) < shown:
                    found.changes.append(change)
    return found


def _keyed(items: Iterable[InstructionRecord | RejectedRecord]) -> Iterable[tuple[str, InstructionRecord]]:
    seen: Counter[str] = Counter()
    for item in items:
        if isinstance(item, InstructionRecord):
            seen[item.id] += 1
            yield (item.id if seen[item.id] == 1 else f"{item.id}#{seen[item.id]}"), item


def _digest(record: InstructionRecord) -> bytes:
    return hashlib.sha256(canonical_json(record.as_dict()).encode()).digest()


def _fields(old: InstructionRecord, new: InstructionRecord) -> dict[str, tuple[Any, Any]]:
    before, after = ({"messages": item.messages, **item.as_dict()["meta"]} for item in (old, new))
    return {name: (before[name], after[name]) for name in FIELDS if before[name] != after[name]}
