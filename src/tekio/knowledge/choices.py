"""What a row chooses from: ナバラ州とラ・リオハ州はどちらが人口が多いか, ラ・リオハ州.

The answer stands among the things that the question lists; those beside it are found by the marks between them, and must stand in the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tekio.knowledge.degrees import NOT, Degree, degrees_in
from tekio.knowledge.facts import kanji_number, name_value
from tekio.knowledge.sizes import units_asked

_ANSWER_END = re.compile(r"(?:です|である|でした|だった|だ)?[。．]?$")
_QUOTES = "「」『』()（）"
_CLOSE = "」』)）"
_OPEN = "「『(（"
_SEPARATORS = r"(?:か)?(?:、|それとも|または|もしくは|あるいは|及び|および|と|や|か)"
_BEFORE = re.compile(rf"(?:{_SEPARATORS}、?)+$")
_BEHIND = re.compile(rf"(?:{_SEPARATORS})+")
_ENDS = re.compile(
    r"の(?:うち|中|なか|内|どちら|どっち|どれ|いずれ|両|二|2|間)|(?:は|では|で|が|を|も|に)(?:、|どちら|どっち|比)|、|と|か(?=[、。?？]|それとも|または)|を?比|どちら|どっち|では|のは|[。?？\n]|や"
)
_QUOTED = re.compile(r"[^」』]*(?=[」』])")
_SAME_HEAD = re.compile(r"の[^、。のは]{1,12}$")
_TOPIC = re.compile(r"[はでを]$")
_PHRASE = re.compile(r"[ぁ-ん]{2}$")
_LEADING = re.compile(r"[ぁ-ん、]")
_EXCEPT = re.compile(r"除[いくき]|以外")
_RANK = re.compile(r"([0-9０-９一二三四五六七八九]{1,2})(?:番目|位|つ目)に?")
_NEXT = re.compile(r"の次|次い|次に")
_CLASSES = tuple(
    re.compile(letters) for letters in (r"[一-龥々]", r"[ァ-ヴー・]", r"[A-Za-zＡ-Ｚａ-ｚ]", r"[0-9０-９.]")
)
_WORD = re.compile(r"[一-龥々]+|[ァ-ヴー]{2,}|[A-Za-z]{2,}|[0-9]{2,}")
_IS = re.compile(r"(?P<asked>.+の)は、?(?P<answer>[^、。]{1,40}?)(?:である|です|であった|でした|だった|だ)?。?")
_MORE_THAN = re.compile(
    r"(?P<one>[^、。]{1,30}?)(?:のほう|の方)?(?:が|は)、?(?P<other>[^、。]{1,30}?)(?:より(?:も|は)?|に比べ(?:て|ると)?、?|と比べ(?:て|ると)?、?)(?P<rest>[^。]{1,30})"
)
_EARLIER = re.compile(r"[前昨翌]|同期|当初|従来")
"""A period with which a thing is compared that is no other thing: which way it went is read elsewhere."""
_OF_TWO = re.compile(r"[とか、](?:の(?:うち|中で|間で))?、?[^、。]{0,3}(?:どちら|どっち)|どちら|どっち")
UNKNOWN = "\0"
_LONGEST, _MOST_OPTIONS, _LONGEST_ANSWER = 30, 9, 40


@dataclass(frozen=True, slots=True)
class Choice:
    """options: the answer first. degree: the word of degree by which it is chosen; rank: 1 for the most of it. words: the question's other words. units: see `units_asked`."""

    options: tuple[str, ...]
    degree: Degree
    rank: int
    words: frozenset[str]
    units: frozenset[str]

    @property
    def last(self) -> int:
        """The rank from the other end that the answer would have if the word were turned round."""
        return len(self.options) + 1 - self.rank


def bare(answer: str) -> str:
    """An answer without the end of its sentence and the marks around it."""
    return _ANSWER_END.sub("", answer.strip()).strip(f" \u3000{_QUOTES}")


