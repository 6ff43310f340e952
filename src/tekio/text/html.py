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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from lxml import etree

from tekio.text.definition_lists import pairs_of
from tekio.text.encoding import decode
from tekio.text.encoding_labels import encoding_in_ascii, encoding_of_label
from tekio.text.formulas import formula_text
from tekio.text.inline_labels import LABELS, TITLED, is_label, is_other_script
from tekio.text.list_marks import Numbering
from tekio.text.pictured_numbers import write_numbers
from tekio.text.raised import END, LOWERED, START, note_numbers, write_raised
from tekio.text.tables.from_html import html_grid
from tekio.text.tables.grid import Grid
from tekio.text.tables.render import Count, Tables, render
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import require_memory


@dataclass(frozen=True)
class HtmlLimits:
    """What a page may cost. Memory of a parsed page is about ten times its bytes."""

    bytes: int = 50_000_000
    elements: int = 2_000_000
    depth: int = 2_000


DEFAULT_LIMITS = HtmlLimits()

SKIPPED = frozenset([
    "script", "style", "template", "noscript", "noframes", "noembed", "head", "title", "meta", "link", "base",
    "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video", "rt", "rp", "rtc", "select", "datalist",
    "map"
])  # fmt: skip
"""Elements whose content is not text of the page."""

BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p",
    "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"
])  # fmt: skip
"""Elements that stand on lines of their own."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.\-]{2,40})", re.IGNORECASE)
_PAGE_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
_WRAPPED = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{_WIDE}])")
_VERTICAL_ALIGN = re.compile(r"vertical-align\s*:\s*(?:super|sub)\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
MAX_TABLE_NESTING = 12
MAX_ATTRIBUTES = 2_000
_ONE_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>"'][^\s>]*+)?+)?+"""
_ATTRIBUTE = re.compile(_ONE_ATTRIBUTE)
_TAGS = re.compile(
    rf"<!--(?:.*?-->|.*)|<(?P<tag>(?P<raw>script|style|title|textarea|xmp|iframe|noembed|noframes)(?=[\s/>])(?:{_ONE_ATTRIBUTE})*+)"
    rf"[\s/]*+>.*?(?:</(?P=raw)|\Z)|<(?P<other>[A-Za-z][^\s/>]*+(?:{_ONE_ATTRIBUTE})*+)",
    re.IGNORECASE | re.DOTALL,
)
"""Start tags with their attributes; comments, and what scripts and the like hold, are passed over."""


def declared_charset(raw: bytes) -> str | None:
    """The charset a page names in its first 4 kB (XML declaration or meta element); UTF-16 named there is UTF-8."""
    head = raw[:4096]
    found = _XML_CHARSET.search(head) or _META_CHARSET.search(head)
    if found is None:
        return None
    label = found[1].decode("ascii")
    name = encoding_in_ascii(label)
    return name if name != encoding_of_label(label) else label


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
    # It also drops all that comes after the end of the page, which the standard takes into the body (13.2.6.4.19 and .22).
    text = _PAGE_ENDS.sub("", text)
    check_attributes(text)
    # huge_tree: otherwise libxml2 drops what lies deeper than 256 without saying so. HTML has no entity expansion, and
    # the limits below hold.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        require_memory(error)
        raise UnreadableError("not_html", {"error": str(error)[:200]}) from error
    if root is None:
        raise UnreadableError("empty", {"characters": len(text)})
    _out_of_head(root)
    check_tree(root, limits)
    if "<math" in text:
        _write_formulas(root)
    if "<img" in text or "<IMG" in text:
        write_numbers(root)
    return root


def _write_formulas(root: Any) -> None:
    """Formulas become text; what a script drew of them for the eye (KaTeX, MathJax: `aria-hidden`) goes."""
    seen: set[Any] = set()
    for formula in list(root.iter("math")):
        above = formula.getparent()
        for _ in range(3):
            if above is None or above in seen or tag_of(above) in BLOCKS:
                break
            seen.add(above)
            for drawn in [
                child for child in above if child.get("aria-hidden") == "true" and child.find(".//math") is None
            ]:
                take_out(drawn)
            above = above.getparent()
        text, tail, display = formula_text(formula), formula.tail, formula.get("display")
        formula.clear()
        formula.tag, formula.text, formula.tail = "div" if display == "block" else "span", text, tail


