"""Sentences that a row copies from its passage with another number, bound, period or way in them, or with its predicate denied: 当期 for 前期, 以下 for 以上, できません for できます;
or with two of their nouns in each other's place, or one of their nouns exchanged for another that the passage has elsewhere.

Such a word may stand elsewhere in the passage and be right there. Both sentences are compared with these words left open: where all else is the same, the words must be, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS
from tekio.knowledge.facts import kanji_number, name_value
from tekio.knowledge.repeated import introduced
from tekio.knowledge.verbatim import alike_from_start

Kind = Literal["number", "date", "direction", "subject"]

_OPEN = "\ue000"
_SPAN = r"(?:連結|事業|会計|四半|中間|第[0-9一二三四]|[期年月日週回])"
_WORDS = re.compile(
    r"(?P<number>(?<![0-9])[0-9][0-9,.]*|[〇一二三四五六七八九十百千]+)"
    r"|(?P<bound>以[上下内後前降外]|未満|を?超え?|に?満た)"
    rf"|(?P<period>[前当今本翌次来昨]々?(?={_SPAN}))"
    rf"|(?P<up>{UP_WORDS})|(?P<down>{DOWN_WORDS})"
)
_ENDING = re.compile(r"[ぁ-ん]*$")
_DENIED = re.compile(r"な(?:い|く|か|け|り?ません)|ません|(?<=[らめわさ])ず")
_SENTENCE = re.compile(r"[^。\n]+")
_NOUN = re.compile(r"[一-龥々ァ-ヴーa-z]{2,}")
_LISTED = re.compile(r"(?:と|や|、|・|か|及び|又は|並びに|若しくは|または|および|[一-龥々ァ-ヴーa-z])*")
_NOUN_LETTER = re.compile(r"[一-龥々ァ-ヴーa-z]")
_POINTS_BACK = re.compile(r"[同当本該]|上記|前記|前述|下記|以下|次")
_PAIR, _END = 2, 8
_SHORTEST = 12
_SAME_PERIOD = str.maketrans("今本次", "当当翌")
_KINDS: Mapping[str, Kind] = {"number": "number", "bound": "direction", "period": "date", "way": "direction"}


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    """words: what is left open in it, in order. denied: whether its predicate is."""

    words: tuple[_Word, ...]
    denied: bool
    ending: str


@dataclass(frozen=True, slots=True)
class Copies:
    """The sentences of a passage. opened: with their words left open and without their endings -> how each stands there; by_length: whole;
    by_end: their first letters and their last -> whole. nouns: of all.
    """

    opened: Mapping[str, Sequence[_Sentence]]
    by_length: Mapping[int, Sequence[str]]
    by_end: Mapping[str, Sequence[str]]
    nouns: frozenset[str]


def copies_of(sentences: Iterable[str]) -> Copies:
    """sentences: of a passage, in the compared form."""
    found: dict[str, list[_Sentence]] = {}
    by_length: dict[int, list[str]] = {}
    by_end: dict[str, list[str]] = {}
    nouns: set[str] = set()
    for sentence in sentences:
        nouns.update(_NOUN.findall(sentence))
        if len(sentence) >= _SHORTEST:
            opened, read = _read(sentence)
            found.setdefault(opened, []).append(read)
            by_length.setdefault(len(sentence), []).append(sentence)
            by_end.setdefault(sentence[:_END], []).append(sentence)
            by_end.setdefault(sentence[-_END:], []).append(sentence)
    return Copies(found, by_length, by_end, frozenset(nouns))


def altered(text: str, copies: Copies) -> Iterator[tuple[Kind, str, str]]:
    """(what is wrong, what the row has, what the passage has) of sentences that are the passage's but for such a word."""
    for match in _SENTENCE.finditer(text):
        whole = name_value(match[0].strip())
        for sentence in dict.fromkeys((whole, introduced(whole))):
            if len(sentence) < _SHORTEST:
                continue
            if (swapped := _swapped(sentence, copies.by_length.get(len(sentence), ()))) is not None:
                yield "subject", *swapped
            elif (other := _of_other_noun(sentence, copies)) is not None:
                yield "subject", *other
            opened, read = _read(sentence)
            known = copies.opened.get(opened, ())
            if known and not any(_differs(read, one) is None for one in known):
                told = _differs(read, known[0])
                if told is not None:
                    yield told


