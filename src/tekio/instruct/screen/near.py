"""Near duplicates: questions that say the same in almost the same characters, with the same answer.

Compared are character 5-grams (no word segmentation) of the input, or of the instruction where there is no input,
because thousands of records share one instruction. Two questions that differ in a number or whose answers differ are
no duplicates: in finance 「2023年度の売上高」 and 「2024年度の売上高」 are two questions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from tekio.instruct.rows import Row
from tekio.instruct.screen.shadow import shadow
from tekio.text.codepoints import code_points
from tekio.text.shingles import band_keys, choose_bands, jaccard, shingle_set, signatures

CHUNK = 20_000
COMPARED = 24
"""Members of a bucket a row is compared with at most; larger buckets hold template text."""

_NUMBERS = re.compile(r"[0-9]+|[a-z]+|[〇一二三四五六七八九十百千万億兆]+")
"""Numbers, and names in Latin letters: one character there is another year or another company."""


def reject_near_duplicates(rows: Sequence[Row], threshold: float) -> None:
    """Reject every row that nearly repeats an earlier one that stays."""
    texts = [shadow(row.record.meta.input or row.record.instruction) for row in rows]
    if len(rows) < 2:
        return
    bands, band_rows = choose_bands(threshold)
    keys: list[np.ndarray[tuple[int, int], np.dtype[np.uint64]]] = []
    counts: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    for start in range(0, len(texts), CHUNK):
        signed, count = signatures(code_points(texts[start : start + CHUNK]))
        keys.append(band_keys(signed, bands, band_rows))  # pyright: ignore[reportArgumentType]
        counts.append(count)  # pyright: ignore[reportArgumentType]
    every, lengths = np.concatenate(keys), np.concatenate(counts)
    usable = np.flatnonzero(lengths > 0)
    pairs: set[tuple[int, int]] = set()
    for band in range(bands):
        column = every[usable, band]
        order = np.argsort(column, kind="stable")
        ordered = column[order]
        edges = (
            np.flatnonzero(np.diff(ordered, prepend=ordered[:1] ^ 1, append=ordered[-1:] ^ 1))
            if len(ordered)
            else order
        )
        sizes = np.diff(edges)
        for run in np.flatnonzero(sizes > 1):
            members = sorted(int(item) for item in usable[order[edges[run] : edges[run + 1]]])
            for place, later in enumerate(members[1:], 1):
                pairs.update((earlier, later) for earlier in members[max(0, place - COMPARED) : place])
    _decide(rows, texts, sorted(pairs, key=lambda pair: (pair[1], pair[0])), threshold)


def _decide(rows: Sequence[Row], texts: Sequence[str], pairs: Sequence[tuple[int, int]], threshold: float) -> None:
    for earlier, later in pairs:
        first, second = rows[earlier], rows[later]
        if not first.alive or not second.alive or not _comparable(first, second):
            continue
        if _numbers(texts[earlier]) != _numbers(texts[later]):
            continue
        similarity = jaccard(shingle_set(texts[earlier]), shingle_set(texts[later]))
        if similarity >= threshold and _same_answer(first, second, threshold):
            second.reject("near_duplicate", {"of": first.record.id, "similarity": round(similarity, 3)})


def _numbers(text: str) -> list[str]:
    return _NUMBERS.findall(unicodedata.normalize("NFKC", text))


def _comparable(first: Row, second: Row) -> bool:
    """Rows with an input are about the same thing only under the same instruction."""
    if (first.record.meta.input is None) != (second.record.meta.input is None):
        return False
    return first.record.meta.input is None or first.record.instruction == second.record.instruction


def _same_answer(first: Row, second: Row, threshold: float) -> bool:
    one, two = shadow(first.record.output), shadow(second.record.output)
    if one == two:
        return True
    if _numbers(one) != _numbers(two):
        return False
    return jaccard(shingle_set(one), shingle_set(two)) >= threshold
