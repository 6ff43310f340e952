"""Values that a row calculates in its own words: 市税684億円、地方交付税153億円、市債121億円を合わせて958億円, 9,842円は9,620円より222円高い.

A value that stands nowhere in the passage is taken where it comes out of values that stand there: their sum, the difference, product or share of two of
them, what a told change leads to or comes from, half, what is left of 100 %. The sentence must have a word of the calculation, unless the result has so many
digits that it is not met by chance. Values of the passage alone are used only where one sentence of it has them side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, pairwise

from tekio.knowledge.calculation_words import (
    ABOUT_WORDS,
    AROUND_WORDS,
    BEFORE_VALUE,
    DIFFERENCE_WORDS,
    NAME_UNITS,
    OVER_WORDS,
    PRODUCT_WORDS,
    SHARE_WORDS,
    SUM_WORDS,
    UNDER_WORDS,
)
from tekio.knowledge.facts import Fact, written_places

_SUM = re.compile(rf"{SUM_WORDS}|あわせ|[0-9]\+")
_DIFFERENCE = re.compile(rf"{DIFFERENCE_WORDS}|残[高額]|あと|[0-9円]-")
_UP = "増|上昇|上回|上積み|拡大|上げ|上が|高[いくまめ]|多[いく]|長[いく]|超え|伸び|悪化"
_DOWN = "減|下落|低下|下回|縮小|下げ|下が|低[いくめ]|少な|短[いく]|改善"
WAY = re.compile(
    rf"(?![にへ](?!比べ|対し))(?:(?!最も?|一番)[^0-9０-９。、|｜:：\n]){{0,5}}(?!増減)(?:(?P<up>{_UP})|{_DOWN})"
)
"""After a value that is itself the difference of two: 222円高い; not after one that is reached: 200トンに減少."""
_PRODUCT = re.compile(PRODUCT_WORDS)
_SHARE = re.compile(rf"{SHARE_WORDS}|÷|/")
_ABOUT = re.compile(r"約|およそ|おおよそ|ほぼ|程度")
_LESS_BY = re.compile(r"少な|減|割引|低|抑え")
_HALF = re.compile(r"半分|半額|半年|2分の1|二分の一")
_RATE = re.compile(r"率|増|減|値上げ|値下げ|引き?上げ|引き?下げ|割引|伸び|上昇|低下")
_OFF = re.compile(r"割引|引き|引[いかく]|減額|軽減")
_APART = re.compile(r"より|比べ")
_MOVED = re.compile(r"増|減|上[がげ回昇]|下[がげ回落]|拡大|縮小|伸び")
_BEFORE = re.compile(r"前年|前月|前期|前日|前回|前週|前の|昨年|従来|以前|これまで|当初|もとの|元の|から")
_CUT = re.compile(r"切り?捨て")
_LOOSE = re.compile(rf"(?:{ABOUT_WORDS})\s*$")
_OVER, _UNDER = re.compile(OVER_WORDS), re.compile(rf"{UNDER_WORDS}|に届[いか]")
_WELL_OVER = re.compile(r"余り?|あまり|強|を?超え|超(?!え)")
_AROUND = re.compile(AROUND_WORDS)
_STEP_TO = re.compile(r"\s*から\s*(?:約|およそ)?\s*$")
_VALUE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(.*)")
_SENTENCE_ENDS = re.compile(r"。(?![）)])|\n")
_BY = re.compile(r"(?:を|より|から)(?:約|およそ)?")
_LEAST_DIGITS = 3
"""Digits, zeros at the end left out, by which a value is not met by chance: it needs no word of the calculation."""
_LOST = re.compile(r"支出|損失|赤字|減|マイナス|使用した")
"""What a table tells with △."""
_SCALED = re.compile("[億兆]")
_LEAST_OF_SCALED = 4
"""Digits of an amount in 億 that is one in 百万円 cut short, without a word that says so: 7,657億円 of 765,720百万円."""
_LEAST_OF_ROUND = 2
"""Digits from which a rounded value says to which step it was rounded; of one digit, a tenth of it is allowed."""
_SMALL = 100
"""From here a half of one digit counts: 100円 of 200円, not 2件 of 4件."""
_HALF_BEFORE, _LESS_AFTER = 12, 8
"""Characters before a value in which it is called a half, and behind it in which it is called so much less."""
_MOST_VALUES, _MOST_IN_SENTENCE = 8, 24
"""Values of a row, and of a sentence of the passage, that are tried with each other."""
_MOST_IN_SUM = 4
"""Neighbours of a sentence that are added up."""
_CUT_TO = (10, 100, 1000, 10_000)
"""To what amounts are rounded down: 100円未満切捨て."""
_IN_THOUSANDS = frozenset(["g", "m"])
"""Units whose values are kept in a smaller one than kg and km."""
_POINTS = frozenset(["", "ポイント", "%"])


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with its unit, where it stands, the way it goes where it is told as a change (1 up, -1 down, 0 none), and whether it is itself told as a bound (200人弱)."""

    number: Decimal
    unit: str
    start: int
    way: int
    bounded: bool

    @classmethod
    def of(cls, fact: Fact, text: str) -> Amount | None:
        """None for a fraction, for a number that is a name, and for what is no number. text: where the fact stands."""
        found = _VALUE.fullmatch(fact.value) if fact.kind == "number" else None
        if found is None or found[2].startswith("/") or found[2] in NAME_UNITS:
            return None
        moved = WAY.match(text, fact.end)
        way = 0 if moved is None else 1 if moved["up"] else -1
        bounded = bool(_OVER.match(text, fact.end) or _UNDER.match(text, fact.end))
        return cls(Decimal(found[1]), found[2], fact.start, way, bounded)

    @property
    def change(self) -> bool:
        return self.way != 0


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """Where the sentence around a place begins and ends."""
    stop = text.rfind("。", 0, place)
    while 0 <= stop < place - 1 and text[stop + 1] in "）)":
        stop = text.rfind("。", 0, stop)
    after = _SENTENCE_ENDS.search(text, place)
    return max(stop, text.rfind("\n", 0, place)) + 1, after.start() if after else len(text)


