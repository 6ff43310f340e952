"""The recipe: one YAML file per experiment, the only configuration.

Every section is optional and has good defaults. `load_recipe` refuses unknown keys, duplicate keys, wrong types and
impossible values with file:line:column. `docs/recipe.md` is generated from the field docstrings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from tekio.errors import Text, UsageError
from tekio.model_stages import MODEL_STAGES, ModelStage
from tekio.recipe.corpus import CorpusConfig
from tekio.recipe.evaluate import EvaluateConfig
from tekio.recipe.exam import ExamConfig
from tekio.recipe.instruct import InstructConfig, RecordPersonalDataConfig, ScreenConfig
from tekio.recipe.key_file import DEFAULT_KEY_FILE
from tekio.recipe.paper import PaperConfig, VariantConfig, merged
from tekio.recipe.paths import RecipePath
from tekio.recipe.places import require_apart_from_inputs
from tekio.recipe.prefer import PreferConfig
from tekio.recipe.read import read_yaml, validate
from tekio.recipe.report import CompareConfig, ReportConfig
from tekio.recipe.residual import ResidualConfig
from tekio.recipe.section import PlainName, Section
from tekio.recipe.study import StudyConfig
from tekio.recipe.train import BaseConfig, PretrainConfig, SweepConfig, TuneConfig
from tekio.recipe.watch import WatchConfig
from tekio.store import require_beside_recipe

__all__ = ["EngineConfig", "PaperConfig", "Recipe", "RecipePath", "Section", "load_recipe"]


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
    name: PlainName
    """Short name of the experiment."""
    seed: int = Field(default=17, ge=0, lt=2**32)
    access: Literal["owner", "group", "umask"] = "owner"
    """Who may read what a run writes: its owner only (files 0600, folders 0700), the owner's group too, or as the system's
    umask says."""
    out: RecipePath | None = None
    """The run folder; default: `runs/<name>` beside the recipe. `--out` overrides it."""
    engine: EngineConfig = EngineConfig()
    corpus: CorpusConfig | None = None
    exam: ExamConfig | None = None
    study: StudyConfig | None = None
    base: BaseConfig | None = None
    pretrain: PretrainConfig | None = None
    residual: ResidualConfig | None = None
    instruct: InstructConfig | None = None
    tune: TuneConfig | None = None
    prefer: PreferConfig | None = None
    sweep: SweepConfig | None = None
    evaluate: EvaluateConfig | None = None
    compare: CompareConfig | None = None
    report: ReportConfig = ReportConfig()
    watch: WatchConfig = WatchConfig()
    paper: PaperConfig | None = None
    variants: dict[PlainName, VariantConfig] = Field(default_factory=dict[PlainName, VariantConfig])
    """The same experiment with other bases or settings: name -> the keys that differ. All run, one after the other."""

    _file: Path | None = PrivateAttr(default=None)
    _source_text: str | None = PrivateAttr(default=None)

    @classmethod
    def read(cls, path: str | Path) -> Recipe:
        """See `load_recipe`."""
        file = Path(path).resolve()
        value, marks = read_yaml(file, str(path))
        recipe = validate(cls, value, marks, base=file.parent)._with_key_files(file.parent)
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

    def each_variant(self, named: str | None = None) -> list[tuple[str, Recipe]]:
        """The recipes that run: each variant by its name, or this recipe alone under an empty name.

        A variant's run folder is the folder of its name below this recipe's. named: this one alone, which may be one that
        runs only by its name. Raises `UsageError` when there is none of that name.
        """
        if named is not None:
            return [(named, self.variant(named))]
        run = [(name, self._variant(name, item)) for name, item in self.variants.items() if not item.by_name]
        return run or [("", self)]

    def variant(self, name: str) -> Recipe:
        """The variant of this name. Raises `UsageError` when there is none."""
        if name not in self.variants:
            raise UsageError(
                Text(f"The recipe has no variant `{name}`.", f"レシピに variant `{name}` がありません。"),
                fix=", ".join(self.variants) or None,
            )
        return self._variant(name, self.variants[name])

    def _variant(self, name: str, variant: VariantConfig) -> Recipe:
        update: dict[str, Any] = {"name": f"{self.name}-{name}", "variants": {}, "out": None}
        for section in ("base", "pretrain", "instruct", "tune", "sweep", "evaluate"):
            part = getattr(variant, section)
            if part is not None:
                update[section] = part if section == "base" else merged(getattr(self, section), part)
        if self.paper is not None:
            bring = [*self.paper.bring, *variant.bring]
            update["paper"] = self.paper.model_copy(update={"base": name, "bring": bring})
        return self.model_copy(update=update)._with_key_files(self.folder)

    def _with_key_files(self, folder: Path) -> Recipe:
        """With the key file of pseudonyms beside the recipe (in `folder`), where none is named."""
        beside, update = RecipePath.of(DEFAULT_KEY_FILE, folder), dict[str, Any]()
        if self.corpus is not None and self.corpus.personal_data.key_file is None:
            named = self.corpus.personal_data.model_copy(update={"key_file": beside})
            update["corpus"] = self.corpus.model_copy(update={"personal_data": named})
        if self.instruct is not None and self.instruct.screen.personal_data.key_file is None:
            named = self.instruct.screen.personal_data.model_copy(update={"key_file": beside})
            screen = self.instruct.screen.model_copy(update={"personal_data": named})
            update["instruct"] = self.instruct.model_copy(update={"screen": screen})
        return self.model_copy(update=update) if update else self

    def changed(self, **update: object) -> Recipe:
        """A recipe made from this one; no longer what its author wrote."""
        copy = self.model_copy(update=update)
        copy._source_text = None
        return copy

    @property
    def record_stages(self) -> tuple[Literal["instruct", "study"], ...]:
        """The stages whose records are tuned on."""
        if self.tune is not None and self.tune.records:
            return tuple(self.tune.records)
        return ("study",) if self.instruct is None and self.study is not None else ("instruct",)

    @property
    def record_screen(self) -> ScreenConfig:
        """The checks every record and pair must pass: those of `instruct`, else the default ones, with the key beside the recipe."""
        if self.instruct is not None:
            return self.instruct.screen
        personal = RecordPersonalDataConfig(key_file=RecipePath.of(DEFAULT_KEY_FILE, self.folder))
        return ScreenConfig(personal_data=personal)

    @property
    def record_release(self) -> str:
        """The license under which records, pairs and models learned from them may be released."""
        return self.instruct.release if self.instruct is not None else InstructConfig().release

    def model_before(self, stage: ModelStage) -> ModelStage:
        """The stage whose model `stage` begins with: the last one before it that the recipe has, else the base."""
        found: ModelStage = "base"
        for name in MODEL_STAGES.values():
            if name == stage:
                break
            found = name if getattr(self, name) is not None else found
        return found

    @property
    def run_folder(self) -> Path:
        return self.out.path if self.out else self.folder / "runs" / self.name

    def require_place(self, out: Path) -> None:
        """Raise `UsageError` if an output at `out` would be, contain or lie in anything the recipe reads, or would be or
        contain the recipe's own folder.
        """
        if self._file is not None:
            require_beside_recipe(out, self._file.parent)
        require_apart_from_inputs(self, out)


def load_recipe(path: str | Path) -> Recipe:
    """Read and check a recipe. Raises `RecipeError` with file:line:column, the line and a suggestion."""
    return Recipe.read(path)
