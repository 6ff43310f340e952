"""Ruling lines of a page, and the cells of the tables that they make: the method of pdfplumber's `TableFinder`, without its objects.

Lines near to each other are one; where a horizontal and a vertical one meet is a corner; the smallest rectangle of lines right
below a corner is a cell; cells that share corners are a table. https://github.com/jsvine/pdfplumber (MIT), after A. Nurminen,
Algorithmic Extraction of Data in Tables in PDF Documents (2013).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tekio.text.pdf.tables import NEAR, Box, edges_near

MAX_RULES = 5_000
"""Of a page; a drawing has more, and looking for cells in it takes long."""
SHORTEST_PART, SHORTEST = 1.0, 3.0
"""Of a line: of the parts that are put together, and of the whole."""
MEET = 3.0
"""Points within which lines meet."""

LOWEST, HIGHEST = 0.75, 0.25
"""Of a page's height: below and above these its end may cut a table."""

Rule = tuple[float, float, float]
Point = tuple[float, float]


@dataclass
class Rules:
    """Horizontal ruling lines as (x0, x1, y), vertical ones as (top, bottom, x). many: the page has more, a drawing."""

    across: list[Rule] = field(default_factory=list[Rule])
    down: list[Rule] = field(default_factory=list[Rule])
    many: bool = False


def ruled_cells(rules: Rules) -> list[list[Box]]:
    """For every table the boxes (x0, top, x1, bottom) of its cells."""
    if not rules.across or not rules.down or len(rules.across) + len(rules.down) > MAX_RULES:
        return []
    return [table for across, down in _bands(rules) for table in _tables(_cells(_joined(across), _joined(down)))]


def closed_at_ends(rules: Rules, height: float) -> Rules:
    """The rules with a line where three upright ones or more end low on the page, or begin high on it, and none is drawn.

    There the page's end cuts a row, whose cells the file leaves open.
    """
    if rules.many or not rules.down:
        return rules
    low, high = max(bottom for _, bottom, _ in rules.down), min(top for top, _, _ in rules.down)
    ends = [(low, [x for _, bottom, x in rules.down if low - bottom < NEAR])] if low > LOWEST * height else []
    ends += [(high, [x for top, _, x in rules.down if top - high < NEAR])] if high < HIGHEST * height else []
    added = [
        (min(xs), max(xs), y)
        for y, xs in ends
        if len(edges_near(xs)) > 2 and not _is_drawn(rules.across, y, min(xs), max(xs))
    ]
    return Rules([*rules.across, *added], rules.down, rules.many) if added else rules


def _is_drawn(across: Sequence[Rule], y: float, begin: float, end: float) -> bool:
    """Whether lines at a height reach from `begin` to `end`."""
    reached = begin
    for x0, x1, _ in sorted(line for line in across if abs(line[2] - y) < NEAR):
        if x0 > reached + NEAR:
            return False
        reached = max(reached, x1)
    return reached > end - NEAR


def _bands(rules: Rules) -> list[tuple[list[Rule], list[Rule]]]:
    """The lines of tables that stand one below the other, apart: lines near to each other are drawn together, and from
    table to table they could go step by step, until a column's line stood in the figures beside it.
    """
    lines = [(line[2], line[2], 0, line) for line in rules.across] + [
        (line[0], line[1], 1, line) for line in rules.down
    ]
    bands: list[tuple[list[Rule], list[Rule]]] = []
    bottom = 0.0
    for top, low, down, line in sorted(lines, key=lambda line: line[0]):
        if not bands or top > bottom + NEAR:
            bands.append(([], []))
            bottom = low
        bands[-1][down].append(line)
        bottom = max(bottom, low)
    return bands


def _joined(lines: Sequence[Rule]) -> list[Rule]:
    """Lines with those near to each other put at their common place, and those that go on in each other as one."""
    lines = [line for line in lines if line[1] - line[0] >= SHORTEST_PART]
    groups: list[list[Rule]] = []
    number: dict[float, int] = {}
    last = float("-inf")
    for place in sorted({place for *_, place in lines}):
        if place > last + NEAR:
            groups.append([])
        number[place], last = len(groups) - 1, place
    for line in lines:
        groups[number[line[2]]].append(line)
    at: defaultdict[float, list[Rule]] = defaultdict(list)
    for group in groups:
        mean = sum([place for *_, place in group]) / len(group)
        for begin, end, place in group:
            at[place + (mean - place)].append((begin, end, place))
    joined: list[Rule] = []
    for place, group in sorted(at.items()):
        parts: list[tuple[float, float]] = []
        for begin, end, _ in sorted(group, key=lambda line: line[0]):
            if not parts or begin > parts[-1][1] + NEAR:
                parts.append((begin, end))
            elif end > parts[-1][1]:
                parts[-1] = (parts[-1][0], end)
        joined += [(begin, end, place) for begin, end in parts if end - begin >= SHORTEST]
    return joined


def _cells(across: Sequence[Rule], down: Sequence[Rule]) -> list[Box]:
    """The smallest rectangle right below each corner, from the left, whose sides are lines."""
    corners: dict[Point, list[int]] = {}  # the lines that meet there, a bit each
    below: defaultdict[float, list[float]] = defaultdict(list)
    beside: defaultdict[float, list[float]] = defaultdict(list)
    ordered = sorted(enumerate(across), key=lambda line: (line[1][2], line[1][0]))
    for upright, (top, bottom, x) in sorted(enumerate(down), key=lambda line: (line[1][2], line[1][0])):
        for level, (x0, x1, y) in ordered:
            if top <= y + MEET and bottom >= y - MEET and x >= x0 - MEET and x <= x1 + MEET:
                if (x, y) not in corners:
                    corners[x, y] = [0, 0]
                    below[x].append(y)
                    beside[y].append(x)
                lines = corners[x, y]
                lines[0] |= 1 << upright
                lines[1] |= 1 << level
    for places in (*below.values(), *beside.values()):
        places.sort()
    cells: list[Box] = []
    for (x, y), (upright, level) in sorted(corners.items()):
        rights = [(other, corners[other, y][0]) for other in _behind(beside[y], x) if corners[other, y][1] & level]
        lows = [low for low in _behind(below[x], y) if corners[x, low][0] & upright] if rights else []
        found = (
            (x, y, right, low)
            for low in lows
            for right, upright_there in rights
            if (corner := corners.get((right, low))) and corner[0] & upright_there and corner[1] & corners[x, low][1]
        )
        if (cell := next(found, None)) is not None:
            cells.append(cell)
    return cells


def _behind(places: list[float], place: float) -> list[float]:
    return places[bisect_right(places, place) :]


def _tables(cells: Sequence[Box]) -> list[list[Box]]:
    """Cells that share corners, several each, from the top."""
    tables: list[list[Box]] = []
    rest = list(cells)
    while rest:
        table: list[Box] = []
        corners: set[Point] = set()
        size = -1
        while len(table) > size:  # until no further cell shares a corner
            size, left = len(table), list[Box]()
            for cell in rest:
                x0, top, x1, bottom = cell
                own = ((x0, top), (x0, bottom), (x1, top), (x1, bottom))
                if not table or not corners.isdisjoint(own):
                    corners.update(own)
                    table.append(cell)
                else:
                    left.append(cell)
            rest = left
        tables.append(table)
    tables.sort(key=lambda table: min((top, x0) for x0, top, _, _ in table))
    return [table for table in tables if len(table) > 1]
