"""Whether a ZIP is one document: the parts of an Office file say its form, whatever the file is called."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tekio.rows.archive import ArchiveLimits, ZipArchive
from tekio.text.unreadable import UnreadableError

_CONTENT_TYPES = "[Content_Types].xml"
_MAIN_PARTS = (
    ("word/document", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation", "pptx"),
)
FIRST_PARTS = (b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"Index/", b"Index.zip")
"""What a package may begin with: archives called `.zip` that begin with anything else are not looked into for this."""
HEADER = 30
"""Bytes before the first member's name."""


def package_of(names: Collection[str]) -> str | None:
    """`docx`, `xlsx`, `pptx`, `xlsb` or `iwork` (Pages, Numbers, Keynote) by the members of a ZIP; None: a folder of files."""
    if _CONTENT_TYPES in names:
        return next((kind for start, kind in _MAIN_PARTS if any(name.startswith(start) for name in names)), None)
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return "iwork"
    return "iwork" if "Index.zip" in names and any(name.startswith("Metadata/") for name in names) else None


def package_in(source: Path | bytes, limits: ArchiveLimits) -> str | None:
    """`package_of` a ZIP; None too where it cannot be opened, which reading it says."""
    try:
        with ZipArchive(source, limits) as archive:
            return package_of({member.name for member in archive.members})
    except (UnreadableError, OSError):
        return None
