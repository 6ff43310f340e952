"""Boilerplate: lines and paragraphs that many documents of one source have word for word.

Each unit counts its lines by 64-bit hashes, the counts of a source are added up in parts on disk, and each unit finds the
lines that are frequent again. Numbers and rows of tables are never taken for boilerplate. Memory holds the lines of one
unit, one part of the records, and the frequent lines of one source.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tekio.corpus.decisions.removed_spans import ALIVE, CUT, LINE, PARTS, alive_texts
from tekio.corpus.duplicates.hash_partitions import Records, Spill
from tekio.corpus.units.unit_layout import REFUSED, WEB_PAGE, UnitTask
from tekio.corpus.units.unit_table import Stored
from tekio.engine import Engine
from tekio.errors import Text
from tekio.progress import followed
from tekio.recipe.corpus import DuplicateConfig
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.common_passages import lines_of

LINES = "lines.npy"
LINE_COUNT = np.dtype([("hash", "<u8"), ("documents", "<i8"), ("first", "<i8")])
WEB_LINES, WEB_SHARE = 10, 0.01  # documents, and share of the documents, that have a line, with `lines: web`
SAMPLE = 300  # characters of a line that the listing shows


@dataclass(frozen=True)
class LineTask:
    """Count, or find, the lines of one unit. frequent: file of the frequent lines of its source, None to count."""

    unit: Path
    decided: Path
    start: int
    letters: int
    keep_first: bool = True
    frequent: Path | None = None


def find_boilerplate(
    config: DuplicateConfig, tasks: Sequence[UnitTask], stored: Stored, engine: Engine, folder: Path
) -> None:
    """Write the cuts of every unit, and `boilerplate.jsonl` into `folder`: each line with its counts, most frequent first."""
    jobs = [
        LineTask(unit, decided, int(start), config.line_letters, config.keep_first)
        for unit, decided, start in zip(stored.folders, stored.decided, stored.starts, strict=False)
    ]
    sources = looked_at(config, tasks, stored)
    counting = [jobs[unit] for units in sources.values() for unit in units]
    for _ in followed(
        Text("corpus, repeated lines", "corpus（定型行の検出）"), engine.map(count_lines, counting), len(counting)
    ):
        pass
    with (folder / "boilerplate.jsonl").open("w", encoding="utf-8") as listing:
        for place, (name, units) in enumerate(sources.items()):
            frequent = _frequent(config, [jobs[unit] for unit in units], folder / "lines")
            path = folder / f"frequent-{place}.npy"
            np.save(path, frequent)
            own = [replace(jobs[unit], frequent=path) for unit in units]
            taken = np.zeros(len(frequent), dtype=np.int64)
            samples: dict[int, str] = {}
            for counts, texts in engine.map(cut_lines, own):
                taken += counts
                samples |= texts
            for number in np.lexsort((frequent["hash"], -frequent["documents"])).tolist():
                line = {
                    "source": name,
                    "hash": f"{int(frequent['hash'][number]):016x}",
                    "documents": int(frequent["documents"][number]),
                    "taken_out": int(taken[number]),
                    "line": samples.get(number, ""),
                }
                listing.write(json.dumps(line, ensure_ascii=False) + "\n")


def looked_at(config: DuplicateConfig, tasks: Sequence[UnitTask], stored: Stored) -> dict[str, list[int]]:
    """The units of each source whose lines are counted: all, with `lines: web` those of web pages, with null none."""
    sources: dict[str, list[int]] = {}
    if config.lines is None:
        return sources
    for number, task in enumerate(tasks):
        sources.setdefault(task.source.name, []).append(number)
    return {name: units for name, units in sources.items() if config.lines != "web" or _is_web(stored, units)}


def _is_web(stored: Stored, units: Sequence[int]) -> bool:
    """Whether most documents of a source are pages of web sites."""
    pages = documents = 0
    for unit in units:
        flags = stored.light(unit)["flags"]
        flags = flags[(flags & REFUSED) == 0]
        pages += int(np.count_nonzero(flags & WEB_PAGE))
        documents += len(flags)
    return 2 * pages > documents


def count_lines(task: LineTask) -> int:
    """Write the different lines of a unit: how many of its documents have each, and the first that has it."""
    found: list[Any] = [np.zeros((0, 2), dtype=np.uint64)]
    for rows, texts in alive_texts(task.unit, task.decided):
        lines = lines_of(code_points(texts), task.letters)
        pairs = np.column_stack([lines.hashes, rows[lines.text].astype(np.uint64)])
        found.append(np.unique(pairs, axis=0))
    pairs = np.concatenate(found)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    hashes, first, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    result = np.zeros(len(hashes), dtype=LINE_COUNT)
    result["hash"], result["documents"], result["first"] = hashes, counts, pairs[first, 1] + np.uint64(task.start)
    np.save(task.decided / LINES, result)
    return len(result)


def _frequent(config: DuplicateConfig, jobs: Sequence[LineTask], folder: Path) -> Records:
    """The lines of a source that enough of its documents have, by hash."""
    documents = sum(int(np.load(job.decided / ALIVE).sum()) for job in jobs)
    lines, share = (WEB_LINES, WEB_SHARE) if config.lines == "web" else (config.lines or 2, 0.0)
    least = max(lines, 2, math.ceil(max(config.line_share, share) * documents))
    spill = Spill(folder, LINE_COUNT, sum(len(np.load(job.decided / LINES, mmap_mode="r")) for job in jobs))
    for job in jobs:
        records = np.load(job.decided / LINES)
        spill.add(records, records["hash"])
    found = [np.zeros(0, dtype=LINE_COUNT)]
    for part in spill.parts():
        if not len(part):
            continue
        part = part[np.lexsort((part["first"], part["hash"]))]
        starts = np.flatnonzero(np.concatenate(([True], part["hash"][1:] != part["hash"][:-1])))
        sums = part[starts].copy()
        sums["documents"] = np.add.reduceat(part["documents"], starts)
        found.append(sums[sums["documents"] >= least])
    whole = np.concatenate(found)
    return whole[np.argsort(whole["hash"])]


def cut_lines(task: LineTask) -> tuple[Any, dict[int, str]]:
    """Write the cuts of a unit; returns how often each frequent line is cut, and the lines first seen here (samples)."""
    frequent = np.load(task.frequent) if task.frequent else np.zeros(0, dtype=LINE_COUNT)
    taken = np.zeros(len(frequent), dtype=np.int64)
    samples: dict[int, str] = {}
    cuts: list[Records] = [np.zeros(0, dtype=CUT)]
    for rows, texts in alive_texts(task.unit, task.decided):
        if not len(frequent):
            break
        lines = lines_of(code_points(texts), task.letters)
        number = np.minimum(np.searchsorted(frequent["hash"], lines.hashes), len(frequent) - 1)
        hits = np.flatnonzero(frequent["hash"][number] == lines.hashes)
        own = np.zeros(len(hits), dtype=CUT)
        own["row"], own["start"], own["end"] = rows[lines.text[hits]], lines.start[hits], lines.end[hits]
        own["rule"], own["of"] = LINE, lines.hashes[hits]
        kept = np.ones(len(hits), dtype=np.bool_)
        for place in np.flatnonzero(own["row"] + task.start == frequent["first"][number[hits]]).tolist():
            line = int(number[hits[place]])
            if line not in samples:
                text = texts[int(lines.text[hits[place]])]
                samples[line] = text[int(own["start"][place]) : int(own["end"][place])][:SAMPLE]
                kept[place] = not task.keep_first
        taken += np.bincount(number[hits[kept]], minlength=len(frequent))
        cuts.append(own[kept])
    np.save(task.decided / PARTS[LINE], np.concatenate(cuts))
    return taken, samples
