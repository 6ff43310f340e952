"""What a row supposes or counts: an instance of a rule (17歳の人 of 18歳未満の者, 購入費が63,500円の場合), how long it is between two of its times, twelve months a
year, the things that it lists, the month before the one it names.

An instance is taken where the sentence supposes something and the passage bounds a value of the unit; not where the row only has another
value in the passage's own words (5年を経過した場合 for 3年を経過した場合), before a bound, or at the end of a statement. What comes of it is checked by calculation, where it
is a number; otherwise it is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from tekio.knowledge.calculation_words import RATE_UNITS
from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import WIDE_DIGITS as _WIDE
from tekio.knowledge.facts import Fact, kanji_number, value_unit
from tekio.knowledge.negation import DENIES

_IF = re.compile(
    r"場合|なら(?!な)|(?<!なけ)れば|とき|たら|例えば|たとえば|仮に|とすると|でも|ても|すると(?![見予考い])|[るうくすつぬむぐぶ]と、"
)
_TOPIC = re.compile(r"[A-Za-z]{0,3}(?:の|を)[^。、]{0,16}?[一-龥ァ-ヴー々](?:に(?:対して|ついて)?|で)?[はも]")
"""120Whの電池は."""
_WHO = re.compile(
    r"(?:人|者|方|世帯|夫婦|会社|法人|企業|事業者|住宅|建物|物件|土地|客|顧客|従業員|社員|株主|会員|団体|店舗|組合|銀行)(?:には|にも|[はもがの]|でも|に(?:対して|ついて))"
)
"""75歳の客は."""
_BOUND = re.compile(
    r"\s*[A-Za-z]{0,3}(?:以上|以下|以内|未満|超|を?超え|を?超す|を?上回|を?下回|に満たない|を?経過|まで|から|以前|以後|以降|より|ずつ|単位|増|減|後|前|ごと|(?<!日)目|という)"
)
_ENDS = re.compile(
    r"、|(?!なら|の場合|のとき|でも|であれば)[^0-9、。]{0,2}(?:[。\n　０-９]|$|です|であ|だ|とな|とす|とさ|と定|と規|に達|にのぼ|に上|を計上|を見込)"
)
_BOUND_BEFORE = re.compile(r"(?:上限|下限|限度|最高|最低|最大|最小|少なくとも)[^0-9０-９。]{0,8}$")
_BOUND_AFTER = re.compile(
    r"[A-Za-z]{0,3}(?:\([^()]{0,40}\)|（[^（）]{0,40}）)?(?:以上|以下|以内|未満|を?超え|を?超(?=の)|に満たない|まで|につき|当たり|を?下回|を?上回)"
)
_LEAST, _HIGHEST = (
    re.compile(r"以上|超|上回|下限|最低|少なく"),
    re.compile(r"以下|以内|未満|満たない|まで|下回|上限|限度|最高|最大"),
)
_NEAR = 12
_TELLS_OTHERWISE = re.compile(rf"[0-9０-９一二三四五六七八九十]|{DENIES.pattern}")
_IS = re.compile(r"[^0-9、。]{0,2}(?:であ|だっ|でし|とな|とさ)")
_CASE = re.compile(r"(?:ますか|ませんか|ですか|でしょうか|いくら|どう)")
_ASKED_OF_PAST = re.compile(r"(?:でし|まし|[っいきしちにみりえけせてねべめれ])た(?:の|ん)?(?:です)?か?[?？。]?\s*$")
_ASKS_FOR = re.compile(r"どこ|誰|だれ|何(?!か)|いつ|どの|どちら|どれ")
_TWIN = 2
_FAMILY = {"か月": ("年", "か月", "月")}
_LETTERS = re.compile(r"[A-Za-z]{0,3}")

_CLOCK = re.compile(r"(午後|午前)?\s*([0-9]{1,2})時(?!間)(?:([0-9]{1,2})分|(半))?")
_LENGTH = re.compile(r"([0-9]{1,2})時間(?:([0-9]{1,2})分|(半))?|([0-9]{1,3})分間?")
_MONTHS = re.compile(r"(?:([0-9]{4})年)?\s*(1[0-2]|[1-9])月(?!間)")
_YEAR = re.compile(r"(?<![0-9,.])((?:19|20)[0-9]{2})(?=年|[\u3000\t ]|$)", re.MULTILINE)
_A_YEAR = re.compile(r"その年|年分|前年|昨年|毎年|年率|利率年|年間|年[0-9一二三四]回|翌年")
_IN_A_YEAR = re.compile(r"間?(?:で|の間|に(?![0-9一二三四五六七八九])|の利|分)")
_MONTHLY = re.compile(r"月額|毎月|月々|ひと月|1か月|(?<![0-9０-９一二三四五六七八九十同翌前今来])月[0-9]")
_COUNTED = re.compile(
    r"\s*(?:回|つ|か国|カ国|ヶ国|国|事業|項目|点|件|要件|条件|種類|区分|事由|取引|場合|社|人|名|者|科目|部門|費目|期間|期|行|店|市|県|法人|制度|方法|方式|本|個|銘柄|ケース)"
)
_OF_LIST = re.compile(r"\s*(?:つ|項目|点|要件|条件|種類|区分|事由|取引|場合|方法|方式)")
_THING = re.compile(r"[一-龥ァ-ヴー]{2,6}")
_MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪"
_NUMBERED = re.compile(r"[(（]([1-9１-９])[)）]")
_DAYS = re.compile(r"[0-9]{1,2}月[0-9]{1,2}日")
_CASE_TOLD = re.compile(
    r"(?:場合|なら(?!な)|れば|とき|たら|とすると|すると|[うくすつぬむぐぶる]と、|でも|ても)|[るたいの](?:人|者|方|子|世帯|事務所|会社|法人|社員|従業員|学生|客|顧客|事業者|住宅|建物)"
)
"""Behind a value that a row supposes."""
_EACH = re.compile(r"(?:当たり|あたり|につき|ごと)")
_HOURS = re.compile(r"に?[0-9]{1,2}時間")
_ONE = re.compile(r"1[^0-9./]+")
_RELATIVE = re.compile(r"前(?:の)?月|先月|翌月")
_NEXT = re.compile(r"翌月|翌年|翌々|翌日")
_TWO_ON, _YEARS_ON = re.compile(r"翌々年"), re.compile(r"([0-9]{1,2})年(?:後|以内|を経過)")
_YEAR_BEFORE = re.compile(r"前年|前期|昨年|前連結|前事業")
_MONTH = re.compile(r"--(\d\d)$")
_OF_CHOICE = re.compile(r"(?:[、とか][^。、]{1,16}){0,6}の(?:中|うち|内|どちら|いずれ)")
"""Behind one of the things that a question lists: 2002年度、2004年度、2005年度の中で."""
_MOST_COUNTED = 10


def unit_of(fact: Fact) -> str:
    """The unit of a number's value; empty for none, and for what is no number."""
    return value_unit(fact.value) if fact.kind == "number" else ""


