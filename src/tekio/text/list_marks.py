"""The marks of list items as a browser draws them: `start`, `value`, `type`, `reversed`, and `list-style-type`.

HTML standard 4.4.5 and 4.4.8; CSS Counter Styles Level 3 for the Japanese ones.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Self

_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]*)", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([+-]?[0-9]{1,9})")
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_HIRAGANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
_HIRAGANA_IROHA = "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす"
_LETTERS = {
    "lower-alpha": "abcdefghijklmnopqrstuvwxyz",
    "lower-latin": "abcdefghijklmnopqrstuvwxyz",
    "upper-alpha": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "upper-latin": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower-greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "katakana": _KATAKANA,
    "hiragana": _HIRAGANA,
    "katakana-iroha": _IROHA,
    "hiragana-iroha": _HIRAGANA_IROHA,
}

WORD_NUMBERS = {
    "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha",
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
    "aiueo": "katakana",
    "aiueoFullWidth": "katakana",
    "iroha": "katakana-iroha",
    "irohaFullWidth": "katakana-iroha",
    "japaneseCounting": "cjk-ideographic",
    "japaneseDigitalTenThousand": "cjk-decimal",
    "ideographDigital": "cjk-decimal",
    "decimalEnclosedCircle": "circled",
    "decimalEnclosedCircleChinese": "circled",
    "ideographEnclosedCircle": "circled-kanji",
    "decimalEnclosedParen": "in-brackets",
    "decimalEnclosedFullstop": "with-dot",
    "decimalZero": "two-digits",
    "numberInDash": "in-dashes",
    "decimalFullWidth": "full-width",
    "decimalFullWidth2": "full-width",
}
"""Kinds of numbers of Word (ECMA-376 17.18.59) by the styles of CSS that write them."""
_SIGNED = {"in-brackets": (0x2474, 20), "with-dot": (0x2488, 20), "circled-kanji": (0x3280, 10)}
"""First sign (⑴ ⒈ ㊀) and how many there are."""
_KANJI = ("cjk-ideographic", "japanese-informal", "cjk-decimal", "trad-chinese-informal", "simp-chinese-informal")
_BULLETS = ("disc", "circle", "square")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_LOW = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_OWN_NUMBER = re.compile(
    rf"(?P<circled>[{_CIRCLED}])|(?:STEP|Step|step|ステップ|手順|POINT|Point|ポイント|第)[.\s]*(?P<step>[0-9]{{1,2}})(?![0-9])"
    r"|[(\[](?P<closed>[0-9]{1,2})[)\]]|(?P<open>[0-9]{1,2})(?:[.)、:]| (?=[^0-9]))[^0-9]"
)
"""An item's own number."""


@dataclass
class Numbering:
    """One list while it is read. number: of the next item. step: 1, or -1 where the list counts down."""

    style: str
    number: int
    step: int = 1

    @classmethod
    def of(cls, element: Any, *, ordered: bool) -> Self:
        """The numbering of a list element; `reversed` counts down from the number of its own items."""
        backward = ordered and element.get("reversed") is not None
        items = sum(1 for child in element if child.tag == "li") if backward else 1
        first = _whole(element.get("start"), items) if ordered else 1
        style = _style_of(element, "decimal" if ordered else "disc")
        if style == "decimal" and not backward and _is_numbered(element, first):
            style = "none"  # the numbers in the text are the list's: a sheet hides those of the browser
        return cls(style, first, -1 if backward else 1)

    def mark_of(self, item: Any) -> str:
        """The mark before the next item, with the space after it; the item's own `value` and style count."""
        style = _style_of(item, self.style)
        number = _whole(item.get("value"), self.number) if self.style not in _BULLETS else self.number
        self.number = number + self.step
        return mark(style, number)


