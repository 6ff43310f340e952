"""`tekio expand` and `tekio instruct build`: the stage from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TextIO

from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import read_artifact
from tekio.artifacts.something_left import require_something_left
from tekio.engine import LocalEngine, make_engine
from tekio.errors import Language, Text, UsageError, say
from tekio.instruct.build import build_instructions
from tekio.instruct.expand.templates import read_template, shipped_templates
from tekio.instruct.source_table import source_table, table_lines
from tekio.model.special_marks import special_marks
from tekio.recipe import load_recipe
from tekio.recipe.instruct import ExpandConfig, InstructConfig
from tekio.recipe.paths import RecipePath
from tekio.reject_reasons import reject_words
from tekio.store import read_json


def list_templates(stream: TextIO) -> None:
    """Print the shipped templates with their data sets and licenses."""
    for name in shipped_templates():
        file = read_template(name)
        print(f"{name}\t{file.license}\t{file.description}", file=stream)


def expand_data(
    data: str | None,
    template: str | None,
    out: Path | None,
    *,
    license_id: str,
    limit: int | None,
    translation: bool,
    phrasing: Literal["any", "original"],
    seed: int,
    language: Language,
    stream: TextIO,
) -> int:
    """Expand one data set with the default screening into the stage folder `out`. Returns the exit code."""
    if data is None or template is None or out is None:
        raise UsageError(
            Text("DATA, --template and --out are needed.", "DATA と --template と --out が必要です。"),
            fix=Text(
                "`tekio expand --list` shows the templates.", "`tekio expand --list` でテンプレートを一覧できます。"
            ),
        )
    source = ExpandConfig(
        name="expand",
        path=RecipePath.of(data),
        template=template if template in shipped_templates() else str(Path(template).resolve()),
        license=license_id,
        limit=limit,
        translation=translation,
        phrasing=phrasing,
    )
    source.path.require_apart(out)
    manifest = build_instructions(InstructConfig(expand=[source]), out, seed=seed, engine=LocalEngine(1))
    _print_counts(manifest.counts, language, stream)
    require_something_left(read_json(out / "funnel.json")["sources"], "instruct")
    return 0


def build_recipe(recipe_path: Path, variant: str | None, out: Path | None, language: Language, stream: TextIO) -> int:
    """Build the instruct stage of a recipe, or of one of its variants, alone. Returns the exit code."""
    recipe = load_recipe(recipe_path)
    if variant is not None:
        recipe = recipe.variant(variant)
    if recipe.instruct is None:
        raise UsageError(
            Text("The recipe has no `instruct` section.", "レシピに `instruct` がありません。"), where=recipe_path
        )
    engine = make_engine(recipe.engine.kind, recipe.engine.workers, recipe.engine.address)
    folder = out or recipe.run_folder / "instruct"
    recipe.require_place(folder)
    marks = special_marks(recipe.base.model.path) if recipe.base is not None and recipe.base.model else []
    manifest = build_instructions(recipe.instruct, folder, seed=recipe.seed, engine=engine, special_tokens=marks)
    _print_counts(manifest.counts, language, stream)
    for line in table_lines(source_table(read_artifact(InstructFunnel, folder / "funnel.json")), language):
        print(line, file=stream)
    require_something_left(read_json(folder / "funnel.json")["sources"], "instruct")
    return 0


def _print_counts(counts: dict[str, Any], language: Language, stream: TextIO) -> None:
    why = [(say(reject_words(reason), language), f"{count:,}") for reason, count in counts["rejected"].items()]
    rejected = ", ".join(f"{words} {count}" for words, count in why) or "0"
    told = "、".join(f"{words} {count} 件" for words, count in why) or "0 件"
    text = Text(
        f"{counts['rows_in']:,} rows in: {counts['rows_train']:,} training, {counts['rows_validation']:,} validation; "
        f"left out: {rejected}",
        f"入力 {counts['rows_in']:,} 件: 学習用 {counts['rows_train']:,} 件、検証用 {counts['rows_validation']:,} 件; 除外: {told}",
    )
    print(say(text, language), file=stream)
