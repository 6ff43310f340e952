"""Running heads and feet of pages, also those that change with the chapter: known by where they stand.

A head stands at the same height on most pages, apart from the text below it or in smaller print, and says something that
comes again or carries the page's number. A title in larger print that changes by page, as on slides, is none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tekio.text.form_labels import is_form_label
from tekio.text.pdf.characters import Characters, texts_of

LINES = 2
"""Lines at either edge of a page that may be a head."""
APART = 1.35
"""Distance to the text, in line distances of the page, from which a line stands apart."""
SMALLER = 0.92
LARGER = 1.08
LONGEST = 60
SAME_PLACE = 4.0
"""Points."""
FEWEST_PAGES = 3


@dataclass(frozen=True)
class Edge:
    """A line at an edge of a page. place: its height from that edge in points. apart: whether it stands apart from the text.

    size: of its characters, as a share of the text's.
    """

    text: str
    top: bool
    place: float
    apart: bool
    size: float


def edges_of(page: Characters, lines: Sequence[Sequence[int]], height: float) -> list[Edge]:
    """The first and last lines of a page. lines: the places of its characters by line. height: of the page."""
    solid = (page.x1 > page.x0) & (page.bottom > page.top)
    if not solid.all():
        lines = [[place for place in line if solid[place]] for line in lines]
        lines = [line for line in lines if page.solid[line].any()]
    if len(lines) < LINES + 2:
        return []
    body = median(page.size[[place for line in lines for place in line]].tolist())
    begins = page.middle[[line[0] for line in lines]].tolist()
    pitch = median(after - before for before, after in pairwise(begins))
    last = len(lines) - 1
    inwards = {number: number + 1 for number in range(LINES)} | {
        last - number: last - number - 1 for number in range(LINES)
    }
    texts = dict(zip(inwards, texts_of(page, [lines[number] for number in inwards]), strict=True))
    found: list[Edge] = []
    for top, side in ((True, range(LINES - 1, -1, -1)), (False, range(last - LINES + 1, last + 1))):
        apart = False
        for number in side:
            line = lines[number]
            # The first of two lines of a head stands with the second.
            apart = apart or abs(begins[inwards[number]] - begins[number]) >= APART * pitch
            middle = median(page.middle[line].tolist())
            size = median(page.size[line][page.solid[line]].tolist()) / body
            text = "".join(texts[number].split())
            found.append(Edge(text, top, middle if top else height - middle, apart, size))
    return found


def running_heads(pages: Sequence[Sequence[Edge]]) -> list[set[str]]:
    """For every page the texts (without white space) of its lines that are running heads or feet."""
    found: list[set[str]] = [set() for _ in pages]
    groups: defaultdict[tuple[bool, int], list[tuple[int, Edge]]] = defaultdict(list)
    for number, edges in enumerate(pages):
        for edge in edges:
            if (edge.apart or edge.size <= SMALLER) and edge.size <= LARGER and _may_be_head(edge.text):
                groups[edge.top, round(edge.place / SAME_PLACE)].append((number, edge))
    for (top, place), group in groups.items():
        near = [*group, *groups.get((top, place + 1), []), *groups.get((top, place - 1), [])]
        on = {number for number, _ in near}
        if len(on) < max(FEWEST_PAGES, len(pages) / 2):
            continue
        texts: defaultdict[str, set[int]] = defaultdict(set)
        for number, edge in near:
            texts[_masked(edge.text)].add(number)
        counting = _counts_up(near)
        for number, edge in group:
            if len(texts[_masked(edge.text)]) > 1 or edge.size <= SMALLER or counting:
                found[number].add(edge.text)
    for number, text in _numbered_small_print(pages):
        found[number].add(text)
    # Pages with little on them show no edges; what stands on several others is their head too.
    counts = Counter(text for texts in found for text in texts)
    common = {text for text, pages_with in counts.items() if pages_with >= FEWEST_PAGES}
    return [texts | common for texts in found]


def _numbered_small_print(pages: Sequence[Sequence[Edge]]) -> list[tuple[int, str]]:
    """Lines in small print over the text whose first or last figure is the page's number, on two pages at least.

    Heads of left and right pages (「2 年次報告」「第2章 貸出の状況 3」) of a file that is too short for others to come again.
    """
    told: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for number, edges in enumerate(pages):
        for edge in edges:
            if edge.top and edge.size <= SMALLER and _may_be_head(edge.text):
                figures = re.match("[0-9０-９]{1,4}", edge.text), re.search("[0-9０-９]{1,4}$", edge.text)
                for figure in {int(match[0]) for match in figures if match}:
                    told[figure - number].append((number, edge.text))
    for lines in told.values():
        if len({number for number, _ in lines}) > 1:
            return lines
    return []


def without_heads(text: str, heads: set[str]) -> tuple[str, int]:
    """(a page's text without the lines that are its heads, how many were taken out)."""
    if not heads:
        return text, 0
    lines = text.split("\n")
    left = set(heads)
    gone: set[int] = set()
    filled = [number for number, line in enumerate(lines) if line.strip()]
    places = list(dict.fromkeys((*filled[: 2 * LINES], *filled[-2 * LINES :])))
    # A head that stands there whole has no pieces: a chapter's title below it is the chapter's.
    pieces = left - {"".join(lines[number].split()) for number in places}
    for number in places:
        bare = "".join(lines[number].split())
        if bare in left or any(
            len(head) > len(bare) and (head.startswith(bare) or head.endswith(bare)) for head in pieces
        ):
            gone.add(number)
    return "\n".join(line for number, line in enumerate(lines) if number not in gone), len(gone)


def _may_be_head(text: str) -> bool:
    return (
        0 < len(text) <= LONGEST
        and not is_form_label(text)
        and text[-1] not in "。、"
        and not re.fullmatch(r"[\d０-９,.]{5,}", text)
    )


def _masked(text: str) -> str:
    return re.sub("[0-9０-９]+", "0", text)


def _counts_up(lines: Sequence[tuple[int, Edge]]) -> bool:
    """Whether a number in the lines is the page's: it grows as the pages do."""
    differences: defaultdict[int, set[int]] = defaultdict(set)
    for number, edge in lines:
        for figure in re.findall("[0-9０-９]{1,4}", edge.text):
            differences[int(figure) - number].add(number)
    most = max((len(pages) for pages in differences.values()), default=0)
    return most >= max(FEWEST_PAGES, 0.7 * len({number for number, _ in lines}))
