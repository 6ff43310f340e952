"""`study/`: what was told again, by which strategy, what was not, and what it cost."""

from __future__ import annotations

from typing import Any, Literal

from tekio.artifacts.model import Artifact, Part

STUDY = "study.json"
Ended = Literal["repeats", "tokens"]


class StudyStrategy(Part):
    """One way of telling."""

    made: int
    """rows; each is kept or has a line in `rejected.jsonl`"""
    texts: int
    """kept for pre-training"""
    records: int
    """kept for tuning"""
    rejected: dict[str, int]
    """reason -> rows"""
    left_out: dict[str, int]
    """reason -> things seen that could not be told; lines of `rejected.jsonl` without a text"""
    characters: int
    tokens: int
    ended: Ended | None
    """why the strategy stopped before all passages were through"""


class StudyCost(Part):
    """What a model server was asked."""

    asked: int
    """replies, repairs among them"""
    repaired: int
    """rows that were right at the second try"""
    unread: int
    """replies that gave no row; each has a line in `unread.jsonl`"""
    prompt_characters: int
    reply_characters: int
    price: float
    """by the recipe's price for a million tokens, at its characters per token; 0 where none is stated"""


class Study(Artifact):
    """The stage as a whole."""

    generator: str
    """`rules`, or the model's name as the server gave it"""
    terms: str
    """license of the model, or the terms of what it writes; empty for rules"""
    prompts: dict[str, str]
    """strategy -> SHA-256 of its prompt; empty for rules"""
    documents: int
    """training documents that were read"""
    passages: int
    strategies: dict[str, StudyStrategy]
    sources: dict[str, int]
    """source of the corpus -> rows kept"""
    licenses: dict[str, int]
    """license of the parents -> rows kept"""
    tokens: int
    tokenizer: str
    """`base`, or how tokens were reckoned"""
    kept_out: dict[str, int]
    """evaluation items, passages of held-out documents and exam items that were looked for"""
    cost: StudyCost | None


class RejectedRow(Part):
    """A line of `rejected.jsonl`: a row that was made and not kept, or a thing that could not be told (`text` is null)."""

    strategy: str
    document: str
    passage: str
    reason: str
    measured: dict[str, Any]
    question: str | None
    text: str | None


class UnreadReply(Part):
    """A line of `unread.jsonl`: a reply that gave no row, as it came."""

    strategy: str
    document: str
    passage: str
    wording: int
    reason: str
    finish: str
    reply: str
