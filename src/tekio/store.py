"""Run folders: one folder per stage, complete or absent, with a manifest that proves what is in it.

A stage works in `<out>.partial` beside its final place. That folder survives a kill, so a repeated command continues
from what is there (shards, checkpoints, scored items). When the work is done every output is fsynced and hashed, the
manifest is written last, and the folder is renamed to its final name. A finished stage whose key (stage, version,
configuration, seed, hashes of the inputs) still matches is returned without work; anything else is redone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from tekio._version import __version__
from tekio.errors import TekioError, Text, full_disk
from tekio.hashes import input_hash, sha256_file

MANIFEST = "manifest.json"
KEY_FILE = "key.json"
MANIFEST_FORMAT = 1
PARTIAL_SUFFIX = ".partial"
OLD_SUFFIX = ".old.partial"


# --- hashing and atomic files ------------------------------------------------------------------------------------


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spare white space: equal values give equal text."""
    return _CANONICAL.encode(value)


def sha256_json(value: object) -> str:
    """SHA-256 of `canonical_json(value)`, in hex."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make a folder's entries (renames, new names) durable; a no-op where the system cannot (Windows)."""
    if os.name == "posix":
        sync_file(path)


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader sees the old content or the whole new one, never a part.

    Raises `TekioError` when the disk is full; the old file is then untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    data = content.encode() if isinstance(content, str) else content
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise full_disk(error, path) from error
        raise


