"""How much of a text is Japanese: one definition for instruction records, data set statistics and answers.

(The corpus filter `japanese_share` is Swallow's statistic, counted over a whole batch: `tekio.text.statistics`.)
"""

from __future__ import annotations


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


def count_japanese(text: str) -> tuple[int, int]:
    """How many characters are Japanese, and of how many: white space and digits do not count."""
    counted = [char for char in text if not char.isspace() and not char.isdigit()]
    return sum(map(is_japanese, counted)), len(counted)


def japanese_share(text: str) -> float:
    """Share of the characters that are Japanese; white space and digits do not count. 0 where nothing counts."""
    japanese, counted = count_japanese(text)
    return japanese / counted if counted else 0.0
