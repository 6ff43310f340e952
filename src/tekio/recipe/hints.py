"""What a recipe's writer probably meant: full-width signs that YAML does not read, a colon without a space, a share in per cent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tekio.errors import Text

_SIGNS = {
    "：": ":",
    "＃": "#",
    "，": ",",
    "、": ",",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
    "＂": '"',
    "“": '"',
    "”": '"',
}
_SIGN = re.compile(r"^\s*(?:- )?[A-Za-z0-9_]+(?:(：)|:\s*([［｛＂“]))")
"""Where a sign would have a meaning; within a text it may stand."""
_INDENT = re.compile(r"^[ \t]*\u3000|[:：]\u3000")
_TAB = re.compile(r"^ *\t[ \t]*\S")
_CLOSE = re.compile(r"^\s*(?:- )?[A-Za-z_]+:[^\s:/]")
_PER_CENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")


def hint_of_syntax(lines: Sequence[str], first: int, last: int) -> Text | None:
    """What is likely wrong where YAML stops, looked for from line `first` to line `last` (from 1).

    A line is often refused only because the one above it was none: `seed：17` is a text without a colon.
    """
    for number in range(max(first, 1), min(last, len(lines)) + 1):
        line = lines[number - 1].split(" #")[0]
        if _INDENT.search(line):
            return wide_space(number)
        if _TAB.search(line):
            return Text(
                f"Line {number} is indented with a tab; use spaces.",
                f"{number} 行目の字下げにタブがあります。空白を使ってください。",
            )
        if found := _SIGN.search(line):
            sign = found[1] or found[2]
            return Text(
                f"Line {number} has the full-width sign `{sign}`; write `{_SIGNS[sign]}`.",
                f"{number} 行目に全角の「{sign}」があります。半角の「{_SIGNS[sign]}」で書いてください。",
            )
        if _CLOSE.search(line):
            return Text(
                f"On line {number} a space is missing behind the colon.",
                f"{number} 行目の「:」の後に空白が必要です。",
            )
    return None


def wide_space(number: int) -> Text:
    """A line has a full-width space where YAML wants a plain one."""
    return Text(
        f"Line {number} has a full-width space; write it half-width.",
        f"{number} 行目に全角の空白があります。半角の空白にしてください。",
    )


def hint_of_value(value: object) -> Text | None:
    """What a text that was refused as a value was probably meant to be."""
    if not isinstance(value, str):
        return None
    plain = unicodedata.normalize("NFKC", value).strip()
    if share := _PER_CENT.fullmatch(plain):
        wanted = f"{float(share[1]) / 100:g}"
        return Text(f"A share is written as `{wanted}`.", f"割合は `{wanted}` のように書きます。")
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", plain):
        wanted = plain.replace(",", "")
        return Text(f"Write `{wanted}`, without commas.", f"桁区切りなしで `{wanted}` と書いてください。")
    if plain != value:
        return Text(f"Write `{plain}`, half-width.", f"半角で `{plain}` と書いてください。")
    for sign in ("＃", "、", "，"):
        if sign in value:
            return Text(
                f"`{sign}` is no sign of YAML; write `{_SIGNS[sign]}`.",
                f"「{sign}」は区切りになりません。半角の「{_SIGNS[sign]}」で書いてください。",
            )
    return None


def hint_of_list(value: object) -> Text | None:
    """How a single value is written where a list is asked for."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    quoted = isinstance(value, str) and re.search(r"[\[\]{},:#&*!|>'\"%@`]", value) is not None
    shown = f'["{value}"]' if quoted else f"[{value}]"
    return Text(f"A list of one is written as `{shown}`.", f"一つだけのリストは `{shown}` と書きます。")


def encoding_of(raw: bytes) -> Text | None:
    """The encoding that a file which is not UTF-8 is likely in.

    EUC-JP is tried before CP932, whose kana and kanji are never valid in it; the other way round half-width kana are.
    """
    for name, shown in (("utf-16", "UTF-16"), ("euc_jp", "EUC-JP"), ("cp932", "Shift_JIS (CP932)")):
        if name == "utf-16" and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            raw.decode(name)
        except UnicodeDecodeError:
            continue
        return Text(f"It seems to be {shown}.", f"{shown} で保存されているようです。")
    return None
