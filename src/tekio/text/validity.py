"""The day a text holds for where no line of revisions says it: rows of a label and its day, the last clause, notes, file names.

「適用開始日　2025年1月6日（月）」「基準日 | 令和7年9月30日」, 「本規定は、2024年11月1日から適用します。」 as a rule's last clause, 「記載の内容は2025年5月15日時点のものです。」, 「（R7.10改）」,
`Last updated: March 3, 2025`.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tekio.text.dates import iso_date, one_calendar

HEAD, TAIL, LINE, BLANKS = 1_200, 1_500, 100, 40
"""Characters at a text's start and end where such lines stand; the longest line that is one, and the blanks around it."""
HEAD_LINES, TAIL_LINES, LAST_LINES = 15, 8, 3
"""Lines with text at a text's start that may hold a label and its day, and at its end; lines at its end that may say only for which day it holds."""

_NUMBER = r"[0-9元〇一二三四五六七八九十]{1,4}"
_DAY = (
    rf"(?:(?:令和|平成|昭和)[ ]*{_NUMBER}[ ]*年|(?:19|20)[0-9]{{2}}[ ]*年)[ ]*{_NUMBER}[ ]*月(?:[ ]*{_NUMBER}[ ]*日|[ ]*末日?)?"
    r"|(?:[RHS][ ]?[0-9]{1,2}|(?:19|20)[0-9]{2})[./-][ ]?[0-9]{1,2}[./-][ ]?[0-9]{1,2}"
)
_YEAR_AND_MONTH = re.compile(r"(?:[RHS][0-9]{1,2}|[0-9]{4})[./-][0-9]{1,2}")
MONTH_END = re.compile(r"月[ ]*末日?$")
_WEEKDAY = r"(?:[ ]*\([月火水木金土日](?:曜日?)?\))?"
_LABEL = r"(?:最終(?:見直し|確認)日|第[0-9一二三四五六七八九十]{1,3}版|(?:Ver|ver|Rev|rev)[.]?[ ]?[0-9]{1,2}(?:[.][0-9]{1,2})?|基準日|(?:最終)?(?:改定|改訂|改正)(?:年月)?日|(?:施行|適用|実施)(?:開始)?(?:期|年月)?日|効力発生日|発効日|現在日|時点)"
_LABELLED = re.compile(
    rf"[・●○■◆※]?[\[【(]?{_LABEL}(?:[\]】)][ ]*:?[ ]*|[ ]*[:|][ ]*|[ ]+)(?P<day>{_DAY}){_WEEKDAY}(?:[ ]*(?:から|より|現在|時点|改定|改訂|改正|発行|[~〜～]))?"
)
_RULE = r"(?:規[定則程約]|約款|特約|内規|要[領綱]|基準|方針|指針|ガイドライン|通達|細則|条例|会則|定款|宣言|手数料|金利|料金|表|改正|改定|改訂|変更|法律|政令|省令|府令|告示|訓令)"
_CLAUSE = re.compile(
    rf"(?:[0-9一二三四五六七八九十]{{1,2}}[.、)]?[ ]*|[(][0-9]{{1,2}}[)][ ]*|第[0-9一二三四五六七八九十]{{1,3}}[条項][ ]*|附[ ]*則[ ]*|※[ ]*)?"
    rf"(?:この|本|当)[^。、「」]{{0,16}}{_RULE}[^。、「」]{{0,16}}は、?[ ]*(?P<day>{_DAY})[ ]*(?:より|から|に)[ ]*(?:[^。0-9]{{0,10}}(?:改正|改定|変更)(?:し|のうえ|の上)て?、?)?(?:施行|適用|実施|発効)[^。]{{0,8}}。?"
)
_NOTE = re.compile(
    r"[※(*＊\[]?[ ]*(?:上記|下記|記載|掲載|表示|(?:本|この|当)(?:資料|ページ|書|記事|表|一覧|情報|商品概要説明書|パンフレット|サイト))[^。、「」]{0,20}は、?[ ]*"
    rf"(?P<day>{_DAY})[ ]*(?:現在|時点)[ ]*(?:の|における|で|に).*"
)
_AT = re.compile(
    rf"[※(*＊\[]?[ ]*(?P<day>{_DAY})[ ]*(?:現在|時点)の(?:内容|情報|もの|金利|手数料|商品内容|取扱い?|データ)[^。]{{0,24}}。?[)\]]?"
)
_PROMULGATED = re.compile(
    rf"[(\[]?(?:{_DAY})[ ]*(?:公布|制定|告示)[、,・ /]*(?P<day>{_DAY})[ ]*(?:から|より)?(?:施行|適用)[)\]]?"
)
_SINCE = re.compile(
    rf"(?:[^。]{{0,16}}[(\[【])?(?P<day>{_DAY})[ ]*(?:以降|から|より)[ ]*(?:適用|施行|実施|有効)(?:分)?[)\]】]?"
)
_IN_FORCE = re.compile(
    rf"[(\[]?(?:施行|適用(?:開始)?|実施|改定|改訂|改正)[ ]*:[ ]*(?P<day>{_DAY}){_WEEKDAY}[ ]*(?:から|より|[~〜～])?[)\]]?"
)
_HELD_LAST = re.compile(rf"[※(\[【〔*＊]?[ ]*(?P<day>{_DAY})[ ]*(?:現在|時点)[ ]*[)\]】〕]?")
_IN_TITLE = re.compile(rf".{{2,60}}[(\[【](?P<day>{_DAY})[ ]*(?:現在|時点|版)[)\]】]")
_SHORT = re.compile(
    r"[(\[【]?(?P<day>[RHS][ ]?[0-9]{1,2}[./][ ]?[0-9]{1,2}(?:[./][ ]?[0-9]{1,2})?|(?:19|20)[0-9]{2}[./][ ]?[0-9]{1,2}(?:[./][ ]?[0-9]{1,2})?)[ ]*改(?:正|定|訂)?版?[)\]】]?"
)
_MONTHS = {
    part: number
    for number, name in enumerate(calendar.month_name)
    for part in (name.lower(), name[:3].lower(), name[:4].lower())
    if name
}
_ENGLISH = re.compile(
    r"(?:(?:page|site) )?(?:(?:last )?(?:updated|modified|revised|reviewed|amended)(?: on)?|effective(?: (?:date|from|as of))?)[ ]*:?[ ]*"
    r"(?:(?P<iso>(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2})|(?:[a-z]{3,9}, )?(?P<month>[a-z]{3,9})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)[0-9]{2})"
    r"|(?P<day2>[0-9]{1,2})(?:st|nd|rd|th)? (?P<month2>[a-z]{3,9})\.?,? (?P<year2>(?:19|20)[0-9]{2}))\.?(?: [0-9:]{4,8}.{0,8})?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?P<day>{_DAY}|(?:19|20)[0-9]{{2}}[01][0-9](?:[0-3][0-9])?)[ ]*(?:現在|時点|改[定訂正]版?|最終更新|更新|施行|適用)"
    rf"|(?:改[定訂正]版?|最終更新|更新|施行|適用|基準日)日?[ ]*[(]?(?P<after>{_DAY}|(?:19|20)[0-9]{{2}}[01][0-9][0-3][0-9])"
)
_TOLD = (
    "lastmod",
    "last_modified",
    "last-modified",
    "modified",
    "last_updated",
    "updated",
    "update",
    "revised",
    "更新日",
)
"""Fields of a front matter that say when a page was changed, the surest first."""
ENGLISH_WORDS = ("pdated", "odified", "evised", "eviewed", "mended", "ffective")
"""What English lines that tell such a day hold one of."""
_WORDS = (
    ("施", ("施行",)),
    ("適", ("適用",)),
    ("実", ("実施",)),
    ("改", ("改",)),
    ("基", ("基準日",)),
    ("発", ("発効", "効力発生")),
    ("現", ("現在",)),
    ("時", ("時点",)),
    ("版", ("版",)),
    ("最", ("最終見直し", "最終確認")),
    ("r", ("Ver", "Rev", "ver", "rev")),
    ("e", ENGLISH_WORDS),
)
"""Words beside such days, behind a character of theirs: one character is found much faster than two."""
_CHANGED = re.compile("|".join(ENGLISH_WORDS))
_NAMES = re.compile(rf"[施適実改効発基現時版最]|[VvRr]e[rv]|{_CHANGED.pattern}")
_DAY_BEGINS = re.compile(
    "[0-9０-９元〇一二三四五六七八九十][ \u3000]*[年./．／-]|[A-Za-z]{3,9}\\.? [0-9]{1,2}|[0-9]{1,2}(?:st|nd|rd|th)? [A-Za-z]{3,9}"
)


