"""How much of a row was not said before: whether it is a new one, or the share of its character n-grams that no earlier row has.

The n-grams seen are bits in a table of fixed size (a Bloom filter with one hash), so memory does not grow with the rows; a full table
says "seen" too often, which only makes the stage stop earlier.
"""

from __future__ import annotations

import hashlib
from collections import deque

import numpy as np
from numpy.typing import NDArray

LENGTH = 8
BITS = 27
SMALLEST = 12
"""Bits of the number of places in the table of rows at first."""
WINDOW = 500
"""Rows by which a strategy is judged."""
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)


class SeenRows:
    """All rows so far: a hash of 64 bits each, in a table of numbers at most half full (16 to 32 bytes a row)."""

    def __init__(self) -> None:
        self._table = np.zeros(1 << SMALLEST, dtype=np.uint64)
        self._count = 0

    def new_share(self, text: str) -> float:
        """1 for a row that is new, 0 for one that is not."""
        mark = _hash(text)
        return float(int(self._table[self._place(mark)]) != mark)

    def add(self, text: str) -> None:
        """Remember the row."""
        self._put(_hash(text))
        if 2 * self._count > len(self._table):
            old, self._count = self._table, 0
            self._table = np.zeros(2 * len(old), dtype=np.uint64)
            for mark in old[old > 0].tolist():
                self._put(mark)

    def _put(self, mark: int) -> None:
        place = self._place(mark)
        if not self._table[place]:
            self._table[place] = mark
            self._count += 1

    def _place(self, mark: int) -> int:
        """Where a hash stands, or the free place it would have."""
        last = len(self._table) - 1
        place = mark & last
        while (found := int(self._table[place])) and found != mark:
            place = (place + 1) & last
        return place


def _hash(text: str) -> int:
    """Of 64 bits, never 0."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") or 1


class SeenPieces:
    """The n-grams of all rows so far. bits: of a number of a place in the table."""

    def __init__(self, bits: int = BITS) -> None:
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits - 3, dtype=np.uint8)

    def new_share(self, text: str) -> float:
        """The share of the text's n-grams that are new. Nothing is remembered yet."""
        places = _hashes(text) >> self._shift
        byte, bit = places >> np.uint64(3), (np.uint64(1) << (places & np.uint64(7))).astype(np.uint8)
        found: NDArray[np.uint8] = self._table[byte] & bit
        return 1 - np.count_nonzero(found) / len(found)

    def add(self, text: str) -> None:
        """Remember the text's n-grams."""
        places = _hashes(text) >> self._shift
        bits = (np.uint64(1) << (places & np.uint64(7))).astype(np.uint8)
        np.bitwise_or.at(self._table, places >> np.uint64(3), bits)


def _hashes(text: str) -> NDArray[np.uint64]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < LENGTH:
        codes = np.concatenate([codes, np.zeros(LENGTH - len(codes), dtype=np.uint64)])
    count = len(codes) - LENGTH + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for step in range(LENGTH):
        hashes = (hashes ^ codes[step : step + count]) * _PRIME
    return hashes * _MIX


class Repeats:
    """Whether a strategy has come to its end: too many of its last rows repeat earlier ones."""

    def __init__(self, most: float) -> None:
        self.most = most
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self._repeated = 0

    def note(self, repeats: bool) -> None:
        """A row was made."""
        if len(self._last) == WINDOW:
            self._repeated -= self._last[0]
        self._last.append(repeats)
        self._repeated += repeats

    @property
    def at_end(self) -> bool:
        return len(self._last) == WINDOW and self._repeated > self.most * WINDOW
