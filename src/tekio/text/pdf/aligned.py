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
from operator import itemgetter
from statistics import median

import numpy as np

from tekio.text.pdf.characters import (
    APART,
    APART_FIGURES,
    Characters,
    Glyph,
    IntArray,
    are_figures,
    characters_of,
    listed,
)
from tekio.text.pdf.drawn_rows import Cells, rows_as_drawn, without_spans
from tekio.text.pdf.headings import LINE_STEP, Line, Piece, is_closed
from tekio.text.pdf.table_heads import FEWEST_ROWS, with_head
from tekio.text.pdf.tables import Box, PageTable, cell_text
from tekio.text.tables.values import is_nil

BEHIND_LABEL = 0.7
"""The same between the last character of a label and a figure."""
FEWEST_HEADED = 2
"""Rows of figures of a table whose headings are sure."""
MOST_LINES = 7
"""Lines of words that may stand between the figures of two rows, and one."""
_LEADER = re.compile("…|・・・|\\.\\.\\.\\.|‥")
_NUMBERING = re.compile("[(（]?[0-9０-９Ⅰ-Ⅻⅰ-ⅻ①-⑳一二三四五六七八九十IVX※*＊注]+[)）]?[.．、]?")
"""What stands before the label of one row."""


@dataclass
class _Row:
    """Lines that make one row: words left of the figures, a line each, and the figures by column."""

    label: list[list[Piece]]
    figures: dict[int, list[Piece]]

    @property
    def text(self) -> str:
        """The label; lines that stand beside each other are words of two cells."""
        parts: list[list[list[Glyph]]] = []
        reached = float("-inf")
        for line in self.label:
            if not parts or line[0].x0 >= reached:
                parts.append([])
            parts[-1].append([glyph for piece in line for glyph in piece.glyphs])
            reached = max(reached, line[-1].x1)
        return " ".join(map(cell_text, parts))


def aligned_tables(glyphs: Sequence[Glyph], left_out: set[int]) -> tuple[list[PageTable], set[int]]:
    """Tables of figures without ruling lines, and the places of the characters in them. left_out: places that are taken."""
    page = characters_of(glyphs)
    places = np.flatnonzero(page.solid)
    places = places[~np.isin(places, list(left_out))] if left_out else places
    size = median(page.size[places].tolist() or [1.0])
    rows = _pieces(page, places, size)
    if sum(len(row) > 1 and _piece(page, row[-1]).is_amount for row in rows) < FEWEST_HEADED:
        return [], set()
    lines = [_line(page, row, size) for row in rows]
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


def _pieces(page: Characters, places: IntArray, size: float) -> list[list[list[int]]]:
    """The page's lines from top to bottom, cut where their characters stand apart."""
    places = places[np.lexsort((page.x0[places], page.middle[places]))]
    numbers: list[int] = []
    number, first = -1, float("-inf")
    for middle in page.middle[places].tolist():
        if middle - first > 0.4 * size:
            number, first = number + 1, middle
        numbers.append(number)
    line = np.array(numbers, np.int64)
    order = np.lexsort((page.x0[places], line))
    places, line = places[order], line[order]
    gap = page.x0[places[1:]] - page.x1[places[:-1]]
    begins = np.diff(line) > 0
    apart = begins | (gap > APART * size)
    for at in listed(np.flatnonzero(~apart & (gap > APART_FIGURES * size))):
        before, after = listed(places[at : at + 2])
        apart[at] = are_figures(page.texts[before], page.texts[after])
    ordered = listed(places)
    rows: list[list[list[int]]] = []
    cuts = [0, *listed(np.flatnonzero(apart) + 1), len(ordered)]
    for begin, end in pairwise(cuts):
        if begin == 0 or begins[begin - 1]:
            rows.append([])
        rows[-1].append(ordered[begin:end])
    return rows if ordered else []


def _line(page: Characters, row: Sequence[list[int]], size: float) -> Line:
    pieces = [part for places in row for part in _behind_label(_piece(page, places), size)]
    return Line(tuple(pieces), median(page.middle[[place for piece in row for place in piece]].tolist()))


def _piece(page: Characters, places: Sequence[int]) -> Piece:
    glyphs = page.glyphs
    return Piece(tuple([glyphs[place] for place in places]), tuple(places))


