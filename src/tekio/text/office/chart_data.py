"""The figures of a chart that has no copy of them: they stand in the workbook that the chart embeds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tekio.text.office.package import Package
from tekio.text.unreadable import UnreadableError

MAX_POINTS = 20_000
_AREA = re.compile(r"(?:'((?:[^']|'')*)'|([^'!,()]*))!(\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?)")

Referred = Callable[[str], dict[int, str]]
"""The points that a formula (`Sheet1!$B$2:$B$5`) refers to, by their index; empty where it refers to nothing."""


def nowhere(_formula: str) -> dict[int, str]:
    """What a formula refers to where a chart has no workbook."""
    return {}


def embedded(package: Package, part: str) -> Referred:
    """What the formulas of a chart refer to in the workbook it embeds, which is opened when the first of them is asked for.

    A workbook that cannot be read says nothing: the chart has its title then, and no figures.
    """

    @cache
    def areas() -> Callable[[str, str], list[list[str]]]:
        from tekio.text.office.xlsx import areas_of  # which reads the drawings of sheets itself

        name = next((target for kind, target in package.related(part).values() if kind == "package"), "")
        raw = package.content(name) if name else None
        try:
            return areas_of(raw, MAX_POINTS) if raw is not None else _no_area
        except UnreadableError:
            return _no_area

    return lambda formula: _points(areas(), formula) if formula else {}


def _no_area(_sheet: str, _area: str) -> list[list[str]]:
    return []


def _points(texts_of: Callable[[str, str], list[list[str]]], formula: str) -> dict[int, str]:
    """The cells of a formula's areas in their order; rows of several columns of labels are joined."""
    found: dict[int, str] = {}
    for quoted, bare, area in _AREA.findall(formula):
        rows = texts_of(quoted.replace("''", "'") or bare, area.replace("$", ""))
        texts = rows[0] if len(rows) == 1 else [" ".join(filter(None, row)) for row in rows]  # along a row, or down
        begin = len(found) and max(found) + 1
        found |= {begin + place: text for place, text in enumerate(texts[:MAX_POINTS]) if text}
    return found
