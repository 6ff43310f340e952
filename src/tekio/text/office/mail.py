"""Mail (.eml) and saved pages (.mhtml): decoded headers and bodies, the page inside, attachments named."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (email.message is generic over header types it does not name)

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

HEADERS = ("subject", "from", "to", "cc", "date")
MAX_PARTS = 1_000


@dataclass
class Mail:
    """A message. html: whether `body` is HTML. attachments: (file name, bytes) in their order."""

    headers: dict[str, str]
    body: str
    html: bool
    attachments: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])


def read_mail(raw: bytes, *, prefer_html: bool = False) -> Mail:
    """A message or saved page. `prefer_html`: its HTML form where it has both. Raises `UnreadableError`."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    headers: dict[str, str] = {}
    for name in HEADERS:
        try:
            value = message.get(name)
        except (ValueError, IndexError, AttributeError):  # headers that the parser cannot make sense of
            value = None
        if value:
            headers[name] = str(value).encode("utf-8", "replace").decode()
    parts = [part for part in message.walk() if not part.is_multipart()]
    if len(parts) > MAX_PARTS:
        raise UnreadableError("too_many_members", {"parts": len(parts), "limit": MAX_PARTS})
    plain = next((part for part in parts if part.get_content_type() == "text/plain" and not _attached(part)), None)
    page = next((part for part in parts if part.get_content_type() == "text/html" and not _attached(part)), None)
    chosen = (page or plain) if prefer_html or plain is None else plain
    if chosen is None:
        raise UnreadableError("no_text", {"parts": len(parts)})
    attachments = [(part.get_filename() or "", _bytes(part)) for part in parts if _attached(part)]
    return Mail(headers, _text(chosen), chosen is page, attachments)


def _attached(part: Message[Any, Any]) -> bool:
    return part.get_content_disposition() == "attachment"


def _bytes(part: Message[Any, Any]) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message[Any, Any]) -> str:
    """The part's text; a wrong or missing charset is found out by the ladder of encodings."""
    raw = _bytes(part)
    charset = part.get_content_charset()
    if charset:
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return decode(raw).text if raw.strip() else ""
