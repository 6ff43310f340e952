"""Whether a row puts a value of its passage beside the subject of another: 機械装置の耐用年数は15年 of 建物15年～50年、機械装置7年～10年.

What stands around a value is compared, from the value of the same unit before it to the end of the clause. A row is refused where its words around a value are
those of another value that it does not tell, and none of them is of its own alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tekio.knowledge.facts import Fact
from tekio.knowledge.supposed import unit_of

_SENTENCE = re.compile(r"[。\n]")
_CLAUSE = re.compile(r"[、。\n]")
_WORD = re.compile(r"[一-龥々]{2,}|[ァ-ヴー]{2,}|[A-Za-zＡ-Ｚａ-ｚ]{2,}")
_LABEL = re.compile(r"([一-龥々ァ-ヴー]{2,})[はがの]?$")
_LEAST = 5.0
"""Weight of words that another value has alone, for it to be the one that is told."""
_OWN = 0.15
"""Share of that weight that the value may have alone."""
_COMMON = frozenset(
    [
        "以上",
        "以下",
        "以内",
        "未満",
        "場合",
        "期間",
        "金額",
        "合計",
        "前年",
        "同期",
        "当期",
        "年度",
        "ため",
        "これ",
        "それ",
    ]
)


def _kind(fact: Fact) -> str | None:
    """What makes two facts comparable: the unit. Dates are not compared: what is told of years overlaps too much."""
    if fact.kind == "number":
        return unit_of(fact) or None
    return None


def _words(text: str) -> set[str]:
    """Pairs of neighbouring letters of kanji words, and words of katakana and Latin letters."""
    found: set[str] = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if "一" <= word[0] <= "龥":
            found.update(word[place : place + 2] for place in range(len(word) - 1))
        else:
            found.add(word.casefold())
    return found - _COMMON


@dataclass(frozen=True, slots=True)
class _Around:
    """A value, the words around it, those that lead to it at once (機械装置は7年), and those of its sentence before it."""

    value: str
    words: frozenset[str]
    label: frozenset[str]
    before: frozenset[str]


@dataclass
class Subjects:
    """Unit -> what stands around the numbers of a text."""

    around: dict[str, list[_Around]] = field(default_factory=dict[str, list[_Around]])

    @classmethod
    def of(cls, text: str, facts: Sequence[Fact]) -> Subjects:
        found = cls()
        last: dict[str, int] = {}
        for fact in sorted(facts, key=lambda fact: fact.start):
            kind = _kind(fact)
            if kind is None:
                continue
            begins = [match.end() for match in _SENTENCE.finditer(text, 0, fact.start)]
            first = begins[-1] if begins else 0
            start = max(last.get(kind, 0), first)
            ends = _CLAUSE.search(text, fact.end)
            before = text[start : fact.start]
            words = _words(before + "　" + text[fact.end : ends.start() if ends else len(text)])
            label = _LABEL.search(before)
            found.around.setdefault(kind, []).append(
                _Around(
                    fact.value,
                    frozenset(words),
                    frozenset(_words(label[1]) if label else ()),
                    frozenset(_words(text[first:start])),
                )
            )
            last[kind] = fact.end
        return found


def misplaced(text: str, facts: Sequence[Fact], passage: Subjects, values: set[str]) -> Iterator[tuple[str, str]]:
    """(value of the row, the passage's value of these words). values: all that the row tells, in the compared form."""
    told = Subjects.of(text.replace("\n", "　"), facts)
    for kind, rows in told.around.items():
        known = passage.around.get(kind, [])
        for row in rows:
            own = [one.words for one in known if one.value in (row.value, f"-{row.value}")]
            of_value = frozenset[str]().union(*own)
            for other in known if own else ():
                if other.value.removeprefix("-") in values:
                    continue
                shared = (row.words & other.words) - of_value
                theirs = _weight(shared) + _weight(shared & other.label)
                if theirs >= _LEAST and _weight((row.words & of_value) - other.words - other.before) <= _OWN * theirs:
                    yield row.value, other.value
                    break


def _weight(words: frozenset[str]) -> float:
    return sum(1.0 if "一" <= word[0] <= "龥" else 2.0 for word in words)
