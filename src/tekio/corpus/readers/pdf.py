"""PDF: pages read by a process of their own, twice where there is a doubt.

pypdfium2 reads every page: its text in the file's order, and the place of every character. What it leaves out it leaves out
without an error, so a page with text that no character was told of, with characters whose font does not say what they are, or
without text is read by pdfplumber as well (`second_reader: always`: every page). Where both give the same characters the
page is taken; where they differ it is refused by
name (`extractors_disagree`), and a page that is only a picture is `no_text_layer`. Running heads and page numbers are
taken out, and lines are rejoined. Pages whose geometry shows columns or vertical lines are read in that order
(`tekio.text.pdf.layout`); where prose stands side by side and nothing shows how it is read, or the file's order and the
page's rows have the lines in different orders, the page is refused (`reading_order`). Tables, with ruling lines or of aligned figures, go through the one
table model; where headings of the latter are in doubt they stay rows of cells. With `ocr: tesseract` pages that are only a picture are recognised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from tekio.corpus.readers.pdf_page import ANY_MARK, Page, clean_page, judge, mark_of, remove_running_lines
from tekio.corpus.readers.rows import (
    Rejected,
    Rows,
    UnitFile,
    make_document,
    one_of,
    option_int,
    option_tables,
    option_text,
    wrong_option,
)
from tekio.errors import TekioError, Text
from tekio.recipe.corpus import SourceConfig
from tekio.text.circled import join_circles
from tekio.text.dates import iso_date
from tekio.text.line_form import columns
from tekio.text.lines import join_lines
from tekio.text.page_furniture import take_out_pages
from tekio.text.pdf.continued import PageOfTables, with_heads
from tekio.text.pdf.line_ends import LineEnds, PlacedLine, line_ends
from tekio.text.pdf.ocr import recognise, tesseract_identity, tesseract_problem
from tekio.text.pdf.read import ALWAYS, DOUBTFUL, PdfLimits, read_pdf_pages
from tekio.text.pdf.running_heads import Edge, running_heads, without_heads
from tekio.text.pdf.side_tabs import running_tabs
from tekio.text.pdf.tables import MARK, PageTable
from tekio.text.pdf.title import pdf_title
from tekio.text.revised import issue_date
from tekio.text.tables.render import Count, Tables, render
from tekio.text.unreadable import UnreadableError

MAX_FILE_BYTES = 100_000_000
MAX_PAGES = 3_000
MAX_SECONDS = 300
MAX_HEADS_TOLD = 20
OCR_CONFIDENCE = 75
OCR_SECONDS = 120
AGREEMENT = 0.9
"""Least share of common characters (Dice) for a page to be taken."""
LAYOUTS = ("lines", "columns", "vertical")


def read_pdf(source: SourceConfig, file: UnitFile) -> Rows:
    """A PDF file as one document (or one a page with `by: page`), and a refusal for every page that is not in it.

    Options: `by` (file, page), `tables`, `max_pages`, `max_seconds`, `max_file_bytes`, `second_reader` (doubtful, always),
    `agreement` (percent, default 90), `ocr` (none, tesseract), `ocr_confidence` (percent, default 75), `ocr_seconds` (a page, default 120).
    """
    raw = file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    max_pages = option_int(source, "max_pages", MAX_PAGES)
    limits = PdfLimits(seconds=option_int(source, "max_seconds", MAX_SECONDS), pages=max_pages)
    reading = read_pdf_pages(raw, limits, second=_second_reader(source))
    found, count, stopped = reading.pages, reading.count, reading.stopped
    if stopped and not found:
        raise UnreadableError(stopped, {"pages_read": 0})
    if stopped:
        yield Rejected(f"{file.uri}#page={len(found) + 1}", stopped, {"pages_read": len(found)})
    if count is not None and count > max_pages:
        yield Rejected(f"{file.uri}#page={max_pages + 1}", "too_many_pages", {"pages": count, "limit": max_pages})
    # One extractor may not see a running head (an annotation) that the other sees: compare without them.
    heads = running_heads([[Edge(**edge) for edge in line.get("edges", ())] for line in found])
    first, removed = _without_running_lines([clean_page(line.get("pdfium")) for line in found], heads)
    second, _ = _without_running_lines(
        [clean_page(_second_reading(line, number)) for number, line in enumerate(found)], heads
    )
    least = option_int(source, "agreement", round(AGREEMENT * 100)) / 100
    pages = [judge(line, one, two, least) for line, one, two in zip(found, first, second, strict=True)]
    if wants_ocr(source):
        _recognise(source, raw, pages)
    tabs = [clean_page(line.get("tab")) for line in found]
    running = running_tabs(tabs)
    removed += sum(tab in running for tab in tabs)
    for page, tab in zip(pages, tabs, strict=True):
        if tab and tab not in running:
            page.text += f"\n{tab}"
    told = [*sorted(running), *dict.fromkeys(head for page in heads for head in sorted(page))][:MAX_HEADS_TOLD]
    lines = [_placed(line) for line in found]
    title = pdf_title(lines, pages[0].text if pages else "", reading.told.get("title", ""))
    issued = issue_date(f"{title or '-'}\n{clean_page(found[0].get('pdfium'))}") if found else None
    whole = _Whole(line_ends(lines), title, issued, _day(reading.told))
    yield from _documents(
        source, file, pages, whole, {"running_lines_removed": removed} | ({"running_heads": told} if told else {})
    )


def _second_reader(source: SourceConfig) -> int:
    name = option_text(source, "second_reader", "doubtful")
    if name not in ("doubtful", "always"):
        raise wrong_option(source, "second_reader", name, one_of("doubtful", "always"))
    return ALWAYS if name == "always" else DOUBTFUL


def wants_ocr(source: SourceConfig) -> bool:
    """Whether the source's scanned pages are to be recognised. Raises `RecipeError` for another program than Tesseract."""
    name = option_text(source, "ocr", "none")
    if name not in ("none", "tesseract"):
        raise wrong_option(source, "ocr", name, one_of("none", "tesseract"))
    return name == "tesseract"


