"""Stages: one folder each, complete or absent.

A stage works in `<out>.partial` beside its final place. That folder survives a kill, so a repeated command continues
from what is there (shards, checkpoints, scored items). When the work is done every output is fsynced and hashed, the
manifest is written last, and the folder is renamed to its final name. A finished stage whose key (stage, version,
configuration, seed, hashes of the inputs) still matches is returned without work; anything else is redone, except finished
training, which is replaced only where that was asked for (`replacing`).
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from tekio.errors import TekioError, Text, UsageError, full_disk
from tekio.hashes import sha256_file
from tekio.model_stages import TRAINING_STAGES
from tekio.store.files import files_below, sha256_json, sync_file, sync_folder, unfinished, write_json
from tekio.store.inputs import ChangedInputError, files_of, require_unchanged
from tekio.store.lock import one_writer
from tekio.store.manifest import (
    MANIFEST,
    Input,
    Manifest,
    Output,
    artifact_hash,
    library_versions,
    own_manifest,
    read_manifest,
)
from tekio.store.output import (
    KEY_FILE,
    key_of,
    old_of,
    partial_of,
    remove_own,
    require_apart_from_stages,
    require_replaceable,
)

COSTLY = TRAINING_STAGES
"""Finished stages that are replaced only on request: they are hours or days of training."""
KEPT = ("report",)
"""Stages whose earlier results are kept beside them, in `<out>.earlier`."""
EARLIER_SUFFIX = ".earlier"
PRIVATE = 0o077

Status = Literal["done", "continue", "redo", "new", "replace"]


@dataclass
class Workspace:
    """Where a stage writes while it works.

    path: the working folder; it may hold finished parts of an interrupted run with the same key.
    counts: numbers for the manifest (rows, tokens, characters ...).
    """

    path: Path
    seed: int
    counts: dict[str, Any] = field(default_factory=dict[str, Any])
    volatile_names: set[str] = field(default_factory=set[str])
    scratch_names: set[str] = field(default_factory=set[str])

    def volatile(self, name: str) -> Path:
        """A file that is kept but may differ between equal runs (timings, logs)."""
        self.volatile_names.add(name)
        return self.path / name

    def scratch(self, name: str) -> Path:
        """A file or folder that is needed only while working (checkpoints, units); removed when the stage is done."""
        self.scratch_names.add(name)
        return self.path / name


def stage_key(stage: str, version: int, config: Mapping[str, Any], seed: int, inputs: Sequence[Input]) -> str:
    """What decides a stage's result: its name and version, configuration, seed and the content of its inputs."""
    listing = sorted(item.identity for item in inputs)
    return sha256_json({"stage": stage, "version": version, "config": config, "seed": seed, "inputs": listing})


def is_complete(out: Path, key: str) -> Manifest | None:
    """The manifest in `out` if it was made with `key` and all its files are there with their sizes, else None."""
    manifest = own_manifest(out)
    if manifest is None or manifest.key != key:
        return None
    for item in manifest.outputs:
        path = out / item.path
        if not path.is_file() or path.stat().st_size != item.bytes:
            return None
    return manifest


# --- dry runs, replacing, access ------------------------------------------------------------------------------------


@dataclass
class StagePlanned(Exception):  # noqa: N818 - not an error: it carries the answer of a dry run up through a stage
    """What `run_stage` would do.

    status: `done`, `continue` (an interrupted attempt is there), `redo`, `new`, or `replace` (finished training made with
    other settings stands there: refused without `replacing`).
    """

    stage: str
    status: Status
    manifest: Manifest | None


_planning: ContextVar[bool] = ContextVar("planning", default=False)
_replacing: ContextVar[bool] = ContextVar("replacing", default=False)
_mask: ContextVar[int | None] = ContextVar("mask", default=PRIVATE)


@contextmanager
def planning() -> Generator[None]:
    """Within this context `run_stage` does no work and raises `StagePlanned`: a dry run uses the same keys as a run."""
    token = _planning.set(True)
    try:
        yield
    finally:
        _planning.reset(token)


def is_planning() -> bool:
    """Whether a dry run asks (for stages made of several)."""
    return _planning.get()


@contextmanager
def replacing(allowed: bool = True) -> Generator[None]:
    """Within this context finished training that was made with other settings is replaced (`--replace`)."""
    token = _replacing.set(allowed)
    try:
        yield
    finally:
        _replacing.reset(token)


@contextmanager
def file_access(mask: int | None) -> Generator[None]:
    """Within this context files of stages get the rights that `mask` leaves; None: as the user's own umask says."""
    token = _mask.set(mask)
    try:
        with private_files():
            yield
    finally:
        _mask.reset(token)


