"""Raised digits of a PDF page: marks of notes and exponents, which would be further digits of the figure before them.

They are smaller than the character they stand beside and above its line. What is written instead is what pages and Office
files have there (`tekio.text.raised`): 1,234百万円（注1）, 10^6, m².
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from tekio.text.pdf.characters import Characters, IntArray, lines_of, listed, texts_of
from tekio.text.raised import note_numbers, placed_raised

SMALLER = 0.86
"""Size of a raised character at most, of the one that it stands beside: browsers take 0.83, Word two thirds."""
RAISED, HIGHEST = 0.2, 0.75
"""How far above the line its lower edge stands, in sizes of that character."""
NEAR = 0.6
CONTEXT = 20
"""Characters before and behind that tell what a raised one is."""
LONGEST = 12
_LETTERS = frozenset("ivx0123456789０１２３４５６７８９()（）[]［］※*＊注,、，・-−－")
_MARK = re.compile(
    r"[(（\[［]?(?:※|[*＊]|注)?[\-−－]?[0-9０-９]{1,3}(?:[,、，・][0-9０-９]{1,3})*[)）\]］]?|[(（\[［]?注[)）\]］]?|[ivx]{1,4}"
)


def raised_texts(page: Characters) -> dict[int, str]:
    """What raised characters are written as, by place; where several make one mark all but one are written as nothing.

    A note behind a figure stands behind its unit: the last character of the unit has it. page: in the order of the file.
    """
    order = np.flatnonzero(page.solid)
    if len(order) < 2:
        return {}
    places = listed(order)
    runs = list(_runs(page, places, _beside_larger(page, order)))
    if not runs:
        return {}
    gone = {places[at] for begin, end in runs for at in range(begin, end)}

    @cache
    def notes() -> frozenset[int]:
        rest = page.without(gone)
        return note_numbers(texts_of(rest, lines_of(rest)), [_text(page, places[begin:end]) for begin, end in runs])

    written: dict[int, str] = {}
    for begin, end in runs:
        before = _text(page, _line_before(page, places, begin))
        behind = _line_behind(page, places, end)
        text, unit = placed_raised(_text(page, places[begin:end]), before, _text(page, behind), notes)
        written |= dict.fromkeys(places[begin:end], "")
        if unit and len(_text(page, behind[:unit])) == unit:
            last = behind[unit - 1]
            written[last] = page.texts[last] + text
        else:
            written[places[begin]] = text
    return written


def _text(page: Characters, places: Sequence[int]) -> str:
    return "".join(page.texts[place] for place in places)


def _beside_larger(page: Characters, order: IntArray) -> list[int]:
    """Which of the characters stand raised beside the one before or behind them, among those that marks are made of: on most pages none."""
    size, bottom, x0, x1 = (edge[order] for edge in (page.size, page.bottom, page.x0, page.x1))
    gap, height = x0[1:] - x1[:-1], bottom[:-1] - bottom[1:]
    found = np.zeros(len(order), bool)
    for small, large, raised in ((slice(1, None), slice(None, -1), height), (slice(None, -1), slice(1, None), -height)):
        whole = size[large]
        found[small] |= (
            (size[small] <= SMALLER * whole)
            & (RAISED * whole < raised)
            & (raised < HIGHEST * whole)
            & (-0.3 * whole < gap)
            & (gap < NEAR * whole)
        )
    return listed(np.flatnonzero(found & page.which(_is_of_mark)[order]))


def _is_of_mark(text: str) -> bool:
    return text in _LETTERS


def _runs(page: Characters, places: Sequence[int], candidates: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(begin, end) of raised marks among the characters."""
    done = 0
    for candidate in candidates:
        if candidate < done:
            continue
        begin, end = candidate, candidate + 1
        while begin > done and _go_on(page, places[begin - 1], places[begin]):
            begin -= 1
        while end < len(places) and _go_on(page, places[end - 1], places[end]):
            end += 1
        if end - begin <= LONGEST and _MARK.fullmatch(_text(page, places[begin:end])):
            yield begin, end
        done = end


def _go_on(page: Characters, one: int, other: int) -> bool:
    """Whether two characters of one size follow each other on one line."""
    size = float(page.size[one])
    return bool(
        abs(page.size[other] - size) < 0.1 * size
        and abs(page.bottom[other] - page.bottom[one]) < 0.1 * size
        and -0.3 * size < page.x0[other] - page.x1[one] < NEAR * size
    )


def _line_before(page: Characters, places: Sequence[int], at: int) -> list[int]:
    """The places of the characters before a mark on its line."""
    found: list[int] = []
    last = places[at]
    for number in range(at - 1, max(at - 1 - CONTEXT, -1), -1):
        place = places[number]
        if page.x0[place] > page.x0[last] or abs(page.middle[place] - page.middle[last]) > page.size[place]:
            break
        found.append(place)
        last = place
    return found[::-1]


def _line_behind(page: Characters, places: Sequence[int], end: int) -> list[int]:
    """The places of the characters behind a mark on its line."""
    found: list[int] = []
    last = places[end - 1]
    for place in places[end : end + CONTEXT]:
        if page.x0[place] < page.x0[last] or abs(page.middle[place] - page.middle[last]) > page.size[place]:
            break
        if page.x0[place] - page.x1[last] > page.size[place]:
            break  # another cell
        found.append(place)
        last = place
    return found


def with_texts(page: Characters, written: Mapping[int, str]) -> Characters:
    """The characters with what some are written as; those written as nothing go, and the one before them reaches to their end."""
    if not written:
        return page
    kept = [place for place in range(len(page)) if written.get(place, "-")]
    texts, x1 = [written.get(place, page.texts[place]) for place in kept], page.x1.copy()
    for place in sorted(written, reverse=True):
        if not written[place] and place and x1[place] > page.x0[place - 1]:
            x1[place - 1] = max(x1[place - 1], x1[place])
    places = np.array(kept, np.int64)
    return Characters(texts, page.x0[places], x1[places], page.top[places], page.bottom[places])


def in_text(text: str, page: Characters, written: Mapping[int, str]) -> str:
    """`text`, the page's characters in their order and perhaps without some, with what some are written as.

    Unchanged where it holds another character than the page does.
    """
    if not written:
        return text
    order = listed(np.flatnonzero(page.solid))
    pieces: list[str] = []
    at = 0
    for character in text:
        if character.isspace():
            pieces.append(character)
            continue
        while at < len(order) and page.texts[order[at]] != character:
            at += 1
        if at == len(order):
            return text
        pieces.append(written.get(order[at], character))
        at += 1
    return "".join(pieces)
