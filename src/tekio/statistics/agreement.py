"""Agreement of raters beyond chance: Cohen's kappa (1960), also weighted by distance (1968), Fleiss' (1971), Krippendorff's alpha."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tekio.statistics.resampling import Floats


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Cohen's kappa of two raters over the same records; None if chance agreement is complete or there are fewer than two."""
    n = len(first)
    if n < 2 or n != len(second):
        return None
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    left, right = Counter(first), Counter(second)
    expected = sum(left[name] * right[name] for name in left) / (n * n)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def fleiss_kappa(ratings: Sequence[Sequence[str]]) -> float | None:
    """Fleiss' kappa; `ratings[record]` are the answers of the same number (>= 2) of raters. None where not defined, and for fewer than two."""
    n = len(ratings)
    raters = len(ratings[0]) if n else 0
    if n < 2 or raters < 2 or any(len(row) != raters for row in ratings):
        return None
    totals: Counter[str] = Counter(answer for row in ratings for answer in row)
    agreed = sum(
        (sum(count * count for count in Counter(row).values()) - raters) / (raters * (raters - 1)) for row in ratings
    )
    expected = sum((count / (n * raters)) ** 2 for count in totals.values())
    return None if expected == 1 else (agreed / n - expected) / (1 - expected)


def krippendorff_alpha(units: Iterable[Sequence[str]]) -> float | None:
    """Krippendorff's alpha of nominal answers (Krippendorff 2011, *Computing Krippendorff's Alpha-Reliability*): each unit has the answers
    of whoever gave one, so raters may have seen different units. None where no unit has two answers or only one answer was ever given.
    """
    weights: dict[tuple[str, str], float] = {}
    for answers in units:
        counts = Counter(answers)
        if (raters := len(answers)) < 2:
            continue
        for first, second in product(counts, counts):
            number = counts[first] * (counts[second] - (first == second))
            weights[first, second] = weights.get((first, second), 0.0) + number / (raters - 1)
    totals: dict[str, float] = {}
    for (first, _), weight in weights.items():
        totals[first] = totals.get(first, 0.0) + weight
    n = sum(totals.values())
    expected = sum(totals[a] * totals[b] for a, b in product(totals, totals) if a != b)
    if n < 2 or not expected:
        return None
    observed = sum(weight for (a, b), weight in weights.items() if a != b)
    return 1 - (n - 1) * observed / expected


def grade_rows(first: NDArray[np.int64], second: NDArray[np.int64], grades: int) -> Floats:
    """Contributions of items to `quadratic_kappa`, shape (items, 2 + 2 * grades): the squared distance of the two grades (0 to
    grades - 1), which grade each rater gave, and 1.
    """
    names = np.arange(grades)
    return np.concatenate(
        [
            ((first - second) ** 2).astype(np.float64)[:, None],
            (first[:, None] == names).astype(np.float64),
            (second[:, None] == names).astype(np.float64),
            np.ones((len(first), 1)),
        ],
        axis=1,
    )


def quadratic_kappa(sums: Floats) -> Floats:
    """Cohen's kappa weighted by squared distance (Cohen 1968) from sums of `grade_rows`, shape (..., columns) -> (...); 0
    where chance alone gives what was observed.
    """
    grades = (sums.shape[-1] - 2) // 2
    first, second, n = sums[..., 1 : 1 + grades], sums[..., 1 + grades : -1], sums[..., -1]
    names = np.arange(grades, dtype=np.float64)
    weights: Floats = (names[:, None] - names) ** 2
    expected: Floats = np.sum((first @ weights) * second, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - sums[..., 0] * n / expected, 0.0)
