"""Epochs and weights by source: which stores a part of the corpus is packed into, and how often an epoch takes each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tekio.artifacts.corpus import MIXING, Mixing, SourceMix
from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import SourceTokens
from tekio.train.packing import Rows, TokenCount
from tekio.train.schedule import Part, Schedule


def mixed_sources(corpus: Path, domains: Sequence[str]) -> list[SourceMix]:
    """The sources of some domains in the recipe's order; empty when none of them has epochs or a weight of its own."""
    path = corpus / MIXING
    found = read_artifact(Mixing, path).sources if path.is_file() else []
    sources = [item for item in found if item.domain in domains]
    return sources if any(item.epochs != 1 or item.weight is not None for item in sources) else []


def parts_of(stores: Sequence[Rows], sources: Sequence[SourceMix], *, replay: bool = False) -> list[Part]:
    """How often an epoch takes each store. sources: one a store; none: the only store is taken once.

    Sources with weights share the tokens they have together in proportion to the weights; the others go by `epochs`.
    """
    if not sources:
        return [Part(replay=replay) for _ in stores]
    tokens = [float(store.targets.sum()) for store in stores]
    weighted = [(item.weight, count) for item, count in zip(sources, tokens, strict=True) if item.weight and count]
    whole, weights = sum(count for _, count in weighted), sum(weight for weight, _ in weighted)
    parts: list[Part] = []
    for item, count in zip(sources, tokens, strict=True):
        rate = item.epochs
        if item.weight is not None:
            rate = item.weight / weights * whole / count if count else 0.0
        parts.append(Part(rate, replay))
    return parts


def shared_parts(shares: Sequence[float], stores: Sequence[Rows], *, left: float) -> list[Part]:
    """Stores that have shares of the learned tokens. left: what other stores leave of an epoch's tokens (1 where there are none).

    An epoch goes once through the store with the largest share (of equal ones the first); the others are taken as often as
    their shares ask. One store alone is taken once.
    """
    if len(stores) == 1:
        return [Part()]
    first = max(range(len(shares)), key=lambda place: (shares[place], -place))
    return [Part() if place == first else Part(share=share * left) for place, share in enumerate(shares)]


@dataclass
class _Seen:
    mixture: int = 0
    annealing: int = 0


def tokens_by_source(stores: Sequence[Rows], schedule: Schedule, steps: int) -> dict[str, SourceTokens]:
    """By source: what there is, how often an epoch takes it (mean over its rows), and the tokens learned from in `steps` steps.

    Learned tokens are counted row by row, so those of all sources are all there are. A source in several stores is added
    up; one that is annealed too has the documents of the mixture.
    """
    learned = _learned(stores, schedule, steps)
    annealed = schedule.annealing.store if schedule.annealing is not None else None
    there: dict[str, TokenCount] = {}
    taken: dict[str, float] = {}
    for number, (store, stream) in enumerate(zip(stores, schedule.streams, strict=True)):
        for name, count in store.sources.items():
            if number == annealed and name in there:
                continue
            before = there.get(name, TokenCount())
            there[name] = TokenCount(**{key: value + getattr(before, key) for key, value in vars(count).items()})
            rate = stream.taken / stream.rows if stream.rows else 0.0
            taken[name] = taken.get(name, 0.0) + rate * count.trained
    return {
        name: SourceTokens(
            documents=count.texts,
            characters=count.characters,
            tokens=count.trained,
            epochs=round(taken[name] / count.trained, 6) if count.trained else 0.0,
            learned=learned[name].mixture + learned[name].annealing,
            annealed=learned[name].annealing if annealed is not None else None,
        )
        for name, count in there.items()
    }


def _learned(stores: Sequence[Rows], schedule: Schedule, steps: int) -> dict[str, _Seen]:
    """Targets of the first `steps` steps by source and phase."""
    begin = schedule.annealing.begin if schedule.annealing is not None else steps
    times = [[np.zeros(len(store), np.int64) for _ in range(2)] for store in stores]
    for step in range(steps):
        for ref in schedule.at(step):
            times[ref.store][step >= begin][ref.row] += 1
    found: defaultdict[str, _Seen] = defaultdict(_Seen)
    for store, counted in zip(stores, times, strict=True):
        rows = np.repeat(np.arange(len(store)), np.diff(store.row_starts))
        for phase, of_row in zip(("mixture", "annealing"), counted, strict=True):
            weights = of_row[rows] * store.item_targets[store.row_items]
            totals = np.zeros(len(store.named), np.int64)
            np.add.at(totals, store.item_sources[store.row_items], weights)
            for name, total in zip(store.named, totals.tolist(), strict=True):
                setattr(found[name], phase, getattr(found[name], phase) + total)
    return found
