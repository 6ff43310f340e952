"""The process that opens PDF files, so that a bug in a parser costs one file and never the run.

`python -m tekio.text.pdf.worker MEMORY SECONDS PAGES SECOND` reads the file from standard input, limits its own memory
and CPU time, and writes one JSON line a page: `{"page", "pdfium", "images"}`, pdfium's text of the page; with SECOND 1 or 2
also `"second"`, the same page by where its characters stand, `"lines"`, where its lines do (`tekio.text.pdf.line_ends`), `"rows"`, whether the file draws each line at once, and `"compared"`, whether that was told by pdfplumber, another
library (SECOND 2: always; 1: where pdfium's reading gives a reason, `"why"`); `"layout"` (the fields of
`tekio.text.pdf.layout.Layout`, and `"file"`, the characters in the file's order, where geometry shows more than rows of
characters, else null), and `"edges"` (its first and last lines), `"head_at_end"` (`tekio.text.pdf.tables.head_at_end`, where there is one), `"tab"` (`tekio.text.pdf.side_tabs`, which stands in none of the texts) and `"drawn"` (`tekio.text.pdf.drawn_page`). Readings beside kanji and second prints of bold are in none of
the texts then; a line `{"error": reason}` when the file cannot be read; last `{"pages": count}` with what the file says of itself (`"title"`, `"created"`, `"modified"`). `tekio.text.pdf.read` is its caller.

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
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from tekio.offline import close_network
from tekio.text.pdf.characters import Characters, Glyph, characters_of, lines_of, texts_of
from tekio.text.pdf.drawn_page import drawn_page
from tekio.text.pdf.glyphs import blanks_under, is_vertical, printed_twice, readings
from tekio.text.pdf.layout import read_layout
from tekio.text.pdf.line_ends import Boxes
from tekio.text.pdf.overprinted import are_parted
from tekio.text.pdf.pdfium import PageReading, read_page
from tekio.text.pdf.raised_glyphs import in_text, raised_texts, with_texts
from tekio.text.pdf.rules import MAX_RULES, Rules, closed_at_ends, ruled_cells
from tekio.text.pdf.running_heads import edges_of
from tekio.text.pdf.sample import sample
from tekio.text.pdf.side_tabs import side_tab, tab_text, without_tab
from tekio.text.pdf.tables import Box, PageTable, head_at_end

MAX_PAGE_CHARACTERS = 500_000
TRIALS = 4
"""How often a page is read before any file's: Python makes its code faster after a few calls, and the processes forked have it so."""
DOUBT = 0.02
"""Share of a page's text that pdfium may have missed before another library reads the page too."""


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


def layout_of(characters: Characters, rules: Rules, cells: Sequence[Sequence[Box]]) -> dict[str, Any] | None:
    """The page in reading order where its geometry shows more than rows of characters (see `read_layout`)."""
    found = read_layout(characters, rules.across, rules.down, cells)
    if found is None:
        return None
    layout = {entry.name: getattr(found, entry.name) for entry in dataclasses.fields(found)}
    layout["text"] = found.text[:MAX_PAGE_CHARACTERS]
    layout["tables"] = [_told(one) for one in found.tables]
    layout["lines"] = [line.told() for line in found.lines]
    layout["file"] = "".join(characters.texts)[:MAX_PAGE_CHARACTERS]
    return layout


def _told(table: PageTable) -> dict[str, Any]:
    return {entry.name: getattr(table, entry.name) for entry in dataclasses.fields(table)}


def by_plumber(page: Any) -> tuple[str, Characters, Rules]:
    """(text, characters in the order of the file, ruling lines) of a page as pdfplumber reads it.

    Printers' marks outside of what is shown are left out, and places are told from its corner, as pdfium does.
    """
    box = page.cropbox or page.bbox
    left, top = float(box[0]), float(box[1])
    shown = page.crop(box, strict=False) if left or top or box != page.bbox else page
    glyphs = [
        Glyph(item["text"], item["x0"] - left, item["x1"] - left, item["top"] - top, item["bottom"] - top)
        for item in shown.chars
    ]
    rules = Rules(many=len(shown.edges) > MAX_RULES)
    for edge in shown.edges[:MAX_RULES]:
        x0, x1, high, low = (float(edge[name]) for name in ("x0", "x1", "top", "bottom"))
        if edge["orientation"] == "h":
            rules.across.append((x0 - left, x1 - left, high - top))
        elif edge["orientation"] == "v":
            rules.down.append((high - top, low - top, x0 - left))
    return shown.extract_text() or "", characters_of(glyphs), rules


def why_again(reading: PageReading, text: str) -> str | None:
    """Why another library must read a page too: what pdfium leaves out, it leaves out without an error.

    `missed`: the page draws text that no character was told of; `unmapped`: fonts do not say what characters are; `lost`: the
    text holds fewer characters than the page; `empty`: there is no text.
    """
    drawn = int(reading.glyphs.solid.sum())
    told = sum(map(len, text.split()))
    if drawn == 0:
        return "empty"
    if reading.missed > max(1, DOUBT * reading.runs):
        return "missed"
    if reading.unmapped > DOUBT * drawn:
        return "unmapped"
    return "lost" if told < (1 - DOUBT) * drawn - 3 else None


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
    if small and not is_vertical(once):
        gone |= _blanks_between(text, kept, small)
    lines = "".join(character for place, character in enumerate(text) if place not in gone).split("\r\n")
    return "\r\n".join(line for line in lines if line.strip())


