"""The `paper` and `variants` sections: which paper a recipe repeats, what its user must bring, and its several bases."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tekio.recipe.evaluate import EvaluateConfig
from tekio.recipe.instruct import InstructConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section
from tekio.recipe.train import BaseConfig, PretrainConfig, SweepConfig, TuneConfig

PaperName = Literal["stormy", "qfin", "jafin"]


class BringConfig(Section):
    """Something the user must have before the run: a base, a data set."""

    path: RecipePath
    what: str
    get: str
    """The command or page that brings it."""
    stage: Literal["", "base", "instruct", "evaluate"] = ""
    """The stage that needs it: `tekio run --only` with another does not ask for it. Empty: whatever is run."""


class Difference(Section):
    """How a run differs from the paper, in both languages."""

    en: str
    ja: str


class PaperConfig(Section):
    """The paper a recipe repeats: the report then ends in the table of expected and obtained values."""

    name: PaperName
    base: str = ""
    """Which of the paper's base models this is; set by the variant."""
    scale: Literal["full", "small"] = "full"
    """`small` is set by `tekio run --scale small`."""
    bring: list[BringConfig] = Field(default_factory=list[BringConfig])
    """What the user must bring; what is missing is listed before anything runs."""
    differs: list[Difference] = Field(default_factory=list[Difference])
    """How this run knowingly differs from the paper; stands below the table."""


class VariantConfig(Section):
    """One variant of a recipe: its keys replace those of the recipe, the others stay. Each runs in a folder of its own."""

    base: BaseConfig | None = None
    pretrain: PretrainConfig | None = None
    instruct: InstructConfig | None = None
    tune: TuneConfig | None = None
    sweep: SweepConfig | None = None
    evaluate: EvaluateConfig | None = None
    by_name: bool = False
    """This variant runs only when it is named (`--variant`)."""
    bring: list[BringConfig] = Field(default_factory=list[BringConfig])
    """What this variant needs besides `paper.bring`."""
    language: Literal["ja", "en"] = "ja"
    """Language of the base (which tiny base stands for it at `--scale small`)."""


def merged(whole: Section | None, part: Section) -> Section:
    """`whole` with the keys that were written in `part` in place of its own, section by section."""
    if whole is None:
        return part
    update: dict[str, object] = {}
    for name in part.model_fields_set:
        old, new = getattr(whole, name), getattr(part, name)
        update[name] = merged(old, new) if isinstance(old, Section) and isinstance(new, Section) else new
    return whole.model_copy(update=update)
