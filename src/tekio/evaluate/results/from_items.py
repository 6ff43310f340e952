"""A task's metric again, from the items a finished run has on file: what two runs of one task can be compared by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np

from tekio.artifacts.results import ScoredItem
from tekio.evaluate.results.answered import NO_ANSWER
from tekio.evaluate.results.metrics import Measure, mean_measure, measure_of_choices, ratio
from tekio.evaluate.results.read_answer import character_f1, set_f1

CLOSE = 1e-9


def measure_of_items(name: str, reported: float | None, items: Sequence[ScoredItem]) -> Measure | None:
    """The metric `name` of one model; None where the items do not give it again, to the digit that results say (`reported`).

    What the items do not hold (labels that were never an option, categories, parts of an answer) makes another number: such a metric is not
    taken for the reported one.
    """
    found = _made(name, items)
    if found is None or reported is None or found.undefined:
        return None
    return found if math.isclose(found.observed, reported, rel_tol=CLOSE, abs_tol=CLOSE) else None


def _made(name: str, items: Sequence[ScoredItem]) -> Measure | None:
    if not items:
        return None
    if all(item.choices and item.correct is not None for item in items):
        return _choices(name, items)
    if all(item.nats is not None for item in items):
        return _text(name, items)
    if name in ("character_f1", "set_f1") and all(isinstance(item.gold, list) and item.gold for item in items):
        score = character_f1 if name == "character_f1" else set_f1
        values = [
            max(score(str(item.prediction or ""), answer) for answer in cast("list[str]", item.gold)) for item in items
        ]
        return mean_measure(name, values, binary=False)
    if all(item.correct is not None for item in items):
        return mean_measure(name, [float(bool(item.correct)) for item in items], binary=True)
    return None


def _choices(name: str, items: Sequence[ScoredItem]) -> Measure | None:
    gold = np.asarray([item.gold if isinstance(item.gold, int) else -1 for item in items], dtype=np.int64)
    chosen = [_chosen(item, normalized=name.endswith("_norm")) for item in items]
    options = max(len(item.choices or ()) for item in items)
    return measure_of_choices(name, gold, np.asarray(chosen, dtype=np.int64), classes=options, options=options)


def _chosen(item: ScoredItem, *, normalized: bool) -> int:
    if not isinstance(item.prediction, int):
        return NO_ANSWER
    if not normalized:
        return item.prediction
    values = [-math.inf if value is None else value for value in item.loglikelihoods or ()]
    lengths = [len(choice) for choice in item.choices or ()]
    return int(np.argmax(np.asarray(values) / np.asarray(lengths)))


def _text(name: str, items: Sequence[ScoredItem]) -> Measure | None:
    sizes = {"bits_per_character": [item.characters for item in items], "bits_per_byte": [item.bytes for item in items]}
    size = sizes.get(name)
    if size is None or not all(size):
        return None
    rows = np.array([[(item.nats or 0.0) / math.log(2), own or 0] for item, own in zip(items, size, strict=True)])
    return Measure(name, rows, ratio, higher_is_better=False)
