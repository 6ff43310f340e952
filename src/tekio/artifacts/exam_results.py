"""What `evaluate/` says of an exam: the same questions closed book, with retrieved passages, with the right passage."""

from __future__ import annotations

from typing import Annotated, Literal

from tekio.artifacts.exam import Half
from tekio.artifacts.model import OMITTED, Artifact, Part
from tekio.artifacts.results import Comparison

Book = Literal["closed", "retrieved", "oracle"]
"""`closed`: the question alone. `retrieved`: with the passages a search found. `oracle`: with the right passage, the ceiling
of every search."""
Question = Literal[
    "train", "retrieve", "both", "train on top", "retrieve on top", "train against retrieve", "reading", "ceiling"
]
"""`train`: trained against base, closed book. `retrieve`: retrieved passages against closed book, base. `both`: trained with
passages against base without. `train on top`: trained against base, both with passages. `retrieve on top`: passages against
none, both trained. `train against retrieve`: trained without passages against base with. `reading`: trained against base on
unseen documents with the right passage. `ceiling`: the right passage against closed book, base."""
Advice = Literal["train", "retrieve", "both", "neither", "cannot tell"]
Reason = Literal[
    "together better than each alone",
    "training gains more",
    "retrieval gains more",
    "only training gains",
    "only retrieval gains",
    "both gain, which more is not shown",
    "only together shown to gain",
    "no gain of this size is left",
    "too few items for so small a gain",
    "the four arms were not all measured",
]


class Right(Part):
    """Right answers."""

    n: int
    right: int
    share: float | None
    low: float | None
    high: float | None
    method: str | None


class BookScore(Part):
    """One model on one half of the exam with one book."""

    model: str
    half: Half
    book: Book
    all: Right
    by: dict[str, dict[str, Right]]
    """`kind`, `topic`, `difficulty` -> value -> right answers"""
    tokens: float | None
    """mean tokens of a prompt; null for a server"""
    not_finite: int
    """items that gave NaN or infinity"""
    truncated: int
    """items whose prompt was cut to fit the context"""


class Retrieval(Part):
    """How well the right passage was found, over the items of the seen half."""

    method: str
    """for example `BM25 of character 2-grams`, or the folder of an embedding model"""
    passages: int
    """that could be found"""
    asked: int
    """passages wanted a question"""
    given: float
    """mean passages that fitted the prompt"""
    cut: int
    """questions whose best passage was cut to fit"""
    hit: Right
    """questions that had the right passage in their prompt"""
    first: Right
    """questions whose best passage was the right one"""
    answer: Right
    """questions that had the answer's words somewhere in the passages of their prompt"""
    right_given_hit: dict[str, Right]
    """by model label"""
    right_given_miss: dict[str, Right]


class ExamComparison(Part):
    """One paired difference of two arms, and what it asks."""

    question: Question
    half: Half
    model: str
    """the trained model it is about; the base itself for `retrieve` and `ceiling`"""
    result: Comparison


class ModelAdvice(Part):
    """What the exam recommends about one trained model."""

    model: str
    advice: Advice
    reason: Reason
    reads_worse: bool
    """whether the trained model was shown to read unseen documents worse than the base"""
    base_reads: bool
    """whether the base was shown to profit from the right passage: one that does not cannot profit from any search"""


class ToldByStudy(Part):
    """Items of one half that the run's study told in their own wording: what is right of them may be memory of the wording."""

    half: Half
    n: int
    told: int
    """items whose question stands in a training row of `study/` together with its answer"""
    without: dict[str, Right]
    """model -> right answers closed book, without these items"""


class ExamResults(Artifact):
    """`exam.json`: scores by half and book, the family of comparisons after Holm, and the recommendation."""

    exam: str
    """SHA-256 of the accepted items"""
    version: int
    template: str
    reference: str
    confidence: float
    margin: float
    """the smallest gain that matters, as a share of items"""
    compared: int
    scores: list[BookScore]
    retrieval: Retrieval | None
    comparisons: list[ExamComparison]
    advice: list[ModelAdvice]
    told: Annotated[list[ToldByStudy] | None, OMITTED]
    """by half; no key where there is no study, or it was not looked at"""


class FoundPassage(Part):
    """A passage that a search found for a question."""

    passage: str
    document: str
    score: float
    right: bool
    """whether the answer's place in its document lies in it"""
    shown: bool
    """whether it fitted the prompt"""


class RetrievedItem(Part):
    """A line of `retrieval.jsonl`: what was looked up for one item, best first."""

    item: str
    found: list[FoundPassage]
    cut: bool
    """whether the best passage was cut to fit"""
    answer_shown: bool
    """whether the right option's words stand in the passages of the prompt"""


class AskedCost(Part):
    """What a question costs one model with one book on this machine."""

    model: str
    book: Book
    questions: int
    seconds: float
    """median time of one question, asked alone"""


class ExamCost(Artifact):
    """`exam-cost.json`: clocks, so no part of what is repeated byte by byte."""

    device: str
    asked: list[AskedCost]
    search_seconds: float | None
    """median time of one search"""
    index_seconds: float | None
    """time to make the index: what a changed document costs"""
