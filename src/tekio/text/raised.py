"""Superscripts and subscripts as text: a note mark or an exponent, never another digit of the figure beside it.

`1,234<sup>1</sup>百万円` is 1,234百万円 with note 1 and `10<sup>6</sup>` a power; without the raised line both read as other
figures (1,2341百万円, 106). A writer of text puts the raised parts between `START` or `LOWERED` and `END` and calls
`write_raised` on the line.
"""

from __future__ import annotations

import re

START, END, LOWERED = "\x02", "\x03", "\x04"
"""Characters that no parsed document holds."""

_PART = re.compile("[\x02\x04]([^\x02\x03\x04]*)\x03")
_MARKS = re.compile("[\x02\x03\x04]")
_FRACTION = re.compile("([0-9０-９]?)\x02\\s*([0-9０-９]+)\\s*\x03\\s*[/⁄／]\\s*\x04\\s*([0-9０-９]+)\\s*\x03")
_DIGIT = re.compile("[0-9０-９]")
_UNIT = re.compile(
    r"[ \u3000]?(?:兆円|億円|百万円|千万円|万円|千円|円|銭|億米ドル|百万米ドル|千米ドル|億ドル|百万ドル|千ドル|米ドル|ドル|ユーロ|ポンド|元|億株|百万株|千株|株"
    r"|億|百万|[兆万千]|[%％‰]|ポイント|pt|bps?|倍|[個人名社店件口台回歳才戸室棟枚本頭]|[年月日]|か月|カ月|ヶ月|時間|トン|kg|ｋｇ|㎡|km|k?[WwＷ][Hh]|[tｔ])"
)
_POWER_BEFORE = re.compile(r"[×xX✕*＊・·⋅]\s*(?:10|１０)$")
_TEN = re.compile(r"(?<![0-9０-９.,．，])(?:10|１０)$")
_LENGTH = re.compile(
    r"(?<![A-Za-zＡ-Ｚａ-ｚ])(?:[kcmnμµdKＫ]?[mM]|[ｋｃ]?ｍ|sec|s|ft|in|inch|メートル|キロ|センチ|フィート)$"
)
_VARIABLE = re.compile(r"(?<![A-Za-z])[A-Za-zχσλαβ]$")
_NUMBER = re.compile(r"[\-−－+＋]?[0-9０-９]+")
_ORDINAL = re.compile(r"st|nd|rd|th|er|o|TM|SM|ＴＭ|[®Ⓡ™©]", re.IGNORECASE)
_SQUARES = {"2": "²", "２": "²", "3": "³", "３": "³"}


def write_raised(text: str) -> str:
    """`text` with its marked parts written so that no figure changes: notes after the figure's unit, `10^6`, m², CO2."""
    if START not in text and LOWERED not in text:
        return text
    text = _FRACTION.sub(lambda found: f"{found[1]}{' ' if found[1] else ''}{found[2]}/{found[3]}", text)
    pieces: list[str] = []
    place = 0
    while found := _PART.search(text, place):
        pieces.append(text[place : found.start()])
        before = "".join(pieces)[-40:]
        after = _MARKS.sub("", text[found.end() : found.end() + 20])
        place = found.end()
        if text[found.start()] == LOWERED:
            pieces.append(_lowered(found[1].strip(), before, after))
            continue
        written, is_note = _raised(found[1].strip(), before, after)
        if is_note and _DIGIT.match(before[-1:]) and (unit := _UNIT.match(text, place)):
            pieces.append(unit[0])
            place = unit.end()
        pieces.append(written)
    pieces.append(text[place:])
    return _MARKS.sub("", "".join(pieces))


def _raised(part: str, before: str, after: str) -> tuple[str, bool]:
    """How a superscript is written, and whether it is a note mark."""
    if not part:
        return "", False
    if _ORDINAL.fullmatch(part):
        return part, False
    number = _NUMBER.fullmatch(part)
    if number:
        ten = _POWER_BEFORE.search(before) or (_TEN.search(before) and not _UNIT.match(after))
        if ten or (part[0] in "-−－+＋" and before):
            return f"^{part}", False
        if part in _SQUARES and _LENGTH.search(before):
            return _SQUARES[part], False
        if part in _SQUARES and _VARIABLE.search(before):
            return f"^{part}", False
    elif (
        len(part) == 1
        and part.isascii()
        and part.isalpha()
        and part in "nxkt"
        and re.search(r"[0-9A-Za-z)）]$", before)
    ):
        return f"^{part}", False
    beside_figure = bool(_DIGIT.match(before[-1:]) or _DIGIT.match(after))
    bare = part.strip("()（）[]［］.．、, ")
    if number or (bare and all(_DIGIT.match(mark) or mark in ",，、・-－~～" for mark in bare)):
        closed = (")", "(") if ")" in part or "(" in part else ("）", "（")
        return f"{closed[1]}注{bare}{closed[0]}", True
    if not beside_figure or part[0] in "(（[［":
        return part, True
    return f"（{part}）", True


def _lowered(part: str, before: str, after: str) -> str:
    """How a subscript is written."""
    if not part:
        return ""
    if _DIGIT.match(before[-1:]):
        return f"_{part}"
    if _DIGIT.match(part[-1:]) and _DIGIT.match(after):
        return f"{part} "
    return part
