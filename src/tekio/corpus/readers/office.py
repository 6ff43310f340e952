"""Word, PowerPoint and Excel files as documents (read by `tekio.text.office`), rich text, and Office's old binary forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables
from tekio.recipe.corpus import SourceConfig
from tekio.text.dates import iso_date
from tekio.text.html import page_text, parse_html_text
from tekio.text.office.docx import read_docx
from tekio.text.office.odp import read_odp
from tekio.text.office.ods import read_ods
from tekio.text.office.odt import read_odt
from tekio.text.office.package import OLE, OfficeFile, old_format
from tekio.text.office.pptx import read_pptx
from tekio.text.office.rtf import read_rtf
from tekio.text.office.xlsx import read_xlsx
from tekio.text.tables.render import Count, Tables
from tekio.text.unreadable import UnreadableError

MAX_FILE_BYTES = 200_000_000
MAX_WORKBOOK_BYTES = 50_000_000


def read_word(source: SourceConfig, file: UnitFile) -> Rows:
    """A .docx file as one document. Options: `tables`, `max_file_bytes`."""
    yield from _text_rows(source, file, read_docx, "word")


def read_open_document(source: SourceConfig, file: UnitFile) -> Rows:
    """An OpenDocument text (.odt) as one document. Options: as `read_word`."""
    yield from _text_rows(source, file, read_odt, "open_document")


def _text_rows(source: SourceConfig, file: UnitFile, opened: Callable[[bytes], OfficeFile], name: str) -> Rows:
    read = opened(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES)))
    text, count, dropped = _written(read.sections[0].blocks, option_tables(source))
    meta = _told(read) | {"transforms": [name]} | count.meta()
    document = make_document(source, file, text, title=read.title, told_as_of=_day(read), meta=meta)
    yield from _dropped(source, file, dropped)
    yield document if text.strip() else Rejected(document.uri, "no_text", {}, document, whole_file=True)


def read_slides(source: SourceConfig, file: UnitFile) -> Rows:
    """A .pptx file as one document, a blank line between slides; hidden slides are refused. Options: as `read_word`."""
    yield from _slide_rows(source, file, read_pptx)


def read_open_slides(source: SourceConfig, file: UnitFile) -> Rows:
    """An OpenDocument presentation (.odp) as `read_slides`. Options: as `read_word`."""
    yield from _slide_rows(source, file, read_odp)


def _slide_rows(source: SourceConfig, file: UnitFile, opened: Callable[[bytes], OfficeFile]) -> Rows:
    read = opened(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES)))
    tables, total = option_tables(source), Count()
    slides, dropped = list[str](), list[str]()
    for number, section in enumerate(read.sections, start=1):
        text, count, left = _written(["".join(section.blocks)], tables)
        if section.hidden:
            hidden = make_document(source, file, text, part=f"slide={number}", title=section.title)
            yield Rejected(hidden.uri, "hidden_slide", {"characters": len(text)}, hidden)
            continue
        total.add(count)
        dropped += left
        slides += [text] if text.strip() else []
    meta = _told(read) | {"slides": len(slides), "transforms": ["slides"]} | total.meta()
    document = make_document(source, file, "\n\n".join(slides), title=read.title, told_as_of=_day(read), meta=meta)
    yield from _dropped(source, file, dropped)
    yield document if slides else Rejected(document.uri, "no_text", {"slides": 0}, document, whole_file=True)


def read_workbook(source: SourceConfig, file: UnitFile) -> Rows:
    """A document a sheet of a workbook; hidden sheets are refused by name. Options: as `read_word`."""
    yield from _sheet_rows(source, file, read_xlsx)


def read_open_spreadsheet(source: SourceConfig, file: UnitFile) -> Rows:
    """A document a sheet of an OpenDocument spreadsheet (.ods). Options: as `read_word`."""
    yield from _sheet_rows(source, file, read_ods)


def _sheet_rows(source: SourceConfig, file: UnitFile, opened: Callable[[bytes], OfficeFile]) -> Rows:
    read = opened(file.read(option_int(source, "max_file_bytes", MAX_WORKBOOK_BYTES)))
    tables = option_tables(source)
    for sheet in read.sections:
        text, count, dropped = _written(sheet.blocks, tables)
        part = f"sheet={sheet.title}"
        meta = _told(read) | {"sheet": sheet.title, "transforms": ["workbook"]} | count.meta()
        meta |= {"formulas_without_value": read.uncalculated} if read.uncalculated else {}
        document = make_document(source, file, text, part=part, title=sheet.title, told_as_of=_day(read), meta=meta)
        yield from _dropped(source, file, dropped, f"{part};")
        if sheet.hidden:
            yield Rejected(document.uri, "hidden_sheet", {"characters": len(text)}, document)
        elif not text.strip():
            yield Rejected(document.uri, "no_text", {}, document)
        else:
            yield document


def read_old_office(_source: SourceConfig, file: UnitFile) -> Rows:
    """One refusal for a .doc, .xls or .ppt file, which says how to convert it."""
    raw = file.read(MAX_FILE_BYTES)
    if not raw.startswith(OLE):
        raise UnreadableError("unknown_format", {"name": file.name})
    reason, measured = old_format(raw)
    yield Rejected(file.uri, reason, measured, whole_file=True)


def read_rich_text(source: SourceConfig, file: UnitFile) -> Rows:
    """An .rtf file as one document. Options: as `read_word`."""
    read = read_rtf(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES)))
    text, count, dropped = _written(read.sections[0].blocks, option_tables(source))
    document = make_document(source, file, text, title=read.title, meta={"transforms": ["rich_text"]} | count.meta())
    yield from _dropped(source, file, dropped)
    if "\ufffd" in text:
        yield Rejected(document.uri, "broken_encoding", {"marks": text.count("\ufffd")}, document, whole_file=True)
    elif not text.strip():
        yield Rejected(document.uri, "no_text", {}, document, whole_file=True)
    else:
        yield document


def _written(blocks: Iterable[str], tables: Tables) -> tuple[str, Count, list[str]]:
    """(the text of blocks of HTML, a blank line between them; cells in and out; the text of each table left out)."""
    texts, count, dropped = list[str](), Count(), list[str]()
    for block in blocks:
        if not block:
            continue
        read = page_text(parse_html_text(f"<html><body>{block}</body></html>"), tables=tables)
        count.add(read.tables)
        dropped += read.dropped
        texts += [read.text] if read.text else []
    return "\n\n".join(texts), count, dropped


def _told(read: OfficeFile) -> dict[str, Any]:
    return {key: read.properties[key] for key in ("author", "created", "modified") if key in read.properties}


def _day(read: OfficeFile) -> str | None:
    return iso_date(read.properties.get("modified"))


def _dropped(source: SourceConfig, file: UnitFile, dropped: list[str], part: str = "") -> Rows:
    """A refusal for each table that was left out."""
    for place, text in enumerate(dropped, start=1):
        left = make_document(source, file, text, part=f"{part}table={place}")
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(text.split()))}, left)
