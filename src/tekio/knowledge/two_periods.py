"""What a row says of the two periods of a table's line, calculated again: 当期純利益は、前連結会計年度の7,756百万円から当連結会計年度の9,295百万円に増加しました.

A line is read where the row names its label and no other of the table, and tells both of its values, or one with the difference or the per cent between them. Which
way it went, by how much, and in which period it was more must then be as the two values have it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tekio.knowledge.cells import EARLIER, LATER, Cell, Cells, dated, folded, named, with_units
from tekio.knowledge.degrees import degrees_in
from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS
from tekio.knowledge.facts import Fact, value_amount, value_unit, written_places

_MOVED = re.compile(rf"(?P<up>{UP_WORDS}|増(?![減益収資配員]))|(?P<down>{DOWN_WORDS}|減(?![価損資員額債益収]))")
_SAYS_NEITHER = re.compile(
    r"[^、。\n]{0,3}(?:な(?:い|く|かっ)|ません|ず|率|幅|額|要因|理由)|[^、。\n]{0,6}か(?:どうか|否か)"
)
_ASKS_HOW_MUCH = re.compile(r"いくら|どれ(?:だけ|くらい|ほど)|何(?:円|％|%|パーセント|百万円|千円|億円|倍)")
_SENTENCE = re.compile(r"[^。\n]+")
_AGAINST = re.compile(r"より|比べ|比|から")
_WAY_BEHIND = re.compile(rf"\s*(?:の|も|ほど)?(?:{UP_WORDS}|{DOWN_WORDS}|増|減)")
_SCALES = (("億円", Decimal(10**8)), ("百万円", Decimal(10**6)), ("千円", Decimal(10**3)))
WHICH = re.compile(r"どちら|どっち|いずれ")
_OF_SEVERAL = re.compile(r"合計|合算|足し|差|倍|割合|占め|うち|それぞれ")
_IS = re.compile(r"(?:です|でした|である|であった|だ|となり|となっ|と?なる|[。\n]|$)")
_ABOUT = re.compile(r"(?:約|およそ|ほぼ)\s*$")
_NEAR = Decimal("0.006")
"""Share by which an amount that is told as about so much may differ."""
_NEAR_SHARE = Decimal("0.1")
"""Per cents by which a share may differ that was calculated from figures before they were rounded."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says of two periods. holds: whether the figures have it so; follows: the row's numbers that follow from them, as written.

    moved: it says which way the line went; else a value that is the other period's.
    """

    said: str
    figures: str
    holds: bool
    follows: frozenset[str] = frozenset()
    moved: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table with its values in the earlier and the later period; early, late: the labels of these."""

    label: str
    first: Decimal
    last: Decimal
    unit: str
    early: str
    late: str

    @property
    def step(self) -> Decimal:
        return abs(self.last - self.first)

    @property
    def share(self) -> Decimal | None:
        return self.step / self.first * 100 if self.first > 0 else None

    @property
    def figures(self) -> str:
        return f"{self.first.normalize():f} → {self.last.normalize():f}"


def tables_of(passage: Cells) -> list[list[Line]]:
    """The lines of each table of a passage that has two periods."""
    found: list[list[Line]] = []
    for cells in passage.tables.values():
        periods = periods_of([*dict.fromkeys(one.column for one in cells)])
        if periods is not None and (lines := lines_of(cells, *periods)):
            found.append(lines)
    return found


def of_two_periods(
    question: str, text: str, facts: Sequence[Fact], passage: Cells, tables: Sequence[Sequence[Line]]
) -> list[Told]:
    """What a row says of two periods of one line. facts: those of the question, a line end and the text together; tables: the passage's."""
    if not tables:
        return []
    row = f"{question}\n{text}" if question else text
    numbers = [fact for fact in facts if fact.kind == "number"]
    found: dict[int, list[Told]] = {}
    for lines in tables:
        every = [*dict.fromkeys(line.label for line in lines)]
        for match in _SENTENCE.finditer(row):
            labels = named(every, folded(match[0]))
            if len({one.label for one in labels}) != 1:
                continue
            plain = match[0]
            for one in labels:
                plain = plain[: one.start] + "\u3000" * (one.end - one.start) + plain[one.end :]
            own = [line for line in lines if line.label == labels[0].label]
            asked = bool(question) and match.start() < len(question)
            here = numbers if asked else [fact for fact in numbers if match.start() <= fact.start < match.end()]
            told = _in_sentence(row, match.start(), plain, here, own, text if asked else "", passage)
            found.setdefault(match.start(), []).extend(told)
    return borne_out(found)


