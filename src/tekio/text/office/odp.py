"""OpenDocument presentations (.odp) as HTML: a section a slide, the title, shapes in reading order, tables, charts, groups, notes.

OpenDocument 1.3, part 3, chapters 10 and 16. Prompts of empty placeholders, page numbers, dates, heads and feet are left out.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tekio.text.office.odt import Letters, blocks_of, inline, raising_styles, rows_of
from tekio.text.office.package import OfficeFile, Package, Section, attribute, child, local, number
from tekio.text.office.slides import Shape, ordered, plain, without_feet
from tekio.text.unreadable import UnreadableError

MAX_DEPTH = 30
MAX_CHARTS = 1_000
_LENGTH = re.compile(r"([-+]?[0-9]{1,9}(?:\.[0-9]{0,9})?)(cm|mm|in|pt|pc|px)")
_UNITS = {"cm": 360_000, "mm": 36_000, "in": 914_400, "pt": 12_700, "pc": 152_400, "px": 9_525}
"""English Metric Units in one of each."""
_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,20})?(?:[eE]-[0-9]{1,2})?")
MOST_PLACES = 6
_MOVED = re.compile(r"translate\s*\(\s*([^\s,)]+)[\s,]+([^\s,)]+)\s*\)")
_FURNITURE = frozenset(["page-number", "date-time", "footer", "header", "page", "handout"])
_TEXTS = frozenset(["custom-shape", "rect", "ellipse", "circle", "polygon", "path", "caption", "connector", "line"])
_LISTS = frozenset(["list", "list-item", "list-header"])
_FIELDS = frozenset(["page-number", "page-count", "date", "time"])


class _Slides:
    """Reads the pages of a file. charts: so many were read, as a file may show one any number of times."""

    def __init__(self, package: Package, root: Any) -> None:
        self.package = package
        self.letters = Letters(raising_styles(root))
        self.charts = 0

    def shapes(self, parent: Any, depth: int = 0) -> Iterator[Shape]:
        """The shapes that lie on a page or in a group."""
        if depth > MAX_DEPTH:
            raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
        for node in parent:
            name, kind = local(node), attribute(node, "class")
            if attribute(node, "placeholder") == "true" or (kind in _FURNITURE and name == "frame"):
                continue
            top, left = _place(node)
            if name == "g":
                inside = ordered(self.shapes(node, depth + 1))
                blocks = [block for shape in inside for block in shape.blocks]
                top, left = (min((getattr(shape, side) for shape in inside), default=0) for side in ("top", "left"))
            elif name == "a":  # a shape that is a link
                yield from self.shapes(node, depth + 1)
                continue
            elif name == "frame":
                blocks = self._frame(node, "h2" if kind == "title" else "p")
            elif name in _TEXTS:
                blocks = self._texts(node, "p")
            else:
                continue
            if blocks:
                yield Shape(kind == "title", top, left, blocks)

    def _frame(self, frame: Any, element: str) -> list[str]:
        """What a frame shows: the first of its forms that says something (behind a table or a chart lies its picture)."""
        for node in frame:
            name = local(node)
            if name == "text-box":
                blocks = self._texts(node, element)
            elif name == "table":
                blocks = [f"<table>{''.join(rows_of(node, self.letters, 0))}</table>"]
            elif name == "object":
                blocks = self._chart(attribute(node, "href"))
            else:
                continue
            if blocks:
                return blocks
        return []

    def _texts(self, parent: Any, element: str, depth: int = 0) -> list[str]:
        """The paragraphs of a shape, those in lists too: a slide's outline is a list without marks of its own."""
        if depth > MAX_DEPTH:
            raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
        found: list[str] = []
        for node in parent:
            name = local(node)
            if name in ("p", "h"):
                text = inline(node, self.letters) if not _is_field(node) else ""
                found += [f"<{element}>{text}</{element}>"] if text.replace("<br>", "").strip() else []
            elif name in _LISTS:
                found += self._texts(node, element, depth + 1)
            elif name == "table":
                found.append(f"<table>{''.join(rows_of(node, self.letters, 0))}</table>")
        return found

    def _chart(self, target: str) -> list[str]:
        """The title and the figures of a chart that lies in the file."""
        self.charts += 1
        if self.charts > MAX_CHARTS or not target or "://" in target:
            return []
        root = self.package.part(f"{target.removeprefix('./').rstrip('/')}/content.xml")
        chart = child(root, "body", "chart", "chart")
        if chart is None:
            return []
        title = child(chart, "title")
        titles = [] if title is None else blocks_of(title, self.letters, 0)
        table = child(chart, "table")
        if table is not None:
            _show_percentages(root, chart, table)
        rows = [] if table is None else rows_of(table, self.letters, 0)
        return [*titles, f"<table>{''.join(rows)}</table>"] if rows else titles


