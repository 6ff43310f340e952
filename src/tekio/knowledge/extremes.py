"""Whether a row takes the other end: what is the most, where the passage says of it that it is the least, or where it is the least of what it is told with.

Read are the superlative in the answer's clause (8月が最も低く), the values of the answer's sentence (A 62機, B 274機, C 504機), and the ends of a range (10時間から12時間).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tekio.knowledge.choices import bare, content
from tekio.knowledge.degrees import NOT, Degree, degrees_in, superlatives_in
from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import kanji_number, name_value
from tekio.knowledge.sizes import Size, units_asked

_NOT_THE_FIRST = re.compile(r"除[いくき]|以外|の次|次い|次に")
_RANK = re.compile(r"([2-9２-９二三四五六七八九])(?:番目|位|つ目)に[^、。\n]{0,6}?$")
_CLAUSE_ENDS = re.compile(r"[、。\n（()）]|(?<=最[長短多少高低大小])で")
_RANGE = re.compile(r"[一-龥°]?C?(?:から|[~～–-])")
_NEXT_TO = re.compile(r"に(?:は)?次[いぐ]")
_ABOUT = re.compile(r"[約およそ]*")
_BETWEEN = re.compile(r"[、。]")
_FAR_BEHIND, _FAR_BEFORE = 14, 4
_LEAST_OTHERS = 2
"""Values beside the answer's own from which they are read as a list."""


def other_extreme(question: str, answer: str, passage: str, sizes: Sequence[Size]) -> tuple[bool | None, str]:
    """(whether the answer is at the end that the question asks for, what shows it). None: it is not known."""
    asked, told = _asked(question), bare(answer)
    if asked is None or not told:
        ranked = _ranked(question)
        return _in_list(*ranked, question, told, passage, sizes) if ranked and told else (None, "")
    in_clause = {degree.way: degree.word for degree in _in_clauses(asked, told, passage)}
    if len(in_clause) == 1:
        way, word = next(iter(in_clause.items()))
        return way == asked.way, word
    if asked.is_of_time:
        return None, ""
    if (other := _other_end(asked, told, passage, sizes)) is not None:
        return False, other
    return _in_list(asked, 1, question, told, passage, sizes)


def _asked(question: str) -> Degree | None:
    """The superlative of a question that has no other."""
    told = [*superlatives_in(question)]
    if not told or len({(one.way, one.family) for one in told}) > 1 or _NOT_THE_FIRST.search(question):
        return None
    return None if NOT.match(question, told[-1].end) or NOT.match(question, told[-1].end + 1) else told[-1]


def _ranked(question: str) -> tuple[Degree, int] | None:
    """The word of degree that a question ranks by, and the rank: 2番目に少ない."""
    degrees = [*degrees_in(question)]
    if len(degrees) != 1 or degrees[0].is_of_time or _NOT_THE_FIRST.search(question):
        return None
    rank = _RANK.search(question, 0, degrees[0].start)
    return (degrees[0], kanji_number(name_value(rank[1])) or 1) if rank else None


def _in_clauses(asked: Degree, answer: str, passage: str) -> Iterator[Degree]:
    """The superlatives that stand with the answer in a clause, the one behind it first."""
    told = [
        one
        for one in superlatives_in(passage, bulk=asked.is_of_amount)
        if one.family == asked.family or (one.is_of_amount and asked.is_of_amount)
    ]
    for match in re.finditer(re.escape(answer), passage):
        first, last = sentence_at(passage, match.start())
        here = [one for one in told if first <= one.start < last]
        behind = [
            one for one in here if one.start >= match.end() and not _CLAUSE_ENDS.search(passage, match.end(), one.start)
        ]
        before = [
            one for one in here if one.end <= match.start() and not _CLAUSE_ENDS.search(passage, one.end, match.start())
        ]
        if _NEXT_TO.match(passage, match.end()):  # ミュンヘンに次いで雪の多い
            yield from (
                one for one in degrees_in(passage, match.end(), last) if one.family == asked.family and not behind
            )
        elif behind or before:
            yield behind[0] if behind else before[-1]


def _other_end(asked: Degree, answer: str, passage: str, sizes: Sequence[Size]) -> str | None:
    """The end of a range that is asked for, where the answer is its other one."""
    for match in re.finditer(re.escape(answer), passage):
        own = next((one for one in sizes if one.start < match.end() and match.start() < one.end), None)
        if own is None or own.is_time or not _ABOUT.fullmatch(passage, match.start(), max(match.start(), own.start)):
            continue
        for one in sizes:
            between = (one.end, own.start) if one.start < own.start else (own.end, one.start)
            ends = one.unit == own.unit and one.start != own.start and _RANGE.fullmatch(passage, *between)
            if ends and (own.amount - one.amount) * asked.way < 0:
                return passage[one.start : one.end]
    return None


def _in_list(
    asked: Degree, rank: int, question: str, answer: str, passage: str, sizes: Sequence[Size]
) -> tuple[bool | None, str]:
    """By the values of the sentence of the answer that has most words of the question."""
    words, units = content(question), units_asked(question)
    found: list[tuple[int, bool | None, str]] = []
    for match in re.finditer(re.escape(answer), passage):
        first, last = sentence_at(passage, match.start())
        if any(one.start < match.end() and match.start() < one.end for one in sizes):
            continue
        fitting = [one for one in sizes if not units or one.unit in units]
        own = _own(match.start(), match.end(), first, last, passage, fitting)
        if own is None and not any(first <= one.start < last for one in fitting):  # 最も割合の小さい of 甲虫類が397種
            own = _own(match.start(), match.end(), first, last, passage, sizes)
        if own is None:
            continue
        others = [
            one.amount for one in sizes if one.unit == own.unit and first <= one.start < last and one.start != own.start
        ]
        if len(others) < _LEAST_OTHERS + rank - 1:
            continue
        before = sum((one - own.amount) * asked.way > 0 for one in others)
        behind = sum((one - own.amount) * asked.way < 0 for one in others)
        held = True if before == rank - 1 else False if behind == rank - 1 else None
        found.append((len(words & content(passage[first:last])), held, passage[own.start : own.end]))
    best = [one for one in found if one[0] == max(each[0] for each in found)]
    held = {one[1] for one in best}
    return (best[0][1], best[0][2]) if len(held) == 1 else (None, "")


def _own(start: int, end: int, first: int, last: int, passage: str, sizes: Sequence[Size]) -> Size | None:
    """The value that stands at once behind what goes from start to end, or before it. first, last: of its sentence."""
    amounts = [one for one in sizes if not one.is_time]
    behind = [
        one
        for one in amounts
        if end <= one.start < min(last, end + _FAR_BEHIND + 1) and not _BETWEEN.search(passage, end, one.start)
    ]
    before = [one for one in amounts if first <= one.start and one.end <= start and start - one.end <= _FAR_BEFORE]
    return behind[0] if behind else before[-1] if before else None
