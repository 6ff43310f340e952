"""What a run writes: bytes that stay and bytes while a stage works, by stage.

Training follows from the shapes: weights are saved in fp32, a checkpoint holds weights and two moments of what is trained,
two are kept and a third is written before the oldest goes. The factors for tables are estimates on the safe
side, not measured yet.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tekio.errors import TekioError
from tekio.model_stages import TRAINING_STAGES
from tekio.recipe import Recipe, RecipePath
from tekio.recipe.train import TrainingConfig

BYTES_A_WEIGHT, BYTES_A_MOMENT_PAIR = 4, 8
CHECKPOINTS = 3
COMPRESSED = (".gz", ".zst", ".bz2", ".xz", ".zip", ".7z", ".parquet")
EXPANDED = 5
"""Times the size of a compressed file that its text has; Japanese text in UTF-8 packs to a quarter or a fifth."""
TABLES, UNITS = 1.2, 1.2
"""Bytes of the finished corpus (text, rejected rows, measures) and of the measured units beside it, per byte of text."""
TOKENS = 1.7
"""Bytes of the packed tokens per byte of text: five a token, and no token is less than one character of three bytes."""
ALWAYS = 20_000_000
"""Results, report, logs."""


@dataclass(frozen=True)
class StageDisk:
    """Bytes of one stage: what stays, and what is there beside it while the stage works."""

    stage: str
    kept: int
    working: int


@dataclass(frozen=True)
class DiskNeed:
    """Bytes of the stages in their order."""

    stages: tuple[StageDisk, ...]

    @property
    def peak(self) -> int:
        """The most that is there at once."""
        total, most = ALWAYS, ALWAYS
        for item in self.stages:
            most = max(most, total + item.kept + item.working)
            total += item.kept
        return most


def disk_need(recipe: Recipe, todo: Collection[str]) -> DiskNeed:
    """What the stages `todo` of a recipe write. Sizes that cannot be known (a base that is not there) count nothing."""
    return DiskNeed(tuple(item for item in _stages(recipe, todo) if item.stage in todo))


def _stages(recipe: Recipe, todo: Collection[str]) -> Iterator[StageDisk]:
    text, records = 0, 0
    if recipe.corpus is not None:
        text = _text_bytes([source.path for source in recipe.corpus.sources])
        units = int(UNITS * text)
        keeps = recipe.corpus.keep_units
        yield StageDisk("corpus", int(TABLES * text) + (units if keeps else 0), 0 if keeps else units)
    if recipe.instruct is not None:
        parts = (*recipe.instruct.harvest, *recipe.instruct.expand, *recipe.instruct.import_)
        records = _text_bytes([item.path for item in parts])
        yield StageDisk("instruct", 2 * records, 2 * records)
    if not set(TRAINING_STAGES) & set(todo):
        return
    parameters, pretrained, tuned = _parameters(recipe)
    if recipe.base is not None:
        scratch = recipe.base.scratch
        yield _training("base", scratch, parameters, parameters, text) if scratch else StageDisk("base", 0, 0)
    if recipe.pretrain is not None:
        beside = pretrained if recipe.pretrain.method == "lora" else 0  # the adapter, and the model it is merged into
        yield _training("pretrain", recipe.pretrain, parameters + beside, pretrained, text)
    if recipe.residual is not None:  # what is kept, and one weight's model beside it while it is measured
        yield StageDisk("residual", BYTES_A_WEIGHT * parameters, BYTES_A_WEIGHT * parameters)
    if recipe.tune is not None:
        one = _training("tune", recipe.tune, tuned, tuned, records)
        yield one
        if recipe.prefer is not None:
            pairs = _text_bytes([source.path for source in recipe.prefer.pairs])
            trained = _training("prefer", recipe.prefer, tuned, tuned, pairs)
            yield StageDisk("prefer", trained.kept + 2 * pairs, trained.working)
        if recipe.sweep is not None:
            grid = recipe.sweep
            lists: Sequence[Sequence[object]] = (
                grid.rank,
                grid.alpha,
                grid.learning_rate,
                grid.sequence_length,
                grid.records,
                grid.seeds,
            )
            runs = 1
            for values in lists:
                runs *= max(1, len(values))
            yield StageDisk("sweep", runs * one.kept, one.working)


def _training(stage: str, config: TrainingConfig, saved: int, trained: int, text: int) -> StageDisk:
    best = BYTES_A_WEIGHT * trained if config.keep == "best" else 0
    checkpoints = CHECKPOINTS * (BYTES_A_WEIGHT + BYTES_A_MOMENT_PAIR) * trained
    return StageDisk(stage, BYTES_A_WEIGHT * saved, checkpoints + best + int(TOKENS * text))


def _parameters(recipe: Recipe) -> tuple[int, int, int]:
    """Weights of the base, and those that `pretrain` and `tune` would train; 0 where that cannot be known."""
    if recipe.base is None or any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
        return 0, 0, 0
    from tekio.train.estimate import model_shape, scratch_shape, shape_trained

    try:
        if recipe.base.scratch is not None:
            shape = scratch_shape(recipe.base.scratch.architecture, recipe.base.scratch.tokenizer.vocabulary)
        else:
            assert recipe.base.model is not None
            shape = model_shape(recipe.base.model.path)
        trained = [
            shape_trained(recipe, config, shape).trainable if config is not None else 0
            for config in (recipe.pretrain, recipe.tune)
        ]
    except (TekioError, OSError):
        return 0, 0, 0  # said by `check_base`
    return shape.parameters, trained[0], trained[1]


def _text_bytes(paths: Sequence[RecipePath]) -> int:
    total = 0
    for path in paths:
        try:
            files = path.files()
        except TekioError:
            continue  # said by the checks of files
        total += sum(_expanded(file) for file in files)
    return total


def _expanded(file: Path) -> int:
    try:
        size = file.stat().st_size
    except OSError:
        return 0
    return EXPANDED * size if file.suffix.lower() in COMPRESSED else size