def borne_out(found: Mapping[int, Sequence[Told]]) -> list[Told]:
    """What is told of each sentence (by its place). Several tables may have lines of these names: what one of them bears out is no fault."""
    return [one for told in found.values() for one in told if one.holds or not any(each.holds for each in told)]


def _in_sentence(
    row: str, begin: int, plain: str, numbers: Sequence[Fact], lines: Sequence[Line], answer: str, passage: Cells
) -> Iterator[Told]:
    """plain: the sentence without its label. numbers: its own, and the answer's where it is a question."""
    standing = passage.by_size.keys() | passage.elsewhere
    if len(lines) == 1 and (other := _of_other_period(row, plain, numbers, lines[0], answer, standing)) is not None:
        yield other
        return
    if answer and WHICH.search(plain):
        if len(lines) == 1 and (chosen := _more_of_two(plain, answer, lines[0])) is not None:
            yield chosen
        return
    if answer and not _ASKS_HOW_MUCH.search(plain):
        return
    ways = {bool(match["up"]) for match in _MOVED.finditer(plain) if not _SAYS_NEITHER.match(plain, match.end())}
    if len(ways) != 1:
        return
    up = ways.pop()
    for line in lines:
        told = {fact.text for fact in numbers if _is_of(line, fact, row)}
        ends = [each for each in (line.first, line.last) if any(_is(each, fact, line, row) for fact in numbers)]
        both = len(ends) > 1 or (answer and _names_both(plain, line) and told)
        if line.first != line.last and min(line.first, line.last) >= 0 and (both or (ends and told)):
            said = plain.strip("\u3000 ")[:40]
            yield Told(said, line.figures, up == (line.last > line.first), frozenset(told))
            return
    if len(lines) == 1:
        yield from _other_step(row, begin, plain, numbers, lines[0])


def _of_other_period(
    row: str, plain: str, numbers: Sequence[Fact], line: Line, answer: str, standing: Collection[str]
) -> Told | None:
    """The one value of a sentence or answer, where it is that of the other period than the sentence names, or none. standing: the passage's values."""
    amounts = [fact for fact in numbers if value_unit(fact.value) == line.unit]
    early, late = names_period(plain, line.early, EARLIER), names_period(plain, line.late, LATER)
    if len(amounts) != 1 or early == late or _AGAINST.search(plain) or (answer and not _ASKS_HOW_MUCH.search(plain)):
        return None
    own, other = (line.last, line.first) if late else (line.first, line.last)
    # What stands nowhere may follow from other lines by chance: 11,014 told of a line that has 11,013.
    alone = _IS.match(row, amounts[0].end) and not _OF_SEVERAL.search(plain)
    nowhere = alone and amounts[0].value.removeprefix("-") not in standing
    if _is(own, amounts[0], line, row) or not (_is(other, amounts[0], line, row) or (nowhere and own >= 0)):
        return None
    return Told(amounts[0].text, line.figures, holds=False, moved=False)


