"""Which numbers and dates of a row follow from its passage, though they stand nowhere in it: one by one, each from what stands or was found to follow before.

What is calculated is taken first, then instances that the row supposes, last cases of its own (4万2,000円を寄附した人) of which everything else that the row tells comes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tekio.knowledge.derived import Told, follows, rounded, sentence_at, stepped
from tekio.knowledge.facts import Fact, name_value, value_unit
from tekio.knowledge.follow import is_of_era
from tekio.knowledge.frames import Frames, as_asked, copied
from tekio.knowledge.labels import Labels
from tekio.knowledge.negation import DENIES
from tekio.knowledge.pairs import Pairs
from tekio.knowledge.periods import follows_in_time, lasts_between, of_a_case, years_apart
from tekio.knowledge.reckoned import CALCULATES, OF_WHOLE, by_growth, by_rate, of_index, reckoned
from tekio.knowledge.supposed import counts, follows_date, is_each, is_instance, lasts, may_be_case

_FEW_SHARES = 3
_LEAST_OF_SENTENCE = 6
_YEARS_OF_ONE = re.compile(r"[0-9]年の(?:[2-9]|[1-9][0-9]+)年間?$")
"""1951年の2年間: no period, since one year has one."""
_BY_WHICH = re.compile(
    "(?:に|」)?より(?!も?[^、。]{0,16}(?:多|少|高[いく]|低|長|短|大き|小さ|増|減|上[がげ回昇]|下[がげ回落]|早|遅|重|軽|広|狭))"
)
"""地震により発生した: nothing is compared."""
_LENGTHS = ("年間", "月間", "週間", "日間")
_MOST_SUPPOSED, _MOST_CANDIDATES = 2, 4


@dataclass(frozen=True)
class Passage:
    """What is looked at of a passage. values: what stands there, by kind and value."""

    text: str
    facts: Sequence[Fact]
    frames: Frames
    told: Told
    labels: Labels
    pairs: Pairs
    dates: set[str]
    values: Mapping[tuple[str, str], object]


def follow(passage: Passage, text: str, facts: Sequence[Fact], standing: Sequence[Fact], asked: int) -> set[Fact]:
    """Which of a row's facts follow. standing: those that stand in the passage. asked: see `is_instance`."""
    known = [fact for fact in standing if fact.kind == "number"]
    waiting = [fact for fact in facts if fact not in standing and fact.kind in ("number", "date")]
    found: set[Fact] = set()
    supposed: list[Fact] = []
    while True:
        new = [
            fact
            for fact in waiting
            if fact not in found and _follows(passage, fact, text, facts, known, supposed, asked)
        ]
        if not new:  # an instance last, so that nothing that can be calculated is taken for one
            new = [
                fact
                for fact in waiting
                if fact not in found and is_instance(fact, text, passage.text, passage.facts, asked)
            ]
            supposed += new
        if not new:
            break
        found.update(new)
        known += [fact for fact in new if fact.kind == "number"]
    left = [fact for fact in waiting if fact not in found]
    return found | _as_case(passage, text, facts, known, left, asked)


def _as_case(
    passage: Passage, text: str, facts: Sequence[Fact], known: Sequence[Fact], left: Sequence[Fact], asked: int
) -> set[Fact]:
    """What is left, where the row supposes one or two of it and all the rest, at least as many, comes out: a wrong result would come out of nothing."""
    if not left or any(fact.kind != "number" for fact in left):
        return set()
    may_be = [
        fact for fact in left if may_be_case(fact, text, asked) and not copied(fact, text, passage.frames, asked)
    ][:_MOST_CANDIDATES]
    for size in range(1, _MOST_SUPPOSED + 1):
        for cases in combinations(may_be, size):
            rest = [fact for fact in left if fact not in cases]
            again = {
                fact.value for fact in cases
            }  # a case told twice comes out of nothing, unless the answer denies it
            denied = asked and DENIES.search(text, asked)
            if len([fact for fact in rest if fact.value not in again or denied]) >= size and _all_follow(
                passage, text, facts, [*known, *cases], rest, cases, asked
            ):
                return set(left)
    return set()


def _all_follow(
    passage: Passage,
    text: str,
    facts: Sequence[Fact],
    base: Sequence[Fact],
    rest: Sequence[Fact],
    cases: Sequence[Fact],
    asked: int,
) -> bool:
    """Whether all of `rest` comes out, one after another."""
    while rest:
        new = [fact for fact in rest if _follows(passage, fact, text, facts, base, cases, asked)]
        if not new:
            return False
        base = [*base, *new]
        rest = [fact for fact in rest if fact not in new]
    return True


