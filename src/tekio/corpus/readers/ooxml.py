"""Parts of Office Open XML files (.docx, .pptx, .xlsx): opened with the limits of an archive, parsed without entities."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import posixpath
from typing import Any

from tekio.corpus.readers.rows import UnitFile
from tekio.rows.archive import ArchiveLimits, ZipArchive
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import parse_xml

MAX_FILE_BYTES = 200_000_000
LIMITS = ArchiveLimits(members=20_000, member_bytes=200_000_000, total_bytes=1_000_000_000)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Package:
    """The parts of an Office file by name. Raises `UnreadableError`: `encrypted`, `broken_archive`, `archive_bomb`."""

    def __init__(self, file: UnitFile, limit: int = MAX_FILE_BYTES) -> None:
        self.raw = file.read(limit)
        if self.raw.startswith(OLE):
            raise UnreadableError(*old_format(self.raw))
        self._archive = ZipArchive(self.raw, LIMITS)
        self._members = {member.name: member for member in self._archive.members}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def names(self) -> list[str]:
        """The parts of the file."""
        return list(self._members)

    def part(self, name: str) -> Any:
        """The root element of a part, or None when the file has no such part.

        Raises `UnreadableError` when it was refused (`archive_bomb`, `encrypted` ...) or is no safe XML (`doctype` ...).
        """
        member = self._members.get(name)
        return None if member is None else parse_xml(self._archive.read(member))

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
        wanted = {"title": "title", "creator": "author", "created": "created", "modified": "modified"}
        found = {} if root is None else {local(node): (node.text or "").strip() for node in root}
        return {name: found[key] for key, name in wanted.items() if found.get(key)}


def old_format(raw: bytes) -> tuple[str, dict[str, Any]]:
    """Reason and advice for a file in Office's old binary form, or one protected by a password."""
    if _ENCRYPTED in raw[:4_000_000]:
        return "encrypted", {"fix": "open it with its password and save it without one"}
    return "old_office_format", {"fix": "soffice --headless --convert-to docx (xlsx, pptx) FILE, then add the new file"}


def local(node: Any) -> str:
    """An element's name without its namespace; empty for comments."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def attribute(node: Any, name: str, default: str = "") -> str:
    """An attribute by its name without its namespace."""
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), default)


def child(node: Any, *names: str) -> Any:
    """The first element along a path of names, or None."""
    for name in names:
        node = None if node is None else next((below for below in node if local(below) == name), None)
    return node


def number(text: str | None, default: int = 0) -> int:
    """A whole number in an attribute."""
    text = text or ""
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 12 else default
