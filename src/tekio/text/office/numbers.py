"""Values of cells and charts as their number format shows them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_YEAR_FIRST = re.compile(r"(?:\[[^\]]*\])*(?:yyyy|g{1,3}e{1,2})[/.]m{1,2}[/.]d{1,2}(?:;@)?$", re.IGNORECASE)
"""Dates with the year first and signs between: 2033/03/20."""


def shown(value: Any, number_format: str = "General") -> str:
    """A cell's value as the sheet shows it: thousands, decimals, per cent, signs (△) and dates by its number format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.date) and ("年" in number_format or _YEAR_FIRST.match(number_format)):
        return _japanese_date(value, number_format)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if not isinstance(value, int | float):
        return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
    sections = number_format.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    if value == 0 and len(sections) > 2:
        section = sections[2]  # 「－」, or nothing at all
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", section)
    bare = re.sub(r'"[^"]*"|\\.', "\0", section)
    body = re.search(r"[#0?][#0?,.]*%?", bare)
    if body is None:
        return _words(section, bare) if value == 0 and len(sections) > 2 else _general(value)
    pattern = body[0]
    number = abs(value) if value < 0 and len(sections) > 1 else value
    if "%" in bare:
        number *= 100
    trailing = len(pattern.rstrip("%")) - len(pattern.rstrip("%").rstrip(","))
    number /= 1000**trailing if trailing else 1
    decimals = len(re.sub(r"[^0#?]", "", pattern.partition(".")[2]))
    text = f"{number:{',' if ',' in pattern.rstrip('%').rstrip(',') else ''}.{decimals}f}"
    place, marks = 0, re.findall(r'"([^"]*)"|\\(.)', section)
    before = bare[: body.start()]
    after = bare[body.end() :]
    written: list[str] = []
    for piece in (before, after):
        made = ""
        for character in piece:
            if character == "\0":
                made += marks[place][0] or marks[place][1]
                place += 1
            else:
                made += character
        written.append(made)
    return f"{written[0]}{text}{'%' if '%' in pattern else ''}{written[1]}".strip()


_GENERAL = re.compile("general|g/標準|標準|@", re.IGNORECASE)


def _words(section: str, bare: str) -> str:
    """What a section without places for digits shows: its words; a zero where it says nothing of its own."""
    if _GENERAL.search(bare):
        return "0"
    return re.sub(r'"([^"]*)"|\\(.)', lambda found: found[1] or found[2] or "", section).strip()


_ERAS = ((dt.date(2019, 5, 1), "令和", "R"), (dt.date(1989, 1, 8), "平成", "H"), (dt.date(1926, 12, 25), "昭和", "S"), (dt.date(1912, 7, 30), "大正", "T"))  # fmt: skip


def _japanese_date(value: dt.date, number_format: str) -> str:
    """A date by a format with 年: years of the calendar (yyyy) or of an era (ggge), month, day, time."""
    day = value.date() if isinstance(value, dt.datetime) else value
    begun, era, letter = next((item for item in _ERAS if day >= item[0]), (dt.date(1868, 1, 1), "明治", "M"))
    years = day.year - begun.year + 1
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", number_format.split(";")[0])
    tokens = re.findall(r'"([^"]*)"|\\(.)|(y+|g+|e+|m+|d+|a+|h+|s+)|(.)', section, re.IGNORECASE)
    written: list[str] = []
    for quoted, escaped, token, other in tokens:
        kind = token[:1].lower()
        if kind == "g":
            written.append(era if len(token) > 2 else era[0] if len(token) == 2 else letter)
        elif kind == "e":
            written.append(f"{years:0{len(token)}d}")
        elif kind == "y":
            written.append(f"{day.year}" if len(token) > 2 else f"{day.year % 100:02d}")
        elif kind in ("m", "d"):
            written.append(f"{day.month if kind == 'm' else day.day:0{min(len(token), 2)}d}")
        elif kind == "a":
            written.append("月火水木金土日"[day.weekday()] + ("曜日" if len(token) > 3 else ""))
        elif kind in ("h", "s"):
            return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
        else:
            written.append(quoted or escaped or other)
    return "".join(written).strip()


def _general(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.10g}"