def content(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters of kanji words and single ones, words of katakana and Latin letters, numbers."""
    found: set[str] = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if "一" <= word[0] <= "龥" or word[0] == "々":
            found.update([word] if len(word) == 1 else (word[place : place + 2] for place in range(len(word) - 1)))
        else:
            found.add(word.casefold())
    return frozenset(found)


def choice_of(question: str, answer: str, passage: str) -> Choice | None:
    """What a question chooses from, where its answer is one of the things it lists and it is chosen by one word of degree."""
    degrees = [*degrees_in(question)]
    told = bare(answer)
    if not degrees or len({one.way for one in degrees}) > 1 or not told or len(told) > _LONGEST_ANSWER:
        return None
    asked = degrees[-1]
    ranked = _RANK.search(question)
    if NOT.match(question, asked.end) or _EXCEPT.search(question) or (_NEXT.search(question) and not ranked):
        return None
    others: list[str] = []
    for match in re.finditer(re.escape(told), question):
        here = [*_siblings(question, match.start(), told, passage)]
        others = here if len(here) > len(others) else others
    if not others and told in question and _OF_TWO.search(question):
        others = [UNKNOWN]  # one that the passage does not have: ゲンゴロウと本種のどちら
    if not others:
        return None
    rank = kanji_number(name_value(ranked[1])) if ranked else 1
    named = frozenset[str]().union(*(content(one) for one in (told, *others, asked.word)))
    return Choice((told, *others), asked, rank or 1, content(question) - named, units_asked(question))


def stated(sentence: str, passage: str) -> Iterator[tuple[str, str]]:
    """(question, answer) of what a sentence states by a word of degree: AとBのうち多いのはAである, AはBより多い."""
    told = _IS.fullmatch(sentence)
    if told is not None and any(degrees_in(told["asked"])):
        yield f"{told['asked']}は", told["answer"]
    for than in _MORE_THAN.finditer(sentence):
        one, other = _longest_end(than["one"], passage), _longest_end(than["other"], passage)
        degree = next(degrees_in(than["rest"]), None)
        if (
            one
            and other
            and one != other
            and not _EARLIER.search(other)
            and degree is not None
            and not NOT.match(than["rest"], degree.end)
        ):
            yield f"{sentence[: than.start()]}{one}と{other}のうち、{than['rest'][: degree.end]}いのは", one


def _siblings(question: str, start: int, answer: str, passage: str) -> Iterator[str]:
    """The things that a question lists beside its answer, each once."""
    before, after = question[:start], question[start + len(answer) :]
    left = _left(before.rstrip(_QUOTES), after, answer, passage)
    right = _right(after.lstrip(_CLOSE), passage, listed=bool(left))
    for one in dict.fromkeys([*reversed(left), *right]):
        if one and one != answer and not one.startswith("より"):
            yield one


def _left(text: str, after: str, answer: str, passage: str) -> list[str]:
    found: list[str] = []
    while len(found) < _MOST_OPTIONS:
        mark = _BEFORE.search(text)
        if mark is None:
            break
        rest = text[: mark.start()].rstrip(_CLOSE)
        head = _SAME_HEAD.search(rest)
        if head and after.startswith(head[0]):  # 棚田式魚道の水深と従来の魚道の水深
            rest = rest[: head.start()]
        told = _longest_end(rest, passage)
        one = told.strip(_QUOTES)
        if not one or _TOPIC.search(one) or (_PHRASE.search(one) and not _PHRASE.search(answer)):
            break
        found.append(one)
        text = rest[: len(rest) - len(told)].rstrip(_OPEN)
    return found


def _right(text: str, passage: str, *, listed: bool) -> list[str]:
    """listed: things stand before the answer, so that what follows may be none of them: 2005年と2010年度と輸出単価が."""
    found: list[str] = []
    while len(found) < _MOST_OPTIONS:
        mark = _BEHIND.match(text)
        if mark is None or mark[0] == "と、":
            break
        rest = text[mark.end() :].lstrip(_OPEN)
        end, quoted = _ENDS.search(rest), _QUOTED.match(rest)
        told = _longest_beginning(quoted[0] if quoted else rest[: end.start()] if end else rest, passage)
        if not told:
            break
        text = rest[len(told) :].lstrip(_CLOSE)
        if text[:1] in ("が", "を") and (found or listed):
            break
        found.append(told.strip(_QUOTES))
    return found


def _longest_end(text: str, passage: str) -> str:
    """The longest end of a text that stands in the passage and begins a word."""
    for start in range(max(0, len(text) - _LONGEST), len(text)):
        end = text[start:]
        if end in passage and not _LEADING.match(end) and not (start and _goes_on(text[start - 1], end[0])):
            return end
    return ""


def _longest_beginning(text: str, passage: str) -> str:
    """The longest beginning of a text that stands in the passage and ends a word."""
    for end in range(min(len(text), _LONGEST), 0, -1):
        if text[:end] in passage and not (end < len(text) and _goes_on(text[end - 1], text[end])):
            return text[:end].rstrip("のはがを、")
    return ""


def _goes_on(one: str, other: str) -> bool:
    return any(letters.match(one) and letters.match(other) for letters in _CLASSES)
