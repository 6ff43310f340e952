"""Many texts as one array of code points: decoded once, read by every compiled pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


def to_text(codes: Codes) -> str:
    """The text of an array of code points."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")
