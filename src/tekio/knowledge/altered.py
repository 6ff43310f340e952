"""Sentences that a row copies from its passage with another number, bound, period or way in them, or with its predicate denied: 当期 for 前期, 以下 for 以上, できません for できます.

Such a word may stand elsewhere in the passage and be right there. Both sentences are compared with these words left open: where all else is the same, the words must be, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS
from tekio.knowledge.facts import kanji_number, name_value
from tekio.knowledge.verbatim import introduced

Kind = Literal["number", "date", "direction"]

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


Copies = Mapping[str, Sequence[_Sentence]]
"""A sentence with its words left open and without its ending -> how it stands in the passage."""


def copies_of(sentences: Iterable[str]) -> Copies:
    """sentences: of a passage, in the compared form."""
    found: dict[str, list[_Sentence]] = {}
    for sentence in sentences:
        if len(sentence) >= _SHORTEST:
            opened, read = _read(sentence)
            found.setdefault(opened, []).append(read)
    return found


def altered(text: str, copies: Copies) -> Iterator[tuple[Kind, str, str]]:
    """(what is wrong, what the row has, what the passage has) of sentences that are the passage's but for such a word."""
    for match in _SENTENCE.finditer(text):
        sentence = introduced(name_value(match[0].strip(" 「」")))
        if len(sentence) < _SHORTEST:
            continue
        opened, read = _read(sentence)
        known = copies.get(opened, ())
        if not known or any(_differs(read, one) is None for one in known):
            continue
        told = _differs(read, known[0])
        if told is not None:
            yield told


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
    for one, other in zip(read.words, known.words, strict=True):
        if one.kind != other.kind:
            return None
        if one.value != other.value:
            return _KINDS[one.kind], one.text, other.text
    if read.denied != known.denied:
        return "direction", read.ending, known.ending
    return None
