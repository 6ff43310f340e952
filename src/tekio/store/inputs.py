"""Inputs by their content, and the proof that they did not change between hashing and reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tekio.errors import TekioError, Text
from tekio.hashes import input_hash, still_as_hashed
from tekio.store.files import sha256_json
from tekio.store.manifest import Input, read_manifest
from tekio.visible import name_below, shown_name


class ChangedInputError(TekioError):
    """An input was another one when it was read than when it was hashed."""


def describe_input(path: Path, name: str | None = None) -> Input:
    """Hash one input: a file, a finished stage (its artifact hash), or a plain folder (hash over its files).

    A folder's files may be links to files, as in a snapshot of the Hugging Face cache (`snapshots/<commit>/config.json ->
    ../../blobs/<hash>`): what counts is the content under the name here. Raises `TekioError` for a link that leads to no
    file, or to a folder.
    """
    shown = name or path.name
    if path.is_file():
        return Input(shown, input_hash(path), "file", file=shown_name(Path(path.name)), place=path, files=(path,))
    if not path.is_dir():
        raise TekioError(Text("An input is missing.", "入力がありません。"), where=path)
    manifest = read_manifest(path)
    if manifest is not None:
        return Input(shown, manifest.artifact, "stage", stage=manifest.stage, manifest=manifest.sha256, place=path)
    files = _files_of_folder(path)
    listing = [[name_below(path, file), input_hash(file)] for file in files]
    return Input(shown, sha256_json(listing), "folder", place=path, files=tuple(files))


def _files_of_folder(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.append(path)
        elif path.is_symlink():
            raise TekioError(
                Text("A link in this folder leads to no file.", "フォルダ内のリンク先にファイルがありません。"),
                where=path,
            )
    return found


def require_unchanged(files: Iterable[Path], *, read_again: bool = True) -> None:
    """Raise `ChangedInputError` for the first of `files` whose content is not what was hashed (`still_as_hashed`)."""
    for file in files:
        if not still_as_hashed(file, read_again=read_again):
            raise ChangedInputError(
                Text("An input changed while it was read.", "読み込み中に入力が変更されました。"),
                where=file,
                fix=Text(
                    "Nothing made from it was kept. Run the same command again when nothing writes to it.",
                    "これから作られたものは残していません。書き込みが終わってから再実行してください。",
                ),
            )


def files_of(inputs: Sequence[Input]) -> list[Path]:
    """The files behind inputs, where they were read on this machine."""
    return [file for item in inputs for file in item.files]
