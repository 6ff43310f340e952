"""Lines that were decoded with the wrong character table, read again with the right one.

As old mail systems and viewers leave them: UTF-8 read as CP932 (縺ゅ→), CP932 or UTF-8 read as Latin-1 or Windows-1252
(‚ ‚è, ã‚ã‚Š), EUC-JP read as half-width katakana (､｢､熙). Each is undone by going back to the bytes, which loses nothing, and is
accepted only where the bytes are valid in the other encoding to the last one and the reading is clearly Japanese. Whole lines, or
what follows a label's colon, are looked at; a line that is a quotation is a sample of damage and stays.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product

from tekio.text.encoding import decode, is_frequent
from tekio.text.unreadable import UnreadableError

_UTF8_AS_CP932 = re.compile("[縺繧繝]")
_EUC_AS_KANA = re.compile("[､･][｡-ﾟ]|[､･][\ue000-\uf8ff熙爨鬢隍惕莉苒謔蕁褥襪隆霓韆黎]|[ｰ-ﾏ][｡-ﾟ]")
_LATIN = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_SUSPECT = re.compile(
    "[縺繧繝\u0080-\u009f\u0192\u201a\u0160]|[､･][｡-ﾟ一-龥\ue000-\uf8ff]|[\u00c0-\u00ff\u00a1-\u00bf]{2}|[一-龥][｡-ﾟ]|[ｰ-ﾏ][｡-ﾟ]{5}"
)
"""What each kind leaves in a text; a text without it is not looked at."""
_LABEL = re.compile(r"[^:：]{1,20}[:：][ \u3000]*")
_QUOTES = {
    "「": "」",
    "『": "』",
    '"': '"',
    "“": "”",
    "'": "'",
    "‘": "’",
    "(": ")",
    "（": "）",
    "[": "]",
    "<": ">",
    "《": "》",
}
_LEAST = 2  # Japanese characters in a reading
MOST_TWICE = 6
"""Characters of a line that stand twice in CP932: each doubles the readings that are looked at."""
_1252 = {
    0x80: 0x20AC, 0x82: 0x201A, 0x83: 0x0192, 0x84: 0x201E, 0x85: 0x2026, 0x86: 0x2020, 0x87: 0x2021, 0x88: 0x02C6,
    0x89: 0x2030, 0x8A: 0x0160, 0x8B: 0x2039, 0x8C: 0x0152, 0x8E: 0x017D, 0x91: 0x2018, 0x92: 0x2019, 0x93: 0x201C,
    0x94: 0x201D, 0x95: 0x2022, 0x96: 0x2013, 0x97: 0x2014, 0x98: 0x02DC, 0x99: 0x2122, 0x9A: 0x0161, 0x9B: 0x203A,
    0x9C: 0x0153, 0x9E: 0x017E, 0x9F: 0x0178,
}  # fmt: skip
_BYTE_OF = {code: byte for byte, code in _1252.items()} | {code: code for code in range(0x100)}
"""Windows-1252 as viewers use it: the bytes it does not define stand for themselves."""


@dataclass(frozen=True)
class Repaired:
    """Text, and how many of its lines were read again."""

    text: str
    lines: int


def may_be_mojibake(text: str) -> bool:
    """Whether `repair_mojibake` has to look at the lines at all."""
    return _SUSPECT.search(text) is not None


def repair_mojibake(text: str) -> Repaired:
    """`text` with damaged lines repaired. Lines that are sound, or whose damage cannot be undone for sure, stay."""
    if not may_be_mojibake(text):
        return Repaired(text, 0)
    lines = text.split("\n")
    repaired = 0
    for number, line in enumerate(lines):
        if _SUSPECT.search(line) is None:
            continue
        better = _repair_line(line)
        if better is not None:
            lines[number] = better
            repaired += 1
    return Repaired("\n".join(lines), repaired)


def _repair_line(line: str) -> str | None:
    body = line.strip(" \t\u3000\r")
    if not body or _is_quoted(body):
        return None
    found = _read_again(body)
    if found is None and (label := _LABEL.match(body)):
        rest = body[label.end() :]
        again = None if not rest or _is_quoted(rest) else _read_again(rest)
        found = None if again is None else label[0] + again
    return None if found is None else line.replace(body, found, 1)


def _is_quoted(body: str) -> bool:
    return len(body) > 1 and _QUOTES.get(body[0]) == body[-1]


def _read_again(body: str) -> str | None:
    for reading in (_utf8_as_cp932, _euc_as_kana, _utf8_as_latin, _cp932_as_latin):
        found = reading(body)
        if found is not None and "\n" not in found and found.isprintable():
            return found
    return None


def _as_bytes(text: str, encode: Callable[[str], bytes]) -> bytes | None:
    try:
        return encode(text)
    except UnicodeEncodeError:
        return None


def _utf8_as_cp932(body: str) -> str | None:
    if not _UTF8_AS_CP932.search(body) and not re.search("[一-龥][｡-ﾟ]|[｡-ﾟ][一-龥]", body):
        return None
    raw = _as_bytes(body, lambda text: text.replace("\u00a0", "\uf8f0").encode("cp932"))
    if raw is None:
        return None
    try:
        found = raw.decode("utf-8")
    except UnicodeDecodeError:
        found = _utf8_of_signs(body)
    return (
        found
        if found is not None and _is_japanese(found, least_kana=0.0) and not _is_japanese(body, least_kana=0.3)
        else None
    )


_NEC_SIGNS = {"≒": 0x90, "≡": 0x91, "∫": 0x92, "√": 0x95, "⊥": 0x96, "∠": 0x97, "∵": 0x9A, "∩": 0x9B, "∪": 0x9C}
"""Signs that CP932 has in NEC's row (0x87) too, where `encode` does not write them: 金 (E9 87 91) shows ≡."""


