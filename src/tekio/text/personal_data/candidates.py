"""Where in many texts personal data could be: one compiled pass, so that patterns look at few characters only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import CodePoints, Codes, Offsets
from tekio.text.kernels.compiled import compiled
from tekio.text.kernels.word_trie import WordTrie, count_words, word_trie
from tekio.text.personal_data.find import POLICY_WORDS, find_in_windows, number_characters
from tekio.text.personal_data.labelled import NUMBER_WORDS
from tekio.text.personal_data.spans import Span

FEWEST_DIGITS = 6
_NUMBER, _DIGIT, _AT = 1, 2, 4


@cache
def _table() -> NDArray[np.uint8]:
    table = np.zeros(0x10000, dtype=np.uint8)
    for code, digit in number_characters().items():
        table[code] = _AT if code in (0x40, 0xFF20) else _NUMBER | (_DIGIT if digit else 0)
    return table


@compiled
def _scan(codes: Codes, offsets: Offsets, table: NDArray[np.uint8], out: NDArray[np.int64]) -> int:
    """Runs with enough digits and every @ as (text, start, end) rows of `out`; counts on when `out` is full."""
    found = 0
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        run, digits = -1, 0
        for place in range(start, end + 1):
            kind = table[codes[place]] if place < end and codes[place] < 0x10000 else 0
            if kind & _NUMBER:
                if run < 0:
                    run, digits = place, 0
                digits += (kind & _DIGIT) >> 1
                continue
            if run >= 0:
                if digits >= FEWEST_DIGITS:
                    if found < len(out):
                        out[found, 0], out[found, 1], out[found, 2] = text, run - start, place - start
                    found += 1
                run = -1
            if kind & _AT:
                if found < len(out):
                    out[found, 0], out[found, 1], out[found, 2] = text, place - start, place - start + 1
                found += 1
    return found


@cache
def _policy_trie() -> WordTrie:
    return word_trie([*POLICY_WORDS, *NUMBER_WORDS])


def find_in_texts(texts: Sequence[str], points: CodePoints) -> dict[int, list[Span]]:
    """`find_personal_data` for every text (`points` are its code points); only texts with something found are listed."""
    out = np.empty((4096, 3), dtype=np.int64)
    count = _scan(points.codes, points.offsets, _table(), out)
    if count > len(out):
        out = np.empty((count, 3), dtype=np.int64)
        _scan(points.codes, points.offsets, _table(), out)
    windows: dict[int, list[tuple[int, int]]] = {}
    for text, start, end in out[:count].tolist():
        windows.setdefault(text, []).append((start, end))
    named = np.flatnonzero(
        count_words(points, _policy_trie())[:, 0]
    ).tolist()  # numbers in letters are found by their word
    found: dict[int, list[Span]] = {}
    for number in sorted({*windows, *named}):
        spans = find_in_windows(texts[number], windows.get(number, []))
        if spans:
            found[number] = spans
    return found
