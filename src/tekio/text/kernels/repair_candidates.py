"""Which of many texts may be wrapped, printed in pages, damaged or marked: one compiled pass, so that repair looks at few of them.

`tekio.text.lines`, `page_furniture`, `mojibake`, `contents_list` and `reference_marks` decide; what they would change is never passed over here (tests hold this pass to them).
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import CodePoints, Codes, Offsets
from tekio.text.kernels.compiled import compiled
from tekio.text.line_form import ENDS, LONG, NO_START, PARTICLES
from tekio.text.lines import MIN_WIDTH

WRAPPED, PAGED, DAMAGED, LEADERS, MARKED = 1, 2, 4, 8, 16
PLANES = 0x10000
LONGEST_UNIT = 50
"""Columns that may be missing from a full line because the next word did not fit."""

_WIDE, _END, _SPACE, _DIGIT, _HIRAGANA, _CUT, _PAGE, _NO_START, _ODD = 1, 2, 4, 8, 16, 32, 64, 128, 256
_BAR, _DOT, _HYPHEN, _LOWER, _BRACKET, _PARTICLE, _EYE = 512, 1024, 2048, 4096, 8192, 16384, 32768


@cache
def _kinds() -> NDArray[np.uint16]:
    """What each character of the basic plane is, as flags."""
    kinds = np.zeros(PLANES, dtype=np.uint16)

    def mark(characters: str, flag: int) -> None:
        for char in characters:
            kinds[ord(char)] |= flag

    for code in range(PLANES):
        if not 0xD800 <= code < 0xE000 and unicodedata.east_asian_width(chr(code)) in "WFA":
            kinds[code] |= _WIDE
    digits = "0123456789０１２３４５６７８９"
    mark(ENDS, _END)
    mark(" \t\u3000\r", _SPACE)
    mark(digits, _DIGIT | _CUT)
    kinds[0x3041:0x3097] |= _HIRAGANA
    kinds[0xFF66:0xFF9E] |= _HIRAGANA  # half-width kana, which are prose too
    mark(",，△▲¥￥$＄+＋±−－～〜~.．:：兆億万千百〇一二三四五六七八九十・", _CUT)
    mark(digits + " \t\u3000\r-－―—–‐─━_＿=＝〜~～・<＜[［(（)）>＞]］/／pPｐＰaegページ頁枚目.", _PAGE)
    mark("〇一二三四五六七八九十", _PAGE)
    mark(NO_START, _NO_START)
    mark("縺繧繝ƒ‚Š", _ODD)
    for low, high in ((0x80, 0xA0), (0xA1, 0xC0), (0xC0, 0x100), (0xFF61, 0xFFA0), (0xE000, 0xF900)):
        kinds[low:high] |= _ODD
    mark("|", _BAR)
    mark("…‥・･·⋅.．_＿─―—~～〜=＝-", _DOT)
    mark("-", _HYPHEN)
    kinds[0x61:0x7B] |= _LOWER
    mark("[［", _BRACKET)
    mark(PARTICLES, _PARTICLE)
    mark("目も索", _EYE)
    return kinds


@compiled
def _leads(codes: Codes, place: int, end: int, kinds: NDArray[np.uint16]) -> bool:
    """Whether as many dots begin here as lead to a page number, and before a number, what stands before one or a line's end."""
    fewest = 2 if codes[place] == 0x2026 or codes[place] == 0x2025 else 4  # … ‥
    count = 0
    while place < end and codes[place] < PLANES and kinds[codes[place]] & 1024:
        count += 1
        place += 1
        if place + 1 < end and (codes[place] == 0x20 or codes[place] == 0x3000):
            place += codes[place + 1] < PLANES and kinds[codes[place + 1]] & 1024 != 0
    if count < fewest:
        return False
    while place < end and (codes[place] == 0x20 or codes[place] == 0x3000 or codes[place] == 0x7C or codes[place] == 9):
        place += 1
    if place >= end or codes[place] == 10 or codes[place] == 13 or count >= 12:
        return True
    code = codes[place]
    return code < PLANES and (kinds[code] & 64 != 0 or 0x41 <= code <= 0x5A or 0x61 <= code <= 0x7A)


