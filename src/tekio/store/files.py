"""Files that are whole or absent: atomic writing, JSON, JSON Lines."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.errors import TekioError, Text, full_disk

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_UNFINISHED = re.compile(r"\..+\.[0-9]+\.tmp")


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


def unfinished(name: str) -> bool:
    """Whether a file of this name is what a kill left of `write_atomic`: written, not yet renamed."""
    return _UNFINISHED.fullmatch(name) is not None


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


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without a byte order mark. Raises `TekioError` if it is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TekioError(
            Text("The file is not UTF-8 text.", "UTF-8 のテキストではありません。"), where=path, why=str(error)
        ) from error


def read_json(path: Path) -> Any:
    """The value in a JSON file. Raises `TekioError` if the file is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise TekioError(Text("A file is missing.", "ファイルがありません。"), where=path) from error
    except (ValueError, RecursionError) as error:
        raise TekioError(
            Text("The file is not valid JSON.", "JSON として読めません。"), where=path, why=str(error)
        ) from error


def read_json_object(path: Path) -> dict[str, Any]:
    """As `read_json`, for a file that holds an object."""
    found: object = read_json(path)
    if not isinstance(found, dict):
        raise TekioError(Text("The file is not a JSON object.", "JSON オブジェクトではありません。"), where=path)
    return cast("dict[str, Any]", found)


def write_jsonl(path: Path, rows: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> int:
    """Write rows as JSON Lines (UTF-8, keys in the given order), atomically. Returns the number of rows."""
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
    write_atomic(path, "".join(line + "\n" for line in lines))
    return len(lines)


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file of ours. Raises `TekioError` with the line number where a line is damaged."""
    # Bytes, so that an encoding error too has its line.
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf-8"))
            except (ValueError, RecursionError) as error:
                bare = isinstance(error, UnicodeDecodeError)
                raise TekioError(
                    Text("A line is not valid JSON.", "JSON として読めない行があります。"),
                    where=f"{path}:{number}",
                    why=Text("It is not UTF-8.", "UTF-8 ではありません。") if bare else str(error),
                ) from error
            if not isinstance(row, dict):
                raise TekioError(
                    Text("A line is not a JSON object.", "JSON オブジェクトでない行があります。"),
                    where=f"{path}:{number}",
                )
            yield cast("dict[str, Any]", row)


def files_below(folder: Path) -> list[Path]:
    """All regular files below `folder`, sorted by their path; links are refused (their target is outside our care)."""
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise TekioError(Text("A link is not allowed here.", "ここにリンクは置けません。"), where=path)
        if path.is_file():
            found.append(path)
    return found