def programs_of(source: SourceConfig) -> dict[str, str]:
    """Programs outside of Tekio that a source's documents depend on, with what they are (for the stage's key)."""
    return {"tesseract": tesseract_identity()} if source.options.get("ocr") == "tesseract" else {}


def _recognise(source: SourceConfig, raw: bytes, pages: Sequence[Page]) -> None:
    """Read the pages that are only a picture with Tesseract; those it is not sure of stay refused, by name."""
    least = option_int(source, "ocr_confidence", OCR_CONFIDENCE)
    seconds = option_int(source, "ocr_seconds", OCR_SECONDS)
    for page in pages:
        if page.reason != "no_text_layer":
            continue
        if problem := tesseract_problem():
            raise TekioError(
                Text(
                    f"Scanned pages cannot be recognised: {problem} is missing.",
                    f"スキャンの文字認識に必要な {problem} がありません。",
                ),
                where=f"sources.{source.name}.options.ocr",
                fix=Text(
                    "apt-get install tesseract-ocr tesseract-ocr-jpn tesseract-ocr-jpn-vert",
                    "apt-get install tesseract-ocr tesseract-ocr-jpn tesseract-ocr-jpn-vert",
                ),
            )
        scan = recognise(raw, page.number, seconds, least)
        page.text, page.confidence, page.ocr = scan.text, scan.confidence, scan.language
        measured = {"confidence": scan.confidence, "limit": least, "language": scan.language}
        page.reason, page.measured = None, None
        page.layout = "vertical" if scan.language == "jpn_vert" else "lines"
        page.left_out = {"ocr_figures": scan.figures, "low_ocr_confidence": scan.unsure}
        if scan.failed:
            page.reason, page.measured = f"ocr_{scan.failed}", {"seconds": seconds}
        elif not scan.text.strip() or scan.confidence < least:
            only_figures = bool(scan.figures) and scan.confidence >= least and not scan.unsure
            page.reason, page.measured = "ocr_figures" if only_figures else "low_ocr_confidence", measured
            page.text = "\n".join(line for line in (scan.text, *scan.figures, *scan.unsure) if line)


