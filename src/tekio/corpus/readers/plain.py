"""Plain text and Aozora Bunko files: one file, one document."""

from __future__ import annotations

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables, option_text
from tekio.recipe.corpus import SourceConfig
from tekio.text.aozora import looks_like_aozora, read_aozora
from tekio.text.encoding import decode
from tekio.text.spaced_letters import join_letters
from tekio.text.tables.drawn import write_drawn_tables

MAX_FILE_BYTES = 100_000_000
MAX_LINE_CHARACTERS = 5_000_000


def read_text(source: SourceConfig, file: UnitFile) -> Rows:
    """A text file. Options: `encoding` (declared charset), `tables` (those that lines draw), `max_file_bytes`, `max_line_characters`."""
    raw = file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    yield from text_rows(source, file, raw)


def text_rows(source: SourceConfig, file: UnitFile, raw: bytes, *, aozora: bool = False, part: str = "") -> Rows:
    """The document of a text file's bytes; with `reader: auto` Aozora's markup is recognised."""
    uri = f"{file.uri}#{part}" if part else file.uri
    decoded = decode(raw, option_text(source, "encoding"))
    limit = option_int(source, "max_line_characters", MAX_LINE_CHARACTERS)
    if len(decoded.text) > limit and (longest := max(map(len, decoded.text.split("\n")))) > limit:
        yield Rejected(uri, "line_too_long", {"characters": longest, "limit": limit}, whole_file=not part)
        return
    meta: dict[str, object] = {"encoding": decoded.encoding}
    if decoded.declared_wrong:
        meta["declared_encoding_wrong"] = option_text(source, "encoding")
    if aozora or (source.reader == "auto" and looks_like_aozora(decoded.text)):
        work = read_aozora(decoded.text)
        meta |= {"transforms": ["aozora"], "aozora": {key: work.counts[key] for key in sorted(work.counts)}}
        if work.author:
            meta["author"] = work.author
        document = make_document(
            source,
            file,
            work.text,
            part=part,
            title=work.title,
            published=work.published,
            license=work.license,
            meta=meta,
        )
    else:
        text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        text, count, dropped = write_drawn_tables(text, option_tables(source))
        together = join_letters(text)
        if together.joined or together.specks:
            meta["transforms"] = ["ocr_debris"]
        document = make_document(source, file, together.text, part=part, meta=meta | count.meta())
        if together.specks:
            measured = {"lines": len(together.specks), "characters": sum(map(len, together.specks))}
            left = make_document(source, file, "\n".join(together.specks), part=f"{part};ocr_debris".lstrip(";"))
            yield Rejected(left.uri, "ocr_debris", measured, left)
        for place, table in enumerate(dropped, start=1):
            left = make_document(source, file, table, part=f"{part};table={place}".lstrip(";"))
            yield Rejected(left.uri, "table_dropped", {"characters": len("".join(table.split()))}, left)
    if not document.text.strip():
        yield Rejected(uri, "empty", {"characters": len(decoded.text)}, document, whole_file=not part)
        return
    yield document


def read_aozora_file(source: SourceConfig, file: UnitFile) -> Rows:
    """An Aozora Bunko text file: markup, header and colophon removed, title, author and license taken from them."""
    raw = file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    yield from text_rows(source, file, raw, aozora=True)
