"""Folders that are kept to be used again: what is used is what was written, by its hashes.

No disk is trusted for years; a part with another byte is made again.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from tekio.errors import TekioError
from tekio.hashes import sha256_file
from tekio.store.files import read_json, write_json

HASHES = "sha256.json"
HASH_SUFFIX = ".sha256"


def seal(folder: Path) -> None:
    """Write the hashes of a folder's files, when all are there."""
    write_json(folder / HASHES, {file.name: sha256_file(file) for file in sorted(folder.iterdir())})


def seal_file(file: Path) -> None:
    """Write the hash of a file that came after the others."""
    file.with_name(file.name + HASH_SUFFIX).write_text(sha256_file(file), encoding="ascii")


def is_as_sealed(folder: Path) -> bool:
    """Whether a folder's files are those that were written. Later files that are not, or have no hash, are removed."""
    try:
        written = cast("dict[str, str]", read_json(folder / HASHES))
        if any(sha256_file(folder / name) != digest for name, digest in written.items()):
            return False
        for file in sorted(folder.iterdir()):
            if file.name in written or file.name == HASHES or file.suffix == HASH_SUFFIX:
                continue
            beside = file.with_name(file.name + HASH_SUFFIX)
            if not beside.is_file() or beside.read_text(encoding="ascii", errors="replace") != sha256_file(file):
                file.unlink()
    except (TekioError, OSError, ValueError, AttributeError):
        return False
    return True
