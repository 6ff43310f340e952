"""Writing the rows: documents for pre-training, records for tuning, rejected rows; a bounded number is held at a time."""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tekio.artifacts.study import RejectedRow, Study, StudyCost, StudyStrategy, UnreadReply
from tekio.documents import Document, document_id, to_table, write_table
from tekio.knowledge.ground import Span
from tekio.records import InstructionMeta, new_record
from tekio.store import canonical_json, sync_file
from tekio.study.material import Draft, LeftOut, Material

DOCUMENTS = "documents"
TRAIN, VALIDATION, REJECTED, UNREAD = "train.jsonl", "validation.jsonl", "rejected.jsonl", "unread.jsonl"
LONGEST_TEXT = 2000
"""Characters of a study document: rows of one strategy and document, one below the other."""
DOCUMENTS_IN_SHARD = 250


@dataclass(frozen=True)
class Generator:
    """Who wrote the rows. prompts: strategy -> SHA-256."""

    name: str
    terms: str = ""
    prompts: Mapping[str, str] = field(default_factory=dict[str, str])

    def plain(self, strategy: str) -> dict[str, Any]:
        told: dict[str, Any] = {"generator": self.name, "strategy": strategy}
        if self.terms:
            told |= {"terms": self.terms, "prompt_sha256": self.prompts.get(strategy, "")}
        return told


@dataclass
class _Count:
    made: int = 0
    texts: int = 0
    records: int = 0
    rejected: Counter[str] = field(default_factory=Counter[str])
    left_out: Counter[str] = field(default_factory=Counter[str])
    characters: int = 0
    tokens: int = 0
    ended: Any = None


@dataclass(slots=True)
class Kept:
    """A row that passed every check, with its places in the passage and its tokens."""

    material: Material
    draft: Draft
    spans: list[Span]
    tokens: int


