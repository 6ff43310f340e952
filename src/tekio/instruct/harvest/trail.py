"""Where a page stands: the trail of links above it (パンくずリスト), and whose site it is."""

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
LONGEST_LINE, MOST_PIECES = 160, 12
"""Characters, and pieces of text, of a line that may tell whose a site is."""


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


_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|（c）|copyrights?)[\s©()（）c]*(?:by\s+)?(?:[0-9０-９\s,，、.．年~〜～–－-]*)(?:copyrights?|by)?\s*(?P<name>[^\n|｜/]{2,80}?)"
    r"\s*(?:[,，.．、]?\s*all\s+rights?\s+reserved.*|[。.．,，]|無断転載.*)?$",
    re.IGNORECASE,
)
_SITE_NAMES = ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher")


def site_name(root: Any) -> str:
    """Whose site the page says it belongs to: the name in its head, else that of the copyright line; empty where it says neither.

    root: of the page (lxml).
    """
    named = {(meta.get("property") or meta.get("name") or "").lower(): meta for meta in root.iter("meta")}
    for name in _SITE_NAMES:
        if name in named and (told := _text_of(named[name].get("content") or "")):
            return told
    lines = map(_short_line, root.iter("small", "p", "address", "div", "footer", "span"))
    found = [match["name"] for line in lines if (match := _COPYRIGHT.search(line))]
    return _text_of(re.sub(r"[0-9０-９]{4}", "", found[-1])) if found else ""


def _short_line(element: Any) -> str:
    """The text of an element of few parts; empty for a long one."""
    pieces = list(islice(element.itertext(), MOST_PIECES + 1))
    line = _text_of("".join(pieces))
    return line if len(pieces) <= MOST_PIECES and len(line) <= LONGEST_LINE else ""


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
    return _SIGNS.sub("", _text_of("".join(element.itertext())))


def _text_of(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
