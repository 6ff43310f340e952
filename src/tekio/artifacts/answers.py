"""`compare/`: the same prompts to several models, their answers, and what can be measured of them."""

from __future__ import annotations

from typing import Annotated, Literal

from tekio.artifacts.model import OMITTED, Artifact, Part

Finish = Literal["eos", "length", "stop", "nan"]
"""`eos`: ended by itself, `length`: cut at the limit, `stop`: stopped where it began a new question, `nan`: ended where the model gave
NaN or infinity."""


Measure = Literal["characters", "ungrounded", "copied", "refused", "conduct"]
"""What is tested between two models' answers: length, facts that were not given, longest copy, refusals, conduct phrases."""


class Found(Part):
    """`text[start:end]` of an answer and what it was found as."""

    kind: str
    text: str
    start: int
    end: int


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
    ungrounded: Annotated[list[Found] | None, OMITTED]
    """numbers, dates, articles and names that stand neither in the prompt nor in its passage"""
    copied: Annotated[int | None, OMITTED]
    """characters of the longest piece that stands in a training text (0: none of 12 or more), where these are known"""
    copied_from: Annotated[Found | None, OMITTED]
    """that piece; its kind is the training text's id"""
    refusal: Annotated[Found | None, OMITTED]
    """the phrase by which it declines"""
    conduct: Annotated[list[Found] | None, OMITTED]
    """phrases that conduct rules name (assertion, guarantee, recommendation): to be looked at, not judged"""


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
    sample: Annotated[int | None, OMITTED]
    """which of several drawn answers to this prompt, from 0; none where answers are greedy"""
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
    ungrounded: Annotated[float | None, OMITTED]
    """facts per answer that were not given"""
    copied: Annotated[float | None, OMITTED]
    """characters of the longest copied piece"""
    longest_copy: Annotated[int | None, OMITTED]
    """of all answers"""
    refused: Annotated[int | None, OMITTED]
    """answers that decline"""
    conduct: Annotated[dict[str, int] | None, OMITTED]
    """answers with a phrase of each kind"""


class DrawnBy(Part):
    """How answers were drawn."""

    temperature: float
    top_p: float
    samples: int
    """answers to each prompt"""
    seed: int


class MeasureTest(Part):
    """One measure of one model's answers against the first model's, paired by prompt (mean of its samples).

    low, high: 95 % interval of after - before. p: permutation of the pairs; p_adjusted: Holm over all of the file's tests.
    """

    measure: Measure
    model: str
    reference: str
    n: int
    before: float
    after: float
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    word: Literal["more", "less", "cannot tell"]


class AnswerSummary(Artifact):
    """How the models were asked, and their answers in numbers."""

    template: str
    max_new_tokens: int
    decoding: Literal["greedy", "drawn"]
    models: dict[str, ModelAnswers]
    """by model label"""
    drawn: Annotated[DrawnBy | None, OMITTED]
    tests: Annotated[list[MeasureTest] | None, OMITTED]
