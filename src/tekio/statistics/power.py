"""What a number of items can show: power of McNemar's test, smallest differences that are seen."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from tekio.statistics.intervals import normal_quantile
from tekio.statistics.resampling import TOLERANCE

EXACT_DISCORDANT = 400


def minimum_detectable_share(
    n: int, discordant: float, *, confidence: float = 0.95, power: float = 0.8
) -> float | None:
    """The smallest true difference of two paired shares that `n` items show with probability `power`.

    discordant: share of items on which the two models differ in being right (at least the difference itself is needed).
    Exact for McNemar's exact test up to `EXACT_DISCORDANT` discordant items, else Connor's (1987) normal formula.
    None if no difference can be seen with so few items.
    """
    if n < 2 or mcnemar_power(n, 1.0, 1.0, confidence) < power:
        return None
    low, high = 0.0, 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        if mcnemar_power(n, max(discordant, middle), middle, confidence) >= power:
            high = middle
        else:
            low = middle
    return high


def mcnemar_power(n: int, discordant: float, difference: float, confidence: float = 0.95) -> float:
    """The probability that McNemar's test at this confidence sees a true `difference`, given the discordant share."""
    from scipy.special import bdtr, ndtr

    if n < 2 or difference <= 0 or discordant <= 0:
        return 0.0
    share = min(1.0, (1 + difference / discordant) / 2)
    expected = n * discordant
    if expected > EXACT_DISCORDANT:
        z = normal_quantile((1 + confidence) / 2)
        spread = math.sqrt(max(discordant - difference**2, TOLERANCE))
        return float(ndtr((difference * math.sqrt(n) - z * math.sqrt(discordant)) / spread))
    reach = 6 * math.sqrt(expected * max(1 - discordant, 1 / n)) + 6
    counts = np.arange(max(0, int(expected - reach)), min(n, int(expected + reach)) + 1)
    weights = bdtr(counts, n, discordant) - np.where(counts > 0, bdtr(np.maximum(counts - 1, 0), n, discordant), 0.0)
    limits = np.array([most_losses(int(count), 1 - confidence) for count in counts])
    seen = np.where(limits >= 0, bdtr(np.maximum(limits, 0), np.maximum(counts, 1), 1 - share), 0.0)
    return float(weights @ seen)


@lru_cache(maxsize=4096)
def most_losses(n: int, level: float) -> int:
    """The most losses among `n` discordant items with which the two-sided exact test is significant; -1: none."""
    from scipy.special import bdtr

    tails = 2 * bdtr(np.arange(n // 2 + 1), n, 0.5) if n else np.ones(1)
    return int(np.count_nonzero(tails <= level)) - 1


def minimum_detectable(spread: float | None, *, confidence: float = 0.95, power: float = 0.8) -> float | None:
    """The smallest true difference seen with probability `power`, from the standard error of the paired difference.

    None where there is no such error: one item, values that are not finite, or no spread at all (which says nothing of noise).
    """
    if spread is None or not math.isfinite(spread) or spread <= TOLERANCE:
        return None
    return spread * (normal_quantile((1 + confidence) / 2) + normal_quantile(power))
