"""What a page holds and its reader does not see: hidden elements, text off the screen, without size, in the colour of its ground.

Panels that open (answers of an accordion, tabs, 「もっと見る」) are hidden too and are text: an element stays when something opens
it, or when it is named as a panel. Only the page's own marks, inline styles and the simple rules of its style elements are looked at;
style sheets are never fetched.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lxml import etree

from tekio.text.html import letters_of, take_out, whole_text
from tekio.text.style_rules import Rules, Styles, declarations

_PANEL_NAMES = re.compile(
    r"(?:^|[-_ ])(?:accordion|acc|collapse|collapsible|expand(?:able|ed)?|panel|pane|tabs?|tab-?content|toggle|faq|answer|detail|more|slide|dropdown-content)"
    r"(?:$|[-_ 0-9])",
    re.IGNORECASE,
)
_OPENERS = ("aria-controls", "data-target", "data-bs-target", "data-toggle-target", "aria-owns")
_TOGGLED = re.compile(
    r"['\"][^'\"]{0,60}?[.#]([\w-]{2,60})['\"]\)[^;]{0,80}?\.(?:slideToggle|slideDown|fadeToggle|toggle)\b"
)
"""A class or id that a script of the page opens."""
_OPENING = etree.XPath(" | ".join(f"descendant-or-self::*/@{name}" for name in (*_OPENERS, "href", "onclick", "for")))
_MARKED = etree.XPath(
    "descendant-or-self::*[@style or @class or @id or @hidden or @aria-hidden or self::font or (self::a and @href)]"
)
"""Elements of which something may say that they are hidden."""
_HIDING = frozenset(
    (
        *("display", "visibility", "text-decoration", "text-decoration-line", "position", "text-indent", "overflow"),
        *("font-size", "color"),
    )
)
"""Properties of which one at least a style has that hides something."""
_AWAY = re.compile(
    r"-(?:\d{4,}|[89]\d{2})(?:\.\d+)?(?:px|pt)|-\d{3,}(?:\.\d+)?(?:em|rem|ex|%|vw)|-[5-9]\d(?:\.\d+)?(?:em|rem)"
)
"""Further than any page is wide; hanging indents and drawers at the side are nearer."""
_NOTHING = re.compile(r"0(?:\.0*)?(?:px|pt|em|rem|%)?$")
_TINY = re.compile(r"[01](?:\.\d+)?px$")
_LIGATURE = re.compile(r"[a-z][a-z0-9_]{1,30}$")
_LETTER = re.compile(r"[^\W_]")
_WHITE = re.compile(r"white$|#f{3}$|#f{6}$|rgba?\(255,255,255(?:,[01](?:\.\d+)?)?\)$")
_FOR_READERS = re.compile(
    r"(?:^| )(?:[a-z]{1,4}[-_])?(?:visually[-_]?hidden|sr[-_]only|screen[-_]?reader(?:[-_](?:text|only))?|assistive[-_]text|a11y[-_]hidden)(?: |$)",
    re.IGNORECASE,
)
"""Names of what only a screen reader says: 「（新しいウィンドウで開きます）」."""
_NAMING = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "caption", "legend", "label", "th", "dt"])
"""Elements that name what follows them, seen or not."""
_ARROW = re.compile(r"[†‡¶#§↩↑⤴⏎↵⬆▲△^\ufe0e\ufe0f\s]{1,6}$")


def drop_hidden(root: Any) -> int:
    """Take out of the tree, in place, what the page does not show; returns the characters taken out, white space aside."""
    rules = Rules.of(root)
    opened = _opened(root)
    gone: list[Any] = []
    inside: set[Any] = set()
    for node in _MARKED(root):  # of others nothing says that they are hidden
        if node in inside or node.getparent() is None:
            continue
        styles = _styles(node, rules)
        if (
            (_is_struck(styles) and _was_replaced(node))
            or _is_hidden(node, styles, opened)
            or _is_unseen(node, styles, rules)
            or _leads_back(node)
            or _is_said(node)
        ):
            gone.append(node)
            inside.update(node.iter("*"))
    gone += [node for node in root.iter("del", "s", "strike") if node not in inside and _was_replaced(node)]
    characters = 0
    for node in gone:
        characters += letters_of(node)
        take_out(node)
    return characters


def _styles(node: Any, rules: Rules) -> Styles:
    own = declarations(node.get("style") or "")
    return {**rules.styles_of(node), **own} if rules.count else own


def _is_struck(styles: Styles) -> bool:
    return "line-through" in styles.get("text-decoration", "") or "line-through" in styles.get(
        "text-decoration-line", ""
    )


def _opened(root: Any) -> set[str]:
    """The ids that a control of the page opens, and the ids and classes that its scripts do."""
    found: set[str] = set()
    for value in _OPENING(root):
        name = value.attrname
        if name in _OPENERS:
            found.update(word.lstrip("#") for word in value.split())
        elif name == "href":
            if value.startswith("#") and len(value) > 1:
                found.add(value[1:])
        elif name == "onclick":
            if value and len(value) < 1000:
                found.update(re.findall(r"['\"]#?([\w-]{1,80})['\"]", value))
        elif value and value.getparent().tag == "label":
            found.add(value)
    for script in root.iter("script"):
        text = (script.text or "")[:200_000]
        if "oggle" in text or "slideDown" in text:
            found.update(_TOGGLED.findall(text))
    return found


@lru_cache(maxsize=4096)
def _says_readers(name: str) -> bool:
    return _FOR_READERS.search(name[:500]) is not None


def _is_said(node: Any) -> bool:
    """Whether an element is for screen readers only, and names nothing."""
    name = node.get("class")
    if not name or not _says_readers(name):
        return False
    return (
        node.tag not in _NAMING
        and not any(below.tag in _NAMING for below in node.iter("*"))
        and letters_of(node) <= 100
    )


def _was_replaced(node: Any) -> bool:
    """Whether text that was taken out of a page stands beside what came in its place (`ins`), or at least beside other text."""
    parent = node.getparent()
    return (
        parent is not None
        and next(node.iterdescendants("del", "s", "strike"), None) is None
        and letters_of(node) < letters_of(parent)
    )


def _leads_back(node: Any) -> bool:
    """Whether an element is an arrow that leads to another place of the page: behind a note, to the page's top."""
    if node.tag != "a" or not (node.get("href") or "").startswith("#"):
        return False
    text = whole_text(node)
    return 0 < len(text) <= 6 and _ARROW.match(text) is not None


