"""One unit of work: read, clean, measure, decide what needs no other row, sign; all in batches.

A unit is written to a folder of its own and renamed when complete, so a kill costs the units in work and no more.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import hashlib
import heapq
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tekio.corpus.clean import Cleaned, clean_texts, salt_of
from tekio.corpus.decontaminate import Screen, load_screen
from tekio.corpus.filters import decide, filters_of, limits_of, words_of
from tekio.corpus.readers import Rejected, read_unit
from tekio.corpus.tasks import BANDS, COUNTS, DIGESTS, ROWS, SUMMARY, UnitSummary, UnitTask
from tekio.documents import REJECTED_SCHEMA, Document, document_id
from tekio.licenses import Policies, find_license, policies
from tekio.store import canonical_json, read_json, sync_folder, write_json
from tekio.text.codepoints import to_utf8
from tekio.text.measure import COLUMNS, measure
from tekio.text.shingles import band_keys, choose_bands, digests, signatures
from tekio.text.statistics import statistics
from tekio.text.words import WordTrie

BATCH_CHARACTERS = 2_000_000
BATCH_ROWS = 8192

# The rows of a unit: the document table, and `rejected_by` where a row is lost already (else null).
ROW_SCHEMA = pa.schema(
    [pa.field(item.name, item.type) if item.name == "rejected_by" else item for item in REJECTED_SCHEMA]
)


@dataclass(frozen=True)
class _Tools:
    """What all batches of a unit are looked at with."""

    screen: Screen | None
    words: WordTrie | None
    policies: Policies


def unit_folder(task: UnitTask) -> Path:
    """Where the finished unit lies."""
    return task.folder / f"unit-{task.index:06d}"


def process_unit(task: UnitTask) -> UnitSummary:
    """Do one unit, or return the summary of one that is done."""
    target = unit_folder(task)
    if (target / SUMMARY).is_file():
        return UnitSummary(**read_json(target / SUMMARY))
    working = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    summary = _write_unit(task, working)
    write_json(working / SUMMARY, asdict(summary))
    shutil.rmtree(target, ignore_errors=True)
    working.rename(target)
    sync_folder(target.parent)
    return summary


def sample_key(seed: int, identity: str) -> str:
    """What a seeded sample is ordered by."""
    return hashlib.sha256(f"{seed} sample {identity}".encode()).hexdigest()


def _rows(task: UnitTask, summary: UnitSummary) -> Iterable[Document | Rejected]:
    """The rows of a unit; with a `limit`, only the rows that can be in the seeded sample of the whole source."""

    def counted() -> Iterator[Document | Rejected]:
        for row in read_unit(task.source, task.unit):
            summary.available += 1
            yield row

    rows, limit = counted(), task.source.limit
    if limit is None:
        return rows
    rejected: list[tuple[int, Document | Rejected]] = []

    def documents() -> Iterator[tuple[str, int, Document]]:
        for number, row in enumerate(rows):
            if isinstance(row, Rejected):
                rejected.append((number, row))
            else:
                yield sample_key(task.seed, row.id), number, row

    chosen = heapq.nsmallest(limit, documents(), key=lambda item: item[:2])
    together = [(number, row) for _, number, row in chosen] + rejected
    return [row for _, row in sorted(together, key=lambda item: item[0])]


def _batches(rows: Iterable[Document | Rejected]) -> Iterator[list[Document | Rejected]]:
    batch: list[Document | Rejected] = []
    characters = 0
    for row in rows:
        batch.append(row)
        text = row.document.text if isinstance(row, Rejected) and row.document else getattr(row, "text", "")
        characters += len(text)
        if characters >= BATCH_CHARACTERS or len(batch) >= BATCH_ROWS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _write_unit(task: UnitTask, folder: Path) -> UnitSummary:
    summary = UnitSummary(task.index, task.source.name, files=len(task.unit.files))
    if task.unit.start not in (None, 0):
        summary.files = 0  # a part of a file that the first part counts
    tools = _Tools(
        load_screen(task.items) if task.items else None,
        words_of(filters_of(task.config, task.source)),
        policies(task.config.licenses.table.path if task.config.licenses.table else None),
    )
    rejected_files: set[str] = set()
    arrays: dict[str, list[NDArray[Any]]] = {COUNTS: [], BANDS: [], DIGESTS: []}
    with pa.OSFile(str(folder / ROWS), "wb") as file, pa.ipc.new_file(file, ROW_SCHEMA) as writer:
        for batch in _batches(_rows(task, summary)):
            for row in batch:
                if isinstance(row, Rejected) and row.whole_file:
                    rejected_files.add(row.uri.split("#")[0])
            table, found = _process_batch(task, batch, tools, summary)
            writer.write_table(table)
            for name, array in found.items():
                arrays[name].append(array)
            summary.rows += len(batch)
    summary.files_rejected = len(rejected_files)
    bands, _ = choose_bands(task.config.duplicates.threshold)
    empty: dict[str, NDArray[Any]] = {
        COUNTS: np.zeros((0, len(COLUMNS)), dtype=np.int32),
        BANDS: np.zeros((0, bands), dtype=np.uint64),
        DIGESTS: np.zeros((0, 2), dtype=np.uint64),
    }
    for name, parts in arrays.items():
        whole = np.concatenate(parts) if parts else empty[name]
        # One band after the other, so that a band of all units can be read without the rest.
        np.save(folder / name, np.ascontiguousarray(whole.T) if name == BANDS else whole)
    return summary


def _process_batch(
    task: UnitTask, batch: list[Document | Rejected], tools: _Tools, summary: UnitSummary
) -> tuple[pa.Table, dict[str, NDArray[Any]]]:
    config, source = task.config, task.source
    documents: list[Document] = []
    reasons: list[str | None] = []
    measured: list[dict[str, Any] | None] = []
    for row in batch:
        if isinstance(row, Rejected):
            documents.append(row.document or _placeholder(task, row))
            reasons.append(row.reason)
            measured.append(row.measured)
        else:
            documents.append(row)
            reasons.append(None)
            measured.append(None)
    cleaned = clean_texts([item.text for item in documents], config, salt_of(config, task.seed))
    counts = measure(cleaned.points, tools.words)
    found = statistics(counts)
    verdicts = decide(found, limits_of(filters_of(config, source)))
    hits = tools.screen.check(cleaned.texts, cleaned.points) if tools.screen else {}
    for number, text in enumerate(cleaned.texts):
        if number in cleaned.personal_data and reasons[number] is None:
            for kind, times in cleaned.personal_data[number].items():
                summary.personal_data[kind] = summary.personal_data.get(kind, 0) + times
        if reasons[number] is not None:
            continue
        summary.characters += len(text)
        first = int(verdicts.first[number])
        if not text.strip():
            reasons[number], measured[number] = "empty", {"characters": 0}
        elif documents[number].license != source.license and _forbidden(
            documents[number].license, tools.policies, strict=config.licenses.strict
        ):
            reasons[number], measured[number] = "license", {"license": documents[number].license}
        elif config.personal_data.mode == "drop" and number in cleaned.personal_data:
            reasons[number], measured[number] = "personal_data", dict(cleaned.personal_data[number])
        elif first >= 0:
            reasons[number] = f"filter:{verdicts.names[first]}"
            measured[number] = verdicts.measured(number, found)
        elif number in hits and config.decontaminate.action == "remove":
            reasons[number], measured[number] = "contaminated", hits[number]
    table = _to_table(documents, cleaned, reasons, measured, hits)
    signed, shingles = signatures(cleaned.points)
    bands, rows = choose_bands(config.duplicates.threshold)
    keys = band_keys(signed, bands, rows)
    keys[shingles == 0] = 0  # a text too short for shingles has no near duplicates
    return table, {COUNTS: counts.astype(np.int32), BANDS: keys, DIGESTS: digests(cleaned.points)}


def _forbidden(identity: str, known: Policies, *, strict: bool) -> bool:
    answer = find_license(identity, known).may_train
    return answer == "no" or (strict and answer != "yes")


def _placeholder(task: UnitTask, row: Rejected) -> Document:
    """The row that stands for an input without a document."""
    source = task.source
    identity = document_id(source.name, row.uri, row.reason)
    return Document(identity, "", source.name, row.uri, source.license, source.domain)


def _to_table(
    documents: list[Document],
    cleaned: Cleaned,
    reasons: list[str | None],
    measured: list[dict[str, Any] | None],
    hits: dict[int, dict[str, Any]],
) -> pa.Table:
    metas: list[str] = []
    for number, item in enumerate(documents):
        meta = item.meta
        if number in cleaned.transforms:
            meta = {**meta, "transforms": list(cleaned.transforms[number])}
        if number in hits and reasons[number] is None:
            meta = {**meta, "contaminated": hits[number]}
        metas.append(canonical_json(meta) if meta else "{}")
    data, ends = to_utf8(cleaned.points)
    columns: dict[str, Any] = {
        "id": [item.id for item in documents],
        "text": pa.LargeStringArray.from_buffers(len(documents), pa.py_buffer(ends), pa.py_buffer(data)),
        "source": [item.source for item in documents],
        "domain": [item.domain for item in documents],
        "group": [item.group or item.id for item in documents],
        "uri": [item.uri for item in documents],
        "title": [item.title for item in documents],
        "published": [item.published for item in documents],
        "as_of": [item.as_of for item in documents],
        "license": [item.license for item in documents],
        "meta": metas,
        "rejected_by": reasons,
        "measured": [None if item is None else canonical_json(item) for item in measured],
        "duplicate_of": pa.nulls(len(documents), pa.string()),
    }
    return pa.table(columns, schema=ROW_SCHEMA)
