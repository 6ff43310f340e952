"""The process that opens PDF files, so that a defect in a parser costs one file and never the run.

`python -m tekio.corpus.readers.pdf_worker MEMORY SECONDS PAGES FIRST` reads the file from standard input, limits its own
memory and CPU time, and writes one JSON line a page: `{"page", "pdfium", "plumber", "images"}`; a line
`{"error": reason}` when the file cannot be read; last `{"pages": count}`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pypdfium2's raw layer and pdfplumber are not fully typed)

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

from tekio.offline import close_network

MAX_PAGE_CHARACTERS = 500_000


def limit_self(memory: int, seconds: int) -> None:
    """Bound the address space and CPU time of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # a parser has nothing to write


def say(**values: Any) -> None:
    """Write one line to the parent."""
    sys.stdout.write(json.dumps(values, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def failure(error: BaseException) -> str:
    """The reason for a file that cannot be opened."""
    if isinstance(error, MemoryError):
        return "too_costly"
    text = str(error).lower()
    return "encrypted" if "password" in text or "security" in text else "bad_pdf"


def main(arguments: list[str]) -> None:
    """Read the file on standard input and report its pages."""
    memory, seconds, max_pages = (int(value) for value in arguments[:3])
    raw = sys.stdin.buffer.read()
    import pdfplumber
    import pypdfium2

    close_network()
    limit_self(memory, seconds)
    try:
        document = pypdfium2.PdfDocument(raw)
        count = len(document)
    except (pypdfium2.PdfiumError, MemoryError, ValueError) as error:
        say(error=failure(error), detail=str(error)[:200])
        return
    try:
        second: Any = pdfplumber.open(io.BytesIO(raw))
        second_pages: list[Any] = second.pages if count <= max_pages else second.pages[:max_pages]
    except Exception as error:  # noqa: BLE001 (pdfminer raises anything; the first reader's text still counts)
        say(warning=f"{type(error).__name__}: {error}"[:200])
        second_pages = []
    for number in range(min(count, max_pages)):
        page: dict[str, Any] = {"page": number + 1, "pdfium": None, "plumber": None, "images": 0}
        try:
            opened = document[number]
            page["pdfium"] = opened.get_textpage().get_text_bounded()[:MAX_PAGE_CHARACTERS]
            page["images"] = sum(1 for _ in opened.get_objects(filter=[3], max_depth=2))
            opened.close()
        except (pypdfium2.PdfiumError, MemoryError, ValueError) as error:
            page["error"] = failure(error)
        if number < len(second_pages):
            try:
                page["plumber"] = (second_pages[number].extract_text() or "")[:MAX_PAGE_CHARACTERS]
                second_pages[number].close()
            except Exception as error:  # noqa: BLE001 (see above)
                page["plumber_error"] = f"{type(error).__name__}: {error}"[:200]
        say(**page)
    say(pages=count)


if __name__ == "__main__":
    main(sys.argv[1:])
