"""From a recipe to ordered stages: plan them, run them, resume by repetition.

Every stage is one function of its own package. This module knows only their order and which finished folder each of
them reads; what has to be redone is decided by the stage keys of `tekio.store`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from tekio.artifacts.something_left import require_something_left
from tekio.artifacts.training import stopped_words
from tekio.doctor import Finding, examine, failure, refusal
from tekio.engine import Engine, make_engine
from tekio.errors import Language, LimitError, NothingError, TekioError, Text, UsageError, say
from tekio.hashes import remembered_hashes
from tekio.model_stages import MODEL_STAGES, TRAINING_STAGES
from tekio.progress import clock, remark
from tekio.recipe import Recipe
from tekio.recipe.section import Section
from tekio.run_folder import (
    RECIPE_COPY,
    RESOLVED,
    recorded_recipe,
    verify_run,
    writing_run,
)
from tekio.stage_names import STAGES, StageName
from tekio.stages import check_stages, stage_needs, wanted_stages
from tekio.store import (
    COSTLY,
    Manifest,
    StagePlanned,
    file_access,
    own_manifest,
    planning,
    read_json,
    read_manifest,
    replacing,
)

__all__ = [
    "RECIPE_COPY",
    "RESOLVED",
    "STAGES",
    "PlannedStage",
    "StageName",
    "check_stages",
    "examine_run",
    "model_folders",
    "plan",
    "planned_sweep",
    "recorded_recipe",
    "require_ready",
    "run",
    "run_all",
    "run_one",
    "run_recipe",
    "stage_needs",
    "verify_run",
    "wanted_stages",
]

Status = Literal["done", "continue", "redo", "new", "replace", "waits"]
MASKS: dict[str, int | None] = {"owner": 0o077, "group": 0o027, "umask": None}


@dataclass(frozen=True)
class PlannedStage:
    """One line of a plan: what would happen to a stage, and which stages it reads."""

    name: StageName
    status: Status
    needs: tuple[StageName, ...]


def model_folders(recipe: Recipe, run: Path) -> dict[str, Path]:
    """The models of a run that can be loaded now: label -> folder."""
    found: dict[str, Path] = {}
    for label, stage in MODEL_STAGES.items():
        for part in ("adapter", "model"):  # a stage with both has merged the one into the other
            if (run / stage / part).is_dir():
                found[label] = run / stage / part
    if "base" not in found and recipe.base is not None and recipe.base.model is not None:
        found["base"] = recipe.base.model.path
    return found


def _chosen_models(labels: list[str], folders: dict[str, Path]) -> dict[str, Path]:
    chosen = {label: folders[label] for label in labels if label in folders}
    if not chosen:
        raise TekioError(
            Text("None of the named models is available.", "指定されたモデルがありません。"), where=", ".join(labels)
        )
    return chosen


def run_one(recipe: Recipe, run: Path, name: StageName, engine: Engine) -> Manifest:
    """Bring one stage of a run up to date. Its inputs must be finished. The recipe's trackers follow its training."""
    if recipe.watch.trackers and name in TRAINING_STAGES:
        from tekio.train.trackers import following

        with following(recipe.watch, run):
            return _run_one(recipe, run, name, engine)
    return _run_one(recipe, run, name, engine)


