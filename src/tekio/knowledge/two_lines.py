"""What a row says of two lines of a table in one period, or of two columns in one line, calculated again: 営業利益は経常利益より120百万円多い, リース債務の約5.9倍,
合計は1,420百万円.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tekio.knowledge.cells import EARLIER, LATER, Cells, Named, folded, named, with_units
from tekio.knowledge.degrees import degrees_in
from tekio.knowledge.facts import Fact, value_amount, value_unit, written_places
from tekio.knowledge.two_periods import WHICH, Line, Told, borne_out, is_amount, names_period

_SENTENCE = re.compile(r"[^。\n]+")
_BLANK, _THREE = "\u3000", 3
_OF = rf"{_BLANK}*(?:[(（][^()（）]{{1,8}}[)）])?(?:の(?:金?額|残高))?{_BLANK}*"
"""What a label may have behind it: （純額）, の金額."""
_IS, _AND = re.compile(rf"{_OF}[はが]、?"), re.compile(rf"{_OF}(?:と|及び|および|、)")
_THAN = re.compile(rf"{_OF}(?:より(?:も|は)?|を|に比べて?|と比べて?)、?(?:約|およそ)?$")
_TIMES = re.compile(rf"{_OF}の(?:約|およそ|ほぼ)?$")
_SUM = re.compile(rf"{_OF}(?:の|を)(?:合計(?:した)?|合算(?:した)?|足した)(?:金?額|残高)?[はが]?、?(?:約|およそ)?$")
_MORE = re.compile(r"(?P<up>多|大き|高|上回)|(?P<down>少な|小さ|低|下回)")
_THAN_MORE = re.compile(rf"{_OF}より(?:も|は)?、?(?:大きく|わずかに|さらに)?{_MORE.pattern}")
_TOPIC = re.compile(r"(?:について)?(?:は|では|が)、?")
_NOT = re.compile(r"[くかわら]?な[いかく]|ません")


def of_two_lines(question: str, text: str, facts: Sequence[Fact], tables: Sequence[Sequence[Line]]) -> list[Told]:
    """What a row says of two lines of one table. facts: those of the question, a line end and the text together; tables: the passage's (`tables_of`)."""
    if not tables:
        return []
    row = f"{question}\n{text}" if question else text
    numbers = [fact for fact in facts if fact.kind == "number"]
    found: dict[int, list[Told]] = {}
    for lines in tables:
        times = Counter(line.label for line in lines)
        of_label = {line.label: line for line in lines if times[line.label] == 1}
        for match in _SENTENCE.finditer(row) if len(of_label) > 1 else ():
            labels = named([*of_label], folded(match[0]))
            if len(labels) != 2 or labels[0].label == labels[1].label:
                continue
            answer = text if question and match.start() < len(question) else ""
            told = _of_pair(row, match.start(), match[0], labels, of_label, numbers, answer)
            found.setdefault(match.start(), []).extend(told)
    return borne_out(found)


