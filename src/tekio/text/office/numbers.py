"""Values of cells and charts as their number format shows them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any


def shown(value: Any, number_format: str = "General") -> str:
    """A cell's value as the sheet shows it: thousands, decimals, per cent, signs (△) and dates by its number format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if not isinstance(value, int | float):
        return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
    sections = number_format.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", section)
    bare = re.sub(r'"[^"]*"|\\.', "\0", section)
    body = re.search(r"[#0?][#0?,.]*%?", bare)
    if body is None:
        return _general(value)
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


def _general(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.10g}"
