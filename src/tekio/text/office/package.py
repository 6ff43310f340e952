"""Parts of Office Open XML files (.docx, .pptx, .xlsx): a ZIP opened with limits, its XML parsed without entities.

What a reader gives is an `OfficeFile`: HTML by section, which whoever reads pages then reads, tables and headings included.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass, field
from html import escape
from typing import Any

from tekio.text.unreadable import UnreadableError
from tekio.text.xml import parse_xml

MAX_MEMBERS = 20_000
MAX_UNPACKED = 500_000_000
MAX_RATIO = 300
"""Unpacked bytes per packed byte above which a package of more than 50 MB is refused."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PROPERTIES = {"title": "title", "creator": "author", "created": "created", "modified": "modified"}


@dataclass(frozen=True)
class Section:
    """A document's body, a slide or a sheet.

    blocks: HTML, each apart from the others (the ranges of a sheet). headed: the title stands in the blocks already.
    """

    title: str
    blocks: list[str]
    hidden: bool = False
    headed: bool = True

    def html(self) -> str:
        """The section with its title."""
        return f"<section>{'' if self.headed else tag('h2', self.title)}{''.join(self.blocks)}</section>"


@dataclass(frozen=True)
class OfficeFile:
    """What an Office file holds. properties: `title`, `author`, `created`, `modified` as the file says them.

    uncalculated: cells whose formula has no value in the file, as programs write them that do not calculate.
    """

    title: str
    sections: list[Section]
    properties: dict[str, str] = field(default_factory=dict[str, str])
    uncalculated: int = 0

    def html(self) -> str:
        """The visible sections as one page."""
        return page(self.title, [part.html() for part in self.sections if part.blocks and not part.hidden])


class Package:
    """The parts of an Office file by name.

    Raises `UnreadableError`: `encrypted` (a password, or rights management), `old_office_format`, `broken_archive`,
    `too_many_members`, `archive_bomb`; and for a part what `parse_xml` raises (`doctype`, `bad_xml` ...).
    """

    def __init__(self, raw: bytes) -> None:
        if raw.startswith(OLE):
            raise UnreadableError(*old_format(raw))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableError("broken_archive", {"error": str(error)[:200]}) from error
        if len(members) > MAX_MEMBERS:
            raise UnreadableError("too_many_members", {"members": len(members), "limit": MAX_MEMBERS})
        unpacked = sum(member.file_size for member in members)
        if unpacked > MAX_UNPACKED or (unpacked > 50_000_000 and unpacked > MAX_RATIO * len(raw)):
            raise UnreadableError("archive_bomb", {"bytes": unpacked, "packed": len(raw), "limit": MAX_UNPACKED})
        self._members = {member.filename: member for member in members}

    def names(self) -> list[str]:
        """The parts of the file."""
        return list(self._members)

    def part(self, name: str) -> Any:
        """The root element of a part, or None when the file has no such part."""
        raw = self.content(name)
        return None if raw is None else parse_xml(raw)

    def content(self, name: str) -> bytes | None:
        """The bytes of a part, or None when the file has no such part."""
        member = self._members.get(name)
        if member is None:
            return None
        try:
            with self._zip.open(member) as stream:
                return stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, NotImplementedError) as error:
            raise UnreadableError("broken_archive", {"part": name, "error": str(error)[:200]}) from error

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """The relationships of a part: id -> (last word of the type, name of the part it points to)."""
        folder, base = posixpath.split(name)
        root = self.part(posixpath.join(folder, "_rels", f"{base}.rels"))
        if root is None:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for node in root:
            if node.get("TargetMode") == "External" or not node.get("Target"):
                continue
            target = node.get("Target")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[node.get("Id") or ""] = ((node.get("Type") or "").rpartition("/")[2], path)
        return found

    def properties(self) -> dict[str, str]:
        """Title, author and dates as the file's own properties say them."""
        root = self.part("docProps/core.xml")
        found = {} if root is None else {local(node): (node.text or "").strip() for node in root}
        return {name: found[key] for key, name in _PROPERTIES.items() if found.get(key)}


def old_format(raw: bytes) -> tuple[str, dict[str, Any]]:
    """Reason and advice for a file in Office's old binary form, or one protected by a password."""
    if _ENCRYPTED in raw[:4_000_000]:
        return "encrypted", {"fix": "open it with its password and save it without one"}
    return "old_office_format", {"fix": "soffice --headless --convert-to docx (xlsx, pptx) FILE, then add the new file"}


def local(node: Any) -> str:
    """An element's name without its namespace; empty for comments."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def attribute(node: Any, name: str, default: str = "") -> str:
    """An attribute by its name without its namespace; the default where there is no element."""
    attributes = () if node is None else node.attrib.items()
    return next((value for key, value in attributes if key.rpartition("}")[2] == name), default)


def child(node: Any, *names: str) -> Any:
    """The first element along a path of names, or None."""
    for name in names:
        node = None if node is None else next((below for below in node if local(below) == name), None)
    return node


def number(text: str | None, default: int = 0) -> int:
    """A whole number in an attribute."""
    text = text or ""
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 12 else default


def tag(name: str, text: str, attributes: str = "") -> str:
    """An element around text that is escaped; line breaks become `<br>`."""
    inner = "<br>".join(escape(line) for line in text.replace("\v", "\n").split("\n"))
    return f"<{name}{attributes}>{inner}</{name}>"


def spans(width: int, height: int) -> str:
    """The attributes of a merged cell."""
    return (f' colspan="{width}"' if width > 1 else "") + (f' rowspan="{height}"' if height > 1 else "")


def page(title: str, body: list[str]) -> str:
    """A whole page around elements."""
    return f"<!doctype html><html><head><title>{escape(title)}</title></head><body>{''.join(body)}</body></html>"
