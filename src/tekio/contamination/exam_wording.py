"""Whether a text that is studied has the wording of an exam item: its question, as it is asked, with what it asks for.

The *seen* half of an exam asks for facts of training documents, so its facts stand in what is studied, and may. Its wording must not: a model that has practised
an item's own sentence with its answer is better at the exam, not at the documents. The one rule for a study made after the exam, an exam made after the
study, and an evaluation of both: enough of the question stands in the text (`tekio.contamination.evidence`), and so does the answer. Questions of
fewer than `shortest_question` letters are not looked for: they have no wording of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tekio.contamination.evaluation_items import Record
from tekio.contamination.index import build_index
from tekio.contamination.match_text import shadow
from tekio.recipe.contamination import ContaminationConfig

BATCH = 2000  # texts looked through at once


@dataclass(frozen=True)
class Wording:
    """How one item is asked. texts: its question in each form that a text may have it in (with the blank filled, without it), without what
    all items say. answer: the words that tell what is right.
    """

    item: str
    texts: tuple[str, ...]
    answer: str


class ExamWordings:
    """The wordings of an exam, ready to be looked for. items: how many items there are. config: thresholds, else the defaults."""

    def __init__(self, wordings: Iterable[Wording], config: ContaminationConfig | None = None) -> None:
        given = config or ContaminationConfig()
        # a statement of an exam is as particular as a question; that the answer stands there too allows shorter pieces: a blank cuts a sentence in two
        least = min(given.shortest, given.shortest_question)
        own = given.model_copy(update={"shortest": least, "long_text": least, "items": []})
        self._wordings = [one for one in wordings if shadow(one.answer)]
        self.items = len({one.item for one in self._wordings})
        self._owners = [number for number, one in enumerate(self._wordings) for _ in one.texts]
        self._answers = [shadow(one.answer) for one in self._wordings]
        self._index = build_index(
            (Record(one.item, {"": text}) for one in self._wordings for text in one.texts),
            own,
            most=None,  # laws say much in the same words: the answer tells their items apart
        )

    def check(self, texts: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Number of a text -> evidence about the item that it has most of, with `item` (its id), for texts that have an item's wording."""
        found: dict[int, dict[str, Any]] = {}
        for number, item, evidence in self._find(texts):
            if number not in found or evidence["containment"] > found[number]["containment"]:
                found[number] = {"item": item, **evidence}
        return found

    def items_in(self, texts: Sequence[str]) -> set[str]:
        """The ids of all items whose wording any of the texts has."""
        return {item for _, item, _ in self._find(texts)}

    def items_in_all(self, texts: Iterable[str]) -> set[str]:
        """The same of any number of texts, some of which are held at a time."""
        found: set[str] = set()
        waiting: list[str] = []
        for text in texts:
            waiting.append(text)
            if len(waiting) >= BATCH:
                found |= self.items_in(waiting)
                waiting = []
        return found | self.items_in(waiting)

    def _find(self, texts: Sequence[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """(number of a text, id of an item, evidence). Most texts that share words with an item do not tell its answer: that is looked at first."""
        if not self._index.items:
            return
        shadows: dict[int, str] = {}

        def told(number: int, owner: int) -> list[int]:
            if number not in shadows:
                shadows.clear()  # texts come one after the other
                shadows[number] = shadow(texts[number])
            records = {self._owners[record] for record in self._index.records[owner]}
            return [one for one in sorted(records) if self._answers[one] in shadows[number]]

        def wanted(number: int, owner: int) -> bool:
            return bool(told(number, owner))

        numbers = {id(item): owner for owner, item in enumerate(self._index.items)}
        for number, items in self._index.find(texts, wanted=wanted):
            for one in items:
                if one.evidence["rule"] is not None:
                    for wording in told(number, numbers[id(one.item)]):
                        yield number, self._wordings[wording].item, one.evidence
