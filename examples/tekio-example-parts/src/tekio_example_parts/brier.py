"""A metric: the Brier score (Brier 1950), which asks whether a model's certainty is earned, not just its choice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tekio.plugins import Metric

if TYPE_CHECKING:
    from tekio.artifacts.results import ScoredItem


def brier(line: ScoredItem, fields: Mapping[str, Any]) -> float:  # noqa: ARG001 - the row of the data is not needed
    """Sum over the options of (probability - 1 if right else 0)^2, between 0 (sure and right) and 2 (sure and wrong).

    Probabilities: the likelihoods of the options, divided by their sum.
    """
    values = [value for value in line.loglikelihoods or [] if value is not None]
    most = max(values)
    weights = [math.exp(value - most) for value in values]
    return sum((weight / sum(weights) - (place == line.gold)) ** 2 for place, weight in enumerate(weights))


METRIC = Metric("brier", "1", brier, unit="Brier score", higher_is_better=False, kinds=("choice",))
