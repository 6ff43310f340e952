"""Whether a row puts a value of its passage beside the subject of another: 機械装置の耐用年数は15年 of 建物15年～50年、機械装置7年～10年.

What stands around a value is compared, from the value of the same unit before it to the end of the clause. A row is refused where its words around a value are
those of another value that it does not tell, and none of them is of its own alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, pairwise

from tekio.knowledge.cells import EARLIER
from tekio.knowledge.derived import WAY, sentence_at
from tekio.knowledge.facts import Fact, kanji_number, name_value, value_unit
from tekio.knowledge.passages import TABLE_CELLS, line_at, sentence_start
from tekio.knowledge.supposed import unit_of

_SENTENCE = re.compile(r"[。\n]")
_CLAUSE = re.compile(r"[、。\n]")
_WORD = re.compile(r"[一-龥々]{2,}|[ァ-ヴー]{2,}|[A-Za-zＡ-Ｚａ-ｚ]{2,}")
_LABEL = re.compile(r"([一-龥々ァ-ヴー]{2,})[はがの]?$")
_ON = re.compile(r"\s*(?:から|[~～〜]|→)\s*")
_SPACES = re.compile(r"[\u3000\t]+| {2,}")
_BLANK = re.compile(r"[（(]\u3000+[）)]")
_EXCEPT = re.compile(r"[一-龥々ァ-ヴーA-Za-z0-9・]+(?:を?除[くい]|以外)")
"""What is left out is not what is told: 臨時従業員を除く従業員."""
_SAME_WORDS = 16
_LEAST_OF_BLOCK = 3.0
_LEAST_SWAPPED = 2.0
_PERIOD_BEFORE = 8
"""Characters before a value in which the period that it is of stands."""
_LEAST = 5.0
"""Weight of words that another value has alone, for it to be the one that is told."""
_OWN = 0.15
"""Share of that weight that the value may have alone."""
_LEAST_OF_EVENT, _SHARE_OF_EVENT = 2.0, 0.6
"""How much a row must tell besides its year, and what part of it another year must have alone, for that one to be the one told."""
_REMEMBERED = 16
"""Passages whose words are kept: all rows of one come together."""
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


def words_of(text: str) -> set[str]:
    """Pairs of neighbouring letters of kanji words, and words of katakana and Latin letters."""
    found: set[str] = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if "一" <= word[0] <= "龥":
            found.update(word[place : place + 2] for place in range(len(word) - 1))
        else:
            found.add(word.casefold())
    return found - _COMMON


@lru_cache(maxsize=_REMEMBERED)
def words_of_sentences(passage: str) -> tuple[frozenset[str], ...]:
    """`words_of` each sentence."""
    return tuple(frozenset(words_of(one)) for one in _SENTENCE.split(passage))


def _copied(text: str, fact: Around, passage: str) -> bool:
    """Whether a row has a value in the passage's own words."""
    return text[max(0, fact.start - _SAME_WORDS) : fact.end + 1].replace("\n", "") in passage


@dataclass(frozen=True, slots=True)
class Around:
    """A value, the words around it, those that lead to it at once (機械装置は7年), those of its sentence before it, and
    the label of its row, where spaces make a table of its line.
    """

    value: str
    start: int
    end: int
    words: frozenset[str]
    label: frozenset[str]
    before: frozenset[str]
    row: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.words | self.row


