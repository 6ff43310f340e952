"""The days a text tells of itself: for which it holds (「令和7年4月1日現在法令等」「最終改正 …」「（令和7年6月一部改正）」), on which it was issued.

Lines that say nothing else than their day are read in every spelling (「（Ｒ６．４．１現在）」「2024.9.30時点」「登録日：2023年6月9日 / 更新日：2024年4月1日」).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from tekio.text.dates import iso_date, one_calendar
from tekio.text.validity import ENGLISH_WORDS, day_of, validity_date

HEAD, TAIL, LINE, NOTE = 3_000, 1_500, 100, 300
"""Characters at a text's start and end where such lines stand, the longest line that is one, the longest sentence that is a note."""

_NUMBER = r"[0-9元〇一二三四五六七八九十]{1,4}"
_DATE = rf"(?:(?:令和|平成|昭和|大正|明治|[RHS]|(?:19|20)[0-9]{{2}})[ .]*(?:{_NUMBER})?[ ]*[年./-][ ]*{_NUMBER}[ ]*[月./-](?:[ ]*{_NUMBER}[ ]*日?)?)"
_WORD = r"(?:(?:最終|一部|全部|全文|最近|直近)?(?:改正|改定|改訂)|最終更新)"
_AS_LAW = re.compile(rf"({_DATE})\s*現在の?\s*(?:の?法令|で?施行)")
_AS_NOTED = re.compile(
    rf"({_DATE})\s*現在の?\s*(?:の?法令|で?施行)[^。]{{0,24}}?(?:に基づ|によ(?:り|って)|で(?:作成|す|あ))"
)
"""The same in a sentence: 「…現在の法令・通達等に基づいて作成しています。」"""
_WORD_FIRST = re.compile(rf"(?:^|[\s(\[【〔、,/])(?:{_WORD})(?:年月)?日?\s*[:)\]】〕|]?\s*[(]?({_DATE})")
_BY_LAW = re.compile(
    r"(?:^|[\s(\[【〔、,])(?:(?:最終|一部)?改正)\s*[:)\]】〕]?\s*((?:令和|平成|昭和|大正|明治)[0-9元〇一二三四五六七八九十]{1,4})年?\s*"
    r"(?:法律|政令|勅令|条例|規則|告示|訓令|規程|[一-龥]{1,12}(?:省|府|院|庁|委員会)(?:令|規則|告示))第"
)
"""An amendment by the year and number of what amended (「改正 令和六年法律第二十号」)."""
_DATE_FIRST = re.compile(
    rf"({_DATE})\s*(?:に|付け?)?\s*(?:第?[0-9]{{1,3}}[回次])?\s*{_WORD}(?=$|[\s()\[\]】〕、,/版]|第[0-9]{{1,2}}版)"
)


_MIDDLE_DOTS = re.compile(rf"(令和|平成|昭和|大正|明治)({_NUMBER})・({_NUMBER})・({_NUMBER})")


def _plain(line: str) -> str:
    """A line in equal widths, its dates in one calendar and with their units (平成一〇・六・八)."""
    plain = unicodedata.normalize("NFKC", line)
    return one_calendar(_MIDDLE_DOTS.sub(r"\1\2年\3月\4日", plain) if "・" in plain else plain)


_MARKS_OF_DAYS = "年./-・．／－"
"""Marks behind the year of a day."""
_NUMERALS = frozenset("0123456789０１２３４５６７８９元〇一二三四五六七八九十")
_BLANK_OR_NUMERAL = _NUMERALS | frozenset(" \u3000\t\xa0")
_BEFORE_YEAR, _AFTER_YEAR = _BLANK_OR_NUMERAL | frozenset(")）"), _BLANK_OR_NUMERAL | frozenset("(（")
"""The other calendar's year may stand in brackets on either side of 年: 令和6（2024）年3月, 2024年（令和6年）4月."""


def may_tell_day(text: str) -> bool:
    """Whether a text has a short line with what days are written with, a mark between two numerals: most comments, answers and novels have none."""
    if len(text) > NOTE and "\n" not in text:
        return False
    for mark in _MARKS_OF_DAYS:
        if mark in text and _between_numerals_in_short_line(mark, text):
            return True
    if "改" in text and "改正" in text:  # 改正 平成一一法律第一六〇号, and lists of amendments in long lines
        return True
    return "e" in text and any(word in text for word in ENGLISH_WORDS)  # Updated: March 3, 2025


