"""What a passage calls its values: 売上高は1,234億円（前期比8.4%増）、純利益は56億円（同3.2%減）.

A label is the noun that leads to a value at once, or the first cell of its line where spaces or bars make a table of it; a value in brackets behind another has
the label of that one. Two things come of it: which values of the passage a row speaks of, so that it may calculate with them (`tekio.knowledge.reckoned`), and whether a row gives a
value to another label than the passage does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tekio.knowledge.facts import Fact, name_value
from tekio.knowledge.figures import table_figures
from tekio.knowledge.passages import sentence_start
from tekio.knowledge.supposed import unit_of

_NOUN = r"[一-龥々ァ-ヴーA-Za-zＡ-Ｚａ-ｚ]{2,}"
_ABOUT = r"(?:約|およそ|計|合計で?|総額|[、\s])*"
_BEFORE = re.compile(rf"({_NOUN})(?P<by>は|が|も|:|：|=)?{_ABOUT}[(（]?$")
_EACH = re.compile(r"(?:当たり|あたり|につき)(?:年間|年|の配当)?")
_ASIDE = re.compile(r"^[^0-9０-９。、\n]{0,6}[(（][^0-9０-９()（）。\n]{0,10}$")
_CELL = re.compile(r"\s*[|｜]\s*|[\u3000\t]+| {2,}")
_FIGURE_CELL = re.compile(r"[|｜\u3000\t]| {2,}")
_UNIT = re.compile(r"[（(\[［][^（()）]*[）)\]］]$")
_CORE = re.compile(r"(?:[数額高]|金額)$")
_TIME = re.compile(
    r"(?:(?:[前当今次昨来翌同][々]?(?:期|年|月|日|回|度|年度|中間期|四半期|年同月|年同期)?|期首|期末|年度|年間|月額|年額|合計|総額|総計|平均|最大|最小|最高|最低|上限|下限|限度|税込|税抜|最長|最短|現在|時点|以上|以下|未満)"
    r"(?:実績|平均|予想|計画|累計|末|比|額)?)$"
)
_LONGEST = 60
_LEAST_END = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value and what it is called. sure: a particle stands between, and nothing else: this is its label and no other."""

    value: str
    unit: str
    start: int
    label: str
    sure: bool
    sentence: int
    """where its sentence begins"""


@dataclass
class Labels:
    """The labelled values of a text."""

    values: list[Labelled] = field(default_factory=list[Labelled])

    @classmethod
    def of(cls, text: str, facts: Sequence[Fact], above: str = "") -> Labels:
        """facts: of the text."""
        rows = {figure.start: name_value(figure.row) for figure in table_figures(text, above)}
        found = cls()
        last: tuple[Fact, Labelled] | None = None
        for fact in sorted(facts, key=lambda one: one.start):
            unit = unit_of(fact)
            if not unit:
                continue
            told = _label(text, fact, unit, rows, last)
            if told is not None:
                found.values.append(told)
                last = fact, told
        return found

    def named_in(self, text: str) -> list[Labelled]:
        """Those whose label a text has. text: in the compared form."""
        return [one for one in self.values if _is_named(one.label, text)]

    def named_last(self, text: str) -> list[str]:
        """The values of the label that a text names last. text: in the compared form."""
        places = {one.label: text.rfind(_CORE.sub("", _UNIT.sub("", one.label))) for one in self.values}
        last = max(places.values(), default=-1)
        return [one.value for one in self.values if places[one.label] == last >= 0]

    def beside(self, named: Sequence[Labelled]) -> list[Labelled]:
        """Those of the same unit in the same sentence with these."""
        kinds = {(one.unit, one.sentence) for one in named}
        return [one for one in self.values if (one.unit, one.sentence) in kinds]

    @cached_property
    def sizes(self) -> frozenset[str]:
        """All values, without their signs."""
        return frozenset(one.value.removeprefix("-") for one in self.values)

    @property
    def names(self) -> set[str]:
        """All labels."""
        return {one.label for one in self.values}


def _label(
    text: str, fact: Fact, unit: str, rows: dict[int, str], last: tuple[Fact, Labelled] | None
) -> Labelled | None:
    sentence = sentence_start(text, fact.start)
    if fact.start in rows:
        return Labelled(fact.value, unit, fact.start, rows[fact.start], sure=True, sentence=sentence)
    if last is not None and (
        _ASIDE.match(text[last[0].end : fact.start]) or _EACH.fullmatch(text[last[0].end : fact.start])
    ):
        return Labelled(fact.value, unit, fact.start, last[1].label, last[1].sure, sentence)
    line = text[text.rfind("\n", 0, fact.start) + 1 : fact.start]
    if _FIGURE_CELL.search(line.strip()) or _FIGURE_CELL.match(text, fact.end):
        cells = [cell for cell in _CELL.split(line.strip(" \u3000|")) if cell]
        if cells and not any(character.isdigit() for character in cells[0]):
            label = name_value(_UNIT.sub("", cells[0]))
            return Labelled(fact.value, unit, fact.start, label, sure=True, sentence=sentence)
    found = _BEFORE.search(text, max(0, fact.start - _LONGEST), fact.start)
    if found is None or len(name_value(found[1])) < 2:
        return None
    return Labelled(fact.value, unit, fact.start, name_value(found[1]), sure=bool(found["by"]), sentence=sentence)


def _is_named(label: str, text: str) -> bool:
    """Whether a text has a label, or its last letters: 限度額 of 借入限度額."""
    core = _CORE.sub("", label)
    return label in text or core in text or (len(label) > _LEAST_END and label[-_LEAST_END:] in text)


def _alike(one: str, other: str) -> bool:
    one, other = _CORE.sub("", one), _CORE.sub("", other)
    return one in other or other in one


def mislabelled(text: str, facts: Sequence[Fact], passage: Labels) -> Iterator[tuple[str, str]]:
    """(value of the row, the passage's of its label): 純利益は98億円 of 営業利益は98億円、純利益は56億円. text, facts: the row's."""
    if passage.sizes.isdisjoint(fact.value for fact in facts):
        return
    for row in Labels.of(text, facts).values:
        if not row.sure or _TIME.match(row.label):
            continue
        known = [one for one in passage.values if one.value.removeprefix("-") == row.value]
        if not known or not all(one.sure for one in known):
            continue
        said = name_value(text[sentence_start(text, row.start) : row.start])
        if any(_TIME.match(one.label) or one.label in said or _alike(one.label, row.label) for one in known):
            continue
        theirs = [one for one in passage.values if one.sure and one.label == row.label and one.unit == row.unit]
        if theirs:
            yield row.value, theirs[0].value
