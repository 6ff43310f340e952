"""The run folder as a whole: that it is one of ours, the recipe it was made by, and whether all of it still agrees."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tekio.errors import TekioError, Text, UsageError
from tekio.hashes import MEMORY, sha256_file
from tekio.recipe import Recipe
from tekio.stage_names import STAGES
from tekio.store import (
    EARLIER_SUFFIX,
    KEY_FILE,
    OLD_SUFFIX,
    PARTIAL_SUFFIX,
    Input,
    Manifest,
    manifest_hash,
    own_manifest,
    private_files,
    read_json,
    read_json_object,
    single_writer,
    unfinished,
    verify_folder,
    write_atomic,
    write_json,
)

RECIPE_COPY = "recipe.yaml"
RESOLVED = "recipe.resolved.json"
MARK = "run.json"
SWEEP_RUNS = "sweep-runs"
# Stages whose manifest holds their section of the recipe as it stands.
AS_WRITTEN = ("corpus", "study", "base", "pretrain", "instruct", "tune", "prefer")


# --- whose folder it is -----------------------------------------------------------------------------------------------


def require_run_folder(recipe: Recipe, run: Path) -> None:
    """Raise `UsageError` unless `run` is new, empty or an earlier run, apart from what the recipe reads and from the recipe.

    A folder is a run when it bears the mark of one (`run.json`), or when everything in it is a stage of ours.
    """
    recipe.require_place(run)
    if not run.exists():
        return
    if not run.is_dir():
        raise UsageError(
            Text("There is a file where the run folder should be.", "実行フォルダの場所にファイルがあります。"),
            where=run,
        )
    if _mark(run) is not None:
        return
    for item in sorted(run.iterdir()):
        if not _ours(item):
            raise UsageError(
                Text(
                    "The folder is not empty and not a run folder; nothing was touched.",
                    "フォルダが空ではなく、実行フォルダでもありません。何も変更していません。",
                ),
                where=run,
                why=str(item),
                fix=Text("Choose another --out.", "別の --out を指定してください。"),
            )


def _ours(item: Path) -> bool:
    name = item.name
    if name in (MEMORY, ".lock", RESOLVED) or unfinished(name) or (name.startswith(".") and name.endswith(".lock")):
        return item.is_file()
    if name == RECIPE_COPY:
        return (item.parent / RESOLVED).is_file()
    if item.is_symlink() or not item.is_dir():
        return False
    stage = name.removesuffix(OLD_SUFFIX).removesuffix(PARTIAL_SUFFIX)
    if stage in STAGES:
        return own_manifest(item) is not None or (item / KEY_FILE).is_file() or not any(item.iterdir())
    return name in ("corpus.units", f"report{EARLIER_SUFFIX}", SWEEP_RUNS)


def _mark(run: Path) -> dict[str, Any] | None:
    """The mark of a run folder, or None if there is none of ours."""
    try:
        found = read_json(run / MARK)
    except (TekioError, OSError):
        return None
    own = isinstance(found, dict) and "tekio_run" in found
    return cast("dict[str, Any]", found) if own else None


@contextmanager
def writing_run(recipe: Recipe, run: Path) -> Generator[None]:
    """Hold a run folder, with the recipe in it: as its author wrote it, resolved, and the mark with the hashes of both."""
    with private_files(), single_writer(run):
        if recipe.source_text is not None:
            write_atomic(run / RECIPE_COPY, recipe.source_text)
        write_json(run / RESOLVED, recipe.plain())
        names = [name for name in (RECIPE_COPY, RESOLVED) if (run / name).is_file()]
        mark: dict[str, Any] = {
            "tekio_run": 1,
            "name": recipe.name,
            "files": {name: sha256_file(run / name) for name in names},
        }
        write_json(run / MARK, mark | {"sha256": manifest_hash(mark)})
        yield


def recorded_recipe(run: Path) -> dict[str, object] | None:
    """The resolved recipe saved with a run, if there is one."""
    path = run / RESOLVED
    return read_json_object(path) if path.is_file() else None


# --- whether it still agrees ------------------------------------------------------------------------------------------


def require_stage(run: Path) -> None:
    """Raises `TekioError` for a folder that holds no finished stage of a run."""
    if not any((run / name / "manifest.json").is_file() for name in STAGES):
        raise no_stage(run)


def no_stage(run: Path) -> TekioError:
    """What is said of a folder without a finished stage."""
    return TekioError(
        Text("There is no finished stage here.", "完了した段階がありません。"),
        where=run,
        fix=Text(
            "Give the run folder, for example runs/<name>.", "実行フォルダ（runs/<名前> など）を指定してください。"
        ),
    )


def verify_run(run: Path) -> dict[str, list[str]]:
    """Re-hash every finished stage of a run: stage -> what is wrong (empty if sound).

    Also the links between stages (a parent that is gone, was made anew or whose manifest was edited), the copies of the
    recipe (under `recipe`, when something is wrong), and whether seed and settings of the stages are the recipe's.
    """
    found: dict[str, list[str]] = {}
    for name in STAGES:
        if not (run / name).is_dir():
            continue
        problems = verify_folder(run / name)
        manifest = own_manifest(run / name)
        if manifest is not None:
            problems.extend(f"{run / name}: {problem}" for problem in _parent_problems(run, manifest))
        found[name] = problems
    if not found:
        raise no_stage(run)
    if recipe := list(_recipe_problems(run, list(found))):
        found["recipe"] = recipe
    return found


def unfinished_stages(run: Path) -> list[str]:
    """The stages that the run's recipe asks for and that are not there: never finished, or taken away."""
    try:
        recipe = recorded_recipe(run) or {}
    except TekioError:
        return []
    wanted = [name for name in STAGES if recipe.get(name) is not None or (recipe and name == "report")]
    return [name for name in wanted if own_manifest(run / name) is None]


