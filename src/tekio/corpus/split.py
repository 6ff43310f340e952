"""The held-out split: whole groups, chosen by a stable hash, so that new data never moves an old row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def group_place(seed: int, group: str) -> float:
    """Where a group stands in [0, 1): below the held-out share it is held out."""
    digest = hashlib.sha256(f"{seed} held out {group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def held_out(groups: Sequence[str], domains: Sequence[str], share: float, seed: int) -> NDArray[np.bool_]:
    """Which rows are held out. A domain with two groups or more and none below the share gives its lowest group, so
    that small corpora can be measured too.
    """
    if share <= 0 or not groups:
        return np.zeros(len(groups), dtype=np.bool_)
    places: dict[str, float] = {}
    members: dict[str, set[str]] = {}
    for group, domain in zip(groups, domains, strict=True):
        if group not in places:
            places[group] = group_place(seed, group)
        members.setdefault(domain, set()).add(group)
    chosen = {group for group, place in places.items() if place < share}
    for own in members.values():
        if len(own) >= 2 and not own & chosen:
            chosen.add(min(own, key=lambda group: (places[group], group)))
    return np.array([group in chosen for group in groups], dtype=np.bool_)
