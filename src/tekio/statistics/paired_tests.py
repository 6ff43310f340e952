"""Whether two models differ on the same items: McNemar's exact test, and a permutation test for any metric of sums."""

from __future__ import annotations

import math

import numpy as np

from tekio.statistics.resampling import CHUNK_NUMBERS, TOLERANCE, Floats, FromSums, all_finite, cells


def mcnemar_exact(wins: int, losses: int) -> float:
    """Two-sided exact McNemar test: the binomial test of the discordant items (McNemar 1947)."""
    from scipy.special import bdtr

    n = wins + losses
    return min(1.0, 2 * float(bdtr(min(wins, losses), n, 0.5))) if n else 1.0


def paired_permutation(
    first: Floats, second: Floats, value: FromSums, *, resamples: int, rng: np.random.Generator
) -> float | None:
    """Two-sided p of the difference of a metric under random swaps of the two models' answers, item by item.

    first, second: contributions of the same items, shape (items, columns). p = (1 + as extreme) / (1 + resamples).
    None where a contribution or the difference is not finite, and for fewer than two items.
    """
    if len(first) < 2:
        return None
    columns = first.shape[1]
    total_first, total_second = first.sum(axis=0), second.sum(axis=0)
    observed = abs(float(value(total_first) - value(total_second)))
    if not (all_finite(first, second) and math.isfinite(observed)):
        return None
    distinct, counts = cells(np.concatenate([first, second], axis=1))
    moves = ~np.all(distinct[:, :columns] == distinct[:, columns:], axis=1)
    if not moves.any():
        return 1.0
    change = distinct[moves, columns:] - distinct[moves, :columns]
    movable = counts[moves].astype(np.int64)
    extreme = 0
    step = max(1, CHUNK_NUMBERS // max(1, len(movable)))
    for start in range(0, resamples, step):
        swapped = rng.binomial(movable, 0.5, size=(min(step, resamples - start), len(movable))).astype(np.float64)
        shift = swapped @ change
        differences = np.abs(value(total_first + shift) - value(total_second - shift))
        extreme += int(np.sum(~(differences < observed - TOLERANCE)))  # a swap that is not finite counts against us
    return (1 + extreme) / (1 + resamples)
