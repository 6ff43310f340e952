"""A number with its unit from a reply in words: 1,234百万円, △3.5%, 3割, 25bp, 二億円, （1,200）千円.

Money is read in yen (or the currency named), shares in per cent, so that 12億円 and 1,200百万円 are equal. A reply that gives no
single number gives none: where several stand, the last conclusion or equation must name one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, cast

from tekio.evaluate.scoring.number_forms import one_form, with_stated_units

MOST_CHARACTERS = 4000
SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "億": 1e8, "兆": 1e12}
ENGLISH_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "mn": 1e6, "bn": 1e9}
DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}
_ARABIC_DIGITS = str.maketrans({digit: str(value) for digit, value in DIGITS.items()})
UNITS = (
    (r"円|yen|JPY", "円", 1.0),
    (r"米?ドル|USD|dollars?", "ドル", 1.0),
    (r"ユーロ|EUR|euros?", "ユーロ", 1.0),
    (r"(?:%|パーセント|percent(?:age)?)\s*(?:ポイント|points?)|ポイント|pt", "ポイント", 1.0),
    (r"%|パーセント|percent", "%", 1.0),
    (r"割", "%", 10.0),
    (r"bps?|ベーシス(?:・)?ポイント|basis points?", "%", 0.01),
    (r"倍|x\b|times", "倍", 1.0),
    (r"人|名", "人", 1.0),
    (r"株", "株", 1.0),
    (r"年度?|years?", "年", 1.0),
    (r"(?:か|カ|ヶ|ケ)?月(?:間)?|months?", "月", 1.0),
    (r"日(?:間)?|days?", "日", 1.0),
    (r"件|社|個|店|回|本|台|点|位|枚|冊|通|口(?!座)|種類|世帯|戸|棟|問|[かカヶケ]所|箇所|歳|時間|秒", "", 1.0),
)
CURRENCIES = {"¥": "円", "JPY": "円", "$": "ドル", "USD": "ドル", "€": "ユーロ", "EUR": "ユーロ"}
_UNIT = "|".join(f"(?P<u{number}>{pattern})" for number, (pattern, _, _) in enumerate(UNITS))
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_SCALE = r"\s*(?:thousand|million|billion|trillion|mn|bn)\b|(?:\s*(?:十|百|千|万|億|兆))*"
_KANJI = r"[〇零一二三四五六七八九十百千万億兆]+"
NUMBER = re.compile(
    rf"(?P<open>\()?(?P<sign>[-−–△▲+]|マイナス\s*|minus\s+)?\s*(?P<currency>(?:[¥$€]|USD|JPY|EUR)\s*)?"
    rf"(?P<body>(?:(?:{_ARABIC})(?:{_SCALE}))+|{_KANJI})(?P<close>\))?(?P<scale>[十百千万億兆]*)\s*(?:{_UNIT})?(?P<wari>\s*[\d一二三四五六七八九]分(?:[\d一二三四五六七八九]厘)?)?",
    re.IGNORECASE,
)
CONCLUSION = re.compile(
    r"(?:答え|回答|解答|正解|結論|結果|合計)(?:は|:|=|】)+|(?:したがって|よって|ゆえに|以上より)、?|(?i:(?:final\s+)?answer(?:\s+is)?\s*:?|therefore,?)"
)


_DENIED = re.compile(
    r"\s*[\])」]?(?:(?:では|じゃ)(?:な|あり?ませ)|で(?:ない|なく)|(?:は|とは)(?:言え|いえ|限[らり]|誤り|間違|違い))"
)
_ENDS = re.compile(r"\s*つ?[」)]?(?:です|でした|である|だ|とな[るり]ます|となる|になります|になる)?[。.!\s]*$")
"""Behind the last word of a reply: what stands before it is said, not part of a word (三, 三つです; not 三つ目, 一部)."""
_OPENS = re.compile(r"(?:^|[はが:=「(\s、。])\s*$")
_UNIT_OF = re.compile(r"単位\s*[:は]?\s*$")
DERIVED = re.compile(
    r".*(?:ので|ため|(?<=[たるいだ])から|なので|よって|すると|となり|であり|→|⇒)、?\s*([^。\n]*?)(?:です|でした|である|だ|とな[るり]ます|となる|となった|となりました|になります|になる)?[。\s]*$"
)
"""The last clause of a derivation: 「…増加したので、増加率は12.3%」."""
FALLING = re.compile(r"\s*の?(?:損失|赤字|減少|低下|下落|悪化|縮小|減(?!価|損|資|税)|マイナス)")
PERIOD = re.compile(r"(?<!\d)(?:19|20)\d\d年(?:度|\d{1,2}月)?(?:\d{1,2}日)?(?:期|末|時点|頃)?|\d{1,2}月期")
"""A year or the end of a period, which in a reply about money or shares is no answer."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in base units (yen, per cent ...). unit: None where none was stated. falls: called a loss or a decrease."""

    value: float
    unit: str | None
    falls: bool = field(default=False, compare=False)
    bracketed: bool = field(default=False, compare=False)
    """Plain digits in parentheses: below zero as accounts write it, or a number set apart, (3)."""


