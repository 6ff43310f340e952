"""Word files (.docx) as HTML: headings, lists with their numbers, merged cells, notes, text boxes, charts; changes as if accepted."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from tekio.text.dates import iso_date
from tekio.text.formulas import formula_text
from tekio.text.list_marks import word_number
from tekio.text.office.drawings import drawn
from tekio.text.office.package import OfficeFile, Package, Section, attribute, child, local, number, spans
from tekio.text.office.symbols import symbol
from tekio.text.titles import joined_title
from tekio.text.unreadable import UnreadableError

MAX_DEPTH = 60
_SKIPPED = frozenset(["del", "moveFrom", "Fallback", "rPr", "pPr", "rt", "delText", "instrText", "fldData", "sectPr"])
"""Deleted and moved text, the second form of a drawing, properties, readings, field codes."""
_PICTURED = frozenset(["chart", "relIds"])
"""What points to the part of a chart or a diagram."""
_SEPARATE = frozenset(["p", "tbl"])
_HEADING = re.compile(r"(?:heading|見出し)\s*([1-6])", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class _Named:
    """A paragraph style: its name in lower case, and the list and level it puts its paragraphs in."""

    name: str
    list_id: str = ""
    level: int = 0


@dataclass(frozen=True)
class _Level:
    """A level of a list: the kind of its numbers, the pattern around them, the first.

    restart: it begins again behind an item of this level (counted from 1) or one above, 0: never. plain: all numbers in digits.
    """

    kind: str
    pattern: str
    start: int = 1
    restart: int = 9
    plain: bool = False


@dataclass
class _State:
    numbering: dict[tuple[str, int], _Level]
    styles: dict[str, _Named]
    pictured: Callable[[Any], list[str]]
    """HTML of the charts and diagrams a drawing points to."""
    counters: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    title: str = ""
    titling: bool = False
    """Whether the last paragraph with text was a line of the title."""
    notes: list[str] = field(default_factory=list[str])


def read_docx(raw: bytes) -> OfficeFile:
    """The document as one section. Raises `UnreadableError` (`not_word`, `too_deep`, and those of `Package`)."""
    package = Package(raw)
    main = next((name for kind, name in package.related("").values() if kind == "officeDocument"), "word/document.xml")
    root = package.part(main)
    if root is None or child(root, "body") is None:
        raise UnreadableError("not_word", {"part": main})
    links = package.related(main)
    numbering, styles = package.part("word/numbering.xml"), package.part("word/styles.xml")
    state = _State(_numbering(numbering), _styles(styles), lambda node: drawn(node, package, links))
    blocks = _blocks(child(root, "body"), state, 0)
    for part, name in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        notes = package.part(part)
        for note in [] if notes is None else notes:
            mark = f"{name}:{attribute(note, 'id')}"
            if local(note) == name and mark in state.notes:
                at = state.notes.index(mark) + 1
                inner = _OPENED.sub("", "".join(_blocks(note, state, 0))).removesuffix("</p>")
                blocks.append(f"<div>（注{at}）{_PARTED.sub('<br>', inner)}</div>")
    told = package.properties()
    title = state.title or told.get("title", "")
    return OfficeFile(title, [Section(title, ["".join(blocks)])], told)


def _styles(root: Any) -> dict[str, _Named]:
    """The file's styles by id. A style without a list of its own has that of the style it is based on."""
    found: dict[str, _Named] = {}
    based: dict[str, str] = {}
    for node in [] if root is None else root:
        if local(node) != "style":
            continue
        name, above = child(node, "name"), child(node, "basedOn")
        listed, level = child(node, "pPr", "numPr", "numId"), child(node, "pPr", "numPr", "ilvl")
        key = attribute(node, "styleId")
        found[key] = _Named(
            "" if name is None else attribute(name, "val").lower(),
            "" if listed is None else attribute(listed, "val"),
            0 if level is None else number(attribute(level, "val")),
        )
        based[key] = "" if above is None else attribute(above, "val")
    result: dict[str, _Named] = {}
    for key, style in found.items():
        above, steps = based[key], 0
        held = style
        while not held.list_id and above in found and steps < 20:
            held, above, steps = found[above], based[above], steps + 1
        result[key] = _Named(style.name, held.list_id, held.level)
    return result


