"""The process that opens PDF files, so that a bug in a parser costs one file and never the run.

`python -m tekio.text.pdf.worker MEMORY SECONDS PAGES SECOND` reads the file from standard input, limits its own memory
and CPU time, and writes one JSON line a page: `{"page", "pdfium", "images"}` and, when SECOND is 1, `"plumber"` (the same
page as pdfplumber reads it) and `"layout"` (`{"kind", "text"}` where geometry shows columns or vertical lines, else null);
a line `{"error": reason}` when the file cannot be read; last `{"pages": count}`. `tekio.text.pdf.read` is its caller.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pypdfium2's raw layer and pdfplumber are not fully typed)

from __future__ import annotations

import io
import json
import sys
from typing import Any

from tekio.offline import close_network
from tekio.text.pdf.layout import Glyph, read_layout

MAX_PAGE_CHARACTERS = 500_000


def limit_self(memory: int, seconds: int) -> None:
    """Bound the address space and CPU time of this process (where the system can)."""
    try:
        import resource
    except ImportError:  # not POSIX: the caller's time limit remains
        return
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


def layout_of(characters: list[dict[str, Any]]) -> dict[str, str] | None:
    """The page in reading order where its geometry shows columns or vertical lines (see `read_layout`)."""
    found = read_layout(
        [Glyph(item["text"], item["x0"], item["x1"], item["top"], item["bottom"]) for item in characters]
    )
    return None if found is None else {"kind": found.kind, "text": found.text[:MAX_PAGE_CHARACTERS]}


def main(arguments: list[str]) -> None:
    """Read the file on standard input and report its pages."""
    memory, seconds, max_pages, both = (int(value) for value in arguments[:4])
    raw = sys.stdin.buffer.read()
    import pypdfium2

    pdfplumber: Any = None
    if both:
        import pdfplumber

    close_network()
    limit_self(memory, seconds)
    try:
        document = pypdfium2.PdfDocument(raw)
        count = len(document)
    except (pypdfium2.PdfiumError, MemoryError, ValueError) as error:
        say(error=failure(error), detail=str(error)[:200])
        return
    second_pages: list[Any] = []
    try:
        if both:
            second: Any = pdfplumber.open(io.BytesIO(raw))
            second_pages = second.pages if count <= max_pages else second.pages[:max_pages]
    except Exception as error:  # noqa: BLE001 (pdfminer raises anything; the first reader's text still counts)
        say(warning=f"{type(error).__name__}: {error}"[:200])
    for number in range(min(count, max_pages)):
        page: dict[str, Any] = {"page": number + 1, "pdfium": None, "plumber": None, "images": 0, "layout": None}
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
                page["layout"] = layout_of(second_pages[number].chars)
                second_pages[number].close()
            except Exception as error:  # noqa: BLE001 (see above)
                page["plumber_error"] = f"{type(error).__name__}: {error}"[:200]
        say(**page)
    say(pages=count)


if __name__ == "__main__":
    main(sys.argv[1:])
