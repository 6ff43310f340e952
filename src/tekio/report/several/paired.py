"""Differences between runs with a test, where both asked the same items in the same words; elsewhere why there is none.

Items that are right or wrong: McNemar's exact test of the share right, with the interval of Bonett and Price. Texts: bits per
character, permuted text by text, with a BCa interval. Holm's correction over every test on the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from tekio.artifacts.model import is_older, read_lines
from tekio.artifacts.results import Difference, ScoredItem, TaskResult, items_file
from tekio.errors import Text
from tekio.evaluate.results.from_items import measure_of_items
from tekio.evaluate.results.how_asked import asked_differently
from tekio.report.number_format import metric_name
from tekio.report.several.scores import OpenScores
from tekio.statistics.corrections import holm, verdict
from tekio.statistics.intervals import Interval, bonett_price, difference_interval
from tekio.statistics.paired_tests import mcnemar_exact, paired_permutation
from tekio.statistics.resampling import Floats, generator

CONFIDENCE = 0.95
RESAMPLES = 2000
SHARE, BITS = "share right", "bits per character"
MEASURES = {SHARE: Text(SHARE, "正解率"), BITS: Text(BITS, "1 文字あたりビット数")}
SETTINGS = {
    "protocol": Text("protocol", "プロトコル"),
    "template": Text("template", "テンプレート"),
    "shots": Text("examples in the prompt", "例示の数"),
    "demonstrations": Text("where the examples come from", "例示の情報源"),
}


@dataclass(frozen=True)
class Pairing:
    """One model of one task in a run, against the first run. measure: what was tested. why_not: there is no test, and why."""

    task: str
    label: str
    run: str
    against: str
    measure: str = SHARE
    n: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    wins: int | None = None
    losses: int | None = None
    verdict: Difference = "cannot tell"
    higher_is_better: bool = True
    why_not: Text | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        plain = asdict(self)
        plain["why_not"] = None if self.why_not is None else {"en": self.why_not.en, "ja": self.why_not.ja}
        return plain


def pairings(opened: Sequence[OpenScores]) -> list[Pairing]:
    """Every task and model that the first run shares with another one, in the first run's order."""
    reference = opened[0]
    found = [
        _pairing(task, label, one, reference)
        for task in reference.tasks
        for label in reference.run.labels
        for one in opened[1:]
        if task in one.tasks and label in reference.tasks[task].scores and label in one.tasks[task].scores
    ]
    adjusted = holm([item.p for item in found])
    return [
        replace(
            item,
            p_adjusted=corrected,
            verdict=verdict(item.difference, corrected, confidence=CONFIDENCE, higher_is_better=item.higher_is_better),
        )
        for item, corrected in zip(found, adjusted, strict=True)
    ]


def _pairing(name: str, label: str, one: OpenScores, reference: OpenScores) -> Pairing:
    task, other = one.tasks[name], reference.tasks[name]
    empty = Pairing(name, label, one.name, reference.name)
    why = _asked_otherwise(task, other) or _models_asked_otherwise(label, one, reference, task)
    if why is not None:
        return replace(empty, why_not=why)
    first, second = (_items(run.folder / "evaluate", label, task) for run in (one, reference))
    if first is None or second is None:
        return replace(empty, why_not=Text("a run holds no items of this task", "設問ごとの記録がない実行があります"))
    unlike = sum(
        mine is None or theirs is None or (mine.item, mine.prompt_sha256) != (theirs.item, theirs.prompt_sha256)
        for mine, theirs in zip_longest(first, second)
    )
    if unlike:
        most = max(len(first), len(second))
        told = Text(f"{unlike:,} of {most:,} items are not the same", f"{most:,} 問中 {unlike:,} 問が異なります")
        return replace(empty, why_not=told)
    return _headline(empty, task, other, first, second) or _tested(empty, first, second)


