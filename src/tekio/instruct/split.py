"""Splitting records into training and validation, by whole groups (page, company, law), never by row.

A row-wise 85/15 split, as JaFIn's paper describes it, puts near-identical questions of one page on both sides. Here a
group is on one side only.

`stable`: the group's own hash decides, so records added later move nobody. `exact`: groups, ordered by hash, fill the
training part up to floor((1 - share) x n) records (JaFIn: floor(0.85 x 1490) = floor(1266.5) = 1266 for training and
224 for validation), as near as whole groups allow.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Method = Literal["stable", "exact"]


def group_position(group: str, seed: int) -> float:
    """A group's place in [0, 1), from its name and the seed alone."""
    digest = hashlib.sha256(f"split\x1f{seed}\x1f{group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def training_size(records: int, share: float) -> int:
    """floor((1 - share) x records), computed so that 0.15 means fifteen hundredths and not the nearest binary number."""
    return (10_000 - round(share * 10_000)) * records // 10_000


def validation_groups(sizes: dict[str, int], share: float, seed: int, method: Method) -> set[str]:
    """The groups that are kept for validation. sizes: group -> number of records."""
    total = sum(sizes.values())
    movable = {group: size for group, size in sizes.items() if size * 2 <= total}
    if method == "stable":
        return {group for group in movable if group_position(group, seed) < share}
    room = total - training_size(total, share)
    chosen: set[str] = set()
    for group in sorted(movable, key=lambda name: (group_position(name, seed), name)):
        if movable[group] <= room:
            chosen.add(group)
            room -= movable[group]
    return chosen
