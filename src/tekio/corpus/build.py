"""The `corpus` stage: documents in, tables out. See docs/corpus.md.

Three passes over units of work: read, clean, measure and sign each unit; decide about duplicates and the held-out split
over the light columns of all units; write each unit's rows where they belong. The first and the last run on the engine,
and every unit is kept until the stage is done, so an interrupted build goes on where it stopped.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tekio.corpus.decide import Decisions, decide_rows
from tekio.corpus.decontaminate import evaluation_files, write_screen
from tekio.corpus.filters import filters_of, limits_of
from tekio.corpus.funnel import SourceFunnel, funnel_dict
from tekio.corpus.readers import plan_units
from tekio.corpus.tasks import SUMMARY, UnitSummary, UnitTask
from tekio.corpus.unit import process_unit, unit_folder
from tekio.corpus.write import FOLDERS, WriteTask, Written, write_empty, write_unit
from tekio.engine import Engine
from tekio.errors import LimitError, RecipeError, TekioError, Text, UsageError
from tekio.licenses import find_license, policies, refuse_training
from tekio.progress import Progress
from tekio.recipe.corpus import CorpusConfig
from tekio.recipe.paths import RecipePath
from tekio.store import (
    KEY_FILE,
    PARTIAL_SUFFIX,
    Input,
    Manifest,
    Workspace,
    read_json,
    run_stage,
    sha256_file,
    sha256_json,
    stage_key,
    write_json,
)

VERSION = 1
UNITS, ITEMS = "units", "evaluation_items"


def build_corpus(config: CorpusConfig, out: Path, *, seed: int, engine: Engine) -> Manifest:
    """Build the corpus of a recipe in folder `out` (docs/formats.md says what is in it).

    The result does not depend on the engine or the number of workers. Raises `PolicyError` when a license forbids
    training, `LimitError` when more files are unreadable than the recipe allows, `RecipeError` for impossible values.
    """
    check_config(config)
    manifest = run_stage(
        "corpus",
        out,
        config=config.plain(),
        inputs=_inputs(config),
        seed=seed,
        work=lambda space: _work(config, space, seed, engine),
        version=VERSION,
    )
    _check_files(config, read_json(out / "funnel.json")["totals"])
    return manifest


def _inputs(config: CorpusConfig) -> list[Input]:
    inputs = [_describe(source.name, source.path) for source in config.sources]
    inputs += [_describe(f"evaluation {path.written}", path) for path in config.decontaminate.items]
    for filters in (config.filters, *(source.filters for source in config.sources if source.filters)):
        inputs += [_describe(f"words {path.written}", path) for path in filters.words]
    if config.licenses.table is not None:
        inputs.append(_describe("license table", config.licenses.table))
    return inputs


def check_config(config: CorpusConfig) -> None:
    """Refuse what can be seen to fail before anything is read."""
    names = [source.name for source in config.sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RecipeError(
            Text(f"Two sources are named {twice[0]!r}.", f"情報源名 {twice[0]!r} が重複しています。"),
            where="corpus.sources",
            fix=Text("Give every source a name of its own.", "情報源ごとに別の名前を付けてください。"),
        )
    for source in config.sources:
        limits_of(filters_of(config, source))
    known = policies(config.licenses.table.path if config.licenses.table else None)
    refuse_training(((item.name, item.license) for item in config.sources), known, strict=config.licenses.strict)
    evaluation_files(config.decontaminate)


def build_units(config: CorpusConfig, out: Path, share: str, *, seed: int, engine: Engine) -> tuple[int, int]:
    """Do a share `I/N` of the units (I from 0) for a later `build_corpus`, as one task of a Slurm array does.

    All tasks and the final build share only the folder `<out>.partial`. Returns how many units are done and how many
    there are. Raises `UsageError` for a share that is none, `TekioError` when the folder belongs to other settings.
    """
    number, _, count = share.partition("/")
    if not (number.isdigit() and count.isdigit() and int(number) < int(count)):
        raise UsageError(Text(f"Not a share: {share!r}.", f"分担の書き方が違います: {share!r}。"), fix="0/8 ... 7/8")
    check_config(config)
    key = stage_key("corpus", VERSION, config.plain(), seed, _inputs(config))
    partial = out.with_name(out.name + PARTIAL_SUFFIX)
    if (partial / KEY_FILE).is_file() and read_json(partial / KEY_FILE) != {"key": key}:
        raise TekioError(
            Text("Units of other settings or inputs are in the way.", "別の設定か入力による作業が残っています。"),
            where=partial,
            fix=Text("Delete this folder and repeat.", "このフォルダを消してから繰り返してください。"),
        )
    folder = partial / UNITS
    folder.mkdir(parents=True, exist_ok=True)
    write_json(partial / KEY_FILE, {"key": key})
    items = partial / ITEMS if config.decontaminate.items else None
    if items is not None:
        write_screen(config.decontaminate, items)
    tasks = plan_tasks(config, seed, folder, items)
    for _ in engine.map(process_unit, tasks[int(number) :: int(count)]):
        pass
    return sum((unit_folder(task) / SUMMARY).is_file() for task in tasks), len(tasks)


def _describe(name: str, path: RecipePath) -> Input:
    """The content of everything a recipe path stands for, whatever folder it lies in."""
    root = path.root()
    listing = [
        [file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name, sha256_file(file)]
        for file in path.files()
    ]
    if len(listing) == 1:
        return Input(name, listing[0][1], "file")
    return Input(name, sha256_json(listing), "folder")


def plan_tasks(config: CorpusConfig, seed: int, folder: Path, items: Path | None) -> list[UnitTask]:
    """The units of all sources, numbered in the order of the recipe."""
    tasks: list[UnitTask] = []
    for source in config.sources:
        for unit in plan_units(source, config.shard_bytes):
            tasks.append(UnitTask(len(tasks), unit, source, config, seed, folder, items))
    return tasks


def _work(config: CorpusConfig, space: Workspace, seed: int, engine: Engine) -> None:
    folder = space.scratch(UNITS)
    folder.mkdir(exist_ok=True)
    items = None
    if config.decontaminate.items:
        items = space.scratch(ITEMS)
        space.counts["decontamination"] = write_screen(config.decontaminate, items)
    tasks = plan_tasks(config, seed, folder, items)
    summaries: list[UnitSummary] = []
    with Progress("corpus", total=len(tasks)) as progress:
        for summary in engine.map(process_unit, tasks):
            summaries.append(summary)
            progress.advance(note=f"{sum(item.rows for item in summaries):,} rows")
    decisions = decide_rows(config, tasks, summaries, seed, engine)
    written = _write(space, tasks, decisions, engine)
    sources = _funnel(config, tasks, summaries, decisions, written)
    funnel = funnel_dict(sources)
    write_json(space.path / "funnel.json", funnel)
    space.counts.update(_counts(sources))
    space.counts["units"] = len(tasks)


def _write(space: Workspace, tasks: Sequence[UnitTask], decisions: Decisions, engine: Engine) -> list[Written]:
    for name in (*FOLDERS, "measures"):
        shutil.rmtree(space.path / name, ignore_errors=True)
    numbers = [0, 0, 0]
    jobs: list[WriteTask] = []
    for task, rows in zip(tasks, decisions.rows_by_kind, strict=True):
        parts = [numbers[kind] if rows[kind] else -1 for kind in range(3)]
        numbers = [number + bool(count) for number, count in zip(numbers, rows, strict=True)]
        jobs.append(WriteTask(unit_folder(task), space.path, (parts[0], parts[1], parts[2]), task.index))
    written = list(engine.map(write_unit, jobs))
    write_empty(space.path)
    return written


def _funnel(
    config: CorpusConfig,
    tasks: Sequence[UnitTask],
    summaries: Sequence[UnitSummary],
    decisions: Decisions,
    written: Sequence[Written],
) -> list[SourceFunnel]:
    known = policies(config.licenses.table.path if config.licenses.table else None)
    made: dict[str, SourceFunnel] = {}
    for source in config.sources:
        own = find_license(source.license, known)
        attribution = own.attribution_for(source.name)
        made[source.name] = SourceFunnel(
            source.name, source.domain, source.license, source.reader, f"{attribution.ja} / {attribution.en}"
        )
    for task, summary, sampled, result in zip(tasks, summaries, decisions.sampled, written, strict=True):
        funnel = SourceFunnel(
            task.source.name,
            files=summary.files,
            files_rejected=summary.files_rejected,
            rows_available=summary.available,
            rows_in=sampled,
            rows_train=result.rows[0],
            rows_held_out=result.rows[1],
            characters_in=sum(result.characters),
            characters_train=result.characters[0],
            characters_held_out=result.characters[1],
            rejected=result.rejected,
            personal_data=summary.personal_data,
        )
        made[task.source.name].add(funnel)
    return list(made.values())


def _counts(sources: Sequence[SourceFunnel]) -> dict[str, object]:
    totals = SourceFunnel("totals")
    for item in sources:
        totals.add(item)
    plain = asdict(totals)
    return {name: plain[name] for name in ("files", "rows_in", "rows_train", "rows_held_out", "characters_train")}


def _check_files(config: CorpusConfig, totals: dict[str, Any]) -> None:
    files, rejected = totals["files"], totals["files_rejected"]
    if files and rejected / files > config.max_rejected_files:
        raise LimitError(
            Text(f"{rejected} of {files} input files could not be read.", f"{files} 件中 {rejected} 件を読めません。"),
            where="corpus.max_rejected_files",
            fix=Text(
                "See rejected/ for the reasons, mend the files or raise the limit.",
                "理由は rejected/ にあります。ファイルを直すか上限を上げてください。",
            ),
        )
