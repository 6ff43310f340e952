"""Markdown files (.md) as documents: links and emphasis become their text, pictures go, tables are tables.

Scrapes of sites and of scanned documents are held in this form: what a page of a site holds beside its text is left out
(`tekio.text.site_navigation`), and what recognition left of formulas is repaired (`tekio.text.ocr_debris`).
"""

from __future__ import annotations

from dataclasses import replace

from tekio.corpus.readers.page_facts import page_title
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables, option_text
from tekio.recipe.corpus import SourceConfig
from tekio.text.dates import iso_date
from tekio.text.encoding import decode
from tekio.text.html import letters_of, page_text
from tekio.text.markdown import front_matter, parse_markdown
from tekio.text.ocr_debris import repair_debris
from tekio.text.page_widgets import without_widgets
from tekio.text.site_navigation import drop_navigation
from tekio.text.validity import told_day

MAX_FILE_BYTES = 50_000_000


def read_markdown(source: SourceConfig, file: UnitFile) -> Rows:
    """A Markdown file. Options: `part` (main, all: navigation too), `tables`, `encoding`, `max_file_bytes`."""
    raw = file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    decoded = decode(raw, option_text(source, "encoding"))
    markdown = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    root, told = parse_markdown(markdown), front_matter(markdown)
    title = told.get("title") or page_title(root)
    whole = letters_of(root)
    has_text = option_text(source, "part", "main") == "all" or drop_navigation(root)
    left_out = whole - letters_of(root)
    read = page_text(root, tables=option_tables(source))
    if option_text(source, "part", "main") != "all":
        text, widgets = without_widgets(read.text)
        read, left_out = replace(read, text=text), left_out + widgets
    repaired = repair_debris(read.text)
    transforms = ["markdown", *(["ocr_debris"] if repaired.repaired or repaired.damaged else [])]
    meta: dict[str, object] = {"encoding": decoded.encoding, "transforms": transforms}
    if left_out:
        meta["left_out_characters"] = left_out
    ruined = repaired.is_ruined
    document = make_document(
        source,
        file,
        read.text if ruined else repaired.text,
        title=title and repair_debris(title).text,
        published=iso_date(told.get("date")),
        told_as_of=told_day(told),
        meta=meta | read.tables.meta(),
    )
    for place, text in enumerate(read.dropped, start=1):
        left = make_document(source, file, text, part=f"table={place}")
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(text.split()))}, left)
    measured = {"lines": len(repaired.damaged), "characters": sum(len(line) for line in repaired.damaged)}
    if not read.text.strip():
        yield Rejected(document.uri, "empty", {"characters": len(decoded.text)}, document, whole_file=True)
    elif not has_text:
        yield Rejected(document.uri, "links_only", {"characters": whole}, document)
    elif ruined:
        yield Rejected(document.uri, "ocr_debris", measured, document)
    else:
        if repaired.damaged:
            damaged = make_document(source, file, "\n".join(repaired.damaged), part="ocr_debris")
            yield Rejected(damaged.uri, "ocr_debris", measured, damaged)
        yield document
