"""A question with its answer put into it, and what the passage says around the answer: どの臓器の機能が上昇したか, 腎臓 is 腎臓の機能が上昇した.

Read is the clause of the passage that has the answer. Where it says of the question's noun only the opposite of the question's word of degree or of movement, and no clause with the
answer says the same, the row is turned round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tekio.knowledge.choices import bare, content
from tekio.knowledge.degrees import NOT, degrees_in
from tekio.knowledge.derived import sentence_at
from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS

_ASKED = re.compile(
    r"(?:どの|どちらの|何の|何という|どういう|どんな|どのような)[一-龥々ァ-ヴー]{0,8}|誰|だれ|どこ|いつ|どちら|どっち|どれ|何[一-龥ァ-ヴーa-zA-Z%]{0,3}"
)
_LONGEST_ANSWER = 24
_CLAUSE_ENDS = re.compile(r"[、。\n「」]")
_COMPARES = re.compile(r"より|比べ|比し|比較|ほど|に次|除|以外|番目|倍")
_ATTRIBUTE = re.compile(r"[いな]([一-龥々]{1,4}|[ァ-ヴー]{2,})")
_MOVE = re.compile(rf"(?P<up>{UP_WORDS}|増大|向上|増し)|(?P<down>{DOWN_WORDS}|減る|縮減|減じ)")
_NOUN = re.compile(r"([一-龥々ァ-ヴー]+)[がのはもをに]{0,2}(?:より|最も|もっとも|一番|さらに|大きく)?$")
_LONGEST_NOUN, _REACH = 14, 16


def stated(question: str, answer: str) -> str | None:
    """A question with its answer where it asks; None where it does not ask at one place, or the answer is long."""
    told = bare(answer)
    asked = [*_ASKED.finditer(question)]
    if len(asked) != 1 or not told or len(told) > _LONGEST_ANSWER:
        return None
    return f"{question[: asked[0].start()]}{told}{question[asked[0].end() :]}"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of degree or of movement with the noun that it is said of. way: 1 for more."""

    text: str
    noun: str
    family: int
    way: int


def _words(text: str) -> Iterator[_Word]:
    for degree in degrees_in(text):
        if not NOT.match(text, degree.end):
            behind = _ATTRIBUTE.match(text, degree.end)
            noun = _noun(text, degree.start) or (behind[1] if behind else "")
            yield _Word(degree.word, noun, degree.family, degree.way)
    for match in _MOVE.finditer(text):
        if not NOT.match(text, match.end()):
            yield _Word(match[0], _noun(text, match.start()), -1, 1 if match["up"] else -1)


def _noun(text: str, end: int) -> str:
    found = _NOUN.search(text, max(0, end - _LONGEST_NOUN), end)
    return found[1] if found else ""


def turned_around_answer(question: str, answer: str, passage: str) -> Iterator[tuple[str, str]]:
    """(word of a question, the opposite that the passage says where it has the answer)."""
    told = bare(answer)
    if not told or len(told) > _LONGEST_ANSWER or _COMPARES.search(question):
        return
    said = [*_words(question)]
    asked = [one for one in said if one.noun and {each.way for each in said if each.family == one.family} == {one.way}]
    if any(True for _ in _words(told)):
        return
    clauses = [*_clauses(told, passage)] if asked else []
    for one in asked:
        ways: dict[int, str] = {}
        for clause, sentence in clauses:
            if _COMPARES.search(clause):
                return
            for other in _words(clause):
                same = _same_noun(one.noun, other.noun) if other.noun else bool(content(one.noun) & content(sentence))
                if other.family == one.family and same:
                    ways[other.way] = f"{other.noun}{other.text}"
        if [*ways] == [-one.way]:
            yield f"{one.noun}{one.text}", ways[-one.way]


def _clauses(answer: str, passage: str) -> Iterator[tuple[str, str]]:
    """The clauses that have the answer, each with its sentence."""
    for match in re.finditer(re.escape(answer), passage):
        before = [found.end() for found in _CLAUSE_ENDS.finditer(passage, 0, match.start())]
        after = _CLAUSE_ENDS.search(passage, match.end())
        clause = passage[before[-1] if before else 0 : after.start() if after else len(passage)]
        yield clause, passage[slice(*sentence_at(passage, match.start()))]


def _same_noun(one: str, other: str) -> bool:
    return bool(content(one[-4:]) & content(other[-4:])) or (bool(one) and one[-1:] == other[-1:])
