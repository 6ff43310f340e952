"""What an instruction set is made of: rows by source, task, topic, license, date, split and review state; lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from tekio.instruct.formats import RejectedRecord
from tekio.records import InstructionRecord
from tekio.text.scripts import count_japanese

NONE = "-"
PARTS = ("origin", "task", "topic", "license", "as_of", "split", "review")
TEXTS = ("instruction", "input", "output")
QUANTILES = (0.05, 0.5, 0.95)


@dataclass
class Lengths:
    """Lengths of one kind of text in characters. Exact, with memory bounded by the number of different lengths."""

    seen: Counter[int] = field(default_factory=Counter[int])

    def add(self, text: str) -> None:
        """Count one text."""
        self.seen[len(text)] += 1

    def summary(self) -> dict[str, float | int]:
        """rows, characters, mean, min, p5, p50, p95, max (quantiles: the lower of two neighbours, so a real length)."""
        rows = self.seen.total()
        if not rows:
            return {"rows": 0, "characters": 0}
        ordered = sorted(self.seen.items())
        characters = sum(length * number for length, number in ordered)
        found: dict[str, float | int] = {
            "rows": rows,
            "characters": characters,
            "mean": round(characters / rows, 1),
            "min": ordered[0][0],
        }
        for share in QUANTILES:
            found[f"p{round(share * 100)}"] = _at(ordered, int(share * (rows - 1)))
        found["max"] = ordered[-1][0]
        return found


def _at(ordered: list[tuple[int, int]], rank: int) -> int:
    passed = 0
    for length, number in ordered:
        passed += number
        if passed > rank:
            return length
    return ordered[-1][0]


@dataclass
class Composition:
    """Counts over a set of records.

    `by[part][value]`: rows; `origins[origin, license]`: rows; `drafted[model]`: rows a language model drafted.
    """

    rows: int = 0
    exchanges: int = 0
    with_system: int = 0
    with_input: int = 0
    duplicate_ids: int = 0
    by: dict[str, Counter[str]] = field(default_factory=lambda: {part: Counter[str]() for part in PARTS})
    origins: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    lengths: dict[str, Lengths] = field(default_factory=lambda: {name: Lengths() for name in TEXTS})
    groups: set[str] = field(default_factory=set[str])
    rejected: Counter[str] = field(default_factory=Counter[str])
    drafted: Counter[str] = field(default_factory=Counter[str])
    japanese: int = 0
    counted: int = 0

    @property
    def share_of_japanese(self) -> float:
        """Of all texts together (`tekio.text.scripts`)."""
        return self.japanese / self.counted if self.counted else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, every count in a stable order (largest first, then by name)."""
        return {
            "rows": self.rows,
            "exchanges": self.exchanges,
            "with_system": self.with_system,
            "with_input": self.with_input,
            "duplicate_ids": self.duplicate_ids,
            "groups": len(self.groups),
            "japanese_share": round(self.share_of_japanese, 4),
            "by": {part: dict(ordered(counts)) for part, counts in self.by.items()},
            "lengths": {name: lengths.summary() for name, lengths in self.lengths.items()},
            "rejected": dict(ordered(self.rejected)),
            "drafted": dict(ordered(self.drafted)),
        }


def ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """Largest first, equal ones by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def composition(items: Iterable[InstructionRecord | RejectedRecord]) -> Composition:
    """Count a set of records in one pass."""
    found = Composition()
    ids: set[str] = set()
    for item in items:
        if isinstance(item, RejectedRecord):
            found.rejected[item.rejected_by] += 1
            continue
        found.rows += 1
        found.duplicate_ids += item.id in ids
        ids.add(item.id)
        _count(found, item)
    return found


def _count(found: Composition, record: InstructionRecord) -> None:
    meta = record.meta
    roles = [message["role"] for message in record.messages]
    found.exchanges += roles.count("user")
    found.with_system += "system" in roles
    found.with_input += bool(meta.input)
    found.groups.add(meta.group)
    for part in PARTS:
        value: str | None = getattr(meta, part)
        found.by[part][value[:4] if value and part == "as_of" else value or NONE] += 1
    found.origins[meta.origin, meta.license] += 1
    draft: Any = meta.extra.get("draft")
    if isinstance(draft, dict):
        found.drafted[str(cast("dict[str, Any]", draft).get("generator"))] += 1
    for name, text in (("instruction", record.instruction), ("input", meta.input), ("output", record.output)):
        if text:
            found.lengths[name].add(text)
            japanese, counted = count_japanese(text)
            found.japanese, found.counted = found.japanese + japanese, found.counted + counted
