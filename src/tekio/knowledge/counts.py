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
    (re.compile(r"何人(?:です|でし|だ|か|い|の?[?？])"), re.compile(rf"{_N}人目。?")),
)
"""What asks for a year or for so many, and what tells how long it is or which one."""
_ABOUT_FIRST, _ASKS_FOR_RANK = re.compile(r"(?:約|およそ)[0-9０-９]{1,3}"), re.compile(r"何[人番回代度日年]目")
"""何人目: about the fourth is none."""
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
