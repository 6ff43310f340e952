"""What a row says of two lines of a table in one period, calculated again: 営業利益は経常利益より120百万円多い, リース債務の約5.9倍, 合計は1,420百万円."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from tekio.knowledge.cells import EARLIER, LATER, Named, folded, named
from tekio.knowledge.degrees import degrees_in
from tekio.knowledge.facts import Fact, value_amount, value_unit, written_places
from tekio.knowledge.two_periods import WHICH, Line, Told, borne_out, is_amount, names_period

_SENTENCE = re.compile(r"[^。\n]+")
_OF = r"(?:[(（][^()（）]{1,8}[)）])?(?:の(?:金?額|残高))?"
"""What a label may have behind it: （純額）, の金額."""
_IS, _AND = re.compile(rf"{_OF}[はが]、?"), re.compile(rf"{_OF}(?:と|及び|および|、)")
_THAN = re.compile(rf"{_OF}(?:より(?:も|は)?|を|に比べて?|と比べて?)、?(?:約|およそ)?$")
_TIMES = re.compile(rf"{_OF}の(?:約|およそ|ほぼ)?$")
_SUM = re.compile(rf"{_OF}(?:の|を)(?:合計(?:した)?|合算(?:した)?|足した)(?:金?額|残高)?[はが]?、?(?:約|およそ)?$")
_MORE = re.compile(r"(?P<up>多|大き|高|上回)|(?P<down>少な|小さ|低|下回)")
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
    around = said[: one.start] + "\u3000" + said[one.end : other.start] + "\u3000" + said[other.end :]
    early, late = names_period(around, left.early, EARLIER), names_period(around, left.late, LATER)
    if early == late or left.unit != right.unit:
        return
    first, second = (left.last, right.last) if late else (left.first, right.first)
    between, figures = said[one.end : other.start], f"{first.normalize():f} / {second.normalize():f}"
    if min(first, second) < 0:
        return
    if answer and WHICH.search(said):
        degrees = {each.way for each in degrees_in(said)}
        chosen = [*named([*of_label], folded(answer))]
        if _AND.fullmatch(between) and len(degrees) == 1 and len(chosen) == 1 and first != second:
            larger = one.label if first > second else other.label
            picked = chosen[0].label
            if picked in (one.label, other.label):
                yield Told(answer[:40], figures, (picked == larger) == (degrees == {1}))
        return
    for fact in numbers:
        if not begin + other.end <= fact.start < begin + len(said):
            continue
        lead = said[other.end : fact.start - begin]
        if _IS.fullmatch(between) and _THAN.fullmatch(lead):
            word = _MORE.match(row, fact.end)
            if word and not _NOT.match(row, word.end()) and value_unit(fact.value) == left.unit:
                amount = abs(first - second)
                holds = is_amount(amount, fact, left.unit, row) and bool(word["up"]) == (first > second)
                yield Told(fact.text, figures, holds, frozenset([fact.text] if holds else []))
        elif _IS.fullmatch(between) and _TIMES.fullmatch(lead) and value_unit(fact.value) == "倍" and second:
            holds = _near(first / second, fact)
            yield Told(fact.text, figures, holds, frozenset([fact.text] if holds else []))
        elif _AND.fullmatch(between) and _SUM.fullmatch(lead) and value_unit(fact.value) == left.unit:
            holds = is_amount(first + second, fact, left.unit, row)
            yield Told(fact.text, figures, holds, frozenset([fact.text] if holds else []))
        return


def _near(exact: Decimal, fact: Fact) -> bool:
    """Whether a number is another, rounded to as many places as it has."""
    told = value_amount(fact.value)
    return told is not None and abs(told - exact) <= Decimal(1).scaleb(-written_places(fact.text)) / 2
