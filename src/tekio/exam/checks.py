"""Which questions can be asked: one answer in the passage, none in the question, none twice, none that leaked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tekio.contamination.evaluation_items import Record, evaluation_files, read_records
from tekio.contamination.index import build_index
from tekio.documents import read_documents
from tekio.exam.askable import Askable
from tekio.exam.options import plain
from tekio.recipe.contamination import ContaminationConfig

SHORTEST_ANSWER = 2
BATCH = 500_000  # characters looked through at once
BEFORE, AFTER = 60, 40  # letters around an answer by which its sentence is looked for in training text


@dataclass
class Refused:
    """Questions that are left out: (question, rule, what was measured)."""

    rows: list[tuple[Askable, str, dict[str, float | str | list[str]]]] = field(
        default_factory=list[tuple[Askable, str, dict[str, float | str | list[str]]]]
    )

    def add(self, asked: Askable, rule: str, **measured: float | str | list[str]) -> None:
        """Leave a question out."""
        self.rows.append((asked, rule, measured))


def answerable(asked: Iterable[Askable], refused: Refused) -> Iterator[Askable]:
    """Those whose answer stands at its place in the passage, is long enough to be an answer, and is not told by the question."""
    for one in asked:
        stands = one.passage.text[one.start : one.end]
        if not one.fixed and plain(one.answer) != plain(stands) and plain(one.answer) not in plain(one.passage.text):
            refused.add(one, "answer_not_in_passage", answer=one.answer)
        elif not one.fixed and len(plain(one.answer)) < SHORTEST_ANSWER:
            refused.add(one, "answer_too_short", answer=one.answer)
        elif not one.fixed and plain(one.answer) in plain(one.question):
            refused.add(one, "answer_in_question", answer=one.answer)
        else:
            yield one


def unambiguous(asked: Sequence[Askable], refused: Refused) -> list[Askable]:
    """Those that have one answer in all documents; of equal ones the first. A choice of statements is asked by its options."""
    answers: dict[str, set[str]] = {}
    for one in asked:
        answers.setdefault(_asked(one), set()).add(plain(one.answer))
    seen: set[str] = set()
    kept: list[Askable] = []
    for one in asked:
        question = _asked(one)
        if len(answers[question]) > 1:
            refused.add(one, "several_answers", answers=sorted(answers[question])[:5])
        elif question in seen:
            refused.add(one, "duplicate")
        else:
            seen.add(question)
            kept.append(one)
    return kept


def _asked(one: Askable) -> str:
    return plain(one.question + one.answer if one.kind == "choice" else one.question)


def not_in_evaluation(asked: Sequence[Askable], avoid: ContaminationConfig | None, refused: Refused) -> list[Askable]:
    """Those that are no item of the evaluation files, and whose passage holds none: an exam of test items would tell them."""
    if avoid is None or not avoid.items:
        return list(asked)
    files = evaluation_files(avoid, "exam.avoid")
    index = build_index((record for file in files for record in read_records(file)), avoid)
    texts = [f"{one.question}\n{one.passage.text}" for one in asked]
    guilty = index.check(texts)
    for place in sorted(guilty):
        refused.add(asked[place], "evaluation_item", item=str(guilty[place]["item"]))
    return [one for place, one in enumerate(asked) if place not in guilty]


def not_in_training(asked: Sequence[Askable], train: Path, refused: Refused) -> list[Askable]:
    """Those of the unseen half whose answer's surroundings do not stand in the training text as well.

    asked: questions of both halves. train: the corpus' training table.
    """
    unseen = [one for one in asked if one.source.half == "unseen"]
    if not unseen:
        return list(asked)
    config = ContaminationConfig()
    index = build_index((Record(one.id, {"": _surroundings(one)}) for one in unseen), config)
    leaked: dict[str, str] = {}
    for documents, texts in _batches(train):
        for number, found in index.find(texts):
            for one in found:
                if one.evidence["rule"] is not None:
                    for record in one.records:
                        leaked.setdefault(unseen[record].id, documents[number])
    kept: list[Askable] = []
    for one in asked:
        if one.source.half == "unseen" and one.id in leaked:
            refused.add(one, "stands_in_training_text", document=leaked[one.id])
        else:
            kept.append(one)
    return kept


def _surroundings(one: Askable) -> str:
    return one.passage.text[max(0, one.start - BEFORE) : one.end + AFTER]


def _batches(train: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Ids and texts of documents, so many characters at once."""
    ids: list[str] = []
    texts: list[str] = []
    size = 0
    for row in read_documents(train, ["id", "text"]):
        ids.append(row["id"])
        texts.append(row["text"])
        size += len(row["text"])
        if size > BATCH:
            yield ids, texts
            ids, texts, size = [], [], 0
    if ids:
        yield ids, texts