def _parent_problems(run: Path, manifest: Manifest) -> Iterator[str]:
    for item in manifest.inputs:
        if item.kind != "stage":
            continue
        stage = item.stage or item.name
        place = _place_of(run, item)
        if place is None:
            continue
        parent = own_manifest(place) if place.is_dir() else None
        if parent is None:
            if _mark(run) is not None or (run / RESOLVED).is_file():  # else it lies elsewhere: made by a single command
                yield f"was made from `{stage}`, which is missing"
        elif parent.artifact != item.sha256:
            yield f"was made from another version of `{stage}`"
        elif item.manifest and parent.sha256 != item.manifest:
            yield f"the manifest of `{stage}` is not the one it was made from"


def _place_of(run: Path, item: Input) -> Path | None:
    swept = run / SWEEP_RUNS / item.name
    if (run / SWEEP_RUNS).is_dir() and swept.is_dir():
        return swept
    stage = item.stage or item.name
    return run / stage if stage in STAGES else None


def _recipe_problems(run: Path, stages: list[str]) -> Iterator[str]:
    mark = _mark(run)
    if mark is not None:
        if manifest_hash(mark) != mark.get("sha256"):
            yield f"{run / MARK}: edited (its own hash does not match)"
        for name, sha256 in cast("dict[str, str]", mark.get("files") or {}).items():
            path = run / name
            if not path.is_file():
                yield f"{path}: missing"
            elif sha256_file(path) != sha256:
                yield f"{path}: changed"
    elif (run / RESOLVED).is_file():
        yield f"{run / MARK}: missing (or the run is by an older Tekio)"
    try:
        recipe = recorded_recipe(run)
    except TekioError as error:
        yield f"{run / RESOLVED}: {error.why or 'damaged'}"
        return
    if recipe is None:
        return
    for stage in stages:
        manifest = own_manifest(run / stage)
        if manifest is None:
            continue
        if manifest.seed != recipe.get("seed", manifest.seed):
            yield f"{run / stage}: its seed is not that of {RESOLVED}"
        if stage in AS_WRITTEN and not _are_settings(
            json.loads(json.dumps(manifest.config)), recipe.get(stage), recipe
        ):
            yield f"{run / stage}: its settings are not those of {RESOLVED}"
    yield from _report_problems(run, recipe)


def _are_settings(built: dict[str, Any], section: object, recipe: dict[str, Any]) -> bool:
    """Whether a stage was built with its section of the recipe. With a base of the user's own, the records' screen has the
    base's special tokens beside those the recipe names (`special_marks`); `prefer` keeps the records' rule for test items.
    """
    wanted = _without_key_place(section)
    if isinstance(wanted, dict) and "pairs" in wanted and "screen" in built:
        records = cast("dict[str, dict[str, Any]]", recipe.get("instruct") or {})
        rule = records.get("screen", {}).get("contamination")
        kept = built["screen"]["contamination"]
        return built == cast("dict[str, Any]", wanted) | {"screen": {"contamination": kept if rule is None else rule}}
    base: Any = recipe.get("base")
    if isinstance(wanted, dict) and isinstance(base, dict) and cast("dict[str, Any]", base).get("model"):
        found, named = built.get("screen"), cast("dict[str, Any]", wanted).get("screen")
        if isinstance(found, dict) and isinstance(named, dict):
            tokens: list[str] = cast("dict[str, Any]", found).get("special_tokens") or []
            own: list[str] = cast("dict[str, Any]", named).get("special_tokens") or []
            if set(own) <= set(tokens):
                named["special_tokens"] = tokens
    return built == wanted


def _without_key_place(section: object, name: str = "") -> object:
    """A stage's section as its manifest has it: where the secret key of pseudonyms lies is in no artifact."""
    if not isinstance(section, dict):
        return section
    plain = cast("dict[str, Any]", section)
    return {
        key: _without_key_place(value, key)
        for key, value in plain.items()
        if (name, key) != ("personal_data", "key_file")
    }


def _report_problems(run: Path, recipe: dict[str, object]) -> Iterator[str]:
    """What the report was made with: its own manifest holds the recipe too."""
    report = own_manifest(run / "report")
    if report is None:
        return
    if report.config.get("recipe") != recipe:
        yield f"{run / 'report'}: was made with another {RESOLVED}"
    copy = next((item for item in report.inputs if item.name == RECIPE_COPY), None)
    if copy is not None and (not (run / RECIPE_COPY).is_file() or sha256_file(run / RECIPE_COPY) != copy.sha256):
        yield f"{run / 'report'}: was made with another {RECIPE_COPY}"
