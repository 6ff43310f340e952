"""Japanese and ISO dates as ISO text. Eras: 明治 to 令和, in words (令和7年1月31日), letters (R7.1.31) and ㋿ ㍻ ㍼ ㍽ ㍾."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

# Era -> first day, first western year. A date before the first day of its era is still read (平成31年5月 is written).
ERAS: dict[str, int] = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}
ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_SHORT = {"令": "令和", "平": "平成", "昭": "昭和", "大": "大正", "明": "明治"}
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}

_NUMBER = r"[0-9元〇一二三四五六七八九十]{1,4}"
_ERA_DATE = re.compile(
    rf"(令和|平成|昭和|大正|明治|[RHSTM]|(?<![一-龥])[令平昭大明])\s*\.?({_NUMBER})(?:年度?|[./-])"
    rf"\s*(?:({_NUMBER})(?:月|[./-])\s*(?:({_NUMBER})日?)?)?"
)
_WESTERN_DATE = re.compile(
    rf"(?<![0-9])((?:18|19|20)[0-9]{{2}})(?:年度?|[./-])\s*(?:({_NUMBER})(?:月|[./-])\s*(?:({_NUMBER})日?)?)?"
)
_COMPACT = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9])")
_YEAR_MONTH = re.compile(r"^((?:19|20)[0-9]{2})[-/]?([01][0-9])$")


def japanese_number(text: str) -> int | None:
    """`12`, `十二`, `二〇`, `元` as a number below 10,000; None when it is none."""
    if text == "元":
        return 1
    if text.isascii():
        return int(text) if text.isdecimal() else None
    if "十" in text:
        tens, _, ones = text.partition("十")
        if len(tens) > 1 or len(ones) > 1 or (tens + ones).strip("一二三四五六七八九"):
            return None
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    try:
        return int("".join(str(_DIGITS[character]) for character in text))
    except KeyError:
        return None


_BESIDE = re.compile(
    r"(?<=[年0-9元〇一二三四五六七八九十])[(（](?:(?:令和|平成|昭和|西暦)?[ ]?[0-9元〇一二三四五六七八九十]{1,4})年?[)）](?=[ ]*年?[ ]*[0-9〇一二三四五六七八九十]{1,3}[ ]*月)"
)


def one_calendar(text: str) -> str:
    """`text` without the year of the other calendar in its dates: 2024年（令和6年）4月1日, 令和6（2024）年3月31日."""
    return _BESIDE.sub("", text) if "(" in text or "（" in text else text


def find_date(text: str) -> tuple[int, int | None, int | None] | None:
    """The first date in `text` as (year, month or None, day or None)."""
    plain = one_calendar(unicodedata.normalize("NFKC", text))
    found: list[tuple[int, tuple[int, int | None, int | None]]] = []
    if match := _ERA_DATE.search(plain):
        era = ERA_LETTERS.get(match[1]) or _SHORT.get(match[1]) or match[1]
        year = japanese_number(match[2])
        if year is not None and 1 <= year <= 64:
            found.append((match.start(), (ERAS[era] + year - 1, _part(match[3], 12), _part(match[4], 31))))
    if match := _WESTERN_DATE.search(plain):
        found.append((match.start(), (int(match[1]), _part(match[2], 12), _part(match[3], 31))))
    if match := _COMPACT.search(plain):
        found.append((match.start(), (int(match[1]), _part(match[2], 12), _part(match[3], 31))))
    if not found and (match := _YEAR_MONTH.match(plain.strip())):
        return int(match[1]), _part(match[2], 12), None
    return min(found)[1] if found else None


def _part(text: str | None, highest: int) -> int | None:
    value = japanese_number(text) if text else None
    return value if value is not None and 1 <= value <= highest else None


def iso_date(value: str | None) -> str | None:
    """The first date in `value` as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; None when there is none or it does not exist."""
    if not value:
        return None
    found = find_date(value)
    if found is None:
        return None
    year, month, day = found
    if month is None:
        return f"{year:04d}"
    if day is None:
        return f"{year:04d}-{month:02d}"
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
