"""Tables of rich text: rows whose cells tell their right edges only, as HTML with the cells that are merged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tekio.text.office.package import spans

NEAR = 30
"""Edges of cells that differ by less (in twips, 1,440 an inch) are one."""


@dataclass
class Edge:
    """The right edge of a cell in twips, and whether the cell is a part of the one left of it or above it."""

    right: int
    joins_left: bool = False
    joins_above: bool = False


@dataclass
class Row:
    """A row: the edges of its cells, what they hold as HTML, whether it is a heading."""

    edges: list[Edge]
    cells: list[str]
    head: bool


@dataclass
class _Cell:
    inner: str
    left: int
    width: int
    height: int = 1


def table(rows: list[Row]) -> str:
    """Rows as a table: columns are the edges of all rows, merged cells span them."""
    edges = sorted({edge.right for row in rows for edge in row.edges})
    columns: list[int] = []
    for edge in edges:
        if not columns or edge - columns[-1] > NEAR:
            columns.append(edge)
    place = {edge: at for at, edge in enumerate(columns)}
    for before, edge in pairwise(edges):
        place.setdefault(edge, place[before])
    above: dict[int, _Cell] = {}
    lines: list[tuple[bool, list[_Cell]]] = []
    for row in rows:
        line: list[_Cell] = []
        begin = 0
        below: dict[int, _Cell] = {}
        for at, inner in enumerate(row.cells):
            edge = row.edges[at] if at < len(row.edges) else Edge(-1)
            end = max(place[edge.right] + 1 if edge.right in place else begin + 1, begin + 1)
            if edge.joins_left and line:
                line[-1].width += end - begin
                line[-1].inner += inner
            elif edge.joins_above and begin in above:
                above[begin].height += 1
                above[begin].inner += inner
                below[begin] = above[begin]
            else:
                line.append(_Cell(inner, begin, end - begin))
                below[begin] = line[-1]
            begin = end
        above = below
        lines.append((row.head and all(head for head, _ in lines), line))
    written = [
        "".join(
            f"<{name}{spans(cell.width, cell.height)}>{cell.inner}</{name}>"
            for name in ["th" if head else "td"]
            for cell in line
        )
        for head, line in lines
    ]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in written)}</table>"
