"""What a reviewer sees: a record, the passage it was made from, and what the checks before noticed."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tekio.instruct.dataset.open import need_rows, open_dataset
from tekio.instruct.review.sources import PASSAGE_KEYS, Passages
from tekio.instruct.screen.note_words import reason_in_japanese
from tekio.records import InstructionRecord
from tekio.store import canonical_json

NOTE_KEYS = ("suggestions", "flags", "notes")
HIDDEN_KEYS = {*PASSAGE_KEYS, *NOTE_KEYS, "context", "review", "draft", "scope", "exam"}
EXAM_FACTS = ("half", "kind", "difficulty", "title")


@dataclass(slots=True)
class Note:
    """Something a check noticed. rule: its name; found: the words it is about; replace: what should stand instead."""

    rule: str
    text: str = ""
    found: list[str] = field(default_factory=list[str])
    replace: str | None = None
    japanese: str = ""
    """`text` in Japanese, where the page's own words have none for its rule."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the page."""
        return {
            "rule": self.rule,
            "text": self.text,
            "found": self.found,
            "replace": self.replace,
            "japanese": self.japanese,
        }

    def __str__(self) -> str:
        words = f" ({', '.join(self.found)})" if self.found else ""
        return f"{self.rule}{words}" + (f": {self.text}" if self.text else "")


@dataclass(slots=True)
class ReviewItem:
    """One record to be reviewed. `key` is the record's id, with `#2` where an id occurs again."""

    key: str
    record: InstructionRecord
    passage: str = ""
    passage_from: str = ""
    notes: list[Note] = field(default_factory=list[Note])

    def digest(self) -> str:
        """16 hex digits over what is reviewed: a decision holds for this text only."""
        content = canonical_json([self.record.messages, self.record.meta.input])
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """What the page needs, as plain values."""
        meta = self.record.meta
        facts = {
            "origin": meta.origin,
            "task": meta.task,
            "topic": meta.topic,
            "license": meta.license,
            "as_of": meta.as_of,
            "generator": _generator(meta.extra.get("draft")),
            **_exam(meta.extra.get("exam")),
            **{name: _short(value) for name, value in meta.extra.items() if name not in HIDDEN_KEYS},
        }
        return {
            "key": self.key,
            "digest": self.digest(),
            "messages": self.record.messages,
            "input": meta.input,
            "facts": {name: value for name, value in facts.items() if value},
            "passage": self.passage,
            "passage_from": self.passage_from,
            "at": self._answer_place(),
            "notes": [note.as_dict() for note in self.notes],
        }

    def _answer_place(self) -> list[int]:
        """Where the passage says the answer of an exam's item: first and last code unit of UTF-16, as the page counts; empty where that is not known."""
        item: Any = self.record.meta.extra.get("exam")
        row = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
        start, end = row.get("start"), row.get("end")
        if not (isinstance(start, int) and isinstance(end, int)) or row.get("passage_text") != self.passage:
            return []
        return [_units(self.passage[:start]), _units(self.passage[:end])] if start < end <= len(self.passage) else []


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _exam(item: Any) -> dict[str, str]:
    """What a person must know of an exam's item beside question, options and passage."""
    row = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
    return {name: str(row[name]) for name in EXAM_FACTS if row.get(name)}


def _generator(draft: Any) -> str:
    return str(cast("dict[str, Any]", draft).get("generator", "")) if isinstance(draft, dict) else ""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else canonical_json(value)
    return text if len(text) <= 300 else text[:300] + "…"


def load_items(path: Path, documents: Path | None = None, pages: Path | None = None) -> list[ReviewItem]:
    """The records of a set (any known format) as items, in order.

    documents: a document table (`corpus/train`); passages are then the texts of a record's parents. pages: the folder of
    the pages the records were harvested from. Raises `TekioError` when no record can be read.
    """
    records = [item for item in open_dataset(path) if isinstance(item, InstructionRecord)]
    need_rows(len(records), path)
    passages = Passages(documents, pages)
    passages.prepare(records)
    seen: Counter[str] = Counter()
    items: list[ReviewItem] = []
    for record in records:
        seen[record.id] += 1
        key = record.id if seen[record.id] == 1 else f"{record.id}#{seen[record.id]}"
        passage, place = passages.of(record)
        items.append(ReviewItem(key, record, passage, place, _notes(record)))
    return items


def _notes(record: InstructionRecord) -> list[Note]:
    notes: list[Note] = []
    for name in NOTE_KEYS:
        values: Any = record.meta.extra.get(name)
        several = cast("list[Any]", values) if isinstance(values, list) else [values] if values else []
        for note in map(_note, several):
            known = any(note.rule == other.rule for other in notes)
            if not known or note.text or note.found:  # a flag by its name alone, whose rule has said more
                notes.append(note)
    return notes


def _note(value: Any) -> Note:
    """A note from a suggestion `{"rule", "found", "why", "replace"}`, a flag (text), or anything else as JSON."""
    if not isinstance(value, dict):
        return Note(str(value)[:300])
    row = cast("dict[str, Any]", value)
    rule, why = row.get("rule"), row.get("why")
    found: Any = row.get("found") or row.get("find") or []
    words = [found] if isinstance(found, str) else cast("list[Any]", found) if isinstance(found, list) else []
    replace = row.get("replace")
    if not isinstance(rule, str):
        return Note(canonical_json(row)[:300])
    return Note(
        rule[:100],
        str(why)[:300] if why else "",
        [str(word)[:200] for word in words if str(word)][:20],
        replace if isinstance(replace, str) else None,
        reason_in_japanese(rule, str(why)) if why and rule == "superseded" else "",
    )
