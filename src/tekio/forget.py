"""`tekio forget`: what a source has touched in a run, and the recipe without it.

Nothing of the run is changed: weights cannot unlearn, so every model that was trained after the source came in is named as
one to be trained again from the recipe without it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (yaml has no complete type information)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from tekio.artifacts.corpus import CorpusFunnel
from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import read_artifact
from tekio.artifacts.preferences import PAIRS, Pairs
from tekio.artifacts.study import STUDY, Study
from tekio.artifacts.training import TrainingSummary
from tekio.documents import read_documents
from tekio.errors import RecipeError, Text, UsageError
from tekio.recipe import Recipe
from tekio.stage_names import StageName
from tekio.stages import stage_needs, wanted_stages
from tekio.store import read_jsonl, read_manifest

Work = Literal["made again", "trained again", "measured again"]
TRAINED = ("base", "pretrain", "tune", "prefer", "sweep")
MEASURED = ("evaluate", "compare", "report")
RECORD_LISTS = ("harvest", "expand", "import")
PAIR_LIST = "pairs"


@dataclass(frozen=True)
class Touched:
    """A stage that holds something of the source, or was made from one that does. work: what has to be done about it.

    finished: the run has it. told: what of the source is in it, where that is known.
    """

    stage: StageName
    work: Work
    finished: bool
    told: Text


def touched(recipe: Recipe, run: Path, source: str) -> list[Touched]:
    """The stages that a source has touched, in their order. Raises `UsageError` if the recipe has no such source."""
    begins = _begins(recipe, source)
    wanted = wanted_stages(recipe)
    reached: set[StageName] = set()
    for stage in wanted:
        if stage in begins or reached & set(stage_needs(recipe, stage)):
            reached.add(stage)
    return [
        Touched(stage, _work(stage), read_manifest(run / stage) is not None, _told(recipe, run, stage, source))
        for stage in wanted
        if stage in reached
    ]


def _begins(recipe: Recipe, source: str) -> set[StageName]:
    """The stages that read the source itself."""
    found: set[StageName] = set()
    if recipe.corpus is not None and source in [item.name for item in recipe.corpus.sources]:
        found.add("corpus")
    if recipe.instruct is not None and source in _record_sources(recipe):
        found.add("instruct")
    pairs = [item.name for item in recipe.prefer.pairs] if recipe.prefer is not None else []
    if source in pairs:
        found.add("prefer")
    if not found:
        documents = [item.name for item in recipe.corpus.sources] if recipe.corpus is not None else []
        known = [*documents, *_record_sources(recipe), *pairs]
        raise UsageError(
            Text(f"The recipe has no source {source!r}.", f"レシピに情報源 {source!r} はありません。"),
            fix=", ".join(known),
        )
    return found


def _record_sources(recipe: Recipe) -> list[str]:
    plain = recipe.instruct.model_dump(mode="json", by_alias=True) if recipe.instruct is not None else {}
    return [str(item["name"]) for name in RECORD_LISTS for item in plain.get(name) or []]


def _work(stage: StageName) -> Work:
    return "trained again" if stage in TRAINED else "measured again" if stage in MEASURED else "made again"


def _told(recipe: Recipe, run: Path, stage: StageName, source: str) -> Text:
    """What of the source is in a finished stage."""
    folder = run / stage
    if read_manifest(folder) is None:
        return Text("not finished", "未完了")
    if stage == "corpus":
        found = next(
            (item for item in read_artifact(CorpusFunnel, folder / "funnel.json").sources if item.name == source), None
        )
        if found is None:
            return Text("nothing", "なし")
        return Text(
            f"{found.rows_train:,} documents to train on ({found.characters_train:,} characters), {found.rows_held_out:,} held out",
            f"学習用 {found.rows_train:,} 文書（{found.characters_train:,} 文字）、評価用 {found.rows_held_out:,} 文書",
        )
    if stage == "study":
        rows = read_artifact(Study, folder / STUDY).sources.get(source, 0)
        return Text(f"{rows:,} rows told from it", f"これから作った素材 {rows:,} 件")
    if stage == "instruct":
        return _told_by_records(run, source)
    if stage in ("base", "pretrain", "tune", "prefer") and (folder / "summary.json").is_file():
        return _told_by_pairs(folder, source) or _told_by_training(recipe, run, stage, source)
    return Text("made after it came in", "この情報源が入った後に作成")


def _told_by_pairs(folder: Path, source: str) -> Text | None:
    """How many pairs of the source a model has learned from; None for another stage, or a source of other things."""
    if not (folder / PAIRS).is_file():
        return None
    pairs = next((item.train for item in read_artifact(Pairs, folder / PAIRS).sources if item.name == source), None)
    return None if pairs is None else Text(f"{pairs:,} pairs of its answers", f"その回答の組 {pairs:,} 件")


def _told_by_training(recipe: Recipe, run: Path, stage: StageName, source: str) -> Text:
    """What was trained on of the source: its own text, records of it, or what was made from its documents."""
    summary = read_artifact(TrainingSummary, run / stage / "summary.json")
    seen = (summary.sources or {}).get(source)
    if seen is not None:
        passes = seen.passes(summary.epochs)
        often = "once" if passes == 1 else f"{passes:.3g} times"
        return Text(
            f"trained on {seen.tokens:,} tokens of it, {often}",
            f"そのうち {seen.tokens:,} トークンを {passes:.3g} 回学習",
        )
    rows, needs = 0, stage_needs(recipe, stage)
    if "instruct" in needs and (run / "instruct" / "funnel.json").is_file():
        chosen = recipe.tune.sources if stage == "tune" and recipe.tune is not None else []
        own, drafted = _records_of(run, source, ("train",))
        rows += own * (not chosen or source in chosen) + drafted
    if "study" in needs and (run / "study" / STUDY).is_file():
        rows += read_artifact(Study, run / "study" / STUDY).sources.get(source, 0)
    if rows:
        return Text(
            f"trained on up to {rows:,} records of it or made from it",
            f"これに由来する指示データなど最大 {rows:,} 件を学習",
        )
    if summary.sources:
        return Text("no token of it, but what it was made from changes", "学習には使っていないが、元になる段階が変わる")
    return Text("made after it came in", "この情報源が入った後に作成")


def _told_by_records(run: Path, source: str) -> Text:
    rows, drafted = _records_of(run, source, ("train", "validation"))
    return Text(
        f"{rows:,} records of it, {drafted:,} made from its documents",
        f"指示データ {rows:,} 件、その文書から作ったもの {drafted:,} 件",
    )


def _records_of(run: Path, source: str, parts: tuple[str, ...]) -> tuple[int, int]:
    """How many records of the instruct stage are of the source, and how many were made from its documents."""
    folder = run / "instruct"
    listed = read_artifact(InstructFunnel, folder / "funnel.json").sources
    own = [item.rows_train + item.rows_validation * ("validation" in parts) for item in listed if item.name == source]
    documents = _ids(run / "corpus", source)
    drafted = sum(
        bool(documents.intersection(cast("list[str]", row.get("meta", {}).get("parents") or [])))
        for part in parts
        if (folder / f"{part}.jsonl").is_file() and documents
        for row in read_jsonl(folder / f"{part}.jsonl")
    )
    return sum(own), drafted


def _ids(corpus: Path, source: str) -> set[str]:
    return {
        str(row["id"])
        for part in ("train", "held_out")
        if any((corpus / part).glob("*.parquet"))
        for row in read_documents(corpus / part, ["id", "source"])
        if row["source"] == source
    }


def recipe_without(recipe: Recipe, source: str) -> str:
    """The recipe as YAML without a source, wherever it is named. Paths stay as the user wrote them, comments do not.

    Raises `RecipeError` where a section would be left without any source, which would mean another thing.
    """
    _begins(recipe, source)
    plain = cast(
        "dict[str, Any]",
        _without(recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True), source, "recipe"),
    )
    plain.pop("out", None)
    plain = {"tekio": recipe.tekio, **plain, "name": f"{recipe.name}-without-{source}"}
    told = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=140)
    return f"# {recipe.name} without the source {source}, by `tekio forget`.\n{told}"


def _without(value: object, source: str, place: str) -> object:
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {key: _without(item, source, f"{place}.{key}") for key, item in members.items()}
    if not isinstance(value, list):
        return value
    items = cast("list[object]", value)
    kept = [
        _without(item, source, place)
        for item in items
        if item != source and not (isinstance(item, dict) and cast("dict[str, object]", item).get("name") == source)
    ]
    names_sources, kind = place.endswith(".sources"), place.rpartition(".")[2]
    if items and not kept and (names_sources or kind == PAIR_LIST):
        raise RecipeError(
            Text(
                f"`{place.removeprefix('recipe.')}` names only {source!r}; without it the section would mean something else.",
                f"`{place.removeprefix('recipe.')}` には {source!r} しかありません。除くと別の意味になります。",
            ),
            fix=Text("Change or remove the section by hand.", "節を手で直すか取り除いてください。"),
        )
    return (
        kept
        if names_sources or kind in (*RECORD_LISTS, PAIR_LIST)
        else [_without(item, source, place) for item in items]
    )


def told_lines(found: list[Touched]) -> Iterator[Text]:
    """What `touched` found, for a terminal."""
    works = {"made again": "作り直し", "trained again": "学習し直し", "measured again": "測り直し"}
    for item in found:
        yield Text(
            f"{item.stage}: {item.told.en}; must be {item.work}",
            f"{item.stage}: {item.told.ja}。{works[item.work]}が必要",
        )