@dataclass
class Told:
    """The amounts of a passage: all of them, those of each sentence, and those of the sentences that a value stands in."""

    amounts: list[Amount] = field(default_factory=list[Amount])
    sentences: list[list[Amount]] = field(default_factory=list[list[Amount]])
    steps: list[tuple[Amount, Amount]] = field(default_factory=list[tuple[Amount, Amount]])
    """38%から47%に: from, to."""
    moved: list[tuple[Amount, Amount]] = field(default_factory=list[tuple[Amount, Amount]])
    """2万1千台を約3千台下回る: from, by."""
    parts: set[Decimal] = field(default_factory=set[Decimal])
    """Percentages, fractions and factors, as numbers: 50%, 2分の1, 1.25倍."""
    around: dict[str, list[Amount]] = field(default_factory=dict[str, list[Amount]])

    @classmethod
    def of(cls, text: str, facts: Sequence[Fact]) -> Told:
        told = cls()
        of_sentence: dict[tuple[int, int], list[Amount]] = {}
        last: tuple[Fact, Amount] | None = None
        for fact in facts:
            amount = Amount.of(fact, text)
            if amount is None:
                part, _, whole = fact.value.partition("/")
                if fact.kind == "number" and part.isdigit() and whole.isdigit() and int(whole):
                    told.parts.add(Decimal(part) / Decimal(whole))
                continue
            told.amounts.append(amount)
            if amount.unit in ("%", "倍"):
                told.parts.add(amount.number / 100 if amount.unit == "%" else amount.number)
            of_sentence.setdefault(sentence_at(text, fact.start), []).append(amount)
            if last and text[last[0].end : fact.start].strip() == "から" and last[1].unit == amount.unit:
                told.steps.append((last[1], amount))
            elif (
                last and amount.change and last[1].unit == amount.unit and _BY.fullmatch(text[last[0].end : fact.start])
            ):
                told.moved.append((last[1], amount))
            last = fact, amount
        told.sentences = [amounts[:_MOST_IN_SENTENCE] for amounts in of_sentence.values()]
        for fact in facts:
            if fact.kind == "number":
                told.around.setdefault(fact.value, []).extend(of_sentence.get(sentence_at(text, fact.start), []))
        return told