def _run_one(recipe: Recipe, run: Path, name: StageName, engine: Engine) -> Manifest:
    out, seed = run / name, recipe.seed
    corpus = run / "corpus" if recipe.corpus is not None else None
    if name == "corpus" and recipe.corpus is not None:
        from tekio.corpus import build_corpus

        return build_corpus(recipe.corpus, out, seed=seed, engine=engine)
    if name == "exam" and recipe.exam is not None and corpus is not None:
        from tekio.exam import build_exam

        return build_exam(recipe.exam, out, corpus=corpus, seed=seed)
    if name == "study" and recipe.study is not None and corpus is not None:
        from tekio.study import build_study

        base = recipe.base.model.path if recipe.base is not None and recipe.base.model else None
        exam = run / "exam" if recipe.exam is not None else None
        return build_study(recipe.study, out, corpus=corpus, seed=seed, base=base, exam=exam)
    if name == "instruct" and recipe.instruct is not None:
        from tekio.instruct import build_instructions
        from tekio.model.special_marks import special_marks

        marks = special_marks(recipe.base.model.path) if recipe.base is not None and recipe.base.model else []
        return build_instructions(recipe.instruct, out, seed=seed, engine=engine, special_tokens=marks)
    if name == "base" and recipe.base is not None:
        from tekio.train import make_base

        return make_base(recipe.base, out, corpus=corpus if recipe.base.scratch else None, seed=seed)
    if name == "pretrain" and recipe.pretrain is not None and corpus is not None:
        from tekio.train import pretrain

        return pretrain(recipe.pretrain, out, base=run / "base", corpus=corpus, seed=seed, study=run / "study")
    if name == "residual":
        from tekio.train.residual import residual_in

        return residual_in(recipe, run)
    if name == "tune" and recipe.tune is not None:
        from tekio.train import tune

        model = run / recipe.model_before("tune")
        screen = recipe.record_screen
        return tune(
            recipe.tune, out, model=model, records=_records(recipe, run), corpus=corpus, seed=seed, screen=screen
        )
    if name == "prefer":
        from tekio.train.prefer import prefer_in

        return prefer_in(recipe, run)
    if name == "sweep" and recipe.sweep is not None and recipe.tune is not None:
        from tekio.train import sweep

        model = run / recipe.model_before("tune")
        records, screen = _records(recipe, run), recipe.record_screen
        return sweep(
            recipe.sweep, recipe.tune, out, model=model, records=records, corpus=corpus, seed=seed, screen=screen
        )
    if name == "evaluate" and recipe.evaluate is not None:
        from tekio.evaluate import evaluate

        models = _chosen_models(list(recipe.evaluate.models), model_folders(recipe, run))
        records = run / "instruct" if recipe.instruct is not None else None
        exam = run / "exam" if recipe.exam is not None else None
        told = run / "study" if recipe.study is not None else None
        pairs = run / "prefer" if recipe.prefer is not None else None
        return evaluate(
            recipe.evaluate,
            out,
            models=models,
            corpus=corpus,
            instruct=records,
            seed=seed,
            exam=exam,
            prefer=pairs,
            study=told,
        )
    if name == "compare" and recipe.compare is not None:
        from tekio.compare import compare_answers

        models = _chosen_models(list(recipe.compare.models), model_folders(recipe, run))
        records = run / "instruct" if recipe.instruct is not None else None
        return compare_answers(recipe.compare, out, models=models, records=records, seed=seed, documents=corpus)
    from tekio.report import write_report

    return write_report(recipe.report, out, run=run, recipe=recipe.plain())


def _records(recipe: Recipe, run: Path) -> dict[str, Path]:
    """The finished folders whose records are tuned on, by stage."""
    return {name: run / name for name in recipe.record_stages}


def plan(recipe: Recipe, run: Path, *, rehash: bool = False) -> list[PlannedStage]:
    """What `run_recipe` would do, without doing it. Inputs are hashed (see `run_recipe`), nothing is written."""
    check_stages(recipe)
    engine = make_engine("local", 1)
    planned: list[PlannedStage] = []
    unfinished: set[StageName] = set()
    with remembered_hashes(run, forget=rehash, write=False):
        for name in wanted_stages(recipe):
            needs = stage_needs(recipe, name)
            status: Status = "waits"
            if not unfinished.intersection(needs):
                status = _status(recipe, run, name, engine)
            if status != "done":
                unfinished.add(name)
            planned.append(PlannedStage(name, status, needs))
    return planned


def planned_sweep(recipe: Recipe, run: Path) -> list[tuple[str, Status]]:
    """The runs of the recipe's sweep by name, with what would happen to each."""
    if recipe.sweep is None or recipe.tune is None:
        return []
    from tekio.train.sweep import grid, run_status

    model = run / recipe.model_before("tune")
    records, corpus = _records(recipe, run), run / "corpus"
    ready = all(
        read_manifest(folder) is not None
        for folder in (model, *records.values(), *([corpus] if recipe.tune.documents else []))
    )
    listed: list[tuple[str, Status]] = []
    with planning():
        for one in grid(recipe.sweep, recipe.tune):
            status: Status = "waits"
            if ready:
                status = run_status(
                    one,
                    recipe.tune,
                    run / "sweep",
                    model=model,
                    records=records,
                    corpus=corpus,
                    screen=recipe.record_screen,
                )
            listed.append((one.name, status))
    return listed


