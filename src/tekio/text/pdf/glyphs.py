"""Characters of a PDF page and what is not part of the running text: bold printed twice, readings beside kanji.

Fake bold draws every character twice, a fraction of a point apart. Furigana are small kana over a line (beside it, where
lines run down). Both would be read as text, doubled or between the words.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from tekio.text.pdf.characters import Characters, Glyph, characters_of, listed

SMALL = 0.65
"""Size of a reading at most, of the text that it stands beside."""
TWICE = 0.35
"""How far, in their width, two prints of one character are apart at most; two l in a narrow font are one width apart."""
_DOTS = "﹅﹆・•●○◦"
"""Emphasis marks: one over every character."""


def printed_twice(glyphs: Sequence[Glyph]) -> set[int]:
    """The places of characters that stand (nearly) where the same character was drawn before."""
    page = characters_of(glyphs)
    found: set[int] = set()
    for places in _near_each_other(page):
        ordered = sorted(places, key=page.middle.__getitem__)
        for number, place in enumerate(ordered):
            one = glyphs[place]
            for number_after in range(number + 1, len(ordered)):
                other = ordered[number_after]
                if glyphs[other].middle - one.middle >= one.size:
                    break
                first, second = min(place, other), max(place, other)
                if first not in found and _is_second_print(glyphs[first], glyphs[second]):
                    found.add(second)
    return found


def _near_each_other(page: Characters) -> list[list[int]]:
    """The places of every character (of one code) of which two stand so near that one may be a second print: of most pages none."""
    order = np.flatnonzero(page.solid)
    order = order[np.lexsort((page.center[order], page.kinds[order]))]
    kind, center = page.kinds[order], page.center[order]
    wide, high = page.x1[order] - page.x0[order], page.bottom[order] - page.top[order]
    begins = np.flatnonzero(np.diff(kind, prepend=-1))
    most = (
        np.repeat(TWICE * np.maximum.reduceat(wide, begins), np.diff(begins, append=len(order))) if len(order) else wide
    )
    here = np.arange(len(order))
    near: set[int] = set()
    for step in range(
        1, len(order)
    ):  # each with the next of its code to the right, the one after that, as far as they are near
        here = here[: np.searchsorted(here, len(order) - step)]
        here = here[(kind[here] == kind[here + step]) & (center[here + step] - center[here] < most[here])]
        if not len(here):
            break
        one, other = order[here], order[here + step]
        second = np.where(one > other, here, here + step)
        twice = (
            (abs(page.center[one] - page.center[other]) < TWICE * wide[second])
            & (abs(page.middle[one] - page.middle[other]) < TWICE * high[second])
            & (abs(page.size[one] - page.size[other]) < 0.1 * page.size[order[second]])
        )
        near.update(kind[here[twice]].tolist())
    return [listed(np.flatnonzero(page.kinds == number)) for number in sorted(near)]


def _is_second_print(first: Glyph, second: Glyph) -> bool:
    return (
        abs(first.center - second.center) < TWICE * (second.x1 - second.x0)
        and abs(first.middle - second.middle) < TWICE * (second.bottom - second.top)
        and abs(first.size - second.size) < 0.1 * second.size
    )


def _runs(glyphs: Sequence[Glyph]) -> Iterator[list[int]]:
    """Places of characters of one size that follow each other, in the order of the file, on one line."""
    run: list[int] = []
    for place, glyph in enumerate(glyphs):
        if not glyph.text.strip():
            continue
        before = glyphs[run[-1]] if run else None
        if before is not None and not (
            abs(before.middle - glyph.middle) < 0.3 * glyph.size
            and abs(before.size - glyph.size) < 0.2 * glyph.size
            and -0.5 * glyph.size < glyph.x0 - before.x1
        ):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _is_reading(text: str) -> bool:
    """Whether characters are kana, or marks of emphasis."""
    if text.isascii():
        return False
    kana = [char for char in unicodedata.normalize("NFKC", text) if not char.isspace()]
    return bool(kana) and all("\u3041" <= char <= "\u30ff" or char in _DOTS for char in kana)


def readings(glyphs: Sequence[Glyph]) -> set[int]:
    """The places of small kana right above a line of larger characters. Where lines run down, give the turned page."""
    if not _any_over(characters_of(glyphs)):
        return set()
    rows: defaultdict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.text.strip():
            rows[int(glyph.top // 10)].append(glyph)
    found: set[int] = set()
    for run in _runs(glyphs):
        if not _is_reading("".join(glyphs[place].text for place in run)):
            continue
        under = sum(1 for place in run if _stands_over(glyphs[place], rows))
        # A reading may be longer than what it stands over.
        if under >= max(1, 0.5 * len(run)):
            found.update(run)
    return found


def _any_over(page: Characters) -> bool:
    """Whether a kana stands right above a character so much larger that it may be a reading: on most pages none does."""
    most = SMALL * page.size.max(initial=0.0)
    small = np.flatnonzero(page.size <= most)
    if not len(small):
        return False
    large = np.flatnonzero(page.solid & (SMALL * page.size >= page.size[small].min()))
    if not len(large):
        return False  # a wide blank only is larger
    tops = page.top[large], page.size[large]
    low, high = (tops[0] - 0.6 * tops[1]).min(), (tops[0] + 0.35 * tops[1]).max()
    small = small[(page.bottom[small] > low) & (page.bottom[small] < high)]
    for top, size in set(zip(*(one.tolist() for one in tops), strict=True)):
        below = top - page.bottom[small]
        near = small[(below > -0.35 * size) & (below < 0.6 * size) & (page.size[small] <= SMALL * size)]
        if not len(near):
            continue
        line = large[(tops[0] == top) & (tops[1] == size)]
        x0, x1 = page.x0[line, None] - 0.1 * size, page.x1[line, None] + 0.1 * size
        over = near[((x0 <= page.center[near]) & (page.center[near] <= x1)).any(axis=0)]
        if any(_is_reading(page.texts[place]) for place in listed(over)):
            return True
    return False


def blanks_under(glyphs: Sequence[Glyph], small: set[int]) -> set[int]:
    """The places of blanks below readings: characters with a longer reading are set apart, and their word has no blank."""
    if not small:
        return set()
    rows: defaultdict[int, list[Glyph]] = defaultdict(list)
    for place in small:
        rows[int(glyphs[place].middle // 10)].append(glyphs[place])
    reach = 4 * max(glyphs[place].size for place in small)
    found: set[int] = set()
    for place, glyph in enumerate(glyphs):
        if glyph.text.strip():
            continue
        low, high = (glyph.middle - reach) // 10, glyph.middle // 10
        if any(
            reading.x0 - 0.5 * reading.size <= glyph.center <= reading.x1 + 0.5 * reading.size
            and reading.middle < glyph.middle < reading.middle + 4 * reading.size
            for row, line in rows.items()
            if low <= row <= high
            for reading in line
        ):
            found.add(place)
    return found


def _stands_over(small: Glyph, rows: dict[int, list[Glyph]]) -> bool:
    """Whether a larger character stands right below."""
    row = int(small.bottom // 10)
    for number in range(row - 1, row + 2):
        for glyph in rows.get(number, ()):
            if (
                small.size <= SMALL * glyph.size
                and -0.35 * glyph.size < glyph.top - small.bottom < 0.6 * glyph.size
                and glyph.x0 - 0.1 * glyph.size <= small.center <= glyph.x1 + 0.1 * glyph.size
            ):
                return True
    return False


def is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether lines run down: characters follow each other downwards in the file or, where the file has another order, stand
    closer to the one below than to the one beside.
    """
    page = characters_of(glyphs)
    usual = np.sort(page.size)[3 * len(page) // 4] if len(page) else 0.0
    page = page.at(np.flatnonzero(page.size > SMALL * usual))  # readings stand between the characters of a line
    size = np.maximum(page.size[:-1], 1.0)
    down, right = np.diff(page.middle), np.diff(page.center)
    # `stands_below` and `stands_beside` of each and the next
    below = int(((abs(right) < 0.3 * size) & (0.4 * size < down) & (down < 2.2 * size)).sum())
    ahead = (page.x0[1:] > page.x0[:-1]) & (page.x0[1:] - page.x1[:-1] < 1.2 * size)
    beside = int(((abs(down) < 0.4 * size) & ahead).sum())
    if below + beside < 0.5 * len(page):
        below, beside = _neighbours(page)
    return below >= FEWEST_VERTICAL and below >= VERTICAL_SHARE * (below + beside)


VERTICAL_SHARE = 0.6
"""Share of characters followed by one right below from which a page is set vertically."""
FEWEST_VERTICAL = 20


def stands_below(here: Glyph, after: Glyph) -> bool:
    """Whether a character is the next of a line that runs down."""
    size = max(here.size, 1.0)
    return abs(after.center - here.center) < 0.3 * size and 0.4 * size < after.middle - here.middle < 2.2 * size


def stands_beside(here: Glyph, after: Glyph) -> bool:
    """Whether a character is the next of a line that runs to the right."""
    size = max(here.size, 1.0)
    return abs(after.middle - here.middle) < 0.4 * size and after.x0 - here.x0 > 0 and after.x0 - here.x1 < 1.2 * size


def _neighbours(glyphs: Sequence[Glyph]) -> tuple[int, int]:
    """(characters whose nearest neighbour stands below, those whose nearest stands to the right), whatever the file's order."""
    size = max(sorted(glyph.size for glyph in glyphs)[len(glyphs) // 2], 1.0)
    cells: defaultdict[tuple[int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        cells[int(glyph.center // (2 * size)), int(glyph.middle // (2 * size))].append(glyph)
    below = beside = 0
    for glyph in glyphs:
        column, row = int(glyph.center // (2 * size)), int(glyph.middle // (2 * size))
        down = right = float("inf")
        for other in (
            other for x in (column - 1, column, column + 1) for y in (row, row + 1) for other in cells.get((x, y), ())
        ):
            if abs(other.center - glyph.center) < 0.3 * size and other.top > glyph.middle:
                down = min(down, other.top - glyph.bottom)
            elif abs(other.middle - glyph.middle) < 0.3 * size and other.x0 > glyph.center:
                right = min(right, other.x0 - glyph.x1)
        below += down < right - 0.2 * size
        beside += right < down - 0.2 * size
    return below, beside


def rows_at_edges(glyphs: Sequence[Glyph], size: float) -> list[list[Glyph]]:
    """The rows at the top and bottom of a vertical page that no line runs down from or to: heads whose letters stand apart (官　報)."""
    page = characters_of(glyphs)
    left = np.arange(len(page))
    found: list[list[Glyph]] = []
    for top in (True, False):
        for _ in range(EDGE_ROWS):
            middle = page.middle[left]
            if not len(left):
                break
            edge = middle.min() if top else middle.max()
            row = left[abs(middle - edge) <= ROW * size]
            beside = np.setdiff1d(left, row)
            step = (page.middle[beside, None] - page.middle[row]) * (1 if top else -1)
            near = (abs(page.center[beside, None] - page.center[row]) < 0.4 * size) & (step < NEXT * size)
            if len(row) < FEWEST_IN_ROW or near.any(axis=0).sum() > EDGE_SHARE * len(row):
                break
            found.append(sorted((page.glyphs[place] for place in listed(row)), key=lambda glyph: glyph.x0))
            left = beside
    return found


EDGE_ROWS, FEWEST_IN_ROW = 3, 3
"""Rows that are looked at on either edge, and letters that one has at least."""
ROW, NEXT, EDGE_SHARE = 0.7, 1.6, 0.3
"""Height of a row and distance to the next letter of a line that runs down, in letters; share of a row that may have one."""


def upright_groups(glyphs: Sequence[Glyph], size: float) -> tuple[list[Glyph], list[list[Glyph]]]:
    """A vertical page's characters with digits set side by side in a line made one (縦中横), and the horizontal lines on it
    (heads, page numbers), which are not among them.
    """
    groups: list[list[Glyph]] = []
    for glyph in glyphs:
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and stands_beside(before, glyph)
            and glyph.x0 - before.x1 < 0.9 * size
            and not stands_below(before, glyph)
        ):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    single: list[Glyph] = []
    lines: list[list[Glyph]] = []
    for group in groups:
        wide = group[-1].x1 - group[0].x0
        if len(group) == 1:
            single += group
        elif len(group) <= 4 and wide <= 1.4 * size:
            text = "".join(glyph.text for glyph in group)
            single.append(
                Glyph(text, group[0].x0, group[-1].x1, min(g.top for g in group), max(g.bottom for g in group))
            )
        else:
            lines.append(group)
    return single, lines
