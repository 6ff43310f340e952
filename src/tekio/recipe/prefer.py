"""The `prefer` section: pairs of answers, one of them preferred, and how the tuned model learns from them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from tekio.recipe.paths import RecipePath
from tekio.recipe.section import PlainName, Section
from tekio.recipe.train import OptimizerConfig, TrainingConfig, TuneConfig

PREFER_RATE, PREFER_BETA2 = 5e-6, 0.999


class PairsConfig(Section):
    """Answers to one question, one preferred to the other: what a review left, or a preference set."""

    name: PlainName
    path: RecipePath
    """Records that `tekio review` finished (the rejected ones beside them, `NAME.rejected.jsonl`, are read too), or rows with
    `chosen` and `rejected` (docs/training.md)."""
    license: str = "unknown"
    """What holds where a record does not say otherwise."""
    optional: bool = False
    """Without a file at its path the source is left out instead of an error."""


class PreferConfig(TrainingConfig):
    """Preference tuning of what `tune` made: its adapter goes on, or all weights where it trained all."""

    optimizer: OptimizerConfig = OptimizerConfig(learning_rate=PREFER_RATE, beta2=PREFER_BETA2)
    """Where nothing is written: rate 5e-6 (the handbook of the Zephyr models for adapters; 5e-7 for all weights), `beta2` 0.999."""
    method: Literal["dpo"] = "dpo"
    """Direct preference optimization, arXiv 2305.18290; its reference is the tuned model."""
    beta: float = Field(default=0.1, gt=0)
    """How strongly the model is held to the reference."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=0.5)
    """Share of the pairs that may be the wrong way round (conservative DPO)."""
    pairs: list[PairsConfig] = Field(default_factory=list[PairsConfig])
    validation_share: float = Field(default=0.15, ge=0, lt=1)
    """Share of groups kept for validation; at the share of `instruct`, the groups that it keeps too."""
    max_dropped: float = Field(default=0.05, ge=0, le=1)
    """Refuse to train when a larger share of the pairs would be left out because both answers do not fit into a row."""

    @field_validator("optimizer")
    @classmethod
    def _where_nothing_is_written(cls, value: OptimizerConfig) -> OptimizerConfig:
        own: dict[str, float] = {"learning_rate": PREFER_RATE, "beta2": PREFER_BETA2}
        return value.model_copy(update={name: own[name] for name in own if name not in value.model_fields_set})

    def as_training(self, tune: TuneConfig) -> TuneConfig:
        """How this trains what `tune` made: its method, adapter and template, with the lengths, steps and rates of this section."""
        return tune.model_copy(
            update={"quantize": "none", "replay": None}
            | {name: getattr(self, name) for name in TrainingConfig.model_fields}
        )