def _status(recipe: Recipe, run: Path, name: StageName, engine: Engine) -> Status:
    with planning():
        try:
            run_one(recipe, run, name, engine)
        except StagePlanned as answer:
            return answer.status
    raise AssertionError(f"stage {name} did not go through store.run_stage")


def _stages_to_run(recipe: Recipe, only: str | None) -> Iterator[StageName]:
    names = wanted_stages(recipe)
    if only is not None and only not in names:
        raise UsageError(
            Text(f"The recipe has no stage `{only}`.", f"レシピに段階 `{only}` がありません。"), fix=", ".join(names)
        )
    for name in names:
        if only is None or name == only:
            yield name


WHOLE_ANYWAY = ("corpus", "instruct")
"""Stages that are complete although a source gave nothing; others that found nothing to work on left nothing to go on from."""


def run_recipe(
    recipe: Recipe,
    out: Path | None = None,
    *,
    only: str | None = None,
    rehash: bool = False,
    replace: bool = False,
    language: Language = "en",
    stream: TextIO | None = None,
) -> Path:
    """Run a recipe's stages in order and return the run folder. Finished stages are not repeated.

    only: run just this stage; what it reads must be finished. rehash: read every input again, also those whose size and
    times have not changed since they were hashed (`tekio.hashes`). replace: finished training made with other settings,
    seed or inputs may be replaced.
    Raises `UsageError` before anything is written when the run folder is not a run's, overlaps an input, or holds finished
    training that would be replaced; `LimitError` after everything is written if a stage passed a limit of the recipe.
    """
    run, shown = out or recipe.run_folder, stream or sys.stderr
    require_ready(recipe, run, only, replace=replace)
    engine = make_engine(recipe.engine.kind, recipe.engine.workers, recipe.engine.address)
    passed: list[LimitError] = []
    left_out: set[StageName] = set()
    with (
        file_access(MASKS[recipe.access]),
        writing_run(recipe, run),
        remembered_hashes(run, forget=rehash),
        replacing(replace),
    ):
        for name in _stages_to_run(recipe, only):
            lacking = sorted(left_out.intersection(stage_needs(recipe, name)))
            if lacking and name != "report":
                left_out.add(name)
                words = Text(f"{name}: left out without {lacking[0]}", f"{name}: {lacking[0]} がないため省略")
                print(say(words, language), file=shown, flush=True)
                continue
            if not lacking:
                _need_finished(recipe, run, name)
            try:
                manifest = _announced(name, lambda name=name: run_one(recipe, run, name, engine), run, language, shown)
                _check_limits(name, manifest, run)
            except LimitError as limit:
                # The later ones, and the report above all, shall show what happened.
                print(limit.explain(language), file=shown, flush=True)
                passed.append(limit)
                if isinstance(limit, NothingError) and name not in WHOLE_ANYWAY:
                    left_out.add(name)  # what may stand there is of other inputs
    if passed:
        raise passed[0]
    return run


run = run_recipe


def run_all(
    recipes: Sequence[tuple[str, Recipe]],
    out: Path,
    *,
    only: str | None = None,
    rehash: bool = False,
    replace: bool = False,
    language: Language = "en",
    stream: TextIO | None = None,
) -> list[Path]:
    """Run recipes by name (variants), each in its folder below `out` (an empty name: in `out` itself); their folders.

    A limit that one of them passes does not keep the others from running; it is raised in the end.
    """
    folders: list[Path] = []
    passed: list[LimitError] = []
    for name, recipe in recipes[1:]:  # the first begins with its own
        require_ready(recipe, out / name, only, replace=replace)
    for name, recipe in recipes:
        folder = out / name if name else out
        if name:
            print(f"== {name}", file=stream or sys.stderr, flush=True)
        try:
            run_recipe(recipe, folder, only=only, rehash=rehash, replace=replace, language=language, stream=stream)
        except LimitError as limit:
            passed.append(limit)
        folders.append(folder)
    if passed:
        raise passed[0]
    return folders


