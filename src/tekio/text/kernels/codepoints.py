"""Many texts as one array of code points: decoded once, read by every compiled pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.compiled import compiled

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int64]


class CodePoints(NamedTuple):
    """Texts one after the other: text i is `codes[offsets[i]:offsets[i + 1]]`."""

    codes: Codes
    offsets: Offsets

    @property
    def texts(self) -> int:
        return len(self.offsets) - 1


def code_points(texts: Sequence[str]) -> CodePoints:
    """The code points of `texts` (lone surrogates pass)."""
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return CodePoints(codes, offsets)


def exchanged(points: CodePoints, texts: Mapping[int, str]) -> CodePoints:
    """`points` with some of their texts, by number, in place of those they hold: what stays is copied, not decoded again."""
    if not texts:
        return points
    numbers = sorted(texts)
    new = code_points([texts[number] for number in numbers])
    lengths = np.diff(points.offsets)
    lengths[numbers] = np.diff(new.offsets)
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    parts: list[Codes] = []
    end = 0
    for place, number in enumerate(numbers):
        parts += [
            points.codes[end : points.offsets[number]],
            new.codes[new.offsets[place] : new.offsets[place + 1]],
        ]
        end = points.offsets[number + 1]
    return CodePoints(np.concatenate([*parts, points.codes[end:]]), offsets)


@compiled
def _encode(codes: Codes, out: NDArray[np.uint8]) -> int:
    place = 0
    for code in codes:
        if code < 0x80:
            out[place] = code
            place += 1
        elif code < 0x800:
            out[place] = 0xC0 | (code >> 6)
            out[place + 1] = 0x80 | (code & 0x3F)
            place += 2
        elif code < 0x10000:
            out[place] = 0xE0 | (code >> 12)
            out[place + 1] = 0x80 | ((code >> 6) & 0x3F)
            out[place + 2] = 0x80 | (code & 0x3F)
            place += 3
        else:
            out[place] = 0xF0 | (code >> 18)
            out[place + 1] = 0x80 | ((code >> 12) & 0x3F)
            out[place + 2] = 0x80 | ((code >> 6) & 0x3F)
            out[place + 3] = 0x80 | (code & 0x3F)
            place += 4
    return place


@compiled
def _encode_all(codes: Codes, offsets: Offsets, out: NDArray[np.uint8], ends: Offsets) -> None:
    place = 0
    for text in range(len(offsets) - 1):
        place += _encode(codes[offsets[text] : offsets[text + 1]], out[place:])
        ends[text + 1] = place


def to_utf8(points: CodePoints) -> tuple[NDArray[np.uint8], Offsets]:
    """All texts in UTF-8, one after the other, and their ends: the layout of an Arrow string column."""
    out = np.empty(4 * len(points.codes), dtype=np.uint8)
    ends = np.zeros(points.texts + 1, dtype=np.int64)
    _encode_all(points.codes, points.offsets, out, ends)
    return out[: ends[-1]].copy(), ends


def to_text(codes: Codes) -> str:
    """The text of an array of code points."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")
