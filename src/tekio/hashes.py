"""SHA-256 of files, and a memory of input hashes so that a repeated command need not read every input again.

The memory is used for inputs of a run only, never by `tekio verify` or for outputs. A remembered hash counts while the
file's size, inode and times of change are what they were, and only if those times were at least `SETTLED` seconds past
when the file was read: a file written to within the clock's grain of the reading could change without a trace.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

CHUNK = 1 << 20
SETTLED = 2.0
MEMORY = ".hashes.json"
SAVE_EVERY = 5.0


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _state(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


class HashMemory:
    """Hashes by file, kept in `folder`. write: whether new ones are saved (only into a folder that is there)."""

    def __init__(self, folder: Path, *, forget: bool = False, write: bool = True) -> None:
        self._file, self._write = folder / MEMORY, write
        self._known: dict[str, list[Any]] = {} if forget else self._load()
        self._saved = time.monotonic()
        self._changed = False

    def _load(self) -> dict[str, list[Any]]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # not there, or damaged: everything is read again
            return {}
        return cast("dict[str, list[Any]]", found) if isinstance(found, dict) else {}

    def sha256(self, path: Path) -> str:
        """The hash of a file, read only when it is not known to be unchanged."""
        # A run folder may be handed on: it names no place of this machine.
        name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
        before = _state(path)
        known = self._known.get(name)
        if isinstance(known, list) and known[:-1] == before:
            return str(known[-1])
        taken = time.time()
        found = sha256_file(path)
        self._changed = self._known.pop(name, None) is not None or self._changed
        if _state(path) == before and max(before[1], before[2]) / 1e9 < taken - SETTLED:
            self._known[name] = [*before, found]
            self._changed = True
        if time.monotonic() - self._saved > SAVE_EVERY:
            self.save()
        return found

    def save(self) -> None:
        """Write what is new."""
        self._saved = time.monotonic()
        if not (self._changed and self._write and self._file.parent.is_dir()):
            return
        working = self._file.with_name(f"{MEMORY}.{platform.node()}.{os.getpid()}.tmp")
        working.write_text(json.dumps(self._known, separators=(",", ":")), encoding="utf-8")
        working.replace(self._file)
        self._changed = False


_memory: ContextVar[HashMemory | None] = ContextVar("hashes", default=None)


@contextmanager
def remembered_hashes(folder: Path, *, forget: bool = False, write: bool = True) -> Generator[None]:
    """Within this context `input_hash` uses the memory in `folder`. forget: begin with an empty one (`--rehash`)."""
    memory = HashMemory(folder, forget=forget, write=write)
    token = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(token)
        memory.save()


def input_hash(path: Path) -> str:
    """SHA-256 of an input file; from the memory of the run where there is one."""
    memory = _memory.get()
    return memory.sha256(path) if memory is not None else sha256_file(path)
