"""The characters of a PDF page: one by one as glyphs, and their places as arrays for what is asked of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from typing import cast, overload

import numpy as np
from numpy.typing import NDArray

from tekio.text.pdf.overprinted import FEWEST, ON, parted

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

APART, APART_FIGURES = 1.2, 0.3
"""Width of a gap between two cells of a line, in characters, and between two figures."""
NUMBER_APART = 0.15
"""Width of a gap behind the number of an item, in characters."""
_DIGITS = frozenset("0123456789")
_COUNTERS = frozenset(
    "年月日時分秒回円銭件人社名個点倍億万千百兆条章節項号期代歳台枚本割か箇ヶカつ店票口株戸室棟度第週世次等級番丁目"
)
by_line = attrgetter("middle", "x0")
"""Sorts characters by line, and each line from left to right."""


@dataclass(init=False, slots=True)
class Glyph:
    """A character and its box in points; `top` grows downwards.

    middle, center: of its height and width. size: the longer side. They are kept because a page is looked at many times.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    middle: float
    center: float
    size: float

    def __init__(self, text: str, x0: float, x1: float, top: float, bottom: float) -> None:
        self.text, self.x0, self.x1, self.top, self.bottom = text, x0, x1, top, bottom
        self.middle = (top + bottom) / 2
        self.center = (x0 + x1) / 2
        wide, high = x1 - x0, bottom - top
        self.size = wide if wide > high else high

    def turned(self) -> Glyph:
        """The character on the page turned by 90 degrees: lines that run down, from right to left, become rows."""
        return Glyph(self.text, self.top, self.bottom, -self.x1, -self.x0)


def _is_solid(text: str) -> bool:
    return bool(text.strip())


def listed(places: IntArray) -> list[int]:
    """Places as plain numbers."""
    return cast("list[int]", places.tolist())