@dataclass
class Subjects:
    """Unit -> what stands around the numbers of a text."""

    text: str = ""
    """without line ends"""
    whole: str = ""
    around: dict[str, list[Around]] = field(default_factory=dict[str, list[Around]])

    @classmethod
    def of(cls, text: str, facts: Sequence[Fact]) -> Subjects:
        found = cls(text.replace("\n", ""), text)
        last: dict[str, tuple[int, int]] = {}
        for fact in sorted(facts, key=lambda fact: fact.start):
            kind = _kind(fact)
            if kind is None or TABLE_CELLS in line_at(text, fact.start):
                continue  # a table's columns decide there
            first = sentence_start(text, fact.start)
            start, end = last.get(kind, (0, 0))
            if (
                not _ON.fullmatch(text[end : fact.start]) or start < first
            ):  # 空室率は2.4%から3.1%に: of the same subject
                cut = _CLAUSE.search(text, end, fact.start) if end else None
                start = max(cut.end() if cut else end, first)
            ends = _CLAUSE.search(text, fact.end)
            before = text[start : fact.start]
            words = words_of(before + "　" + text[fact.end : ends.start() if ends else len(text)])
            label = _LABEL.search(before)
            found.around.setdefault(kind, []).append(
                Around(
                    fact.value,
                    fact.start,
                    fact.end,
                    frozenset(words),
                    frozenset(words_of(label[1]) if label else ()),
                    frozenset(words_of(text[first:start])),
                    _row_label(text[first : fact.start]),
                )
            )
            last[kind] = (start, fact.end)
        return found


def subjects_of_row(text: str, facts: Sequence[Fact], passage: Subjects) -> Subjects:
    """What stands around the values of a row that its passage has any of the unit of; nothing of a row with a blank to fill in."""
    known = [fact for fact in facts if _kind(fact) in passage.around]
    return Subjects.of(_without_excepted(text), known) if known and not _BLANK.search(text) else Subjects()


def misplaced(text: str, told: Subjects, passage: Subjects, values: set[str]) -> Iterator[tuple[str, str]]:
    """(value of the row, the passage's value of these words). told: of the row; values: all that the row tells, in the compared form."""
    for kind, rows in told.around.items():
        known = passage.around.get(kind, [])
        for row in rows:
            if _copied(text, row, passage.text):
                continue
            own = [one for one in known if one.value in (row.value, f"-{row.value}")]
            of_value = frozenset[str]().union(*(one.words for one in own))
            before = frozenset[str]().union(*(one.before for one in own))
            for other in known if own else ():
                if other.value.removeprefix("-") in values or (other.value == "50%" and "半" in text):
                    continue
                shared = ((row.words & other.words) - of_value) - (before - other.label)
                theirs = _weight(shared) + _weight(shared & other.label)
                if theirs >= _LEAST and _weight((row.words & of_value) - other.words - other.before) <= _OWN * theirs:
                    yield row.value, other.value
                    break


def _without_excepted(text: str) -> str:
    return _EXCEPT.sub(lambda match: "　" * len(match[0]), text.replace("\n", "　"))


def of_other_year(text: str, fact: Fact, passage: str, place: tuple[int, int], facts: Sequence[Fact]) -> str | None:
    """The year that the passage tells with a row's words, where the row has them with one that only 前年 or 翌年 gives. place: of that word; facts: the passage's."""
    words = frozenset(words_of(text[: fact.start] + "　" + text[fact.end :]))
    dates = [one for one in facts if one.kind == "date"]

    def told_from(end: int) -> frozenset[str]:
        stop = _SENTENCE.search(passage, end)
        until = min([one.start for one in dates if one.start >= end] + [stop.start() if stop else len(passage)])
        return frozenset(words_of(passage[end:until]))

    own = words & told_from(place[1])
    for one in dates:
        theirs = words & told_from(one.end)
        if one.value[:1] == "-" or one.value[:4] == fact.value[:4] or own - theirs:
            continue
        if _weight(theirs - own) >= (_LEAST if own else 1):
            return one.value
    return None