def _between_numerals_in_short_line(mark: str, text: str) -> bool:
    before, behind = (_BEFORE_YEAR, _AFTER_YEAR) if mark == "年" else (_BLANK_OR_NUMERAL, _BLANK_OR_NUMERAL)
    place = text.find(mark)
    while place >= 0:
        after = text[place + 1 : place + 2]
        if after.isspace():
            after = text[place + 2 : place + 6].lstrip()[:1]
        if after not in behind or text[place - 1 : place] not in before:
            place = text.find(mark, place + 1)
            continue
        start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
        if end < 0:
            end = len(text)
        if end - start <= LINE:
            return True
        line = text[start:end]
        if len(line.strip()) <= LINE or (len(line) <= NOTE and "現在" in line):
            return True
        place = text.find(mark, end)
    return False


def revision_date(text: str) -> str | None:
    """The latest day on which the text says that it was amended or holds, as ISO text (`YYYY-MM` where it has no day).

    Only short lines near its start and end are read, and of sentences the note on which law they rest: a report on an
    amendment is not itself amended.
    """
    days: list[str] = []
    text = _beside_labels(text)
    if _holds(head := text[:HELD_WITHIN], _FORCE):
        days += _held_at(head)
    parts = [text] if len(text) <= HEAD + TAIL else [text[:HEAD], text[-TAIL:]]
    for number, part in enumerate(parts):
        if _may_tell(part):
            days += (day for line in _lines(part, TITLE_LINES if number == 0 else 0) for day in _days(line))
    if _holds(ends := _ends(text), _CHANGES):
        days += _stamped(text, ends, changed=True)
    return max(days) if days else validity_date(text)


_LABEL_ABOVE = re.compile(
    r"^([ \u3000]*(?:最終)?(?:更新|変更|改定|改訂|改正|施行|適用|公開|掲載|登録|作成|発行)(?:年月)?日)[ \u3000]*\n[ \u3000]*(?=[令平昭12１２RHSＲＨ])",
    re.MULTILINE,
)


def _beside_labels(text: str) -> str:
    """`text` with a day on the line of the label that stands above it (更新日, and 2024.02.29 below)."""
    return _LABEL_ABOVE.sub(r"\1 ", text) if "\n" in text and "日\n" in text else text


def _held_at(head: str) -> Iterator[str]:
    """The day of a line below a title that says nothing else: （令和6年10月1日現在）, 2025年4月14日現在, R6.4.1現在, 2024.9.30時点."""
    for line in [bare for line in head.split("\n") if (bare := line.strip())][:HELD_LINES]:
        if len(line) > LINE:
            continue
        at = "現在" in line or "時点" in line
        force = "施行" in line or "適用" in line
        match = _HELD.fullmatch(_plain(line)) if at else _IN_FORCE.fullmatch(_plain(line)) if force else None
        if match and (day := day_of(match[1])):
            yield day


def _may_tell(text: str) -> bool:
    """Whether a text or line holds the words of such a day; one character is found much faster than two."""
    return (
        ("改" in text and ("改正" in text or "改定" in text or "改訂" in text))
        or ("現" in text and "現在" in text and ("法" in text or "施" in text))  # 現在法令等, 現在施行
        or ("更" in text and "最終更新" in text)
    )


TITLE_LINES = 4
_CITED = re.compile("[」』][ \u3000]*[（(][^（()）]*[改更]")
"""A work that is named with the day of its amendment, as notes and lists of literature do."""


def _lines(part: str, titles: int) -> Iterator[str]:
    """The lines that may tell a day. titles: how many of the first may be the text's own title."""
    amending = False
    for number, line in enumerate(part.split("\n")):
        if amending and line[:1] in " \u3000" and _GOES_ON.match(line):
            yield _plain(f"改正 {line.strip()}"[:LINE])
            continue
        amending = _AMENDED.match(line) is not None
        if 6 <= len(line) <= (NOTE if "現在" in line else LINE) and _may_tell(line):
            if number >= titles and _CITED.search(line):
                continue
            yield _plain(line.strip())


