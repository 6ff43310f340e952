"""OpenDocument text (.odt) as HTML: headings, paragraphs, lists, tables with merged cells, raised letters, notes behind the text.

OpenDocument 1.3, part 3. Deleted text of tracked changes, annotations and what is drawn are left out; covered cells of merged
ones too.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Letters:
    """What the letters of a document need: its notes so far, and which styles raise (`sup`) or lower (`sub`) text."""

    raised: dict[str, str]
    notes: list[str] = field(default_factory=list[str])


def body_of(raw: bytes, kind: str) -> tuple[Any, Any]:
    """(content.xml, its body of a kind: `text`, `spreadsheet`). Raises `UnreadableError`: `not_a_document`, those of `Package`."""
    root = Package(raw).part("content.xml")
    body = None if root is None else child(root, "body", kind)
    if body is None:
        raise UnreadableError("not_a_document", {"part": "content.xml"})
    return root, body


def raising_styles(root: Any) -> dict[str, str]:
    """Styles of text that stands above or below the line: name -> `sup` or `sub`."""
    found: dict[str, str] = {}
    for style in root.iter("{*}style"):
        position = attribute(child(style, "text-properties"), "text-position").split()
        if position and position[0] not in ("0%", "+0%", "-0%"):
            lower = position[0].startswith(("sub", "-"))
            found[attribute(style, "name")] = "sub" if lower else "sup"
    return found


def read_odt(raw: bytes) -> OfficeFile:
    """The document. Raises `UnreadableError`: `not_a_document`, `too_deep`, those of `Package`."""
    root, text = body_of(raw, "text")
    letters = Letters(raising_styles(root))
    blocks = blocks_of(text, letters, 0)
    blocks.extend(f"<p>（注{place}）{note}</p>" for place, note in enumerate(letters.notes, start=1))
    return OfficeFile("", [Section("", blocks)])


def blocks_of(parent: Any, letters: Letters, depth: int) -> list[str]:
    """The blocks of text in an element as HTML. Raises `UnreadableError` (`too_deep`)."""
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    found: list[str] = []
    for node in parent:
        name = local(node)
        if name in _LEFT_OUT:
            continue
        if name == "h":
            level = min(max(number(attribute(node, "outline-level"), 1), 1), 6)
            found.append(f"<h{level}>{inline(node, letters, depth)}</h{level}>")
        elif name == "p":
            found.append(f"<p>{inline(node, letters, depth)}</p>")
        elif name == "list":
            items = (
                blocks_of(item, letters, depth + 1) for item in node if local(item) in ("list-item", "list-header")
            )
            found.append("<ul>" + "".join(f"<li>{''.join(item)}</li>" for item in items) + "</ul>")
        elif name == "table":
            found.append(f"<table>{''.join(rows_of(node, letters, depth + 1))}</table>")
        else:  # sections, indexes, groups
            found.extend(blocks_of(node, letters, depth + 1))
    return found


def rows_of(parent: Any, letters: Letters, depth: int) -> list[str]:
    """The rows of a table as HTML."""
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
                    told = f"<td{spans(wide, high)}>{''.join(blocks_of(cell, letters, depth + 1))}</td>"
                    times = number(attribute(cell, "number-columns-repeated"), 1)
                    cells.append(told * min(max(times, 1), MAX_REPEATED))
            while cells and cells[-1] == "<td></td>":
                cells.pop()
            rows.append(f"<tr>{''.join(cells)}</tr>")
        elif local(node) in ("table-header-rows", "table-rows", "table-row-group"):
            rows.extend(rows_of(node, letters, depth + 1))
    return rows


def inline(node: Any, letters: Letters, depth: int = 0) -> str:
    """The text of a paragraph as HTML. Raises `UnreadableError` (`too_deep`)."""
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
            told = "" if body is None else "<br>".join(inline(line, letters, depth + 1) for line in body)
            letters.notes.append(told)
            pieces.append(f"（注{len(letters.notes)}）")
        elif name == "ruby":
            base = child(part, "ruby-base")
            pieces.append("" if base is None else inline(base, letters, depth + 1))
        elif name and name not in _LEFT_OUT:
            told, element = inline(part, letters, depth + 1), letters.raised.get(attribute(part, "style-name"))
            pieces.append(f"<{element}>{told}</{element}>" if element and told else told)
        pieces.append(escape(part.tail or ""))
    return "".join(pieces)
