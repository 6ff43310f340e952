"""A page as a sequence of blocks: the smallest pieces of text that a reading can call question, answer or remainder.

A block is a run of inline text between block elements and line breaks. Every visible character of the page is in exactly
one block, so whatever a reading leaves out is known. Elements cover contiguous ranges of blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tekio.instruct.harvest.marks import Mark, find_mark
from tekio.text.html import HEADINGS, tag_of

NO_HEADING = frozenset(
    ["div", "section", "article", "main", "body", "table", "td", "dl", "dd", "ul", "ol", "li", "blockquote", "details"]
)
"""Text in one of these is no heading, even where an unclosed heading element is around it."""


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
