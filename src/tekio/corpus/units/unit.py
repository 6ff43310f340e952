"""One unit of work: read, clean, measure, sign; all in batches. Nothing is decided here.

A unit is written to a folder of its own and renamed when complete, so a kill costs the units in work and no more. What
is in it depends on what touches text and measurements only (`tekio.corpus.units.cache_key`), so other thresholds need no new one.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import gc
import hashlib
import heapq
import os
import shutil
import socket
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tekio.contamination.index import ItemIndex, load_index
from tekio.corpus.decisions.filters import filters_of, installed_filters, words_of
from tekio.corpus.decisions.split import group_place
from tekio.corpus.readers import Fate, Rejected, read_unit
from tekio.corpus.readers.deadline import Deadline, TooSlowError
from tekio.corpus.readers.guard import ReadingProcess, end_reading_processes, is_available, reading_process
from tekio.corpus.units.clean import Cleaned, clean_beside, clean_texts
from tekio.corpus.units.installed_scores import score_documents
from tekio.corpus.units.unit_layout import (
    BLANK,
    COUNTS,
    DIGESTS,
    EVIDENCE,
    FILTER_FAILED,
    LIGHT,
    LIGHT_ROW,
    OWN_LICENSE,
    PERSONAL,
    REFUSED,
    ROWS,
    SCORES,
    SUMMARY,
    WEB_PAGE,
    UnitSummary,
    UnitTask,
    bands_name,
    unit_folder,
)
from tekio.documents import DOCUMENT_SCHEMA, Document, document_id
from tekio.hashes import note_hashed
from tekio.plugins import Filter
from tekio.recipe.corpus import CorpusConfig
from tekio.store import canonical_json, read_json, require_unchanged, sync_folder, write_json
from tekio.store.sealed import seal, seal_file
from tekio.text.kernels.codepoints import CodePoints, code_points, to_utf8
from tekio.text.kernels.measure import COLUMNS, LETTERS, measure
from tekio.text.kernels.shingles import Hashes, band_keys, choose_bands, digests, signatures
from tekio.text.kernels.word_trie import WordTrie
from tekio.text.tables.render import counts_of

BATCH_CHARACTERS = 2_000_000
BATCH_ROWS = 8192

# Transforms of readers whose documents are pages of web sites.
_JOINED = "joined_lines"
"""What a reader names that has rejoined wrapped lines by their places."""
_WEB = frozenset({"html_main", "markdown_page"})

# The rows of a unit: the document table, and what decisions need in words.
ROW_SCHEMA = pa.schema(
    [
        *DOCUMENT_SCHEMA,
        pa.field("rejected_by", pa.string()),  # the reader's reason, null where it gave a document
        pa.field("measured", pa.string()),
        pa.field("personal_data", pa.string()),  # JSON object: kind -> found
        pa.field("evidence", pa.string()),  # JSON object: the evaluation item the text holds
        pa.field("filter_failed", pa.string()),  # JSON object: filter of an installed package -> what it raised
    ]
)


@dataclass(frozen=True)
class _Tools:
    """What all batches of a unit are looked at with."""

    items: ItemIndex | None
    words: WordTrie | None
    filters: Sequence[Filter]
    deadline: Deadline


def process_unit(task: UnitTask) -> UnitSummary:
    """Do one unit, or return the summary of one that is done."""
    target = unit_folder(task)
    if (target / SUMMARY).is_file():
        return UnitSummary(**read_json(target / SUMMARY))
    working = target.with_name(f".{target.name}.{socket.gethostname()}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    try:
        with _older_objects_aside(), Deadline(task.config.max_document_seconds) as deadline:
            summary = _write_unit(task, working, deadline)
        note_hashed(task.hashed)
        # Of a part of a large file only the state is compared: the whole is read again once, when the stage is finished.
        readable = (file.path for file in task.unit.files if file.unread is None)
        require_unchanged(readable, read_again=task.unit.start is None)
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise
    write_json(working / SUMMARY, asdict(summary))
    seal(working)
    try:
        working.rename(target)
    except OSError:  # another worker did the same unit meanwhile: the bytes are the same
        shutil.rmtree(working)
    sync_folder(target.parent)
    return summary


@contextmanager
def _older_objects_aside() -> Generator[None]:
    """Within this context the collector of cycles looks at new objects only: the libraries' hundreds of thousands, looked at
    again with every 20 MB of rows, are none of a unit's garbage.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _reading(task: UnitTask) -> ReadingProcess | None:
    """The process that reads for this one, where the recipe sets a limit and the system can keep it."""
    limits = reading_limits(task.config)
    return reading_process(*limits) if any(limits) and is_available() else None


