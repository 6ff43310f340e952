"""Whether every number, date, article and name of a row stands in its passage, or follows from it by a stated computation.

Compared are values (`tekio.knowledge.facts`): 12億円 stands in a passage that says 1,200百万円, 2024年3月 in one that says
令和6年3月31日, a decrease of 5.2% in one that says △5.2%. Two numbers that are equal and have different units are different.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Literal

from tekio.knowledge.altered import altered
from tekio.knowledge.answered import stated, turned_around_answer
from tekio.knowledge.asked import date_in_parts, of_other_era, of_other_thing, of_other_unit
from tekio.knowledge.attributes import cannot, said_otherwise
from tekio.knowledge.brackets import of_other_bracket
from tekio.knowledge.cells import of_other_cell
from tekio.knowledge.choices import content
from tekio.knowledge.compared import compared, has_degree
from tekio.knowledge.comparisons import against_figures
from tekio.knowledge.computed import Computed
from tekio.knowledge.counts import (
    about_for_bound,
    counted_otherwise,
    empty_ranges,
    end_of_range,
    impossible_counts,
    marked_otherwise,
    of_other_number,
)
from tekio.knowledge.derived import sentence_at
from tekio.knowledge.direction import beside, bound_asked, contrary, is_verb_sign, may_be_turned, turned
from tekio.knowledge.facts import Fact, FactKind, facts_of, name_value, written_places
from tekio.knowledge.follow import other_count, other_each, other_year
from tekio.knowledge.frames import as_asked, copied, in_frame_of_other
from tekio.knowledge.ground import COUNTED_WORDS, IN_CONTEXT, Ground, Span
from tekio.knowledge.inference import follow
from tekio.knowledge.labels import mislabelled
from tekio.knowledge.moved_cells import moved_otherwise
from tekio.knowledge.named_cell import of_named_cell
from tekio.knowledge.negation import denied, unconditional
from tekio.knowledge.pairs import Pairs, exchanged
from tekio.knowledge.put_otherwise import (
    exchanged_words,
    is_cut_off,
    of_other_period,
    other_doer,
    other_heading,
    other_title,
)
from tekio.knowledge.ranks import of_other_rank
from tekio.knowledge.records import of_other_record
from tekio.knowledge.repeated import in_blank, is_word_for_word, told_in
from tekio.knowledge.slots import is_bare_value, of_other_place, told_in_other_place
from tekio.knowledge.subjects import (
    misplaced,
    of_other_article,
    of_other_event,
    of_other_paragraph,
    of_other_year,
    subjects_of_row,
    swapped,
    words_of,
)
from tekio.knowledge.terms import altered_terms
from tekio.knowledge.topics import gone_otherwise
from tekio.knowledge.turned_questions import answers_neither, asks_for_nothing, other_end
from tekio.knowledge.two_lines import of_two_columns, of_two_lines
from tekio.knowledge.two_periods import of_two_periods
from tekio.knowledge.verbatim import is_verbatim, stands_in_paragraph
from tekio.text.dates import japanese_number

_VALUE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(.*)")
_ANSWER_END = re.compile(r"(?:です|である|だ)?[。．]?$")
_NO_TERM = re.compile(r"[ぁ-いか-ねは-みむ-んう-お]|[、。]")
_QUOTED = re.compile(r"[「『]([^「」『』]+)[」』]")
_CONTENT = re.compile(r"[一-龥々]{2,}|[ァ-ヴー]{2,}|[a-z0-9]{2,}")
_ASKS_FOR_NAME = re.compile(r"誰|だれ|どこ|いつ|何と|なんと")
_PHRASE = re.compile(r"[、。]|ない|なし|ません|です|ます|する|した|って|いる|いた(?!ま)")
_TERM_IN_MARKS = re.compile(r"[「『]([^「」『』\n]{2,})[」』]")
_LONGEST_TERM = 20
_LEAST_WORDS, _LONG_WITHOUT_WORDS = 4, 20
"""Words, or letters, of a text from which it must have one of its passage's."""
_LOST = re.compile(r"損失|赤字|支出|費用|マイナス|減|損")
_OF_ONE_KIND = ("ァ-ヴー", "A-Za-z")
_LEAST_FOREIGN = 2
"""Words of an answer from which one at least must stand in the passage or the question."""
_SHOWN = 40
_LAST_PARAGRAPH = re.compile(r"第([^第条項]+)項$")
_YES_OR_NO = re.compile(r"か[。?]?(?:はい|いいえ)[、。]")

