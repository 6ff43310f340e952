"""Making text from outside harmless to look at.

Escaping keeps markup from acting. That is not enough for a reader: a bidirectional override can turn a line around, a
zero-width or escape character can hide words. Such characters are shown by their code point instead.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePath
from typing import Any, TextIO

_KEPT = "\n\t"
# Cc, Cf: control and format (bidi marks, zero width, tags, ANSI escapes); Cs, Co, Cn: no character at all;
# Zl, Zp: line breaks that most viewers do not show.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LONG_STACK = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}")


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    if char in _KEPT or unicodedata.category(char) not in _HIDDEN:
        return char
    return f"⟨U+{ord(char):04X}⟩"


def visible(text: str) -> str:
    r"""`text` with every control, format, bidi, private and unassigned character as `⟨U+XXXX⟩`.

    Line breaks and tabs stay (`\r\n` becomes `\n`); a stack of four and more combining marks, which would paint over
    its neighbours, becomes code points too.
    """
    plain = "".join(_shown(char) for char in text.replace("\r\n", "\n"))
    return _LONG_STACK.sub(lambda match: "".join(f"⟨U+{ord(char):04X}⟩" for char in match[0]), plain)


def shown_name(path: PurePath) -> str:
    """A path with `/` as text that can be written. Names that are not UTF-8 are read as CP932, as Windows wrote them;
    bytes that are neither stand in hexadecimal.
    """
    return "/".join(_name(part) for part in os.fsencode(path.as_posix()).split(b"/"))


def name_below(root: PurePath, path: PurePath) -> str:
    """What a file is called in records and hashes: its place below `root`, else its own name, as `shown_name`."""
    return shown_name(path.relative_to(root) if path.is_relative_to(root) else PurePath(path.name))


def _name(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp932" if _is_cp932(raw) else "utf-8", "backslashreplace")


def _is_cp932(raw: bytes) -> bool:
    try:
        return raw.decode("cp932").isprintable()
    except UnicodeDecodeError:
        return False


def on_one_line(text: str) -> str:
    """`visible`, with line breaks and tabs by their code points too: a name that a list of lines holds."""
    return visible(text).translate({10: "⟨U+000A⟩", 9: "⟨U+0009⟩"})


def shorten(text: str, limit: int) -> tuple[str, int]:
    """At most `limit` characters of `text`, and how many were left out."""
    if len(text) <= limit:
        return text, 0
    return text[:limit], len(text) - limit


def visible_json(text: str) -> str:
    r"""JSON text with hidden characters as `\uXXXX`: the same values, and nothing that acts on a terminal."""

    def escaped(char: str) -> str:
        if _shown(char) == char:
            return char
        units = char.encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))

    return "".join(escaped(char) for char in text)


class VisibleStream:
    """A text stream on which everything is written as `visible` shows it.

    unfiltered: the stream itself, for the few lines that move the cursor or colour words by themselves.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unfiltered = stream

    def write(self, text: str) -> int:
        self.unfiltered.write(visible(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unfiltered, name)