def _told_unit(text: str, fact: Fact) -> str:
    """The unit, or the letters after a number without one: Wh."""
    return unit_of(fact) or (_LETTERS.match(text, fact.end) or [""])[0]


def _after(text: str, fact: Fact) -> str:
    """The characters after a value and its letters."""
    letters = _LETTERS.match(text, fact.end)
    end = letters.end() if letters else fact.end
    return text[end : end + _TWIN]


def is_instance(fact: Fact, text: str, passage: str, facts: Sequence[Fact], asked: int = 0) -> bool:
    """Whether a number is an instance of the row's own. facts: those of the passage. asked: length of the question that the row begins with, in which somebody
    tells a case of their own (修理代が18万円で、…。修繕費にできますか。).
    """
    unit = _told_unit(text, fact)
    if fact.kind != "number" or not unit or unit.startswith("/") or fact.value.startswith("-"):
        return False
    _, last = sentence_at(text, fact.start)
    in_question = fact.end < asked
    own_case = in_question and _tells_case(text, fact.end, asked)
    if (
        _BOUND.match(text, fact.end)
        or ((_IS if own_case else _ENDS).match(text[fact.end : last] + "。") and not _and_more(fact, text, last))
        or not (_IF.search(text, fact.end, last) or own_case or (not in_question and _speaks_of(text, fact.end, last)))
    ):
        return False
    family = _FAMILY.get(unit, (unit,))
    same = [one for one in facts if one.kind == "number" and _told_unit(passage, one) in family]
    before, after = text[max(0, fact.start - _TWIN) : fact.start], _after(text, fact)
    if _has_other_unit(fact, text, passage, facts):
        return False
    for one in same:
        here = _after(passage, one)
        if here == after or (
            len(before) == _TWIN and passage[max(0, one.start - _TWIN) : one.start] == before and here[:1] == after[:1]
        ):
            return False  # the passage's own words around another value
    bounded = [holds for one in same if (holds := _holds(fact, one, passage)) is not None]
    if in_question and not any(bounded) and not _TELLS_OTHERWISE.search(text, asked):
        return False  # 19歳の少年 of 14歳に満たない, and the answer neither calculates nor denies
    return bool(bounded)


