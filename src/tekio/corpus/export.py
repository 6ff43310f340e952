"""The document table for others: only what its licenses allow to be passed on, with the lines they ask for.

Every license gets a folder of its own, so that share-alike text stays apart from the rest. Rows whose license allows
only derived data to be passed on can be given as references (id, place, hash; no text), and are never given as text.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tekio.documents import DOCUMENT_SCHEMA, reading, shards
from tekio.errors import TekioError, Text
from tekio.licenses import Policies, find_license, refuse_export
from tekio.store import new_folder, require_new, sync_file, sync_folder, write_atomic

REFERENCES = "references"
REFERENCE_SCHEMA = pa.schema(
    [
        *(DOCUMENT_SCHEMA.field(name) for name in ("id", "source", "uri", "title", "published", "license")),
        pa.field("sha256", pa.string(), nullable=False),  # of the text as it stands in the corpus
        pa.field("characters", pa.int64(), nullable=False),
    ]
)
BATCH = 1024
ROWS_PER_SHARD = 100_000


@dataclass
class Exported:
    """What an export gave: rows by (source, license), those given as references, those left out."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    references: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    share_alike: list[str] = field(default_factory=list[str])


def licenses_in(corpus: Path, kind: str) -> Counter[tuple[str, str]]:
    """Rows of a table (`train`, `held_out`) by source and license."""
    found: Counter[tuple[str, str]] = Counter()
    for shard in shards(corpus / kind):
        with reading(shard), pq.ParquetFile(shard) as file:
            for batch in file.iter_batches(batch_size=8192, columns=["source", "license"]):
                found.update(zip(batch["source"].to_pylist(), batch["license"].to_pylist(), strict=True))
    return found


def export_documents(
    corpus: Path, out: Path, known: Policies, *, kind: str = "train", leave_out: bool = False, internal: bool = False
) -> Exported:
    """Write the rows of a finished corpus that may be passed on to the new folder `out`, with a card.

    Raises `PolicyError` (exit code 4), before anything is written, when a row's license does not allow it, unless
    `leave_out` (such rows stay behind, counted in the card) or `internal` (the copy stays in the house). Raises
    `UsageError` when `out` exists.
    """
    require_new(out)
    pairs = sorted(licenses_in(corpus, kind))
    done = Exported()
    if internal or leave_out:
        done.share_alike = sorted({item.id for _, name in pairs if (item := find_license(name, known)).share_alike})
    else:
        done.share_alike = refuse_export(pairs, known)
    answers = {name: "yes" if internal else find_license(name, known).may_redistribute for _, name in pairs}
    try:
        with new_folder(out, [corpus]) as working:
            _write_rows(corpus, kind, working, answers, done)
            write_atomic(working / "README.md", card(done, known, internal=internal))
            sync_folder(working)
    except OSError as error:
        raise TekioError(
            Text("The export could not be written.", "出力を書けません。"), where=out, why=error.strerror or str(error)
        ) from error
    return done


def _write_rows(corpus: Path, kind: str, working: Path, answers: dict[str, str], done: Exported) -> None:
    writers: dict[str, _Shards] = {}
    try:
        for rows in _batches(corpus / kind):
            given: dict[str, list[dict[str, Any]]] = {}
            for row in rows:
                pair = (str(row["source"]), str(row["license"]))
                answer = answers[pair[1]]
                if answer == "yes":
                    done.rows[pair] += 1
                    given.setdefault(folder_name(pair[1]), []).append(row)
                elif answer == "derived":
                    done.references[pair] += 1
                    given.setdefault(REFERENCES, []).append(_reference(row))
                else:
                    done.left_out[pair] += 1
            for name, items in given.items():
                schema = REFERENCE_SCHEMA if name == REFERENCES else DOCUMENT_SCHEMA
                if name not in writers:
                    writers[name] = _Shards(working / name, schema)
                writers[name].write(items)
    finally:
        for writer in writers.values():
            writer.close()


def _batches(folder: Path) -> Iterator[list[dict[str, Any]]]:
    for shard in shards(folder):
        with reading(shard), pq.ParquetFile(shard) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                yield cast("list[dict[str, Any]]", batch.to_pylist())


def _reference(row: dict[str, Any]) -> dict[str, Any]:
    text = str(row["text"])
    plain = {name: row[name] for name in REFERENCE_SCHEMA.names if name in row}
    return plain | {"sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(), "characters": len(text)}


def folder_name(license_id: str) -> str:
    """The folder of a license's rows."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", license_id).strip(".-") or "unknown"


class _Shards:
    """Rows written to numbered Parquet files of bounded size."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder, self._schema = folder, schema
        self._number, self._rows = 0, 0
        self._writer: pq.ParquetWriter | None = None
        folder.mkdir()

    def write(self, rows: list[dict[str, Any]]) -> None:
        if self._writer is None:
            path = self._folder / f"part-{self._number:05d}.parquet"
            self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", compression_level=3)
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))
        self._rows += len(rows)
        if self._rows >= ROWS_PER_SHARD:
            self.close()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            sync_file(self._folder / f"part-{self._number:05d}.parquet")
            self._writer, self._rows, self._number = None, 0, self._number + 1


def card(done: Exported, known: Policies, *, internal: bool) -> str:
    """The README of an export: its parts, the source line each license asks for, what was left out."""
    names = sorted({folder_name(license_id) for _, license_id in done.rows})
    lines = ["---", "language: [ja]", "configs:"]
    for name in [*names, *([REFERENCES] if done.references else [])]:
        lines += [f"  - config_name: {name}", f"    data_files: {name}/*.parquet"]
    lines += ["---", "", "# Documents", ""]
    if internal:
        lines += ["**For use in the house only / 社内限り。** Licenses were not checked for passing it on.", ""]
    lines += [
        "Each license has a folder of its own. Made with Tekio; texts were edited (normalized, masked, filtered).",
        "",
    ]
    lines += ["| folder | license | source | rows | source line | 出典表示 |", "|---|---|---|---|---|---|"]
    for (source, license_id), count in sorted(done.rows.items()):
        policy = find_license(license_id, known)
        line = policy.attribution_for(source)
        lines.append(
            f"| `{folder_name(license_id)}` | {policy.name.en} | {source} | {count:,} | {line.en} | {line.ja} |"
        )
    if done.share_alike:
        lines += [
            "",
            f"Share-alike / 継承: {', '.join(done.share_alike)}. What contains these carries the same license.",
        ]
    for title, counts in (
        ("Given as references only (id, place, hash; no text) / 参照のみ", done.references),
        ("Left out, because their license does not allow passing them on / ライセンスにより除外", done.left_out),
    ):
        if counts:
            lines += ["", f"## {title}", "", "| source | license | rows |", "|---|---|---|"]
            lines += [
                f"| {source} | {license_id} | {count:,} |" for (source, license_id), count in sorted(counts.items())
            ]
    notes = sorted(
        {
            (name, policy.notes)
            for _, name in (*done.rows, *done.references)
            if (policy := find_license(name, known)).notes
        }
    )
    if notes:
        lines += ["", "## Notes / 注意", ""]
        lines += [f"- {name}: {note.en} / {note.ja}" for name, note in notes if note]
    return "\n".join(lines) + "\n"