def _numbering(root: Any) -> dict[tuple[str, int], _Level]:
    """(list, level) -> how the items of the file's lists are numbered."""
    if root is None:
        return {}
    abstract: dict[str, dict[int, _Level]] = {}
    found: dict[tuple[str, int], _Level] = {}
    for node in root:
        if local(node) == "abstractNum":
            levels: dict[int, _Level] = {}
            for level in node:
                if local(level) == "lvl":
                    form, pattern, start = (child(level, name) for name in ("numFmt", "lvlText", "start"))
                    restart, place = child(level, "lvlRestart"), number(attribute(level, "ilvl"))
                    levels[place] = _Level(
                        "bullet" if form is None else attribute(form, "val"),
                        "" if pattern is None else attribute(pattern, "val"),
                        1 if start is None else number(attribute(start, "val"), 1),
                        place if restart is None else min(number(attribute(restart, "val")), place),
                        _on(child(level, "isLgl")),
                    )
            abstract[attribute(node, "abstractNumId")] = levels
    for node in root:
        if local(node) == "num" and (link := child(node, "abstractNumId")) is not None:
            for level, value in abstract.get(attribute(link, "val"), {}).items():
                found[attribute(node, "numId"), level] = value
    return found


def _blocks(node: Any, state: _State, depth: int) -> list[str]:
    """The paragraphs, lists and tables below an element; the bullets that follow each other become one list."""
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    blocks: list[str] = []
    bullets: list[str] = []

    def close() -> None:
        if bullets:
            blocks.append(f"<ul>{''.join(bullets)}</ul>")
            bullets.clear()

    open_ended: list[Any] = []  # paragraphs whose end a tracked change took out: the next goes on in their line
    inner_nodes = [] if node is None else list(node)
    for place, below in enumerate(inner_nodes):
        name = local(below)
        if name == "p":
            if _ends_deleted(below) and any(local(after) == "p" for after in inner_nodes[place + 1 : place + 2]):
                open_ended.append(below)
                continue
            written, level, boxes = _paragraph(below, state, depth, open_ended)
            open_ended.clear()
            if level is not None and written:
                bullets.append(f"{'<ul>' * level}<li>{written}</li>{'</ul>' * level}")
                written = ""
            if written or boxes:
                close()
            blocks += [written] if written else []
            blocks += boxes
        elif name == "tbl":
            close()
            blocks.append(_table(below, state, depth))
        elif name and name not in _SKIPPED and not _is_place_holder(below):
            inner = _blocks(below, state, depth + 1)
            if inner:
                close()
            blocks += inner
    close()
    return blocks


@dataclass
class _Cell:
    inner: str
    width: int
    height: int = 1


def _table(table: Any, state: _State, depth: int) -> str:
    rows: list[tuple[bool, list[_Cell]]] = []
    above: dict[int, _Cell] = {}
    for row in [node for node in table.iter() if local(node) == "tr" and _table_of(node) is table]:
        line: list[_Cell] = []
        column = 0
        properties = child(row, "trPr")
        if child(properties, "del") is not None:  # a row that a tracked change took out
            continue
        before = child(properties, "gridBefore")
        if before is not None and (skip := min(number(attribute(before, "val")), 60)):
            line.append(_Cell("", skip))
            column += skip
        head = child(properties, "tblHeader") is not None and all(marked for marked, _ in rows)
        for cell in [node for node in row.iter() if local(node) == "tc" and _row_of(node) is row]:
            told = child(cell, "tcPr")
            span, merge = child(told, "gridSpan"), child(told, "vMerge")
            width = max(1, min(number(attribute(span, "val"), 1), 200)) if span is not None else 1
            if merge is not None and attribute(merge, "val", "continue") == "continue" and column in above:
                above[column].height += 1
            else:
                made = _Cell("".join(_spaced(cell, _blocks(cell, state, depth + 1))), width)
                line.append(made)
                above.pop(column, None)
                if merge is not None:
                    above[column] = made
            column += width
        rows.append((head, line))
    heads = "".join(_row(line, "th") for marked, line in rows if marked)
    body = "".join(_row(line, "td") for marked, line in rows if not marked)
    return f"<table>{f'<thead>{heads}</thead>' if heads else ''}<tbody>{body}</tbody></table>"


