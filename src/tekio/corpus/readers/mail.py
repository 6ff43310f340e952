"""Mail (.eml) and pages saved as one file (.mhtml): decoded bodies, headers as fields, attachments as documents."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any, cast

from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document, option_int, option_tables, option_text
from tekio.corpus.readers.web import html_rows
from tekio.recipe.corpus import SourceConfig
from tekio.text.encoding import decode
from tekio.text.html import page_text, parse_html
from tekio.text.tables.render import Count
from tekio.text.unreadable import UnreadableError

MAX_FILE_BYTES = 100_000_000
MAX_PARTS = 1_000
MAX_DEPTH = 8
_QUOTED = re.compile(r"^[ \u3000]*[>＞|]")
_QUOTE_HEAD = re.compile(
    r"^(?:[-_=]{3,}\s*(?:Original Message|元のメッセージ|転送メッセージ|Forwarded message).*"
    r"|On .{5,200} wrote:|.{0,40}[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日.{0,120}(?:のメール|wrote|書きました)[:：]?)\s*$",
    re.IGNORECASE,
)


def read_mail(source: SourceConfig, file: UnitFile) -> Rows:
    """A message. Options: `quotes` (keep, cut: leave quoted replies out), `tables`, `max_file_bytes`."""
    quotes = option_text(source, "quotes", "keep")
    if quotes not in ("keep", "cut"):
        raise ValueError(f"sources.{source.name}.options.quotes: keep or cut, not {quotes!r}")
    message = email.message_from_bytes(
        file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES)), policy=policy.compat32
    )
    if not message.keys():
        raise UnreadableError("not_mail", {})
    body, attached = _parts(message)
    tables = option_tables(source)
    text, count = _body_text(body, source, tables)
    meta: dict[str, Any] = {name: _header(message, name) for name in ("from", "to", "cc") if message[name]}
    if quotes == "cut":
        kept, cut = cut_quotes(text)
        if cut:
            meta["quoted_characters_cut"] = len("".join(cut.split()))
            left = make_document(source, file, cut, part="quoted")
            yield Rejected(left.uri, "quoted_reply", {"characters": meta["quoted_characters_cut"]}, left)
        text = kept
    document = make_document(
        source,
        file,
        text.strip("\n"),
        title=_header(message, "subject") or None,
        published=_date(message),
        meta=meta | {"attachments": len(attached), "transforms": ["mail"]} | count.meta(),
    )
    if document.text.strip():
        yield document
    else:
        yield Rejected(document.uri, "no_text", {}, document, whole_file=not attached)
    yield from _attachments(source, file, attached)


def read_saved_page(source: SourceConfig, file: UnitFile) -> Rows:
    """A page saved as .mhtml: its first HTML part."""
    message = email.message_from_bytes(
        file.read(option_int(source, "max_file_bytes", MAX_FILE_BYTES)), policy=policy.compat32
    )
    page = next(
        (part for part in _leaves(message) if part.get_content_type() in ("text/html", "application/xhtml+xml")), None
    )
    if page is None:
        raise UnreadableError("no_text", {"parts": "no HTML part"})
    yield from html_rows(source, file, _payload(page), declared=page.get_content_charset())


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in cast("list[object]", payload)[:MAX_PARTS]:
            if isinstance(part, Message):
                yield from _leaves(cast("Message", part), depth + 1)
    else:
        yield message


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _parts(message: Message) -> tuple[list[Message], list[Message]]:
    """(the parts that make the body, attachments): of alternatives plain text is taken when there is any."""
    plain: list[Message] = []
    pages: list[Message] = []
    attached: list[Message] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or (part.get_filename() and not kind.startswith("text/")):
            attached.append(part)
        elif kind == "text/plain":
            plain.append(part)
        elif kind == "text/html":
            pages.append(part)
        elif kind == "message/rfc822":
            attached.append(part)
    return plain or pages, attached


def _body_text(parts: list[Message], source: SourceConfig, tables: Any) -> tuple[str, Count]:
    texts: list[str] = []
    count = Count()
    for part in parts:
        raw = _payload(part)
        if not raw.strip():
            continue
        if part.get_content_type() == "text/html":
            read = page_text(parse_html(raw, declared=part.get_content_charset()), tables=tables)
            count.add(read.tables)
            texts.append(read.text)
        else:
            texts.append(decode(raw, part.get_content_charset() or option_text(source, "encoding")).text)
    return "\n".join(texts).replace("\r\n", "\n").replace("\r", "\n"), count


def cut_quotes(text: str) -> tuple[str, str]:
    """(the text without quoted replies, the quoted lines): lines after `>`, and all after a reply's opening line."""
    lines = text.split("\n")
    kept: list[str] = []
    cut: list[str] = []
    for place, line in enumerate(lines):
        if _QUOTE_HEAD.match(line):
            cut += lines[place:]
            break
        (cut if _QUOTED.match(line) else kept).append(line)
    return "\n".join(kept).strip("\n"), "\n".join(cut).strip("\n")


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (LookupError, UnicodeError, ValueError):
        return " ".join(str(value).split())


def _date(message: Message) -> str | None:
    try:
        return parsedate_to_datetime(str(message.get("date"))).date().isoformat()
    except (TypeError, ValueError, IndexError):
        return None


def _attachments(source: SourceConfig, file: UnitFile, attached: list[Message]) -> Rows:
    from tekio.corpus.readers.dispatch import read_member

    for place, part in enumerate(attached, start=1):
        try:
            name = str(make_header(decode_header(part.get_filename() or "")))
        except (LookupError, UnicodeError, ValueError):
            name = ""
        name = PurePosixPath(name.replace("\\", "/")).name or f"attachment-{place}"
        payload = part.get_payload()
        if (
            part.get_content_type() == "message/rfc822"
            and isinstance(payload, list)
            and isinstance(payload[0], Message)
        ):
            raw, name = payload[0].as_bytes(), name if name.endswith(".eml") else f"{name}.eml"
        else:
            raw = _payload(part)
        uri = f"{file.uri}!/{name}"
        if uri.count("!/") > 3:
            yield Rejected(uri, "nested_archive", {"bytes": len(raw)})
        else:
            yield from read_member(source, UnitFile(file.path, uri, len(raw), content=raw))
