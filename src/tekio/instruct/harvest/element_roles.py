"""What an element is on a page, by its name and place: navigation, a cookie dialog, a badge, a button, a mark drawn as a picture."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from tekio.instruct.harvest.marks import is_lone_mark, question_likeness
from tekio.text.consent_bars import COOKIES, MAX_DIALOG
from tekio.text.html import tag_of

OUTSIDE_TAGS = frozenset(["nav", "footer", "aside"])


OUTSIDE_ROLES = frozenset(["navigation", "banner", "contentinfo", "complementary", "search"])


# Whole names only: `header` and `site-header` are the page's, `card-header` is the title of an accordion's panel.
_OUTSIDE_NAME = re.compile(
    r"(?:(?:g|gl|global|site|page|main|l|ly|layout|the|common|cmn|sp|pc|id|top|bottom|left|right|sub|local|fixed|sticky|drawer)[-_]?){0,3}"
    r"(?:nav|navi|navigation|navbar|menu|footer|foot|header|head|breadcrumbs?|breadcrumb[-_]?list|bread|pankuzu|topic[-_]?path|path"
    r"|side|sidebar|side[-_]?(?:menu|nav|navi|bar|column|area)|sitemap|sns|sns[-_]?(?:list|area|share)|share|skip|skip[-_]?(?:link|nav)|copyright)"
    r"(?:[-_]?(?:wrap|wrapper|inner|area|box|container|block|list|section|menu|nav|navi|logo|links?|top|bottom|bg|pc|sp|0?[1-9])){0,3}",
    re.IGNORECASE,
)


_MAX_OUTSIDE_NAME = 40


_CONSENT_NAME = re.compile(
    r"(?:[a-z]{1,8}[-_]+)*(?:cookies?|gdpr|ccpa|onetrust|cybot[-_]?cookiebot|cookiebot|cookieyes|cky|cc)"
    r"[-_]?(?:consent|notice|bar|banner|popup|modal|dialog|window|message|alert|agree|sdk)(?:[-_]?[a-z0-9]+)*",
    re.IGNORECASE,
)
"""The bar that asks visitors to accept cookies, as sites and the usual scripts call it."""


_UNSEEN_NAME = re.compile(
    r"(?:[a-z]{1,3}-)?(?:(?:visually|visual|u)[-_]?hidden|visuallyhidden|sr[-_]?only|screen[-_]?reader(?:[-_]?(?:text|only))?|assistive[-_]?text)",
    re.IGNORECASE,
)


_BADGE_NAME = re.compile(
    r"(?:[a-z]+(?:[-_]+))*(?:badge|label|tag|category|cat|chip|pill|ico|icon)s?(?:[-_]+(?:[a-z0-9]{1,12}))?",
    re.IGNORECASE,
)


ADVERTISEMENT = re.compile(
    r"(?:[a-z]{1,4}[-_]+)*(?:ads?|advert|advertisement|adarea|ad[-_]?(?:area|box|space|banner|slot)|pr[-_]?(?:area|box)|banner|bnr)s?",
    re.IGNORECASE,
)


_BUTTON_NAME = re.compile(r"(?:[a-z0-9]+[-_]+)*(?:btn|button|cta)s?(?:[-_]+[a-z0-9]+)*", re.IGNORECASE)


MAX_BADGE = 14


MOST_SIBLINGS = 40
"""Elements beside an item that are looked at for another like it."""


def is_outside(node: Any, tag: str) -> bool:
    if tag in OUTSIDE_TAGS or (node.get("role") or "").lower() in OUTSIDE_ROLES or _asks_for_consent(node, tag):
        return True
    if tag == "header":
        # A header inside an article is part of it; the page's own header is not.
        return not any(tag_of(above) in ("article", "main", "section", "details") for above in node.iterancestors())
    if tag in ("div", "ul", "ol", "section", "p", "td", "table", "form"):
        for name in (node.get("id") or "", *(node.get("class") or "").split()):
            if len(name) > _MAX_OUTSIDE_NAME:
                continue
            if _CONSENT_NAME.fullmatch(name) or (_OUTSIDE_NAME.fullmatch(name) and not _heads_an_item(node, tag)):
                return True
    return False


def _heads_an_item(node: Any, tag: str) -> bool:
    """Whether an element is a part of one of several like items (`<div class="item"><div class="head">`), with text outside of links."""
    item = node.getparent()
    around = None if item is None else item.getparent()
    if item is None or around is None or not item.get("class") or not node.get("class"):
        return False
    alike = 0
    for other in islice(around, MOST_SIBLINGS):
        if tag_of(other) == tag_of(item) and other.get("class") == item.get("class"):
            parts = islice(other, MOST_SIBLINGS)
            alike += any(tag_of(part) == tag and part.get("class") == node.get("class") for part in parts)
    linked = sum(len(_text_of(link)) for link in node.iter("a"))
    return alike > 1 and 2 * linked < len(_text_of(node))


def _asks_for_consent(node: Any, tag: str) -> bool:
    """A dialog about cookies, however its elements are called."""
    dialog = tag == "dialog" or (node.get("role") or "").lower() in ("dialog", "alertdialog")
    text = _text_of(node) if dialog else ""
    return len(text) <= MAX_DIALOG and COOKIES.search(text) is not None


def is_named(node: Any, pattern: re.Pattern[str]) -> bool:
    return any(len(name) <= _MAX_OUTSIDE_NAME and pattern.fullmatch(name) for name in (node.get("class") or "").split())


def _text_of(node: Any) -> str:
    return "".join("".join(node.itertext()).split())


_TOOLTIP_NAME = re.compile(
    r"(?:[a-z0-9]+[-_]+)*(?:tooltip|tool[-_]?tip|popover|hint[-_]?box|help[-_]?tip)s?(?:[-_]+[a-z0-9]+)*",
    re.IGNORECASE,
)


def is_unseen(node: Any) -> bool:
    """For screen readers only (「回答を開く」), or shown while the mouse is on a sign; a Q or A mark is not taken away."""
    hidden = is_named(node, _UNSEEN_NAME) or is_named(node, _TOOLTIP_NAME) or (node.get("role") or "") == "tooltip"
    return hidden and not is_lone_mark(_text_of(node))


_HELP_SIGN = re.compile(r"[(（\[［]?[?？ℹi][)）\]］]?")


def is_help_sign(node: Any) -> bool:
    """A button or a link of nothing but 「?」: it opens an explanation of the word before it and asks nothing."""
    tag = tag_of(node)
    pressed = tag == "button" or (tag == "a" and not _leads_somewhere(node)) or (node.get("role") or "") == "button"
    return pressed and _HELP_SIGN.fullmatch(_text_of(node)) is not None


def _leads_somewhere(link: Any) -> bool:
    target = (link.get("href") or "").strip()
    return bool(target) and not target.startswith(("#", "javascript:"))


def is_button(*nodes: Any) -> bool:
    return any(is_named(node, _BUTTON_NAME) for node in nodes)


def is_badge(node: Any) -> bool:
    if tag_of(node) not in ("span", "div", "p", "i", "em", "small") or not is_named(node, _BADGE_NAME):
        return False
    text = _text_of(node)
    return 0 < len(text) <= MAX_BADGE and not is_lone_mark(text) and question_likeness(text) < 1.0


_MARK_FILE = re.compile(
    r"(?:^|[/_-])(?:ico(?:n)?[_-]?)?(q|a|question|answer)[_-]?[0-9]*\.(?:gif|png|jpe?g|svg|webp)(?:\?|$)", re.IGNORECASE
)


def mark_in_name(source: str) -> str:
    """`Q` or `A` for an image without alternative text whose file is called so (`icon_q.gif`)."""
    found = _MARK_FILE.search(source)
    return found[1][0].upper() if found else ""


def name_of_drawing(node: Any) -> str:
    """What an inline drawing (`svg`) calls itself."""
    title = next((below for below in node if tag_of(below) == "title"), None)
    told = "".join(title.itertext()) if title is not None else node.get("aria-label") or ""
    return " ".join(told.split())[:MAX_BADGE]


_CIRCLED_ALT = re.compile(r"(?:丸|まる|○)?[(（]?([0-9０-９]{1,2})[)）]?")


_CIRCLED_FILE = re.compile(
    r"(?:decimal|no_img|maru|circle|number)[^?]*?([0-9]{1,2})\.(?:gif|png|jpe?g|svg)", re.IGNORECASE
)


def circled_number(alt: str, source: str) -> str:
    """The circled number a small picture stands for (`丸1`, or a file named so): it is a part of the sentence."""
    by_alt, by_file = _CIRCLED_ALT.fullmatch(alt), _CIRCLED_FILE.search(source)
    if not by_alt and not (by_file and not alt):
        return ""
    if by_alt and not by_file and not alt.startswith(("丸", "まる", "○")):
        return ""
    # The file says which number; some pages give every picture the same alternative text.
    number = int(by_file[1] if by_file else by_alt[1] if by_alt else 0)
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else ""
