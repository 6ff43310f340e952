"""The `evaluate` section: which tasks, under which protocol, how it is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section

ModelLabel = Literal["base", "pretrained", "tuned"]


class TaskConfig(Section):
    """One task: a shipped task by name, or one's own YAML file."""

    task: RecipePath
    """Name of a shipped task (`tekio tasks list`) or path of a task file (`.yaml`, relative to the recipe)."""
    data: RecipePath | None = None
    """Where the user's copy of the data is (file or folder in its published layout)."""
    group: str = "finance"
    """`finance` and other domains, or `general` for the tasks that measure forgetting."""
    template: str = "default"
    """The pre-registered template version, shown as the headline."""
    other_templates: list[str] = Field(default_factory=list[str])
    """Further template versions, for the spread."""
    shots: int = Field(default=0, ge=0)
    limit: int | None = Field(default=None, ge=1)
    """Score a seeded sample of so many items (stated in the result)."""

    @property
    def task_file(self) -> Path | None:
        """The user's own task file, or None for a shipped task."""
        return self.task.path if self.task.written.endswith((".yaml", ".yml")) else None

    @property
    def reference(self) -> str:
        """What `tekio.evaluate.tasks.load_task` takes: a shipped name or an absolute path."""
        return str(self.task_file or self.task.written)


class PerplexityConfig(Section):
    """Bits per character on the corpus' held-out text, for every domain."""

    held_out: bool = True
    window: int | None = Field(default=None, ge=16)
    """Tokens per window; default: the model's context length."""
    max_documents: int | None = Field(default=None, ge=1)
    """Score a seeded sample of so many documents a domain."""


class EvaluateConfig(Section):
    """Score models on tasks and compare them pairwise with the first."""

    models: list[ModelLabel] = Field(default_factory=lambda: ["base", "pretrained", "tuned"])
    """Models of this run to score; differences are taken against the first."""
    tasks: list[TaskConfig] = Field(default_factory=list[TaskConfig])
    perplexity: PerplexityConfig = PerplexityConfig()
    protocol: Literal["fin-harness-2024", "fin-harness-2025"] = "fin-harness-2025"
    boundary: Literal["lossless", "lm-eval"] = "lossless"
    bos: Literal["tokenizer", "never", "always"] = "tokenizer"
    dtype: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    batch_tokens: int = Field(default=8192, ge=64)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    resamples: int = Field(default=2000, ge=100)
    """Bootstrap and permutation resamples."""
    forgetting_margin: float | None = Field(default=None, ge=0)
    """Largest tolerated loss on general tasks (in points of the metric); passing it ends the run with exit code 3."""
