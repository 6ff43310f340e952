"""Bytes to text: a deterministic ladder that never guesses silently and never replaces what it cannot read.

byte order mark -> ISO-2022-JP (escape sequences) -> declared charset -> UTF-8 -> EUC-JP or CP932 by the evidence of kana -> refusal.

Statistical detectors call short Japanese text Big5 or CP949; the rules here use what is true of Japanese only. Shift_JIS
is always read as CP932, and EUC-JP with the same character table (as the WHATWG Encoding Standard does), because the
strict tables turn ～ and － into other characters and fail on ① and ㈱.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from tekio.text.unreadable import UnreadableError

_CP932_NAMES = {"shift_jis", "shiftjis", "sjis", "x_sjis", "ms_kanji", "windows_31j", "ms932", "cp932", "csshiftjis"}
_EUC_NAMES = {"euc_jp", "eucjp", "x_euc_jp", "cseucpkdfmtjapanese", "ujis"}
_JIS_NAMES = {"iso_2022_jp", "csiso2022jp", "jis", "iso2022_jp"}

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_ISO_2022_ESCAPE = re.compile(rb"\x1b(?:\$[@B(]|\([JI])")
_ASCII = re.compile(r"[\t\n\r\f\x20-\x7e]+")
_WIDER = str.maketrans("〜‖−¢£¬", "～∥－￠￡￢")  # JIS X 0208 as CP932 maps it
_EUC_UNIT = re.compile(rb"\x8f[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|[\xa1-\xfe]{2}|[\x00-\x7f]+|.", re.DOTALL)

SAMPLE = 1_024
"""Characters beyond ASCII that are looked at to tell EUC-JP from CP932."""


@dataclass(frozen=True)
class Decoded:
    """Text and how it was read. `declared_wrong`: the declared charset did not fit the bytes."""

    text: str
    encoding: str
    declared_wrong: bool = False


def decode(raw: bytes, declared: str | None = None) -> Decoded:
    """Text of `raw`. `declared`: charset from a header, a meta element or the recipe; tried first, not trusted.

    Raises `UnreadableError` with reason `binary`, `broken_encoding` (nothing fits) or `ambiguous_encoding` (two readings
    are equally good).
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            try:
                return Decoded(raw[len(mark) :].decode(name), name)
            except UnicodeDecodeError as error:
                raise UnreadableError(
                    "broken_encoding", {"encoding": name, "byte": error.start + len(mark), "bytes": len(raw)}
                ) from error
    wrong = False
    # Escape sequences are pure ASCII, so every declared charset would "fit" and leave them in the text.
    escaped = _iso_2022_jp(raw) if _ISO_2022_ESCAPE.search(raw) and raw.isascii() else None
    if escaped is not None:
        return Decoded(escaped, "iso-2022-jp", bool(declared) and canonical_name(declared or "") != "iso-2022-jp")
    if declared:
        text = _decode_as(raw, declared)
        if text is not None:
            return Decoded(text, canonical_name(declared))
        wrong = True
    if b"\0" in raw:
        raise UnreadableError("binary", {"byte": raw.index(b"\0"), "bytes": len(raw)})
    try:
        return Decoded(raw.decode("utf-8"), "utf-8", wrong)
    except UnicodeDecodeError as error:
        utf8_error = error
    text, name = _euc_or_cp932(raw, utf8_error)
    return Decoded(text, name, wrong)


def canonical_name(name: str) -> str:
    """The name Tekio writes for an encoding: `cp932`, `euc-jp`, `iso-2022-jp`, else Python's name."""
    plain = name.strip().lower().replace("-", "_")
    if plain in _CP932_NAMES:
        return "cp932"
    if plain in _EUC_NAMES:
        return "euc-jp"
    if plain in _JIS_NAMES:
        return "iso-2022-jp"
    try:
        return codecs.lookup(plain).name
    except LookupError:
        return plain


def _decode_as(raw: bytes, declared: str) -> str | None:
    name = canonical_name(declared)
    if name == "euc-jp":
        return _euc_jp(raw)
    if name == "iso-2022-jp":
        return _iso_2022_jp(raw)
    try:
        return raw.decode(name)  # `bytes.decode` refuses codecs that are not text encodings (hex, zlib)
    except (LookupError, UnicodeError, ValueError):
        return None


