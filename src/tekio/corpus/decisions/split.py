"""The held-out split: whole groups, chosen by a stable hash, so that new data never moves an old row."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

PLACES = 2**56
Places = NDArray[np.uint64]


def group_place(seed: int, group: str) -> int:
    """Where a group stands in [0, `PLACES`): in the lowest `share` of it, it is held out. It also stands for the group."""
    digest = hashlib.sha256(f"{seed} held out {group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7], "big")


def held_out_bound(share: float) -> int:
    """Groups with a lower place are held out."""
    return math.ceil(share * PLACES)


def extra_groups(domains: Sequence[str], parts: Callable[[str], Iterable[Places]], share: float) -> Places:
    """Groups held out beside those below the share: a domain with two groups or more and none held out gives its lowest
    one, so that small corpora can be measured too.

    domains: in the order they are looked at. parts: the places of the rows of a domain, in as many arrays as there are;
    memory holds one at a time.
    """
    bound = np.uint64(held_out_bound(share))
    extra: set[int] = set()
    if share <= 0:
        return np.zeros(0, dtype=np.uint64)
    for domain in domains:
        lowest: int | None = None
        several = taken = False
        for places in parts(domain):
            if not len(places):
                continue
            low, high = int(places.min()), int(places.max())
            several |= low != high or (lowest is not None and lowest != low)
            lowest = low if lowest is None else min(lowest, low)
            taken |= low < bound or bool(np.isin(places, np.array(sorted(extra), dtype=np.uint64)).any())
        if several and not taken and lowest is not None:
            extra.add(lowest)
    return np.array(sorted(extra), dtype=np.uint64)


def is_held_out(places: Places, share: float, extra: Places) -> NDArray[np.bool_]:
    """Which rows are held out."""
    return (places < np.uint64(held_out_bound(share))) | np.isin(places, extra)