def _days(line: str) -> Iterator[str]:
    short = len(line) <= LINE and "。" not in line
    for pattern in (_AS_LAW, _WORD_FIRST, _DATE_FIRST) if short else (_AS_NOTED,):
        for match in pattern.finditer(line):
            day = iso_date(match[1].replace(" ", ""))
            if day and len(day) > 4:  # a year alone is a month that does not exist
                yield day
    if short and _AMENDED.match(line):  # 改正 平成15年4月1日規約第3号 令和2年4月1日規約第2号
        yield from (day for match in _NUMBERED.finditer(line) if (day := iso_date(match[1].replace(" ", ""))))
    for match in _BY_LAW.finditer(line) if short and "改正" in line else ():
        if day := iso_date(f"{match[1]}年"):
            yield day


FIRST_LINES, HELD_LINES, HELD_WITHIN = 15, 4, 300
"""Lines of a text that may tell its day of issue; that say only for which day it holds, and the characters these stand in."""
_FULL = rf"(?:令和|平成|昭和|大正|明治)[ ]*{_NUMBER}[ ]*年[ ]*{_NUMBER}[ ]*月[ ]*{_NUMBER}[ ]*日|(?:19|20)[0-9]{{2}}[ ]*年[ ]*{_NUMBER}[ ]*月[ ]*{_NUMBER}[ ]*日"
_DOTTED = r"(?:19|20)[0-9]{2}([./-])[0-9]{1,2}\1[0-9]{1,2}"
_MONTH = rf"(?:令和|平成|昭和)[ ]*{_NUMBER}[ ]*年[ ]*{_NUMBER}[ ]*月|(?:19|20)[0-9]{{2}}[ ]*年[ ]*[0-9]{{1,2}}[ ]*月"
_SPELLED = (
    rf"{_FULL}|[RHS][ ]*[0-9]{{1,2}}[./][ ]*[0-9]{{1,2}}[./][ ]*[0-9]{{1,2}}|{_DOTTED.replace(chr(92) + '1', '[./-]')}"
)
_HELD = re.compile(rf"[(\[【〔]?\s*({_SPELLED}|(?:{_MONTH})(?:[ ]*末日?)?)\s*(?:現在|時点)\s*[)\]】〕]?")
_KIND = (
    "お知らせ|重要(?:なお知らせ)?|ニュース(?:リリース)?|プレスリリース|報道発表(?:資料)?|リリース|コラム|トピックス|News|NEWS|New|NEW|IR|PR|その他|サービス|商品(?:・サービス)?"
    "|金利|手数料|店舗|キャンペーン|メンテナンス|セキュリティ|採用|会員限定|(?:有料)?会員限定記事|お客(?:さま|様)へ"
)
_TAG = rf"[ ]*[\[【(]?(?:{_KIND})[\])】]?"
_ALONE = re.compile(
    rf"(?:{_TAG}[ ]*)?[(\[]?({_FULL})[)\]]?(?:[ ]*[(][月火水木金土日](?:曜日?)?[)])?(?:[ ]+[0-2]?[0-9]:[0-5][0-9])?(?:{_TAG}){{0,2}}"
)
_EDITION = re.compile(rf"[^。]{{0,40}}第[0-9]{{1,5}}[号回][ ]*[(]?({_FULL})(?:発行)?[)]?")
"""The masthead of a newsletter: its name, number and day."""
_IN_FORCE = re.compile(rf"[(\[]?({_FULL})[ ]*(?:から)?(?:施行|適用)[)\]]?")
_ALONE_DOTTED = re.compile(
    rf"({_DOTTED.replace(chr(92) + '1', chr(92) + '2')})(?:[ ]+[0-2]?[0-9]:[0-5][0-9])?(?:{_TAG}){{0,2}}"
)
_BEGINS_DOTTED = re.compile(r"\n[ \t\u3000]*(?:20|２[0０])\S{2}[./．／-]")
_CHANGED, _ISSUED = "(?:最終)?更新|最終変更", "掲載|公開|登録|投稿|作成|発行|発表"
_Words = tuple[tuple[str, str], ...]
"""Words, each behind its first character."""
_CHANGES, _ISSUES, _FORCE = (
    tuple((word[0], word) for word in words.split("|")) for words in ("更新|最終変更", _ISSUED, "現在|時点|施行|適用")
)
_HOUR = r"(?:[ ]*[(][月火水木金土日](?:曜日?)?[)])?(?:[ ]*[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?)?"
_STAMP = rf"(?:(?:{_CHANGED}|{_ISSUED})(?:年月)?日?時?[ ]*[:|]?[ ]*(?:{_SPELLED}){_HOUR}(?:[ ]*(?:{_CHANGED}|{_ISSUED})(?![日時年 ]*[:|日]))?|(?:{_SPELLED}){_HOUR}[ ]*(?:に)?(?:{_CHANGED}|{_ISSUED}))"
_BY = r"(?:[ ]*(?:更新者|作成者|投稿者|担当者?|by|By)[ ]*:?[ ]*[^。、0-9]{1,24})?"
"""Who changed a page, behind the day."""
_WRITER = r"(?:(?:投稿|作成|掲載|更新)者[ ]*:?[ ]*[^ 。、0-9]{1,20}[ ]+(?:日時[ ]*:?[ ]*(?=[令平昭12RHS])(?:投稿)?)?)?"
"""Who made a page, before the day."""
_STAMPS = re.compile(rf"{_WRITER}[(\[【]?{_STAMP}(?:[ ]*[/|・,、)(]?[ ]*{_STAMP})*[)\]】]?{_BY}")
_EACH_STAMP = re.compile(_STAMP)
_DAY_OF_STAMP = re.compile(_SPELLED)
STAMP_HEAD, STAMP_TAIL, STAMP_LINES = 1_200, 400, 6
"""Characters at a text's start and end, and lines at its end, that may tell when it was made and changed; at its start `FIRST_LINES`."""
_FIRST = frozenset("(（[［令平昭大明㋿㍻㍼㍽㍾1１2２")
"""What a line that is such a date begins with."""
_PROMULGATED = re.compile(rf"\(({_FULL})[^()。]{{2,60}}第[^()。]{{1,12}}号\)")


