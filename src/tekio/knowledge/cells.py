"""The cells of a passage's tables with the labels of their row and column, and rows that give a value to another: 個人向けの営業利益は210億円 of 法人向け.

Held against the labels are values that stand in tables and nowhere else. Of each, the labels are read that a row names from the value before it to the value itself, or
behind it, or else those that it named last: 売上総利益が16,325百万円、営業利益が3,845百万円. A period is one by what it means: 前期 is the earlier of two.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import combinations

from tekio.knowledge.columns import cells_of_line
from tekio.knowledge.derived import WAY
from tekio.knowledge.facts import Fact, facts_of, value_unit
from tekio.knowledge.figures import table_figures, written_label
from tekio.knowledge.passages import TABLE_CELLS, is_table_row, sentence_start
from tekio.text.tables.values import is_figure, is_nil

_RULE = re.compile(r"[|:\-\s]+")
_UNIT = re.compile(r"[（(\[［〔][^（）()]*[）)\]］〕]$")
_OF_PERIOD = r"(?:連結|事業|中間|第|期(?!純|利益|損失|包括)|年|四半期|会計)"  # 当期純利益 is no period
_DATED = r"[0-9０-９]{4}年(?:[0-9０-９]{1,2}月)?(?:期|度)?"
EARLIER = re.compile(rf"前の?{_OF_PERIOD}|昨年|昨期|[1１一]年前")
LATER = re.compile(rf"[当今本]{_OF_PERIOD}")
_PERIODIC = re.compile(rf"[前当今本昨翌次]々?{_OF_PERIOD}|同期|同年|同月|[0-9]期|年度|期首|期末")
_AGAINST = re.compile(
    rf"(?:[前昨]々?{_OF_PERIOD}[^、。0-9０-９]{{0,8}}?|(?:{_DATED})[^、。0-9０-９]{{0,4}}?)(?:を[^、。]{{0,6}}?[上下]回|より|から|比|に比|と比|に対し)"
)
"""A period that a value is held against: 前期を上回り, 前年同期から29億円増え."""
_FROM_TO = re.compile(r"にかけて|(?:期|年|度|月)から[当今本0-9０-９]")
"""前連結会計年度から当連結会計年度にかけて."""
_COMPARED = re.compile(
    r"(?:の[^、。]{0,12})?(?:より|に比べ|と比べ|を除|以外|に次|に続|を[上下]回|に対し|ではな|でな|を含|のうち|に占め)"
)
"""Behind a label that the value is not of."""
_EACH = re.compile("当たり|あたり|につき")
_SENTENCE = re.compile(r"[。\n]")
_FOR_ALL = re.compile(
    r"[。\n]\s*(?:なお、?)?(?:(?:数字|数値|金額|値|以上|上記|これら)(?:は|の数[字値]は))?、?(?:いずれも|どちらも|ともに|すべて|全て|両方とも|共に)、?([^。\n]{2,40})"
)
_QUESTION_END = re.compile(r"[?？。\s]*$")
_ASIDE = re.compile(r" ?[\[［][^\[\]［］]*[\]］]$")
"""1,284 [212]."""
_DIGIT = re.compile("[0-9]")
_TOGETHER = re.compile(r"と[^、。]{1,40}の合計")
_LEAST_CELLS = 2
_REMEMBERED = 64
"""Sets of labels whose forms are kept: all rows of a table ask for the same."""
_PERIODS = 2
"""Columns of a table that tells an earlier and a later period, and nothing else."""
_LONGEST_TITLE = 30
_LEAST = 2
"""Letters of a label that is looked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table; labels in the compared form. table: its number in the passage."""

    value: str
    row: str
    column: str
    table: int
    start: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The cells of a table that have a unit, the labels of their rows and columns, and its two periods where it has nothing else."""

    cells: Sequence[Cell]
    rows: Sequence[str]
    columns: Sequence[str]
    periods: tuple[str, str] | None

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> Measured:
        columns = list(dict.fromkeys(one.column for one in cells))
        return cls(cells, list(dict.fromkeys(one.row for one in cells)), columns, two_periods(columns))


