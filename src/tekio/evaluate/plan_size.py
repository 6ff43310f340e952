"""Which differences an evaluation can show, before a GPU hour is spent: from tasks, items and expected agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tekio.errors import Language, Text, UsageError, say
from tekio.evaluate.tasks import load_task
from tekio.statistics.corrections import strictest
from tekio.statistics.power import mcnemar_power, minimum_detectable_share

DIFFERENCES = (0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15, 0.20)
BAR = 20


@dataclass(frozen=True)
class PlannedTask:
    """A task and how many items it will be scored on."""

    name: str
    items: int


@dataclass(frozen=True)
class Planned:
    """What a task can show. alone, corrected: the smallest true difference (share) seen with the wanted power, as the only
    comparison and at the level Holm asks of the smallest p of the run; None: none. power: at `DIFFERENCES`, corrected.
    """

    task: PlannedTask
    alone: float | None
    corrected: float | None
    power: tuple[float, ...]


def planned_tasks(words: Sequence[str], *, base: Path) -> list[PlannedTask]:
    """Tasks of the command line: `NAME=ITEMS`, a number of items, or a task whose file says how many its data has.

    Raises `UsageError` for a task of unknown size.
    """
    found: list[PlannedTask] = []
    for word in words:
        name, equals, count = word.rpartition("=")
        if count.isdecimal():
            found.append(PlannedTask(name if equals else f"{count} items", int(count)))
            continue
        spec = load_task(word, base=base).spec
        if not spec.data.items:
            raise UsageError(
                Text(f"How many items has task {spec.name}?", f"タスク {spec.name} は何問ですか。"),
                fix=Text(f"Give {spec.name}=NUMBER.", f"{spec.name}=問題数 と指定してください。"),
            )
        found.append(PlannedTask(spec.name, spec.data.items[0]))
    return found


def plan_size(
    tasks: Sequence[PlannedTask], *, differing: float, comparisons: int, confidence: float = 0.95, power: float = 0.8
) -> list[Planned]:
    """What each task can show. differing: expected share of items on which one model is right and the other wrong.

    comparisons: how many the run makes in all (tasks times models compared).
    """
    level = strictest(confidence, comparisons)
    return [
        Planned(
            task,
            minimum_detectable_share(task.items, differing, confidence=confidence, power=power),
            minimum_detectable_share(task.items, differing, confidence=level, power=power),
            tuple(mcnemar_power(task.items, max(differing, size), size, level) for size in DIFFERENCES),
        )
        for task in tasks
    ]


def plan_lines(found: Sequence[Planned], language: Language, *, differing: float, comparisons: int) -> Iterator[str]:
    """A table of the smallest visible differences, and the power by true difference as a curve of each task."""

    def text(en: str, ja: str) -> str:
        return say(Text(en, ja), language)

    yield text(
        f"Smallest true difference (points) seen four times of five, if the models differ on {differing:.0%} of the items:",
        f"モデルの正誤が {differing:.0%} の問題で食い違う場合に、5 回中 4 回見える最小の真の差(ポイント):",
    )
    yield f"{text('task', 'タスク'):<24} {'n':>6} {text('alone', '単独'):>8} {text(f'of {comparisons}', f'{comparisons} 比較'):>8}"
    for item in found:
        yield f"{item.task.name:<24} {item.task.items:>6} {_points(item.alone):>8} {_points(item.corrected):>8}"
    yield ""
    yield text(
        f"Probability of being seen among {comparisons} comparisons (Holm), by true difference in points:",
        f"{comparisons} 比較(Holm 補正)の中で見える確率、真の差(ポイント)ごと:",
    )
    for item in found:
        yield item.task.name
        for size, share in zip(DIFFERENCES, item.power, strict=True):
            yield f"  {100 * size:>4.0f}  {100 * share:>4.0f} %  {'#' * round(BAR * share)}"


def _points(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
