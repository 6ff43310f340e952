"""Tables on a PDF page that no ruling lines part: columns of figures that stand below each other, under their headings.

A figure's column is told by where figures stand in every row: they share right edges and never cross into the next column. A
heading is taken for a column only where its place leaves one reading; a table with a heading in doubt is marked `plain` and
stays rows of cells, empty ones kept: no label is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tekio.text.pdf.glyphs import Glyph
from tekio.text.pdf.tables import Box, PageTable, cell_text, line_text
from tekio.text.tables.values import is_figure, is_nil, is_unit, is_unit_caption, plain

APART = 1.2
"""Width of a gap between two cells of a line, in characters."""
FEWEST_ROWS = 3
MAX_HEAD_LINES = 10
_LEADER = re.compile("…|・・・|\\.\\.\\.\\.|‥")


@dataclass(frozen=True)
class _Piece:
    """A part of a line between gaps: its characters and their places."""

    glyphs: tuple[Glyph, ...]
    places: tuple[int, ...]

    @property
    def x0(self) -> float:
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        return max(glyph.x1 for glyph in self.glyphs)

    @property
    def center(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def text(self) -> str:
        return line_text(self.glyphs)

    @property
    def is_amount(self) -> bool:
        return is_figure(self.text) or is_nil(self.text)


@dataclass(frozen=True)
class _Line:
    pieces: tuple[_Piece, ...]
    middle: float

    @property
    def amounts(self) -> list[_Piece]:
        """The figures behind the last words of the line."""
        found: list[_Piece] = []
        for piece in reversed(self.pieces):
            if not piece.is_amount:
                break
            found.append(piece)
        return found[::-1]


@dataclass
class _Row:
    """Lines that make one row: words left of the figures, a line each, and the figures by column."""

    label: list[list[Glyph]]
    figures: dict[int, list[_Piece]]


def aligned_tables(glyphs: Sequence[Glyph], left_out: set[int]) -> tuple[list[PageTable], set[int]]:
    """Tables of figures without ruling lines, and the places of the characters in them. left_out: places that are taken."""
    size = median([glyph.size for place, glyph in enumerate(glyphs) if place not in left_out and glyph.text.strip()] or [1.0])  # fmt: skip
    lines = _lines([(place, glyph) for place, glyph in enumerate(glyphs) if place not in left_out], size)
    tables: list[PageTable] = []
    taken: set[int] = set()
    end = 0
    for first, last in _bodies(lines, size):
        if first < end:
            continue
        found = _table(lines, end, first, last, size)
        if found is not None:
            table, own, last = found
            tables.append(table)
            taken |= own
            end = last + 1
    return tables, taken


def _lines(placed: Sequence[tuple[int, Glyph]], size: float) -> list[_Line]:
    """The page's lines from top to bottom, cut where their characters stand apart."""
    rows: list[list[tuple[int, Glyph]]] = []
    middle = float("-inf")
    for place, glyph in sorted(placed, key=lambda item: (item[1].middle, item[1].x0)):
        if not glyph.text.strip():
            continue
        if abs(glyph.middle - middle) <= 0.4 * size and rows:
            rows[-1].append((place, glyph))
        else:
            rows.append([(place, glyph)])
            middle = glyph.middle
    lines: list[_Line] = []
    for row in rows:
        row.sort(key=lambda item: item[1].x0)
        cuts = [0, *(at for at in range(1, len(row)) if _are_apart(row[at - 1][1], row[at][1], size)), len(row)]
        pieces = [
            _Piece(tuple(glyph for _, glyph in row[a:b]), tuple(place for place, _ in row[a:b]))
            for a, b in pairwise(cuts)
        ]
        lines.append(_Line(tuple(pieces), median(glyph.middle for _, glyph in row)))
    return lines


def _are_apart(before: Glyph, after: Glyph, size: float) -> bool:
    """Whether two characters of a line are of two cells; a figure ends where the next begins."""
    figures = before.text[-1:] in "0123456789)%％－" and after.text[:1] in "0123456789(△▲－"
    return after.x0 - before.x1 > (0.3 if figures else APART) * size


def _bodies(lines: Sequence[_Line], size: float) -> list[tuple[int, int]]:
    """(first, last line) of runs of rows with figures behind words, with short lines of words between them."""
    bodies: list[tuple[int, int]] = []
    rows = [
        number
        for number, line in enumerate(lines)
        if len(line.pieces) > 1 and line.amounts and not any(_LEADER.search(piece.text) for piece in line.pieces)
    ]
    for number in rows:
        if bodies and _reaches(lines, bodies[-1][1], number, size):
            bodies[-1] = (bodies[-1][0], number)
        else:
            bodies.append((number, number))
    return [(a, b) for a, b in bodies if sum(a <= row <= b for row in rows) >= FEWEST_ROWS]


