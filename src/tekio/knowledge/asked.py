"""What a question asks for, held against its answer: a length in days (何日間) is none in years, and the month of a year (1910年の何月) is a date that must stand as a
whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import Fact, date_value, facts_of, name_value, value_unit
from tekio.knowledge.labels import Labels
from tekio.text.dates import ERAS

_UNIT_ASKED = re.compile(r"何(?:万|億|千|百)?(日間|日目|[一-龥ァ-ヴa-zA-Z%か]{1,8})")
_NOUN = r"[一-龥々ァ-ヴー]{2,8}"
_PART_ASKED = re.compile(r"の?何(月|日)(?!間|目)")
_ERA_ASKED = re.compile(rf"年[はって、]{{1,2}}(?:{'|'.join(ERAS)}|西暦)で?何年")
_COUNTER = "何[人名社件台戸店本回点頭匹]"
_THING_ASKED = re.compile(
    rf"{_COUNTER}(?:もの|くらい|ほど)?の(?P<before>{_NOUN})(?=[がをはにで])|(?P<after>{_NOUN})[はが](?:全部で|合計で?)?{_COUNTER}"
)
_BY_LENGTH = frozenset(["日", "週", "か月", "年", "時間", "分", "秒"])
"""Units of time: an answer may be exact where the question is not, but not a year where days are asked for."""
_APART = frozenset(["人", "社", "歳", "円", "ドル", "ユーロ"])
"""Units that nothing is told in which is asked for in another."""


def of_other_unit(question: str, answer: str) -> Iterator[Fact]:
    """The value that an answer gives in another unit than the one asked for: 8年間 of 何日間生きたか, 29年 of 何歳."""
    units = {
        value_unit(fact.value)
        for match in _UNIT_ASKED.finditer(question)
        for fact in facts_of(f"1{match[1]}", names=False)[:1]
        if fact.kind == "number"
    }
    told = facts_of(answer, names=False) if len(units) == 1 else []
    if len(told) != 1 or told[0].kind != "number":
        return
    unit = value_unit(told[0].value)
    by_length = units <= _BY_LENGTH and unit in _BY_LENGTH
    apart = (units <= _APART and unit in _APART | _BY_LENGTH) or (unit in _APART and units <= _BY_LENGTH)
    if (by_length or apart) and unit not in units:
        yield told[0]


def of_other_thing(
    question: str, answer: str, passage: str, labels: Labels, facts: Sequence[Fact]
) -> Iterator[tuple[Fact, str]]:
    """(number of the answer, the passage's of what is asked for): 1名 of 何人の死者が出たか, where 死者2名 stands and another 1名. facts: the passage's."""
    asked = _THING_ASKED.search(question)
    told = [fact for fact in facts_of(answer, names=False) if fact.kind == "number"] if asked else []
    if asked is None or len(told) != 1:
        return
    unit, thing = value_unit(told[0].value), name_value(asked["before"] or asked["after"])
    known = [one for one in labels.values if one.label == thing and one.unit == unit]
    around = [passage[slice(*sentence_at(passage, one.start))] for one in facts if one.value == told[0].value]
    if known and around and not any(thing[:2] in sentence for sentence in around):
        yield told[0], known[0].value


def of_other_era(question: str, answer: str) -> Iterator[Fact]:
    """The year that is not the one whose name in another era is asked for: 明治27年 of 1896年は明治何年か."""
    if not _ERA_ASKED.search(question):
        return
    years = [[fact for fact in facts_of(text, names=False) if fact.kind == "date"] for text in (question, answer)]
    if all(len(told) == 1 for told in years):
        (asked,), (told,) = years
        if asked.value[:4] != told.value[:4]:
            yield told


def date_in_parts(question: str, asked: Sequence[Fact], answer: str) -> Iterator[Fact]:
    """The whole date that a question and its answer tell together: 1910年の何月, 11月. asked: facts of the question."""
    for fact in asked:
        part = _PART_ASKED.match(question, fact.end) if fact.kind == "date" else None
        told = re.match(rf"([0-9０-９]{{1,2}}){part[1]}", answer) if part else None
        if part is None or told is None:
            continue
        written = f"{fact.text}{told[0]}"
        if value := date_value(written):
            yield Fact("date", written, value, fact.start, fact.end)
