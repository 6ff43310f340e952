"""Slides (.pptx) as HTML: a section a slide, the title, shapes in reading order, tables, charts, groups, the speaker's notes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from tekio.text.formulas import formula_text
from tekio.text.office.drawings import drawn
from tekio.text.office.package import OfficeFile, Package, Section, attribute, child, local, number, spans
from tekio.text.unreadable import UnreadableError

ROW = 150_000
"""Shapes whose tops differ by less (in English Metric Units, 914,400 an inch) stand in one row: about 4 mm."""
MAX_DEPTH = 30
FOOT = 0.85
"""How far down a slide its foot begins, of its height."""
_LEFT_OUT = frozenset(["sldNum", "dt", "ftr", "hdr", "sldImg"])
_WRAPPERS = frozenset(["AlternateContent", "Choice"])


@dataclass(frozen=True)
class _Shape:
    title: bool
    top: int
    left: int
    blocks: list[str]


def read_pptx(raw: bytes) -> OfficeFile:
    """The slides in their order, hidden ones marked. Raises `UnreadableError` (`not_slides`, those of `Package`)."""
    package = Package(raw)
    root = package.part("ppt/presentation.xml")
    if root is None:
        raise UnreadableError("not_slides", {"part": "ppt/presentation.xml"})
    related = package.related("ppt/presentation.xml")
    sections: list[Section] = []
    slides: list[list[_Shape]] = []
    for entry in child(root, "sldIdLst") if child(root, "sldIdLst") is not None else []:
        name = related.get(next((v for k, v in entry.attrib.items() if k.endswith("}id")), ""), ("", ""))[1]
        slide = package.part(name)
        if slide is None:
            continue
        links = package.related(name)
        beside = dict(links.values())
        places = _places(package.part(beside.get("slideLayout", "")))
        shapes = _ordered(
            _shapes(child(slide, "cSld", "spTree"), places, lambda node, at=links: drawn(node, package, at))
        )
        slides.append(shapes)
        title = next(("".join(shape.blocks) for shape in shapes if shape.title), "")
        notes = package.part(beside.get("notesSlide", ""))
        said = [] if notes is None else _ordered(_shapes(child(notes, "cSld", "spTree"), {}, _nothing))
        blocks = ["<p>（ノート）</p>", *(block for shape in said for block in shape.blocks)] if said else []
        sections.append(Section(_plain(title), blocks, hidden=slide.get("show") in ("0", "false")))
    size = child(root, "sldSz")
    feet = _feet(slides, FOOT * (number(size.get("cy")) if size is not None else 0))
    for place, (section, shapes) in enumerate(zip(sections, slides, strict=True)):
        kept = [shape for shape in shapes if (shape.top, *shape.blocks) not in feet[place]]
        section.blocks[:0] = [block for shape in kept for block in shape.blocks]
    told = package.properties()
    first = next((section.title for section in sections if section.title), "")
    return OfficeFile(told.get("title") or first, sections, told)


def _feet(slides: list[list[_Shape]], edge: float) -> list[set[tuple[int | str, ...]]]:
    """For each slide the shapes at its foot that are its number, or say the same at the same place on most slides (tops and blocks)."""
    low = [
        [shape for shape in shapes if not shape.title and len(shape.blocks) == 1 and 0 < edge <= shape.top]
        for shapes in slides
    ]
    counts = Counter((shape.top, shape.blocks[0]) for shapes in low for shape in shapes)
    most = max(2, 0.5 * len(slides))
    return [
        {
            (shape.top, *shape.blocks)
            for shape in shapes
            if counts[shape.top, shape.blocks[0]] >= most or shape.blocks[0] == f"<p>{place}</p>"
        }
        for place, shapes in enumerate(low, start=1)
    ]


def _plain(markup: str) -> str:
    from tekio.text.html import block_text, parse_html_text

    return " ".join(block_text(parse_html_text(markup)).split("\n"))[:300] if markup else ""


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
) -> Iterator[_Shape]:
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
            blocks = [block for shape in _ordered(_shapes(node, places, pictured, depth + 1)) for block in shape.blocks]
        elif name == "graphicFrame":
            blocks = [_table(below) for below in node.iter() if local(below) == "tbl"] + pictured(node)
        else:
            blocks = _paragraphs(child(node, "txBody"), "h2" if title else "p")
        if blocks:
            yield _Shape(title, top, left, blocks)


def _ordered(shapes: Iterator[_Shape]) -> list[_Shape]:
    """The title, then by rows of the slide, each from left to right."""
    rows: list[list[_Shape]] = []
    for shape in sorted(shapes, key=lambda shape: (not shape.title, shape.top, shape.left)):
        if rows and rows[-1][0].title == shape.title and shape.top - rows[-1][0].top < ROW:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda shape: shape.left)]


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
