"""How sure a score is and whether two models differ: intervals, paired tests, corrections. Sources in docs/statistics.md.

Everything works on item contributions (`metrics.Measure`). Equal items are counted together ("cells"), so resampling n
items is one multinomial draw over the cells: exact, and fast for thousands of items.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FromSums = Callable[[Floats], Floats]
Verdict = Literal["improved", "worse", "cannot tell"]

CHUNK_NUMBERS = 4_000_000
TOLERANCE = 1e-12
NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """A confidence interval and the method that made it."""

    low: float
    high: float
    method: str


def generator(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends only on the seed and the names (not on the order of calls)."""
    digest = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


# --- one score -----------------------------------------------------------------------------------------------------


def standard_error(share: float, n: int) -> float:
    """lm-evaluation-harness's standard error of an accuracy: sqrt(p (1-p) / (n-1)); NaN below two items."""
    return math.sqrt(share * (1 - share) / (n - 1)) if n > 1 else math.nan


def wilson(right: float, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of `right` out of `n` (Wilson 1927)."""
    return _wilson(right / n, n, confidence) if n else Interval(0.0, 1.0, "Wilson")


def _wilson(share: float, n: float, confidence: float) -> Interval:
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # exactly 0 and 1 at the ends, where rounding would leave 1e-17
    low = 0.0 if share == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if share == 1 else min(1.0, middle + half), "Wilson")


def student_quantile(share: float, freedom: int) -> float:
    """Quantile of Student's t (Cornish and Fisher's expansion; within 0.5 % from 9 degrees of freedom on)."""
    z = NORMAL.inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom ** (power + 1) for power, term in enumerate(terms))


def wilson_clustered(rows: Floats, clusters: Sequence[str], confidence: float = 0.95) -> Interval:
    """Wilson's interval for right answers to items that come in clusters (Korn and Graubard 1998).

    rows: for each item whether it is right and whether it counts, 0 or 1, shape (items, 2); at least two clusters count.
    The items count as so many independent ones as would give the variance that the clusters' sums show (never more than
    there are), less what Student's t asks for few clusters. Where all items are right or all wrong, a cluster counts as
    one item.
    """
    sums = clustered(rows, clusters)
    sums = sums[sums[:, 1] > 0]
    count, n = len(sums), float(sums[:, 1].sum())
    share = float(sums[:, 0].sum()) / n
    deviations = sums[:, 0] - share * sums[:, 1]
    variance = count / (count - 1) * float(deviations @ deviations) / n**2
    tail = (1 + confidence) / 2
    shrink = (NORMAL.inv_cdf(tail) / student_quantile(tail, count - 1)) ** 2
    if 0 < share < 1:
        independent = share * (1 - share) / variance if variance > TOLERANCE else n
        effective = min(n, independent * shrink)
    else:
        effective = count * shrink
    found = _wilson(share, effective, confidence)
    return Interval(found.low, found.high, "Wilson, cluster-robust")


def _cells(rows: Floats) -> tuple[Floats, Floats]:
    """The distinct rows and how often each occurs."""
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return distinct, counts.astype(np.float64)


def resampled(rows: Floats, value: FromSums, resamples: int, rng: np.random.Generator) -> Floats:
    """The metric on `resamples` bootstrap samples of the items, shape (resamples,)."""
    cells, counts = _cells(rows)
    n = len(rows)
    found: list[Floats] = []
    step = max(1, CHUNK_NUMBERS // max(1, len(cells)))
    for start in range(0, resamples, step):
        draws = rng.multinomial(n, counts / n, size=min(step, resamples - start)).astype(np.float64)
        found.append(value(draws @ cells))
    return np.concatenate(found)


def bca(rows: Floats, value: FromSums, *, confidence: float, resamples: int, rng: np.random.Generator) -> Interval:
    """Bias-corrected and accelerated bootstrap interval (Efron 1987) of a metric of item sums.

    rows: shape (items, columns). Falls back to percentiles where the acceleration is not defined, and to a point where
    every resample gives the same value.
    """
    n = len(rows)
    observed = float(value(rows.sum(axis=0)))
    if n < 2:
        return Interval(observed, observed, "one item: no interval")
    draws = resampled(rows, value, resamples, rng)
    if float(np.ptp(draws)) <= TOLERANCE:
        return Interval(observed, observed, "BCa bootstrap (no variation)")
    below = float(np.mean(draws < observed - TOLERANCE) + np.mean(np.abs(draws - observed) <= TOLERANCE) / 2)
    below = min(max(below, 0.5 / resamples), 1 - 0.5 / resamples)
    bias = NORMAL.inv_cdf(below)
    acceleration = _acceleration(rows, value)
    tail = (1 - confidence) / 2
    ends: list[float] = []
    for share in (tail, 1 - tail):
        z = bias + NORMAL.inv_cdf(share)
        ends.append(NORMAL.cdf(bias + z / (1 - acceleration * z)))
    low, high = np.quantile(draws, ends)
    return Interval(float(low), float(high), "BCa bootstrap")


def _acceleration(rows: Floats, value: FromSums) -> float:
    """Skewness of the jackknife values, from the distinct rows only."""
    cells, counts = _cells(rows)
    total = rows.sum(axis=0)
    left_out = value(total - cells)
    weights = counts / counts.sum()
    deviation = float(weights @ left_out) - left_out
    spread = float(counts @ deviation**2)
    return 0.0 if spread <= TOLERANCE**2 else float(counts @ deviation**3) / (6 * spread**1.5)


def clustered(rows: Floats, clusters: Sequence[str]) -> Floats:
    """Contributions summed within each cluster (document, exam paper): resampling these keeps a document together."""
    names = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(names), rows.shape[1]))
    np.add.at(sums, [names[name] for name in clusters], rows)
    return sums


# --- two models on the same items ----------------------------------------------------------------------------------


def mcnemar_exact(wins: int, losses: int) -> float:
    """Two-sided exact McNemar test: the binomial test of the discordant items (McNemar 1947)."""
    n, fewer = wins + losses, min(wins, losses)
    if n == 0:
        return 1.0
    term = tail = 1  # exact integers: binomial coefficients of `n`
    for count in range(fewer):
        term = term * (n - count) // (count + 1)
        tail += term
    return min(1.0, math.exp(math.log(2) + math.log(tail) - n * math.log(2)))


def paired_permutation(
    first: Floats, second: Floats, value: FromSums, *, resamples: int, rng: np.random.Generator
) -> float:
    """Two-sided p of the difference of a metric under random swaps of the two models' answers, item by item.

    first, second: contributions of the same items, shape (items, columns). p = (1 + as extreme) / (1 + resamples).
    """
    columns = first.shape[1]
    observed = abs(float(value(first.sum(axis=0)) - value(second.sum(axis=0))))
    cells, counts = _cells(np.concatenate([first, second], axis=1))
    moves = ~np.all(cells[:, :columns] == cells[:, columns:], axis=1)
    total_first, total_second = first.sum(axis=0), second.sum(axis=0)
    if not moves.any():
        return 1.0
    change = cells[moves, columns:] - cells[moves, :columns]
    movable = counts[moves].astype(np.int64)
    extreme = 0
    step = max(1, CHUNK_NUMBERS // max(1, len(movable)))
    for start in range(0, resamples, step):
        swapped = rng.binomial(movable, 0.5, size=(min(step, resamples - start), len(movable))).astype(np.float64)
        shift = swapped @ change
        differences = np.abs(value(total_first + shift) - value(total_second - shift))
        extreme += int(np.sum(differences >= observed - TOLERANCE))
    return (1 + extreme) / (1 + resamples)


def bonett_price(wins: int, losses: int, n: int, confidence: float = 0.95) -> Interval:
    """Interval of the difference of two paired shares (Bonett and Price 2012): honest also where nothing differs."""
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    more, less = (wins + 1) / (n + 2), (losses + 1) / (n + 2)
    half = z * math.sqrt((more + less - (more - less) ** 2) / (n + 2))
    return Interval(max(-1.0, more - less - half), min(1.0, more - less + half), "Bonett-Price")


def difference_interval(
    first: Floats, second: Floats, value: FromSums, *, confidence: float, resamples: int, rng: np.random.Generator
) -> Interval:
    """BCa interval of (metric of first) - (metric of second), resampling items and keeping the pairs together."""
    columns = first.shape[1]

    def difference(sums: Floats) -> Floats:
        return value(sums[..., :columns]) - value(sums[..., columns:])

    paired = np.concatenate([first, second], axis=1)
    found = bca(paired, difference, confidence=confidence, resamples=resamples, rng=rng)
    return Interval(found.low, found.high, f"paired {found.method}")


def paired_error(first: Floats, second: Floats, value: FromSums, *, resamples: int, rng: np.random.Generator) -> float:
    """Bootstrap standard error of the paired difference of a metric."""
    columns = first.shape[1]
    paired = np.concatenate([first, second], axis=1)
    draws = resampled(paired, lambda sums: value(sums[..., :columns]) - value(sums[..., columns:]), resamples, rng)
    return float(np.std(draws, ddof=1))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment (Holm 1979), in the given order: the chance of one false alarm among all stays below
    the level.
    """
    count = len(p_values)
    adjusted = [0.0] * count
    highest = 0.0
    for rank, position in enumerate(sorted(range(count), key=lambda index: p_values[index])):
        highest = max(highest, min(1.0, (count - rank) * p_values[position]))
        adjusted[position] = highest
    return adjusted