def _reaches(lines: Sequence[_Line], before: int, after: int, size: float) -> bool:
    """Whether the rows of a table go on: lines of words between two rows end before the figures begin."""
    if after - before > 4 or any(b.middle - a.middle > 4 * size for a, b in pairwise(lines[before : after + 1])):
        return False
    edge = min(piece.x0 for number in (before, after) for piece in lines[number].amounts)
    return all(line.pieces[-1].x1 < edge for line in lines[before + 1 : after])


def _table(
    lines: Sequence[_Line], free: int, first: int, last: int, size: float
) -> tuple[PageTable, set[int], int] | None:
    """The table with its body in the lines `first` to `last`; lines from `free` on are not taken yet."""
    body = lines[first : last + 1]
    columns = _columns(body, size)
    if not columns:
        return None
    edge = columns[0][0]
    first, last = _with_labels(lines, free, first, last, edge)
    body = lines[first : last + 1]
    for line in body:  # words beside or behind the figures: columns of words are not told apart here
        words = [piece for piece in line.pieces if not piece.is_amount]
        if any(piece.x1 > edge for piece in words):
            return None
    rows = _rows(body, columns, size)
    top = _top(lines, free, first, size)
    head = _head(lines[top:first], columns, size) if rows is not None else None
    begins = top if head is not None else first
    if head is None or rows is None:  # rows of cells: every line its own
        rows = [_Row([[g for piece in _words(line) for g in piece.glyphs]], _by_column(line, columns)) for line in body]
    width = len(columns) + 1
    written: list[list[tuple[str, int, int]]] = [*(head or [])]
    for row in rows:
        figures = [
            (" ".join(piece.text for piece in row.figures.get(column, [])), 1, 1) for column in range(len(columns))
        ]
        label = cell_text(row.label)
        written.append([(label, 1, 1), *figures] if row.figures else [(label, width, 1)])
    own = lines[begins : last + 1]
    pieces = [piece for line in own for piece in line.pieces]
    box: Box = (
        min(piece.x0 for piece in pieces),
        min(glyph.top for piece in pieces for glyph in piece.glyphs),
        max(piece.x1 for piece in pieces),
        max(glyph.bottom for piece in pieces for glyph in piece.glyphs),
    )
    return PageTable(box, written, plain=head is None), {place for piece in pieces for place in piece.places}, last


def _with_labels(lines: Sequence[_Line], free: int, first: int, last: int, edge: float) -> tuple[int, int]:
    """The body with the line of words above its first figures and the one below its last, where they stand nearer than rows."""
    places = [line.middle for line in lines[first : last + 1] if line.amounts]
    near = 0.8 * median([b - a for a, b in pairwise(places)])

    def is_label(number: int, beside: int) -> bool:
        line = lines[number]
        return not line.amounts and line.pieces[-1].x1 < edge and abs(line.middle - lines[beside].middle) < near

    begin = first - 1 if first - 1 >= free and is_label(first - 1, first) else first
    end = last + 1 if last + 1 < len(lines) and is_label(last + 1, last) else last
    return begin, end


def _columns(body: Sequence[_Line], size: float) -> list[tuple[float, float]]:
    """The strips in which figures stand; a strip of marks for "none" only belongs to the figures beside it."""
    spans = sorted((piece.x0, piece.x1, is_nil(piece.text)) for line in body for piece in line.amounts)
    strips: list[list[tuple[float, float, bool]]] = []
    for span in spans:
        if strips and span[0] <= max(x1 for _, x1, _ in strips[-1]) + 0.2 * size:
            strips[-1].append(span)
        else:
            strips.append([span])
    rows = [[(piece.x0, piece.x1) for piece in line.amounts] for line in body]

    def both(a: list[tuple[float, float, bool]], b: list[tuple[float, float, bool]]) -> bool:
        return any(any(s[:2] in row for s in a) and any(s[:2] in row for s in b) for row in rows)

    at = 0
    while at < len(strips):
        if all(nil for _, _, nil in strips[at]):
            beside = [n for n in (at + 1, at - 1) if 0 <= n < len(strips) and not both(strips[at], strips[n])]
            if beside:
                strips[beside[0]].extend(strips[at])
                del strips[at]
                at = 0
                continue
        at += 1
    return sorted((min(s[0] for s in strip), max(s[1] for s in strip)) for strip in strips)


