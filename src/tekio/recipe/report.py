"""The `compare` and `report` sections: answers side by side and the pages for people."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tekio.errors import WrongValueError
from tekio.model_stages import MODEL_STAGES, ModelLabel
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section


class CompareConfig(Section):
    """The same prompts to several models, answers side by side."""

    models: list[ModelLabel] = Field(default_factory=lambda: list(MODEL_STAGES))
    prompts: RecipePath | None = None
    """JSON Lines with `prompt` (and `input`, `reference`, `topic`); without it, validation records are asked."""
    questions: Literal["finance"] | None = None
    """Questions that ship with Tekio (60 about Japanese finance), asked after `prompts`."""
    validation_prompts: int = Field(default=8, ge=0)
    """How many validation records are asked when no prompts are given (a seeded sample)."""
    template: str | None = None
    """Prompt template; default: the one the tuned model was trained with."""
    max_new_tokens: int = Field(default=128, ge=1, le=65536)
    engine: Literal["transformers", "vllm"] = "transformers"
    """What computes models on this machine: transformers, or vLLM where it is installed."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    """0: greedy, the same answer every time; above it answers are drawn, with the recipe's seed."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Where answers are drawn: the share of the likeliest tokens they are drawn from."""
    samples: int = Field(default=1, ge=1, le=64)
    """Answers drawn to each prompt; they count as one observation in the tests."""

    @model_validator(mode="after")
    def _drawn(self) -> CompareConfig:
        if self.temperature == 0 and self.samples > 1:
            raise WrongValueError(
                "samples above 1 need a temperature above 0: greedy answers are all the same",
                "samples を 2 以上にするには temperature を 0 より大きくしてください（0 では毎回同じ回答になります）",
            )
        return self


class ReportConfig(Section):
    """The report."""

    title: str | None = None
    language: Literal["ja", "en"] = "ja"
    """The language shown first; the page holds both."""
    purpose: str | None = None
    """What was asked, in the user's words: stands at the top."""
    ran_by: str | None = None
    """Who made the run: stands at the top, above the approvals."""
    answers: int = Field(default=12, ge=0)
    """How many side-by-side answers the page shows."""
    items: int = Field(default=2, ge=0)
    """How many test items whose answer changed are shown per task and direction; 0 where the test must not be quoted."""
