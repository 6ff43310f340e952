"""Names, dates of birth and addresses of persons in the sections of filings and reports that list people.

There is no dictionary of names here: a name is taken where its place says that it is one. A column or a bracketed field
called 氏名, the cell before a date of birth, the line a certified public accountant signs. What was found so is then found
again in the rest of the same document. Names in running text that stand in no such place are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from tekio.text.kernels.codepoints import CodePoints
from tekio.text.kernels.word_trie import WordTrie, count_words, word_trie
from tekio.text.personal_data.columns import column_spans
from tekio.text.personal_data.people import PERSON_WORDS, is_bare_name, labelled_people
from tekio.text.personal_data.spans import Span, holds_any, one_of, without_common_starts

CELL = " | "  # how `tekio.text.html` writes the cells of a table's row

_LETTERS = "一-龥々〆ヶヵぁ-んァ-ヴー"
_SPACED = rf"[{_LETTERS}]{{1,5}}[ \u3000]{{1,6}}[{_LETTERS}]{{1,6}}"
_FOREIGN = r"[ァ-ヴー]{2,12}(?:[・＝ ][ァ-ヴー]{1,12}){1,3}|[A-Z][a-z]{1,15}(?: [A-Z][a-zA-Z.]{0,15}){1,3}"
_END = r"(?=[ \u3000]*(?:$|[（(※*\[【|印㊞]|氏(?![名族])|\n))"
_SPACED_NAME = re.compile(rf"(?:{_SPACED}){_END}")
_ANY_NAME = re.compile(rf"(?:{_SPACED}|{_FOREIGN}|[一-龥々]{{2,4}}[{_LETTERS}]{{1,3}}){_END}")
_NO_NAME = re.compile(
    "会社|銀行|信託|組合|株式|持株|証券|証劵|保険|法人|財団|社団|協会|機構|基金|投資|ファンド|商事|工業|製作|該当|なし|あり|"
    "合計|小計|その他|同上|氏名|役員|取締|監査|社長|会長|部長|代表|執行|理事|委員|当社|期末|期首|区分|名称|株主|従業員|"
    "公認|会計士|社員|業務|報酬|連動|賞与|退職|指定|責任|支店|本店|支社|事業|大学|市|株"
)
_OTHER_NAME = re.compile(r"[（(](?:旧姓|戸籍上の氏名|旧氏名|通称)[ \u3000]*[：:][ \u3000]*([^）)\n|]{1,16})[）)]")

_BIRTH = re.compile(
    r"(?:(?:明治|大正|昭和|平成|令和)[ \u3000]*[0-9０-９元]{1,2}|[12１２][0-9０-９]{3})[ \u3000]*年[ \u3000]*[0-9０-９]{1,2}[ \u3000]*月"
    r"[ \u3000]*[0-9０-９]{1,2}[ \u3000]*日[ \u3000]*生(?:まれ)?"
)
_FIELD = re.compile(
    r"【(?:代表者の(?:役職)?氏名|(?:最寄りの)?事務連絡者(?:の)?氏名|氏名又は名称|報告者の氏名|代表者(?:の)?名|"
    r"最高財務責任者の役職氏名|提出者の氏名又は名称|代理人の氏名又は名称|担当者(?:の)?氏名)】[ \u3000]{0,20}(?:\||\n)?[ \u3000]{0,20}"
)
_ACCOUNTANT = re.compile(rf"公認会計士[ \u3000]{{0,20}}\|?[ \u3000]{{0,20}}({_SPACED}){_END}")
_TITLED = re.compile(
    rf"(?:[^\n|]{{0,40}}(?:社長|会長|役員|取締役|部長|室長|課長|本部長|理事長|頭取|執行役|代表|マネージャー|責任者|[ \u3000]長|CEO|CFO)"
    rf"(?:[ \u3000]{{0,4}}[（(][^）)\n]{{1,20}}[）)])?[ \u3000]{{1,20}})?({_SPACED}|[一-龥々]{{2,4}}[{_LETTERS}]{{0,3}})[ \u3000]*(?=\||\n|$)"
)
_MARKERS = ("氏名", "名前", "顧客名", "生年月日", "日生", "公認会計士", "担当者名", "代表者名")

_NUMERAL = "0-9０-９一二三四五六七八九十百"
_PLACE = (
    r"(?:東京都|北海道|(?:京都|大阪)府|(?:神奈川|和歌山|鹿児島|[一-龥]{2})県|(?:札幌|仙台|さいたま|千葉|横浜|川崎|相模原|新潟|静岡|浜松|名古屋|"
    r"京都|大阪|堺|神戸|岡山|広島|北九州|福岡|熊本)市)[ \u3000]?[^\s|、。，（）()「」0-9０-９はをへで]{1,24}?"
)
_HOUSE = (
    rf"(?:[{_NUMERAL}]{{1,4}}丁目[ \u3000]?(?:[{_NUMERAL}]{{1,5}}番(?:地(?:の?[{_NUMERAL}]{{1,4}}(?:号(?!室))?)?|[ \u3000]?[{_NUMERAL}]{{1,4}}号)?|[0-9０-９]{{1,4}}(?:[-－‐−][0-9０-９]{{1,4}}){{0,2}})"
    rf"|[{_NUMERAL}]{{1,5}}番(?:地(?:の?[{_NUMERAL}]{{1,4}})?|[ \u3000]?[{_NUMERAL}]{{1,4}}号)"
    rf"|[0-9０-９]{{1,4}}[-－‐−][0-9０-９]{{1,4}}(?:[-－‐−][0-9０-９]{{1,4}}){{0,2}})"
)
_BUILDING = r"(?:[ \u3000][^\s、。|／/（()]{1,16}(?:[0-9０-９]{1,4}(?:号室|号|階|F)|(?<=[ァ-ヴーA-Za-z])[0-9０-９]{3,4}(?![0-9０-９年円万千億株人件名])))?"
_ADDRESS = re.compile(_PLACE + _HOUSE + _BUILDING)
_MUNICIPALITY = re.compile("[市区町村]")
_DASHES = "-－‐−"
_DASHED = re.compile("[0-9０-９][-－‐−][0-9０-９]")
_ROLE = re.compile("(?:被相続人|相続人|契約者|被保険者|申込人|債務者|連帯保証人|保証人|氏名|本人)[：: \u3000]{1,3}")
"""What stands before a name and is none of it."""
BEFORE_HOUSE, AFTER_HOUSE = 48, 32  # characters around a house number that are looked at
BEFORE_BIRTH = 100  # characters before a date of birth in which the name stands
MAX_NAMES = 200
"""Names of one document that are looked for again in it."""


@cache
def _signs() -> WordTrie:
    """What a text with a person or an address in it must hold: a marker, or a numeral before the sign of a house number."""
    numerals = [*"0123456789０１２３４５６７８９一二三四五六七八九十百"]
    houses = [numeral + sign for numeral in numerals for sign in ("丁目", "番")]
    dashed = [numeral + sign for numeral in numerals[:20] for sign in _DASHES]
    return word_trie([*_MARKERS, *PERSON_WORDS, *houses, *dashed])


def may_hold_people(points: CodePoints) -> list[int]:
    """The numbers of the texts in which `find_people` can find something at all: one compiled pass over all of them."""
    return np.flatnonzero(count_words(points, _signs())[:, 0]).tolist()


_MARKER, _PERSON_WORD = one_of(_MARKERS), one_of(without_common_starts(PERSON_WORDS))


def find_people(text: str) -> list[Span]:
    """Spans of kinds `person`, `birth_date` and `address` in `text`, in order, without overlaps."""
    found: list[Span] = []
    if _MARKER.search(text):
        found += _in_tables(text)
        found += _by_birth(text)
        found += _in_fields(text)
        found += [
            Span(*match.span(1), "person") for match in _ACCOUNTANT.finditer(text) if not _NO_NAME.search(match[1])
        ]
        found += [Span(*match.span(1), "person") for match in _OTHER_NAME.finditer(text) if "○" not in match[1]]
        found += _again(text, found)
    addresses = _addresses(text)
    found += addresses
    found += _behind_addresses(text, addresses)
    if _PERSON_WORD.search(text):
        found += labelled_people(text)
    found += column_spans(text, people=True)
    return without_overlaps(found)


def without_overlaps(spans: Sequence[Span]) -> list[Span]:
    """Of spans that overlap the one that begins first, of these the longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _cells(line: str, start: int) -> list[tuple[int, str]]:
    """The cells of a row and where they begin in the text."""
    cells: list[tuple[int, str]] = []
    for cell in line.split(CELL):
        cells.append((start, cell))
        start += len(cell) + len(CELL)
    return cells


