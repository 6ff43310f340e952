"""What a page says of itself: its title and headline, the days it was published and changed."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from email.utils import parsedate
from typing import Any

from lxml import etree

from tekio.text.dates import iso_date
from tekio.text.html import block_text, inline_text, whole_text
from tekio.text.revised import revision_date

CONTENTS = re.compile(
    r"[○〇●◯■◆・*【〔《〈\[（(]*(?:添付資料|(?:添付資料の?)?(?:目\s*次|もくじ|contents))[】〕》〉\]）)]*", re.IGNORECASE
)
"""A heading of a contents list."""
LONGEST_STAMP = 80
"""Letters of a line that says when a page was changed."""
_OG_TITLE = etree.XPath("string(//meta[@property='og:title']/@content)", smart_strings=False)
_TITLE = etree.XPath("string(//title)", smart_strings=False)
_IS_CHANGE = "@itemprop='dateModified' or contains(concat(' ', @class, ' '), ' updated ')"
_PUBLISHED = [
    etree.XPath(f"string({path})", smart_strings=False)
    for path in (
        "//meta[@property='article:published_time']/@content",
        "//meta[@name='date' or @name='pubdate' or @name='DC.date' or @itemprop='datePublished']/@content",
        "//time[@itemprop='datePublished']/@datetime",
        f"//time[not({_IS_CHANGE})]/@datetime",
        f"//time[not({_IS_CHANGE})]",
    )
]
_MODIFIED = [
    etree.XPath(f"string({path})", smart_strings=False)
    for path in (
        "//meta[@property='article:modified_time' or @property='og:updated_time' or @itemprop='dateModified'"
        " or @name='DCTERMS.modified' or @name='dcterms.modified' or @name='last-modified' or @name='lastmod'"
        " or @name='updated' or @name='revised' or @http-equiv='last-modified' or @http-equiv='Last-Modified']/@content",
        f"//time[{_IS_CHANGE}]/@datetime",
        f"//time[{_IS_CHANGE}]",
    )
]
_DATA = etree.XPath("//script[@type='application/ld+json']")
_TOLD = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"]{4,40})"')


def page_title(root: Any) -> str | None:
    """`og:title`, else the only h1 that is not the heading of a contents list, else the title element."""
    named = _OG_TITLE(root).strip()
    if named:
        return inline_text(named)
    headings = [inline_text(block_text(heading)).strip() for heading in root.iter("h1")]
    headings = [heading for heading in headings if heading and not CONTENTS.fullmatch(heading)]
    if len(headings) == 1:
        return headings[0].replace("\n", " ")[:300]
    title = inline_text(_TITLE(root)).strip()
    return title[:300] or None


def first_heading(text: str) -> str | None:
    """A text's first line, where that is short and no sentence."""
    line = text.lstrip().partition("\n")[0].strip()
    if not 0 < len(line) <= 60 or line.endswith("。") or " | " in line or CONTENTS.fullmatch(line):
        return None
    return line


def page_headline(root: Any) -> str:
    """The headline of the page's article, wherever it stands: its only h1, if the title element begins with it.

    A site's logo is often a heading too, but titles end with the site's name; so does a link lead to its first page.
    """
    headings = list(root.iter("h1"))
    if len(headings) != 1 or headings[0].find(".//a") is not None:
        return ""
    headline = inline_text(block_text(headings[0])).strip().replace("\n", " ")
    title = bare(_TITLE(root))
    return headline if bare(headline) and title.startswith(bare(headline)) and len(headline) <= 100 else ""


def bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def page_date(root: Any) -> str | None:
    """The page's publication date from its meta elements, its JSON-LD or time element, as ISO text."""
    return _first_day(root, _PUBLISHED[:2], "datePublished") or _first_day(root, _PUBLISHED[2:])


def modified_date(root: Any) -> str | None:
    """The day of the page's last change from its meta elements, its JSON-LD or time element, as ISO text."""
    return _first_day(root, _MODIFIED[:1], "dateModified") or _first_day(root, _MODIFIED[1:])


def stamped_day(root: Any) -> str | None:
    """The day a page says it was changed on, wherever it stands: in its foot, in a bar. None where several are told."""
    days: set[str] = set()
    whole = whole_text(root)
    if "更新" not in whole and "odified" not in whole and "pdated" not in whole:
        return None
    for node in root.iter("*"):
        for text, within in ((node.text, True), (node.tail, False)):
            if text and len(text) < 200 and ("更新" in text or "odified" in text or "pdated" in text):
                whole = whole_text(node) if within else text
                line = " ".join((whole if len(whole) <= LONGEST_STAMP else text).split())
                day = revision_date(line) if len(line) <= LONGEST_STAMP else None
                days |= {day} if day and len(day) == 10 else set()
    return days.pop() if len(days) == 1 else None


def _first_day(root: Any, paths: list[Any], name: str = "") -> str | None:
    for path in paths:
        told = path(root)
        if found := iso_date(told) or _mail_date(told):
            return found
    for script in _DATA(root) if name else ():
        for found in _TOLD.finditer((script.text or "")[:100_000]):
            if found[1] == name and (day := iso_date(found[2])):
                return day
    return None


def _mail_date(told: str) -> str | None:
    """The day of a date as HTTP and mail write it: Tue, 04 Mar 2025 09:00:00 GMT."""
    found = parsedate(told[:40]) if "," in told else None
    try:
        return dt.date(found[0], found[1], found[2]).isoformat() if found else None
    except ValueError:
        return None
