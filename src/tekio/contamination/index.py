"""Keep evaluation items out of the corpus: character n-grams on an NFKC shadow without space and punctuation.

White-space n-grams never fire on Japanese, and short n-grams alone accuse innocent text (stock phrases of filings), so a
shared n-gram only calls for a closer look (`tekio.contamination.evidence`): a document counts as contaminated when it holds enough
of one item's n-grams, a long piece of it word for word, or most of a question and its options near each other. n-grams
that many items share (instructions, answer formats) are no evidence.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.contamination.evaluation_items import evaluation_files, items_of, read_records
from tekio.contamination.evidence import Document, set_evidence, text_evidence
from tekio.contamination.match_text import fill_table, hit_texts, ngrams, shadow_table
from tekio.recipe.corpus import DecontaminationConfig
from tekio.store import read_json, write_json
from tekio.text.kernels.codepoints import CodePoints
from tekio.text.kernels.shingles import Hashes

SHARED_BY_MANY = 5  # an n-gram in more items than this is boilerplate of the task, not evidence
TEXT_SHARE, SET_SHARE = 0.4, 0.25  # of an item's n-grams that call for a closer look; an edit kills many at once
FEWEST_NGRAMS = 8  # an item with fewer n-grams of its own (not shared by many items) cannot accuse a document


def write_screen(config: DecontaminationConfig, folder: Path) -> dict[str, int]:
    """Collect the n-grams of all evaluation items into `folder`, once; returns how many items, files and n-grams.

    `items.json` holds the items; `keys.npy`, `owners.npy` list (n-gram, item) pairs sorted by n-gram.
    """
    if (folder / "items.json").is_file():
        return read_json(folder / "items.json")["counts"]
    names: list[str] = []
    record_of: list[int] = []
    records = 0
    parts: list[dict[str, str]] = []
    pieces: list[Hashes] = []
    owners: list[NDArray[np.int32]] = []
    seen: set[tuple[str, ...]] = set()
    files = evaluation_files(config)
    for file in files:
        for record in read_records(file):
            records += 1
            for item in items_of(record, config):
                texts = tuple(item.parts.values())
                if texts in seen:
                    continue
                seen.add(texts)
                record_of.append(records)
                owners.append(np.full(len(item.grams), len(names), dtype=np.int32))
                pieces.append(item.grams)
                names.append(item.name)
                parts.append(item.parts)
    keys = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.uint64)
    owner = np.concatenate(owners) if owners else np.zeros(0, dtype=np.int32)
    order = np.lexsort((owner, keys))
    keys, owner = keys[order], owner[order]
    # How many records share an n-gram: a text comes again in the sets of its record.
    pairs = np.unique(np.column_stack([keys, np.array(record_of, dtype=np.uint64)[owner]]), axis=0)[:, 0]
    times = np.searchsorted(pairs, keys, "right") - np.searchsorted(pairs, keys, "left")
    telling = times <= SHARED_BY_MANY
    keys, owner = keys[telling], owner[telling]
    sizes = np.bincount(owner, minlength=len(names)).tolist()
    counts = {"files": len(files), "items": len(names), "ngrams": len(keys)}
    info = {"items": names, "parts": parts, "sizes": sizes, "config": config.model_dump(mode="json"), "counts": counts}
    working = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    np.save(working / "keys.npy", keys)
    np.save(working / "owners.npy", owner)
    write_json(working / "items.json", info)
    try:
        working.rename(folder)
    except OSError:  # another task of the same array was first
        shutil.rmtree(working)
    return counts


@dataclass
class Screen:
    """The n-grams of all evaluation items, ready to check texts."""

    keys: Hashes
    owners: NDArray[np.int32]
    table: Hashes
    names: list[str]
    parts: list[dict[str, str]]
    sizes: list[int]
    config: DecontaminationConfig

    def check(self, texts: Sequence[str], points: CodePoints) -> dict[int, dict[str, Any]]:
        """Contaminated texts: number -> evidence about the item they hold most of.

        Evidence: `item`, `rule` (containment, longest, set), `containment` (share of the item found), `longest` (common
        piece, in letters and digits), `spans` (start and end in the document's text and the item's), `items` (how many
        items were found).
        """
        touched = np.zeros(points.texts, dtype=np.bool_)
        ring = np.zeros(self.config.ngram, dtype=np.uint64)
        hit_texts(points.codes, points.offsets, shadow_table(), self.config.ngram, self.table, ring, touched)
        found: dict[int, dict[str, Any]] = {}
        for number in np.flatnonzero(touched).tolist():
            evidence = self._evidence(texts[number])
            if evidence is not None:
                found[number] = evidence
        return found

    def _evidence(self, text: str) -> dict[str, Any] | None:
        grams = np.unique(ngrams(text, self.config.ngram))
        left, right = np.searchsorted(self.keys, grams, "left"), np.searchsorted(self.keys, grams, "right")
        counts = right - left
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        owners, shared = np.unique(self.owners[np.repeat(left, counts) + within], return_counts=True)
        document = Document.of(text)
        best: dict[str, Any] | None = None
        guilty = 0
        for owner, times in zip(owners.tolist(), shared.tolist(), strict=True):
            evidence = self._of_item(document, owner, times)
            if evidence is None:
                continue
            guilty += 1
            if best is None or _weight(evidence) > _weight(best):
                best = {"item": self.names[owner], **evidence}
        return None if best is None else {**best, "items": guilty}

    def _of_item(self, document: Document, owner: int, shared: int) -> dict[str, Any] | None:
        parts, size = self.parts[owner], self.sizes[owner]
        if len(parts) > 1:
            if shared < SET_SHARE * size:
                return None
            return set_evidence(document, parts, self.config)
        (text,) = parts.values()
        # A common piece of `longest` characters has so many n-grams in common, if few items share them.
        enough = shared >= max(FEWEST_NGRAMS, TEXT_SHARE * size)
        if not enough and shared + self.config.ngram - 1 < self.config.longest:
            return None
        return text_evidence(document, text, self.config)


def _weight(evidence: dict[str, Any]) -> tuple[float, int]:
    return evidence["containment"], evidence["longest"]


@cache
def load_screen(folder: Path) -> Screen:
    """The screen that `write_screen` wrote."""
    info = read_json(folder / "items.json")
    keys: Hashes = np.load(folder / "keys.npy")
    size = 1024
    while size < 2 * len(keys):
        size *= 2
    table = np.zeros(size, dtype=np.uint64)
    fill_table(np.unique(keys), table)
    config = DecontaminationConfig.model_validate(info["config"], context={"base": folder})
    owners: NDArray[np.int32] = np.load(folder / "owners.npy")
    return Screen(keys, owners, table, info["items"], info["parts"], info["sizes"], config)