def _headline(
    empty: Pairing, task: TaskResult, other: TaskResult, first: list[ScoredItem], second: list[ScoredItem]
) -> Pairing | None:
    """The test of the task's headline metric; None where the two runs have another one, or the items do not give it again."""
    name = task.headline
    if name != other.headline:
        return None
    measured = [
        measure_of_items(name, headline_of(result, empty.label), items)
        for result, items in ((task, first), (other, second))
    ]
    one, two = measured
    if one is None or two is None or one.rows.shape != two.rows.shape:
        return None
    if one.correct is not None:
        return replace(_shares(empty, first, second), measure=name)
    rng = generator(0, "several", empty.task, empty.label, empty.run, empty.against)
    interval = difference_interval(one.rows, two.rows, one.value, confidence=CONFIDENCE, resamples=RESAMPLES, rng=rng)
    p = paired_permutation(one.rows, two.rows, one.value, resamples=RESAMPLES, rng=rng)
    found = _filled(empty, interval, p, n=len(one.rows), difference=one.observed - two.observed)
    return replace(found, measure=name, higher_is_better=one.higher_is_better)


def headline_of(task: TaskResult, label: str) -> float | None:
    """The reported value of the headline metric."""
    score = task.scores.get(label)
    metric = score.metrics.get(task.headline) if score is not None else None
    return metric.value if metric is not None else None


def measure_words(measure: str) -> Text:
    """What was tested, in words."""
    return MEASURES.get(measure) or metric_name(measure)


def _asked_otherwise(task: TaskResult, other: TaskResult) -> Text | None:
    for name, words in SETTINGS.items():
        first, second = getattr(task, name), getattr(other, name)
        if first != second:
            return Text(f"{words.en}: {first} and {second}", f"{words.ja}が異なります: {first} と {second}")
    return None


def _models_asked_otherwise(label: str, one: OpenScores, reference: OpenScores, task: TaskResult) -> Text | None:
    if one.run.results is None or reference.run.results is None:
        return None
    models = [run.results.models.get(label) for run in (one.run, reference.run) if run.results is not None]
    if len(models) < 2 or models[0] is None or models[1] is None:
        return None
    why = asked_differently(task, models[0], models[1])
    return Text(why, why) if why else None


def _items(evaluate: Path, label: str, task: TaskResult) -> list[ScoredItem] | None:
    path = items_file(evaluate, label, task.task, task.template or "default")
    return None if path is None else list(read_lines(ScoredItem, path, older=is_older(evaluate / "results.json")))


def _tested(empty: Pairing, first: list[ScoredItem], second: list[ScoredItem]) -> Pairing:
    if all(item.nats is not None and item.characters for item in (*first, *second)):
        return _bits(empty, _sums(first), _sums(second))
    if any(item.correct is None for item in (*first, *second)):
        why = Text("single items are not right or wrong here", "設問ごとの正誤がない課題です")
        return replace(empty, why_not=why)
    return _shares(empty, first, second)


def _shares(empty: Pairing, first: list[ScoredItem], second: list[ScoredItem]) -> Pairing:
    wins = sum(bool(a.correct) and not b.correct for a, b in zip(first, second, strict=True))
    losses = sum(bool(b.correct) and not a.correct for a, b in zip(first, second, strict=True))
    n = len(first)
    interval = bonett_price(wins, losses, n, CONFIDENCE)
    p = mcnemar_exact(wins, losses) if n > 1 else None
    return _filled(empty, interval, p, n=n, difference=(wins - losses) / n if n else None, wins=wins, losses=losses)


def _sums(items: Sequence[ScoredItem]) -> Floats:
    return np.array([[item.nats or 0.0, item.characters or 0] for item in items], dtype=np.float64)


def _per_character(sums: Floats) -> Floats:
    return sums[..., 0] / sums[..., 1] / math.log(2)


def _bits(empty: Pairing, first: Floats, second: Floats) -> Pairing:
    rng = generator(0, "several", empty.task, empty.label, empty.run, empty.against)
    interval = difference_interval(first, second, _per_character, confidence=CONFIDENCE, resamples=RESAMPLES, rng=rng)
    p = paired_permutation(first, second, _per_character, resamples=RESAMPLES, rng=rng)
    difference = float(_per_character(first.sum(axis=0)) - _per_character(second.sum(axis=0)))
    found = _filled(empty, interval, p, n=len(first), difference=difference)
    return replace(found, measure=BITS, higher_is_better=False)


def _filled(empty: Pairing, interval: Interval, p: float | None, **more: Any) -> Pairing:
    return replace(empty, low=interval.low, high=interval.high, p=p, **more)
