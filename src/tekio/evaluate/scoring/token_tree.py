"""Sequences that share beginnings as one row: a prefix tree laid flat, with the mask that keeps its branches apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tekio.evaluate.scoring.encode import Candidate, Ids, common_prefix

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Segment:
    """Tokens `start`..`end` of a flat tree, following the token at `parent` (-1: the row's beginning)."""

    start: int
    end: int
    parent: int


@dataclass(frozen=True, slots=True)
class Target:
    """What to read at one place: the log-probability of `token` after the tree's token `source`, for candidate number
    `candidate` of the sequences the tree was made from.
    """

    source: int
    token: int
    candidate: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A flat prefix tree. depths: position of each token, counted from the row's beginning."""

    tokens: list[int]
    depths: list[int]
    segments: list[Segment]
    targets: list[Target]

    def mask(self) -> Bools:
        """[T, T]: whether token i (row) may look at token j: j is i or one of its ancestors."""
        seen = np.zeros((len(self.tokens), len(self.tokens)), dtype=np.bool_)
        for segment in self.segments:
            start, end = segment.start, segment.end
            if segment.parent >= 0:
                seen[start:end, : segment.parent + 1] = seen[segment.parent, : segment.parent + 1]
            seen[start:end, start:end] = np.tri(end - start, dtype=np.bool_)
        return seen


def build_tree(candidates: Sequence[Candidate], prefix: int) -> Tree:
    """The tree of what must be fed for `candidates` after their common `prefix` tokens (held in a cache).

    Every candidate must have its first scored token behind position `prefix`, so that the token it is predicted from
    is in the tree.
    """
    order = sorted(range(len(candidates)), key=lambda number: candidates[number].ids)
    tokens: list[int] = []
    depths: list[int] = []
    segments: list[Segment] = []
    targets: list[Target] = []
    previous: Ids = ()
    path: list[int] = []
    for number in order:
        candidate = candidates[number]
        fed = candidate.ids[prefix:-1]
        shared = common_prefix(previous, fed)
        if shared < len(fed):
            start, end = len(tokens), len(tokens) + len(fed) - shared
            segments.append(Segment(start, end, path[shared - 1] if shared else -1))
            tokens.extend(fed[shared:])
            depths.extend(range(shared, len(fed)))
            path = path[:shared] + list(range(start, end))
            previous = fed
        first = len(fed) - candidate.scored  # place of the token before the first scored one
        scored = candidate.ids[len(candidate.ids) - candidate.scored :]
        for offset, token in enumerate(scored):
            targets.append(Target(path[first + offset], token, number))
    return Tree(tokens, depths, segments, targets)
