"""A page without ruling lines that the file draws in rows of cells: its text cell by cell.

Cells of several lines beside each other mix when a page is read line by line, and then the rows of the page and the order of
the file disagree. Where every cell stands for itself, no two over each other, cells follow from left to right and rows
from top to bottom, the order of the file is that in which a person reads the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import numpy as np

from tekio.text.pdf.characters import APART, APART_FIGURES, Characters, Glyph, are_figures, listed
from tekio.text.pdf.drawn_cells import DrawnCell, cells_of
from tekio.text.pdf.headings import Piece

FEWEST_JUMPS = 5
"""Cells that begin higher than the cell before them ends; a page with fewer has no rows of cells of several lines."""
MOST_CELLS = 2_000


def drawn_page(characters: Characters) -> str | None:
    """The page's rows of cells as lines, None where it is no such page or one cell is in doubt."""
    places = np.flatnonzero(characters.solid)
    if len(places) < 2:
        return None
    middle, center = characters.middle[places], characters.center[places]
    size = float(median(characters.size[places].tolist()))
    jumps = (np.diff(middle) < -0.5 * size) & (np.diff(center) > 0)
    if int(jumps.sum()) < FEWEST_JUMPS:
        return None
    cells = [cell for run in _runs(characters, listed(places), size) for cell in run]
    if len(cells) > MOST_CELLS or not _apart(cells, size):
        return None
    rows: list[list[DrawnCell]] = []
    for cell in cells:
        if not rows or cell.center < rows[-1][-1].center or cell.x0 < rows[-1][-1].x1 - 0.3 * size:
            rows.append([])
        rows[-1].append(cell)
    tops = [min(cell.top for cell in row) for row in rows]
    if any(below < above - 0.5 * size for above, below in pairwise(tops)):
        return None
    return "\n".join(line for row in rows for line in _lines(row))


def _lines(row: list[DrawnCell]) -> Iterator[str]:
    """A row's cells on a line; what stands alone keeps its lines."""
    if len(row) > 1:
        yield " | ".join(cell.text.replace("\n", " ") for cell in row)
    else:
        yield from (piece.text for piece in row[0].lines)


def _runs(characters: Characters, places: list[int], size: float) -> Iterator[list[DrawnCell]]:
    """The cells in the order of the file; a figure is one by itself."""
    words: list[Piece] = []
    for piece in _pieces(characters, places, size):
        if piece.is_amount:
            yield [*cells_of(words, size), DrawnCell([piece])]
            words = []
        else:
            words.append(piece)
    yield cells_of(words, size)


def _pieces(characters: Characters, places: list[int], size: float) -> Iterator[Piece]:
    """Characters that follow each other on a line."""
    begun = 0
    glyphs = [characters[place] for place in places]
    for at in range(1, len(glyphs) + 1):
        if at == len(glyphs) or _is_cut(glyphs[at - 1], glyphs[at], size):
            yield Piece(tuple(glyphs[begun:at]), tuple(places[begun:at]))
            begun = at


def _is_cut(before: Glyph, after: Glyph, size: float) -> bool:
    gap = after.x0 - before.x1
    apart = gap > (APART_FIGURES if are_figures(before.text, after.text) else APART) * size
    return apart or gap < -0.5 * size or abs(after.middle - before.middle) > 0.4 * size


def _apart(cells: list[DrawnCell], size: float) -> bool:
    """Whether no two cells stand over each other."""
    ordered = sorted(cells, key=lambda cell: cell.top)
    for number, cell in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.top > cell.bottom + 0.4 * size:
                break
            if other.x0 < cell.x1 - 0.3 * size and cell.x0 < other.x1 - 0.3 * size:
                return False
    return True
