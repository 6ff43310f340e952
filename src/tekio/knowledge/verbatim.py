"""What a row has word for word from its passage: there a fact cannot be another's, however like it other places are."""

from __future__ import annotations

import re
from collections.abc import Callable

from tekio.knowledge.facts import Fact, name_value

LONG_RUN = 40
"""Letters around a fact that stand in the passage as they stand in the row: two places that are alike differ before that."""
_SHORTEST_SENTENCE = 15
_SENTENCE = re.compile(r"[^。\n「」『』]+。?")
_PARAGRAPH = re.compile(r"[ \u3000]*([0-9０-９]{1,2})[ \u3000]")


def is_verbatim(fact: Fact, text: str, folded: str) -> bool:
    """Whether a fact stands in a long run of letters (`LONG_RUN`) that the passage has. folded: the passage in the compared form."""
    before, word, after = (
        name_value(part) for part in (text[: fact.start], text[fact.start : fact.end], text[fact.end :])
    )
    left = _most(len(before), lambda size: before[len(before) - size :] + word in folded)
    start = before[len(before) - left :] + word
    right = _most(len(after), lambda size: start + after[:size] in folded)
    return len(start) + right >= LONG_RUN


def _most(longest: int, stands: Callable[[int], bool]) -> int:
    """The greatest size that stands; what stands with more letters stands with fewer."""
    low, high = 0, min(longest, LONG_RUN)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if stands(middle) else (low, middle - 1)
    return low


def stands_in_paragraph(text: str, passage: str, number: int) -> bool:
    """Whether a sentence of a row, or its end, stands word for word in that paragraph of the passage (2　前項の… is the second, one without a number the first)."""
    for match in _SENTENCE.finditer(text):
        said = match[0].strip()
        place = passage.find(said)
        while place < 0 and len(said) >= _SHORTEST_SENTENCE:
            said = said.partition("、")[2]  # 第三条第2項によれば、…
            place = passage.find(said)
        while len(said) >= _SHORTEST_SENTENCE and place >= 0:
            found = _PARAGRAPH.match(passage[passage.rfind("\n", 0, place) + 1 : place + 1])
            if (int(found[1]) if found else 1) == number:
                return True
            place = passage.find(said, place + 1)
    return False


def alike_from_start(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    if one[:1] != other[:1]:
        return 0
    alike = 0
    for here, there in zip(one, other, strict=False):
        if here != there:
            break
        alike += 1
    return alike