@dataclass
class Cells:
    """The values of a passage's tables. elsewhere: values that stand outside them too."""

    cells: list[Cell] = field(default_factory=list[Cell])
    elsewhere: set[str] = field(default_factory=set[str])
    titles: dict[int, str] = field(default_factory=dict[int, str])
    """Number of a table -> the line above its columns, in the compared form: 売上高 of 売上高（百万円）"""

    @classmethod
    def of(cls, text: str, facts: Sequence[Fact], above: str = "") -> Cells:
        """facts: the passage's."""
        found = cls()
        spans = list(_spans(text, above, found.titles))
        for fact in facts:
            if fact.kind != "number":
                continue
            here = next((each for each in spans if each[0] <= fact.start < each[1]), None)
            if here is not None:
                found.cells.append(Cell(fact.value, here[2], here[3], here[4], fact.start))
            elif not is_table_row(text[text.rfind("\n", 0, fact.start) + 1 :].split("\n", 1)[0]):
                found.elsewhere.add(fact.value.removeprefix("-"))
        return found

    @cached_property
    def by_size(self) -> dict[str, list[Cell]]:
        """Value without its sign -> the cells that have it."""
        found: dict[str, list[Cell]] = {}
        for one in self.cells:
            found.setdefault(one.value.removeprefix("-"), []).append(one)
        return found

    @cached_property
    def tables(self) -> dict[int, list[Cell]]:
        """The cells of each table."""
        found: dict[int, list[Cell]] = {}
        for one in self.cells:
            found.setdefault(one.table, []).append(one)
        return found

    @cached_property
    def row_labels(self) -> list[str]:
        """Those of all tables."""
        return [*dict.fromkeys(one.row for one in self.cells)]

    @cached_property
    def measured(self) -> list[Measured]:
        """What of each table can be compared."""
        tables = (
            [one for one in cells if value_unit(one.value) and "/" not in one.value] for cells in self.tables.values()
        )
        return [Measured.of(cells) for cells in tables]

    @cached_property
    def labels(self) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
        """The labels of each table's rows and columns, in order."""
        return {
            table: (tuple(dict.fromkeys(one.row for one in cells)), tuple(dict.fromkeys(one.column for one in cells)))
            for table, cells in self.tables.items()
        }


