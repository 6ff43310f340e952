"""Parts of documents that others have: boilerplate of a source and passages of a group, found among the rows that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tekio.corpus.decisions.removed_spans import ALIVE, PASSAGE, RULES, by_row, chosen_texts, merge_cuts, take_out
from tekio.corpus.duplicates.boilerplate import find_boilerplate, looked_at
from tekio.corpus.duplicates.passages import find_passages
from tekio.corpus.units.unit_layout import UnitTask
from tekio.corpus.units.unit_table import Stored
from tekio.corpus.write import TRAIN
from tekio.engine import Engine
from tekio.recipe.corpus import DuplicateConfig

LISTINGS = ("boilerplate.jsonl", "passages.jsonl")


@dataclass(frozen=True)
class Emptied:
    """A row of which nothing is left: the rule that took most of it, its characters, the row that has them (or -1)."""

    row: int
    rule: str
    characters: int
    of: int


def find_repeats(
    config: DuplicateConfig,
    tasks: Sequence[UnitTask],
    stored: Stored,
    status: NDArray[np.int8],
    engine: Engine,
    folder: Path,
) -> tuple[list[Emptied], int]:
    """Write what is to be cut beside the decisions of each unit; returns the rows that are empty then.

    Also returns how many documents were not remembered (see `tekio.corpus.duplicates.passages`). Looks only at rows that stand.
    """
    lines = bool(looked_at(config, tasks, stored))
    if not lines and config.passages is None:
        return [], 0
    for unit, decided in enumerate(stored.decided):
        np.save(decided / ALIVE, status[stored.span(unit)] == TRAIN)
    forgotten = 0
    if lines:
        find_boilerplate(config, tasks, stored, engine, folder)
    if config.passages is not None:
        forgotten = find_passages(config, tasks, stored, engine, folder)
    emptied: list[Emptied] = []
    jobs = list(zip(stored.folders, stored.decided, strict=True))
    for start, found in zip(stored.starts.tolist(), engine.map(settle_unit, jobs), strict=False):
        emptied += [Emptied(start + row, rule, characters, of) for row, rule, characters, of in found]
    return emptied, forgotten


def settle_unit(job: tuple[Path, Path]) -> list[tuple[int, str, int, int]]:
    """Merge the cuts of a unit; returns the rows of which nothing is left. job: folders of the measured, the decided unit."""
    unit, decided = job
    found: list[tuple[int, str, int, int]] = []
    own = {row: (spans, cuts) for row, spans, cuts in by_row(merge_cuts(decided))}
    for rows, texts in chosen_texts(unit, np.array(sorted(own), dtype=np.int64)):
        for row, text in zip(rows.tolist(), texts, strict=True):
            spans, cuts = own[row]
            left = take_out(text, spans)
            if left.text and not left.text.isspace():
                continue
            rule = max(left.characters, key=lambda name: left.characters[name])
            passages = cuts[cuts["rule"] == PASSAGE]
            longest = int(np.argmax(passages["end"] - passages["start"])) if len(passages) else -1
            of = int(passages["of"][longest]) if rule == RULES[PASSAGE] else -1
            found.append((row, rule, len(text), of))
    return found
