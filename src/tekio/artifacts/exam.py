"""`exam/`: the items asked of a user's own documents, how they were chosen, and what the exam can show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args

from tekio.artifacts.model import OMITTED, Artifact, Part, is_older, read_lines

SUMMARY = "exam.json"
BLANK = "（　　）"
"""What a question has in the place of the words it asks for."""

Half = Literal["seen", "unseen"]
"""`seen`: of training documents (was it learned?). `unseen`: of held-out documents (can it be read?)."""
ItemKind = Literal["number", "date", "who", "what", "choice", "true_false"]
Difficulty = Literal["easy", "middle", "hard"]
"""By how close the wrong options are: `hard` from the same row, column or article, `easy` from elsewhere."""


class ExamItem(Part):
    """A line of `seen.jsonl` and `unseen.jsonl`: one question with one right option."""

    id: str
    half: Half
    kind: ItemKind
    topic: str
    """the source of the corpus it is about"""
    question: str
    options: list[str]
    answer: int
    """position of the right option"""
    document: str
    group: str
    """documents of one group are not independent"""
    title: str
    passage: str
    """id of the passage that holds the answer"""
    passage_text: str
    start: int
    """of the answer in the passage"""
    end: int
    document_start: int
    """of the answer in the document, in characters: a search that finds a passage around it has found the right one"""
    document_end: int
    difficulty: Difficulty
    guess: float
    """how likely a baseline that never sees the passage takes the right option (out of sample)"""
    generator: str
    """`rules`, or the model that drafted it, as the recipe calls it"""
    license: str
    review: str
    """`rule`: accepted by the checks; else what people decided"""

    @property
    def right(self) -> str:
        """The right option."""
        return self.options[self.answer]

    @property
    def wording(self) -> tuple[str, ...]:
        """The words in which it is asked, without the line that all items of its kind begin with: a sentence with its blank filled and without
        it, a statement, a question; of a choice of statements the right one.
        """
        if self.kind == "choice" and not self.is_drafted:
            return (self.right,)
        first, _, rest = self.question.partition("\n")
        body = rest or first
        return (body.replace(BLANK, self.right), body.replace(BLANK, "")) if BLANK in body else (body,)

    @property
    def told(self) -> str:
        """What a text tells that tells the answer: the right option; of statements that are right or wrong, the words of the passage."""
        if self.kind in ("true_false", "choice") and not self.is_drafted:
            return self.passage_text[self.start : self.end]
        return self.right

    @property
    def is_drafted(self) -> bool:
        """Whether a model wrote it."""
        return self.generator != "rules"


class RejectedItem(Part):
    """A line of `rejected.jsonl`: an item that was not taken, and why."""

    id: str
    half: Half
    kind: ItemKind
    question: str
    options: list[str]
    answer: int
    document: str
    passage: str
    rejected_by: str
    measured: dict[str, float | str | list[str]]


class Baseline(Part):
    """What is right without the passage: by the options' form alone, each item judged by a model fitted on the others."""

    n: int
    right: int
    share: float | None
    low: float | None
    high: float | None
    chance: float | None
    """mean of one in the number of options"""


class PlannedHalf(Part):
    """What a half of this size will show, said before anything is trained."""

    n: int
    clusters: int
    """groups of documents its items come from"""
    wanted: int
    differing: float
    """expected share of items that only one of two models has right"""
    alone: float | None
    """the smallest true difference (share) seen four times of five, as the only comparison"""
    corrected: float | None
    """the same at the level Holm asks of the smallest p of the exam's comparisons"""
    comparisons: int
    needed: int | None
    """items that would show the difference the recipe asks for, after the correction"""


class UnreadDraft(Part):
    """A line of `unread.jsonl`: a reply of a model server that gave no question, as it came."""

    half: Half
    document: str
    passage: str
    reason: str
    finish: str
    reply: str


class Drafting(Part):
    """What a model server was asked. Every reply is a question (`considered`) or a line of `unread.jsonl`."""

    model: str
    """as the recipe calls it"""
    answered_by: dict[str, int]
    """the model's name as the server gave it -> replies"""
    terms: str
    """license of the model, or the terms of what it writes"""
    prompt_sha256: str
    asked: int
    """passages asked about"""
    unread: dict[str, int]
    """reason -> replies that gave no question"""
    prompt_characters: int
    reply_characters: int
    price: float
    """by the recipe's price for a million tokens, at a token a character; 0 where none is stated"""


class Exam(Artifact):
    """The exam as it is frozen: `sha256` is over the accepted items, in order."""

    version: int
    sha256: str
    accepted_by: Literal["rule", "people"]
    items: int
    considered: int
    """items made from facts; each was taken or has a line in `rejected.jsonl`"""
    rejected: dict[str, int]
    counts: dict[str, dict[str, int]]
    """`half`, `kind`, `topic`, `difficulty` -> value -> items"""
    difference: float
    """the smallest difference that matters, as a share of items"""
    baseline: Baseline
    plan: dict[Half, PlannedHalf]
    drafting: Annotated[Drafting | None, OMITTED]
    """of an exam that a model server drafted"""


def read_items(folder: Path) -> Iterator[ExamItem]:
    """The accepted items of an exam stage's folder, both halves, in the order of their hash."""
    older = is_older(folder / SUMMARY)
    for half in get_args(Half):
        yield from read_lines(ExamItem, folder / f"{half}.jsonl", older=older)
