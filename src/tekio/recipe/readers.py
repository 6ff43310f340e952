"""The readers of documents: one object each, with everything that tells files of its kind from others.

A new reader is a function in `tekio.corpus.readers` and an entry in `SHIPPED`; readers of installed packages
(`tekio.plugins`) come after the shipped ones. The functions are named, not imported: detecting a format needs no library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

from tekio.errors import TekioError, Text
from tekio.plugins import Reader, installed, load_part, versions
from tekio.recipe.installed import require_known

AUTO = "auto"
ARCHIVE = "zip"
UNKNOWN = "unknown"
OLD_OFFICE = "old_office"


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _first_mark(head: bytes) -> bytes:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")


_XML_ROOTS = {b"<mediawiki": "wikipedia", b"<Law": "law", b"<DataRoot": "law", b"xbrl": "edinet", b"<html": "html"}


def _xml_root(name: str) -> Callable[[bytes], bool]:
    """Whether the first known root element in an XML document is one of the reader `name`."""

    def found(head: bytes) -> bool:
        start = _first_mark(head)
        if not start.startswith((b"<?xml", b"<Law", b"<mediawiki", b"<xbrl")):
            return False
        roots = [(place, reader) for mark, reader in _XML_ROOTS.items() if (place := start.find(mark)) >= 0]
        return bool(roots) and min(roots)[1] == name

    return found


def _is_html(head: bytes) -> bool:
    return _first_mark(head)[:15].lower().startswith((b"<!doctype html", b"<html")) or _xml_root("html")(head)


_ROOM = "tekio.corpus.readers"
SHIPPED: tuple[Reader, ...] = (
    Reader(
        "jsonl",
        "3",
        f"{_ROOM}.records:read_json",
        suffixes=(".jsonl", ".ndjson", ".json"),
        sniff=lambda head: _first_mark(head).startswith((b"{", b"[{", b"[\n")),
        cut=(".jsonl", ".ndjson"),
        bounded=True,
    ),
    Reader("html", "8", f"{_ROOM}.web:read_html", suffixes=(".htm", ".html", ".xhtml"), sniff=_is_html),
    Reader(
        "pdf",
        "9",
        f"{_ROOM}.pdf:read_pdf",
        suffixes=(".pdf",),
        sniff=lambda head: b"%PDF-" in head[:1024],
        needs=(("pypdfium2", "tekio[pdf]"),),
    ),
    Reader("warc", "4", f"{_ROOM}.warc:read_warc", suffixes=(".warc",), sniff=_begins(b"WARC/1.")),
    Reader(
        "wikipedia",
        "5",
        f"{_ROOM}.wikipedia:read_wikipedia",
        sniff=_xml_root("wikipedia"),
        needs=(("mwparserfromhell", "tekio[web]"),),
    ),
    Reader("law", "4", f"{_ROOM}.law:read_law", sniff=_xml_root("law")),
    Reader("edinet", "6", f"{_ROOM}.edinet:read_filing", suffixes=(".xbrl",), sniff=_xml_root("edinet")),
    Reader("parquet", "4", f"{_ROOM}.records:read_parquet", suffixes=(".parquet",), sniff=_begins(b"PAR1")),
    Reader("csv", "4", f"{_ROOM}.records:read_csv", suffixes=(".csv", ".tsv"), bounded=True),
    Reader("docx", "5", f"{_ROOM}.office:read_word", suffixes=(".docx", ".docm")),
    Reader("pptx", "4", f"{_ROOM}.office:read_slides", suffixes=(".pptx", ".pptm")),
    Reader("xlsx", "5", f"{_ROOM}.office:read_workbook", suffixes=(".xlsx", ".xlsm")),
    Reader("odt", "2", f"{_ROOM}.office:read_open_document", suffixes=(".odt", ".ott")),
    Reader("odp", "1", f"{_ROOM}.office:read_open_slides", suffixes=(".odp", ".otp")),
    Reader("ods", "2", f"{_ROOM}.office:read_open_spreadsheet", suffixes=(".ods", ".ots")),
    Reader("markdown", "5", f"{_ROOM}.markdown:read_markdown", suffixes=(".md", ".markdown")),
    Reader("epub", "4", f"{_ROOM}.book:read_book", suffixes=(".epub",)),
    Reader("msg", "6", f"{_ROOM}.mail:read_outlook", suffixes=(".msg",), needs=(("oxmsg", "tekio[office]"),)),
    Reader("mail", "6", f"{_ROOM}.mail:read_message", suffixes=(".eml",)),
    Reader("calendar", "1", f"{_ROOM}.mail:read_calendar", suffixes=(".ics",), sniff=_begins(b"BEGIN:VCALENDAR")),
    Reader("mhtml", "4", f"{_ROOM}.mail:read_saved_page", suffixes=(".mhtml", ".mht")),
    Reader(
        "rtf",
        "3",
        f"{_ROOM}.office:read_rich_text",
        suffixes=(".rtf",),
        sniff=_begins(b"{\\rtf"),
    ),
    Reader(
        OLD_OFFICE,
        "2",
        f"{_ROOM}.office:read_old_office",
        suffixes=(".doc", ".xls", ".ppt"),
        sniff=_begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ),
    Reader("aozora", "2", f"{_ROOM}.plain:read_aozora_file", bounded=True),
    Reader("text", "3", f"{_ROOM}.plain:read_text", suffixes=(".txt", ".text"), bounded=True),
)
_SHIPPED = {reader.name: reader for reader in SHIPPED}


def reader_names() -> list[str]:
    """What a recipe can write for `reader`; nothing is imported."""
    return [AUTO, *_SHIPPED, *(name for name in installed("tekio.readers") if name not in _SHIPPED)]


def find_reader(name: str) -> Reader:
    """The reader of that name. Raises `TekioError` when there is none or its package is broken."""
    found = _SHIPPED.get(name) or load_part(Reader, name)
    if found is None:
        raise TekioError(
            Text(f"There is no reader `{name}`.", f"リーダー `{name}` はありません。"), fix=", ".join(reader_names())
        )
    return found


@cache
def readers() -> tuple[Reader, ...]:
    """All readers, the shipped ones first."""
    own = [find_reader(name) for name in installed("tekio.readers") if name not in _SHIPPED]
    return (*SHIPPED, *own)


@cache
def _by_suffix() -> dict[str, str]:
    names = {".zip": ARCHIVE} | dict.fromkeys(_UNREAD, UNKNOWN)
    for reader in readers():
        for suffix in reader.suffixes:
            names.setdefault(suffix.lower(), reader.name)
    return names


def reader_of_name(name: str) -> str | None:
    """The reader of a file by its name in lower case without a compression suffix; `zip` for an archive, `unknown` for a
    document that none takes; None: any.
    """
    return _by_suffix().get("." + name.rpartition(".")[2]) if "." in name else None


def _ascii_of_utf_16(head: bytes) -> bytes:
    """`head` in UTF-8 where it is markup in UTF-16, with or without a byte order mark, so that its marks are seen."""
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            text = head[2:].decode(name, "ignore")
            return text.encode("utf-8", "ignore") if text.lstrip().startswith(("<", "{", "[")) else head
    if head.startswith((b"<\0", b"\0<")):
        return head.decode("utf-16-le" if head.startswith(b"<") else "utf-16-be", "ignore").encode("utf-8", "ignore")
    return head


_XML_ROOT = re.compile(rb"<[a-z][a-z0-9._-]*(?::[a-z0-9._-]+)?(?:\s[^<>]*)?\sxmlns(?::[a-z0-9._-]+)?\s*=")
"""A root element of a vocabulary: SVG, a feed, a map. (Pages with `xmlns` are known by their own marks before.)"""


def _by_office(form: str) -> Text:
    command = f"soffice --headless --convert-to {form} FILE"
    return Text(f"{command}, then add the new file", f"{command} で変換したファイルを加えてください")


def _by_program(program: str, form: str) -> Text:
    return Text(
        f"open it in {program}, save it as {form} and add that file",
        f"{program} で開き、{form} として保存したものを加えてください",
    )


_WAYS_ON: dict[tuple[str, ...], Text] = {
    (".xlsb",): _by_office("xlsx"),
    (".pages",): _by_program("Pages", ".docx"),
    (".numbers",): _by_program("Numbers", ".xlsx"),
    (".key",): _by_program("Keynote", ".pptx"),
    (".jtd", ".jtt", ".jtdc"): _by_program("Ichitaro", ".docx"),
    (".xdw", ".xbd"): _by_program("DocuWorks", ".pdf"),
}
_UNREAD = frozenset((".jtd", ".jtt", ".jtdc", ".xdw", ".xbd", ".xlsb"))
"""Documents whose suffix says that no reader takes them, though their content may look like another form."""


def way_on(name: str) -> Text | None:
    """How to make a readable file of one that no reader takes, by its name in lower case; None where nothing is known."""
    return next((fix for suffixes, fix in _WAYS_ON.items() if name.endswith(suffixes)), None)


_PACKAGES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.textPK": "odt",
    b"application/vnd.oasis.opendocument.spreadsheetPK": "ods",
    b"application/vnd.oasis.opendocument.presentationPK": "odp",
}
"""What the first member of a package says of it, up to the next member."""


def reader_of_content(head: bytes) -> str:
    """The reader for content that begins with `head`; `zip` for an archive, `unknown` for what none can read."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if head[30:38] != b"mimetype":
            return ARCHIVE
        # A document in parts, not a folder of documents.
        return next((name for mark, name in _PACKAGES.items() if head[38:].startswith(mark)), UNKNOWN)
    head = _ascii_of_utf_16(head)
    for reader in readers():
        if reader.sniff is not None and reader.sniff(head):
            return reader.name
    first = _first_mark(head)
    if first.startswith((b"<?xml", b"<xbrl")) or _XML_ROOT.match(first):
        return UNKNOWN
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return UNKNOWN
    return "text"