ProblemKind = Literal[FactKind, "computation", "answer", "direction", "subject", "condition", "topic"]
"""What is wrong: a fact that stands nowhere, a computation, a short answer, the other way round, another thing's value, in every case, nothing that the passage speaks of."""


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """A fact that stands nowhere, or a computation that does not come out."""

    kind: ProblemKind
    text: str
    value: str

    def plain(self) -> dict[str, str]:
        return {"kind": self.kind, "text": self.text, "value": self.value}


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
    told = [fact.value for fact in facts if fact.kind == "number"]
    wrong += [Ungrounded("computation", item.result, item.operation) for item in computed if not _tells(item, told)]
    found = [ground.find(fact, text) for fact in facts]
    standing = [fact for fact, (stands, _) in zip(facts, found, strict=True) if stands]
    derived = set[Fact]() if computed else follow(ground.known, text, facts, standing, asked)
    wrong += [
        Ungrounded("subject", fact.text, other) for fact, other in of_named_cell(text, facts, derived, ground.cells)
    ]
    for fact, (stands, place) in zip(facts, found, strict=True):
        told_result = (fact.kind, fact.value) in results
        if _falls(fact, text, ground) and not told_result:
            wrong.append(Ungrounded("direction", text[fact.start : fact.end + 6].split("\n")[0], f"-{fact.value}"))
        if not stands and not told_result:
            if fact not in derived:
                wrong.append(Ungrounded(fact.kind, fact.text, fact.value))
            continue
        ways = beside(text, fact.end) if fact.kind in ("number", "date") else frozenset[int]()
        if ways and not told_result and contrary(ways, ground.beside.get((fact.kind, fact.value), ())):
            wrong.append(Ungrounded("direction", text[fact.start : fact.end + 6].split("\n")[0], fact.value))
        if place and fact.kind == "date" and (other := _of_other_date(fact, text, facts, ground, place)):
            wrong.append(Ungrounded("date", fact.text, other))
        if place is not None and place != IN_CONTEXT and place not in spans:
            spans.append(place)
    moved = bool(derived) or any(item.operation in ("difference", "change") for item in computed)
    given = [fact for fact in facts if (fact.kind, fact.value) not in results]
    wrong += [
        Ungrounded("subject", fact.text, other) for fact, other in of_other_cell(text, given, asked, ground.cells)
    ]
    return sorted(spans), wrong + _against(text, ground, facts, standing, asked, moved=moved)


def _falls(fact: Fact, text: str, ground: Ground) -> bool:
    """Whether a row tells as a rise what the passage has below zero alone: 500億円引き上げ of △500億円."""
    if (
        fact.kind != "number"
        or ("number", f"-{fact.value}") not in ground.places
        or ("number", fact.value) in ground.places
    ):
        return False
    return 1 in beside(text, fact.end) and not _LOST.search(text, 0, fact.start)


def _tells(item: Computed, told: Sequence[str]) -> bool:
    """Whether a row tells what it says it computed: 2つのものを掲げる of three that are counted does not, though 2 may stand in the passage for
    something else. told: the row's numbers. A count has no unit of its own (3つ, 全3号).
    """
    results = [fact.value for fact in facts_of(item.result, names=False) if fact.kind == "number"]
    if item.operation == "count":
        told, results = [_bare_number(value) for value in told], [_bare_number(value) for value in results]
    return set(results) <= set(told)


def _bare_number(value: str) -> str:
    found = _VALUE.fullmatch(value)
    return found[1] if found else value


def _of_other_date(fact: Fact, text: str, facts: Sequence[Fact], ground: Ground, place: Span) -> str | None:
    """What the passage has for a date of a row that it does not write out, where the row tells something of another year with it."""
    if ground.text[slice(*place)] in ("前年", "翌年"):
        if other := of_other_year(text, fact, ground.text, place, ground.facts):
            return other
        said = ground.text[place[0] : sentence_at(ground.text, place[0])[1]]
        if copied(fact, text, ground.frames) or not (content(text) & content(said)) - {"年"}:
            return fact.value
    if fact.value.isdigit() and fact.value not in ground.years:
        return of_other_event(text, fact, facts, ground.text, place, ground.facts)
    return None


