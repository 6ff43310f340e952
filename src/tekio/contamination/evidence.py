"""Whether a document holds an evaluation item, and where: exact comparison of two shadows.

Common n-grams on one diagonal make a common piece; the longest is the longest common substring (of at least an n-gram). A
set of texts (a question and its options) is looked for near the place where its n-grams are densest, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.contamination.match_text import Shadow, shadow_of
from tekio.recipe.corpus import DecontaminationConfig
from tekio.text.kernels.common_passages import window_hashes
from tekio.text.kernels.shingles import Hashes

SHOWN = 10
"""Common pieces that evidence lists, the longest first."""
PIECE = np.dtype([("document", "<i8"), ("item", "<i8"), ("length", "<i8")])
MOST_PAIRS = 2_000_000  # of equal n-grams: periodic texts have very many

Pieces = NDArray[Any]


@dataclass
class Document:
    """The shadow of a document, and the hashes of its windows once they are asked for."""

    shadow: Shadow
    hashes: dict[int, Hashes] = field(default_factory=dict[int, Hashes])

    @classmethod
    def of(cls, text: str) -> Document:
        """The document of a text."""
        return cls(shadow_of(text))

    def windows(self, length: int) -> Hashes:
        """The hashes of all windows of `length` characters."""
        if length not in self.hashes:
            self.hashes[length] = window_hashes(self.shadow.codes, length)
        return self.hashes[length]


def common_pieces(document: Document, item: Shadow, length: int) -> Pieces:
    """The common pieces of at least `length` characters that cannot be made longer (`PIECE`s, in shadow places)."""
    ours, theirs = document.windows(length), window_hashes(item.codes, length)
    order = np.argsort(theirs, kind="stable")
    low = np.searchsorted(theirs[order], ours, "left")
    counts = np.searchsorted(theirs[order], ours, "right") - low
    if int(counts.sum()) > MOST_PAIRS:
        counts = np.minimum(counts, 1)
    places = np.repeat(np.arange(len(ours)), counts)
    within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
    others = order[np.repeat(low, counts) + within]
    diagonal = others - places
    by_diagonal = np.lexsort((places, diagonal))
    places, others, diagonal = places[by_diagonal], others[by_diagonal], diagonal[by_diagonal]
    if not len(places):
        return np.zeros(0, dtype=PIECE)
    new = np.concatenate(([True], (np.diff(diagonal) != 0) | (np.diff(places) != 1)))
    firsts = np.flatnonzero(new)
    lasts = np.concatenate((firsts[1:], [len(places)])) - 1
    pieces = np.zeros(len(firsts), dtype=PIECE)
    pieces["document"], pieces["item"] = places[firsts], others[firsts]
    pieces["length"] = places[lasts] - places[firsts] + length
    same = [
        np.array_equal(document.shadow.codes[d : d + size], item.codes[i : i + size]) for d, i, size in pieces.tolist()
    ]  # the hashes may lie
    pieces = pieces[np.array(same, dtype=np.bool_)]
    return pieces[np.lexsort((pieces["item"], pieces["document"], -pieces["length"]))]


def covered(pieces: Pieces, size: int) -> int:
    """How many characters of an item stand in common pieces."""
    marks = np.zeros(size + 1, dtype=np.int64)
    np.add.at(marks, pieces["item"], 1)
    np.add.at(marks, pieces["item"] + pieces["length"], -1)
    return int((np.cumsum(marks[:-1]) > 0).sum())


def _spans(pieces: Pieces, document: Document, item: Shadow) -> list[dict[str, list[int]]]:
    """Where common pieces stand in the texts themselves: [start, end) in characters, by their place in the document."""
    shown = np.sort(pieces[:SHOWN], order="document")
    return [
        {
            "document": [int(document.shadow.places[d]), int(document.shadow.places[d + size - 1]) + 1],
            "item": [int(item.places[i]), int(item.places[i + size - 1]) + 1],
        }
        for d, i, size in shown.tolist()
    ]


def _nearby(pieces: Sequence[Pieces], reach: int) -> tuple[int, int]:
    """The part of a document around the place with most pieces within `reach` characters."""
    starts = np.sort(np.concatenate([part["document"] for part in pieces]))
    ends = np.searchsorted(starts, starts + reach, "right")
    first = int(starts[np.argmax(ends - np.arange(len(starts)))])
    return first - reach, first + reach


def _inside(pieces: Pieces, low: int, high: int) -> Pieces:
    return pieces[(pieces["document"] >= low) & (pieces["document"] + pieces["length"] <= high)]


def text_evidence(document: Document, text: str, config: DecontaminationConfig) -> dict[str, Any] | None:
    """Evidence that a document holds most of one text in one place, or a long piece of it, or None."""
    item = shadow_of(text)
    pieces = common_pieces(document, item, config.ngram)
    if not len(pieces):
        return None
    longest = int(pieces["length"].max())
    near = _inside(pieces, *_nearby([pieces], 3 * len(item.codes) + 200))
    share = covered(near, len(item.codes)) / len(item.codes)
    if share < config.containment and longest < config.longest:
        return None
    return {
        "rule": "containment" if share >= config.containment else "longest",
        "containment": round(share, 4),
        "longest": longest,
        "spans": _spans(near if share >= config.containment else pieces, document, item),
    }


def set_evidence(document: Document, parts: Mapping[str, str], config: DecontaminationConfig) -> dict[str, Any] | None:
    """Evidence that a document holds most of a set of texts near each other, whatever their order, or None."""
    items = {name: shadow_of(text) for name, text in parts.items()}
    total = sum(len(item.codes) for item in items.values())
    found = {name: common_pieces(document, item, min(config.ngram, len(item.codes))) for name, item in items.items()}
    long = [pieces for name, pieces in found.items() if len(items[name].codes) >= config.ngram]
    where = long if any(map(len, long)) else list(found.values())
    if not any(map(len, where)):
        return None
    # numbers, explanations and other options may stand between
    low, high = _nearby(where, 3 * total + 600)
    own = {name: _inside(pieces, low, high) for name, pieces in found.items()}
    amounts = {name: covered(pieces, len(items[name].codes)) for name, pieces in own.items()}
    share = sum(amounts.values()) / total
    whole = sum(amounts[name] >= config.containment * len(items[name].codes) for name in parts)
    if share < config.containment or whole < 2:
        return None
    spans: list[dict[str, Any]] = []
    for name, pieces in own.items():
        # of a short option every mention is a piece: one is enough
        shown = pieces[:1] if len(items[name].codes) < config.ngram else pieces[:3]
        spans += [{"part": name, **span} for span in _spans(shown, document, items[name])]
    return {
        "rule": "set",
        "containment": round(share, 4),
        "longest": int(max((pieces["length"].max(initial=0) for pieces in own.values()), default=0)),
        "spans": sorted(spans, key=lambda span: span["document"]),
    }
