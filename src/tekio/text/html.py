"""HTML from outside: parse it with limits, and write a part of it as text a person can read.

Shared by the corpus readers (main text) and the harvester (questions and answers). Everything visible is kept, hidden
panels too, because accordions hide their answers; scripts, styles and ruby readings are left out. Nothing recurses over
the depth of the tree, so a deeply nested page cannot exhaust the stack.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree

from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

Tables = Literal["lines", "markdown", "drop"]


@dataclass(frozen=True)
class HtmlLimits:
    """What a page may cost. Memory of a parsed page is about ten times its bytes."""

    bytes: int = 50_000_000
    elements: int = 2_000_000
    depth: int = 2_000


DEFAULT_LIMITS = HtmlLimits()

SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "rt",
        "rp",
        "rtc",
        "select",
        "datalist",
        "map",
    ]
)
"""Elements whose content is not text of the page."""

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
"""Elements that stand on lines of their own."""

_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.\-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
_WRAPPED = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{_WIDE}])")
_SPACES = re.compile(r"[ \t\r\n\f]+")
MAX_TABLE_NESTING = 12
MAX_SPAN = 200


def declared_charset(raw: bytes) -> str | None:
    """The charset a page names in its first 4 kB (XML declaration or meta element)."""
    head = raw[:4096]
    found = _XML_CHARSET.search(head) or _META_CHARSET.search(head)
    return found[1].decode("ascii") if found else None


def parse_html(raw: bytes, *, declared: str | None = None, limits: HtmlLimits = DEFAULT_LIMITS) -> Any:
    """The root element of a page (lxml). `declared`: charset from the HTTP header, else the page's own is used.

    Raises `UnreadableError`. Nothing outside `raw` is read.
    """
    if len(raw) > limits.bytes:
        raise UnreadableError("too_large", {"bytes": len(raw), "limit": limits.bytes})
    text = decode(raw, declared or declared_charset(raw)).text
    return parse_html_text(text, limits=limits)


def parse_html_text(text: str, *, limits: HtmlLimits = DEFAULT_LIMITS) -> Any:
    """The root element of a page that is already text. Raises `UnreadableError`."""
    # libxml2 stops at a zero character and obeys an encoding named in the text: take both away.
    text = _XML_DECLARATION.sub("", text.replace("\0", ""), count=1)
    # huge_tree: otherwise libxml2 drops what lies deeper than 256 without saying so. HTML has no entity expansion, and
    # the limits below hold.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("not_html", {"error": str(error)[:200]}) from error
    if root is None:
        raise UnreadableError("empty", {"characters": len(text)})
    check_tree(root, limits)
    return root


def check_tree(root: Any, limits: HtmlLimits = DEFAULT_LIMITS) -> None:
    """Raise `UnreadableError` when a tree has too many elements or is nested too deeply."""
    depth = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            depth += 1
            elements += 1
            if depth > limits.depth:
                raise UnreadableError("too_deep", {"depth": depth, "limit": limits.depth})
            if elements > limits.elements:
                raise UnreadableError("too_many_elements", {"elements": elements, "limit": limits.elements})
        else:
            depth -= 1


def tag_of(node: Any) -> str:
    """Lower-case local name of an element; empty for comments and processing instructions."""
    tag = node.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def inline_text(text: str) -> str:
    """Source text with white space as a browser shows it; a line break between two wide characters is no space."""
    return _SPACES.sub(" ", _WRAPPED.sub("", text))


@dataclass
class _Style:
    """How a tree is written; `dropped` collects the text of tables that were left out."""

    tables: Tables
    ruby: bool
    dropped: list[str] = field(default_factory=list[str])


def block_text(node: Any, *, tables: Tables = "lines", ruby: bool = False) -> str:
    """The text below `node` (not its tail): one line a block, lists with marks and indentation, tables as `tables` says.

    `tables`: `lines` writes a row as `cell | cell`, `markdown` a Markdown table, `drop` leaves data tables out. Tables
    that only lay out the page are written as the blocks they hold. `ruby`: keep readings in full-width parentheses.
    """
    return text_and_tables(node, tables=tables, ruby=ruby)[0]


def text_and_tables(node: Any, *, tables: Tables = "lines", ruby: bool = False) -> tuple[str, list[str]]:
    """`block_text` and, with `tables="drop"`, the text of each table that was left out."""
    style = _Style(tables, ruby)
    return "\n".join(_lines(node, style, 0)).strip("\n"), style.dropped


@dataclass
class _Writer:
    lines: list[str] = field(default_factory=list[str])
    pieces: list[str] = field(default_factory=list[str])
    indent: str = ""
    mark: str = ""

    def add(self, text: str) -> None:
        self.pieces.append(text)

    def flush(self) -> None:
        if not self.pieces:
            return
        for line in inline_text("".join(self.pieces)).split("\v"):
            if line.strip():  # a line of no-break or ideographic spaces only is none
                self.put(line.strip(" \u00a0"))
        self.pieces.clear()

    def put(self, line: str) -> None:
        self.lines.append(f"{self.indent}{self.mark}{line}")
        if self.mark:
            self.mark = "  " if self.mark == "・" else " " * len(self.mark)


@dataclass
class _List:
    ordered: bool
    number: int


def _lines(node: Any, style: _Style, nesting: int) -> list[str]:
    writer = _Writer()
    lists: list[_List] = []
    marks: list[tuple[str, str]] = []
    stack: list[tuple[Any, Iterator[Any]]] = []

    def start(element: Any) -> None:
        """Open an element; whatever it pushes on the stack is closed by `end`."""
        tag = tag_of(element)
        if not tag or (tag in SKIPPED and not (style.ruby and tag == "rt")):
            return
        if tag == "table" and nesting < MAX_TABLE_NESTING and element is not node:
            writer.flush()
            for line in _table_lines(element, style, nesting + 1):
                writer.put(line)
            return
        if tag == "br":
            writer.add("\v")
        elif tag == "rt":
            writer.add("（")
        elif tag in BLOCKS:
            writer.flush()
            if tag in ("ul", "ol", "menu", "dir"):
                first = element.get("start", "1")
                lists.append(_List(tag == "ol", int(first) if first.isascii() and first.isdecimal() else 1))
            elif tag == "li":
                marks.append((writer.indent, writer.mark))
                if lists and lists[-1].ordered:
                    writer.mark = f"{lists[-1].number}. "
                    lists[-1].number += 1
                else:
                    writer.mark = "・"
                writer.indent = "  " * max(len(lists) - 1, 0)  # inner lists stand two spaces further in
        if element.text:
            writer.add(_literal(element.text) if tag == "pre" else element.text)
        stack.append((element, iter(element)))

    def end(element: Any) -> None:
        tag = tag_of(element)
        if tag == "rt":
            writer.add("）")
        elif tag in BLOCKS:
            writer.flush()
            if tag in ("ul", "ol", "menu", "dir") and lists:
                lists.pop()
            elif tag == "li" and marks:
                writer.indent, writer.mark = marks.pop()

    start(node)
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            end(element)
            if stack and element.tail:
                writer.add(_literal(element.tail) if tag_of(stack[-1][0]) == "pre" else element.tail)
            continue
        depth = len(stack)
        start(child)
        if len(stack) == depth and child.tail:  # left out, or a table: its tail still belongs to the page
            writer.add(child.tail)
    writer.flush()
    return writer.lines


def _literal(text: str) -> str:
    return text.replace("\r\n", "\v").replace("\n", "\v")


# --- tables ----------------------------------------------------------------------------------------------------


Row = list[tuple[str, int]]
"""The cells of a table row: (text, columns spanned)."""


def table_rows(table: Any) -> list[Row]:
    """The rows of a table that hold text. Text outside of cells becomes a row of its own."""
    return _table_rows(table, _Style("lines", ruby=False), 1)


def _table_rows(table: Any, style: _Style, nesting: int) -> list[Row]:
    rows: list[Row] = []
    stack: list[tuple[Any, Iterator[Any]]] = [(table, iter(table))]

    def loose(text: str | None) -> None:
        if text and text.strip():
            rows.append([(inline_text(text).strip(), 1)])

    loose(table.text)
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            continue
        tag = tag_of(child)
        if tag in ("td", "th"):
            span = child.get("colspan", "1")
            width = min(int(span), MAX_SPAN) if span.isascii() and span.isdecimal() and len(span) < 6 else 1
            text = "\n".join(_lines(child, style, nesting)).strip()
            if tag_of(element) == "tr" and rows:
                rows[-1].append((text, width))
            else:
                rows.append([(text, width)])
        elif tag in ("caption", "table") or tag in BLOCKS - {"tr", "tbody", "thead", "tfoot"}:
            rows.append([("\n".join(_lines(child, style, nesting)).strip(), 1)])
        elif tag and tag not in SKIPPED:
            if tag == "tr":
                rows.append([])
            loose(child.text)
            stack.append((child, iter(child)))
        loose(child.tail)
    return [row for row in rows if any(text for text, _ in row)]


def _is_data(rows: list[Row]) -> bool:
    """Whether a table holds data: most of its text stands in rows with several short cells."""
    total = several = 0
    for row in rows:
        lengths = [len(text) for text, _ in row if text]
        total += sum(lengths)
        if len(lengths) > 1 and not any(text.count("\n") > 5 for text, _ in row):
            several += sum(lengths)
    return several > 0.5 * total


def _table_lines(table: Any, style: _Style, nesting: int) -> list[str]:
    inner = _Style(style.tables, style.ruby)
    rows = _table_rows(table, inner, nesting)
    data = _is_data(rows)
    if style.tables == "drop" and data:
        # What inner tables held belongs to this one: read it again with everything.
        everything = _table_rows(table, _Style("lines", style.ruby), nesting)
        style.dropped.append("\n".join(line for row in everything for line in _row_lines(row)))
        return []
    style.dropped += inner.dropped
    if style.tables == "markdown" and data:
        return _markdown(rows)
    return [line for row in rows for line in _row_lines(row)]


def _row_lines(row: Row) -> list[str]:
    """A row as text: one cell as its blocks, several as `cell | cell` on one line, unless one is a block of text."""
    filled = [text for text, _ in row if text]
    if len(filled) == 1 or any(text.count("\n") > 5 for text in filled):
        return [line for text in filled for line in text.split("\n")]
    return [" | ".join(text.replace("\n", " ") for text in filled)]


def _markdown(rows: list[Row]) -> list[str]:
    wide = min(max((sum(width for _, width in row) for row in rows), default=0), MAX_SPAN)
    lines: list[str] = []
    for row in rows:
        cells: list[str] = []
        for text, width in row:
            cells += [text.replace("\n", " ").replace("|", "\\|"), *[""] * (width - 1)]
        cells += [""] * (wide - len(cells))
        lines.append(f"| {' | '.join(cells)} |")
        if len(lines) == 1:
            lines.append(f"|{'---|' * wide}")
    return lines