def _of_pair(
    row: str,
    begin: int,
    said: str,
    labels: Sequence[Named],
    of_label: Mapping[str, Line],
    numbers: Sequence[Fact],
    answer: str,
) -> Iterator[Told]:
    one, other = labels
    left, right = of_label[one.label], of_label[other.label]
    around = said[: one.start] + _BLANK + said[one.end : other.start] + _BLANK + said[other.end :]
    early, late = names_period(around, left.early, EARLIER), names_period(around, left.late, LATER)
    if early != late and left.unit == right.unit:
        values = (left.last, right.last) if late else (left.first, right.first)
        yield from _Pair(row, begin, said, one, other, *values, left.unit).told(numbers, answer, [*of_label])


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its labels, and its amounts with their units, of cells that are the only ones with their two labels."""

    rows: Sequence[str]
    columns: Sequence[str]
    values: Mapping[tuple[str, str], tuple[Decimal, str]]


def grids_of(passage: Cells) -> list[Grid]:
    """The tables of a passage."""
    found: list[Grid] = []
    for cells in passage.tables.values():
        own = with_units(cells)
        times = Counter((one.row, one.column) for one in own)
        amounts = ((one, value_amount(one.value)) for one in own if times[one.row, one.column] == 1)
        values = {(one.row, one.column): (told, value_unit(one.value)) for one, told in amounts if told is not None}
        rows, columns = ([*dict.fromkeys(key[axis] for key in values)] for axis in (0, 1))
        if len(columns) > 1:
            found.append(Grid(rows, columns, values))
    return found


def of_two_columns(question: str, text: str, facts: Sequence[Fact], grids: Sequence[Grid]) -> list[Told]:
    """What a row says of two cells of one line, or of one column: 持分法による投資損益は、金属資源が化学品より27,914百万円多い. facts: those of the question, a line end and the text together."""
    row = f"{question}\n{text}" if question else text
    numbers = [fact for fact in facts if fact.kind == "number"]
    found: dict[int, list[Told]] = {}
    for grid in grids:
        every = [*grid.rows, *(one for one in grid.columns if one not in grid.rows)]
        for match in _SENTENCE.finditer(row):
            labels = named(every, folded(match[0]))
            lines, columns = ([one for one in labels if one.label in of] for of in (grid.rows, grid.columns))
            if len(labels) != _THREE or {len(lines), len(columns)} != {1, 2}:
                continue
            (common,), (one, other) = (lines, columns) if len(lines) == 1 else (columns, lines)
            keys = [
                (common.label, each.label) if len(lines) == 1 else (each.label, common.label) for each in (one, other)
            ]
            first, second = (grid.values.get(key) for key in keys)
            if first is None or second is None or first[1] != second[1] or one.label == other.label:
                continue
            answer = text if question and match.start() < len(question) else ""
            said = _without(match[0], common)
            pair = _Pair(row, match.start(), said, one, other, first[0], second[0], first[1])
            found.setdefault(match.start(), []).extend(pair.told(numbers, answer, every))
    return borne_out(found)


def _without(said: str, label: Named) -> str:
    """A sentence with blanks for a label that both values have, and for what ties it to them: のL, Lは、."""
    start, end = label.start, label.end
    behind = _TOPIC.match(said, end)
    if behind and not said[:start].strip(_BLANK):
        end = behind.end()
    elif said[:start].endswith("の"):
        start -= 1
    elif behind and said[:start].endswith(("、", "では")):
        end = behind.end()
    return said[:start] + _BLANK * (end - start) + said[end:]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values that a sentence compares. said: the sentence, as long as it stands in the row."""

    row: str
    begin: int
    said: str
    one: Named
    other: Named
    first: Decimal
    second: Decimal
    unit: str

    def told(self, numbers: Sequence[Fact], answer: str, labels: Sequence[str]) -> Iterator[Told]:
        """What the sentence says of them. numbers: the row's; answer: what is answered where it is a question; labels: the table's."""
        between = self.said[self.one.end : self.other.start]
        if min(self.first, self.second) < 0:
            return
        if answer and WHICH.search(self.said):
            yield from self._chosen(answer, labels) if _AND.fullmatch(between) else ()
            return
        behind = [fact for fact in numbers if self.begin + self.other.end <= fact.start < self.begin + len(self.said)]
        word = _THAN_MORE.match(self.said, self.other.end) if not behind and _IS.fullmatch(between) else None
        if word and not _NOT.match(self.said, word.end()) and self.first != self.second:
            yield Told(self.said.strip(_BLANK)[:40], self._figures, bool(word["up"]) == (self.first > self.second))
        for fact in behind[:1]:
            holds = self._holds(fact, between)
            if holds is not None:
                yield Told(fact.text, self._figures, holds, frozenset([fact.text] if holds else []))

    @property
    def _figures(self) -> str:
        return f"{self.first.normalize():f} / {self.second.normalize():f}"

    def _holds(self, fact: Fact, between: str) -> bool | None:
        """Whether the first number behind the two is what they give; None where the sentence says something else of them."""
        lead, unit = self.said[self.other.end : fact.start - self.begin], value_unit(fact.value)
        if _IS.fullmatch(between) and _THAN.fullmatch(lead) and unit == self.unit:
            word = _MORE.match(self.row, fact.end)
            if word is None or _NOT.match(self.row, word.end()):
                return None
            step = abs(self.first - self.second)
            return is_amount(step, fact, unit, self.row) and bool(word["up"]) == (self.first > self.second)
        if _IS.fullmatch(between) and _TIMES.fullmatch(lead) and unit == "倍" and self.second:
            return _near(self.first / self.second, fact)
        if _AND.fullmatch(between) and _SUM.fullmatch(lead) and unit == self.unit:
            return is_amount(self.first + self.second, fact, unit, self.row)
        return None

    def _chosen(self, answer: str, labels: Sequence[str]) -> Iterator[Told]:
        degrees = {each.way for each in degrees_in(self.said)}
        chosen = {each.label for each in named(labels, folded(answer))}
        pair = {self.one.label, self.other.label}
        if len(degrees) == 1 and len(chosen) == 1 and chosen <= pair and self.first != self.second:
            larger = self.one.label if self.first > self.second else self.other.label
            yield Told(answer[:40], self._figures, (chosen == {larger}) == (degrees == {1}))


def _near(exact: Decimal, fact: Fact) -> bool:
    """Whether a number is another, rounded to as many places as it has."""
    told = value_amount(fact.value)
    return told is not None and abs(told - exact) <= Decimal(1).scaleb(-written_places(fact.text)) / 2