def _rows(body: Sequence[_Line], columns: Sequence[tuple[float, float]], size: float) -> list[_Row] | None:
    """The rows of the body, or None where the lines of a label cannot be told from those of its neighbours.

    A line of words joins the figures that it stands nearer to than rows stand apart; else it is a row of its own.
    """
    places = [number for number, line in enumerate(body) if line.amounts]
    beside = [body[b].middle - body[a].middle for a, b in pairwise(places) if b == a + 1]
    pitch = median(beside or [body[b].middle - body[a].middle for a, b in pairwise(places)])
    if beside and min(beside) < 0.6 * pitch:
        return None  # figures of one row on several lines
    joined: dict[int, list[int]] = {place: [] for place in places}
    alone: list[int] = []
    for number, line in enumerate(body):
        if line.amounts:
            continue
        near = sorted((abs(body[place].middle - line.middle), place) for place in places)[:2]
        distance, place = near[0]
        if distance >= 0.8 * pitch:
            alone.append(number)
        elif len(near) > 1 and near[1][0] < 1.3 * distance:
            if not all(_words(body[other]) for _, other in near):
                return None
            alone.append(number)
        else:
            joined[place].append(number)
    rows: list[_Row] = []
    for number in sorted([*places, *alone]):
        own = sorted([number, *joined.get(number, [])])
        row = _Row([], {})
        if number in joined and not _words(body[number]) and len(own) > 1:
            above = sum(1 for other in own if other < number)
            far = any(abs(body[other].middle - body[number].middle) > 0.75 * size for other in own)
            if far and 2 * above != len(own) - 1:  # words only above or only below the figures: whose are they?
                return None
        for line in (body[other] for other in own):
            if words := _words(line):
                row.label.append([glyph for piece in words for glyph in piece.glyphs])
            for column, found in _by_column(line, columns).items():
                row.figures.setdefault(column, []).extend(found)
        if any(len(pieces) > 1 for pieces in row.figures.values()):
            return None
        rows.append(row)
    return rows


def _by_column(line: _Line, columns: Sequence[tuple[float, float]]) -> dict[int, list[_Piece]]:
    """The figures of a line by column."""
    found: dict[int, list[_Piece]] = {}
    for piece in line.amounts:
        column = next(n for n, (x0, x1) in enumerate(columns) if x0 - 0.01 <= piece.x0 and piece.x1 <= x1 + 0.01)
        found.setdefault(column, []).append(piece)
    return found


def _words(line: _Line) -> list[_Piece]:
    """What stands before the figures of a line."""
    return list(line.pieces[: len(line.pieces) - len(line.amounts)])


def _top(lines: Sequence[_Line], free: int, first: int, size: float) -> int:
    """The first line of what stands closely above the body and is not running text."""
    top = first
    while top > free and first - top < MAX_HEAD_LINES:
        line = lines[top - 1]
        if lines[top].middle - line.middle > 3 * size or any(
            piece.text.endswith(("。", "、")) for piece in line.pieces
        ):
            break
        if any(_LEADER.search(piece.text) or len(piece.text) > 40 or piece.text[:1] == "■" for piece in line.pieces):
            break
        top -= 1
    return top


def _head(
    lines: Sequence[_Line], columns: Sequence[tuple[float, float]], size: float
) -> list[list[tuple[str, int, int]]] | None:
    """Rows of headings as wide as the table, or None where a column has no heading of its own or one is in doubt."""
    edges = [x1 + 0.4 * size for _, x1 in columns]
    usual = median([b - a for a, b in pairwise(edges)]) if len(edges) > 1 else edges[0] - columns[0][0] + 6 * size
    cells = [(edges[0] - usual, edges[0]), *pairwise(edges)]
    cells[-1] = (cells[-1][0], cells[-1][1] + 2 * size)  # nothing stands behind the last column
    width = len(columns) + 1
    captions: list[list[tuple[str, int, int]]] = []
    stub: list[list[Glyph]] = []
    pieces: list[tuple[float, _Piece]] = []
    for line in lines:
        for piece in (part for whole in line.pieces for part in _cut_at(whole, edges, size)):
            if is_unit_caption(piece.text) and (len(line.pieces) == 1 or piece is line.pieces[-1]):
                captions.append([(piece.text, width, 1)])
            elif piece.x1 < cells[0][0] + 0.5 * size:
                stub.append(list(piece.glyphs))
            else:
                pieces.append((line.middle, piece))
    own: list[list[tuple[float, _Piece]]] = [[] for _ in columns]
    between: list[tuple[float, _Piece]] = []
    for middle, piece in pieces:
        column = _column_of(piece, cells, columns, size)
        (between if column is None else own[column]).append((middle, piece))
    over = _spanning(own, between, cells, edges, size)
    if over is None or not all(own) or not _agree(own, over, size):
        return None
    texts = [cell_text([list(piece.glyphs) for _, piece in leaf]) for leaf in own]
    if any(is_figure(text) for text in texts):
        return None
    rows: list[list[tuple[str, int, int]]] = []
    for middle in sorted({place for place, *_ in over}):
        row: list[tuple[str, int, int]] = [("", 1, 1)]
        for _, begin, end, text in sorted(entry for entry in over if entry[0] == middle):
            row += [("", 1, 1)] * (begin + 1 - sum(part[1] for part in row))
            row.append((text, end - begin, 1))
        rows.append(row + [("", 1, 1)] * (width - sum(part[1] for part in row)))
    return [*captions, *rows, [(cell_text(stub), 1, 1), *((text, 1, 1) for text in texts)]]