def _utf8_of_signs(body: str) -> str | None:
    """The reading in UTF-8 of bytes whose signs stand in CP932 twice: each as the bytes that go on with what stands before it."""
    if not any(sign in body for sign in _NEC_SIGNS):
        return None
    decoder = getincrementaldecoder("utf-8")()
    out: list[str] = []
    for char in body.replace("\u00a0", "\uf8f0"):
        before = decoder.getstate()
        ways: list[tuple[int, str, tuple[bytes, int]]] = []
        for raw in (char.encode("cp932"), *([bytes((0x87, _NEC_SIGNS[char]))] if char in _NEC_SIGNS else [])):
            decoder.setstate(before)
            try:
                piece = decoder.decode(raw)
            except UnicodeDecodeError:
                continue
            ways.append((sum(map(_is_usual, piece)), piece, decoder.getstate()))
        if not ways:
            return None
        _, piece, state = max(ways, key=lambda way: way[0])
        decoder.setstate(state)
        out.append(piece)
    return None if decoder.getstate()[0] else "".join(out)


def _euc_as_kana(body: str) -> str | None:
    if not _EUC_AS_KANA.search(body):
        return None
    found = {reading for raw in _cp932_bytes(body) if (reading := _euc_reading(raw))}
    worth = sorted(((sum(map(_is_usual, reading)), reading) for reading in found), reverse=True)
    if not worth or (len(worth) > 1 and worth[0][0] == worth[1][0]):  # two readings alike: neither is sure
        return None
    # Half-width katakana of its own decodes by chance, then without hiragana or katakana.
    return worth[0][1] if _is_japanese(worth[0][1], least_kana=0.2) else None


def _euc_reading(raw: bytes) -> str:
    """The reading of bytes in EUC-JP; empty where there is none or nearly all is ASCII."""
    if sum(byte > 0x7F for byte in raw) < 6:
        return ""
    try:
        read = decode(raw, "euc-jp")
    except UnreadableError:
        return ""
    return read.text if read.encoding == "euc-jp" else ""


def _is_usual(char: str) -> bool:
    return char in "、。・" or is_frequent(char)


def _cp932_bytes(body: str) -> list[bytes]:
    """The bytes that CP932 shows as `body`. Its IBM kanji stand in it twice (NEC's rows and IBM's own), and which of
    the two was read is not to be seen: 建設 and 訣み in EUC-JP show the same.
    """
    raw = _as_bytes(body, lambda text: text.encode("cp932"))
    if raw is None:
        return []
    twice = [char for char in body if char in _ibm_kanji()]
    if not 0 < len(twice) <= MOST_TWICE:
        return [] if twice else [raw]
    ways = [(char.encode("cp932"), _ibm_kanji()[char]) if char in _ibm_kanji() else (char.encode("cp932"),) for char in body]  # fmt: skip
    return [b"".join(way) for way in product(*ways)]


@cache
def _ibm_kanji() -> dict[str, bytes]:
    """Characters that `encode` writes in NEC's rows (ED, EE), with their bytes in IBM's (FA to FC)."""
    places = [bytes((0xFA + number // 92, 0xA1 + number % 92)) for number in range(3 * 92)]
    shown = ((place.decode("cp932", "ignore"), place) for place in places)
    return {char: place for char, place in shown if len(char.encode("cp932")) == 2 and char.encode("cp932") != place}


def _cp932_as_latin(body: str) -> str | None:
    if _JAPANESE.search(body) or len(_LATIN.findall(body)) < 4:
        return None
    codes = [_BYTE_OF.get(ord(char)) for char in body]
    if None in codes:
        return None
    try:
        found = bytes(code for code in codes if code is not None).decode("cp932")
    except UnicodeDecodeError:
        return None
    return found if _is_japanese(found, least_kana=0.2) else None


def _utf8_as_latin(body: str) -> str | None:
    r"""UTF-8 read as Latin-1 or Windows-1252, once or, as old forms of two systems left it, twice (ã\x81\x93, Ã£Â\x81Â\x93)."""
    if _JAPANESE.search(body) or len(_LATIN.findall(body)) < 6:
        return None
    found = body
    for _ in range(2):
        codes = [_BYTE_OF.get(ord(char)) for char in found]
        if None in codes:
            return None
        try:
            found = bytes(code for code in codes if code is not None).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if _is_japanese(found, least_kana=0.0):
            return found
    return None


def _is_japanese(text: str, *, least_kana: float) -> bool:
    """Whether what is not ASCII is kana, Japanese marks and ordinary kanji (JIS level 1), kana at least in a share of it."""
    kana = kanji = rare = marks = 0
    for char in text:
        code = ord(char)
        if code < 0x80:
            continue
        if 0x3041 <= code <= 0x30FF:
            kana += 1
        elif 0x4E00 <= code <= 0x9FFF:
            common = _is_level_1(char)
            kanji, rare = kanji + common, rare + (not common)
        elif (
            char in "、。「」『』（）［］【】・：；？！％，．～〜－△▲○●◎◆■□※々〇〒￥＋＝／＆"
            or 0xFF10 <= code <= 0xFF5A
        ):
            marks += 1
        else:
            rare += 1
    letters = kana + kanji + rare
    if kana + kanji < _LEAST or rare > 0.1 * letters:
        return False
    return kana >= least_kana * letters and (least_kana > 0 or kana > 0 or kanji >= 3)


def _is_level_1(char: str) -> bool:
    try:
        raw = char.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and 0xB0 <= raw[0] <= 0xCF
