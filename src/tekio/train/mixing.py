"""Epochs and weights by source: which stores a part of the corpus is packed into, and how often an epoch takes each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tekio.artifacts.corpus import MIXING, Mixing, SourceMix
from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import SourceTokens
from tekio.train.packing import Rows
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


def tokens_by_source(stores: Sequence[Rows], schedule: Schedule) -> dict[str, SourceTokens]:
    """By source: documents, characters and tokens there are, and how often an epoch takes them (mean over its rows)."""
    found: dict[str, SourceTokens] = {}
    for store, stream in zip(stores, schedule.streams, strict=True):
        for name, count in store.sources.items():
            found[name] = SourceTokens(
                documents=count.texts,
                characters=count.characters,
                tokens=count.trained,
                epochs=round(stream.taken / stream.rows, 6) if stream.rows else 0.0,
            )
    return found