def _rows(text: str) -> Iterator[list[tuple[int, str]]]:
    """The rows of the text's tables; an empty list where a table ends."""
    place = 0
    for line in text.split("\n"):
        yield _cells(line.strip("|"), place + len(line) - len(line.lstrip("|"))) if CELL in line else []
        place += len(line) + 1


def _title(cell: str) -> str:
    """The heading of a column without spaces and notes."""
    return re.sub(r"\s+", "", re.split("[（(]", cell)[0])


def _in_tables(text: str) -> list[Span]:
    """Names in columns headed 氏名 (氏名又は名称: only what is written as a person's name), and those persons' addresses."""
    found: list[Span] = []
    column = address = None
    strict = False
    for cells in _rows(text):
        found += _in_labelled(cells)
        titles = [_title(cell) for _, cell in cells]
        heading = next(
            (place for place, title in enumerate(titles) if title.endswith("氏名") or title.startswith("氏名")), None
        )
        if heading is not None and len(titles[heading]) <= 12:
            column, strict = heading, titles[heading] != "氏名"
            address = next((place for place, title in enumerate(titles) if title.endswith("住所")), None)
        elif not cells:
            column = None
        elif column is not None and column < len(cells):
            span = name_at(*cells[column], strict=strict)
            if span is not None:
                found.append(span)
                if address is not None and address < len(cells) and any(map(str.isdigit, cells[address][1])):
                    start, cell = cells[address]
                    found.append(Span(start, start + len(cell.rstrip()), "address"))
    return found


