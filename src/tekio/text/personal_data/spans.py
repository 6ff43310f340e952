"""A piece of personal data in a text, and the text as its patterns read it."""

from __future__ import annotations

from dataclasses import dataclass

_HYPHEN = "-－‐‑–—―ー−ｰ"
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # ！ to ～
TO_ASCII = {
    ord(char): plain
    for char, plain in (_WIDE | dict.fromkeys(_HYPHEN, "-") | {"\u3000": " "}).items()
    if plain.isalnum() or plain in "-()@. +_"
}


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Personal data of one kind at `text[start:end]`."""

    start: int
    end: int
    kind: str


def to_ascii(text: str) -> str:
    """`text` with full-width digits, letters and hyphens as ASCII; every character keeps its place."""
    return text.translate(TO_ASCII)
