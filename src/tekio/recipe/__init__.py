"""The recipe: one YAML file per experiment, the only configuration.

Every section is optional and has good defaults. `load_recipe` refuses unknown keys, duplicate keys, wrong types and
impossible values with file:line:column. `docs/recipe.md` is generated from the field docstrings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr

from tekio.recipe.corpus import CorpusConfig
from tekio.recipe.evaluate import EvaluateConfig
from tekio.recipe.instruct import InstructConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.read import read_yaml, validate
from tekio.recipe.report import CompareConfig, ReportConfig
from tekio.recipe.section import Section
from tekio.recipe.train import BaseConfig, PretrainConfig, TuneConfig

__all__ = ["EngineConfig", "Recipe", "RecipePath", "Section", "load_recipe"]


class EngineConfig(Section):
    """Where the work over shards runs."""

    kind: Literal["local", "ray"] = "local"
    workers: int = Field(default=0, ge=0)
    """Processes; 0: one per CPU. The result does not depend on it."""
    address: str | None = None
    """Address of the Ray cluster; default: the one this machine belongs to."""


class Recipe(Section):
    """One experiment."""

    tekio: Literal[1] = 1
    """Version of the recipe format."""
    name: str = Field(pattern=r"^[\w.-]+$")
    """Short name of the experiment."""
    seed: int = Field(default=17, ge=0, lt=2**32)
    out: RecipePath | None = None
    """The run folder; default: `runs/<name>` beside the recipe. `--out` overrides it."""
    engine: EngineConfig = EngineConfig()
    corpus: CorpusConfig | None = None
    base: BaseConfig | None = None
    pretrain: PretrainConfig | None = None
    instruct: InstructConfig | None = None
    tune: TuneConfig | None = None
    evaluate: EvaluateConfig | None = None
    compare: CompareConfig | None = None
    report: ReportConfig = ReportConfig()

    _file: Path | None = PrivateAttr(default=None)
    _source_text: str | None = PrivateAttr(default=None)

    @classmethod
    def read(cls, path: str | Path) -> Recipe:
        """See `load_recipe`."""
        file = Path(path).resolve()
        value, marks = read_yaml(file, str(path))
        recipe = validate(cls, value, marks, base=file.parent)
        recipe._file, recipe._source_text = file, "".join(marks.lines)
        return recipe

    @property
    def source_text(self) -> str | None:
        """The recipe as its author wrote it; None for a recipe made in Python."""
        return self._source_text

    @property
    def folder(self) -> Path:
        """The folder paths are relative to."""
        return self._file.parent if self._file else Path.cwd()

    @property
    def run_folder(self) -> Path:
        return self.out.path if self.out else self.folder / "runs" / self.name


def load_recipe(path: str | Path) -> Recipe:
    """Read and check a recipe. Raises `RecipeError` with file:line:column, the line and a suggestion."""
    return Recipe.read(path)