def _against(
    text: str, ground: Ground, facts: Sequence[Fact], standing: Sequence[Fact], asked: int, *, moved: bool
) -> list[Ungrounded]:
    """What a row puts together otherwise than its passage. standing: its facts that stand there; moved: it calculates differences of its own."""
    wrong: list[Ungrounded] = []
    values, folded, pairs = {fact.value for fact in facts}, name_value(text), Pairs.of(text, facts)
    in_frame = [*in_frame_of_other(text, standing, ground.frames, values)]
    for fact in standing if asked else ():
        if fact.start > asked and (stated := as_asked(fact, text, asked)):
            in_frame += in_frame_of_other(stated[1], [stated[0]], ground.frames, values)
    wrong += [
        Ungrounded(fact.kind, fact.text, other)
        for fact, other in in_frame
        if not is_verbatim(fact, text, ground.folded)
    ]
    wrong += [Ungrounded("number", count, count) for count in other_count(text, ground.text)]
    wrong += [Ungrounded("number", fact.text, of) for fact, of in other_each(facts, text, ground.facts, ground.text)]
    wrong += [Ungrounded("date", day.text, day.value) for day in _disagreeing(facts, ground)]
    wrong += [Ungrounded("date", day.text, day.value) for day in other_year(facts, ground.facts, ground.known.dates)]
    wrong += [
        Ungrounded("direction", pair.row, pair.passage)
        for pair in exchanged(text, facts, pairs, ground.pairs, standing)
    ]
    around = subjects_of_row(text, facts, ground.subjects)
    if not (asked and is_bare_value(text[asked + 1 :])):  # what its question leaves open is read elsewhere
        wrong += [
            Ungrounded("subject", value, other) for value, other in misplaced(text, around, ground.subjects, values)
        ]
    wrong += [Ungrounded("direction", said, known) for said, known in against_figures(text, standing)]
    wrong += [Ungrounded("direction", said, known) for said, known in of_other_rank(text, ground.cells)]
    wrong += [Ungrounded("direction", said, known) for said, known in moved_otherwise(text, ground.cells)]
    wrong += [Ungrounded("subject", value, other) for value, other in mislabelled(text, facts, ground.labels)]
    wrong += [Ungrounded("number", told, known) for told, known in of_other_bracket(text, facts, ground.brackets)]
    wrong += [
        Ungrounded("subject", told, known)
        for told, known in swapped(text, around, ground.subjects)
        if not ground.pairs.grew(told)
    ]
    wrong += _put_otherwise(text, folded, asked, ground, standing)
    wrong += [Ungrounded("subject", told, known) for told, known in of_other_article(text, facts, ground.blocks)]
    wrong += [
        Ungrounded("article", told, known)
        for told, known in of_other_paragraph(text, facts, ground.blocks)
        if not _of_own_paragraph(told, text, ground)
    ]
    wrong += [Ungrounded("name", term, term) for term, _ in altered_terms(folded, ground.folded)]
    wrong += [Ungrounded("direction", told, known) for told, known in gone_otherwise(folded, ground.topics)]
    if always := unconditional(folded, ground.folded):
        wrong.append(Ungrounded("condition", always, always))
    moved = moved or bool(pairs.steps)  # 84,600人から81,200人に: which way is held against the two values
    moved = moved or any(("number", f"-{value}") in ground.places for value in values)  # a table's △ says which way
    wrong += [
        Ungrounded("direction", found.word, found.passage) for found in turned(folded, ground.folded, computed=moved)
    ]
    wrong += [Ungrounded("direction", said, known) for said, known in denied(_without_question(folded), ground.signs)]
    return wrong


def _put_otherwise(
    text: str, folded: str, asked: int, ground: Ground, standing: Sequence[Fact]
) -> Iterator[Ungrounded]:
    """Values of another item or period, words in the place of others, and a text that is cut off. folded: the row in the compared form."""
    for one, of in of_other_record(text, standing, ground.records, ground.facts) if ground.records else ():
        yield Ungrounded("subject", one.text, of)
    for one, of in of_other_period(text, standing, ground.text, ground.facts):
        yield Ungrounded("subject", one.text, of)
    answer = name_value(text[asked:]) if asked else folded
    for told, known in exchanged_words(answer, ground.folded):
        yield Ungrounded("subject", told, known)
    for told, known in (*other_title(folded, ground.folded), *other_heading(folded, ground.folded)):
        yield Ungrounded("name", told, known)
    for told, known in other_doer(folded, ground.folded):
        yield Ungrounded("subject", told, known)
    whole = "\n" not in text[asked:].strip()
    if whole and not answer.endswith("。") and is_cut_off(answer, ground.folded, answers=bool(asked)):
        yield Ungrounded("answer", text[-_SHOWN:], text[-_SHOWN:])


