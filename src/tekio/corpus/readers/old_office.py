"""Files that are named and not read: Office's old binary forms, with the way to convert them; and rich text (.rtf)."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# (striprtf has no type information)

from __future__ import annotations

from tekio.corpus.readers.ooxml import MAX_FILE_BYTES, OLE, old_format
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, make_document
from tekio.recipe.corpus import SourceConfig
from tekio.text.unreadable import UnreadableError


def read_old_office(_source: SourceConfig, file: UnitFile) -> Rows:
    """One refusal for a .doc, .xls or .ppt file, which says how to convert it."""
    raw = file.read(MAX_FILE_BYTES)
    if not raw.startswith(OLE):
        raise UnreadableError("unknown_format", {"name": file.name})
    reason, measured = old_format(raw)
    yield Rejected(file.uri, reason, measured, whole_file=True)


def read_rich_text(source: SourceConfig, file: UnitFile) -> Rows:
    """An .rtf file as one document."""
    from striprtf.striprtf import rtf_to_text

    raw = file.read(MAX_FILE_BYTES)
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise UnreadableError("not_rich_text", {"name": file.name})
    try:
        text = str(rtf_to_text(raw.decode("latin-1"), encoding="cp932", errors="replace"))
    except (ValueError, LookupError, KeyError, IndexError) as error:
        raise UnreadableError("bad_rich_text", {"error": str(error)[:200]}) from error
    document = make_document(source, file, text.strip("\n"), meta={"transforms": ["rich_text"]})
    if "\ufffd" in text:
        yield Rejected(document.uri, "broken_encoding", {"marks": text.count("\ufffd")}, document, whole_file=True)
    elif not text.strip():
        yield Rejected(document.uri, "no_text", {}, document, whole_file=True)
    else:
        yield document
