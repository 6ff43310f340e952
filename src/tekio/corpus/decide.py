"""Decisions that need all rows: the sample, duplicates, the held-out split. Works on light columns only."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tekio.corpus.duplicates import Duplicate, Rows, candidates, exact_duplicates, near_duplicates
from tekio.corpus.split import held_out
from tekio.corpus.tasks import (
    BANDS,
    CANDIDATES,
    COUNTS,
    DECISIONS,
    DIGESTS,
    ROWS,
    SHINGLE_ENDS,
    SHINGLES,
    UnitSummary,
    UnitTask,
)
from tekio.corpus.unit import sample_key, unit_folder
from tekio.corpus.write import HELD_OUT, REJECTED, TRAIN, read_batches, read_columns, write_decisions
from tekio.engine import Engine
from tekio.recipe.corpus import CorpusConfig
from tekio.store import canonical_json
from tekio.text.codepoints import code_points
from tekio.text.measure import LETTERS
from tekio.text.shingles import Hashes, ShingleSet, choose_bands, shingle_sets

DROPPED = -1  # not in the sample of a source with a limit: not part of this corpus


@dataclass
class Decisions:
    """Per unit: rows by kind (train, held out, rejected) and rows taken at all."""

    rows_by_kind: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    sampled: list[int] = field(default_factory=list[int])


@dataclass
class _Columns:
    """The light columns of all rows, in order of the units."""

    ids: list[str]
    groups: list[str]
    domains: list[str]
    dates: list[str]
    reasons: list[str | None]
    measured: list[str | None]
    letters: Rows
    priority: Rows
    starts: list[int]


def _load(tasks: Sequence[UnitTask], summaries: Sequence[UnitSummary]) -> _Columns:
    names = ("id", "group", "domain", "published", "as_of", "rejected_by", "measured")
    lists: dict[str, list[Any]] = {name: [] for name in names}
    letters: list[Rows] = []
    priority: list[Rows] = []
    starts = [0]
    for task, summary in zip(tasks, summaries, strict=True):
        folder = unit_folder(task)
        table = read_columns(folder / ROWS, names)
        for name in names:
            lists[name] += table[name].to_pylist()
        letters.append(np.load(folder / COUNTS, mmap_mode="r")[:, LETTERS].astype(np.int64))
        priority.append(np.full(summary.rows, task.source.priority, dtype=np.int64))
        starts.append(starts[-1] + summary.rows)
    dates = [published or as_of or "" for published, as_of in zip(lists["published"], lists["as_of"], strict=True)]
    return _Columns(
        lists["id"],
        lists["group"],
        lists["domain"],
        dates,
        lists["rejected_by"],
        lists["measured"],
        np.concatenate(letters) if letters else np.zeros(0, dtype=np.int64),
        np.concatenate(priority) if priority else np.zeros(0, dtype=np.int64),
        starts,
    )


def _keep_rank(columns: _Columns, keep: str) -> Rows:
    """The place of every row in keep order: what comes first stays."""
    order = sorted(range(len(columns.ids)), key=lambda row: columns.ids[row])
    order.sort(key=lambda row: -int(columns.letters[row]))
    if keep != "longest":
        order.sort(key=lambda row: columns.dates[row], reverse=keep == "newest")
        order.sort(key=lambda row: columns.dates[row] == "")
    order.sort(key=lambda row: -int(columns.priority[row]))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _sample(config: CorpusConfig, tasks: Sequence[UnitTask], columns: _Columns, seed: int) -> NDArray[np.bool_]:
    """Which rows are in the seeded sample of their source (all, where the source has no limit)."""
    chosen = np.ones(len(columns.ids), dtype=np.bool_)
    for source in config.sources:
        if source.limit is None:
            continue
        rows: list[int] = []
        for task in tasks:
            if task.source.name == source.name:
                rows += range(columns.starts[task.index], columns.starts[task.index + 1])
        readable = [row for row in rows if not (columns.letters[row] == 0 and columns.reasons[row])]
        readable.sort(key=lambda row: sample_key(seed, columns.ids[row]))
        chosen[readable[source.limit :]] = False
    return chosen


def decide_rows(
    config: CorpusConfig, tasks: Sequence[UnitTask], summaries: Sequence[UnitSummary], seed: int, engine: Engine
) -> Decisions:
    """Decide about every row and write `decisions.arrow` into each unit's folder."""
    columns = _load(tasks, summaries)
    sampled = _sample(config, tasks, columns, seed)
    alive = sampled & np.array([reason is None for reason in columns.reasons], dtype=np.bool_)
    rank = _keep_rank(columns, config.duplicates.keep)
    duplicate_of: dict[int, Duplicate] = {}
    rule: dict[int, str] = {}
    units = _Units(tasks, columns.starts)
    if config.duplicates.exact:
        for item in exact_duplicates(units.whole(DIGESTS), rank, alive):
            duplicate_of[item.row], rule[item.row] = item, "exact_duplicate"
            alive[item.row] = False
    if config.duplicates.near:
        bands, _ = choose_bands(config.duplicates.threshold)
        found = candidates(units.band, bands, alive)
        shingles = units.shingles(np.unique(found.rows), engine)
        for item in near_duplicates(found, rank, config.duplicates.threshold, shingles):
            duplicate_of[item.row], rule[item.row] = item, "near_duplicate"
            alive[item.row] = False
    rows = np.flatnonzero(alive).tolist()
    held = held_out(
        [columns.groups[row] for row in rows], [columns.domains[row] for row in rows], config.held_out.share, seed
    )
    status = np.full(len(columns.ids), REJECTED, dtype=np.int8)
    status[rows] = np.where(held, HELD_OUT, TRAIN)
    status[~sampled] = DROPPED
    return _write(config, tasks, columns, status, duplicate_of, rule)