def _has_other_unit(fact: Fact, text: str, passage: str, facts: Sequence[Fact]) -> bool:
    """Whether the passage has the number of an instance with another unit in the same words: 取得価額の95円相当額 of 取得価額の95％相当額."""
    size = fact.value.removesuffix(unit_of(fact))
    for one in facts:
        if one.kind != "number" or one.value.removesuffix(unit_of(one)) != size or unit_of(one) == unit_of(fact):
            continue
        before = text[max(0, fact.start - _TWIN) : fact.start]
        if len(before) == _TWIN and before == passage[max(0, one.start - _TWIN) : one.start]:
            return True
        after = text[fact.end : fact.end + _TWIN + 1]
        if len(after) > _TWIN and after == passage[one.end : one.end + _TWIN + 1]:
            return True
    return False


def _holds(fact: Fact, one: Fact, passage: str) -> bool | None:
    """Whether an instance lies within the bound that the passage tells by a value; None where that is no bound."""
    before = _BOUND_BEFORE.search(passage[max(0, one.start - _NEAR) : one.start])
    after = _BOUND_AFTER.match(passage, one.end)
    if before is None and after is None:
        return None
    if unit_of(fact) != unit_of(one) or not unit_of(fact):
        return True
    told, bound = (Decimal(each.value.removesuffix(unit_of(each))) for each in (fact, one))
    if _LEAST.search(after[0] if after else before[0] if before else ""):
        return told >= bound
    return told <= bound or not _HIGHEST.search(after[0] if after else before[0] if before else "")


def may_be_case(fact: Fact, text: str, asked: int) -> bool:
    """Whether a number stands where a row supposes something: before the word that does (4万2,000円を寄附した人), or in a question that tells a case."""
    if fact.kind != "number" or fact.value.startswith("-"):
        return False
    if fact.end < asked:
        return _tells_case(text, fact.end, asked)
    _, last = sentence_at(text, fact.start)
    return bool(_CASE_TOLD.search(text, fact.end, last))


def _tells_case(text: str, place: int, asked: int) -> bool:
    """Whether a question tells a case from a place on, and does not ask for the thing that has the value (秒速19.5mを記録した地域はどこですか) or of what was (いくら払いましたか)."""
    return (
        bool(_CASE.search(text, place, asked))
        and not _ASKS_FOR.search(text, place, asked)
        and not _ASKED_OF_PAST.search(text[place:asked])
    )


