"""How much of a text is Japanese: one definition for instruction records, data set statistics and answers.

(The corpus filter `japanese_share` is Swallow's statistic, counted over a whole batch: `tekio.text.statistics`.)
"""

from __future__ import annotations

import re


def is_japanese(char: str) -> bool:
    """Kana, kanji (with extensions), and the punctuation and full-width forms of Japanese text."""
    code = ord(char)
    return (
        0x3000 <= code <= 0x30FF  # punctuation, hiragana, katakana
        or 0x31F0 <= code <= 0x31FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF01 <= code <= 0xFF9F
        or 0x20000 <= code <= 0x323AF
    )


class _Kinds(dict[int, str]):
    """What a character counts as, learned as characters are met: `J` Japanese, `x` other, nothing for space and digits."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = "" if char.isspace() or char.isdigit() else "J" if is_japanese(char) else "x"
        return self[code]


_KINDS = _Kinds()
_JAPANESE = re.compile("[\u3001-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff9f]+")
"""Most of a Japanese text at once: what `is_japanese` takes, without space and digits."""


def count_japanese(text: str) -> tuple[int, int]:
    """How many characters are Japanese, and of how many: white space and digits do not count."""
    rest = _JAPANESE.sub("", text)
    kinds = rest.translate(_KINDS)
    found = len(text) - len(rest)
    return found + kinds.count("J"), found + len(kinds)


def japanese_share(text: str) -> float:
    """Share of the characters that are Japanese; white space and digits do not count. 0 where nothing counts."""
    japanese, counted = count_japanese(text)
    return japanese / counted if counted else 0.0
