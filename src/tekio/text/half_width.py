"""Half-width kana in bytes: words of them, and readings in other encodings that fit by chance."""

from __future__ import annotations

import re

HALF_RUN = re.compile("[\uff61-\uff9f]+")
HALF_BAD = re.compile(
    # A sound mark after a kana that takes none, or marks and punctuation in a row: the bytes of another encoding.
    "(?:^|[^\uff73\uff76-\uff84\uff8a-\uff8e])\uff9e|(?:^|[^\uff8a-\uff8e])\uff9f|[\uff61-\uff65]{2}|[\uff67-\uff6f]{3}"
)
HALF_START = re.compile("[\uff67-\uff70]")
_THREE_BYTES = re.compile("[\u0800-\U0010ffff]")


def may_be_half_width(text: str) -> bool:
    """Whether a UTF-8 reading is letters of several scripts in a word, as half-width kana look by chance (ﾄｳﾖｳ: `ĳֳ`)."""
    if len(text) > 100_000 or text.isascii() or _THREE_BYTES.search(text) is not None:
        return False
    return len({_script(code) for code in map(ord, set(text)) if code >= 0x80}) > 1


def _script(code: int) -> int:
    """The block of a character of two bytes: Latin, marks, Greek, Cyrillic, Armenian, Hebrew, Arabic ..."""
    return sum(code >= end for end in (0x250, 0x370, 0x400, 0x530, 0x590, 0x600, 0x700, 0x800))


def half_width_words(text: str | None) -> str | None:
    """A reading that is ASCII and words of half-width kana; None for others."""
    if text is None or any("\x80" <= char < "\uff61" or char > "\uff9f" for char in text):
        return None
    runs = HALF_RUN.findall(text)
    good = all(len(run) >= 3 and not HALF_BAD.search(run) and not HALF_START.match(run) for run in runs)
    return text if runs and good else None


def few_half_width(text: str) -> bool:
    """Whether all there is beyond ASCII is a few half-width kana: two or three kanji in EUC-JP look the same."""
    wide = [character for character in text if ord(character) >= 0x80]
    return len(wide) < 8 and all("\uff61" <= character <= "\uff9f" for character in wide)
