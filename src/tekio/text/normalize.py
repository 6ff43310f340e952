"""Normalization that is safe for finance: a curated map, each change named; NFKC only as a shadow for matching.

NFKC turns ① into 1, ㈱ into (株), ½ into 1⁄2, ～ into ~ and … into three dots; NFC changes 460 kanji of names. Here
only what is never meaningful changes: widths of letters and digits, half-width kana, odd spaces, radicals that PDF
extraction leaves in place of kanji, punctuation in the forms fonts hold for vertical or small print, control and invisible
characters. Other punctuation, △▲－～―㈱① and all kanji stay.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Normalized:
    """Text and the names of the transforms that changed it, in order of application."""

    text: str
    transforms: tuple[str, ...]


# Half-width kana with their voiced forms: the only sequences (two characters into one) of the map.
_VOICED = {
    half + mark: unicodedata.normalize("NFKC", half + mark)
    for mark in "ﾞﾟ"
    for half in map(chr, range(0xFF66, 0xFF9E))
    if len(unicodedata.normalize("NFKC", half + mark)) == 1
}
_HALF_KANA = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF61, 0xFF9E)} | {
    0xFF9E: "゛",  # standing alone; NFKC would give the combining mark
    0xFF9F: "゜",
}
_VOICED_PATTERN = re.compile("[ｦ-ﾝ][ﾞﾟ]")
_HALF_KANA_PATTERN = re.compile("[｡-ﾟ]")

# Full-width ASCII letters and digits only: （）：，．／％＋－＝～ are Japanese punctuation and signs of amounts.
_WIDE_RANGES = ((0xFF10, 10), (0xFF21, 26), (0xFF41, 26))
_WIDTH_PATTERN = re.compile("[０-９Ａ-Ｚａ-ｚ]")

_SPACES = dict.fromkeys([0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x1680], " ")
_SPACE_PATTERN = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0001-\U000e007f]"
)
_NEWLINES = ("\r", "\x85", "\u2028", "\u2029")
_SPACE_ENDS = (" \n", "\t\n", "\u3000\n")
_NEWLINE = re.compile("\r\n?|\x85|\u2028|\u2029")
_TRAILING = re.compile("[ \t\u3000]+(?=\n)|[ \t\u3000]+\\Z")
_BLANK_LINES = re.compile("\n{3,}")

# NFKC repairs the 214 Kangxi radicals, but of the Radicals Supplement only two. These are the supplement's forms that
# stand for a whole kanji (Unicode's EquivalentUnifiedIdeograph property), as PDF fonts leave them.
_SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇几⺈𠂊⺉刂⺊卜⺋㔾⺌小⺍小⺎尣⺏尣⺐尢⺑尣⺒巳⺓幺⺔彑⺕彐⺖忄⺗㣺⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫"
    "⺦丬⺧牛⺨犭⺩王⺪疋⺫罒⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳网⺴网⺵罓⺶羊⺷羊⺸羊⺹耂⺺肀⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足"
    "⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿"
    "⻯竜⻰龙⻱龜⻲亀⻳龟"
)
# Japanese fonts draw these radicals with the glyph of today's kanji; NFKC gives the old form (戶, 靑, 黃, 黑).
_TODAY = "⼾戸⾭青⿈黄⿊黒"
RADICALS: dict[int, str] = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0x2F00, 0x2FD6), 0x2E9F, 0x2EF3)
    if unicodedata.normalize("NFKC", chr(code)) != chr(code)
} | {
    ord(radical): kanji
    for pairs in (_SUPPLEMENT, _TODAY)
    for radical, kanji in zip(pairs[::2], pairs[1::2], strict=True)
}
_RADICAL_PATTERN = re.compile("[\u2e80-\u2ef3\u2f00-\u2fd5]")

# Vertical Forms, CJK Compatibility Forms and Small Form Variants: glyphs of vertical and small print. Where NFKC leaves ASCII, the
# full-width sign of Japanese text stands here. Sesame dots (emphasis) and wavy lines are no punctuation of a sentence and stay.
VERTICAL_FORMS: dict[int, str] = {
    ord(form): sign
    for form, sign in zip(
        "︐︑︒︓︔︕︖︗︘︙︰︱︲︳︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈﹐﹑﹒﹔﹕﹖﹗﹘﹙﹚﹛﹜﹝﹞﹟﹠﹡﹢﹣﹤﹥﹦﹨﹩﹪﹫",
        "，、。：；！？〖〗…‥―–＿（）｛｝〔〕【】《》〈〉「」『』［］，、．；：？！―（）｛｝〔〕＃＆＊＋－＜＞＝＼＄％＠",
        strict=True,
    )
}
_VERTICAL_PATTERN = re.compile("[\ufe10-\ufe19\ufe30-\ufe44\ufe47\ufe48\ufe50-\ufe6b]")

# Combining voiced marks after a kana (files from macOS) are composed; other sequences stay as they are.
_COMBINING = re.compile("[\u3041-\u30ff][\u3099\u309a]")

_RARE = re.compile(
    f"{_INVISIBLE.pattern[:-1]}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2e80-\u2ef3\u2f00-\u2fd5\u3099\u309a"
    "\ufe10-\ufe19\ufe30-\ufe44\ufe47\ufe48\ufe50-\ufe6b｡-ﾟ]"
)


def normalize(text: str, *, widths: bool = True) -> Normalized:
    """`text` after the curated map. `widths`: full-width letters and digits to half, half-width kana to full width.

    Applying it twice changes nothing more.
    """
    done: list[str] = []

    def step(name: str, changed: str) -> None:
        nonlocal text
        if changed != text:
            text = changed
            done.append(name)

    # Searching for a fixed string is ten times faster than a character class, and most texts need few of the steps.
    if any(mark in text for mark in _NEWLINES):
        step("newlines", _NEWLINE.sub("\n", text))
    if _RARE.search(text):
        step("control_characters", _INVISIBLE.sub("", text))
        step("spaces", text.translate(_SPACES) if _SPACE_PATTERN.search(text) else text)
        step("radicals", text.translate(RADICALS) if _RADICAL_PATTERN.search(text) else text)
        step("vertical_forms", text.translate(VERTICAL_FORMS) if _VERTICAL_PATTERN.search(text) else text)
        step("combining_marks", _COMBINING.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text))
        if widths and _HALF_KANA_PATTERN.search(text):
            composed = _VOICED_PATTERN.sub(lambda pair: _VOICED.get(pair[0], pair[0]), text)
            step("half_width_kana", composed.translate(_HALF_KANA))
    if widths and _WIDTH_PATTERN.search(text):
        step("full_width_letters", _half_width(text))
    if any(mark in text for mark in _SPACE_ENDS) or text.endswith((" ", "\t", "\u3000")):
        step("trailing_spaces", _TRAILING.sub("", text))
    if "\n\n\n" in text or text.startswith("\n") or text.endswith("\n"):
        step("blank_lines", _BLANK_LINES.sub("\n\n", text).strip("\n"))
    return Normalized(text, tuple(done))


def _half_width(text: str) -> str:
    """Full-width ASCII letters and digits made half-width, on UTF-16 units (they are all in the basic plane)."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16).copy()
    place = units - np.uint16(0xFF10)  # wraps around: one comparison tests both ends of a range
    wide = (place < 10) | (place - np.uint16(0x11) < 26) | (place - np.uint16(0x31) < 26)
    units[wide] -= np.uint16(0xFEE0)
    return units.tobytes().decode("utf-16-le", "surrogatepass")


