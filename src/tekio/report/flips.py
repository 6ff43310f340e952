"""Items whose answer turned from wrong to right or from right to wrong between the reference and a model.

A reviewer sees what a difference is made of. The first ones in the order of the test are shown; none is picked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tekio.artifacts.model import is_older, read_lines
from tekio.artifacts.results import Results, ScoredItem, TaskResult, items_file


@dataclass(frozen=True)
class Flip:
    """One item: what was asked, the right answer, what each model answered. gained: wrong before, right after."""

    item: str
    prompt: str
    gold: str
    before: str
    after: str
    gained: bool


@dataclass(frozen=True)
class TaskFlips:
    """The first flips of one task in each direction, and how many there are in all."""

    task: str
    reference: str
    model: str
    gained: int
    lost: int
    shown: list[Flip]


def find_flips(evaluate: Path, results: Results, labels: Sequence[str], most: int) -> list[TaskFlips]:
    """For every task with right and wrong answers: the flips between the reference and the last model.

    labels: models in the order of the page. evaluate: the stage's folder, with `items/<label>/<task>.<template>.jsonl`. most: how many are shown a direction.
    Raises `TekioError` for a damaged file; tasks without per-item files are left out.
    """
    if most <= 0 or len(labels) < 2:
        return []
    found = (_task_flips(evaluate, task, results.reference, labels[-1], most) for task in results.tasks)
    return [item for item in found if item is not None]


def _task_flips(evaluate: Path, task: TaskResult, reference: str, model: str, most: int) -> TaskFlips | None:
    if task.kind == "perplexity":
        return None
    files = [
        file
        for label in (reference, model)
        if (file := items_file(evaluate, label, task.task, str(task.template))) is not None
    ]
    if len(files) < 2:
        return None
    older = is_older(evaluate / "results.json")
    counts = {True: 0, False: 0}
    shown: list[Flip] = []
    for before, after in zip(*(read_lines(ScoredItem, file, older=older) for file in files), strict=False):
        if before.item != after.item or before.correct is None or after.correct in (None, before.correct):
            continue
        gained = bool(after.correct)
        counts[gained] += 1
        if counts[gained] <= most:
            shown.append(_flip(before, after, gained))
    shown.sort(key=lambda item: not item.gained)
    return TaskFlips(task.task, reference, model, counts[True], counts[False], shown)


def _flip(before: ScoredItem, after: ScoredItem, gained: bool) -> Flip:
    return Flip(
        item=before.item,
        prompt=before.prompt,
        gold=gold_of(before),
        before=choice_of(before, before.prediction),
        after=choice_of(after, after.prediction),
        gained=gained,
    )


def gold_of(row: ScoredItem) -> str:
    """The right answer of an item as text: the choice as it was asked (良い), so that it stands beside the answers, else its label."""
    if isinstance(row.gold, int) and 0 <= row.gold < len(row.choices or ()):
        return choice_of(row, row.gold)
    if row.gold_text is not None:
        return row.gold_text
    return " / ".join(row.gold) if isinstance(row.gold, list) else choice_of(row, row.gold)


def choice_of(row: ScoredItem, value: int | str | None) -> str:
    """The text of a choice by its position, or a text as it is."""
    if isinstance(value, int) and 0 <= value < len(row.choices or ()):
        return (row.choices or [])[value]
    return "" if value is None else str(value)
