"""The demo: the whole chain on a small collection that ships with the package. Offline, on a CPU, without any key."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from tekio.errors import Language, TekioError, Text
from tekio.pipeline import run_recipe
from tekio.recipe import load_recipe

RECIPE = "recipe.yaml"
COLLECTION = "collection"


def lay_out(folder: Path) -> Path:
    """Copy the demo's recipe and collection into `folder` (a user may then change both) and return the recipe's path.

    Raises `TekioError` if `folder` holds something that is not the demo.
    """
    recipe = folder / RECIPE
    if folder.exists() and any(folder.iterdir()) and not recipe.is_file():
        raise TekioError(
            Text("The folder is not empty.", "フォルダが空ではありません。"),
            where=folder,
            fix=Text("Choose another --out.", "別の --out を指定してください。"),
        )
    folder.mkdir(parents=True, exist_ok=True)
    if not recipe.exists():
        with as_file(files("tekio.demo")) as shipped:
            shutil.copytree(shipped / COLLECTION, folder / COLLECTION, dirs_exist_ok=True)
            # The recipe comes last: a folder with a recipe has everything.
            shutil.copyfile(shipped / RECIPE, recipe)
    return recipe


def run_demo(folder: Path, language: Language = "en", *, replace: bool = False) -> Path:
    """Lay out the demo in `folder`, run it and return the path of the report."""
    recipe = load_recipe(lay_out(folder))
    return run_recipe(recipe, language=language, replace=replace) / "report" / "report.html"