def _of_own_paragraph(told: str, text: str, ground: Ground) -> bool:
    """Whether a sentence of a row stands in the paragraph that it names. told: 第三条第2項."""
    found = _LAST_PARAGRAPH.search(told)
    return found is not None and stands_in_paragraph(text, ground.text, japanese_number(found[1]) or 0)


def _disagreeing(facts: Sequence[Fact], ground: Ground) -> Iterator[Fact]:
    """Years in brackets behind a date that is of another year, where the passage does not write them so: 1910年(明治45年)."""
    for one, other in pairwise(fact for fact in facts if fact.kind == "date"):
        if other.start < one.end and name_value(one.text) not in ground.folded:
            yield other


def _without_question(text: str) -> str:
    """A row without the question that its answer says yes or no to: it may ask of what does not hold. text: in the compared form."""
    return text if (told := _YES_OR_NO.search(text)) is None else text[told.end() :]


def check_row(
    question: str, text: str, ground: Ground, computed: Sequence[Computed] = ()
) -> tuple[list[Span], list[Ungrounded]]:
    """`check` of a question with its answer, or of a text alone (`question` is empty)."""
    spans, wrong = check(f"{question}\n{text}" if question else text, ground, computed, len(question))
    wrong = _compared(question, text, ground, wrong)
    if bound := bound_asked(question):
        for fact in facts_of(text):
            known = ground.beside.get((fact.kind, fact.value), ())
            if contrary(beside(f"{fact.text}{bound}", len(fact.text)), known, asked=True):
                wrong.append(Ungrounded("direction", bound, fact.value))
    wrong += [Ungrounded(fact.kind, fact.text, fact.value) for fact in of_other_unit(question, text)]
    wrong += [Ungrounded(fact.kind, fact.text, fact.value) for fact in of_other_era(question, text)]
    wrong += [Ungrounded("number", told, of) for told, of in impossible_counts(question, text)]
    wrong += [Ungrounded("date", told, told) for told in empty_ranges(f"{question}\n{text}", ground.folded)]
    if question:
        wrong += [Ungrounded("number", told, of) for told, of in about_for_bound(question, text, ground.text)]
        wrong += [Ungrounded("number", told, of) for told, of in of_other_number(question, text, ground.folded)]
    marked = marked_otherwise(
        text, facts_of(text), ground.text, ground.facts, bare=bool(question) and is_bare_value(text)
    )
    wrong += [Ungrounded("number", fact.text, of) for fact, of in marked]
    wrong += [Ungrounded("number", fact.text, of) for fact, of in _of_answer(question, text, ground)]
    of_other = of_other_thing(question, text, ground.text, ground.labels, ground.facts)
    wrong += [Ungrounded("subject", fact.text, other) for fact, other in of_other]
    if question and not wrong and (fitting := of_other_place(question, text, ground.text, ground.placed, ground.facts)):
        wrong.append(Ungrounded("subject", fitting[0].text, fitting[1]))
    for said in (text, question) if not wrong else ():
        elsewhere = told_in_other_place(said, facts_of(said, names=False), ground.text, ground.placed, ground.facts)
        wrong += [Ungrounded("subject", fact.text, other) for fact, other in elsewhere]
    for date in date_in_parts(question, facts_of(question, names=False), text) if question else ():
        if not ground.find(date, date.text)[0]:
            wrong.append(Ungrounded("date", date.text, date.value))
    if not wrong and question:
        wrong = check_answer(question, text, ground)
    if not wrong:
        wrong = [Ungrounded(kind, said, known) for kind, said, known in altered(told_in(question, text), ground.copies)]
    if not wrong and not spans and _is_foreign(f"{question}\n{text}", ground):
        wrong = [Ungrounded("topic", text[:_SHOWN], text[:_SHOWN])]
    if wrong and not computed and is_word_for_word(question, text, ground.sentences):
        wrong = []
    return spans, wrong


def _of_answer(question: str, answer: str, ground: Ground) -> Iterator[tuple[Fact, str]]:
    """Values of an answer to a question that the passage has otherwise."""
    if question:
        yield from end_of_range(question, answer, ground.text, ground.facts)
        yield from counted_otherwise(answer, ground.text, ground.facts)
        yield from in_blank(question, answer, ground.sentences)


