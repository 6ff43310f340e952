"""The last pass: decisions of a unit applied to its rows, written as shards of the artifact."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from tekio.corpus.decisions.removed_spans import by_row, read_cuts, take_out
from tekio.corpus.units.installed_scores import read_scores
from tekio.corpus.units.unit import ROW_SCHEMA
from tekio.corpus.units.unit_layout import COUNTS, DECISIONS, ROWS
from tekio.documents import DOCUMENT_SCHEMA, REJECTED_SCHEMA
from tekio.store import canonical_json
from tekio.text.kernels.measure import COLUMNS

pc: Any = pyarrow.compute  # its functions are made at run time

DROPPED = -1  # not in the sample of a source with a limit: not part of this corpus
TRAIN, HELD_OUT, REJECTED = 0, 1, 2
TABLE = len(DOCUMENT_SCHEMA)  # columns of a unit's rows that are the document table's
FOLDERS = ("train", "held_out", "rejected")
MEASURES = "measures"
SCORE = "filter_"  # before the name of a filter of an installed package, as a column of `measures`
LEVEL = 2
"""Of zstd for the parts of a corpus: 8.72 MB for 8.27 of level 3 on the 20 MB of `benchmarks/corpus_vs_peers.py`, and a twentieth of the build's time less.
What was rejected is read by a person now and then, if at all: level 1, a tenth larger, in a fifth less time."""
REPEATING = [
    *(
        "source",
        "domain",
        "status",
        "rejected_by",
        "license",
        "meta",
        "published",
        "as_of",
        "title",
        "group",
        "measured",
    )
]
MEASURE_SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in ("id", "source", "domain")),
        pa.field("status", pa.string(), nullable=False),  # train, held_out or rejected
        pa.field("rejected_by", pa.string()),
        *(pa.field(name, pa.int32(), nullable=False) for name in COLUMNS),
    ]
)
DECISION_SCHEMA = pa.schema(
    [("status", pa.int8()), ("rejected_by", pa.string()), ("measured", pa.string()), ("duplicate_of", pa.string())]
)


@dataclass(frozen=True)
class WriteTask:
    """Write the rows of one measured unit as its decisions say.

    unit, decided: folders of the measured and of the decided unit. parts: number of the shard for train, held_out and rejected (-1: no row goes there) and for measures. installed: the filters of
    installed packages that any source uses, a column of `measures` each. own: those that this unit was scored by, sorted.
    """

    unit: Path
    decided: Path
    out: Path
    parts: tuple[int, int, int]
    measures: int
    flag_contaminated: bool
    installed: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


@dataclass
class Written:
    """Characters written per kind of row, rows rejected by reason, characters taken out of rows that stay by rule,
    training rows by license.
    """

    characters: list[int] = field(default_factory=lambda: [0, 0, 0])
    rows: list[int] = field(default_factory=lambda: [0, 0, 0])
    rejected: dict[str, int] = field(default_factory=dict[str, int])
    removed: dict[str, int] = field(default_factory=dict[str, int])
    licenses: dict[str, int] = field(default_factory=dict[str, int])


def part_name(number: int) -> str:
    """The file name of a shard."""
    return f"part-{number:05d}.parquet"


def write_unit(task: WriteTask) -> Written:
    """Write the rows of one unit to its shards; the same unit and decisions give the same bytes."""
    done = Written()
    options = pa.ipc.IpcReadOptions(included_fields=list(range(len(ROW_SCHEMA) if task.flag_contaminated else TABLE)))
    with pa.OSFile(str(task.decided / DECISIONS)) as file:
        decisions = pa.ipc.open_file(file).read_all()
    counts = np.load(task.unit / COUNTS, mmap_mode="r")
    scores = read_scores(task.unit, task.own)
    cuts = {row: spans for row, spans, _ in by_row(read_cuts(task.decided))}
    writers: dict[str, pq.ParquetWriter] = {}
    start = 0
    try:
        with pa.OSFile(str(task.unit / ROWS)) as file:
            reader = pa.ipc.open_file(file, options=options)
            for number in range(reader.num_record_batches):
                rows = pa.Table.from_batches([reader.get_batch(number)])
                own = decisions.slice(start, rows.num_rows)
                rows = _cut(rows, own, {row - start: cuts[row] for row in cuts if 0 <= row - start < len(rows)}, done)
                part = slice(start, start + rows.num_rows)
                measured = {name: column[part] for name, column in scores.items()}
                _write_batch(task, writers, rows, own, counts[part], measured, done)
                start += rows.num_rows
    finally:
        for writer in writers.values():
            writer.close()
    return done


def _cut(
    rows: pa.Table, decisions: pa.Table, cuts: Mapping[int, list[tuple[int, int, int]]], done: Written
) -> pa.Table:
    """`rows` that stay without what repeats (`tekio.corpus.duplicates.repeated_parts`); `meta` says how much was taken out, by rule."""
    if not cuts:
        return rows
    status: list[int] = decisions["status"].to_pylist()
    if not (wanted := [row for row in cuts if status[row] in (TRAIN, HELD_OUT)]):
        return rows
    texts: list[str] = rows["text"].to_pylist()
    metas: list[str] = rows["meta"].to_pylist()
    for row in wanted:
        left = take_out(texts[row], cuts[row])
        meta = json.loads(metas[row])
        transforms = [*meta.get("transforms", []), *(f"removed_{rule}" for rule in sorted(left.characters))]
        meta |= {"transforms": transforms, "removed_characters": left.characters}
        texts[row], metas[row] = left.text, canonical_json(meta)
        for rule, count in left.characters.items():
            done.removed[rule] = done.removed.get(rule, 0) + count
    for name, values in (("text", texts), ("meta", metas)):
        place = rows.column_names.index(name)
        rows = rows.set_column(place, DOCUMENT_SCHEMA.field(name), pa.array(values, DOCUMENT_SCHEMA.field(name).type))
    return rows


def _flagged(rows: pa.Table, decisions: pa.Table) -> pa.Table:
    """`rows` with the evidence of contamination in `meta`, where no rule of the row's own rejects it."""
    own = pc.or_(pc.is_null(decisions["rejected_by"]), pc.is_valid(decisions["duplicate_of"]))
    wanted = pc.and_(pc.is_valid(rows["evidence"]), own)
    if not pc.any(wanted).as_py():
        return rows
    metas: list[str] = rows["meta"].to_pylist()
    for row in np.flatnonzero(wanted.to_numpy()).tolist():
        evidence = json.loads(rows["evidence"][row].as_py())
        metas[row] = canonical_json({**json.loads(metas[row]), "contaminated": evidence})
    return rows.set_column(rows.column_names.index("meta"), DOCUMENT_SCHEMA.field("meta"), pa.array(metas))


