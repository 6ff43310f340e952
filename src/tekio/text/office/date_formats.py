"""Dates, hours and lengths of time as a Japanese sheet shows them: 令和7年4月1日, R7.5.14, 4月3日(木), 9:30, 26:30."""

from __future__ import annotations

import datetime as dt
import re

_YEAR_FIRST = re.compile(r"(?:yyyy|g{1,3}e{1,2})[/.]m{1,2}(?:[/.]d{1,2})?", re.IGNORECASE)
"""Dates with the year first and signs between: 2033/03/20."""
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|(AM/PM|A/P|午前/午後|\[h+\]|\[m+\]|\[s+\]|y+|g+|e+|m+|d+|a+|h+|s+)|(.)', re.IGNORECASE
)
_UNSEEN = re.compile(r"\[(?!h|m|s)[^\]]*\]|_.|\*.", re.IGNORECASE)
_ERAS = ((dt.date(2019, 5, 1), "令和", "R"), (dt.date(1989, 1, 8), "平成", "H"), (dt.date(1926, 12, 25), "昭和", "S"), (dt.date(1912, 7, 30), "大正", "T"))  # fmt: skip
_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December"
]  # fmt: skip
_DAYS = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
]  # fmt: skip


def shown_date(value: dt.date | dt.time, number_format: str) -> str:
    """A date, an hour or both by a format; ISO text where the format depends on the reader's own settings."""
    section = _UNSEEN.sub("", number_format.split(";")[0])
    if isinstance(value, dt.time):
        return (
            _written(dt.datetime.combine(dt.date(1900, 1, 1), value), section, number_format)
            if _has_hours(section)
            else value.isoformat()
        )
    bare = re.sub(r'"([^"]*)"', r"\1", section)
    at = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    japanese = "年" in bare or _YEAR_FIRST.match(bare) or re.search("月|aaa", bare, re.IGNORECASE)
    hours_only = _has_hours(section) and not re.search("[ydge]", bare, re.IGNORECASE)
    if japanese or hours_only:
        return _written(at, section, number_format)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return value.isoformat()


def shown_duration(value: dt.timedelta, number_format: str) -> str:
    """A length of time: whole hours ([h]:mm, 26:30), or minutes or seconds alone."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    section = _UNSEEN.sub("", number_format.split(";")[0])
    if re.match(r"\[m+\]", section, re.IGNORECASE):
        return f"{sign}{seconds // 60}" + (f":{seconds % 60:02}" if "s" in section.lower() else "")
    if re.match(r"\[s+\]", section, re.IGNORECASE):
        return f"{sign}{seconds}"
    with_seconds = "s" in section.lower() or not _has_hours(section)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if with_seconds else "")


def _has_hours(section: str) -> bool:
    return re.search("h", re.sub(r'"[^"]*"', "", section), re.IGNORECASE) is not None


def _written(at: dt.datetime, section: str, whole: str) -> str:
    day = at.date()
    begun, era, letter = next((item for item in _ERAS if day >= item[0]), (dt.date(1868, 1, 1), "明治", "M"))
    years = day.year - begun.year + 1
    tokens = [tuple(part or "" for part in found) for found in _TOKEN.findall(section)]
    halves = next((token for _, _, token, _ in tokens if "/" in token), "")
    hour = (at.hour % 12 or 12) if halves and "午" not in halves else at.hour % 12 if halves else at.hour
    written: list[str] = []
    last = ""
    for place, (quoted, escaped, token, other) in enumerate(tokens):
        kind, long = token.strip("[]")[:1].lower(), len(token.strip("[]"))
        if "/" in token:
            names = token.split("/")
            written.append(names[at.hour >= 12])
        elif kind == "g":
            written.append(era if long > 2 else era[0] if long == 2 else letter)
        elif kind == "e":
            written.append("元" if years == 1 and "gannen" in whole.lower() else f"{years:0{long}d}")
        elif kind == "y":
            written.append(f"{day.year}" if long > 2 else f"{day.year % 100:02d}")
        elif kind == "m" and (last == "h" or _next(tokens, place) == "s"):
            written.append(f"{at.minute:0{min(long, 2)}d}")
        elif kind == "m":
            written.append(_MONTHS[day.month - 1][: 3 if long == 3 else None] if long > 2 else f"{day.month:0{long}d}")
        elif kind == "d":
            written.append(_DAYS[day.weekday()][: 3 if long == 3 else None] if long > 2 else f"{day.day:0{long}d}")
        elif kind == "a":
            written.append("月火水木金土日"[day.weekday()] + ("曜日" if long > 3 else ""))
        elif kind in ("h", "s"):
            written.append(f"{hour if kind == 'h' else at.second:0{min(long, 2)}d}")
        else:
            written.append(quoted or escaped or other)
        last = kind or last
    return "".join(written).strip()


def _next(tokens: list[tuple[str, ...]], place: int) -> str:
    return next((token[:1].lower() for _, _, token, _ in tokens[place + 1 :] if token), "")
