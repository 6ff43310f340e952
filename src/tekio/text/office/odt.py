"""OpenDocument text (.odt) as HTML: headings, paragraphs, lists, tables with merged cells, notes behind the text.

OpenDocument 1.3, part 3. Deleted text of tracked changes, annotations and what is drawn are left out; covered cells of merged
ones too.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from html import escape
from typing import Any

from tekio.text.office.package import OfficeFile, Package, Section, attribute, child, local, number, spans
from tekio.text.unreadable import UnreadableError

MAX_DEPTH = 100
MAX_REPEATED = 1_000
"""Cells and spaces that one element may stand for."""
_LEFT_OUT = frozenset(
    ["tracked-changes", "annotation", "annotation-end", "frame", "forms", "sequence-decls", "table-of-content"]
)


def read_odt(raw: bytes) -> OfficeFile:
    """The document. Raises `UnreadableError`: `not_a_document`, `too_deep`, those of `Package`."""
    root = Package(raw).part("content.xml")
    text = None if root is None else child(root, "body", "text")
    if text is None:
        raise UnreadableError("not_a_document", {"part": "content.xml"})
    notes: list[str] = []
    blocks = _blocks(text, notes, 0)
    blocks.extend(f"<p>（注{place}）{note}</p>" for place, note in enumerate(notes, start=1))
    return OfficeFile("", [Section("", blocks)])


def _blocks(parent: Any, notes: list[str], depth: int) -> list[str]:
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    found: list[str] = []
    for node in parent:
        name = local(node)
        if name in _LEFT_OUT:
            continue
        if name == "h":
            level = min(max(number(attribute(node, "outline-level"), 1), 1), 6)
            found.append(f"<h{level}>{_inline(node, notes, depth)}</h{level}>")
        elif name == "p":
            found.append(f"<p>{_inline(node, notes, depth)}</p>")
        elif name == "list":
            items = (_blocks(item, notes, depth + 1) for item in node if local(item) in ("list-item", "list-header"))
            found.append("<ul>" + "".join(f"<li>{''.join(item)}</li>" for item in items) + "</ul>")
        elif name == "table":
            found.append(f"<table>{''.join(_rows(node, notes, depth + 1))}</table>")
        else:  # sections, indexes, groups
            found.extend(_blocks(node, notes, depth + 1))
    return found


def _rows(parent: Any, notes: list[str], depth: int) -> list[str]:
    rows: list[str] = []
    for node in parent:
        if local(node) == "table-row":
            cells: list[str] = []
            for cell in node:
                if local(cell) == "table-cell":
                    wide, high = (
                        number(attribute(cell, "number-columns-spanned"), 1),
                        number(attribute(cell, "number-rows-spanned"), 1),
                    )
                    told = f"<td{spans(wide, high)}>{''.join(_blocks(cell, notes, depth + 1))}</td>"
                    times = number(attribute(cell, "number-columns-repeated"), 1)
                    cells.append(told * min(max(times, 1), MAX_REPEATED if _said(cell) else 1))
            rows.append(f"<tr>{''.join(cells)}</tr>")
        elif local(node) in ("table-header-rows", "table-rows", "table-row-group"):
            rows.extend(_rows(node, notes, depth + 1))
    return rows


def _said(cell: Any) -> bool:
    return bool("".join(cell.itertext()).strip())


def _inline(node: Any, notes: list[str], depth: int) -> str:
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    pieces = [escape(node.text or "")]
    for part in node:
        name = local(part)
        if name == "s":
            pieces.append(" " * min(max(number(attribute(part, "c"), 1), 1), MAX_REPEATED))
        elif name == "tab":
            pieces.append("\t")
        elif name == "line-break":
            pieces.append("<br>")
        elif name == "note":
            body = child(part, "note-body")
            told = "" if body is None else "<br>".join(_inline(line, notes, depth + 1) for line in body)
            notes.append(told)
            pieces.append(f"（注{len(notes)}）")
        elif name == "ruby":
            base = child(part, "ruby-base")
            pieces.append("" if base is None else _inline(base, notes, depth + 1))
        elif name and name not in _LEFT_OUT:
            pieces.append(_inline(part, notes, depth + 1))
        pieces.append(escape(part.tail or ""))
    return "".join(pieces)