MONTH_WITHIN = 300
_MONTH_ALONE = re.compile(_MONTH)


def issue_date(text: str) -> str | None:
    """The day a text was issued: a date alone on one of its first lines (circulars, letters, notices), or the promulgation
    of a law below its title, unless it was amended: then the text is not that of the promulgation.
    """
    text = _beside_labels(text)
    head = text[:2_000]
    day = _issued_in_words(head) if _may_be_issued(head) else None
    if day is None and "日" in head[:200] and "第" in head[:200]:
        match = next(
            (found for line in _first_lines(head[:200])[:3] if (found := _EDITION.fullmatch(_plain(line)))), None
        )
        day = iso_date(match[1].replace(" ", "")) if match else None
    if (
        day is None
        and ("20" in head or "２" in head)
        and _may_begin_dotted(head)
        and _BEGINS_DOTTED.search("\n" + head)
    ):
        day = _dotted_alone(_first_lines(head))
    if day is None and ("月\n" in head[:MONTH_WITHIN] or "月\u3000\n" in head[:MONTH_WITHIN]):
        day = _month_alone(_first_lines(head[:MONTH_WITHIN]))
    if day is None and _holds(ends := _ends(text), _ISSUES):
        day = min(_stamped(text, ends, changed=False), default=None)
    return day


def _may_begin_dotted(head: str) -> bool:
    """Whether a line may begin with a year or blanks before one, which is quickly seen."""
    return (
        head[:1] in "2２ \t\u3000"
        or "\n2" in head
        or "\n２" in head
        or "\n " in head
        or "\n\u3000" in head
        or "\n\t" in head
    )


def _first_lines(head: str) -> list[str]:
    return [bare for line in head.split("\n") if (bare := line.strip())][:FIRST_LINES]


def _issued_in_words(head: str) -> str | None:
    """The day of a first line that is a date, or of the promulgation below a title."""
    lines = _first_lines(head)
    amended = "改正" in head and any("最終改正" in line or _AMENDED.match(line) for line in lines)
    for line in lines:
        if line[0] not in _FIRST or "日" not in line or len(line) > LINE:
            continue
        plain = _plain(line)
        match = _ALONE.fullmatch(plain) or (None if amended else _PROMULGATED.fullmatch(plain))
        if match and (day := iso_date(match[1].replace(" ", ""))) and len(day) == 10:
            return day
    return None


