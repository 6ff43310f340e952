"""The walk through a parsed page that cuts it into blocks."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.columns import Columns, span
from tekio.instruct.harvest.element_roles import (
    ADVERTISEMENT,
    circled_number,
    is_badge,
    is_button,
    is_help_sign,
    is_named,
    is_outside,
    is_unseen,
    mark_in_name,
    name_of_drawing,
)
from tekio.instruct.harvest.marks import is_lone_mark, question_likeness
from tekio.text.consent_bars import consent_bars
from tekio.text.html import BLOCKS, HEADINGS, SKIPPED, inline_text, tag_of

EXTRA_BLOCKS = frozenset(["label"])


STRONG = frozenset(["b", "strong", "em", "font", "u", "big"])


LISTS = frozenset(["ul", "ol", "menu", "dir"])


MAX_HEAD = 20


_BETWEEN_LINKS = re.compile(r"^[\s　]*[|｜\[\]［］/／・][\s　|｜\[\]［］/／・]*$")


FIELDS = frozenset(["text", "radio", "checkbox", "number", "date", "tel", "email"])


SHOWN_AS_TEXT = frozenset([*HEADINGS, "dt", "summary", "button"])


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
"""Characters of no width that editors leave (SharePoint, Word)."""


_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)", re.IGNORECASE)


_RULE = re.compile(r"\.([A-Za-z_][\w-]{0,60})\s*\{([^{}]{0,2000})\}")


MAX_STYLE = 200_000


_WORD_LIST = re.compile(r"MsoList", re.IGNORECASE)


_WORD_ITEM = re.compile(r"[●•·§o○■□◆\uf0a7\uf0b7\uf06c\uf06e][\xa0\s]+(?=\S)")
"""How Word saves the sign of a list: as text, parted by hard spaces."""


@dataclass
class _Piece:
    text: str
    strong: bool
    href: str | None
    node: Any
    inline: bool


def _bold_names(root: Any) -> frozenset[str]:
    """Class names that a style of the page itself makes bold (documents saved as web pages say it so)."""
    written = "".join(style.text or "" for style in root.iter("style"))[:MAX_STYLE]
    return frozenset(name for name, rules in _RULE.findall(written) if _BOLD_STYLE.search(rules))


class _Walker:
    """Walks a tree once, without recursion, and cuts it into blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[_Piece] = []
        self.alts: list[str] = []
        self.ranges: dict[Any, tuple[int, int]] = {}
        self.ids: dict[str, Any] = {}
        self.namesakes: dict[str, list[Any]] = {}
        self.starts: list[int] = []
        self.containers: list[Any] = []
        self.strong = 0
        self.bold: list[Any] = []
        self.fields: list[int] = []
        self.consent: set[Any] = set()
        self.bold_names: frozenset[str] = frozenset()
        self.links: list[str] = []
        self.outside = 0
        self.lists: list[tuple[bool, int]] = []
        self.items: list[str] = []
        self.rows = 0
        self.cells: list[tuple[int, int]] = []
        self.tables: list[Columns] = []
        self.literal = 0
        self.rule = False
        self.badges: list[Any] = []
        self.advertisements = 0

    def is_bold(self, node: Any) -> bool:
        """Whether its style, or a rule of the page for one of its class names, makes a `span` bold."""
        if _BOLD_STYLE.search(node.get("style") or ""):
            return True
        return bool(self.bold_names) and any(name in self.bold_names for name in (node.get("class") or "").split())

    def add(self, text: str | None, node: Any, *, inline: bool) -> None:
        if text and self.literal and "\n" in text:
            first, *lines = text.replace("\r\n", "\n").split("\n")
            self._piece(first, node, inline=inline)
            for line in lines:
                self.flush()
                self._piece(line, node, inline=False)
        else:
            self._piece(text, node, inline=inline)

    def _piece(self, text: str | None, node: Any, *, inline: bool) -> None:
        if text:
            link = self.links[-1] if self.links else None
            self.pieces.append(_Piece(text, self.strong > 0, link, node, inline))

    def flush(self) -> None:
        pieces, alts = self.pieces, " ".join(self.alts)
        self.pieces, self.alts = [], []
        text = inline_text("".join(piece.text for piece in pieces).translate(_INVISIBLE)).strip(" \u3000\xa0\n")
        if not text and not alts:
            return
        node = self.containers[-1]
        if not text and tag_of(node) in SHOWN_AS_TEXT and question_likeness(alts) >= 1.0:
            text, alts = alts, ""  # a heading drawn as a picture
        item = self.items[-1] if self.items else ""
        if (typed := _WORD_ITEM.match(text)) and any(map(_WORD_LIST.match, (node.get("class") or "").split())):
            text, item = text[typed.end() :], "・"
        told = [piece for piece in pieces if piece.text.strip()]
        hrefs = {piece.href for piece in told}
        lead = ""
        if len(told) > 1 and told[0].inline and len(told[0].text.strip()) <= 8:
            lead = told[0].text.strip()
        href = hrefs.pop() if len(hrefs) == 1 and told else None
        linked = [piece for piece in told if piece.href is not None]
        menu = len(linked) >= 2 and all(piece.href is not None or _BETWEEN_LINKS.match(piece.text) for piece in told)
        menu = menu and len(told) > len(linked)
        head = (
            told[0].text.strip() if len(told) > 1 and told[0].inline and told[0].strong and not told[1].strong else ""
        )
        self.blocks.append(
            Block(
                index=len(self.blocks),
                text=text,
                node=node,
                strong=bool(told) and all(piece.strong for piece in told),
                href=href,
                lead=lead,
                alt=alts,
                mark=item,
                indent=max(len(self.lists) - 1, 0),
                cell=self.cells[-1] if self.cells else None,
                outside=self.outside > 0,
                after_rule=self.rule,
                head=head if len(head) <= MAX_HEAD else "",
                menu=menu,
                foreign=self.advertisements > 0 or menu or (bool(href) and is_button(node, told[0].node)),
                badge=bool(self.badges),
            )
        )
        self.rule = False
        if self.items:
            self.items[-1] = ""

    def start(self, node: Any, tag: str) -> None:
        block = tag in BLOCKS or tag in EXTRA_BLOCKS
        badge = is_badge(node)
        if block or badge or tag == "br":
            self.flush()
        if tag == "br":
            return
        if badge:
            self.badges.append(node)
        self.starts.append(len(self.blocks))
        name = node.get("id") or (node.get("name") if tag == "a" else None)
        if name:
            first = self.ids.setdefault(name, node)
            if first is not node:
                self.namesakes.setdefault(name, [first]).append(node)
        if tag == "img":
            named = (node.get("alt") or "").strip() or mark_in_name(node.get("src") or "")
            if circled := circled_number(named, node.get("src") or ""):
                self.add(circled, node, inline=True)
            elif named:
                self.alts.append(named)
        elif tag == "hr":
            self.rule = True
        elif tag in ("input", "textarea", "select") and (node.get("type") or "text").lower() in FIELDS:
            self.fields.append(len(self.blocks) + bool(self.pieces))
        elif tag == "pre":
            self.literal += 1
        elif tag in STRONG or (tag == "span" and self.is_bold(node)):
            self.strong += 1
            self.bold.append(node)
        elif tag == "a":
            self.links.append(node.get("href") or "")
        elif tag in LISTS:
            first = node.get("start") or "1"
            self.lists.append((tag == "ol", int(first) if first.isascii() and first.isdecimal() else 1))
        elif tag == "li":
            ordered, number = self.lists[-1] if self.lists else (False, 1)
            self.items.append(f"{number}. " if ordered else "・")
            if self.lists:
                self.lists[-1] = (ordered, number + 1)
        elif tag == "table":
            self.tables.append(Columns())
        elif tag == "tr":
            self.rows += 1
            self.cells.append((self.rows, -1))
            if self.tables:
                self.tables[-1].next_row()
        elif tag in ("td", "th"):
            row, column = self.cells[-1] if self.cells else (self.rows, -1)
            column = self.tables[-1].place(span(node, "colspan"), span(node, "rowspan")) if self.tables else column + 1
            if self.cells:
                self.cells[-1] = (row, column)
            self.cells.append((row, column))
        if block:
            self.containers.append(node)
            self.outside += node in self.consent or is_outside(node, tag)
            self.advertisements += tag == "figcaption" or is_named(node, ADVERTISEMENT)
        self.add(node.text, node, inline=not block)

    def end(self, node: Any, tag: str) -> None:
        block = tag in BLOCKS or tag in EXTRA_BLOCKS
        if tag == "br":
            return
        if block or (self.badges and self.badges[-1] is node):
            self.flush()
        if self.badges and self.badges[-1] is node:
            self.badges.pop()
        if block:
            self.containers.pop()
            self.outside -= node in self.consent or is_outside(node, tag)
            self.advertisements -= tag == "figcaption" or is_named(node, ADVERTISEMENT)
        if self.bold and self.bold[-1] is node:
            self.bold.pop()
            self.strong -= 1
        elif tag == "pre":
            self.literal -= 1
        elif tag == "a":
            self.links.pop()
        elif tag in LISTS:
            self.lists.pop()
        elif tag == "li":
            self.items.pop()
        elif tag in ("tr", "td", "th") and self.cells:
            self.cells.pop()
        elif tag == "table" and self.tables:
            self.tables.pop()
        begin = self.starts.pop()
        # An inline element may begin in the middle of a block that is not written yet; it then counts as in it.
        self.ranges[node] = (begin, max(len(self.blocks), begin + (not block and bool(self.pieces))))


def read_page(root: Any) -> Page:
    """The blocks of a parsed page (`tekio.text.html.parse_html`)."""
    walker = _Walker()
    walker.containers.append(root)
    walker.bold_names = _bold_names(root)
    walker.consent = consent_bars(root)
    skipping: Any = None
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = tag_of(node)
        above = node.getparent()
        if skipping is not None:
            if event == "end" and node is skipping:
                skipping = None
                walker.add(node.tail, above, inline=False)
            continue
        if event == "start":
            if tag in SKIPPED or is_unseen(node) or is_help_sign(node):
                skipping = node
                if tag == "svg" and is_lone_mark(named := name_of_drawing(node)):
                    walker.alts.append(named)
            else:
                walker.start(node, tag)
        else:
            walker.end(node, tag)
            if above is not None:
                walker.add(node.tail, above, inline=tag_of(above) not in BLOCKS)
    walker.flush()
    title = root.find(".//title")
    text = inline_text("".join(title.itertext())).strip() if title is not None else ""
    return Page(walker.blocks, root, text, walker.ranges, walker.ids, walker.namesakes, fields=walker.fields)