_NAME_LABEL = re.compile(r"(?:[^:|]{0,20}[ \u3000])?(氏名[^:|]{0,12}|[^:|]{0,6}氏名)(?:[（(][^:|]{0,12})?: ")
_ADDRESS_LABEL = re.compile(r"(?:[^:|]{0,20}[ \u3000])?[^:|]{0,8}住所(?:[（(][^:|]{0,12})?: ")


def _in_labelled(cells: Sequence[tuple[int, str]]) -> list[Span]:
    """The name and the address in a row whose cells carry the headings of their columns (`氏名: 架空 太郎`)."""
    found: list[Span] = []
    for start, cell in cells:
        if (label := _NAME_LABEL.match(cell)) is None:
            continue
        end = label.end()
        span = name_at(start + end, cell[end:], strict=_title(label[1]) != "氏名")
        if span is None:
            continue
        found.append(span)
        for place, other in cells:
            if (mark := _ADDRESS_LABEL.match(other)) and any(map(str.isdigit, other[mark.end() :])):
                found.append(Span(place + mark.end(), place + len(other.rstrip()), "address"))
    return found


def name_at(start: int, cell: str, *, strict: bool) -> Span | None:
    """The name a cell of a column of names begins with. strict: family and given name must stand apart."""
    lead = len(cell) - len(cell.lstrip())
    match = (_SPACED_NAME if strict else _ANY_NAME).match(cell, lead)
    if match is None or _NO_NAME.search(match[0]):
        return None
    return Span(start + match.start(), start + match.end(), "person")


