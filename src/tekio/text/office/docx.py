"""Word files (.docx) as HTML: headings, lists, tables with merged cells, notes, text boxes; tracked changes accepted."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportPrivateUsage=false
# (python-docx gives lxml elements without types)

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from tekio.text.office.package import check_package, page
from tekio.text.unreadable import UnreadableError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_HEADING = re.compile(r"(?:heading|見出し|Heading)\s*([1-6])", re.IGNORECASE)
_DROPPED = frozenset([f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}instrText", f"{MC}Fallback", f"{W}rt", f"{W}pPr"])
"""Deleted and moved text, field codes, the second form of a drawing, ruby readings, properties."""


def docx_html(raw: bytes) -> str:
    """The document as HTML. Raises `UnreadableError`."""
    check_package(raw, part="word/document.xml")
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(raw))
    except (PackageNotFoundError, KeyError, ValueError, LxmlError, AttributeError) as error:
        raise UnreadableError("damaged", {"error": f"{type(error).__name__}: {error}"[:200]}) from error
    reader = _Reader(document)
    body = list(reader.blocks(document.element.body))
    body.extend(reader.notes())
    return page(document.core_properties.title or "", body)


class _Reader:
    """Walks the body in order; numbering and notes are looked up in the package's other parts."""

    def __init__(self, document: Any) -> None:
        self.styles = {style.style_id: style.name or "" for style in document.styles}
        self.parts = {rel.reltype.rsplit("/", 1)[-1]: rel for rel in document.part.rels.values() if not rel.is_external}
        self.used: list[tuple[str, str]] = []

    def blocks(self, parent: Any) -> Iterator[str]:
        """Paragraphs and tables below `parent`; consecutive items of lists become one list."""
        items: list[str] = []
        for child in parent:
            if child.tag == f"{W}p":
                shown, listed, boxes = self.paragraph(child)
                if listed and shown:
                    items.append(f"<li>{shown[1]}</li>")
                    continue
                if items:
                    yield f"<ul>{''.join(items)}</ul>"
                    items = []
                if shown:
                    yield f"<{shown[0]}>{shown[1]}</{shown[0]}>"
                yield from boxes
            elif child.tag == f"{W}tbl":
                if items:
                    yield f"<ul>{''.join(items)}</ul>"
                    items = []
                yield self.table(child)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}smartTag", f"{W}customXml"):
                yield from self.blocks(child)
        if items:
            yield f"<ul>{''.join(items)}</ul>"

    def paragraph(self, node: Any) -> tuple[tuple[str, str] | None, bool, list[str]]:
        """((tag, inner HTML) or None, whether it is an item of a list, text boxes anchored in it)."""
        properties = node.find(f"{W}pPr")
        style = properties.find(f"{W}pStyle") if properties is not None else None
        name = self.styles.get(style.get(f"{W}val"), style.get(f"{W}val") or "") if style is not None else ""
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        numbered = properties is not None and properties.find(f"{W}numPr") is not None
        boxes: list[str] = []
        inner = "".join(self.inline(node, boxes)).strip()
        if not inner:
            return None, False, boxes
        heading = _HEADING.search(name)
        level = int(heading[1]) if heading else 1 if name in ("Title", "表題") else 0
        if not level and outline is not None and (outline.get(f"{W}val") or "9").isdecimal():
            level = int(outline.get(f"{W}val")) + 1
        if 1 <= level <= 6:
            return (f"h{level}", inner), False, boxes
        return ("p", inner), numbered or "List" in name or "箇条書き" in name, boxes

    def inline(self, node: Any, boxes: list[str]) -> Iterator[str]:
        for child in node:
            tag = child.tag
            if tag in _DROPPED:
                continue
            if tag == f"{W}t":
                yield escape(child.text or "")
            elif tag == f"{W}tab":
                yield "\u3000"
            elif tag in (f"{W}br", f"{W}cr"):
                yield "<br>"
            elif tag == f"{W}noBreakHyphen":
                yield "-"
            elif tag == f"{W}txbxContent":
                boxes.extend(self.blocks(child))
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                kind = "footnotes" if tag == f"{W}footnoteReference" else "endnotes"
                self.used.append((kind, child.get(f"{W}id") or ""))
                yield f"<sup>({len(self.used)})</sup>"
            elif tag == f"{W}r":
                yield from self.run(child, boxes)
            elif isinstance(tag, str):
                yield from self.inline(child, boxes)

    def run(self, node: Any, boxes: list[str]) -> Iterator[str]:
        properties = node.find(f"{W}rPr")
        inner = "".join(self.inline(node, boxes))
        if properties is not None and inner:
            if _on(properties.find(f"{W}vanish")):
                return
            vertical = properties.find(f"{W}vertAlign")
            name = {"superscript": "sup", "subscript": "sub"}.get(
                vertical.get(f"{W}val") if vertical is not None else ""
            )
            if name:
                inner = f"<{name}>{inner}</{name}>"
            if _on(properties.find(f"{W}b")):
                inner = f"<b>{inner}</b>"
        yield inner

    def table(self, node: Any) -> str:
        """A table with merged cells as `colspan` and `rowspan`."""
        rows = [row for row in node.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is node]
        grid: list[list[list[Any]]] = []
        open_cells: dict[int, list[Any]] = {}
        for row in rows:
            column, cells = 0, []
            for cell in (item for item in row.iter(f"{W}tc") if next(item.iterancestors(f"{W}tr")) is row):
                properties = cell.find(f"{W}tcPr")
                span = properties.find(f"{W}gridSpan") if properties is not None else None
                width = int(span.get(f"{W}val")) if span is not None and (span.get(f"{W}val") or "").isdecimal() else 1
                merged = properties.find(f"{W}vMerge") if properties is not None else None
                if merged is not None and merged.get(f"{W}val") != "restart" and column in open_cells:
                    open_cells[column][2] += 1
                else:
                    entry = [cell, min(width, 1000), 1]
                    cells.append(entry)
                    if merged is not None:
                        open_cells[column] = entry
                    else:
                        open_cells.pop(column, None)
                column += width
            grid.append(cells)
        lines: list[str] = []
        for row, cells in zip(rows, grid, strict=True):
            head = row.find(f"{W}trPr/{W}tblHeader") is not None
            name = "th" if head else "td"
            lines.append(
                "<tr>"
                + "".join(
                    f'<{name} colspan="{width}" rowspan="{height}">{"".join(self.blocks(cell))}</{name}>'
                    for cell, width, height in cells
                )
                + "</tr>"
            )
        return f"<table>{''.join(lines)}</table>"

    def notes(self) -> Iterator[str]:
        """The footnotes and endnotes the text refers to, in the order of their marks."""
        from lxml import etree

        trees: dict[str, Any] = {}
        for kind in {kind for kind, _ in self.used}:
            if kind in self.parts:
                parser = etree.XMLParser(resolve_entities=False, no_network=True)
                trees[kind] = etree.fromstring(self.parts[kind].target_part.blob, parser)
        for number, (kind, name) in enumerate(list(self.used), 1):
            for note in trees.get(kind, ()):
                if note.get(f"{W}id") == name:
                    text = "".join(f"<p>{shown[1]}</p>" for p in note.iter(f"{W}p") if (shown := self.paragraph(p)[0]))
                    yield f"<div>({number}) {text.removeprefix('<p>').replace('</p><p>', '<br>').removesuffix('</p>')}</div>"


def _on(node: Any) -> bool:
    return node is not None and (node.get(f"{W}val") or "1") not in ("0", "false", "none")