def write_json(path: Path, value: object) -> None:
    """Write `value` as readable JSON (UTF-8, sorted keys, trailing newline), atomically."""
    write_atomic(path, json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """The value in a JSON file. Raises `TekioError` if the file is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise TekioError(Text("A file is missing.", "ファイルがありません。"), where=path) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise TekioError(
            Text("The file is not valid JSON.", "JSON として読めません。"), where=path, why=str(error)
        ) from error


# --- manifests ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Output:
    """One file of an artifact. `volatile` files (timings, logs) are hashed but do not count for equality."""

    path: str
    sha256: str
    bytes: int
    volatile: bool = False


@dataclass(frozen=True)
class Input:
    """One thing a stage read: a file, a folder, another stage's artifact, or the names and versions of parts of code that
    a user can add to; `name` does not depend on the place.
    """

    name: str
    sha256: str
    kind: str  # "file", "folder", "stage" or "code"


@dataclass
class Manifest:
    """What a finished stage is: how it was made, from what, and the hash of every file in it."""

    stage: str
    key: str
    config: dict[str, Any]
    seed: int
    inputs: list[Input]
    outputs: list[Output]
    counts: dict[str, Any]
    versions: dict[str, str]
    parents: dict[str, str]
    started: str
    duration_seconds: float
    artifact: str = ""
    format: int = MANIFEST_FORMAT

    def as_dict(self) -> dict[str, Any]:
        plain = dict(self.__dict__)
        plain["inputs"] = [item.__dict__ for item in self.inputs]
        plain["outputs"] = [item.__dict__ for item in self.outputs]
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Manifest:
        values = dict(plain)
        values["inputs"] = [Input(**item) for item in values["inputs"]]
        values["outputs"] = [Output(**item) for item in values["outputs"]]
        return cls(**values)


def artifact_hash(outputs: Sequence[Output]) -> str:
    """One hash for the lasting content of a stage: names and hashes of all files that are not volatile."""
    return sha256_json([[item.path, item.sha256] for item in outputs if not item.volatile])


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a finished stage folder, or None if the folder is absent or not finished."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        return Manifest.from_dict(read_json(path))
    except (TypeError, KeyError) as error:
        raise TekioError(
            Text("The manifest is damaged.", "manifest.json が壊れています。"),
            where=path,
            why=str(error),
            fix=Text(
                "Delete this stage's folder and repeat the run.", "この段階のフォルダを消して再実行してください。"
            ),
        ) from error


def files_below(folder: Path) -> list[Path]:
    """All regular files below `folder`, sorted by their path; links are refused (their target is outside our care)."""
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise TekioError(Text("A link is not allowed here.", "ここにリンクは置けません。"), where=path)
        if path.is_file():
            found.append(path)
    return found


def describe_input(path: Path, name: str | None = None) -> Input:
    """Hash one input: a file, a finished stage (its artifact hash), or a plain folder (hash over its files)."""
    shown = name or path.name
    if path.is_file():
        return Input(shown, input_hash(path), "file")
    if not path.is_dir():
        raise TekioError(Text("An input is missing.", "入力がありません。"), where=path)
    manifest = read_manifest(path)
    if manifest is not None:
        return Input(shown, manifest.artifact, "stage")
    listing = [[str(file.relative_to(path)), input_hash(file)] for file in files_below(path)]
    return Input(shown, sha256_json(listing), "folder")


def library_versions() -> dict[str, str]:
    """Versions of what can change a result; read from package metadata, nothing is imported."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"tekio": __version__, "python": platform.python_version(), "machine": platform.machine()}
    for name in ("numpy", "numba", "pyarrow", "lxml", "torch", "transformers", "tokenizers", "peft", "safetensors"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


# --- running a stage ---------------------------------------------------------------------------------------------


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
    listing = sorted([item.name, item.sha256] for item in inputs)
    return sha256_json({"stage": stage, "version": version, "config": config, "seed": seed, "inputs": listing})


def is_complete(out: Path, key: str) -> Manifest | None:
    """The manifest in `out` if it was made with `key` and all its files are there with their sizes, else None."""
    manifest = read_manifest(out)
    if manifest is None or manifest.key != key:
        return None
    for item in manifest.outputs:
        path = out / item.path
        if not path.is_file() or path.stat().st_size != item.bytes:
            return None
    return manifest


@dataclass
class StagePlanned(Exception):  # noqa: N818 - not an error: it carries the answer of a dry run up through a stage
    """What `run_stage` would do. status: `done`, `continue` (an interrupted attempt is there), `redo` or `new`."""

    stage: str
    status: Literal["done", "continue", "redo", "new"]
    manifest: Manifest | None


_planning: ContextVar[bool] = ContextVar("planning", default=False)


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


def _plan(stage: str, out: Path, key: str) -> StagePlanned:
    done = is_complete(out, key)
    if done is not None:
        return StagePlanned(stage, "done", done)
    key_path = out.with_name(out.name + PARTIAL_SUFFIX) / KEY_FILE
    if key_path.is_file() and read_json(key_path) == {"key": key}:
        return StagePlanned(stage, "continue", None)
    return StagePlanned(stage, "redo" if out.exists() else "new", None)


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
    Raises whatever `work` raises; ENOSPC becomes a `TekioError`.
    """
    key = stage_key(stage, version, config, seed, inputs)
    if _planning.get():
        raise _plan(stage, out, key)
    finish_interrupted_rename(out)
    done = is_complete(out, key)
    if done is not None:
        return done
    partial = out.with_name(out.name + PARTIAL_SUFFIX)
    try:
        key_path = partial / KEY_FILE
        if partial.exists() and (not key_path.is_file() or read_json(key_path) != {"key": key}):
            shutil.rmtree(partial)
        partial.mkdir(parents=True, exist_ok=True)
        write_json(key_path, {"key": key})
        started, clock = time.strftime("%Y-%m-%dT%H:%M:%S%z"), time.monotonic()
        space = Workspace(partial, seed)
        work(space)
        return _finish(stage, out, partial, space, key, config, inputs, started, time.monotonic() - clock)
    except Exception as error:
        if _is_full_disk(error):
            raise full_disk(error, out) from error
        raise


def _is_full_disk(error: Exception) -> bool:
    """ENOSPC from Python, or the words native writers (safetensors, Arrow) put into errors of their own."""
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "No space left on device" in str(error)


def _finish(
    stage: str,
    out: Path,
    partial: Path,
    space: Workspace,
    key: str,
    config: Mapping[str, Any],
    inputs: Sequence[Input],
    started: str,
    duration: float,
) -> Manifest:
    # Nothing is deleted before the manifest stands: a kill while files are hashed must not cost the work behind them.
    outputs: list[Output] = []
    for path in files_below(partial):
        name = path.relative_to(partial).as_posix()
        if name in (KEY_FILE, MANIFEST) or any(f"{name}/".startswith(f"{item}/") for item in space.scratch_names):
            continue
        sync_file(path)
        outputs.append(Output(name, sha256_file(path), path.stat().st_size, name in space.volatile_names))
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
    _drop_unlisted(partial, outputs)
    for name in space.scratch_names:
        shutil.rmtree(partial / name, ignore_errors=True)  # folders without a file in them
    old = out.with_name(out.name + OLD_SUFFIX)
    if out.exists():
        out.rename(old)
    partial.rename(out)
    sync_folder(out.parent)
    if old.exists():
        shutil.rmtree(old)
    return manifest


def _drop_unlisted(folder: Path, outputs: Sequence[Output]) -> None:
    """Delete what is no output of a finished folder, and the folders that are empty then. Can be repeated after a kill."""
    listed = {MANIFEST, *(item.path for item in outputs)}
    for path in files_below(folder):
        if path.relative_to(folder).as_posix() in listed:
            continue
        path.unlink()
        parent = path.parent
        while parent != folder and not any(parent.iterdir()):
            parent.rmdir()
            parent = parent.parent


def finish_interrupted_rename(out: Path) -> None:
    """Mend a kill between the renames of `run_stage`: an old version is dropped, a finished partial is moved in."""
    partial, old = out.with_name(out.name + PARTIAL_SUFFIX), out.with_name(out.name + OLD_SUFFIX)
    if (partial / MANIFEST).is_file():
        # The manifest is the last file written, so the partial folder is complete; scratch files may still be there.
        finished = read_manifest(partial)
        if finished is not None:
            _drop_unlisted(partial, finished.outputs)
        if out.exists():
            shutil.rmtree(out)
        partial.rename(out)
        sync_folder(out.parent)
    if old.exists():
        if not out.exists():
            old.rename(out)
        else:
            shutil.rmtree(old)


# --- checking a run ----------------------------------------------------------------------------------------------


def verify_folder(folder: Path) -> list[str]:
    """Re-hash a finished stage. Returns what is wrong, one line each (missing, changed, unknown files); empty if sound."""
    manifest = read_manifest(folder)
    if manifest is None:
        return [f"{folder}: no manifest"]
    wrong: list[str] = []
    known = {item.path: item for item in manifest.outputs}
    for name, item in known.items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{path}: missing")
        elif sha256_file(path) != item.sha256:
            wrong.append(f"{path}: changed")
    present = {path.relative_to(folder).as_posix() for path in files_below(folder)} - {MANIFEST}
    wrong.extend(f"{folder / name}: not in the manifest" for name in sorted(present - set(known)))
    if artifact_hash(manifest.outputs) != manifest.artifact:
        wrong.append(f"{folder / MANIFEST}: the artifact hash does not match the list of outputs")
    return wrong


@contextmanager
def single_writer(run: Path) -> Generator[None]:
    """Hold a run folder for one process. The lock goes with the process, so a kill leaves nothing to clean up.

    Raises `TekioError` when another process writes to the same run.
    """
    import fcntl

    run.mkdir(parents=True, exist_ok=True)
    with (run / ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise TekioError(
                Text("Another process writes to this run folder.", "別のプロセスがこの実行フォルダに書いています。"),
                where=run,
                why=f"pid {file.read().strip() or '?'}",
                fix=Text("Wait for it or choose another --out.", "終了を待つか、別の --out を指定してください。"),
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


# --- JSON Lines --------------------------------------------------------------------------------------------------


def write_jsonl(path: Path, rows: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> int:
    """Write rows as JSON Lines (UTF-8, keys in the given order), atomically. Returns the number of rows."""
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
    write_atomic(path, "".join(line + "\n" for line in lines))
    return len(lines)


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file of ours. Raises `TekioError` with the line number where a line is damaged."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise TekioError(
                    Text("A line is not valid JSON.", "JSON として読めない行があります。"),
                    where=f"{path}:{number}",
                    why=str(error),
                ) from error
            if not isinstance(row, dict):
                raise TekioError(
                    Text("A line is not a JSON object.", "JSON オブジェクトでない行があります。"),
                    where=f"{path}:{number}",
                )
            yield cast("dict[str, Any]", row)
