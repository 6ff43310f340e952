"""All evaluation items at once, ready to be looked for: in documents, in instruction records, in what a model was trained on.

White-space n-grams never fire on Japanese, and short n-grams alone accuse innocent text (stock phrases of filings), so a
shared n-gram only calls for a closer look (`tekio.contamination.evidence`). n-grams that many items share (instructions, answer
formats) call for none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.contamination.evaluation_items import Item, Record, evaluation_files, items_of, read_records
from tekio.contamination.evidence import Document, set_evidence, text_evidence
from tekio.contamination.match_text import Shadow, lookup_table, ngrams, texts_with_any
from tekio.recipe.contamination import ContaminationConfig
from tekio.store import read_json, write_json
from tekio.store.sealed import is_as_sealed, seal
from tekio.text.kernels.codepoints import CodePoints, code_points
from tekio.text.kernels.shingles import Hashes

SHARED_BY_MANY = 5  # an n-gram in more different texts than this is a phrase of the exam, not evidence
FEWEST_NGRAMS = 3  # a text with fewer n-grams of its own is nothing but such phrases: it is not looked for
TEXT_SHARE, SET_SHARE = 0.05, 0.25  # of an item's own n-grams that call for a closer look; an edit kills many at once


@dataclass(frozen=True)
class Found:
    """An item in a text. records: the numbers of the records it stands for (the same text may be in several).

    evidence: `rule` (containment, whole, longest, set; None: too little to count), `containment` (share of the item found),
    `longest` (common piece, in letters and digits), `spans` (start and end in the document's text and the item's).
    """

    item: Item
    records: list[int]
    evidence: dict[str, Any]


@dataclass
class ItemIndex:
    """The items of evaluation files or tasks, and the n-grams by which text that may hold one is found.

    keys, owners: (n-gram, number of the item), sorted. shared: the n-grams that many items share, sorted. records: for
    each item the numbers of its records, from 0. sizes: how many n-grams of its own each item has.
    """

    config: ContaminationConfig
    items: list[Item]
    records: list[list[int]]
    keys: Hashes
    owners: NDArray[np.int32]
    shared: Hashes

    def __post_init__(self) -> None:
        self.sizes = np.bincount(self.owners, minlength=len(self.items)).tolist()
        self.table = lookup_table(np.unique(self.keys))

    def check(self, texts: Sequence[str], points: CodePoints | None = None) -> dict[int, dict[str, Any]]:
        """Contaminated texts: number -> evidence about the item they hold most of, with `item` (its name) and `items` (how
        many were found). points: the texts' code points, where they are at hand.
        """
        found: dict[int, dict[str, Any]] = {}
        for number, items in self.find(texts, points):
            guilty = [one for one in items if one.evidence["rule"] is not None]
            if guilty:
                best = max(guilty, key=lambda one: (one.evidence["containment"], one.evidence["longest"]))
                found[number] = {"item": best.item.name, **best.evidence, "items": len(guilty)}
        return found

    def find(
        self,
        texts: Sequence[str],
        points: CodePoints | None = None,
        wanted: Callable[[int, int], bool] | None = None,
    ) -> Iterator[tuple[int, list[Found]]]:
        """(number of the text, items in it) of the texts that may hold any; items of which too little is there too.

        wanted: whether an item (its number) is looked for in a text (its number), asked before the text is compared.
        """
        points = points or code_points(texts)
        for number in map(int, texts_with_any(points.codes, points.offsets, self.config.ngram, self.table)):
            document = Document.of(texts[number])
            found: list[Found] = []
            for owner, times in self._candidates(document):
                if wanted is not None and not wanted(number, owner):
                    continue
                evidence = self._evidence(document, owner, times)
                if evidence is not None:
                    found.append(Found(self.items[owner], self.records[owner], evidence))
            if found:
                yield number, found

    def is_looked_for(self, number: int) -> bool:
        """Whether an item has enough n-grams of its own."""
        return self.sizes[number] >= (FEWEST_NGRAMS if len(self.items[number].parts) == 1 else 1)

    def _candidates(self, document: Document) -> Iterator[tuple[int, int]]:
        """(number of an item, how many of its own n-grams a document has)."""
        grams = np.unique(document.windows(self.config.ngram))
        left, right = np.searchsorted(self.keys, grams, "left"), np.searchsorted(self.keys, grams, "right")
        counts = right - left
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        owners, times = np.unique(self.owners[np.repeat(left, counts) + within], return_counts=True)
        yield from zip(owners.tolist(), times.tolist(), strict=True)

    def _evidence(self, document: Document, owner: int, times: int) -> dict[str, Any] | None:
        parts, size = self.items[owner].parts, self.sizes[owner]
        if not self.is_looked_for(owner):
            return None
        if len(parts) > 1:
            return set_evidence(document, parts, self.config) if times >= SET_SHARE * size else None
        (text,) = parts.values()
        return text_evidence(document, text, self.config, self.shared) if times >= TEXT_SHARE * size else None


def build_index(
    records: Iterable[Record], config: ContaminationConfig, *, most: int | None = SHARED_BY_MANY
) -> ItemIndex:
    """Index what is looked for of `records` (see `items_of`); items with the same texts are one. most: different texts that an n-gram may be in
    without being a phrase of the exam; None: any number.
    """
    numbers: dict[tuple[tuple[str, str], ...], int] = {}
    items: list[Item] = []
    records_of: list[list[int]] = []
    pieces: list[Hashes] = []
    owners: list[NDArray[np.int32]] = []
    texts: dict[str, Hashes] = {}
    for place, record in enumerate(records):
        for item in items_of(record, config):
            key = tuple(item.parts.items())
            number = numbers.setdefault(key, len(items))
            if number < len(items):
                if records_of[number][-1] != place:
                    records_of[number].append(place)
                continue
            items.append(item)
            records_of.append([place])
            grams = _ngrams_of(item, config.ngram, texts)
            pieces.append(grams)
            owners.append(np.full(len(grams), number, dtype=np.int32))
    nothing = np.zeros(0, dtype=np.uint64)
    keys = np.concatenate([nothing, *pieces])
    owner = np.concatenate([np.zeros(0, dtype=np.int32), *owners])
    every, times = np.unique(np.concatenate([nothing, *texts.values()]), return_counts=True)
    shared = every[times > most] if most is not None else every[:0]
    telling = ~np.isin(keys, shared)
    keys, owner = keys[telling], owner[telling]
    order = np.lexsort((owner, keys))
    return ItemIndex(config, items, records_of, keys[order], owner[order], shared)


def _ngrams_of(item: Item, length: int, texts: dict[str, Hashes]) -> Hashes:
    """The different n-grams of an item. texts: those of every different text so far, by its shadow; it grows."""
    found: list[Hashes] = []
    shadows = [Shadow.of(text).codes for text in item.parts.values()]
    for codes in shadows:
        name = codes.tobytes().decode("utf-32-le", "surrogatepass")
        if name not in texts:
            texts[name] = np.unique(ngrams(codes, length))
        found.append(texts[name])
    grams = np.unique(np.concatenate(found))
    if not len(grams):  # all are shorter than an n-gram: they can only be noticed one after the other
        grams = np.unique(ngrams(np.concatenate(shadows), length))
    return grams


def write_index(config: ContaminationConfig, folder: Path, section: str) -> dict[str, int]:
    """Index the evaluation files that a recipe names in `section` into `folder`, once, for all workers; returns how many
    items, files and n-grams there are.
    """
    if is_as_sealed(folder):
        return read_json(folder / "items.json")["counts"]
    shutil.rmtree(folder, ignore_errors=True)
    files = evaluation_files(config, section)
    index = build_index((record for file in files for record in read_records(file)), config)
    counts = {"files": len(files), "items": len(index.items), "ngrams": len(index.keys)}
    info = {
        "items": [[item.name, item.parts] for item in index.items],
        "records": index.records,
        "config": config.model_dump(mode="json"),
        "counts": counts,
    }
    working = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    for name, array in (("keys", index.keys), ("owners", index.owners), ("shared", index.shared)):
        np.save(working / f"{name}.npy", array)
    write_json(working / "items.json", info)
    seal(working)
    try:
        working.rename(folder)
    except OSError:  # another task of the same array was first
        shutil.rmtree(working)
    return counts


@cache
def load_index(folder: Path) -> ItemIndex:
    """The index that `write_index` wrote."""
    info = read_json(folder / "items.json")
    config = ContaminationConfig.model_validate(info["config"], context={"base": folder})
    items = [Item(name, parts) for name, parts in info["items"]]
    arrays = [np.load(folder / f"{name}.npy") for name in ("keys", "owners", "shared")]
    return ItemIndex(config, items, info["records"], *arrays)