OF_HEAD = frozenset(
    ["title", "meta", "link", "base", "basefont", "bgsound", "script", "style", "noscript", "noframes", "template"]
)


def _out_of_head(root: Any) -> None:
    """Moves into the body what libxml2 leaves in the head of a page without a body tag: elements of HTML 5 (`main`, `article`).

    The standard ends the head at the first element that is none of it (13.2.6.4.6).
    """
    head = root.find("head")
    if head is None:
        return
    first = next((at for at, child in enumerate(head) if tag_of(child) and tag_of(child) not in OF_HEAD), None)
    if first is None:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    moved = list(head)[first:]
    for place, child in enumerate(moved):
        body.insert(place, child)
    moved[-1].tail, body.text = (moved[-1].tail or "") + (body.text or ""), None


def check_attributes(text: str, limit: int = MAX_ATTRIBUTES) -> None:
    """Raise `UnreadableError` (`too_many_attributes`) for a tag with more than `limit`: libxml2 compares each with all before it.

    Tags are told as the standard does (13.2.5.32 and on): names, then values in quotation marks or without, to the first `>`.
    """
    for found in _TAGS.finditer(text):
        tag = found["tag"] or found["other"] or ""
        if len(tag) < 2 * limit:
            continue
        count = sum(1 for _ in _ATTRIBUTE.finditer(tag))
        if count > limit:
            raise UnreadableError("too_many_attributes", {"attributes": count, "limit": limit})


_ELEMENTS = etree.XPath("count(descendant-or-self::*)")


def check_tree(root: Any, limits: HtmlLimits = DEFAULT_LIMITS) -> None:
    """Raise `UnreadableError` when a tree has too many elements or is nested too deeply."""
    if _ELEMENTS(root) <= min(limits.depth, limits.elements):  # too few for either
        return
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
    return _local_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=2048)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def inline_text(text: str) -> str:
    """Source text with white space as a browser shows it; a line break between two wide characters is no space."""
    return _SPACES.sub(" ", _WRAPPED.sub("", text) if "\n" in text else text)


@dataclass
class Style:
    """How a tree is written; `dropped` collects the text of tables that were left out, `count` their cells in and out.

    empty_lines: lines that a browser shows empty are kept. notes: gives the numbers of the page's notes (`tekio.text.raised`).
    """

    tables: Tables
    ruby: bool
    empty_lines: bool = False
    notes: Callable[[], frozenset[int]] | None = None
    dropped: list[str] = field(default_factory=list[str])
    count: Count = field(default_factory=Count)


@dataclass(frozen=True)
class PageText:
    """The text of a part of a page. dropped: the text of each table that was left out. tables: cells in and out.

    characters: of the part as it stood in the page, white space aside, where the caller counted them; labels repeat.
    links_only: it is a list of other pages, where the caller looked.
    """

    text: str
    dropped: list[str]
    tables: Count
    characters: int = 0
    links_only: bool = False


def block_text(node: Any, *, tables: Tables = "lines", ruby: bool = False) -> str:
    """The text below `node` (not its tail): one line a block, lists with marks and indentation, tables as `tables` says.

    `tables`: `labelled` writes each cell of a row with the heading of its column, `lines` a row as `cell | cell` with
    empty cells kept, `markdown` a Markdown table, `drop` leaves data tables out. Tables that only lay out the page are
    written as the blocks they hold. `ruby`: keep readings in full-width parentheses.
    """
    return page_text(node, tables=tables, ruby=ruby).text


def page_text(node: Any, *, tables: Tables = "lines", ruby: bool = False) -> PageText:
    """`block_text` with the account of its tables."""
    style = Style(tables, ruby, notes=cache(lambda: _notes_of(node)))
    text = "\n".join(_lines(node, style, 0)).strip("\n")
    return PageText(text, style.dropped, style.count)


