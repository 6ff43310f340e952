"""Text whose every line is followed by an empty one, as double-spaced letters and converters leave it."""

from __future__ import annotations

import re
from itertools import pairwise

FEWEST_LINES = 8
FEWEST_CUT = 3
SHORT_LINES, SHORT_WIDTH = 4, 24
"""Lines of a short text, and characters of its full lines: two sentences cut where lines are full tell it from paragraphs."""
_SPACES = " \t\u3000\r"
_GOES_ON = re.compile("[ぁ-んー、。」』）]")
"""What the rest of a sentence begins with."""


def single_spaced(text: str) -> str:
    """`text` with one empty line less between its lines where every line has one behind it and sentences go on over them."""
    if "\n\n" not in text and "\n\r\n" not in text:
        return text
    lines = text.split("\n")
    filled = [place for place, line in enumerate(lines) if line.strip(_SPACES)]
    if len(filled) < SHORT_LINES:
        return text
    short = len(filled) < FEWEST_LINES
    beside = sum(1 for here, after in pairwise(filled) if after == here + 1)
    doubled = sum(1 for here, after in pairwise(filled) if after == here + 2)
    if beside > 0.02 * len(filled) or doubled < 0.7 * len(filled):
        return text
    widest = max(len(lines[place].rstrip(_SPACES)) for place in filled)
    if short and (beside or doubled < len(filled) - 1 or widest < SHORT_WIDTH):
        return text
    least = widest - 2 if short else 0.85 * widest
    long = [(here, after) for here, after in pairwise(filled) if len(lines[here].rstrip(_SPACES)) >= least]
    cut = sum(
        1
        for here, after in long
        if lines[here].rstrip(_SPACES)[-1] not in "。！？!?」』）" and _GOES_ON.match(lines[after])
    )
    if cut < (2 if short else FEWEST_CUT) or cut < (0.5 if short else 0.25) * len(long):
        return text  # paragraphs, each on a line
    kept = lines[: filled[0] + 1]
    for here, after in pairwise(filled):
        kept += lines[here + 2 : after + 1]
    return "\n".join(kept + lines[filled[-1] + 1 :])
