"""Exact and near duplicates over all units, from their signature files.

Candidates come from equal bands of the MinHash signatures; each is verified by the exact Jaccard similarity of its
character 5-grams before anything is removed. Rows are looked at in keep order (source priority, date, length, id), and
a row goes only when a row that stays is similar to it, so no chain of small differences removes an unlike text. Memory
holds a few numbers per row and the texts of one group of candidates at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tekio.text.compiled import compiled
from tekio.text.shingles import Hashes, Signatures, estimate, jaccard, shingle_set

Rows = NDArray[np.int64]
GROUP_LETTERS = 30_000_000  # letters of candidate texts held at a time
KEPT_PER_BUCKET = 16  # a bucket compares new rows with at most so many rows that stay
ESTIMATE_SLACK = 0.2  # candidates estimated further below the threshold are not verified (4 standard errors)


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
    found: Candidates,
    rank: Rows,
    letters: Rows,
    threshold: float,
    load_texts: Callable[[Rows], Sequence[str]],
    load_signatures: Callable[[Rows], Signatures],
) -> list[Duplicate]:
    """Rows that are at least `threshold` similar to a row that stays, with that row and the exact similarity.

    rank: place of every row in keep order. letters: length of every row's text. load_texts, load_signatures: give texts
    and signatures of rows (ascending).
    """
    rows = np.unique(found.rows)
    groups: dict[int, list[int]] = {}
    for row, group in zip(rows.tolist(), found.group[rows].tolist(), strict=True):
        groups.setdefault(group, []).append(row)
    first = np.searchsorted(found.rows, rows, "left").tolist()
    last = np.searchsorted(found.rows, rows, "right").tolist()
    places = dict(zip(rows.tolist(), zip(first, last, strict=True), strict=True))
    removed: list[Duplicate] = []
    for chunk in _chunks(list(groups.values()), letters):
        ordered = np.array(sorted(row for group in chunk for row in group), dtype=np.int64)
        signed = dict(zip(ordered.tolist(), load_signatures(ordered), strict=True))
        texts = _Shingles(ordered, load_texts, letters)
        kept_in: dict[int, list[int]] = {}
        for row in sorted(ordered.tolist(), key=lambda row: int(rank[row])):
            low, high = places[row]
            own = found.buckets[low:high].tolist()
            others = sorted({kept for bucket in own for kept in kept_in.get(bucket, [])}, key=lambda kept: rank[kept])
            match = _first_match(row, others, signed, texts, threshold)
            if match is not None:
                removed.append(match)
                continue
            for bucket in own:
                kept = kept_in.setdefault(bucket, [])
                if len(kept) < KEPT_PER_BUCKET:
                    kept.append(row)
    return sorted(removed, key=lambda item: item.row)


def _first_match(
    row: int, others: Sequence[int], signed: dict[int, Signatures], texts: _Shingles, threshold: float
) -> Duplicate | None:
    for other in others:
        estimated = float(estimate(signed[row], signed[other]))
        if estimated < threshold - ESTIMATE_SLACK:
            continue
        similarity = jaccard(texts.of(row), texts.of(other)) if texts.held else estimated
        if similarity >= threshold:
            return Duplicate(row, other, round(similarity, 4))
    return None


class _Shingles:
    """The shingle sets of a group's rows, made when first asked for.

    A single group larger than `GROUP_LETTERS` is not held; then the estimate from the signatures decides.
    """

    def __init__(self, rows: Rows, load_texts: Callable[[Rows], Sequence[str]], letters: Rows) -> None:
        self.held = int(letters[rows].sum()) <= 2 * GROUP_LETTERS or len(rows) < 3
        self._texts = dict(zip(rows.tolist(), load_texts(rows), strict=True)) if self.held else {}
        self._made: dict[int, Hashes] = {}

    def of(self, row: int) -> Hashes:
        if row not in self._made:
            self._made[row] = shingle_set(self._texts[row])
        return self._made[row]


def _chunks(groups: list[list[int]], letters: Rows) -> list[list[list[int]]]:
    """Groups put together so that each chunk has at most about `GROUP_LETTERS` letters."""
    chunks: list[list[list[int]]] = []
    size = GROUP_LETTERS
    for group in groups:
        own = int(letters[np.array(group)].sum())
        if size + own > GROUP_LETTERS:
            chunks.append([])
            size = 0
        chunks[-1].append(group)
        size += own
    return chunks
