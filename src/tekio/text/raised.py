"""Superscripts and subscripts as text: a note mark or an exponent, never another digit of the figure beside it.

`1,234<sup>1</sup>百万円` is 1,234百万円 with note 1 and `10<sup>6</sup>` a power; without the raised line both read as other
figures (1,2341百万円, 106). A writer of text puts the raised parts between `START` or `LOWERED` and `END` and calls
`write_raised` on the line. 10<sup>6</sup>個 and 10<sup>3</sup>円 look alike: which of them is a note, the notes of the document say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

START, END, LOWERED = "\x02", "\x03", "\x04"
"""Characters that no parsed document holds."""

_PART = re.compile("[\x02\x04]([^\x02\x03\x04]*)\x03")
_MARKS = re.compile("[\x02\x03\x04]")
_FRACTION = re.compile("([0-9０-９]?)\x02\\s*([0-9０-９]+)\\s*\x03\\s*[/⁄／]\\s*\x04\\s*([0-9０-９]+)\\s*\x03")
_DIGIT = re.compile("[0-9０-９]")
_GAS = "(?:[-－−‐]?(?:CO|ＣＯ)\x04?[2２]\x03?(?:eq?)?)?"
"""Of what: 4,512t-CO2."""
_UNIT = re.compile(
    r"[ \u3000]?(?:兆円|億円|百万円|千万円|万円|千円|円|銭|億米ドル|百万米ドル|千米ドル|億ドル|百万ドル|千ドル|米ドル|ドル|ユーロ|ポンド|元|億株|百万株|千株|株(?!式|主|価)"
    r"|億|百万|[兆万千]|[%％‰]|ポイント|pt|bps?|倍|口(?!座)|名(?!義)|社(?!債|員)|店(?!舗|番)|人(?!数)|[個件台回歳才戸室棟枚本頭]|[年月日]|か月|カ月|ヶ月|時間"
    rf"|(?:kg|ｋｇ|トン|[tｔ]){_GAS}|㎡|km|k?[WwＷ][Hh])"
)
_POWER_BEFORE = re.compile(r"[×xX✕*＊・·⋅]\s*(?:10|１０)$")
_TEN = re.compile(r"(?<![0-9０-９.,．，])(?:10|１０)$")
_LENGTH = re.compile(
    r"(?<![A-Za-zＡ-Ｚａ-ｚ])(?:[kcmnμµdKＫ]?[mM]|[ｋｃ]?ｍ|sec|s|ft|in|inch|メートル|キロ|センチ|フィート)$"
)
_FORMULA = re.compile(r"[=＝+＋×÷/／*][ ]?[A-Za-z]{1,3}$")
_VARIABLE = re.compile(r"(?<![A-Za-z])[A-Za-zχσλαβ]$")
_INDEX = re.compile(r"[A-Za-zαβ](?:[0-9A-Za-z]{0,4}|[ ]?[-−－+＋][ ]?[0-9A-Za-z]{1,3})(?:[,，][ ]?[A-Za-z0-9]{1,3})?")
"""A variable's index: i, t−1, max; of a formula such as CO the lowered part is a figure."""
_BASE = re.compile(r"(?<![0-9０-９.,．，△▲])(?:10|１０|[2-9２-９]|[01]\.[0-9]{1,4})$")
"""What a power has below its exponent when no sign of multiplication stands before it: ten, one digit, a factor of growth."""
_NUMBER = re.compile(r"[\-−－+＋]?[0-9０-９]+")
_NOTE_BEGINS = re.compile(
    r"[ \u3000]*(?:[(（\[［〔【]?(?:※|[*＊]|注|脚注)[ \u3000]*([0-9０-９]{1,2})(?![0-9０-９.．])"
    r"|[(（\[［〔]?([0-9０-９]{1,2})[)）\]］〕:：、]|([0-9０-９]{1,2})[.．]?[ \u3000]+[^0-9０-９ ])"
)
_NOTE_NAMED = re.compile(r"(?:[※*＊]|注)[ \u3000]*([0-9０-９]{1,2})(?![0-9０-９])")
_ORDINAL = re.compile(r"st|nd|rd|th|er|o|TM|SM|ＴＭ|[®Ⓡ™©]", re.IGNORECASE)
_ROMAN = re.compile("[ivx]{1,4}")
_SIGNS_OF_NOTES = frozenset("※＊*†‡")
"""Marks of notes that no digit before them can be read with; one behind them could (※35％)."""
_SQUARES = {"2": "²", "２": "²", "3": "³", "３": "³"}


def note_numbers(lines: Iterable[str], marks: Iterable[str]) -> frozenset[int]:
    """The numbers that are notes in a document: a line begins with them or names them (「1 連結…」「（注2）」「※3」), or they count up.

    lines: its text outside of raised parts. marks: its raised parts.
    """
    told = {int(found[1]) for line in lines for found in _NOTE_NAMED.finditer(line)}
    told |= {int(found[found.lastindex or 1]) for line in lines if (found := _NOTE_BEGINS.match(line))}
    raised = {int(mark) for text in marks if (mark := text.strip(" \u3000()（）[]［］")).isdecimal() and len(mark) < 3}
    number = 1
    while number in raised:  # as marks of notes do, in order
        told.add(number)
        number += 1
    return frozenset(told)


