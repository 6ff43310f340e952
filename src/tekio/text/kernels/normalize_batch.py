"""`normalize` for many texts at once, compiled; `tekio.text.normalize.normalize` stays the definition, tests hold this to it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import CodePoints, Codes, Offsets
from tekio.text.kernels.compiled import compiled
from tekio.text.normalize import is_invisible, tables

Flags = NDArray[np.uint16]
PLANES = 0x20000  # tables cover the first two planes; of the rest only the tags of plane 14 change

TRANSFORMS = (
    *("newlines", "control_characters", "spaces", "radicals", "vertical_forms"),
    *("combining_marks", "half_width_kana"),
    *("full_width_letters", "trailing_spaces", "blank_lines", "lone_surrogates"),
)
NEWLINES, CONTROL, SPACES, RADICALS, VERTICAL, COMBINING, HALF_KANA, WIDTHS, TRAILING, BLANK_LINES, SURROGATES = (
    1 << n for n in range(11)
)


class Maps(NamedTuple):
    """kinds: which transform may touch a code point; single: what it becomes; pairs: [first - base, mark] -> one."""

    kinds: Flags
    single: Codes
    composed: Codes
    voiced: Codes


@cache
def maps() -> Maps:
    """The curated map as arrays."""
    kinds, single = np.zeros(PLANES, dtype=np.uint16), np.arange(PLANES, dtype=np.uint32)
    known = tables()
    for code in (0x0D, 0x85, 0x2028, 0x2029):
        kinds[code] = NEWLINES
    for flag, changes in (
        (SPACES, known.spaces),
        (RADICALS, known.radicals),
        (VERTICAL, known.vertical_forms),
        (HALF_KANA, known.half_width_kana),
        (WIDTHS, known.widths),
    ):
        for code, target in changes.items():
            kinds[code], single[code] = flag, target
    for code in range(0x10000):
        if not kinds[code] and not 0xD800 <= code < 0xE000 and is_invisible(chr(code)):
            kinds[code] = CONTROL
    kinds[0xD800:0xE000], single[0xD800:0xE000] = SURROGATES, 0xFFFD  # no file format may hold them
    for mark in (0x3099, 0x309A):
        kinds[mark] = COMBINING
    composed, voiced = np.zeros((256, 2), dtype=np.uint32), np.zeros((128, 2), dtype=np.uint32)
    for (kana, mark), target in known.composed.items():
        composed[kana - 0x3000, mark - 0x3099] = target
    for (kana, mark), target in known.voiced.items():
        voiced[kana - 0xFF60, mark - 0xFF9E] = target
    return Maps(kinds, single, composed, voiced)


@compiled
def _looks(codes: Codes, offsets: Offsets, kinds: Flags, out: Flags) -> None:
    """Which transforms a text may need."""
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        flags = 0
        newlines = 2  # at the start even one line end is taken out
        previous = np.uint32(0)
        for place in range(start, end):
            code = codes[place]
            if code < PLANES:
                flags |= kinds[code]
            elif 0xE0001 <= code <= 0xE007F:
                flags |= CONTROL
            if code == 10:
                newlines += 1
                if newlines > 2:
                    flags |= BLANK_LINES
                if previous == 0x20 or previous == 0x3000 or previous == 9:
                    flags |= TRAILING
            else:
                newlines = 0
            previous = code
        if end > start:
            if previous == 10:
                flags |= BLANK_LINES
            if previous == 0x20 or previous == 0x3000 or previous == 9:
                flags |= TRAILING
        out[text] = flags


@compiled
def _replace(buffer: Codes, length: int, kinds: Flags, single: Codes, flag: int) -> bool:
    changed = False
    for place in range(length):
        code = buffer[place]
        if code < PLANES and kinds[code] == flag:
            buffer[place] = single[code]
            changed = True
    return changed


@compiled
def _join_pairs(buffer: Codes, length: int, pairs: Codes, base: int, mark: int) -> int:
    """Put a character and the mark after it together where `pairs` knows the pair; returns the new length."""
    kept, place = 0, 0
    while place < length:
        code = buffer[place]
        if place + 1 < length and base <= code < base + len(pairs) and mark <= buffer[place + 1] <= mark + 1:
            target = pairs[code - base, buffer[place + 1] - mark]
            if target != 0:
                buffer[kept] = target
                kept += 1
                place += 2
                continue
        buffer[kept] = code
        kept += 1
        place += 1
    return kept


@compiled
def _normalize_one(buffer: Codes, length: int, found: int, widths: bool, tables_: Maps) -> tuple[int, int]:
    """Normalize `buffer[:length]` in place; returns the new length and the flags of the transforms that changed it."""
    kinds, single, composed, voiced = tables_.kinds, tables_.single, tables_.composed, tables_.voiced
    done = 0
    if found & SURROGATES and _replace(buffer, length, kinds, single, SURROGATES):
        done |= SURROGATES
    if found & NEWLINES:
        kept, place = 0, 0
        while place < length:
            code = buffer[place]
            place += 1
            if code < PLANES and kinds[code] == NEWLINES:
                if code == 13 and place < length and buffer[place] == 10:
                    place += 1
                code = np.uint32(10)
            buffer[kept] = code
            kept += 1
        length, done = kept, done | NEWLINES
    if found & CONTROL:
        kept = 0
        for place in range(length):
            code = buffer[place]
            if not ((code < PLANES and kinds[code] == CONTROL) or 0xE0001 <= code <= 0xE007F):
                buffer[kept] = code
                kept += 1
        if kept < length:
            length, done = kept, done | CONTROL
    if found & SPACES and _replace(buffer, length, kinds, single, SPACES):
        done |= SPACES
    if found & RADICALS and _replace(buffer, length, kinds, single, RADICALS):
        done |= RADICALS
    if found & VERTICAL and _replace(buffer, length, kinds, single, VERTICAL):
        done |= VERTICAL
    if found & COMBINING:
        kept = _join_pairs(buffer, length, composed, 0x3000, 0x3099)
        if kept < length:
            length, done = kept, done | COMBINING
    if widths and found & HALF_KANA:
        length = _join_pairs(buffer, length, voiced, 0xFF60, 0xFF9E)
        _replace(buffer, length, kinds, single, HALF_KANA)
        done |= HALF_KANA
    if widths and found & WIDTHS and _replace(buffer, length, kinds, single, WIDTHS):
        done |= WIDTHS
    kept = 0
    spaces = 0
    for place in range(length):
        code = buffer[place]
        if code == 10:
            kept -= spaces
        spaces = spaces + 1 if code == 0x20 or code == 9 or code == 0x3000 else 0
        buffer[kept] = code
        kept += 1
    kept -= spaces
    if kept < length:
        length, done = kept, done | TRAILING
    kept, newlines = 0, 2
    for place in range(length):
        code = buffer[place]
        newlines = newlines + 1 if code == 10 else 0
        if newlines > 2:
            continue
        buffer[kept] = code
        kept += 1
    while kept > 0 and buffer[kept - 1] == 10:
        kept -= 1
    if kept < length:
        length, done = kept, done | BLANK_LINES
    return length, done


@compiled
def _normalize(
    codes: Codes, offsets: Offsets, found: Flags, widths: bool, tables_: Maps, out: Codes, ends: Offsets, done: Flags
) -> None:
    place = 0
    for text in range(len(offsets) - 1):
        length = offsets[text + 1] - offsets[text]
        out[place : place + length] = codes[offsets[text] : offsets[text + 1]]
        if found[text]:
            length, flags = _normalize_one(out[place : place + length], length, found[text], widths, tables_)
            done[text] = flags
        place += length
        ends[text + 1] = place


def normalize_texts(points: CodePoints, *, widths: bool = True) -> tuple[CodePoints, Flags]:
    """`normalize` for every text: the new code points, and for each text the flags of the transforms that changed it
    (bit n stands for `TRANSFORMS[n]`). Lone surrogates, which no table can hold, become U+FFFD.
    """
    known = maps()
    found = np.zeros(points.texts, dtype=np.uint16)
    _looks(points.codes, points.offsets, known.kinds, found)
    done = np.zeros(points.texts, dtype=np.uint16)
    if not found.any():
        return points, done
    out = np.empty(len(points.codes), dtype=np.uint32)
    ends = np.zeros(points.texts + 1, dtype=np.int64)
    _normalize(points.codes, points.offsets, found, widths, known, out, ends, done)
    return CodePoints(out[: ends[-1]], ends), done


@cache
def transform_names(flags: int) -> tuple[str, ...]:
    """The names of transforms from their flags."""
    return tuple(name for bit, name in enumerate(TRANSFORMS) if flags >> bit & 1)
