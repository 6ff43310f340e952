"""Values that a row reckons from others, judged by chance instead of by words: 国内は2,454人 of 従業員数は3,912人、うち海外が1,458人.

What can be reckoned from the values that a row tells or names (`tekio.knowledge.labels`) is listed: sums, differences, products, shares, rates of change, parts of. A value is taken
where few such results are there for as many digits as it has, so that a wrong one would not be met by chance; with a word of the calculation more are
allowed. Never where the row has the passage's own words around another value (`tekio.knowledge.frames`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, permutations

from tekio.knowledge.calculation_words import (
    ABOUT_WORDS,
    AFTER_VALUE,
    AROUND_WORDS,
    BEFORE_VALUE,
    DIFFERENCE_WORDS,
    NAME_UNITS,
    OVER_WORDS,
    PRODUCT_WORDS,
    RATE_UNITS,
    SHARE_WORDS,
    SUM_WORDS,
    UNDER_WORDS,
)
from tekio.knowledge.derived import WAY
from tekio.knowledge.facts import Fact, written_places

_VALUE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(.*)")
_FRACTION = re.compile(r"([0-9]+)/([0-9]+)")
_SUM = re.compile(SUM_WORDS)
_DIFFERENCE = re.compile(rf"{DIFFERENCE_WORDS}|欠|比べ|増|減|上昇|下落|低下|上回|下回|縮|拡大|変化|伸び|鈍化|改善|悪化")
_REST = re.compile(r"残[りる]|差し?引|除[いくき]")
_THE_REST = re.compile(r"残り(?:の|は)?(?:約)?$")
_PRODUCT = re.compile(rf"{PRODUCT_WORDS}|ずつ|総額|通算|期間中|なら|場合|れば|すると、|持つ")
QUOTIENT = re.compile(r"平均|当たり|あたり|につき|1(?:人|社|件|日|月|年|台|戸|株)")
_FOR_ONE = re.compile(r"[1１一](人|社|件|日|年|か月|台|戸|株|口|世帯|ドル|ユーロ)(?:当たり|あたり|につき)")
_FEW_WAYS = 6
_SHARE = re.compile(rf"{SHARE_WORDS}|分の|比")
_RATE = re.compile(r"率|増|減|(?<![売以])上[がげ回昇]|下[がげ回落]|伸び|低下|割引|高[いくまめ]|安[いく]|縮")
_OF_RATE, _RATE_OF_CHANGE = (
    re.compile(r"[一-龥]率"),
    re.compile(r"(?:増減|伸び|上昇|増加|減少|低下|値上げ|値下げ|変化)率"),
)
_LOOSE = re.compile(rf"(?:{ABOUT_WORDS}|平均で?)\s*$")
_AROUND = re.compile(AROUND_WORDS)
_OVER, _UNDER = re.compile(rf"{OVER_WORDS}|を上回"), re.compile(UNDER_WORDS)
_RARE, _RARE_NEAR, _WITH_WORD, _OF_CASE = Decimal("0.004"), Decimal("0.025"), Decimal("0.12"), Decimal("0.34")
"""How often a wrong value may be met by chance: without a word of the calculation, of values that the row speaks of, with a word, and of a case, of which all must come out."""
_NEAR = Decimal("0.1")
"""How far a value may be from one of one digit that is told as about it, as a share of it."""
_MOVES = re.compile(r"の?(?:上昇|低下|下落|増|減|伸び)")
_MONTHLY = re.compile(r"(?:月額|毎月|月々|月[0-9]).*(?:年間|年額|1年)")
_BEFORE = re.compile(r"前[年期々月回]|昨年|から|増|減")
_COMPARES = re.compile(r"前(?:年|年度|年同[月期]|期|月|回|日)比")
_LEAST_DIGITS = 2
"""Digits of what an amount grew from: of one digit, some growth leads to it."""
_SLIP = Decimal("0.01")
_LEAST_OF_DATE = 300
"""Years from which a number of them is a date: 942年."""
_WHOLE = 100
"""A fall by so many per cent leaves nothing to have fallen from."""
_MOST_OF_UNIT, _MOST_IN_THREE = 10, 5
"""Values of a unit that are reckoned with, and of those that are taken three at a time."""
_MOST_IN_SUM = 4
"""Values that are added up, where the sentence says so."""
OF_WHOLE = re.compile(r"全体|合計|総額|総計|全社")
CALCULATES = re.compile(
    "|".join(pattern.pattern for pattern in (_SUM, _DIFFERENCE, _PRODUCT, QUOTIENT, _SHARE, _RATE, OF_WHOLE))
)
"""A word of any calculation."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its unit."""

    number: Decimal
    unit: str

    @classmethod
    def of(cls, value: str) -> Value | None:
        """None for a fraction, for what has no unit, and for a number that is a name."""
        found = _VALUE.fullmatch(value)
        if found is None or not found[2] or found[2].startswith("/") or found[2] in NAME_UNITS:
            return None
        number = Decimal(found[1])
        return None if found[2] == "年" and number >= _LEAST_OF_DATE else cls(number, found[2])


