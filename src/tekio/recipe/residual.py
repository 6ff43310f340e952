"""The `residual` section: what instruction tuning changed in the base, added after continual pre-training."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from tekio.errors import WrongValueError
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section

SCAN = (0.0, 0.25, 0.5, 0.75, 1.0)


class ResidualConfig(Section):
    """`pretrain`'s model + weight x (instruct - base): Chat Vector (arXiv 2310.04799; Japanese finance: arXiv 2409.19854)."""

    instruct: RecipePath
    """Folder of the instruction-tuned model of the very base that `base.model` names."""
    weight: list[Annotated[float, Field(ge=0, le=2)]] = Field(default_factory=lambda: list(SCAN), min_length=1)
    """One weight, or several of which the one with the lowest loss on validation is kept; all are reported."""
    judge: Literal["auto", "records", "documents"] = "auto"
    """What several weights are judged by: answers of the validation records, or held-out documents of `pretrain.domains`;
    `auto`: records where there are any, as documents know nothing of instructions and nearly always ask for weight 0."""
    template: str = "chat"
    """Prompt template of the records; `chat`: the instruction-tuned model's own, which the result keeps."""
    sequence_length: int = Field(default=2048, ge=8)
    """Tokens per row of what is measured; a longer record is left out, a longer document cut."""
    held_out_characters: int = Field(default=300_000, ge=1)
    """Measure on at most so many characters of held-out text a domain."""
    dtype: Literal["fp32", "bf16", "fp16"] | None = None
    """How the sum is stored (it is taken in fp32); default: the base's own type."""

    @field_validator("weight", mode="before")
    @classmethod
    def _one_is_a_list_too(cls, value: Any) -> Any:
        return [value] if isinstance(value, int | float) and not isinstance(value, bool) else value

    @field_validator("weight")
    @classmethod
    def _each_once(cls, value: list[float]) -> list[float]:
        if len(set(value)) < len(value):
            raise WrongValueError("each value once", "同じ値は一度だけ指定してください")
        return value
