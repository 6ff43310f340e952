"""Mail (.eml, .msg) and saved pages (.mhtml) as documents (read by `tekio.text.office.mail`); attachments are documents too."""

from __future__ import annotations

from typing import Any

from tekio.corpus.readers.rows import (
    OptionError,
    Rejected,
    Rows,
    UnitFile,
    make_document,
    option_int,
    option_tables,
    option_text,
)
from tekio.corpus.readers.web import html_rows
from tekio.recipe.corpus import SourceConfig
from tekio.text.html import page_text, parse_html_text
from tekio.text.office.mail import Mail, cut_quotes, read_mail
from tekio.text.office.msg import read_msg
from tekio.text.tables.render import Count
from tekio.text.unreadable import UnreadableError

MAX_FILE_BYTES = 100_000_000


def read_message(source: SourceConfig, file: UnitFile) -> Rows:
    """A message. Options: `quotes` (keep, cut: leave quoted replies out), `tables`, `max_file_bytes`."""
    yield from mail_rows(source, file, read_mail(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))))


def read_outlook(source: SourceConfig, file: UnitFile) -> Rows:
    """A message saved by Outlook (.msg). Options: as `read_message`."""
    yield from mail_rows(source, file, read_msg(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES))))


def read_saved_page(source: SourceConfig, file: UnitFile) -> Rows:
    """A page saved as .mhtml: its first HTML part. Options: those of `html`."""
    mail = read_mail(file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES)), prefer_html=True)
    if not mail.bodies or not mail.bodies[0].html:
        raise UnreadableError("no_text", {"parts": "no HTML part"})
    yield from html_rows(source, file, mail.bodies[0].text.encode(), declared="utf-8")


def mail_rows(source: SourceConfig, file: UnitFile, mail: Mail) -> Rows:
    """The documents of a message: its body, then its attachments."""
    quotes = option_text(source, "quotes", "keep")
    if quotes not in ("keep", "cut"):
        raise OptionError(f"sources.{source.name}.options.quotes: keep or cut, not {quotes!r}")
    tables, count, texts = option_tables(source), Count(), list[str]()
    for body in mail.bodies:
        if body.html:
            read = page_text(parse_html_text(body.text), tables=tables)
            count.add(read.tables)
            texts.append(read.text)
        else:
            texts.append(body.text)
    text = "\n".join(texts)
    meta: dict[str, Any] = {name: mail.headers[name] for name in ("from", "to", "cc") if name in mail.headers}
    if quotes == "cut":
        text, cut = cut_quotes(text)
        if cut:
            meta["quoted_characters_cut"] = len("".join(cut.split()))
            left = make_document(source, file, cut, part="quoted")
            yield Rejected(left.uri, "quoted_reply", {"characters": meta["quoted_characters_cut"]}, left)
    document = make_document(
        source,
        file,
        text.strip("\n"),
        title=mail.headers.get("subject"),
        published=mail.date,
        meta=meta | {"attachments": len(mail.attachments), "transforms": ["mail"]} | count.meta(),
    )
    if document.text.strip():
        yield document
    else:
        yield Rejected(document.uri, "no_text", {}, document, whole_file=not mail.attachments)
    yield from _attachments(source, file, mail.attachments)


def _attachments(source: SourceConfig, file: UnitFile, attached: list[tuple[str, bytes]]) -> Rows:
    from tekio.corpus.readers.dispatch import read_member

    for name, raw in attached:
        uri = f"{file.uri}!/{name}"
        if uri.count("!/") > 3:
            yield Rejected(uri, "nested_archive", {"bytes": len(raw)})
        else:
            yield from read_member(source, UnitFile(file.path, uri, len(raw), content=raw))
