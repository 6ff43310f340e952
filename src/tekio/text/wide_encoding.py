"""UTF-16 and UTF-32 without a byte order mark, told by what characters the bytes would be; ISO-2022-JP with the sets of JIS X 0213 and 0212."""

from __future__ import annotations

WIDE = (("utf-16-le", 2), ("utf-16-be", 2), ("utf-32-le", 4), ("utf-32-be", 4))
SAMPLE = 2_048
"""Characters that are looked at."""
LEAST = 0.97
"""Share of them that are characters of Japanese or English text."""
SHORTEST = 8
_WIDER = str.maketrans("〜‖−¢£¬¦", "～∥－￠￡￢￤")
_LATER = ("iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_2", "iso2022_jp_ext")


def without_mark(raw: bytes) -> tuple[str, str] | None:
    """(text, encoding) of bytes that are UTF-16 or UTF-32 without a mark; None where they are neither, or nothing tells."""
    found = [(text, name) for name, size in WIDE if (text := _read(raw, name, size)) is not None]
    return found[0] if len(found) == 1 else None


def _read(raw: bytes, name: str, size: int) -> str | None:
    if len(raw) % size or len(raw) < SHORTEST * size:
        return None
    try:
        sample = raw[: size * SAMPLE].decode(name, "ignore")
        good = sum(map(_is_of_text, sample))
        kana = sum(1 for character in sample if "\u3041" <= character <= "\u30fe" or character.isascii())
        if good < LEAST * len(sample) or 10 * kana < len(sample):
            return None
        text = raw.decode(name)
    except UnicodeDecodeError:
        return None
    return text if "\0" not in text else None


def _is_of_text(character: str) -> bool:
    code = ord(character)
    if code < 0x80:
        return code >= 0x20 or character in "\t\n\r\f"
    if 0x4E00 <= code <= 0x9FFF:
        return _is_of_jis(character)
    return (
        0x3000 <= code <= 0x30FF
        or 0xFF01 <= code <= 0xFF9F
        or 0xFFE0 <= code <= 0xFFE6
        or 0x2010 <= code <= 0x203B
        or 0x2160 <= code <= 0x217F
        or 0x2190 <= code <= 0x2193
        or 0x2460 <= code <= 0x2473
        or 0x2500 <= code <= 0x25FF
        or character in "㈱㈲№℡㍻㍼㎡㎏×÷±°§¥"
    )


def _is_of_jis(character: str) -> bool:
    try:
        return len(character.encode("cp932")) == 2
    except UnicodeEncodeError:
        return False


def later_iso_2022_jp(raw: bytes) -> str | None:
    """Text in ISO-2022-JP with the planes of JIS X 0213 or the supplement; None when no such set fits every byte."""
    for name in _LATER:
        try:
            return raw.decode(name).translate(_WIDER)
        except UnicodeDecodeError:
            continue
    return None
