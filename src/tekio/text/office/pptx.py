"""Slides (.pptx) as HTML: shapes in reading order (top to bottom, left to right), tables, groups, speaker's notes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (python-pptx is not fully typed)

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from tekio.text.office.package import check_package, page, tag
from tekio.text.unreadable import UnreadableError

ROW = 300_000
"""Shapes whose tops differ by less (in English Metric Units, 914,400 an inch) stand in one row."""


def pptx_html(raw: bytes) -> str:
    """The slides as HTML, one `section` a slide. Raises `UnreadableError`."""
    check_package(raw, part="ppt/presentation.xml")
    from lxml.etree import LxmlError
    from pptx import Presentation
    from pptx.exc import PackageNotFoundError

    try:
        presentation = Presentation(io.BytesIO(raw))
        slides = list(presentation.slides)
    except (PackageNotFoundError, KeyError, ValueError, LxmlError, AttributeError) as error:
        raise UnreadableError("damaged", {"error": f"{type(error).__name__}: {error}"[:200]}) from error
    body: list[str] = []
    for slide in slides:
        title = slide.shapes.title
        shown = [tag("h2", title.text_frame.text)] if title is not None and title.text_frame.text.strip() else []
        for shape in _ordered(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                shown.extend(_shape(shape))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            shown.extend(_paragraphs(slide.notes_slide.notes_text_frame))
        body.append(f"<section>{''.join(shown)}</section>")
    return page(presentation.core_properties.title or "", body)


def _ordered(shapes: Any) -> list[Any]:
    """By rows of the slide, each from left to right."""
    placed = sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))
    rows: list[list[Any]] = []
    for shape in placed:
        if rows and (shape.top or 0) - (rows[-1][0].top or 0) < ROW:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda shape: shape.left or 0)]


def _shape(shape: Any) -> Iterator[str]:
    if shape.shape_type is not None and shape.shape_type == 6:  # a group
        for inner in _ordered(shape.shapes):
            yield from _shape(inner)
    elif getattr(shape, "has_table", False) and shape.has_table:
        yield _table(shape.table)
    elif getattr(shape, "has_text_frame", False) and shape.has_text_frame:
        yield from _paragraphs(shape.text_frame)


def _paragraphs(frame: Any) -> Iterator[str]:
    for paragraph in frame.paragraphs:
        text = "".join(run.text for run in paragraph.runs) or paragraph.text
        if text.strip():
            yield tag("p", text)


def _table(table: Any) -> str:
    lines: list[str] = []
    for number, row in enumerate(table.rows):
        cells: list[str] = []
        for cell in row.cells:
            if cell.is_spanned:
                continue
            spans = f' colspan="{cell.span_width}" rowspan="{cell.span_height}"' if cell.is_merge_origin else ""
            cells.append(tag("th" if number == 0 and table.first_row else "td", cell.text_frame.text, spans))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>"
