"""Exact and near duplicates over all units, from records that are kept on disk in parts (`tekio.corpus.duplicates.hash_partitions`).

Candidates come from equal bands of the MinHash signatures; each is verified by the exact Jaccard similarity of its
character 5-grams before anything is removed. Rows are looked at in keep order (source priority, date, length, id), and
a row goes only when a row that stays is similar to it, so no chain of small differences removes an unlike text. Memory
holds 8 bytes a row (to connect candidates), one part of the records, and the shingles in work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.corpus.duplicates.hash_partitions import Records, Spill
from tekio.text.kernels.compiled import compiled
from tekio.text.kernels.shingles import Figures, Hashes, ShingleSet, jaccard

Rows = NDArray[np.int64]
KEPT_PER_BUCKET = 16  # a bucket compares new rows with at most so many rows that stay

DIGEST = np.dtype([("first", "<u8"), ("second", "<u8"), ("row", "<i8")])  # equal texts have equal digests
BAND = np.dtype([("key", "<u8"), ("row", "<i8")])
MEMBER = np.dtype([("row", "<i8"), ("bucket", "<i8")])  # rows with the same key of a band are in one bucket
GROUPED = np.dtype([("group", "<i8"), ("row", "<i8"), ("bucket", "<i8")])  # groups share no bucket
PAIR = np.dtype([("row", "<i8"), ("of", "<i8"), ("similarity", "<f8")])  # `row` says the same as `of`, which stays

KeepKeys = Callable[[Rows], tuple[NDArray[Any], ...]]
"""Sort keys (the last is the first to compare, as in `numpy.lexsort`) of ascending rows: what comes first stays."""


def exact_duplicates(parts: Iterable[Records], keep_keys: KeepKeys) -> Records:
    """`PAIR`s of rows whose digest a row before them in keep order has. parts: `DIGEST`s, equal ones in one part."""
    found: list[Records] = [np.zeros(0, dtype=PAIR)]
    for part in parts:
        records = part[np.lexsort((part["row"], part["second"], part["first"]))]
        same = (records["first"][1:] == records["first"][:-1]) & (records["second"][1:] == records["second"][:-1])
        records, groups = _runs(records, same)
        if not len(records):
            continue
        rows = np.sort(records["row"])
        keys = keep_keys(rows)
        place = np.searchsorted(rows, records["row"])
        order = np.lexsort((*(key[place] for key in keys), groups))
        rows, groups = records["row"][order], groups[order]
        first = np.concatenate(([True], groups[1:] != groups[:-1]))
        pairs = np.zeros(len(rows), dtype=PAIR)
        pairs["row"], pairs["of"], pairs["similarity"] = rows, rows[first][np.cumsum(first) - 1], 1.0
        found.append(pairs[~first])
    whole = np.concatenate(found)
    return whole[np.argsort(whole["row"])]


def _runs(records: Records, same: NDArray[np.bool_]) -> tuple[Records, Rows]:
    """The records equal to a neighbour, and the number of their run. same: each but the first equals the one before."""
    again = np.concatenate(([False], same))[: len(records)]
    shared = again | np.concatenate((same, [False]))[: len(records)]
    return records[shared], np.cumsum(~again[shared])


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


def join_band(parts: Iterable[Records], parents: Rows, members: Callable[[Records], None], buckets: int) -> int:
    """Connect the rows that share a key of one band. parts: `BAND`s, equal keys in one part.

    parents: of every row, as a forest, changed in place. members: takes the `MEMBER`s found. buckets: numbers given so
    far; returns the new number.
    """
    for part in parts:
        records = part[np.lexsort((part["row"], part["key"]))]
        records, numbers = _runs(records, records["key"][1:] == records["key"][:-1])
        if not len(records):
            continue
        _join(parents, np.ascontiguousarray(records["row"]), np.ascontiguousarray(records["key"]))
        found = np.zeros(len(records), dtype=MEMBER)
        found["row"], found["bucket"] = records["row"], buckets + numbers
        members(found)
        buckets += int(numbers[-1]) + 1
    return buckets


def group_members(parts: Iterable[Records], parents: Rows, into: Spill) -> None:
    """Put `MEMBER`s with the group of their row into `into`, whole groups in one part. Changes `parents`."""
    _flatten(parents)
    for part in parts:
        found = np.zeros(len(part), dtype=GROUPED)
        found["group"], found["row"], found["bucket"] = parents[part["row"]], part["row"], part["bucket"]
        into.add(found, found["group"])


def near_duplicates(
    part: Records,
    threshold: float,
    keep_keys: KeepKeys,
    shingles: Callable[[Rows], Callable[[int], ShingleSet]],
    figures: Callable[[Rows], Callable[[int], Figures]] | None = None,
) -> Records:
    """`PAIR`s of rows that are at least `threshold` similar to a row that stays, with the exact similarity.

    part: `GROUPED` records of whole groups. shingles: gives, for ascending rows, the sorted shingle hashes of the
    n-th of them. figures: the same for their figures; with them, two texts whose figures are not alike are no duplicates
    however alike their words are, as with notices of rates.
    """
    part = part[np.lexsort((part["bucket"], part["row"]))]
    rows, first = np.unique(part["row"], return_index=True)
    ends = [*first.tolist(), len(part)]
    buckets: list[int] = part["bucket"].tolist()
    groups: Rows = part["group"][first]
    order = np.lexsort((*keep_keys(rows), groups)).tolist()
    set_of = shingles(rows)
    figures_of = figures(rows) if figures is not None else None
    removed: list[tuple[int, int, float]] = []
    kept_in: dict[int, list[tuple[int, int]]] = {}
    group = -1
    for turn, row in enumerate(order):
        if int(groups[row]) != group:
            group, kept_in = int(groups[row]), {}
        own = buckets[ends[row] : ends[row + 1]]
        # (turn, row): rows that stay, in keep order
        others = sorted({kept for bucket in own for kept in kept_in.get(bucket, ())})
        mine = set_of(row)
        numbers = figures_of(row) if figures_of is not None else None
        for _, other in others:
            # Figures first: they are fewer than shingles, and a series of notices is compared all with all.
            if numbers is not None and figures_of is not None and not numbers.alike(figures_of(other), threshold):
                continue
            similarity = jaccard(mine, set_of(other))
            if similarity >= threshold:
                removed.append((int(rows[row]), int(rows[other]), round(similarity, 4)))
                break
        else:
            for bucket in own:
                kept = kept_in.setdefault(bucket, [])
                if len(kept) < KEPT_PER_BUCKET:
                    kept.append((turn, row))
    return np.array(removed, dtype=PAIR)
