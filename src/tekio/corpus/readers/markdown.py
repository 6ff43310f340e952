"""Markdown files (.md) as documents: links and emphasis become their text, pictures go, tables are tables."""

from __future__ import annotations

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables, option_text
from tekio.corpus.readers.web import page_title
from tekio.recipe.corpus import SourceConfig
from tekio.text.encoding import decode
from tekio.text.html import page_text
from tekio.text.markdown import parse_markdown

MAX_FILE_BYTES = 50_000_000


def read_markdown(source: SourceConfig, file: UnitFile) -> Rows:
    """A Markdown file. Options: `tables`, `encoding`, `max_file_bytes`."""
    raw = file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    decoded = decode(raw, option_text(source, "encoding"))
    root = parse_markdown(decoded.text.replace("\r\n", "\n").replace("\r", "\n"))
    read = page_text(root, tables=option_tables(source))
    document = make_document(
        source,
        file,
        read.text,
        title=page_title(root),
        meta={"encoding": decoded.encoding, "transforms": ["markdown"]} | read.tables.meta(),
    )
    for place, text in enumerate(read.dropped, start=1):
        left = make_document(source, file, text, part=f"table={place}")
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(text.split()))}, left)
    if not read.text.strip():
        yield Rejected(document.uri, "empty", {"characters": len(decoded.text)}, document, whole_file=True)
        return
    yield document
