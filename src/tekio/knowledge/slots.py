"""Which value of its passage a row leaves a place for: 本店を移したのは何年か asks for the year that stands with 本店 and 移転, not for another of the passage.

Every value of the same unit is scored by where the words of the question stand around it: close before or behind it in its clause, across another value, in the next sentence, far away. A
value is refused where another has far more. It is reading by words alone: where a question has no words of its passage, nothing is said.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import Fact, facts_of, value_unit
from tekio.knowledge.passages import TABLE_CELLS, line_at

_WORD = re.compile(r"[一-龥々]{2,}|[ァ-ヴー]{2,}|[A-Za-zＡ-Ｚａ-ｚ]{2,}|[0-9０-９]+")
_OPEN = re.compile(r"何[年月日人歳円社%]?|いつ|いくら|いくつ")
_OF_SEVERAL = re.compile(r"どちら|どれ|どの|一番|もっとも|最[も大小高低多少]")
"""Questions that compare values, of which the right one need not stand with their words."""
_BARE = re.compile(
    r"(?:約|およそ|ほぼ|最大|以[上下内]|程度|ほど|前後|頃|ころ|ごろ|[超強弱もの]|近く|です|である|でした|だった|[。、\s]|(?!目)[一-龥]{1,2})*"
)
"""What may stand beside the value of an answer that is nothing else."""
_OF_NAMES = frozenset(["日", "期", "号"])
"""Units of numbers that are as often the name of a thing."""
_COUNTER = re.compile(r"[一-龥ァ-ヴつ]")
"""What is counted with a word that is no unit here: 2隻, 45万冊."""
_NEAR = 10
"""Characters from the place that is left open within which a word of the question counts as near to it."""
_WITHIN, _BEFORE, _PAST, _BEHIND, _AFTER, _BEYOND, _NEXT, _FAR = range(8)
"""Where a word stands: before the value in its clause, in its sentence, past another value; behind it in its clause, in its sentence, beyond another value;
in the next sentence; farther.
"""
_BEST_FIRST = {
    where: rank for rank, where in enumerate((_WITHIN, _BEHIND, _BEFORE, _AFTER, _PAST, _BEYOND, _NEXT, _FAR))
}
_WEIGHTS = {
    "number": ((2.1, 1.0), (0.2, 0.6), (0.1, 0.6), (1.3, 0.2), (-0.6, -0.3), (-0.7, -0.6), (-0.9, -0.5), (-2.0, -1.0)),
    "date": ((0.6, 0.4), (-0.8, 0.2), (-0.7, -0.2), (1.8, 0.4), (0.3, 0.5), (-0.2, -0.1), (-1.7, -0.4), (-3.0, -1.0)),
}
"""Kind -> for each place, what a word near the one left open counts, and another. By logistic regression on two thirds of the pages of JaQuAD, rounded;
what comes of them on the third that was left out is measured by `benchmarks/study_slots.py`."""
_LEAST = {"number": 1.8, "date": 2.3}
"""By how much another value must fit a question better than the answer. 2 to 3 % of right answers of the pages that were left out reach it."""

_LEAST_TOLD = 3.0
"""The same for a sentence or a question that tells one value: of 600 right rows by five authors 1 reaches it, of 766 right questions 7."""


@dataclass
class Placed:
    """The words of a text and where they stand, and where its sentences and clauses end."""

    at: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])
    sentences: list[int] = field(default_factory=list[int])
    clauses: list[int] = field(default_factory=list[int])

    @classmethod
    def of(cls, text: str) -> Placed:
        found = cls()
        for word, start, end in _placed(text):
            found.at.setdefault(word, []).append((start, end))
        found.sentences = [place for place, letter in enumerate(text) if letter in "。\n"]
        found.clauses = [place for place, letter in enumerate(text) if letter == "、"]
        return found

    def weight(self, word: str) -> float:
        """What a word counts: the more the seldomer it stands."""
        return (1 if "一" <= word[0] <= "龥" else 2) / len(self.at[word]) ** 0.5


def _placed(text: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for match in _WORD.finditer(text):
        word, start = match[0], match.start()
        if "一" <= word[0] <= "龥" or word[0] == "々":
            found += [(word[place : place + 2], start + place, start + place + 2) for place in range(len(word) - 1)]
        else:
            found.append((word.casefold(), start, match.end()))
    return found


def of_other_place(
    question: str, answer: str, passage: str, placed: Placed, facts: Sequence[Fact]
) -> tuple[Fact, str] | None:
    """(value of an answer that is nothing else, the value of the passage that fits its question far better). placed, facts: the passage's."""
    told = [fact for fact in facts_of(answer, names=False) if fact.kind in ("number", "date")]
    if len(told) != 1 or not _BARE.fullmatch(answer.replace(told[0].text, "", 1)) or _OF_SEVERAL.search(question):
        return None
    opened = [*_OPEN.finditer(question)]
    place = opened[-1].span() if opened else (len(question), len(question))
    words: dict[str, bool] = {}
    for word, start, end in _placed(question):
        if "何" not in word and word in placed.at:
            away = place[0] - end if start < place[0] else start - place[1]
            words[word] = words.get(word, False) or away <= _NEAR
    given = {fact.value for fact in facts_of(question, names=False)}
    other = _fitting(told[0], answer, words, given, passage, placed, facts, _LEAST[told[0].kind])
    return (told[0], other) if other is not None else None


