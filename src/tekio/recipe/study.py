"""The `study` section: documents told again in many ways, for pre-training and tuning."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tekio.errors import WrongValueError
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.model_server import ModelServerConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section

RuleStrategy = Literal[
    "figures", "changes", "shares", "definitions", "duties", "references", "captions", "questions", "cloze", "lists"
]
"""What rules can tell (docs/study.md shows each)."""
ModelStrategy = Literal[
    "restate", "explain-customer", "explain-examiner", "explain-newcomer", "ask", "link", "summarise", "self-test"
]
"""What a model is asked for: the name of a prompt."""
RULE_STRATEGIES: tuple[RuleStrategy, ...] = (
    "figures",
    "changes",
    "shares",
    "definitions",
    "duties",
    "references",
    "captions",
    "questions",
    "cloze",
    "lists",
)
MODEL_STRATEGIES: tuple[ModelStrategy, ...] = (
    "restate",
    "explain-customer",
    "explain-examiner",
    "explain-newcomer",
    "ask",
    "link",
    "summarise",
    "self-test",
)


class StudyEndpointConfig(ModelServerConfig):
    """A model server of one's own that speaks OpenAI's chat form; the key is read from `TEKIO_DRAFT_KEY`."""

    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=1024, ge=16, le=65536)
    """Tokens of a reply; one that is cut off is not used."""
    prompts: RecipePath | None = None
    """Folder with prompts of one's own (`restate.md`, ...); one that is missing there is the shipped one."""
    price: float = Field(default=0.0, ge=0)
    """What a million tokens of prompts and replies cost, in a currency of one's own; for the record of costs."""


class StudyConfig(Section):
    """Training documents told again (EntiGraph, arXiv 2409.07431; Active Reading, arXiv 2508.09494), by rules or by a local
    model. Every number, date, name and article of a row must stand in its passage or follow from it by a stated computation.
    """

    generator: Literal["rules", "endpoint"] = "rules"
    """`rules`: no model at all. `endpoint`: a model server, named in `endpoint`."""
    endpoint: StudyEndpointConfig | None = None
    sources: list[str] = Field(default_factory=list[str])
    """Sources of the corpus that are told again; empty: all."""
    domains: list[str] = Field(default_factory=list[str])
    """Domains of the corpus that are told again; empty: all but `general`."""
    strategies: list[RuleStrategy | ModelStrategy] = Field(default_factory=list[RuleStrategy | ModelStrategy])
    """Ways of telling (docs/study.md); empty: all of the generator."""
    wordings: int = Field(default=3, ge=1, le=12)
    """Times each thing is told, in different sentence forms; replies asked for a passage and strategy."""
    longest_passage: int = Field(default=800, ge=100, le=20_000)
    """Characters of a passage, at most."""
    most_passages: int | None = Field(default=None, ge=1)
    """A seeded sample of so many passages; default: all."""
    tokens: int | None = Field(default=None, ge=1)
    """Stop when the rows have so many tokens together (of the base's tokenizer where the recipe names a model, else of
    `characters_per_token`)."""
    characters_per_token: float = Field(default=1.5, gt=0)
    """How tokens are reckoned without a tokenizer."""
    least_new: float = Field(default=0.05, ge=0, le=1)
    """A model's row repeats the earlier ones if a smaller share of its character 8-grams is new; it is left out. A row made by
    rules is left out only where it is the same as an earlier one: another figure is told in the same words."""
    stop_at_repeats: float = Field(default=0.8, gt=0, le=1)
    """A strategy ends when more than this share of its last 500 rows repeat earlier ones."""
    validation_share: float = Field(default=0.05, ge=0, lt=1)
    """Share of groups whose records are kept for validation."""
    avoid: ContaminationConfig = ContaminationConfig()
    """Evaluation items that must not be told, as in `corpus.decontaminate`; held-out documents of the corpus are always kept
    out."""

    @model_validator(mode="after")
    def _fits(self) -> StudyConfig:
        if self.generator == "endpoint" and self.endpoint is None:
            raise WrongValueError(
                "`generator: endpoint` needs a section `endpoint`",
                "`generator: endpoint` には `endpoint` の節が必要です",
            )
        known = RULE_STRATEGIES if self.generator == "rules" else MODEL_STRATEGIES
        if wrong := [name for name in self.strategies if name not in known]:
            raise WrongValueError(
                f"{', '.join(wrong)}: no strategy of `generator: {self.generator}`; it has {', '.join(known)}",
                f"{', '.join(wrong)}: `generator: {self.generator}` の方法ではありません。{', '.join(known)} があります",
            )
        return self

    @property
    def chosen(self) -> list[str]:
        """The strategies, in their own order."""
        known = RULE_STRATEGIES if self.generator == "rules" else MODEL_STRATEGIES
        return [name for name in known if not self.strategies or name in self.strategies]
