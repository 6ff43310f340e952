"""SHA-256 of files, and a memory of input hashes so that a repeated command need not read every input again.

The memory is used for inputs of a run only, never by `tekio verify` or for outputs. A remembered hash counts while the
file's size, inode and times of change are what they were, and only if those times were at least `SETTLED` seconds past
when the file was read: a file written to within the clock's grain of the reading could change without a trace. It never
counts on file systems whose times say too little (`tells_changes`): those of other machines, of FAT, of user space.

What was hashed is also remembered within the process, so that a stage can tell whether a file it has just read is still
the one that was hashed (`still_as_hashed`).
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

CHUNK = 1 << 20
SETTLED = 2.0
MEMORY = ".hashes.json"
SAVE_EVERY = 5.0
# Local file systems that set the time of change by themselves, to better than a second, at every write.
TELLING = frozenset(
    {"apfs", "bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "ramfs", "tmpfs", "ufs", "xfs", "zfs"}
)


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


@functools.lru_cache(maxsize=1)
def _mounts() -> list[tuple[Path, str]]:
    """Mount points with the kind of their file system, deepest first; empty where the system does not say."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    found: dict[Path, str] = {}  # of several on one point the last hides the others
    for line in lines:
        fields, _, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields.split(" ")[4])
        found[Path(point)] = after.split(" ")[0]
    return sorted(found.items(), key=lambda item: -len(item[0].parts))


@functools.lru_cache(maxsize=4096)
def _file_system(folder: Path) -> str:
    place = folder.resolve()
    return next((kind for point, kind in _mounts() if point == place or point in place.parents), "")


def tells_changes(path: Path) -> bool:
    """Whether every change of this file shows in its size, inode and times (else it has to be read to know)."""
    return _file_system(path.resolve().parent if path.is_symlink() else path.absolute().parent) in TELLING


def _settled(state: list[int], now: float) -> bool:
    return max(state[1], state[2]) / 1e9 < now - SETTLED


@dataclass(frozen=True)
class Hashed:
    """What a file was when it was hashed. settled: whether it had not been written to for a while."""

    path: Path
    state: list[int]
    settled: bool
    sha256: str


_hashed: dict[Path, Hashed] = {}


def _note(path: Path, state: list[int], settled: bool, sha256: str) -> None:
    note_hashed([Hashed(path.absolute(), state, settled, sha256)])


def hashed_files(paths: Iterable[Path]) -> tuple[Hashed, ...]:
    """What `input_hash` saw of these files in this process, for a worker process (`note_hashed`)."""
    return tuple(found for path in paths if (found := _hashed.get(path.absolute())) is not None)


def note_hashed(files: Iterable[Hashed]) -> None:
    """Take over what another process hashed."""
    _hashed.update((item.path, item) for item in files)


def still_as_hashed(path: Path, *, read_again: bool = True) -> bool:
    """Whether a file has the content it had when `input_hash` saw it in this process; true if it never did.

    The file is read again only when its state is another one, or (unless `read_again` is off) could be the same in spite of
    a change.
    """
    known = _hashed.get(path.absolute())
    if known is None:
        return True
    try:
        if _state(path) == known.state and ((known.settled and tells_changes(path)) or not read_again):
            return True
        return sha256_file(path) == known.sha256
    except FileNotFoundError:
        return False


class HashMemory:
    """Hashes by file, kept in `folder`. write: whether new ones are saved (only into a folder that is there)."""

    def __init__(self, folder: Path, *, forget: bool = False, write: bool = True) -> None:
        self._file, self._write = folder / MEMORY, write
        self._foreign = False
        found = self._load()
        self._known: dict[str, list[Any]] = {} if forget else found
        self._saved = time.monotonic()
        self._changed = False

    def _load(self) -> dict[str, list[Any]]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):  # damaged, or a file of another's: everything is read again
            self._foreign = not self._file.is_file() or self._file.stat().st_size > 0
            return {}
        own = isinstance(found, dict) and all(len(name) == 32 for name in cast("dict[str, object]", found))
        self._foreign = not own
        return cast("dict[str, list[Any]]", found) if own else {}

    def sha256(self, path: Path) -> str:
        """The hash of a file, read only when it is not known to be unchanged."""
        # A run folder may be handed on: it names no place of this machine.
        name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
        before = _state(path)
        known = self._known.get(name)
        telling = tells_changes(path)
        if telling and isinstance(known, list) and known[:-1] == before:
            _note(path, before, True, str(known[-1]))
            return str(known[-1])
        taken = time.time()
        found = sha256_file(path)
        settled = _state(path) == before and _settled(before, taken)
        _note(path, before, settled, found)
        self._changed = self._known.pop(name, None) is not None or self._changed
        if settled and telling:
            self._known[name] = [*before, found]
            self._changed = True
        if time.monotonic() - self._saved > SAVE_EVERY:
            self.save()
        return found

    def save(self) -> None:
        """Write what is new."""
        self._saved = time.monotonic()
        if not (self._changed and self._write and self._file.parent.is_dir()) or self._foreign:
            return
        working = self._file.with_name(f"{MEMORY}.{platform.node()}.{os.getpid()}.tmp")
        try:
            working.write_text(json.dumps(self._known, separators=(",", ":")), encoding="utf-8")
            working.replace(self._file)
        except OSError:  # it only spares reading again: without it nothing is lost, and the work itself may still fit
            working.unlink(missing_ok=True)
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
    if memory is not None:
        return memory.sha256(path)
    before, taken = _state(path), time.time()
    found = sha256_file(path)
    _note(path, before, _state(path) == before and _settled(before, taken), found)
    return found