def _speaks_of(text: str, place: int, last: int) -> bool:
    """Whether what follows a value is a thing or somebody that has it: 120Whの電池は, 75歳の客は."""
    return bool(_TOPIC.match(text, place, last) or _WHO.search(text, place, last))


def _and_more(fact: Fact, text: str, last: int) -> bool:
    """Whether a case tells another number of the kind after a comma: 夫が38歳、妻が42歳の世帯."""
    return text.startswith("、", fact.end) and unit_of(fact) in text[fact.end : last]


def lasts(fact: Fact, text: str, passage: str) -> bool:
    """Whether a value is the length between two times or months of its row (14時18分 to 16時52分: 2時間34分), or a year that the passage has as 前年."""
    plain = text.translate(_WIDE)
    first, last = sentence_at(plain, fact.start)
    said = plain[first:last]
    for match in _LENGTH.finditer(plain, first, last):
        if match.start() <= fact.start < match.end():
            told = 60 * int(match[1] or 0) + (30 if match[3] else int(match[2] or match[4] or 0))
            times = [
                60 * (int(one[2]) + 12 * (one[1] == "午後" and int(one[2]) < 12)) + (30 if one[4] else int(one[3] or 0))
                for one in _CLOCK.finditer(said)
            ]
            return any(abs(one - other) == told for one in times for other in times)
    unit = unit_of(fact)
    if fact.value == "1回" and text[: fact.start].endswith("年"):
        return "毎年" in passage
    if fact.value == "1年" and "12か月" in said:
        return True
    in_a_year = fact.value == "1年" and _IN_A_YEAR.match(text, fact.end - len("間") * fact.text.endswith("間"))
    if in_a_year and (_A_YEAR.search(passage) or _tells_two_years(passage) or len(_MONTHS.findall(said)) == 2):
        return True
    if unit == "か月":
        if text[max(0, fact.start - 1) : fact.start] in (
            "歳",
            "年",
        ):  # 49歳10か月: an age, of which the months are no length
            return False
        if fact.value == "12か月" and _MONTHLY.search(said + passage):
            return True
        months = [(int(one[1]) if one[1] else None, int(one[2])) for one in _MONTHS.finditer(said)]
        for (year, month), (other, later) in pairwise(months):
            years = other - year if year and other else 0 if later >= month else 1
            if int(fact.value.removesuffix("か月")) in (apart := 12 * years + later - month, apart + 1):
                return True
    return fact.value == "12回" and bool(_MONTHLY.search(said + passage))


def _tells_two_years(passage: str) -> bool:
    """Whether a passage compares a year with the one before it: 2025年　2024年, 2023年度　2024年度."""
    years = {int(match[1]) for match in _YEAR.finditer(passage.translate(_WIDE))}
    return any(year + 1 in years for year in years)


def is_each(fact: Fact, text: str, passage: str) -> bool:
    """Whether a one only says of what an amount is told: 1社当たり, where the passage counts such things; 1年前 where it compares with 前年."""
    if not _ONE.fullmatch(fact.value) or unit_of(fact) in RATE_UNITS or text[: fact.start].endswith("第"):
        return False
    if fact.value == "1日" and _HOURS.match(text, fact.end):
        return True
    if fact.value == "1年" and not fact.text.endswith("間") and text.startswith(("前", "の"), fact.end):
        return bool(_A_YEAR.search(passage) or "年末" in passage)
    return bool(_EACH.match(text, fact.end)) and unit_of(fact) in passage


