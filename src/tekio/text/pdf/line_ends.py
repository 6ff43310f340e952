"""Which lines of a PDF page are full, and which begin a paragraph: known by where they stand.

Print is proportional: a line with Latin letters holds more characters than one without, so a count of characters does not
tell whether a word more would have fitted. The page does. The margin is where lines of a part of the page (a column, a box)
end together; pages with few lines take that of the file's others. A paragraph begins further in than the lines before it, or
further below them, in a file that sets its paragraphs apart so: where a line that is not full ends a sentence, the next begins one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from tekio.text.line_form import CLOSING, ENDS, OPENING, PROSE, STOPS, Line

LONG, SHORT = 12.0, 5.0
"""Width in characters of a line that tells where the margin is, and in a narrow column of prose."""
RAGGED = 1.2
"""Characters by which full lines may end before the margin where nothing justifies them."""
EXACT = 0.25
"""The same where they are justified."""
SLACK = 0.35
"""Characters that may lack beyond the next word for a line to be full."""
OFTEN = 0.1
"""Share of long lines that end at the margin, at least."""
HALF, FULL = 0.5, 0.7
"""Share of the lines inside a sentence that must be full at a page's margin, and at that of a box."""
FAR_IN = 0.4
"""Share of the width behind which a line begins that is set to the right, as the date of a letter."""
LONGEST_WORD = 24
"""Characters of a word that programs do not break."""
BEHIND_PAGE = 3.0
"""Characters that the next page's first word is taken to be long."""
BEYOND = 0.05
"""Share of lines that may reach beyond a margin."""
LARGE = 1.15
"""Size of a heading's print at least, of the text's."""
OTHER_SIZE = 0.08
"""Difference in size from which the next line is another text: a note below the page's."""
INDENTED, BELOW = 0.6, 1.3
"""How far in a paragraph begins, in characters, or how far below the line before it, in line distances."""
TOLD = 0.8
"""Share of the lines behind sure ends of paragraphs that must show so."""
FEWEST_PARAGRAPHS = 3
TAIL = 10
"""Characters at a line's end by which it is found where another reading begins it elsewhere."""


_SENTENCES = re.compile("[、。，．､｡]|[a-z]{12}")
"""What lines of sentences hold: a mark between their parts, or more Latin letters (without white space) than a word has."""


@dataclass(frozen=True)
class PlacedLine:
    """A line in reading order. text: without white space. part: number of the part of the page that it stands in.

    x0, x1: where it begins and ends; y: its height on the page; size: of its characters; first: width of its first word. In points.
    """

    text: str
    part: int
    x0: float
    x1: float
    y: float
    size: float
    first: float

    def told(self) -> list[Any]:
        """As the process that reads writes it."""
        return [self.text, self.part, *(round(value, 1) for value in (self.x0, self.x1, self.y, self.size, self.first))]


