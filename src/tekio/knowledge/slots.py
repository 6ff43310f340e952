"""Which value of its passage a row leaves a place for: 本店を移したのは何年か asks for the year that stands with 本店 and 移転, not for another of the passage.

Every value of the same unit is scored by where the words of the question stand around it: close before or behind it in its clause, across another value, in the next sentence, far away. A
value is refused where another has far more. It is reading by words alone: where a question has no words of its passage, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import Fact, facts_of, value_unit
from tekio.knowledge.passages import TABLE_CELLS, line_at
from tekio.knowledge.placed import Open, Placed, fits, words_placed

_OPEN = re.compile(r"何[年月日人歳円社%]?|いつ|いくら|いくつ")
_OF_SEVERAL = re.compile(r"どちら|どれ|どの|一番|もっとも|最[も大小高低多少]")
"""Questions that compare values, of which the right one need not stand with their words."""
_BARE = re.compile(
    r"(?:約|およそ|ほぼ|最大|以[上下内]|程度|ほど|前後|頃|ころ|ごろ|[超強弱もの]|近く|です|である|でした|だった|[。、\s]|(?!目)[一-龥]{1,2})*"
)
"""What may stand beside the value of an answer that is nothing else."""
_BLANK = re.compile(r"[（(]\u3000+[）)]")
_OF_NAMES = frozenset(["日", "期", "号"])
"""Units of numbers that are as often the name of a thing."""
_COUNTER = re.compile(r"[一-龥ァ-ヴつ]")
"""What is counted with a word that is no unit here: 2隻, 45万冊."""
_SPACED = re.compile(r"[\u3000\t]+[0-9０-９△▲-]| {2,}[0-9０-９△▲-]")
"""What divides the cells of a table that spaces make."""
_NEAR = 10
"""Characters from the place that is left open within which a word of the question counts as near to it."""
_LEAST = {"number": 1.55, "date": 2.3}
"""By how much another value must fit a question better than the answer. Of right answers that have a rival 5 % reach it where it is a number and 2.5 % where it is a date."""

_ROUNDED = Decimal("0.05")
"""By what part a value may differ from the one that it rounds."""
_LEAST_ROUNDED = 0.3
"""The same for a value that only rounds one of the passage."""
_LEAST_TOLD = {"number": 2.7, "date": 2.8}
"""The same for a sentence or a question that tells one value: of 49 right rows of the blind sets none reaches it, of 440 right questions 10."""


def is_bare_value(answer: str) -> bool:
    """Whether an answer is a value and nothing else."""
    told = [fact for fact in facts_of(answer, names=False) if fact.kind in ("number", "date")]
    return len(told) == 1 and bool(_BARE.fullmatch(answer.replace(told[0].text, "", 1)))


def of_other_place(
    question: str, answer: str, passage: str, placed: Placed, facts: Sequence[Fact]
) -> tuple[Fact, str] | None:
    """(value of an answer that is nothing else, the value of the passage that fits its question far better). placed, facts: the passage's."""
    told = [fact for fact in facts_of(answer, names=False) if fact.kind in ("number", "date")]
    if len(told) != 1 or not _BARE.fullmatch(answer.replace(told[0].text, "", 1)) or _OF_SEVERAL.search(question):
        return None
    if _BLANK.search(question):  # a sentence of the passage with a blank has its words around every value of it
        return None
    given = {fact.value for fact in facts_of(question, names=False)}
    rivals = _Rivals.of(told[0], answer, given, passage, facts)
    if rivals is None:
        return None
    opened = [*_OPEN.finditer(question)]
    place = opened[-1].span() if opened else (len(question), len(question))
    words: dict[str, bool] = {}
    for word, start, end in words_placed(question):
        if "何" not in word and word in placed.at:
            away = place[0] - end if start < place[0] else start - place[1]
            words[word] = words.get(word, False) or away <= _NEAR
    there = Open.of(words, question[: place[0]], question[place[1] :], asked=bool(opened))
    other = rivals.fitting(there, passage, placed, _LEAST[told[0].kind])
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
        given = {one.value for one in facts if one is not fact}
        rivals = _Rivals.of(fact, text, given, passage, known)
        if rivals is None:
            continue
        words: dict[str, bool] = {}
        for word, first, last in words_placed(text[start:end]):
            if word in placed.at and not fact.start <= start + first < fact.end:
                away = fact.start - start - last if start + first < fact.start else start + first - fact.end
                words[word] = words.get(word, False) or away <= _NEAR
        there = Open.of(words, text[start : fact.start], text[fact.end : end], asked=False)
        if other := rivals.fitting(there, passage, placed, _LEAST_TOLD[fact.kind]):
            yield fact, other


@dataclass(frozen=True, slots=True)
class _Rivals:
    """The passage's values that are the one told, those that could stand in its place, and whether it only rounds the first."""

    own: list[Fact]
    others: list[Fact]
    rounds: bool

    @classmethod
    def of(cls, told: Fact, text: str, given: set[str], passage: str, facts: Sequence[Fact]) -> _Rivals | None:
        """None where there is nothing to choose from, or a table's columns decide. given: values that the row tells besides."""
        form = _form(told, text)
        known = [one for one in facts if one.kind == told.kind and _form(one, passage) == form] if form else []
        size = told.value.removeprefix("-") if told.kind == "number" else told.value
        own = [one for one in known if one.value in (size, f"-{size}", told.value)]
        rounds = not own
        own = own or _rounded_from(told, known)
        others = [
            one
            for one in known
            if one not in own and one.value not in given and line_at(passage, one.start).strip() != one.text
        ]  # the date over a notice is of none of the things that it tells
        if not own or not others or any(_in_table(passage, one) for one in own):
            return None
        return cls(own, others, rounds)

    def fitting(self, there: Open, passage: str, placed: Placed, least: float) -> str | None:
        """The value that fits far better than the one told. there: the place left open."""
        if not there.words:
            return None
        candidates = self.own + self.others
        most = max(fits(one, candidates, there, passage, placed) for one in self.own)
        score, best = max((fits(one, candidates, there, passage, placed), one.value) for one in self.others)
        return best if score - most > (min(least, _LEAST_ROUNDED) if self.rounds else least) else None


def _in_table(passage: str, one: Fact) -> bool:
    """Whether a value stands in a line that bars or spaces divide into cells."""
    line = line_at(passage, one.start)
    return TABLE_CELLS in line or (not line.endswith("。") and bool(_SPACED.search(line.strip(" \u3000"))))


def _rounded_from(told: Fact, known: Sequence[Fact]) -> list[Fact]:
    """The values that a number may round: 2,835メートル of およそ2,800メートル."""
    unit = value_unit(told.value)
    if told.kind != "number" or not unit or "/" in told.value:
        return []
    size = abs(Decimal(told.value.removesuffix(unit)))
    apart = [(abs(abs(Decimal(one.value.removesuffix(unit))) - size), one) for one in known]
    nearest = min((gap for gap, _ in apart), default=size)
    return [one for gap, one in apart if gap == nearest <= size * _ROUNDED]


def _form(fact: Fact, text: str) -> object:
    """What makes two values comparable: the unit, or the word that counts; how exact a date is, and whether it has a year. None: nothing."""
    if fact.kind == "date":
        return len(fact.value), fact.value[0] == "-"
    unit, counter = value_unit(fact.value), _COUNTER.match(text, fact.end)
    if unit in _OF_NAMES:
        return None
    return unit or (counter[0] if counter else None)
