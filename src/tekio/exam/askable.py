"""A question that a fact allows, before its options are chosen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from tekio.artifacts.exam import Half
from tekio.knowledge.passages import Passage
from tekio.recipe.exam import ItemKind

ROW, DOCUMENT, ELSEWHERE = "row", "document", "elsewhere"


@dataclass(frozen=True, slots=True)
class Source:
    """The document that is asked about."""

    half: Half
    document: str
    source: str
    group: str
    title: str
    license: str


@dataclass(slots=True)
class Askable:
    """One question with its answer. rivals: wrong answers by how near they are (`row`: the same row, column or article;
    `document`; `elsewhere`), none of them right. start, end: of the answer in the passage. place: its column, article or
    attribute, by which answers of other documents are rivals. fixed: the options are these and no others, in this order.
    generator: the model that drafted it, or `rules`.
    """

    source: Source
    kind: ItemKind
    question: str
    answer: str
    passage: Passage
    start: int
    end: int
    topic: str
    place: str
    rivals: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    fixed: tuple[str, ...] = ()
    generator: str = "rules"

    @property
    def id(self) -> str:
        """A stable id: 16 hex digits of SHA-256 over document, question and answer."""
        content = "\x1f".join((self.source.document, self.kind, self.question, self.answer))
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def draw(seed: int, *names: str) -> float:
    """A number from 0 to 1 that depends on seed and names alone: an order that is the same whatever else there is."""
    digest = hashlib.sha256("\x1f".join((str(seed), *names)).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