def follows(fact: Fact, text: str, known: Sequence[Fact], told: Told, *, supposed: bool = False) -> bool:
    """Whether a number of a row follows from the others by a calculation.

    known: the row's numbers that stand in the passage. supposed: one of them is an instance of the row's own (購入費が63,500円の場合), of which it tells
    what comes out, so that no word of the calculation is needed.
    """
    wanted = Amount.of(fact, text)
    if wanted is None or not wanted.number:
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
    long = _digits(wanted.number) >= _LEAST_DIGITS
    if (
        wanted.unit == "倍"
        and wanted.number >= 2
        and any(
            own.unit and own.unit == other.unit and own.number == wanted.number * other.number
            for own in amounts
            for other in told.amounts
        )
    ):
        return True
    return (
        _from_row(wanted, fact, said, amounts, free=supposed or long)
        or (
            supposed
            and any(
                one.unit == wanted.unit and one.number * part == wanted.number for one in amounts for part in told.parts
            )
        )
        or _from_passage(wanted, fact, said, told)
        or any(
            _from_both(wanted, said, own, other, long=long)
            for one in known
            if one.start != fact.start and (own := Amount.of(one, text))
            for other in told.around.get(one.value, ())
        )
    )


def _from_row(wanted: Amount, fact: Fact, said: str, amounts: Sequence[Amount], *, free: bool) -> bool:
    """Of values that the row tells itself. free: without a word of the calculation."""
    if _SUM.search(said) and _is_sum(wanted, amounts):
        return True
    subtracts = free or bool(_DIFFERENCE.search(said) or (wanted.unit and _BEFORE.search(said) and _MOVED.search(said)))
    multiplies = free or bool(_PRODUCT.search(said))
    for one, other in combinations(amounts, 2):
        if _differs(wanted, one, other, subtracts) or (multiplies and _is_product(wanted, one, other)):
            return True
    if free and any(_is_part_of_difference(wanted, *three) for three in combinations(amounts, 3)):
        return True
    if (wanted.unit == "倍" or _SHARE.search(said)) and any(
        _is_share(wanted, one, other, fact, said) for one in amounts for other in amounts if one is not other
    ):
        return True
    if wanted.unit == "%" and _RATE.search(said):
        same = [one for one in amounts if one.unit != "%"]
        if any(one.unit == other.unit and _is_rate(wanted, one, other, fact) for one, other in combinations(same, 2)):
            return True
    if _OFF.search(said) and any(
        one.unit == wanted.unit and one.number * (100 - off.number) == 100 * wanted.number
        for off in amounts
        if off.unit == "%"
        for one in amounts
    ):
        return True
    if _CUT.search(said) and any(_is_cut(wanted, one) for one in amounts):
        return True
    return bool(_halved(said)) and any(one.unit == wanted.unit and one.number == 2 * wanted.number for one in amounts)


