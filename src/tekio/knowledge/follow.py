"""What a passage says without writing it out: the year of `同年12月` and of the month after a date, the month of `同10日`, the days of a range,
ordinals, counts of a list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from tekio.knowledge.facts import Fact, kanji_number, name_value, value_unit
from tekio.text.dates import ERAS

_YEARS_ON = re.compile(r"(?<![一-龥々])(同年|翌年|前年)(?!比|同期|度比)")
"""第一次世界大戦前年 is the year before that, not the one before the year told last."""
_STEP = {"同年": 0, "翌年": 1, "前年": -1}
_MONTH_OF_YEAR = re.compile(r"年([0-9]{1,2})月(?:([0-9]{1,2})日)?")
_IN_PASSING = re.compile(r"[一-鿿]{1,4}の")  # 1934年締結の: the year of a thing that is named, not of what is told
_SAME_MONTH = re.compile(r"(?<![0-9月])(?:[同翌]([0-9]{1,2})日(?!間)|([0-9]{1,2})日(?=[にのまは、]))")
_MONTH_TOLD = re.compile(r"(?<![0-9])(1[0-2]|[1-9])月")
_DAY = re.compile(r"[12]?[0-9]日|3[01]日")
_OF_MONTH = re.compile(r"に(?!わた|渡)|の(?!間|期間|猶予)|、|は|未明|午[前後]|早朝|深夜|夕|朝|夜|付|頃|ごろ")
_DAYS = re.compile(r"(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})日?(?:-|~|から|及び|および|・|、|と)([0-9]{1,2})日")
_YEARS = re.compile(r"(?<![0-9])((?:1[0-9]|20)[0-9]{2})年?(?:-|~|から|/)((?:1[0-9]|20)?[0-9]{2})年")
_WIDE = {ord("０") + digit: str(digit) for digit in range(10)} | {ord(mark): "-" for mark in "－−–‐"} | {
    ord("～"): "~", ord("〜"): "~"
}  # fmt: skip
_N = r"[0-9]{1,3}|[一二三四五六七八九十]{1,3}"
_ORDINAL = re.compile(
    rf"第(?P<first>{_N})(?![0-9一二三四五六七八九十百ァ-ヴ]|[条項号章節編款目表類])(?P<of>[回年代期])?|(?P<then>{_N})(?P<counter>番目|位|番手|人目|代目|回目|度目|つ目|作目|試合目|番(?![地号]))"
)
_COUNTER = {
    "位": "順",
    "番手": "順",
    "人目": "人",
    "代目": "代",
    "回目": "回",
    "度目": "回",
    "作目": "作",
    "試合目": "試合",
}
_RANK = re.compile(rf"(?:{_N}|[０-９]{{1,2}})番目(?:に(?!は)|と)")
_AGAIN = re.compile(r"[2２二](?:番目|度目|回目|代目|作目|戦目|人目|つ目|番手)")
_ONCE_MORE = re.compile(r"再び|再[一-龥]|ふたたび|改めて|またも")
_FIRST = re.compile(r"(?:第?[1１一])位")
_IS_FIRST = re.compile(r"首位|トップ|最も|もっとも|最[大多高]|一番|優勝|筆頭|一位|次[いぐ]|世界一|日本一")
_ONCE = re.compile(
    r"一度(?!目|以[上下内]|ずつ)|[1１]番(?=[^、。\n]{0,4}(?:多|少|大き|小さ|高|低|長|短|早|遅|新|古|強|広))"
)
"""An adverb: 一度失敗した, 1番高い."""
_WHICH = re.compile(r"どれ|どの|どこ|どちら|誰|だれ|何|いつ")
_QUESTION_ENDS = re.compile(r"[。\n?？]")
_SECOND = re.compile(r"次ぐ|次いで|につぐ|についで|次に[多大高長古]")
_ITEMS = re.compile(r"、|と|及び|および|や")
_ASKED_THING = re.compile("^(?:誰|だれ|どこ|何年?)(?:の[一-龥]{1,4})?$")
_IS_DATE = re.compile("^[0-9]{1,4}年")
_COUNTS = re.compile(r"人|名|か?国|カ国|社|[度回](?!目)|[都府県州市町村島校部種類件点匹頭冊つ]|か所|カ所")
_OF_THINGS = frozenset(["人", "社", "店", "台", "本", "戸", "頭", "匹"])
"""Counters that say of what kind the things are."""
_LONGEST_LIST = 120
_BEFORE_YEAR = re.compile(r"(?:^|[^一-龥])([一-龥]{2})$")
_EACH = re.compile(r"(?:当たり|あたり|につき)")
_OF_DECADE = re.compile("代")
_MARKS = frozenset("イロハニホヘト甲乙丙丁abcdefgh")
"""Things that are called by a letter."""


def followed_dates(text: str, facts: Sequence[Fact]) -> Iterator[tuple[str, tuple[int, int]]]:
    """(date, place) of dates that follow from those that are written: by the year told last before them. text: the passage;
    facts: its facts, of which the dates are looked at.
    """
    plain = text.translate(_WIDE)
    marks = [(match.start(), match.end(), match[1]) for match in _YEARS_ON.finditer(plain)]
    dates = [(fact.start, fact.end, fact.value) for fact in facts if fact.kind == "date"]
    year: int | None = None
    starts: list[tuple[int, int]] = []  # place -> year told last
    for start, end, value in sorted([*marks, *dates]):
        if value in _STEP:
            if year is None:
                continue
            if value == "前年":  # （前年12月に即位）: of the next date alone
                month = next((told for first, _, told in dates if end <= first <= end + 1), "")
                yield f"{year - 1:04d}{month[1:] if month.startswith('-') else ''}", (start, end)
                continue
            year += _STEP[value]
            starts.append((start, year))
            yield f"{year:04d}", (start, end)
            if month_told := _MONTH_OF_YEAR.match(plain, end - 1):
                told = f"{year:04d}-{int(month_told[1]):02d}"
                yield f"{told}-{int(month_told[2]):02d}" if month_told[2] else told, (start, month_told.end())
        elif not value.startswith("-"):
            if len(value) == 4 and year is not None and _IN_PASSING.match(plain, end):
                continue
            year = int(value[:4])
            starts.append((start, year))
        elif year is not None:
            yield f"{year:04d}-{value[2:]}", (start, end)
    months = [(match.start(), int(match[1])) for match in _MONTH_TOLD.finditer(plain)]
    for match in _SAME_MONTH.finditer(plain):
        in_month = next((one for place, one in reversed(months) if place < match.start()), None)
        in_year = next((one for place, one in reversed(starts) if place < match.start()), None)
        if in_month is not None:
            ending = f"{in_month:02d}-{int(match[1] or match[2]):02d}"
            yield f"--{ending}", match.span()
            if in_year is not None:
                yield f"{in_year:04d}-{ending}", match.span()
    for match in _DAYS.finditer(plain):
        told = (
            int(match[1])
            if match[1]
            else next((one for place, one in reversed(starts) if place <= match.start()), None)
        )
        for day in (match[3], match[4]):
            ending = f"{int(match[2]):02d}-{int(day):02d}"
            yield f"--{ending}", match.span()
            if told is not None:
                yield f"{told:04d}-{ending}", match.span()
    for match in _YEARS.finditer(plain):
        last = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        if last > match[1]:  # 1913年から10年かけて is no range
            yield match[1], match.span()
            yield last, match.span()


def days_of_month(text: str, facts: Sequence[Fact]) -> set[str]:
    """Numbers of days that stand only as the day of a month that was told before: 6日に広島、9日に長崎 of 8月."""
    days = [fact for fact in facts if fact.kind == "number" and _DAY.fullmatch(fact.value)]
    of_month = {
        fact
        for fact in days
        if _OF_MONTH.match(text, fact.end)
        and fact.text.endswith("日")
        and _MONTH_TOLD.search(text[: fact.start].translate(_WIDE))
    }
    return {fact.value for fact in of_month} - {fact.value for fact in days if fact not in of_month}


def disputed_years(facts: Sequence[Fact]) -> set[str]:
    """Years that stand only where two ways of writing one disagree: 大正2年(1914年) is not 大正3年."""
    dates = [fact for fact in facts if fact.kind == "date"]
    pairs = [(one, other) for other in dates for one in dates if other.start < one.start and one.end <= other.end]
    agreed = {fact.value[:4] for fact in dates if not any(fact in pair for pair in pairs)}
    return {fact.value[:4] for pair in pairs for fact in pair} - agreed


def other_each(facts: Sequence[Fact], row: str, known: Sequence[Fact], text: str) -> Iterator[tuple[Fact, str]]:
    """(value, the passage's) where a row tells something of so many, and the passage of others alone: 2人当たり of 1人当たり, 1円当たり of 1kg当たり. known, text: the passage's."""
    each = {one.value for one in known if _EACH.match(text, one.end)}
    for fact in facts:
        if fact.kind != "number" or fact.value in each or not _EACH.match(row, fact.end):
            continue
        alike = sorted(
            one for one in each if value_unit(one) == value_unit(fact.value) or one[:1] == fact.value[:1] == "1"
        )
        if alike and not any(one.value == fact.value for one in known):
            yield fact, alike[0]


_CENTURIES = re.compile(r"([0-9]{1,2})(?=世紀|[-~〜～から、・と]{1,2}[0-9]{1,2}世紀)")


def century_stands(number: str, text: str, whole: str, years: Iterable[str]) -> bool:
    """Whether a passage speaks of a century: by its number, or by a year of it. whole: the passage with its headings, in the compared form."""
    told = {*_CENTURIES.findall(text.translate(_WIDE)), *_CENTURIES.findall(whole)}
    return number in told or any(str((int(year) + 99) // 100) == number for year in years)


_OLD_ERAS = re.compile(
    "(慶長|元和|寛永|正保|慶安|承応|明暦|万治|寛文|延宝|天和|貞享|元禄|宝永|正徳|享保|元文|寛保|延享|寛延|宝暦|明和|安永|天明|寛政|享和|文化|文政|天保|弘化|嘉永|安政|万延|文久|元治|慶応)$"
)


def of_unknown_era(fact: Fact, row: str, passage: str) -> bool:
    """Whether a number of years is told of an era before the Meiji that the passage never speaks of: 慶応3年. passage: in the compared form."""
    era = _OLD_ERAS.search(row, 0, fact.start) if fact.value.endswith("年") and not fact.text.endswith("間") else None
    return era is not None and era[1] not in passage


def is_of_era(fact: Fact, row: str, text: str) -> bool:
    """Whether a number of years is one of an era that is not calculated with: 享和1年, where the passage has 享和2年. text: the passage."""
    era = _BEFORE_YEAR.search(row, max(0, fact.start - 3), fact.start)
    if era is None or not fact.value.endswith("年") or fact.text.endswith("間"):
        return False
    return bool(re.search(rf"{era[1]}(?:[0-9０-９一二三四五六七八九十]+|元)年", text))


def is_other_year(fact: Fact, row: str, text: str, facts: Sequence[Fact]) -> bool:
    """Whether a year of a row is told otherwise than the passage tells it: 1990年 of 1990年代, 昭和19年 of a passage that writes 1944年, and 昭和17年 of another year. text, facts: the passage's."""
    own = [one for one in facts if one.kind == "date" and one.value[:4] == fact.value]
    if not own or len(fact.value) != len("1990"):
        return False
    exact = not _OF_DECADE.match(row, fact.end)
    if exact and all(text.startswith("代", one.end) and one.value == fact.value for one in own):
        return True
    era = fact.text[:2] if row[max(0, fact.start - 1) : fact.start] not in ("(", "（") else ""
    return era in ERAS and era in text and not any(any(name in one.text for name in ERAS) for one in own)


def years_of_heading(facts: Sequence[Fact]) -> Iterator[str]:
    """Dates without a year, with that of the first whole date, from which a notice counts: 2025年9月18日 ... 10月1日."""
    dates = [fact.value for fact in facts if fact.kind == "date"]
    if dates and len(dates[0]) == len("2025-09-18"):
        yield from (f"{dates[0][:4]}-{value[2:]}" for value in dates if value.startswith("--"))


def other_year(facts: Sequence[Fact], known: Sequence[Fact], places: Iterable[str]) -> Iterator[Fact]:
    """A day that a row puts into the one year it tells, of which the passage only has it in other years. facts: the row's; known: the passage's; places:
    all dates that stand there.
    """
    told = [fact.value for fact in facts if fact.kind == "date"]
    years = {value for value in told if len(value) == len("2025")}
    if len(years) != 1 or any(len(value) > len("2025") and value[0] != "-" for value in told):
        return
    written = {fact.value for fact in known if fact.kind == "date"}
    for fact in facts:
        value = fact.value
        in_years = {one[:4] for one in places if len(one) == len("2025-09-18") and one.endswith(value[1:])}
        if (
            fact.kind == "date"
            and len(value) == len("--09-18")
            and value not in written
            and in_years
            and not in_years & years
        ):
            yield fact


def ordinals_of(text: str) -> set[tuple[int, str]]:
    """The ordinals a text has, with what is counted where the counter says it: 3 and 人 of `3人目`, 3 alone of `3番目`."""
    plain = text.translate(_WIDE)
    found = {told for match in _ORDINAL.finditer(plain) if (told := _ordinal(match)) is not None}
    return found | {(2, "")} if _SECOND.search(plain) else found


def has_ordinal(text: str, start: int, known: set[tuple[int, str]]) -> bool:
    """Whether the ordinal at a place of a text is among those of another, of the same things as far as both say."""
    match = _ORDINAL.match(text[start : start + 8].translate(_WIDE))
    told = _ordinal(match) if match else None
    return told is not None and any(
        told[0] == number and (not told[1] or not counter or told[1] == counter) for number, counter in known
    )


def is_word(text: str, fact: Fact, passage: str) -> bool:
    """Whether 1位 is told of what the passage puts first in words, or a numeral is an adverb (一度失敗した, 1番高い) or a word (2つの機関, as 二つの機関)."""
    if _FIRST.match(text, fact.start):
        return bool(_IS_FIRST.search(passage))
    if fact.value == "2" and text.startswith("つ", fact.end):
        return not text.endswith("の", 0, fact.start)  # 甲、乙、丙の2つ counts what stands before it
    return bool(_ONCE.match(text, fact.start))


def asks_for_rank(text: str, fact: Fact, passage: str) -> bool:
    """Whether a question asks for the second, third ... of what the passage tells, which may rank nothing itself: 2番目に早く噴火したのはどれですか, 2度目の表彰は何年か of
    what it tells with 再び.
    """
    told = _RANK.match(text, fact.start) or (_AGAIN.match(text, fact.start) if _ONCE_MORE.search(passage) else None)
    return told is not None and bool(_WHICH.search(_QUESTION_ENDS.split(text[told.end() :])[0]))


def _ordinal(match: re.Match[str]) -> tuple[int, str] | None:
    number = kanji_number(match["first"] or match["then"])
    return None if number is None else (number, match["of"] or _COUNTER.get(match["counter"] or "", ""))


_OF_COMPANIES = re.compile(r"社|企業|法人|銀行|メーカー|グループ|業者|[ァ-ヴー]航空|鉄道|電力")
_COMPANY = re.compile("社(?![会長員])")
_ONE_MORE = re.compile(r"(?:と|、)?もう[1１一]|(?<!そ)の(?:ほか|他)")
_AND_WHICH = re.compile(r"(?:と|、)(?:誰|だれ|何|どこ|どの[一-龥ァ-ヴ]{1,8})(?:か|です|でし|だ|なの|[?？。\n])")
_LEADS_TO_LIST = re.compile(r"^[^、。「]{0,16}?は、?")
_OF_SEVERAL = re.compile(
    r"(?<![0-9０-９])([2-9２-９二三四五六七八九])(?:人|名|つ|社|件|台|本)の(?:うち|内|中)(?:で|の|、)*$"
)
_ONE_IS = re.compile(r"つ?(?:は|が|の[一-龥ァ-ヴー]{1,8}は)")
_PARTICLE_END = re.compile(r"[はがでのにをし]$")


def one_more(text: str, fact: Fact, passage: str) -> bool:
    """Whether a number counts what is listed after it and one that is asked for: 3つの川は、甲川、乙川ともう1つは何. passage: as `listed_before`."""
    told = re.match(rf"(?:{_N})(?![0-9百千万億兆])", unicodedata.normalize("NFKC", fact.text))
    number = kanji_number(told[0]) if told else None
    after = re.split(r"[。\n]", text[fact.end : fact.end + _LONGEST_LIST])[0]
    found = _ONE_MORE.search(after)
    if number is None or number < 2 or found is None:
        return False
    parts = re.split(r"(?<=[はが])(?=[「『])|" + _ITEMS.pattern, after[: found.start()])
    things, lead = [name_value(part) for part in parts[1 - number :]], parts[: 1 - number]
    if not lead or not _PARTICLE_END.search(lead[-1]):
        return False
    return all(len(thing) > 1 and thing in passage for thing in things)


def one_asked_for(text: str, fact: Fact, passage: str) -> bool:
    """Whether a number counts what is listed after it and one that is asked for: 3人は、スパルタクス、クリクススと誰か. passage: as `listed_before`; the answer must stand there too."""
    told = re.match(rf"(?:{_N})(?![0-9百千万億兆])", unicodedata.normalize("NFKC", fact.text))
    number = kanji_number(told[0]) if told else None
    found = _AND_WHICH.search(text, fact.end) if number and number > 1 and "\n" in text[fact.end :] else None
    if found is None or told is None or not _COUNTS.match(text, fact.start + len(told[0])):
        return False
    persons = value_unit(fact.value) == "人"
    if ("どこ" in found[0] and persons) or ("誰" in found[0] and value_unit(fact.value) and not persons):
        return False
    after = text[fact.end : found.start()]
    things = [name_value(part) for part in re.split(_ITEMS.pattern, _LEADS_TO_LIST.sub("", after, count=1))]
    answer = name_value(text.rpartition("\n")[2]).strip("。")
    return number == len(things) + 1 and all(len(one) > 1 and one in passage for one in (*things, answer))


def is_one_of_them(text: str, fact: Fact) -> bool:
    """Whether a one is told of several that were counted before it: 2人のうち、1人は三島弥彦."""
    told = (
        _OF_SEVERAL.search(text, 0, fact.start)
        if fact.value.startswith("1") and _ONE_IS.match(text, fact.end)
        else None
    )
    return (
        told is not None
        and value_unit(fact.value) in ("", "人", "社", "件", "台", "本")
        and (kanji_number(told[1].translate(_WIDE)) or 0) > 1
    )


def one_company_more(text: str, fact: Fact, passage: str) -> bool:
    """Whether もう1社 is told of companies: by a row that has a word of them, of a passage that speaks of some."""
    told = fact.value == "1社" and text[: fact.start].endswith("もう") and not text.startswith("は誰", fact.end)
    return told and bool(_COMPANY.search(passage)) and bool(_OF_COMPANIES.search(text.replace("もう1社", "")))


def listed_before(text: str, fact: Fact, passage: str, counted: Iterable[str]) -> bool:
    """Whether a number counts what stands before it: リトアニアとラトビア、エストニアの3国. passage: in the compared form; each thing must stand in it. counted: values of
    its numbers: 3人 of what it counts as 3社 is none.
    """
    before = re.split(r"[。\n「]", text[max(0, fact.start - _LONGEST_LIST) : fact.start])[-1]
    told = re.match(rf"{_N}", unicodedata.normalize("NFKC", fact.text))
    if not before.endswith("の") or told is None or not _COUNTS.match(text, fact.start + len(told[0])):
        return False
    number = kanji_number(told[0])
    units = {value_unit(value) for value in counted if value.removesuffix(value_unit(value)) == str(number)}
    if units & _OF_THINGS and value_unit(fact.value) not in units:
        return False
    if value_unit(fact.value) == "社" and not _COMPANY.search(passage):  # of persons
        return False
    things = [name_value(thing) for thing in _ITEMS.split(before[:-1])]
    if len(things) == 1:  # 甲・乙・丙の3つ
        things = [name_value(thing) for thing in before[:-1].split("・")]
    if "\n" in text[fact.end :]:  # アリーの一族と誰の一族の2つの一族: what is asked for is one of them
        things = [_ASKED_THING.sub(name_value(text.rpartition("\n")[2]), thing) for thing in things]
    dates = [thing for thing in things if _IS_DATE.search(thing)]
    if len(dates) < len(things):  # 527年4月1日、誰とユスティニアヌスの2人
        things = [thing for thing in things if thing not in dates]
    if len(things) > number and things[0].endswith(("は", "が")):  # 製品は、甲と乙の2つ
        things = things[1:]
    if things[0] not in passage:  # 例はイ、ロ、ハの3つ
        things[0] = things[0].rpartition("は")[2]
    return (
        len(things) >= 2
        and number == len(things)
        and all((len(thing) > 1 or thing in _MARKS) and thing in passage for thing in things)
    )


_OF_TWELVE = re.compile(r"午後\s*([0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*時")
_MONTHS = re.compile(r"[0-9]+月")
_MONTHS_LONG = re.compile(
    r"(?:に[一二三四五六七八九十0-9０-９]+[回度]|以内|以上|以下|未満|前|を経過|を超え|の?間|の?期間|[ \u3000]*(?:\n|\Z))"
)
_VALUE = re.compile(r"([0-9]+)(.*)")
_HUNDRED = 100
_PARTS = (2, 4, 5, 10)


def hours_and_months(text: str, facts: Sequence[Fact]) -> Iterator[tuple[str, tuple[int, int]]]:
    """(value, place) of what is written another way: 14時 of 午後2時, 3か月 of a law's 三月以内."""
    for match in _OF_TWELVE.finditer(text.translate(_WIDE)):
        hour = kanji_number(match[1])
        if hour is not None and hour < 12:
            yield str(hour + 12), match.span()
    for fact in facts:
        if fact.kind == "number" and _MONTHS.fullmatch(fact.value) and _MONTHS_LONG.match(text, fact.end):
            yield f"{fact.value[:-1]}か月", (fact.start, fact.end)


_WITH_ITSELF = re.compile(
    r"(?:その|当該[^、。]{1,12}の)?(?:(?P<times>[一二三四五六七八九2-9２-９])倍|(?:額に)?百分の(?P<part>[一二三四五六七八九十]{1,3})の割合を乗じ)[^、。]{0,24}との合計額"
)


def times_with_itself(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """(value, place) of how many times an amount comes to with what is added to it: 3倍 of 税の額とその二倍に相当する金額との合計額."""
    for match in _WITH_ITSELF.finditer(text) if "合計額" in text else ():
        number = kanji_number((match["times"] or match["part"]).translate(_WIDE))
        if number is not None:
            whole = Decimal(1) + (Decimal(number) if match["times"] else Decimal(number) / _HUNDRED)
            yield f"{whole.normalize():f}倍", match.span()


def equal_values(value: str) -> Iterator[str]:
    """A number's value told otherwise: 14日 and 2週, 24か月 and 2年, 120% and 百分の百二十, 1度 and 1回."""
    part, _, whole = value.partition("/")
    if whole:
        if part.isdigit() and whole.isdigit() and int(whole) and int(part) * _HUNDRED % int(whole) == 0:
            yield f"{int(part) * _HUNDRED // int(whole)}%"
        return
    found = _VALUE.fullmatch(value)
    if found is None:
        return
    number, unit = int(found[1]), found[2]
    if unit == "日" and number % 7 == 0:
        yield f"{number // 7}週"
    elif unit == "週":
        yield f"{number * 7}日"
    elif unit == "か月" and number % 12 == 0:
        yield f"{number // 12}年"
    elif unit == "年":
        yield f"{number * 12}か月"
    elif unit == "度":
        yield f"{number}回"
    elif unit == "%":
        yield f"{number}/{_HUNDRED}"
        for parts in _PARTS:
            if number * parts % _HUNDRED == 0:
                yield f"{number * parts // _HUNDRED}/{parts}"


_COUNT_OF_THINGS = re.compile(r"([二三四五六七八九2-9２-９])つ(?=の|から|ある|あり|に分|で|を)")


def other_count(text: str, passage: str) -> Iterator[str]:
    """四つの選択肢 of a passage that counts 五つ: a count of things where the passage has one, and not this."""
    told = [*_COUNT_OF_THINGS.finditer(text)]
    counts = _COUNT_OF_THINGS.finditer(passage) if told else ()
    known = {kanji_number(match[1].translate(_WIDE)) for match in counts}
    for match in told:
        if known and kanji_number(match[1].translate(_WIDE)) not in known:
            yield match[0]