def _other_step(row: str, begin: int, plain: str, numbers: Sequence[Fact], line: Line) -> Iterator[Told]:
    """A difference or per cent told right before the word, with the later value in the sentence, that the two values do not have."""
    if not _AGAINST.search(plain) or not (EARLIER.search(plain) or line.early in folded(plain)):
        return
    if line.first <= 0 or line.last < 0 or not any(_is(line.last, fact, line, row) for fact in numbers):
        return
    for fact in numbers:
        if not _WAY_BEHIND.match(row, fact.end) or fact.start < begin or _is(line.last, fact, line, row):
            continue
        amount = value_amount(fact.value)
        if amount is None or _ABOUT.search(row, 0, fact.start):
            continue
        share = (
            value_unit(fact.value) == "%" and line.share is not None and abs(amount - line.share) > _share_within(fact)
        )
        scale = next((size for unit, size in _SCALES if fact.text.endswith(unit)), None)
        step = value_unit(fact.value) == line.unit and scale is not None and abs(amount - line.step) > scale
        if share or step:
            yield Told(fact.text, line.figures, holds=False)


def _more_of_two(question: str, answer: str, line: Line) -> Told | None:
    """Which of the two periods has more, where a question asks for it."""
    degrees = {one.way for one in degrees_in(question)}
    if len(degrees) != 1 or line.first == line.last or not _names_both(question, line):
        return None
    early, late = (
        names_period(answer, label, pattern) for label, pattern in ((line.early, EARLIER), (line.late, LATER))
    )
    if early == late:
        return None
    return Told(answer[:40], line.figures, late == ((line.last > line.first) == (degrees == {1})))


def _names_both(text: str, line: Line) -> bool:
    return names_period(text, line.early, EARLIER) and names_period(text, line.late, LATER)


def names_period(text: str, label: str, pattern: re.Pattern[str]) -> bool:
    """Whether a text names a period, by its label or as 前期 and 当期."""
    plain = folded(text)
    short = re.split(r"[\s(（]", label)[0]
    return bool(short and short in plain) or (bool(pattern.search(label)) and bool(pattern.search(plain)))


def _is_of(line: Line, fact: Fact, row: str) -> bool:
    """Whether a number is the difference between the two values, or the per cent."""
    amount = value_amount(fact.value)
    if amount is None:
        return False
    if value_unit(fact.value) == "%":
        return line.share is not None and abs(amount - line.share) <= _share_within(fact)
    return _is(line.step, fact, line, row)


def _share_within(fact: Fact) -> Decimal:
    return max(_NEAR_SHARE, Decimal(1).scaleb(-written_places(fact.text)) / 2)


def _is(amount: Decimal, fact: Fact, line: Line, row: str) -> bool:
    return is_amount(amount, fact, line.unit, row)


def is_amount(amount: Decimal, fact: Fact, unit: str, row: str) -> bool:
    """Whether a number of a row is an amount; near to it where the row says about."""
    if value_unit(fact.value) != unit or (told := value_amount(fact.value)) is None:
        return False
    near = amount * _NEAR if _ABOUT.search(row, 0, fact.start) else Decimal(0)
    return abs(abs(told) - amount) <= near


def periods_of(columns: Sequence[str]) -> tuple[str, str] | None:
    """The earlier and the later period of a table that tells two, whatever its other columns are."""
    first, last = ([one for one in columns if pattern.search(one)] for pattern in (EARLIER, LATER))
    if len(first) == len(last) == 1 and first != last:
        return first[0], last[0]
    days = dated(tuple(columns))
    if len(days) == 2 and len(set(days.values())) == 2:
        early, late = sorted(days, key=days.__getitem__)
        return early, late
    return None


def lines_of(cells: Sequence[Cell], early: str, late: str) -> list[Line]:
    """The lines of a table that have a value in both periods; several may have one label."""
    of_label: dict[str, tuple[list[Cell], list[Cell]]] = {}
    for one in with_units(cells):
        if one.column in (early, late):
            of_label.setdefault(one.row, ([], []))[one.column == late].append(one)
    found: list[Line] = []
    for label, (first, last) in of_label.items():
        for one, other in zip(first, last, strict=True) if len(first) == len(last) else ():
            before, after = value_amount(one.value), value_amount(other.value)
            if before is not None and after is not None and value_unit(one.value) == value_unit(other.value):
                found.append(Line(label, before, after, value_unit(one.value), early, late))
    return found
