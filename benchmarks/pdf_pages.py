"""CPU of a PDF page in the process that reads it: pdfium's opening and text alone, and all of it.

    python benchmarks/pdf_pages.py FILE...

Without the start of a process, without repair and cleaning (`documents_vs_peers.py` has these). The least of three passes.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pypdfium2 is not fully typed)

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pypdfium2

from tekio.text.pdf.worker import records

PASSES = 3
MOST_PAGES = 3_000


def least(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest pass."""
    used: list[float] = []
    for _ in range(PASSES):
        before = time.process_time()
        work()
        used.append(time.process_time() - before)
    return min(used)


def opened(files: list[bytes]) -> int:
    """Open every page and take its text as pdfium gives it; returns the pages."""
    count = 0
    for raw in files:
        document = pypdfium2.PdfDocument(raw)
        for page in document:
            page.get_textpage().get_text_bounded()
            page.close()
            count += 1
    return count


def main(paths: list[str]) -> None:
    """Read the files and print."""
    files = [Path(path).read_bytes() for path in paths]
    pages = opened(files)
    alone = least(lambda: opened(files))
    whole = least(lambda: [list(records(raw, MOST_PAGES, 1, pypdfium2, pdfplumber)) for raw in files])
    print(f"{pages} pages: {1_000 * whole / pages:.2f} ms a page, pdfium alone {1_000 * alone / pages:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
