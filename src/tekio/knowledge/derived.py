"""Values that a row calculates in its own words: 市税684億円、地方交付税153億円、市債121億円を合わせて958億円, 9,842円は9,620円より222円高い.

A value that stands nowhere in the passage is taken where the same sentence has a word of the calculation and it comes out of values
of the row that stand in the passage: their sum, the difference, product or share of two of them. One of the two values of a sum or difference may be told
by the passage alone, if it stands in one sentence with the other and the result has three digits or more, so that it is not met by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from tekio.knowledge.facts import Fact

_SUM = re.compile(r"合計|合わせ|併せ|あわせ|合算|総額|総計|全部|足し|足す|加え|計[0-9]|つで|[0-9]\+")
_DIFFERENCE = re.compile(r"より|差|引[いくき]|残[りる高額]|除い|除く|あと|[0-9円]-")
_IS_CHANGE = re.compile(
    r"[^0-9０-９。、\n]{0,5}(?:増|減|上昇|下落|低下|上回|下回|上積み|拡大|縮小|上げ|下げ|上が|下が|高[いくまめ]|低[いくめ]|多[いく]|少な|長[いく]|短[いく]|超え|伸び|悪化|改善)"
)
"""After a value that is itself the difference of two: 222円高い."""
_PRODUCT = re.compile(r"[x×]|掛け|乗じ|倍|分の|半分|につき|当たり|あたり")
_SHARE = re.compile(r"割合|率|当た|占め|相当|割|倍|÷|/")
_ABOUT = re.compile(r"約|およそ|ほぼ|程度")
_LESS_BY = re.compile(r"少な|減|割引|低|抑え")
_VALUE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(.*)")
_WRITTEN_PLACES = re.compile(r"[.．]([0-9０-９]+)")
_SENTENCE_ENDS = re.compile(r"[。\n]")
_LEAST_DIGITS = 3
_MOST_VALUES = 8
_POINTS = frozenset(["", "ポイント", "%"])


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with its unit, where it stands, and whether it is told as a change."""

    number: Decimal
    unit: str
    start: int
    change: bool

    @classmethod
    def of(cls, fact: Fact, text: str) -> Amount | None:
        """None for a fraction, and what is no number. text: where the fact stands."""
        found = _VALUE.fullmatch(fact.value) if fact.kind == "number" else None
        if found is None or found[2].startswith("/"):
            return None
        return cls(Decimal(found[1]), found[2], fact.start, bool(_IS_CHANGE.match(text, fact.end)))


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """Where the sentence around a place begins and ends."""
    before = [match.end() for match in _SENTENCE_ENDS.finditer(text, 0, place)]
    after = _SENTENCE_ENDS.search(text, place)
    return before[-1] if before else 0, after.start() if after else len(text)


def follows(fact: Fact, text: str, known: Sequence[Fact], near: Sequence[Sequence[Amount]]) -> bool:
    """Whether a number of a row follows from the others by a calculation that the sentence names.

    known: the row's numbers that stand in the passage. near: for each of them the amounts of the passage's sentences that it stands in.
    """
    wanted = Amount.of(fact, text)
    if wanted is None:
        return False
    first, last = sentence_at(text, fact.start)
    said = text[first : fact.start] + "#" + text[fact.end : last]
    others = {
        (amount.number, amount.unit): amount
        for one in known
        if (amount := Amount.of(one, text)) and one.start != fact.start
    }
    amounts = [amount for amount in others.values() if (amount.number, amount.unit) != (wanted.number, wanted.unit)][
        :_MOST_VALUES
    ]
    if _SUM.search(said) and _is_sum(wanted, amounts):
        return True
    subtracts = bool(_DIFFERENCE.search(said))
    if any(_differs(wanted, one, other, subtracts) for one, other in combinations(amounts, 2)):
        return True
    if _PRODUCT.search(said) and any(_is_product(wanted, one, other) for one, other in combinations(amounts, 2)):
        return True
    if _SHARE.search(said) and any(
        _is_share(wanted, one, other, fact, said) for one in amounts for other in amounts if one is not other
    ):
        return True
    if wanted.unit == "%" and _LESS_BY.search(said[said.index("#") :][:8]):
        return any(amount.unit == "%" and amount.number == 100 - wanted.number for around in near for amount in around)
    if _digits(wanted.number) < _LEAST_DIGITS:
        return False
    return any(
        _differs(wanted, own, other, subtracts)
        for one, around in zip(known, near, strict=True)
        if one.start != fact.start and (own := Amount.of(one, text))
        for other in around
    )


def _is_sum(wanted: Amount, amounts: Sequence[Amount]) -> bool:
    same = [amount.number for amount in amounts if amount.unit == wanted.unit]
    return any(sum(chosen) == wanted.number for size in range(2, len(same) + 1) for chosen in combinations(same, size))


def _differs(wanted: Amount, one: Amount, other: Amount, subtracts: bool) -> bool:
    """Whether a value is the difference of two (subtracts: the sentence says so), or what a told change leads to or comes from."""
    units = {wanted.unit, one.unit, other.unit}
    if len(units) > 1 and not units <= _POINTS:
        return False
    a, b, c = abs(wanted.number), abs(one.number), abs(other.number)
    if not (a and b and c):
        return False
    changes = one.change or other.change
    return (a == abs(b - c) and (subtracts or wanted.change or changes)) or (a == b + c and changes)


def _is_product(wanted: Amount, one: Amount, other: Amount) -> bool:
    for amount, factor in ((one, other), (other, one)):
        times = factor.number / 100 if factor.unit == "%" else factor.number
        if amount.unit == wanted.unit and factor.unit != wanted.unit and amount.number * times == wanted.number:
            return True
    return False


def _is_share(wanted: Amount, one: Amount, other: Amount, fact: Fact, said: str) -> bool:
    if wanted.unit in ("%", "倍"):
        if one.unit != other.unit or not other.number:
            return False
        exact = one.number / other.number * (100 if wanted.unit == "%" else 1)
        found = _WRITTEN_PLACES.search(fact.text)
        return abs(exact - wanted.number) <= Decimal(1).scaleb(-(len(found[1]) if found else 0)) / 2
    if other.unit != "%" or one.unit != wanted.unit or not other.number:
        return False
    exact = one.number / other.number * 100
    allowed = exact / 200 if _ABOUT.search(said) else Decimal(0)
    return abs(exact - wanted.number) <= allowed


def _digits(number: Decimal) -> int:
    """Digits that are not zeros at the end."""
    return len(format(abs(number.normalize()), "f").replace(".", "").strip("0"))


def amounts_near(places: Iterable[int], text: str, facts: Sequence[Fact]) -> list[Amount]:
    """The numbers of the passage's sentences in which these places are."""
    spans = {sentence_at(text, place) for place in places}
    return [
        amount
        for fact in facts
        if any(start <= fact.start < end for start, end in spans) and (amount := Amount.of(fact, text))
    ]
