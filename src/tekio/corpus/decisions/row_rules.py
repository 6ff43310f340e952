"""Decisions that need no other row: empty, license, personal data, thresholds, contamination. Reads no text."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tekio.corpus.decisions.filters import Limit, decide, filters_of, limits_of
from tekio.corpus.decisions.removed_spans import RULES
from tekio.corpus.units.clean import modes_of
from tekio.corpus.units.installed_scores import read_scores
from tekio.corpus.units.unit import read_batches
from tekio.corpus.units.unit_layout import (
    BLANK,
    COUNTS,
    EVIDENCE,
    FILTER_FAILED,
    LIGHT,
    OWN_LICENSE,
    PERSONAL,
    REASONS,
    REFUSED,
    ROWS,
    STANDING,
)
from tekio.licenses import Policies, find_license, policies
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.store import canonical_json
from tekio.text.statistics import statistics

REASON_SCHEMA = pa.schema([("row", pa.int64()), ("rejected_by", pa.string()), ("measured", pa.string())])
CHUNK = 1 << 14
THRESHOLDS = "filter:"  # before the name of a statistic, as a reason
LATER = ("contaminated", "exact_duplicate", "near_duplicate", *RULES)
"""Reasons that are only looked for in rows that thresholds let pass."""


@dataclass(frozen=True)
class JudgeTask:
    """Judge the rows of a measured unit and write the verdicts into `out`.

    strict: a license a person has to decide about rejects too. drop_kinds: kinds of personal data that reject.
    remove_contaminated: an evaluation item rejects (else it is only flagged). installed: the filters of installed packages
    that the unit was scored by, sorted.
    """

    unit: Path
    out: Path
    limits: dict[str, Limit]
    policies: Policies
    strict: bool
    drop_kinds: frozenset[str]
    remove_contaminated: bool
    installed: tuple[str, ...] = ()


def judge_task(config: CorpusConfig, source: SourceConfig, unit: Path, out: Path) -> JudgeTask:
    """How the rows of a measured unit of `source` are judged: the one decision of a build and of `corpus clean`."""
    table = config.licenses.table
    return JudgeTask(
        unit,
        out,
        limits_of(filters_of(config, source)),
        dict(policies(table.path if table else None)),
        config.licenses.strict,
        frozenset(kind for kind, mode in modes_of(config.personal_data).items() if mode == "drop"),
        config.decontaminate.action == "remove",
        tuple(sorted(set(filters_of(config, source).installed))),
    )


def judge_unit(task: JudgeTask) -> int:
    """Write which rows stand (`STANDING`, bool) and why the others do not (`REASONS`); returns how many stand."""
    task.out.mkdir(parents=True, exist_ok=True)
    flags: NDArray[np.uint32] = np.load(task.unit / LIGHT)["flags"]
    words = _words(task, flags)
    standing = np.ones(len(flags), dtype=np.bool_)
    reasons: list[tuple[int, str, str]] = []
    counts = np.load(task.unit / COUNTS, mmap_mode="r")
    scores = read_scores(task.unit, task.installed)
    for start in range(0, len(flags), CHUNK):
        found = statistics(np.asarray(counts[start : start + CHUNK], dtype=np.int64))
        found |= {name: np.asarray(column[start : start + CHUNK]) for name, column in scores.items()}
        verdicts = decide(found, task.limits)
        out = verdicts.first >= 0
        rows_out = np.flatnonzero(out)
        told = dict(zip(rows_out.tolist(), verdicts.measured(rows_out, found), strict=True))
        for row in np.flatnonzero(out | (flags[start : start + CHUNK] != 0)).tolist():
            known, own = int(flags[start + row]), words.get(start + row, {})
            reason, measured = _of_flags(task, known, own)
            if reason is None and out[row]:
                reason = f"{THRESHOLDS}{verdicts.names[int(verdicts.first[row])]}"
                measured = told[row]
            if reason is None and known & EVIDENCE and task.remove_contaminated:
                reason, measured = "contaminated", str(own["evidence"])
            if reason is not None:
                standing[start + row] = False
                reasons.append((start + row, reason, measured))
    np.save(task.out / STANDING, standing)
    columns = list(zip(*reasons, strict=True)) if reasons else [[], [], []]
    table = pa.table(dict(zip(REASON_SCHEMA.names, columns, strict=True)), schema=REASON_SCHEMA)
    with pa.OSFile(str(task.out / REASONS), "wb") as file, pa.ipc.new_file(file, REASON_SCHEMA) as writer:
        writer.write_table(table)
    return int(standing.sum())


def _of_flags(task: JudgeTask, known: int, own: Mapping[str, Any]) -> tuple[str | None, str]:
    if known & REFUSED:
        return str(own["rejected_by"]), str(own["measured"])
    if known & BLANK:
        return "empty", canonical_json({"characters": 0})
    if known & OWN_LICENSE:
        answer = find_license(str(own["license"]), task.policies).may_train
        if answer == "no" or (task.strict and answer != "yes"):
            return "license", canonical_json({"license": own["license"]})
    if known & PERSONAL and task.drop_kinds:
        found: dict[str, int] = json.loads(own["personal_data"])
        if refused := {kind: times for kind, times in found.items() if kind in task.drop_kinds}:
            return "personal_data", canonical_json(refused)
    if known & FILTER_FAILED:
        return "filter_failed", str(own["filter_failed"])
    return None, ""


def _words(task: JudgeTask, flags: NDArray[np.uint32]) -> dict[int, dict[str, Any]]:
    """What the decisions need in words, for the rows that have any."""
    needed = {
        REFUSED: ("rejected_by", "measured"),
        OWN_LICENSE: ("license",),
        FILTER_FAILED: ("filter_failed",),
    }
    if task.drop_kinds:
        needed[PERSONAL] = ("personal_data",)
    if task.remove_contaminated:
        needed[EVIDENCE] = ("evidence",)
    wanted = (flags & sum(needed)) != 0
    names = [name for flag, columns in needed.items() if (flags & flag).any() for name in columns]
    if not names:
        return {}
    found: dict[int, dict[str, Any]] = {}
    start = 0
    for batch in read_batches(task.unit / ROWS, names):
        rows = np.flatnonzero(wanted[start : start + batch.num_rows])
        found |= dict(zip((start + rows).tolist(), batch.select(names).take(pa.array(rows)).to_pylist(), strict=True))
        start += batch.num_rows
    return found


def reaches_thresholds(rejected_by: str | None) -> bool:
    """Whether thresholds decide about a row with this outcome, and nothing before them did (license, personal data, ...)."""
    return rejected_by is None or rejected_by.startswith(THRESHOLDS) or rejected_by in LATER


def read_reasons(folder: Path) -> pa.Table:
    """The rows of a unit that do not stand: `row, rejected_by, measured`."""
    with pa.OSFile(str(folder / REASONS)) as file:
        return pa.ipc.open_file(file).read_all()
