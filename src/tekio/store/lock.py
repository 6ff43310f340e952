"""One writer at a time: locks that go with their process, so that a kill leaves nothing to clean up."""

from __future__ import annotations

import os
import platform
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tekio.errors import TekioError, Text


def lock_file(out: Path) -> Path:
    """The lock of an output that is put in place as a whole: a hidden file beside it, there only while it is held."""
    return out.with_name(f".{out.name}.lock")


@contextmanager
def single_writer(run: Path, *, lock: Path | None = None, shared: bool = False) -> Generator[None]:
    """Hold a folder (or, with `lock`, any output) for one process.

    shared: together with others that ask the same way, against those that do not (the tasks of an array).
    Raises `TekioError` when another process writes to the same place.
    """
    import fcntl

    place = lock or run / ".lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    file = _open_current(place, how | fcntl.LOCK_NB, run)
    try:
        if not shared:
            file.truncate(0)
            file.write(f"{os.getpid()} {platform.node()}")
            file.flush()
        yield
    finally:
        if not shared:  # the last of several readers cannot be known
            place.unlink(missing_ok=True)
        file.close()


@contextmanager
def one_writer(out: Path) -> Generator[None]:
    """Hold an output that is written under another name and then renamed: a stage, a model folder, a file."""
    with single_writer(out, lock=lock_file(out)):
        yield


def _open_current(place: Path, how: int, shown: Path) -> IO[str]:
    """The lock file, held. A file that its last holder has just deleted is opened anew."""
    import fcntl

    while True:
        file = place.open("a+")
        try:
            fcntl.flock(file, how)
            if place.exists() and os.path.samestat(os.fstat(file.fileno()), place.stat()):
                return file
        except FileNotFoundError:
            pass
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().split()
            file.close()
            raise TekioError(
                Text("Another process writes to this folder.", "別のプロセスがこのフォルダに書いています。"),
                where=shown,
                why=f"pid {holder[0]} ({holder[1]})" if len(holder) > 1 else "pid ?",
                fix=Text("Wait for it or choose another --out.", "終了を待つか、別の --out を指定してください。"),
            ) from error
        file.close()
