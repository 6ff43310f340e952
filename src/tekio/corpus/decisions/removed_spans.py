"""Parts of texts that are taken out because other documents have them: kept per unit, applied when rows are written."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from tekio.corpus.duplicates.hash_partitions import Records
from tekio.corpus.units.unit import read_batches
from tekio.corpus.units.unit_layout import ROWS

ALIVE = "alive.npy"  # which rows of a unit stand when repeats are looked for
CUTS = "cuts.npy"
PARTS = ("line_cuts.npy", "passage_cuts.bin")
RULES = ("boilerplate", "repeated_passage")
LINE, PASSAGE = 0, 1

# of: the hash of a line, or the row (among all) that has the passage
CUT = np.dtype([("row", "<i8"), ("start", "<i8"), ("end", "<i8"), ("rule", "<i8"), ("of", "<u8")])

_BLANK_LINES = re.compile("\n{3,}")


class Removed(NamedTuple):
    """A text without its cuts, and how many characters each rule took (blank lines that closed up count too)."""

    text: str
    characters: dict[str, int]


def alive_texts(unit: Path, decided: Path) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
    """The rows of a unit that stand, with their texts, batch by batch."""
    alive: NDArray[np.bool_] = np.load(decided / ALIVE)
    yield from chosen_texts(unit, np.flatnonzero(alive))


def chosen_texts(unit: Path, rows: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
    """Some rows of a unit (ascending) with their texts, batch by batch."""
    start = 0
    for batch in read_batches(unit / ROWS, ["text"]):
        low, high = np.searchsorted(rows, [start, start + batch.num_rows]).tolist()
        if low < high:
            texts = batch["text"].take(rows[low:high] - start).to_pylist()
            yield rows[low:high], cast("list[str]", texts)
        start += batch.num_rows


def merge_cuts(decided: Path) -> Records:
    """All cuts of a unit, by row and place, none inside another; also written to `CUTS`."""
    found = [np.zeros(0, dtype=CUT)]
    if (decided / PARTS[LINE]).is_file():
        found.append(np.load(decided / PARTS[LINE]))
    if (decided / PARTS[PASSAGE]).is_file():
        found.append(np.fromfile(decided / PARTS[PASSAGE], dtype=CUT))
    cuts = np.concatenate(found)
    cuts = cuts[np.lexsort((cuts["rule"], -cuts["end"], cuts["start"], cuts["row"]))]
    kept: list[int] = []
    row, end = -1, 0
    for place, cut in enumerate(zip(cuts["row"].tolist(), cuts["end"].tolist(), strict=True)):
        if cut[0] != row:
            row, end = cut[0], 0
        if cut[1] > end:
            kept.append(place)
            end = cut[1]
    cuts = cuts[kept]
    np.save(decided / CUTS, cuts)
    return cuts


def read_cuts(decided: Path) -> Records:
    """The merged cuts of a unit; none where nothing was looked for."""
    path = decided / CUTS
    return np.load(path) if path.is_file() else np.zeros(0, dtype=CUT)


def take_out(text: str, cuts: Sequence[tuple[int, int, int]]) -> Removed:
    """`text` without the parts (start, end, rule), in order of their starts; they may overlap."""
    pieces: list[str] = []
    characters: dict[str, int] = {}
    place = 0
    for start, end, rule in cuts:
        start = max(start, place)
        if end <= start:
            continue
        pieces.append(text[place:start])
        characters[RULES[rule]] = characters.get(RULES[rule], 0) + end - start
        place = end
    pieces.append(text[place:])
    whole = "".join(pieces)
    closed = _BLANK_LINES.sub("\n\n", whole).strip("\n")
    if characters and len(closed) < len(whole):
        first = next(iter(characters))
        characters[first] += len(whole) - len(closed)
    return Removed(closed, characters)


def by_row(cuts: Records) -> Iterator[tuple[int, list[tuple[int, int, int]], Records]]:
    """The cuts of each row: its number, (start, end, rule) of each, and the records."""
    rows, firsts = np.unique(cuts["row"], return_index=True)
    for row, low, high in zip(rows.tolist(), firsts.tolist(), [*firsts[1:].tolist(), len(cuts)], strict=False):
        own = cuts[low:high]
        yield row, list(zip(own["start"].tolist(), own["end"].tolist(), own["rule"].tolist(), strict=True)), own
