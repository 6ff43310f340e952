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

from tekio.errors import Text
from tekio.progress import remark

Method = Literal["stable", "exact"]


def group_position(group: str, seed: int) -> float:
    """A group's place in [0, 1), from its name and the seed alone."""
    digest = hashlib.sha256(f"split\x1f{seed}\x1f{group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def training_size(records: int, share: float) -> int:
    """floor((1 - share) x records), computed so that 0.15 means fifteen hundredths and not the nearest binary number."""
    return (10_000 - round(share * 10_000)) * records // 10_000


def say_if_none_is_kept(stage: str, sizes: dict[str, int], share: float, chosen: set[str]) -> None:
    """Tell the user when a share was asked for and no group fell into it, as with few groups: nothing is measured then."""
    if not share or chosen or not sizes:
        return
    records, groups = sum(sizes.values()), len(sizes)
    remark(
        stage,
        Text(
            f"none of {records:,} record(s) in {groups:,} group(s) is kept for validation, though validation_share is {share:g}: "
            "groups stay whole and their hashes decide. `split: exact` fills the share as far as groups allow (`instruct`); "
            "or give more pages or another seed.",
            f"validation_share は {share:g} ですが、検証用になった指示データはありません（全 {records:,} 件、{groups:,} グループ）。"
            "グループは分けず、ハッシュで振り分けるためです。`split: exact`（`instruct`）ならグループの許す範囲で割合を満たします。"
            "ページを増やすか seed を変える方法もあります。",
        ),
    )


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
