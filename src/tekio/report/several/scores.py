"""The scores of several runs, task by task and model by model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tekio.artifacts.results import Metric, TaskResult
from tekio.report.gather import Run, read_run


@dataclass(frozen=True)
class OpenScores:
    """A run with its evaluation. folder: of the run."""

    name: str
    folder: Path
    run: Run

    @property
    def tasks(self) -> dict[str, TaskResult]:
        """Task -> its result; empty where the run was not evaluated."""
        return {task.task: task for task in self.run.results.tasks} if self.run.results else {}


@dataclass(frozen=True)
class ScoreRow:
    """One task and model: the headline metric in every run (None: there is none)."""

    task: str
    metric: str
    label: str
    values: list[Metric | None]

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        shown = [None if item is None else item.model_dump(mode="json") for item in self.values]
        return {"task": self.task, "metric": self.metric, "label": self.label, "values": shown}


def open_scores(name: str, folder: Path) -> OpenScores:
    """A run as far as its files can be read."""
    return OpenScores(name, folder, read_run(folder, name))


def score_rows(opened: Sequence[OpenScores]) -> list[ScoreRow]:
    """Every task of any run, with every model label of any run; tasks in the order in which the runs have them.

    A task whose headline metric is not the same one in all runs has a row a metric.
    """
    labels = list(dict.fromkeys(label for one in opened for label in one.run.labels))
    tasks = dict.fromkeys((task.task, task.headline) for one in opened for task in one.tasks.values())
    rows: list[ScoreRow] = []
    for name, metric in tasks:
        for label in labels:
            values: list[Metric | None] = []
            for one in opened:
                score = one.tasks[name].scores.get(label) if name in one.tasks else None
                values.append(score.metrics.get(metric) if score is not None else None)
            if any(value is not None for value in values):
                rows.append(ScoreRow(name, metric, label, values))
    return rows