_OF_PROGRAMS = re.compile(r"thumbs\.db|ehthumbs(?:_vista)?\.db|desktop\.ini|\.ds_store|\.~lock\..+#")
_OWNER_BYTES = 1024
"""Office's note of who has a file open (`~$a.docx`) is 162 or 165 bytes."""


def is_of_program(name: str, size: int, head: bytes) -> bool:
    """Whether a file is what a program or the system left beside documents: who has one open, thumbnails, a folder's looks.

    name: in lower case, without folders. head: its first bytes.
    """
    if name.startswith("~$"):
        return size <= _OWNER_BYTES
    if name.startswith("._"):  # AppleDouble, in archives made on macOS
        return head.startswith(b"\x00\x05\x16\x07")
    return _OF_PROGRAMS.fullmatch(name) is not None


def reader_versions(name: str) -> dict[str, str]:
    """Name and version of every reader that a source with `reader: name` may use: what its documents depend on."""
    used = readers() if name == AUTO else (find_reader(name),)
    own = versions(Reader, (reader.name for reader in used if reader.name not in _SHIPPED))
    return {reader.name: own.get(reader.name, reader.version) for reader in used}


def _known(name: str) -> str:
    if name not in _SHIPPED and name != AUTO:
        require_known("reader", name, reader_names())
    return name


ReaderName = Annotated[str, AfterValidator(_known)]
