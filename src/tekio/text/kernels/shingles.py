"""Character n-gram hashes and MinHash signatures, compiled.

Signatures are the one-hash "fast similarity sketch" of Dahlgaard, Knudsen and Thorup (FOCS 2017): each shingle is hashed
once into one of `BINS` bins and the bins keep their minimum; bins still empty are filled by further rounds, so short
texts are as exact as long ones. The share of equal bins estimates the Jaccard similarity like BINS independent
permutations do, at the price of about one. White space does not count, so layout does not hide a duplicate, and no
word segmentation is needed.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import CodePoints, Codes, Offsets
from tekio.text.kernels.compiled import compiled

Signatures = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Counts = NDArray[np.int64]
ShingleSet = NDArray[np.uint32]

BINS = 128
SHINGLE = 5

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_MIX_A, _MIX_B = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_S33, _S57, _LOW = np.uint64(33), np.uint64(57), np.uint64(0xFFFFFFFF)
_EMPTY = np.uint32(0xFFFFFFFF)


@cache
def space_table() -> NDArray[np.bool_]:
    """Which code points of the first plane are white space (all white space lies there)."""
    return np.array([chr(code).isspace() for code in range(0x10000)], dtype=np.bool_)


@compiled
def mix(value: np.uint64) -> np.uint64:
    """The finalizer of MurmurHash3: every input bit changes every output bit."""
    value ^= value >> _S33
    value *= _MIX_A
    value ^= value >> _S33
    value *= _MIX_B
    return value ^ (value >> _S33)


@compiled
def _shingles_of(codes: Codes, spaces: NDArray[np.bool_], length: int, out: Hashes) -> int:
    """Hashes of the character n-grams of one text without its white space; returns how many (repeats count).

    「，．」 count as 「、。」: public documents were written with them before 2022, and copies are written with either.
    """
    oldest = np.uint64(1)
    for _ in range(length):
        oldest *= _BASE
    ring = np.zeros(length, dtype=np.uint64)
    rolling, seen, count = np.uint64(0), 0, 0
    for code in codes:
        if code < 0x10000 and spaces[code]:
            continue
        if code == 0xFF0C:
            code = 0x3001
        elif code == 0xFF0E:
            code = 0x3002
        value = np.uint64(code) + np.uint64(1)
        place = seen % length
        rolling = rolling * _BASE + value - ring[place] * oldest
        ring[place] = value
        seen += 1
        if seen >= length:
            out[count] = mix(rolling)
            count += 1
    return count


@compiled
def _sign(shingles: Hashes, count: int, signature: Signatures, filled: NDArray[np.bool_]) -> None:
    filled[:] = False
    for turn in range(2 * BINS):
        seed = mix(np.uint64(turn))
        if turn == 0:
            for j in range(count):
                hashed = shingles[j]
                place = np.int64(hashed >> _S57)
                signature[place] = min(signature[place], np.uint32(hashed & _LOW))
        else:
            for j in range(count):
                hashed = mix(shingles[j] ^ seed)
                place = np.int64(hashed >> _S57) if turn < BINS else turn - BINS
                if not filled[place]:
                    signature[place] = min(signature[place], np.uint32(hashed & _LOW))
        missing = 0
        for place in range(BINS):
            filled[place] = signature[place] != _EMPTY
            if not filled[place]:
                missing += 1
        if missing == 0:
            return


@compiled
def _signatures(
    codes: Codes, offsets: Offsets, spaces: NDArray[np.bool_], length: int, out: Signatures, counts: Counts
) -> None:
    longest = 1
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    shingles = np.empty(longest, dtype=np.uint64)
    filled = np.empty(BINS, dtype=np.bool_)
    for text in range(len(offsets) - 1):
        counts[text] = _shingles_of(codes[offsets[text] : offsets[text + 1]], spaces, length, shingles)
        if counts[text] > 0:
            _sign(shingles, counts[text], out[text], filled)


def signatures(texts: CodePoints, length: int = SHINGLE) -> tuple[Signatures, Counts]:
    """MinHash signatures uint32 [texts, BINS] and the number of shingles int64 [texts].

    A text shorter than `length` has no shingles and an empty signature (all 2^32-1); never compare those.
    """
    out = np.full((texts.texts, BINS), _EMPTY, dtype=np.uint32)
    counts = np.zeros(texts.texts, dtype=np.int64)
    _signatures(texts.codes, texts.offsets, space_table(), length, out, counts)
    return out, counts


@compiled
def _shingle_sets(
    codes: Codes, offsets: Offsets, spaces: NDArray[np.bool_], length: int, out: ShingleSet, ends: Offsets
) -> None:
    longest = 1
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    hashes = np.empty(longest, dtype=np.uint64)
    short = np.empty(longest, dtype=np.uint32)
    place = 0
    for text in range(len(offsets) - 1):
        count = _shingles_of(codes[offsets[text] : offsets[text + 1]], spaces, length, hashes)
        for j in range(count):
            short[j] = np.uint32(hashes[j] >> np.uint64(32))
        ordered = np.sort(short[:count])
        for j in range(count):
            if j == 0 or ordered[j] != ordered[j - 1]:
                out[place] = ordered[j]
                place += 1
        ends[text + 1] = place


def shingle_sets(texts: CodePoints, length: int = SHINGLE) -> tuple[ShingleSet, Offsets]:
    """The different shingle hashes of every text, sorted: text i has `sets[ends[i]:ends[i + 1]]`.

    32 bits a hash: two shingles of one pair of texts fall together less than once in a million.
    """
    out = np.empty(len(texts.codes), dtype=np.uint32)
    ends = np.zeros(texts.texts + 1, dtype=np.int64)
    _shingle_sets(texts.codes, texts.offsets, space_table(), length, out, ends)
    return out[: ends[-1]].copy(), ends


def shingle_set(text: str, length: int = SHINGLE) -> Hashes:
    """The different shingle hashes of one text, sorted, in full (64 bits): for an index over many texts."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    out = np.empty(max(len(codes), 1), dtype=np.uint64)
    return np.unique(out[: _shingles_of(codes, space_table(), length, out)])