def verdict(difference: float, p_adjusted: float, *, confidence: float, higher_is_better: bool = True) -> Verdict:
    """The word for a difference: only a significant one (after correction) is an improvement or a loss."""
    if p_adjusted > 1 - confidence or difference == 0:
        return "cannot tell"
    return "improved" if (difference > 0) == higher_is_better else "worse"


# --- what could have been seen -------------------------------------------------------------------------------------


def minimum_detectable_share(
    n: int, discordant: float, *, confidence: float = 0.95, power: float = 0.8
) -> float | None:
    """The smallest true difference of two paired shares that `n` items show with probability `power`.

    discordant: share of items on which the two models differ in being right (at least the difference itself is needed).
    Exact for McNemar's exact test up to `EXACT_DISCORDANT` discordant items, else Connor's (1987) normal formula.
    None if no difference can be seen with so few items.
    """
    if mcnemar_power(n, 1.0, 1.0, confidence) < power:
        return None
    low, high = 0.0, 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        if mcnemar_power(n, max(discordant, middle), middle, confidence) >= power:
            high = middle
        else:
            low = middle
    return high


EXACT_DISCORDANT = 400


def mcnemar_power(n: int, discordant: float, difference: float, confidence: float = 0.95) -> float:
    """The probability that McNemar's test at this confidence sees a true `difference`, given the discordant share."""
    if difference <= 0 or discordant <= 0:
        return 0.0
    share = min(1.0, (1 + difference / discordant) / 2)
    expected = n * discordant
    if expected > EXACT_DISCORDANT:
        z = NORMAL.inv_cdf((1 + confidence) / 2)
        spread = math.sqrt(max(discordant - difference**2, TOLERANCE))
        return NORMAL.cdf((difference * math.sqrt(n) - z * math.sqrt(discordant)) / spread)
    reach = 6 * math.sqrt(expected * max(1 - discordant, 1 / n)) + 6
    total = 0.0
    for count in range(max(0, int(expected - reach)), min(n, int(expected + reach)) + 1):
        weight = _binomial(n, count, discordant)
        if weight < 1e-12:
            continue
        limit = _critical(count, 1 - confidence)
        if limit < 0:
            continue
        total += weight * sum(_binomial(count, losses, 1 - share) for losses in range(limit + 1))
    return total


def _binomial(n: int, count: int, share: float) -> float:
    if share in (0.0, 1.0):
        return 1.0 if count == n * share else 0.0
    log = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    return math.exp(log + count * math.log(share) + (n - count) * math.log1p(-share))


def _critical(n: int, level: float) -> int:
    """The most losses among `n` discordant items with which the two-sided exact test is significant; -1: none."""
    tail, limit = 0.0, -1
    for losses in range(n // 2 + 1):
        tail += _binomial(n, losses, 0.5)
        if 2 * tail > level:
            break
        limit = losses
    return limit


def minimum_detectable(spread: float, *, confidence: float = 0.95, power: float = 0.8) -> float:
    """The smallest true difference seen with probability `power`, from the standard error of the paired difference."""
    return spread * (NORMAL.inv_cdf((1 + confidence) / 2) + NORMAL.inv_cdf(power))
