"""What a row about a passage may say: the values that stand there and where, in every form in which a row may have them, and what is made of them on demand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from tekio.knowledge.altered import Copies, copies_of
from tekio.knowledge.brackets import Bracket, brackets_of
from tekio.knowledge.cells import Cells
from tekio.knowledge.derived import Told
from tekio.knowledge.direction import beside, signed
from tekio.knowledge.facts import Fact, facts_of, kanji_number, name_value, passage_facts
from tekio.knowledge.follow import (
    asks_for_rank,
    century_stands,
    days_of_month,
    disputed_years,
    equal_values,
    followed_dates,
    has_ordinal,
    hours_and_months,
    is_one_of_them,
    is_other_year,
    is_word,
    listed_before,
    of_unknown_era,
    one_asked_for,
    one_company_more,
    one_more,
    ordinals_of,
    times_with_itself,
    years_of_heading,
)
from tekio.knowledge.frames import Frames
from tekio.knowledge.inference import Passage
from tekio.knowledge.labels import Labels
from tekio.knowledge.name_words import GENERIC
from tekio.knowledge.names import shorter_names
from tekio.knowledge.negation import signs_of
from tekio.knowledge.pairs import Pairs
from tekio.knowledge.periods import afternoon
from tekio.knowledge.placed import Placed
from tekio.knowledge.records import Record, records_of
from tekio.knowledge.repeated import sentences_of
from tekio.knowledge.sizes import Size, sizes_of
from tekio.knowledge.subjects import Blocks, Subjects
from tekio.knowledge.topics import Topics
from tekio.knowledge.two_lines import Grid, grids_of
from tekio.knowledge.two_periods import Line, tables_of
from tekio.text.dates import ERAS

_LESS = re.compile(r"減|低下|下落|下回|縮小|損失|赤字|マイナス|悪化|下方|不足|下げ|差し引|控除|支出|流出")
_PARAGRAPH = re.compile(r"(?m)(?:^|(?<=。))[ \u3000]*([0-9０-９]{1,2})[ \u3000]")
_ITEM = re.compile(r"(?m)(?:^|(?<=[\u3000 ]))([一二三四五六七八九十]{1,3})[ \u3000]")
_BRACKETED_ITEM = re.compile(r"(?m)^[ \u3000]*[（(]([0-9０-９]{1,2})[）)]")
_OF_ITEMS = re.compile(r"つ?の(?:場合|事由|事項|要件|号)|つ(?:です|である|ある|あり|に)")
_NEAR = 12
_FIRST_OF_ANSWER = 3
"""Characters that an answer may have before its value."""
_NAME_OF_YEAR = re.compile(r"[ァ-ヴーA-Za-zＡ-Ｚａ-ｚ一-龥]{2,}$")
_NAMED_BY_YEAR = re.compile(r"[ァ-ヴーA-Za-zＡ-Ｚａ-ｚ]{2,}")
"""1970FIFAワールドカップ."""
_OTHER_ERA = re.compile(rf"[(（](?!{'|'.join(ERAS)}|[0-9０-９]|西暦)[一-龥]{{2}}")
"""1702年(元禄15年): in brackets, a year of an era that is not calculated with."""
COUNTED_WORDS = {"ひとり": "1人", "ふたり": "2人"}
_KATAKANA_WORD = re.compile(r"[ァ-ヴー]{2,}")
_MINUS_AFTER = re.compile(r"[一-龥々ァ-ヴー]")
_MONTH_OR_DAY = re.compile(r"([0-9]{1,2})(月|日)")
_KANJI_NOUN = re.compile(r"[一-龥ァ-ヴ]{2}")
_COUNTERS_OF_THINGS = frozenset(["種類", "区分", "項目", "点", "件", "社", "店", "店舗", "か所", "個", "本", "台"])

Span = tuple[int, int]
IN_CONTEXT: Span = (0, 0)
"""Stands in the title or the headings: no place in the passage."""


@dataclass
class Ground:
    """What a row may say. places: (kind, value) -> where it stands in the passage; None: only in the context."""

    places: dict[tuple[str, str], Span | None] = field(default_factory=dict[tuple[str, str], Span | None])
    beside: dict[tuple[str, str], list[frozenset[int]]] = field(
        default_factory=dict[tuple[str, str], list[frozenset[int]]]
    )
    ordinals: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])
    words: frozenset[str] = frozenset()
    """words in katakana"""
    folded: str = ""
    text: str = ""
    facts: list[Fact] = field(default_factory=list[Fact])
    above: str = ""
    disputed: set[str] = field(default_factory=set[str])
    """dates that stand only in brackets behind one that is another year: 大正2年(1914年)"""
    days_of_month: set[str] = field(default_factory=set[str])
    """numbers of days that stand only as the day of a month: 6日に"""
    followed: set[str] = field(default_factory=set[str])
    """dates that no words tell but 前年, 翌年, 同年"""

    @classmethod
    def of(cls, passage: str, context: str = "", above: str = "") -> Ground:
        """passage: the text itself. context: title, subject and headings, which a row may name too. above: see `Passage`."""
        told = unicodedata.normalize("NFKC", f"{passage}\n{context}")
        ground = cls(folded=name_value(told), words=frozenset(_KATAKANA_WORD.findall(told)), text=passage, above=above)
        for match in _PARAGRAPH.finditer(passage):  # `2　前項の` is 第2項
            if (number := kanji_number(name_value(match[1]))) is not None:
                ground.places["article", f"項{number}"] = match.span(1)
        if ("article", "項2") in ground.places:  # the first paragraph has no number
            ground.places.setdefault(("article", "項1"), None)
        for match in _ITEM.finditer(passage):  # `二　死亡` is 第2号
            if (number := kanji_number(match[1])) is not None:
                ground.places.setdefault(("article", f"号{number}"), match.span(1))
        for match in _BRACKETED_ITEM.finditer(passage):  # `(3) タイヤの損害` of an article is 第3号
            ground.places.setdefault(("article", f"号{kanji_number(name_value(match[1]))}"), match.span(1))
        for fact in facts_of(context):
            ground.places.setdefault((fact.kind, fact.value), None)
        ground.facts = facts = passage_facts(passage, above)
        ground.disputed = disputed_years(facts)
        for fact in facts:
            if ground.places.get((fact.kind, fact.value)) is None:
                ground.places[fact.kind, fact.value] = (fact.start, fact.end)
            if fact.value.startswith("-") and _MINUS_AFTER.match(passage[max(0, fact.start - 1) : fact.start]):
                ground.places.setdefault((fact.kind, fact.value[1:]), (fact.start, fact.end))  # 総医療費－267,000円
            if fact.kind in ("number", "date"):
                ground.beside.setdefault((fact.kind, fact.value), []).append(
                    beside(passage, fact.end) | signed(passage, fact.start)
                )
        ground.days_of_month = days_of_month(passage, facts)
        for value, place in followed_dates(passage, facts):
            if ("date", value) not in ground.places:
                ground.places["date", value] = place
                ground.followed.add(value)
        for value in years_of_heading(facts):
            ground.places.setdefault(("date", value), None)
        for value, place in (*hours_and_months(passage, facts), *times_with_itself(passage)):
            ground.places.setdefault(("number", value), place)
        for word, value in COUNTED_WORDS.items():
            if (start := passage.find(word)) >= 0:
                ground.places.setdefault(("number", value), (start, start + len(word)))
        ground.ordinals = ordinals_of(f"{passage}\n{context}")
        return ground

    @cached_property
    def signs(self) -> dict[str, set[bool]]:
        """Verb -> whether the passage denies it."""
        return signs_of(self.folded)

    @cached_property
    def sentences(self) -> frozenset[str]:
        """Its sentences and lines in the compared form."""
        return sentences_of(self.text)

    @cached_property
    def copies(self) -> Copies:
        """Its sentences with the words left open that a copy may have otherwise."""
        return copies_of(self.sentences)

    @cached_property
    def years(self) -> set[str]:
        """Those that it writes out."""
        return {fact.value[:4] for fact in self.facts if fact.kind == "date" and fact.value[:1] != "-"}

    @cached_property
    def pairs(self) -> Pairs:
        """What the passage puts side by side."""
        return Pairs.of(self.text, self.facts)

    @cached_property
    def subjects(self) -> Subjects:
        """What stands around its values."""
        return Subjects.of(self.text, self.facts)

    @cached_property
    def blocks(self) -> Blocks:
        """What its articles say."""
        return Blocks.of(self.text)

    @cached_property
    def known(self) -> Passage:
        """What rows may calculate with."""
        told = Told.of(self.text, self.facts)
        dates = {value for kind, value in self.places if kind == "date"}
        return Passage(self.text, self.facts, self.frames, told, self.labels, self.pairs, dates, self.places)

    @cached_property
    def frames(self) -> Frames:
        """Its values with what stands around them."""
        return Frames.of(self.text, self.facts)

    @cached_property
    def lines(self) -> list[list[Line]]:
        """The lines of its tables of two periods."""
        return tables_of(self.cells)

    @cached_property
    def grids(self) -> list[Grid]:
        """The amounts of its tables by their two labels."""
        return grids_of(self.cells)

    @cached_property
    def records(self) -> list[list[Record]]:
        """Its lists, and the rows of its tables."""
        return records_of(self.text, self.facts)

    @cached_property
    def brackets(self) -> list[Bracket]:
        """Its values that are told by brackets."""
        return brackets_of(self.text, self.facts)

    @cached_property
    def topics(self) -> Topics:
        """Which way it says that things went."""
        return Topics.of(self.folded)

    @cached_property
    def cells(self) -> Cells:
        """The values of its tables."""
        return Cells.of(self.text, self.facts, self.above)

    @cached_property
    def placed(self) -> Placed:
        """Where its words stand."""
        return Placed.of(self.text)

    @cached_property
    def sizes(self) -> list[Size]:
        """Its values that can be more or less than another."""
        return sizes_of(self.text, self.facts)

    @cached_property
    def labels(self) -> Labels:
        """What its values are called."""
        return Labels.of(self.text, self.facts, self.above)

    def find(self, fact: Fact, text: str) -> tuple[bool, Span | None]:
        """Whether a fact of a row stands here, and where."""
        if fact.kind == "name":
            if fact.value in self.folded:
                return True, self.places.get(("name", fact.value))
            if any(part and part in self.folded for part in shorter_names(fact.value, self.folded)):
                return True, None
            return self._of_known_words(fact.value), None
        doubtful = fact.kind == "date" and (fact.value in self.disputed or _OTHER_ERA.search(fact.text))
        if doubtful and name_value(fact.text) not in self.folded:
            return False, None
        if fact.kind == "number" and text.startswith("世紀", fact.end):
            answers = 0 < text.rfind("\n", 0, fact.start) >= fact.start - _FIRST_OF_ANSWER
            years = () if answers else self.years  # what a question asks for is not reckoned from any year
            return century_stands(fact.value, self.text, self.folded, years), self.places.get(("number", fact.value))
        if fact.kind == "number" and of_unknown_era(fact, text, self.folded):
            return False, None
        if fact.kind == "date" and is_other_year(fact, text, self.text, self.facts):
            return False, None
        if fact.value in self.days_of_month and fact.text.endswith("間"):
            return False, None
        for value in _forms(fact, text):
            if (fact.kind, value) in self.places:
                return True, self.places[fact.kind, value]
        if fact.kind == "date":
            place = self._date(fact.value) or self._bare(fact.value, text)
            return place is not None, place
        part = _MONTH_OR_DAY.fullmatch(fact.value) if not fact.text.endswith("間") else None
        if part and (place := self._part(int(part[1]), part[2])):
            return True, place
        return self._counted(fact, text), None

    def _of_known_words(self, name: str) -> bool:
        """ゴジラシリーズ: words in katakana of which each is of general use or stands in the passage as a word."""
        if not _KATAKANA_WORD.fullmatch(name):
            return False
        reached = {0}
        for end in range(2, len(name) + 1):
            if any(end - start > 1 and self._is_word(name[start:end]) for start in reached):
                reached.add(end)
        return len(name) in reached

    def _is_word(self, word: str) -> bool:
        return word in GENERIC or word in self.words

    def _counted(self, fact: Fact, text: str) -> bool:
        """An ordinal that the passage has with another counter (3番目, 第3位), or the number of things that the row itself lists."""
        if fact.kind != "number" and not fact.value.startswith(("回", "期")):
            return False
        if has_ordinal(text, fact.start, self.ordinals) or (not self.ordinals and asks_for_rank(text, fact, self.text)):
            return True
        if fact.kind != "number":
            return False
        if fact.value.isdigit() and _OF_ITEMS.match(text, fact.end) and self._has_items(int(fact.value)):
            return True
        return (
            is_word(text, fact, self.text)
            or self._with_other_counter(fact, text)
            or listed_before(text, fact, self.folded, (value for kind, value in self.places if kind == "number"))
            or one_more(text, fact, self.folded)
            or is_one_of_them(text, fact)
            or one_asked_for(text, fact, self.folded)
            or one_company_more(text, fact, self.folded)
        )

    def _has_items(self, number: int) -> bool:
        """Whether a list of so many items stands in the passage: 第一号 to 第五号."""
        return (
            number > 1
            and ("article", f"号{number}") in self.places
            and ("article", f"号{number + 1}") not in self.places
        )

    def _with_other_counter(self, fact: Fact, text: str) -> bool:
        """3種 or 3つ of what the passage counts as 3種類: a counter cut short, and the one for things of any kind."""
        counter = text[fact.end : fact.end + 1]
        if not fact.value.isdigit() or not counter:
            return False
        units = [
            value[len(fact.value) :] for kind, value in self.places if kind == "number" and value.startswith(fact.value)
        ]
        if counter == "の" and len(fact.value) > 1 and _KANJI_NOUN.match(text, fact.end + 1):  # 34の事業者 of 34社
            return any(unit in _COUNTERS_OF_THINGS or unit in ("人", "世帯") for unit in units)
        return any(
            unit.startswith(counter) or (counter == "つ" and unit in _COUNTERS_OF_THINGS) for unit in units if unit
        )

    def _date(self, value: str) -> Span | None:
        """A date told more coarsely than in the passage (2024年3月 of 2024年3月31日), or without its year."""
        for (kind, known), place in self.places.items():
            in_year = known[1:] if known[:1] == "-" else known[4:]
            if kind == "date" and (
                known.startswith(f"{value}-") or (value[:1] == "-" and in_year.startswith(value[1:]))
            ):
                return place or IN_CONTEXT
        return None

    def _bare(self, value: str, row: str) -> Span | None:
        """A year that the passage has as a bare number (大会2009, which the row must name), a month that it has beside another year (天明3年3月)."""
        if value.startswith("--") and len(value) == 4:
            key = f"{int(value[2:])}月"
        elif len(value) == 4:
            key = value
        else:
            return None
        if ("number", key) not in self.places:
            return None
        place = self.places["number", key] or IN_CONTEXT
        if key != value:
            return place
        named = _NAME_OF_YEAR.search(self.text, 0, place[0]), _NAMED_BY_YEAR.match(self.text, place[1])
        return place if all(one is None or one[0] in row for one in named) else None

    def _part(self, number: int, unit: str) -> Span | None:
        """The month or the day of a date: 9月の何日 ... 10日."""
        ending = f"-{number:02d}"
        for (kind, known), place in self.places.items():
            month, day = (known[1:4], known[4:7]) if known[:1] == "-" else (known[4:7], known[7:])
            if kind == "date" and ending == (month if unit == "月" else day):
                return place or IN_CONTEXT
        return None


def _forms(fact: Fact, text: str) -> Iterable[str]:
    """Values under which a fact may stand: a decrease is told without its sign."""
    yield fact.value
    if fact.kind != "number":
        return
    yield from equal_values(fact.value)
    if hour := afternoon(fact, text):
        yield hour
    near = text[max(0, fact.start - _NEAR) : fact.end + _NEAR]
    if not fact.value.startswith("-") and _LESS.search(near):
        yield f"-{fact.value}"