def told_in_other_place(
    text: str, facts: Sequence[Fact], passage: str, placed: Placed, known: Sequence[Fact]
) -> Iterator[tuple[Fact, str]]:
    """(value of a sentence that has no other, the value of the passage that fits its words far better). facts: the row's; known: the passage's."""
    for fact in facts:
        if fact.kind not in ("number", "date"):
            continue
        start, end = sentence_at(text, fact.start)
        beside = [one for one in facts if start <= one.start < end and one.kind in ("number", "date")]
        if beside != [fact] or _OF_SEVERAL.search(text, start, end):
            continue
        words: dict[str, bool] = {}
        for word, first, last in _placed(text[start:end]):
            if word in placed.at and not fact.start <= start + first < fact.end:
                away = fact.start - start - last if start + first < fact.start else start + first - fact.end
                words[word] = words.get(word, False) or away <= _NEAR
        given = {one.value for one in facts if one is not fact}
        if other := _fitting(fact, text, words, given, passage, placed, known, _LEAST_TOLD):
            yield fact, other


def _fitting(
    told: Fact,
    answer: str,
    words: dict[str, bool],
    given: set[str],
    passage: str,
    placed: Placed,
    facts: Sequence[Fact],
    least: float,
) -> str | None:
    """The value that fits far better than the one told. words: whether they are near the place left open; given: values that the row tells besides."""
    size = told.value.removeprefix("-") if told.kind == "number" else told.value
    form = _form(told, answer)
    known = [one for one in facts if one.kind == told.kind and _form(one, passage) == form]
    own = [one for one in known if one.value in (size, f"-{size}", told.value)]
    others = [one for one in known if one not in own and one.value not in given]
    if form is None or not own or not others or not words:
        return None
    if any(TABLE_CELLS in line_at(passage, one.start) for one in own):
        return None  # a table's columns decide there
    candidates = own + others
    weights = {word: placed.weight(word) for word in words}
    whole = (1 + sum(weights.values())) ** 0.5

    def score(one: Fact) -> float:
        crossed = [each.start for each in candidates if each.value != one.value]
        total = 0.0
        for word, near in words.items():
            places = [
                _where(one, start, end, placed, crossed)
                for start, end in placed.at[word]
                if not one.start <= start < one.end
            ]
            if places:
                total += weights[word] * _WEIGHTS[told.kind][min(places, key=_BEST_FIRST.__getitem__)][not near]
        return total / whole

    most = max(score(one) for one in own)
    best = max(others, key=score)
    return best.value if score(best) - most > least else None


def _form(fact: Fact, text: str) -> object:
    """What makes two values comparable: the unit, or the word that counts; how exact a date is, and whether it has a year. None: nothing."""
    if fact.kind == "date":
        return len(fact.value), fact.value[0] == "-"
    unit, counter = value_unit(fact.value), _COUNTER.match(text, fact.end)
    if unit in _OF_NAMES:
        return None
    return unit or (counter[0] if counter else None)


def _where(one: Fact, start: int, end: int, placed: Placed, crossed: Sequence[int]) -> int:
    """Where a word stands that goes from start to end. crossed: where other values begin."""
    behind = start > one.start
    first, last = (one.end, start) if behind else (end, one.start)
    ends = bisect_left(placed.sentences, last) - bisect_left(placed.sentences, first)
    if ends:
        return _NEXT if ends == 1 else _FAR
    if any(first <= place < last for place in crossed):
        return _BEYOND if behind else _PAST
    apart = bisect_right(placed.clauses, last - 1) > bisect_left(placed.clauses, first)
    return (_AFTER if behind else _BEFORE) if apart else (_BEHIND if behind else _WITHIN)