def _spaced(cell: Any, blocks: list[str]) -> list[str]:
    """A cell's paragraphs with its empty ones, which keep the lines of a cell beside those of the next; as it is where it holds more."""
    paragraphs = [node for node in cell if local(node) == "p"]
    if not 1 < len(blocks) < len(paragraphs) or not all(block.startswith("<p") for block in blocks):
        return blocks
    filled = ["".join(node.itertext()).strip() != "" for node in paragraphs]
    if sum(filled) != len(blocks):
        return blocks
    rest = iter(blocks)
    return [next(rest) if there else "<p>\u00a0</p>" for there in filled]


def _row(line: list[_Cell], name: str) -> str:
    cells = (f"<{name}{spans(cell.width, cell.height)}>{cell.inner}</{name}>" for cell in line)
    return f"<tr>{''.join(cells)}</tr>"


def _table_of(node: Any) -> Any:
    return next((above for above in node.iterancestors() if local(above) == "tbl"), None)


def _row_of(node: Any) -> Any:
    return next((above for above in node.iterancestors() if local(above) == "tr"), None)


def _ends_deleted(paragraph: Any) -> bool:
    """Whether a tracked change took a paragraph's end out."""
    told = child(paragraph, "pPr", "rPr")
    return child(told, "del") is not None or child(told, "moveFrom") is not None


def _paragraph(node: Any, state: _State, depth: int, before: Sequence[Any] = ()) -> tuple[str, int | None, list[str]]:
    """(HTML of a paragraph; its level when it is an item of a bulleted list, then without element; its text boxes).

    before: paragraphs without an end, whose text begins its line.
    """
    pieces: list[str] = []
    boxes: list[Any] = []
    for part in (*before, node):
        _runs(part, pieces, boxes, state, depth)
    inner = "".join(pieces).strip()
    inside = [
        block
        for box in boxes
        for block in (state.pictured(box) if local(box) in _PICTURED else _blocks(box, state, depth + 1))
    ]
    properties = child(node, "pPr")
    style, outline = child(properties, "pStyle"), child(properties, "outlineLvl")
    key = "" if style is None else attribute(style, "val")
    named = state.styles.get(key, _Named(key.lower()))
    if not _MARKUP.sub("", inner).strip():
        return "", None, inside
    heading = _HEADING.search(named.name)
    rank = int(heading[1]) if heading else 1 if named.name in _TITLES else 0
    if not rank and outline is not None:
        rank = number(attribute(outline, "val"), 9) + 1
    _take_title(state, _MARKUP.sub("", inner), rank, styled=named.name in _TITLES or (not rank and _is_large(node)))
    mark, level = _mark(properties, named, state)
    if 1 <= rank <= 6:
        return f"<h{rank}>{escape(mark)}{inner}</h{rank}>", None, inside
    if level is not None and not mark:
        return inner, level, inside
    if _CONTENTS_STYLE.match(named.name) or _names_page(node):
        inner = _LAST_TAB.sub("……………\\1", inner)  # a leader, which whoever reads contents lists knows
    said = "" if named.name in _PLAIN_STYLES else f' class="{escape("-".join(named.name.split()))}"'
    return f"<p{said}>{escape(mark)}{inner}</p>", None, inside


_TITLES = ("title", "表題")
LONGEST_DATE = 16
_LARGE = 28
"""Half points of print from which a centred line above all headings is the title."""


def _is_large(paragraph: Any) -> bool:
    """Whether a paragraph is set in the middle in large print."""
    place = child(paragraph, "pPr", "jc")
    if place is None or attribute(place, "val") != "center":
        return False
    sizes = [number(attribute(size, "val")) for run in paragraph if (size := child(run, "rPr", "sz")) is not None]
    return bool(sizes) and max(sizes) >= _LARGE


def _take_title(state: _State, text: str, rank: int, *, styled: bool) -> None:
    """Keep the document's title: its first lines in the style or print of titles, else its first heading."""
    if styled and state.titling and iso_date(text) is not None and len(text) <= LONGEST_DATE:
        return  # the day on a title page
    if styled and (state.titling or not state.title):
        state.title = joined_title(state.title, text)
        state.titling = True
        return
    state.titling = False
    if rank == 1 and not state.title:
        state.title = text[:300]


