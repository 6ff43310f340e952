"""The `exam` section: an examination from the run's own documents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from tekio.errors import WrongValueError
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section
from tekio.recipe.study import StudyEndpointConfig

ItemKind = Literal["number", "date", "who", "what", "choice", "true_false"]
KINDS: tuple[ItemKind, ...] = ("number", "date", "who", "what", "choice", "true_false")


class ExamEndpointConfig(StudyEndpointConfig):
    """A model server of one's own that drafts the exam's questions; it speaks OpenAI's chat form, and the key is read from `TEKIO_DRAFT_KEY`."""

    prompts: RecipePath | None = None
    """Folder with a prompt of one's own (`exam.md`); default: the shipped one."""


class ExamConfig(Section):
    """Questions with one right option, made by rules from facts of the documents or drafted by a model server: *seen* ones from training text (closed book:
    was it learned?), *unseen* ones from held-out text (open book: can it be read?).
    """

    generator: Literal["rules", "endpoint"] = "rules"
    """`rules`: no model at all. `endpoint`: a model server drafts a question a passage, which is checked as those of rules are."""
    endpoint: ExamEndpointConfig | None = None
    """The model server."""
    seen: int = Field(default=400, ge=0, le=100_000)
    """Items from training documents, at most."""
    unseen: int = Field(default=200, ge=0, le=100_000)
    """Items from held-out documents, at most."""
    kinds: list[ItemKind] = Field(default_factory=lambda: list(KINDS))
    """What rules ask. `number`, `date`, `who`, `what`: a value of a fact; `choice`: which statement is right; `true_false`."""
    sources: list[str] = Field(default_factory=list[str])
    """Sources of the corpus that are asked about; default: all."""
    options: int = Field(default=4, ge=2, le=8)
    """Options of an item, the right one among them."""
    per_document: int = Field(default=4, ge=1)
    """Items from one document, at most: many of one document say little more than a few."""
    longest_passage: int = Field(default=800, ge=100, le=100_000)
    """Characters of a passage, at most; longer articles and sections are cut at their sentences."""
    guessable: float = Field(default=0.9, gt=0, le=1)
    """An item is left out if a baseline that sees the options but no passage takes the right one with at least this
    probability."""
    difference: float = Field(default=0.08, gt=0, lt=1)
    """The smallest difference (share of items) that matters: the stage says whether the exam is large enough to see it."""
    differing: float = Field(default=0.3, gt=0, le=1)
    """Share of items on which two models are expected to differ in being right, for that plan."""
    version: int = Field(default=1, ge=1)
    """Raise it when the exam is made anew on purpose: results of two versions are not compared."""
    accepted: RecipePath | None = None
    """Items that people accepted (`tekio review RUN/exam/review.jsonl --out FILE`): only these are asked, as edited."""
    frozen: str | None = None
    """SHA-256 of the accepted items (`exam.json`, `sha256`): another set is refused."""
    avoid: ContaminationConfig | None = None
    """Evaluation items that must not be asked again here, as in `corpus.decontaminate`."""

    @model_validator(mode="after")
    def _names_a_server(self) -> ExamConfig:
        if self.generator == "endpoint" and self.endpoint is None:
            raise WrongValueError(
                "`generator: endpoint` needs a section `endpoint`",
                "`generator: endpoint` には `endpoint` の節が必要です",
            )
        return self

    @field_validator("kinds")
    @classmethod
    def _some_kind(cls, kinds: list[ItemKind]) -> list[ItemKind]:
        if not kinds:
            raise WrongValueError("name at least one kind of item", "問題の種類を一つ以上指定してください")
        return list(dict.fromkeys(kinds))


class RetrieveConfig(Section):
    """The same questions with passages looked up in the run's training documents: what training must beat."""

    passages: int = Field(default=3, ge=1, le=100)
    """Passages put into the prompt, best first, as many as fit the context of every model."""
    ngram: int = Field(default=2, ge=1, le=3)
    """Characters of an n-gram."""
    k1: float = Field(default=1.5, ge=0)
    b: float = Field(default=0.75, ge=0, le=1)
    """BM25's saturation and length normalisation."""
    longest_passage: int = Field(default=800, ge=100, le=100_000)
    """Characters of a passage, at most; longer articles and sections are cut at their sentences."""
    context: int | None = Field(default=None, ge=64)
    """Tokens of a prompt with its answer; default: the smallest context of the models (4,096 for a server, a token a
    character)."""
    embedding: RecipePath | None = None
    """Folder of an embedding model (sentence-embedding model in Hugging Face layout): passages are ranked by the cosine of mean
    token vectors instead of BM25."""
    query_prefix: str = ""
    passage_prefix: str = ""
    """What an embedding model wants before a question and a passage (`query: `, `passage: ` for E5)."""
