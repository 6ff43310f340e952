"""Choose the reader of a file and keep whatever goes wrong inside the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tekio.corpus.readers.deadline import NO_LIMIT, Deadline, TooSlowError
from tekio.corpus.readers.rows import OptionError, Rejected, Rows, Unit, UnitFile, option_int
from tekio.documents import Document
from tekio.errors import TekioError
from tekio.plugins import installed
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.readers import ARCHIVE, AUTO, UNKNOWN, find_reader, reader_of_content, reader_of_name
from tekio.rows.archive import DEFAULT_LIMITS, ArchiveLimits, Member, ZipArchive
from tekio.text.unreadable import UnreadableError

OFFICE = ("docx", "pptx", "xlsx", "epub")
"""Readers of files that are ZIP archives and one document."""


@dataclass
class Fate:
    """What became of one file, or of the part of it that is in a unit.

    documents: how many it gave. whole: whether it was read to its end.
    """

    uri: str
    documents: int = 0
    whole: bool = True


def read_unit(
    source: SourceConfig, unit: Unit, fates: list[Fate] | None = None, deadline: Deadline = NO_LIMIT
) -> Iterator[Document | Rejected]:
    """The documents of a unit, and a `Rejected` for everything in it that gave none. Never raises for a file's content.

    A file that gives no row at all gets one. fates: takes what became of each file. deadline: for each row.
    Raises `ValueError` when an option of the source is wrong.
    """
    for file in unit.files:
        fate, rows = Fate(file.uri), 0
        if fates is not None:
            fates.append(fate)
        for row in deadline.each(_kept_going(_read_file(source, unit, file), file.uri, whole_file=True)):
            rows += 1
            if isinstance(row, Document):
                fate.documents += 1
            elif row.whole_file:
                fate.whole = False
            yield row
        if not rows and unit.start is None:
            fate.whole = False
            yield Rejected(file.uri, "no_rows", {"bytes": file.bytes}, whole_file=True)


def _kept_going(rows: Rows, uri: str, *, whole_file: bool = False) -> Rows:
    """`rows`; whatever is raised for a file's content is its last row. What the recipe or the installation lacks is raised."""
    try:
        yield from rows
    except UnreadableError as error:
        yield Rejected(uri, error.reason, error.measured, whole_file=whole_file)
    except TooSlowError as error:
        yield Rejected(uri, "too_slow", dict(error.measured), whole_file=whole_file)
    except (TekioError, OptionError):
        raise
    except OSError as error:
        measured = {"error": error.strerror or type(error).__name__}
        yield Rejected(uri, "unreadable_file", measured, whole_file=whole_file)
    except (MemoryError, RecursionError) as error:
        yield Rejected(uri, "too_costly", {"error": type(error).__name__}, whole_file=whole_file)
    except Exception as error:  # noqa: BLE001 - one file that a reader or its library stumbles over never ends a build
        measured = {"error": f"{type(error).__name__}: {str(error)[:200]}".encode("utf-8", "backslashreplace").decode()}
        yield Rejected(uri, "reader_failed", measured, whole_file=whole_file)


def _read_archive(source: SourceConfig, file: UnitFile) -> Rows:
    """The members of a ZIP, each by its own reader, in memory. Members that are refused and archives in it are named."""
    if file.content is not None:
        raise UnreadableError("nested_archive", {"bytes": file.bytes})
    with ZipArchive(file.path, archive_limits(source)) as archive:
        if any(is_instance(member.name) for member in archive.readable()):
            yield from _read_as("edinet", source, file)
            return
        for member in archive.members:
            uri = f"{file.uri}!/{member.name}"
            yield from _kept_going(_read_zipped(source, file, archive, member), uri)
        if not archive.members:
            yield Rejected(file.uri, "empty", {"members": 0}, whole_file=True)


def archive_limits(source: SourceConfig) -> ArchiveLimits:
    """What a ZIP of a source may hold. Options: `max_members`, `max_archive_bytes` (unpacked, all members)."""
    return ArchiveLimits(
        members=option_int(source, "max_members", DEFAULT_LIMITS.members),
        total_bytes=option_int(source, "max_archive_bytes", DEFAULT_LIMITS.total_bytes),
    )


def _read_zipped(source: SourceConfig, file: UnitFile, archive: ZipArchive, member: Member) -> Rows:
    if member.size == 0 and not member.refused:
        raise UnreadableError("empty", {"bytes": 0})
    uri = f"{file.uri}!/{member.name}"
    yield from read_member(source, UnitFile(file.path, uri, member.size, content=archive.read(member)))


def read_member(source: SourceConfig, file: UnitFile) -> Rows:
    """A file that lies in another (a member of an archive, an attachment): by its own reader, or named."""
    yield from _kept_going(_read_inside(source, file), file.uri)


def _read_inside(source: SourceConfig, file: UnitFile) -> Rows:
    if file.bytes == 0:
        raise UnreadableError("empty", {"bytes": 0})
    name = source.reader if source.reader not in (AUTO, "mail", "msg") else detect(file)
    yield from _read_as(name, source, file)


def is_instance(name: str) -> bool:
    """Whether a member of a ZIP is an EDINET instance document."""
    return name.lower().endswith(".xbrl") or "/PublicDoc/" in f"/{name}"


def _read_file(source: SourceConfig, unit: Unit, file: UnitFile) -> Rows:
    if file.unread is not None:
        yield Rejected(file.uri, file.unread.reason, {"error": file.unread.detail}, whole_file=True)
        return
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
