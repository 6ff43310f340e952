"""Whether a document holds an evaluation item, and where: exact comparison of two shadows. The one rule of all stages.

Common n-grams on one diagonal make a common piece; the longest is the longest common substring (of at least an n-gram). A
text counts as found when enough of it stands in one place of the document, or a long piece of it as it is; what many items
share (the phrases of an exam) must not be what was found. A set of texts (a question and its options) is looked for near
the place where its n-grams are densest, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.contamination.match_text import Shadow, ngrams
from tekio.recipe.contamination import ContaminationConfig
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
        return cls(Shadow.of(text))

    def windows(self, length: int) -> Hashes:
        """The hashes of all windows of `length` characters."""
        if length not in self.hashes:
            self.hashes[length] = ngrams(self.shadow.codes, length)
        return self.hashes[length]


def common_pieces(document: Document, item: Shadow, length: int) -> Pieces:
    """The common pieces of at least `length` characters that cannot be made longer (`PIECE`s, in shadow places)."""
    ours, theirs = document.windows(length), ngrams(item.codes, length)
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


def _marks(pieces: Pieces, size: int) -> NDArray[np.bool_]:
    """Which characters of an item stand in common pieces."""
    change = np.zeros(size + 1, dtype=np.int64)
    np.add.at(change, pieces["item"], 1)
    np.add.at(change, pieces["item"] + pieces["length"], -1)
    return np.cumsum(change[:-1]) > 0


def covered(pieces: Pieces, size: int) -> int:
    """How many characters of an item stand in common pieces."""
    return int(_marks(pieces, size).sum())


def phrase_marks(item: Shadow, length: int, shared: Hashes) -> NDArray[np.bool_]:
    """Which characters of an item stand in n-grams that many items share. shared: those n-grams, sorted."""
    found = np.flatnonzero(np.isin(ngrams(item.codes, length), shared))
    pieces = np.zeros(len(found), dtype=PIECE)
    pieces["item"], pieces["length"] = found, length
    return _marks(pieces, len(item.codes))


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


def text_evidence(document: Document, text: str, config: ContaminationConfig, shared: Hashes) -> dict[str, Any] | None:
    """What a document holds of one text in one place, None for nothing.

    shared: the n-grams that many items share, sorted. `rule` of the evidence: `containment` (or `whole`, of a short question):
    enough of the text stands there; `longest`: a long piece of it; None: not enough to say so.
    """
    item = Shadow.of(text)
    size = len(item.codes)
    pieces = common_pieces(document, item, config.piece if size >= config.long_text else config.ngram)
    if not len(pieces):
        return None
    own = ~phrase_marks(item, config.ngram, shared)
    near = _inside(pieces, *_nearby([pieces], 3 * size + 200))
    marks = _marks(near, size)
    share = float(marks.mean())
    # of a text that is mostly the exam's phrases, its own words must be there too
    particular = float(marks[own].mean()) if own.any() else share
    telling = [int(length) for _, start, length in pieces.tolist() if own[start : start + length].sum() >= config.ngram]
    longest = int(pieces["length"].max())
    name, needed = ("whole", config.whole) if size < config.shortest else ("containment", config.containment)
    if min(share, particular) >= needed:
        rule = name
    else:
        rule = "longest" if max(telling, default=0) >= config.longest else None
    return {
        "rule": rule,
        "containment": round(share, 4),
        "longest": longest,
        "spans": _spans(pieces if rule == "longest" else near, document, item),
    }


def set_evidence(document: Document, parts: Mapping[str, str], config: ContaminationConfig) -> dict[str, Any] | None:
    """What a document holds of a set of texts near each other, whatever their order, None for nothing.

    `rule` of the evidence: `set`, or None where it is not enough to say so.
    """
    items = {name: Shadow.of(text) for name, text in parts.items()}
    total = sum(len(item.codes) for item in items.values())
    found = {name: common_pieces(document, item, min(config.ngram, len(item.codes))) for name, item in items.items()}
    long = [pieces for name, pieces in found.items() if len(items[name].codes) >= config.ngram]
    where = long if any(map(len, long)) else list(found.values())
    if not any(map(len, where)):
        return None
    # numbers, explanations and other options may stand between
    low, high = _nearby(where, 3 * total + 600)
    near = {name: _inside(pieces, low, high) for name, pieces in found.items()}
    amounts = {name: covered(pieces, len(items[name].codes)) for name, pieces in near.items()}
    share = sum(amounts.values()) / total
    whole = sum(amounts[name] >= config.containment * len(items[name].codes) for name in parts)
    spans: list[dict[str, Any]] = []
    for name, pieces in near.items():
        # of a short option every mention is a piece: one is enough
        shown = pieces[:1] if len(items[name].codes) < config.ngram else pieces[:3]
        spans += [{"part": name, **span} for span in _spans(shown, document, items[name])]
    return {
        "rule": "set" if share >= config.containment and whole >= 2 else None,
        "containment": round(share, 4),
        "longest": int(max((pieces["length"].max(initial=0) for pieces in near.values()), default=0)),
        "spans": sorted(spans, key=lambda span: span["document"]),
    }
