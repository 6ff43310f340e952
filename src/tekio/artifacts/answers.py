"""`compare/`: the same prompts to several models, their answers, and what can be measured of them."""

from __future__ import annotations

from typing import Annotated, Literal

from tekio.artifacts.model import OMITTED, Artifact, Part

Finish = Literal["eos", "length", "stop"]
"""`eos`: ended by itself, `length`: cut at the limit, `stop`: stopped where it began a new question."""


class Answer(Part):
    """One model's answer. Shares are between 0 and 1."""

    text: str
    tokens: int
    finish: Finish
    characters: int
    japanese_share: float
    """of the characters"""
    repetition: float
    """share of the character 5-grams that occurred before in the same answer; the lower the better"""
    overlap: Annotated[float | None, OMITTED]
    """share of the character 10-grams that stand in a training record, where these are known"""


class AnsweredPrompt(Part):
    """A line of `answers.jsonl`: one prompt with the answers of all models."""

    id: str
    prompt: str
    input: str | None
    reference: str | None
    """a known good answer, never shown to a model"""
    topic: str | None
    rendered: str
    """the text the models got"""
    answers: dict[str, Answer]
    """by model label"""


class ModelAnswers(Part):
    """One model's answers in numbers: means over all prompts, none where there are no answers."""

    n: int
    empty: int
    """answers without text"""
    finish: dict[str, int]
    """answers by how they ended"""
    characters: Annotated[float | None, OMITTED]
    tokens: Annotated[float | None, OMITTED]
    japanese_share: Annotated[float | None, OMITTED]
    repetition: Annotated[float | None, OMITTED]
    overlap: Annotated[float | None, OMITTED]


class AnswerSummary(Artifact):
    """How the models were asked, and their answers in numbers."""

    template: str
    max_new_tokens: int
    decoding: Literal["greedy"]
    models: dict[str, ModelAnswers]
    """by model label"""