def _swapped(sentence: str, known: Sequence[str]) -> tuple[str, str] | None:
    """Two nouns that stand in each other's place in the passage's sentence; the order of a list says nothing."""
    if not known or sentence in known:
        return None
    for one in known:
        if sorted(one) != sorted(sentence):
            continue
        mine, its = [*_NOUN.finditer(sentence)], [*_NOUN.finditer(one)]
        if _NOUN.sub(_OPEN, sentence) != _NOUN.sub(_OPEN, one):
            continue
        other = [place for place, pair in enumerate(zip(mine, its, strict=True)) if pair[0][0] != pair[1][0]]
        if len(other) == _PAIR and not _LISTED.fullmatch(sentence, mine[other[0]].end(), mine[other[1]].start()):
            return mine[other[0]][0], its[other[0]][0]
    return None


def _of_other_noun(sentence: str, copies: Copies) -> tuple[str, str] | None:
    """A noun in the place of another of the passage's sentence, that the passage has elsewhere; 会社 for 同社 says the same."""
    near = [*copies.by_end.get(sentence[:_END], ()), *copies.by_end.get(sentence[-_END:], ())]
    found: tuple[str, str] | None = None
    for known in dict.fromkeys(near):
        if known == sentence:
            return None
        start = alike_from_start(sentence, known)
        end = alike_from_start(sentence[start:][::-1], known[start:][::-1])
        while start and _NOUN_LETTER.match(sentence[start - 1]):
            start -= 1
        while end and _NOUN_LETTER.match(sentence[len(sentence) - end]):
            end -= 1
        mine, its = sentence[start : len(sentence) - end], known[start : len(known) - end]
        nouns = _NOUN.fullmatch(mine) and _NOUN.fullmatch(its) and mine in copies.nouns and not set(mine) & set(its)
        if nouns and not _POINTS_BACK.match(its) and not _POINTS_BACK.match(mine):
            found = mine, its
    return found


def _read(sentence: str) -> tuple[str, _Sentence]:
    words: list[_Word] = []

    def open_word(match: re.Match[str]) -> str:
        words.append(_word(match))
        return _OPEN

    ending = _ENDING.search(sentence)
    stem = sentence[: ending.start()] if ending else sentence
    opened = _WORDS.sub(open_word, stem)
    last = sentence[len(stem) :]
    return opened, _Sentence(tuple(words), len(_DENIED.findall(last)) % 2 == 1, last)


def _word(match: re.Match[str]) -> _Word:
    kind, text = match.lastgroup or "", match[0]
    if kind == "number":
        plain = text.replace(",", "").rstrip(".")
        number = None if "." in plain else kanji_number(plain)
        return _Word(kind, plain if number is None else str(number), text)
    if kind in ("up", "down"):
        return _Word("way", kind, text)
    if kind == "period":
        return _Word(kind, text.translate(_SAME_PERIOD), text)
    return _Word(kind, text.lstrip("をに").rstrip("え"), text)


def _differs(read: _Sentence, known: _Sentence) -> tuple[Kind, str, str] | None:
    """The first word in which a sentence of a row is not the passage's; None where there is none, or words of another kind stand there."""
    if len(read.words) != len(known.words):  # a text may hold the mark of an open word itself
        return None
    for one, other in zip(read.words, known.words, strict=True):
        if one.kind != other.kind:
            return None
        if one.value != other.value:
            return _KINDS[one.kind], one.text, other.text
    if read.denied != known.denied:
        return "direction", read.ending, known.ending
    return None