def counts(fact: Fact, text: str, passage: str, known: Sequence[Fact]) -> bool:
    """Whether a number counts what its sentence lists (A12億円とB8,600万円の2事業), or what the passage numbers ① or (1)."""
    plain = re.match(r"[0-9０-９]{1,2}|[一二三四五六七八九十]", fact.text)
    number = kanji_number(plain[0].translate(_WIDE)) if plain else None
    if (
        plain is None
        or number is None
        or not 2 <= number <= _MOST_COUNTED
        or not _COUNTED.match(text, fact.start + len(plain[0]))
    ):
        return False
    if text[max(0, fact.start - 1) : fact.start] == "第":
        return False
    first, last = sentence_at(text, fact.start)
    if unit_of(fact) == "回" and len(_DAYS.findall(text.translate(_WIDE), first, last)) == number:
        return True  # 3月31日と9月30日の年2回
    of_unit: dict[str, set[str]] = {}
    for one in known:
        if first <= one.start < last and unit_of(one):
            of_unit.setdefault(unit_of(one), set()).add(one.value)
    if any(len(values) == number for values in of_unit.values()):
        return True
    thing = _THING.match(text, fact.start + len(plain[0]))
    if (
        thing
        and len(set(re.findall(rf"(?m)^[ \u3000・]*[^:：|\n\u3000]*?{thing[0]}(?=[:：\u3000]| \|)", passage))) == number
    ):
        return True  # 3事業 of a passage with three lines 加工食品事業: ...
    if not _OF_LIST.match(text, fact.start + len(plain[0])):
        return False
    numbered = {int(match[1].translate(_WIDE)) for match in _NUMBERED.finditer(passage)}
    if numbered and max(numbered) == number == len(numbered):
        return True
    return _MARKS[number - 1] in passage and _MARKS[number] not in passage


def _compares_with_before(year: int, passage: str, facts: Sequence[Fact]) -> bool:
    """Whether the passage compares a year with the one before it: 前年 or 前期 in a sentence with it, or with no year, if the passage tells no other."""
    years = [one for one in facts if one.kind == "date" and one.value[:1] != "-"]
    if all(one.value[:4] == f"{year:04d}" for one in years):
        return bool(_YEAR_BEFORE.search(passage))
    return any(
        _YEAR_BEFORE.search(passage, *sentence_at(passage, one.start))
        for one in years
        if one.value[:4] == f"{year:04d}"
    )


def follows_date(
    fact: Fact, text: str, passage: str, dates: set[str], row: Sequence[Fact], facts: Sequence[Fact]
) -> bool:
    """Whether a date follows from another of the row: 8月 before 9月 of a passage that says 前月, the year before one that it compares with 前年; a
    supposed date where the passage has none of a year (2026年に受けた場合は2027年3月15日まで). dates: values of the passage; row: the row's dates; facts: the passage's.
    """
    first, last = sentence_at(text, fact.start)
    here = {one.value for one in row if first <= one.start < last and one.value in dates}
    month = _MONTH.fullmatch(fact.value) if _RELATIVE.search(passage) else None
    if month and any(known.endswith(f"-{int(month[1]) % 12 + 1:02d}") for known in here if len(known) in (4, 7)):
        return True
    supposes = bool((_IF.search(text, first, last) or _WHO.search(text, first, last)) and _NEXT.search(passage))
    if (
        fact.value.startswith("--")
        and supposes
        and _IF.search(text, first, last)
        and fact.value.endswith(("-01", "-30", "-31"))
    ):
        return not any(len(one) == len(fact.value) for one in dates)
    if len(fact.value) >= 4 and fact.value[0] != "-":
        year = int(fact.value[:4])
        listed = _OF_CHOICE.match(text, fact.end) is not None
        if not listed and f"{year + 1:04d}{fact.value[4:]}" in here and _compares_with_before(year + 1, passage, facts):
            return True
        with_year = [one for one in dates if one[0] != "-"]
        told = [int(one.value[:4]) for one in row if first <= one.start < last and one.value[0] != "-"]
        apart = {0, 1} | {2 for _ in _TWO_ON.findall(passage)} | {int(one) for one in _YEARS_ON.findall(passage)}
        if max(told) - min(told) not in apart:
            return False
        if not with_year and supposes:
            ending = fact.value[4:]
            return (
                not ending or "-" + ending in dates or ending.count("-") == 1 or ending.endswith(("-01", "-30", "-31"))
            )
    return False
