"""Parts of a line that a page sets apart by its style sheet: a label and its value, a title and the same in English.

Their elements stand side by side in the source, without a blank that shows (グループ形態持株会社制, お知らせNEWS).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

LABELS = frozenset(("span", "a", "label", "strong", "b", "em", "small", "time", "i"))
TITLED = frozenset(("h1", "h2", "h3", "h4", "dt"))
_LATIN = re.compile("[A-Za-z][A-Za-z &'.,/-]{2,40}")
_WIDE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


def is_label(one: Any, other: Any) -> bool:
    """Whether an element and the next one, on a line of its own in the source, are a label and its value or two links: their
    block holds no text outside of such elements, and they are of different classes.
    """
    parent = one.getparent()
    if other is None or parent is None or not isinstance(other.tag, str) or other.tag not in LABELS:
        return False
    if (parent.text or "").strip() or any((child.tail or "").strip() for child in parent):
        return False
    return one.tag == other.tag == "a" or one.get("class") != other.get("class")


def is_other_script(element: Any) -> bool:
    """Whether an element of a title is the title in English, right behind the Japanese one, or the other way round."""
    before = element.getprevious()
    text = ((element.getparent().text if before is None else before.tail) or "").rstrip("\n")
    own = "".join(element.itertext()).strip()
    if not text.strip() or not own or text[-1].isspace():
        return False
    if _LATIN.fullmatch(own):
        return _WIDE.match(text[-1]) is not None and element.getnext() is None and not (element.tail or "").strip()
    return _LATIN.fullmatch(text.strip()) is not None and _WIDE.match(own) is not None
