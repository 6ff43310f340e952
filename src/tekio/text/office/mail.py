"""Mail (.eml) and saved pages (.mhtml): decoded headers and bodies, quoted replies, attachments with their names."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import cast

from tekio.text.encoding import decode
from tekio.text.html import declared_charset
from tekio.text.office.calendar import calendar_text, is_calendar
from tekio.text.office.flowed import unflowed
from tekio.text.unreadable import UnreadableError

HEADERS = ("subject", "from", "to", "cc", "date")
MAX_PARTS = 1_000
MAX_DEPTH = 8
_PAGES = ("text/html", "application/xhtml+xml")
_RULE = re.compile("[-_＿=＝─━]{5,}")
_QUOTED = re.compile(r"^[ \u3000]*[>＞|]")
_QUOTE_HEAD = re.compile(
    r"^[-_=]{3,}\s*(?:Original Message|元のメッセージ|転送メッセージ|Forwarded message).*$", re.IGNORECASE
)
_ATTRIBUTION = re.compile(
    r"^(?:On .{5,200} wrote:|.{0,40}[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}日|[/.-][0-9]{1,2}[/.-][0-9]{1,2}).{0,120}(?:(?:のメール|wrote|書きました)[:：]?|<[^<>]{3,100}>[:：]))\s*$",
    re.IGNORECASE,
)
"""The line that says when who wrote what is quoted below it."""
_QUOTE_FROM = re.compile(r"^\s*(?:差出人|From)\s*[:：]", re.IGNORECASE)
_QUOTE_SENT = re.compile(r"^\s*(?:送信日時|日時|日付|Sent|Date)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    """A part of a message's text. html: whether `text` is a page."""

    text: str
    html: bool


@dataclass(frozen=True)
class Mail:
    """A message. date: its day as ISO text. attachments: (file name, bytes) in their order. page: its HTML form beside a plain one.

    frames: the further pages of a saved page, which its frames show. calendar: what its invitations say, in lines.
    """

    headers: dict[str, str]
    date: str | None
    bodies: list[Body]
    attachments: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    page: str = ""
    frames: list[str] = field(default_factory=list[str])
    calendar: str = ""


def read_mail(raw: bytes, *, prefer_html: bool = False, attachments: bool = True) -> Mail:
    """A message or saved page. `prefer_html`: its HTML form where it has both. `attachments`: decode what is attached.

    Raises `UnreadableError`: `not_mail`, `too_deep`, `too_many_members`, and those of `decode`.
    """
    message = email.message_from_bytes(raw, policy=policy.compat32)
    if not message.keys():
        raise UnreadableError("not_mail", {})
    plain: list[Message] = []
    pages: list[Message] = []
    attached: list[Message] = []
    events: list[str] = []
    parts = list(_leaves(message))
    if len(parts) > MAX_PARTS:
        raise UnreadableError("too_many_members", {"parts": len(parts), "limit": MAX_PARTS})
    for part in parts:
        kind = part.get_content_type()
        named = part.get_content_disposition() == "attachment"
        if is_calendar(kind, part.get_filename() or "") and (event := calendar_text(_text(part))):
            events += [event] if event not in events else []  # the same invitation is often there twice
        elif kind == "text/plain" and not named:
            plain.append(part)
        elif kind in _PAGES and not named:
            pages.append(part)
        elif named or part.get_filename() or kind == "message/rfc822":
            attached.append(part)
    chosen = pages[:1] if pages and prefer_html else plain or pages
    bodies = [Body(_text(part), part.get_content_type() in _PAGES) for part in chosen if _payload(part).strip()]
    headers = {name: header(message, name) for name in HEADERS if message[name]}
    page = _text(pages[0]) if len(pages) == 1 and len(bodies) == 1 and not bodies[0].html else ""
    held = [_attachment(part, at) for at, part in enumerate(attached, 1)] if attachments else []
    frames = [_text(part) for part in pages[1:]] if prefer_html else []
    return Mail(headers, _date(message), bodies, held, page, frames, "\n\n".join(events))


def cut_quotes(text: str, *, taken_out: bool = False) -> tuple[str, str]:
    """(the text without quoted replies, the quoted lines): lines after `>`, and all after a reply's opening line or its headers.

    An opening line above marked lines leaves what stands below them: the answer. taken_out: the quotes were elements, and are gone.
    """
    lines = text.split("\n")
    kept: list[str] = []
    cut: list[str] = []
    for place, line in enumerate(lines):
        opens = _ATTRIBUTION.match(line)
        if opens and (taken_out or _QUOTED.match(next((rest for rest in lines[place + 1 :] if rest.strip()), ""))):
            cut.append(line)
            continue
        if (
            opens
            or _QUOTE_HEAD.match(line)
            or (_QUOTE_FROM.match(line) and any(map(_QUOTE_SENT.match, lines[place + 1 : place + 4])))
        ):
            own = len(kept)
            while own and (not kept[own - 1].strip() or _RULE.fullmatch(kept[own - 1].strip())):
                own -= 1  # a rule above the headers of what is answered
            cut += [*kept[own:], *lines[place:]]
            kept = kept[:own]
            break
        (cut if _QUOTED.match(line) else kept).append(line)
    return "\n".join(kept).strip("\n"), "\n".join(cut).strip("\n")


def header(message: Message, name: str) -> str:
    """A header, decoded, on one line."""
    return _decoded(message.get(name) or "")


def _decoded(value: str) -> str:
    try:
        text = str(make_header(decode_header(value)))
    except (
        HeaderParseError,
        LookupError,
        UnicodeError,
        ValueError,
    ):  # a header that was cut short costs itself, not the message
        text = str(value)
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    if depth > MAX_DEPTH:
        raise UnreadableError("too_deep", {"depth": depth, "limit": MAX_DEPTH})
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in cast("list[object]", payload)[: MAX_PARTS + 1]:
            if isinstance(part, Message):
                yield from _leaves(cast("Message", part), depth + 1)
    else:
        yield message


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    """The part's text; a wrong or missing charset is found out by the ladder of encodings."""
    raw = _payload(part)
    told = part.get_content_charset() or (declared_charset(raw) if part.get_content_type() in _PAGES else None)
    text = decode(raw, told).text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() != "text/plain" or str(part.get_param("format", "")).lower() != "flowed":
        return text
    return unflowed(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")


def _date(message: Message) -> str | None:
    try:
        return parsedate_to_datetime(str(message.get("date"))).date().isoformat()
    except (TypeError, ValueError, IndexError):
        return None


def _attachment(part: Message, place: int) -> tuple[str, bytes]:
    name = PurePosixPath(_decoded(part.get_filename() or "").replace("\\", "/")).name or f"attachment-{place}"
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
        inner = cast("list[object]", payload)
        if inner and isinstance(inner[0], Message):
            return (name if name.endswith(".eml") else f"{name}.eml"), inner[0].as_bytes()
    return name, _payload(part)