def _second_reading(line: dict[str, Any], number: int) -> object:
    """A page as geometry orders it, where it shows more than rows; else row by row. A mark stands for each table."""
    layout = cast("dict[str, Any] | None", line.get("layout"))
    if layout is None:
        return line.get("second")
    text = str(layout["text"])
    for place in range(len(layout["tables"])):
        text = text.replace(MARK.format(place), f"\n{mark_of(number + 1, place)}\n")
    return text


def _page_of_tables(page: Page) -> PageOfTables:
    marks = [mark_of(page.number, place) for place in range(len(page.tables))]
    text = page.text.strip()
    begins = next((place for place, mark in enumerate(marks) if text.startswith(mark)), None)
    ends = next((place for place, mark in enumerate(marks) if text.endswith(mark)), None)
    last = next((line for line in reversed(text.split("\n")) if line.strip()), "")
    return PageOfTables(page.number, page.tables, begins, ends, page.height, page.head_at_end, last)


def _without_running_lines(readings: Sequence[str], heads: Sequence[set[str]]) -> tuple[list[str], int]:
    """The pages' texts without heads known by their place, and those that recur."""
    without = [without_heads(text, found) for text, found in zip(readings, heads, strict=True)]
    texts, removed = remove_running_lines([text for text, _ in without])
    return texts, removed + sum(count for _, count in without)


def _placed(line: dict[str, Any]) -> list[PlacedLine]:
    """Where a page's lines stand, with the characters that `_clean` leaves."""
    return [PlacedLine("".join(clean_page(text).split()), *place) for text, *place in line.get("lines") or ()]


@dataclass(frozen=True)
class _Whole:
    """What is known of a file besides its pages' texts. issued: the day that its first page tells, running heads and all. day: when the file was changed last, or made."""

    ends: LineEnds
    title: str | None
    issued: str | None
    day: str | None


def _day(told: Mapping[str, str]) -> str | None:
    """The day in a file's fields for dates (D:20200624055414Z; ISO 32000-1, 7.9.4)."""
    dates = (re.match(r"(?:D:)?([0-9]{4})([0-9]{2})([0-9]{2})", told.get(name, "")) for name in ("modified", "created"))
    return next((day for found in dates if found and (day := iso_date("-".join(found.groups())))), None)