_FIGURE = re.compile(
    "([△▲−－-]?[ \u3000]?[0-9０-９]+(?:[,，.．][0-9０-９]+)*|[〇一二三四五六七八九十百千万億兆]+|元(?=年)|[(（][月火水木金土日](?:曜日?)?[)）])"
)
_HALF = str.maketrans("０１２３４５６７８９，．△▲−－", "0123456789,.----")


@dataclass(frozen=True)
class Figures:
    """What near duplicates are told apart by: what a text says without its figures, and the figures.

    words: a hash of the text without figures and white space. sequence: of its figures in order. different: the sorted
    hashes of its different figures.
    """

    words: int
    sequence: int
    different: ShingleSet

    def pack(self) -> ShingleSet:
        """As one array: words, sequence, figures."""
        return np.concatenate((np.array([self.words, self.sequence], dtype=np.uint32), self.different))

    @classmethod
    def unpack(cls, packed: ShingleSet) -> Figures:
        """The figures that `pack` packed."""
        return cls(int(packed[0]), int(packed[1]), packed[2:])

    def alike(self, other: Figures, threshold: float) -> bool:
        """Whether two near duplicates say the same of figures.

        Where nothing but figures can differ, all must be equal, in their order; else the figures must be as alike as the texts.
        """
        if self.words == other.words:
            return self.sequence == other.sequence
        if not len(self.different) and not len(other.different):
            return True
        return jaccard(self.different, other.different) >= threshold


def figures_of(text: str) -> Figures:
    """The figures of a text: numbers with sign and separators, numerals in kanji, days of the week in brackets.

    Widths, white space and commas in numbers make no difference.
    """
    parts = _FIGURE.split(text)  # words and figures in turn
    found = ["".join(item.translate(_HALF).replace(",", "").split()) for item in parts[1::2]]
    words = "".join("".join(parts[::2]).split())
    hashes = {zlib.crc32(figure.encode()) for figure in found}
    different: ShingleSet = np.array(sorted(hashes), dtype=np.uint32)
    return Figures(zlib.crc32(words.encode()), zlib.crc32("\n".join(found).encode()), different)


@compiled
def _shared(first: ShingleSet | Hashes, second: ShingleSet | Hashes) -> int:
    shared, i, j = 0, 0, 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            shared += 1
            i += 1
            j += 1
        elif first[i] < second[j]:
            i += 1
        else:
            j += 1
    return shared


def jaccard(first: ShingleSet | Hashes, second: ShingleSet | Hashes) -> float:
    """Jaccard similarity of two sorted sets of hashes of the same width; 0 when both are empty."""
    shared = _shared(first, second)
    union = len(first) + len(second) - shared
    return shared / union if union else 0.0


def estimate(first: Signatures, second: Signatures) -> NDArray[np.float64]:
    """Estimated Jaccard similarity of signatures, row by row (standard error at most 0.045)."""
    return np.mean(first == second, axis=-1)


def choose_bands(threshold: float, found: float = 0.97) -> tuple[int, int]:
    """Bands and rows of the signature (bands * rows <= BINS): the most selective choice that makes a pair of exactly
    `threshold` similarity a candidate with at least the probability `found`.
    """
    for rows in range(BINS, 1, -1):
        bands = BINS // rows
        if 1 - (1 - threshold**rows) ** bands >= found:
            return bands, rows
    return BINS, 1


def band_keys(signature: Signatures, bands: int, rows: int) -> Hashes:
    """One 64-bit key per band: uint64 [texts, bands]. Equal keys mean (almost surely) equal rows."""
    keys = np.empty((len(signature), bands), dtype=np.uint64)
    _band_keys(signature, bands, rows, keys)
    return keys


@compiled
def _band_keys(signature: Signatures, bands: int, rows: int, out: Hashes) -> None:
    for text in range(len(signature)):
        for band in range(bands):
            key = mix(np.uint64(band + 1))
            for row in range(band * rows, band * rows + rows):
                key = mix(key ^ np.uint64(signature[text, row])) * _BASE
            out[text, band] = key


@compiled
def _digests(codes: Codes, offsets: Offsets, out: Hashes) -> None:
    for text in range(len(offsets) - 1):
        first, second = np.uint64(offsets[text + 1] - offsets[text]), _MIX_B
        for place in range(offsets[text], offsets[text + 1]):
            code = np.uint64(codes[place])
            first = (first ^ code) * _MIX_A
            first ^= first >> _S33
            second = (second + code) * _BASE
            second ^= second >> _S33
        out[text, 0], out[text, 1] = mix(first), mix(second)


def digests(texts: CodePoints) -> Hashes:
    """128 bits over every text, uint64 [texts, 2]: equal texts, equal digests (not made to withstand an attacker)."""
    out = np.empty((texts.texts, 2), dtype=np.uint64)
    _digests(texts.codes, texts.offsets, out)
    return out
