"""Numbers that a page shows as pictures inside its text: ①, ② and Ⅰ, as sites drew them before every browser had the letters.

「措法65の2<img alt="3" src="…/decimal/03.gif">三」 is 措法65の2③三; without the picture it names another paragraph. A number in
a picture is written in its circle (or as a Roman one where the file says so), so that it never runs into the figures beside it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
import unicodedata
from typing import Any

_ITSELF = re.compile("[①-⑳㉑-㉟㊱-㊿Ⅰ-Ⅻⅰ-ⅻ]")
_NUMBER = re.compile(r"(?:丸|まる|マル)?([1-9][0-9]?)")
_NUMBER_FILE = re.compile(
    r"(?:decimal|no_img|maru|circle|roman)[^?]*?0?([1-9][0-9]?)s?\.(?:gif|png|jpe?g|svg)$", re.IGNORECASE
)
_ROMAN_FILE = re.compile(r"roma[a-z]*(?:[-_/0-9]|$)|(?:^|[-_/])rome?[-_]?[0-9]", re.IGNORECASE)
_SMALL_FILE = re.compile(r"[0-9]s\.[a-z]{3,4}$", re.IGNORECASE)
MOST_BESIDE = 2
_CIRCLES = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))
"""First and last number, and the code point of the first."""


def pictured_number(words: str, source: str) -> str:
    """The number that a picture shows, by its alternative text; empty for other pictures. source: its address."""
    shown = words.strip()
    if _ITSELF.fullmatch(shown):
        return shown
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", shown))
    place = "/".join(source.rsplit("/", 2)[-2:])
    # What the file is called is what it shows: some pages give every picture the same words.
    named = _NUMBER_FILE.search(place) if found is not None or not shown else None
    if found is None and named is None:
        return ""
    number = int(named[1] if named is not None else found[1] if found is not None else 0)
    if number <= 12 and _ROMAN_FILE.search(place):
        return chr((0x2170 if _SMALL_FILE.search(place) else 0x2160) + number - 1)
    return next((chr(code + number - first) for first, last, code in _CIRCLES if first <= number <= last), "")


def write_numbers(root: Any) -> None:
    """Write the numbers of pictures that stand beside text, in place. Three and more side by side are the digits of a counter."""
    row: list[tuple[Any, str]] = []
    for picture in root.iter("img"):
        if row and (picture.getprevious() is not row[-1][0] or (row[-1][0].tail or "").strip()):
            _write_row(row)
            row = []
        row.append((picture, pictured_number(picture.get("alt") or "", picture.get("src") or "")))
    _write_row(row)


def _write_row(row: list[tuple[Any, str]]) -> None:
    """Write the numbers of pictures with nothing between them, if text stands before or behind them."""
    if not 0 < len(row) <= MOST_BESIDE or not all(number for _, number in row):
        return
    first, last = row[0][0], row[-1][0]
    above, before = first.getparent(), first.getprevious()
    told = (before.tail if before is not None else above.text if above is not None else "") or ""
    if told.strip() or (last.tail or "").strip():
        for picture, number in row:
            picture.attrib.clear()
            picture.tag, picture.text = "span", number