def write_raised(text: str, notes: Callable[[], AbstractSet[int]] | None = None, *, powers_only: bool = False) -> str:
    """`text` with its marked parts written so that no figure changes: notes after the figure's unit, `10^6`, m², CO2.

    notes: gives the numbers of the document's notes, and is asked only where a raised number could be an exponent.
    powers_only: raised numbers are exponents, as in statutes, which have no notes.
    """
    if START not in text and LOWERED not in text:
        return text
    text = _FRACTION.sub(lambda found: f"{found[1]}{' ' if found[1] else ''}{found[2]}/{found[3]}", text)
    pieces: list[str] = []
    place = lowered = 0
    while found := _PART.search(text, place):
        pieces.append(text[place : found.start()])
        before = "".join(pieces)[-40:]
        after = _MARKS.sub("", text[found.end() : found.end() + 20])
        place = found.end()
        if text[found.start()] == LOWERED:
            pieces.append(_lowered(found[1].strip(), before, after))
            lowered = place if pieces[-1].startswith("_") else 0
            continue
        part = found[1].strip()
        if lowered == found.start() and lowered and _NUMBER.fullmatch(part):  # x_i^2
            pieces.append(f"^{part}")
            continue
        if powers_only and _NUMBER.fullmatch(part):
            pieces.append(_SQUARES[part] if part in _SQUARES and _LENGTH.search(before) else f"^{part}")
            continue
        written, is_note = _raised(part, before, after, notes)
        if is_note and _DIGIT.match(before[-1:]) and (unit := _UNIT.match(text, place)):
            pieces.append(unit[0])
            place = unit.end()
        pieces.append(written)
    pieces.append(text[place:])
    return _MARKS.sub("", "".join(pieces))


def placed_raised(
    part: str, before: str, after: str, notes: Callable[[], AbstractSet[int]] | None = None
) -> tuple[str, int]:
    """(how a superscript between two texts is written, how many characters of the text behind it stand before it: a unit)."""
    written, is_note = _raised(part.strip(), before, after, notes)
    unit = _UNIT.match(after) if is_note and _DIGIT.match(before[-1:]) else None
    return written, unit.end() if unit else 0


def _raised(part: str, before: str, after: str, notes: Callable[[], AbstractSet[int]] | None) -> tuple[str, bool]:
    """How a superscript is written, and whether it is a note mark."""
    if not part:
        return "", False
    if part in ("o", "ｏ", "○") and after[:1] in ("C", "F", "Ｃ", "Ｆ") and _DIGIT.match(before[-1:]):
        return "°", False
    if _ORDINAL.fullmatch(part):
        return part, False
    number = _NUMBER.fullmatch(part)
    if number:
        ten = _POWER_BEFORE.search(before) or (_TEN.search(before) and not _UNIT.match(after))
        if ten or (part[0] in "-−－+＋" and before):
            return f"^{part}", False
        if notes and len(part) < 3 and _may_be_power(int(part), before, after) and int(part) not in notes():
            return f"^{part}", False
        if part in _SQUARES and _LENGTH.search(before):
            return _SQUARES[part], False
        if part in _SQUARES and (_VARIABLE.search(before) or _FORMULA.search(before)):
            return f"^{part}", False
    elif (
        len(part) == 1
        and part.isascii()
        and part.isalpha()
        and part in "nxkt"
        and re.search(r"[0-9A-Za-z)）]$", before)
    ):
        return f"^{part}", False
    if before[-1:] == "注" and part.strip("()（） ").isdecimal():
        return part, False  # the word says that it is a note
    beside_figure = bool(_DIGIT.match(before[-1:]) or _DIGIT.match(after))
    bare = part.strip("()（）[]［］.．、, ")
    if number or (bare and all(_DIGIT.match(mark) or mark in ",，、・-－~～" for mark in bare)):
        closed = (")", "(") if ")" in part or "(" in part else ("）", "（")
        return f"{closed[1]}注{bare}{closed[0]}", True
    if _ROMAN.fullmatch(part) and before and not before[-1].isascii():
        return f"（注{part}）", True  # 決議したi
    if not beside_figure or part[0] in "(（[［" or (part in _SIGNS_OF_NOTES and not _DIGIT.match(after)):
        return part, True
    return f"（{part}）", True


def _may_be_power(exponent: int, before: str, after: str) -> bool:
    """Whether a raised number may be an exponent: of ten, or of a small figure that neither stands alone, as a cell's figure
    with a note does, nor counts something (1.2ポイント).
    """
    unit = _UNIT.match(after) is not None
    if _TEN.search(before):
        return exponent > 2 or (exponent > 1 and not unit)
    found = _BASE.search(before)
    return found is not None and exponent > 1 and not unit and bool(before[: found.start()].strip() or after.strip())


def _lowered(part: str, before: str, after: str) -> str:
    """How a subscript is written."""
    if not part:
        return ""
    if _DIGIT.match(before[-1:]):
        return f"_{part}"
    if _VARIABLE.search(before) and _INDEX.fullmatch(part):
        return f"_{part}" if part.isalnum() else f"_{{{part}}}"
    if _DIGIT.match(part[-1:]) and _DIGIT.match(after):
        return f"{part} "
    return part
