"""Where the words of a passage stand, and how well each of its values fits a place that a row leaves open: the weights of `tekio.knowledge.slots`.

What is looked at of a value: where each word of the question stands to it (before or behind it, in its clause, past another value), how much of the question its sentence and the
part of it between two values have, how near the words are, how much of the question's own letters before and behind the open place stands around it, and whether the nouns there are the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import Fact

_WORD = re.compile(r"[一-龥々]{2,}|[ァ-ヴー]{2,}|[A-Za-zＡ-Ｚａ-ｚ]{2,}|[0-9０-９]+")
_STEM = re.compile(r"(?<![一-龥々])[一-龥](?=[ぁ-ん])")
"""The one letter of a verb or an adjective: 乗せた, 死んだ."""
_ALIKE = tuple(
    (f"#{number}", re.compile(words))
    for number, words in enumerate((
        "亡くな|死去|死亡|死ん|死ぬ|没|逝去|他界", "生まれ|誕生|出生|生誕", "始ま|開始|始め|開幕", "終わ|終了|終結|終え|閉幕", "設立|創設|創立|発足|結成|創業|開設|でき[たる]", "建設|建て|建造|完成|竣工|落成",
        "開館|開業|開通|開園|開校|オープン", "結婚|婚姻|嫁", "負傷|怪我|けが|傷つ", "移転|移し|移っ|移住|引っ越", "就任|着任|任命|任ぜ|任じ", "発売|公開|刊行|出版|発行|発表", "廃止|廃業|閉館|閉鎖|廃線", "勝利|勝っ|優勝|破っ", "参加|加わ|加盟|出場",
        "値段|価格|費用|代金|金額", "広さ|面積|規模", "高さ|標高|海抜", "長さ|全長|距離|延長", "重さ|重量|質量", "割合|比率|占め", "人口|住民|人数",
    ))
)  # fmt: skip
"""Words that say nearly the same, each set as one word more."""
_NOUN = re.compile(r"[一-龥々]+|[ァ-ヴー]{2,}")
_LEADS = re.compile(r"(?:約|およそ|ほぼ|計|合計|全部で|[、\s()（）])+$")
_UNIT = re.compile(r"間|目|[一-龥a-zA-Zァ-ヴ%％]{0,4}")
"""What is asked for behind 何: 何メートル."""
_WITHIN, _BEFORE, _PAST, _BEHIND, _AFTER, _BEYOND, _NEXT, _FAR = range(8)
"""Where a word stands: before the value in its clause, in its sentence, past another value; behind it in its clause, in its sentence, beyond another value;
in the next sentence; farther.
"""
_BEST_FIRST = {
    where: rank for rank, where in enumerate((_WITHIN, _BEHIND, _BEFORE, _AFTER, _PAST, _BEYOND, _NEXT, _FAR))
}
_SAME_MOST, _SAME_UNIT, _FADES = 8, 4, 20
"""Letters around the place that are compared and how many count as one; the distance by which a word counts for a third."""


@dataclass(frozen=True, slots=True)
class Weights:
    """places: for each place of a word, what one near the open place counts, and another. The rest: what its sentence and its part of it have of the question; words close before
    and behind; the same letters before and behind; the same noun before, behind, and behind what stands before the open place; the first sentence.
    """

    places: tuple[tuple[float, float], ...]
    sentence: float
    part: float
    close_before: float
    close_behind: float
    same_before: float
    same_behind: float
    noun_before: float
    noun_behind: float
    noun_across: float
    first: float


WEIGHTS = {
    "number": Weights(((0.4, -0.2), (-0.2, -0.4), (0.5, 0.4), (0.9, -0.2), (-0.6, 0.1), (-0.4, 0.2), (-0.6, 0.3), (-1.3, -0.3)), 0.5, 0.6, 1.0, 1.1, 0.6, 0.3, 0.7, 0.4, -0.1, -0.7),
    "date": Weights(((0.8, 0.0), (-0.5, -0.4), (0.4, -0.1), (1.1, -0.6), (0.0, -0.2), (0.1, 0.1), (-0.5, 0.4), (-1.5, -0.2)), 0.7, 0.5, 0.0, 1.5, 0.4, 0.4, 0.2, 0.5, 0.4, -0.3),
}  # fmt: skip
"""By logistic regression on two thirds of the pages of JaQuAD (by the hash of their titles, 0 and 1), rounded."""


@dataclass(frozen=True, slots=True)
class Open:
    """A place that a row leaves open: its words and whether each is near it, and the text before and behind it."""

    words: Mapping[str, bool]
    before: str
    behind: str

    @classmethod
    def of(cls, words: Mapping[str, bool], before: str, behind: str, *, asked: bool) -> Open:
        """asked: the place is that of 何, behind which its unit stands."""
        unit = _UNIT.match(behind) if asked else None
        return cls(words, _LEADS.sub("", before), behind[unit.end() :] if unit else behind)


@dataclass
class Placed:
    """The words of a text and where they stand, and where its sentences and clauses end."""

    at: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])
    sentences: list[int] = field(default_factory=list[int])
    clauses: list[int] = field(default_factory=list[int])

    @classmethod
    def of(cls, text: str) -> Placed:
        found = cls()
        for word, start, end in words_placed(text):
            found.at.setdefault(word, []).append((start, end))
        found.sentences = [place for place, letter in enumerate(text) if letter in "。\n"]
        found.clauses = [place for place, letter in enumerate(text) if letter == "、"]
        return found

    def weight(self, word: str) -> float:
        """What a word counts: the more the seldomer it stands."""
        return (1 if "一" <= word[0] <= "龥" else 2) / len(self.at[word]) ** 0.5


def words_placed(text: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for match in _WORD.finditer(text):
        word, start = match[0], match.start()
        if "一" <= word[0] <= "龥" or word[0] == "々":
            found += [(word[place : place + 2], start + place, start + place + 2) for place in range(len(word) - 1)]
        else:
            found.append((word.casefold(), start, match.end()))
    found += [(match[0], *match.span()) for match in _STEM.finditer(text)]
    found += [(name, *match.span()) for name, words in _ALIKE for match in words.finditer(text)]
    return found


def fits(one: Fact, candidates: Sequence[Fact], opened: Open, passage: str, placed: Placed) -> float:
    """How well a value fits an open place. candidates: all values of its form; passage: where they stand."""
    weights, by = {word: placed.weight(word) for word in opened.words}, WEIGHTS[one.kind]
    whole = (1 + sum(weights.values())) ** 0.5
    first, last = sentence_at(passage, one.start)
    crossed = [each.start for each in candidates if each.value != one.value]
    since = max(
        (each.end for each in candidates if each.value != one.value and first < each.end <= one.start), default=first
    )
    until = min(
        (each.start for each in candidates if each.value != one.value and one.end <= each.start < last), default=last
    )
    total = 0.0
    for word, near in opened.words.items():
        spans = [span for span in placed.at[word] if not one.start <= span[0] < one.end]
        if not spans:
            continue
        where = min((_where(one, *span, placed, crossed) for span in spans), key=_BEST_FIRST.__getitem__)
        counts = by.places[where][not near]
        counts += by.sentence * any(first <= start < last for start, _ in spans)
        counts += by.part * any(since <= start < until for start, _ in spans)
        before = min((one.start - end for _, end in spans if end <= one.start), default=None)
        behind = min((start - one.end for start, _ in spans if start >= one.end), default=None)
        counts += by.close_before * exp(-before / _FADES) if before is not None else 0.0
        counts += by.close_behind * exp(-behind / _FADES) if behind is not None else 0.0
        total += weights[word] * counts
    before_it, behind_it = _LEADS.sub("", passage[first : one.start]), passage[one.end : last]
    leads, led = _last_noun(before_it), _first_noun(behind_it)
    asked = _last_noun(opened.before)
    return (
        total / whole
        + by.same_before * _same(opened.before[::-1], before_it[::-1])
        + by.same_behind * _same(opened.behind, behind_it)
        + by.noun_before * _shared(asked, leads)
        + by.noun_behind * _shared(_first_noun(opened.behind), led)
        + by.noun_across * _shared(asked, led)
        + by.first * (first == 0)
    )


def _same(one: str, other: str) -> float:
    """How many letters two texts begin with in common."""
    count = 0
    for here, there in zip(one[:_SAME_MOST], other, strict=False):
        if here != there:
            break
        count += 1
    return count / _SAME_UNIT


def _last_noun(text: str) -> str:
    found = _NOUN.findall(text)
    return found[-1] if found else ""


def _first_noun(text: str) -> str:
    found = _NOUN.search(text)
    return found[0] if found else ""


def _shared(one: str, other: str) -> float:
    """What part of the shorter of two words' pairs of letters the other has."""
    if not one or not other:
        return 0.0
    here, there = ({word[place : place + 2] for place in range(max(1, len(word) - 1))} for word in (one, other))
    return len(here & there) / min(len(here), len(there))


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
