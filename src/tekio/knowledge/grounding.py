"""Whether every number, date, article and name of a row stands in its passage, or follows from it by a stated computation.

Compared are values (`tekio.knowledge.facts`): 12億円 stands in a passage that says 1,200百万円, 2024年3月 in one that says
令和6年3月31日, a decrease of 5.2% in one that says △5.2%. Two numbers that are equal and have different units are different.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property

from tekio.knowledge.asked import date_in_parts, of_other_era, of_other_thing, of_other_unit
from tekio.knowledge.brackets import Bracket, brackets_of, of_other_bracket
from tekio.knowledge.computed import Computed
from tekio.knowledge.derived import Told
from tekio.knowledge.direction import beside, bound_asked, contrary, signed, turned
from tekio.knowledge.facts import Fact, facts_of, kanji_number, name_value, passage_facts, written_places
from tekio.knowledge.follow import (
    disputed_years,
    equal_values,
    followed_dates,
    has_ordinal,
    hours_and_months,
    listed_before,
    one_more,
    ordinals_of,
    other_count,
    other_year,
    years_of_heading,
)
from tekio.knowledge.frames import as_asked, copied, in_frame_of_other
from tekio.knowledge.inference import Passage, follow
from tekio.knowledge.labels import Labels, mislabelled
from tekio.knowledge.names import GENERIC, shorter_names
from tekio.knowledge.negation import denied, signs_of, unconditional
from tekio.knowledge.pairs import Pairs, exchanged
from tekio.knowledge.periods import afternoon
from tekio.knowledge.subjects import (
    Blocks,
    Subjects,
    misplaced,
    of_other_article,
    of_other_event,
    of_other_paragraph,
    of_other_year,
    swapped,
)
from tekio.knowledge.topics import Topics, gone_otherwise
from tekio.text.dates import ERAS

_LESS = re.compile(r"減|低下|下落|下回|縮小|損失|赤字|マイナス|悪化|下方|不足|下げ|差し引|控除|支出|流出")
_PARAGRAPH = re.compile(r"(?m)(?:^|(?<=。))[ \u3000]*([0-9０-９]{1,2})[ \u3000]")
_ITEM = re.compile(r"(?m)(?:^|(?<=[\u3000 ]))([一二三四五六七八九十]{1,3})[ \u3000]")
_BRACKETED_ITEM = re.compile(r"(?m)^[ \u3000]*[（(]([0-9０-９]{1,2})[）)]")
_NEAR = 12
_NAME_OF_YEAR = re.compile(r"[ァ-ヴーA-Za-zＡ-Ｚａ-ｚ一-龥]{2,}$")
_OTHER_ERA = re.compile(rf"[(（](?!{'|'.join(ERAS)}|[0-9０-９]|西暦)[一-龥]{{2}}")
"""1702年(元禄15年): in brackets, a year of an era that is not calculated with."""
_VALUE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(.*)")

_COUNTED_WORDS = {"ひとり": "1人", "ふたり": "2人"}
_KATAKANA_WORD = re.compile(r"[ァ-ヴー]{2,}")
_MINUS_AFTER = re.compile(r"[一-龥々ァ-ヴー]")
_MONTH_OR_DAY = re.compile(r"([0-9]{1,2})(月|日)")
_ANSWER_END = re.compile(r"(?:です|である|だ)?[。．]?$")
_NO_TERM = re.compile(r"[ぁ-いか-ねは-みむ-んう-お]|[、。]")
_QUOTED = re.compile(r"[「『]([^「」『』]+)[」』]")
_LONGEST_TERM = 20

_KANJI_NOUN = re.compile(r"[一-龥ァ-ヴ]{2}")
_COUNTERS_OF_THINGS = frozenset(["種類", "区分", "項目", "点", "件", "社", "店", "店舗", "か所", "個", "本", "台"])
_YES_OR_NO = re.compile(r"か[。?]?(?:はい|いいえ)[、。]")

Span = tuple[int, int]
_IN_CONTEXT: Span = (0, 0)
"""Stands in the title or the headings: no place in the passage."""


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """A fact that stands nowhere, or a computation that does not come out."""

    kind: str
    text: str
    value: str

    def plain(self) -> dict[str, str]:
        return {"kind": self.kind, "text": self.text, "value": self.value}


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
        for value, place in followed_dates(passage, facts):
            if ("date", value) not in ground.places:
                ground.places["date", value] = place
                ground.followed.add(value)
        for value in years_of_heading(facts):
            ground.places.setdefault(("date", value), None)
        for value, place in hours_and_months(passage, facts):
            ground.places.setdefault(("number", value), place)
        for word, value in _COUNTED_WORDS.items():
            if (start := passage.find(word)) >= 0:
                ground.places.setdefault(("number", value), (start, start + len(word)))
        ground.ordinals = ordinals_of(f"{passage}\n{context}")
        return ground

    @cached_property
    def signs(self) -> dict[str, set[bool]]:
        """Verb -> whether the passage denies it."""
        return signs_of(self.folded)

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
        return Passage(self.text, self.facts, told, self.labels, self.pairs, dates, self.places)

    @cached_property
    def brackets(self) -> list[Bracket]:
        """Its values that are told by brackets."""
        return brackets_of(self.text, self.facts)

    @cached_property
    def topics(self) -> Topics:
        """Which way it says that things went."""
        return Topics.of(self.folded)

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
        if has_ordinal(text, fact.start, self.ordinals):
            return True
        if fact.kind != "number":
            return False
        return (
            self._with_other_counter(fact, text)
            or listed_before(text, fact, self.folded)
            or one_more(text, fact, self.folded)
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
                return place or _IN_CONTEXT
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
        place = self.places["number", key] or _IN_CONTEXT
        named = _NAME_OF_YEAR.search(self.text, 0, place[0]) if key == value else None
        return place if named is None or named[0] in row else None

    def _part(self, number: int, unit: str) -> Span | None:
        """The month or the day of a date: 9月の何日 ... 10日."""
        ending = f"-{number:02d}"
        for (kind, known), place in self.places.items():
            month, day = (known[1:4], known[4:7]) if known[:1] == "-" else (known[4:7], known[7:])
            if kind == "date" and ending == (month if unit == "月" else day):
                return place or _IN_CONTEXT
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


def check(
    text: str, ground: Ground, computed: Sequence[Computed] = (), asked: int = 0
) -> tuple[list[Span], list[Ungrounded]]:
    """(places in the passage of what the text says, what stands nowhere). computed: what the text says it computed; each must come out
    of values that stand in the passage. asked: length of the question that the text begins with.
    """
    spans: list[Span] = []
    wrong: list[Ungrounded] = []
    results: set[tuple[str, str]] = set()
    for item in computed:
        problem = _recompute(item, ground)
        if problem is not None:
            wrong.append(problem)
            continue
        results.update((fact.kind, fact.value) for fact in facts_of(item.result))
    facts = facts_of(text)
    found = [ground.find(fact, text) for fact in facts]
    standing = [fact for fact, (stands, _) in zip(facts, found, strict=True) if stands]
    derived = set[Fact]() if computed else follow(ground.known, text, facts, standing, asked)
    for fact, (stands, place) in zip(facts, found, strict=True):
        told_result = (fact.kind, fact.value) in results
        if not stands and not told_result:
            if fact not in derived:
                wrong.append(Ungrounded(fact.kind, fact.text, fact.value))
            continue
        told = beside(text, fact.end) if fact.kind in ("number", "date") else frozenset[int]()
        if not told_result and contrary(told, ground.beside.get((fact.kind, fact.value), ())):
            wrong.append(Ungrounded("direction", text[fact.start : fact.end + 6].split("\n")[0], fact.value))
        if place and fact.kind == "date" and (other := _of_other_date(fact, text, facts, ground, place)):
            wrong.append(Ungrounded("date", fact.text, other))
        if place is not None and place != _IN_CONTEXT and place not in spans:
            spans.append(place)
    moved = bool(derived) or any(item.operation in ("difference", "change") for item in computed)
    return sorted(spans), wrong + _against(text, ground, facts, standing, asked, moved=moved)


def _of_other_date(fact: Fact, text: str, facts: Sequence[Fact], ground: Ground, place: Span) -> str | None:
    """What the passage has for a date of a row that it does not write out, where the row tells something of another year with it."""
    if ground.text[slice(*place)] in ("前年", "翌年"):
        if other := of_other_year(text, fact, ground.text, place, ground.facts):
            return other
        if copied(fact, text, ground.text, ground.facts):
            return fact.value
    if fact.value.isdigit() and fact.value not in ground.years:
        return of_other_event(text, fact, facts, ground.text, place, ground.facts)
    return None


def _against(
    text: str, ground: Ground, facts: Sequence[Fact], standing: Sequence[Fact], asked: int, *, moved: bool
) -> list[Ungrounded]:
    """What a row puts together otherwise than its passage. standing: its facts that stand there; moved: it calculates differences of its own."""
    wrong: list[Ungrounded] = []
    values = {fact.value for fact in facts}
    in_frame = [*in_frame_of_other(text, standing, ground.text, ground.facts, values)]
    for fact in standing if asked else ():
        if fact.start > asked and (stated := as_asked(fact, text, asked)):
            in_frame += in_frame_of_other(stated[1], [stated[0]], ground.text, ground.facts, values)
    wrong += [Ungrounded(fact.kind, fact.text, other) for fact, other in in_frame]
    wrong += [Ungrounded("number", count, count) for count in other_count(text, ground.text)]
    wrong += [Ungrounded("date", day.text, day.value) for day in other_year(facts, ground.facts, ground.known.dates)]
    wrong += [
        Ungrounded("direction", pair.row, pair.passage) for pair in exchanged(text, facts, ground.pairs, standing)
    ]
    wrong += [Ungrounded("subject", value, other) for value, other in misplaced(text, facts, ground.subjects, values)]
    row_labels = Labels.of(text, facts)
    wrong += [Ungrounded("subject", value, other) for value, other in mislabelled(text, row_labels, ground.labels)]
    wrong += [Ungrounded("number", told, known) for told, known in of_other_bracket(text, facts, ground.brackets)]
    wrong += [Ungrounded("subject", told, known) for told, known in swapped(text, facts, ground.subjects)]
    wrong += [Ungrounded("subject", told, known) for told, known in of_other_article(text, facts, ground.blocks)]
    wrong += [Ungrounded("article", told, known) for told, known in of_other_paragraph(text, facts, ground.blocks)]
    folded = name_value(text)
    wrong += [Ungrounded("direction", told, known) for told, known in gone_otherwise(folded, ground.topics)]
    if always := unconditional(folded, ground.folded):
        wrong.append(Ungrounded("condition", always, always))
    steps = Pairs.of(text, facts).steps  # 84,600人から81,200人に: which way is held against the two values
    moved = moved or bool(steps)
    wrong += [
        Ungrounded("direction", found.word, found.passage) for found in turned(folded, ground.folded, computed=moved)
    ]
    wrong += [Ungrounded("direction", said, known) for said, known in denied(_without_question(folded), ground.signs)]
    return wrong


def _without_question(text: str) -> str:
    """A row without the question that its answer says yes or no to: it may ask of what does not hold. text: in the compared form."""
    return text if (told := _YES_OR_NO.search(text)) is None else text[told.end() :]


def check_row(
    question: str, text: str, ground: Ground, computed: Sequence[Computed] = ()
) -> tuple[list[Span], list[Ungrounded]]:
    """`check` of a question with its answer, or of a text alone (`question` is empty)."""
    spans, wrong = check(f"{question}\n{text}" if question else text, ground, computed, len(question))
    if bound := bound_asked(question):
        for fact in facts_of(text):
            known = ground.beside.get((fact.kind, fact.value), ())
            if contrary(beside(f"{fact.text}{bound}", len(fact.text)), known):
                wrong.append(Ungrounded("direction", bound, fact.value))
    wrong += [Ungrounded(fact.kind, fact.text, fact.value) for fact in of_other_unit(question, text)]
    wrong += [Ungrounded(fact.kind, fact.text, fact.value) for fact in of_other_era(question, text)]
    of_other = of_other_thing(question, text, ground.text, ground.labels, ground.facts)
    wrong += [Ungrounded("subject", fact.text, other) for fact, other in of_other]
    for date in date_in_parts(question, facts_of(question), text) if question else ():
        if not ground.find(date, date.text)[0]:
            wrong.append(Ungrounded("date", date.text, date.value))
    return spans, wrong or (check_answer(question, text, ground) if question else [])


def check_answer(question: str, answer: str, ground: Ground) -> list[Ungrounded]:
    """A short answer that is a bare name or term must stand in the passage, whatever its form: 蘇我入鹿, 皮膚, 天霧."""
    bare = _ANSWER_END.sub("", answer.strip())
    quoted = _QUOTED.fullmatch(bare)
    bare = quoted[1] if quoted else bare
    told = name_value(bare)
    if (
        not told
        or len(told) > _LONGEST_TERM
        or (not quoted and _NO_TERM.search(bare))
        or told in ground.folded
        or told in name_value(question)
    ):
        return []
    if any(fact.kind != "name" for fact in facts_of(bare)):
        return []  # its number or date has been compared by value
    return [Ungrounded("answer", bare, told)]


def _recompute(item: Computed, ground: Ground) -> Ungrounded | None:
    """None if a computation comes out; its inputs must stand in the passage."""
    failed = Ungrounded("computation", item.result, f"{item.operation}({', '.join(item.inputs)})")
    if item.operation == "count":
        whole = all(name_value(each) in ground.folded for each in item.inputs)
        told = _number(item.result)
        return None if whole and told is not None and told[0] == len(item.inputs) else failed
    values: list[tuple[Decimal, str]] = []
    for each in item.inputs:
        facts = [fact for fact in facts_of(each) if fact.kind == "number"]
        if len(facts) != 1 or not ground.find(facts[0], each)[0]:
            return failed
        value = _split(facts[0].value)
        if value is None:
            return failed
        values.append(value)
    told = _number(item.result)
    if told is None or len({unit for _, unit in values}) != 1:
        return failed
    amounts = [amount for amount, _ in values]
    try:
        if item.operation == "sum":
            exact, unit = sum(amounts, Decimal(0)), values[0][1]
        elif item.operation == "difference" and len(amounts) == 2:
            exact, unit = abs(amounts[0] - amounts[1]), values[0][1]
        elif item.operation == "change" and len(amounts) == 2:
            exact, unit = abs(amounts[0] - amounts[1]) / abs(amounts[1]) * 100, "%"
        elif item.operation == "share" and len(amounts) == 2:
            exact, unit = amounts[0] / amounts[1] * 100, "%"
        else:
            return failed
    except (InvalidOperation, ZeroDivisionError):
        return failed
    places = written_places(item.result) if unit == "%" else 0
    allowed = Decimal(1).scaleb(-places) / 2 if unit == "%" else Decimal(0)
    return None if told[1] == unit and abs(abs(told[0]) - abs(exact)) <= allowed else failed


def _number(written: str) -> tuple[Decimal, str] | None:
    facts = [fact for fact in facts_of(written) if fact.kind in ("number", "article")]
    return _split(facts[0].value) if len(facts) == 1 else None


def _split(value: str) -> tuple[Decimal, str] | None:
    found = _VALUE.fullmatch(value)
    return (Decimal(found[1]), found[2]) if found else None
