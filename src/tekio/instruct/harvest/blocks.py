"""A page as a sequence of blocks: the smallest pieces of text that a reading can call question, answer or remainder.

A block is a run of inline text between block elements and line breaks. Every visible character of the page is in exactly
one block, so whatever a reading leaves out is known. Elements cover contiguous ranges of blocks.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree

from tekio.instruct.harvest.marks import CONSENT, Mark, find_mark, is_lone_mark, question_likeness
from tekio.text.html import BLOCKS, SKIPPED, inline_text, tag_of

EXTRA_BLOCKS = frozenset(["label"])
STRONG = frozenset(["b", "strong", "em", "font", "u", "big"])
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
NO_HEADING = frozenset(
    ["div", "section", "article", "main", "body", "table", "td", "dl", "dd", "ul", "ol", "li", "blockquote", "details"]
)
"""Text in one of these is no heading, even where an unclosed heading element is around it."""
LISTS = frozenset(["ul", "ol", "menu", "dir"])
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
_ADVERTISEMENT = re.compile(
    r"(?:[a-z]{1,4}[-_]+)*(?:ads?|advert|advertisement|adarea|ad[-_]?(?:area|box|space|banner|slot)|pr[-_]?(?:area|box)|banner|bnr)s?",
    re.IGNORECASE,
)
_BUTTON_NAME = re.compile(r"(?:[a-z0-9]+[-_]+)*(?:btn|button|cta)s?(?:[-_]+[a-z0-9]+)*", re.IGNORECASE)
MAX_BADGE = 14
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


def heading_level(node: Any) -> int:
    """1 to 6 for a heading element, or one that says it is a heading (`role`, `aria-level`); else 0."""
    tag = tag_of(node)
    if tag in HEADINGS:
        return int(tag[1])
    if not tag or node.get("role") != "heading":
        return 0
    level = (node.get("aria-level") or "").strip()
    return int(level) if level in ("1", "2", "3", "4", "5", "6") else 2


@dataclass(slots=True, eq=False)
class Block:
    """One piece of text and where it stands."""

    index: int
    text: str
    node: Any
    """The block element around it."""
    strong: bool = False
    """All of it is bold, coloured or emphasised."""
    href: str | None = None
    """All of it is one link."""
    lead: str = ""
    """The text of a short inline element at its beginning, such as a `Q` in a box of its own."""
    head: str = ""
    """Its first words, where they alone are bold."""
    menu: bool = False
    """Links beside each other with strokes between them."""
    alt: str = ""
    """Alternative texts of images in it."""
    mark: str = ""
    """List mark, shown only before the first block of an item."""
    indent: int = 0
    cell: tuple[int, int] | None = None
    """(row, column) when the block is in a cell of a table, counted over the page."""
    outside: bool = False
    """Not main content: navigation, header, footer, side column."""
    after_rule: bool = False
    """A horizontal rule stands between the block before and this one."""
    foreign: bool = False
    """An advertisement, or a link drawn as a button: on the page, but in no answer."""
    badge: bool = False
    """A label of one or two words in a box of its own, such as the category before a question."""
    role: Mark | Literal[False] | None = None
    """What the block is marked as by its place among the others of the page (`labels.py`); False: as nothing."""
    found: Mark | Literal[False] | None = field(default=None, init=False, repr=False)
    """What `find_mark` said, once it was asked."""

    @property
    def qa_mark(self) -> Mark | None:
        """The mark of a question or of an answer it begins with."""
        if self.role is not None:
            return self.role or None
        if self.found is None:
            self.found = find_mark(self.text, self.lead, self.alt) or False
        return self.found or None

    @property
    def size(self) -> int:
        """Characters, spaces not counted; of an image alone, those of its alternative text."""
        return len("".join((self.text or self.alt).split()))

    @property
    def heading(self) -> int:
        """1 to 6 for a block in a heading element, else 0."""
        for node in (self.node, *self.node.iterancestors()):
            tag = tag_of(node)
            if level := heading_level(node):
                return level
            if tag in NO_HEADING:
                return 0
        return 0


@dataclass
class Page:
    """The blocks of a page and what the readings ask about elements."""

    blocks: list[Block]
    root: Any
    title: str = ""
    ranges: dict[Any, tuple[int, int]] = field(default_factory=dict[Any, tuple[int, int]])
    ids: dict[str, Any] = field(default_factory=dict[str, Any])
    """The first element with each name, as a browser takes it."""
    namesakes: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    """Elements that share one id (a mistake, made where a list of questions was copied), in order."""
    opening: str = ""
    """The first lines of a text, which has no title."""
    flow: bool = False
    """Lines of a document, not elements of a page: headings inside an answer do not end it."""
    contents: list[Any] = field(default_factory=list[Any])
    """What its table of contents lists (`flow.Entry`)."""
    fields: list[int] = field(default_factory=list[int])
    """Where fields to fill in or to tick stand: the index of the block after each."""
    titles: set[int] = field(default_factory=set[int])
    """Blocks that name the question after them."""

    def range_of(self, node: Any) -> tuple[int, int]:
        """First block of `node` and the one after its last; an empty range for an element without text."""
        return self.ranges.get(node, (0, 0))

    def main(self) -> list[Block]:
        return [block for block in self.blocks if not block.outside]


@dataclass
class _Piece:
    text: str
    strong: bool
    href: str | None
    node: Any
    inline: bool


def _is_outside(node: Any, tag: str) -> bool:
    if tag in OUTSIDE_TAGS or (node.get("role") or "").lower() in OUTSIDE_ROLES or _asks_for_consent(node, tag):
        return True
    if tag == "header":
        # A header inside an article is part of it; the page's own header is not.
        return not any(tag_of(above) in ("article", "main", "section", "details") for above in node.iterancestors())
    if tag in ("div", "ul", "ol", "section", "p", "td", "table", "form"):
        for name in (node.get("id") or "", *(node.get("class") or "").split()):
            if len(name) <= _MAX_OUTSIDE_NAME and (_OUTSIDE_NAME.fullmatch(name) or _CONSENT_NAME.fullmatch(name)):
                return True
    return False


def _consent_bars(root: Any) -> set[Any]:
    """Short notices about cookies with buttons to agree or refuse, whatever they are called and wherever they stand."""
    bars: set[Any] = set()
    for button in root.iter("button", "a", "input"):
        if not CONSENT.match("".join(button.itertext()).strip()):
            continue
        for node in button.iterancestors("div", "section", "form", "p"):
            beside = ["".join(below.itertext()).strip() for below in node.iter("button", "a", "input")]
            if not all(not text or CONSENT.match(text) or _BESIDE_CONSENT.search(text) for text in beside):
                break
            text = _text_of(node)
            if len(text) > MAX_DIALOG:
                break
            if _COOKIES.search(text):
                bars.add(node)
                break
    return bars


_BESIDE_CONSENT = re.compile(
    r"^.{0,12}(?:設定|詳細|詳しく.{0,4}|閉じる|ポリシー|方針|変更(?:する)?|拒否|選択|管理|OK|×|✕)$"
)
_COOKIES = re.compile(r"cookie|クッキー", re.IGNORECASE)
MAX_DIALOG = 600


def _asks_for_consent(node: Any, tag: str) -> bool:
    """A dialog about cookies, however its elements are called."""
    dialog = tag == "dialog" or (node.get("role") or "").lower() in ("dialog", "alertdialog")
    text = _text_of(node) if dialog else ""
    return len(text) <= MAX_DIALOG and _COOKIES.search(text) is not None


def _named(node: Any, pattern: re.Pattern[str]) -> bool:
    return any(len(name) <= _MAX_OUTSIDE_NAME and pattern.fullmatch(name) for name in (node.get("class") or "").split())


def _text_of(node: Any) -> str:
    return "".join("".join(node.itertext()).split())


_TOOLTIP_NAME = re.compile(
    r"(?:[a-z0-9]+[-_]+)*(?:tooltip|tool[-_]?tip|popover|hint[-_]?box|help[-_]?tip)s?(?:[-_]+[a-z0-9]+)*",
    re.IGNORECASE,
)


def _is_unseen(node: Any) -> bool:
    """For screen readers only (「回答を開く」), or shown while the mouse is on a sign; a Q or A mark is not taken away."""
    hidden = _named(node, _UNSEEN_NAME) or _named(node, _TOOLTIP_NAME) or (node.get("role") or "") == "tooltip"
    return hidden and not is_lone_mark(_text_of(node))


def _is_button(*nodes: Any) -> bool:
    return any(_named(node, _BUTTON_NAME) for node in nodes)


def _is_badge(node: Any) -> bool:
    if tag_of(node) not in ("span", "div", "p", "i", "em", "small") or not _named(node, _BADGE_NAME):
        return False
    text = _text_of(node)
    return 0 < len(text) <= MAX_BADGE and not is_lone_mark(text) and question_likeness(text) < 1.0


_MARK_FILE = re.compile(
    r"(?:^|[/_-])(?:ico(?:n)?[_-]?)?(q|a|question|answer)[_-]?[0-9]*\.(?:gif|png|jpe?g|svg|webp)(?:\?|$)", re.IGNORECASE
)


def _mark_in_name(source: str) -> str:
    """`Q` or `A` for an image without alternative text whose file is called so (`icon_q.gif`)."""
    found = _MARK_FILE.search(source)
    return found[1][0].upper() if found else ""


def _name_of_drawing(node: Any) -> str:
    """What an inline drawing (`svg`) calls itself."""
    title = next((below for below in node if tag_of(below) == "title"), None)
    told = "".join(title.itertext()) if title is not None else node.get("aria-label") or ""
    return " ".join(told.split())[:MAX_BADGE]


_CIRCLED_ALT = re.compile(r"(?:丸|まる|○)?[(（]?([0-9０-９]{1,2})[)）]?")
_CIRCLED_FILE = re.compile(
    r"(?:decimal|no_img|maru|circle|number)[^?]*?([0-9]{1,2})\.(?:gif|png|jpe?g|svg)", re.IGNORECASE
)


def _circled(alt: str, source: str) -> str:
    """The circled number a small picture stands for (`丸1`, or a file named so): it is a part of the sentence."""
    by_alt, by_file = _CIRCLED_ALT.fullmatch(alt), _CIRCLED_FILE.search(source)
    if not by_alt and not (by_file and not alt):
        return ""
    if by_alt and not by_file and not alt.startswith(("丸", "まる", "○")):
        return ""
    # The file says which number; some pages give every picture the same alternative text.
    number = int(by_file[1] if by_file else by_alt[1] if by_alt else 0)
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else ""


def span(node: Any, name: str) -> int:
    """How many columns or rows a cell covers (attribute `colspan` or `rowspan`)."""
    value = (node.get(name) or "").strip()
    return min(int(value), 1000) if value.isascii() and value.isdecimal() and int(value) > 0 else 1


class Columns:
    """The columns of a table as they stand on the page: cells that span rows push those below them to the right."""

    def __init__(self) -> None:
        self.spans: dict[int, int] = {}
        self.column = 0

    def next_row(self) -> None:
        self.spans = {column: rows - 1 for column, rows in self.spans.items() if rows > 1}
        self.column = 0

    def place(self, width: int, height: int) -> int:
        """The column of the row's next cell."""
        while self.column in self.spans:
            self.column += 1
        at = self.column
        self.column += width
        if height > 1:
            self.spans.update(dict.fromkeys(range(at, at + width), height))
        return at


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
                foreign=self.advertisements > 0 or menu or (bool(href) and _is_button(node, told[0].node)),
                badge=bool(self.badges),
            )
        )
        self.rule = False
        if self.items:
            self.items[-1] = ""

    def start(self, node: Any, tag: str) -> None:
        block = tag in BLOCKS or tag in EXTRA_BLOCKS
        badge = _is_badge(node)
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
            named = (node.get("alt") or "").strip() or _mark_in_name(node.get("src") or "")
            if circled := _circled(named, node.get("src") or ""):
                self.add(circled, node, inline=True)
            elif named:
                self.alts.append(named)
        elif tag == "hr":
            self.rule = True
        elif tag in ("input", "textarea") and (node.get("type") or "text").lower() in FIELDS:
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
            self.outside += node in self.consent or _is_outside(node, tag)
            self.advertisements += tag == "figcaption" or _named(node, _ADVERTISEMENT)
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
            self.outside -= node in self.consent or _is_outside(node, tag)
            self.advertisements -= tag == "figcaption" or _named(node, _ADVERTISEMENT)
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
    walker.consent = _consent_bars(root)
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
            if tag in SKIPPED or _is_unseen(node):
                skipping = node
                if tag == "svg" and is_lone_mark(named := _name_of_drawing(node)):
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


def render(blocks: list[Block], first_text: str | None = None) -> str:
    """Blocks as text a person can read: list marks and indentation kept, cells of a table row joined by ` | `.

    first_text: what to show instead of the first block's text (without its mark).
    """
    lines: list[str] = []
    row: int | None = None
    column = -1
    base = min((block.indent for block in blocks), default=0)
    same_cell = len({block.cell for block in blocks}) <= 1
    for number, block in enumerate(blocks):
        text = first_text if number == 0 and first_text is not None else block.text
        if not text:
            continue
        if block.cell is not None and not same_cell and row == block.cell[0] and lines:
            lines[-1] += (" " if column == block.cell[1] else " | ") + text
        else:
            lines.append("  " * (block.indent - base) + block.mark + text)
        row, column = block.cell if block.cell is not None else (None, -1)
    return "\n".join(lines).strip()