def end_reading(config: CorpusConfig) -> None:
    """End the process that read for this one."""
    end_reading_processes(reading_limits(config))


def reading_limits(config: CorpusConfig) -> tuple[int, int]:
    """CPU seconds and megabytes that reading a document may take."""
    return config.max_document_seconds, config.max_document_megabytes


def sample_key(seed: int, identity: str) -> int:
    """What a seeded sample is ordered by: 64 bits."""
    return int.from_bytes(hashlib.sha256(f"{seed} sample {identity}".encode()).digest()[:8], "big")


def _place_in_sample(task: UnitTask, identity: str) -> int:
    """The sample key of a document, under the key of pseudonyms where there is one: ids of raw text could be guessed."""
    return sample_key(task.seed, task.key.identity(identity) if task.key is not None else identity)


def date_key(date: str | None) -> int:
    """An ISO date (or year, or year and month) as a number in the same order; 0 for none."""
    return int.from_bytes((date or "").replace("-", "").encode()[:8].ljust(8, b"\0"), "big")


def _rows(task: UnitTask, summary: UnitSummary, fates: list[Fate], deadline: Deadline) -> Iterable[Document | Rejected]:
    """The rows of a unit; with a `limit`, only the rows that can be in the seeded sample of the whole source."""

    def counted() -> Iterator[Document | Rejected]:
        for row in read_unit(task.source, task.unit, fates, deadline, _reading(task)):
            summary.available += 1
            yield row

    rows, limit = counted(), task.source.limit
    if limit is None:
        return rows
    rejected: list[tuple[int, Document | Rejected]] = []

    def documents() -> Iterator[tuple[tuple[int, str], int, Document]]:
        for number, row in enumerate(rows):
            if isinstance(row, Rejected):
                rejected.append((number, row))
            else:
                yield (_place_in_sample(task, row.id), row.id), number, row

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


def _write_unit(task: UnitTask, folder: Path, deadline: Deadline) -> UnitSummary:
    summary = UnitSummary(task.source.name)
    own = filters_of(task.config, task.source)
    items = load_index(task.items) if task.items else None
    tools = _Tools(items, words_of(own), installed_filters(own), deadline)
    fates: list[Fate] = []
    bands, rows = choose_bands(task.config.duplicates.threshold)
    arrays: dict[str, list[NDArray[Any]]] = {
        COUNTS: [np.zeros((0, len(COLUMNS)), dtype=np.int32)],
        DIGESTS: [np.zeros((0, 2), dtype=np.uint64)],
        LIGHT: [np.zeros(0, dtype=LIGHT_ROW)],
        SCORES: [np.zeros((0, len(tools.filters)))],
    }
    signed: list[Hashes] = [np.zeros((0, bands), dtype=np.uint64)]
    with pa.OSFile(str(folder / ROWS), "wb") as file, pa.ipc.new_file(file, ROW_SCHEMA) as writer:
        for batch in _batches(_rows(task, summary, fates, tools.deadline)):
            table, found, points = _process_batch(task, batch, tools, summary)
            writer.write_table(table)
            for name, array in found.items():
                arrays[name].append(array)
            if task.config.duplicates.near:
                signed.append(_sign(points, bands, rows))
            summary.rows += len(batch)
    summary.files = {fate.uri: [fate.documents, int(fate.whole)] for fate in fates}
    for name, parts in arrays.items():
        np.save(folder / name, np.concatenate(parts))
    if task.config.duplicates.near:
        # One band after the other, so that a band of all units can be read without the rest.
        np.save(folder / bands_name(bands, rows), np.ascontiguousarray(np.concatenate(signed).T))
    return summary


