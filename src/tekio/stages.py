"""The stages of a recipe: which it asks for, and which finished folders each of them reads."""

from __future__ import annotations

from tekio.errors import RecipeError, Text
from tekio.model_stages import MODEL_STAGES
from tekio.recipe import Recipe
from tekio.stage_names import STAGES, StageName


def wanted_stages(recipe: Recipe) -> list[StageName]:
    """The stages this recipe asks for, in order; the report is always written."""
    return [name for name in STAGES if name == "report" or getattr(recipe, name) is not None]


def stage_needs(recipe: Recipe, name: StageName) -> tuple[StageName, ...]:
    """The stages whose finished folders `name` reads."""
    wanted = wanted_stages(recipe)
    models: list[StageName] = [stage for stage in MODEL_STAGES.values() if stage in wanted]
    documents: list[StageName] = ["corpus"] if recipe.tune is not None and recipe.tune.documents else []
    needs: dict[StageName, list[StageName]] = {
        "corpus": [],
        "exam": ["corpus"],
        "study": [stage for stage in ("corpus", "exam") if stage == "corpus" or stage in wanted],
        "base": ["corpus"] if recipe.base is not None and recipe.base.scratch is not None else [],
        "pretrain": ["base", "corpus", *(["study"] if recipe.pretrain and "study" in recipe.pretrain.sources else [])],
        "instruct": [],
        "residual": ["base", "pretrain", *_judged_on(recipe)],
        "tune": [recipe.model_before("tune"), *recipe.record_stages, *documents],
        "prefer": ["tune"],
        "sweep": [recipe.model_before("tune"), *recipe.record_stages, *documents],
        "evaluate": [*models, *(stage for stage in ("corpus", "exam", "study", "instruct") if stage in wanted)],
        "compare": [*models, *(stage for stage in ("corpus", "instruct") if stage in wanted)],
        "report": [stage for stage in wanted if stage != "report"],
    }
    return tuple(needs[name])


def _judged_on(recipe: Recipe) -> list[StageName]:
    """The stages whose held-out text and validation records `residual` is measured on: those the recipe has."""
    records: list[StageName] = [name for name in recipe.record_stages if getattr(recipe, name) is not None]
    return [*(["corpus"] if recipe.corpus is not None else []), *records]


def check_stages(recipe: Recipe) -> None:
    """Raise `RecipeError` if a stage needs another that the recipe does not have."""
    wanted = wanted_stages(recipe)
    if recipe.sweep is not None and recipe.tune is None:
        raise RecipeError(
            Text("The section `sweep` needs a section `tune`.", "`sweep` には `tune` の節が必要です。"),
            fix=Text("Add `tune:` to the recipe.", "レシピに `tune:` を加えてください。"),
        )
    for name in wanted:
        for need in stage_needs(recipe, name):
            if need not in wanted:
                raise RecipeError(
                    Text(f"The section `{name}` needs a section `{need}`.", f"`{name}` には `{need}` の節が必要です。"),
                    fix=Text(f"Add `{need}:` to the recipe.", f"レシピに `{need}:` を加えてください。"),
                )
