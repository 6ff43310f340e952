"""Which questions can be asked: one answer in the passage, none in the question, none twice, none that leaked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tekio.contamination.evaluation_items import Record, evaluation_files, read_records
from tekio.contamination.index import build_index
from tekio.documents import read_documents
from tekio.exam.askable import Askable
from tekio.exam.options import plain
from tekio.exam.sentences import STOCK
from tekio.recipe.contamination import ContaminationConfig

SHORTEST_ANSWER = 2
BATCH = 500_000  # characters looked through at once
BEFORE, AFTER = 60, 40  # letters around an answer by which its sentence is looked for in training text


_SENTENCES = re.compile(r"(?<=。)|\n")


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
        stands = plain(one.passage.text[one.start : one.end])
        if not stands or (not one.fixed and one.kind != "choice" and stands not in plain(one.answer)):
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
    documents: dict[str, set[str]] = {}
    for one in asked:
        documents.setdefault(_frame(one), set()).add(one.source.document)
    for one in asked:
        question = _asked(one)
        if len(documents[_frame(one)]) > STOCK:
            refused.add(one, "stock_phrase", documents=float(len(documents[_frame(one)])))
        elif len(answers[question]) > 1:
            refused.add(one, "several_answers", answers=sorted(answers[question])[:5])
        elif question in seen:
            refused.add(one, "duplicate")
        else:
            seen.add(question)
            kept.append(one)
    return kept


def _frame(one: Askable) -> str:
    """The sentence or row that the question is made from."""
    text = one.passage.text
    first = max(text.rfind(mark, 0, one.start) for mark in "。\n") + 1
    ends = [place for mark in "。\n" if (place := text.find(mark, one.end)) >= 0]
    return plain(text[first : min(ends, default=len(text)) + 1])


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
    """Without those of the unseen half whose sentence, or the surroundings of whose answer, stand in the training text as well.

    asked: questions of both halves. train: the corpus' training table.
    """
    unseen = [one for one in asked if one.source.half == "unseen"]
    if not unseen:
        return list(asked)
    config = ContaminationConfig()
    index = build_index((Record(one.id, {"": _surroundings(one)}) for one in unseen), config)
    sentences: dict[str, list[str]] = {}
    for one in unseen:
        sentences.setdefault(_frame(one), []).append(one.id)
    leaked: dict[str, str] = {}
    for documents, texts in _batches(train):
        for document, text in zip(documents, texts, strict=True):
            for sentence in {plain(part) for part in _SENTENCES.split(text)} & sentences.keys():
                leaked.update(dict.fromkeys(sentences[sentence], document))
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
