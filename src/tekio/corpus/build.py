"""The `corpus` stage: documents in, tables out. See docs/corpus.md.

Three passes over units of work: read, clean, measure and sign each unit; decide about every row over small columns of
all units; write each unit's rows where they belong. Measured units are kept beside the stage (`<out>.units`) under a
key of their own, one per source: an interrupted build goes on where it stopped, and other thresholds, duplicate rules
or shares are decided and written without reading a source again.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tekio.artifacts.corpus import MIXING, CorpusCounts, CorpusFunnel, CorpusSource, Mixing, SourceMix
from tekio.artifacts.model import read_artifact, write_artifact
from tekio.artifacts.something_left import require_something_left
from tekio.contamination.index import write_index
from tekio.corpus.check import DECONTAMINATE, check_config
from tekio.corpus.decisions.decide import Decisions, decide_rows
from tekio.corpus.decisions.filters import filters_of
from tekio.corpus.duplicates.repeated_parts import LISTINGS
from tekio.corpus.funnel import corpus_funnel, read_and_rejected, source_funnel, total_of
from tekio.corpus.readers import Unit, plan_units
from tekio.corpus.readers.pdf import programs_of
from tekio.corpus.units.cache_key import items_key, source_key
from tekio.corpus.units.clean import key_of
from tekio.corpus.units.unit import end_reading, process_unit
from tekio.corpus.units.unit_layout import SUMMARY, UnitSummary, UnitTask, unit_folder
from tekio.corpus.write import FOLDERS, WriteTask, Written, write_empty, write_unit
from tekio.engine import Engine
from tekio.errors import LimitError, Text, UsageError
from tekio.hashes import hashed_files, input_hash
from tekio.licenses import find_license, policies
from tekio.plugins import Filter, load_part, versions
from tekio.progress import Progress, followed
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.recipe.readers import reader_versions
from tekio.store import (
    ChangedInputError,
    Input,
    Manifest,
    Workspace,
    is_planning,
    lock_file,
    private_files,
    read_json,
    require_replaceable,
    run_stage,
    sha256_json,
    single_writer,
    unfinished,
    write_json,
)
from tekio.store.sealed import is_as_sealed
from tekio.text.personal_data.pseudonyms import PseudonymKey, key_input
from tekio.visible import name_below

VERSION = 30
UNITS_SUFFIX = ".units"
UNITS_MARK = "tekio-units.json"
PLANNED = "units.json"  # in a source's folder: how many units there are, and files before any was read
DECIDED = "decided"
HASHING = Text("corpus, reading inputs", "corpus（入力の照合）")
_UNITS_NAME = re.compile(r"\.?.+-[0-9a-f]{16}(\.[0-9]+)?")


def build_corpus(config: CorpusConfig, out: Path, *, seed: int, engine: Engine) -> Manifest:
    """Build the corpus of a recipe in folder `out` (docs/formats.md says what is in it).

    The result does not depend on the engine or the number of workers. Raises `PolicyError` when a license forbids
    training, `LimitError` (when everything is written) when more files are unreadable than the recipe allows or a source gave
    nothing to train on, `RecipeError` for impossible values.
    """
    check_config(config)
    require_apart_from_sources(config, out)
    if not is_planning():
        require_replaceable("corpus", out)  # before a key is made beside the recipe
    key = key_of(config.personal_data)
    inputs = list_inputs(config, key)
    try:
        manifest = run_stage(
            "corpus",
            out,
            config={**config.plain(), "personal_data": config.personal_data.without_place()},
            inputs=inputs,
            seed=seed,
            work=lambda space: _work(config, space, inputs, units_folder(out), seed, engine, key),
            version=VERSION,
        )
    except ChangedInputError:
        shutil.rmtree(units_folder(out), ignore_errors=True)  # measured under the key of another content
        raise
    _check_limits(config, read_artifact(CorpusFunnel, out / "funnel.json"))
    return manifest


def count_units(config: CorpusConfig, out: Path, *, seed: int) -> int:
    """Plan the units of a corpus and hash its inputs, so that the tasks of an array need not; returns how many."""
    check_config(config)
    require_apart_from_sources(config, out)
    with private_files(), single_writer(out, lock=lock_file(out), shared=True):
        key = key_of(config.personal_data)
        return len(plan_tasks(config, seed, units_folder(out), list_inputs(config, key), key)[0])


def units_folder(out: Path) -> Path:
    """Where the measured units of the corpus `out` are kept; may be deleted at any time."""
    return out.with_name(out.name + UNITS_SUFFIX)


def require_apart_from_sources(config: CorpusConfig, out: Path) -> None:
    """Raise `UsageError` if the corpus would lie in, over or around anything it is made from."""
    paths = [*(source.path for source in config.sources), *config.decontaminate.items]
    for place in (out, units_folder(out)):
        for path in paths:
            path.require_apart(place)


def list_inputs(config: CorpusConfig, key: PseudonymKey | None) -> list[Input]:
    """Everything a corpus is made from, hashed; words, evaluation files, license table and the readers' versions too.

    key: of the pseudonyms; only its fingerprint is listed.
    """
    inputs = [_describe_source(source) for source in config.sources]
    used = {
        name: version
        for source in config.sources
        for name, version in (reader_versions(source.reader) | programs_of(source)).items()
    }
    inputs.append(Input("readers", sha256_json(used), "code"))
    if own := versions(Filter, _installed_filters(config)):
        inputs.append(Input("filters", sha256_json(own), "code"))
    inputs += [_describe(f"evaluation {path.written}", path) for path in config.decontaminate.items]
    for filters in (config.filters, *(source.filters for source in config.sources if source.filters)):
        inputs += [_describe(f"words {path.written}", path) for path in filters.words]
    if config.licenses.table is not None:
        inputs.append(_describe("license table", config.licenses.table))
    if key is not None:
        inputs.append(key_input(key))
    return inputs


def build_units(config: CorpusConfig, out: Path, share: str, *, seed: int, engine: Engine) -> tuple[int, int]:
    """Do a share `I/N` of the units (I from 0) for a later `build_corpus`, as one task of a Slurm array does.

    All tasks and the final build share only the folder `<out>.units`. Returns how many units are done and how many
    there are. Raises `UsageError` for a share that is none.
    """
    number, _, count = share.partition("/")
    if not (number.isdigit() and count.isdigit() and int(number) < int(count)):
        raise UsageError(Text(f"Not a share: {share!r}.", f"分担の書き方が違います: {share!r}。"), fix="0/8 ... 7/8")
    check_config(config)
    require_apart_from_sources(config, out)
    with private_files(), single_writer(out, lock=lock_file(out), shared=True):
        return _share_of_units(config, out, int(number), int(count), seed, engine)


def _share_of_units(
    config: CorpusConfig, out: Path, number: int, count: int, seed: int, engine: Engine
) -> tuple[int, int]:
    key = key_of(config.personal_data)
    tasks, _ = plan_tasks(config, seed, units_folder(out), list_inputs(config, key), key)
    try:
        own = tasks[number::count]
        for _ in followed("corpus", engine.map(process_unit, own), len(own)):
            pass
    finally:
        end_reading(config)
    return sum((unit_folder(task) / SUMMARY).is_file() for task in tasks), len(tasks)


def _describe(name: str, path: RecipePath) -> Input:
    """The content of everything a recipe path stands for, whatever folder it lies in."""
    root, files = path.root(), path.files()
    listing = [[name_below(root, file), input_hash(file)] for file in followed(HASHING, files, len(files))]
    if len(listing) == 1:
        return Input(name, listing[0][1], "file", file=listing[0][0], files=tuple(files))
    return Input(name, sha256_json(listing), "folder", files=tuple(files))


def _describe_source(source: SourceConfig) -> Input:
    """The content of a source, also of what cannot be read there: when that is mended, the source is another."""
    root, listing = source.path.root(), source.path.listing()
    if not listing.unread:
        source.path.files()  # says what is wrong with a path that stands for nothing
    contents: list[list[str]] = []
    for file in followed(HASHING, listing.files, len(listing.files)):
        try:
            contents.append([name_below(root, file), input_hash(file)])
        except OSError as error:  # the reader will make a row of it
            contents.append([name_below(root, file), f"unread: {error.strerror}"])
    contents += [[name_below(root, item.path), f"unread: {item.reason}: {item.detail}"] for item in listing.unread]
    if len(contents) == len(listing.files) == 1:
        return Input(source.name, contents[0][1], "file", file=contents[0][0], files=listing.files)
    return Input(source.name, sha256_json(contents), "folder", files=listing.files)


def plan_tasks(
    config: CorpusConfig, seed: int, folder: Path, inputs: Sequence[Input], key: PseudonymKey | None
) -> tuple[list[UnitTask], dict[str, int]]:
    """The units of all sources, numbered in the order of the recipe, and the counts of the evaluation items.

    folder: of the measured units; of a source whose units are all there, no file is opened.
    """
    _claim_units(folder)
    known = {item.name: item for item in inputs}
    items, counts = None, dict[str, int]()
    if config.decontaminate.items:
        items = folder / f"items-{items_key(config, known)[:16]}"
        counts = write_index(config.decontaminate, items, DECONTAMINATE)
    tasks: list[UnitTask] = []
    for source in config.sources:
        own = folder / f"{source.name}-{source_key(config, source, known, seed)[:16]}"
        for number, unit in enumerate(_units(config, source, own, known[source.name])):
            hashed = hashed_files(file.path for file in unit.files if file.unread is None)
            tasks.append(UnitTask(len(tasks), number, unit, source, config, seed, own, items, hashed, key))
    return tasks, counts


def _units(config: CorpusConfig, source: SourceConfig, folder: Path, described: Input) -> list[Unit]:
    planned = folder / PLANNED
    for kept in sorted(folder.glob("unit-*")):
        if not is_as_sealed(kept):  # a damaged one is read again
            shutil.rmtree(kept)
    if planned.is_file():
        count = int(read_json(planned)["units"])
        if all((folder / f"unit-{number:06d}" / SUMMARY).is_file() for number in range(count)):
            return [Unit(source.name, ()) for _ in range(count)]
    units = plan_units(source, config.shard_bytes, [other for other in config.sources if other is not source])
    listing = source.path.listing()
    if listing.files != described.files:
        raise ChangedInputError(
            Text("Files of an input came or went while it was read.", "読み込み中に入力のファイルが増減しました。"),
            where=source.path.path,
            fix=Text("Repeat the command when nobody writes to it.", "書き込みが終わってから再実行してください。"),
        )
    write_json(planned, {"units": len(units), "files": len(listing.files) + len(listing.unread)})
    return units


def _claim_units(folder: Path) -> None:
    """Mark the folder of measured units as ours. Raises `UsageError` if it holds anything that is not."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            Text(
                "There is a link or a file where measured units are kept.",
                "処理単位の置き場にリンクかファイルがあります。",
            ),
            where=folder,
        )
    if (folder / UNITS_MARK).is_file():
        return
    if folder.is_dir() and not all(_is_units(item) or unfinished(item.name) for item in folder.iterdir()):
        raise UsageError(
            Text(
                "The folder where measured units are kept is not one of Tekio's; nothing was touched.",
                "処理単位の置き場が Tekio のフォルダではありません。何も変更していません。",
            ),
            where=folder,
            fix=Text("Choose another --out.", "別の --out を指定してください。"),
        )
    write_json(folder / UNITS_MARK, {"units": 1})