def _check_limits(name: StageName, manifest: Manifest, run: Path) -> None:
    """A stage that ended early by a limit of the recipe says so in its manifest, also when it is not repeated."""
    limits = [str(item) for item in manifest.counts.get("limits_passed", [])]
    if limits:
        told = [stopped_words(limit.removeprefix(f"{name}: ")) for limit in limits]
        raise LimitError(
            Text(f"`{name}` passed a limit of the recipe.", f"`{name}` がレシピの限度を超えました。"),
            why=Text("; ".join(one.en for one in told), "、".join(one.ja for one in told)),
        )
    if name == "instruct":
        require_something_left(read_json(run / name / "funnel.json")["sources"], name)


def _need_finished(recipe: Recipe, run: Path, name: StageName) -> None:
    for need in stage_needs(recipe, name):
        if read_manifest(run / need) is None:
            raise TekioError(
                Text(f"`{name}` reads `{need}`, which is not finished.", f"`{name}` が読む `{need}` が未完了です。"),
                where=run / need,
                fix=Text(
                    f"Run it with `--only {need}` first, or everything without --only.",
                    f"まず `--only {need}` を付けて実行するか、--only なしで全体を実行してください。",
                ),
            )


def _announced(
    name: StageName, work: Callable[[], Manifest], run: Path, language: Language, stream: TextIO
) -> Manifest:
    before = read_manifest(run / name)
    started = time.monotonic()
    print(f"{name} ...", file=stream, flush=True)
    manifest = work()
    same = before is not None and before.started == manifest.started and before.key == manifest.key
    took = time.monotonic() - started
    done = Text(f"done in {clock(took)}", f"完了（{clock(took, 'ja')}）")
    words = Text("already there", "作成済み") if same else done
    print(f"{name}: {say(words, language)}", file=stream, flush=True)
    return manifest


def examine_run(recipe: Recipe, run: Path, only: str | None = None, *, replace: bool = True) -> list[Finding]:
    """What `tekio doctor` prints and `tekio run` begins with: the checks of the stages that are not there yet, or whose numbers
    in the recipe are others than they were made with.

    replace: finished training made with other settings may be replaced; otherwise it is a failure too. Reads, writes nothing.
    """
    waiting = {name for name in _stages_to_run(recipe, only) if _is_to_be_made(recipe, run, name)}
    findings = examine(recipe, run, waiting)
    if not replace and not any(item.level == "failure" for item in findings):
        try:
            _require_nothing_replaced(recipe, run, only)
        except TekioError as error:
            findings.append(failure(Text("run folder", "実行フォルダ"), error))
    return findings


def _is_to_be_made(recipe: Recipe, run: Path, name: StageName) -> bool:
    """Whether a stage is missing, or its own section has other numbers. Inputs are not looked at: those of a finished stage may
    be gone.
    """
    made, section = own_manifest(run / name), getattr(recipe, name, None)
    if made is None or not isinstance(section, Section):
        return made is None
    own = section.plain()
    return any(isinstance(value, int | float) and made.config.get(key, value) != value for key, value in own.items())


def require_ready(recipe: Recipe, run: Path, only: str | None = None, *, replace: bool = True) -> None:
    """Raise what `tekio doctor` would call a failure, all of it in one error; say what it would warn of."""
    findings = examine_run(recipe, run, only, replace=replace)
    error = refusal(findings)
    if error is not None:
        raise error
    for finding in findings:
        if finding.level == "warning":
            en, ja = (f"{say(finding.subject, to)}: {say(finding.text, to)}" for to in ("en", "ja"))
            remark("warn", Text(en, ja))


def _require_nothing_replaced(recipe: Recipe, run: Path, only: str | None) -> None:
    """Raise `UsageError`, before anything is written, for finished training that the recipe as it is would replace."""
    names = [name for name in _stages_to_run(recipe, only) if name in COSTLY and own_manifest(run / name) is not None]
    if not names:
        return
    for stage in plan(recipe, run):
        if stage.status == "replace" and stage.name in names:
            raise UsageError(
                Text(
                    f"A finished `{stage.name}` made with other settings, seed or inputs is in this run folder; it is kept.",
                    f"設定・seed・入力の異なる完了済みの `{stage.name}` があります。残しました。",
                ),
                where=run / stage.name,
                fix=Text(
                    "Choose another --out, or replace it with --replace.",
                    "別の --out を指定するか、--replace で置き換えてください。",
                ),
            )
