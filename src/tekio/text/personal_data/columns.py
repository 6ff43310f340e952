"""Personal data in tables that stand in text with their headings: cells parted by tabs, commas or bars.

A list of customers pasted from a sheet names its columns once (氏名, 生年月日, 電話番号, 口座番号). What stands below a heading is what
the heading says, where it has the form of it; a row counts as far as it has as many cells as the heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tekio.text.personal_data.people import is_bare_name
from tekio.text.personal_data.spans import Span, to_ascii

_TITLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "person",
        re.compile(
            "(?:[一-龥]{0,4}氏名|お名前|名前|(?:保険)?契約者名?|顧客名|お客[さ様]ま?名|加入者名|(?:口座)?名義人?|受取人名?|申込[者人]名?|社員名|従業員名|フリガナ|ふりがな|カナ(?:氏名|名)?|氏名カナ)"
        ),
    ),
    ("birth_date", re.compile("生年月日|誕生日")),
    ("address", re.compile("(?:[現新旧]|自宅|連絡先)?住所|ご住所")),
    (
        "phone",
        re.compile("(?:自宅|携帯|勤務先)?(?:電話(?:番号)?|TEL|Tel|FAX|ファックス)(?:番号)?|携帯(?:番号)?|連絡先"),
    ),
    ("bank_account", re.compile("口座番号|口座No\\.?")),
    ("my_number", re.compile("マイナンバー|個人番号")),
    ("pension_number", re.compile("基礎年金番号")),
    ("driving_licence", re.compile("(?:運転)?免許証(?:の)?番号")),
    ("passport", re.compile("(?:旅券|パスポート)(?:の)?番号")),
)
_PEOPLE_WORDS = (
    "氏名",
    "名前",
    "契約者",
    "顧客名",
    "お客",
    "加入者名",
    "名義",
    "受取人",
    "申込",
    "社員名",
    "従業員名",
    "フリガナ",
    "ふりがな",
    "カナ",
)
_NUMBER_WORDS = (
    "口座番号",
    "口座No",
    "電話",
    "携帯",
    "TEL",
    "Tel",
    "FAX",
    "ファックス",
    "連絡先",
    "マイナンバー",
    "個人番号",
    "基礎年金番号",
    "免許証",
    "旅券",
    "パスポート",
)
"""What a heading holds one of: of tables with persons, of tables with numbers."""
_FORMS = {
    "birth_date": re.compile(
        r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR])\.?[0-9元]{1,2}|[12][0-9]{3})(?:年[0-9]{1,2}月[0-9]{1,2}日|[./-][0-9]{1,2}[./-][0-9]{1,2})|[12][0-9]{3}[01][0-9][0-3][0-9]"
    ),
    "address": re.compile(r"[^0-9\s]{2}.*[0-9].*"),
    "phone": re.compile(r"\(?0[0-9]{1,4}[-() ]{0,2}[0-9]{1,4}[-() ]{0,2}[0-9]{3,4}|[5789]0[0-9]{8}"),
    "bank_account": re.compile("[0-9]{6,8}|[0-9]{3}-[0-9]{4}|[0-9]{5}-[0-9]{7,8}"),
    "my_number": re.compile("[0-9]{4}([ -]?)[0-9]{4}\\1[0-9]{4}"),
    "pension_number": re.compile("[0-9]{4}-?[0-9]{6}"),
    "driving_licence": re.compile("第?[0-9]{12}号?"),
    "passport": re.compile("[A-Z]{2}[0-9]{7}"),
}
_SPACED_NAME = re.compile("[一-龥々〆ヶァ-ヴーぁ-ん]{1,8}[ \u3000]{1,2}[一-龥々〆ヶァ-ヴーぁ-ん]{1,8}")
_KANJI_NAME = re.compile("[一-龥々]{3,5}")
PEOPLE = ("person", "birth_date", "address")
_PARTS = ("\t", " | ", ",")
_RULE = re.compile("[-|:= ]+")
"""The line of marks below the heading of a table in Markdown."""
_NOTE = re.compile(r"[（(][^()（）]*[)）]|[\s\"|]")
LONGEST_HEADING = 200


def column_spans(text: str, *, people: bool) -> list[Span]:
    """Spans below headings: of `person`, `birth_date`, `address` (people), else of numbers."""
    if not any(map(text.__contains__, _PARTS)):
        return []
    found: list[Span] = []
    done = 0
    for start, end in _lines_with(text, _PEOPLE_WORDS if people else _NUMBER_WORDS):
        kinds, part = _heading(text[start:end])
        if start < done or part is None or (people and "person" not in kinds):
            continue
        bare = any(kind not in (None, "person") for kind in kinds)
        place = end + 1
        while place < len(text):
            end = text.find("\n", place)
            end = len(text) if end < 0 else end
            cells = _cells(place, text[place:end], part)
            if _RULE.fullmatch(text, place, end):
                place = end + 1
                continue
            if len(cells) != len(kinds):
                break
            for kind, (begin, cell) in zip(kinds, cells, strict=True):
                value = cell.strip(' \u3000"|\r')
                if kind and value and (kind in PEOPLE) is people and _has_form(kind, value, bare=bare):
                    begin += cell.index(value)
                    found.append(Span(begin, begin + len(value), kind))
            place = end + 1
        done = place
    return found


def _lines_with(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """The short lines that hold one of the words, in order; the last line is none, for nothing stands below it."""
    lines: set[tuple[int, int]] = set()
    for word in words:
        place = text.find(word)
        while place >= 0:
            start = text.rfind("\n", max(0, place - LONGEST_HEADING), place) + 1
            end = text.find("\n", place, place + LONGEST_HEADING)
            if end >= 0 and (start or place < LONGEST_HEADING):
                lines.add((start, end))
            place = text.find(word, place + len(word))
    return sorted(lines)


def _has_form(kind: str, value: str, *, bare: bool) -> bool:
    if kind == "person":
        if _SPACED_NAME.fullmatch(value):
            return is_bare_name(re.sub("[ \u3000]", "", value)) or len(value) > 6
        return bare and _KANJI_NAME.fullmatch(value) is not None and is_bare_name(value)
    return _FORMS[kind].fullmatch(to_ascii(value)) is not None


def _heading(line: str) -> tuple[list[str | None], str | None]:
    """The kinds of the columns that a line heads, and what parts them; None where it heads none."""
    for part in _PARTS:
        if part in line:
            kinds = [_kind(title) for title in line.split(part)]
            if any(kinds):
                return kinds, part
    return [], None


def _kind(title: str) -> str | None:
    bare = _NOTE.sub("", title)
    return next((kind for kind, pattern in _TITLES if pattern.fullmatch(bare)), None)


def _cells(start: int, line: str, part: str) -> list[tuple[int, str]]:
    cells: list[tuple[int, str]] = []
    for cell in line.split(part):
        cells.append((start, cell))
        start += len(cell) + len(part)
    return cells
