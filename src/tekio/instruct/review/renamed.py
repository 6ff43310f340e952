"""A set that was renamed keeps its decisions: they are found by the texts they were made about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tekio.instruct.review.items import ReviewItem
from tekio.instruct.review.returned import KnownItems
from tekio.instruct.review.store import ReviewStore, open_store

SUFFIX = ".review.sqlite"


def left_behind(place: Path) -> list[Path]:
    """The stores beside `place` whose own set is there no longer, by name. The store of a set that still exists is never looked at."""
    if not place.with_name(place.name.removesuffix(SUFFIX)).exists():
        return []  # the set lies elsewhere: the stages of a run are not renamed
    return sorted(
        other
        for other in place.parent.glob("*" + SUFFIX)
        if other != place and not other.with_name(other.name.removesuffix(SUFFIX)).exists()
    )


def take_over(store: ReviewStore, items: Sequence[ReviewItem], others: Iterable[Path]) -> list[tuple[str, int]]:
    """Copy decisions about the texts of `items` into a set that has none: from other names in its store, else from `others`.

    Ids of records may name the file they came from; a decision is taken by its text's digest, never without one. What
    it is copied from stays as it is. Returns (name, decisions) of each source.
    """
    if store.log():
        return []
    known = KnownItems(items)
    taken: list[tuple[str, int]] = []
    for dataset in store.datasets():
        _copy(store.of(dataset), store, known, dataset, taken)
    for path in others if not taken else ():
        other = open_store(path, store.dataset)
        for dataset in other.datasets():
            _copy(other.of(dataset), store, known, path.name.removesuffix(SUFFIX), taken)
        other.close()
    return taken


def _copy(source: ReviewStore, store: ReviewStore, known: KnownItems, name: str, taken: list[tuple[str, int]]) -> None:
    found = [
        replace(action, item=item.key)
        for action in source.decisions()
        if (item := known.find(action.item, action.digest)) is not None and action.digest == item.digest()
    ]
    if found:
        taken.append((name, store.add_all(found)))
    source.close()
