"""XML from outside: no entities, no document type, no network, bounded size and depth."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree

from tekio.text.encoding import decode
from tekio.text.encoding_labels import encoding_in_ascii, encoding_of_label
from tekio.text.unreadable import UnreadableError

MAX_BYTES = 200_000_000
_DECLARATION = re.compile(rb"\s{0,64}<\?xml[^>]{0,200}?encoding\s*=\s*[\"'](?P<name>[A-Za-z0-9_.:\-]{1,40})")
_TEXT_DECLARATION = re.compile(r"^\s{0,64}<\?xml[^>]{0,500}\?>")
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def secure_parser() -> Any:
    """A parser that resolves nothing and reads nothing but its input.

    huge_tree lifts libxml2's limit of 10 MB for one text, which text blocks of real filings pass; entities are refused
    before parsing and the callers limit bytes, so it opens no bomb. Depth is checked while walking.
    """
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=True, remove_pis=True
    )


def refuse_doctype(raw: bytes) -> None:
    """Raise `UnreadableError` (`doctype`) when a document type or entity is declared before the root element.

    EDINET and the law XML forbid it; an entity bomb and an external entity both need it. UTF-16 is looked at as ASCII
    with zeros taken out.
    """
    head = raw[:1_000_000].replace(b"\0", b"")
    if found := _DOCTYPE.search(head):
        raise UnreadableError("doctype", {"byte": found.start()})


def _in_utf_8(raw: bytes) -> bytes:
    """`raw`, or the same in UTF-8 where its encoding is another: libxml2 knows few of them and reads Japanese by other tables.

    Raises `UnreadableError` (`bad_xml`) for bytes that are not of the encoding.
    """
    found = _DECLARATION.match(raw)
    if raw.startswith(codecs.BOM_UTF8) or (b"\0" not in raw[:8] and not raw.startswith(_MARKS) and found is None):
        return raw
    declared = encoding_in_ascii(found["name"].decode("ascii")) if found else None
    if found and b"\0" not in raw[:8] and encoding_of_label(found["name"].decode("ascii")) == "utf-8":
        return raw
    try:
        text = decode(raw, declared).text
    except UnreadableError as error:
        raise UnreadableError("bad_xml", {"error": error.reason, **error.measured}) from error
    return _TEXT_DECLARATION.sub("", text, count=1).encode("utf-8")


def require_memory(error: Exception) -> None:
    """Raise `MemoryError` where libxml2 says that it had too little, which is no fault of the document's form."""
    if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY or "Memory allocation failed" in str(error):
        raise MemoryError from error


def parse_xml(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """The root element of an XML document. Raises `UnreadableError`: `too_large`, `doctype`, `bad_xml`."""
    if len(raw) > max_bytes:
        raise UnreadableError("too_large", {"bytes": len(raw), "limit": max_bytes})
    refuse_doctype(raw)
    raw = _in_utf_8(raw)
    try:
        root = etree.fromstring(raw, secure_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        require_memory(error)
        raise UnreadableError("bad_xml", {"error": str(error)[:200]}) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("doctype", {})
    return root
