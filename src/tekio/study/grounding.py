"""Whether every number, date, article and name of a row stands in its passage, or follows from it by a stated computation.

Compared are values (`tekio.knowledge.facts`): 12億円 stands in a passage that says 1,200百万円, 2024年3月 in one that says
令和6年3月31日, a decrease of 5.2% in one that says △5.2%. Two numbers that are equal and have different units are different.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from tekio.knowledge.facts import Fact, facts_of, kanji_number, name_value, passage_facts
from tekio.study.material import Computed

_LESS = re.compile(r"減|低下|下落|下回|縮小|損失|赤字|マイナス|悪化|下方|不足")
_PARAGRAPH = re.compile(r"(?m)^[ \u3000]*([0-9０-９]{1,2})[ \u3000]")
_NEAR = 12
_VALUE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(.*)")

Span = tuple[int, int]


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
    folded: str = ""

    @classmethod
    def of(cls, passage: str, context: str = "", above: str = "") -> Ground:
        """passage: the text itself. context: title, subject and headings, which a row may name too. above: see `Passage`."""
        ground = cls(folded=name_value(f"{passage}\n{context}"))
        for match in _PARAGRAPH.finditer(passage):  # `2　前項の` is 第2項
            if (number := kanji_number(name_value(match[1]))) is not None:
                ground.places["article", f"項{number}"] = match.span(1)
        for fact in facts_of(context):
            ground.places.setdefault((fact.kind, fact.value), None)
        for fact in passage_facts(passage, above):
            if ground.places.get((fact.kind, fact.value)) is None:
                ground.places[fact.kind, fact.value] = (fact.start, fact.end)
        return ground

    def find(self, fact: Fact, text: str) -> tuple[bool, Span | None]:
        """Whether a fact of a row stands here, and where."""
        if fact.kind == "name":
            key = ("name", fact.value)
            return (True, self.places.get(key)) if fact.value in self.folded else (False, None)
        for value in _forms(fact, text):
            if (fact.kind, value) in self.places:
                return True, self.places[fact.kind, value]
        if fact.kind == "date":
            return self._date(fact.value)
        return False, None

    def _date(self, value: str) -> tuple[bool, Span | None]:
        """A date told more coarsely than in the passage (2024年3月 of 2024年3月31日), or without its year."""
        for (kind, known), place in self.places.items():
            if kind == "date" and (known.startswith(f"{value}-") or (value[:1] == "-" and value[1:] in known[1:])):
                return True, place
        return False, None


def _forms(fact: Fact, text: str) -> Iterable[str]:
    """Values under which a fact may stand: a decrease is told without its sign."""
    yield fact.value
    if fact.kind != "number":
        return
    near = text[max(0, fact.start - _NEAR) : fact.end + _NEAR]
    if not fact.value.startswith("-") and _LESS.search(near):
        yield f"-{fact.value}"


def check(text: str, ground: Ground, computed: Sequence[Computed] = ()) -> tuple[list[Span], list[Ungrounded]]:
    """(places in the passage of what the text says, what stands nowhere). computed: what the text says it computed; each must come out
    of values that stand in the passage.
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
    for fact in facts_of(text):
        known, place = ground.find(fact, text)
        if not known and (fact.kind, fact.value) not in results:
            wrong.append(Ungrounded(fact.kind, fact.text, fact.value))
        elif place is not None and place not in spans:
            spans.append(place)
    return sorted(spans), wrong


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
    places = _decimals(item.result) if unit == "%" else 0
    allowed = Decimal(1).scaleb(-places) / 2 if unit == "%" else Decimal(0)
    return None if told[1] == unit and abs(abs(told[0]) - abs(exact)) <= allowed else failed


def _number(written: str) -> tuple[Decimal, str] | None:
    facts = [fact for fact in facts_of(written) if fact.kind in ("number", "article")]
    return _split(facts[0].value) if len(facts) == 1 else None


def _split(value: str) -> tuple[Decimal, str] | None:
    found = _VALUE.fullmatch(value)
    return (Decimal(found[1]), found[2]) if found else None


def _decimals(written: str) -> int:
    found = re.search(r"[.．]([0-9０-９]+)", written)
    return len(found[1]) if found else 0
