"""Rejoin Japanese text that was wrapped at a fixed width (e-mail, old text files, PDF), and leave everything else.

A line is joined to the next when it is full and does not end a sentence, and the next line does not begin something
new (indentation, list mark, heading, article). Verse, tables and lists have lines that are not full, so they stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Mode = Literal["auto", "always", "never"]

_ENDS = "。．！？!?」』）】〕］｝〉》…：:;；"
"""A line that ends so may be complete."""
_NEW = re.compile(
    r"[ \t\u3000]|$|[・●○◎◆◇■□▲△▼▽★☆※＊*•‣·▶►→⇒✓]|[-－—―–]{1,2}[ \u3000]"
    r"|[(（〔［\[【][0-9０-９一二三四五六七八九十ア-ンa-zA-Zⅰ-ⅹⅠ-Ⅹ]{1,3}[)）〕］\]】]"
    r"|[0-9０-９]{1,3}[.．、)）]|[①-⑳㈠-㈩⑴-⒇ⅰ-ⅹⅠ-Ⅹ㊀-㊉]|第[0-9０-９一二三四五六七八九十百千]+[章節条款項編部号回期]"
    r"|[【《■◆＜<][^】》]{1,40}[】》＞>]?$|[一二三四五六七八九十]{1,3}[ 、．\u3000]|[QAＱＡ問答][0-9０-９]*[.．:：）)\u3000 ]"
    r"|(?:附則|別表|別紙|注|（注|備考|以上|記)[0-9０-９）\s]*$"
)
_TABLE = re.compile(r"\t|\S[ \u3000]{2,}\S|\|")
_LEADER = re.compile(r"(?:…|‥|・・|\.\.\.|．．){2,}[ \u3000]*[^\s…‥・.．]{1,6}$")
"""A line of a table of contents: dots that lead to a page number."""
_LATIN = re.compile(r"[A-Za-z0-9,.;%\])]$")
_LATIN_START = re.compile(r"[A-Za-z0-9(\[$]")
_HALF_KANA = re.compile("[｡-ﾟ]")
MIN_WIDTH = 16
"""Columns (a full-width character is two) below which lines are not taken for wrapped text."""


@dataclass(frozen=True)
class Joined:
    """Text, how many line breaks were taken out, and the width in columns that lines were taken to be wrapped at."""

    text: str
    joined: int
    width: int | None


def columns(line: str) -> int:
    """Width of a line in terminal columns: a full-width character counts two, ASCII and half-width kana one.

    Counted by UTF-8's lengths (one byte for ASCII, three for a wide character), which is exact for Japanese and fast.
    """
    if line.isascii():
        return len(line)
    width = (len(line.encode("utf-8", "surrogatepass")) + len(line)) // 2
    return width - len(_HALF_KANA.findall(line))


def wrap_width(lines: list[str]) -> int | None:
    """The width at which `lines` were wrapped, or None when they were not.

    Wrapped text has many lines of nearly one width, few beyond it, and those lines often end inside a sentence.
    """
    widths = [columns(line) for line in lines]
    long = sorted(width for width in widths if width >= MIN_WIDTH)
    if len(long) < 3:
        return None
    width = long[int(len(long) * 0.95)] if len(long) >= 20 else long[-1]
    full = [position for position, value in enumerate(widths) if width - 5 <= value <= width + 2]
    beyond = sum(1 for value in widths if value > width + 4)  # 禁則: a mark or two may hang over
    if len(full) < 3 or len(full) < 0.4 * len(long) or beyond > 0.05 * len(long):
        return None
    inside = sum(1 for position in full if lines[position].rstrip()[-1:] not in _ENDS)
    return width if inside >= 0.5 * len(full) and width <= 200 else None


def join_lines(text: str, mode: Mode = "auto", *, width: int | None = None) -> Joined:
    """`text` with wrapped lines rejoined. `always` joins wherever a line does not end a sentence; `auto` only full lines
    of text that was wrapped at one width (`width` columns, if the caller knows it); `never` changes nothing.
    """
    if mode == "never" or "\n" not in text:
        return Joined(text, 0, None)
    lines = text.split("\n")
    width = width or wrap_width(lines)
    if mode == "auto" and width is None:
        return Joined(text, 0, None)
    result: list[str] = []
    previous = ""
    joined = 0
    for line in lines:
        full = mode == "always" or (width is not None and columns(previous) >= width - 5)
        if result and full and _continues(previous, line):
            space = " " if _LATIN.search(result[-1]) and _LATIN_START.match(line) else ""
            result[-1] = f"{result[-1].rstrip()}{space}{line.lstrip()}"
            joined += 1
        else:
            result.append(line)
        previous = line
    return Joined("\n".join(result), joined, width)


def _continues(line: str, following: str) -> bool:
    stripped = line.rstrip()
    if not stripped or stripped[-1] in _ENDS or _NEW.match(following) or _LEADER.search(stripped):
        return False
    return not (_TABLE.search(stripped.strip("\u3000 ")) or _TABLE.search(following))
