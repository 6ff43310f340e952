"""Whether a row says of a thing only the opposite of what its passage says of it: 湿度が低い of 湿度の高い, 低い評価 of 高い評価, 生産の増加 of 生産が減少, 利用できない of 利用する.

A thing is the noun at once before the word, or behind it. Rows that compare are read elsewhere (`chosen`, `extremes`): there one word is said of each of two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tekio.knowledge.choices import bare
from tekio.knowledge.degrees import NOT, Degree, degrees_in, opposites
from tekio.knowledge.derived import sentence_at
from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS
from tekio.knowledge.facts import name_value

_COMPARES = re.compile(r"どちら|どっち|最も|もっとも|一番|より|比べ|比較|のうち|の中で|か、|か[^、。]{0,12}か[。?？]")
_NOUN = re.compile(r"([一-龥々ァ-ヴー]{2,})[がのはもをに]?$")
_BEHIND = re.compile(r"[いな]([一-龥々]{2}(?![一-龥々])|[ァ-ヴー]{2,}|間|[一-龥](?=[をはがのに]))")
_UP = r"増加|増え|増大|上昇|拡大|増収|増益|向上|上が"
_DOWN = r"減少|減っ|減り|減る|低下|縮小|減収|減益|下落|下が|縮減"
_MOVE = re.compile(rf"(?P<up>{_UP})|(?P<down>{_DOWN})")
_MOVED = re.compile(rf"(?P<up>{UP_WORDS}|増)|(?P<down>{DOWN_WORDS}|減)")
_ASKED = re.compile(
    r"(?:どのような|どういった|どんな)?(?:何|性質|もの|どこ|誰)(?=[がのも](?:多|大き|高|長|強|広|少な|小さ|低|短|弱|狭))"
)
_CANNOT = re.compile(r"([一-龥々]{2})(?:する|を|が|は|も|こと|の){0,4}でき(?:ない|ません)")
_FIGURE = re.compile(r"[^、。\n]{0,8}?[0-9０-９|｜]")
_OF_OTHER = ("の", "が", "は", "も")
"""Before a word of degree that is said of what stands before it: 比重の小さい貨物."""
_LONGEST, _LONGEST_NOUN, _LONGEST_ANSWER = 12, 4, 12
_WITHIN, _MOVED_WITHIN = 16, 14
"""Characters behind a thing within which the passage says it."""


def said_otherwise(question: str, text: str, passage: str) -> Iterator[tuple[str, str]]:
    """(what a row says, the word of the passage). passage: as it is written."""
    row = f"{question}\n{text}" if question else text
    said = row
    if (asked := _ASKED.search(question)) and len(bare(text)) <= _LONGEST_ANSWER:  # 何が低いか, 湿度
        said = question[: asked.start()] + bare(text) + question[asked.end() :]
    if _COMPARES.search(row):
        return
    for degree in degrees_in(said):
        yield from _of_noun_before(degree, said, passage)
        yield from _of_noun_behind(degree, said, passage)
    for match in _MOVE.finditer(row):
        noun = _noun_before(row, match.start())
        if row[match.start() - len(noun) - 1 : match.start() - len(noun)].isdigit():  # 19,778百万円減り
            continue
        ways = _moves(noun, passage) if noun and not NOT.match(row, match.end()) else set[int]()
        if ways == {-1 if match["up"] else 1}:
            yield row[match.start() - len(noun) : match.end()], "減" if match["up"] else "増"


def cannot(question: str, signs: Mapping[str, set[bool]]) -> Iterator[tuple[str, str]]:
    """(what a question says cannot be done, that it can) where the passage has the verb and never denies it. signs: see `negation.signs_of`."""
    for match in _CANNOT.finditer(name_value(question)):
        if signs.get(match[1]) == {False} and "できるか" not in question:
            yield match[0], f"{match[1]}: said"


def _noun_before(text: str, end: int) -> str:
    found = _NOUN.search(text, max(0, end - _LONGEST), end)
    return found[1][-_LONGEST_NOUN:] if found else ""


def _places(noun: str, passage: str) -> Iterator[int]:
    """Where a noun, or what is its longest end in the passage, stands: where each ends."""
    for cut in range(len(noun) - 1):
        if noun[cut:] in passage:
            yield from (match.end() for match in re.finditer(re.escape(noun[cut:]), passage))
            return


def _of_noun_before(degree: Degree, text: str, passage: str) -> Iterator[tuple[str, str]]:
    """湿度が低い."""
    noun = _noun_before(text, degree.start)
    known: dict[int, str] = {}
    for end in _places(noun, passage):
        for one in degrees_in(passage, end, min(sentence_at(passage, end - 1)[1], end + _WITHIN)):
            if one.family == degree.family and not NOT.match(passage, one.end):
                known[one.way] = one.word
    if len(noun) > 1:  # 規模が小さい of 大規模
        for letter, way in zip(opposites(degree), (degree.way, -degree.way), strict=True):
            if f"{letter}{noun[-2:]}" in passage:
                known[way] = f"{letter}{noun[-2:]}"
    if noun and [*known] == [-degree.way]:
        yield f"{noun}{degree.word}", known[-degree.way]


def _of_noun_behind(degree: Degree, text: str, passage: str) -> Iterator[tuple[str, str]]:
    """低い評価, of which the passage has 高い評価 or 高評価."""
    found = _BEHIND.match(text, degree.end)
    if found is None or degree.word.startswith("最") or text[degree.start - 1 : degree.start] in _OF_OTHER:
        return
    noun, (same, other) = re.escape(found[1]), opposites(degree)
    opposite = re.search(rf"{other}(?:[いな]|きな?|さな|め[のな])?{noun}", passage)
    if opposite and not re.search(rf"{same}(?:[いな]|きな?|さな|め[のな])?{noun}|{noun}[^、。]{{0,8}}{same}", passage):
        yield f"{degree.word}{found[1]}", opposite[0]


def _moves(noun: str, passage: str) -> set[int]:
    """The ways a thing goes in the passage: 1 up, -1 down. None where it has figures, of which a row may calculate."""
    if any(_FIGURE.match(passage, end) for end in _places(noun, passage)):
        return set()
    return {
        1 if match["up"] else -1
        for end in _places(noun, passage)
        for match in _MOVED.finditer(passage, end, min(sentence_at(passage, end - 1)[1], end + _MOVED_WITHIN))
    }