def _jis_pair(row: int, cell: int) -> str | None:
    """The character at a row and cell (1-94) of JIS X 0208 with CP932's vendor characters."""
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    trail = (cell + (0x3F if cell <= 63 else 0x40)) if row % 2 else cell + 0x9E
    try:
        return bytes((lead, trail)).decode("cp932")
    except UnicodeDecodeError:
        return None


def _euc_jp(raw: bytes) -> str | None:
    """EUC-JP with CP932's table; None when some byte has no reading."""
    try:
        return raw.decode("euc_jp").translate(_WIDER)
    except UnicodeDecodeError:
        pass
    pieces: list[str] = []
    for match in _EUC_UNIT.finditer(raw):
        unit = match[0]
        if unit.isascii():
            pieces.append(unit.decode("ascii"))
            continue
        if len(unit) == 2 and unit[0] != 0x8E:
            piece = _jis_pair(unit[0] - 0xA0, unit[1] - 0xA0)
        else:
            try:
                piece = unit.decode("euc_jp")
            except UnicodeDecodeError:
                piece = None
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _iso_2022_jp(raw: bytes) -> str | None:
    for name in ("iso2022_jp", "iso2022_jp_ext"):
        try:
            return raw.decode(name).translate(_WIDER)
        except UnicodeDecodeError:
            continue
    # Vendor characters (①, ㈱) that mail programs put in: read the two-byte runs with CP932's table.
    pieces: list[str] = []
    double = False
    position = 0
    for match in re.finditer(rb"\x1b(\$[@B]|\([BJ])|$", raw):
        run = raw[position : match.start()]
        position = match.end()
        if double:
            if len(run) % 2 or any(not 0x21 <= byte <= 0x7E for byte in run):
                return None
            for lead, trail in zip(run[::2], run[1::2], strict=True):
                piece = _jis_pair(lead - 0x20, trail - 0x20)
                if piece is None:
                    return None
                pieces.append(piece)
        else:
            if b"\x1b" in run:
                return None
            pieces.append(run.decode("ascii"))
        double = bool(match[1]) and match[1].startswith(b"$")
    return "".join(pieces)


def _japanese_score(text: str) -> float:
    """How much `text` looks like Japanese, -1 to 1: kana for it, half-width kana and private characters against."""
    value, count = 0.0, 0
    for character in _ASCII.sub("", text[: 256 * SAMPLE])[:SAMPLE]:
        code = ord(character)
        count += 1
        if 0x3041 <= code <= 0x30FF or character in "、。「」（）・":
            value += 1
        elif 0xFF61 <= code <= 0xFF9F or 0xE000 <= code <= 0xF8FF or code < 0x0500:
            value -= 1
        elif 0x4E00 <= code <= 0x9FFF:
            value += 0.5 if _is_level_1(character) else -0.5
    return value / count if count else 0.0


def _is_level_1(character: str) -> bool:
    """Whether a kanji is of JIS level 1 (rows 16-47): nearly all kanji of ordinary text."""
    try:
        lead = character.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return len(lead) == 2 and 0xB0 <= lead[0] <= 0xCF


def _euc_or_cp932(raw: bytes, utf8_error: UnicodeDecodeError) -> tuple[str, str]:
    readings: list[tuple[float, str, str]] = []
    euc = _euc_jp(raw)
    if euc is not None:
        readings.append((_japanese_score(euc), euc, "euc-jp"))
    try:
        cp932 = raw.decode("cp932")
    except UnicodeDecodeError:
        pass
    else:
        readings.append((_japanese_score(cp932), cp932, "cp932"))
    place: dict[str, object] = {"byte": utf8_error.start, "bytes": len(raw)}
    if not readings:
        raise UnreadableError("broken_encoding", place)
    readings.sort(key=lambda reading: reading[0], reverse=True)
    best = readings[0]
    if best[0] <= 0:  # valid byte pairs, but not Japanese: broken UTF-8 or another legacy encoding
        raise UnreadableError("broken_encoding", place | {best[2]: round(best[0], 3)})
    if len(readings) > 1 and best[0] - readings[1][0] < 0.1:
        raise UnreadableError("ambiguous_encoding", place | {name: round(score, 3) for score, _, name in readings})
    return best[1], best[2]
