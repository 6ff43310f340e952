"""Ruling lines of a page, and the cells of the tables that they make, found as pdfplumber does."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pdfplumber is not fully typed)

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, cast

from tekio.text.pdf.tables import NEAR, Box

MAX_RULES = 5_000
"""Of a page; a drawing has more, and looking for cells in it takes long."""


@dataclass
class Rules:
    """Horizontal ruling lines as (x0, x1, y), vertical ones as (top, bottom, x). many: the page has more, a drawing."""

    across: list[tuple[float, float, float]] = field(default_factory=list[tuple[float, float, float]])
    down: list[tuple[float, float, float]] = field(default_factory=list[tuple[float, float, float]])
    many: bool = False


def ruled_cells(rules: Rules) -> list[list[Box]]:
    """For every table the boxes (x0, top, x1, bottom) of its cells."""
    if not rules.across or not rules.down or len(rules.across) + len(rules.down) > MAX_RULES:
        return []
    edges: list[dict[str, Any]] = [
        {"orientation": "h", "x0": x0, "x1": x1, "top": y, "bottom": y, "width": x1 - x0, "height": 0.0}
        for x0, x1, y in rules.across
    ]
    edges += [
        {"orientation": "v", "x0": x, "x1": x, "top": top, "bottom": bottom, "width": 0.0, "height": bottom - top}
        for top, bottom, x in rules.down
    ]
    return [table.cells for band in _bands(edges) for table in _finder(band).tables]


def _finder(edges: list[dict[str, Any]]) -> Any:
    from pdfplumber.table import TableFinder

    return TableFinder(cast("Any", SimpleNamespace(edges=[edge | {"object_type": "line"} for edge in edges])))


def _bands(edges: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The lines of tables that stand one below the other, apart: pdfplumber draws lines near to each other together, and from
    table to table they could go step by step, until a column's line stood in the figures beside it.
    """
    bands: list[list[dict[str, Any]]] = []
    bottom = 0.0
    for edge in sorted(edges, key=itemgetter("top")):
        if not bands or edge["top"] > bottom + NEAR:
            bands.append([])
            bottom = edge["bottom"]
        bands[-1].append(edge)
        bottom = max(bottom, edge["bottom"])
    return bands