def day_of(told: str) -> str | None:
    """A day in words as ISO text; the end of a month is its last day."""
    bare = told.replace(" ", "")
    day = iso_date(f"{bare}." if _YEAR_AND_MONTH.fullmatch(bare) else bare)
    if day is None or len(day) != 7 or not MONTH_END.search(told):
        return day
    year, month = int(day[:4]), int(day[5:])
    return f"{day}-{calendar.monthrange(year, month)[1]:02d}"


def _may_tell(part: str) -> bool:
    """Whether a part of a text holds a word that stands beside such days."""
    for first, words in _WORDS:  # loops: a generator takes three times as long, and every text comes here
        if first in part:
            for word in words:
                if word in part:
                    return True
    return False


def validity_date(text: str) -> str | None:
    """The day such lines near the start and the end of a text tell, as ISO text: the latest, where several do."""
    if len(text) > LINE and "\n" not in text:
        return None  # it has no such line
    parts = (text,) if len(text) <= HEAD + TAIL else (text[:HEAD], text[-TAIL:])
    days: list[str] = []
    for number, part in enumerate(parts):
        every = part.split("\n")
        short = [line for line in every if 6 <= len(line) <= LINE + BLANKS]
        if not short or not _may_tell("\n".join(short)):
            continue
        lines = [bare for line in every if (bare := line.strip(" \t\u3000\r"))]
        at_end = number == len(parts) - 1
        for place, line in enumerate(lines):
            if 6 <= len(line) <= LINE and _NAMES.search(line) and _DAY_BEGINS.search(line):
                days += _told(
                    _plain(line), place if number == 0 else HEAD_LINES, len(lines) - place if at_end else HEAD
                )
    return max(days) if days else None


