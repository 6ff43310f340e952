"""Headings over the columns of a PDF page's table without ruling lines: of one column, over several, on several levels.

A heading stands in the middle of the cell over its columns. Where its place leaves one reading it is theirs; where one heading
of a table is in doubt there are none: no label is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from tekio.text.pdf.characters import Glyph
from tekio.text.pdf.tables import cell_text, line_text
from tekio.text.tables.values import is_figure, is_nil, is_unit, is_unit_caption, plain

SAME_LINE = 0.4
"""Up to this, in characters, two middles are of one line."""
LINE_STEP = 1.6
"""Up to this, in characters, two lines may be of one heading."""
_CLOSED_UNIT = re.compile("[(（][^()（）]*単位[^()（）]*[)）]")

_NOTES = re.compile("[0-9]{1,2}(?:[,、，] ?[0-9]{1,2})+")
"""Numbers of notes in a column of theirs."""
_OPEN, _CLOSE = "(（[［〔【「", ")）]］〕】」"

Leaf = list[tuple[float, "Piece"]]
"""The pieces over one column with their lines."""


def is_closed(text: str) -> bool:
    """Whether every bracket has its other: a part of a heading or label that was cut in two has not."""
    depth = 0
    for character in text:
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth < 0:
            return False
    return depth == 0


@dataclass(frozen=True)
class Piece:
    """A part of a line between gaps: its characters and their places."""

    glyphs: tuple[Glyph, ...]
    places: tuple[int, ...]

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.glyphs[0].x0

    @cached_property
    def x1(self) -> float:
        """Right edge."""
        return max(glyph.x1 for glyph in self.glyphs)

    @property
    def center(self) -> float:
        """Middle between its edges."""
        return (self.x0 + self.x1) / 2

    @cached_property
    def text(self) -> str:
        """Its characters as text."""
        return line_text(self.glyphs)

    @cached_property
    def is_amount(self) -> bool:
        """Whether it is a figure, says that there is none, or names several notes."""
        text = self.text
        return (is_figure(text) or is_nil(text) or _NOTES.fullmatch(text) is not None) and is_closed(text)


@dataclass(frozen=True)
class Line:
    """A line of a page, cut where its characters stand apart. middle: its height."""

    pieces: tuple[Piece, ...]
    middle: float

    @cached_property
    def amounts(self) -> list[Piece]:
        """The figures behind the last words of the line."""
        found: list[Piece] = []
        for piece in reversed(self.pieces):
            if not piece.is_amount:
                break
            found.append(piece)
        return found[::-1]


@dataclass(frozen=True)
class _Over:
    """A heading over the columns from `begin` to before `end`, on the line `middle`."""

    middle: float
    begin: int
    end: int
    piece: Piece


def headings(
    lines: Sequence[Line], columns: Sequence[tuple[float, float]], size: float
) -> list[list[tuple[str, int, int]]] | None:
    """Rows of headings as wide as the table, or None where a column has no heading of its own or one is in doubt.

    lines: those above the figures. columns: left and right edges of the figures of each. size: of a character.
    """
    edges = [x1 + 0.4 * size for _, x1 in columns]
    usual = median([b - a for a, b in pairwise(edges)]) if len(edges) > 1 else edges[0] - columns[0][0] + 6 * size
    cells = [(edges[0] - usual, edges[0]), *pairwise(edges)]
    cells[-1] = (cells[-1][0], cells[-1][1] + 2 * size)  # nothing stands behind the last column
    width = len(columns) + 1
    captions: list[tuple[float, list[tuple[str, int, int]]]] = []
    stub: Leaf = []
    own: list[Leaf] = [[] for _ in columns]
    between: Leaf = []
    titled = _title_lines(lines)
    captions += [(line.middle, [(line.pieces[0].text, width, 1)]) for line in lines[:titled]]
    for line in lines[titled:]:
        for whole in line.pieces:
            for piece in (part for told in unit_apart(whole) for part in cut_at(told, edges, size)):
                first = line is lines[0] and len(line.pieces) == 1
                if is_unit_caption(piece.text) and (first or "単" in piece.text):
                    captions.append((line.middle, [(piece.text, width, 1)]))
                elif piece.x1 < cells[0][0] + 0.5 * size:
                    stub.append((line.middle, piece))
                else:
                    column = _column_of(piece, cells, columns, size)
                    (between if column is None else own[column]).append((line.middle, piece))
    over = _spanning(own, between, cells, edges, size)
    if over is None or not _agree(own, over, size):
        return None
    if not over and all(is_unit(piece.text) for leaf in own for _, piece in leaf):
        return None  # units only: the words that tell the columns apart were not found
    texts = [cell_text([list(piece.glyphs) for _, piece in leaf]) for leaf in own]
    above = _rows_over(over, width)
    if not all(map(_is_heading, [text for row in above for text, _, _ in row] + texts)):
        return None
    heads = [*(at for leaf in own for at, _ in leaf), *(part.middle for part in over)]
    lowest, highest = max(at for leaf in own for at, _ in leaf), min(heads)
    begins = [
        [(piece.text, width, 1)] for at, piece in stub if at > lowest + SAME_LINE * size
    ]  # the first group of rows
    # What stands higher than all headings is a title and heads no column.
    titles = [(at, piece) for at, piece in stub if captions and at < highest - LINE_STEP * size]
    captions += [(at, [(piece.text, width, 1)]) for at, piece in titles]
    corner = " ".join(piece.text for at, piece in stub if at <= lowest + SAME_LINE * size and (at, piece) not in titles)
    told = [row for _, row in sorted(captions, key=lambda caption: caption[0])]
    return [*told, *above, [(corner, 1, 1), *((text, 1, 1) for text in texts)], *begins]


def _title_lines(lines: Sequence[Line]) -> int:
    """How many of the lines are titles: each says one thing, and the unit of the table stands on the next below them."""
    for number, line in enumerate(lines):
        if len(line.pieces) != 1:
            return 0
        if "単" in line.pieces[0].text and is_unit_caption(line.pieces[0].text):
            return number
    return 0


def _is_heading(text: str) -> bool:
    """Whether a cell of the head holds words, whole ones; an empty one is below a heading."""
    return not text or ((not is_figure(text) and is_closed(text) and any(map(str.isalnum, text))) or is_unit(text))


def _rows_over(over: Sequence[_Over], width: int) -> list[list[tuple[str, int, int]]]:
    """Rows of cells for the headings over several columns; the lines of one heading are joined."""
    wholes: list[tuple[float, int, int, list[list[Glyph]]]] = []
    reached: dict[tuple[int, int], tuple[float, int]] = {}
    for part in sorted(over, key=lambda part: part.middle):
        columns = (part.begin, part.end)
        before, place = reached.get(columns, (float("-inf"), -1))
        if part.middle - before < 1.8 * part.piece.glyphs[0].size:
            wholes[place][3].append(list(part.piece.glyphs))
        else:
            place = len(wholes)
            wholes.append((part.middle, *columns, [list(part.piece.glyphs)]))
        reached[columns] = (part.middle, place)
    rows: list[list[tuple[str, int, int]]] = []
    for middle in sorted({place for place, *_ in wholes}):
        row: list[tuple[str, int, int]] = [("", 1, 1)]
        for _, begin, end, parts in sorted((e for e in wholes if e[0] == middle), key=lambda entry: entry[1]):
            row += [("", 1, 1)] * (begin + 1 - sum(part[1] for part in row))
            row.append((cell_text(parts), end - begin, 1))
        rows.append(row + [("", 1, 1)] * (width - sum(part[1] for part in row)))
    return rows


def unit_apart(piece: Piece) -> list[Piece]:
    """A piece cut behind the unit of the table that stands close to a heading: （単位：億円）前年比."""
    text = "".join(glyph.text for glyph in piece.glyphs)
    found = _CLOSED_UNIT.match(text)
    if found is None or len(text) != len(piece.glyphs) or found.end() == len(text):
        return [piece]
    at = found.end()
    return [Piece(piece.glyphs[a:b], piece.places[a:b]) for a, b in pairwise((0, at, len(text)))]


def cut_at(piece: Piece, edges: Sequence[float], size: float) -> list[Piece]:
    """A heading cut where its characters stand a little apart at the edge of a column: two headings close to each other."""
    glyphs = piece.glyphs
    cuts = [
        at
        for at in range(1, len(glyphs))
        if (gap := glyphs[at].x0 - glyphs[at - 1].x1) > 0.2 * size
        and any(abs(glyphs[at].x0 - gap / 2 - edge) < size for edge in edges[:-1])
    ]
    return [Piece(glyphs[a:b], piece.places[a:b]) for a, b in pairwise([0, *cuts, len(glyphs)])]


def _column_of(
    piece: Piece, cells: Sequence[tuple[float, float]], columns: Sequence[tuple[float, float]], size: float
) -> int | None:
    """The column in whose cell a heading stands; None for one that is wider or stands between two."""
    found = [n for n, (x0, x1) in enumerate(cells) if x0 <= piece.center < x1]
    if len(found) != 1:
        return None
    x0, x1 = cells[found[0]]
    others = [n for n, (a, b) in enumerate(columns) if n != found[0] and piece.x0 < b and piece.x1 > a]
    if others or piece.x1 - piece.x0 > x1 - x0 + size:
        return None
    return found[0]


def _spanning(
    own: list[Leaf],
    between: Sequence[tuple[float, Piece]],
    cells: Sequence[tuple[float, float]],
    edges: Sequence[float],
    size: float,
) -> list[_Over] | None:
    """Headings over several columns, from the lowest line to the highest; None where one is in doubt.

    A heading stands over the columns whose common middle is its own. It is taken out of `own`.
    """
    over: list[_Over] = []
    bare = [not any(not is_unit(piece.text) for _, piece in leaf) for leaf in own]
    tried = [(middle, piece, None) for middle, piece in between]
    for n, leaf in enumerate(own):
        beside_bare = any(bare[max(n - 1, 0) : n + 2])
        tried += [(middle, piece, n) for middle, piece in leaf if len(leaf) > 1 or beside_bare]
    for middle, piece, column in sorted(tried, key=lambda entry: -entry[0]):
        fits = [
            (begin, end)
            for begin in range(len(cells))
            for end in range(begin + 2, len(cells) + 1)
            if _is_over(middle, piece, own[begin:end], cells[begin:end], edges[end - 1], begin == 0, size)
            and _hold_together(middle, begin, end, own, over, size)
        ]
        if len(fits) > 1 or (not fits and column is None):
            return None
        if not fits:
            continue
        if column is not None:
            below = [at for at, _ in own[column] if at > middle + 0.3 * size]
            if below and min(below) - middle < 1.35 * size:
                return None  # as near as lines of one heading are: of this column or of several?
            own[column] = [entry for entry in own[column] if entry[1] is not piece]
        over.append(_Over(middle, *fits[0], piece))
    return over


def _is_over(
    middle: float,
    piece: Piece,
    leaves: Sequence[Leaf],
    cells: Sequence[tuple[float, float]],
    right: float,
    first: bool,
    size: float,
) -> bool:
    """Whether a piece stands in the middle over columns with these leaves. first: the left edge of the first is not known."""
    left = cells[0][0]
    if first and (told := [(at, part) for at, part in leaves[0] if part is not piece and not is_unit(part.text)]):
        # All lines of the heading show the middle of its cell: the last of them may begin where the others do.
        lines = [part for at, part in told if at > middle] or [told[-1][1]]
        left = min(part.x0 for part in lines) + max(part.x1 for part in lines) - cells[0][1]
    if abs((left + right) / 2 - piece.center) > 1.2 * size or piece.x1 > right + size or piece.x0 < left - size:
        return False
    beside = any(abs(at - middle) < SAME_LINE * size for leaf in leaves for at, part in leaf if part is not piece)
    below = [[at for at, _ in leaf if at > middle + 0.3 * size] for leaf in leaves]
    return not beside and all(below[1:])


def _hold_together(
    middle: float, begin: int, end: int, own: Sequence[Leaf], over: Sequence[_Over], size: float
) -> bool:
    """Whether columns are one group below a heading on the line `middle`: their own headings stand on the same lines.

    One that has no heading below it of its own level stands between that level and the lowest.
    """
    inside = [part for part in over if part.begin < end and part.end > begin]
    if any(part.begin < begin or part.end > end for part in inside):
        return False  # half of another group
    means = [_middle([entry for entry in leaf if entry[0] > middle + 0.3 * size]) for leaf in own[begin:end]]
    covered = {column - begin for part in inside for column in range(part.begin, part.end)}
    told = [mean for mean in means if mean is not None]
    if means[0] is None and not any(is_unit(piece.text) for _, piece in own[begin + 1]):
        return 0 in covered
    if not covered or len(covered) == end - begin:
        groups = [told] if not covered else []
        return all(max(group) - min(group) < SAME_LINE * size for group in groups)
    leaf = max(mean for place, mean in enumerate(means) if mean is not None and place in covered)
    top = min(part.middle for part in inside)
    alone = [mean for place, mean in enumerate(means) if place not in covered and mean is not None]
    return all(top - SAME_LINE * size < mean < leaf + SAME_LINE * size for mean in alone)


def _middle(leaf: Sequence[tuple[float, Piece]]) -> float | None:
    """The middle of a heading's lines; its unit may stand on a line of its own, which not every column has."""
    told = [at for at, piece in leaf if not is_unit(piece.text) or "日" in plain(piece.text)] or [at for at, _ in leaf]
    return sum(told) / len(told) if told else None