def _dotted_alone(lines: Sequence[str]) -> str | None:
    """A date such as 2023.11.07 that stands alone on one of the first lines, and no other does: a list of news has several."""
    dates = [day for line in lines if line[0] in "2２" and (day := _dotted(line))]
    return dates[0] if len(dates) == 1 else None


def _month_alone(lines: Sequence[str]) -> str | None:
    """The month that stands alone below a title (2020年6月), where no other does: a list by months has several."""
    months = [month for line in lines[1:] if line[-1] == "月" and (month := _MONTH_ALONE.fullmatch(_plain(line)))]
    return iso_date(months[0][0].replace(" ", "")) if len(months) == 1 else None


def _dotted(line: str) -> str | None:
    plain = _plain(line)
    found = _ALONE_DOTTED.fullmatch(plain) if len(plain) <= 30 else None
    return iso_date(found[1]) if found else None


def _ends(text: str) -> str:
    """Where a text may tell when it was made and changed."""
    return text if len(text) <= STAMP_HEAD else f"{text[:STAMP_HEAD]}\n{text[-STAMP_TAIL:]}"


def _stamped(text: str, ends: str, *, changed: bool) -> Iterator[str]:
    """The days on which a page says that it was changed, or made, in lines that say nothing else, near its start and end."""
    head, tail = text[:STAMP_HEAD], text[-STAMP_TAIL:]
    for _, word in _CHANGES if changed else _ISSUES:
        if word not in ends:
            continue
        for line, above, _ in _lines_with(word, head):
            if head.count("\n", 0, above) < 4 * FIRST_LINES and len(_filled(head[:above])) < FIRST_LINES:
                yield from _stamp_days(line, changed)
        for line, _, below in _lines_with(word, tail):
            if len(_filled(tail[below : below + 4 * LINE])) < STAMP_LINES:
                yield from _stamp_days(line, changed)


def _lines_with(word: str, part: str) -> Iterator[tuple[str, int, int]]:
    """The short lines of a text with a word and a figure, and where they begin and end."""
    place = part.find(word)
    while place >= 0:
        start, end = part.rfind("\n", 0, place) + 1, part.find("\n", place)
        end = len(part) if end < 0 else end
        if 8 <= end - start <= LINE and _STAMP_DIGIT.search(part, start, end):
            yield part[start:end].strip(), start, end
        place = part.find(word, end)


def _holds(text: str, words: _Words) -> bool:
    """Whether a text holds one of some words: mostly none, and one character is found much faster than two."""
    for first, word in words:  # noqa: SIM110 (a generator takes three times as long, and every text comes here)
        if first in text and word in text:
            return True
    return False


def _filled(part: str) -> list[str]:
    return [line for line in part.split("\n") if line.strip()]


def _stamp_days(line: str, changed: bool) -> Iterator[str]:
    plain = _plain(line)
    for stamp in _EACH_STAMP.finditer(plain) if _STAMPS.fullmatch(plain) else ():
        # The hour behind a day is none of its figures: 2024/5/1 9:00.
        told = _DAY_OF_STAMP.search(stamp[0])
        day = iso_date(told[0].replace(" ", "")) if told else None
        if day and len(day) == 10 and ("更新" in stamp[0] or "変更" in stamp[0]) == changed:
            yield day


_STAMP_DIGIT = re.compile("[0-9０-９元一二三四五六七八九十]")
_AMENDED = re.compile(r"[(\[【〔（［]?[ \u3000]*(?:最終|一部)?改正[ \u3000:：)）]")
_GOES_ON = re.compile(
    r"[ \u3000]+(?:令和|平成|昭和|大正|明治)[0-9０-９元〇一二三四五六七八九十]{1,4}年[^。、]{3,24}第[0-9０-９一二三四五六七八九十百]{1,5}号"
)
"""A list of amendments that goes on in its next line."""
_NUMBERED = re.compile(rf"({_FULL})[^\s、。0-9]{{0,12}}第[0-9一二三四五六七八九十百]{{1,5}}号")


def _may_be_issued(head: str) -> bool:
    """Whether a line with 日 begins as a date does: most lines with one are sentences."""
    place = head.find("日")
    while place >= 0:
        if head[head.rfind("\n", 0, place) + 1 : place].lstrip()[:1] in _FIRST:
            return True
        end = head.find("\n", place)
        place = head.find("日", end) if end >= 0 else -1
    return False