_OPENED, _PARTED = re.compile("^<p[^>]*>"), re.compile("</p><p[^>]*>")
"""The beginning of a note's first paragraph, and what stands between two."""
_CONTENTS_STYLE = re.compile("(?:toc|目次) ?[0-9]{1,2}$")
_LAST_TAB = re.compile("\u3000((?:<b>)?[0-9０-９]{1,4}(?:</b>)?)$")


def _names_page(node: Any) -> bool:
    """Whether a paragraph is an entry of a contents list: a link to a heading, or with the page of one, told by a field."""
    return any(
        (local(below) == "instrText" and "PAGEREF _Toc" in (below.text or ""))
        or (local(below) == "hyperlink" and attribute(below, "anchor").startswith("_Toc"))
        for below in node.iter()
    )


_PLAIN_STYLES = frozenset(
    ["", "normal", "standard", "標準", "body text", "本文", "list paragraph", "リスト段落", "no spacing"]
)
"""Styles that say nothing; the name of any other (FAQ質問) is kept as the paragraph's class."""


def _mark(properties: Any, named: _Named, state: _State) -> tuple[str, int | None]:
    """(the number before a list item as the file's pattern writes it, empty for a bullet; the level, None: no item)."""
    listed, level_node = child(properties, "numPr", "numId"), child(properties, "numPr", "ilvl")
    list_id = named.list_id if listed is None else attribute(listed, "val")
    if list_id in ("", "0"):
        return "", None
    level = max(0, min(named.level if level_node is None else number(attribute(level_node, "val")), 8))
    told = state.numbering.get((list_id, level), _Level("bullet", ""))
    if told.kind in ("bullet", "none"):
        return "", level
    if (list_id, level) not in state.counters:
        state.counters[list_id, level] = told.start - 1
    state.counters[list_id, level] += 1
    for deeper in range(level + 1, 9):
        if level < state.numbering.get((list_id, deeper), told).restart:
            state.counters.pop((list_id, deeper), None)
    text = told.pattern or f"%{level + 1}."
    for place in range(level + 1):
        above = state.numbering.get((list_id, place), told)
        kind = "decimal" if told.plain else above.kind
        text = text.replace(f"%{place + 1}", word_number(kind, state.counters.get((list_id, place), above.start)))
    return f"{text} ", level


def _runs(node: Any, pieces: list[str], boxes: list[Any], state: _State, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    for below in node:
        name = local(below)
        if not name or name in _SKIPPED:
            continue
        if name in ("txbxContent", *_PICTURED):
            boxes.append(below)
        elif name == "t":
            pieces.append(escape(below.text or ""))
        elif name in ("tab", "ptab"):
            pieces.append("\u3000")
        elif name in ("br", "cr"):
            pieces.append("<br>")
        elif name == "sym":
            pieces.append(symbol(attribute(below, "font"), attribute(below, "char")))
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name in ("footnoteReference", "endnoteReference"):
            state.notes.append(f"{name.removesuffix('Reference')}:{attribute(below, 'id')}")
            pieces.append(f"<sup>{len(state.notes)}</sup>")
        elif name == "r":
            pieces.append(_run(below, boxes, state, depth))
        elif name == "oMath":
            pieces.append(escape(formula_text(below)))
        elif name not in _SEPARATE and not _is_place_holder(below):
            _runs(below, pieces, boxes, state, depth + 1)


def _is_place_holder(node: Any) -> bool:
    """Whether a control of a form holds nothing but what asks for an entry."""
    return local(node) == "sdt" and _on(child(node, "sdtPr", "showingPlcHdr"))


def _run(node: Any, boxes: list[Any], state: _State, depth: int) -> str:
    told = child(node, "rPr")
    if _on(child(told, "vanish")):
        return ""
    pieces: list[str] = []
    _runs(node, pieces, boxes, state, depth + 1)
    inner = "".join(pieces)
    raised = child(told, "vertAlign")
    element = {"superscript": "sup", "subscript": "sub"}.get("" if raised is None else attribute(raised, "val"))
    if element and inner and "<sup>" not in inner:
        inner = f"<{element}>{inner}</{element}>"
    return f"<b>{inner}</b>" if inner and _on(child(told, "b")) else inner


def _on(node: Any) -> bool:
    return node is not None and attribute(node, "val", "1") not in ("0", "false", "none", "off")
