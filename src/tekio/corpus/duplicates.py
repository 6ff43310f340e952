"""Exact and near duplicates over all units, from their signature files.

Candidates come from equal bands of the MinHash signatures; each is verified by the exact Jaccard similarity of its
character 5-grams before anything is removed. Rows are looked at in keep order (source priority, date, length, id), and
a row goes only when a row that stays is similar to it, so no chain of small differences removes an unlike text. Memory
holds a few numbers per row and the shingles of one group of candidates at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tekio.text.compiled import compiled
from tekio.text.shingles import Hashes, ShingleSet, jaccard

Rows = NDArray[np.int64]
KEPT_PER_BUCKET = 16  # a bucket compares new rows with at most so many rows that stay


@dataclass(frozen=True)
class Duplicate:
    """Row `row` says the same as row `of`, which stays."""

    row: int
    of: int
    similarity: float


def exact_duplicates(digests: Hashes, rank: Rows, alive: NDArray[np.bool_]) -> list[Duplicate]:
    """Rows with the digest of a row before it in `rank` order; digests are uint64 [rows, 2]."""
    rows = np.flatnonzero(alive)
    order = rows[np.lexsort((rank[rows], digests[rows, 1], digests[rows, 0]))]
    if len(order) < 2:
        return []
    same = (digests[order[1:]] == digests[order[:-1]]).all(axis=1)
    firsts = np.where(np.concatenate(([False], same)), -1, np.arange(len(order)))
    first = order[np.maximum.accumulate(firsts)]
    return [
        Duplicate(int(row), int(kept), 1.0)
        for row, kept, again in zip(order, first, np.concatenate(([False], same)), strict=True)
        if again
    ]


@compiled
def _find(parents: Rows, row: int) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@compiled
def _join(parents: Rows, rows: Rows, keys: Hashes) -> None:
    """Put rows with equal keys (sorted by key) into one group."""
    for place in range(1, len(rows)):
        if keys[place] == keys[place - 1]:
            first, second = _find(parents, rows[place - 1]), _find(parents, rows[place])
            parents[max(first, second)] = min(first, second)


@compiled
def _flatten(parents: Rows) -> None:
    for row in range(len(parents)):
        parents[row] = _find(parents, row)


@dataclass(frozen=True)
class Candidates:
    """Rows that share a band with another row.

    rows, buckets: memberships, sorted by row; group: a number per row, equal for rows connected by shared bands.
    """

    rows: Rows
    buckets: Rows
    group: Rows


def candidates(band: Callable[[int], Hashes], bands: int, alive: NDArray[np.bool_]) -> Candidates:
    """Which rows share a band. `band(n)` gives the keys of band n for all rows; key 0 means none."""
    parents = np.arange(len(alive), dtype=np.int64)
    members: list[Rows] = []
    buckets: list[Rows] = []
    next_bucket = 0
    for number in range(bands):
        keys = band(number)
        rows = np.flatnonzero(alive & (keys != 0))
        order = rows[np.argsort(keys[rows], kind="stable")]
        ordered = keys[order]
        if len(order) < 2:
            continue
        same = ordered[1:] == ordered[:-1]
        shared = np.concatenate((same, [False])) | np.concatenate(([False], same))
        order, ordered = order[shared], ordered[shared]
        if len(order) == 0:
            continue
        _join(parents, order, ordered)
        starts = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        members.append(order)
        buckets.append(next_bucket + np.cumsum(starts) - 1)
        next_bucket = int(buckets[-1][-1]) + 1
    _flatten(parents)
    if not members:
        return Candidates(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), parents)
    all_rows, all_buckets = np.concatenate(members), np.concatenate(buckets)
    order = np.argsort(all_rows, kind="stable")
    return Candidates(all_rows[order], all_buckets[order], parents)


def near_duplicates(
    found: Candidates, rank: Rows, threshold: float, shingles: Callable[[int], ShingleSet]
) -> list[Duplicate]:
    """Rows that are at least `threshold` similar to a row that stays, with that row and the exact similarity.

    rank: place of every row in keep order. shingles: the sorted shingle hashes of a candidate row.
    """
    rows = np.unique(found.rows)
    first = np.searchsorted(found.rows, rows, "left").tolist()
    last = np.searchsorted(found.rows, rows, "right").tolist()
    # Rows of different groups share no bucket, so groups come one by one, each in keep order.
    order = np.lexsort((rank[rows], found.group[rows])).tolist()
    removed: list[Duplicate] = []
    kept_in: dict[int, list[int]] = {}
    sets: dict[int, ShingleSet] = {}
    group = -1
    for place in order:
        row = int(rows[place])
        if int(found.group[row]) != group:
            group, kept_in, sets = int(found.group[row]), {}, {}
        own = found.buckets[first[place] : last[place]].tolist()
        others = sorted({kept for bucket in own for kept in kept_in.get(bucket, [])}, key=lambda kept: int(rank[kept]))
        mine = shingles(row)
        match = next(
            (
                Duplicate(row, other, round(similarity, 4))
                for other in others
                if (similarity := jaccard(mine, sets[other])) >= threshold
            ),
            None,
        )
        if match is not None:
            removed.append(match)
            continue
        sets[row] = mine
        for bucket in own:
            kept = kept_in.setdefault(bucket, [])
            if len(kept) < KEPT_PER_BUCKET:
                kept.append(row)
    return sorted(removed, key=lambda item: item.row)
