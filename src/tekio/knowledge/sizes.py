"""What of a passage can be more or less than another: amounts by their unit or by what they count, lengths of time in days, dates and centuries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tekio.knowledge.facts import Fact, kanji_number, name_value, value_amount, value_unit
from tekio.knowledge.follow import followed_dates

DATE, CENTURY, LENGTH = "date", "century", "length"
_DAYS = {
    "年": Decimal(365), "か月": Decimal(30), "週": Decimal(7), "日": Decimal(1), "時間": Decimal(1) / 24, "分": Decimal(1) / 1440, "秒": Decimal(1) / 86400,
}  # fmt: skip
_LONGEST = 300 * 365
"""Days from which a number of years is a date."""
_CENTURY = re.compile(r"(紀元前)?([0-9０-９]{1,2})世紀")
_COUNTED = re.compile(r"[一-龥ァ-ヴ‰°]|つ")
_OF_NAMES = frozenset("時番代次号期形型系式")
"""What stands behind a number that is the name of a thing."""
_PART_OF_NAME = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ][0-9]*[-/]?$|[A-Za-z0-9][-/]$")
_NO_SIZE_AFTER = re.compile(
    r"(?:C|ほど|程度|近く|以上|前後|くらい|ぐらい|も){0,2}(?:を?含|のうち|の?増|の?減|の?差|ずつ|上昇|下降|低[いく]|高[いくま]|多[いく]|少な|長[いく]|短|大き|小さ|広|遅|早|速|延|上回|下回)"
)
"""A part of another amount, or a difference: 3度低く, 19.7%増."""
_NO_SIZE_BEFORE = re.compile(r"(?:計|合わせて|ほか|平均して)$")
_ASKED = (
    (re.compile(r"人口|人数|人員|者数|者の数|人の数|兵|人が多|人が少"), ("人",)),
    (re.compile(r"面積"), ("㎡",)),
    (re.compile(r"標高|高さ|長さ|距離|高度|全長|全高|全幅|深|海抜|直径|山|幅|降水量|雨量|積雪|降雪"), ("m",)),
    (re.compile(r"割合|比率|率|占め|シェア|パーセント"), ("%",)),
    (re.compile(r"金額|価格|費用|額|値段|収入|予算|料金|賃"), ("円", "ドル", "ユーロ", "ポンド")),
    (re.compile(r"重量|重さ|重い|軽い|質量"), ("g",)),
    (re.compile(r"気温|温度|水温|体温|融点|沸点|度数"), ("度", "#°", "%")),
    (re.compile(r"期間|任期|間が長|間が短|年数|寿命"), (LENGTH,)),
    (re.compile(r"種類|種数|種が"), ("#種",)),
)


@dataclass(frozen=True, slots=True)
class Size:
    """A value that can be compared with others of its unit: that of a number, `#` and what is counted, or `DATE`, `CENTURY`, `LENGTH`."""

    amount: Decimal
    unit: str
    start: int
    end: int

    @property
    def is_time(self) -> bool:
        return self.unit in (DATE, CENTURY)


def units_asked(question: str) -> frozenset[str]:
    """The units that a question can only be answered in, as far as its words tell: 面積 is told in ㎡. Empty for any."""
    return frozenset(unit for word, units in _ASKED for unit in units if word.search(question))


def sizes_of(text: str, facts: Sequence[Fact]) -> list[Size]:
    """The sizes of a passage in order. facts: its facts."""
    found: list[Size] = []
    years = {fact.start for fact in facts if fact.kind == "date" and fact.value[0] != "-"}
    dates = [(value, *place) for value, place in followed_dates(text, facts) if place[0] not in years]
    dates += [(fact.value, fact.start, fact.end) for fact in facts if fact.kind == "date"]
    found += [Size(_day(value), DATE, start, end) for value, start, end in dates if value[0] != "-"]
    for fact in facts:
        if fact.kind == "number" and (size := _size(text, fact)) is not None:
            found.append(size)
    for match in _CENTURY.finditer(text):
        number = Decimal(kanji_number(name_value(match[2])) or 0)
        found.append(Size(-number if match[1] else number, CENTURY, *match.span()))
    return sorted(found, key=lambda one: (one.start, one.end))


def _day(value: str) -> Decimal:
    """A date as a number: 20240331, 20240300 for a month, 20240000 for a year."""
    parts = [int(part) for part in value.split("-")] + [0, 0]
    return Decimal(parts[0] * 10000 + parts[1] * 100 + parts[2])


def _size(text: str, fact: Fact) -> Size | None:
    unit = value_unit(fact.value)
    amount = value_amount(fact.value)
    if amount is None:
        return None
    if _PART_OF_NAME.search(text, max(0, fact.start - 8), fact.start) or _NO_SIZE_AFTER.match(text, fact.end):
        return None
    if _NO_SIZE_BEFORE.search(text, max(0, fact.start - 4), fact.start) or unit in ("位", "倍", "号", "期"):
        return None
    if unit in _DAYS:
        amount, unit = amount * _DAYS[unit], LENGTH
        if amount >= _LONGEST:
            return None
    elif unit in ("種類", "区分"):
        unit = "#種"
    elif not unit:
        counted = _COUNTED.match(text, fact.end)
        if counted is None or counted[0] in _OF_NAMES:
            return None
        unit = f"#{counted[0]}"
    return Size(amount, unit, fact.start, fact.end)
