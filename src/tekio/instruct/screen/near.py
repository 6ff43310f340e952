"""Near duplicates: questions that say the same in almost the same characters, with the same answer.

Compared are character 5-grams (no word segmentation) of the input, or of the instruction where there is no input,
because thousands of records share one instruction. Two questions that differ in a number or whose answers differ are
no duplicates: in finance 「2023年度の売上高」 and 「2024年度の売上高」 are two questions.

Only numbers are kept of each record: the keys of its bands and one hash of what must be equal. The few pairs that these
leave are read again from where the records lie.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.instruct.candidate import Row
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.shingles import band_keys, choose_bands, jaccard, shingle_set, signatures

CHUNK = 20_000
COMPARED = 24
"""Members of a bucket a row is compared with at most; larger buckets hold template text."""
REMEMBERED = 4096
"""Records kept while their neighbours are compared."""

_NUMBERS = re.compile(r"[0-9]+|[a-z]+|[〇一二三四五六七八九十百千万億兆]+")
"""Numbers, and names in Latin letters: one character there is another year or another company."""


_NOISE = re.compile(
    r"[\s\u3000、。,，・!?！？「」『』()（）\[\]【】:：;；]+|(?<![0-9])[.．]+|[.．]+(?![0-9])|(?<![0-9])[~〜]+|[~〜]+(?![0-9])|-+(?![0-9])"
)
"""White space and punctuation, but for what makes another number of one: 1.5 and 15, -3 and 3, 7~9 and 79."""


def compared_text(text: str) -> str:
    """`text` as duplicates are compared: NFKC, lower case, without white space and punctuation. Never shown nor stored."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


class _Compared(NamedTuple):
    text: str
    answer: str
    instruction: str
    given: bool


class NearIndex:
    """The band keys of records, by their place."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.bands, self.band_rows = choose_bands(threshold)
        self._places: array[int] = array("Q")
        self._alike: array[int] = array("Q")
        self._texts: list[str] = []
        self._keys: list[NDArray[np.uint64]] = []
        self._counts: list[NDArray[np.int64]] = []

    def add(self, place: int, row: Row) -> None:
        """Note the record at `place`; places must rise."""
        seen = _compared(row)
        self._places.append(place)
        self._alike.append(_alike(seen))
        self._texts.append(seen.text)
        if len(self._texts) >= CHUNK:
            self._flush()

    def _flush(self) -> None:
        if self._texts:
            signed, count = signatures(code_points(self._texts))
            self._keys.append(band_keys(signed, self.bands, self.band_rows))
            self._counts.append(count)
            self._texts.clear()

    def candidates(self, alive: Sequence[int]) -> Iterator[tuple[int, int]]:
        """(earlier, later) places of living records that share a band, in order of the later and then the earlier."""
        self._flush()
        if not self._keys:
            return
        places = np.frombuffer(self._places, np.uint64).astype(np.int64)
        alike = np.frombuffer(self._alike, np.uint64)
        living = np.frombuffer(bytes(alive), np.uint8)[places] > 0
        usable = np.flatnonzero(living & (np.concatenate(self._counts) > 0))
        found: list[NDArray[np.int64]] = []
        for band in range(self.bands):
            column = np.concatenate([keys[:, band] for keys in self._keys])[usable]
            order = np.argsort(column, kind="stable")
            ordered, members = column[order], usable[order]
            for distance in range(1, min(COMPARED, len(members) - 1) + 1):
                same = ordered[distance:] == ordered[:-distance]
                if not same.any():
                    break  # no bucket has so many members
                same &= alike[members[distance:]] == alike[members[:-distance]]
                pairs = np.flatnonzero(same)
                found.append((members[pairs + distance] << 32) | members[pairs])
        if not found:
            return
        for pair in np.unique(np.concatenate(found)).tolist():
            yield int(places[pair & 0xFFFFFFFF]), int(places[pair >> 32])

    def decide(self, alive: bytearray, fetch: Callable[[int], Row], reject: Callable[[int, int, float], None]) -> None:
        """Call `reject(later, earlier, similarity)` for every record that nearly repeats an earlier one that stays.

        alive: one byte a place, which `reject` must clear. fetch: the record at a place.
        """

        @lru_cache(maxsize=REMEMBERED)
        def compared(place: int) -> _Compared:
            return _compared(fetch(place))

        for earlier, later in self.candidates(alive):
            if not alive[earlier] or not alive[later]:
                continue
            first, second = compared(earlier), compared(later)
            if not _comparable(first, second) or _numbers(first.text) != _numbers(second.text):
                continue
            similarity = jaccard(shingle_set(first.text), shingle_set(second.text))
            if similarity >= self.threshold and _same_answer(first.answer, second.answer, self.threshold):
                reject(later, earlier, similarity)


def _compared(row: Row) -> _Compared:
    record = row.record
    text = compared_text(record.meta.input or record.instruction)
    return _Compared(text, compared_text(record.output), record.instruction, record.meta.input is not None)


def _alike(seen: _Compared) -> int:
    """A hash of what must be equal in near duplicates, so that most pairs need not be read again."""
    parts = [str(seen.given), seen.instruction if seen.given else "", *_numbers(seen.text)]
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _numbers(text: str) -> list[str]:
    return _NUMBERS.findall(unicodedata.normalize("NFKC", text))


def _comparable(first: _Compared, second: _Compared) -> bool:
    """Rows with an input are about the same thing only under the same instruction."""
    return first.given == second.given and (not first.given or first.instruction == second.instruction)


def _same_answer(one: str, two: str, threshold: float) -> bool:
    if one == two:
        return True
    if _numbers(one) != _numbers(two):
        return False
    return jaccard(shingle_set(one), shingle_set(two)) >= threshold
