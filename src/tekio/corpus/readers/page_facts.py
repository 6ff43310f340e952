"""What a page says of itself: its title and headline, the days it was published and changed."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
import unicodedata
from typing import Any

from lxml import etree

from tekio.text.dates import iso_date
from tekio.text.html import block_text, inline_text

CONTENTS = re.compile(
    r"[○〇●◯■◆・*【〔《〈\[（(]*(?:添付資料|(?:添付資料の?)?(?:目\s*次|もくじ|contents))[】〕》〉\]）)]*", re.IGNORECASE
)
"""A heading of a contents list."""
_OG_TITLE = etree.XPath("string(//meta[@property='og:title']/@content)", smart_strings=False)
_TITLE = etree.XPath("string(//title)", smart_strings=False)
_PUBLISHED = [
    etree.XPath(f"string({path})", smart_strings=False)
    for path in (
        "//meta[@property='article:published_time']/@content",
        "//meta[@name='date' or @name='pubdate' or @name='DC.date' or @itemprop='datePublished']/@content",
        "//time/@datetime",
        "//time",
    )
]
_MODIFIED = etree.XPath(
    "string(//meta[@property='article:modified_time' or @property='og:updated_time' or @itemprop='dateModified'"
    " or @name='DCTERMS.modified']/@content)",
    smart_strings=False,
)


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
    """The page's publication date from its meta elements or time element, as ISO text."""
    for path in _PUBLISHED:
        if found := iso_date(path(root)):
            return found
    return None


def modified_date(root: Any) -> str | None:
    """The day of the page's last change from its meta elements, as ISO text."""
    return iso_date(_MODIFIED(root))