def _behind_label(piece: Piece, size: float) -> list[Piece]:
    """A label and the figure that stands behind it nearer than cells do, apart."""
    glyphs, places = piece.glyphs, piece.places
    for at in range(len(glyphs) - 1, 0, -1) if not piece.is_amount else ():
        if glyphs[at].x0 - glyphs[at - 1].x1 > BEHIND_LABEL * size:
            parts = [Piece(glyphs[:at], places[:at]), Piece(glyphs[at:], places[at:])]
            return parts if parts[1].is_amount and glyphs[at - 1].text > "\u3000" else [piece]
    return [piece]


def _bodies(lines: Sequence[Line], size: float) -> list[tuple[int, int]]:
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
    return [(a, b) for a, b in bodies if sum(a <= row <= b for row in rows) >= FEWEST_HEADED]


def _reaches(lines: Sequence[Line], before: int, after: int, size: float) -> bool:
    """Whether the rows of a table go on: lines between two rows hold words that end before the figures begin, or a figure."""
    if after - before > MOST_LINES or any(
        b.middle - a.middle > 4 * size for a, b in pairwise(lines[before : after + 1])
    ):
        return False
    edge = min(piece.x0 for number in (before, after) for piece in lines[number].amounts)
    return all(line.pieces[-1].x1 < edge or len(line.amounts) == len(line.pieces) for line in lines[before + 1 : after])


def _table(
    lines: Sequence[Line], free: int, first: int, last: int, size: float
) -> tuple[PageTable, set[int], int] | None:
    """The table with its body in the lines `first` to `last`; lines from `free` on are not taken yet."""
    body = lines[first : last + 1]
    columns = _columns(body, size)
    if not columns:
        return None
    edge = columns[0][0]
    first, last = _with_labels(lines, free, first, last, edge, size)
    body = lines[first : last + 1]
    for line in body:  # words beside or behind the figures: columns of words are not told apart here
        words = [piece for piece in line.pieces if not piece.is_amount]
        if any(piece.x1 > edge for piece in words):
            return None
    cells: Cells | None = None
    if not _figures_beside(lines, first, last, size):
        several = sum(1 for line in body if line.amounts and len(line.pieces) > 1) >= FEWEST_ROWS
        rows = _rows(body, columns, size) if several else None
        cells = _written(rows, columns) if rows is not None else rows_as_drawn(body, columns, size)
    told = None if cells is None else with_head(lines, free, (first, last), cells, columns, size)
    plain = told is None
    if plain and sum(1 for line in body if line.amounts and len(line.pieces) > 1) < FEWEST_ROWS:
        return None
    if told is None:  # rows of cells: where the rows are in doubt, too, every line its own
        lone = [_Row([words] if (words := _words(line)) else [], _by_column(line, columns)) for line in body]
        told = without_spans(cells) if cells else _written(lone, columns), first
    written, begins = told
    own = lines[begins : last + 1]
    pieces = [piece for line in own for piece in line.pieces]
    box: Box = (
        min(piece.x0 for piece in pieces),
        min(glyph.top for piece in pieces for glyph in piece.glyphs),
        max(piece.x1 for piece in pieces),
        max(glyph.bottom for piece in pieces for glyph in piece.glyphs),
    )
    rights = () if cells is None else tuple(x1 for _, x1 in columns)
    drawn = "" if plain and not any("\n" in text for row in written for text, _, _ in row) else _as_drawn(pieces, size)
    return (
        PageTable(box, written, plain=plain, drawn=drawn, rights=rights),
        {place for piece in pieces for place in piece.places},
        last,
    )


def _as_drawn(pieces: Sequence[Piece], size: float) -> str:
    """The text of a table's pieces in the order of the file, each of its lines on one."""
    placed = sorted(
        ((place, glyph) for piece in pieces for place, glyph in zip(piece.places, piece.glyphs, strict=True)),
        key=itemgetter(0),
    )
    return "".join(
        ("\n" if at and abs(glyph.middle - placed[at - 1][1].middle) > 0.4 * size else "") + glyph.text
        for at, (_, glyph) in enumerate(placed)
    )


