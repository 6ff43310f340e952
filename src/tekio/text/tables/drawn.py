"""Tables that lines of plain text draw: lists of host computers and old word processors, frames of ┌┬┐│ or of +--+ and |.

Cells are told by the columns in which the lines' upright signs stand, so merged heads and labels over several rows are spans.
A frame around running text loses its lines. A drawing whose text would not come out whole stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from tekio.text.tables.grid import Cell, lay_out
from tekio.text.tables.render import Count, Tables, render

_ACROSS = frozenset("─━┄┅┈┉╌╍═\x01")
_UPRIGHT = frozenset("│┃┆┇┊┋╎╏║｜|")
_CORNERS = (
    frozenset(chr(code) for code in range(0x250C, 0x254C))
    | frozenset(chr(code) for code in range(0x2552, 0x256D))
    | {"+"}
)
_FRAME = re.compile(r"[ \u3000]*(?:[┌┏╔╭][─━┄┈═┬┯┳┰╤╦]{2,}|\+(?:[-=]{2,}\+)+)")
"""How the first line of a drawing begins."""
_RULE = re.compile(r"(?<=\+)(?:-+|=+)(?=\+)")
"""A ruled line between corners of +; its signs become one that no text has, because a cell may hold a dash."""
_LINE = re.compile(r"[ \u3000]*[\u2500-\u257f|+｜]")
_APART = re.compile(r"\S(?:[ \u3000]+\S)+")
_FIGURE = re.compile(r"[△▲−－+-]?[ \u3000]*[0-9０-９][0-9０-９,，.．]*[%％]?")
MAX_LINES, MAX_WIDTH, MAX_COLUMNS = 2_000, 1_000, 100
"""Lines of a drawing, characters of a line and columns; a larger one is no list that a person reads."""


@dataclass
class _Slot:
    lines: list[str] = field(default_factory=list[str])
    width: int = 1
    height: int = 1


def write_drawn_tables(text: str, tables: Tables) -> tuple[str, Count, list[str]]:
    """(the text with its drawn tables written as `tables` says, their cells, the text of each that was left out)."""
    count, dropped = Count(), list[str]()
    if not any(sign in text for sign in ("──", "━━", "══", "+--", "+==")):
        return text, count, dropped
    lines, written = text.split("\n"), list[str]()
    place = 0
    while place < len(lines):
        if not _FRAME.match(lines[place]):
            written.append(lines[place])
            place += 1
            continue
        end = place + 1
        while end < min(len(lines), place + MAX_LINES) and _LINE.match(lines[end]):
            end += 1
        block = lines[place:end]
        rows, marked = _rows(block, wide=2) or _rows(block, wide=1) or ([], 0)
        place = end
        if not rows:
            written += block
        elif max(sum(slot.width for slot in row) for row in rows) == 1:
            written += [line for row in rows for slot in row for line in slot.lines]
        else:
            cells = [[Cell("\n".join(slot.lines), slot.width, slot.height) for slot in row] for row in rows]
            rendered = render(lay_out(cells, marked_rows=marked), tables)
            count.add(rendered.count)
            dropped += [rendered.dropped] if rendered.dropped else []
            written += rendered.lines
    return "\n".join(written), count, dropped


def _rows(block: list[str], wide: int) -> tuple[list[list[_Slot]], int] | None:
    """(the rows of a drawing, how many are its head as far as ruled lines say so), None where it is none.

    wide: columns that a sign of a frame takes.
    """
    if max(map(len, block)) > MAX_WIDTH:
        return None
    block = [_RULE.sub(lambda run: "\x01" * len(run[0]), line.rstrip(" \u3000")) for line in block]
    drawn = [_columns(line, wide) for line in block]
    edges = _edges(drawn)
    most = max(len(_edges([line])) for line in drawn)
    if len(edges) > most:  # lines that were not drawn under each other: their signs are counted
        if len(block) < 3 or any(len(_edges([line])) != most for line in drawn):
            return None
        drawn = [_counted(line) for line in drawn]
        edges = _edges(drawn)
    if not 2 <= len(edges) <= MAX_COLUMNS or len(block) < 3:
        return None
    rows: list[list[_Slot]] = []
    above: list[_Slot | None] = [None] * (len(edges) - 1)
    groups = _groups(drawn, edges)
    each_line, marked = _are_rows(groups), 0
    for mask, texts in groups:
        if each_line and len(texts) > 1 and not marked:
            marked = len(rows)  # what is ruled off from rows without lines between them
        for number, line in enumerate(texts):
            begins = number == 0 or each_line
            if begins:
                rows.append([])
            spans, fresh = _pieces(line, edges), set[int]()
            for first, last, piece in spans:
                if (begins and (number or mask[first])) or above[first] is None:
                    slot = _Slot(width=last - first)
                    rows[-1].append(slot)
                    above[first:last] = [slot] * (last - first)
                    fresh.add(id(slot))
                elif begins and (held := above[first]) is not None and id(held) not in fresh:
                    held.height += 1
                    fresh.add(id(held))
                if piece and (held := above[first]) is not None:
                    held.lines.append(piece)
    told = "".join(text for row in rows for slot in row for text in slot.lines)
    was = "".join(
        char for line in block for char in line if not (char in _CORNERS or char in _UPRIGHT or char in _ACROSS)
    )
    return (rows, marked) if _bare(told) == _bare(was) else None


def _bare(text: str) -> list[str]:
    """The letters of a text, its order aside: cells of several lines come out column by column."""
    return sorted(char for char in text if not char.isspace())


Drawn = list[tuple[int, str]]
"""Each character of a line with the column it begins in."""


def _columns(line: str, wide: int) -> Drawn:
    at, found = 0, list[tuple[int, str]]()
    for char in line:
        found.append((at, char))
        if "\u2500" <= char <= "\u257f":
            at += wide
        else:
            at += 2 if unicodedata.east_asian_width(char) in "WFA" else 1
    return found


def _edges(drawn: list[Drawn]) -> list[int]:
    """The columns in which upright signs and corners stand."""
    return sorted({at for line in drawn for at, sign in line if sign in _CORNERS or sign in _UPRIGHT})


def _counted(line: Drawn) -> Drawn:
    """The line with each of its upright signs in a column that is the same for every line."""
    found, cell, inside = list[tuple[int, str]](), 0, 0
    for _, sign in line:
        if sign in _CORNERS or sign in _UPRIGHT:
            cell, inside = cell + 1, 0
        found.append((cell * 10_000 + inside, sign))
        inside += 1
    return found


def _groups(drawn: list[Drawn], edges: list[int]) -> list[tuple[list[bool], list[Drawn]]]:
    """The lines of text between ruled lines, and above which columns a line is ruled."""
    groups: list[tuple[list[bool], list[Drawn]]] = []
    for line in drawn:
        mask = _ruled(line, edges)
        if any(mask):
            groups.append((mask, []))
            if not all(mask) and any(piece for first, _, piece in _pieces(line, edges) if not mask[first]):
                groups[-1][1].append(line)  # a label over several rows beside a ruled line
        elif groups:
            groups[-1][1].append(line)
    return [(mask, texts) for mask, texts in groups if texts]


def _between(line: Drawn, low: int, high: int) -> str:
    """The characters of a line between two columns."""
    begin, end = bisect_right(line, low, key=_place), bisect_left(line, high, key=_place)
    return "".join(sign for _, sign in line[begin:end])


def _place(drawn: tuple[int, str]) -> int:
    return drawn[0]


def _is_ruled(text: str) -> bool:
    return bool(text) and all(sign in _ACROSS or sign in _CORNERS for sign in text)


def _ruled(line: Drawn, edges: list[int]) -> list[bool]:
    """Of every column, whether a line rules it off."""
    found: list[bool] = []
    for low, high in pairwise(edges):
        found.append(_is_ruled(_between(line, low, high)))
    return found


def _pieces(line: Drawn, edges: list[int]) -> list[tuple[int, int, str]]:
    """(first column, column behind the last, text) of the cells of a line of text."""
    known = {at: place for place, at in enumerate(edges)}
    bars = [known[at] for at, sign in line if at in known and (sign in _UPRIGHT or sign in _CORNERS)]
    found: list[tuple[int, int, str]] = []
    for first, last in pairwise(bars):
        text = _between(line, edges[first], edges[last])
        found.append((first, last, "" if _is_ruled(text) else _plain(text)))
    return found


def _plain(text: str) -> str:
    """A cell's text without the blanks that spread a label or a figure over it."""
    text = text.strip(" \u3000")
    if _FIGURE.fullmatch(text) or (_APART.fullmatch(text) and all(len(part) == 1 for part in text.split())):
        return "".join(text.split())
    return text


def _are_rows(groups: list[tuple[list[bool], list[Drawn]]]) -> bool:
    """Whether the lines of a group without ruled lines between them are rows of their own: most have a label and a figure."""
    lines = [line for _, texts in groups for line in texts if len(texts) > 1]
    bars = [[at for at, sign in line if sign in _UPRIGHT] for line in lines]
    told = 0
    for line, marks in zip(lines, bars, strict=True):
        cells = [_between(line, low, high).strip() for low, high in pairwise(marks)]
        told += len(cells) > 1 and bool(cells[0]) and any(cells[1:])
    return told > 0.7 * len(lines) > 0