def _documents(source: SourceConfig, file: UnitFile, pages: list[Page], whole: _Whole, told: dict[str, Any]) -> Rows:
    taken = [page for page in pages if page.reason is None]
    for page in pages:
        if page.reason is not None:
            document = make_document(source, file, page.text, part=f"page={page.number}") if page.text.strip() else None
            yield Rejected(f"{file.uri}#page={page.number}", page.reason, page.measured or {}, document)
        for reason, lines in page.left_out.items():
            if lines and page.reason is None:
                left = make_document(source, file, "\n".join(lines), part=f"page={page.number};{reason}")
                yield Rejected(left.uri, reason, {"lines": len(lines)}, left)
        for place, mixed in enumerate(page.mixed if page.reason is None else (), start=1):
            left = make_document(source, file, mixed, part=f"page={page.number};figure={place}")
            yield Rejected(left.uri, "reading_order", {"characters": len("".join(mixed.split()))}, left)
    if not taken:
        if not pages:
            yield Rejected(file.uri, "no_text", {"pages": 0}, whole_file=True)
        return
    how = option_tables(source)
    headed, continued = [page.tables for page in taken], 0
    if how in ("labelled", "markdown"):  # else the rows are written as they stand
        headed, continued = with_heads([_page_of_tables(page) for page in taken])
    told = told | ({"tables_continued": continued} if continued else {})
    groups = [[page] for page in taken] if option_text(source, "by", "file") == "page" else [taken]
    widths = {kind: full_width([page.text for page in taken if page.layout == kind], kind) for kind in LAYOUTS}
    tables = {
        mark_of(page.number, place): table
        for page, own in zip(taken, headed, strict=True)
        for place, table in enumerate(own)
    }
    for group in groups:
        runs = [(kind, list(run)) for kind, run in groupby(group, key=lambda page: page.layout)]
        unpaged = [
            (kind, take_out_pages("\f".join(page.text for page in run), heads=False, places=whole.ends))
            for kind, run in runs
        ]
        joined = [join_lines(run.text, width=widths[kind], places=whole.ends) for kind, run in unpaged]
        meta: dict[str, Any] = {"pages": [page.number for page in group]}
        if read := [page for page in group if page.confidence is None]:
            if compared := [page for page in read if page.agreement is not None]:
                meta["agreement"] = round(min(page.agreement or 0.0 for page in compared), 3)
                meta["read_twice"] = [page.number for page in compared]
            meta["order_agreement"] = round(min(page.order for page in read), 3)
        if scans := [page for page in group if page.confidence is not None]:
            meta["ocr"] = programs_of(source)["tesseract"]
            meta["ocr_pages"] = {str(page.number): page.confidence for page in scans}
            meta["ocr_confidence"] = min(page.confidence or 0.0 for page in scans)
        meta |= {
            "transforms": ["pdf", "running_lines", "joined_lines"],
            "lines_joined": sum(run.joined for run in joined),
            **told,
            "running_lines_removed": told["running_lines_removed"] + sum(len(run.removed) for _, run in unpaged),
        }
        for kind in LAYOUTS[1:]:
            if set_so := [page.number for page in group if page.layout == kind and not page.ocr]:
                meta[f"{kind}_pages"] = set_so
        meta |= {name: total for name in ("readings", "twice") if (total := sum(getattr(page, name) for page in group))}
        text, count, dropped = _with_tables(join_circles("\n".join(run.text for run in joined)), tables, how)
        part = f"page={group[0].number}" if len(groups) > 1 else ""
        for place, left_out in enumerate(dropped, start=1):
            left = make_document(source, file, left_out, part=f"{part};table={place}".lstrip(";"))
            yield Rejected(left.uri, "table_dropped", {"characters": len("".join(left_out.split()))}, left)
        issued = issue_date(text) or whole.issued
        document = make_document(
            source,
            file,
            text,
            part=part,
            title=whole.title,
            published=issued,
            told_as_of=whole.day,
            meta=meta | count.meta(),
        )
        yield document if text.strip() else Rejected(document.uri, "no_text", {"pages": len(group)}, document)


def _with_tables(text: str, tables: dict[str, PageTable], how: Tables) -> tuple[str, Count, list[str]]:
    """(the text with the tables in their places, cells in and out, the text of each table left out)."""
    count, dropped = Count(), list[str]()

    def written(mark: re.Match[str]) -> str:
        table = tables.get(mark[0])
        if table is None:
            return mark[0]
        rendered = render(table.grid(), "lines" if table.plain and how == "labelled" else how)
        count.add(rendered.count)
        if rendered.dropped:
            dropped.append(rendered.dropped)
        return "\n".join(rendered.lines)

    return ANY_MARK.sub(written, text), count, dropped


def full_width(texts: Sequence[str], layout: str = "lines") -> int | None:
    """The width in columns of the full lines of running text: nearly the widest, because tables have short lines.

    Of pages in columns or vertical lines it is what most lines have: a heading over the columns is wider.
    """
    widths = sorted(columns(line) for text in texts for line in text.split("\n") if line)
    if len(widths) < 10:  # two lines as wide as each other are full ones where geometry parted the lines
        return widths[-1] if layout != "lines" and len(widths) > 1 and 16 <= widths[-1] <= widths[-2] + 4 else None
    width = widths[int(len(widths) * (0.97 if layout == "lines" else 0.75))]
    return width if width >= (40 if layout == "lines" else 16) else None