def read_number(reply: str, *, stated_units: bool = True) -> Quantity | None:
    """The one number a reply gives, or None. stated_units: 「（単位：千円）」 beside a number is its unit; else it says nothing."""
    reply = reply[-MOST_CHARACTERS:]
    text = one_form(re.sub(r"\*\*|\\boxed\{([^{}]*)\}", r"\1", reply)).strip()
    given = _from_json(text)
    if given is not None:
        return given
    text = text.replace("ゼロ", "0")
    text = with_stated_units(text, NUMBER, heeded=stated_units)
    found = numbers(text)
    if _one(found) is not None:
        return _one(found)
    undated = numbers(PERIOD.sub(" ", text))
    if _one(undated) is not None:
        return _one(undated)
    for marker in reversed(list(CONCLUSION.finditer(text))[-20:]):
        rest = re.split(r"。|\n", text[marker.end() : marker.end() + 500], maxsplit=1)[0]
        said = numbers(rest.rsplit("=", 1)[-1])
        if _one(said) is not None:
            return _one(said)
        if said:
            return None
    if "=" in text:
        last = text.rsplit("=", 1)[-1]
        if not re.search(r"[-−×÷+*/]\s*$", last) and (told := _one(numbers(last))) is not None:
            return told
    derived = DERIVED.search(text)
    return _one(numbers(derived[1])) if derived else None


def _one(found: list[Quantity]) -> Quantity | None:
    """The quantity, if all that were found are the same one."""
    distinct = list(dict.fromkeys(found))
    return distinct[0] if len(distinct) == 1 else None


def numbers(text: str) -> list[Quantity]:
    """Every number of a text with its unit, in order; what belongs to a word, a date or a range is not one."""
    found: list[Quantity] = []
    for match in NUMBER.finditer(text):
        before, after = text[: match.start("body")], text[match.end() :]
        if re.search(r"[A-Za-z第]$", before) or re.match(r"[A-Za-z]", after) or _DENIED.match(after):
            continue
        value = _value(match["body"])
        if (
            match["body"] in ("十", "百", "千")
            and _OPENS.search(before)
            and not _UNIT_OF.search(before)
            and _ENDS.match(after)
        ):
            value = SCALES[match["body"]]
        stated = any(match[f"u{number}"] is not None for number in range(len(UNITS)))
        if re.fullmatch(_KANJI, match["body"]) and (
            re.search("[一-鿿]$", before) or not (stated or _ENDS.match(after))
        ):
            continue  # 四捨五入, 一部
        if value is None:
            continue
        for char in match["scale"]:
            value *= SCALES[char]
        unit: str | None = None
        for number, (_, name, factor) in enumerate(UNITS):
            if match[f"u{number}"] is not None:
                value, unit = value * factor, name or str(match[f"u{number}"])
        if match["wari"] and unit == "%":
            digits = str(match["wari"]).translate(_ARABIC_DIGITS)
            value += sum(int(digit) / 10**place for place, digit in enumerate(re.sub(r"\D", "", digits)))
        if unit is None and match["currency"]:
            unit = CURRENCIES[match["currency"].strip().upper()]
        sign = (match["sign"] or "").strip().casefold()
        negative = sign in ("-", "−", "–", "△", "▲", "マイナス", "minus") or bool(match["open"] and match["close"])
        if sign in ("-", "–") and re.search(r"\d\s*[-–]$", before):  # a range or a code
            negative = False
        falls = not negative and FALLING.match(after) is not None
        bracketed = negative and not sign and unit is None and match["body"].isdecimal() and not match["scale"]
        found.append(Quantity(round(-value if negative else value, 10), unit, falls, bracketed))
    return found


def _value(body: str) -> float | None:
    """3億2,500万, 1,234百万, 二百五十万."""
    if re.fullmatch(_KANJI, body):
        return _kanji(body) if len(body) > 1 or body in DIGITS else None
    total = 0.0
    for number, scale in re.findall(rf"({_ARABIC})({_SCALE})", body, re.IGNORECASE):
        factor = 1.0
        english = scale.strip().casefold()
        if english in ENGLISH_SCALES:
            factor = ENGLISH_SCALES[english]
        else:
            for char in scale.replace(" ", ""):
                factor *= SCALES[char]
        total += float(number.replace(",", "")) * factor
    return total


def _kanji(text: str) -> float:
    """百五十万 = 1,500,000; 二〇二五 = 2025."""
    if not any(char in SCALES for char in text):
        return float("".join(str(DIGITS[char]) for char in text))
    total = section = digit = 0.0
    for char in text:
        if char in DIGITS:
            digit = digit * 10 + DIGITS[char]
        elif SCALES[char] < 1e4:
            section += (digit or 1) * SCALES[char]
            digit = 0.0
        else:
            total += (section + digit or 1) * SCALES[char]
            section = digit = 0.0
    return total + section + digit


def _from_json(text: str) -> Quantity | None:
    found = re.search(r"\{.*\}", text, re.DOTALL)
    if not found:
        return None
    try:
        value: Any = json.loads(found[0])
    except (ValueError, RecursionError):
        return None
    mapping = cast("dict[str, Any]", value)
    for key in ("value", "answer", "number", "値", "回答", "答え"):
        given = mapping.get(key)
        if isinstance(given, str | int | float) and not isinstance(given, bool):
            return _one(numbers(one_form(f"{given}{mapping.get('unit') or mapping.get('単位') or ''}")))
    return None


def same_quantity(reply: Quantity, gold: Quantity, *, tolerance: float = 0.0) -> bool:
    """Whether two quantities are equal: units must not contradict each other; tolerance is a share of the gold's value."""
    alike = {"%", "ポイント"}
    if None not in (reply.unit, gold.unit) and reply.unit != gold.unit and {reply.unit, gold.unit} != alike:
        return False
    readings = [reply.value]
    if reply.falls:  # 3.2%減少 for -3.2 %, and for 3.2 % where it was asked by how much
        readings.append(-reply.value)
    if reply.bracketed and gold.value >= 0:  # (3) for 3
        readings.append(-reply.value)
    if reply.unit is None and gold.unit == "%":  # 0.123 for 12.3 %
        readings.append(100 * reply.value)
    room = max(tolerance * abs(gold.value), 1e-9)
    return any(abs(value - gold.value) <= room for value in readings)
