"""Files with questions and answers: HTML, Markdown, plain or hard-wrapped text, PDF, Office files, mail, saved pages."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from tekio.instruct.harvest.flow import broken_lines, open_lines
from tekio.instruct.harvest.page import HarvestedPage, harvest_tree
from tekio.instruct.harvest.plain import text_tree
from tekio.rows.archive import DEFAULT_LIMITS
from tekio.rows.packages import package_in
from tekio.rows.separated import cells_without_header, delimiter_of_text
from tekio.text.encoding import decode
from tekio.text.html import block_text, parse_html, parse_html_text
from tekio.text.markdown import parse_markdown
from tekio.text.office.docx import read_docx
from tekio.text.office.epub import read_epub
from tekio.text.office.mail import read_mail
from tekio.text.office.odp import read_odp
from tekio.text.office.ods import read_ods
from tekio.text.office.odt import read_odt
from tekio.text.office.package import OfficeFile
from tekio.text.office.pptx import read_pptx
from tekio.text.office.rtf import read_rtf
from tekio.text.office.xlsx import read_xlsx
from tekio.text.pdf.read import NONE, PdfLimits, read_pdf_pages
from tekio.text.unreadable import UnreadableError

TABLES = (".csv", ".tsv")
MARKDOWN = (".md", ".markdown")
MAIL = (".eml", ".mht", ".mhtml")
OFFICE: dict[str, Callable[[bytes], OfficeFile]] = {
    ".docx": read_docx,
    ".docm": read_docx,
    ".pptx": read_pptx,
    ".pptm": read_pptx,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".rtf": read_rtf,
    ".odt": read_odt,
    ".ods": read_ods,
    ".odp": read_odp,
}
"""Suffix -> the reader of such files."""
NO_PAGES = frozenset(
    [
        ".css",
        ".js",
        ".mjs",
        ".map",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".svg",
        ".ico",
        ".bmp",
        ".woff",
        ".woff2",
        ".ttf",
        ".otf",
        ".eot",
        ".mp3",
        ".mp4",
        ".webm",
        ".mov",
        ".zip",
        ".gz",
        ".json",
        ".jsonl",
        ".xml",
        ".xsl",
        ".rss",
        ".doc",
        ".xls",
        ".ppt",
    ]
)
"""What a downloaded site brings along and that is listed as no page."""
_OLD_NAMES = (".doc", ".xls", ".ppt")
MAX_BYTES = 50_000_000
PDF_LIMITS = PdfLimits(memory=2 << 30, seconds=60, pages=2_000)


def is_no_page(path: Path) -> bool:
    """Whether a file's name says that it is no page; a .docx that was saved as .doc is one."""
    suffix = path.suffix.lower()
    if suffix not in NO_PAGES or suffix not in _OLD_NAMES:
        return suffix in NO_PAGES
    try:
        with path.open("rb") as stream:
            return not stream.read(4).startswith(b"PK")
    except OSError:  # said where it is read
        return True


def harvest_path(path: Path, only: list[str] | None = None) -> HarvestedPage:
    """Pairs and remainder of a file. Raises `UnreadableError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError("too_large", {"bytes": path.stat().st_size, "limit": MAX_BYTES})
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableError("cannot_open", {"error": error.strerror or "?"}) from error
    return harvest_bytes(raw, path.suffix.lower(), only)


def harvest_bytes(raw: bytes, suffix: str = "", only: list[str] | None = None) -> HarvestedPage:
    """As `harvest_path`, for bytes; `suffix` is the file's, for text that does not show what it is."""
    root, flow = page_tree(raw, suffix)
    return harvest_tree(root, flow=flow, only=only)


