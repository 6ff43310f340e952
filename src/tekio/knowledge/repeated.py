"""Rows that repeat sentences of their passage, or ask for what stands at one place of a sentence: they are right whatever else the passage says, or wrong where another value
stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tekio.knowledge.facts import Fact, facts_of, name_value
from tekio.knowledge.verbatim import alike_from_start

_PARTS = re.compile(r"[^。\n]+")
_BLANK = re.compile(
    r"[(（][ \u3000＿_?？]*[)）]|[＿_]{2,}|[□■○●]{2,}|いくら|どれ(?:だけ|くらい|ほど)|(?:いつ|どこ|だれ|誰)(?!か)|何"
)
"""What stands in a question for what it asks for."""
_MOST_BLANKS = 8
"""Of a question: one that asks more often asks for no one thing, and every one is looked for in every sentence."""
_SHORTEST_LEFT = 6
"""Letters of a sentence before what is asked for: fewer stand in many sentences, but where as many as these follow."""
_LONG_RIGHT = 12
_LONGEST_UNIT = 4
"""Letters of an answer that its question has behind 何: 何パーセント."""
_LONGEST_ASKED_FOR = 40
_SURE = 3
"""Letters of a question behind its blank that say where what stands there ends."""
_ENDING = re.compile(r"[ぁ-ん]{0,8}")
"""How a question ends otherwise than its sentence: 増加し、… asked as 増加しましたか."""
_ASKS = re.compile(r"(?:です|ます|でした|ました|でしょう|の)?か[。?？]?$|[?？]$")
_CUT_NUMBER = re.compile(r"[0-9,.〇一二三四五六七八九十百千万億兆][0-9,.%a-z〇一-龥]")
"""Where a number, or it and its unit, would be cut: 3 of 36百万円."""
_ENDED = re.compile(r"[。\n]")
_FILLED = re.compile(r"(?:空欄|空所|答え|正解)[^「」]{0,12}「(.+)」")
"""空欄に入るのは「三千万円」です."""
_ANSWERS = re.compile(r"(?:です|である|でした|だ)?。?$")
_YES = re.compile(r"(?:はい|正しい|そのとおり|○)")
_ACCORDING_TO = re.compile(r"[^、0-9]{2,40}(?:によれば|によると|において|では|について)(?:は)?、")
_ASKS_WHETHER = re.compile(r"(?:正しい|正しく|合って|誤って|間違って)")
_QUOTED = re.compile(r"「(.+)」", re.DOTALL)


def sentences_of(text: str) -> frozenset[str]:
    """The sentences and lines of a text in the compared form, without their full stops."""
    return frozenset(name_value(part.strip()) for part in _PARTS.findall(text))


def is_word_for_word(question: str, answer: str, sentences: frozenset[str]) -> bool:
    """Whether a row only repeats sentences of its passage: as a statement; as the answer to a question that is such a sentence with a
    blank in it; or as what stands in that blank. sentences: the passage's (`sentences_of`).
    """
    if not question:
        return _repeats(answer, sentences)
    if (held_up := told_in(question, answer)) != answer:
        return _repeats(held_up, sentences)
    told, repeated = _bare(answer), name_value(answer) if _repeats(answer, sentences) else ""
    return any(
        one.sentence in repeated if repeated else told in one.spellings for one in _asked_for(question, sentences)
    )


def told_in(question: str, answer: str) -> str:
    """What a row says: its answer, or what the question holds up and the answer calls right."""
    if question and _YES.match(answer) and _ASKS_WHETHER.search(question) and (told := _QUOTED.search(question)):
        return told[1]
    return answer


def in_blank(question: str, answer: str, sentences: frozenset[str]) -> Iterator[tuple[Fact, str]]:
    """(value of an answer that is one value, what stands there) where the question is a sentence of the passage with a blank, and another
    value stands in it.
    """
    told = facts_of(answer, names=False)
    if len(told) != 1 or told[0].kind not in ("number", "date") or _repeats(answer, sentences):
        return
    bare, there = _bare(answer), [one for one in _asked_for(question, sentences) if one.sure]
    if not there or any(bare in one.spellings for one in there):
        return
    known = [fact for one in there for spelling in one.spellings for fact in facts_of(spelling, names=False)]
    if any(fact.kind == told[0].kind for fact in known) and told[0].value not in {fact.value for fact in known}:
        yield told[0], there[0].spellings[0]


@dataclass(frozen=True, slots=True)
class _InBlank:
    """What stands in a sentence where a question has its blank: alone, and with the unit that the question tells. In the compared form.

    sure: where it ends is told by letters of the question behind the blank.
    """

    sentence: str
    spellings: tuple[str, ...]
    sure: bool


def _asked_for(question: str, sentences: frozenset[str]) -> Iterator[_InBlank]:
    quoted = question.rstrip().endswith("」")
    said = question[question.find("「") + 1 :].rstrip().rstrip("」") if quoted else question
    for blank in islice(_BLANK.finditer(said), _MOST_BLANKS):
        left = name_value(_ENDED.split(said[: blank.start()])[-1])
        right = name_value(_ASKS.sub("", said[blank.end() :].rstrip("。")))
        if not left or (len(left) < _SHORTEST_LEFT and len(right) < _LONG_RIGHT):
            continue
        for sentence in sentences:
            if (place := sentence.find(left)) >= 0:
                rest = sentence[place + len(left) :]
                yield from _ends_of(sentence, rest[:_LONGEST_ASKED_FOR], rest, right)


def _ends_of(sentence: str, longest: str, rest: str, right: str) -> Iterator[_InBlank]:
    """What stands in a blank before what the question has behind it. rest: the sentence from the blank on."""
    if not right:
        whole = (size for size in range(1, len(longest) + 1) if not _CUT_NUMBER.match(rest, size - 1))
        yield _InBlank(sentence, tuple(longest[:size] for size in whole), sure=False)
        return
    for size in range(1, len(longest) + 1):
        if alike := _goes_on(rest[size:], right):
            units = (unit for unit in range(_LONGEST_UNIT + 1) if right[:unit] == rest[size : size + unit])
            sure = alike >= _SURE or rest[size:] == right
            yield _InBlank(sentence, tuple(rest[: size + unit] for unit in units), sure)
            return


def _bare(answer: str) -> str:
    told = _ANSWERS.sub("", answer.strip())
    filled = _FILLED.fullmatch(told)
    return name_value(filled[1] if filled else told)


def _repeats(text: str, sentences: frozenset[str]) -> bool:
    parts = [name_value(part.strip()) for part in _PARTS.findall(text)]
    return bool(parts) and all(part in sentences or introduced(part) in sentences for part in parts if part)


def introduced(part: str) -> str:
    """A sentence without the words that say where it stands: …によれば、."""
    found = _ACCORDING_TO.match(part)
    return part[found.end() :] if found else part


def _goes_on(rest: str, asked: str) -> int:
    """How many letters a sentence and a question go on alike; 0 where more than the end of the predicate differs."""
    alike = alike_from_start(rest, asked)
    return alike if _ENDING.fullmatch(asked[alike:]) else 0
