"""The figures of tables that spaces divide into columns, as they stand in pages and letters without a reader's labels: the unit is told in brackets over them, in the heading of
their column, in the first cell of their line, or by the name of what is counted (店舗数).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tekio.knowledge.passages import TABLE_CELLS, is_table_row
from tekio.knowledge.unit_words import COUNTED, SPACED_UNIT_WORDS, unit_in_caption, unit_in_label
from tekio.text.tables.values import is_figure

_IN_LABEL, _IN_CAPTION = unit_in_label(SPACED_UNIT_WORDS), unit_in_caption(SPACED_UNIT_WORDS)
_OWN = re.compile(rf"[0-9０-９]\s*(?:{SPACED_UNIT_WORDS})")
_BETWEEN = re.compile(r"[\u3000\t]+|(?<=[0-9０-９]) +(?=[0-9０-９△▲\-])| {2,}")
_FIGURE = r"[△▲+-]?[0-9][0-9,]*(?:\.[0-9]+)?"
_CELL = re.compile(rf"(?:[一-龥ァ-ヴー・()（）]{{2,}} )?({_FIGURE})(?: ?[\[［]({_FIGURE})[\]］])?")
"""1,284, 流動資産 18,640, 1,284 [212]."""
_LAST_WORD = re.compile(rf"[（(][^（）()]*?({SPACED_UNIT_WORDS})[）)]$")
_OF_TWO = re.compile(rf"単位\s*[:：]\s*({SPACED_UNIT_WORDS})\s*[、,・]\s*[%％]")
_RATE = re.compile(r"[△▲+-]?[0-9]{1,4}\.[0-9]+|[△▲+-][0-9]{1,3}")


def spaced_figures(text: str) -> Iterator[tuple[str, int, int]]:
    """(figure with its unit, start, end) of bare figures in lines that spaces or bars divide into columns."""
    over, heads, of_row, place = "", list[str](), "", 0
    for line in text.split("\n"):
        start, place = place, place + len(line) + 1
        cells = cells_of_line(line, start)
        if cells is None:
            continue
        names = [cell for cell, _ in cells]
        unit = _unit(names[0]) if names else ""
        if told := _unit_over(line, names):
            over, heads, of_row = told, [], ""
        elif len(cells) > 1 and unit and all(is_figure(cell) for cell in names[1:]):
            of_row = unit
            yield from _figures(cells[1:], [unit] * len(cells))
        elif len(cells) > 1 and any(map(_unit, names)):
            heads, of_row = [_unit(cell) for cell in names], ""
        elif line.endswith("。"):
            heads, of_row = [], ""
        elif len(cells) > 1:
            inner = of_row if line[:1] in " \u3000" else ""  # 　男　51.2 below 就業者数（万人）　93.6
            behind = [heads[place] if place >= 0 else "" for place in range(len(heads) - len(cells), len(heads))]
            yield from _figures(cells, [inner or head or over for head in behind])


def cells_of_line(line: str, start: int) -> list[tuple[str, int]] | None:
    """Each cell that is not empty, with its place; None for a line of a reader's table, which has labels."""
    barred = is_table_row(line)
    if barred and ": " in line:
        return None
    found: list[tuple[str, int]] = []
    at = 0
    for cell in line.split(TABLE_CELLS) if barred else _BETWEEN.split(line):
        if told := cell.strip(" \u3000\t|"):  # | 売上高 | 48,210 |: bars at the ends of the line too
            at = line.index(told, at)
            found.append((told, start + at))
            at += len(told)
    return found


def _figures(cells: Sequence[tuple[str, int]], units: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    for (cell, first), unit in zip(cells, units, strict=False):
        found = _CELL.fullmatch(cell)
        if not unit or found is None or _OWN.search(cell):
            continue
        of_two = unit.removesuffix("|%")
        for part in (1, 2):
            if told := found[part]:
                of_cell = "%" if of_two != unit and _RATE.fullmatch(told) else of_two
                yield f"{told}{of_cell}", first + found.start(part), first + found.end(part)


def _unit(cell: str) -> str:
    if told := _IN_LABEL.search(cell):
        return told[1]
    counted = COUNTED.search(cell)
    return (counted[1] or "人") if counted else ""


def _unit_over(line: str, names: Sequence[str]) -> str:
    """The unit of all that follows: （単位：百万円）, 業況判断D.I.（「良い」-「悪い」、%ポイント）; `台|%` of （単位：台、%）."""
    if two := _OF_TWO.search(line):
        return f"{two[1]}|%"
    if told := _IN_CAPTION.search(line):
        return told[1]
    found = _LAST_WORD.search(names[0]) if len(names) == 1 else None
    return found[1] if found else ""