def _is_hidden(node: Any, styles: Styles, opened: set[str]) -> bool:
    attribute = node.get("hidden")
    hidden = (
        (attribute is not None and attribute.lower() != "until-found")
        or styles.get("display") == "none"
        or styles.get("visibility") in ("hidden", "collapse")
    )
    return hidden and not _is_panel(node, opened)


def _is_panel(node: Any, opened: set[str]) -> bool:
    """Whether a hidden element opens: a control names it, it is named as a panel, or it follows a heading to click on."""
    if node.get("id") in opened or not opened.isdisjoint((node.get("class") or "").split()):
        return True
    if node.get("role") in ("tabpanel", "region") or node.get("aria-labelledby"):
        return True
    if node.tag == "dd" or any(_PANEL_NAMES.search(node.get(name) or "") for name in ("class", "id")):
        return True
    before = node.getprevious()
    while before is not None and not isinstance(before.tag, str):
        before = before.getprevious()
    return before is not None and (
        before.tag in ("button", "summary", "dt", "label")
        or before.get("aria-expanded") is not None
        or before.get("role") == "button"
        or before.get("onclick") is not None
        or before.find("button") is not None
        or (before.tag == "input" and before.get("type") in ("checkbox", "radio"))
    )


def _is_unseen(node: Any, styles: Styles, rules: Rules) -> bool:
    """Whether an element is decoration read to nobody, off the screen, without size, or in the colour of its ground."""
    if node.get("aria-hidden") == "true" and _is_decoration(node):
        return True
    if node.tag != "font" and _HIDING.isdisjoint(styles):
        return False
    heading = node.tag in ("h1", "h2", "h3") or node.find("h1") is not None
    placed = styles.get("position") in ("absolute", "fixed")
    away = placed and any(_AWAY.match(styles.get(side, "")) for side in ("left", "top", "right", "bottom"))
    indented = _AWAY.match(styles.get("text-indent", "")) is not None
    clipped = placed and (
        re.match(r"rect\(\s*(?:0|1px)", styles.get("clip", "")) is not None
        or styles.get("clip-path", "").startswith("inset(50%")
        or (_TINY.match(styles.get("width", "")) and _TINY.match(styles.get("height", "")))
    )
    closed = (
        styles.get("overflow") == "hidden"
        and (_NOTHING.match(styles.get("height", "")) or _NOTHING.match(styles.get("width", "")))
        and not any(_PANEL_NAMES.search(node.get(name) or "") for name in ("class", "id"))
    )
    if (away or indented or clipped or closed) and not heading:
        return True
    if _NOTHING.match(styles.get("font-size", "")):
        # Gaps between boxes are closed so; what is shown in them has a size of its own.
        return all(
            "font-size" not in _styles(inner, rules) and not inner.get("class") for inner in node.iterdescendants()
        )
    return _is_unreadable(node, styles)


def _is_decoration(node: Any) -> bool:
    """An icon: no letters, or the name of a picture (`expand_more`)."""
    text = "".join(whole_text(node).split())
    return len(text) <= 40 and (not _LETTER.search(text) or _LIGATURE.match(text) is not None or len(text) == 1)


def _is_unreadable(node: Any, styles: Styles) -> bool:
    """Whether text has the colour of its ground, as far as inline styles say what the ground is."""
    color = (styles.get("color") or (node.get("color") if node.tag == "font" else "") or "").replace(" ", "").lower()
    if not color:
        return False
    place, named = node, False
    while place is not None and isinstance(place.tag, str):
        own = styles if place is node else declarations(place.get("style") or "")
        ground = own.get("background-color") or own.get("background") or place.get("bgcolor")
        if ground:
            ground = ground.replace(" ", "").lower()
            return ground == color or (_WHITE.match(color) is not None and _WHITE.match(ground) is not None)
        named = (
            named
            or place.get("class") is not None
            or place.get("id") is not None
            or place.get("background") is not None
        )
        place = place.getparent()
    # Nothing says what the ground is: a page is white, unless a style sheet may colour what lies around.
    return _WHITE.match(color) is not None and not named and not _has_sheet(node)


def _has_sheet(node: Any) -> bool:
    root = node.getroottree().getroot()
    return root.find(".//style") is not None or root.find(".//link[@rel='stylesheet']") is not None
