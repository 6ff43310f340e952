"""The head of a PDF page's table without ruling lines: which lines it has, and what they say over which columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tekio.text.pdf.drawn_heads import drawn_headings, is_understood
from tekio.text.pdf.drawn_rows import Cells, widened
from tekio.text.pdf.headings import Line, headings

FEWEST_ROWS = 3
"""Rows of figures that make a table; one with fewer must have headings that are sure."""
MAX_HEAD_LINES, MAX_DRAWN_LINES = 10, 30
FURTHEST_HEAD = 7.0
"""How far above the next line, in characters, a heading of an upper level may stand."""
_LEADER = re.compile("…|・・・|\\.\\.\\.\\.|‥")


def with_head(
    lines: Sequence[Line],
    free: int,
    body: tuple[int, int],
    rows: Cells,
    columns: Sequence[tuple[float, float]],
    size: float,
) -> tuple[Cells, int] | None:
    """(the rows below their headings, the first line of these); None where a heading is in doubt.

    The headings are told by where they stand; where that leaves a doubt, by the order in which the file draws them, too.
    """
    first, last = body
    stubs = sum(width for _, width, _ in rows[0]) - len(columns) if rows else 1
    if sum(1 for row in rows if len(row) > 1) >= FEWEST_ROWS:
        top = _top(lines, free, body, columns, size)
        if (head := headings(lines[top:first], columns, size)) is not None:
            return [*widened(head, stubs), *rows], top
    elif last + 1 < len(lines) and lines[last + 1].middle - lines[last].middle < 1.15 * _least_step(
        lines[first : last + 1]
    ):
        return None  # two rows and perhaps a third below them
    left = min(line.pieces[0].x0 for line in lines[first : last + 1])
    top = _top(lines, free, body, columns, size, most=MAX_DRAWN_LINES)
    if first - top == MAX_DRAWN_LINES:
        return None
    top = _below_title(lines, top, first, left + size)
    if top == first:
        return None
    above = lines[top - 1] if top > free else None
    if above and above.pieces[0].x0 > left + size and lines[top].middle - above.middle < 3 * size:
        return None  # what stands above may be of the head, too
    begun = min(place for line in lines[first : last + 1] for piece in line.pieces for place in piece.places)
    head = drawn_headings(lines[top:first], columns, size, begun, left)
    if head is None or not is_understood(head := widened(head, stubs), rows):
        return None
    return [*head, *rows], top


def _below_title(lines: Sequence[Line], top: int, first: int, left: float) -> int:
    """The first line below a title, or below the rows of another table: all above it is drawn before all below it."""
    for number in range(first - 1, top - 1, -1):
        line = lines[number]
        title = len(line.pieces) == 1 and line.pieces[0].x0 < left
        if (title or (line.amounts and len(line.amounts) < len(line.pieces))) and number + 1 < first:
            above = max(place for one in lines[top : number + 1] for piece in one.pieces for place in piece.places)
            if above < min(
                place for one in lines[number + 1 : first] for piece in one.pieces for place in piece.places
            ):
                return number + 1
    return top


def _least_step(body: Sequence[Line]) -> float:
    return min((after.middle - before.middle for before, after in pairwise(body)), default=0.0)


def _top(
    lines: Sequence[Line],
    free: int,
    body: tuple[int, int],
    columns: Sequence[tuple[float, float]],
    size: float,
    most: int = MAX_HEAD_LINES,
) -> int:
    """The first line of what stands above the body and is not running text: closely, or over its columns only."""
    first, last = body
    left = min(line.pieces[0].x0 for line in lines[first : last + 1])
    top = first
    while top > free and first - top < most:
        line = lines[top - 1]
        gap = lines[top].middle - line.middle
        beside = lines[max(top - 2, free) : top]  # the words left of the headings may stand a little lower than they
        beside = [other for other in beside if line.middle - other.middle < size]
        if gap > 3 * size and not (
            gap < FURTHEST_HEAD * size and any(_is_over_columns(other, columns, size) for other in beside)
        ):
            break
        if any(piece.text.endswith(("。", "、")) for piece in line.pieces):
            break
        if len(line.pieces) == 1 and line.pieces[0].x0 < left + size and line.pieces[0].x1 > columns[0][0]:
            break  # a title or a sentence of one line: it begins where the labels do and reaches over figures
        if any(_LEADER.search(piece.text) or len(piece.text) > 40 or piece.text[:1] == "■" for piece in line.pieces):
            break
        top -= 1
    return top


def _is_over_columns(line: Line, columns: Sequence[tuple[float, float]], size: float) -> bool:
    """Whether words stand over the figures and not left of them, or over several columns."""
    if line.amounts:
        return False
    over = {n for piece in line.pieces for n, (x0, x1) in enumerate(columns) if piece.x0 < x1 and piece.x1 > x0}
    return line.pieces[0].x0 > columns[0][0] - 4 * size or (len(line.pieces) > 2 and len(over) > 1)
