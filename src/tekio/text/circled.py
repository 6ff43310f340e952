"""Numbers in circles whose circle and digits were written apart: ○1, ○２ for ①, ②, as scrapes of laws and PDF files have them."""

from __future__ import annotations

import re

_PARTED = re.compile(r"[○◯][ \u3000]?([0-9０-９]{1,2})(?![0-9０-９.．,，%％])")
_COUNTED = re.compile(
    "本(?![法令則条項規])|[人件社名円年月日回個歳時分台倍点位割店戸箇か・ヶカ以万億千百]|ポイント|パーセント"
)
MOST = 20
"""The last number that has a character of its own in this row (⑳)."""


def join_circles(text: str) -> str:
    """`text` with ①, ② for ○1, ○2 where it is sure: at the beginnings of lines they count up, again and again from 1, or from 2
    as the paragraphs of an article do; and none stands before what is counted (a mark of a list before a figure: ○2人以上).
    """
    if "○" not in text and "◯" not in text:
        return text
    found = list(_PARTED.finditer(text))
    reached = steps = 0
    begins = False
    for match in found:
        value = int(match[1])
        if not 0 < value <= MOST or _COUNTED.match(text, match.end()):
            return text
        start = text.rfind("\n", 0, match.start()) + 1
        if text[start : match.start()].strip(" \u3000"):
            continue  # inside a line it points to one
        if value not in (1, 2, reached + 1):
            return text
        steps += begins and (value in (2, reached + 1))
        begins, reached = True, value
    if not steps:
        return text
    return _PARTED.sub(lambda match: chr(0x2460 + int(match[1]) - 1), text)
