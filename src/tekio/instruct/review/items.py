"""What a reviewer sees: a record, the passage it was made from, and what the checks before noticed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tekio.instruct.dataset.open import need_rows, open_dataset
from tekio.records import InstructionRecord
from tekio.store import canonical_json

# Where a source keeps the text a record was made from, if it keeps it with the record.
PASSAGE_KEYS = ("passage", "source_text", "context")
NOTE_KEYS = ("suggestions", "flags", "notes")
HIDDEN_KEYS = {*PASSAGE_KEYS, *NOTE_KEYS, "review"}
MAX_PASSAGE_CHARACTERS = 200_000


@dataclass(slots=True)
class Note:
    """Something a check noticed. `find`, `replace`: a change the reviewer may take with one key."""

    text: str
    find: str | None = None
    replace: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the page."""
        return {"text": self.text, "find": self.find, "replace": self.replace}


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
            "notes": [note.as_dict() for note in self.notes],
        }


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else canonical_json(value)
    return text if len(text) <= 300 else text[:300] + "…"


def load_items(path: Path, documents: Path | None = None) -> list[ReviewItem]:
    """The records of a set (any known format) as items, in order.

    documents: a document table (`corpus/train`); passages are then the texts of a record's parents.
    Raises `TekioError` when no record can be read.
    """
    records = [item for item in open_dataset(path) if isinstance(item, InstructionRecord)]
    need_rows(len(records), path)
    texts = parent_texts(records, documents) if documents else {}
    seen: Counter[str] = Counter()
    items: list[ReviewItem] = []
    for record in records:
        seen[record.id] += 1
        key = record.id if seen[record.id] == 1 else f"{record.id}#{seen[record.id]}"
        passage, place = passage_of(record, texts)
        items.append(ReviewItem(key, record, passage, place, _notes(record)))
    return items


def parent_texts(records: Iterable[InstructionRecord], documents: Path) -> dict[str, tuple[str, str]]:
    from tekio.documents import read_documents

    wanted = {parent for record in records for parent in record.meta.parents}
    return {
        row["id"]: (str(row["text"]), str(row["title"] or row["uri"]))
        for row in read_documents(documents, ["id", "text", "title", "uri"])
        if row["id"] in wanted
    }


def passage_of(record: InstructionRecord, texts: dict[str, tuple[str, str]]) -> tuple[str, str]:
    extra = record.meta.extra
    place = next((str(extra[name]) for name in ("file", "uri", "url", "place") if extra.get(name)), "")
    for name in PASSAGE_KEYS:
        if isinstance(extra.get(name), str) and extra[name].strip():
            return str(extra[name])[:MAX_PASSAGE_CHARACTERS], place
    found = [texts[parent] for parent in record.meta.parents if parent in texts]
    if found:
        return "\n\n".join(text for text, _ in found)[:MAX_PASSAGE_CHARACTERS], ", ".join(title for _, title in found)
    return "", place


def _notes(record: InstructionRecord) -> list[Note]:
    notes: list[Note] = []
    for name in NOTE_KEYS:
        values: Any = record.meta.extra.get(name)
        several = cast("list[Any]", values) if isinstance(values, list) else [values] if values else []
        notes.extend(_note(value) for value in several)
    return notes


def _note(value: Any) -> Note:
    if not isinstance(value, dict):
        return Note(str(value))
    row = cast("dict[str, Any]", value)
    find = next((row[name] for name in ("find", "old", "span", "text") if isinstance(row.get(name), str)), None)
    replace = next((row[name] for name in ("replace", "replacement", "new") if isinstance(row.get(name), str)), None)
    label = next((str(row[name]) for name in ("message", "reason", "kind", "rule", "name") if row.get(name)), "")
    return Note(label or canonical_json(row)[:300], find, replace if find else None)
