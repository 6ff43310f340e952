"""Metrics of yes-or-no tasks as functions of sums over items: Matthews' correlation, area under the ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tekio.statistics.resampling import Floats

MOST_PLACES = 2000
"""Places of the ranking that are kept apart; with more items neighbours share one."""


def mcc_from_sums(sums: Floats) -> Floats:
    """Matthews' correlation coefficient, for several classes as Gorodkin (2004), from sums of per-item columns: is the gold,
    is predicted, is both (of each class), and whether the gold is none of them. 0 where it is not defined.

    Predictions that are no class (no answer) and golds that are none are a class each, as scikit-learn would count them.
    """
    classes = (sums.shape[-1] - 1) // 3
    gold, predicted, both = (sums[..., start * classes : (start + 1) * classes] for start in range(3))
    n = gold.sum(axis=-1) + sums[..., -1]
    right = both.sum(axis=-1)
    unanswered = n - predicted.sum(axis=-1)
    covariance = right * n - (gold * predicted).sum(axis=-1)
    spread_gold = n * n - (gold * gold).sum(axis=-1) - sums[..., -1] ** 2
    spread_predicted = n * n - (predicted * predicted).sum(axis=-1) - unanswered**2
    with np.errstate(invalid="ignore", divide="ignore"):
        value = covariance / np.sqrt(spread_gold * spread_predicted)
    return np.where((spread_gold > 0) & (spread_predicted > 0), value, 0.0)


def rank_rows(scores: Floats, positive: NDArray[np.bool_]) -> Floats:
    """Contributions to `auc_from_sums`, shape (items, 2 * places): one 1 an item, at the place of its score among all scores
    (equal ones share a place), in the first half for positive items, in the second for the others.

    Places are ranks, so that two models' rows may be exchanged in a permutation test (Bandos, Rockette and Gur 2005).
    """
    n = len(scores)
    places = min(n, MOST_PLACES)
    ordered = np.sort(scores)
    place = np.searchsorted(ordered, scores, side="left") * places // n
    rows = np.zeros((n, 2 * places))
    rows[np.arange(n), np.where(positive, place, places + place)] = 1.0
    return rows


def auc_from_sums(sums: Floats) -> Floats:
    """Area under the ROC curve: how often a positive item stands above another one, ties half (Mann-Whitney); 0.5 where
    there are only items of one kind.
    """
    places = sums.shape[-1] // 2
    positive, others = sums[..., :places], sums[..., places:]
    below = np.cumsum(others, axis=-1) - others
    wins = (positive * (below + others / 2)).sum(axis=-1)
    pairs = positive.sum(axis=-1) * others.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(pairs > 0, wins / pairs, 0.5)
