"""Values of cells and charts as their number format shows them (ECMA-376, part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from tekio.text.office.date_formats import shown_date, shown_duration

_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)\]")
_TESTS = {
    "<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__, "=": float.__eq__, "<>": float.__ne__,
}  # fmt: skip
_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_UNSEEN = re.compile(r"\[[^\]]*\]|_.|\*.")
"""Colours, conditions and languages; gaps as wide as a character; what fills the cell."""
_GENERAL = re.compile("general|g/標準|標準", re.IGNORECASE)
_DIGITS = re.compile(r"[#0?][#0?,.]*")


def shown(value: Any, number_format: str = "General") -> str:
    """A cell's value as the sheet shows it: thousands, decimals, per cent, signs (△), units and dates by its number format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.timedelta):
        return shown_duration(value, number_format)
    if isinstance(value, dt.date | dt.time):
        return shown_date(value, number_format)
    if not isinstance(value, int | float):
        return _shown_text(str(value).replace("\r\n", "\n").replace("_x000D_", "").strip(), number_format)
    if number_format in ("General", ""):
        return _general(value)
    section, unsigned = _section(value, number_format)
    return _shown_number(abs(value) if unsigned else value, section)


def _section(value: float, number_format: str) -> tuple[str, bool]:
    """(the section of a format for a number, whether it is written without its sign)."""
    sections = number_format.split(";")
    if any(map(_CONDITION.search, sections[:2])):
        for section in sections[:2]:
            told = _CONDITION.search(section)
            if told is None or _TESTS[told[1]](float(value), float(told[2])):
                return section, False
        return sections[2] if len(sections) > 2 else sections[-1], False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    return sections[2] if value == 0 and len(sections) > 2 else sections[0], False


def _shown_number(value: float, section: str) -> str:
    """A number by one section of a format."""
    section = _UNSEEN.sub("", section)
    bare = _QUOTED.sub("\0", section)
    words = [found[1] or found[2] or "" for found in _QUOTED.finditer(section)]

    def written(piece: str) -> str:
        return "".join(words.pop(0) if character == "\0" else character for character in piece)

    if general := _GENERAL.search(bare):
        before = written(bare[: general.start()])
        return f"{before}{_general(value)}{written(bare[general.end() :])}".strip()
    body = _DIGITS.search(bare)
    if body is None:
        return _general(value) if "@" in bare else written(bare).strip()  # 「－」, or nothing at all
    before, pattern, after = bare[: body.start()], body[0], bare[body.end() :]
    if "/" in after and _DIGITS.search(after):  # a fraction of a whole
        return _general(value)
    if "." not in pattern and "," not in pattern and _DIGITS.search(after.rpartition("E")[0] or after):
        return _places(value, bare, words)
    trailing = len(pattern) - len(pattern.rstrip(","))
    moved = (2 if "%" in bare else 0) - 3 * trailing
    value = value * 10**moved if moved >= 0 else value / 10**-moved
    whole, _, part = pattern.rstrip(",").partition(".")
    decimals, least = len(re.sub("[^0#?]", "", part)), _least(whole)
    if exponent := re.match(r"[Ee][+-]0+", after):
        return f"{written(before)}{value:.{decimals}E}{written(after[exponent.end() :])}".strip()
    text = f"{_rounded(abs(value), decimals):{',' if ',' in whole else ''}.{decimals}f}"
    if optional := len(part) - len(part.rstrip("#")):  # places that may be empty
        text = text[:-optional] + text[-optional:].rstrip("0")
        text = text.rstrip(".")
    text = text.zfill(least + len(text) - len(text.partition(".")[0])) if "," not in whole else text
    sign = "-" if value < 0 and text.strip("0.,") else ""
    return f"{sign}{written(before)}{text}{written(after)}".strip()


def _rounded(value: float, decimals: int) -> Decimal | float:
    """A number of so many decimals as a sheet rounds it: halves up, of the 15 digits that it keeps (0.125 % is 0.13 %, not 0.12 %)."""
    if not math.isfinite(value):
        return value
    with localcontext(prec=350):
        return Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _least(pattern: str) -> int:
    """How many digits are written at least: from the first 0 on."""
    places = re.sub("[^#0?]", "", pattern)
    return len(places) - places.index("0") if "0" in places else 0


def _places(value: float, bare: str, words: list[str]) -> str:
    """A number whose digits stand at several places: 000-0000 of postal codes."""
    digits = list(str(int(_rounded(abs(value), 0))).zfill(_least(bare)))
    left = len(re.findall("[#0?]", bare))
    out: list[str] = []
    for character in bare:
        if character in "#0?":
            extra = max(len(digits) - left, 0)
            if len(digits) >= left:
                out += digits[: extra + 1]
                del digits[: extra + 1]
            left -= 1
        else:
            out.append(words.pop(0) if character == "\0" else character)
    return f"{'-' if value < 0 else ''}{''.join(out)}".strip()


def _shown_text(text: str, number_format: str) -> str:
    """Text by its section, the fourth or a single one that names it (@"様"); nothing where that section is empty."""
    sections = number_format.split(";")
    section = sections[3] if len(sections) > 3 else sections[0] if len(sections) == 1 and "@" in sections[0] else "@"
    bare = _UNSEEN.sub("", section)
    if bare == "@":
        return text
    return re.sub(
        r'"([^"]*)"|\\(.)|@', lambda found: text if found[0] == "@" else found[1] or found[2] or "", bare
    ).strip()


def _general(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.10g}"
