"""Student's t distribution: what a handful of seeds can tell (scipy is no dependency; the tests compare with it)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_TINY, _ENOUGH, _TERMS = 1e-300, 1e-15, 500


def two_sided_p(t: float, degrees: int) -> float:
    """P(|T| >= |t|) for T of `degrees` degrees of freedom."""
    if math.isinf(t):
        return 0.0
    return _incomplete_beta(degrees / (degrees + t * t), degrees / 2, 0.5)


def critical(confidence: float, degrees: int) -> float:
    """The t with P(|T| <= t) = confidence, by bisection."""
    low, high = 0.0, 1.0
    while two_sided_p(high, degrees) > 1 - confidence:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_p(middle, degrees) > 1 - confidence else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class MeanOf:
    """A mean with its t-interval (None for fewer than two values) and the p of its being zero."""

    mean: float
    low: float | None
    high: float | None
    p: float | None
    n: int


def mean_of(values: Sequence[float], confidence: float = 0.95) -> MeanOf:
    """The mean of independent values with its interval and test against zero."""
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return MeanOf(mean, None, None, None, n)
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)
    reach = critical(confidence, n - 1) * error
    p = two_sided_p(mean / error, n - 1) if error else (1.0 if mean == 0 else 0.0)
    return MeanOf(mean, mean - reach, mean + reach, p, n)


def holm(values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment of p-values, in their order."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    adjusted = [0.0] * len(values)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = highest
    return adjusted


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function (continued fraction, Lentz; DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return min(1.0, max(0.0, x))
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / _away(1 + term * d)
            c = _away(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return value


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
