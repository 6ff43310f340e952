"""The training stages of a recipe, in order: what `tekio train` and `torchrun` run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tekio.recipe import Recipe
from tekio.store import Manifest
from tekio.train.prefer import prefer_in
from tekio.train.residual import residual_in
from tekio.train.stages import make_base, pretrain, tune


def run_training(recipe: Recipe, run: Path, *, only: str | None = None) -> Iterator[tuple[str, Manifest]]:
    """The training stages of a recipe, in order, from finished inputs in `run`; what `tekio train` and torchrun call."""
    seed = recipe.seed
    if recipe.base is not None and only in (None, "base"):
        corpus = run / "corpus" if recipe.base.scratch is not None else None
        yield "base", make_base(recipe.base, run / "base", corpus=corpus, seed=seed)
    if recipe.pretrain is not None and only in (None, "pretrain"):
        yield (
            "pretrain",
            pretrain(
                recipe.pretrain,
                run / "pretrain",
                base=run / "base",
                corpus=run / "corpus",
                seed=seed,
                study=run / "study",
            ),
        )
    if recipe.residual is not None and only in (None, "residual"):
        yield "residual", residual_in(recipe, run)
    if recipe.tune is not None and only in (None, "tune"):
        model = run / recipe.model_before("tune")
        corpus = run / "corpus" if recipe.corpus is not None else None
        records = {name: run / name for name in recipe.record_stages}
        screen = recipe.record_screen
        yield (
            "tune",
            tune(recipe.tune, run / "tune", model=model, records=records, corpus=corpus, seed=seed, screen=screen),
        )
    if recipe.prefer is not None and only in (None, "prefer"):
        yield "prefer", prefer_in(recipe, run)
