"""Which way a passage says that each thing went, and who did what to whom: 売上高は8.4%増、純利益は3.2%減; 委員会は会社に対し勧告を行った.

A row is refused where it says of a thing only the opposite of what the passage says of it, and where it has the two parties of a deed the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tekio.knowledge.direction import DOWN_WORDS, UP_WORDS

_NOUN = r"[一-龥々ァ-ヴーa-z]{2,}"
_TOPIC = re.compile(rf"({_NOUN})(?:は|が|も)(?![、。]?(?:同じ|変わら))")
_SENTENCE = re.compile(r"[^。\n]+")
_UP = re.compile(rf"{UP_WORDS}|(?<=[0-9%])増|高[いくま]")
_DOWN = re.compile(rf"{DOWN_WORDS}|(?<=[0-9%])減|低[いくま]")
_OTHER_BASE = re.compile(r"計画|予想|目標|見込|予算|平均|基準|想定|[をに](?:上回|下回|及ば)|より|比べ|対し|率")
_PERIOD = re.compile(r"前[の]?(?:期|年|月|日|回|週|年度|年同月|年同期|期末)|昨年")
_NOT = re.compile(r"な(?:い|く|かっ)|ません|ず")
_OF_SOME = re.compile(r"のは.*(?:のみ|だけ)")
_OF_TIME = re.compile(r"^(?:前|当|今|同|昨|翌|来)")
_LEAST = 3


@dataclass
class Topics:
    """Thing -> the ways it went: 1 up, -1 down."""

    ways: dict[str, set[int]] = field(default_factory=dict[str, set[int]])

    @classmethod
    def of(cls, text: str) -> Topics:
        """text: in the compared form."""
        found = cls()
        for sentence in _SENTENCE.findall(text):
            topics = list(_TOPIC.finditer(sentence))
            ends = [one.start() for one in topics[1:]] + [len(sentence)] * bool(topics)
            after: set[int] = set()
            for topic, end in reversed([*zip(topics, ends, strict=True)]):
                said = sentence[topic.end() : end]
                ways = {1} if _UP.search(said) else set[int]()
                ways |= {-1} if _DOWN.search(said) else set[int]()
                if _NOT.search(said) or _OF_SOME.search(said):
                    ways = {1, -1}
                ways = ways or (after if said.endswith("、") and any(one.isdigit() for one in said) else set[int]())
                after = ways
                found.ways.setdefault(topic[1], set()).update(ways)
        return found


def gone_otherwise(text: str, passage: Topics) -> Iterator[tuple[str, str]]:
    """(thing and way of the row, the passage's) where the row has only the opposite. text: in the compared form."""
    for sentence in _SENTENCE.findall(text):
        if (_OTHER_BASE.search(sentence) and not _PERIOD.search(sentence)) or sentence.endswith(("か", "?")):
            continue
        for thing, ways in Topics.of(sentence).ways.items():
            if len(ways) != 1 or len(thing) < _LEAST or _OF_TIME.match(thing):
                continue
            known = passage.ways.get(thing, set())
            if known and known == {-min(ways)}:
                yield f"{thing} {'+' if 1 in ways else '-'}", f"{thing} {'-' if 1 in ways else '+'}"
