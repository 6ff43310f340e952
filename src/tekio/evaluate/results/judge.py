"""Means of ratings that a judge gave, as pfmt-bench-fin-ja puts them together: the mean of the means of the categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TURNS: Mapping[str, tuple[int, ...]] = {
    "judge_score": (0, 1),
    "judge_first_turn": (0,),
    "judge_second_turn": (1,),
}
"""Metric -> the turns it is about."""


def rating_rows(categories: Sequence[str], ratings: Sequence[Sequence[float]], turns: Sequence[int]) -> Floats:
    """Per item the sum and the number of its ratings, in the two columns of its category. A rating below 0 is none."""
    names = sorted(set(categories))
    rows = np.zeros((len(categories), 2 * len(names)))
    for number, (category, given) in enumerate(zip(categories, ratings, strict=True)):
        place = 2 * names.index(category)
        kept = [given[turn] for turn in turns if turn < len(given) and given[turn] >= 0]
        rows[number, place : place + 2] = sum(kept), len(kept)
    return rows


def overall_rating(sums: Floats) -> Floats:
    """The mean of the categories' means; a category without a rating is left out."""
    totals, counts = sums[..., 0::2], sums[..., 1::2]
    there = counts > 0
    means = np.where(there, totals / np.maximum(counts, 1), 0.0)
    return means.sum(axis=-1) / np.maximum(there.sum(axis=-1), 1)
