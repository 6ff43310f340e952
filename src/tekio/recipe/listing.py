"""The files below a folder, each once, and a name for everything else that stands there.

Links to folders are followed, and every folder is entered once, however many links lead to it: a loop of links ends, and
a crowd of them does not multiply.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_KINDS = {
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
}


IWORK = (".pages", ".numbers", ".key")
"""Documents of Pages, Numbers and Keynote, which are folders on some systems and in archives made there."""
_PARTS_OF_IWORK = frozenset(["index", "index.zip", "index.xml", "index.xml.gz", "index.apxl", "index.apxl.gz"])


@dataclass(frozen=True)
class Unread:
    """Something among the files that cannot be read: `broken_link`, `not_a_file`, `unreadable_file`, `unreadable_folder`,
    `unknown_format` (a folder that is one document).

    detail: what kind of thing it is, or what the system said.
    """

    path: Path
    reason: str
    detail: str


@dataclass(frozen=True)
class Listing:
    """Regular files that may be read, sorted, and what else a path stands for."""

    files: tuple[Path, ...]
    unread: tuple[Unread, ...]


def is_iwork(folder: str, names: Iterable[str]) -> bool:
    """Whether a folder is one document of Pages, Numbers or Keynote, by its name and those of what lies in it."""
    return folder.lower().endswith(IWORK) and any(name.lower() in _PARTS_OF_IWORK for name in names)


def document_folder(path: Path) -> Unread | None:
    """A folder that is one document which no reader takes; None for folders of documents and what cannot be looked into."""
    if not path.name.lower().endswith(IWORK):
        return None
    try:
        names = [entry.name for entry in _entries(path)]
    except OSError:
        return None
    return Unread(path, "unknown_format", "folder") if is_iwork(path.name, names) else None


def list_files(root: Path, pattern: tuple[str, ...] | None = None) -> Listing:
    """Everything below `root`, or what the parts of a glob (`**` too) match there as `glob.glob` does."""
    files: list[Path] = []
    unread: list[Unread] = []
    begin = None if pattern is None else _closed(pattern, {0})
    waiting: deque[tuple[Path, frozenset[int] | None]] = deque([(root, begin)])
    linked: deque[tuple[Path, frozenset[int] | None]] = deque()  # after all that is there itself
    seen: set[tuple[int, int, frozenset[int] | None]] = set()
    while waiting or linked:
        folder, state = waiting.popleft() if waiting else linked.popleft()
        try:
            own = folder.stat()
            entries = sorted(_entries(folder), key=lambda entry: entry.name)
        except OSError as error:
            if folder != root or pattern is None:
                unread.append(Unread(folder, "unreadable_folder", _words(error)))
            continue
        if (own.st_dev, own.st_ino, state) in seen:
            continue
        seen.add((own.st_dev, own.st_ino, state))
        for entry in entries:
            path = folder / entry.name
            after, asked_for = (None, True) if pattern is None or state is None else _step(pattern, state, entry.name)
            if after is not None and not after:
                continue
            try:
                mode = os.stat(path).st_mode  # noqa: PTH116 (a DirEntry remembers what a link was)
            except OSError as error:
                if asked_for:
                    link = entry.is_symlink()
                    unread.append(Unread(path, "broken_link" if link else "unreadable_file", _words(error)))
                continue
            if stat.S_ISDIR(mode):
                if (document := document_folder(path)) is not None:
                    unread += [document] if asked_for else []
                elif pattern is None or after != frozenset({len(pattern)}):
                    (linked if entry.is_symlink() else waiting).append((path, after))
            elif asked_for and not stat.S_ISREG(mode):
                unread.append(Unread(path, "not_a_file", _KINDS.get(stat.S_IFMT(mode), "special file")))
            elif asked_for and not os.access(path, os.R_OK):
                unread.append(Unread(path, "unreadable_file", os.strerror(13)))
            elif asked_for:
                files.append(path)
    return Listing(tuple(sorted(files)), tuple(sorted(unread, key=lambda item: item.path)))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _closed(pattern: tuple[str, ...], places: set[int]) -> frozenset[int]:
    """`places` in a glob, and those that are reached because `**` may stand for no folder at all."""
    found = set(places)
    for place in sorted(places):
        while place < len(pattern) and pattern[place] == "**":
            place += 1
            found.add(place)
    return frozenset(found)


def _step(pattern: tuple[str, ...], places: frozenset[int], name: str) -> tuple[frozenset[int], bool]:
    """The places in a glob after one more part of a path, and whether a path that ends here matches."""
    found: set[int] = set()
    last = len(pattern) - 1
    matches = False
    for place in places:
        if place == len(pattern):
            continue
        part = pattern[place]
        if name.startswith(".") and not part.startswith("."):
            continue
        if part == "**":
            found.add(place)
            matches |= place == last
        elif fnmatch.fnmatchcase(name, part):
            found.add(place + 1)
            matches |= place == last
    return _closed(pattern, found), matches
