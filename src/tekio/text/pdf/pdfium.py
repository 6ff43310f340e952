"""A PDF page by pdfium: its characters with their boxes in the order of the file, its ruling lines, its pictures.

All places are points on the page as it is shown (cropped, turned by its `/Rotate`), from its left edge and downwards from its
top edge. What pdfium may leave out without an error is counted, so that a caller can have another library read such a page.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pypdfium2's raw layer is not fully typed)

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tekio.text.pdf.characters import Characters, FloatArray, characters_of
from tekio.text.pdf.pdfium_blanks import with_blanks

MAX_DEPTH = 8
"""Forms within forms."""
MAX_OBJECTS = 100_000
MAX_SEGMENTS = 20_000
"""Of one page's paths that are looked at: a drawing or a map has more, a table does not."""
SHORTEST_RULE = 3.0
DESCENT = 0.12
"""How far characters reach below their line, of their size, in Japanese fonts."""
STRAIGHT = 0.5
"""Points by which the ends of a ruling line may differ."""

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: (x, y) becomes (a x + c y + e, b x + d y + f), as in ISO 32000-1, 8.3.3."""


@dataclass(frozen=True)
class PageReading:
    """What stands on a page. width, height: of the page as it is shown.

    glyphs: its characters in the order of the file, without those that lie outside of the page. across: horizontal ruling
    lines as (x0, x1, y); down: vertical ones as (top, bottom, x). many_rules: there were more than were looked at.
    images: pictures. runs: pieces of text that the page draws and that are not blank; missed: those of them that no character
    was told of. unmapped: characters whose font does not say what they are.
    """

    width: float
    height: float
    glyphs: Characters
    across: list[tuple[float, float, float]] = field(default_factory=list[tuple[float, float, float]])
    down: list[tuple[float, float, float]] = field(default_factory=list[tuple[float, float, float]])
    many_rules: bool = False
    images: int = 0
    runs: int = 0
    missed: int = 0
    unmapped: int = 0


def read_page(page: Any, textpage: Any) -> PageReading:
    """Read a page. page, textpage: pypdfium2's."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    shown = _shown(rotation, left, bottom, right, top)
    turned = rotation in (90, 270)
    width, height = (top - bottom, right - left) if turned else (right - left, top - bottom)
    calls = _calls()
    glyphs, seen, unmapped = _characters(calls, _address(textpage.raw), shown, width, height)
    found = _Objects(calls, shown, seen, width, height)
    found.look(_address(page.raw))
    return PageReading(
        width, height, glyphs, *found.rules(), found.segments >= MAX_SEGMENTS, found.images,
        found.runs, found.missed, unmapped,
    )  # fmt: skip


class _Calls:
    """pdfium's functions for addresses as plain numbers: a page takes thousands of calls, and ctypes makes an object of every
    pointer that a function of pypdfium2's gives or takes. Numbers can be compared, too. No other thread waits for these short calls.
    """

    def __init__(self) -> None:
        import pypdfium2.raw as raw

        address, whole, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_float

        def call(name: str, result: Any, *takes: Any) -> Any:
            return ctypes.PYFUNCTYPE(result, *takes)(_address(getattr(raw, name)))

        self.rect, self.matrix, self.real = raw.FS_RECTF, raw.FS_MATRIX, real
        self.text, self.path, self.image, self.form = (
            raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM,
        )  # fmt: skip
        self.move_to, self.line_to = raw.FPDF_SEGMENT_MOVETO, raw.FPDF_SEGMENT_LINETO
        self.string = call("FPDFText_GetText", whole, address, whole, whole, address)
        self.count_characters = call("FPDFText_CountChars", whole, address)
        self.code = call("FPDFText_GetUnicode", ctypes.c_uint, address, whole)
        self.loose_box = call("FPDFText_GetLooseCharBox", whole, address, whole, address)
        self.object_of = call("FPDFText_GetTextObject", address, address, whole)
        self.font_of = call("FPDFTextObj_GetFont", address, address)
        self.origin = call("FPDFText_GetCharOrigin", whole, address, whole, address, address)
        self.font_size = call("FPDFText_GetFontSize", ctypes.c_double, address, whole)
        self.matrix_at = call("FPDFText_GetMatrix", whole, address, whole, address)
        self.is_generated = call("FPDFText_IsGenerated", whole, address, whole)
        self.is_unmapped = call("FPDFText_HasUnicodeMapError", whole, address, whole)
        self.count_objects = call("FPDFPage_CountObjects", whole, address)
        self.object = call("FPDFPage_GetObject", address, address, whole)
        self.count_in_form = call("FPDFFormObj_CountObjects", whole, address)
        self.object_in_form = call("FPDFFormObj_GetObject", address, address, ctypes.c_ulong)
        self.kind = call("FPDFPageObj_GetType", whole, address)
        self.bounds = call("FPDFPageObj_GetBounds", whole, address, address, address, address, address)
        self.matrix_of = call("FPDFPageObj_GetMatrix", whole, address, address)
        self.count_segments = call("FPDFPath_CountSegments", whole, address)
        self.segment = call("FPDFPath_GetPathSegment", address, address, whole)
        self.point = call("FPDFPathSegment_GetPoint", whole, address, address, address)
        self.segment_kind = call("FPDFPathSegment_GetType", whole, address)
        self.closes = call("FPDFPathSegment_GetClose", whole, address)