def reckoned(
    fact: Fact, text: str, said: str, values: Sequence[str], *, supposed: bool = False, near: bool = False
) -> bool:
    """Whether a number of a row comes out of `values`: those that the row tells, and those of the passage that it names. said: its sentence. supposed: the row
    supposes one of them, of which more may be calculated. near: the values are those that the row speaks of, not all.
    """
    known = _few_of_each(list(dict.fromkeys(one for value in values if (one := Value.of(value)) and one.number)))
    parts = [
        Decimal(one[1]) / Decimal(one[2]) for value in dict.fromkeys(values) if (one := _FRACTION.fullmatch(value))
    ]
    fraction = _FRACTION.fullmatch(fact.value)
    if fraction is not None:
        goal = Decimal(fraction[1]) / Decimal(fraction[2])
        if _DIFFERENCE.search(said) and any(one - other == goal for one, other in permutations(parts, 2)):
            return True
        return _is_fraction(goal, text, fact, known)
    wanted = Value.of(fact.value)
    if wanted is None or not wanted.number:
        return False
    goal = abs(wanted.number)
    if _is_each(fact, goal, wanted.unit, text, said, known):
        return True
    if wanted.unit == "%" and _THE_REST.search(text, 0, fact.start) and Value(100 - goal, "%") in known:
        return True
    least, most = _between(fact, goal, text)
    digits = _digits(fact, goal)
    reckon = [*_results(wanted.unit, known, said, moves=_MOVES.match(text, fact.end) is not None)]
    if supposed or (_PRODUCT.search(said) and _DIFFERENCE.search(said)):
        reckon += [(number, not supposed) for number, _ in _of_case(wanted.unit, known)]
    results = [one for one in reckon if wanted.number > 0 or one[0] < 0]
    hit = [word for number, word in results if least <= abs(number) <= most]
    if not hit:
        return False
    if not any(hit) and any(one.unit == wanted.unit and _is_slip(goal, abs(one.number)) for one in known):
        return False
    counted = {number for number, word in results if word or not any(hit)}
    chance = Decimal(len(counted)) / (9 * Decimal(10) ** (digits - 1))
    return chance <= (_OF_CASE if supposed else _WITH_WORD if any(hit) else _RARE_NEAR if near else _RARE)


def _is_each(fact: Fact, goal: Decimal, unit: str, text: str, said: str, known: Sequence[Value]) -> bool:
    """Whether an amount is that for one of what is counted: 1年当たり3,000万円 of 1億8,000万円 for 6年間."""
    told = _FOR_ONE.search(said)
    amounts = {one.number for one in known if one.unit == unit}
    counts = {one.number for one in known if told and one.unit == told[1] and one.number > 1}
    if not counts or len(amounts) * len(counts) > _FEW_WAYS:
        return False
    least, most = _between(fact, goal, text)
    return any(least <= amount / count <= most for amount in amounts for count in counts)


def _is_slip(goal: Decimal, other: Decimal) -> bool:
    """Whether two numbers are so near to each other that one is a slip of the other: 3,063 of 3,060."""
    return bool(other) and 0 < abs(goal - other) / other < _SLIP


