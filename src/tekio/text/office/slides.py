"""What the readers of slides share: shapes with their places, in the order a person reads them, without what stands at every slide's foot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tekio.text.office.package import Section

ROW = 150_000
"""Shapes whose tops differ by less (in English Metric Units, 914,400 an inch) stand in one row: about 4 mm."""
FOOT = 0.85
"""How far down a slide its foot begins, of its height."""


@dataclass(frozen=True)
class Shape:
    """A shape of a slide: whether it is the title, its place from the top and the left in English Metric Units, its HTML."""

    title: bool
    top: int
    left: int
    blocks: list[str]


def ordered(shapes: Iterable[Shape]) -> list[Shape]:
    """The title, then by rows of the slide, each from left to right."""
    rows: list[list[Shape]] = []
    for shape in sorted(shapes, key=lambda shape: (not shape.title, shape.top, shape.left)):
        if rows and rows[-1][0].title == shape.title and shape.top - rows[-1][0].top < ROW:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda shape: shape.left)]


def without_feet(sections: Sequence[Section], slides: Sequence[Sequence[Shape]], height: int) -> None:
    """Put the shapes of each slide into its section, before its notes, but for what stands at the foot of most. height: of a slide."""
    feet = _feet(slides, FOOT * height)
    for place, (section, shapes) in enumerate(zip(sections, slides, strict=True)):
        kept = [shape for shape in shapes if (shape.top, *shape.blocks) not in feet[place]]
        section.blocks[:0] = [block for shape in kept for block in shape.blocks]


def _feet(slides: Sequence[Sequence[Shape]], edge: float) -> list[set[tuple[int | str, ...]]]:
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


def plain(markup: str) -> str:
    """The text of a title on one line."""
    from tekio.text.html import block_text, parse_html_text

    return " ".join(block_text(parse_html_text(markup)).split("\n"))[:300] if markup else ""
