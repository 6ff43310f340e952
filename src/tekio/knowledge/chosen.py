"""Whether a row chooses the other one: of two things the less where more is asked for, by the passage's figures or by what it says of the two.

Every thing that the question lists is given a value of the passage: the one beside it, in its clause, of the unit that all of them have, and with the question's words around it. Where they
put the answer last and the question asks for the first, the row is refused; where one of them is not found, nothing is said. The same is done for what a passage compares in
words: BよりAが多い, Aを下回る, Bに次ぐ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tekio.knowledge.choices import UNKNOWN, Choice, content
from tekio.knowledge.degrees import NOT, degrees_in
from tekio.knowledge.derived import sentence_at
from tekio.knowledge.sizes import Size

_AFTER, _BEFORE, _EACH, _EITHER = range(4)
"""Where a value stands: behind the thing, before it, in the order of the things (それぞれ), on either side at once."""
_DIRECT = re.compile(r"[^、。]{0,6}[はがで:：,、(（]*(?:約|およそ)?")
_CLOSE_BEFORE = re.compile(r"[^、。0-9(（]{0,14}")
_EACH_TOLD = re.compile(r"それぞれ|各")
_DIGIT = re.compile(r"[0-9０-９]")
_FARTHEST_DATE, _RUN, _AT_ONCE = 60, 6, 3
_BEHIND = 0.7
"""What a word of the question counts behind a value; before it 1."""
_LEAST = -0.3
"""Score from which values are believed. Of right rows of two thirds of JaQuAD's pages the figures give another answer for 30 of 580 above it, for 8 of 66 below."""
_THAN = re.compile(r"より(?:も|は)?(?!も?[後前])|に比べ|と比べ|に比して|と比較|に対し")
_BEYOND = re.compile(
    r"を[^、。]{0,8}?(?:(?P<over>上回|超え|凌)|(?P<under>下回))|(?P<times>の(?:約|およそ)?[0-9０-９.,]+倍)|(?P<part>の(?:約|およそ)?(?:半分|[0-9０-９]+分の[1１一]))"
    r"|(?P<next>には?(?:次[いぐ](?:で|[0-9一-龥])|及ば))"
)
_AS_MUCH = re.compile(r"ほど(?:の|は|に)?[^、。]{0,20}?(?:なか|な[いく]|ません|ず)")
_OF_IT = re.compile(r"(?:の[^、。はがも]{0,8}|[一-龥]{1,4}(?=より))?(?:など)?")
_THIRD = re.compile(r"(?:い|な|きな|さな)?[一-龥ァ-ヴ]")
"""マイン川よりも長い川: another one that is longer."""
_HEAD = re.compile(r"([一-龥々ァ-ヴー]+)(?:[がはも]|$)")
_ADVERB = re.compile(r"若干|非常|比較的|一般的|通常|平均|相対的|圧倒的|格段|僅|遥|約|倍近|多少|最|更|幾分|全体的")
_FAR = 40
_RELATIVE = re.compile(r"より|比べ|比較|ほど|に対し|以外|除")
_WITHIN = 25
"""Characters behind a thing in which a word of degree is said of it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a thing of a choice stands in the passage."""

    start: int
    end: int
    option: int


@dataclass(frozen=True, slots=True)
class _Value:
    """A value that may be a thing's. near: weight of the question's words around it; sentence: where that begins."""

    size: Size
    side: int
    away: int
    near: float
    sentence: int


def chosen_otherwise(choice: Choice, passage: str, sizes: Sequence[Size]) -> tuple[bool | None, str]:
    """(whether the answer is the one that the passage makes it, what the passage has). None: it is not known."""
    places = _places(choice.options, passage)
    if UNKNOWN in choice.options:
        return _by_words(choice, passage, places)
    figures, told = _by_figures(choice, passage, sizes, places)
    words, said = _by_words(choice, passage, places)
    if words is None and figures is None:
        return _by_clauses(choice, passage, places)
    if words is None or (words is False and figures is True):
        return (figures if words is None else None), told
    return words, said


