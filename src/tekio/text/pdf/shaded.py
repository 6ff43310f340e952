"""Tables on a PDF page whose rows are shaded in turn: the shaded rows are framed, those between them belong to the same table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from tekio.text.pdf.characters import Glyph
from tekio.text.pdf.tables import Box, edges_near, text_lines

SAME = 2.0
"""Up to this, in points, two edges are one."""
NEAR = 0.7
"""Of the height of a framed row: lines nearer to each other are of one row."""
FEWEST_SHADED = 3
MOST_BETWEEN = 8
"""Lines that may stand between two shaded rows: rows that carry notes are often not shaded."""


def with_rows_between(cells_of_tables: Sequence[Sequence[Box]], glyphs: Sequence[Glyph]) -> list[Sequence[Box]]:
    """The boxes of the tables' cells; framed rows with the same columns are one table with the rows of text between them.

    Nothing is put together where a character stands beside the columns or across the edge of one.
    """
    if sum(map(_is_row, cells_of_tables)) < FEWEST_SHADED:
        return list(cells_of_tables)
    visible = [glyph for glyph in glyphs if glyph.text.strip()]
    whole: list[list[Box]] = []
    for boxes in sorted(cells_of_tables, key=lambda boxes: min(box[1] for box in boxes)):
        between = _between(whole[-1], boxes, visible) if whole else None
        if between is None:
            whole.append(list(boxes))
        else:
            whole[-1] += [*between, *boxes]
    return [_with_last_row(boxes, visible) if _rows(boxes) > 2 * FEWEST_SHADED - 2 else boxes for boxes in whole]


def _is_row(boxes: Sequence[Box]) -> bool:
    return len(boxes) > 1 and _rows(boxes) == 1


def _rows(boxes: Sequence[Box]) -> int:
    return len({round(box[1] / SAME) for box in boxes})


def _columns(boxes: Sequence[Box]) -> list[float]:
    return edges_near([x for box in boxes for x in (box[0], box[2])])


def _between(above: Sequence[Box], below: Sequence[Box], glyphs: Sequence[Glyph]) -> list[Box] | None:
    """The cells of the rows between two tables, None where they are not parts of one: one of them must be a framed row."""
    columns, others = _columns(above), _columns(below)
    if not (_is_row(above) or _is_row(below)):
        return None
    if len(columns) < 3 or len(columns) != len(others):
        return None
    if any(abs(one - other) > SAME for one, other in zip(columns, others, strict=True)):
        return None
    row = below if _is_row(below) else above[-len(columns) + 1 :]
    top, bottom = max(box[3] for box in above), min(box[1] for box in below)
    return _cells(columns, (top, bottom), row[0][3] - row[0][1], glyphs)


def _cells(
    columns: Sequence[float], heights: tuple[float, float], pitch: float, glyphs: Sequence[Glyph]
) -> list[Box] | None:
    """A cell for each row of text between two heights and each column; None where the text is no row of these columns.

    pitch: the height of a framed row; lines that stand much nearer to each other are of one row, whose label is wrapped.
    """
    top, bottom = heights
    inside = [glyph for glyph in glyphs if top <= glyph.middle <= bottom]
    lines = text_lines(inside)
    if len(lines) > MOST_BETWEEN:
        return None
    for glyph in inside:
        if glyph.x0 < columns[0] - SAME or glyph.x1 > columns[-1] + SAME:
            return None
        if any(glyph.x0 < edge - SAME and glyph.x1 > edge + SAME for edge in columns[1:-1]):
            return None
    middles = [median(glyph.middle for glyph in line) for line in lines]
    cuts = [top, *((a + b) / 2 for a, b in pairwise(middles) if b - a > NEAR * pitch), bottom]
    return [(x0, y0, x1, y1) for y0, y1 in pairwise(cuts) for x0, x1 in pairwise(columns)] if lines else []


def _with_last_row(boxes: Sequence[Box], glyphs: Sequence[Glyph]) -> list[Box]:
    """The table with the row below its last framed one, where that is no higher than the others and fills several columns."""
    columns, bottom = _columns(boxes), max(box[3] for box in boxes)
    height = median(box[3] - box[1] for box in boxes)
    row = [glyph for glyph in glyphs if bottom < glyph.middle < bottom + 1.2 * height]
    filled = {sum(glyph.center > edge for edge in columns) for glyph in row}
    cells = _cells(columns, (bottom, bottom + 1.2 * height), height, glyphs) if len(filled) > 1 else None
    return [*boxes, *cells] if cells and len(cells) == len(columns) - 1 else list(boxes)
