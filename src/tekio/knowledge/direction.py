"""Whether a row turns round what its passage says: more for less, up to for at least, can for cannot.

A value that stands in the passage may be told with the opposite word beside it. Three things are looked at: the word beside a value here
and there; a word of movement of which the passage has only the opposite; and the words before it, which in the passage lead to the opposite. What a
row tells in words of its own, of a passage that has both words, is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

UP_WORDS = r"増加|増え|増や|増収|増益|増配|上昇|伸び|上回|拡大|上がっ|上がり|黒字|引き?上げ|押し?上げ"
DOWN_WORDS = (
    r"減少|減っ|減り|減ら|減収|減益|減配|低下|下落|下回|縮小|下がっ|下がり|赤字|落ち込|引き?下げ|押し?下げ|削減"
)
_BESIDE = (
    (re.compile(rf"増|{UP_WORDS}"), re.compile(rf"減|{DOWN_WORDS}")),
    (
        re.compile(r"以上|を?超え(?!ない)|を?超(?=の)|を?上回"),
        re.compile(r"以下|以内|未満|を?超えない|を?下回|に満たない"),
    ),
    (re.compile(r"以上"), re.compile(r"を?超え(?!ない)|を?超(?=の)|を?上回")),
    (re.compile(r"以下|以内|を?超えない"), re.compile(r"未満|に満たない|を?下回")),
    (re.compile(r"以前|より前|前(?=[にのま])"), re.compile(r"以後|以降|より後|後(?=[にの])")),
    (re.compile(r"以内"), re.compile(r"以後|以降")),
    (re.compile(r"\A(?:余り?|あまり|強(?![いくさ])|超)"), re.compile(r"\A(?:弱(?![いくさ])|足らず|に満たない|未満)")),
    (
        re.compile(r"[にか][^、]{0,2}(?:始ま|開始)"),
        re.compile(r"(?<!から)(?<!から何年)(?<!から何月)まで|をもって|[にで][^、]{0,2}(?:終わ|終了|終え)"),
    ),
)
_BOUNDS = frozenset([2, 3, 4])
"""Of bounds a place where none is told says nothing."""
_ANY_BESIDE = re.compile("|".join(each.pattern for pair in _BESIDE for each in pair))
BOUND = re.compile(r"以上|未満|に満たない|以下|以内|を?超え")
_BY = r"(?<=[0-9%])"  # 0.2%増
_MOVES = (
    (re.compile(UP_WORDS), re.compile(DOWN_WORDS), re.compile(rf"{UP_WORDS}|{_BY}増")),
    (re.compile(DOWN_WORDS), re.compile(UP_WORDS), re.compile(rf"{DOWN_WORDS}|{_BY}減")),
)
"""(word of a row, its opposite in the passage, what else in the passage says the same as the row)"""
_ANY_MOVE = re.compile(f"{UP_WORDS}|{DOWN_WORDS}")
_ONE_OF_TWO = (
    (re.compile("税込"), re.compile("税抜")),
    (re.compile("円高"), re.compile("円安")),
    (re.compile("前営業日"), re.compile("翌営業日")),
    (re.compile("初日|月初"), re.compile("末日|月末")),
    (re.compile("ドル高"), re.compile("ドル安")),
)
_POLES = (
    ("多", "少"),
    ("大き", "小さ"),
    ("高", "低"),
    ("長", "短"),
    ("早速", "遅"),
    ("強", "弱"),
    ("広", "狭"),
    ("新し", "古"),
)
_MOST = r"(?:最も|もっとも|一番|いちばん)(?:[^、。\n「」]{0,4}?の)?"


def _pole(letters: str) -> str:
    return letters if len(letters) == 2 and "ぁ" <= letters[1] <= "ん" else f"[{letters}]"


def _most(letters: str) -> str:
    """The superlative of a word: 最も多い, 最多, 一番人気の多い; 最大 of 大きい."""
    return rf"{_MOST}{_pole(letters)}|最{letters[0]}(?![会学統阪臣限預額賃保])"


_SUPERLATIVES = tuple(
    (re.compile(_most(here)), re.compile(_most(there)), re.compile(rf"{_pole(here)}|最{here[0]}"))
    for one, other in _POLES
    for here, there in ((one, other), (other, one))
)
_BY_DEGREE = tuple(
    (
        re.compile(f"{_pole(here)}[いく]?ほど"),
        re.compile(f"{_pole(there)}[いく]?ほど"),
        re.compile(f"{_pole(here)}[いく]?ほど"),
    )
    for one, other in _POLES
    for here, there in ((one, other), (other, one))
)
"""高いほど."""
_ANY_OF_TWO = re.compile("|".join(each.pattern for pair in _ONE_OF_TWO for each in pair))
_OF_DEGREE = re.compile("最|もっとも|一番|いちばん|ほど")
"""Without these a text has no superlative."""
_REMEMBERED = 16
"""Passages that are kept as they are compared: all rows of one come together."""
_BOUND_ASKED = re.compile(
    r"(?:何[^、。？?\n]{0,5}?|いくつ|いくら|どの?くらい|どれ(?:くらい|ほど))(以上|以下|以内|未満|以前|以後|以降|を?超え|を?[上下]回)"
)
_OF_CHANGE = re.compile(r"増[ \u3000]*減額?(?:[（(][^（）()]*[）)])?[:：] ?[△▲]?$")
_LONGEST_LABEL = 20
_AFTER = 10
"""Characters after a value in which the word beside it stands."""
_CLAUSE_ENDS = re.compile(r"[0-9０-９、。，．\n？?！「」]")
_ASIDE = re.compile(r"[（(][^（）()\n]{0,40}[）)](?=以|を?超|未満|に満)")
_EVEN = re.compile(r"(?:以上|以下|以内|未満|を?超え(?:て|る場合)?|に満たなく)で?(?:あって)?[もて]?も(?=[、一-龥])")
"""7m以下でも: the rule holds all the same."""
_LEAST_SAME = 4
"""Characters before a word that must be the same for the passage to lead to its opposite."""
_LEAST_AFTER = 6
"""Characters behind a word that must be the same, where those before it are not: 二以下の者 of 二以上の者. Of 35,687 right rows 2 reach it."""
_LEAST_CAN = 2  # 就職できない, 就職できる
_TWO_KANJI = re.compile(r"[一-鿿]{2}$")
_MOST_SAME = 24
_EITHER = 16
_WHETHER = r"(?:する|し|した|している|て?い[るた])?の?か"
_ASKED_WHETHER = re.compile(_WHETHER)
"""増加したか、減少したか."""
_SENTENCE_ENDS = re.compile(r"[。\n]")
_PAIRS = (
    ("増加", "減少"), ("上昇", "低下"), ("上昇", "下落"), ("増え", "減っ"), ("増え", "減り"), ("拡大", "縮小"), ("上回", "下回"), ("黒字", "赤字"), ("増収", "減収"),
    ("増益", "減益"), ("以上", "以下"), ("以上", "未満"), ("以内", "以上"), ("超える", "下回る"), ("超える", "超えない"), ("以前", "以後"), ("以前", "以降"),
    ("多い", "少ない"), ("多く", "少なく"), ("高い", "低い"), ("高く", "低く"), ("長い", "短い"), ("大きい", "小さい"), ("大きく", "小さく"), ("早い", "遅い"), ("最大", "最小"),
    ("最高", "最低"), ("最多", "最少"), ("最長", "最短"), ("課税", "非課税"), ("可能", "不可能"), ("必要", "不要"), ("開始", "終了"), ("得られた", "使用した"), ("収入", "支出"),
)  # fmt: skip
_POLITE = (
    ("できる", "できない", "できます", "できません"), ("する", "しない", "します", "しません"), ("される", "されない", "されます", "されません"), ("なる", "ならない", "なります", "なりません"),
    ("ある", "ない", "あります", "ありません"), ("含む", "含まない", "含みます", "含みません"), ("含まれる", "含まれない", "含まれます", "含まれません"),
)  # fmt: skip
"""A verb, its denial, and both in polite words."""
_OPPOSITES: dict[str, tuple[str, ...]] = {}
for _first, _second in _PAIRS:
    _OPPOSITES[_first] = (*_OPPOSITES.get(_first, ()), _second)
    _OPPOSITES[_second] = (*_OPPOSITES.get(_second, ()), _first)
_SAME: dict[str, tuple[str, ...]] = {}
for _says, _denies, _politely, _denies_politely in _POLITE:
    for _forms, _others in (
        ((_says, _politely), (_denies, _denies_politely)),
        ((_denies, _denies_politely), (_says, _politely)),
    ):
        for _form in _forms:
            _SAME[_form], _OPPOSITES[_form] = _forms, _others
_ONE_OR_OTHER = re.compile(
    rf"(?:{UP_WORDS})[^、。\n]{{0,4}}か、?(?:それとも|または)?[^、。\n]{{0,4}}(?:{DOWN_WORDS})|(?:{DOWN_WORDS})[^、。\n]{{0,4}}か、?(?:それとも|または)?[^、。\n]{{0,4}}(?:{UP_WORDS})"
)
"""増益か減益か: a question that says neither."""
_WORD = re.compile("|".join(sorted(_OPPOSITES, key=len, reverse=True)))
_POLE_WORD = re.compile("|".join(sorted(_OPPOSITES.keys() - _SAME.keys(), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Turned:
    """A word of a row whose opposite the passage has."""

    word: str
    passage: str


def may_be_turned(text: str) -> bool:
    """Whether a text has a word of movement, of degree or of bounds."""
    return any(words.search(text) for words in (_ANY_MOVE, _OF_DEGREE, _POLE_WORD, _ANY_OF_TWO))


def is_verb_sign(word: str) -> bool:
    """Whether a word says or denies a verb: ある, ない, する."""
    return word in _SAME


def beside(text: str, end: int) -> frozenset[int]:
    """What is said of a value that ends at `end`: 1, 2, 5, 6, 7 for more, at least, before, somewhat more, begun, 3 and 4 where the bound itself is meant (以上, not
    を超える; 以下, not 未満); their negatives for the opposite.
    """
    aside = _ASIDE.match(text, end)  # 1万円（消費税を除く。）以下
    end = aside.end() if aside else end
    window = text[end : end + _AFTER]
    if _EVEN.match(window):
        return frozenset()
    cut = _CLAUSE_ENDS.search(window)
    window = window[: cut.start()] if cut else window
    if not _ANY_BESIDE.search(window):
        return frozenset()
    found: set[int] = set()
    for number, (one, other) in enumerate(_BESIDE, 1):
        first, second = one.search(window), other.search(window)
        if first and (not second or first.start() < second.start()):
            found.add(number)
        elif second:
            found.add(-number)
    return frozenset(found)


def signed(text: str, start: int) -> frozenset[int]:
    """More, where a value that begins at `start` has a plus before it; more or less by its sign, where its column is headed by 増減."""
    if text[start - 1 : start] in ("+", "＋"):
        return frozenset([1])
    if _OF_CHANGE.search(text, max(0, start - _LONGEST_LABEL), start):
        return frozenset([-1 if text[start : start + 1] in "△▲-−－" else 1])
    return frozenset()


def contrary(told: frozenset[int], known: Sequence[frozenset[int]], *, asked: bool = False) -> bool:
    """Whether the passage says the opposite of `told` of a value wherever it stands. known: what it says at each place. asked: a bound that a question asks for."""
    open_to = frozenset[int]() if asked else _BOUNDS
    return any(
        any(-way in place for place in known)
        and all(-way in place or (not place and abs(way) in open_to) for place in known)
        for way in told
    )


_ASKING = re.compile(r"(?:^|(?<=[。\n?？]))[^。\n?？]*(?:[?？]|(?:ますか|ませんか|ですか|でしょうか)。)")
"""A question of the passage says nothing: 算入することができますか before the answer that one cannot. A row's question is held against questions too."""
_MAY_ASK = re.compile("[?？]|か。")
_TOPIC = re.compile(r"(?<=[ことものに])(?:は|も)(?=でき|ありま|ない|なり|なら|なる|あた|当た)|(?<=こと)が(?=でき)")