@dataclass(frozen=True)
class Tables:
    """The curated map as tables of code points, for passes over many texts at once; `normalize` is the definition.

    composed: (kana, combining mark) -> one character; voiced: (half-width kana, half-width mark) -> one character.
    """

    spaces: dict[int, int]
    radicals: dict[int, int]
    vertical_forms: dict[int, int]
    composed: dict[tuple[int, int], int]
    half_width_kana: dict[int, int]
    voiced: dict[tuple[int, int], int]
    widths: dict[int, int]


def tables() -> Tables:
    """What `normalize` does to single characters and pairs."""
    composed: dict[tuple[int, int], int] = {}
    for mark in (0x3099, 0x309A):
        for kana in range(0x3041, 0x3100):
            pair = unicodedata.normalize("NFC", chr(kana) + chr(mark))
            if len(pair) == 1:
                composed[kana, mark] = ord(pair)
    return Tables(
        spaces={code: ord(space) for code, space in _SPACES.items()},
        radicals={code: ord(kanji) for code, kanji in RADICALS.items() if ord(kanji) != code},
        vertical_forms={code: ord(sign) for code, sign in VERTICAL_FORMS.items()},
        composed=composed,
        half_width_kana={code: ord(kana) for code, kana in _HALF_KANA.items()},
        voiced={(ord(pair[0]), ord(pair[1])): ord(kana) for pair, kana in _VOICED.items()},
        widths={code: code - 0xFEE0 for start, count in _WIDE_RANGES for code in range(start, start + count)},
    )


def is_invisible(character: str) -> bool:
    """Whether `normalize` takes the character out (control and format characters)."""
    return _INVISIBLE.match(character) is not None