def page_tree(raw: bytes, suffix: str = "") -> tuple[Any, bool]:
    """The root element (lxml) of a file of any of these forms, and whether it is flowing text that was given a structure.

    Raises `UnreadableError`.
    """
    if not raw.strip():
        raise UnreadableError("empty", {"bytes": len(raw)})
    suffix = _true_suffix(raw, suffix)
    if raw[:1024].lstrip().startswith(b"%PDF-"):
        return text_tree([open_lines(page) for page in pdf_pages(raw)]), True
    if suffix in (".txt", ".text") and not _looks_like_html(raw):
        return text_tree(open_lines(decode(raw).text).split("\f")), True
    if suffix in TABLES:
        return parse_html_text(_table_page(decode(raw).text, tabs=suffix == ".tsv")), False
    if suffix == ".epub":
        return _book_page(raw), False
    if suffix in OFFICE:
        return parse_html_text(OFFICE[suffix](raw).html()), False
    if suffix in MAIL or raw[:4096].startswith((b"From: <Saved by", b"MIME-Version:")):
        mail = read_mail(raw, prefer_html=True)
        if not mail.bodies:
            raise UnreadableError("no_text", {"attachments": len(mail.attachments)})
        if mail.bodies[0].html:
            return parse_html(mail.bodies[0].text.encode(), declared="utf-8"), False
        return text_tree([open_lines("\n".join(body.text for body in mail.bodies))]), True
    if suffix in MARKDOWN and not _looks_like_html(raw):
        return parse_markdown(broken_lines(open_lines(decode(raw).text))), True
    return parse_html(raw), False


def _table_page(text: str, *, tabs: bool) -> str:
    """A table of values (CSV) as a page."""
    text = text.removeprefix("\ufeff")
    rows = cells_without_header(text, "\t" if tabs else delimiter_of_text(text))
    lines = ("".join(f"<td>{_cell(cell)}</td>" for cell in row) for row in rows if any(row))
    return f"<html><body><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table></body></html>"


def _cell(text: str) -> str:
    return escape(text).replace("\r\n", "<br>").replace("\n", "<br>")


def _book_page(raw: bytes) -> Any:
    """The chapters of a book, but for its table of contents, as one page."""
    book = read_epub(raw)
    root = parse_html_text(f"<html><head><title>{escape(book.title)}</title></head><body></body></html>")
    body = root.find(".//body")
    for chapter in book.chapters:
        told = chapter.root.find(".//body")
        if not chapter.contents and told is not None:
            told.tag = "div"
            body.append(told)
    return root


def page_text(path: Path) -> str:
    """What a file of any of these forms says, as text for people. Raises `UnreadableError`, `OSError`."""
    raw = path.read_bytes()
    suffix = _true_suffix(raw, path.suffix.lower())
    if raw[:1024].lstrip().startswith(b"%PDF-"):
        return "\n\n".join(pdf_pages(raw))
    if suffix in OFFICE:
        return block_text(parse_html_text(OFFICE[suffix](raw).html()))
    if suffix in MAIL:
        bodies = read_mail(raw, prefer_html=True).bodies
        return "\n\n".join(block_text(parse_html_text(body.text)) if body.html else body.text for body in bodies)
    if suffix in (".txt", ".text", *MARKDOWN) and not _looks_like_html(raw):
        return decode(raw).text
    return block_text(parse_html(raw))


def _true_suffix(raw: bytes, suffix: str) -> str:
    """A file's suffix, or that of the Office form which its parts show (a .docx saved as .doc)."""
    if suffix in OFFICE or not raw.startswith(b"PK\x03\x04"):
        return suffix
    kind = package_in(raw, DEFAULT_LIMITS)
    return f".{kind}" if f".{kind}" in OFFICE else suffix


def _looks_like_html(raw: bytes) -> bool:
    head = raw[:2048].lower()
    return b"<html" in head or b"<!doctype html" in head or b"<body" in head


def pdf_pages(raw: bytes) -> list[str]:
    """The text of each page, read by a process of its own with limits. Raises `UnreadableError`."""
    found = read_pdf_pages(raw, PDF_LIMITS, second=NONE)
    if found.stopped is not None:
        raise UnreadableError(found.stopped, {"pages_read": len(found.pages), "seconds": PDF_LIMITS.seconds})
    if found.count is not None and found.count > PDF_LIMITS.pages:
        raise UnreadableError("too_many_pages", {"pages": found.count, "limit": PDF_LIMITS.pages})
    pages = [str(page["pdfium"] or "") for page in found.pages]
    if not "".join(pages).strip():
        raise UnreadableError("no_text", {"pages": len(pages)})  # scanned pages; reading them is not our work
    return pages
