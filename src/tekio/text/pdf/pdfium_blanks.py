"""Blanks between the characters of a page that pdfium tells of and gives no place.

A gap between kanji and a figure is none: programs set such a gap by themselves. Nor are those of a word spread over the width
of a cell (合 計 額).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tekio.text.pdf.characters import Characters

NARROW, WIDE = 0.15, 1.2
"""Width of a blank between two characters, in characters; a wider gap is one by itself."""
AUTOMATIC = 0.4
"""Width of the gap that programs set between Japanese and Latin characters at most."""


def with_blanks(found: Characters, told: NDArray[np.int64], is_of_file: Callable[[int], bool]) -> Characters:
    """The characters with the blanks that the page was told to have. told: places of characters behind one.

    is_of_file: whether the file itself has the blank before a place. Between Latin letters such a one stays however narrow it looks:
    where a font is not in the file, the letters of the one taken for it may be wider than their place.
    """
    if not len(told):
        return found
    before, size = told - 1, found.size[told]
    gap = found.x0[told] - found.x1[before]
    ascii_ = np.array([text.isascii() for text in found.texts], np.int64)
    latin = ascii_[before] + ascii_[told]
    wide = (np.array((NARROW, AUTOMATIC, NARROW))[latin] * size < gap) & (gap < WIDE * size)
    for place in np.flatnonzero((latin == 2) & (gap > 0) & (gap <= NARROW * size)).tolist():
        wide[place] = is_of_file(int(told[place]))
    wide &= abs(found.middle[before] - found.middle[told]) < 0.3 * size
    blank: set[int] = set()
    spread = -1  # the last character of a word that is set apart
    for place, any_latin in zip(told[wide].tolist(), latin[wide].tolist(), strict=True):
        if place - 1 == spread:
            spread = place
        elif not any_latin and place - 1 in blank:
            blank.remove(place - 1)
            spread = place
        else:
            blank.add(place)
    if not blank:
        return found
    at = np.array(sorted(blank))
    texts = found.texts.copy()
    for place in reversed(at.tolist()):
        texts.insert(place, " ")
    x0, x1 = found.x1[at - 1], found.x0[at]
    return Characters(
        texts,
        np.insert(found.x0, at, x0),
        np.insert(found.x1, at, x1),
        np.insert(found.top, at, found.top[at]),
        np.insert(found.bottom, at, found.bottom[at]),
    )
