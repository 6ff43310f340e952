"""The process that opens PDF files, so that a bug in a parser costs one file and never the run.

`python -m tekio.text.pdf.worker MEMORY SECONDS PAGES SECOND` reads the file from standard input, limits its own memory
and CPU time, and writes one JSON line a page: `{"page", "pdfium", "images"}` and, when SECOND is 1, `"plumber"` (the same
page as pdfplumber reads it) and `"layout"` (the fields of `tekio.text.pdf.layout.Layout`, and `"file"`, the characters in the
file's order, where geometry shows more than rows of characters, else null), and `"edges"` (its first and last lines). Readings beside kanji and second prints of bold
are in none of the texts then; a line `{"error": reason}` when the file cannot be read; last `{"pages": count}`. `tekio.text.pdf.read` is its caller.

`python -m tekio.text.pdf.worker serve` loads the libraries and then takes files one after the other, `MEMORY SECONDS PAGES
SECOND BYTES` on a line and then the file, and forks for each a process that does this; behind what that says stands a line
`ended CODE`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pypdfium2's raw layer and pdfplumber are not fully typed)

from __future__ import annotations

import dataclasses
import gc
import io
import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from tekio.offline import close_network
from tekio.text.pdf.glyphs import Glyph, is_vertical, printed_twice, readings
from tekio.text.pdf.layout import read_layout
from tekio.text.pdf.running_heads import edges_of

MAX_PAGE_CHARACTERS = 500_000
MAX_RULES = 5_000


def limit_self(memory: int, seconds: int) -> None:
    """Bound the address space and CPU time of this process (where the system can)."""
    try:
        import resource
    except ImportError:  # not POSIX: the caller's time limit remains
        return
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + 5),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),  # a parser has nothing to write
    ):
        _, most = resource.getrlimit(kind)  # a user's own `ulimit` may be lower, and is never raised
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))


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


def glyphs_of(page: Any) -> list[Glyph]:
    """The page's characters in the order of the file."""
    return [Glyph(item["text"], item["x0"], item["x1"], item["top"], item["bottom"]) for item in page.chars]


def layout_of(page: Any, glyphs: list[Glyph]) -> dict[str, Any] | None:
    """The page in reading order where its geometry shows more than rows of characters (see `read_layout`)."""
    cells = [table.cells for table in page.find_tables()] if len(page.edges) <= MAX_RULES else []
    found = read_layout(glyphs, *rules_of(page), cells)
    if found is None:
        return None
    layout = dataclasses.asdict(found)
    layout["text"] = found.text[:MAX_PAGE_CHARACTERS]
    layout["whole"] = found.whole()[:MAX_PAGE_CHARACTERS]
    layout["file"] = "".join(glyph.text for glyph in glyphs)[:MAX_PAGE_CHARACTERS]
    return layout


def rules_of(page: Any) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
    """Ruling lines: horizontal ones as (x0, x1, y), vertical ones as (top, bottom, x)."""
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    for item in (*page.lines, *page.rects, *page.curves)[:MAX_RULES]:
        x0, x1, top, bottom = (float(item[name]) for name in ("x0", "x1", "top", "bottom"))
        if x1 - x0 > 10:
            across += [(x0, x1, y) for y in {top, bottom}]
        if bottom - top > 10:
            down += [(top, bottom, x) for x in {x0, x1}]
    return across, down


def tidied(textpage: Any) -> str:
    """The page's text in the first reader's order, without what `printed_twice` and `readings` find by its own boxes."""
    count = textpage.count_chars()
    text = textpage.get_text_range(0, count) if count else ""
    boxes: list[tuple[int, Glyph]] = []
    if len(text) != count:  # characters beyond the basic plane count twice: places would shift
        return textpage.get_text_bounded()
    high = textpage.page.get_height()
    for place, character in enumerate(text):
        if character.strip():
            left, bottom, right, top = textpage.get_charbox(place, loose=True)
            boxes.append((place, Glyph(character, left, right, high - top, high - bottom)))
    glyphs = [glyph for _, glyph in boxes]
    twice = printed_twice(glyphs)
    kept = [entry for number, entry in enumerate(boxes) if number not in twice]
    once = [glyph for _, glyph in kept]
    small = readings([glyph.turned() for glyph in once] if is_vertical(once) else once)
    gone = {boxes[number][0] for number in twice} | {kept[number][0] for number in small}
    lines = "".join(character for place, character in enumerate(text) if place not in gone).split("\r\n")
    return "\r\n".join(line for line in lines if line.strip())


def serve() -> None:
    """Fork a process for each file on standard input."""
    import pypdfium2

    pdfplumber: Any = None
    with suppress(ImportError):  # not every caller wants it; those that do have looked
        import pdfplumber

    close_network()
    while header := sys.stdin.buffer.readline():
        memory, seconds, pages, both, size = (int(value) for value in header.split())
        raw = sys.stdin.buffer.read(size)
        if child := os.fork():
            del raw
            _, status = os.waitpid(child, 0)
            sys.stdout.write(f"\nended {os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()
            continue
        code = 1
        try:
            gc.set_threshold(100_000, 50, 50)  # pdfminer makes many small objects, which go with their page
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, seconds)  # ends the process, whatever it does
            report(raw, memory, seconds, pages, both, pypdfium2, pdfplumber)
            code = 0
        finally:
            os._exit(code)  # nothing of the parent's is closed or written again


def main(arguments: list[str]) -> None:
    """Read the file on standard input and report its pages; `serve`: many files."""
    if arguments == ["serve"]:
        serve()
        return
    memory, seconds, max_pages, both = (int(value) for value in arguments[:4])
    raw = sys.stdin.buffer.read()
    import pypdfium2

    pdfplumber: Any = None
    if both:
        import pdfplumber

    close_network()
    report(raw, memory, seconds, max_pages, both, pypdfium2, pdfplumber)


def report(raw: bytes, memory: int, seconds: int, max_pages: int, both: int, pypdfium2: Any, pdfplumber: Any) -> None:
    """Say what stands on the pages of a file. pypdfium2, pdfplumber: the libraries, loaded before limits are set."""
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
        page: dict[str, Any] = {
            "page": number + 1,
            "pdfium": None,
            "plumber": None,
            "images": 0,
            "layout": None,
            "edges": [],
        }
        if number < len(second_pages):
            try:
                page["plumber"] = (second_pages[number].extract_text() or "")[:MAX_PAGE_CHARACTERS]
                glyphs = glyphs_of(second_pages[number])
                page["layout"] = layout_of(second_pages[number], glyphs)
                page["edges"] = [
                    dataclasses.asdict(edge) for edge in edges_of(glyphs, float(second_pages[number].height))
                ]
                second_pages[number].close()
            except Exception as error:  # noqa: BLE001 (see above)
                page["plumber_error"] = f"{type(error).__name__}: {error}"[:200]
        try:
            opened = document[number]
            shown = opened.get_textpage()
            layout = page["layout"]
            tidy = layout is not None and (layout["readings"] or layout["twice"])
            page["pdfium"] = (tidied(shown) if tidy else shown.get_text_bounded())[:MAX_PAGE_CHARACTERS]
            page["images"] = sum(1 for _ in opened.get_objects(filter=[3], max_depth=2))
            opened.close()
        except (pypdfium2.PdfiumError, MemoryError, ValueError) as error:
            page["error"] = failure(error)
        say(**page)
    say(pages=count)


if __name__ == "__main__":
    main(sys.argv[1:])
