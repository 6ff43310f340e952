"""Electronic books (.epub) as documents (read by `tekio.text.office.epub`)."""

from __future__ import annotations

from typing import Any

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
from tekio.recipe.corpus import SourceConfig
from tekio.text.dates import iso_date
from tekio.text.html import page_text
from tekio.text.office.epub import read_epub
from tekio.text.tables.render import Count

MAX_FILE_BYTES = 200_000_000


def read_book(source: SourceConfig, file: UnitFile) -> Rows:
    """A book. Options: `by` (file: one document; chapter: one a document of the spine), `tables`, `max_file_bytes`."""
    by = option_text(source, "by", "file")
    if by not in ("file", "chapter"):
        raise wrong_option(source, "by", by, one_of("file", "chapter"))
    book = read_epub(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES)))
    tables, total = option_tables(source), Count()
    meta: dict[str, Any] = {"transforms": ["epub"]} | ({"author": book.author} if book.author else {})
    common: dict[str, Any] = {"title": book.title, "published": iso_date(book.date)}
    texts: list[str] = []
    for chapter in book.chapters:
        read = page_text(chapter.root, tables=tables)
        part = f"chapter={chapter.name}"
        for place, left in enumerate(read.dropped, start=1):
            document = make_document(source, file, left, part=f"{part};table={place}", **common)
            yield Rejected(document.uri, "table_dropped", {"characters": len("".join(left.split()))}, document)
        if chapter.contents:
            document = make_document(source, file, read.text, part=part, meta=meta, **common)
            yield Rejected(document.uri, "table_of_contents", {"characters": len("".join(read.text.split()))}, document)
        elif by == "chapter" and read.text.strip():
            yield make_document(source, file, read.text, part=part, meta=meta | read.tables.meta(), **common)
        if not chapter.contents and read.text.strip():
            texts.append(read.text)
            total.add(read.tables)
    document = make_document(source, file, "\n\n".join(texts), meta=meta | total.meta(), **common)
    if not texts:
        yield Rejected(document.uri, "no_text", {"chapters": len(book.chapters)}, document, whole_file=True)
    elif by == "file":
        yield document