_PARTICLE = re.compile(r"(?<=[一-龥])[のがはも](?=増加|減少|上昇|低下|下落|拡大|縮小|増え|減っ|減り)")


def _bare(text: str) -> str:
    """A text without the particles that may stand before what is compared, or not: 単価も下落, 単価の下落."""
    return _PARTICLE.sub("", _TOPIC.sub("", text))


def bound_asked(question: str) -> str:
    """The bound that a question asks for, to be told of its answer: 以上 of 何人以上ですか; empty where it asks for none."""
    found = _BOUND_ASKED.search(question)
    return found[1] if found else ""


def turned(text: str, passage: str, *, computed: bool) -> Iterator[Turned]:
    """Words of a row that its passage has the other way round. Both in the compared form (`name_value`).

    computed: the row states differences of its own, so that it may move where the passage does not.
    """
    asks = _MAY_ASK.search(text)
    asked, told = ("".join(_ASKING.findall(text)), _ASKING.sub("", text)) if asks else ("", text)
    whole, stated = _whole_and_stated(passage)
    for said, known in ((asked, whole), (told, stated)):
        if said:
            yield from _turned(_bare(said), known, computed=computed)


@lru_cache(maxsize=_REMEMBERED)
def _whole_and_stated(passage: str) -> tuple[str, str]:
    """A passage, and what it does not ask, as it is compared."""
    return _bare(passage), _bare(_ASKING.sub("", passage))


