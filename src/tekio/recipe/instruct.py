"""The `instruct` section: question-answer pages and data sets in, instruction records out."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section


class HarvestConfig(Section):
    """Pages with questions and answers."""

    name: str = Field(pattern=r"^[\w.-]+$")
    path: RecipePath
    license: str = "unknown"
    min_confidence: float = Field(default=0.5, ge=0, le=1)
    """Pairs below this confidence are rejected (with that reason)."""


class ExpandConfig(Section):
    """An existing data set turned into instructions by templates."""

    name: str = Field(pattern=r"^[\w.-]+$")
    path: RecipePath
    template: str
    """Name of a shipped template file, or a path to one's own YAML (relative to the recipe)."""
    license: str = "unknown"
    limit: int | None = Field(default=None, ge=1)
    """At most so many records, a seeded sample."""
    options: dict[str, Any] = Field(default_factory=dict[str, Any])


class ImportConfig(Section):
    """Instruction data in a known format (Alpaca, ShareGPT, OpenAI messages, TRL, llm-japanese-dataset)."""

    name: str = Field(pattern=r"^[\w.-]+$")
    path: RecipePath
    format: str = "auto"
    license: str = "unknown"
    limit: int | None = Field(default=None, ge=1)


class ScreenConfig(Section):
    """Checks on every record; a record that fails one is rejected with its reason."""

    min_answer_characters: int = Field(default=1, ge=0)
    max_answer_characters: int = Field(default=4000, ge=1)
    min_japanese_share: float = Field(default=0.0, ge=0, le=1)
    near_duplicate_threshold: float = Field(default=0.9, gt=0, le=1)
    drop_personal_data: bool = True


class InstructConfig(Section):
    """Pages and data sets in, instruction records out."""

    harvest: list[HarvestConfig] = Field(default_factory=list[HarvestConfig])
    expand: list[ExpandConfig] = Field(default_factory=list[ExpandConfig])
    import_: list[ImportConfig] = Field(default_factory=list[ImportConfig], alias="import")
    screen: ScreenConfig = ScreenConfig()
    validation_share: float = Field(default=0.15, ge=0, lt=1)
    """Share of groups kept for validation (JaFIn: 85/15)."""
