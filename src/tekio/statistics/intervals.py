"""Confidence intervals of a score and of a paired difference. An interval that does not exist has no ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tekio.statistics.resampling import TOLERANCE, Floats, FromSums, all_finite, cells, clustered, resampled


@dataclass(frozen=True)
class Interval:
    """A confidence interval and the method that made it. low, high: None where there is no interval."""

    low: float | None
    high: float | None
    method: str

    @property
    def exists(self) -> bool:
        """Whether the interval has ends."""
        return self.low is not None and self.high is not None

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the interval (never, where there is none)."""
        return self.low is not None and self.high is not None and self.low <= value <= self.high


ONE_ITEM = Interval(None, None, "one item: no interval")
NO_ITEM = Interval(None, None, "no item: no interval")
NOT_FINITE = Interval(None, None, "not finite: no interval")
NO_VARIATION = Interval(None, None, "no variation: no interval")
UNDEFINED = Interval(None, None, "undefined: no interval")


def _too_few(n: float) -> Interval | None:
    return None if n >= 2 else ONE_ITEM if n > 0 else NO_ITEM


def normal_quantile(share: float) -> float:
    """Quantile of the standard normal distribution."""
    from scipy.special import ndtri

    return float(ndtri(share))


def student_quantile(share: float, freedom: float) -> float:
    """Quantile of Student's t with `freedom` degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, share))


# --- one score -----------------------------------------------------------------------------------------------------


def standard_error(share: float, n: int) -> float | None:
    """lm-evaluation-harness's standard error of an accuracy: sqrt(p (1-p) / (n-1)); None below two items."""
    return math.sqrt(share * (1 - share) / (n - 1)) if n > 1 else None