def of_other_event(
    text: str, fact: Fact, row: Sequence[Fact], passage: str, place: tuple[int, int], facts: Sequence[Fact]
) -> str | None:
    """The year that the passage writes out for what a row tells with one that it does not write out: 1938年に禁止されたもの of 1933年から38年頃が全盛期,
    1941年になると禁止された. place: of the row's year there. A word counts the more the fewer sentences have it.
    """
    sentences = words_of_sentences(passage)
    words = words_of(_without(text, [one for one in row if one.kind in ("date", "number")]))
    weights = {word: 1 / count for word in words if (count := sum(word in one for one in sentences))}
    own = words_of(passage[slice(*sentence_at(passage, place[0]))])
    if sum(weights.values()) < _LEAST_OF_EVENT:
        return None
    for one in facts:
        if one.kind != "date" or one.value[:1] == "-" or one.value[:4] == fact.value[:4]:
            continue
        theirs = words_of(passage[slice(*sentence_at(passage, one.start))])
        alone = sum(weight for word, weight in weights.items() if word in theirs - own)
        ours = sum(weight for word, weight in weights.items() if word in own - theirs)
        if alone >= _SHARE_OF_EVENT * sum(weights.values()) and ours <= _OWN * alone:
            return one.value
    return None


def _without(text: str, facts: Sequence[Fact]) -> str:
    for fact in facts:
        text = text[: fact.start] + "　" * (fact.end - fact.start) + text[fact.end :]
    return text


def swapped(text: str, told: Subjects, passage: Subjects) -> Iterator[tuple[str, str]]:
    """Two values of a row of which each stands beside the words of the other: 製造14%、建設27% of 製造27%、建設14%. told: of the row."""
    for kind, rows in told.around.items():
        known: dict[str, list[Around]] = {}
        for one in passage.around.get(kind, []):
            known.setdefault(one.value.removeprefix("-"), []).append(one)
        for first, second in combinations(rows, 2):
            if (
                first.value == second.value
                or len(known.get(first.value, [])) != 1
                or len(known.get(second.value, [])) != 1
            ):
                continue
            if _copied(text, first, passage.text) or _copied(text, second, passage.text):
                continue
            if any(_leads(text, *pair, known) for pair in ((first, second), (second, first))):
                continue
            here, there = known[first.value][0], known[second.value][0]
            if _of_before(text, first, second) == _of_before(passage.whole, here, there) != (False, False):
                continue
            ours, theirs = here.all - there.all, there.all - here.all
            mine, its = first.words - second.words, second.words - first.words
            straight = _weight(mine & ours) + _weight(its & theirs)
            crossed = _weight(mine & theirs) + _weight(its & ours)
            if crossed >= _LEAST_SWAPPED and straight <= _OWN * crossed:
                yield f"{first.value}, {second.value}", f"{second.value}, {first.value}"


def _of_before(text: str, one: Around, other: Around) -> tuple[bool, bool]:
    """Which of two values a text tells of the period before: 前年同期に23億57百万円だった営業利益は、23億71百万円に."""
    told = [bool(EARLIER.search(text, max(0, each.start - _PERIOD_BEFORE), each.start)) for each in (one, other)]
    return (told[0], told[1]) if told[0] != told[1] else (False, False)


def _leads(text: str, by: Around, one: Around, known: Mapping[str, object]) -> bool:
    """Whether a value is told as what leads from another of the passage: 30日短い60日 of 90日."""
    unit = value_unit(by.value)
    if not WAY.match(text, by.end) or value_unit(one.value) != unit:
        return False
    amount, change = (Decimal(each.value.removesuffix(unit)) for each in (one, by))
    told = {Decimal(value.removesuffix(unit)) for value in known if value_unit(value) == unit}
    return bool(told & {amount + change, amount - change})


_BLOCK = re.compile(
    r"(?m)(?:^|(?<=[。\u3000 ]))(?:[（(]([^（）()\n]{1,40})[）)]\s*)?第([0-9０-９一二三四五六七八九十百]{1,6})条(?:の([0-9０-９一二三四五六七八九十]{1,3}))?(?=[\u3000 (（])"
)


_OF_BEFORE = re.compile("前項|前[二三四]項|第[一1１]項")
"""A paragraph that speaks of those before it has their words too."""
_NUMBERED_PARAGRAPH = re.compile(r"(?:(?m:^)|(?<=。))[ \u3000]*([0-9０-９]{1,2})[ \u3000]")