def _is_numbered(element: Any, first: int) -> bool:
    """Whether each of several items begins with its own number (STEP 1, ①, 1., (1)), as it counts or as an outline."""
    items = [item for item in element if item.tag == "li"]
    found = [_OWN_NUMBER.match(_leading(item)) for item in items]
    own = [(match.lastgroup or "", _value_of(match)) for match in found if match is not None]
    if len(own) < 2 or len(own) < len(items):
        return False
    return [value for _, value in own] == list(range(first, first + len(own))) or _is_outline(own)


def _is_outline(own: list[tuple[str, int]]) -> bool:
    """Whether numbers of several kinds (2, (1), (2), 3, (1)) count up, each kind by itself and from 1 on again."""
    last: dict[str, int] = {}
    for kind, value in own:
        if value != 1 and kind in last and value != last[kind] + 1:
            return False
        last[kind] = value
    return len(last) > 1


def _leading(item: Any) -> str:
    """The first letters of an item."""
    found = ""
    for text in item.itertext():
        found += text.lstrip() if not found else text
        if len(found) >= 16:
            break
    return unicodedata.normalize("NFKC", found[:16]) if found[:1] not in _CIRCLED else found[:16]


def _value_of(found: re.Match[str]) -> int:
    if found["circled"]:
        return _CIRCLED.index(found["circled"]) + 1
    return int(found["step"] or found["closed"] or found["open"])


def mark(style: str, number: int) -> str:
    """The mark of a style for a number; empty for none. Numbers out of a style's range are written in digits."""
    if style == "none":
        return ""
    if style in _BULLETS:
        return "・"
    if style == "decimal-leading-zero":
        return f"{number:02}. "
    if style in _LETTERS and number > 0:
        return f"{_letters(number, _LETTERS[style])}{'、' if 'kana' in style or 'gana' in style else '. '}"
    if style in ("lower-roman", "upper-roman") and 0 < number < 4000:
        roman = _roman(number)
        return f"{roman if style == 'lower-roman' else roman.upper()}. "
    if style in _KANJI and 0 <= number < 10_000:
        return f"{_kanji(number, positional=style == 'cjk-decimal')}、"
    return f"{number}. "


def word_number(kind: str, number: int) -> str:
    """A number as Word writes it for a kind of `WORD_NUMBERS`, without what stands around it; digits for other kinds."""
    style = WORD_NUMBERS.get(kind, "decimal")
    if style == "circled":
        return chr(0x2460 + number - 1) if 0 < number <= 20 else f"({number})"
    if style in _SIGNED and 0 < number <= _SIGNED[style][1]:
        return chr(_SIGNED[style][0] + number - 1)
    if style in _SIGNED:
        return f"({number})"
    if style == "two-digits":
        return f"{number:02}"
    if style == "in-dashes":
        return f"- {number} -"
    if style == "full-width":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    return mark(style, number).removesuffix(" ").rstrip("、.")


def _style_of(element: Any, inherited: str) -> str:
    found = _STYLE.search(element.get("style") or "")
    if found:
        known = (*_TYPES.values(), *_LETTERS, *_KANJI, *_BULLETS, "none", "decimal-leading-zero")
        for word in found[1].lower().split():
            if word in known:
                return word
    named = (element.get("type") or "").strip()
    if named.lower() in _BULLETS:
        return named.lower()
    return _TYPES.get(named, inherited)


def _whole(value: str | None, default: int) -> int:
    found = _NUMBER.match(value or "")
    return int(found[1]) if found else default


def _letters(number: int, alphabet: str) -> str:
    found = ""
    while number:
        number, rest = divmod(number - 1, len(alphabet))
        found = alphabet[rest] + found
    return found


def _roman(number: int) -> str:
    found = ""
    for value, letters in (*_ROMAN, *_ROMAN_LOW):
        count, number = divmod(number, value)
        found += letters * count
    return found


def _kanji(number: int, *, positional: bool) -> str:
    digits = "〇一二三四五六七八九"
    if positional or number < 10:
        return "".join(digits[int(digit)] for digit in str(number))
    found = ""
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        count, number = divmod(number, value)
        if count:
            found += ("" if count == 1 and unit else digits[count]) + unit
    return found
