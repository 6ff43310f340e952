"""Inline XBRL (iXBRL 1.0 and 1.1): facts from the documents filers submit, for filings without an `.xbrl` file.

A fact's text may be continued elsewhere (`continuedAt` -> `ix:continuation`), and `ix:exclude` takes page furniture out
of it. All documents of a folder form one set.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from tekio.corpus.readers.xbrl import Fact, Instance
from tekio.text.unreadable import UnreadableError
from tekio.text.xml import parse_xml

INLINE = ("http://www.xbrl.org/2008/inlineXBRL", "http://www.xbrl.org/2013/inlineXBRL")
"""Namespaces of Inline XBRL 1.0 (which EDINET uses) and 1.1."""
_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
MAX_CONTINUATIONS = 10_000


def read_inline(documents: Sequence[bytes]) -> Instance:
    """The non-numeric facts of a set of inline documents, in order. Raises `UnreadableError` (`bad_xml`, `doctype` ...).

    Values hold the markup of text blocks as it stands in the document.
    """
    roots = [parse_xml(raw) for raw in documents]
    parts: dict[str, Any] = {}
    for root in roots:
        for element in root.iter(*_names("continuation")):
            parts[element.get("id") or ""] = element
    facts = [_fact(element, parts) for root in roots for element in root.iter(*_names("nonNumeric"))]
    return Instance(tuple(facts))


def _names(local: str) -> list[str]:
    return [f"{{{namespace}}}{local}" for namespace in INLINE]


def _fact(element: Any, parts: dict[str, Any]) -> Fact:
    prefix, _, name = (element.get("name") or "").rpartition(":")
    nil = element.get(_XSI_NIL) in ("true", "1")
    markup = element.get("escape") in ("true", "1")
    pieces: list[str] = []
    current: Any = element
    seen: set[int] = set()
    while current is not None:
        if id(current) in seen or len(seen) > MAX_CONTINUATIONS:
            raise UnreadableError("looping_continuation", {"concept": name})
        seen.add(id(current))
        pieces.append(_inner(current) if markup else _plain(current))
        current = parts.get(current.get("continuedAt") or "")
    return Fact(
        namespace=element.nsmap.get(prefix, ""),
        prefix=prefix,
        name=name,
        context=element.get("contextRef") or "",
        unit=None,
        decimals=None,
        value=None if nil else "".join(pieces),
    )


def _plain(element: Any) -> str:
    """The text of an element without what `ix:exclude` takes out."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _names("exclude"):
            pieces.append(_plain(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _inner(element: Any) -> str:
    """The markup inside an element, excluded parts left out."""
    copy = etree.fromstring(
        etree.tostring(element, with_tail=False), etree.XMLParser(huge_tree=True, resolve_entities=False)
    )
    etree.strip_elements(copy, *_names("exclude"), with_tail=False)
    pieces = [_escaped(copy.text)]
    pieces += [etree.tostring(child, encoding="unicode") for child in copy]
    return "".join(pieces)


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