def _turned(text: str, passage: str, *, computed: bool) -> Iterator[Turned]:
    if not computed and _ANY_MOVE.search(text) and not _ONE_OR_OTHER.search(text):
        for here, there, known in _MOVES:
            if (word := here.search(text)) and not known.search(passage) and (found := there.search(passage)):
                yield Turned(word[0], found[0])
    for one, other in _ONE_OF_TWO if _ANY_OF_TWO.search(text) else ():
        for here, there in ((one, other), (other, one)):
            told = here.search(text) if not there.search(text) else None
            if told and not here.search(passage) and (found := there.search(passage)):
                yield Turned(told[0], found[0])
    for here, there, known in (*_SUPERLATIVES, *_BY_DEGREE) if _OF_DEGREE.search(text) else ():
        if (word := here.search(text)) and (found := there.search(passage)) and not known.search(passage):
            yield Turned(word[0], found[0])
    for match in _WORD.finditer(text):
        opposites = [word for word in _OPPOSITES[match[0]] if word in passage]
        if not opposites or _either(text, match):
            continue
        least = (
            _LEAST_CAN
            if match[0].startswith(("でき", "以")) and _TWO_KANJI.search(text[: match.start()])
            else _LEAST_SAME
        )
        told = _SAME.get(match[0], (match[0],))
        same = max(least - 1, *(_same_before(text, match.start(), word, passage) for word in told))
        after = max(_same_after(text, match.end(), word, passage) for word in told)
        for opposite in opposites:
            if _same_before(text, match.start(), opposite, passage) > same or (
                same < least and _same_after(text, match.end(), opposite, passage) >= max(after + 1, _LEAST_AFTER)
            ):
                yield Turned(match[0], opposite)
                break