def _told(line: str, above: int, below: int) -> Iterator[str]:
    """The days that a line tells. above: lines with text before it. below: to the end, the line itself included."""
    patterns = [_CLAUSE, _NOTE, _AT] if above < HEAD_LINES or below < HEAD else []
    if above < HEAD_LINES or below <= TAIL_LINES:
        patterns += [_LABELLED, _SHORT, _PROMULGATED, _SINCE, _IN_FORCE]
        yield from _english(line)
    if above < 2:
        patterns.append(_IN_TITLE)
    if below <= LAST_LINES:
        patterns.append(_HELD_LAST)
    for pattern in patterns:
        found = pattern.fullmatch(line)
        day = day_of(found["day"]) if found else None
        if day and len(day) > 4:
            yield day


@lru_cache(maxsize=4096)
def named_day(name: str) -> str | None:
    """The day a file's name tells its content holds for: 「金利一覧_令和7年4月1日現在.pdf」, 「規程(20240401改定).docx」."""
    found = _NAMED.search(unicodedata.normalize("NFKC", name))
    if found is None:
        return None
    day = day_of(found["day"] or found["after"])
    return day if day and len(day) > 4 else None


def told_day(fields: Mapping[str, str]) -> str | None:
    """The day on which a page was last changed, from the fields of its front matter."""
    return next((day for name in _TOLD if (day := iso_date(fields.get(name)))), None)


def _plain(line: str) -> str:
    return " ".join(one_calendar(unicodedata.normalize("NFKC", line)).split())


def _english(line: str) -> Iterator[str]:
    found = _ENGLISH.fullmatch(line.strip("()[]")) if _CHANGED.search(line) else None
    if found is None:
        return
    if found["iso"]:
        day = iso_date(found["iso"])
    else:
        month = _MONTHS.get((found["month"] or found["month2"]).lower())
        day = month and iso_date(f"{found['year'] or found['year2']}-{month:02d}-{found['day'] or found['day2']}")
    if day:
        yield day
