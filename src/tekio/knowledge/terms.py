"""Terms of a passage with another middle: 新千年空港 of 新千歳空港, 健康保険扶養者氏名変更届 of 健康保険被保険者氏名変更届.

A run of kanji and katakana that the passage does not have, but one that begins and ends alike, is that term with a slip, unless the passage has the middle elsewhere (連結営業利益 of
連結経常利益, where it speaks of 営業利益 too) or the term is only shortened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_RUN = re.compile(r"[一-龥々ァ-ヴー]{5,}")
_NUMERAL = re.compile(r"[〇一二三四五六七八九十百千万億兆元]+")
_KANJI = re.compile(r"[一-龥々]+")
"""スマホアプリ of スマートフォンアプリ is short for it."""
_LEAST_ALIKE = 2
"""Letters of the beginning, and of the end, that must be the same."""
_LONGEST_MIDDLE, _LEAST_OF_OTHER_LENGTH = 6, 3
"""Letters of a middle, and those of one that is not as long as the passage's."""


def altered_terms(text: str, passage: str) -> Iterator[tuple[str, str]]:
    """(term of a row, the passage's). Both in the compared form."""
    terms = [term for term in dict.fromkeys(_RUN.findall(text)) if term not in passage]
    known = dict.fromkeys(_RUN.findall(passage)) if terms else ()
    for term in terms:
        if other := next((one for one in known if _is_slip(term, one, passage)), None):
            yield term, other


def _is_slip(term: str, other: str, passage: str) -> bool:
    least = min(len(term), len(other))
    first = next((place for place in range(least) if term[place] != other[place]), least)
    last = next((place for place in range(least - first) if term[-1 - place] != other[-1 - place]), least - first)
    mine, theirs = term[first : len(term) - last], other[first : len(other) - last]
    if min(first, last) < _LEAST_ALIKE or not mine or not theirs or max(len(mine), len(theirs)) > _LONGEST_MIDDLE:
        return False
    if len(mine) != len(theirs) and min(len(mine), len(theirs)) < _LEAST_OF_OTHER_LENGTH:
        return False  # コメット機事故 of コメット連続墜落事故
    if not _KANJI.fullmatch(mine) or _NUMERAL.fullmatch(mine) or _shortens(mine, theirs):
        return False
    around = [mine] if len(mine) > 1 else [term[first - 1 : first + 1], term[first : first + 2]]
    return not any(one in passage for one in around)


def _shortens(short: str, whole: str) -> bool:
    """Whether all letters of a text stand in another in this order."""
    letters = iter(whole)
    return all(letter in letters for letter in short)
