"""XML from outside: no entities, no document type, no network, bounded size and depth."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from tekio.text.unreadable import UnreadableError

MAX_BYTES = 200_000_000
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


def parse_xml(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """The root element of an XML document. Raises `UnreadableError`: `too_large`, `doctype`, `bad_xml`."""
    if len(raw) > max_bytes:
        raise UnreadableError("too_large", {"bytes": len(raw), "limit": max_bytes})
    refuse_doctype(raw)
    try:
        root = etree.fromstring(raw, secure_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("bad_xml", {"error": str(error)[:200]}) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("doctype", {})
    return root
