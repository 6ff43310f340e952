"""Presentations (.pptx): slides in their order, shapes from the top left, tables, and the speaker's notes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from typing import Any

from tekio.corpus.readers.ooxml import Package, attribute, child, local, number
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_tables
from tekio.corpus.readers.word import with_dropped
from tekio.recipe.corpus import SourceConfig
from tekio.text.raised import END, LOWERED, START, write_raised
from tekio.text.tables.grid import Cell, lay_out
from tekio.text.tables.render import Count, Tables, render
from tekio.text.unreadable import UnreadableError

ROW = 150_000
"""English Metric Units within which shapes stand beside each other (about 4 mm)."""
_LEFT_OUT = frozenset(["sldNum", "dt", "ftr", "hdr", "sldImg"])


def read_slides(source: SourceConfig, file: UnitFile) -> Rows:
    """A .pptx file as one document, a blank line between slides. Options: `tables`."""
    package = Package(file)
    root = package.part("ppt/presentation.xml")
    if root is None:
        raise UnreadableError("not_slides", {"part": "ppt/presentation.xml"})
    related = package.related("ppt/presentation.xml")
    tables = option_tables(source)
    count, dropped, slides, title = Count(), list[str](), list[str](), ""
    for entry in child(root, "sldIdLst") if child(root, "sldIdLst") is not None else []:
        name = related.get(next((v for k, v in entry.attrib.items() if k.endswith("}id")), ""), ("", ""))[1]
        slide = package.part(name)
        if slide is None or slide.get("show") == "0":
            continue
        lines = _shapes(child(slide, "cSld", "spTree"), tables, count, dropped)
        title = title or (lines[0] if lines else "")
        for kind, target in package.related(name).values():
            if kind == "notesSlide" and (notes := package.part(target)) is not None:
                said = _shapes(child(notes, "cSld", "spTree"), tables, count, dropped)
                lines += ["（ノート）", *said] if said else []
        if lines:
            slides.append("\n".join(lines))
    told = package.properties()
    meta = {key: told[key] for key in ("author", "created", "modified") if key in told}
    document = make_document(
        source,
        file,
        "\n\n".join(slides),
        title=told.get("title") or title[:300] or None,
        meta=meta | {"slides": len(slides), "transforms": ["slides"]} | count.meta(),
    )
    yield from with_dropped(source, file, document.text, dropped)
    if not slides:
        yield Rejected(document.uri, "no_text", {"slides": 0}, document, whole_file=True)
        return
    yield document


def _shapes(tree: Any, tables: Tables, count: Count, dropped: list[str]) -> list[str]:
    """The text of a slide's shapes: the title, then from the top, those beside each other from the left."""
    found: list[tuple[bool, int, int, int, list[str]]] = []
    for order, shape in enumerate(
        node for node in ([] if tree is None else tree.iter()) if local(node) in ("sp", "graphicFrame")
    ):
        kind = next((attribute(node, "type") for node in shape.iter() if local(node) == "ph"), "")
        if kind in _LEFT_OUT:
            continue
        if local(shape) == "graphicFrame":
            table = next((node for node in shape.iter() if local(node) == "tbl"), None)
            if table is None:
                continue
            rendered = render(_grid(table), tables)
            count.add(rendered.count)
            dropped += [rendered.dropped] if rendered.dropped else []
            lines = rendered.lines
        else:
            body = child(shape, "txBody")
            lines = [] if body is None else _paragraphs(body)
        place = next((node for node in shape.iter() if local(node) == "off"), None)
        x, y = (number(place.get("x")), number(place.get("y"))) if place is not None else (0, 0)
        if lines:
            found.append((kind not in ("title", "ctrTitle"), y // ROW if place is not None else -1, x, order, lines))
    return [line for *_, lines in sorted(found) for line in lines]


def _grid(table: Any) -> Any:
    rows: list[list[Cell]] = []
    for row in table:
        if local(row) != "tr":
            continue
        line: list[Cell] = []
        for cell in row:
            if local(cell) != "tc" or cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                continue
            body = child(cell, "txBody")
            text = "\n".join(_paragraphs(body)) if body is not None else ""
            width, height = (max(1, min(number(cell.get(name), 1), 500)) for name in ("gridSpan", "rowSpan"))
            line.append(Cell(text, width, height))
        rows.append(line)
    return lay_out(rows)


def _paragraphs(body: Any) -> list[str]:
    lines: list[str] = []
    for paragraph in body:
        if local(paragraph) != "p":
            continue
        pieces: list[str] = []
        for run in paragraph:
            if local(run) == "br":
                pieces.append("\v")
                continue
            raised = number(child(run, "rPr").get("baseline")) if child(run, "rPr") is not None else 0
            text = "".join(node.text or "" for node in run if local(node) == "t")
            mark = START if raised > 0 else LOWERED if raised < 0 else ""
            pieces.append(f"{mark}{text}{END}" if mark and text else text)
        lines += [part.strip() for part in write_raised("".join(pieces)).split("\v") if part.strip()]
    return lines
