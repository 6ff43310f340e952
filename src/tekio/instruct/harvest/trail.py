"""Where in its site a page stands: the trail of links above it (パンくずリスト)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from itertools import islice
from typing import Any

_CRUMBS = re.compile(
    r"(?:^|[\s_-])(?:bread-?_?crumbs?(?:-?list)?|pankuzu|topic-?_?path|crumbs?)(?:$|[\s_-])|パンくず", re.IGNORECASE
)
_HOME = re.compile(
    r"^(?:ホーム|トップ(?:ページ)?|home|top|top ?page)$|(?:の|・)?(?:ホームページ|トップページ)$", re.IGNORECASE
)
_SIGNS = re.compile(r"^[\s>›»＞/|・]+|[\s>›»＞/|・]+$")
MOST_STEPS, LONGEST_STEP = 9, 60


def page_trail(root: Any) -> list[str]:
    """The places above the page, from the top of the site down; without the site's own page and the page itself.

    root: of the page (lxml). A list whose name says that it is the trail, else a list above the first heading whose entries
    are one link each but perhaps the last.
    """
    steps = _steps_of(root)
    if steps and not steps[-1][1]:
        steps = steps[:-1]
    return [text for text, _ in steps if not _HOME.search(text)]


def page_steps(root: Any) -> list[str]:
    """Every entry of the trail as it stands on the page, the site's own page and the page itself too."""
    return [text for text, _ in _steps_of(root)]


def _steps_of(root: Any) -> list[tuple[str, bool]]:
    for element in root.iter("ol", "ul", "nav", "div", "p", "h1"):
        if element.tag == "h1":
            break
        named = bool(_CRUMBS.search(" ".join(element.get(name) or "" for name in ("class", "id", "aria-label"))))
        if named or element.tag in ("ol", "ul"):
            found = _steps(element, named=named)
            if found:
                return found
    return []


def _steps(element: Any, *, named: bool) -> list[tuple[str, bool]]:
    """Text of each entry, and whether it is a link; empty when the element is no trail."""
    items = list(islice(element.iter("li"), MOST_STEPS + 1))
    if not items and named:
        items = list(islice(element.iter("a"), MOST_STEPS + 1))
    steps = [(text, _is_link(item, text)) for item in items if (text := _text(item))]
    if not 2 <= len(steps) <= MOST_STEPS or any(len(text) > LONGEST_STEP for text, _ in steps[:-1]):
        return []
    if not named and (not all(linked for _, linked in steps[:-1]) or not _HOME.search(steps[0][0])):
        return []
    return steps


def _is_link(item: Any, text: str) -> bool:
    links = [item] if item.tag == "a" else list(item.iter("a"))
    return len(links) == 1 and bool(links[0].get("href")) and _text(links[0]) == text


def _text(element: Any) -> str:
    return _SIGNS.sub("", re.sub(r"\s+", " ", "".join(element.itertext())))
