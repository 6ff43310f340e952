"""Slides (.pptx) as HTML: a section a slide, the title, shapes in reading order, tables, charts, groups, the speaker's notes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from tekio.text.formulas import formula_text
from tekio.text.office.drawings import drawn
from tekio.text.office.package import OfficeFile, Package, Section, attribute, child, local, number, spans
from tekio.text.office.slides import Shape, ordered, plain, without_feet
from tekio.text.unreadable import UnreadableError

MAX_DEPTH = 30
_LEFT_OUT = frozenset(["sldNum", "dt", "ftr", "hdr", "sldImg"])
_WRAPPERS = frozenset(["AlternateContent", "Choice"])


def read_pptx(raw: bytes) -> OfficeFile:
    """The slides in their order, hidden ones marked. Raises `UnreadableError` (`not_slides`, those of `Package`)."""
    package = Package(raw)
    root = package.part("ppt/presentation.xml")
    if root is None:
        raise UnreadableError("not_slides", {"part": "ppt/presentation.xml"})
    related = package.related("ppt/presentation.xml")
    sections: list[Section] = []
    slides: list[list[Shape]] = []
    for entry in child(root, "sldIdLst") if child(root, "sldIdLst") is not None else []:
        name = related.get(next((v for k, v in entry.attrib.items() if k.endswith("}id")), ""), ("", ""))[1]
        slide = package.part(name)
        if slide is None:
            continue
        links = package.related(name)
        beside = dict(links.values())
        places = _places(package.part(beside.get("slideLayout", "")))
        shapes = ordered(
            _shapes(child(slide, "cSld", "spTree"), places, lambda node, at=links: drawn(node, package, at))
        )
        slides.append(shapes)
        title = next(("".join(shape.blocks) for shape in shapes if shape.title), "")
        notes = package.part(beside.get("notesSlide", ""))
        said = [] if notes is None else ordered(_shapes(child(notes, "cSld", "spTree"), {}, _nothing))
        blocks = ["<p>（ノート）</p>", *(block for shape in said for block in shape.blocks)] if said else []
        sections.append(Section(plain(title), blocks, hidden=slide.get("show") in ("0", "false")))
    size = child(root, "sldSz")
    without_feet(sections, slides, number(size.get("cy")) if size is not None else 0)
    told = package.properties()
    first = next((section.title for section in sections if section.title), "")
    return OfficeFile(told.get("title") or first, sections, told)


def _places(layout: Any) -> dict[str, tuple[int, int]]:
    """Where a slide's layout puts its placeholders: (top, left) by index and by kind."""
    found: dict[str, tuple[int, int]] = {}
    for shape in [] if layout is None else layout.iter():
        mark = next((node for node in shape.iter() if local(node) == "ph"), None) if local(shape) == "sp" else None
        place = _offset(shape) if mark is not None else None
        if mark is not None and place is not None:
            found[f"idx {mark.get('idx') or '0'}"] = found[f"type {mark.get('type') or 'body'}"] = place
    return found


def _offset(shape: Any) -> tuple[int, int] | None:
    """(top, left) of a shape or a group."""
    frame = child(shape, "xfrm")
    if frame is None:
        frame = next((child(node, "xfrm") for node in shape if local(node) in ("spPr", "grpSpPr")), None)
    place = child(frame, "off")
    return None if place is None else (number(place.get("y")), number(place.get("x")))


def _nothing(_node: Any) -> list[str]:
    return []


def _shapes(
    tree: Any, places: dict[str, tuple[int, int]], pictured: Callable[[Any], list[str]], depth: int = 0
) -> Iterator[Shape]:
    """The shapes of a slide. pictured: HTML of the charts and diagrams a frame points to."""
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    for node in [] if tree is None else tree:
        name = local(node)
        if name in _WRAPPERS:
            yield from _shapes(node, places, pictured, depth + 1)
            continue
        if name not in ("sp", "graphicFrame", "grpSp"):
            continue
        mark = next((below for below in node.iter() if local(below) == "ph"), None) if name != "grpSp" else None
        kind = "" if mark is None else attribute(mark, "type")
        if kind in _LEFT_OUT:
            continue
        top, left = _offset(node) or (-1, 0)
        if top < 0 and mark is not None:
            top, left = places.get(f"idx {mark.get('idx') or '0'}") or places.get(f"type {kind or 'body'}") or (-1, 0)
        title = kind in ("title", "ctrTitle")
        if name == "grpSp":
            blocks = [block for shape in ordered(_shapes(node, places, pictured, depth + 1)) for block in shape.blocks]
        elif name == "graphicFrame":
            blocks = [_table(below) for below in node.iter() if local(below) == "tbl"] + pictured(node)
        else:
            blocks = _paragraphs(child(node, "txBody"), "h2" if title else "p")
        if blocks:
            yield Shape(title, top, left, blocks)


def _table(table: Any) -> str:
    lines: list[str] = []
    for row in table:
        if local(row) != "tr":
            continue
        cells: list[str] = []
        for cell in row:
            if local(cell) != "tc" or cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                continue
            width, height = (max(1, min(number(cell.get(name), 1), 500)) for name in ("gridSpan", "rowSpan"))
            cells.append(f"<td{spans(width, height)}>{''.join(_paragraphs(child(cell, 'txBody'), 'p'))}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _paragraphs(body: Any, element: str) -> list[str]:
    blocks: list[str] = []
    for paragraph in [] if body is None else body:
        if local(paragraph) != "p":
            continue
        pieces: list[str] = []
        for run in paragraph:
            if local(run) == "br":
                pieces.append("<br>")
                continue
            if local(run) in ("m", "AlternateContent"):  # a formula, and its picture for old programs
                pieces += [escape(formula_text(node)) for node in run.iter() if local(node) == "oMath"][:1]
                continue
            told = child(run, "rPr")
            raised = number(told.get("baseline")) if told is not None else 0
            text = escape("".join(node.text or "" for node in run if local(node) == "t")).replace("\v", "<br>")
            mark = "sup" if raised > 0 else "sub" if raised < 0 else ""
            pieces.append(f"<{mark}>{text}</{mark}>" if mark and text else text)
        inner = "".join(pieces).strip()
        if inner.replace("<br>", "").strip():
            blocks.append(f"<{element}>{inner}</{element}>")
    return blocks
