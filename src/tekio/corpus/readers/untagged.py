"""The text of a filing that stands outside of every text block, from its inline documents.

Preambles (経理の状況), covers, headings of parts, reports of large holdings: EDINET tags sections, not whole documents. What
lies between two text blocks is one piece, in the order of the document.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tekio.corpus.readers.filing_headings import last_heading
from tekio.corpus.readers.ixbrl import INLINE
from tekio.text.html import page_text, tag_of
from tekio.text.tables.render import Count, Tables
from tekio.text.xml import parse_xml

_BEGIN, _END = "\ue000", "\ue001"
_MARKER = re.compile(rf"[ \t|]*{_BEGIN}([0-9]+){_END}[ \t|]*")
_FOLDED = re.compile(rf"{_BEGIN}([0-9]+){_END}")


@dataclass(frozen=True)
class Piece:
    """What stands between two text blocks. text: tables as chosen. bare: characters of the markup's text, white space aside."""

    text: str
    bare: str


@dataclass
class Untagged:
    """One inline document without its text blocks.

    pieces: the text between them. headings: (concept, context) of a block -> the heading above it. tables: text of
    tables left out. footers: characters of what the filer excludes from facts (page furniture).
    """

    pieces: list[Piece] = field(default_factory=list[Piece])
    headings: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    tables: str = ""
    footers: str = ""
    count: Count = field(default_factory=Count)


def read_untagged(raw: bytes, tables: Tables) -> Untagged:
    """The untagged text of an inline document. Raises `UnreadableError` (`bad_xml`, `doctype`, `too_large`)."""
    root = parse_xml(raw)
    body = next((child for child in root if tag_of(child) == "body"), root)
    blocks: list[tuple[str, str]] = []
    parts: set[str] = set()
    footers: list[str] = []
    for element in list(body.iter(*_names("header", "hidden"))):
        _replace(element, None)
    # A block's continuations are its text too, wherever they stand.
    tagged = [element for element in body.iter(*_names("nonNumeric")) if _is_block(element)]
    by_id = {element.get("id") or "": element for element in body.iter(*_names("continuation"))}
    for element in tagged:
        following = element.get("continuedAt") or ""
        while following in by_id and following not in parts:
            parts.add(following)
            following = by_id[following].get("continuedAt") or ""
    inside: set[Any] = set()
    for element in list(body.iter()):
        if element.getparent() in inside:
            inside.add(element)
        elif not isinstance(element.tag, str):
            continue
        elif _is_block(element) or (element.tag in _names("continuation") and element.get("id") in parts):
            inside.add(element)
            name = (element.get("name") or "").rpartition(":")[2]
            blocks.append((name, element.get("contextRef") or ""))
    cut = [element for element in body.iter() if element in inside and element.getparent() not in inside]
    for number, element in enumerate(cut):
        _replace(element, f"{_BEGIN}{number}{_END}")
    for element in list(body.iter(*_names("exclude"))):
        footers.append("".join(element.itertext()))
        _replace(element, None)
    read = page_text(body, tables=tables)
    whole = "".join("".join(text for text in body.itertext("{*}*")).split())
    texts, bares = _MARKER.split(read.text), _FOLDED.split(whole)
    if texts[1::2] != bares[1::2]:  # a block lay in a table that was left out
        texts, bares = [_MARKER.sub("\n", read.text)], [_FOLDED.sub("", whole)]
    found = Untagged(tables="\n".join(read.dropped), footers="".join("".join(footers).split()), count=read.tables)
    heading: str | None = None
    for place, (text, bare) in enumerate(zip(texts[::2], bares[::2], strict=True)):
        found.pieces.append(Piece(text.strip("\n"), bare))
        heading = last_heading(text) if bare else heading
        if heading and place < len(blocks):
            found.headings[blocks[place]] = heading
    return found


def _names(*locals_: str) -> list[str]:
    return [f"{{{namespace}}}{local}" for namespace in INLINE for local in locals_]


def _is_block(element: Any) -> bool:
    return element.tag in _names("nonNumeric") and (element.get("name") or "").endswith("TextBlock")


def _replace(element: Any, marker: str | None) -> None:
    """Put a marker on a line of its own in place of an element (nothing for None); the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if marker is None:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + (tail or "")
        else:
            parent.text = (parent.text or "") + (tail or "")
        parent.remove(element)
        return
    for child in list(element):
        element.remove(child)
    element.tag = "div"
    element.attrib.clear()
    element.text = marker