def _writer(task: WriteTask, writers: dict[str, pq.ParquetWriter], folder: str, number: int, schema: pa.Schema) -> Any:
    if folder not in writers:
        path = task.out / folder / part_name(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Counts differ from row to row and texts do not repeat: a dictionary of them costs time and gains nothing.
        level = 1 if folder == FOLDERS[REJECTED] else LEVEL
        options: dict[str, Any] = {"compression": "zstd", "compression_level": level, "use_dictionary": REPEATING}
        writers[folder] = pq.ParquetWriter(path, schema, write_statistics=folder != MEASURES, **options)
    return writers[folder]


def _write_batch(
    task: WriteTask,
    writers: dict[str, pq.ParquetWriter],
    rows: pa.Table,
    decisions: pa.Table,
    counts: np.ndarray[Any, Any],
    scores: Mapping[str, np.ndarray[Any, Any]],
    done: Written,
) -> None:
    if task.flag_contaminated:
        rows = _flagged(rows, decisions)
    taken = pc.greater_equal(decisions["status"], 0)
    if not pc.all(taken).as_py():
        counts = counts[taken.to_numpy()]
        scores = {name: column[taken.to_numpy()] for name, column in scores.items()}
        rows, decisions = rows.filter(taken), decisions.filter(taken)
    status = decisions["status"]
    for kind, folder in enumerate(FOLDERS):
        chosen = pc.equal(status, kind)
        part = rows.filter(chosen)
        if part.num_rows == 0:
            continue
        schema = DOCUMENT_SCHEMA
        if kind == REJECTED:
            schema = REJECTED_SCHEMA
            part = part.select(DOCUMENT_SCHEMA.names)
            for name in ("rejected_by", "measured", "duplicate_of"):
                part = part.append_column(REJECTED_SCHEMA.field(name), decisions[name].filter(chosen))
            for item in pc.value_counts(part["rejected_by"]).to_pylist():
                done.rejected[item["values"]] = done.rejected.get(item["values"], 0) + item["counts"]
        if kind == TRAIN:
            for item in pc.value_counts(part["license"]).to_pylist():
                done.licenses[item["values"]] = done.licenses.get(item["values"], 0) + item["counts"]
        done.rows[kind] += part.num_rows
        done.characters[kind] += pc.sum(pc.utf8_length(part["text"])).as_py() or 0
        _writer(task, writers, folder, task.parts[kind], schema).write_table(part.select(schema.names).cast(schema))
    measured = rows.select(["id", "source", "domain"])
    names = pa.array(FOLDERS).take(pc.cast(status, pa.int32()).combine_chunks())
    measured = measured.append_column(MEASURE_SCHEMA.field("status"), names)
    measured = measured.append_column(MEASURE_SCHEMA.field("rejected_by"), decisions["rejected_by"])
    for place, name in enumerate(COLUMNS):
        column = pa.array(np.ascontiguousarray(counts[:, place]))
        measured = measured.append_column(MEASURE_SCHEMA.field(name), column)
    for name in task.installed:
        column = pa.array(scores[name], from_pandas=True) if name in scores else pa.nulls(len(rows), pa.float64())
        measured = measured.append_column(pa.field(SCORE + name, pa.float64()), column)
    _writer(task, writers, MEASURES, task.measures, measured.schema).write_table(measured)


def write_empty(out: Path) -> None:
    """A shard without rows for every table that got none, so that readers find a table."""
    for folder, schema in zip(FOLDERS, (DOCUMENT_SCHEMA, DOCUMENT_SCHEMA, REJECTED_SCHEMA), strict=True):
        path = out / folder / part_name(0)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(schema.empty_table(), path, compression="zstd", compression_level=LEVEL)