@cache
def _calls() -> _Calls:
    return _Calls()


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _shown(rotation: int, left: float, bottom: float, right: float, top: float) -> Matrix:
    """From a page's own coordinates to those of the page as it is shown."""
    return {
        90: (0.0, 1.0, 1.0, 0.0, -bottom, -left),
        180: (-1.0, 0.0, 0.0, 1.0, right, -bottom),
        270: (0.0, -1.0, -1.0, 0.0, top, right),
    }.get(rotation, (1.0, 0.0, 0.0, -1.0, -left, top))


def _boxes(
    matrix: Matrix, x0: FloatArray, y0: FloatArray, x1: FloatArray, y1: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """(x0, top, x1, bottom) of boxes that a matrix moves."""
    a, b, c, d, e, f = matrix
    xs = np.array((a * x0 + c * y0 + e, a * x1 + c * y0 + e, a * x0 + c * y1 + e, a * x1 + c * y1 + e))
    ys = np.array((b * x0 + d * y0 + f, b * x1 + d * y0 + f, b * x0 + d * y1 + f, b * x1 + d * y1 + f))
    return xs.min(0), ys.min(0), xs.max(0), ys.max(0)


def _characters(
    calls: _Calls, textpage: int, shown: Matrix, width: float, height: float
) -> tuple[Characters, set[int], int]:
    """(characters, the addresses of the text objects that they belong to, how many the font does not map).

    The same question is asked for all characters by `map`, and what is told lies in arrays: a page has thousands of them.
    """
    codes = _codes(calls, textpage)
    blank = codes == 0x20  # the file's or pdfium's own, without a place
    wanted = ~blank
    unmapped = 0
    for number in np.flatnonzero((codes < 0x20) | (codes >= 0xE000)).tolist():
        if (codes[number] < 0x20 or codes[number] == 0xFFFE) and calls.is_generated(textpage, number) == 1:
            wanted[number] = False  # ends of lines
        elif calls.is_unmapped(textpage, number) == 1:
            unmapped += 1
    places = np.flatnonzero(wanted)
    numbers = places.tolist()
    if not numbers:
        return characters_of([]), {0}, unmapped
    objects = [one or 0 for one in map(calls.object_of, repeat(textpage), numbers)]
    boxes = np.zeros((len(numbers), 4), np.float32)  # left, top, right, bottom
    told = np.array(list(map(calls.loose_box, repeat(textpage), numbers, _rows(boxes))), bool)
    left, high, right, low = boxes.astype(np.float64).T
    if shown[0] == 1.0:
        x0, x1, top, bottom = left + shown[4], right + shown[4], shown[5] - high, shown[5] - low
        level, base, size = _lines(calls, textpage, numbers, objects)
        bottom[level] = shown[5] - base + DESCENT * size
        top[level] = bottom[level] - size
    else:
        x0, top, x1, bottom = _boxes(shown, left, low, right, high)
    with np.errstate(invalid="ignore", over="ignore"):  # numbers of a broken file
        across, down = (x0 + x1) / 2, (top + bottom) / 2
    kept = np.flatnonzero(told & (across >= -1) & (across <= width + 1) & (down >= -1) & (down <= height + 1))
    found = Characters(_texts(codes[places[kept]]), x0[kept], x1[kept], top[kept], bottom[kept])
    stand = places[kept]

    def is_of_file(place: int) -> bool:
        between = range(int(stand[place - 1]) + 1, int(stand[place]))
        return any(blank[number] and calls.is_generated(textpage, number) != 1 for number in between)

    told_blank = np.flatnonzero(np.diff(np.cumsum(blank)[stand])) + 1
    return with_blanks(found, told_blank, is_of_file), {0, *objects}, unmapped


def _texts(codes: NDArray[np.int64]) -> list[str]:
    codes = np.where(codes == 2, ord("-"), np.where(codes < 0x110000, codes, 0xFFFD))
    return list(codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"))


def _codes(calls: _Calls, textpage: int) -> NDArray[np.int64]:
    """The code points of a page's characters, from its text where that has one place for each."""
    count = calls.count_characters(textpage)
    if count <= 0:
        return np.zeros(0, np.int64)
    units = np.zeros(count + 1, np.uint16)
    written = calls.string(textpage, 0, count, units.ctypes.data) - 1  # it ends with a zero
    codes = units[:count].astype(np.int64)
    if written != count or ((codes >= 0xD800) & (codes < 0xE000)).any():
        return np.array(list(map(calls.code, repeat(textpage), range(count))), np.int64)
    odd = np.flatnonzero(
        (codes < 0x20) | (codes >= 0xFFFE)
    )  # the text has a sign of its own for a hyphen that parts a word
    codes[odd] = list(map(calls.code, repeat(textpage), odd.tolist()))
    return codes


def _rows(values: NDArray[Any]) -> range:
    """The addresses of an array's rows."""
    size = values.strides[0]
    return range(values.ctypes.data, values.ctypes.data + size * len(values), size)


def _lines(
    calls: _Calls, textpage: int, numbers: Sequence[int], objects: Sequence[int]
) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """(places of upright characters, the height of the line that each stands on, their sizes in points).

    pdfium's own boxes hold what a character draws above and below its line, too, and what subsets of fonts say of their
    descent differs between those of one line: here characters of one size on one line have one height.
    """
    each, first, of = np.unique(np.array(objects, np.uint64), return_index=True, return_inverse=True)
    begins = [numbers[place] for place in first.tolist()]
    matrices = np.zeros((len(each), 6), np.float32)
    known = np.array(list(map(calls.matrix_at, repeat(textpage), begins, _rows(matrices))), bool)
    sizes = np.array(list(map(calls.font_size, repeat(textpage), begins)), np.float64)
    a, b, c, d = matrices[:, :4].astype(np.float64).T
    level = known & (d > 0) & (a > 0) & (abs(b) <= 0.01 * a) & (abs(c) <= 0.5 * d)  # c: slanted
    fonts = np.array([font or 0 for font in map(calls.font_of, each.tolist())], np.uint64)
    # What a font that writes to the right draws stands at the height of its piece of text; others are asked for each character.
    asked = level & ((b != 0) | (each == 0))
    lengths = np.bincount(of)
    for font in np.unique(fonts[level]):
        pieces = np.flatnonzero(level & (fonts == font))
        longest = np.flatnonzero(of == pieces[lengths[pieces].argmax()])
        heights = [_origin(calls, textpage, numbers[place]) for place in (longest[0], longest[-1])]
        asked[pieces] |= heights != [matrices[of[longest[0]], 5]] * 2
    base = np.where(level, matrices[:, 5].astype(np.float64), np.nan)[of]
    for place in np.flatnonzero(asked[of]).tolist():
        base[place] = _origin(calls, textpage, numbers[place])
    places = np.flatnonzero(~np.isnan(base))
    return places, base[places], (sizes * d)[of[places]]


def _origin(calls: _Calls, textpage: int, number: int) -> float:
    """The height of a character's origin; not a number where it has none."""
    x, y = ctypes.c_double(), ctypes.c_double()
    return y.value if calls.origin(textpage, number, ctypes.addressof(x), ctypes.addressof(y)) else float("nan")


class _Objects:
    """Collects what a page draws. seen: the text objects that characters were told of."""

    def __init__(self, calls: _Calls, shown: Matrix, seen: set[int], width: float, height: float) -> None:
        self.calls, self.shown, self.seen, self.width, self.height = calls, shown, seen, width, height
        self.runs = self.missed = self.images = self.segments = self.objects = 0
        self._paths: list[tuple[int, int, Matrix]] = []
        self._own = calls.matrix()
        self._numbers = [calls.real() for _ in range(4)]
        self._places = [ctypes.addressof(number) for number in self._numbers]

    def look(self, page: int) -> None:
        """Look at all objects of a page."""
        self._all(self.calls.object, page, self.calls.count_objects(page), self.shown, 0)

    def _all(self, get: Any, of: int, count: int, matrix: Matrix, depth: int) -> None:
        calls = self.calls
        objects = list(map(get, repeat(of), range(min(count, MAX_OBJECTS + 1))))
        for one in objects:
            self.objects += 1
            if self.objects > MAX_OBJECTS:
                return
            if one in self.seen:
                self.runs += 1
                continue
            kind = calls.kind(one)
            if kind == calls.text:
                self.runs += 1
                self.missed += self._is_shown(one, matrix)
            elif kind == calls.path:
                if self.segments < MAX_SEGMENTS and (segments := calls.count_segments(one)) >= 2:
                    self.segments += segments
                    self._paths.append((one, min(segments, MAX_SEGMENTS), _product(matrix, self._matrix_of(one))))
            elif kind == calls.image:
                self.images += 1
            elif kind == calls.form and depth < MAX_DEPTH:
                inside = _product(matrix, self._matrix_of(one))
                self._all(calls.object_in_form, one, calls.count_in_form(one), inside, depth + 1)

    def _matrix_of(self, one: int) -> Matrix:
        own = self._own
        if not self.calls.matrix_of(one, ctypes.addressof(own)):
            return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        return (own.a, own.b, own.c, own.d, own.e, own.f)

    def _is_shown(self, one: int, matrix: Matrix) -> bool:
        """Whether a piece of text has an extent and lies on the page."""
        if not self.calls.bounds(one, *self._places):
            return False
        left, bottom, right, top = (number.value for number in self._numbers)
        a, b, c, d, e, f = matrix
        x, y = (left + right) / 2, (bottom + top) / 2
        across, down = a * x + c * y + e, b * x + d * y + f
        inside = -1 <= across <= self.width + 1 and -1 <= down <= self.height + 1
        return right > left and top > bottom and inside

    def rules(self) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
        """(horizontal, vertical) straight parts of the page's paths that are long enough for a ruling line."""
        calls = self.calls
        segments = [
            segment for one, count, _ in self._paths for segment in map(calls.segment, repeat(one), range(count))
        ]
        if not segments:
            return [], []
        points = np.zeros((len(segments), 2), np.float32)
        rows = _rows(points)
        for _ in map(calls.point, segments, rows, (row + 4 for row in rows)):
            pass
        kinds = np.array(list(map(calls.segment_kind, segments)))
        closes = np.array(list(map(calls.closes, segments)), bool)
        counts = [count for _, count, _ in self._paths]
        first = np.repeat(np.cumsum([0, *counts[:-1]]), counts)  # of the path that a segment is of
        a, b, c, d, e, f = np.repeat(np.array([matrix for *_, matrix in self._paths]), counts, axis=0).T
        x, y = points.astype(np.float64).T
        places = np.stack((a * x + c * y + e, b * x + d * y + f), axis=1)
        every = np.arange(len(segments))
        begun = np.maximum.accumulate(np.where(kinds == calls.move_to, every, -1))
        nowhere = np.zeros(2)  # where a path without a beginning begins
        starts = np.where((begun >= first)[:, None], places[begun], nowhere)
        before = np.where((every > first)[:, None], places[every - 1], nowhere)
        drawn = np.flatnonzero(kinds == calls.line_to)
        closed = np.flatnonzero(closes)
        order = np.argsort(np.concatenate((2 * drawn, 2 * closed + 1)), kind="stable")
        (x0, y0), (x1, y1) = (
            np.concatenate(ends)[order].T for ends in ((before[drawn], places[closed]), (places[drawn], starts[closed]))
        )
        wide, high = abs(x1 - x0), abs(y1 - y0)
        across = (high <= STRAIGHT) & (wide >= SHORTEST_RULE)
        down = ~across & (wide <= STRAIGHT) & (high >= SHORTEST_RULE)
        ends = (np.minimum(x0, x1), np.maximum(x0, x1), (y0 + y1) / 2), (np.minimum(y0, y1), np.maximum(y0, y1), (x0 + x1) / 2)  # fmt: skip
        found = (
            list(zip(*(values[mask].tolist() for values in three), strict=True))
            for mask, three in zip((across, down), ends, strict=True)
        )
        return next(found), next(found)


def _product(outer: Matrix, inner: Matrix) -> Matrix:
    """What `inner` and then `outer` do."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)
