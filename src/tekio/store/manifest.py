"""Manifests: what a finished folder is, how it was made, from what, and the hash of every file in it.

A manifest is covered by a hash of its own, which also covers the manifests of the stages it was made from: whoever edits a
count, a setting or a seed anywhere in the chain has to write every later manifest anew.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tekio._version import __version__
from tekio.errors import TekioError, Text
from tekio.store.files import read_json, sha256_json

MANIFEST = "manifest.json"
FORMAT = 3
"""The version of every file that stages hand to each other (`tekio.artifacts`). Raise it when a field is added, renamed or removed,
once a version with this number has gone out (`tests/artifacts/released_fields.json` holds what went out)."""


@dataclass(frozen=True)
class Output:
    """One file of an artifact."""

    path: str
    """below the stage's folder"""
    sha256: str
    bytes: int
    volatile: bool = False
    """timings, logs: hashed, but of no account for equality"""


@dataclass(frozen=True)
class Input:
    """One thing a stage read: a file, a folder, or another stage's artifact. Keys without a value are left out."""

    name: str
    """does not depend on the place"""
    sha256: str
    kind: str
    """`file`, `folder`, `stage`, `endpoint`, `key`, or `code` (names and versions of parts a user can add to)"""
    file: str = ""
    """the name of a single file, which decides how it is read"""
    stage: str = ""
    """the stage that made it"""
    manifest: str = field(default="", compare=False)
    """the hash of that stage's manifest"""
    place: Path | None = field(default=None, compare=False, repr=False)
    """where it lies on this machine; not written down"""
    files: tuple[Path, ...] = field(default=(), compare=False, repr=False)
    """the files of it that were hashed; not written down"""

    @property
    def identity(self) -> list[str]:
        """What of it decides a result: the part of a stage's key."""
        return [self.name, self.sha256, self.file] if self.file else [self.name, self.sha256]

    def as_dict(self) -> dict[str, str]:
        """For the manifest: without what is empty, and without the place."""
        plain = {"name": self.name, "sha256": self.sha256, "kind": self.kind}
        rest = {"file": self.file, "stage": self.stage, "manifest": self.manifest}
        return plain | {name: value for name, value in rest.items() if value}


@dataclass
class Manifest:
    """What a finished stage is: how it was made, from what, and the hash of every file in it."""

    stage: str
    key: str
    """decides whether the stage must be made anew: stage, code version, configuration, seed, hashes of the inputs"""
    config: dict[str, Any]
    """the stage's section of the recipe, with all defaults"""
    seed: int
    inputs: list[Input]
    outputs: list[Output]
    counts: dict[str, Any]
    """what the stage counted; `limits_passed`: limits of the recipe that were passed (exit 3)"""
    versions: dict[str, str]
    """of Tekio, Python and the libraries that can change a result"""
    parents: dict[str, str]
    """name of an input -> hash of the stage's artifact behind it"""
    started: str
    """ISO 8601, UTC"""
    duration_seconds: float
    artifact: str = ""
    """one hash of the lasting content"""
    format: int = FORMAT
    sha256: str = ""
    """of the manifest itself, with its parents' in it; empty in memory until it is written"""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, with the manifest's own hash."""
        plain = dict(self.__dict__)
        plain["inputs"] = [item.as_dict() for item in self.inputs]
        plain["outputs"] = [item.__dict__ for item in self.outputs]
        plain["sha256"] = manifest_hash(plain)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Manifest:
        values = dict(plain)
        values["inputs"] = [Input(**item) for item in values["inputs"]]
        values["outputs"] = [Output(**item) for item in values["outputs"]]
        return cls(**values)


def manifest_hash(plain: Mapping[str, Any]) -> str:
    """The hash a manifest (as plain JSON values) carries of itself: over everything but that hash."""
    return sha256_json({name: value for name, value in plain.items() if name != "sha256"})


def artifact_hash(outputs: Sequence[Output]) -> str:
    """One hash for the lasting content of a stage: names and hashes of all files that are not volatile."""
    return sha256_json([[item.path, item.sha256] for item in outputs if not item.volatile])


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a finished stage folder, or None if the folder is absent or not finished."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    plain = read_json(path)
    try:
        if plain.get("format", 1) > FORMAT:
            raise newer_format(plain["format"], path)
        return Manifest.from_dict(plain)
    except (TypeError, KeyError, AttributeError) as error:
        raise TekioError(
            Text("The manifest is damaged.", "manifest.json が壊れています。"),
            where=path,
            why=str(error),
            fix=Text(
                "Move this folder away and run the same command again.",
                "このフォルダを別の場所に移し、再実行してください。",
            ),
        ) from error


def newer_format(version: object, where: object) -> TekioError:
    """A file of a format that this version does not know: nothing of it is guessed."""
    return TekioError(
        Text("The file was written by a newer Tekio.", "より新しい Tekio が書いたファイルです。"),
        where=None if where is None else str(where),
        why=f"format {version} > {FORMAT}",
        fix=Text("Update Tekio.", "Tekio を更新してください。"),
    )


def own_manifest(folder: Path) -> Manifest | None:
    """As `read_manifest`; None also for a file of that name that is no manifest of Tekio."""
    try:
        return read_manifest(folder)
    except (TekioError, OSError):
        return None


def library_versions() -> dict[str, str]:
    """Versions of what can change a result; read from package metadata, nothing is imported."""
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"tekio": __version__, "python": platform.python_version(), "machine": platform.machine()}
    for name in ("numpy", "numba", "pyarrow", "lxml", "torch", "transformers", "tokenizers", "peft", "safetensors"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