def _cut_at(piece: _Piece, edges: Sequence[float], size: float) -> list[_Piece]:
    """A heading cut where its characters stand a little apart at the edge of a column: two headings close to each other."""
    glyphs = piece.glyphs
    cuts = [
        at
        for at in range(1, len(glyphs))
        if (gap := glyphs[at].x0 - glyphs[at - 1].x1) > 0.2 * size
        and any(abs(glyphs[at].x0 - gap / 2 - edge) < size for edge in edges[:-1])
    ]
    return [_Piece(glyphs[a:b], piece.places[a:b]) for a, b in pairwise([0, *cuts, len(glyphs)])]


def _column_of(
    piece: _Piece, cells: Sequence[tuple[float, float]], columns: Sequence[tuple[float, float]], size: float
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
    own: list[list[tuple[float, _Piece]]],
    between: Sequence[tuple[float, _Piece]],
    cells: Sequence[tuple[float, float]],
    edges: Sequence[float],
    size: float,
) -> list[tuple[float, int, int, str]] | None:
    """Headings over several columns: (their line, first column, column after the last, text); None where one is in doubt.

    A heading stands over the columns whose common middle is its own and whose own headings stand on one line below it.
    It is taken out of `own`.
    """
    over: list[tuple[float, int, int, str]] = []
    lowest = [list(leaf) for leaf in own]
    tried = [(middle, piece, None) for middle, piece in between]
    tried += [(middle, piece, n) for n, leaf in enumerate(own) if len(leaf) > 1 for middle, piece in leaf]
    for middle, piece, column in sorted(tried, key=lambda entry: entry[0]):
        below = [[at for at, other in leaf if other is not piece] for leaf in lowest]
        fits: list[tuple[int, int]] = []
        for begin in range(len(cells)):
            if not own[begin]:
                continue
            last = own[begin][-1][1].center
            left = 2 * last - edges[begin] if begin == 0 else cells[begin][0]
            for end in range(begin + 2, len(cells) + 1):
                if abs((left + edges[end - 1]) / 2 - piece.center) > 1.2 * size or piece.x1 > edges[end - 1] + size:
                    continue
                leaves = below[begin:end]
                if all(leaf and min(leaf) > middle + 0.3 * size for leaf in leaves):
                    means = [sum(leaf) / len(leaf) for leaf in leaves]
                    if max(means) - min(means) < 0.4 * size:
                        fits.append((begin, end))
        if len(fits) > 1 or (not fits and column is None):
            return None
        if fits:
            if column is not None and min(below[column]) - middle < 1.35 * size:
                return None  # as near as lines of one heading are: of this column or of several?
            if column is not None:
                own[column] = [entry for entry in own[column] if entry[1] is not piece]
                lowest[column] = [entry for entry in lowest[column] if entry[1] is not piece]
            over.append((middle, *fits[0], piece.text))
    return over


def _agree(
    own: Sequence[Sequence[tuple[float, _Piece]]], over: Sequence[tuple[float, int, int, str]], size: float
) -> bool:
    """Whether the headings of all columns stand on the same lines, or are set around one middle, as cells of one row are."""
    told = [
        [at for at, piece in leaf if not is_unit(piece.text) or "日" in plain(piece.text)] or [at for at, _ in leaf]
        for leaf in own
    ]
    means = [sum(leaf) / len(leaf) for leaf in told]
    lines = sorted(at for leaf in own for at, _ in leaf)
    full = [at for at in lines if all(any(abs(other - at) < 0.4 * size for other, _ in leaf) for leaf in own)]
    by_line = [all(any(abs(at - other) < 0.4 * size for other in full) for at, _ in leaf) for leaf in own]
    covered = {column for _, begin, end, _ in over for column in range(begin, end)}
    if not covered:
        rest = [mean for mean, alike in zip(means, by_line, strict=True) if not alike]
        return not rest or max(rest) - min(rest) < 0.4 * size
    leaf = median([means[column] for column in covered])
    top = min(at for at, *_ in over)
    return all(
        abs(means[column] - leaf) < 0.4 * size
        if column in covered
        else top - 0.4 * size < means[column] < leaf + 0.4 * size
        for column in range(len(own))
    )
