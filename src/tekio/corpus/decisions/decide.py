"""Decisions about all rows: what each row says of itself, the sample, duplicates, the held-out split.

Nothing here reads a source or holds texts: measured units give small columns, whatever must be sorted goes through parts
on disk. Memory holds 10 bytes a row, about 40 a duplicate, one unit's columns and one part of the records.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (pyarrow has no complete type information)

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tekio.corpus.decisions.row_rules import judge_task, judge_unit, read_reasons
from tekio.corpus.decisions.split import Places, extra_groups, is_held_out
from tekio.corpus.duplicates.documents import (
    BAND,
    DIGEST,
    GROUPED,
    MEMBER,
    PAIR,
    Rows,
    exact_duplicates,
    group_members,
    join_band,
    near_duplicates,
)
from tekio.corpus.duplicates.hash_partitions import RECORDS, Records, Spill
from tekio.corpus.duplicates.repeated_parts import Emptied, find_repeats
from tekio.corpus.units.unit import sign_unit
from tekio.corpus.units.unit_layout import DECISIONS, DIGESTS, STANDING, UnitSummary, UnitTask, bands_name, unit_folder
from tekio.corpus.units.unit_table import Stored
from tekio.corpus.write import DECISION_SCHEMA, DROPPED, HELD_OUT, REJECTED, TRAIN
from tekio.engine import Engine
from tekio.errors import Text
from tekio.progress import Progress, followed
from tekio.recipe.corpus import CorpusConfig
from tekio.store import canonical_json
from tekio.text.kernels.shingles import choose_bands


@dataclass
class Decisions:
    """Per unit: its folder of decisions, rows by kind (train, held out, rejected) and rows taken at all.

    not_remembered: documents with whose passages later ones were not compared (see `tekio.corpus.duplicates.passages`).
    """

    folders: list[Path]
    rows_by_kind: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    sampled: list[int] = field(default_factory=list[int])
    not_remembered: int = 0


@dataclass(frozen=True)
class _Duplicates:
    """`PAIR`s sorted by row; in `exact` and `near` a row is at most once, and what `near` names stays."""

    exact: Records
    near: Records


def decide_rows(
    config: CorpusConfig, tasks: Sequence[UnitTask], summaries: Sequence[UnitSummary], engine: Engine, to: Path
) -> Decisions:
    """Decide about every row and write `decisions.arrow` for each unit into folder `to`.

    What an interrupted attempt left in `to` is replaced: deciding costs little beside measuring.
    """
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    stored = Stored(tasks, summaries, to)
    _judge(config, tasks, stored, engine)
    status = np.full(stored.rows, REJECTED, dtype=np.int8)
    for unit, folder in enumerate(stored.decided):
        status[stored.span(unit)][np.load(folder / STANDING)] = TRAIN
    for rows in _beyond_limits(config, tasks, stored):
        status[rows] = DROPPED
    duplicates = _duplicates(config, stored, status, engine, to)
    emptied, forgotten = find_repeats(config.duplicates, tasks, stored, status, engine, to)
    status[[item.row for item in emptied]] = REJECTED
    _hold_out(config, tasks, stored, status)
    decisions = _write(config, stored, status, duplicates, emptied)
    decisions.not_remembered = forgotten
    return decisions


def _judge(config: CorpusConfig, tasks: Sequence[UnitTask], stored: Stored, engine: Engine) -> None:
    jobs = [
        judge_task(config, task.source, unit_folder(task), folder)
        for task, folder in zip(tasks, stored.decided, strict=True)
    ]
    for _ in followed(Text("corpus, deciding", "corpus（採否の判定）"), engine.map(judge_unit, jobs), len(jobs)):
        pass


def _beyond_limits(config: CorpusConfig, tasks: Sequence[UnitTask], stored: Stored) -> Iterator[Rows]:
    """The rows that are not in the seeded sample of their source; memory holds the sample of one source."""
    chosen: list[NDArray[Any]]
    together: list[NDArray[Any]]
    for source in config.sources:
        if source.limit is None:
            continue
        chosen = [np.zeros(0, dtype=kind) for kind in (np.uint64, np.uint64, np.int64)]
        for unit, task in enumerate(tasks):
            if task.source.name != source.name:
                continue
            light = stored.light(unit)
            # What the reader refused without a document, or what is empty, is no part of the sample: it is rejected.
            rows = np.flatnonzero(light["letters"] > 0)
            own = (light["sample"][rows], light["id"][rows], rows + stored.starts[unit])
            together = [np.concatenate(both) for both in zip(chosen, own, strict=True)]
            order = np.lexsort((together[1], together[0]))
            yield together[2][order[source.limit :]]
            chosen = [values[order[: source.limit]] for values in together]


def _duplicates(
    config: CorpusConfig, stored: Stored, status: NDArray[np.int8], engine: Engine, folder: Path
) -> _Duplicates:
    """Find duplicates among the rows that stand and take them out of `status`."""
    keep_keys = stored.keep_keys(config.duplicates.keep)
    exact = near = np.zeros(0, dtype=PAIR)
    if config.duplicates.exact:
        digests = Spill(folder / "digests", DIGEST, stored.rows)
        for unit, source in enumerate(stored.folders):
            rows = np.flatnonzero(status[stored.span(unit)] == TRAIN)
            found = np.load(source / DIGESTS)[rows]
            records = np.zeros(len(rows), dtype=DIGEST)
            records["first"], records["second"], records["row"] = found[:, 0], found[:, 1], rows + stored.starts[unit]
            digests.add(records, records["first"])
        exact = exact_duplicates(digests.parts(), keep_keys)
        status[exact["row"]] = REJECTED
    if config.duplicates.near:
        near = _near(config, stored, status, engine, folder)
        status[near["row"]] = REJECTED
    return _Duplicates(exact, near)


def _near(config: CorpusConfig, stored: Stored, status: NDArray[np.int8], engine: Engine, folder: Path) -> Records:
    threshold = config.duplicates.threshold
    bands, rows = choose_bands(threshold)
    name = bands_name(bands, rows)
    unsigned = [(unit, bands, rows) for unit in stored.folders if not (unit / name).is_file()]
    for _ in followed(
        Text("corpus, duplicates", "corpus（重複の検出）"), engine.map(sign_unit, unsigned), len(unsigned)
    ):
        pass
    parents: Rows = np.arange(stored.rows, dtype=np.int64)
    is_candidate = np.zeros(stored.rows, dtype=np.bool_)
    members_file = folder / "members.bin"
    buckets = count = 0
    with members_file.open("wb") as file:

        def write(found: Records) -> None:
            nonlocal count
            count += len(found)
            is_candidate[found["row"]] = True
            file.write(found.tobytes())

        for band in followed(Text("corpus, near duplicates", "corpus（近似重複の候補）"), range(bands), bands):
            buckets = join_band(_band(stored, status, name, band, folder).parts(), parents, write, buckets)
    groups = Spill(folder / "groups", GROUPED, count)
    group_members(_chunks(members_file, MEMBER), parents, groups)
    members_file.unlink()
    del parents
    stored.write_shingles(is_candidate, engine)
    found: list[Records] = []
    with Progress(Text("corpus, comparing", "corpus（近似重複の照合）"), count, quiet=count == 0) as progress:
        for part in groups.parts():
            found.append(
                near_duplicates(
                    part,
                    threshold,
                    stored.keep_keys(config.duplicates.keep),
                    stored.shingles,
                    stored.figures if config.duplicates.figures == "compare" else None,
                )
            )
            progress.advance(len(part))
    whole = np.concatenate([np.zeros(0, dtype=PAIR), *found])
    return whole[np.argsort(whole["row"])]


def _band(stored: Stored, status: NDArray[np.int8], name: str, band: int, folder: Path) -> Spill:
    """One band of the rows that stand; key 0 means none."""
    spill = Spill(folder / "band", BAND, stored.rows)
    for unit, source in enumerate(stored.folders):
        keys = np.load(source / name, mmap_mode="r")[band]
        rows = np.flatnonzero((status[stored.span(unit)] == TRAIN) & (keys != 0))
        records = np.zeros(len(rows), dtype=BAND)
        records["key"], records["row"] = keys[rows], rows + stored.starts[unit]
        spill.add(records, records["key"])
    return spill


def _chunks(path: Path, dtype: np.dtype[Any]) -> Iterator[Records]:
    with path.open("rb") as file:
        while len(found := np.fromfile(file, dtype=dtype, count=RECORDS)):
            yield found


def _hold_out(config: CorpusConfig, tasks: Sequence[UnitTask], stored: Stored, status: NDArray[np.int8]) -> None:
    share = config.held_out.share
    if share <= 0:
        return
    domains: dict[str, list[int]] = {}
    for unit, task in enumerate(tasks):
        domains.setdefault(task.source.domain, []).append(unit)

    def places(domain: str) -> Iterator[Places]:
        for unit in domains[domain]:
            yield stored.light(unit)["place"][status[stored.span(unit)] == TRAIN]

    extra = extra_groups(list(domains), places, share)
    for unit in range(len(tasks)):
        own = status[stored.span(unit)]
        own[(own == TRAIN) & is_held_out(stored.light(unit)["place"], share, extra)] = HELD_OUT


def _write(
    config: CorpusConfig,
    stored: Stored,
    status: NDArray[np.int8],
    duplicates: _Duplicates,
    emptied: Sequence[Emptied],
) -> Decisions:
    exact, near = duplicates.exact, duplicates.near
    # What an exact duplicate repeats may itself be a near duplicate of a row that stays.
    of = exact["of"].copy()
    if len(near):
        place = np.minimum(np.searchsorted(near["row"], of), len(near) - 1)
        of = np.where(near["row"][place] == of, near["of"][place], of)
    empty = {item.row: item for item in emptied}
    holders = np.array([item.of for item in emptied if item.of >= 0], dtype=np.int64)
    kept = np.unique(np.concatenate((of, near["of"], holders)))
    ids = stored.gather(kept)["id"]
    decisions = Decisions(stored.decided)
    for unit, folder in enumerate(stored.decided):
        span = stored.span(unit)
        size = span.stop - span.start
        reasons: list[str | None] = [None] * size
        measured: list[str | None] = [None] * size
        repeats: list[str | None] = [None] * size
        table = read_reasons(folder)
        for row, reason, value in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
            reasons[row], measured[row] = reason, value
        for rule, pairs, final in (("exact_duplicate", exact, of), ("near_duplicate", near, near["of"])):
            low, high = np.searchsorted(pairs["row"], [span.start, span.stop]).tolist()
            names = ids[np.searchsorted(kept, final[low:high])].tolist()
            for pair, name in zip(pairs[low:high], names, strict=True):
                row = int(pair["row"]) - span.start
                reasons[row], repeats[row] = rule, f"{name:016x}"
                similarity = {"jaccard": float(pair["similarity"]), "threshold": config.duplicates.threshold}
                measured[row] = canonical_json(similarity)
        for row in (row for row in empty if span.start <= row < span.stop):
            item, place = empty[row], row - span.start
            reasons[place], measured[place] = item.rule, canonical_json({"characters": item.characters})
            if item.of >= 0:
                repeats[place] = f"{int(ids[np.searchsorted(kept, item.of)]):016x}"
        own = status[span]
        columns = {"status": own, "rejected_by": reasons, "measured": measured, "duplicate_of": repeats}
        with pa.OSFile(str(folder / DECISIONS), "wb") as file, pa.ipc.new_file(file, DECISION_SCHEMA) as writer:
            writer.write_table(pa.table(columns, schema=DECISION_SCHEMA))
        decisions.rows_by_kind.append((int((own == 0).sum()), int((own == 1).sum()), int((own == 2).sum())))
        decisions.sampled.append(int((own != DROPPED).sum()))
    return decisions