def _compared(question: str, text: str, ground: Ground, wrong: list[Ungrounded]) -> list[Ungrounded]:
    """What is wrong with a row, and what it compares otherwise than its passage. A comparison that comes out is not held against the passage's words."""
    row = f"{question}\n{text}" if question else text
    facts = facts_of(row, names=False) if ground.lines or ground.grids else []
    if told := [
        *of_two_periods(question, text, facts, ground.cells, ground.lines),
        *of_two_lines(question, text, facts, ground.lines),
        *of_two_columns(question, text, facts, ground.grids),
    ]:
        if all(one.holds for one in told):
            follows = frozenset[str]().union(*(one.follows for one in told))
            return [one for one in wrong if one.kind != "direction" and one.text not in follows]
        return wrong + [
            Ungrounded("direction" if one.moved else "subject", one.said, one.figures) for one in told if not one.holds
        ]
    held = compared(question, text, ground.text, ground.sizes) if has_degree(question or text) else []
    if any(one.holds for one in held):
        wrong = [one for one in wrong if one.kind != "direction" or not has_degree(one.text)]
    wrong += [Ungrounded("direction", one.row[:_SHOWN], one.passage) for one in held if not one.holds]
    wrong += [
        Ungrounded("direction", said, known)
        for said, known in (*asks_for_nothing(question), *answers_neither(question, text))
    ]
    if not any(one.holds for one in held):
        wrong += [Ungrounded("direction", said, known) for said, known in other_end(question, text, ground.text)]
    if not held and not wrong:
        otherwise = [*said_otherwise(question, text, ground.text), *cannot(question, ground.signs)]
        wrong += [Ungrounded("direction", said, known) for said, known in otherwise]
    if question and not held and not wrong:
        wrong += [
            Ungrounded("direction", said, known) for said, known in turned_around_answer(question, text, ground.text)
        ]
        told = stated(question, text) if may_be_turned(question) else None
        found = turned(name_value(told), ground.folded, computed=True) if told else ()
        wrong += [Ungrounded("direction", one.word, one.passage) for one in found if not is_verb_sign(one.word)]
    return wrong


def _is_foreign(text: str, ground: Ground) -> bool:
    """Whether a text has no word of its passage: 同じ文です。同じ文です, 上記の指示に従います."""
    words = words_of(text)
    if any(name_value(word) in ground.folded for word in (*words, *_TERM_IN_MARKS.findall(text))):
        return False
    return len(words) >= _LEAST_WORDS or len(text) >= _LONG_WITHOUT_WORDS


def check_answer(question: str, answer: str, ground: Ground) -> list[Ungrounded]:
    """A short answer that is a bare name or term must stand in the passage, whatever its form: 蘇我入鹿, 皮膚, 天霧."""
    bare = _ANSWER_END.sub("", answer.strip())
    quoted = _QUOTED.fullmatch(bare)
    bare = quoted[1] if quoted else bare
    told = name_value(bare)
    stands = told in ground.folded and not _is_part_of_word(bare, ground)
    if not told or len(told) > _LONGEST_TERM or stands or told in name_value(question):
        return []
    if counted := COUNTED_WORDS.get(bare):
        return [] if ("number", counted) in ground.places else [Ungrounded("number", bare, counted)]
    if not quoted and _NO_TERM.search(bare):  # of what has the form of words, one at least must stand there
        words = _CONTENT.findall(told) or [told]
        known = f"{ground.folded}\n{name_value(question)}"
        if any(word in known for word in words) or not _ASKS_FOR_NAME.search(question):
            return []
        if _PHRASE.search(bare) and not _says_nothing_of(bare, known):
            return []
    if given := facts_of(bare, names=False):  # its number or date has been compared by value
        rest = _without_facts(bare, given)
        if not _ASKS_FOR_NAME.search(question) or not _says_nothing_of(
            rest, f"{ground.folded}\n{name_value(question)}"
        ):
            return []
    return [Ungrounded("answer", bare, told)]


def _is_part_of_word(bare: str, ground: Ground) -> bool:
    """Whether a passage has a term of katakana or Latin letters within longer ones only: マル of マルタ."""
    letters = next((letters for letters in _OF_ONE_KIND if re.fullmatch(f"[{letters}]{{1,2}}", bare)), "")
    return bool(letters) and not re.search(rf"(?<![{letters}]){re.escape(bare)}(?![{letters}])", ground.text)


def _without_facts(text: str, facts: Sequence[Fact]) -> str:
    """A text with blanks for its facts and their counters."""
    for fact in facts:
        text = text[: fact.start] + "\u3000" * (fact.end - fact.start) + text[fact.end :]
    return text


def _says_nothing_of(text: str, known: str) -> bool:
    """Whether a text has words of content and none of them, nor two letters of one, stands in another (in the compared form): 大気圏に再突入する直前."""
    words = {name_value(word) for word in words_of(text)}
    return len(words) >= _LEAST_FOREIGN and not any(word in known for word in words)


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