def _is_units(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and _UNITS_NAME.fullmatch(path.name) is not None


def _prune(folder: Path, tasks: Sequence[UnitTask], keep: bool) -> None:
    """Drop units of other settings, and what killed workers left."""
    used = {task.folder.name for task in tasks} | {task.items.name for task in tasks if task.items} if keep else set()
    for path in folder.iterdir():
        if not _is_units(path):
            continue
        if path.name not in used:
            shutil.rmtree(path)
            continue
        for left in path.glob(".unit-*"):
            shutil.rmtree(left)
    if not keep:
        (folder / UNITS_MARK).unlink(missing_ok=True)
        with suppress(OSError):  # something else lies there
            folder.rmdir()


def _work(
    config: CorpusConfig,
    space: Workspace,
    inputs: Sequence[Input],
    units: Path,
    seed: int,
    engine: Engine,
    key: PseudonymKey | None,
) -> None:
    tasks, counts = plan_tasks(config, seed, units, inputs, key)
    if config.decontaminate.items:
        space.counts["decontamination"] = counts
    summaries: list[UnitSummary] = []
    with Progress("corpus", total=len(tasks)) as progress:
        try:
            for summary in engine.map(process_unit, tasks):
                summaries.append(summary)
                rows = sum(item.rows for item in summaries)
                progress.advance(note=Text(f"{rows:,} rows", f"{rows:,} 行"))
        finally:
            end_reading(config)
    decisions = decide_rows(config, tasks, summaries, engine, space.scratch(DECIDED))
    for name in LISTINGS:
        if (listing := space.scratch(DECIDED) / name).is_file():
            listing.replace(space.path / name)
    if decisions.not_remembered:
        space.counts["passages_not_remembered"] = decisions.not_remembered
    written = _write(config, space, tasks, decisions, engine)
    funnel = corpus_funnel(_sources(config, tasks, summaries, decisions, written))
    write_artifact(space.path / "funnel.json", funnel)
    space.counts.update(_counts(funnel.totals))
    if used := _installed_filters(config):
        space.counts["installed_filters"] = {name: _describe_filter(name) for name in used}
    _write_mixing(config, space)
    space.counts["units"] = len(tasks)
    _prune(units, tasks, config.keep_units)


def _write(
    config: CorpusConfig, space: Workspace, tasks: Sequence[UnitTask], decisions: Decisions, engine: Engine
) -> list[Written]:
    for name in (*FOLDERS, "measures"):
        shutil.rmtree(space.path / name, ignore_errors=True)
    numbers = [0, 0, 0]
    jobs: list[WriteTask] = []
    flag = config.decontaminate.action == "flag" and bool(config.decontaminate.items)
    installed = _installed_filters(config)
    for task, folder, rows in zip(tasks, decisions.folders, decisions.rows_by_kind, strict=True):
        parts = [numbers[kind] if rows[kind] else -1 for kind in range(3)]
        numbers = [number + bool(count) for number, count in zip(numbers, rows, strict=True)]
        places = (parts[0], parts[1], parts[2])
        own = tuple(sorted(set(filters_of(config, task.source).installed)))
        jobs.append(WriteTask(unit_folder(task), folder, space.path, places, task.index, flag, installed, own))
    written = list(followed(Text("corpus, writing", "corpus（書き出し）"), engine.map(write_unit, jobs), len(jobs)))
    write_empty(space.path)
    return written


def _sources(
    config: CorpusConfig,
    tasks: Sequence[UnitTask],
    summaries: Sequence[UnitSummary],
    decisions: Decisions,
    written: Sequence[Written],
) -> list[CorpusSource]:
    """What became of the rows of each source."""
    known = policies(config.licenses.table.path if config.licenses.table else None)
    parts: dict[str, list[CorpusCounts]] = {source.name: [] for source in config.sources}
    for task, summary, sampled, result in zip(tasks, summaries, decisions.sampled, written, strict=True):
        parts[task.source.name].append(
            CorpusCounts(
                files=0,  # a file can lie in several units: counted below
                files_read=0,
                files_rejected=0,
                rows_available=summary.available,
                rows_in=sampled,
                rows_train=result.rows[0],
                rows_held_out=result.rows[1],
                characters_in=sum(result.characters) + sum(result.removed.values()),
                characters_train=result.characters[0],
                characters_held_out=result.characters[1],
                rejected=result.rejected,
                personal_data=summary.personal_data,
                removed_characters=result.removed,
                tables=summary.tables,
                licenses=result.licenses,
            )
        )

    def source_line(license_id: str, name: str) -> str:
        line = find_license(license_id, known).attribution_for(name)
        return f"{line.ja} / {line.en}"

    made: list[CorpusSource] = []
    for source in config.sources:
        own = [number for number, task in enumerate(tasks) if task.source.name == source.name]
        counts = total_of(parts[source.name])
        counts.files = int(read_json(tasks[own[0]].folder / PLANNED)["files"])
        counts.files_read, counts.files_rejected = read_and_rejected(summaries[number].files for number in own)
        made.append(
            source_funnel(
                counts,
                name=source.name,
                domain=source.domain,
                license_id=source.license,
                reader=source.reader,
                attribution=source_line(source.license, source.name),
                attributions={own: source_line(own, source.name) for own in counts.licenses},
            )
        )
    return made


def _installed_filters(config: CorpusConfig) -> tuple[str, ...]:
    """The filters of installed packages that any source uses."""
    return tuple(sorted({name for source in config.sources for name in filters_of(config, source).installed}))


def _describe_filter(name: str) -> dict[str, object]:
    """What `tekio corpus stats` says of a filter without its package."""
    part = load_part(Filter, name)
    assert part is not None, "the recipe was checked"
    return {"version": versions(Filter, [name])[name], "limits": list(part.limits), "meaning": part.meaning}


def _write_mixing(config: CorpusConfig, space: Workspace) -> None:
    """What training needs to know of epochs and weights; no file when every source is taken once."""
    if all(source.epochs == 1 and source.weight is None for source in config.sources):
        return
    mixes = [
        SourceMix(name=source.name, domain=source.domain, epochs=source.epochs, weight=source.weight)
        for source in config.sources
    ]
    write_artifact(space.path / MIXING, Mixing(sources=mixes))


def _counts(totals: CorpusCounts) -> dict[str, int]:
    return {
        "files": totals.files,
        "rows_in": totals.rows_in,
        "rows_train": totals.rows_train,
        "rows_held_out": totals.rows_held_out,
        "characters_train": totals.characters_train,
    }


def _check_limits(config: CorpusConfig, funnel: CorpusFunnel) -> None:
    """What is to be known although everything is written: sources that gave nothing, too many unreadable files."""
    require_something_left(funnel.plain()["sources"], "corpus")
    files, rejected = funnel.totals.files, funnel.totals.files_rejected
    if files and rejected / files > config.max_rejected_files:
        raise LimitError(
            Text(f"{rejected} of {files} input files could not be read.", f"{files} 件中 {rejected} 件を読めません。"),
            where="corpus.max_rejected_files",
            fix=Text(
                "See rejected/ for the reasons, fix the files or raise the limit.",
                "理由は rejected/ にあります。ファイルを直すか上限を上げてください。",
            ),
        )