def _follows(
    passage: Passage,
    fact: Fact,
    text: str,
    facts: Sequence[Fact],
    known: Sequence[Fact],
    supposed: Sequence[Fact],
    asked: int,
) -> bool:
    first, last = sentence_at(text, fact.start)
    before = text[first : fact.start]
    alone = (
        last - first - len(fact.text) < _LEAST_OF_SENTENCE
    )  # 約43日間: an answer that is a value says nothing of a calculation
    said = text[first if alone else _before_sentence(text, first) : last]
    if fact.kind == "date":
        if copied(fact, text, passage.frames, asked):
            return False
        dates = [one for one in facts if one.kind == "date"]
        return (
            follows_date(fact, text, passage.text, passage.dates, dates, passage.facts)
            or follows_in_time(fact, text, passage.text, passage.facts)
            or of_a_case(fact, said, passage.text, dates, passage.facts)
        )
    if copied(fact, text, passage.frames, asked) or _YEARS_OF_ONE.search(text[first : fact.end]):
        return False
    if is_of_era(fact, text, passage.text):
        return False
    if alone and asked:
        stated = as_asked(fact, text, asked)
        if stated is not None and copied(*stated, passage.frames):
            return False
        if not CALCULATES.search(_BY_WHICH.sub("", text[:asked])):
            return _lasts(passage, fact, text, facts) or rounded(fact, text, passage.told.amounts)
        said = text[:asked]
    return (
        any(fact.value == one.value for one in supposed if one is not fact)
        or follows(fact, text, known, passage.told, supposed=bool(supposed))
        or stepped(fact, text, known, passage.told)
        or _lasts(passage, fact, text, facts)
        or is_each(fact, text, passage.text)
        or counts(fact, text, passage.text, known)
        or rounded(fact, text, passage.told.amounts)
        or by_rate(fact, known, passage.pairs.rates)
        or by_growth(fact, said, passage.pairs.growth)
        or of_index(fact, text, passage.text, passage.labels.named_last(name_value(before)))
        or (
            not (fact.end <= asked and not CALCULATES.search(_BY_WHICH.sub("", text[:asked])))
            and any(
                reckoned(fact, text, said, values, supposed=bool(supposed), near=near)
                for values, near in _operands(passage, fact, text, said, before, known, narrow=bool(alone and asked))
            )
        )
    )


def _lasts(passage: Passage, fact: Fact, text: str, facts: Sequence[Fact]) -> bool:
    """Whether a number is how long it is between two times. A length that is told as one (3年間), in a row without a time, is none where the passage writes others out."""
    if lasts(fact, text, passage.text):
        return True
    if fact.text.endswith(_LENGTHS) and not any(one.kind == "date" for one in facts):
        unit = value_unit(fact.value)
        if any(one.text.endswith(_LENGTHS) and value_unit(one.value) == unit for one in passage.facts):
            return False
    return lasts_between(fact, text, passage.text, facts, passage.facts) or years_apart(
        fact, text, passage.text, facts, passage.facts
    )


def _before_sentence(text: str, place: int) -> int:
    """Where the sentence before a place begins, which may have the word of a calculation: 占める割合は67%です。前年は57%でした。"""
    told = text[:place].rstrip("。\n")
    return sentence_at(text, len(told) - 1)[0] if told else 0


def _operands(
    passage: Passage, fact: Fact, text: str, said: str, before: str, known: Sequence[Fact], *, narrow: bool
) -> Iterator[tuple[list[str], bool]]:
    """What a number may be reckoned from, first the least: the values of the label that is named last before it, the row's own numbers with the passage's of which the row speaks, those beside them, all. With it,
    whether they were narrowed down. narrow: these alone, for an answer that is a value.
    """
    own = [one.value for one in known if one.start != fact.start]
    parts = {
        one.value for one in passage.facts if one.kind == "number" and (one.value.endswith("%") or "/" in one.value)
    }
    own += sorted(parts) if len(parts) <= _FEW_SHARES else []
    named = passage.labels.named_in(name_value(text))
    if "利益率" in said:
        named += [one for one in passage.labels.values if one.label.startswith(("売上", "営業収益"))]
    yield passage.labels.named_last(name_value(before)), True
    yield [*own, *(one.value for one in named)], True
    if narrow:
        return
    near = passage.labels.beside(named)
    if OF_WHOLE.search(said):
        near += [one for one in passage.labels.values if any(one.sentence == other.sentence for other in named)]
    yield [*own, *(one.value for one in near)], True
    if (
        named
        or re.search("平均|当たり|あたり|につき", said)
        or any(("number", one.value) in passage.values for one in known)
    ):
        every = dict.fromkeys(one.value for one in passage.facts if one.kind == "number" and not one.value.isdigit())
        yield [*own, *every], False
