"""A paper recipe at the size of the demo: the same chain on the shipped collection and a tiny model."""

from __future__ import annotations

from pathlib import Path

from tekio.demo import lay_out
from tekio.errors import TekioError, Text
from tekio.recipe import Recipe, load_recipe
from tekio.recipe.papers import small_scale


def at_small_scale(recipe: Recipe, out: Path | None, named: str | None = None) -> tuple[list[tuple[str, Recipe]], Path]:
    """The recipes to run (by variant name) and their run folder; the shipped collection is laid out in `<run>-texts`.

    named: only this variant. Raises `TekioError` for a recipe that repeats no paper.
    """
    if recipe.paper is None:
        raise TekioError(
            Text("`--scale small` is for the paper recipes.", "`--scale small` は論文レシピ用です。"),
            where=recipe.name,
            fix=Text("See recipes/papers, or `tekio demo`.", "recipes/papers または `tekio demo` を参照してください。"),
        )
    run = out or recipe.run_folder.with_name(f"{recipe.run_folder.name}-small")
    demo = load_recipe(lay_out(run.with_name(f"{run.name}-texts")))  # beside the run: an output never holds its inputs
    made: list[tuple[str, Recipe]] = []
    for name, one in recipe.each_variant(named):
        number = list(recipe.variants).index(name) if name else 0
        language = recipe.variants[name].language if name else "ja"
        made.append((name, small_scale(one, demo, number=number, language=language)[0]))
    return made, run
