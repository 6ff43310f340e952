"""Electronic books (.epub, EPUB 3.3 and 2): the XHTML documents of the spine in their order."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tekio.text.html import parse_html, take_out, whole_text
from tekio.text.office.package import Package, attribute, child, local
from tekio.text.unreadable import UnreadableError

_CONTENTS = re.compile("(?:目次|もくじ|CONTENTS|Contents)?[0-9.．・･、…‥—-]*")
NO_TITLES = ("Unknown Title", "Untitled", "Unknown", "無題")
"""What programs write where a book has no title."""
FEWEST_LINKS = 3
"""Links that a page of contents has at least."""
_PAGES = ("application/xhtml+xml", "text/html")


@dataclass(frozen=True)
class Chapter:
    """A document of the spine. contents: it is the book's table of contents."""

    name: str
    root: Any
    contents: bool


@dataclass(frozen=True)
class Book:
    """A book's metadata (as its package document says them) and chapters."""

    title: str
    author: str
    date: str
    chapters: list[Chapter]


def read_epub(raw: bytes) -> Book:
    """The book. Raises `UnreadableError`: `not_a_book`, `encrypted` (DRM), `missing_part`, those of `Package` and pages."""
    package = Package(raw)
    container = package.part("META-INF/container.xml")
    rootfile = None if container is None else next((n for n in container.iter() if local(n) == "rootfile"), None)
    path = "" if rootfile is None else attribute(rootfile, "full-path")
    document = package.part(path) if path else None
    if document is None:
        raise UnreadableError("not_a_book", {"part": path or "META-INF/container.xml"})
    folder = posixpath.dirname(path)
    manifest: dict[str, Any] = {}
    for item in child(document, "manifest") if child(document, "manifest") is not None else []:
        if local(item) == "item":
            manifest[attribute(item, "id")] = item
    locked = _encrypted(package)
    listed = {
        posixpath.normpath(posixpath.join(folder, unquote(attribute(node, "href").partition("#")[0])))
        for node in document.iter()
        if local(node) == "reference" and attribute(node, "type") == "toc"
    }
    chapters: list[Chapter] = []
    for entry in child(document, "spine") if child(document, "spine") is not None else []:
        item = manifest.get(attribute(entry, "idref")) if local(entry) == "itemref" else None
        if item is None or attribute(item, "media-type") not in _PAGES:
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href").partition("#")[0])))
        if name in locked:
            raise UnreadableError("encrypted", {"part": name})
        content = package.content(name)
        if content is None:
            raise UnreadableError("missing_part", {"part": name})
        if content.strip():
            root = parse_html(content)
            _drop_page_numbers(root)
            contents = "nav" in attribute(item, "properties").split() or name in listed or _is_contents(root)
            chapters.append(Chapter(name, root, contents))
    told = child(document, "metadata")
    title = _told(told, "title")
    return Book("" if title in NO_TITLES else title, _told(told, "creator"), _told(told, "date"), chapters)


def _drop_page_numbers(root: Any) -> None:
    """Take out where the pages of the printed book begin, inside its sentences (EPUB structural semantics: `pagebreak`)."""
    for node in list(root.iter("*")):
        if "pagebreak" in (node.get("epub:type") or "").split() or node.get("role") == "doc-pagebreak":
            take_out(node)


def _is_contents(root: Any) -> bool:
    """Whether a chapter holds nothing but links into the book, below the word 目次."""
    links = [node for node in root.iter("a") if node.get("href")]
    outside = "".join(whole_text(root).split())
    for link in links:
        outside = outside.replace("".join(whole_text(link).split()), "", 1)
    title = next((node.text or "" for node in root.iter("title")), "")
    return len(links) >= FEWEST_LINKS and _CONTENTS.fullmatch(outside.removeprefix("".join(title.split()))) is not None


def _told(metadata: Any, name: str) -> str:
    node = child(metadata, name)
    return "" if node is None else " ".join("".join(node.itertext()).split())


def _encrypted(package: Package) -> set[str]:
    """The parts that META-INF/encryption.xml names (fonts too, which are no chapters)."""
    root = package.part("META-INF/encryption.xml")
    nodes = [] if root is None else [node for node in root.iter() if local(node) == "CipherReference"]
    return {posixpath.normpath(unquote(attribute(node, "URI"))) for node in nodes}