def _written(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> Cells:
    """Rows as cells: the label and the figures of each column; a row without figures is one cell."""
    written: Cells = []
    for row in rows:
        figures = [
            ("\n".join(piece.text for piece in row.figures.get(column, [])), 1, 1) for column in range(len(columns))
        ]
        written.append([(row.text, 1, 1), *figures] if row.figures else [(row.text, len(columns) + 1, 1)])
    return written


def _figures_beside(lines: Sequence[Line], first: int, last: int, size: float) -> bool:
    """Whether figures without words stand right above or below the rows: parts of a row that was not understood."""
    beside = [(first - 1, first), (last + 1, last)]
    return any(
        0 <= number < len(lines)
        and len(lines[number].amounts) == len(lines[number].pieces)
        and abs(lines[number].middle - lines[other].middle) < LINE_STEP * size
        for number, other in beside
    )


def _with_labels(lines: Sequence[Line], free: int, first: int, last: int, edge: float, size: float) -> tuple[int, int]:
    """The body with the lines of words above its first figures and those below its last, where they stand nearer than rows."""
    places = [line.middle for line in lines[first : last + 1] if line.amounts]
    near = min(0.8 * median([b - a for a, b in pairwise(places)]), 1.5 * size)

    def is_label(number: int, beside: int) -> bool:
        line = lines[number]
        return not line.amounts and line.pieces[-1].x1 < edge and abs(line.middle - lines[beside].middle) < near

    begin, end = first, last
    while begin > free and is_label(begin - 1, begin):
        begin -= 1
    while end + 1 < len(lines) and is_label(end + 1, end) and end - last <= max(first - begin, 1):
        end += 1
    # A line that the file draws between those of the body is the body's, wherever it stands.
    drawn = [place for line in lines[begin : end + 1] for piece in line.pieces for place in piece.places]
    low, high = min(drawn), max(drawn)

    def is_between(number: int) -> bool:
        pieces = lines[number].pieces
        return (
            pieces[-1].x1 < edge and not lines[number].amounts and all(low < piece.places[0] < high for piece in pieces)
        )

    while begin > free and is_between(begin - 1):
        begin -= 1
    while end + 1 < len(lines) and is_between(end + 1):
        end += 1
    return begin, end


def _columns(body: Sequence[Line], size: float) -> list[tuple[float, float]]:
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


def _rows(body: Sequence[Line], columns: Sequence[tuple[float, float]], size: float) -> list[_Row] | None:
    """The rows of the body, or None where the lines of a label cannot be told from those of its neighbours.

    A line of words joins the figures that it stands nearer to than rows stand apart; else it is a row of its own.
    """
    held = _stacked(body, columns, size)
    if held is None:
        return None
    stacks = {other for own in held.values() for other in own}
    places = [number for number, line in enumerate(body) if line.amounts and number not in stacks]
    beside = [body[b].middle - body[a].middle for a, b in pairwise(places) if b == a + 1]
    pitch = median(beside or [body[b].middle - body[a].middle for a, b in pairwise(places)] or [2 * size])
    if beside and min(beside) < 0.6 * pitch:
        return None  # figures of one row on several lines
    joined: dict[int, list[int]] = {place: list(held.get(place, [])) for place in places}
    alone: list[int] = []
    wrapped: set[int] = set()
    for place in places:
        around = _wrapped_around(body, place, size)
        if around is None:
            return None
        joined[place] += around
        wrapped |= set(around)
    for number, line in enumerate(body):
        if line.amounts or number in wrapped:
            continue
        near = sorted((abs(body[place].middle - line.middle), place) for place in places)[:2]
        distance, place = near[0]
        if distance >= 0.8 * pitch:
            alone.append(number)
        elif len(near) > 1 and near[1][0] < 1.3 * distance:
            words = [_words(body[other]) for _, other in near]
            if not all(words) or all(own[0].x0 >= line.pieces[-1].x1 for own in words):
                return None
            alone.append(number)
        else:
            joined[place].append(number)
    strips = _strips(
        [piece for place in places for number in (place, *joined[place]) for piece in _words(body[number])]
    )
    rows: list[_Row] = []
    for number in sorted([*places, *alone]):
        own = sorted([number, *joined.get(number, [])])
        row = _Row([], {})
        if number in joined and not _words(body[number]) and len(own) > 1:
            above = sum(1 for other in own if other < number)
            far = any(abs(body[other].middle - body[number].middle) > 0.75 * size for other in own)
            if far and 2 * above != len(own) - 1:  # words only above or only below the figures: whose are they?
                return None
        words = [_words(body[other]) for other in own]
        row.label = [[piece for line in words for piece in line]] if number in alone else _by_strip(words, strips)
        for line in (body[other] for other in own):
            for column, found in _by_column(line, columns).items():
                row.figures.setdefault(column, []).extend(found)
        if number not in held and any(len(pieces) > 1 for pieces in row.figures.values()):
            return None
        if not is_closed(row.text):
            return None
        rows.append(row)
    words = [[piece for other in (place, *joined[place]) for piece in _words(body[other])] for place in places]
    return None if _one_for_several(words, [_words(body[number]) for number in alone]) else rows


def _one_for_several(rows: Sequence[Sequence[Piece]], alone: Sequence[Sequence[Piece]]) -> bool:
    """Whether words left of the labels may be of several rows: a row has words in the labels' place and none before them.

    Without rules nobody sees where the cell of such words ends, and their line may be that of any of its rows, or of none.
    rows: the words of those with figures. alone: lines of words without.
    """
    for row in rows:
        inner = min(row, key=lambda piece: piece.x0, default=None)
        if inner is None:
            continue
        for words in (*rows, *alone):
            if all(len(piece.text) == 1 for piece in words):
                continue  # one word whose characters are set apart
            outer = [piece for piece in words if piece.x1 <= inner.x0 and not _NUMBERING.fullmatch(piece.text)]
            beside = [piece for piece in words if any(piece.x0 >= before.x1 for before in outer)]
            if any(piece.x0 < inner.x1 and piece.x1 > inner.x0 for piece in beside):
                return True
    return False


def _stacked(body: Sequence[Line], columns: Sequence[tuple[float, float]], size: float) -> dict[int, list[int]] | None:
    """Lines of figures without words right above and below a line with its label and figures of other columns: cells of two lines.

    None where a line of figures without words stands beside one with words and fills other columns in another way.
    """
    held: dict[int, list[int]] = {}
    bare = [number for number, line in enumerate(body) if line.amounts and not _words(line)]
    for number, line in enumerate(body):
        around = [other for other in (number - 1, number + 1) if other in bare]
        if not around or number in bare:
            continue
        own = set(_by_column(line, columns))
        strange = [other for other in around if own and own.isdisjoint(_by_column(body[other], columns))]
        if not strange:
            continue
        steps = [abs(body[other].middle - line.middle) for other in strange]
        same = len({frozenset(_by_column(body[other], columns)) for other in strange}) == 1
        if len(strange) < 2 or not same or max(steps) - min(steps) > 0.25 * size or max(steps) > 1.6 * size:
            return None
        held[number] = strange
    taken = [other for own in held.values() for other in own]
    return held if len(set(taken)) == len(taken) else None


def _wrapped_around(body: Sequence[Line], place: int, size: float) -> list[int] | None:
    """Lines of words as far above as below figures with words: the first and last lines of their label. None: in doubt."""
    found: list[int] = []
    words = _words(body[place])
    step = 0.0
    while words and (above := place - len(found) // 2 - 1) >= 0 and (below := place + len(found) // 2 + 1) < len(body):
        if body[above].amounts or body[below].amounts:
            break
        steps = [abs(body[a].middle - body[b].middle) for a, b in ((above, above + 1), (below - 1, below))]
        if max(steps) - min(steps) > 0.25 * size or max(steps) > 1.5 * size or (step and max(steps) > 1.1 * step):
            break
        step = max(steps)
        beyond = [
            abs(body[a].middle - body[b].middle)
            for a, b in ((above, above - 1), (below, below + 1))
            if 0 <= b < len(body) and body[b].amounts
        ]
        if any(gap < 1.08 * step for gap in beyond):
            inner = body[above].pieces[0].x0 > words[0].x0 - 0.5 * size
            return None if inner else found
        found += [above, below]
    return found


def _strips(pieces: Sequence[Piece]) -> list[tuple[float, float]]:
    """The strips in which the words left of the figures stand: a column of names, one of units."""
    strips: list[tuple[float, float]] = []
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if strips and piece.x0 < strips[-1][1]:
            strips[-1] = (strips[-1][0], max(strips[-1][1], piece.x1))
        else:
            strips.append((piece.x0, piece.x1))
    return strips


def _by_strip(lines: Sequence[Sequence[Piece]], strips: Sequence[tuple[float, float]]) -> list[list[Piece]]:
    """The words of a row's lines by line, each strip's for itself."""
    return [
        own for x0, x1 in strips for line in lines if (own := [piece for piece in line if x0 <= piece.center <= x1])
    ]


def _by_column(line: Line, columns: Sequence[tuple[float, float]]) -> dict[int, list[Piece]]:
    """The figures of a line by column."""
    found: dict[int, list[Piece]] = {}
    for piece in line.amounts:
        column = next(n for n, (x0, x1) in enumerate(columns) if x0 - 0.01 <= piece.x0 and piece.x1 <= x1 + 0.01)
        found.setdefault(column, []).append(piece)
    return found


def _words(line: Line) -> list[Piece]:
    """What stands before the figures of a line."""
    return list(line.pieces[: len(line.pieces) - len(line.amounts)])
