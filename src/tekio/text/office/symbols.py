"""Signs that a document takes from a font of symbols (`w:sym`): the boxes of forms, arrows, marks of lists, signs of formulas.

The tables hold what such fonts show for common codes, after the Unicode Consortium's mapping of Wingdings (L2/11-052).
"""

from __future__ import annotations

import re

_WINGDINGS = dict(
    zip(
        bytes.fromhex("28 2a 46 6c 6e 6f 71 72 75 76 9f a1 a7 a8 d8 df e0 e1 e2 e8 fb fc fd fe"),
        "☎✉☞●■□❑❒◆❖・○■□➢←→↑↓➔✗✓☒☑",
        strict=True,
    )
)
_WINGDINGS_2 = dict(zip(bytes.fromhex("50 52 53 a3"), "✓☑☒□", strict=True))
_SYMBOL = dict(
    zip(
        bytes.fromhex("44 61 62 67 6c 6d 70 73 a3 a5 ae b1 b3 b4 b7 b8 b9 bb d7 e5"),
        "Δαβγλμπσ≤∞→±≥×・÷≠≈・∑",
        strict=True,
    )
)
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
_CODE = re.compile("[0-9A-Fa-f]{2,6}")


def symbol(font: str, code: str) -> str:
    """The sign of a code (hexadecimal) in a font; nothing where the table does not know it."""
    if not _CODE.fullmatch(code):
        return ""
    number = int(code, 16)
    table = _FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(number & 0xFF, "") if number <= 0xFF or 0xF000 <= number <= 0xF0FF else ""
    own = chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 and not 0xE000 <= number < 0xF900 else ""
    return own if own.isprintable() else ""