def _agree(own: Sequence[Leaf], over: Sequence[_Over], size: float) -> bool:
    """Whether the headings of all columns stand on the same lines, or are set around one middle, as cells of one row are.

    Lines that stand further apart than those of one heading do are headings of two levels.
    """
    for leaf in own:
        told = sorted(at for at, piece in leaf if not is_unit(piece.text))
        if any(below - above > LINE_STEP * size for above, below in pairwise(told)):
            return False
    covered = {column for part in over for column in range(part.begin, part.end)}
    if any(not leaf and column not in covered for column, leaf in enumerate(own)):
        return False
    means = [_middle(leaf) for leaf in own]
    if not covered:
        lines = sorted(at for leaf in own for at, _ in leaf)
        full = [at for at in lines if all(any(abs(other - at) < SAME_LINE * size for other, _ in leaf) for leaf in own)]
        rest = [
            mean
            for mean, leaf in zip(means, own, strict=True)
            if mean is not None and not all(any(abs(at - other) < SAME_LINE * size for other in full) for at, _ in leaf)
        ]
        return not rest or max(rest) - min(rest) < SAME_LINE * size
    leaf = max((mean for column, mean in enumerate(means) if column in covered and mean is not None), default=0.0)
    for column, mean in enumerate(means):
        above = [part.middle for part in over if part.begin <= column < part.end]
        lowest = min(part.middle for part in over)
        top = max(above) if above else lowest - SAME_LINE * size
        if mean is not None and not top < mean < leaf + SAME_LINE * size:
            return False
    return True
