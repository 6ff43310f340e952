"""Cells of a PDF page's table without ruling lines as the file draws them: one after the other, from left to right and row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tekio.text.pdf.headings import Piece
from tekio.text.pdf.tables import cell_text

STEP = 1.7
"""Up to this, in characters, two lines of a cell stand apart."""
SAME = 0.35
"""Up to this, in characters, edges and middles of a cell's lines are the same."""
NEARER = 0.85
"""Of the distance of the rows: lines that are nearer to each other are of one cell."""
LINE_LEFT = 1.6
"""Characters that a full line leaves free at its end at most: punctuation does not begin a line."""


@dataclass
class DrawnCell:
    """A cell: its lines from above, the row it is drawn in. spans: columns (first, last) that it may stand over, where it is a heading."""

    lines: list[Piece]
    row: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @property
    def x0(self) -> float:
        return min(piece.x0 for piece in self.lines)

    @property
    def x1(self) -> float:
        return max(piece.x1 for piece in self.lines)

    @property
    def center(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def top(self) -> float:
        return self.lines[0].glyphs[0].middle

    @property
    def bottom(self) -> float:
        return self.lines[-1].glyphs[0].middle

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        return cell_text([list(piece.glyphs) for piece in self.lines])


def by_order(piece: Piece, order: dict[int, int]) -> Iterator[Piece]:
    """A piece of a line cut where the file draws something else in between."""
    cuts = [at for at in range(1, len(piece.places)) if order[piece.places[at]] != order[piece.places[at - 1]] + 1]
    for a, b in pairwise([0, *cuts, len(piece.places)]):
        yield Piece(piece.glyphs[a:b], piece.places[a:b])


def in_order(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces in the order of the file, cut where it draws another of them in between."""
    every = list(pieces)
    order = {place: number for number, place in enumerate(sorted(at for piece in every for at in piece.places))}
    parts = [part for piece in every for part in by_order(piece, order)]
    return sorted(parts, key=lambda piece: piece.places[0])


def cells_of(parts: Sequence[Piece], size: float, *, pitch: float | None = None) -> list[DrawnCell]:
    """The cells that the file draws one after the other, each with the row it stands in.

    pitch: distance of the rows. Lines that begin at one place are of one cell only where they are nearer or the upper is full: a
    label below another begins there, too.
    """
    cells: list[DrawnCell] = []
    for piece in parts:
        if cells and _goes_on(cells[-1].lines, piece, size, pitch):
            cells[-1].lines.append(piece)
        else:
            row = cells[-1].row + (piece.center < cells[-1].center) if cells else 0
            cells.append(DrawnCell([piece], row))
    return cells


def _goes_on(lines: Sequence[Piece], piece: Piece, size: float, pitch: float | None) -> bool:
    """Whether a piece is the next line of a cell: right below it, and set as its lines are."""
    before = lines[-1]
    step = piece.glyphs[0].middle - before.glyphs[0].middle
    if step < 0.5 * size or piece.x0 >= before.x1 or piece.x1 <= before.x0:
        return False
    middle = abs(piece.center - before.center) < SAME * size
    if len(piece.glyphs) == 1 == len(before.glyphs) and not piece.is_amount:
        return middle  # a word that runs down beside the rows
    if step > STEP * size:
        return False
    left, right = abs(piece.x0 - before.x0) < SAME * size, abs(piece.x1 - before.x1) < SAME * size
    if pitch is not None and left and step > NEARER * pitch:
        return before.x1 > max(one.x1 for one in (*lines, piece)) - LINE_LEFT * size
    return middle or left or right
