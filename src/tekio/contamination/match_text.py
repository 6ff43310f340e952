"""Text as evaluation items are matched: NFKC, letters and digits only; its n-grams, and where they stand in the text."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import Codes, Offsets
from tekio.text.kernels.compiled import compiled
from tekio.text.kernels.shingles import Hashes, mix

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_DROP = np.uint32(0)


def shadow(text: str) -> str:
    """`text` as it is matched: NFKC, lower case, letters and digits only."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in plain if unicodedata.category(char)[0] in "LNM")


@cache
def shadow_table() -> Codes:
    """What a single code point of normalized text becomes in the shadow (0: nothing), for the first two planes.

    A code point whose NFKC form has several characters becomes the first letter or digit of it; items are treated the
    same, so both sides agree.
    """
    table = np.zeros(0x20000, dtype=np.uint32)
    for code in range(0x20000):
        if 0xD800 <= code < 0xE000:
            continue
        kept = shadow(chr(code))
        if kept:
            table[code] = ord(kept[0])
    return table


@compiled
def _ngrams(codes: Codes, table: Codes, length: int, ring: Hashes, out: Hashes) -> int:
    oldest = np.uint64(1)
    for _ in range(length):
        oldest *= _BASE
    ring[:length] = 0
    rolling, seen, count = np.uint64(0), 0, 0
    for code in codes:
        kept = table[code] if code < len(table) else code
        if kept == _DROP:
            continue
        place = seen % length
        rolling = rolling * _BASE + np.uint64(kept) - ring[place] * oldest
        ring[place] = np.uint64(kept)
        seen += 1
        if seen >= length:
            out[count] = mix(rolling) | np.uint64(1)
            count += 1
    return count


@compiled
def hit_texts(
    codes: Codes,
    offsets: Offsets,
    table: Codes,
    length: int,
    wanted: Hashes,
    ring: Hashes,
    out: NDArray[np.bool_],
) -> None:
    """Which texts have any wanted n-gram; `wanted` is an open-addressing table, 0 marks a free place."""
    oldest = np.uint64(1)
    for _ in range(length):
        oldest *= _BASE
    mask = len(wanted) - 1
    for text in range(len(offsets) - 1):
        ring[:length] = 0
        rolling, seen, place = np.uint64(0), 0, 0
        for position in range(offsets[text], offsets[text + 1]):
            code = codes[position]
            kept = table[code] if code < len(table) else code
            if kept == _DROP:
                continue
            rolling = rolling * _BASE + np.uint64(kept) - ring[place] * oldest
            ring[place] = np.uint64(kept)
            place = place + 1 if place + 1 < length else 0
            seen += 1
            if seen >= length:
                key = mix(rolling) | np.uint64(1)
                slot = np.int64(key >> np.uint64(20)) & mask
                while wanted[slot] != 0 and wanted[slot] != key:
                    slot = (slot + 1) & mask
                if wanted[slot] == key:
                    out[text] = True
                    break


def ngrams(text: str, length: int) -> Hashes:
    """Hashes of the shadow n-grams of one text, in order."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    out = np.empty(max(len(codes), 1), dtype=np.uint64)
    return out[: _ngrams(codes, shadow_table(), length, np.zeros(length, dtype=np.uint64), out)].copy()


@compiled
def fill_table(keys: Hashes, table: Hashes) -> None:
    """Put different keys into an open-addressing table (a power of two long, twice as long as there are keys)."""
    mask = len(table) - 1
    for key in keys:
        slot = np.int64(key >> np.uint64(20)) & mask
        while table[slot] != 0:
            slot = (slot + 1) & mask
        table[slot] = key


class Shadow(NamedTuple):
    """The shadow of one text: its code points, and the place of each in the text."""

    codes: Codes
    places: NDArray[np.int64]


def shadow_of(text: str) -> Shadow:
    """The shadow of `text`, character by character (see `shadow_table`)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    table = shadow_table()
    found = np.where(codes < len(table), table[np.minimum(codes, len(table) - 1)], codes)
    places = np.flatnonzero(found)
    return Shadow(found[places].astype(np.uint32), places)
