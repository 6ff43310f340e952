"""How much of a page a reading explains, and how much its questions ask."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tekio.instruct.harvest.blocks import Block
from tekio.instruct.harvest.extents import Pair
from tekio.instruct.harvest.marks import question_likeness
from tekio.instruct.harvest.question_text import question_text
from tekio.instruct.harvest.readings.elements import Reading
from tekio.text.html import tag_of

MAX_QUESTION = 400
"""Characters of what is taken for a question by its looks; between a question's mark and its answer's there is no limit."""


MIN_SEVERAL = 3


NEARLY = 0.8


@dataclass
class Judged:
    reading: Reading
    pairs: list[Pair]
    likeness: list[float]
    score: float

    def limit(self, pair: Pair) -> float:
        """How long the question of `pair` may be."""
        return math.inf if self.reading.marked and is_answer_mark(pair.answer) else MAX_QUESTION


def judge_reading(reading: Reading, pairs: list[Pair], total: int) -> Judged:
    likeness = [
        _likeness(question_text(pair.question), marked=reading.marked and is_answer_mark(pair.answer)) for pair in pairs
    ]
    judge = Judged(reading, pairs, likeness, 0.0)
    explained = 0.0
    for pair, like in zip(pairs, likeness, strict=True):
        size = sum(block.size for block in pair.answer)
        if not size or sum(block.size for block in pair.question) > judge.limit(pair):
            continue
        weight = 0.7 + 0.3 * like if reading.explicit else 0.1 + 0.9 * like
        if _holds_another(pair):
            weight *= 0.5
        if any(_hidden_question(block) for block in pair.answer):
            weight *= 0.4
        explained += weight * (size + sum(block.size for block in pair.question))
    judge.score = reading.prior * explained / total
    return judge


def _holds_another(pair: Pair) -> bool:
    """The answer begins with a term or a summary of its own: the question is the name of a category."""
    asked, told = pair.question[0].node, pair.answer[0].node
    return any(
        tag_of(node) in ("dt", "summary")
        for node in (told, *told.iterancestors())
        if node is not asked and node not in asked.iterancestors()
    )


def _likeness(text: str, *, marked: bool) -> float:
    """How much a question asks at its end, or, between its mark and the answer's, in any sentence."""
    like = question_likeness(text[-MAX_QUESTION:])
    if like >= 1 or not marked:
        return like
    return max(like, *(question_likeness(part) for part in re.split(r"(?<=[。．？?！!\n])", text) if part.strip()), 0.0)


def answered(judge: Judged) -> int:
    return sum(bool(pair.answer) for pair in judge.pairs)


def _hidden_question(block: Block) -> bool:
    """A block inside an answer that is plainly another question: the reading is too coarse."""
    mark = block.qa_mark
    if mark is not None and mark.kind == "question":
        return True
    return (block.heading > 0 or block.strong) and question_likeness(block.text) >= 1.0


def is_marked(answer: list[Block]) -> bool:
    """As `is_answer_mark`, and the mark is no letter of the text (`Aは、所有する…`)."""
    mark = answer[0].qa_mark if answer else None
    return mark is not None and mark.kind == "answer" and not mark.glued


def is_answer_mark(answer: list[Block]) -> bool:
    """Whether an answer begins with its mark."""
    mark = answer[0].qa_mark if answer else None
    return mark is not None and mark.kind == "answer"
