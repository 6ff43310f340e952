"""Lines of a PDF page that are printed over each other: a stamp over a sentence, a running head over the text.

Letters at nearly one height were taken for one line, which mixes the words of both. Where several of them stand on each other,
those of one height are a line of its own, else what the file draws at once; where neither parts them the line stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol


class Places(Protocol):
    """Letters of a page: their edges, the middles of their heights, what they say."""

    @property
    def x0(self) -> Sequence[float]: ...
    @property
    def x1(self) -> Sequence[float]: ...
    @property
    def middle(self) -> Sequence[float]: ...
    @property
    def texts(self) -> Sequence[str]: ...


LEVEL = 0.5
"""Points by which letters of one print may differ in height."""
FEWEST = 3
"""Letters on each other from which a line is two; a comma or a ligature may reach into its neighbour."""
ON = 0.4
"""Share of a letter's width that its neighbour covers at least."""


def parted(lines: list[list[int]], page: Places) -> list[list[int]]:
    """The lines (places of letters in the order of the file, from the left), those printed over each other apart."""
    found: list[list[int]] = []
    for line in lines:
        found += _apart(line, page) if _overlaps(line, page) >= FEWEST else [line]
    return found


def are_parted(lines: Sequence[Sequence[int]], middle: Sequence[float], size: Sequence[float]) -> bool:
    """Whether two of the lines stand at nearly one height: the text of the file has their letters mixed."""
    return any(
        abs(middle[here[0]] - middle[after[0]]) < ON * max(size[here[0]], size[after[0]])
        for here, after in pairwise(lines)
    )


def _overlaps(line: Sequence[int], page: Places) -> int:
    """How many letters of a line stand on the one before them."""
    count = 0
    for here, after in pairwise(line):
        over = page.x1[here] - page.x0[after]
        if over > 0 and over > ON * min(page.x1[here] - page.x0[here], page.x1[after] - page.x0[after]):
            texts = page.texts[here], page.texts[after]
            count += texts[0] != texts[1] and not any(map(str.isspace, texts))
    return count


def _apart(line: list[int], page: Places) -> list[list[int]]:
    """A line's letters by their height, or by what the file draws at once; the line itself where they are still on each other."""
    for groups in (_by_height(line, page), _by_print(line, page)):
        parts = [sorted(group, key=page.x0.__getitem__) for group in groups]
        if 1 < len(parts) <= FEWEST and not any(_overlaps(part, page) for part in parts):
            return sorted(parts, key=lambda part: page.middle[part[0]])
    return [line]


def _by_height(line: Sequence[int], page: Places) -> list[list[int]]:
    groups: list[list[int]] = []
    for place in sorted(line, key=page.middle.__getitem__):
        if not groups or page.middle[place] - page.middle[groups[-1][-1]] > LEVEL:
            groups.append([])
        groups[-1].append(place)
    return groups


def _by_print(line: Sequence[int], page: Places) -> list[list[int]]:
    """Runs of the file's order; those that do not cover each other are of one print: bold words within a sentence."""
    drawn = sorted(line)
    runs: list[list[int]] = [[drawn[0]]]
    for before, place in pairwise(drawn):
        if place - before > 1 or page.x0[place] < page.x0[before]:
            runs.append([])
        runs[-1].append(place)
    groups: list[list[int]] = []
    for run in runs:
        whole = (sorted([*group, *run], key=page.x0.__getitem__) for group in groups)
        fits = next((group for group, both in zip(groups, whole, strict=True) if not _overlaps(both, page)), None)
        if fits is None:
            groups.append(run)
        else:
            fits += run
    return groups
