"""What a row has in its passage's own words around something else: 高岳製作所と東芝が経営統合し of 高岳製作所と東光電気が経営統合し; 相川宗一社長 of 相川宗一市長; and whom it says did what:
監査するのは理事である of 監事は、機構の業務を監査する.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tekio.knowledge.derived import sentence_at
from tekio.knowledge.facts import Fact, value_unit
from tekio.knowledge.verbatim import alike_from_start

_PIECE = re.compile(
    r"[一-龥々ァ-ヴーA-Za-z]+|(?<![0-9.,])[0-9][0-9,.]*(?![0-9])|[一二三四五六七八九十百千]+(?=[年月日人円条項号])"
)
_ASKS = re.compile(r"誰|何|\(\)")
"""What a row asks for: a term with a blank to fill is not whole."""
_POINTS_BACK = re.compile("^(?:[同当本]|彼)")
"""同社: what was named before."""
_LEAST_SIDE, _LEAST_BOTH, _FARTHEST, _LONGEST = 3, 10, 16, 16
_TITLES = "社長|会長|頭取|専務|常務|市長|町長|村長|知事|首相|大臣|長官|教授|監督|理事長|議長|校長|院長|館長"
_ANY_TITLE = re.compile(_TITLES)
_NAMED = re.compile(rf"([一-龥々]{{2,8}})({_TITLES})(?![一-龥])")
_ROLE = re.compile("取締|執行|代表|常務|専務|監査|兼")
_IN_MARKS = re.compile(r"[「『]([^「」『』]{4,})[」』]")
_LEAST_END = 3
_LONG, _LEAST_NAME = 25, 3
_CLEFT = re.compile(
    r"(?:^|[。\n、])(?P<what>[^。\n]{6,60}?)のは、?(?P<who>[一-龥々ァ-ヴー]{2,12})(?:で(?:ある|す|あり|した)|だ)(?!った?か|か)"
)
_SUBJECT = re.compile(r"(?:^|[。、0-9])(?P<who>[一-龥々ァ-ヴー]{2,12})(?:は|が)、?$")
_LEAST_SAME = 6


def exchanged_words(text: str, passage: str) -> Iterator[tuple[str, str]]:
    """(word of the row, the passage's in its place), of words that stand elsewhere in the passage. Both in the compared form."""
    last = len(text) - _LEAST_SIDE
    for match in _PIECE.finditer(text, _LEAST_SIDE):
        start, end = match.span()
        if not 1 < end - start <= _LONGEST or end > last or text[start - _LEAST_SIDE : end] in passage:
            continue
        if text[start - _LEAST_SIDE : start] not in passage or text[start : end + _LEAST_SIDE] in passage:
            continue
        if match[0] in passage and not _ASKS.search(match[0]):
            other = _in_its_place(text, start, end, passage)
            if other is not None:
                yield match[0], other


def _in_its_place(text: str, start: int, end: int, passage: str) -> str | None:
    """What the passage has between the words that stand around a piece of the row."""
    before, after = text[max(0, start - _FARTHEST) : start], text[end : end + _FARTHEST]
    word, lead, close = text[start:end], before[-_LEAST_SIDE:], after[:_LEAST_SIDE]
    place = passage.find(lead)
    while place >= 0:
        found = _PIECE.match(passage, place + _LEAST_SIDE)
        place = passage.find(lead, place + 1)
        if found is None or not passage.startswith(close, found.end()) or _POINTS_BACK.match(found[0]):
            continue
        other = found[0]
        alike = alike_from_start(before[::-1], passage[: found.start()][::-1]) + alike_from_start(
            after, passage[found.end() :]
        )
        same_kind = word[0].isdigit() == other[0].isdigit()
        if same_kind and alike >= _LEAST_BOTH and word not in other and other not in word and other not in text:
            return other
    return None


def other_title(text: str, passage: str) -> Iterator[tuple[str, str]]:
    """(name with the title that a row gives it, the passage's title of it)."""
    for match in _NAMED.finditer(text) if _ANY_TITLE.search(text) else ():
        for cut in range(len(match[1]) - _LEAST_NAME + 1):
            name = match[1][cut:]
            if _ROLE.search(name):
                break
            known = set(re.findall(rf"{re.escape(name)}({_TITLES})(?![一-龥])", passage))
            if known:
                if match[2] not in known:
                    yield f"{name}{match[2]}", min(known)
                break


def other_heading(text: str, passage: str) -> Iterator[tuple[str, str]]:
    """(term in marks, the passage's that ends as it does) where what it begins with stands nowhere: 『利尻町民話集』 of 『イギリス民話集』. Both in the compared form."""
    terms = [one for one in _IN_MARKS.findall(text) if one not in passage and not _ASKS.search(one)]
    known = set(_IN_MARKS.findall(passage)) if terms else ()
    for told in terms:
        for other in sorted(known):
            alike = alike_from_start(told[::-1], other[::-1])
            head = told[: len(told) - alike]
            if alike >= _LEAST_END and head and head not in passage and len(other) > alike and other not in text:
                yield told, other
                break


def other_doer(text: str, passage: str) -> Iterator[tuple[str, str]]:
    """(who a row says did something, who the passage says did it in the same words): Xを監査するのは理事である of 監事は、Xを監査する."""
    for match in _CLEFT.finditer(text) if "のは" in text else ():
        what = match["what"].rsplit("、", 1)[-1]
        place = passage.find(what) if len(what) >= _LEAST_SAME else -1
        doers: set[str] = set()
        while place >= 0:
            found = _SUBJECT.search(passage, max(0, place - 20), place)
            if found is not None:
                doers.add(found["who"])
            place = passage.find(what, place + 1)
        if (
            doers
            and not _ASKS.search(match["who"])
            and not any(match["who"] in one or one in match["who"] for one in doers)
        ):
            yield match["who"], min(doers)


_HAS_SUBJECT = re.compile("[はが]")
_WORD_END = re.compile("[一-龥ァ-ヴーぁ-ん]$")
_EACH = re.compile(r"それぞれ(?P<values>[^。]*?(?:及び|、|と)[^。]*)")
_LAST_YEAR = re.compile("前年|昨年")
_PERIOD = re.compile(r"(?P<which>[前当])(?:連結)?(?:会計年度|事業年度|期|年度|四半期)末?")


def of_other_period(
    text: str, facts: Sequence[Fact], passage: str, known: Sequence[Fact]
) -> Iterator[tuple[Fact, str]]:
    """(value of a sentence that tells of one period, that period's value) of 前年度及び当年度は、それぞれ454百万円及び171百万円. facts: the row's; known: the passage's."""
    for periods, first, last in each_in_order(passage) if "それぞれ" in passage else ():
        values = [one for one in known if one.kind == "number" and first <= one.start < last][:2]
        if len(values) < 2 or value_unit(values[0].value) != value_unit(values[1].value):
            continue
        for fact in facts:
            start, end = sentence_at(text, fact.start)
            which = period_of(text[start:end])
            if which and fact.value in (values[0].value, values[1].value) and values[0].value != values[1].value:
                own = values[periods.index(which)]
                elsewhere = [one for one in known if one.value == fact.value and not first <= one.start < last]
                if fact.value != own.value and not elsewhere and not any(one.value == own.value for one in facts):
                    yield fact, own.value


def each_in_order(passage: str) -> Iterator[tuple[list[str], int, int]]:
    """(前 and 当 in the order of a sentence, where its values begin and end) of what is told of two periods one after the other."""
    for match in _EACH.finditer(passage):
        first = passage.rfind("。", 0, match.start()) + 1
        first = max(first, passage.rfind("\n", 0, match.start()) + 1)
        periods = [one["which"] for one in _PERIOD.finditer(passage, first, match.start())]
        if sorted(periods) == ["前", "当"]:
            yield periods, match.start("values"), match.end("values")


def period_of(said: str) -> str:
    """前 or 当 where a sentence speaks of one of the two, empty for both and for none."""
    found = [one["which"] for one in _PERIOD.finditer(said)]
    if _LAST_YEAR.search(said):
        found.append("前")
    return found[0] if found and len(set(found)) == 1 else ""


def is_cut_off(text: str, passage: str, *, answers: bool) -> bool:
    """Whether a text of several sentences, or a long one that answers no question, ends within the passage's words: 完全子会 of 完全子会社. Both in the compared form."""
    whole, _, rest = text.rpartition("。")
    if (
        (not whole and (answers or len(rest) < _LONG or "、" not in rest or not _HAS_SUBJECT.search(rest)))
        or len(rest) < _LEAST_SAME + 2
        or not _WORD_END.search(rest)
    ):
        return False
    place = passage.find(rest[-_LEAST_SAME:])
    after = passage[place + _LEAST_SAME : place + _LEAST_SAME + 1] if place >= 0 else ""
    return bool(_WORD_END.search(after))