def _few_of_each(values: Sequence[Value]) -> list[Value]:
    """The first values of each unit."""
    count: Counter[str] = Counter()
    found: list[Value] = []
    for value in values:
        count[value.unit] += 1
        if count[value.unit] <= _MOST_OF_UNIT:
            found.append(value)
    return found


def _of_case(unit: str, known: Sequence[Value]) -> Iterator[tuple[Decimal, bool]]:
    """What a rule in two steps gives: (42,000円-2,000円)の10%, 390万円の15%から10万円を引く, 五人につき一人."""
    amounts = [one.number for one in known if one.unit == unit]
    parts = [one.number / 100 for one in known if one.unit == "%"]
    for one, other in permutations(amounts, 2):
        for part in parts:
            yield (one - other) * part, False
            yield one * part - other, False
        if one > other:
            yield one / other, False
    yield from (
        (one - other - third, False) for one, other, third in permutations(amounts[:_MOST_IN_THREE], 3) if one > other
    )
    yield from (
        (one + other - third, False) for one, other, third in permutations(amounts[:_MOST_IN_THREE], 3) if one < other
    )


def by_growth(fact: Fact, said: str, growth: Mapping[str, set[str]]) -> bool:
    """Whether a number is what an amount grew from, or by how much: 1,138億円 of 1,234億円（前期比8.4%増）. growth: per cent -> amounts,
    of the passage.
    """
    wanted = Value.of(fact.value)
    if wanted is None or not _BEFORE.search(said) or _digits(fact, abs(wanted.number)) < _LEAST_DIGITS:
        return False
    step = Decimal(10) ** int(wanted.number.normalize().as_tuple().exponent)
    for rate, amounts in growth.items():
        for amount in amounts:
            share, now = Value.of(rate), Value.of(amount)
            if share is None or now is None or now.unit != wanted.unit:
                continue
            for sign in (1, -1):
                before = now.number / (1 + sign * share.number / 100) if abs(share.number) < _WHOLE else now.number
                if any(abs(abs(one) - wanted.number) <= step / 2 for one in (before, now.number - before)):
                    return True
    return False


def of_index(fact: Fact, text: str, passage: str, values: Sequence[str]) -> bool:
    """Whether a change is told in the passage as what is then in per cent of before: 3.1%増 of 前年同月比103.1%. values: those that may be meant."""
    wanted, moved = Value.of(fact.value), WAY.match(text, fact.end)
    if wanted is None or wanted.unit != "%" or moved is None or not _COMPARES.search(passage):
        return False
    index = Value(100 + abs(wanted.number) * (1 if moved["up"] else -1), "%")
    return any(Value.of(value) == index for value in values)


def by_rate(fact: Fact, known: Sequence[Fact], rates: Mapping[str, set[str]]) -> bool:
    """Whether a number is what comes to so many: 6万円 for 1,000株 of 1株当たり60円. rates: amount -> for what, of the passage."""
    wanted = Value.of(fact.value)
    for amount, units in rates.items():
        each = Value.of(amount)
        for unit in units:
            of = Value.of(unit)
            if wanted is None or each is None or of is None or each.unit != wanted.unit:
                continue
            counts = [one for told in known if (one := Value.of(told.value)) and one.unit == of.unit]
            if any(each.number * one.number == wanted.number * of.number for one in counts):
                return True
    return False


def _between(fact: Fact, goal: Decimal, text: str) -> tuple[Decimal, Decimal]:
    """From and to what a value may be that is told as `goal`: to the written place for a rate, and as the words around say."""
    after = text[fact.end : fact.end + AFTER_VALUE]
    loose = bool(_LOOSE.search(text[max(0, fact.start - BEFORE_VALUE) : fact.start]) or _AROUND.match(after))
    step = Decimal(10) ** int(goal.normalize().as_tuple().exponent)
    if fact.value.endswith(("%", "倍", "ポイント")):
        places = written_places(fact.text)
        step = Decimal(1).scaleb(-places) if places else Decimal(10) if "割" in fact.text else Decimal(1)
        if "割" in fact.text and fact.text.rstrip().endswith("分"):
            step = Decimal(1)
        loose = loose or "割" not in fact.text
    if _OVER.match(after):
        return goal, goal + step
    if _UNDER.match(after):
        return goal - max(step / 2, goal * _NEAR), goal
    return (goal - step / 2, goal + step / 2) if loose else (goal, goal)


