"""A PDF page by pdfium: its characters with their boxes in the order of the file, its ruling lines, its pictures.

All places are points on the page as it is shown (cropped, turned by its `/Rotate`), from its left edge and downwards from its
top edge. What pdfium may leave out without an error is counted, so that a caller can have another library read such a page.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pypdfium2's raw layer is not fully typed)

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tekio.text.pdf.glyphs import Glyph

MAX_DEPTH = 8
"""Forms within forms."""
MAX_OBJECTS = 100_000
MAX_SEGMENTS = 20_000
"""Of one page's paths that are looked at: a drawing or a map has more, a table does not."""
SHORTEST_RULE = 3.0
DESCENT = 0.12
"""How far characters reach below their line, of their size, in Japanese fonts."""
NARROW, WIDE = 0.15, 1.2
"""Width of a blank between two characters, in characters; a wider gap is one by itself."""
AUTOMATIC = 0.4
"""Width of the gap that programs set between Japanese and Latin characters at most."""
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
    glyphs: list[Glyph]
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
    glyphs, seen, unmapped = _glyphs(calls, _address(textpage.raw), shown, width, height)
    found = _Objects(calls, shown, seen, width, height)
    found.look(_address(page.raw))
    return PageReading(
        width, height, glyphs, found.across, found.down, found.segments >= MAX_SEGMENTS, found.images,
        found.runs, found.missed, unmapped,
    )  # fmt: skip


class _Calls:
    """pdfium's functions for addresses as plain numbers: a page takes tens of thousands of calls, and ctypes makes an object of
    every pointer that a function of pypdfium2's gives or takes. Numbers can be compared, too.
    """

    def __init__(self) -> None:
        import pypdfium2.raw as raw

        address, whole, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_float

        def call(name: str, result: Any, *takes: Any) -> Any:
            return ctypes.CFUNCTYPE(result, *takes)(_address(getattr(raw, name)))

        self.rect, self.matrix, self.real = raw.FS_RECTF, raw.FS_MATRIX, real
        self.text, self.path, self.image, self.form = (
            raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM,
        )  # fmt: skip
        self.move_to, self.line_to = raw.FPDF_SEGMENT_MOVETO, raw.FPDF_SEGMENT_LINETO
        self.count_characters = call("FPDFText_CountChars", whole, address)
        self.code = call("FPDFText_GetUnicode", ctypes.c_uint, address, whole)
        self.loose_box = call("FPDFText_GetLooseCharBox", whole, address, whole, address)
        self.object_of = call("FPDFText_GetTextObject", address, address, whole)
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


