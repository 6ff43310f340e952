"""What an exam of this size will show, before anything is trained."""

from __future__ import annotations

from tekio.artifacts.exam import PlannedHalf
from tekio.statistics.corrections import strictest
from tekio.statistics.power import mcnemar_power, minimum_detectable_share

POWER = 0.8
COMPARISONS = 8
"""Differences that an exam of one trained model looks at (`tekio.artifacts.exam_results.Question`)."""
MOST = 100_000


def plan_half(
    n: int, clusters: int, wanted: int, *, difference: float, differing: float, confidence: float = 0.95
) -> PlannedHalf:
    """The smallest differences seen with so many items, and how many the wanted difference needs."""
    level = strictest(confidence, COMPARISONS)
    return PlannedHalf(
        n=n,
        clusters=clusters,
        wanted=wanted,
        differing=differing,
        alone=minimum_detectable_share(n, differing, confidence=confidence, power=POWER),
        corrected=minimum_detectable_share(n, differing, confidence=level, power=POWER),
        comparisons=COMPARISONS,
        needed=items_needed(difference, differing, level),
    )


def items_needed(difference: float, differing: float, confidence: float) -> int | None:
    """The fewest items that show a true difference four times of five; None: more than a hundred thousand."""
    discordant = max(difference, differing)
    if mcnemar_power(MOST, discordant, difference, confidence) < POWER:
        return None
    low, high = 1, MOST  # the power of an exact test is not quite monotone; this is within a few items
    while high - low > 1:
        middle = (low + high) // 2
        if mcnemar_power(middle, discordant, difference, confidence) >= POWER:
            high = middle
        else:
            low = middle
    return high