@contextmanager
def private_files() -> Generator[None]:
    """New files and folders are for their owner only (0600, 0700), also in child processes, unless asked otherwise."""
    mask = _mask.get()
    if mask is None:
        yield
        return
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _plan(stage: str, out: Path, key: str) -> StagePlanned:
    done = is_complete(out, key)
    if done is not None:
        return StagePlanned(stage, "done", done)
    if stage in COSTLY and not _replacing.get() and _other_result(out, key) is not None:
        return StagePlanned(stage, "replace", None)
    if key_of(partial_of(out)) == key:
        return StagePlanned(stage, "continue", None)
    return StagePlanned(stage, "redo" if out.exists() else "new", None)


def _other_result(out: Path, key: str) -> Manifest | None:
    """The manifest of a finished result with another key."""
    manifest = own_manifest(out)
    return manifest if manifest is not None and manifest.key != key else None


def _require_replacing(
    stage: str, out: Path, key: str, config: Mapping[str, Any], seed: int, inputs: Sequence[Input]
) -> None:
    other = _other_result(out, key) if stage in COSTLY and not _replacing.get() else None
    if other is None:
        return
    changed = _differences(other, config, seed, inputs)
    raise UsageError(
        Text(
            f"A finished `{stage}` made with other settings, seed or inputs is here already; it is kept.",
            f"設定・seed・入力の異なる完了済みの `{stage}` があります。残しました。",
        ),
        where=out,
        why=", ".join(changed) or Text("another version of Tekio", "Tekio の版が違います"),
        fix=Text(
            "Choose another --out, or replace it with --replace.",
            "別の --out を指定するか、--replace で置き換えてください。",
        ),
    )


def _differences(other: Manifest, config: Mapping[str, Any], seed: int, inputs: Sequence[Input]) -> list[str]:
    found = _changed_settings("", other.config, config)
    if other.seed != seed:
        found.append(f"seed: {other.seed} -> {seed}")
    before = {item.name: item.identity for item in other.inputs}
    found += [f"input: {item.name}" for item in inputs if before.get(item.name) != item.identity]
    return found[:6]


def _changed_settings(name: str, old: object, new: object) -> list[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        one, two = cast("Mapping[str, object]", old), cast("Mapping[str, object]", new)
        found: list[str] = []
        for key in sorted({*one, *two}):
            found += _changed_settings(f"{name}.{key}" if name else key, one.get(key), two.get(key))
        return found
    return [] if old == new else [f"{name}: {old!r} -> {new!r}"]


# --- running a stage ------------------------------------------------------------------------------------------------


def run_stage(
    stage: str,
    out: Path,
    *,
    config: Mapping[str, Any],
    inputs: Sequence[Input],
    seed: int,
    work: Callable[[Workspace], None],
    version: int = 1,
) -> Manifest:
    """Bring stage folder `out` to the state its key asks for, doing `work` only if it is not there already.

    stage: name for messages and the manifest. config: plain JSON values; everything that can change the result.
    work: writes files below `workspace.path`; on an exception or a kill the folder stays for the next attempt.
    version: raise it when the code of the stage changes its result.
    Raises `UsageError` when `out` holds what is no earlier result of this stage, overlaps an input, or holds finished
    training made with other settings (see `replacing`); `TekioError` when another process writes to it, an input changes
    meanwhile, or the disk is full; and whatever `work` raises.
    """
    key = stage_key(stage, version, config, seed, inputs)
    if _planning.get():
        raise _plan(stage, out, key)
    done = is_complete(out, key)
    if done is not None and not _in_the_way(out):
        return _same_parents(out, done, inputs)
    require_apart_from_stages(out, inputs)
    with private_files(), one_writer(out):
        require_replaceable(stage, out)
        finish_interrupted_rename(out)
        done = is_complete(out, key)
        if done is not None:
            return _same_parents(out, done, inputs)
        _require_replacing(stage, out, key, config, seed, inputs)
        try:
            return _make(stage, out, key, config, inputs, seed, work)
        except Exception as error:
            if _is_full_disk(error):
                raise full_disk(error, out) from error
            raise


def _in_the_way(out: Path) -> bool:
    """Whether a kill left something beside a finished stage."""
    return (partial_of(out) / MANIFEST).exists() or old_of(out).exists()


def _same_parents(out: Path, done: Manifest, inputs: Sequence[Input]) -> Manifest:
    """A stage that was made from equal artifacts follows its parents when these were made anew (another manifest)."""
    now = {item.name: item for item in inputs}
    if all(item.manifest == now[item.name].manifest for item in done.inputs if item.name in now):
        return done
    done.inputs = [now.get(item.name, item) for item in done.inputs]
    write_json(out / MANIFEST, done.as_dict())
    return done


def _make(
    stage: str,
    out: Path,
    key: str,
    config: Mapping[str, Any],
    inputs: Sequence[Input],
    seed: int,
    work: Callable[[Workspace], None],
) -> Manifest:
    partial = partial_of(out)
    if partial.exists() and key_of(partial) != key:
        remove_own(partial)
    partial.mkdir(parents=True, exist_ok=True)
    write_json(partial / KEY_FILE, {"key": key, "stage": stage})
    started, clock = time.strftime("%Y-%m-%dT%H:%M:%S%z"), time.monotonic()
    space = Workspace(partial, seed)
    try:
        work(space)
        require_unchanged(files_of(inputs))
    except ChangedInputError:
        remove_own(partial)  # its parts stand under a key that they were not made from
        raise
    return _finish(stage, out, space, key, config, inputs, started, time.monotonic() - clock)


def _is_full_disk(error: Exception) -> bool:
    """ENOSPC from Python, or the words native writers (safetensors, Arrow) put into errors of their own."""
    return (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)) or (
        "No space left on device" in str(error) and not isinstance(error, TekioError)
    )