def _write(
    config: CorpusConfig,
    tasks: Sequence[UnitTask],
    columns: _Columns,
    status: NDArray[np.int8],
    duplicate_of: dict[int, Duplicate],
    rule: dict[int, str],
) -> Decisions:
    decisions = Decisions()
    for task in tasks:
        start, end = columns.starts[task.index], columns.starts[task.index + 1]
        reasons: list[str | None] = list(columns.reasons[start:end])
        measured = list(columns.measured[start:end])
        kept: list[str | None] = [None] * (end - start)
        for row in range(start, end):
            match = duplicate_of.get(row)
            if match is None:
                continue
            final = match.of
            while final in duplicate_of:  # what an exact duplicate repeats may itself repeat a row that stays
                final = duplicate_of[final].of
            reasons[row - start] = rule[row]
            kept[row - start] = columns.ids[final]
            limit = config.duplicates.threshold
            measured[row - start] = canonical_json({"jaccard": match.similarity, "threshold": limit})
        own = status[start:end]
        write_decisions(
            unit_folder(task) / DECISIONS,
            {"status": own.tolist(), "rejected_by": reasons, "measured": measured, "duplicate_of": kept},
        )
        decisions.rows_by_kind.append((int((own == 0).sum()), int((own == 1).sum()), int((own == 2).sum())))
        decisions.sampled.append(int((own != DROPPED).sum()))
    return decisions


class _Units:
    """Signature files and texts of all units, read in parts."""

    def __init__(self, tasks: Sequence[UnitTask], starts: Sequence[int]) -> None:
        self._folders = [unit_folder(task) for task in tasks]
        self._starts = np.array(starts, dtype=np.int64)

    def whole(self, name: str) -> Hashes:
        """One array of all units."""
        return np.concatenate([np.load(folder / name) for folder in self._folders])

    def band(self, number: int) -> Hashes:
        """One band of all units."""
        return np.concatenate([np.load(folder / BANDS, mmap_mode="r")[number] for folder in self._folders])

    def shingles(self, rows: Rows, engine: Engine) -> Callable[[int], ShingleSet]:
        """What gives the shingles of candidate rows (ascending), made once per unit on the engine."""
        units = np.searchsorted(self._starts, rows, "right") - 1
        wanted = np.unique(units).tolist()
        for unit in wanted:
            np.save(self._folders[unit] / CANDIDATES, rows[units == unit] - self._starts[unit])
        for _ in engine.map(shingle_unit, [self._folders[unit] for unit in wanted]):
            pass
        sets = {unit: np.load(self._folders[unit] / SHINGLES, mmap_mode="r") for unit in wanted}
        ends = {unit: np.load(self._folders[unit] / SHINGLE_ENDS) for unit in wanted}
        places = {unit: int(np.searchsorted(units, unit)) for unit in wanted}

        def of(row: int) -> ShingleSet:
            place = int(np.searchsorted(rows, row))
            unit = int(units[place])
            number = place - places[unit]
            return np.asarray(sets[unit][ends[unit][number] : ends[unit][number + 1]])

        return of


def shingle_unit(folder: Path) -> int:
    """Write the shingle sets of the candidate rows of one unit; returns how many shingles."""
    wanted: Rows = np.load(folder / CANDIDATES)
    parts: list[ShingleSet] = []
    ends = [np.zeros(1, dtype=np.int64)]
    start, total = 0, 0
    for batch in read_batches(folder / ROWS, ["text"]):
        low, high = np.searchsorted(wanted, [start, start + batch.num_rows])
        start += batch.num_rows
        if low == high:
            continue
        texts = cast("list[str]", batch["text"].take(wanted[low:high] - (start - batch.num_rows)).to_pylist())
        sets, own = shingle_sets(code_points(texts))
        parts.append(sets)
        ends.append(own[1:] + total)
        total += int(own[-1])
    np.save(folder / SHINGLES, np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint32))
    np.save(folder / SHINGLE_ENDS, np.concatenate(ends))
    return total
