"""PDF files read by a process of their own: a bug in a parser costs one file and never the run."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, cast

from tekio.text.unreadable import UnreadableError

ENDED = b"ended "
"""What the worker's line begins with that tells how the process for a file ended."""


@dataclass(frozen=True)
class PdfLimits:
    """What a file may cost its process: address space in bytes, CPU and wall seconds, pages."""

    memory: int = 3 << 30
    seconds: int = 300
    pages: int = 3_000


@dataclass(frozen=True)
class PdfPages:
    """What the process said: a record a page (`tekio.text.pdf.worker` names the fields), and how it ended.

    count: pages of the file, where that was found out. told: what the file says of itself, by name. stopped: `too_slow` or `parser_crashed` when it ended early.
    """

    pages: list[dict[str, Any]]
    count: int | None
    stopped: str | None
    told: Mapping[str, str] = field(default_factory=dict[str, str])


NONE, DOUBTFUL, ALWAYS = 0, 1, 2
"""Which pages another library reads too; with `NONE` the pages' text is all that is asked for."""


def read_pdf_pages(raw: bytes, limits: PdfLimits, *, second: int = DOUBTFUL) -> PdfPages:
    """The pages of a PDF file as pypdfium2 reads them and, as `second` says, pdfplumber does.

    Raises `UnreadableError` for a file that cannot be opened: `encrypted`, `bad_pdf`, `too_costly`, `needs_pdf_extra`.
    """
    wanted = ["pypdfium2", "pdfplumber"] if second else ["pypdfium2"]
    if missing := [name for name in wanted if find_spec(name) is None]:
        raise UnreadableError("needs_pdf_extra", {"missing": missing})
    numbers = (limits.memory, limits.seconds, limits.pages, second)
    output, code = _nursery().read(numbers, raw) if hasattr(os, "fork") else _read_alone(numbers, raw)
    stopped: str | None = None
    if code in _TOO_SLOW:
        stopped = "too_slow"
    elif code != 0:
        stopped = "parser_crashed"
    lines: list[dict[str, Any]] = []
    for line in output.split(b"\n"):
        try:
            lines.append(cast("dict[str, Any]", json.loads(line)))
        except ValueError:
            continue  # the line a killed worker was writing
    pages = [line for line in lines if "page" in line]
    for line in lines:
        if "error" in line and "page" not in line:
            raise UnreadableError(str(line["error"]), {"detail": line.get("detail", "")})
    last = next((line for line in reversed(lines) if "pages" in line), None)
    count = int(last["pages"]) if last else None
    if stopped is None and count is None:
        stopped = "parser_crashed"
    return PdfPages(
        pages, count, stopped, {name: str(value) for name, value in (last or {}).items() if name != "pages"}
    )


_TOO_SLOW = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM) if hasattr(signal, "SIGXCPU") else (None,)


class _Nursery:
    """The process that has loaded the libraries and forks one for each file (`tekio.text.pdf.worker`): loading takes
    longer than most files do.
    """

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, numbers: tuple[int, ...], raw: bytes) -> tuple[bytes, int]:
        """What the process for a file said, and how it ended, as `subprocess` tells it."""
        for _ in range(2):  # once more where the process itself had been ended, by the system or its user
            process = self._process = self._process or _start("serve")
            try:
                said, code = _ask(process, numbers, raw)
            except BaseException:
                self.end()  # what it still says belongs to this file
                raise
            if code is not None:
                return said, code
            self.end()
        return b"", -signal.SIGABRT

    def end(self) -> None:
        """End the process; another starts with the next file."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                cast("BinaryIO", stream).close()


def _ask(process: subprocess.Popen[bytes], numbers: tuple[int, ...], raw: bytes) -> tuple[bytes, int | None]:
    stdin, stdout = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
    said: list[bytes] = []
    with suppress(BrokenPipeError):
        stdin.write(" ".join(map(str, (*numbers, len(raw)))).encode() + b"\n")
        stdin.write(raw)
        stdin.flush()
        while line := stdout.readline():
            if line.startswith(ENDED):
                return b"".join(said), int(line.removeprefix(ENDED))
            said.append(line)
    return b"", None


_nurseries: list[_Nursery] = []


def _nursery() -> _Nursery:
    """That of this process: a forked one must not share its parent's."""
    if not _nurseries or _nurseries[-1].owner != os.getpid():
        _nurseries[:] = [_Nursery()]
        atexit.register(_nurseries[0].end)
    return _nurseries[0]


def _read_alone(numbers: tuple[int, ...], raw: bytes) -> tuple[bytes, int | None]:
    """The same by a process started for the file, where processes cannot be forked. No code: it took too long."""
    with _start(*map(str, numbers)) as process:
        try:
            output, _ = process.communicate(raw, timeout=numbers[1])
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            return output, None
    return output, process.returncode


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tekio.text.pdf.worker", *arguments]
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[3]), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(  # noqa: S603 (our own module, no shell; the file goes through a pipe)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