def _digits(fact: Fact, goal: Decimal) -> int:
    if written_places(fact.text):
        return len(re.sub(r"[^0-9０-９]", "", fact.text).lstrip("0０"))
    return max(1, len(format(goal.normalize(), "f").replace(".", "").strip("0")))


def _results(unit: str, known: Sequence[Value], said: str, *, moves: bool) -> Iterator[tuple[Decimal, bool]]:
    """(what can be reckoned of the unit, whether the sentence has a word of it). moves: the value is told as a change (84%上昇), which no share is."""
    adds, subtracts = bool(_SUM.search(said)), bool(_DIFFERENCE.search(said))
    same = [one.number for one in known if one.unit == unit]
    if unit == "年":
        ages = [one.number for one in known if one.unit == "歳"]
        yield from ((one - other, subtracts) for one, other in combinations(ages, 2))
    for one, other in combinations(same, 2):
        if unit != "%" or _REST.search(said):  # two percentages are apart by points
            yield one - other, subtracts
        if unit != "%" or adds:
            yield one + other, adds
    if re.search("純|差|引|除", said):
        for chosen in combinations(same, 3):
            yield from ((sum(chosen, Decimal(0)) - 2 * one, True) for one in chosen)
    if adds:
        for size in range(3, _MOST_IN_SUM + 1):
            yield from ((sum(chosen, Decimal(0)), True) for chosen in combinations(same, size))
    if unit == "ポイント":
        shares = [one.number for one in known if one.unit == "%"]
        yield from ((one - other, True) for one, other in combinations(shares, 2))
    if unit in ("%", "倍"):
        shared, moved = bool(_SHARE.search(said)), bool(_RATE.search(said))
        if _OF_RATE.search(said) and not _RATE_OF_CHANGE.search(said):  # 営業利益率は6.25%に下がり: not by how much
            moved = False
        for one, other in permutations([one for one in known if one.unit not in RATE_UNITS], 2):
            if one.unit == other.unit:
                ratio = one.number / other.number
                if unit == "倍" or (ratio < 1 and not moves):
                    yield (ratio * 100 if unit == "%" else ratio), shared
                if unit == "%":
                    yield (ratio - 1) * 100, moved
        return
    yield from _multiplied(unit, known, said)


def _multiplied(unit: str, known: Sequence[Value], said: str) -> Iterator[tuple[Decimal, bool]]:
    by, of_whole = bool(_PRODUCT.search(said)), bool(_SHARE.search(said))
    amounts = [one.number for one in known if one.unit == unit]
    parts = [one.number / 100 for one in known if one.unit == "%"]
    counts = [one.number for one in known if one.unit not in (unit, "%", "ポイント") and _is_count(one)]
    for amount in amounts:
        for part in parts:
            yield amount * part, by or of_whole
            yield amount * (1 - part), by
            yield amount * (1 + part), by
            yield amount / (1 + part), "税抜" in said
            yield from ((amount * part * count, by) for count in counts)
        if _MONTHLY.search(said):
            yield amount * 12, True
        for count in counts:
            yield amount * count, by
            if count > 1:
                yield amount / count, bool(QUOTIENT.search(said))


def _is_count(value: Value) -> bool:
    return value.unit == "倍" or value.number == int(value.number)


def _is_fraction(goal: Decimal, text: str, fact: Fact, known: Sequence[Value]) -> bool:
    after, over, under = text[fact.end : fact.end + AFTER_VALUE], Decimal(0), Decimal(0)
    near = goal * _NEAR
    if _OVER.match(after):
        over = 2 * near
    elif _UNDER.match(after):
        under = near
    elif _LOOSE.search(text[max(0, fact.start - BEFORE_VALUE) : fact.start]) or _AROUND.match(after):
        over = under = near
    return any(
        one.unit == other.unit and goal - under <= one.number / other.number <= goal + over
        for one, other in permutations(known, 2)
    )
