"""Hashing a finished folder again: what a manifest says, held against what is there."""

from __future__ import annotations

from pathlib import Path

from tekio.errors import TekioError, Text, say
from tekio.hashes import sha256_file
from tekio.store.files import read_json_object
from tekio.store.manifest import MANIFEST, artifact_hash, manifest_hash, read_manifest


def verify_folder(folder: Path) -> list[str]:
    """Re-hash a finished stage. Returns what is wrong, one line each; empty if sound.

    Found are missing, changed and unknown files, links, empty folders, and a manifest whose own hash does not cover it (edited
    counts, settings, seed, inputs, versions ...).
    """
    try:
        manifest = read_manifest(folder)
    except TekioError as error:
        return [f"{folder / MANIFEST}: {say(error.what, 'en')} {error.why or ''}".rstrip()]
    if manifest is None:
        return [f"{folder}: no manifest"]
    wrong: list[str] = []
    known = {item.path: item for item in manifest.outputs}
    for name, item in known.items():
        path = folder / name
        if path.is_symlink():
            wrong.append(f"{path}: a link")
        elif not path.is_file():
            wrong.append(f"{path}: missing")
        elif sha256_file(path) != item.sha256:
            wrong.append(f"{path}: changed")
    needed = {parent for name in known for parent in Path(name).parents}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        expected = relative in needed if path.is_dir() and not path.is_symlink() else relative.as_posix() in known
        if not expected and relative != Path(MANIFEST):
            wrong.append(f"{path}: not in the manifest")
    if artifact_hash(manifest.outputs) != manifest.artifact:
        wrong.append(f"{folder / MANIFEST}: the artifact hash does not match the list of outputs")
    plain = read_json_object(folder / MANIFEST)
    if not manifest.sha256:
        wrong.append(f"{folder / MANIFEST}: written by an older Tekio, without a hash of its own")
    elif manifest_hash(plain) != manifest.sha256:
        wrong.append(f"{folder / MANIFEST}: edited (its own hash does not match)")
    return wrong


_WORDS = (
    ("no manifest", "manifest がありません"),
    ("a link", "リンクです"),
    ("missing", "ありません"),
    ("changed", "変わっています"),
    ("not in the manifest", "manifest にありません"),
    ("the artifact hash does not match the list of outputs", "出力の一覧とハッシュが一致しません"),
    ("written by an older Tekio, without a hash of its own", "古い Tekio によるもので、自身のハッシュがありません"),
    ("edited (its own hash does not match)", "書き換えられています（自身のハッシュと不一致）"),
    ("twice in the pack", "一式に 2 つあります"),
    ("not in SHA256SUMS", "SHA256SUMS にありません"),
    ("the chain is broken", "連鎖が切れています"),
    ("not the one in the chain", "連鎖にあるものと異なります"),
    ("not in the chain", "連鎖にありません"),
    ("not the one its manifest lists", "manifest にあるものと異なります"),
    ("missing, though its manifest lists it", "manifest にあるのに一式にありません"),
    ("not readable", "読めません"),
)
_PACKED = "when packed: "


def problem_words(problem: str) -> Text:
    """A line of `verify_folder`, or of an evidence pack's check, in both languages. (They are kept and hashed in English.)"""
    line = problem.removeprefix(_PACKED)
    packed = "作成時点: " if line != problem else ""
    for en, ja in _WORDS:
        if line.endswith(f": {en}"):
            return Text(problem, f"{packed}{line.removesuffix(en)}{ja}")
    return Text(problem, f"{packed}{line}")