class Characters(Sequence[Glyph]):
    """Characters in the order of the file. x0, x1, top, bottom, middle, center, size: as a glyph's, an array of each.

    The glyphs are made when the first is asked for: of a page of plain lines none is.
    """

    def __init__(self, texts: list[str], x0: FloatArray, x1: FloatArray, top: FloatArray, bottom: FloatArray) -> None:
        self.texts, self.x0, self.x1, self.top, self.bottom = texts, x0, x1, top, bottom
        self.middle: FloatArray = (top + bottom) / 2
        self.center: FloatArray = (x0 + x1) / 2
        self.size: FloatArray = np.maximum(x1 - x0, bottom - top)

    @cached_property
    def glyphs(self) -> list[Glyph]:
        """Each by itself."""
        edges = (self.x0, self.x1, self.top, self.bottom)
        return list(map(Glyph, self.texts, *(edge.tolist() for edge in edges)))

    @cached_property
    def solid(self) -> NDArray[np.bool_]:
        """Which are no blanks."""
        return self.which(_is_solid)

    @cached_property
    def kinds(self) -> IntArray:
        """A number for each text, the same for the same."""
        if len(whole := "".join(self.texts)) == len(self.texts):
            return np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(text, len(numbers)) for text in self.texts], np.int64)

    def which(self, is_one: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Which texts are of a kind; each that comes again is looked at once."""
        told = {text: is_one(text) for text in set(self.texts)}
        return np.array(list(map(told.__getitem__, self.texts)), bool)

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[Glyph]:
        return iter(self.glyphs)

    @overload
    def __getitem__(self, place: int) -> Glyph: ...
    @overload
    def __getitem__(self, place: slice) -> list[Glyph]: ...
    def __getitem__(self, place: int | slice) -> Glyph | list[Glyph]:
        return self.glyphs[place]

    def without(self, gone: set[int]) -> Characters:
        """Those whose places are not among some."""
        kept = np.ones(len(self), bool)
        kept[list(gone)] = False
        return self.at(np.flatnonzero(kept)) if gone else self

    def turned(self) -> Characters:
        """Those of the page turned by 90 degrees (`Glyph.turned`)."""
        return Characters(self.texts, self.top, self.bottom, -self.x1, -self.x0)

    def at(self, places: IntArray) -> Characters:
        """Those at some places, which are given in their order."""
        if len(places) == len(self):
            return self
        texts = [self.texts[place] for place in listed(places)]
        return Characters(texts, self.x0[places], self.x1[places], self.top[places], self.bottom[places])


def are_figures(before: str, after: str) -> bool:
    """Whether two characters may be the end of a figure and the beginning of the next."""
    return before[-1:] in "0123456789)%％－" and after[:1] in "0123456789(△▲－"


def lines_of(page: Characters) -> list[list[int]]:
    """The places of characters by line, from top to bottom, each from left to right; lines of blanks are none."""
    order = np.lexsort((page.x0, page.middle))
    middles, sizes = page.middle[order].tolist(), page.size[order].tolist()
    numbers: list[int] = []
    line, first, size = -1, float("-inf"), 0.0
    for middle, own in zip(middles, sizes, strict=True):
        if middle - first > 0.45 * (own if own > size else size):
            line, first, size = line + 1, middle, own
        numbers.append(line)
    number = np.array(numbers, np.int64)
    across = np.lexsort((page.x0[order], number))
    cuts = [0, *listed(np.flatnonzero(np.diff(number)) + 1), len(order)]
    places = listed(order[across])
    lines = [places[begin:end] for begin, end in pairwise(cuts) if end > begin]
    if _any_on_another(page, np.array(places, np.int64), number):
        lines = parted(lines, _Edges(page.x0.tolist(), page.x1.tolist(), page.middle.tolist(), page.texts))
    if page.solid.all():
        return lines
    solid = page.solid.tolist()
    return [line for line in lines if any(solid[place] for place in line)]


@dataclass(frozen=True)
class _Edges:
    x0: list[float]
    x1: list[float]
    middle: list[float]
    texts: list[str]


def _any_on_another(page: Characters, places: IntArray, number: IntArray) -> bool:
    """Whether several characters of a line stand on the one before them. number: of the line of each."""
    x0, x1 = page.x0[places], page.x1[places]
    over = x1[:-1] - x0[1:]
    on = over > ON * np.minimum(x1[:-1] - x0[:-1], x1[1:] - x0[1:])
    return int((on & (over > 0) & (number[1:] == number[:-1])).sum()) >= FEWEST


def texts_of(page: Characters, lines: Sequence[Sequence[int]]) -> list[str]:
    """The texts of lines; a blank where characters stand apart."""
    texts, x0, x1, sizes = page.texts, page.x0.tolist(), page.x1.tolist(), page.size.tolist()
    written: list[str] = []
    for line in lines:
        pieces: list[str] = [texts[line[0]]]
        for last, place in pairwise(line):
            gap = x0[place] - x1[last]
            before, text = texts[last], texts[place]
            if gap > 0.25 * sizes[place] and not (before.isspace() or text.isspace()):
                latin = before[-1:].isascii() and text[:1].isascii()
                if latin or gap > 1.2 * sizes[place]:
                    pieces.append(" ")
            if len(pieces) < 3 and gap > NUMBER_APART * sizes[place] and begins_item(pieces, text):
                pieces.append(" ")
            pieces.append(text)
        written.append("".join(pieces).rstrip().lstrip(" "))  # full-width blanks set a line in
    return written


def begins_item(before: Sequence[str], text: str) -> bool:
    """Whether a line that has begun with `before` goes on with the words of an item or a note behind its number: 1 消費税抜き.

    Programs set figures and kanji apart everywhere (5 月), so what counts or measures is none.
    """
    return (
        0 < len(before) < 3
        and all(piece in _DIGITS for piece in before)
        and "\u3041" <= text[:1] <= "\u9fff"
        and text[:1] not in _COUNTERS
    )


def characters_of(glyphs: Sequence[Glyph]) -> Characters:
    """Glyphs with their places as arrays."""
    if isinstance(glyphs, Characters):
        return glyphs
    boxes = np.array([(glyph.x0, glyph.x1, glyph.top, glyph.bottom) for glyph in glyphs], np.float64).reshape(-1, 4)
    return Characters([glyph.text for glyph in glyphs], *boxes.T)
