"""The figures of a chart that has no copy of them: they stand in the workbook that the chart embeds."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingModuleSource=false, reportMissingTypeStubs=false
# (openpyxl is not fully typed)

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from tekio.text.office.numbers import shown
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
    """What the formulas of a chart refer to in the workbook it embeds, which is opened when the first of them is asked for."""

    @cache
    def book() -> Any:
        name = next((target for kind, target in package.related(part).values() if kind == "package"), "")
        raw = package.content(name) if name else None
        return None if raw is None else _opened(raw)

    return lambda formula: _points(book(), formula) if formula and book() is not None else {}


def _opened(raw: bytes) -> Any:
    """The workbook, None where it cannot be read: the chart has its title then, and no figures."""
    from openpyxl import load_workbook

    try:
        package = Package(raw)
        for name in package.names():
            if name.endswith((".xml", ".rels")):
                package.part(name)  # refuses document types, entities and bombs before another parser sees them
        return load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    except (UnreadableError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError):
        return None


def _points(book: Any, formula: str) -> dict[int, str]:
    """The cells of a formula's areas in their order; rows of several columns of labels are joined."""
    from openpyxl.utils import range_boundaries

    found: dict[int, str] = {}
    for quoted, bare, area in _AREA.findall(formula):
        name = quoted.replace("''", "'") or bare
        if name not in book.sheetnames:
            continue
        left, top, right, bottom = (place or 1 for place in range_boundaries(area.replace("$", "")))
        rows = book[name].iter_rows(top, min(bottom, top + MAX_POINTS), left, min(right, left + MAX_POINTS))
        if top == bottom:  # a series along a row
            texts = [_text(cell) for row in rows for cell in row]
        else:
            texts = [" ".join(text for cell in row if (text := _text(cell))) for row in rows]
        begin = len(found) and max(found) + 1
        found |= {begin + place: text for place, text in enumerate(texts[:MAX_POINTS]) if text}
    return found


def _text(cell: Any) -> str:
    return shown(cell.value, str(cell.number_format or "General"))
