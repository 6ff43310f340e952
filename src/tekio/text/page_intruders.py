"""The number and the head of a page that stand in a sentence: between a full line that does not end it and its rest.

Only where lines are wrapped at one width, and only short lines of which one is or holds a page number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tekio.text.form_labels import is_form_label

MOST_LINES = 4
FEWEST_FULL = 4
"""Full lines that do not end a sentence, from which a text is taken for wrapped."""
LONGEST = 40
_SPACES = " \t\u3000\r"
_ENDS = "。．！？!?」』）】〕］｝〉》…：:;；"
_SPREAD = re.compile("[ \u3000]{3,}")
_DIGITS = "[0-9０-９]{1,4}|[〇一二三四五六七八九十]{1,3}|[ivxlⅰ-ⅹ]{1,5}"
_NUMBER = re.compile(rf"[\-－―—–‐]?[ \u3000]*(?:{_DIGITS})[ \u3000]*[\-－―—–‐]?$")
_HEAD_AND_NUMBER = re.compile(rf".*\S(?:\u3000|[ \u3000]{{2,}}| (?=[0-9]))(?:{_DIGITS})$|(?:{_DIGITS})[ \u3000]+\S.*$")
_TWO_PARTS = re.compile(r".*\S[ \u3000]{3,}\S")
"""A line whose one part stands to the left of a page and the other to the right."""
_OF_PAGES = re.compile(r".*\S[ \u3000]{3,}[0-9０-９]{1,4}[ \u3000]*[/／][ \u3000]*[0-9０-９]{1,4}$")
_GOES_ON = re.compile("[ぁ-んァ-ヶー一-龥々、。，」』）0-9０-９,.，．A-Za-z％%]")
_NEW = re.compile(
    r"[・●○◎◆◇■□※＊*【［《≪〔\[]|[(（][0-9０-９一二三四五六七八九十ア-ン]{1,3}[)）]|[0-9０-９]{1,3}[、\u3000 ]|[0-9]{1,3}[.．](?![0-9])|[①-⑳]"
    r"|第[0-9０-９一二三四五六七八九十百]+[章節条款項編部]"
)


@dataclass(frozen=True)
class Intruders:
    """The places of lines that are page numbers (or hold one), and of the others beside them."""

    numbers: set[int] = field(default_factory=set[int])
    heads: set[int] = field(default_factory=set[int])


def intruders(lines: Sequence[str], known: set[int]) -> Intruders:
    """The lines of pages that stand inside sentences. known: places of breaks that are known, beside which heads are looked for."""
    found = Intruders()
    widths = sorted(
        _columns(line) for line in dict.fromkeys(lines) if _is_open(line)
    )  # one line again and again is no text
    if len(widths) < FEWEST_FULL:
        return found
    width = widths[int(0.9 * (len(widths) - 1))]
    if sum(1 for one in widths if one >= width - 4) < max(FEWEST_FULL, 0.5 * len(widths)):
        return found
    for place, line in enumerate(lines):
        if not _is_open(line) or not width - 4 <= _columns(line) <= width + 4:
            continue
        block = _block(lines, place, width)
        if not block:
            continue
        if breaks := known.intersection(range(place, block[-1] + 3)):
            if breaks <= set(range(place + 1, block[-1] + 1)):
                found.heads.update(set(block) - breaks)
            continue
        numbers = {at for at in block if _NUMBER.match(_body(lines[at]))}
        numbers |= {at for at in block if _HEAD_AND_NUMBER.match(_body(lines[at])) and len(block) == 1}
        numbers |= {at for at in block if _OF_PAGES.match(_body(lines[at]))}
        if numbers:
            found.numbers.update(numbers)
            found.heads.update(set(block) - numbers)
    return found


def _block(lines: Sequence[str], place: int, width: int) -> list[int]:
    """The short lines between the full line at `place` and the rest of its sentence; empty where that does not follow."""
    block: list[int] = []
    for at in range(place + 1, min(place + 2 * MOST_LINES + 2, len(lines))):
        body = _body(lines[at])
        if not body or lines[at] == "\f":
            continue
        if block and _is_rest(lines[place], lines[at], width):
            return block
        words, parted = _SPREAD.sub("\u3000", body), _TWO_PARTS.match(body) is not None
        short = len(words) <= LONGEST and _columns(words) < 0.8 * width and body[-1] not in "。、，」』"
        if not short or len(block) == MOST_LINES or (_NEW.match(body) and not parted) or is_form_label(body):
            return []
        block.append(at)
    return []


def _is_rest(line: str, rest: str, width: int) -> bool:
    """Whether `rest` is what a sentence goes on with: it ends one, or is as long as full lines are, and begins nothing."""
    body = _body(rest)
    if _NUMBER.match(body) or not _GOES_ON.match(body) or _NEW.match(body):
        return False
    here, there = len(rest) - len(rest.lstrip(_SPACES)), len(line) - len(line.lstrip(_SPACES))
    if here > there and not _NEW.match(_body(line)):
        return False
    if here == 1 and rest[0] == "\u3000":
        return False  # a paragraph begins
    return body[-1] in "。」" or _columns(rest) >= width - 4


def _body(line: str) -> str:
    return line.strip(_SPACES)


def _columns(line: str) -> int:
    line = line.rstrip(_SPACES)
    return (len(line.encode("utf-8", "surrogatepass")) + len(line)) // 2


def _is_open(line: str) -> bool:
    body = _body(line)
    return len(body) >= 10 and body[-1] not in _ENDS and re.search("[ぁ-んァ-ヶ]", body) is not None
