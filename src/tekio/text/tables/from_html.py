"""The grid of an HTML table."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportUnknownLambdaType=false
# (lxml has no type information)

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tekio.text.tables.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, lay_out

UNSURE_HEADS = "data-tekio-unsure-heads"
"""Attribute of a table whose headings may stand over other columns than they say."""
GROUPS = ("thead", "tbody", "tfoot")


@dataclass
class _Group:
    """The rows of a `thead`, `tbody` or `tfoot`."""

    kind: str
    rows: list[list[Cell]] = field(default_factory=list[list[Cell]])


def html_grid(
    table: Any,
    *,
    tag_of: Callable[[Any], str],
    is_block: Callable[[str], bool],
    is_skipped: Callable[[str], bool],
    lines_of: Callable[[Any], list[str]],
    stacked_of: Callable[[Any], list[str]],
    inline: Callable[[str], str],
) -> Grid:
    """The grid of a `table` element. Text outside of cells becomes a caption, or a row of its own where rows precede it.

    lines_of: the text below an element as lines. stacked_of: the same with the empty lines it shows. A `thead` is moved to the front and a `tfoot` to the end, as browsers
    show them.
    """
    groups: list[_Group] = []
    captions: list[str] = []

    def here() -> _Group:
        if not groups or groups[-1].kind == "closed":
            groups.append(_Group("tbody"))
        return groups[-1]

    def loose(text: str | None, *, block: Any = None) -> None:
        if block is None and (not text or text.isspace()):
            return
        lines = lines_of(block) if block is not None else [inline(text or "").strip()]
        found = "\n".join(lines).strip()
        if not found:
            return
        if any(group.rows for group in groups):
            here().rows.append([Cell(found, width=MAX_COLUMNS)])
        else:
            captions.append(found)

    open_row = False
    stack: list[tuple[Any, Iterator[Any]]] = [(table, iter(table))]
    loose(table.text)
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if tag_of(element) in GROUPS:
                groups.append(_Group("closed"))
            if tag_of(element) == "tr":
                open_row = False
            continue
        tag = tag_of(child)
        if tag in ("td", "th"):
            if not (open_row and groups and groups[-1].rows):
                here().rows.append([])
                open_row = tag_of(element) == "tr"
            here().rows[-1].append(_cell(child, tag, lines_of, stacked_of))
        elif tag == "caption":
            captions += ["\n".join(lines_of(child)).strip()]
        elif tag in GROUPS:
            groups.append(_Group(tag))
            loose(child.text)
            stack.append((child, iter(child)))
        elif tag == "tr":
            here().rows.append([])
            open_row = True
            loose(child.text)
            stack.append((child, iter(child)))
        elif tag == "table" or is_block(tag):
            loose(None, block=child)
        elif tag and not is_skipped(tag):
            loose(child.text)
            stack.append((child, iter(child)))
        loose(child.tail)
    grid = _assembled(groups, [caption for caption in captions if caption])
    grid.plain = table.get(UNSURE_HEADS) is not None
    return grid


def _assembled(groups: list[_Group], captions: list[str]) -> Grid:
    order = {"thead": 0, "tbody": 1, "tfoot": 2}
    filled = [group for group in groups if group.kind != "closed" and group.rows]
    first_head = next((group for group in filled if group.kind == "thead"), None)
    ordered = sorted(
        filled, key=lambda group: 0 if group is first_head else (1 if group.kind == "thead" else order[group.kind])
    )
    rows: list[list[Cell]] = []
    ends: list[int] = []
    for group in ordered:
        rows += group.rows
        ends.append(len(rows))
    wide = max((sum(cell.width for cell in row if cell.width < MAX_COLUMNS) for row in rows), default=1)
    for row in rows:
        for cell in row:
            if cell.width >= MAX_COLUMNS:
                cell.width = max(wide, 1)
    grid = lay_out(rows, ends, marked_rows=len(first_head.rows) if first_head else 0)
    grid.captions = captions
    return grid


def _cell(element: Any, tag: str, lines_of: Callable[[Any], list[str]], stacked_of: Callable[[Any], list[str]]) -> Cell:
    lines = lines_of(element)
    text = "\n".join(lines).strip()
    cell = Cell(text, heading=tag == "th")
    if len(lines) > 1 and element.find(".//table") is None and len(stacked := stacked_of(element)) > len(lines):
        cell.stacked = tuple(stacked)
    if not element.keys():
        return cell
    width = _span(element.get("colspan"), MAX_COLUMNS - 1)
    height = _span(element.get("rowspan"), MAX_ROWS, zero=MAX_ROWS)
    cell.width, cell.height = width or 1, height
    return cell


def _span(value: str | None, most: int, *, zero: int = 1) -> int:
    """A span as browsers read it: digits at the beginning; 0 for rows means to the end of the group."""
    if not value:
        return 1
    text = value.strip().rstrip(";pxPX")
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        return 1
    return min(int(text), most) or zero
