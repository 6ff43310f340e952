"""Messages saved by Outlook (.msg, [MS-OXMSG]) as `Mail`, parsed by python-oxmsg."""

from __future__ import annotations

import io
import struct
from pathlib import PurePosixPath
from typing import Any

from tekio.text.encoding import decode
from tekio.text.html import declared_charset
from tekio.text.office.calendar import calendar_text, is_calendar
from tekio.text.office.mail import MAX_PARTS, Body, Mail
from tekio.text.office.package import OLE
from tekio.text.unreadable import UnreadableError

_PID_HTML = 0x1013


def read_msg(raw: bytes) -> Mail:
    """A message. Raises `UnreadableError`: `not_mail`, `bad_message`, `too_many_members`."""
    if not raw.startswith(OLE):
        raise UnreadableError("not_mail", {})
    from oxmsg import Message

    try:
        return mail_of(Message.load(io.BytesIO(raw)))
    except (
        KeyError,
        ValueError,
        IndexError,
        OSError,
        AttributeError,
        TypeError,
        struct.error,
        AssertionError,
    ) as error:
        raise UnreadableError("bad_message", {"error": f"{type(error).__name__}: {error}"[:200]}) from error


def mail_of(message: Any) -> Mail:
    """The fields of an `oxmsg.Message`. Plain text is taken where there is any."""
    attachments = list(message.attachments)
    if len(attachments) > MAX_PARTS:
        raise UnreadableError("too_many_members", {"parts": len(attachments), "limit": MAX_PARTS})
    to = ", ".join(part for one in message.recipients if (part := f"{one.name or ''} <{one.email_address}>".strip()))
    told = {"subject": message.subject, "from": message.sender, "to": to}
    headers = {name: " ".join(str(value).split()) for name, value in told.items() if value}
    plain, page = (message.body or "").replace("\r\n", "\n"), _page(message)
    bodies = [Body(plain, html=False)] if plain.strip() else [Body(page, html=True)] if page.strip() else []
    sent = message.sent_date
    held = [
        (PurePosixPath((one.file_name or "").replace("\\", "/")).name or f"attachment-{at}", one.file_bytes or b"")
        for at, one in enumerate(attachments, start=1)
    ]
    events = {name: calendar_text(decode(raw, "utf-8").text) for name, raw in held if is_calendar("", name)}
    return Mail(
        headers,
        None if sent is None else sent.date().isoformat(),
        bodies,
        [(name, raw) for name, raw in held if not events.get(name)],
        page if plain.strip() else "",
        calendar="\n\n".join(event for event in events.values() if event),
    )


def _page(message: Any) -> str:
    """The HTML body. Its bytes are read by the charset they name, then by the message's code page, which is often wrong."""
    raw = message.properties.binary_prop_value(_PID_HTML)
    if not raw:
        return message.html_body or ""
    return decode(raw, declared_charset(raw) or message.properties.body_encoding).text