def _either(text: str, match: re.Match[str]) -> bool:
    """Whether a question asks which of both it is: 多いか、もしくは少ないか."""
    if not _ASKED_WHETHER.match(text, match.end()):
        return False
    here = _SENTENCE_ENDS.split(text[max(0, match.start() - _EITHER) : match.end() + _EITHER])
    words = "|".join(map(re.escape, _OPPOSITES[match[0]]))
    return any(match[0] in sentence and re.search(rf"(?:{words}){_WHETHER}", sentence) for sentence in here)


def _same_after(text: str, place: int, word: str, passage: str) -> int:
    """Most characters from `place` on that follow `word` in the passage."""
    best = 0
    start = passage.find(word)
    while start >= 0:
        end = start + len(word)
        same = 0
        while (
            same < _MOST_SAME
            and place + same < len(text)
            and passage[end + same : end + same + 1] == text[place + same]
        ):
            same += 1
        best = max(best, same)
        start = passage.find(word, start + 1)
    return best


def _same_before(text: str, place: int, word: str, passage: str) -> int:
    """Most characters before `place` that stand before `word` in the passage."""
    best = 0
    start = passage.find(word)
    while start >= 0:
        same = 0
        while same < _MOST_SAME and same < min(place, start) and text[place - same - 1] == passage[start - same - 1]:
            same += 1
        best = max(best, same)
        start = passage.find(word, start + 1)
    return best