def _blanks_between(text: str, kept: list[tuple[int, Glyph]], small: set[int]) -> set[int]:
    """The places of blanks in a text that stand in a word below its reading (`blanks_under`)."""
    glyphs: list[Glyph] = [glyph for _, glyph in kept]
    places: list[int] = []
    for (here, before), (there, after) in pairwise(kept):
        if there == here + 2 and text[here + 1] == " " and after.x0 > before.x1:
            places.append(here + 1)
            glyphs.append(Glyph(" ", before.x1, after.x0, before.top, before.bottom))
    return {places[place - len(kept)] for place in blanks_under(glyphs, small)}


def serve() -> None:
    """Fork a process for each file on standard input."""
    import pypdfium2

    pdfplumber: Any = None
    with suppress(ImportError):  # not every caller wants it; those that do have looked
        import pdfplumber

    close_network()
    for _ in range(TRIALS):
        json.dumps(list(records(sample(), 1, 1, pypdfium2, pdfplumber)))
    gc.collect()
    gc.freeze()  # what all files share is not looked at again, which would copy its pages
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
    for record in records(raw, max_pages, both, pypdfium2, pdfplumber):
        say(**record)


def records(raw: bytes, max_pages: int, both: int, pypdfium2: Any, pdfplumber: Any) -> Iterator[dict[str, Any]]:
    """What is said of a file: a record a page."""
    try:
        document = pypdfium2.PdfDocument(raw)
        count = len(document)
    except (pypdfium2.PdfiumError, MemoryError, ValueError) as error:
        yield {"error": failure(error), "detail": str(error)[:200]}
        return
    again = _Again(raw, pdfplumber)
    for number in range(min(count, max_pages)):
        page: dict[str, Any] = {"page": number + 1, "pdfium": None, "images": 0}
        if both:
            page |= {"second": None, "compared": False, "why": None, "layout": None, "edges": []}
        try:
            opened = document[number]
            shown = opened.get_textpage()
            text = shown.get_text_bounded()
            if both:
                reading = read_page(opened, shown)
                page["images"] = reading.images
                page["why"] = "asked" if both > 1 else why_again(reading, text)
                written = raised_texts(reading.glyphs)
                _look(page, dataclasses.replace(reading, glyphs=with_texts(reading.glyphs, written)), again)
                layout = page["layout"]
                if layout is not None and (layout["readings"] or layout["twice"]):
                    text = tidied(shown)
                text = in_text(text, reading.glyphs, written)
                if "tab" in page:
                    text = without_tab(text, page["tab"])
            page["pdfium"] = text[:MAX_PAGE_CHARACTERS]
            opened.close()
        except (pypdfium2.PdfiumError, MemoryError, ValueError) as error:
            page["error"] = failure(error)
        yield page
    yield {"pages": count} | _told_of(document)


def _told_of(document: Any) -> dict[str, str]:
    """What a file says of itself: its title, and when it was made and changed."""
    told: dict[str, str] = {}
    for name, key in (("title", "Title"), ("created", "CreationDate"), ("modified", "ModDate")):
        with suppress(Exception):  # fields of a broken file; the pages are what counts
            told[name] = str(document.get_metadata_value(key))[:500]
    return told


def _placed(page: Characters, lines: Sequence[Sequence[int]], texts: Sequence[str]) -> list[list[Any]]:
    """Where the lines of a page of plain lines stand, as `PlacedLine.told` has it."""
    boxes = Boxes(page.texts, page.x0.tolist(), page.x1.tolist(), page.middle.tolist(), page.size.tolist())
    placed = (boxes.line(text, 0, line) for text, line in zip(texts, lines, strict=True))
    return [line.told() for line in placed if line is not None]


class _Again:
    """The file as pdfplumber opens it, which is done for the first page that it is asked for."""

    def __init__(self, raw: bytes, pdfplumber: Any) -> None:
        self._raw, self._pdfplumber = raw, pdfplumber
        self._pages: Any = None

    def page(self, number: int) -> Any:
        if self._pages is None:
            self._pages = self._pdfplumber.open(io.BytesIO(self._raw)).pages
        return self._pages[number]


def _look(page: dict[str, Any], reading: PageReading, again: _Again) -> None:
    """Say how a page looks, by pdfplumber where there is a reason."""
    characters, height = reading.glyphs, reading.height
    rules = Rules(reading.across, reading.down, reading.many_rules)
    if page["why"]:
        try:
            opened = again.page(page["page"] - 1)
            second, characters, rules = by_plumber(opened)
            characters = with_texts(characters, raised_texts(characters))
            page["compared"] = True
            opened.close()
        except Exception as error:  # noqa: BLE001 (pdfminer raises anything; pdfium's text still counts)
            page["plumber_error"] = f"{type(error).__name__}: {error}"[:200]
            return
    else:
        second = None
    if tab := side_tab(characters, reading.width):
        page["tab"] = tab_text(characters, tab)
        characters = characters.without(set(tab))
        second = None  # its rows hold the title's letters
    lines = lines_of(characters)
    page["height"] = height
    cells = [] if rules.many else ruled_cells(closed_at_ends(rules, height))
    page["layout"] = layout_of(characters, rules, cells)
    if head := head_at_end(cells, characters):
        page["head_at_end"] = _told(head)
    if (layout := page["layout"]) is None or (layout["kind"] == "lines" and not layout["doubt"]):
        page["drawn"] = drawn_page(characters)
    plain = texts_of(characters, lines) if page["layout"] is None else []
    if second is None:  # where geometry shows more, that is the second reading
        second = "\n".join(plain)
    page["second"] = second[:MAX_PAGE_CHARACTERS]
    page["lines"] = page["layout"]["lines"] if page["layout"] else _placed(characters, lines, plain)
    page["rows"] = all(max(line) - min(line) < len(line) for line in lines) or are_parted(
        lines, characters.middle.tolist(), characters.size.tolist()
    )
    page["edges"] = [vars(edge) for edge in edges_of(characters, lines, height)]


if __name__ == "__main__":
    main(sys.argv[1:])
