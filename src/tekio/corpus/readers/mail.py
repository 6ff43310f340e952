"""Mail (.eml, .msg), saved pages (.mhtml) and calendars (.ics) as documents (read by `tekio.text.office`); attachments are documents too."""

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
from tekio.corpus.readers.value_tables import is_attached_table, read_attached_table
from tekio.corpus.readers.web import MAX_FRAMES, html_rows
from tekio.recipe.corpus import SourceConfig
from tekio.text.encoding import decode
from tekio.text.html import block_text, page_text, parse_html_text
from tekio.text.office.calendar import calendar_text
from tekio.text.office.mail import Mail, cut_quotes, read_mail
from tekio.text.office.msg import read_msg
from tekio.text.tables.drawn import write_drawn_tables
from tekio.text.tables.render import Count, Tables
from tekio.text.unreadable import UnreadableError

MAX_FILE_BYTES = 100_000_000
AS_WHOLE = 0.6
"""Of a plain body's letters, how many the page beside it has at least to be the same message."""


def read_message(source: SourceConfig, file: UnitFile) -> Rows:
    """A message. Options: `quotes` (keep, cut: leave quoted replies out), `tables`, `max_file_bytes`."""
    yield from mail_rows(source, file, read_mail(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))))


def read_outlook(source: SourceConfig, file: UnitFile) -> Rows:
    """A message saved by Outlook (.msg). Options: as `read_message`."""
    yield from mail_rows(source, file, read_msg(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))))


def read_calendar(source: SourceConfig, file: UnitFile) -> Rows:
    """A calendar: its events as lines, a blank line between them. Options: `encoding`, `max_file_bytes`."""
    raw = file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    text = calendar_text(decode(raw, option_text(source, "encoding")).text)
    if not text:
        raise UnreadableError("no_text", {"events": 0})
    yield make_document(source, file, text, meta={"transforms": ["calendar"]})


def read_saved_page(source: SourceConfig, file: UnitFile) -> Rows:
    """A page saved as .mhtml: its first HTML part, then what its frames show, a document each. Options: those of `html`."""
    raw = file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))
    mail = read_mail(raw, prefer_html=True, attachments=False)
    if not mail.bodies or not mail.bodies[0].html:
        raise UnreadableError("no_text", {"parts": "no HTML part"})
    shown = [
        row
        for number, page in enumerate(mail.frames[:MAX_FRAMES], start=1)
        for row in html_rows(source, file, page.encode(), part=f"frame={number}", declared="utf-8")
        if not (isinstance(row, Rejected) and row.reason in ("no_text", "frames"))
    ]
    for row in html_rows(source, file, mail.bodies[0].text.encode(), declared="utf-8"):
        if not (shown and isinstance(row, Rejected) and row.reason == "frames"):  # the page is its frames
            yield row
    yield from shown


def mail_rows(source: SourceConfig, file: UnitFile, mail: Mail) -> Rows:
    """The documents of a message: its body, then its attachments."""
    quotes = option_text(source, "quotes", "keep")
    if quotes not in ("keep", "cut"):
        raise wrong_option(source, "quotes", quotes, one_of("keep", "cut"))
    text, cut, count, dropped = _written(mail, option_tables(source), cut=quotes == "cut")
    meta: dict[str, Any] = {name: mail.headers[name] for name in ("from", "to", "cc") if name in mail.headers}
    if cut:
        meta["quoted_characters_cut"] = len("".join(cut.split()))
        left = make_document(source, file, cut, part="quoted")
        yield Rejected(left.uri, "quoted_reply", {"characters": meta["quoted_characters_cut"]}, left)
    for place, table in enumerate(dropped, start=1):
        left = make_document(source, file, table, part=f"table={place}")
        yield Rejected(left.uri, "table_dropped", {"characters": len("".join(table.split()))}, left)
    document = make_document(
        source,
        file,
        _with_calendar(text.strip("\n"), mail.calendar),
        title=mail.headers.get("subject"),
        published=mail.date,
        meta=meta | {"attachments": len(mail.attachments), "transforms": ["mail"]} | count.meta(),
    )
    if document.text.strip():
        yield document
    else:
        yield Rejected(document.uri, "no_text", {}, document, whole_file=not mail.attachments)
    yield from _attachments(source, file, mail.attachments)


def _with_calendar(text: str, calendar: str) -> str:
    """The text with what its invitations say behind it; lines that it has already (Outlook writes them twice) are left."""
    had = {"".join(line.split()) for line in text.split("\n")}
    added = "\n".join(line for line in calendar.split("\n") if not line or "".join(line.split()) not in had).strip("\n")
    return f"{text}\n\n{added}" if text and added else text or added


def _written(mail: Mail, tables: Tables, *, cut: bool) -> tuple[str, str, Count, list[str]]:
    """(a message's text, its quoted replies where they are cut, cells in and out, tables left out).

    Of two forms the plain one is taken, but where the page holds a table: there the plain one has lost rows and columns.
    """
    if mail.page and not any(body.html for body in mail.bodies):
        text, quoted, count, dropped = _read_page(mail.page, tables, cut=cut)
        plain = "".join(body.text for body in mail.bodies)
        if count.tables and len("".join((text + quoted).split())) >= len("".join(plain.split())) * AS_WHOLE:
            return text, quoted, count, dropped
    texts, held, total, left = list[str](), list[str](), Count(), list[str]()
    for body in mail.bodies:
        if body.html:
            text, quoted, count, dropped = _read_page(body.text, tables, cut=cut)
            total.add(count)
            left += dropped
        else:
            text, quoted = cut_quotes(body.text) if cut else (body.text, "")
            text, count, dropped = write_drawn_tables(text, tables)
            total.add(count)
            left += dropped
        texts.append(text)
        held += [quoted] if quoted else []
    return "\n".join(texts), "\n".join(held), total, left


def _read_page(page: str, tables: Tables, *, cut: bool) -> tuple[str, str, Count, list[str]]:
    """A body in HTML, as `_written` gives it."""
    root, quoted = parse_html_text(page), list[str]()
    for block in list(root.iter("blockquote")) if cut else []:
        if block.getparent() is not None and not any(above.tag == "blockquote" for above in block.iterancestors()):
            quoted.append(block_text(block))
            block.text, block[:] = "", []
    read = page_text(root, tables=tables)
    text, after = cut_quotes(read.text, taken_out=bool(quoted)) if cut else (read.text, "")
    return text, "\n".join(part for part in (after, *quoted) if part), read.tables, read.dropped


def _attachments(source: SourceConfig, file: UnitFile, attached: list[tuple[str, bytes]]) -> Rows:
    from tekio.corpus.readers.dispatch import read_member

    for name, raw in attached:
        uri = f"{file.uri}!/{name}"
        if uri.count("!/") > 3:
            yield Rejected(uri, "nested_archive", {"bytes": len(raw)})
            continue
        inner = UnitFile(file.path, uri, len(raw), content=raw, attached=True, parts=file.parts)
        yield from (
            read_attached_table(source, inner) if is_attached_table(source, inner) else read_member(source, inner)
        )
