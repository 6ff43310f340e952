"""Choose the reader of a file and keep whatever goes wrong inside the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tekio.corpus.readers.rows import Rejected, Rows, Unit, UnitFile
from tekio.documents import Document
from tekio.errors import TekioError
from tekio.plugins import installed
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import ARCHIVE, AUTO, UNKNOWN, find_reader, reader_of_content, reader_of_name
from tekio.rows.archive import ZipArchive
from tekio.text.unreadable import UnreadableError

OFFICE = ("docx", "pptx", "xlsx", "epub")
"""Readers of files that are ZIP archives and one document."""


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
            yield from _read_as("edinet", source, file)
            return
        for member in archive.members:
            uri = f"{file.uri}!/{member.name}"
            try:
                if member.size == 0 and not member.refused:
                    raise UnreadableError("empty", {"bytes": 0})
                yield from read_member(source, UnitFile(file.path, uri, member.size, content=archive.read(member)))
            except UnreadableError as error:
                yield Rejected(uri, error.reason, error.measured)


def read_member(source: SourceConfig, file: UnitFile) -> Rows:
    """A file that lies in another (a member of an archive, an attachment): by its own reader, or named."""
    try:
        if file.bytes == 0:
            raise UnreadableError("empty", {"bytes": 0})
        name = source.reader if source.reader not in (AUTO, "mail", "msg") else detect(file)
        yield from _read_as(name, source, file)
    except UnreadableError as error:
        yield Rejected(file.uri, error.reason, error.measured)


def is_instance(name: str) -> bool:
    """Whether a member of a ZIP is an EDINET instance document."""
    return name.lower().endswith(".xbrl") or "/PublicDoc/" in f"/{name}"


def _read_file(source: SourceConfig, unit: Unit, file: UnitFile) -> Rows:
    if file.bytes == 0:
        yield Rejected(file.uri, "empty", {"bytes": 0}, whole_file=True)
        return
    name = source.reader if source.reader != AUTO else detect(file)
    if name not in ("edinet", "jsonl", "parquet", *OFFICE) and name not in installed("tekio.readers") and _is_zip(file):
        yield from _read_archive(source, file)
    else:
        yield from _read_as(name, source, file, unit)


def _is_zip(file: UnitFile) -> bool:
    if file.content is not None:
        return file.content.startswith(b"PK\x03\x04")
    with file.path.open("rb") as raw:
        return raw.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _read_as(name: str, source: SourceConfig, file: UnitFile, unit: Unit | None = None) -> Rows:
    if name == ARCHIVE:
        yield from _read_archive(source, file)
        return
    if name == UNKNOWN:
        raise UnreadableError("unknown_format", {"name": file.name})
    reader = find_reader(name)  # its module, and the libraries it needs, are imported when its first file comes
    part = {} if unit is None or unit.start is None else {"start": unit.start, "end": unit.end}
    rows = reader.function()(source, file, **part)
    yield from _own_rows(name, rows, file) if name in installed("tekio.readers") else rows


def _own_rows(name: str, rows: Iterable[object], file: UnitFile) -> Rows:
    """The rows of a reader that is not ours: whatever it raises ends this file and no other."""
    try:
        for row in rows:
            if not isinstance(row, Document | Rejected):
                raise TypeError(f"the reader gave a {type(row).__name__}, not a Document or Rejected")
            yield row
    except (UnreadableError, OSError, MemoryError, RecursionError, TekioError):
        raise
    except Exception as error:  # noqa: BLE001 - a user's reader may raise anything
        measured = {"reader": name, "error": f"{type(error).__name__}: {str(error)[:200]}"}
        yield Rejected(file.uri, "reader_failed", measured, whole_file=True)


def detect(file: UnitFile) -> str:
    """The reader for a file, by its name and, where that says nothing, by its first bytes."""
    found = reader_of_name(file.name)
    if found is not None:
        return found
    with file.open() as stream:
        return reader_of_content(stream.read(4096))