def _places(options: Sequence[str], passage: str) -> list[_Place]:
    """Where the things stand, those left out that are part of another."""
    found = [
        _Place(match.start(), match.end(), number)
        for number, option in enumerate(options)
        for match in re.finditer(re.escape(option), passage)
    ]
    whole = [
        one
        for one in found
        if not any(
            other.option != one.option
            and other.start <= one.start
            and one.end <= other.end
            and other.end - other.start > one.end - one.start
            for other in found
        )
    ]
    return sorted(whole, key=lambda one: (one.start, one.end, one.option))


# --- by figures -------------------------------------------------------------------------------------------------------


def _by_figures(
    choice: Choice, passage: str, sizes: Sequence[Size], places: Sequence[_Place]
) -> tuple[bool | None, str]:
    free = [one for one in sizes if not any(at.start < one.end and one.start < at.end for at in places)]
    values = _values(choice, passage, free, places)
    if len(values) < len(choice.options):
        return None, ""
    ways = sorted(_ways(choice, passage, [values[number] for number in sorted(values)]), key=lambda way: -way[0])
    if len(choice.options) == 2 and len(ways) > 1 and ways[0][1][0].size.amount == ways[0][1][1].size.amount:
        ways = ways[1:]
    if not ways or ways[0][0] < _LEAST:
        return None, ""
    own, *others = [value.size.amount for value in ways[0][1]]
    if ways[0][1][0].size.is_time and any(_is_coarse(own, other) for other in others):
        return None, ""
    way = choice.degree.way
    rank = 1 + sum(other > own if way > 0 else other < own for other in others)
    told = " / ".join(passage[value.size.start : value.size.end] for value in ways[0][1])
    if rank == choice.rank:
        return (None if others == [own] else True), told
    return (False if rank == choice.last else None), told


def _is_coarse(one: object, other: object) -> bool:
    """Whether one of two dates of a year tells no month."""
    first, second = int(str(one)), int(str(other))
    return first // 10000 == second // 10000 and (first % 10000 == 0 or second % 10000 == 0)


def _values(choice: Choice, passage: str, free: Sequence[Size], places: Sequence[_Place]) -> dict[int, list[_Value]]:
    """Thing -> values that may be its own."""
    found: dict[int, list[_Value]] = {}
    for at in places:
        first, last = sentence_at(passage, at.start)
        following = min([one.start for one in places if one.start >= at.end and one.option != at.option] + [last])
        leading = max([one.end for one in places if one.end <= at.start and one.option != at.option] + [first])
        mine = found.setdefault(at.option, [])
        for size in free:
            if at.end <= size.start < following:
                near = _near(choice, passage, size, free, at.end, following)
                mine.append(_Value(size, _AFTER, size.start - at.end, near, first))
            if leading <= size.start and size.end <= at.start and _leads_to(size, at, passage, free):
                near = _near(choice, passage, size, free, leading, at.start)
                mine.append(_Value(size, _BEFORE, at.start - size.end, near, first))
    for option, value in _in_order(choice, passage, free, places):
        found.setdefault(option, []).append(value)
    return {option: values for option, values in found.items() if values}


def _leads_to(size: Size, at: _Place, passage: str, free: Sequence[Size]) -> bool:
    """Whether a value before a thing may be its own: 36冊の本, and the date that a sentence begins with."""
    if _CLOSE_BEFORE.fullmatch(passage, size.end, at.start):
        return True
    last = max(one.start for one in free if one.unit == size.unit and one.end <= at.start)
    return size.is_time and size.start >= last and at.start - size.end < _FARTHEST_DATE


def _near(choice: Choice, passage: str, size: Size, free: Sequence[Size], first: int, last: int) -> float:
    """Weight of the question's words between the value before and this one, and behind it in its clause."""
    before = max([one.end for one in free if first <= one.end <= size.start] + [first])
    after = min([one.start for one in free if size.end <= one.start <= last] + [last])
    comma = passage.find("、", size.end, after)
    behind = passage[size.end : comma if comma >= 0 else after]
    return len(choice.words & content(passage[before : size.start])) + _BEHIND * len(choice.words & content(behind))