def with_units(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a table, each once: a figure below a unit is a cell with it, and one without."""
    told = {one.start for one in cells if value_unit(one.value)}
    return [one for one in cells if value_unit(one.value) or one.start not in told]


def _label(written: str) -> str:
    return folded(_UNIT.sub("", written.strip()))


def _spans(text: str, above: str, titles: dict[int, str]) -> Iterator[tuple[int, int, str, str, int]]:
    """(start, end, label of the row, label of the column, number of the table) of every cell that has both. titles: filled with those of the tables that spaces divide."""
    figures = {figure.start: figure for figure in table_figures(text, above)}
    heads, table, place, in_table, title = list[str](), 0, 0, False, ""
    for line in text.split("\n"):
        start, place = place, place + len(line) + 1
        labelled = [figures[at] for at in figures if start <= at < place]
        if labelled:
            in_table = True
            for one in labelled:
                # As written: its blanks tell the headings over it, which a row may leave out.
                yield one.start, one.end, _label(one.row), _label(written_label(text, one.start) or one.column), table
            continue
        cells = [] if _RULE.fullmatch(line) else cells_of_line(line, start) or []
        if len(cells) < _LEAST_CELLS or line.endswith("。"):
            if line.strip() and not _RULE.fullmatch(line):
                table, in_table, heads = table + in_table, False, []
                title = _label(line) if len(line) <= _LONGEST_TITLE and not line.endswith("。") else ""
            continue
        if not any(_is_value(cell) for cell, _ in cells[1:]):
            table, in_table, heads = table + in_table, False, [cell for cell, _ in cells]
            heads = ["", *heads] if line[:1] in " \u3000" and TABLE_CELLS not in line else heads
            if title:
                titles[table], title = title, ""
            continue
        if not heads and len(cells) == _LEAST_CELLS:  # one column, whose heading is a line of its own or none
            heads, title = ["", title], ""
        if len(heads) == len(cells) and not _is_value(cells[0][0]):
            in_table = True
            for (cell, at), head in zip(cells[1:], heads[1:], strict=True):
                yield at, at + len(cell), _label(cells[0][0]), _label(head), table


def _is_value(cell: str) -> bool:
    return is_figure(_ASIDE.sub("", cell)) or is_nil(cell)


@dataclass(frozen=True, slots=True)
class Named:
    """A label that a row names, and where."""

    label: str
    start: int
    end: int


def named(labels: Sequence[str], text: str) -> list[Named]:
    """The labels that a text names, the longest at each place; 全社 of 全社(共通) too. text: in the compared form, as long as written."""
    found: list[Named] = []
    for form, label in _forms(tuple(labels)):
        at = text.find(form)
        while at >= 0:
            if not any(one.start < at + len(form) and at < one.end for one in found):
                found.append(Named(label, at, at + len(form)))
            at = text.find(form, at + 1)
    return sorted(found, key=lambda one: one.start)


@lru_cache(maxsize=_REMEMBERED)
def _forms(labels: tuple[str, ...]) -> list[tuple[str, str]]:
    """(what names it, label), the longest first."""
    forms = {(form, label) for label in labels for form in (label, _UNIT.sub("", label), label.removesuffix("事業"))}
    leaves = [(leaf, label) for label in labels for leaf in _leaves(label, labels)]
    times = Counter(leaf for leaf, _ in {*leaves, *forms})
    forms |= {(leaf, label) for leaf, label in leaves if times[leaf] == 1}
    return sorted((each for each in forms if len(each[0]) >= _LEAST), key=lambda each: (-len(each[0]), each))


def _leaves(label: str, labels: Sequence[str]) -> Iterator[str]:
    """A label without the blanks of its lines, and without the headings over it that others are under too: ロジスティクス事業 of 報告セグメント ロジスティクス 事業."""
    words = label.split()
    for place in range(len(words)):
        above = " ".join(words[:place])
        if not place or sum(other.startswith(f"{above} ") for other in labels) > 1:
            yield "".join(words[place:])


def folded(text: str) -> str:
    """A text in a form that is compared letter by letter, as long as it was written."""
    whole = unicodedata.normalize("NFKC", text).casefold()
    if len(whole) == len(text):
        return whole
    forms = [unicodedata.normalize("NFKC", letter).casefold() for letter in text]
    return "".join(form if len(form) == 1 else letter for form, letter in zip(forms, text, strict=True))


def _periods(columns: Sequence[str]) -> dict[str, str]:
    """Column -> the date it tells; two that are told as 前期 and 当期 have none."""
    return dated(tuple(columns))


@lru_cache(maxsize=_REMEMBERED)
def dated(columns: tuple[str, ...]) -> dict[str, str]:
    """Label -> the date it tells, of those that tell one."""
    dates = {
        column: [fact.value for fact in facts_of(column, names=False) if fact.kind == "date"] for column in columns
    }
    return {column: told[0] for column, told in dates.items() if len(told) == 1}


def two_periods(columns: Sequence[str]) -> tuple[str, str] | None:
    """The earlier and the later column of a table that has two periods and nothing else."""
    dates = _periods(columns)
    if len(columns) != _PERIODS:
        return None
    if len(dates) == len(columns) and len(set(dates.values())) == len(columns):
        first, last = sorted(dates, key=dates.__getitem__)
        return first, last
    first = [one for one in columns if EARLIER.search(one)]
    last = [one for one in columns if LATER.search(one)]
    return (first[0], last[0]) if len(first) == len(last) == 1 and first != last else None


def _period_named(text: str, dates: Sequence[Fact], start: int, columns: Sequence[str]) -> set[str] | None:
    """The columns of the periods that a text names; None where it names one that is none of them, empty where it names none. dates: of the whole row, in which the text begins at start."""
    known = _periods(columns)
    if _FROM_TO.search(text):
        return None
    found: set[str] = set()
    unknown, text = False, _AGAINST.sub(lambda match: "　" * len(match[0]), text)
    for fact in dates:
        if start <= fact.start < start + len(text) and text[fact.start - start] != "　" and fact.value[0] != "-":
            same = {one for one, date in known.items() if date.startswith(fact.value) or fact.value.startswith(date)}
            found |= same
            unknown = unknown or not same
    both = two_periods(columns) or ()
    for pattern, place in ((EARLIER, 0), (LATER, 1)):
        if pattern.search(text):
            same = {one for one in columns if pattern.search(one)} or set(both[place : place + 1])
            found |= same
            unknown = unknown or not same
    if not found and _PERIODIC.search(text):
        unknown = True
    return None if unknown else found


def of_other_cell(text: str, facts: Sequence[Fact], asked: int, passage: Cells) -> Iterator[tuple[Fact, str]]:
    """(value of a row, the value of the cell that it names). facts: the row's; asked: length of the question that it begins with."""
    if not passage.cells:
        return
    plain = folded(text)
    # 1株当たり純資産額, 1年内返済予定の長期借入金: a number of the label
    counted = named([label for label in passage.row_labels if _DIGIT.search(label)], plain)
    numbers = [
        fact
        for fact in facts
        if fact.kind == "number"
        and not _EACH.match(plain, fact.end)
        and not any(one.start <= fact.start < one.end for one in counted)
    ]
    dates = [fact for fact in facts if fact.kind == "date"]
    for place, fact in enumerate(numbers):
        size = fact.value.removeprefix("-")
        own = passage.by_size.get(size)
        if not own or size in passage.elsewhere or len({one.table for one in own}) != 1:
            continue
        if text[fact.start - 1 : fact.start] == "÷":  # 109,851百万円÷112,012百万円: what it is of stands with the share
            continue
        if WAY.match(text, fact.end) and _is_step(fact, passage.tables[own[0].table]):
            continue
        reading = _Reading(text, plain, fact, numbers[:place], numbers[place + 1 :], dates, asked)
        if (other := _other(reading, own, passage)) or (other := _of_other_title(reading, own[0], passage)):
            yield fact, other


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value of a row with what the row says around it. folded: the row in the compared form."""

    text: str
    folded: str
    fact: Fact
    before: Sequence[Fact]
    after: Sequence[Fact]
    dates: Sequence[Fact]
    asked: int

    @property
    def begins(self) -> int:
        """Where its sentence begins."""
        begins = sentence_start(self.text, self.fact.start, self.asked)
        return begins or (0 if self.asked >= self.fact.start else self.asked)

    @property
    def answers(self) -> bool:
        """Whether it is the first value of an answer."""
        return 0 < self.asked < self.fact.start and not any(one.start > self.asked for one in self.before)

    @property
    def leading(self) -> tuple[int, int]:
        """From the value before it in its sentence."""
        last = max((one.end for one in self.before), default=0)
        return max(last, self.begins), self.fact.start

    @property
    def following(self) -> tuple[int, int]:
        """As far as the next value or the end of the sentence."""
        found = _SENTENCE.search(self.text, self.fact.end)
        end = found.start() if found else len(self.text)
        return self.fact.end, min([end, *(one.start for one in self.after)])


def _other(reading: _Reading, own: Sequence[Cell], passage: Cells) -> str | None:
    table = own[0].table
    rows, columns = passage.labels[table]
    labels = (*rows, *columns)
    row = _told_row(reading, rows, labels, {one.row for one in own})
    column = _told_column(reading, columns, labels, own, passage)
    unit = value_unit(own[0].value)
    if row is None and column is None:
        return None
    here = [one for one in passage.tables[table] if value_unit(one.value) == unit]
    for one in here:
        of_row = one.row == row if row is not None else one.row in {each.row for each in own}
        of_column = one.column in column if column is not None else one.column in {each.column for each in own}
        if of_row and of_column and one.value.removeprefix("-") != reading.fact.value.removeprefix("-"):
            return one.value
    return None


def _is_step(fact: Fact, cells: Sequence[Cell]) -> bool:
    """Whether a value is how far two cells of one row are apart, though it is a cell's as well: 4ポイント改善 of -3 and 1."""
    unit = value_unit(fact.value)
    if "/" in unit:
        return False
    of_row: dict[str, list[Decimal]] = {}
    for one in cells:
        if value_unit(one.value) == unit:
            of_row.setdefault(one.row, []).append(Decimal(one.value.removesuffix(unit)))
    told = abs(Decimal(fact.value.removesuffix(unit)))
    return any(abs(one - other) == told for values in of_row.values() for one, other in combinations(values, 2))


def _of_other_title(reading: _Reading, own: Cell, passage: Cells) -> str | None:
    """The value that stands at the place of another table of the passage, whose title the row names and not that of its own: 営業利益 of two tables 売上高 and 営業利益 of the same segments."""
    mine = passage.titles.get(own.table)
    said = reading.folded[reading.begins : reading.following[1]] + reading.folded[: reading.asked]
    if not mine or mine in said:
        return None
    for table, title in passage.titles.items():
        if (
            table != own.table
            and title in said
            and not any(title in other and title != other for other in passage.titles.values() if other in said)
        ):
            for one in passage.tables.get(table, []):
                if (one.row, one.column) == (own.row, own.column) and value_unit(one.value) == value_unit(own.value):
                    return one.value
    return None


def _mentions(reading: _Reading, span: tuple[int, int], labels: Sequence[str], of: Sequence[str]) -> list[Named]:
    start, end = span
    found = [one for one in named(labels, reading.folded[start:end]) if one.label in of]
    return [one for one in found if not _COMPARED.match(reading.folded[start:end], one.end)]


def _told_row(reading: _Reading, rows: Sequence[str], labels: Sequence[str], own: set[str]) -> str | None:
    """The row that is named for a value, where it is not its own. A total may be told by its parts: AとBの合計."""
    before = reading.folded[reading.begins : reading.fact.start]
    if _TOGETHER.search(before) and all(label.endswith("計") for label in own):
        return None
    leading = _mentions(reading, reading.leading, labels, rows)
    following = _mentions(reading, reading.following, labels, rows)
    if {one.label for one in (*leading, *following)} & own:
        return None
    if following and reading.folded.startswith("の", reading.fact.end) and following[0].start <= 1:
        return following[0].label  # 2,062百万円の法人税等を計上している
    if leading:
        return leading[-1].label
    if following:
        return None
    earlier = _mentions(reading, (reading.begins, reading.leading[0]), labels, rows)
    if not earlier and reading.answers:
        earlier = _mentions(reading, (0, reading.asked), labels, rows)
        if len({one.label for one in earlier}) > 1:
            return None
    if not earlier or {one.label for one in earlier} & own:
        return None
    return earlier[-1].label


def _told_column(
    reading: _Reading, columns: Sequence[str], labels: Sequence[str], own: Sequence[Cell], passage: Cells
) -> set[str] | None:
    """The columns that are named for a value, where they are not its own."""
    mine = {one.column for one in own}
    around = [reading.leading, reading.following]
    if reading.answers:
        around.append((0, reading.asked))
    elif not _tells(reading, {one.row for one in own}, passage):
        around.append((reading.begins, reading.fact.start))
    for span in around:
        start, end = span
        if _periods(columns) or any(EARLIER.search(one) or LATER.search(one) for one in columns):
            told = _period_named(reading.text[start:end], reading.dates, start, columns)
        else:
            told = {one.label for one in _mentions(reading, span, labels, columns)}
        if told is None or told & mine:
            return None
        if told:
            behind = span == reading.following and "、" in reading.text[start:end]
            return told if len(told) == 1 and not behind else None
    return _told_for_all(reading, columns, mine)


def _told_for_all(reading: _Reading, columns: Sequence[str], mine: set[str]) -> set[str] | None:
    """The period that the sentence after tells of all values of the one before: いずれも2024年3月期の数字である."""
    found = _FOR_ALL.search(reading.text, reading.fact.end)
    if found is None or _SENTENCE.search(reading.text, reading.fact.end, found.start()):
        return None
    told = _period_named(found[1], reading.dates, found.start(1), columns)
    return told if told and len(told) == 1 and not told & mine else None


def _tells(reading: _Reading, rows: set[str], passage: Cells) -> bool:
    """Whether its sentence has told a value of these rows before: 売上高は2023年3月期が48,210百万円、翌期が51,735百万円."""
    sizes = {one.value.removeprefix("-") for one in passage.cells if one.row in rows}
    return any(one.start >= reading.begins and one.value.removeprefix("-") in sizes for one in reading.before)
