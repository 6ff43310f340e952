"""The ZIP around an Office file, checked before a parser opens it: members, sizes, and what is inside."""

from __future__ import annotations

import io
import zipfile
from html import escape

from tekio.text.unreadable import UnreadableError

MAX_MEMBERS = 20_000
MAX_UNPACKED = 500_000_000
MAX_RATIO = 300
"""Unpacked bytes per packed byte above which a large package is refused."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_package(raw: bytes, *, part: str) -> None:
    """Raise `UnreadableError` unless `raw` is a ZIP within the limits that holds `part`.

    reasons: `protected` (a password, or rights management: an OLE file holds the encrypted package), `old_office_format`,
    `not_zip`, `too_many_members`, `too_large`, `wrong_format`.
    """
    if raw.startswith(_OLE):
        encrypted = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in raw
        raise UnreadableError("protected" if encrypted else "old_office_format", {"bytes": len(raw)})
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableError("not_zip", {"error": str(error)[:200]}) from error
    if len(members) > MAX_MEMBERS:
        raise UnreadableError("too_many_members", {"members": len(members), "limit": MAX_MEMBERS})
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED or (unpacked > 50_000_000 and unpacked > MAX_RATIO * len(raw)):
        raise UnreadableError("too_large", {"bytes": unpacked, "limit": MAX_UNPACKED})
    if not any(member.filename == part for member in members):
        raise UnreadableError("wrong_format", {"expected": part})


def tag(name: str, text: str, attributes: str = "") -> str:
    """An element around text that is escaped; line breaks become `<br>`."""
    inner = "<br>".join(escape(line) for line in text.replace("\v", "\n").split("\n"))
    return f"<{name}{attributes}>{inner}</{name}>"


def page(title: str, body: list[str]) -> str:
    """A whole page around elements."""
    return f"<!doctype html><html><head><title>{escape(title)}</title></head><body>{''.join(body)}</body></html>"