def _notes_of(node: Any) -> frozenset[int]:
    """The numbers of the notes of the page that `node` is in."""
    lines: list[str] = []
    marks: list[str] = []
    for element in node.getroottree().iter("*"):
        if _raised(tag_of(element), element):
            above = element.getparent()
            leads = element.find(".//a") is not None or (above is not None and tag_of(above) == "a")
            if leads:  # to its note
                lines.append(f"注{whole_text(element).strip('[]')}")
            else:
                marks.append(whole_text(element))
        elif element.text:
            lines += element.text.strip().split("\n")
        if tag_of(element) == "br" and element.tail:
            lines += element.tail.strip().split("\n")
    return note_numbers(lines, marks)


@dataclass
class _Writer:
    lines: list[str] = field(default_factory=list[str])
    pieces: list[str] = field(default_factory=list[str])
    indent: str = ""
    mark: str = ""
    empty_lines: bool = False
    notes: Callable[[], frozenset[int]] | None = None

    def add(self, text: str) -> None:
        self.pieces.append(text)

    def flush(self) -> None:
        if not self.pieces:
            return
        text = "".join(self.pieces)
        for line in (_stacked_lines if self.empty_lines else _shown_lines)(text, self.notes):
            self.put(line)
        self.pieces.clear()

    def put(self, line: str) -> None:
        self.lines.append(f"{self.indent}{self.mark}{line}")
        if self.mark:
            self.mark = "  " if self.mark == "・" else " " * len(self.mark)


def _shown_lines(text: str, notes: Callable[[], frozenset[int]] | None = None) -> list[str]:
    """Lines of text as a browser shows them; one of no-break or ideographic spaces only is none."""
    if text.isprintable() and "  " not in text:  # no mark, no break, no other space: one line as it stands
        line = text.strip(" ")
        return [line] if line else []
    return [line.strip(" \u00a0") for line in write_raised(inline_text(text), notes).split("\v") if line.strip()]


def _stacked_lines(text: str, notes: Callable[[], frozenset[int]] | None = None) -> list[str]:
    """`_shown_lines` with the empty ones; the last break ends a line, and white space that is not shown is none."""
    lines = write_raised(inline_text(text), notes).split("\v")
    if not lines[-1].strip(" "):
        lines.pop()
    return [line.strip(" \u00a0") if line.strip() else "" for line in lines]


def _lines(node: Any, style: Style, nesting: int) -> list[str]:
    if not len(node) and tag_of(node) in ("td", "th"):  # most cells hold text and nothing else
        text = node.text
        return _shown_lines(text) if text else []
    writer = _Writer(empty_lines=style.empty_lines, notes=style.notes)
    lists: list[Numbering] = []
    marks: list[tuple[str, str]] = []
    stack: list[tuple[Any, Iterator[Any], str]] = []
    literal = [0]  # how many `pre` are open: line ends in them, and in the `code` inside, are shown

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
        if tag == "dl" and style.tables == "labelled" and element is not node:
            pairs = pairs_of(element, tag_of, lambda inner: _lines(inner, style, nesting))
            if pairs:
                writer.flush()
                for name, value in pairs:
                    writer.put(f"{name} | {value}")
                return
        if tag in BLOCKS:
            writer.flush()
            if tag in ("ul", "ol", "menu", "dir"):
                lists.append(Numbering.of(element, ordered=tag == "ol"))
            elif tag == "li":
                marks.append((writer.indent, writer.mark))
                writer.mark = lists[-1].mark_of(element) if lists else "・"
                writer.indent = "  " * max(len(lists) - 1, 0)  # inner lists stand two spaces further in
        elif tag == "br":
            writer.add("\v")
        elif tag == "rt":
            writer.add("（")
        elif tag == "q" and _is_unquoted(element):
            writer.add("「")
        elif mark := _raised(tag, element):
            writer.add(mark)
        elif tag in LABELS and stack and stack[-1][2] in TITLED and is_other_script(element):
            writer.add(" ")
        literal[0] += tag == "pre"
        if text := element.text:
            writer.add(_literal(text) if literal[0] else text)
        stack.append((element, iter(element), tag))

    def end(element: Any, tag: str) -> None:
        literal[0] -= tag == "pre"
        if tag in BLOCKS:
            writer.flush()
            if tag in ("ul", "ol", "menu", "dir") and lists:
                lists.pop()
            elif tag == "li" and marks:
                writer.indent, writer.mark = marks.pop()
        elif tag == "rt":
            writer.add("）")
        elif tag == "q" and _is_unquoted(element):
            writer.add("」")
        elif _raised(tag, element):
            writer.add(END)

    start(node)
    while stack:
        element, children, tag = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            end(element, tag)
            if stack and (tail := element.tail):
                if tag in LABELS and tail.isspace() and "\n" in tail and is_label(element, element.getnext()):
                    tail = " "
                writer.add(_literal(tail) if literal[0] else tail)
            continue
        depth = len(stack)
        start(child)
        if len(stack) == depth and (tail := child.tail):  # left out, or a table: its tail still belongs to the page
            writer.add(_literal(tail) if literal[0] else tail)
    writer.flush()
    return writer.lines


