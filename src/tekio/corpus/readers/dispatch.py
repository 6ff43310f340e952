"""Choose the reader of a file and keep whatever goes wrong inside the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tekio.corpus.readers.archive import ZipArchive
from tekio.corpus.readers.rows import Rejected, Rows, Unit, UnitFile
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.text.unreadable import UnreadableError

Reader = Callable[[SourceConfig, UnitFile], Rows]

_BY_SUFFIX = {
    "txt": "text",
    "text": "text",
    "md": "text",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "jsonl",
    "csv": "csv",
    "tsv": "csv",
    "parquet": "parquet",
    "htm": "html",
    "html": "html",
    "xhtml": "html",
    "xbrl": "edinet",
    "warc": "warc",
    "pdf": "pdf",
    "zip": "zip",
}


def read_unit(source: SourceConfig, unit: Unit) -> Iterator[Document | Rejected]:
    """The documents of a unit, and a `Rejected` for everything in it that gave none. Never raises for a file's content.

    Raises `ValueError` when an option of the source is wrong.
    """
    for file in unit.files:
        try:
            yield from _read_file(source, unit, file)
        except UnreadableError as error:
            yield Rejected(file.uri, error.reason, error.measured, whole_file=True)
        except OSError as error:
            yield Rejected(
                file.uri, "unreadable_file", {"error": error.strerror or type(error).__name__}, whole_file=True
            )
        except (MemoryError, RecursionError) as error:
            yield Rejected(file.uri, "too_costly", {"error": type(error).__name__}, whole_file=True)


def _read_archive(source: SourceConfig, file: UnitFile) -> Rows:
    """The members of a ZIP, each by its own reader, in memory. Members that are refused and archives in it are named."""
    if file.content is not None:
        raise UnreadableError("nested_archive", {"bytes": file.bytes})
    with ZipArchive(file.path) as archive:
        if any(is_instance(member.name) for member in archive.readable()):
            yield from _edinet()(source, file)
            return
        for member in archive.members:
            uri = f"{file.uri}!/{member.name}"
            try:
                if member.size == 0 and not member.refused:
                    raise UnreadableError("empty", {"bytes": 0})
                inner = UnitFile(file.path, uri, member.size, content=archive.read(member))
                name = source.reader if source.reader != "auto" else detect(inner)
                yield from _read_as(name, source, inner)
            except UnreadableError as error:
                yield Rejected(uri, error.reason, error.measured)


def is_instance(name: str) -> bool:
    """Whether a member of a ZIP is an EDINET instance document."""
    return name.lower().endswith(".xbrl") or "/PublicDoc/" in f"/{name}"


def _read_file(source: SourceConfig, unit: Unit, file: UnitFile) -> Rows:
    if file.bytes == 0:
        yield Rejected(file.uri, "empty", {"bytes": 0}, whole_file=True)
        return
    name = source.reader if source.reader != "auto" else detect(file)
    if name in ("jsonl", "parquet"):
        yield from (_parquet if name == "parquet" else _json)()(source, file, unit.start, unit.end)
    elif _is_zip(file) and name != "edinet":
        yield from _read_archive(source, file)
    else:
        yield from _read_as(name, source, file)


def _is_zip(file: UnitFile) -> bool:
    if file.content is not None:
        return file.content.startswith(b"PK\x03\x04")
    with file.path.open("rb") as raw:
        return raw.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _read_as(name: str, source: SourceConfig, file: UnitFile) -> Rows:
    if name == "zip":
        yield from _read_archive(source, file)
    elif name in ("jsonl", "parquet"):
        yield from (_parquet if name == "parquet" else _json)()(source, file)
    elif name in _READERS:
        yield from _READERS[name]()(source, file)
    else:
        raise UnreadableError("unknown_format", {"name": file.name})


# Each reader is imported when its first file comes: the command line and other stages need none of these libraries.


def _json() -> Callable[..., Rows]:
    from tekio.corpus.readers.records import read_json

    return read_json


def _parquet() -> Callable[..., Rows]:
    from tekio.corpus.readers.tables import read_parquet

    return read_parquet


def _text() -> Reader:
    from tekio.corpus.readers.plain import read_text

    return read_text


def _aozora() -> Reader:
    from tekio.corpus.readers.plain import read_aozora_file

    return read_aozora_file


def _csv() -> Reader:
    from tekio.corpus.readers.tables import read_csv

    return read_csv


def _html() -> Reader:
    from tekio.corpus.readers.web import read_html

    return read_html


def _pdf() -> Reader:
    from tekio.corpus.readers.pdf import read_pdf

    return read_pdf


def _wikipedia() -> Reader:
    from tekio.corpus.readers.wikipedia import read_wikipedia

    return read_wikipedia


def _law() -> Reader:
    from tekio.corpus.readers.law import read_law

    return read_law


def _warc() -> Reader:
    from tekio.corpus.readers.warc import read_warc

    return read_warc


def _edinet() -> Reader:
    from tekio.corpus.readers.edinet import read_filing

    return read_filing


_READERS: dict[str, Callable[[], Reader]] = {
    "text": _text,
    "aozora": _aozora,
    "csv": _csv,
    "html": _html,
    "edinet": _edinet,
    "wikipedia": _wikipedia,
    "law": _law,
    "warc": _warc,
    "pdf": _pdf,
}


def detect(file: UnitFile) -> str:
    """The reader for a file, by its name and, where that says nothing, by its first bytes."""
    name = file.name
    suffix = name.rpartition(".")[2] if "." in name else ""
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    with file.open() as stream:
        head = stream.read(4096)
    return sniff(head)


def sniff(head: bytes) -> str:
    """The reader for content that begins with `head`."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[{", b"[\n")):
        return "jsonl"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"WARC/1."):
        return "warc"
    if start.startswith((b"<?xml", b"<Law", b"<mediawiki", b"<xbrl")):
        return _sniff_xml(start)
    if head.startswith(b"PAR1"):
        return "parquet"
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "unknown"
    return "text"


def _sniff_xml(start: bytes) -> str:
    """The reader of an XML document, by its root element."""
    roots = {b"<mediawiki": "wikipedia", b"<Law": "law", b"xbrl": "edinet", b"<html": "html", b"<DataRoot": "law"}
    found = [(place, name) for mark, name in roots.items() if (place := start.find(mark)) >= 0]
    return min(found)[1] if found else "unknown"