class Writer:
    """The files of the stage while it works; `close` must be called.

    folder: of the stage. seed, validation_share: which groups' records are kept for validation.
    """

    def __init__(self, folder: Path, generator: Generator, *, seed: int, validation_share: float) -> None:
        self.folder, self.generator = folder, generator
        self.seed, self.validation_share = seed, validation_share
        self.counts: dict[str, _Count] = defaultdict(_Count)
        self.sources: Counter[str] = Counter()
        self.licenses: Counter[str] = Counter()
        self.read = self.passages = self.tokens = 0
        (folder / DOCUMENTS).mkdir(parents=True, exist_ok=True)
        for old in (folder / DOCUMENTS).glob("*.parquet"):
            old.unlink()
        self._files: dict[str, IO[str]] = {
            name: (folder / name).open("w", encoding="utf-8", errors="surrogatepass", newline="\n")
            for name in (TRAIN, VALIDATION, REJECTED, UNREAD)
        }
        self._waiting: list[Document] = []
        self._shard = 0
        self._told: dict[tuple[str, int], list[Kept]] = {}
        self._of: Material | None = None

    def keep(self, row: Kept) -> None:
        """A row that passed."""
        count = self.counts[row.draft.strategy]
        count.made += 1
        count.characters += len(row.draft.whole)
        count.tokens += row.tokens
        self.tokens += row.tokens
        self.sources[row.material.source] += 1
        self.licenses[row.material.license] += 1
        if row.draft.question:
            count.records += 1
            self._record(row)
        else:
            count.texts += 1
            if self._of is not row.material:
                self._flush()
                self._of = row.material
            self._told.setdefault((row.draft.strategy, row.draft.wording), []).append(row)

    def reject(self, draft: Draft, reason: str, measured: Mapping[str, Any]) -> None:
        """A row that did not pass."""
        count = self.counts[draft.strategy]
        count.made += 1
        count.rejected[reason] += 1
        self._line(
            REJECTED,
            RejectedRow(
                strategy=draft.strategy,
                document=draft.passage.document,
                passage=draft.passage.id,
                reason=reason,
                measured=dict(measured),
                question=draft.question or None,
                text=draft.text,
            ).plain(),
        )

    def leave_out(self, item: LeftOut) -> None:
        """A thing that could not be told."""
        self.counts[item.strategy].left_out[item.reason] += 1
        self._line(
            REJECTED,
            RejectedRow(
                strategy=item.strategy,
                document=item.passage.document,
                passage=item.passage.id,
                reason=item.reason,
                measured=item.measured,
                question=None,
                text=None,
            ).plain(),
        )

    def unread(self, reply: UnreadReply) -> None:
        """A reply that gave no row."""
        self.counts[reply.strategy].left_out[reply.reason] += 1
        self._line(UNREAD, reply.plain())

    def close(self) -> None:
        """Everything to disk."""
        self._flush()
        self._write_shard(last=True)
        for file in self._files.values():
            file.close()
        for name in self._files:
            sync_file(self.folder / name)

    def abandon(self) -> None:
        """After an error: close what is open; the next attempt writes anew."""
        for file in self._files.values():
            file.close()

    def summary(self, *, tokenizer: str, kept_out: Mapping[str, int], cost: StudyCost | None) -> Study:
        strategies = {
            name: StudyStrategy(
                made=count.made,
                texts=count.texts,
                records=count.records,
                rejected=dict(sorted(count.rejected.items())),
                left_out=dict(sorted(count.left_out.items())),
                characters=count.characters,
                tokens=count.tokens,
                ended=count.ended,
            )
            for name, count in self.counts.items()
        }
        return Study(
            generator=self.generator.name,
            terms=self.generator.terms,
            prompts=dict(self.generator.prompts),
            documents=self.read,
            passages=self.passages,
            strategies=strategies,
            sources=dict(sorted(self.sources.items())),
            licenses=dict(sorted(self.licenses.items())),
            tokens=self.tokens,
            tokenizer=tokenizer,
            kept_out=dict(kept_out),
            cost=cost,
        )

    def _line(self, name: str, plain: Mapping[str, Any]) -> None:
        self._files[name].write(canonical_json(plain) + "\n")

    def _told_by(self, row: Kept) -> dict[str, Any]:
        told = self.generator.plain(row.draft.strategy)
        told |= {"passage": row.draft.passage.id, "wording": row.draft.wording, "spans": [list(s) for s in row.spans]}
        if row.draft.computed:
            told["computed"] = [item.plain() for item in row.draft.computed]
        told |= {key: row.draft.extra[key] for key in ("also", "model", "asked") if key in row.draft.extra}
        return told

    def _record(self, row: Kept) -> None:
        material = row.material
        meta = InstructionMeta(
            task=f"study-{row.draft.strategy}",
            origin=material.source,
            license=material.license,
            topic=material.title or None,
            parents=[material.id],
            as_of=material.as_of,
            group=f"{material.source}:{material.group}",
            extra={"study": self._told_by(row)},
        )
        record = new_record(row.draft.question, row.draft.text, meta)
        record.meta.split = "validation" if self._is_validation(record.meta.group) else "train"
        self._line(VALIDATION if record.meta.split == "validation" else TRAIN, record.as_dict())

    def _is_validation(self, group: str) -> bool:
        digest = hashlib.sha256(f"study\x1f{self.seed}\x1f{group}".encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") < self.validation_share * 2**64

    def _flush(self) -> None:
        """The texts of the document that is through."""
        for rows in self._told.values():
            waiting: list[Kept] = []
            size = 0
            for row in rows:
                if waiting and size + len(row.draft.text) > LONGEST_TEXT:
                    self._document(waiting)
                    waiting, size = [], 0
                waiting.append(row)
                size += len(row.draft.text) + 1
            self._document(waiting)
        self._told = {}

    def _document(self, rows: Sequence[Kept]) -> None:
        if not rows:
            return
        material, first = rows[0].material, rows[0].draft
        text = "\n".join(row.draft.text for row in rows)
        source = f"study-{first.strategy}"
        uri = f"{material.id}#{first.strategy}.{first.wording}"
        told = self.generator.plain(first.strategy) | {"parent_source": material.source}
        told["rows"] = [
            {
                key: value
                for key, value in self._told_by(row).items()
                if key in ("passage", "spans", "computed", "also", "model", "asked")
            }
            | {"characters": len(row.draft.text)}
            for row in rows
        ]
        self._waiting.append(
            Document(
                id=document_id(source, uri, text),
                text=text,
                source=source,
                uri=uri,
                license=material.license,
                domain=material.domain,
                group=material.group,
                title=material.title or None,
                as_of=material.as_of,
                meta={"parents": [material.id], "study": told},
            )
        )
        self._write_shard()

    def _write_shard(self, *, last: bool = False) -> None:
        if len(self._waiting) >= DOCUMENTS_IN_SHARD or (last and (self._waiting or not self._shard)):
            write_table(to_table(self._waiting), self.folder / DOCUMENTS / f"part-{self._shard:05d}.parquet")
            self._waiting = []
            self._shard += 1