@dataclass
class Blocks:
    """What each article of a passage says: `32の5` -> its words."""

    words: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    paragraphs: dict[str, dict[int, frozenset[str]]] = field(default_factory=dict[str, dict[int, frozenset[str]]])
    """article -> the words of its paragraphs, of which the first has no number"""

    @classmethod
    def of(cls, text: str) -> Blocks:
        found = cls()
        marks = [*_BLOCK.finditer(text)]
        ends = [one.start() for one in marks[1:]] + [len(text)] * bool(marks)
        for match, after in zip(marks, ends, strict=True):
            number, part = kanji_number(name_value(match[2])), kanji_number(name_value(match[3] or ""))
            name = f"{number}の{part}" if match[3] else str(number)
            body = text[match.end() : after]
            of_article = found.paragraphs.setdefault(name, {})
            numbers = [*_NUMBERED_PARAGRAPH.finditer(body)]
            starts = [0, *(one.end() for one in numbers)]
            until = [*(one.start() for one in numbers), len(body)]
            for place, (start, end) in enumerate(zip(starts, until, strict=True)):
                paragraph = kanji_number(name_value(numbers[place - 1][1])) if place else 1
                if paragraph is not None:
                    before = frozenset[str]().union(*of_article.values()) if _OF_BEFORE.search(body, start, end) else ()
                    of_article[paragraph] = frozenset(words_of(body[start:end])).union(before)
            found.words[name] = found.words.get(name, frozenset()) | words_of(
                f"{match[1] or ''}　{text[match.end() : after]}"
            )
        return found


def of_other_paragraph(text: str, facts: Sequence[Fact], passage: Blocks) -> Iterator[tuple[str, str]]:
    """(paragraph of the row, the one of the same article whose words the row has), of a row that names one: 第24条第3項; one that the article does not have."""
    named = [
        (one, other)
        for one, other in pairwise(facts)
        if one.kind == other.kind == "article" and other.start == one.end and other.value[0] == "項"
    ]
    if len(named) != 1 or not named[0][1].value[1:].isdigit():
        return
    (one, other), words = named[0], frozenset(words_of(text))
    parts = passage.paragraphs.get(one.value, {})
    own = parts.get(int(other.value[1:]))
    if (
        own is None and parts and max(map(len, passage.paragraphs.values())) > 1
    ):  # the passage numbers paragraphs, and has no such
        yield one.text + other.text, one.text
    for number, part in parts.items() if own is not None else ():
        if own is not None and _is_of_other(words, own, part):
            yield one.text + other.text, f"{one.text}第{number}項"
            break


def _is_of_other(words: frozenset[str], own: frozenset[str], other: frozenset[str]) -> bool:
    """Whether words are those of another text, and hardly any of its own alone."""
    theirs = _weight((words & other) - own)
    return theirs >= _LEAST_OF_BLOCK and _weight((words & own) - other) <= _OWN * theirs


def of_other_article(text: str, facts: Sequence[Fact], passage: Blocks) -> Iterator[tuple[str, str]]:
    """(article of the row, the one whose words the row has), of a row that names one article of the passage."""
    named = {fact.value for fact in facts if fact.kind == "article" and fact.value[0].isdigit()}
    if len(named) != 1 or not named <= passage.words.keys():
        return
    words, name = frozenset(words_of(text)), min(named)
    for other, block in passage.words.items():
        if _is_of_other(words, passage.words[name], block):
            yield name, other
            break


def _row_label(line: str) -> frozenset[str]:
    cells = _SPACES.split(line.split("\n")[-1].strip(" \u3000"))
    return frozenset(words_of(cells[0])) if len(cells) > 1 else frozenset()


def _weight(words: frozenset[str]) -> float:
    return sum(1.0 if "一" <= word[0] <= "龥" else 2.0 for word in words)
