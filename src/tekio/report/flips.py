"""Items whose answer turned from wrong to right or from right to wrong between the reference and a model.

A reviewer sees what a difference is made of. The first ones in the order of the test are shown; none is picked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.artifacts.results import Results, TaskResult, label_order
from tekio.store import read_jsonl


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


def find_flips(evaluate: Path, results: Results, most: int) -> list[TaskFlips]:
    """For every task with right and wrong answers: the flips between the reference and the last model.

    evaluate: the stage's folder, with `items/<label>/<task>.<template>.jsonl`. most: how many are shown a direction.
    Raises `TekioError` for a damaged file; tasks without per-item files are left out.
    """
    labels = label_order(results)
    if most <= 0 or len(labels) < 2:
        return []
    found = (_task_flips(evaluate, task, results.reference, labels[-1], most) for task in results.tasks)
    return [item for item in found if item is not None]


def _task_flips(evaluate: Path, task: TaskResult, reference: str, model: str, most: int) -> TaskFlips | None:
    if task.kind == "perplexity":
        return None
    name = f"{task.task.replace(':', '-')}.{task.template}.jsonl"
    files = [evaluate / "items" / label / name for label in (reference, model)]
    inside = all(file.resolve().is_relative_to(evaluate.resolve()) for file in files)
    if not inside or not all(file.is_file() for file in files):
        return None
    counts = {True: 0, False: 0}
    shown: list[Flip] = []
    for before, after in zip(*(read_jsonl(file) for file in files), strict=False):
        right = before.get("correct"), after.get("correct")
        if before.get("item") != after.get("item") or None in right or right[0] == right[1]:
            continue
        gained = bool(right[1])
        counts[gained] += 1
        if counts[gained] <= most:
            shown.append(_flip(before, after, gained))
    shown.sort(key=lambda item: not item.gained)
    return TaskFlips(task.task, reference, model, counts[True], counts[False], shown)


def _flip(before: dict[str, Any], after: dict[str, Any], gained: bool) -> Flip:
    return Flip(
        item=str(before.get("item")),
        prompt=str(before.get("prompt", "")),
        gold=_gold(before),
        before=_predicted(before),
        after=_predicted(after),
        gained=gained,
    )


def _gold(row: dict[str, Any]) -> str:
    if isinstance(row.get("gold_text"), str):
        return row["gold_text"]
    gold = row.get("gold")
    return " / ".join(_texts(cast("object", gold))) if isinstance(gold, list) else _choice(row, gold)


def _predicted(row: dict[str, Any]) -> str:
    return _choice(row, row.get("prediction"))


def _choice(row: dict[str, Any], value: object) -> str:
    choices = list(_texts(row.get("choices")))
    if isinstance(value, int) and 0 <= value < len(choices):
        return choices[value]
    return "" if value is None else str(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (str(item) for item in cast("list[object]", value))
