"""Text as evaluation items are matched: letters and digits only, in one width and case; its n-grams and where they stand.

The shadow is made code point by code point, so it knows no context: shadow(a + b) = shadow(a) + shadow(b), and nothing that
a copy usually changes (punctuation, white space, width, case, voiced marks written apart, prolonged sounds) is in it.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import Codes, Offsets, to_text
from tekio.text.kernels.compiled import compiled
from tekio.text.kernels.shingles import Hashes, mix
from tekio.text.normalize import RADICALS

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_DROP = np.uint32(0)
_TABLE = 0x30000
"""Code points with an entry in the table; above there are rare kanji, which stay, and marks, which do not."""
_MARKS = 0xE0000
_SEVERAL = 0x200000
"""From here on an entry is a place in the list of code points that become several (㈱ is 株, ㌔ is キロ, ㎡ is m2)."""
_PROLONGED = "ー"
_UNCHANGED = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2F800))


class _Tables(NamedTuple):
    """table: code point -> its shadow, 0 (none) or `_SEVERAL` + place in `several`, where a count is followed by them."""

    table: Codes
    several: Codes


def _plain(character: str) -> str:
    """One character as it is matched: NFKD without marks, case folded; letters and digits without the prolonged sound."""
    radical = RADICALS.get(ord(character))
    folded = unicodedata.normalize(
        "NFKD", chr(radical) if isinstance(radical, int) else radical or character
    ).casefold()
    return "".join(
        char
        for char in unicodedata.normalize("NFKD", folded)
        if unicodedata.category(char)[0] in "LN" and char != _PROLONGED
    )


@cache
def _tables() -> _Tables:
    table = np.arange(_TABLE, dtype=np.uint32)
    several: list[int] = []
    stay = np.zeros(_TABLE, dtype=np.bool_)
    for first, end in _UNCHANGED:
        stay[first:end] = True
    stay[list(RADICALS)] = False
    for code in np.flatnonzero(~stay).tolist():
        kept = "" if 0xD800 <= code < 0xE000 else _plain(chr(code))
        if len(kept) > 1:
            table[code] = _SEVERAL + len(several)
            several += [len(kept), *map(ord, kept)]
        else:
            table[code] = ord(kept) if kept else _DROP
    return _Tables(table, np.array(several, dtype=np.uint32))


@compiled
def _entry(code: int, table: Codes) -> int:
    if code < _TABLE:
        return int(table[code])
    return int(code) if code < _MARKS else 0


@compiled
def _fill(codes: Codes, table: Codes, several: Codes, out: Codes, places: NDArray[np.int64]) -> int:
    """The shadow of `codes` and the place each of it came from; counts on when `out` is full."""
    count = 0
    for place in range(len(codes)):
        entry = _entry(codes[place], table)
        parts = int(several[entry - _SEVERAL]) if entry >= _SEVERAL else 1 if entry > 0 else 0
        for part in range(parts):
            if count < len(out):
                out[count] = several[entry - _SEVERAL + 1 + part] if entry >= _SEVERAL else entry
                places[count] = place
            count += 1
    return count


@compiled
def _hit_texts(
    codes: Codes, offsets: Offsets, table: Codes, several: Codes, length: int, wanted: Hashes, out: NDArray[np.bool_]
) -> None:
    oldest = np.uint64(1)
    for _ in range(length):
        oldest *= _BASE
    ring = np.zeros(length, dtype=np.uint64)
    mask = len(wanted) - 1
    for text in range(len(offsets) - 1):
        ring[:] = 0
        rolling, seen, place = np.uint64(0), 0, 0
        for position in range(offsets[text], offsets[text + 1]):
            entry = _entry(codes[position], table)
            if entry == 0:
                continue
            parts = int(several[entry - _SEVERAL]) if entry >= _SEVERAL else 1
            for part in range(parts):
                kept = np.uint64(several[entry - _SEVERAL + 1 + part]) if entry >= _SEVERAL else np.uint64(entry)
                rolling = rolling * _BASE + kept - ring[place] * oldest
                ring[place] = kept
                place = place + 1 if place + 1 < length else 0
                seen += 1
                if seen >= length:
                    key = mix(rolling) | np.uint64(1)
                    slot = np.int64(key >> np.uint64(20)) & mask
                    while wanted[slot] != 0 and wanted[slot] != key:
                        slot = (slot + 1) & mask
                    if wanted[slot] == key:
                        out[text] = True
            if out[text]:
                break


def texts_with_any(codes: Codes, offsets: Offsets, length: int, wanted: Hashes) -> NDArray[np.int64]:
    """The numbers of the texts that have any wanted n-gram; `wanted` is a table of `lookup_table`."""
    tables = _tables()
    found = np.zeros(len(offsets) - 1, dtype=np.bool_)
    _hit_texts(codes, offsets, tables.table, tables.several, length, wanted, found)
    return np.flatnonzero(found)


@compiled
def _fill_table(keys: Hashes, table: Hashes) -> None:
    mask = len(table) - 1
    for key in keys:
        slot = np.int64(key >> np.uint64(20)) & mask
        while table[slot] != 0:
            slot = (slot + 1) & mask
        table[slot] = key


def lookup_table(keys: Hashes) -> Hashes:
    """Different n-grams as an open-addressing table: a power of two long, at least twice as long as there are keys."""
    size = 1024
    while size < 2 * len(keys):
        size *= 2
    table = np.zeros(size, dtype=np.uint64)
    _fill_table(keys, table)
    return table


class Shadow(NamedTuple):
    """The shadow of one text: its code points, and for each the place in the text it came from."""

    codes: Codes
    places: NDArray[np.int64]

    @classmethod
    def of(cls, text: str) -> Shadow:
        """The shadow of `text`."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        tables = _tables()
        nothing = np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int64)
        size = _fill(codes, tables.table, tables.several, *nothing)
        found = cls(np.empty(size, dtype=np.uint32), np.empty(size, dtype=np.int64))
        _fill(codes, tables.table, tables.several, *found)
        return found


def shadow(text: str) -> str:
    """`text` as it is matched: never shown, never stored."""
    return to_text(Shadow.of(text).codes)


@compiled
def _ngrams(codes: Codes, length: int, out: Hashes) -> None:
    oldest = np.uint64(1)
    for _ in range(length):
        oldest *= _BASE
    rolling = np.uint64(0)
    for place in range(len(codes)):
        rolling = rolling * _BASE + np.uint64(codes[place])
        if place >= length:
            rolling -= np.uint64(codes[place - length]) * oldest
        if place >= length - 1:
            out[place - length + 1] = mix(rolling) | np.uint64(1)


def ngrams(codes: Codes, length: int) -> Hashes:
    """A 64-bit hash of every n-gram of a shadow, in order; equal n-grams equal (and almost only those)."""
    out = np.zeros(max(0, len(codes) - length + 1), dtype=np.uint64)
    _ngrams(codes, length, out)
    return out
