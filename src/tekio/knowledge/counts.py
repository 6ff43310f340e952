"""Counts that a row cannot have: two more of somebody where one is named, two of two who are one of them, companies told as persons; one end of a range for the
whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tekio.knowledge.facts import Fact, facts_of, kanji_number, name_value

_N = r"[0-9０-９一二三四五六七八九]{1,2}"
_THINGS = "人|名|つ|社|か国|カ国|種類?|件|本|台|頭|冊|校|箇所|カ所|か所|点"
_MORE = re.compile(
    rf"もう({_N})(?:{_THINGS})(?=[はがを]?(?:誰|だれ|何|どこ|どれ|どの|どちら)|の[^、。]{{1,8}}[はがを]?(?:誰|何|どこ))"
)
_OF_THEM = re.compile(
    rf"(?<![0-9０-９,，.．])({_N})(?:{_THINGS})の(?:うち|内|中)(?:で|の|、){{0,2}}({_N})(?:{_THINGS})(?=[はがの])"
)
_LISTED = re.compile(r"[、・,，と及や]")
_PERSONS = re.compile(rf"の(?:{_N})(?:人|名)(?![間目気口前物数員件生]|あたり|当たり)")
_ASKS_FOR_COMPANY = re.compile(r"(?:どの|どちらの|何という)(?:会社|企業|メーカー|銀行|国|都市|空港|機種)")
_OF_OTHER_KIND = (
    (
        re.compile(r"何年(?:のこと)?(?:です|でし|だ|か|の?[?？])"),
        re.compile(rf"(?:約|およそ)?{_N}年(?:間|後|前|ぶり|余り?)。?"),
    ),
    (
        re.compile(r"何年(?:度|代)?(?:内に|に(?!わた|及|も|一度)|から(?!何)|のこと|[^一-龥ぁ-ん、。]*$)"),
        re.compile(rf"(?:約|およそ)?{_N}年(?:間|生|目|ぶり)。?"),
    ),
    (re.compile(r"何人(?:です|でし|だ|か|い|が|を|に|の|も|殺|の?[?？])"), re.compile(rf"{_N}人目。?")),
)
"""What asks for a year or for so many, and what tells how long it is or which one."""
_ABOUT_FIRST, _ASKS_FOR_RANK = re.compile(r"(?:約|およそ)[0-9０-９]{1,3}"), re.compile(r"何[人番回代度日年]目")
"""何人目: about the fourth is none."""
_SHORT_ANSWER, _LEAST_ANSWER = 12, 2
_SHORT = 3
"""Characters that an answer has beside its number, where it is nothing else."""
_COUNTER = re.compile(r"[一-龥ァ-ヴ]")
_ABOUT_BEFORE, _ABOUT_BEHIND = (
    re.compile(r"(?:約|およそ|ほぼ|概ね|おおむね)\s*$"),
    re.compile(r"程度|ほど|くらい|ぐらい|前後|近く|あまり|余り?|弱|強|もの|以[上下内]|未満|を?超|に達|に及"),
)
_BOUND_BEHIND = re.compile(r"以上(?!の)|以下(?!の)|未満")
_ANY_BOUND = re.compile(r"以[上下内]|未満|を?超|まで|に満た|に達|に及|あまり|余り|強|弱|を?[上下]回")
_OPEN_BEFORE = re.compile(r"(?:最大|最高|上限|下限|少なくとも|限度)[^、。0-9]{0,4}$|数\s*$|[-~～〜–]\s*$")
_RANGE_BEFORE = re.compile(r"[0-9０-９](?:%|％|人|名|度|円|[A-Za-zｍ]{1,2})?\s*[-~～〜–−－]\s*$")
_RANGE_AFTER = re.compile(r"\s*[-~～〜–−－]\s*[0-9０-９]")
_END_TOLD = re.compile(
    r"最|まで|以内|以下|上限|下限|超|未満|多[いく]|少な|高[いく]|低[いく]|大き|小さ|長[いく]|短[いく]|少なくとも|から|何目|いつ"
)
_NOTHING_ELSE = re.compile(r"(?:約|およそ|ほぼ|以上|程度|ほど|くらい|ぐらい|です|である|でした|だった|だ|[。、\s])*")


def impossible_counts(question: str, answer: str) -> Iterator[tuple[str, str]]:
    """(count that a row tells, what it says beside it): もう2人は誰か, of which one is named; 2人のうち2人は三島で、もう1人は."""
    for match in _MORE.finditer(question):
        number = kanji_number(name_value(match[1])) or 0
        if number > 1 and not _LISTED.search(answer.strip(" 。")):
            yield match[0], answer
    for match in _OF_THEM.finditer(question):
        whole, part = (kanji_number(name_value(each)) or 0 for each in match.groups())
        if part >= whole:
            yield match[0], match[1]
    if (about := _ABOUT_FIRST.match(answer)) and _ASKS_FOR_RANK.search(question):
        yield about[0], "目"
    for asks, tells in _OF_OTHER_KIND:
        if asks.search(question) and (told := tells.fullmatch(answer.strip())):
            yield told[0], "何年" if "年" in told[0] else "何人"
    if _ASKS_FOR_COMPANY.search(question):
        for match in _PERSONS.finditer(question):
            if match.start() and _is_list(question[: match.start()]):
                yield match[0], "社"


_TO = re.compile(r"[0-9０-９]年?(?:から|[-~〜～–])[0-9０-９]")
_RANGE_OF_YEARS = re.compile(r"([0-9]{2})([0-9]{2})年?(?:から|[-~〜～–])(?:([0-9]{2}))?([0-9]{2})年(?!間|目|後)")
_ASKS_FOR_BOUND = re.compile(r"何[^、。0-9]{0,6}?(?:以[上下内]|未満)")
_ABOUT_ANSWER = re.compile(r"^(?:約|およそ|ほぼ)|(?:程度|前後|ほど|くらい|ぐらい)(?:です|である|だ)?。?$")
_WHICH_ONE = re.compile(rf"({_N})(?P<of>回|度|番|代|作|人|話|弾)目(?P<work>[^、。]{{0,6}}作品)?")
_MARKS = "「」『』() "


def empty_ranges(text: str, passage: str) -> Iterator[str]:
    """Ranges of a row that end with the year that they begin with, where the passage has no such: 1797年から1797年. passage: in the compared form."""
    for match in _RANGE_OF_YEARS.finditer(name_value(text)) if _TO.search(text) else ():
        if match[3] in (None, match[1]) and match[4] == match[2] and match[0] not in passage:
            yield match[0]


def about_for_bound(question: str, answer: str, passage: str) -> Iterator[tuple[str, str]]:
    """(answer that is about so much, the bound that is asked for): 約50% of 何%以下ですか, unless the passage says so of it."""
    bound = _ASKS_FOR_BOUND.search(question)
    if (
        bound
        and _ABOUT_ANSWER.search(answer.strip())
        and len(answer) <= _SHORT_ANSWER
        and answer.strip(" 。") not in passage
    ):
        yield answer, bound[0]


def of_other_number(question: str, answer: str, passage: str) -> Iterator[tuple[str, str]]:
    """(which one a question asks for, which one the answer is) by the number at once before it: 1回目の作品, of 第二作『甲』. passage: in the compared form."""
    asked, told = _WHICH_ONE.search(question), name_value(answer).strip(_MARKS)
    if asked is None or len(told) < _LEAST_ANSWER:
        return
    counter = f"[{asked['of']}作]" if asked["work"] else asked["of"]
    before = re.findall(rf"第?({_N}){counter}目?の?[「『(]?{re.escape(told)}", passage)
    numbers = {kanji_number(one) for one in before}
    if numbers and kanji_number(name_value(asked[1])) not in numbers:
        yield asked[0], before[0]


def _is_list(before: str) -> bool:
    """Whether a text ends in things of a list: マクドネル・ダグラスとエアバス、ボーイング."""
    return bool(re.search(r"[、と][^、。とはがをに]{2,}$", before))


def end_of_range(question: str, answer: str, passage: str, facts: Sequence[Fact]) -> Iterator[tuple[Fact, str]]:
    """(value of an answer that is nothing else, the range) where the passage has the value as the end of a range only, and neither question nor answer speaks of an end: 約70% of 60-70%."""
    told = [fact for fact in facts_of(answer, names=False) if fact.kind == "number"]
    if len(told) != 1 or not _NOTHING_ELSE.fullmatch(answer.replace(told[0].text, "", 1)):
        return
    if _END_TOLD.search(question) or _END_TOLD.search(answer):
        return
    places = [one for one in facts if one.kind == "number" and one.value.removeprefix("-") == told[0].value]
    if not places:
        return
    ranges = [_range_at(passage, one) for one in places]
    if all(ranges):
        yield told[0], ranges[0]


def _range_at(passage: str, one: Fact) -> str:
    start, end = one.start + (one.text[:1] in "-－−"), one.end
    before = passage[max(0, one.start - 12) : start]
    if _RANGE_BEFORE.search(before):
        return passage[max(0, one.start - 4) : end]
    after = _RANGE_AFTER.match(passage, end)
    return passage[one.start : after.end()] if after else ""


def marked_otherwise(
    text: str, row: Sequence[Fact], passage: str, facts: Sequence[Fact], *, bare: bool
) -> Iterator[tuple[Fact, str]]:
    """(value of a row, how the passage has it) where the passage only tells it as about so much and the row as a bound, or an answer that is nothing else as about so much and the
    passage exactly: 1,200万円以上 of 約1,200万円, 約30% of 30%. row: the row's facts; facts: the passage's.
    """
    for fact in row:
        if fact.kind != "number":
            continue
        about, bound = _ABOUT_BEFORE.search(text, 0, fact.start), _BOUND_BEHIND.match(text, fact.end)
        if not bound and not (about and bare):
            continue
        places = [one for one in facts if one.kind == "number" and one.value == fact.value]
        marked = [
            _ABOUT_BEFORE.search(passage, 0, one.start) or _ABOUT_BEHIND.match(passage, one.end) for one in places
        ]
        bounded = any(
            _ANY_BOUND.match(passage, one.end) or _OPEN_BEFORE.search(passage, 0, one.start) for one in places
        )
        if places and not bounded and ((bound and all(marked)) or (about and bare and not bound and not any(marked))):
            yield fact, passage[max(0, places[0].start - 3) : places[0].end + 2]


def counted_otherwise(answer: str, passage: str, facts: Sequence[Fact]) -> Iterator[tuple[Fact, str]]:
    """(number of an answer that is nothing else, what the passage has) where the passage has the number with other counters only: 1階 of フェルディナント1世."""
    told = [fact for fact in facts_of(answer, names=False) if fact.kind == "number"]
    if len(told) != 1 or not told[0].value.isdigit() or len(answer.strip(" 。")) - len(told[0].text) > _SHORT:
        return
    counter = _COUNTER.match(answer, told[0].end)
    places = [one for one in facts if one.kind == "number" and one.value == told[0].value]
    behind = [_COUNTER.match(passage, one.end) for one in places]
    if counter and places and all(one is not None and one[0] != counter[0] for one in behind):
        yield told[0], passage[places[0].start : places[0].end + 1]