def _from_passage(wanted: Amount, fact: Fact, said: str, told: Told) -> bool:
    """Of values that the passage alone tells, side by side."""
    if any(wanted.number == one.number + by.way * by.number for one, by in told.moved if one.unit == wanted.unit):
        return True
    rest = wanted.unit == "%" and _LESS_BY.search(said[said.index("#") :][:_LESS_AFTER])
    if rest and any(amount.unit == "%" and amount.number == 100 - wanted.number for amount in told.amounts):
        return True
    halved = _halved(said) and (_digits(wanted.number) > 1 or wanted.number >= _SMALL)
    if halved and any(amount.unit == wanted.unit and amount.number == 2 * wanted.number for amount in told.amounts):
        return True
    units = _POINTS if wanted.unit in _POINTS else {wanted.unit}
    for one, other in told.steps:
        if wanted.change and one.unit in units and wanted.way * wanted.number == other.number - one.number:
            return True
        if wanted.unit == "倍" and one.number and other.number / one.number == wanted.number:
            return True
    apart = wanted.unit and wanted.change and _APART.search(said)
    for amounts in told.sentences:
        for one, other in pairwise(amounts):
            if one.unit != other.unit:
                continue
            if apart and one.unit == wanted.unit and abs(one.number - other.number) == abs(wanted.number):
                return True
            rated = wanted.unit == "%" and one.unit not in ("%", "") and _RATE.search(said)  # 303, 384: of two things
            if rated and _is_rate(wanted, one, other, fact):
                return True
    far = _digits(wanted.number) >= _LEAST_DIGITS and _DIFFERENCE.search(said)
    same = [one.number for one in told.amounts if one.unit == wanted.unit][:_MOST_IN_SENTENCE]
    if far and wanted.unit and any(abs(one - other) == wanted.number for one, other in combinations(same, 2)):
        return True
    if wanted.unit and _digits(wanted.number) > 1 and _SUM.search(said):
        for amounts in told.sentences:
            same = [amount.number for amount in amounts if amount.unit == wanted.unit]
            if any(
                sum(same[start : start + size]) == wanted.number
                for size in range(2, _MOST_IN_SUM + 1)
                for start in range(len(same) - size + 1)
            ):
                return True
    return False


def _from_both(wanted: Amount, said: str, own: Amount, other: Amount, *, long: bool) -> bool:
    """Of a value of the row, and one that the passage has in the same sentence with it."""
    if long and _differs(wanted, own, other, bool(_DIFFERENCE.search(said))):
        return True
    if wanted.unit and own.unit == wanted.unit == other.unit and own.number != other.number:
        gap = own.number - other.number
        if (wanted.change and gap == wanted.way * wanted.number) or (
            abs(gap) == wanted.number and _BEFORE.search(said) and _MOVED.search(said)
        ):
            return True
    if other.change and own.unit == wanted.unit and other.unit in (own.unit, "ポイント") and _BEFORE.search(said):
        return wanted.number == own.number - other.way * abs(other.number)
    return False


def stepped(fact: Fact, text: str, known: Sequence[Fact], told: Told) -> bool:
    """Whether a number is where a change of the passage leads from another of the row: 720万株から800万株へ増え, of 80万株 that are issued."""
    wanted = Amount.of(fact, text)
    if fact.value.endswith("歳"):  # 3歳から10歳まで: two ages are years apart
        return False
    for one in known:
        amount = Amount.of(one, text)
        if wanted is None or amount is None or amount.unit != wanted.unit or not wanted.unit:
            continue
        first, last = (one, fact) if one.end <= fact.start else (fact, one)
        moved = wanted.number - amount.number if last is fact else amount.number - wanted.number
        if _STEP_TO.fullmatch(text[first.end : last.start]) and any(
            other.unit == wanted.unit and moved in ((other.way or 1) * other.number, (other.way or -1) * other.number)
            for other in told.amounts
        ):
            return True
    return False


def _halved(said: str) -> bool:
    """Whether the value at `#` is told as a half."""
    return bool(_HALF.search(said[: said.index("#")][-_HALF_BEFORE:]))


def _is_rate(wanted: Amount, one: Amount, other: Amount, fact: Fact) -> bool:
    """Whether a percentage is the change from one value to another."""
    allowed = Decimal(1).scaleb(-written_places(fact.text)) / 2
    return any(  # a table may have the later one first
        abs(abs(other.number - one.number) / abs(base) * 100 - abs(wanted.number)) <= allowed
        for base in (one.number, other.number)
        if base
    )


def _is_sum(wanted: Amount, amounts: Sequence[Amount]) -> bool:
    same = [amount.number for amount in amounts if amount.unit == wanted.unit]
    return any(sum(chosen) == wanted.number for size in range(2, len(same) + 1) for chosen in combinations(same, size))


def _differs(wanted: Amount, one: Amount, other: Amount, subtracts: bool) -> bool:
    """Whether a value is the difference of two (subtracts: the sentence says so), or what a told change leads to or comes from."""
    units = {wanted.unit, one.unit, other.unit}
    if len(units) > 1 and not units <= _POINTS and units - {wanted.unit} != {"ポイント", wanted.unit}:
        return False
    a, b, c = abs(wanted.number), abs(one.number), abs(other.number)
    if not (a and b and c):
        return False
    changes = one.change or other.change
    return (a == abs(b - c) and (subtracts or wanted.change or changes)) or (a == b + c and changes)