def wilson(right: float, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of `right` out of `n` >= 2 (Wilson 1927)."""
    return _too_few(n) or _wilson(right / n, n, confidence)


def _wilson(share: float, n: float, confidence: float) -> Interval:
    z = normal_quantile((1 + confidence) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # exactly 0 and 1 at the ends, where rounding would leave 1e-17
    low = 0.0 if share == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if share == 1 else min(1.0, middle + half), "Wilson")


def wilson_clustered(rows: Floats, clusters: Sequence[str], confidence: float = 0.95) -> Interval:
    """Wilson's interval for right answers to items that come in clusters (Korn and Graubard 1998).

    rows: for each item whether it is right and whether it counts, 0 or 1, shape (items, 2); at least two clusters count.
    The items count as so many independent ones as would give the variance that the clusters' sums show (never more than
    there are), less what Student's t asks for few clusters. Where all items are right or all wrong, a cluster counts as
    one item.
    """
    if not all_finite(rows):
        return NOT_FINITE
    sums = clustered(rows, clusters)
    sums = sums[sums[:, 1] > 0]
    count, n = len(sums), float(sums[:, 1].sum())
    if few := _too_few(count):
        return few
    share = float(sums[:, 0].sum()) / n
    deviations = sums[:, 0] - share * sums[:, 1]
    variance = count / (count - 1) * float(deviations @ deviations) / n**2
    tail = (1 + confidence) / 2
    shrink = (normal_quantile(tail) / student_quantile(tail, count - 1)) ** 2
    if 0 < share < 1:
        independent = share * (1 - share) / variance if variance > TOLERANCE else n
        effective = min(n, independent * shrink)
    else:
        effective = count * shrink
    found = _wilson(share, effective, confidence)
    return Interval(found.low, found.high, "Wilson, cluster-robust")


def bca(rows: Floats, value: FromSums, *, confidence: float, resamples: int, rng: np.random.Generator) -> Interval:
    """Bias-corrected and accelerated bootstrap interval (Efron 1987) of a metric of item sums.

    rows: shape (items, columns). Falls back to percentiles where the acceleration is not defined. Where every resample gives
    the same value the items tell nothing of what others would give: no interval.
    """
    if few := _too_few(len(rows)):
        return few
    observed = float(value(rows.sum(axis=0)))
    if not (all_finite(rows) and math.isfinite(observed)):
        return NOT_FINITE
    draws = resampled(rows, value, resamples, rng)
    if not all_finite(draws):
        return NOT_FINITE
    if float(np.ptp(draws)) <= TOLERANCE:
        return NO_VARIATION
    below = float(np.mean(draws < observed - TOLERANCE) + np.mean(np.abs(draws - observed) <= TOLERANCE) / 2)
    below = min(max(below, 0.5 / resamples), 1 - 0.5 / resamples)
    bias = normal_quantile(below)
    acceleration = _acceleration(rows, value)
    tail = (1 - confidence) / 2
    ends: list[float] = []
    for share in (tail, 1 - tail):
        z = bias + normal_quantile(share)
        ends.append(_normal_share(bias + z / (1 - acceleration * z)))
    low, high = np.quantile(draws, ends)
    return Interval(float(low), float(high), "BCa bootstrap")


def _normal_share(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(z))


def _acceleration(rows: Floats, value: FromSums) -> float:
    """Skewness of the jackknife values, from the distinct rows only."""
    distinct, counts = cells(rows)
    total = rows.sum(axis=0)
    left_out = value(total - distinct)
    weights = counts / counts.sum()
    deviation = float(weights @ left_out) - left_out
    spread = float(counts @ deviation**2)
    return 0.0 if not spread > TOLERANCE**2 else float(counts @ deviation**3) / (6 * spread**1.5)


@dataclass(frozen=True)
class MeanOf:
    """A mean with its t-interval (None for fewer than two values) and the p of its being zero."""

    mean: float
    low: float | None
    high: float | None
    p: float | None
    n: int


def mean_of(values: Sequence[float], confidence: float = 0.95) -> MeanOf:
    """The mean of independent values with Student's interval and test against zero: what a handful of seeds can tell.

    A mean of values that are not all finite is NaN and has neither interval nor p. Values without any spread say nothing of
    noise (seeds that change nothing): no interval, and p 1.
    """
    from scipy.special import stdtr

    n = len(values)
    if not all(map(math.isfinite, values)):
        return MeanOf(math.nan, None, None, None, n)
    mean = math.fsum(values) / n
    if n < 2:
        return MeanOf(mean, None, None, None, n)
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)
    if not error:
        return MeanOf(mean, None, None, 1.0, n)
    reach = student_quantile((1 + confidence) / 2, n - 1) * error
    p = float(2 * stdtr(n - 1, -abs(mean / error)))
    return MeanOf(mean, mean - reach, mean + reach, p, n)


# --- two models on the same items ----------------------------------------------------------------------------------


def bonett_price(wins: int, losses: int, n: int, confidence: float = 0.95) -> Interval:
    """Interval of the difference of two paired shares (Bonett and Price 2012): honest also where nothing differs."""
    if few := _too_few(n):
        return few
    z = normal_quantile((1 + confidence) / 2)
    more, less = (wins + 1) / (n + 2), (losses + 1) / (n + 2)
    half = z * math.sqrt((more + less - (more - less) ** 2) / (n + 2))
    return Interval(max(-1.0, more - less - half), min(1.0, more - less + half), "Bonett-Price")


def difference_interval(
    first: Floats, second: Floats, value: FromSums, *, confidence: float, resamples: int, rng: np.random.Generator
) -> Interval:
    """BCa interval of (metric of first) - (metric of second), resampling items and keeping the pairs together; a point where all
    pairs differ alike (two models that are the same).
    """
    if not all_finite(first, second):
        return _too_few(len(first)) or NOT_FINITE
    rows, difference = _paired(first, second, value)
    found = bca(rows, difference, confidence=confidence, resamples=resamples, rng=rng)
    if found is NO_VARIATION:
        same = float(difference(rows.sum(axis=0)))
        return Interval(same, same, "paired bootstrap (no variation)")
    return Interval(found.low, found.high, f"paired {found.method}") if found.exists else found


def paired_error(
    first: Floats, second: Floats, value: FromSums, *, resamples: int, rng: np.random.Generator
) -> float | None:
    """Bootstrap standard error of the paired difference of a metric; None below two items or where it is not finite."""
    if len(first) < 2 or not all_finite(first, second):
        return None
    found = float(np.std(resampled(*_paired(first, second, value), resamples, rng), ddof=1))
    return found if math.isfinite(found) else None


def _paired(first: Floats, second: Floats, value: FromSums) -> tuple[Floats, FromSums]:
    columns = first.shape[1]

    def difference(sums: Floats) -> Floats:
        return value(sums[..., :columns]) - value(sums[..., columns:])

    return np.concatenate([first, second], axis=1), difference
