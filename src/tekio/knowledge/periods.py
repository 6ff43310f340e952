"""Times that follow from those of a passage: how long a period lasts that it tells by two dates or two hours, the fiscal year of a term, the day after an end, and dates of an
instance (4月10日に60歳になる人は、4月30日に) of a rule that counts from a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from tekio.knowledge.facts import WIDE_DIGITS as _WIDE
from tekio.knowledge.facts import Fact

_RANGE = re.compile(r"(?:（[月火水木金土日]）|\([月火水木金土日]\))?\s*(?:から|[~～〜]|-|－|より)\s*")
_CLOCKS = re.compile(
    r"([0-9]{1,2})時(?:([0-9]{1,2})分|(半))?\s*(?:から|[~～〜－-])\s*([0-9]{1,2})時(?:([0-9]{1,2})分|(半))?"
)
_HALF_OF_DAY = re.compile(r"(午前|午後)\s*([0-9]{1,2})時(?!間)")
_VALUE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(年|か月|週|日|時間)")
_LOOSE = re.compile(r"(?:約|およそ|ほぼ)\s*$")
_TERM = re.compile(r"月期|年度|決算")
_ENDS = re.compile(r"(?:（[^（）]{1,6}）|\([^()]{1,6}\)|末)?(?:まで|をもって|限り|に終了)")
_BEGINS = re.compile(r"(?:（[^（）]{1,6}）|\([^()]{1,6}\))?(?:から|以降|以後|より|に施行)")
_BEGINS_BEFORE = re.compile(r"(?:改定|改正|施行|開始|適用|実施)日?[ \u3000:：]{1,2}$")
_AFTER, _UNTIL = re.compile(r"以降|以後|から|より"), re.compile(r"まで|以前|をもって|に終")
_RULE = re.compile(r"末日|月末|翌日|翌月|翌年|翌々|前日|前月|初日|経過|起算|以内|満了|応当日")
_OF_A_CASE = re.compile(
    r"場合|なら|れば|とき|たら|例えば|たとえば|とすると|[うくすつぬむぐぶる]と、|(?:人|者|方|客|世帯|会社|法人|企業|事業者|社員|従業員|会員|株主|契約|申込み?)[はもにがの]"
)
_PARTS_OF_MONTH = 30


def _on_the_clock(text: str) -> str:
    """A text with the hours of 24: 13時 for 午後1時, 12時 for 正午."""
    plain = text.translate(_WIDE).replace("正午", "12時")
    return _HALF_OF_DAY.sub(lambda match: f"{int(match[2]) % 12 + 12 * (match[1] == '午後')}時", plain)


def _day(value: str) -> date | None:
    """A whole date; a month's first day for a month."""
    told = value if len(value) == 10 else f"{value}-01" if len(value) == 7 and value[0] != "-" else ""
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        return None


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _ranges(text: str, facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """(from, to) of dates that a text joins; the year of the second is that of the first where it has none."""
    dates = [fact for fact in facts if fact.kind == "date"]
    for one, other in pairwise(dates):
        if other.start < one.end or not _RANGE.fullmatch(text[one.end : other.start]):
            continue
        last = other.value
        if last.startswith("--") and one.value[0] != "-":
            year = int(one.value[:4]) + (last[2:4] < one.value[5:7])
            last = f"{year:04d}-{last[2:]}"
        yield one.value, last


def _lengths(first: str, last: str) -> Iterator[tuple[float, str]]:
    """How long it is from one date to another, both counted and not."""
    if first.startswith("--") and last.startswith("--"):
        year = 2001 if last >= first else 2002
        first, last = f"2001-{first[2:]}", f"{year}-{last[2:]}"
    if len(first) == len(last) == 4 and first.isdigit() and last.isdigit():
        yield from ((float(int(last) - int(first) + more), "年") for more in (0, 1))
        return
    start, end = _day(first), _day(last)
    if start is None or end is None or end < start:
        return
    months = 12 * (end.year - start.year) + end.month - start.month
    if len(first) == len("2001-01"):
        counts = (months, months + 1)
    else:
        days = (end - start).days
        yield from ((float(days + more), "日") for more in (0, 1))
        yield from (((days + more) / 7, "週") for more in (0, 1) if (days + more) % 7 == 0)
        whole = months - (end.day + 1 < start.day)
        ended = end == _last_of_month(end) and start.day == 1
        counts = (months + 1,) if ended else (whole,)
    yield from ((float(one), "か月") for one in counts)
    yield from ((one / 12, "年") for one in counts if one % 6 == 0)


def _of_row(text: str, row: Sequence[Fact], facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """(from, to) of dates that a row tells one after another, the first of which stands in the passage: 2025年5月14日から実行予定日の7月1日まで."""
    known = {one.value for one in facts if one.kind == "date"}
    dates = [fact for fact in row if fact.kind == "date"]
    for one, other in pairwise(dates):
        if one.value in known and len(one.value) == 10 and "から" in text[one.end : other.start]:
            last = f"{one.value[:4]}-{other.value[2:]}" if other.value.startswith("--") else other.value
            yield one.value, last


def lasts_between(fact: Fact, text: str, passage: str, row: Sequence[Fact], facts: Sequence[Fact]) -> bool:
    """Whether a number is the length of a period that the passage tells by its two ends: 2年半 of 2022年4月から2024年9月まで, 8時間 of 9時～17時."""
    found = _VALUE.fullmatch(fact.value)
    if fact.kind != "number" or found is None:
        return False
    told = float(found[1]) + (0.5 if text[fact.end : fact.end + 1] == "半" and found[2] == "年" else 0)
    near = _nearly(told) if _LOOSE.search(text[max(0, fact.start - 4) : fact.start]) else 0
    if found[2] == "時間":
        hours = (
            int(one[4])
            + (30 if one[6] else int(one[5] or 0)) / 60
            - int(one[1])
            - (30 if one[3] else int(one[2] or 0)) / 60
            for one in _CLOCKS.finditer(_on_the_clock(passage))
        )
        return any(one % 12 == told or one == told for one in hours)
    for first, last in (*_ranges(passage, facts), *_of_row(text, row, facts)):
        for length, unit in _lengths(first, last):
            if unit == found[2] and abs(length - told) <= near:
                return True
            if near and unit == "日" and found[2] == "か月" and abs(length / _PARTS_OF_MONTH - told) <= near:
                return True
    return False


def _nearly(told: float) -> float:
    """How far a length may be from one that is told as about it: no farther than the step it is rounded to (約25年 of 24 years, 約27年 of none but 27), and a tenth."""
    step = next((step for step in (10, 5, 1) if told % step == 0), 0.5)
    return min(step / 2, told / 10)


_TIME = re.compile(r"(午前|午後)?\s*([0-9]{1,2})時(?!間)(?:([0-9]{1,2})分|(半))?")
_LENGTH = re.compile(r"([0-9]{1,2})時間(?:([0-9]{1,2})分|(半))?")
_MONTHS = re.compile(r"([0-9]{1,2})年([0-9]{1,2})か月")
_YEARS = re.compile(r"([0-9]{1,3})年(?:間|後|余り?|あまり|前(?!半)|かか|たっ|ぶり|を経|を要|、)")
_RUN = re.compile(r"年度?から(?:の)?(?P<years>[0-9]{1,2})年間?(?:で|に|の(?:中|うち|内|間))")
_CHOOSES = re.compile(r"最も|もっとも|一番|番目|最[多少高低大小]")
_BOTH = ("から", "まで")
"""With both of them two years that a row tells are the ends of a period."""
_MOST_TIMES = 8
_LONG = 5
_FEW_YEARS, _FEW_FROM_TOLD = 5, 8
"""Of more, one or another is so far from any year; from a year that the row tells there are fewer."""


def years_apart(fact: Fact, text: str, passage: str, row: Sequence[Fact], facts: Sequence[Fact]) -> bool:
    """Whether a number is how far two times of the passage are apart, though it joins them to no period: 2時間33分 from 22時47分 to 1時20分, 1年8か月 from
    2026年5月 to 2028年1月, six years after a year that the row tells. A number of years alone counts from a year that the row tells, or to the first date.
    """
    plain = text.translate(_WIDE).replace("カ月", "か月").replace("ヶ月", "か月").replace("箇月", "か月")
    for match in _LENGTH.finditer(plain):
        if match.start() <= fact.start < match.end() and (match[2] or match[3]):
            told = 60 * int(match[1]) + (30 if match[3] else int(match[2]))
            times = [
                60 * (int(one[2]) + 12 * (one[1] == "午後" and int(one[2]) < 12)) + (30 if one[4] else int(one[3] or 0))
                for one in _TIME.finditer(passage.translate(_WIDE))
            ][:_MOST_TIMES]
            return any((later - one) % 1440 == told for one in times for later in times)
    if _CHOOSES.search(plain) and (run := _RUN.search(plain)) and run.start("years") == fact.start:
        first = next((int(one.value[:4]) for one in row if one.kind == "date" and one.end <= fact.start), 0)
        told_of = {int(one.value[:4]) for one in facts if one.kind == "date" and one.value[0] != "-"}
        return first + int(run["years"]) - 1 == _last_of_run(first, told_of)
    days = [day for one in facts if one.kind == "date" and one.value[0] != "-" and (day := _day(one.value))]
    for match in _MONTHS.finditer(plain):
        if match.start() <= fact.start < match.end():
            told = 12 * int(match[1]) + int(match[2])
            return any(12 * (later.year - one.year) + later.month - one.month == told for one in days for later in days)
    match = _YEARS.match(plain, fact.start)
    if match is None or fact.value != f"{match[1]}年":
        return False
    years = {int(one.value[:4]) for one in facts if one.kind == "date" and one.value[0] != "-"}
    told_years = {int(one.value[:4]) for one in row if one.kind == "date" and one.value[0] != "-"} & years
    if any(abs(base - other) == int(match[1]) for base in told_years for other in told_years):
        return True
    if len(told_years) == len(_BOTH) and _BOTH[0] in text and _BOTH[1] in text:
        return abs(max(told_years) - min(told_years)) + 1 == int(match[1])
    if len(years) > (_FEW_FROM_TOLD if told_years else _FEW_YEARS):
        return False
    bases = told_years or (years if len(years) == 2 and int(match[1]) >= _LONG else set[int]())
    return any(abs(base - other) == int(match[1]) for base in bases for other in years)


def _last_of_run(first: int, years: set[int]) -> int:
    """The last of the years that follow one upon another from the first: 1911 of 1909, 1910, 1911, 1916."""
    while first in years:
        first += 1
    return first - 1


def afternoon(fact: Fact, text: str) -> str | None:
    """17 of 午後5時."""
    if text[max(0, fact.start - 2) : fact.start] != "午後" or text[fact.end : fact.end + 1] != "時":
        return None
    return str(int(fact.value) + 12) if fact.value.isdigit() and int(fact.value) < 12 else None


def follows_in_time(fact: Fact, text: str, passage: str, facts: Sequence[Fact]) -> bool:
    """Whether a date of a row is the fiscal year of a term of the passage (2024年度 of 2025年3月期), or the day after one that ends (before one that begins) there."""
    value = fact.value
    dates = [one for one in facts if one.kind == "date"]
    if len(value) == 4 and fact.text.rstrip().endswith("年度"):
        return any(
            _TERM.match(passage, one.end - 1)
            and len(one.value) >= 7
            and one.value[0] != "-"
            and _fiscal(one.value) == value
            for one in dates
        )
    day = _of_any_year(value)
    if day is None:
        return False
    after, before = _AFTER.match(text, fact.end), _UNTIL.match(text, fact.end)
    for one in dates:
        other = _of_any_year(one.value) if len(one.value) == len(value) else None
        if other is None:
            continue
        if after and _ENDS.match(passage, one.end) and day - other == timedelta(days=1):
            return True
        begins = _BEGINS.match(passage, one.end) or _BEGINS_BEFORE.search(passage, max(0, one.start - 6), one.start)
        if before and begins and other - day == timedelta(days=1):
            return True
    return False


def _fiscal(value: str) -> str:
    """The fiscal year, begun in April, that a month is in."""
    return f"{int(value[:4]) - (int(value[5:7]) < 4):04d}"


def of_a_case(fact: Fact, sentence: str, passage: str, row: Sequence[Fact], facts: Sequence[Fact]) -> bool:
    """Whether a date is that of a case which the row supposes, of a rule that counts from any day: the passage has no date of its form, and of two dates of the row
    one comes from the other: the month's last day, a number of days or months of the passage later, the day after.
    """
    if fact.kind != "date" or not _RULE.search(passage) or not _OF_A_CASE.search(sentence):
        return False
    days = [day for one in row if one.kind == "date" and (day := _of_any_year(one.value)) is not None]
    if len(days) < 2:
        return False
    mine = _of_any_year(fact.value)
    return mine is not None and any(
        _comes_from(mine, other, passage, facts) or _comes_from(other, mine, passage, facts)
        for other in days
        if other != mine
    )


def _of_any_year(value: str) -> date | None:
    if value.startswith("--") and len(value) == 7:
        value = f"2001-{value[2:]}"
    return _day(value) if len(value) == 10 else None


def _comes_from(later: date, first: date, passage: str, facts: Sequence[Fact]) -> bool:
    if re.search("末日|月末", passage) and later == _last_of_month(first):
        return True
    if (
        re.search("翌月", passage)
        and later.month == first.month % 12 + 1
        and (later == _last_of_month(later) or f"{later.day}日" in passage.translate(_WIDE))
    ):
        return True
    if re.search("翌日", passage) and later - first == timedelta(days=1):
        return True
    apart = 12 * (later.year - first.year) + later.month - first.month
    if later.day == first.day and any(12 * int(one[1]) + int(one[2]) == apart for one in _MONTHS.finditer(passage)):
        return True
    for one in facts:
        found = _VALUE.fullmatch(one.value) if one.kind == "number" else None
        if found is None or "." in found[1]:
            continue
        count = int(found[1])
        if found[2] in ("日", "週") and (later - first).days in {
            count * (7 if found[2] == "週" else 1) - less for less in (0, 1)
        }:
            return True
        if found[2] in ("年", "か月"):
            months = 12 * (later.year - first.year) + later.month - first.month
            if months == count * (12 if found[2] == "年" else 1) and abs(later.day - first.day) <= 1:
                return True
    return False