def _sign(points: CodePoints, bands: int, rows: int) -> Hashes:
    signed, shingles = signatures(points)
    keys = band_keys(signed, bands, rows)
    keys[shingles == 0] = 0  # a text too short for shingles has no near duplicates
    return keys


def sign_unit(task: tuple[Path, int, int]) -> None:
    """The band keys of a measured unit for another choice of (bands, rows), from the text it holds."""
    folder, bands, rows = task
    target = folder / bands_name(bands, rows)
    if target.is_file():
        return
    texts = (cast("list[str]", batch["text"].to_pylist()) for batch in read_batches(folder / ROWS, ["text"]))
    signed = [np.zeros((0, bands), dtype=np.uint64), *(_sign(code_points(batch), bands, rows) for batch in texts)]
    working = target.with_name(f".{socket.gethostname()}.{os.getpid()}.npy")
    np.save(working, np.ascontiguousarray(np.concatenate(signed).T))
    working.replace(target)
    seal_file(target)


def read_batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a unit's rows, batch by batch."""
    options = pa.ipc.IpcReadOptions(included_fields=[ROW_SCHEMA.get_field_index(name) for name in columns])
    with pa.OSFile(str(path)) as file:
        reader = pa.ipc.open_file(file, options=options)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


def _process_batch(
    task: UnitTask, batch: list[Document | Rejected], tools: _Tools, summary: UnitSummary
) -> tuple[pa.Table, dict[str, NDArray[Any]], CodePoints]:
    documents: list[Document] = []
    refusals: list[Rejected | None] = []
    for row in batch:
        if isinstance(row, Rejected):
            documents.append(row.document or _placeholder(task, row))
            refusals.append(row)
        else:
            documents.append(row)
            refusals.append(None)
    places = [_place_in_sample(task, item.id) for item in documents] if task.source.limit is not None else []
    documents, refusals, cleaned, counts, hits = _within_limits(task, documents, refusals, tools)
    scores, failed = score_documents(documents, cleaned.texts, refusals, tools.filters)
    flags: list[int] = []
    for number, (item, text, refusal) in enumerate(zip(documents, cleaned.texts, refusals, strict=True)):
        known = OWN_LICENSE if item.license != task.source.license else 0
        if not text or text.isspace():
            known |= BLANK
        if item.meta and not _WEB.isdisjoint(_names(item.meta.get("transforms"))):
            known |= WEB_PAGE
        if refusal is not None:
            known |= REFUSED
        else:
            summary.characters += len(text)
            for name, times in counts_of(item.meta).items() if item.meta else ():
                summary.tables[name] = summary.tables.get(name, 0) + times
            for kind, times in cleaned.personal_data.get(number, {}).items():
                known |= PERSONAL
                summary.personal_data[kind] = summary.personal_data.get(kind, 0) + times
            if number in hits:
                known |= EVIDENCE
            if number in failed:
                known |= FILTER_FAILED
        flags.append(known)
    light = np.zeros(len(documents), dtype=LIGHT_ROW)
    light["id"] = [int(item.id, 16) for item in documents]
    light["place"] = [group_place(task.seed, item.group or item.id) for item in documents]
    light["date"] = [
        date_key(item.as_of or item.published) if item.as_of or item.published else 0 for item in documents
    ]
    if task.source.limit is not None:
        light["sample"] = places
    light["letters"] = counts[:, LETTERS]
    light["flags"] = flags
    found = {COUNTS: counts.astype(np.int32), LIGHT: light, DIGESTS: digests(cleaned.points), SCORES: scores}
    return _to_table(documents, cleaned, refusals, hits, failed), found, cleaned.points