@dataclass(frozen=True)
class Boxes:
    """The characters of a page as lists: texts, where they begin and end, their heights on the page and sizes."""

    texts: Sequence[str]
    x0: Sequence[float]
    x1: Sequence[float]
    middle: Sequence[float]
    size: Sequence[float]

    def line(self, text: str, part: int, places: Sequence[int]) -> PlacedLine | None:
        """The line of characters at some places, from left to right; None for one of blanks. text: as it is written."""
        first, last = 0, len(places) - 1
        while first <= last and not self.texts[places[first]].strip():
            first += 1
        while last > first and not self.texts[places[last]].strip():
            last -= 1
        if first > last:
            return None
        whole = "".join(text.split())
        word = places[min(first + max(_first_word(text.lstrip()), 1) - 1, last)]
        middle, begin = places[(first + last) // 2], places[first]
        x0 = self.x0[begin]
        return PlacedLine(
            whole, part, x0, self.x1[places[last]], self.middle[middle], self.size[middle], self.x1[word] - x0
        )


_TOKEN = re.compile("[!-~]+")


def _first_word(text: str) -> int:
    """How many characters of a line could not have been split off: a word or figure, or one with the marks that cling to it."""
    if text.startswith(("http", "(http", "<http")):
        return 1  # programs break addresses
    text, end = text[: LONGEST_WORD + 2], 0
    while end < len(text) and text[end] in OPENING:
        end += 1
    word = _TOKEN.match(text, end)
    end = word.end() if word else min(end + 1, len(text))
    while end < len(text) and text[end] in CLOSING:
        end += 1
    return min(end, LONGEST_WORD)


@dataclass(frozen=True)
class LineEnds:
    """Whether lines are full and whether they begin a paragraph, by their text; of lines that stand on pages both so and
    otherwise nothing is told. tails: the first by the line's end. sizes: of their print; body: of the text's.
    """

    full: dict[str, bool]
    tails: dict[str, bool]
    starts: dict[str, bool]
    sizes: dict[str, float]
    body: float

    def is_full(self, line: str) -> bool | None:
        """Whether nothing more fitted into a line; None where its place is not known."""
        text = "".join(line.split())
        found = self.full.get(text)
        return self.tails.get(text[-TAIL:]) if found is None and len(text) >= TAIL else found

    def begins(self, line: str) -> bool | None:
        """Whether a line begins a paragraph; None where the file does not show it."""
        return self.starts.get("".join(line.split()))

    def are_parted(self, line: str, following: str) -> bool:
        """Whether one of two lines is in larger print than the text and the other is not: a heading and what it heads."""
        one, other = (self.sizes.get("".join(text.split()), self.body) for text in (line, following))
        return max(one, other) >= LARGE * self.body and abs(one - other) > OTHER_SIZE * max(one, other)


def line_ends(pages: Iterable[Sequence[PlacedLine]]) -> LineEnds:
    """Which lines of a file's pages are full, and which begin paragraphs."""
    parts: list[list[PlacedLine]] = []
    for page in pages:
        of: defaultdict[int, list[PlacedLine]] = defaultdict(list)
        for line in page:
            of[line.part].append(line)
        parts += of.values()
    margins = [_wrapping(part, _margin(part), HALF) for part in parts]
    common = _common(parts, margins)
    full = [_full(part, _of_file(part, margin, common)) for part, margin in zip(parts, margins, strict=True)]
    starts = [_starts(part) for part in parts]
    ends = [(line.text, is_full) for part, told in zip(parts, full, strict=True) for line, is_full in zip(part, told, strict=True)]  # fmt: skip
    tails = [(text[-TAIL:], is_full) for text, is_full in ends if len(text) >= TAIL]
    begun = [(line.text, start) for part, told in zip(parts, starts, strict=True) for line, start in zip(part, told, strict=True)]  # fmt: skip
    shown = _shows_paragraphs(parts, full, starts)
    lines = [line for part in parts for line in part]
    body = median([line.size for line in lines for _ in range(min(len(line.text), LONGEST_WORD))]) if lines else 0.0
    sizes = {line.text: line.size for line in lines if line.size >= LARGE * body}
    return LineEnds(_agreed(ends), _agreed(tails), _agreed(begun) if shown else {}, sizes, body)


def _starts(part: Sequence[PlacedLine]) -> list[bool]:
    """Which lines of a part begin a paragraph by their place: further in than the line before, further below it, or back from
    lines that are set in.
    """
    if not part:
        return []
    steps = [after.y - here.y for here, after in pairwise(part) if after.y - here.y > 0.5 * here.size]
    pitch = median(steps) if steps else 0.0
    left = min(line.x0 for line in part)
    found: list[bool] = []
    for number, line in enumerate(part):
        before = part[number - 1] if number else None
        after = part[number + 1] if number + 1 < len(part) else None
        reach = INDENTED * line.size
        if before is None:
            found.append(line.x0 - left >= reach and (after is None or after.x0 <= line.x0 - reach))
            continue
        hangs = Line(before.text).mark > 0
        apart = line.y - before.y > BELOW * pitch or line.y < before.y or _is_other(before, line)
        further_in = line.x0 - before.x0 >= reach and not hangs
        first = line.x0 - left >= reach and (after is None or after.x0 <= line.x0 - reach)
        back = before.x0 - line.x0 >= reach and not found[-1]
        found.append(apart or further_in or first or back)
    return found


def _shows_paragraphs(
    parts: Sequence[Sequence[PlacedLine]], full: Sequence[Sequence[bool | None]], starts: Sequence[Sequence[bool]]
) -> bool:
    """Whether lines behind a short one that ends a sentence show by their place that they begin a paragraph."""
    seen = shown = 0
    for part, ends, begins in zip(parts, full, starts, strict=True):
        for number, (line, after) in enumerate(pairwise(part)):
            if ends[number] is False and line.text[-1] in STOPS and not Line(after.text).mark:
                seen, shown = seen + 1, shown + begins[number + 1]
    return seen >= FEWEST_PARAGRAPHS and shown >= TOLD * seen


def _agreed(told: Iterable[tuple[str, bool | None]]) -> dict[str, bool]:
    found: dict[str, bool | None] = {}
    for text, full in told:
        found[text] = full if found.get(text, full) is full else None
    return {text: full for text, full in found.items() if full is not None}


def _margin(lines: Sequence[PlacedLine], least: float = LONG) -> float | None:
    """Where the lines of a part end together: the place furthest to the right at which several long ones do."""
    long = sorted((line.x1, line.size) for line in lines if line.x1 - line.x0 >= least * line.size)
    ends = [x1 for x1, _ in long]
    few = max(2.0, OFTEN * len(long))
    for number in range(len(long) - 1, -1, -1):
        x1, size = long[number]
        near = ends[bisect_left(ends, x1 - RAGGED * size) : number + 1]
        if len(near) >= few:
            # Hanging punctuation stands beyond the margin, and where lines are justified most end at one place.
            alike = [bisect_right(near, x + EXACT * size) - bisect_left(near, x - EXACT * size) for x in near]
            return max(zip(alike, near, strict=True))[1]
    return None


def _common(parts: Sequence[Sequence[PlacedLine]], margins: Sequence[float | None]) -> list[float]:
    """The margins that many lines of the file stand beside."""
    beside: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for part, margin in zip(parts, margins, strict=True):
        if margin is not None:
            beside[round(margin / part[0].size)].append((margin, len(part)))
    counts = {key: sum(lines for _, lines in told) for key, told in beside.items()}
    least = OFTEN * sum(counts.values())
    return [median(margin for margin, _ in beside[key]) for key, lines in counts.items() if lines >= least]


def _wrapping(lines: Sequence[PlacedLine], margin: float | None, share: float) -> float | None:
    """A margin if lines are wrapped at it: so many of those that end inside a sentence are full there. Short lines end together by chance, too."""
    if margin is None or sum(line.x1 > margin + RAGGED * line.size for line in lines) > BEYOND * len(lines):
        return None
    left = min(line.x0 for line in lines)
    inside = [
        (line, after)
        for line, after in pairwise(lines)
        if line.text[-1] not in ENDS and (_SENTENCES.search(line.text) or _SENTENCES.search(after.text))
    ]
    full = sum(_is_full(line, after, left, margin) for line, after in inside)
    return margin if full >= 2 and full >= share * len(inside) else None


def _of_file(part: Sequence[PlacedLine], margin: float | None, common: Sequence[float]) -> float | None:
    """The margin of a part: the file's that is its own, or that its lines do not reach beyond.

    A part beyond all of them, such as a page laid across, has its own.
    """
    reach = max(line.x1 for line in part) if margin is None else margin
    beyond = [place for place in common if place >= reach - (RAGGED + EXACT) * part[0].size]
    return min(beyond) if beyond else margin


def _full(part: Sequence[PlacedLine], margin: float | None) -> list[bool | None]:
    """Which lines of a part are full; None of those whose margin is not known."""
    own = _box_margins(part, margin)
    left = min(line.x0 for line in part)
    told: list[bool | None] = []
    for number, line in enumerate(part):
        low, high = own.get(number, (left, margin))
        after = part[number + 1] if number + 1 < len(part) else None
        told.append(None if high is None else _is_full(line, after, low, high))
    return told


def _is_full(line: PlacedLine, following: PlacedLine | None, left: float, margin: float) -> bool:
    first = BEHIND_PAGE * line.size if following is None or _is_other(line, following) else following.first
    return line.x1 + first > margin - SLACK * line.size and line.x0 - left <= FAR_IN * (margin - left)


def _is_other(line: PlacedLine, following: PlacedLine) -> bool:
    return abs(following.size - line.size) > OTHER_SIZE * line.size


def _box_margins(part: Sequence[PlacedLine], margin: float | None) -> dict[int, tuple[float, float]]:
    """The (left, right) margins of lines that stand in a box of their own, narrower than the page: a note in a frame, a quotation."""
    found: dict[int, tuple[float, float]] = {}
    for run in _runs(part, margin):
        lines = [part[number] for number in run]
        if sum(PROSE.search(line.text) is not None for line in lines) < FULL * len(lines):
            continue
        if (own := _wrapping(lines, _margin(lines, SHORT), FULL)) is not None:
            found |= dict.fromkeys(run, (min(line.x0 for line in lines), own))
    return found


def _runs(part: Sequence[PlacedLine], margin: float | None) -> list[list[int]]:
    """Runs of three lines or more, one below the other, that all end before the margin."""
    runs: list[list[int]] = []
    for number, line in enumerate(part):
        if margin is not None and line.x1 > margin - (RAGGED + SLACK) * line.size:
            runs.append([])
        elif runs and runs[-1] and abs(line.x0 - part[runs[-1][-1]].x0) <= 3 * line.size:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [run for run in runs if len(run) >= 3]
