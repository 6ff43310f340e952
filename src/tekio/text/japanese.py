"""What scripts a string is written in: plain functions on single strings (the corpus build has a compiled pass)."""

from __future__ import annotations

import re
from typing import NamedTuple

_HIRAGANA = re.compile("[\u3041-\u309f]")
_KATAKANA = re.compile("[\u30a1-\u30ff\uff66-\uff9f]")
_KANJI = re.compile("[々〇〻\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_PUNCTUATION = re.compile("[、。，．・「」『』（）！？…―ー〜～【】〔〕]")
_LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]")
_DIGITS = re.compile(r"\d")
_SPACE = re.compile(r"\s")


class ScriptShares(NamedTuple):
    """Shares of a string's characters, white space not counted; all 0 for an empty string.

    japanese: kana, kanji and Japanese punctuation.
    """

    hiragana: float
    katakana: float
    kanji: float
    latin: float
    digits: float
    japanese: float


def script_shares(text: str) -> ScriptShares:
    """How much of `text` is written in which script."""
    total = len(text) - len(_SPACE.findall(text))
    if total == 0:
        return ScriptShares(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    hiragana, katakana, kanji = (len(part.findall(text)) for part in (_HIRAGANA, _KATAKANA, _KANJI))
    # ー belongs to katakana and to punctuation; count it once.
    punctuation = len(_PUNCTUATION.findall(text)) - text.count("ー")
    return ScriptShares(
        hiragana / total,
        katakana / total,
        kanji / total,
        len(_LATIN.findall(text)) / total,
        len(_DIGITS.findall(text)) / total,
        (hiragana + katakana + kanji + punctuation) / total,
    )


def japanese_share(text: str) -> float:
    """Share of kana, kanji and Japanese punctuation among the characters that are not white space."""
    return script_shares(text).japanese


def has_kana(text: str) -> bool:
    """Whether there is any hiragana or katakana: the cheapest sign that a text is Japanese and not Chinese."""
    return _HIRAGANA.search(text) is not None or _KATAKANA.search(text) is not None