_Looked = tuple[list[Document], list[Rejected | None], Cleaned, NDArray[Any], dict[int, dict[str, Any]]]
"""Documents and refusals after cleaning, their texts, the measurements, and the evaluation items that they hold."""


def _look(task: UnitTask, documents: list[Document], refusals: list[Rejected | None], tools: _Tools) -> _Looked:
    joined = {
        number for number, item in enumerate(documents) if item.meta and _JOINED in _names(item.meta.get("transforms"))
    }
    cleaned = clean_texts([item.text for item in documents], task.config, task.key, joined=joined)
    if task.key is not None:
        measured = [None if item is None else item.measured for item in refusals]
        documents, measured = clean_beside(documents, measured, cleaned, (task.config.personal_data, task.key))
        refusals = [item and replace(item, measured=own) for item, own in zip(refusals, measured, strict=True)]
    counts = measure(cleaned.points, tools.words)
    hits = tools.items.check(cleaned.texts, cleaned.points) if tools.items else {}
    return documents, refusals, cleaned, counts, hits


def _within_limits(
    task: UnitTask, documents: list[Document], refusals: list[Rejected | None], tools: _Tools
) -> _Looked:
    """`_look` at a batch; a document that takes longer than it may is refused (`too_slow`), without its text."""
    try:
        with tools.deadline.one():
            return _look(task, documents, refusals, tools)
    except TooSlowError:
        pass  # some document of the batch: each is tried alone
    documents, refusals = list(documents), list(refusals)
    for number, (document, refusal) in enumerate(zip(documents, refusals, strict=True)):
        try:
            with tools.deadline.one():
                _look(task, [document], [refusal], tools)
        except TooSlowError as error:
            measured = error.measured | {"characters": len(document.text)}
            slow = Rejected(document.uri, "too_slow", measured)
            documents[number], refusals[number] = _placeholder(task, slow), refusal or slow
    return _look(task, documents, refusals, tools)


def _placeholder(task: UnitTask, row: Rejected) -> Document:
    """The row that stands for an input without a document."""
    source = task.source
    identity = document_id(source.name, row.uri, row.reason)
    return Document(identity, "", source.name, row.uri, source.license, source.domain)


def _to_table(
    documents: list[Document],
    cleaned: Cleaned,
    refusals: list[Rejected | None],
    hits: dict[int, dict[str, Any]],
    failed: dict[int, dict[str, str]],
) -> pa.Table:
    metas = [_meta(item.meta, cleaned, number) for number, item in enumerate(documents)]
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
        "rejected_by": [None if item is None else item.reason for item in refusals],
        "measured": [None if item is None else canonical_json(item.measured) for item in refusals],
        "personal_data": _json_column(cleaned.personal_data, len(documents)),
        "evidence": _json_column(hits, len(documents)),
        "filter_failed": _json_column(failed, len(documents)),
    }
    return pa.table(columns, schema=ROW_SCHEMA)


def _meta(meta: dict[str, Any], cleaned: Cleaned, number: int) -> str:
    """A document's `meta` with what cleaning did, as JSON."""
    done = cleaned.transforms.get(number, ())
    if not meta and number not in cleaned.left_out and number not in cleaned.marks:
        return _transforms(done) if done else "{}"
    if done:
        meta = {**meta, "transforms": [*_names(meta.get("transforms")), *done]}
    if number in cleaned.left_out:
        meta = {**meta, "left_out_lines": cleaned.left_out[number]}
    if number in cleaned.marks:
        meta = {**meta, "reference_marks_left_out": cleaned.marks[number]}
    return canonical_json(meta)


@cache
def _transforms(names: tuple[str, ...]) -> str:
    return canonical_json({"transforms": list(names)})


def _names(value: object) -> list[str]:
    """The transforms a reader named."""
    return [str(name) for name in cast("list[object]", value)] if isinstance(value, list) else []


def _json_column(values: Mapping[int, Mapping[str, Any]], rows: int) -> list[str | None]:
    column: list[str | None] = [None] * rows
    for number, value in values.items():
        column[number] = canonical_json(value)
    return column