def _by_birth(text: str) -> list[Span]:
    """Dates of birth, and the name in the cell or on the line before each."""
    found: list[Span] = []
    for match in _BIRTH.finditer(text):
        found.append(Span(*match.span(), "birth_date"))
        low = max(0, match.start() - BEFORE_BIRTH)
        before = text[low : match.start()].rstrip(" \u3000\n|")
        bar = before.rfind(CELL)
        cut = max(before.rfind("\n") + 1, bar + len(CELL) if bar >= 0 else 0)
        role = _ROLE.match(before, cut)
        cut = role.end() if role else max(cut, before.rfind("：") + 1, before.rfind(":") + 1)
        start, cell = low + cut, before[cut:]
        if 0 < len(cell) <= 60:
            # A date of birth right after it says more than any word in it: 役員 太郎 is a person here.
            spaced = _SPACED_NAME.match(cell)
            span = Span(start, start + spaced.end(), "person") if spaced else name_at(start, cell, strict=False)
            if span is not None:
                found.append(span)
    return found


def _in_fields(text: str) -> list[Span]:
    """The value of a bracketed field of the cover: 【代表者の役職氏名】 代表取締役社長 山田 太郎."""
    found: list[Span] = []
    for field in _FIELD.finditer(text):
        match = _TITLED.match(text, field.end())
        if match and not _NO_NAME.search(match[1]):
            found.append(Span(*match.span(1), "person"))
    return found


def _again(text: str, found: Sequence[Span]) -> list[Span]:
    """The persons found, wherever else the document has their full names, with or without the space."""
    names: dict[str, None] = {}
    for span in found:
        if span.kind == "person":
            whole = text[span.start : span.end]
            bare = re.sub(r"\s+", "", whole)
            if len(bare) >= 3:
                names |= {bare: None, whole: None}
    more: list[Span] = []
    for name in list(names)[:MAX_NAMES]:
        place = text.find(name)
        while place >= 0:
            more.append(Span(place, place + len(name), "person"))
            place = text.find(name, place + len(name))
    return more


_PARTY = re.compile(
    "(?:債務者|債権者|保証人|設定者|抵当権者|借主|貸主|委託者|受託者|受益者|申込[者人]|申立人|相続人|甲|乙|丙|住所)[：: \u3000]{1,4}$"
)
_BEHIND_ADDRESS = re.compile(
    rf"[ \u3000]{{1,4}}({_SPACED}|[一-龥々]{{3,5}})(?=[ \u3000]{{0,4}}(?:様|殿|㊞|印(?![鑑紙刷])|\n|$))"
)


def _behind_addresses(text: str, addresses: Sequence[Span]) -> list[Span]:
    """The name of a party behind its address: 債務者　東京都…一丁目２番３号　服部太一."""
    found: list[Span] = []
    for address in addresses:
        match = _BEHIND_ADDRESS.match(text, address.end)
        if match is None or _PARTY.search(text, max(0, address.start - 12), address.start) is None:
            continue
        if not _NO_NAME.search(match[1]) and is_bare_name(re.sub("[ \u3000]", "", match[1])):
            found.append(Span(*match.span(1), "person"))
    return found


def _addresses(text: str) -> list[Span]:
    """Addresses down to the house number. They begin with a prefecture or a large city."""
    places = [match.start() for match in _DASHED.finditer(text)] if holds_any(text, _DASHES) else []
    for sign in ("丁目", "番"):
        place = text.find(sign)
        while place >= 0:
            places.append(place)
            place = text.find(sign, place + 1)
    found: list[Span] = []
    done = 0
    for place in sorted(places):  # only around a house number: the pattern is costly on running text
        if place < done:
            continue
        low = max(done, text.rfind("\n", max(0, place - BEFORE_HOUSE), place) + 1, place - BEFORE_HOUSE)
        for match in _ADDRESS.finditer(text, low, min(len(text), place + AFTER_HOUSE)):
            whole = _ADDRESS.match(text, match.start(), min(len(text), match.end() + AFTER_HOUSE)) or match
            if _MUNICIPALITY.search(match[0]):
                found.append(Span(*whole.span(), "address"))
            done = whole.end()
    return found
