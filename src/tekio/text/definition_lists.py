"""Lists of names and what belongs to each (`dl`) that are a table of two columns: 資本金 and its amount, 融資期間 and its years."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tekio.text.dates import find_date

LONGEST_NAME = 30
LONGEST_VALUE = 120
"""Characters of a name and of what belongs to it; longer ones are headings and their text."""
_ASKED = re.compile(r"[【\[(（〈<]?(?:[QqＱAaＡ]|問|答|質問|回答)[0-9０-９]*(?:[】\])）〉>.．:：、 \u3000]|$)")
MOST_LINES = 3
FEWEST_PAIRS = 2
_BLOCKS = ("ul", "ol", "table", "dl", "h1", "h2", "h3", "h4", "h5", "h6")


def pairs_of(element: Any, tag_of: Callable[[Any], str], lines_of: Callable[[Any], list[str]]) -> list[tuple[str, str]]:
    """The names of a `dl` and what belongs to each, on one line each; nothing where the list is headings and sentences, or questions."""
    nodes = [node for child in element for node in (child if tag_of(child) == "div" else (child,)) if tag_of(node)]
    if [tag_of(node) for node in nodes] != ["dt", "dd"] * (len(nodes) // 2) or len(nodes) < 2 * FEWEST_PAIRS:
        return []
    loose = (element.text, *(node.tail for node in nodes), *(child.text for child in element if tag_of(child) == "div"))
    if any(text and not text.isspace() for text in loose):
        return []
    if any(next(node.iter(*_BLOCKS), None) is not None for node in nodes):
        return []  # before anything is written: a list in a list would be written once more for each above it
    found: list[tuple[str, str]] = []
    for name, value in zip(nodes[::2], nodes[1::2], strict=True):
        names, values = lines_of(name), lines_of(value)
        if len(names) != 1 or not 0 < len(values) <= MOST_LINES or sum(map(len, values)) > LONGEST_VALUE:
            return []
        if len(names[0]) > LONGEST_NAME or names[0].rstrip().endswith(("。", "？", "?", "か")) or len(names[0]) < 2:
            return []
        if _ASKED.match(names[0]) or find_date(names[0]) is not None:
            return []  # an answer, news
        found.append((names[0].strip().replace(" | ", " "), " ".join(values).strip().replace(" | ", " ")))
    sentences = sum("。" in value for _, value in found)
    return found if 2 * sentences <= len(found) else []
