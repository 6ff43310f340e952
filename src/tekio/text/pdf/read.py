"""PDF files read by a process of their own: a bug in a parser costs one file and never the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from tekio.text.unreadable import UnreadableError


@dataclass(frozen=True)
class PdfLimits:
    """What a file may cost its process: address space in bytes, CPU and wall seconds, pages."""

    memory: int = 3 << 30
    seconds: int = 300
    pages: int = 3_000


@dataclass(frozen=True)
class PdfPages:
    """What the process said: a record a page (`tekio.text.pdf.worker` names the fields), and how it ended.

    count: pages of the file, where that was found out. stopped: `too_slow` or `parser_crashed` when it ended early.
    """

    pages: list[dict[str, Any]]
    count: int | None
    stopped: str | None


def read_pdf_pages(raw: bytes, limits: PdfLimits, *, second: bool = True) -> PdfPages:
    """The pages of a PDF file as pypdfium2 reads them and, with `second`, as pdfplumber does.

    Raises `UnreadableError` for a file that cannot be opened: `encrypted`, `bad_pdf`, `too_costly`, `needs_pdf_extra`.
    """
    wanted = ["pypdfium2", "pdfplumber"] if second else ["pypdfium2"]
    if missing := [name for name in wanted if find_spec(name) is None]:
        raise UnreadableError("needs_pdf_extra", {"missing": missing})
    numbers = (limits.memory, limits.seconds, limits.pages, int(second))
    command = [sys.executable, "-m", "tekio.text.pdf.worker", *map(str, numbers)]
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment["PYTHONPATH"] = str(Path(__file__).parents[3])
    stopped: str | None = None
    with subprocess.Popen(  # noqa: S603 (our own module, no shell; the file goes through a pipe)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            output, _ = process.communicate(raw, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            stopped = "too_slow"
    lines: list[dict[str, Any]] = []
    for line in output.split(b"\n"):
        try:
            lines.append(cast("dict[str, Any]", json.loads(line)))
        except ValueError:
            continue  # the line a killed worker was writing
    if stopped is None and process.returncode != 0:
        cpu = process.returncode in (-24, -9)  # SIGXCPU, SIGKILL
        stopped = "too_slow" if cpu else "parser_crashed"
    pages = [line for line in lines if "page" in line]
    for line in lines:
        if "error" in line and "page" not in line:
            raise UnreadableError(str(line["error"]), {"detail": line.get("detail", "")})
    count = next((int(line["pages"]) for line in reversed(lines) if "pages" in line), None)
    if stopped is None and count is None:
        stopped = "parser_crashed"
    return PdfPages(pages, count, stopped)
