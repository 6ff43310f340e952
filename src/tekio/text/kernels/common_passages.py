"""Lines, paragraphs and passages that texts have in common: found by 64-bit hashes, compiled.

Passages: the positions that winnowing chooses (Schleimer, Wilkerson, Aiken, SIGMOD 2003) are such that two texts with a
common passage of a given length choose one position in it alike, so few hashes find every common passage.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import CodePoints, Codes, Offsets
from tekio.text.kernels.compiled import compiled
from tekio.text.kernels.shingles import Hashes, mix

Places = NDArray[np.int64]

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_ONE = np.uint64(1)
MOST_DIGITS = 0.1
"""Share of digits from which a line is taken for numbers, not for words that pages repeat."""


class Lines(NamedTuple):
    """Lines and paragraphs of many texts: number of the text, start and end in it (white space at the ends left out)."""

    text: Places
    start: Places
    end: Places
    hashes: Hashes


@compiled
def _is_letter(code: int) -> bool:
    return (
        0x3041 <= code <= 0x3096
        or 0x30A1 <= code <= 0x30FA
        or 0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x41 <= code <= 0x5A
        or 0x61 <= code <= 0x7A
        or code == 0x3005
    )


@compiled
def _lines(codes: Codes, offsets: Offsets, least: int, most_digits: float, out: Places, hashes: Hashes) -> int:
    """Rows (text, start, end) of `out` for lines, and for paragraphs of two lines or more; counts on when it is full."""
    found = 0
    for text in range(len(offsets) - 1):
        base, stop = offsets[text], offsets[text + 1]
        line = base
        # the paragraph so far: start, end, hash, lines, letters, digits, whether it has cells of a table
        begin, finish, whole, count, all_letters, all_digits, table = base, base, np.uint64(0), 0, 0, 0, False
        for place in range(base, stop + 1):
            if place < stop and codes[place] != 10:
                continue
            start, end = line, place
            while start < end and (codes[start] == 0x20 or codes[start] == 0x3000 or codes[start] == 9):
                start += 1
            while end > start and (codes[end - 1] == 0x20 or codes[end - 1] == 0x3000 or codes[end - 1] == 9):
                end -= 1
            letters, digits, cells, rolling = 0, 0, False, np.uint64(0)
            for at in range(start, end):
                code = codes[at]
                rolling = rolling * _BASE + np.uint64(code) + _ONE
                if _is_letter(code):
                    letters += 1
                elif 0x30 <= code <= 0x39 or 0xFF10 <= code <= 0xFF19:
                    digits += 1
                elif code == 0x7C or code == 9:
                    cells = True
            hashed = mix(rolling + np.uint64(end - start))
            if end > start:
                if letters >= least and digits <= most_digits * (end - start) and not cells:
                    if found < len(hashes):
                        out[found, 0], out[found, 1], out[found, 2] = text, start - base, end - base
                        hashes[found] = hashed
                    found += 1
                if count == 0:
                    begin, whole, all_letters, all_digits, table = start, np.uint64(7), 0, 0, False
                finish, whole, count = end, mix(whole * _BASE + hashed), count + 1
                all_letters += letters
                all_digits += digits
                table = table or cells
            if (end == start or place == stop) and count > 0:
                numbers = all_digits > most_digits * (finish - begin)
                if count > 1 and all_letters >= least and not numbers and not table:
                    if found < len(hashes):
                        out[found, 0], out[found, 1], out[found, 2] = text, begin - base, finish - base
                        hashes[found] = whole
                    found += 1
                count = 0
            line = place + 1
    return found


def lines_of(points: CodePoints, least: int) -> Lines:
    """The lines and paragraphs with at least `least` letters that are neither numbers nor rows of a table."""
    size = 1024
    while True:
        out, hashes = np.empty((size, 3), dtype=np.int64), np.empty(size, dtype=np.uint64)
        count = _lines(points.codes, points.offsets, least, MOST_DIGITS, out, hashes)
        if count <= size:
            return Lines(out[:count, 0], out[:count, 1], out[:count, 2], hashes[:count])
        size = count


@compiled
def _rolling(codes: Codes, length: int, out: Hashes) -> None:
    oldest = _ONE
    for _ in range(length):
        oldest *= _BASE
    rolling = np.uint64(0)
    for place in range(len(codes)):
        rolling = rolling * _BASE + np.uint64(codes[place]) + _ONE
        if place >= length:
            rolling -= (np.uint64(codes[place - length]) + _ONE) * oldest
        if place >= length - 1:
            out[place - length + 1] = mix(rolling)


def window_hashes(codes: Codes, length: int) -> Hashes:
    """A hash of every window of `length` characters of one text."""
    out = np.empty(max(len(codes) - length + 1, 0), dtype=np.uint64)
    if len(out):
        _rolling(codes, length, out)
    return out


@compiled
def _winnow(
    codes: Codes, offsets: Offsets, gram: int, window: int, hashes: Hashes, ring: Places, out: Places, keys: Hashes
) -> int:
    """The rightmost smallest of every `window` hashes; rows (text, place) of `out`; counts on when it is full."""
    found = 0
    for text in range(len(offsets) - 1):
        own = codes[offsets[text] : offsets[text + 1]]
        count = len(own) - gram + 1
        if count < window:
            continue
        _rolling(own, gram, hashes)
        head, tail = 0, 0  # of the queue of places whose hashes grow
        last = -1
        for place in range(count):
            while tail > head and hashes[ring[(tail - 1) % window]] >= hashes[place]:
                tail -= 1
            ring[tail % window] = place
            tail += 1
            if ring[head % window] <= place - window:
                head += 1
            if place >= window - 1 and ring[head % window] != last:
                last = ring[head % window]
                if found < len(keys):
                    out[found, 0], out[found, 1] = text, last
                    keys[found] = hashes[last]
                found += 1
    return found


def winnow(points: CodePoints, gram: int, length: int) -> tuple[Places, Places, Hashes]:
    """(text, place, hash) of chosen n-grams: any two texts with a common passage of `length` characters have one in it."""
    window = length - gram + 1
    longest = int(np.diff(points.offsets).max(initial=0))
    hashes = np.empty(max(longest, 1), dtype=np.uint64)
    ring = np.zeros(window, dtype=np.int64)
    size = 1024 + 4 * len(points.codes) // window
    while True:
        out, keys = np.empty((size, 2), dtype=np.int64), np.empty(size, dtype=np.uint64)
        count = _winnow(points.codes, points.offsets, gram, window, hashes, ring, out, keys)
        if count <= size:
            return out[:count, 0], out[:count, 1], keys[:count]
        size = count


class Windows:
    """Windows of the texts seen so far, by hash: which text had each first, and where. most: windows that are kept."""

    def __init__(self, most: int) -> None:
        size = 1024
        while size < 2 * most:
            size *= 2
        self._keys = np.zeros(size, dtype=np.uint64)
        self._owners = np.zeros(size, dtype=np.int32)
        self._places = np.zeros(size, dtype=np.int32)
        self._left = most

    def look(self, hashes: Hashes, spans: Places) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """For every window that begins in `spans` (rows of start, end): the text that had it and where; -1: none."""
        owners = np.full(len(hashes), -1, dtype=np.int32)
        places = np.full(len(hashes), -1, dtype=np.int32)
        _look(hashes, spans, self._keys, self._owners, self._places, owners, places)
        return owners, places

    def add(self, hashes: Hashes, spans: Places, owner: int) -> bool:
        """Remember the windows of text `owner` that are new. False: there is no room, and they are not remembered."""
        wanted = int((spans[:, 1] - spans[:, 0]).sum()) if len(spans) else 0
        if wanted > self._left:
            return False
        self._left -= _add(hashes, spans, owner, self._keys, self._owners, self._places)
        return True


@compiled
def _look(
    hashes: Hashes,
    spans: Places,
    keys: Hashes,
    owners: NDArray[np.int32],
    places: NDArray[np.int32],
    found: NDArray[np.int32],
    where: NDArray[np.int32],
) -> None:
    mask = len(keys) - 1
    for span in range(len(spans)):
        for start in range(spans[span, 0], spans[span, 1]):
            key = hashes[start] | _ONE
            slot = np.int64(key >> np.uint64(20)) & mask
            while keys[slot] != 0 and keys[slot] != key:
                slot = (slot + 1) & mask
            if keys[slot] == key:
                found[start], where[start] = owners[slot], places[slot]


@compiled
def _add(
    hashes: Hashes,
    spans: Places,
    owner: int,
    keys: Hashes,
    owners: NDArray[np.int32],
    places: NDArray[np.int32],
) -> int:
    mask = len(keys) - 1
    added = 0
    for span in range(len(spans)):
        for start in range(spans[span, 0], spans[span, 1]):
            key = hashes[start] | _ONE
            slot = np.int64(key >> np.uint64(20)) & mask
            while keys[slot] != 0 and keys[slot] != key:
                slot = (slot + 1) & mask
            if keys[slot] == 0:
                keys[slot], owners[slot], places[slot] = key, owner, start
                added += 1
    return added
