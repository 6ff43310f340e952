"""What is said of many comparisons together: Holm's correction and the words for a difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Verdict = Literal["improved", "worse", "cannot tell"]


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down adjustment (Holm 1979), in the given order: the chance of one false alarm among all stays below
    the level. A test that does not exist (None or NaN) is not counted and stays None.
    """
    known = [(p, position) for position, p in enumerate(p_values) if p is not None and not math.isnan(p)]
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, position) in enumerate(sorted(known)):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[position] = highest
    return adjusted


def strictest(confidence: float, comparisons: int) -> float:
    """The confidence that Holm's correction asks of the smallest of so many p: what passes it passes whatever the others
    show.
    """
    return 1 - (1 - confidence) / max(1, comparisons)


def verdict(
    difference: float | None, p_adjusted: float | None, *, confidence: float, higher_is_better: bool = True
) -> Verdict:
    """The word for a difference: only a significant one (after correction) is an improvement or a loss."""
    if p_adjusted is None or difference is None or p_adjusted > 1 - confidence or difference == 0:
        return "cannot tell"
    return "improved" if (difference > 0) == higher_is_better else "worse"