def _finish(
    stage: str,
    out: Path,
    space: Workspace,
    key: str,
    config: Mapping[str, Any],
    inputs: Sequence[Input],
    started: str,
    duration: float,
) -> Manifest:
    # Nothing is deleted before the manifest stands: a kill while files are hashed must not cost the work behind them.
    partial = partial_of(out)
    outputs: list[Output] = []
    for path in files_below(partial):
        name = path.relative_to(partial).as_posix()
        scratch = any(f"{name}/".startswith(f"{item}/") for item in space.scratch_names)
        if name in (KEY_FILE, MANIFEST) or scratch or unfinished(path.name):
            continue
        sync_file(path)
        outputs.append(
            Output(
                path=name,
                sha256=sha256_file(path),
                bytes=path.stat().st_size,
                volatile=name in space.volatile_names,
            )
        )
    manifest = Manifest(
        stage=stage,
        key=key,
        config=dict(config),
        seed=space.seed,
        inputs=list(inputs),
        outputs=outputs,
        counts=space.counts,
        versions=library_versions(),
        parents={item.name: item.sha256 for item in inputs if item.kind == "stage"},
        started=started,
        duration_seconds=round(duration, 3),
        artifact=artifact_hash(outputs),
    )
    write_json(partial / MANIFEST, manifest.as_dict())
    for name in space.scratch_names:
        shutil.rmtree(partial / name, ignore_errors=True)
    _move_in(out, outputs)
    finished = read_manifest(out)  # as it was written: with its own hash
    assert finished is not None
    return finished


def _move_in(out: Path, outputs: Sequence[Output]) -> None:
    """Give a finished partial folder its name. Can be repeated after a kill at any point."""
    partial, old = partial_of(out), old_of(out)
    _drop_unlisted(partial, outputs)
    if out.exists():
        if old.exists():
            remove_own(old)
        out.rename(old)
    partial.rename(out)
    sync_folder(out.parent)
    _put_away(out, old)


def _put_away(out: Path, old: Path) -> None:
    """Keep a replaced report; delete any other replaced stage."""
    if not old.exists():
        return
    earlier = own_manifest(old)
    if earlier is not None and earlier.stage in KEPT:
        place = out.with_name(out.name + EARLIER_SUFFIX) / earlier.started.replace(":", "")
        number = 2
        while place.exists():
            place = place.with_name(f"{earlier.started.replace(':', '')}-{number}")
            number += 1
        place.parent.mkdir(parents=True, exist_ok=True)
        old.rename(place)
        sync_folder(place.parent)
        return
    remove_own(old)


def _drop_unlisted(folder: Path, outputs: Sequence[Output]) -> None:
    """Delete what is no output of a finished folder, and folders without any. Can be repeated after a kill."""
    listed = {MANIFEST, *(item.path for item in outputs)}
    for path in files_below(folder):
        if path.relative_to(folder).as_posix() not in listed:
            path.unlink()
    for path in sorted((item for item in folder.rglob("*") if item.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def finish_interrupted_rename(out: Path) -> None:
    """Mend a kill between the renames of `run_stage`: an old version is dropped, a finished partial is moved in."""
    partial, old = partial_of(out), old_of(out)
    finished = own_manifest(partial) if partial.is_dir() else None
    if finished is not None:
        # The manifest is the last file written, so the partial folder is complete; scratch files may still be there.
        _move_in(out, finished.outputs)
    if not old.exists():
        return
    if not out.exists() and own_manifest(old) is not None:
        old.rename(out)
    else:
        _put_away(out, old)