def read_odp(raw: bytes) -> OfficeFile:
    """The slides in their order, hidden ones marked. Raises `UnreadableError`: `not_slides`, `too_deep`, those of `Package`."""
    package = Package(raw)
    root = package.part("content.xml")
    body = child(root, "body", "presentation")
    if body is None:
        raise UnreadableError("not_slides", {"part": "content.xml"})
    found, hidden = _Slides(package, root), _hidden_styles(root)
    sections: list[Section] = []
    slides: list[list[Shape]] = []
    for page in body:
        if local(page) != "page":
            continue
        before = len(found.letters.notes)
        shapes = ordered(found.shapes(page))
        notes = child(page, "notes")
        said = [] if notes is None else [block for shape in ordered(found.shapes(notes)) for block in shape.blocks]
        blocks = [f"<p>（注{place}）{note}</p>" for place, note in enumerate(found.letters.notes[before:], before + 1)]
        blocks += ["<p>（ノート）</p>", *said] if said else []
        title = next(("".join(shape.blocks) for shape in shapes if shape.title), "")
        sections.append(Section(plain(title), blocks, hidden=attribute(page, "style-name") in hidden))
        slides.append(shapes)
    without_feet(sections, slides, _height(package))
    return OfficeFile(next((section.title for section in sections if section.title), ""), sections)


def _show_percentages(root: Any, chart: Any, table: Any) -> None:
    """Write the figures of a chart's series as percentages where the chart shows them so; the file has shares of one."""
    shown = {
        attribute(style, "name"): number(attribute(child(style, "number"), "decimal-places"))
        for style in root.iter("{*}percentage-style")
    }
    formats = {attribute(style, "name"): attribute(style, "data-style-name") for style in root.iter("{*}style")}
    series = [formats.get(attribute(one, "style-name"), "") for one in chart.iter("{*}series")]
    for row in [row for part in table if local(part) == "table-rows" for row in part]:
        for cell, style in zip(list(row)[1:], series, strict=False):
            text, value = child(cell, "p"), attribute(cell, "value")
            if style in shown and text is not None and _DECIMAL.fullmatch(value):
                text.text = f"{float(value) * 100:.{min(shown[style], MOST_PLACES)}f}%"


def _is_field(paragraph: Any) -> bool:
    """Whether a paragraph is a page's number or a day that the program fills in, and nothing else."""
    fields = [node for node in paragraph.iter() if local(node) in _FIELDS]
    if not fields:
        return False
    told = "".join("".join(node.itertext()) for node in fields)
    return "".join(paragraph.itertext()).strip() == told.strip()


def _place(shape: Any) -> tuple[int, int]:
    """(top, left) of a shape; of one that is turned where it is moved to."""
    moved = _MOVED.search(attribute(shape, "transform"))
    left, top = moved.groups() if moved else (
        attribute(shape, "x") or attribute(shape, "x1"), attribute(shape, "y") or attribute(shape, "y1"),
    )  # fmt: skip
    return _length(top), _length(left)


def _length(text: str) -> int:
    found = _LENGTH.fullmatch(text.strip())
    return round(float(found[1]) * _UNITS[found[2]]) if found else 0


def _hidden_styles(root: Any) -> set[str]:
    """The styles of slides that are not shown."""
    return {
        attribute(style, "name")
        for style in root.iter("{*}style")
        if attribute(child(style, "drawing-page-properties"), "visibility") == "hidden"
    }


def _height(package: Package) -> int:
    """The height of a slide; 0 where the file does not say it."""
    styles = package.part("styles.xml")
    layouts = [] if styles is None else styles.iter("{*}page-layout-properties")
    return next((high for node in layouts if (high := _length(attribute(node, "page-height")))), 0)