def _raised(tag: str, element: Any) -> str:
    """The mark before the text of a superscript or subscript; empty for other elements."""
    if tag in ("sup", "sub"):
        return START if tag == "sup" else LOWERED
    if tag in ("span", "font") and (style := element.get("style")) and (found := _VERTICAL_ALIGN.search(style)):
        return START if "super" in found[0].lower() else LOWERED
    return ""


def _is_unquoted(element: Any) -> bool:
    """Whether the page leaves the marks of a quotation to the browser."""
    return (element.text or "").lstrip()[:1] not in tuple("「『“\"'")


def _literal(text: str) -> str:
    return text.replace("\r\n", "\v").replace("\n", "\v")


def take_out(node: Any) -> None:
    """Take an element out of its tree and keep the text that follows it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


_WHOLE_TEXT = etree.XPath("string()", smart_strings=False)
_SKIPPED_ANYWHERE = tuple(f"{{*}}{name}" for name in sorted(SKIPPED))


def whole_text(node: Any) -> str:
    """The text below `node`, scripts and all, as it stands in the source: what `itertext` joined gives, by libxml2."""
    return _WHOLE_TEXT(node)


def letters_of(root: Any) -> int:
    """Characters of text below `root`, white space not counted."""
    letters = len("".join(whole_text(root).split()))  # by libxml2: a page asks several times
    for node in root.iter(*_SKIPPED_ANYWHERE):
        if text := node.text:
            letters -= len("".join(text.split()))
    return letters


# --- tables ----------------------------------------------------------------------------------------------------


def table_grid(table: Any, style: Style | None = None, nesting: int = 1) -> Grid:
    """The grid of a `table` element (see `tekio.text.tables`); tables in its cells are text of the cells."""
    inner = style or Style("lines", ruby=False)
    return html_grid(
        table,
        tag_of=tag_of,
        is_block=BLOCKS.__contains__,
        is_skipped=SKIPPED.__contains__,
        lines_of=lambda node: _lines(node, inner, nesting),
        stacked_of=lambda node: _lines(node, Style("lines", inner.ruby, empty_lines=True, notes=inner.notes), nesting),
        inline=inline_text,
    )


def _table_lines(table: Any, style: Style, nesting: int) -> list[str]:
    inner = Style(style.tables, style.ruby, notes=style.notes)
    rendered = render(table_grid(table, inner, nesting), style.tables)
    if rendered.dropped and inner.dropped:  # what inner tables held belongs to this one: read it again with everything
        everything = Style("lines", style.ruby, notes=style.notes)
        rendered = render(table_grid(table, everything, nesting), "drop")
    elif not rendered.dropped:
        style.dropped += inner.dropped
        style.count.add(inner.count)
    if rendered.dropped:
        style.dropped.append(rendered.dropped)
    style.count.add(rendered.count)
    return rendered.lines