def _box(matrix: Matrix, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    """(x0, top, x1, bottom) of a box that a matrix moves."""
    a, b, c, d, e, f = matrix
    xs = (a * x0 + c * y0 + e, a * x1 + c * y0 + e, a * x0 + c * y1 + e, a * x1 + c * y1 + e)
    ys = (b * x0 + d * y0 + f, b * x1 + d * y0 + f, b * x0 + d * y1 + f, b * x1 + d * y1 + f)
    return min(xs), min(ys), max(xs), max(ys)


def _glyphs(
    calls: _Calls, textpage: int, shown: Matrix, width: float, height: float
) -> tuple[list[Glyph], set[int], int]:
    """(characters, the addresses of the text objects that they belong to, how many the font does not map)."""
    box, x, y = calls.rect(), ctypes.c_double(), ctypes.c_double()
    place, to_x, to_y = ctypes.addressof(box), ctypes.addressof(x), ctypes.addressof(y)
    to_code, to_box, to_object, to_origin = calls.code, calls.loose_box, calls.object_of, calls.origin
    upright = shown[0] == 1.0
    _, _, _, _, dx, dy = shown
    right, low = width + 1, height + 1
    glyphs: list[Glyph] = []
    lines: dict[int, tuple[float, float] | None] = {0: None}
    of, line = 0, None
    unmapped = 0
    blanks = _Blanks(glyphs)
    for number in range(calls.count_characters(textpage)):
        code = to_code(textpage, number)
        if code == 0x20:  # the file's or pdfium's own, without a place
            blanks.told = True
            continue
        if (code < 0x20 or code == 0xFFFE) and calls.is_generated(textpage, number) == 1:  # ends of lines
            continue
        if (code < 0x20 or code >= 0xE000) and calls.is_unmapped(textpage, number) == 1:
            unmapped += 1
        if (found := to_object(textpage, number)) != of:
            of = found
            line = lines[of] = lines[of] if of in lines else _line_of(calls, textpage, number) if upright else None
        if not to_box(textpage, number, place):
            continue
        if upright:
            x0, x1, top, bottom = box.left + dx, box.right + dx, dy - box.top, dy - box.bottom
        else:
            x0, top, x1, bottom = _box(shown, box.left, box.bottom, box.right, box.top)
        if line is not None and to_origin(textpage, number, to_x, to_y):
            bottom = dy - y.value + line[0]
            top = bottom - line[1]
        if -1 <= (x0 + x1) / 2 <= right and -1 <= (top + bottom) / 2 <= low:
            text = "-" if code == 2 else chr(code) if code < 0x110000 else "\ufffd"
            blanks.append(Glyph(text, x0, x1, top, bottom))
    return glyphs, set(lines), unmapped


class _Blanks:
    """Appends characters to a page's with the blanks between them that the page was told to have.

    pdfium gives most of them no place. A gap between kanji and a figure is none: programs set such a gap by themselves.
    Nor are those of a word spread over the width of a cell (合 計 額).
    """

    def __init__(self, glyphs: list[Glyph]) -> None:
        self.glyphs = glyphs
        self.told = False
        self._spread: Glyph | None = None

    def append(self, glyph: Glyph) -> None:
        """Append a character; `told`: there is a blank before it."""
        if self.told and self.glyphs:
            self._blank(self.glyphs[-1], glyph)
        self.told = False
        self.glyphs.append(glyph)

    def _blank(self, before: Glyph, glyph: Glyph) -> None:
        gap = glyph.x0 - before.x1
        latin = before.text.isascii() + glyph.text.isascii()
        narrow = (NARROW, AUTOMATIC, NARROW)[latin] * glyph.size
        if not narrow < gap < WIDE * glyph.size or abs(before.middle - glyph.middle) >= 0.3 * glyph.size:
            return
        if before is self._spread:
            self._spread = glyph
        elif not latin and len(self.glyphs) > 2 and self.glyphs[-2].text == " " and self.glyphs[-2].x1 == before.x0:
            del self.glyphs[-2]
            self._spread = glyph
        else:
            self.glyphs.append(Glyph(" ", before.x1, glyph.x0, glyph.top, glyph.bottom))


def _line_of(calls: _Calls, textpage: int, number: int) -> tuple[float, float] | None:
    """(descent, size) in points of the upright characters of a text object, None where they are turned or run down.

    pdfium's own boxes hold what a character draws above and below its line, too, and what subsets of fonts say of their
    descent differs between those of one line: here characters of one size on one line have one height.
    """
    matrix = calls.matrix()
    if not calls.matrix_at(textpage, number, ctypes.addressof(matrix)) or matrix.d <= 0 or matrix.a <= 0:
        return None
    if abs(matrix.b) > 0.01 * matrix.a or abs(matrix.c) > 0.5 * matrix.d:  # c: slanted
        return None
    size = calls.font_size(textpage, number) * matrix.d
    return DESCENT * size, size


class _Objects:
    """Collects what a page draws. seen: the text objects that characters were told of."""

    def __init__(self, calls: _Calls, shown: Matrix, seen: set[int], width: float, height: float) -> None:
        self.calls, self.shown, self.seen, self.width, self.height = calls, shown, seen, width, height
        self.across: list[tuple[float, float, float]] = []
        self.down: list[tuple[float, float, float]] = []
        self.runs = self.missed = self.images = self.segments = self.objects = 0
        self._own = calls.matrix()
        self._numbers = [calls.real() for _ in range(4)]
        self._places = [ctypes.addressof(number) for number in self._numbers]

    def look(self, page: int) -> None:
        """Look at all objects of a page."""
        count, get = self.calls.count_objects(page), self.calls.object
        self._all((get(page, number) for number in range(count)), self.shown, 0)

    def _all(self, objects: Iterator[int], matrix: Matrix, depth: int) -> None:
        calls = self.calls
        for one in objects:
            self.objects += 1
            if self.objects > MAX_OBJECTS:
                return
            kind = calls.kind(one)
            if kind == calls.text:
                self.runs += 1
                self.missed += one not in self.seen and self._is_shown(one, matrix)
            elif kind == calls.path:
                if self.segments < MAX_SEGMENTS:
                    self._path(one, matrix)
            elif kind == calls.image:
                self.images += 1
            elif kind == calls.form and depth < MAX_DEPTH:
                get = calls.object_in_form
                inside = (get(one, number) for number in range(calls.count_in_form(one)))
                self._all(inside, _product(matrix, self._matrix_of(one)), depth + 1)

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
        x0, y0, x1, y1 = _box(matrix, left, bottom, right, top)
        inside = -1 <= (x0 + x1) / 2 <= self.width + 1 and -1 <= (y0 + y1) / 2 <= self.height + 1
        return right > left and top > bottom and inside

    def _path(self, one: int, matrix: Matrix) -> None:
        """The straight horizontal and vertical parts of a path that are long enough for a ruling line."""
        calls = self.calls
        count = calls.count_segments(one)
        if count < 2:
            return
        self.segments += count
        a, b, c, d, e, f = _product(matrix, self._matrix_of(one))
        x, y = self._numbers[:2]
        to_x, to_y = self._places[:2]
        get, point, kind_of, closes = calls.segment, calls.point, calls.segment_kind, calls.closes
        begun = before = (0.0, 0.0)
        for number in range(min(count, MAX_SEGMENTS)):
            segment = get(one, number)
            point(segment, to_x, to_y)
            here = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
            kind = kind_of(segment)
            if kind == calls.move_to:
                begun = here
            elif kind == calls.line_to:
                self._rule(before, here)
            if closes(segment):
                self._rule(here, begun)
            before = here

    def _rule(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        (x0, y0), (x1, y1) = one, other
        if abs(y1 - y0) <= STRAIGHT and abs(x1 - x0) >= SHORTEST_RULE:
            self.across.append((min(x0, x1), max(x0, x1), (y0 + y1) / 2))
        elif abs(x1 - x0) <= STRAIGHT and abs(y1 - y0) >= SHORTEST_RULE:
            self.down.append((min(y0, y1), max(y0, y1), (x0 + x1) / 2))


def _product(outer: Matrix, inner: Matrix) -> Matrix:
    """What `inner` and then `outer` do."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)
