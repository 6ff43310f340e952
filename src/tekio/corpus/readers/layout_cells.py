"""Cells of tables that lay out a page: text in blocks or parted by line breaks, and menus beside it."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from typing import Any

from tekio.text.html import letters_of, tag_of

_LAID_OUT = {"p", "div", "table", "center", "hr", "h1", "h2", "h3", "ul", "section"}
MENU_LINKS = 4
"""Links beside the text of a table from which it is one that lays out the page."""
BREAKS = 4
"""Line breaks in a cell beside a menu from which it holds paragraphs, though no element says so: two gaps."""


def holds_blocks(cell: Any) -> bool:
    """Whether paragraphs, headings or lists stand in a cell."""
    return any(tag_of(child) in _LAID_OUT for child in cell)


def is_broken(cell: Any) -> bool:
    """Whether so many line breaks stand in a cell that they part paragraphs."""
    return sum(tag_of(child) == "br" for child in cell) >= BREAKS


def is_menu(cell: Any) -> bool:
    """A cell of which most is links."""
    links = list(cell.iter("a"))
    return len(links) >= MENU_LINKS and 2 * sum(map(letters_of, links)) >= letters_of(cell)