def _is_product(wanted: Amount, one: Amount, other: Amount) -> bool:
    for amount, factor in ((one, other), (other, one)):
        times = factor.number / 100 if factor.unit == "%" else factor.number
        if amount.unit == wanted.unit and factor.unit != wanted.unit:
            exact = amount.number * times
            if wanted.number == exact or (factor.unit in _IN_THOUSANDS and wanted.number == exact / 1000):
                return True
    return False


def _is_part_of_difference(wanted: Amount, one: Amount, other: Amount, third: Amount) -> bool:
    """(1,000,000円－267,000円)の1%."""
    for share, first, second in ((one, other, third), (other, one, third), (third, one, other)):
        apart = abs(abs(first.number) - abs(second.number))
        if (
            share.unit == "%"
            and first.unit == second.unit == wanted.unit
            and apart * share.number == 100 * wanted.number
        ):
            return True
    return False


def _is_cut(wanted: Amount, one: Amount) -> bool:
    """31,700 of 31,750, 100円未満切捨て."""
    if one.unit != wanted.unit or not 0 < one.number - wanted.number < one.number / 10:
        return False
    return any(one.number // step * step == wanted.number for step in _CUT_TO)


def _is_share(wanted: Amount, one: Amount, other: Amount, fact: Fact, said: str) -> bool:
    if wanted.unit in ("%", "倍"):
        if one.unit != other.unit or not other.number:
            return False
        exact = one.number / other.number * (100 if wanted.unit == "%" else 1)
        places = written_places(fact.text)
        if wanted.unit == "倍" and not places and not _ABOUT.search(said):
            return exact == wanted.number
        return wanted.number != 1 and abs(exact - wanted.number) <= Decimal(1).scaleb(-places) / 2
    if other.unit != "%" or one.unit != wanted.unit or not other.number:
        return False
    exact = one.number / other.number * 100
    allowed = exact / 200 if _ABOUT.search(said) else Decimal(0)
    return abs(exact - wanted.number) <= allowed


def _digits(number: Decimal) -> int:
    """Digits that are not zeros at the end."""
    return len(format(abs(number.normalize()), "f").replace(".", "").strip("0"))


def rounded(fact: Fact, text: str, told: Iterable[Amount]) -> bool:
    """Whether a value is one of the passage, rounded as its words say: 約16万件 of 158,317件, 1割以上 of 11.9%, 21億円余り."""
    wanted = Amount.of(fact, text)
    if wanted is None or not wanted.number:
        return False
    step = Decimal(10) ** (wanted.number.normalize().as_tuple().exponent if _digits(wanted.number) else 0)  # pyright: ignore
    near = bool(_LOOSE.search(text[max(0, fact.start - BEFORE_VALUE) : fact.start]) or _AROUND.match(text, fact.end))
    over, under = bool(_OVER.match(text, fact.end)), bool(_UNDER.match(text, fact.end))
    well_over = bool(_WELL_OVER.match(text, fact.end))
    first, last = sentence_at(text, fact.start)
    lost = bool(_LOST.search(text, first, last))
    scaled = wanted.unit == "円" and _digits(wanted.number) >= _LEAST_OF_SCALED and bool(_SCALED.search(fact.text))
    if not (near or over or under or scaled):
        return False
    fine = _digits(wanted.number) >= _LEAST_OF_ROUND or fact.text.endswith("割")
    tenth = abs(wanted.number) / 10
    for one in told:
        gap = (abs(one.number) if lost else one.number) - wanted.number
        if one.unit != wanted.unit or not gap or one.bounded:
            continue
        if scaled and -step / 2 <= gap < step:
            return True
        if fine and ((near and abs(gap) <= step / 2) or (over and 0 < gap < step)):
            return True
        if (under and -(step if fine else tenth / 2) < gap < 0) or (well_over and not fine and 0 < gap <= tenth):
            return True
    return False
