"""Agreement of raters beyond chance: Cohen's kappa (1960), also weighted by distance (1968), and Fleiss' (1971)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Cohen's kappa of two raters over the same records; None if chance agreement is complete or there are none."""
    n = len(first)
    if n == 0 or n != len(second):
        return None
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    left, right = Counter(first), Counter(second)
    expected = sum(left[name] * right[name] for name in left) / (n * n)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def fleiss_kappa(ratings: Sequence[Sequence[str]]) -> float | None:
    """Fleiss' kappa; `ratings[record]` are the answers of the same number (>= 2) of raters. None where not defined."""
    n = len(ratings)
    raters = len(ratings[0]) if n else 0
    if raters < 2 or any(len(row) != raters for row in ratings):
        return None
    totals: Counter[str] = Counter(answer for row in ratings for answer in row)
    agreed = sum(
        (sum(count * count for count in Counter(row).values()) - raters) / (raters * (raters - 1)) for row in ratings
    )
    expected = sum((count / (n * raters)) ** 2 for count in totals.values())
    return None if expected == 1 else (agreed / n - expected) / (1 - expected)
