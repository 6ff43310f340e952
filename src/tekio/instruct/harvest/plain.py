"""Questions and answers in plain and hard-wrapped text, and in the text of PDF pages.

The text becomes a small tree of paragraphs and headings, so that the readings of pages work on it unchanged. Page
numbers and lines that return on every page are set aside as page furniture; every other character is in a block.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from lxml import etree

from tekio.instruct.harvest.extents import TOPIC_LINE
from tekio.instruct.harvest.marks import ASKING_SPEAKER, RULER, TELLING_SPEAKER, find_mark

_PAGE_NUMBER = re.compile(
    r"^[\s\u3000]*(?:[-－–—‐]\s*[0-9０-９]{1,4}\s*[-－–—‐]|[0-9０-９]{1,4}\s*[/／]\s*[0-9０-９]{1,4}|[0-9０-９]{1,4})[\s\u3000]*$"
)
_ITEM = re.compile(
    r"^[\s\u3000]*(?:[・●○◎■◆※*‣▶]|[①-⑳]|[(（][0-9０-９一二三四五六七八九十ア-ンa-z]{1,3}[)）]|[0-9０-９]{1,2}[.．、]|[ア-ン][.．　])"
)
_MARKDOWN = re.compile(r"^(#{1,6})\s+\S")
_END = re.compile(r"[。．？！?!:：」）)】]\s*$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
_SHORT_RULER = re.compile(r"([-=_*─━―])\1{2,}")
MAX_HEADING = 40
RUNNING = 3
"""A line that stands at the top or bottom of at least so many pages is a running head."""


def text_tree(pages: Sequence[str]) -> Any:
    """An HTML tree of the pages' text; page numbers and running heads lie in `footer` elements."""
    root = etree.Element("html")
    body = etree.SubElement(root, "body")
    running = _running_lines(pages)
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            etree.SubElement(body, "p").text = "".join(paragraph)
            paragraph.clear()

    for page in pages:
        lines = _CONTROL.sub("", page.replace("\r\n", "\n").replace("\r", "\n")).replace("\f", "\n").split("\n")
        told = [line.strip(" \t\u3000\xa0") for line in lines]
        for number, (line, text) in enumerate(zip(lines, told, strict=True)):
            if not text:
                close()
            elif _PAGE_NUMBER.match(line) or _recurring(text) in running:
                # A page may end inside a sentence: its number does not end the paragraph.
                etree.SubElement(body, "footer").text = text
            elif RULER.match(text) or _SHORT_RULER.fullmatch(text):
                close()
                etree.SubElement(body, "p").text = text
            elif marked := _MARKDOWN.match(text):
                close()
                etree.SubElement(body, f"h{len(marked[1])}").text = text
            elif len(text) <= MAX_HEADING and (
                (TOPIC_LINE.match(text) and not _END.search(text))
                or (0 < number < len(told) - 1 and RULER.match(told[number - 1]) and RULER.match(told[number + 1]))
            ):
                close()
                etree.SubElement(body, "h2").text = text
            else:
                if _starts_new(line, text) or (paragraph and _END.search(paragraph[-1])):
                    close()
                if paragraph and paragraph[-1][-1:].isascii() and text[:1].isascii():
                    paragraph.append(" ")
                paragraph.append(text)
    close()
    return root


def _starts_new(line: str, text: str) -> bool:
    if _ITEM.match(line) or find_mark(text) is not None:
        return True
    return bool(ASKING_SPEAKER.match(text) or TELLING_SPEAKER.match(text))


def _recurring(line: str) -> str:
    """A line without its digits and spaces: a running head may count pages."""
    return re.sub(r"[0-9０-９\s\u3000]+", "", line)


def _running_lines(pages: Sequence[str]) -> set[str]:
    counts: Counter[str] = Counter()
    for page in pages:
        lines = [line.strip(" \t\u3000") for line in page.split("\n") if line.strip(" \t\u3000")]
        edges = {_recurring(line) for line in (*lines[:2], *lines[-2:]) if len(line) <= 60}
        counts.update(edge for edge in edges if edge)
    return {line for line, count in counts.items() if count >= max(RUNNING, len(pages) // 2)}