@compiled
def _look(
    codes: Codes,
    offsets: Offsets,
    kinds: NDArray[np.uint16],
    shortest: int,
    unit: int,
    long: int,
    turns: int,
    out: NDArray[np.uint8],
) -> None:
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        flags, odd, breaks, widest, near = 0, 0, 0, 0, 0
        filled, beside, doubled = (
            0,
            0,
            0,
        )  # lines with text, those right below another, those that go on over an empty line
        gone_on = False  # the last line with text was open and long
        hyphen = False  # at the end of the line before
        for turn in range(turns):  # first the widest line that is open, then how many are nearly as wide
            near = 0
            place = start
            open_width, is_open, cut, prose = 0, False, False, False  # of the line before
            after_text = False
            while place <= end:
                width, letters, page_only, digits = 0, 0, True, 0
                hiragana, bar, leader = False, False, False
                first, last = 0, 0
                feed = False
                gap, parted = 0, False  # columns of blanks, whether wide ones stand inside the line
                while place < end and codes[place] != 10:
                    code = codes[place]
                    kind = kinds[code] if code < PLANES else 1
                    width += 2 if kind & 1 else 1
                    if not kind & 4:
                        if letters == 0:
                            first = kind
                        parted = parted or (letters > 0 and gap >= 3)
                        gap = 0
                        letters += 1
                        last = kind
                        page_only = page_only and kind & 64 != 0
                        digits += (kind & 8) >> 3
                        hiragana = hiragana or kind & 16 != 0
                        bar = bar or (kind & 512 != 0 and letters > 1)  # the first is a mark of quoted lines
                        if kind & 256:
                            odd += 1
                        if kind & 1024:
                            leader = leader or _leads(codes, place, end, kinds)
                        elif (
                            kind & 8192 and place + 2 < end and (codes[place + 1] == 0x31 or codes[place + 1] == 0xFF11)
                        ):
                            flags |= 16  # [1
                        elif kind & 32768:
                            after = place + 1
                            while after < end and (codes[after] == 0x20 or codes[after] == 0x3000):
                                after += 1
                            if after < end and (codes[after] == 0x6B21 or codes[after] == 0x5F15):
                                flags |= 8  # 目次, whose list may have no dots, 索引
                            elif after + 1 < end and codes[after] == 0x304F and codes[after + 1] == 0x3058:
                                flags |= 8  # もくじ
                    else:
                        gap += 2 if kind & 1 else 1
                    if code == 12:
                        feed = True
                    place += 1
                place += 1
                if turn == 0:
                    if feed or (letters > 0 and page_only and (digits > 0 or letters <= 3) and letters <= 24):
                        flags |= 2
                    if parted and last & 8:  # a head with its page number to the right
                        flags |= 2
                    if letters > 0:
                        filled += 1
                        beside += after_text
                        doubled += gone_on and not after_text and first & 16 != 0
                        gone_on = width >= shortest and not last & 2
                    after_text = letters > 0
                    if leader:
                        flags |= 8
                    if letters > 0 and prose and cut and (first & 32 or first & 1):
                        flags |= 1
                    if letters > 0 and prose and is_open and first & 128:
                        flags |= 1
                    if letters > 0 and prose and open_width >= long and first & 16384:
                        flags |= 1
                    if letters > 0 and hyphen and first & 4096:
                        flags |= 1
                    if page_only and letters >= 5 and digits == 0:  # a rule above footnotes
                        flags |= 2
                    hyphen = letters >= 3 and last & 2048 != 0
                if letters > 0 and open_width >= shortest:
                    if turn == 0:
                        breaks += 1
                        widest = max(widest, open_width)
                    elif open_width + unit >= widest:
                        near += 1
                is_open = letters > 0 and not last & 2
                open_width = width if is_open and not bar else 0
                cut = letters >= 5 and last & 32 != 0
                prose = hiragana
            if turn == 0 and doubled >= 2 and filled >= 4 and beside * 50 <= filled:
                flags |= 1
            if turn == 0 and (breaks == 0 or flags & 1):
                break
        if breaks > 0 and near * 2 >= breaks:
            flags |= 1
        if odd >= 4:
            flags |= 4
        out[text] = flags


def repair_candidates(points: CodePoints, *, wrapped: bool = True) -> NDArray[np.uint8]:
    """For each text the flags `WRAPPED`, `PAGED`, `DAMAGED`, `LEADERS`, `MARKED`: what has to be looked at more closely.

    wrapped: whether lines may be joined; without it `WRAPPED` means nothing, and texts are gone through once.
    """
    out = np.zeros(points.texts, dtype=np.uint8)
    _look(points.codes, points.offsets, _kinds(), MIN_WIDTH, LONGEST_UNIT, LONG, 2 if wrapped else 1, out)
    return out
