"""Aozora Bunko's text format: take out ruby, input notes, explanations and colophon, and say what was taken.

Format: https://www.aozora.gr.jp/annotation/ . Title and author stand above the first blank line; an explanation of the
marks stands between two lines of hyphens; 《》 holds a reading, ｜ begins what it belongs to; ［＃…］ is a note by
the person who typed the text; ※［＃…］ stands for a character outside of JIS X 0208, named by its place in JIS X 0213
(plane-row-cell) or by its code point; 〔e'tude〕 writes accents; ／＼ is a long repetition mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

_RULE = re.compile(r"^-{20,}\s*$")
_SOURCE_LINE = re.compile(r"^\s*(?:翻訳の)?底本[：:「]")
_COLOPHON = re.compile(r"[\r\n]\s*(?:翻訳の)?底本[：:「]|［＃本文終わり］|\A\s*底本[：:]")
_END_OF_TEXT = re.compile(r"^\s*［＃本文終わり］\s*$")
_RUBY = re.compile(r"《[^《》\n]*》")
_NOTE = re.compile(r"(※?)［＃((?:[^［］]|［(?!＃)[^［］]*］)*)］")
_PLANE_ROW_CELL = re.compile(r"(?<![0-9])([12])-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
_CODE_POINT = re.compile(r"U\+([0-9A-Fa-f]{4,6})")
_ACCENTED = re.compile(r"〔([^〔〕\n]*)〕")
_DATE = re.compile(r"((?:19|20)[0-9]{2})年(1?[0-9])月([1-3]?[0-9])日(?:作成|公開)")
_LICENSE = re.compile(r"クリエイティブ・コモンズ[「\s]*表示(-非営利)?(-改変禁止|-継承)?\s*([0-9]\.[0-9])")
_MANY_BLANK = re.compile(r"\n(?:[ \u3000\t]*\n){2,}")

MISSING = "〓"
"""The printer's mark for a character that cannot be set: stands where a note names no code."""

_ACCENT_MARKS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    ":": "\u0308",
    "&": "\u030a",
    "_": "\u0304",
    ",": "\u0327",
}
_LIGATURES = {"ae&": "æ", "AE&": "Æ", "oe&": "œ", "OE&": "Œ", "s&": "ß", "!@": "¡", "?@": "¿", "o/": "ø", "O/": "Ø"}
_ACCENT = re.compile(r"ae&|AE&|oe&|OE&|s&|[!?]@|[oO]/|[A-Za-z][`'^~:&_,]")


@dataclass
class AozoraText:
    """A work without markup.

    counts: how many of each mark were found (`ruby`, `note`, `character_note`, `missing_character` ...).
    removed: characters taken out by kind; with `added` they account for every character of the file:
    len(file) = len(text) + sum(removed) - sum(added).
    """

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    license: str | None = None
    counts: Counter[str] = field(default_factory=Counter[str])
    removed: Counter[str] = field(default_factory=Counter[str])
    added: Counter[str] = field(default_factory=Counter[str])


def looks_like_aozora(text: str) -> bool:
    """Whether a text carries the marks of the format: a colophon line and notes or readings."""
    marked = "［＃" in text or ("《" in text and "》：ルビ" in text[:4000])
    return bool(marked or "青空文庫" in text[-3000:]) and _COLOPHON.search(text[-6000:]) is not None


def read_aozora(raw_text: str) -> AozoraText:
    """`raw_text` (a whole file) without markup, header and colophon."""
    work = AozoraText("")
    text = raw_text.replace("\r\n", "\n").replace("\r", "\n")
    _take(work, "newlines", raw_text, text)
    lines = text.split("\n")
    lines = _without_colophon(lines, work)
    lines = _without_header(lines, work)
    body = "\n".join(lines)
    body = _step(work, "ruby", body, _without_readings(body, work))
    body = _without_notes(body, work)
    body = _accents(body, work)
    for mark, character in (("／＼", "〳〵"), ("／″＼", "〴〵")):
        work.counts["repetition_mark"] += body.count(mark)
        body = _step(work, "repetition_mark", body, body.replace(mark, character))
    tidy = _MANY_BLANK.sub("\n\n", body).strip("\n")
    work.text = _step(work, "blank_lines", body, tidy)
    return work


def _take(work: AozoraText, kind: str, before: str, after: str) -> None:
    if len(before) > len(after):
        work.removed[kind] += len(before) - len(after)
    elif len(after) > len(before):
        work.added[kind] += len(after) - len(before)


def _step(work: AozoraText, kind: str, before: str, after: str) -> str:
    _take(work, kind, before, after)
    return after