def _in_order(
    choice: Choice, passage: str, free: Sequence[Size], places: Sequence[_Place]
) -> Iterator[tuple[int, _Value]]:
    """(thing, value) of values told in the order of the things: 鹿児島県と宮崎県はそれぞれ11,725キロリットルと5,051キロリットル."""
    for number in range(len(places)):
        run = [places[number]]
        for one in places[number + 1 :]:
            between = passage[run[-1].end : one.start]
            if one.option in [each.option for each in run] or len(between) > _RUN or _DIGIT.search(between):
                break
            run.append(one)
        if len(run) != len(choice.options):
            continue
        first, last = sentence_at(passage, run[0].start)
        end = run[-1].end
        of_unit: dict[str, list[Size]] = {}
        for size in free:
            if end <= size.start < last:
                of_unit.setdefault(size.unit, []).append(size)
        for sizes in of_unit.values():
            if len(sizes) == len(run) or (len(sizes) > len(run) and _EACH_TOLD.search(passage, end, sizes[0].start)):
                for at, size in zip(run, sizes, strict=False):
                    around = content(passage[end : size.start]) | content(passage[size.end : size.end + 4])
                    yield at.option, _Value(size, _EACH, size.start - end, 1 + len(choice.words & around), first)


def _ways(choice: Choice, passage: str, values: Sequence[Sequence[_Value]]) -> Iterator[tuple[float, list[_Value]]]:
    """(score, a value for each thing), by where the values stand and by their unit. values: of each thing, the answer first."""
    for side in (_EACH, _AFTER, _BEFORE, _EITHER):
        here = [
            [one for one in of_thing if (one.away <= _AT_ONCE if side == _EITHER else one.side == side)]
            for of_thing in values
        ]
        units = set[str].intersection(*({one.size.unit for one in of_thing} for of_thing in here))
        for unit in sorted(units):
            of_unit = [[one for one in of_thing if one.size.unit == unit] for of_thing in here]
            is_time = of_unit[0][0].size.is_time
            if is_time != choice.degree.is_of_time or (choice.units and unit not in choice.units and not is_time):
                continue
            common = set[int].intersection(*({one.sentence for one in of_thing} for of_thing in of_unit))
            if side == _EITHER:
                picked = [min(of_thing, key=lambda one: one.away) for of_thing in of_unit]
                score = 4.0 + min(one.near for one in picked)
            else:
                picked = [
                    _pick([one for one in of_thing if not common or one.sentence in common], passage)
                    for of_thing in of_unit
                ]
                farthest = max(one.away for one in picked)
                score = 2 * min(one.near for one in picked) + 2 * bool(common) - farthest / 20
                score += 3 * (side == _EACH) + 2 * (unit in choice.units) + 3 * (farthest <= _AT_ONCE)
            if len({one.size.start for one in picked}) == len(picked):
                yield score, picked


def _pick(values: list[_Value], passage: str) -> _Value:
    """The nearest, if it does not stand at once behind the thing the one that has more of the question's words around it."""
    values = sorted(values, key=lambda one: one.away)
    best = values[0]
    start = best.size.start
    if best.away <= 2 or (best.side == _AFTER and _DIRECT.fullmatch(passage, start - best.away, start)):
        return best
    for one in values[1:]:
        if one.near - best.near >= 1:
            best = one
    return best


# --- by words ---------------------------------------------------------------------------------------------------------


def _by_words(choice: Choice, passage: str, places: Sequence[_Place]) -> tuple[bool | None, str]:
    """By what the passage says of one of two things, compared with the other; of several, whether the answer is less than one of them."""
    if choice.rank != 1:
        return None, ""
    if len(choice.options) > 2:
        for at in places:
            first, _ = sentence_at(passage, at.start)
            own = at.option and any(one.option == 0 and first <= one.start < at.start for one in places)
            told = _compared(choice, passage, at) if own else None
            if told is not None and told[0] != choice.degree.way and "ほど" not in told[1]:
                return False, told[1]
        return None, ""
    found = [told for at in places if (told := _compared(choice, passage, at)) is not None]
    ways = {way for way, _ in found}
    return (ways == {choice.degree.way}, found[0][1]) if len(ways) == 1 else (None, "")


def _compared(choice: Choice, passage: str, at: _Place) -> tuple[int, str] | None:
    """(1 where the answer has more, -1 where less, what is said) of the thing at a place, with which the other one is compared."""
    first, last = sentence_at(passage, at.start)
    turned = -1 if at.option == 0 else 1
    if (
        as_much := _AS_MUCH.match(passage, at.end, last)
    ) and UNKNOWN not in choice.options:  # AほどBは…ない, AほどBは大きくない
        said = next(degrees_in(passage, at.end, as_much.end()), None)
        return -(said.way if said else 1) * turned, passage[at.start : as_much.end()]
    behind = _OF_IT.match(passage, at.end, last)
    starts = (behind.end() if behind else at.end, at.end)
    beyond = next((found for start in starts if (found := _BEYOND.match(passage, start, last))), None)
    if beyond is not None and UNKNOWN not in choice.options:
        if choice.words and not choice.words & content(passage[first : beyond.end() + 1]):
            return None
        way = 1 if beyond["over"] or beyond["times"] else -1
        return way * turned, passage[at.start : beyond.end()]
    than = next((found for start in starts if (found := _THAN.match(passage, start, last))), None)
    degree = next(degrees_in(passage, than.end(), min(last, than.end() + _FAR)), None) if than else None
    if than is None or degree is None or degree.family != choice.degree.family:
        return None
    heads = [one for one in _HEAD.findall(passage[than.end() : degree.start]) if not _ADVERB.fullmatch(one)]
    if _THIRD.match(passage, degree.end) or (heads and not _is_asked(heads[-1], choice.words)):
        return None
    if choice.words and not _is_asked_in(passage[first : degree.end], choice.words):
        return None
    way = -degree.way if NOT.match(passage, degree.end) else degree.way
    return way * turned, passage[at.start : degree.end]


def _is_asked(head: str, words: frozenset[str]) -> bool:
    """Whether what is compared is what a question asks for: 体幅 of 体の幅."""
    return bool(content(head) & words) or set(head) <= {letter for word in words for letter in word}


def _is_asked_in(said: str, words: frozenset[str]) -> bool:
    """Whether a text has one of a question's words, or all letters of those that are one."""
    return bool(content(said) & words) or all(len(word) == 1 and word in said for word in words)


def _by_clauses(choice: Choice, passage: str, places: Sequence[_Place]) -> tuple[bool | None, str]:
    """By the one word of degree that the passage has for the answer, where no other thing has the same: 上顎の歯は短く、下顎の歯は長い."""
    said: dict[int, dict[int, str]] = {}
    for degree in degrees_in(passage):
        first, _ = sentence_at(passage, degree.start)
        before = [one for one in places if first <= one.start and one.end <= degree.start]
        if not before or degree.family != choice.degree.family or NOT.match(passage, degree.end):
            continue
        between = passage[before[-1].end : degree.start]
        listed = {one.option for one in before} - {before[-1].option} and "、" not in passage[
            before[-2].end : before[-1].start
        ]
        if listed or len(between) > _WITHIN or "、" in between[2:] or _RELATIVE.search(passage, first, degree.start):
            continue
        said.setdefault(before[-1].option, {})[degree.way] = passage[before[-1].start : degree.end]
    own = said.pop(0, {})
    if len(own) != 1 or choice.rank != 1 or any(own.keys() & other.keys() for other in said.values()):
        return None, ""
    way, told = next(iter(own.items()))
    return way == choice.degree.way, told