def _without_header(lines: list[str], work: AozoraText) -> list[str]:
    """Title and author are the lines above the first blank one; the explanation of marks stands between two rules."""
    blank = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    if 2 <= blank <= 8 and blank < len(lines):
        head = [_plain(line) for line in lines[:blank]]
        work.title, work.author = head[0] or None, head[-1] or None
        lines = _cut(work, "header", lines, blank)
    rules = [number for number, line in enumerate(lines[:80]) if _RULE.match(line)]
    if len(rules) >= 2 and not any(line.strip() for line in lines[: rules[0]]):
        lines = _cut(work, "explanation", lines, rules[1] + 1)
    return lines


def _cut(work: AozoraText, kind: str, lines: list[str], count: int) -> list[str]:
    """`lines` without the first `count`, which are counted as `kind`; marks in them are counted too."""
    gone = "\n".join(lines[:count])
    work.removed[kind] += len(gone) + (1 if count < len(lines) else 0)
    work.counts[f"note_in_{kind}"] += gone.count("［＃")
    work.counts[f"ruby_in_{kind}"] += len(_RUBY.findall(gone))
    return lines[count:]


def _plain(line: str) -> str:
    return _NOTE.sub(lambda note: _character(note[2]) or "" if note[1] else "", _RUBY.sub("", line)).strip()


def _without_colophon(lines: list[str], work: AozoraText) -> list[str]:
    end = next((number for number, line in enumerate(lines) if _END_OF_TEXT.match(line)), None)
    if end is None:
        found = [number for number, line in enumerate(lines) if _SOURCE_LINE.match(line)]
        if not found:
            return lines
        end = found[-1]
        for number in reversed(found[:-1]):  # a colophon may name several books
            if end - number > 40:
                break
            end = number
    colophon = "\n".join(lines[end:])
    work.removed["colophon"] += len(colophon) + (1 if end else 0)
    for mark, kind in (("［＃", "note_in_colophon"), ("《", "ruby_in_colophon")):
        work.counts[kind] += colophon.count(mark)
    if date := _DATE.search(colophon):
        work.published = f"{date[1]}-{int(date[2]):02d}-{int(date[3]):02d}"
    if named := _LICENSE.search(colophon):
        kind = {"-改変禁止": "-ND", "-継承": "-SA"}.get(named[2] or "", "")
        work.license = f"CC-BY{'-NC' if named[1] else ''}{kind}-{named[3]}"
    return lines[:end]


def _without_readings(body: str, work: AozoraText) -> str:
    readings = _RUBY.findall(body)
    work.counts["ruby"] += len(readings)
    work.counts["note_in_ruby"] += sum(reading.count("［＃") for reading in readings)
    work.counts["ruby_start"] += body.count("｜")
    return _RUBY.sub("", body).replace("｜", "")


def _without_notes(body: str, work: AozoraText) -> str:
    def replace(note: re.Match[str]) -> str:
        if not note[1]:
            work.counts["note"] += 1
            work.removed["note"] += len(note[0])
            return ""
        work.counts["character_note"] += 1
        character = _character(note[2])
        if character is None:
            work.counts["missing_character"] += 1
            character = MISSING
        work.removed["character_note"] += len(note[0])
        work.added["character_note"] += len(character)
        return character

    while True:  # notes stand inside notes: the innermost first
        body, changed = _NOTE.subn(replace, body)
        if not changed:
            return body


def _character(note: str) -> str | None:
    """The character a note names by code point or by its place in JIS X 0213."""
    if code := _CODE_POINT.search(note):
        value = int(code[1], 16)
        return chr(value) if value < 0x110000 and not 0xD800 <= value < 0xE000 else None
    places = _PLANE_ROW_CELL.findall(note)
    if not places:
        return None
    plane, row, cell = (int(part) for part in places[-1])
    if not (1 <= row <= 94 and 1 <= cell <= 94):
        return None
    code_bytes = bytes((row + 0xA0, cell + 0xA0))
    try:
        return (b"\x8f" + code_bytes if plane == 2 else code_bytes).decode("euc_jis_2004")
    except UnicodeDecodeError:
        return None


def _accents(body: str, work: AozoraText) -> str:
    def letter(match: re.Match[str]) -> str:
        mark = match[0]
        if mark in _LIGATURES:
            return _LIGATURES[mark]
        composed = unicodedata.normalize("NFC", mark[0] + _ACCENT_MARKS[mark[1]])
        return composed if len(composed) == 1 else mark

    def bracket(match: re.Match[str]) -> str:
        written = _ACCENT.sub(letter, match[1])
        if written == match[1] or not re.search(r"[A-Za-z]", match[1]):
            return match[0]  # ordinary brackets
        work.counts["accented"] += 1
        return written

    return _step(work, "accented", body, _ACCENTED.sub(bracket, body))
