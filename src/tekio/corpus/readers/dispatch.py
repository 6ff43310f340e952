"""Choose the reader of a file and keep whatever goes wrong inside the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tekio.corpus.readers.deadline import NO_LIMIT, Deadline, TooSlowError
from tekio.corpus.readers.faults import kept_going, part_rows
from tekio.corpus.readers.guard import ReadingProcess
from tekio.corpus.readers.parts import Parts
from tekio.corpus.readers.rows import Rejected, Rows, Unit, UnitFile, option_int
from tekio.documents import Document
from tekio.errors import TekioError
from tekio.plugins import installed
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.listing import IWORK, is_iwork
from tekio.recipe.readers import (
    ARCHIVE,
    AUTO,
    OLD_OFFICE,
    UNKNOWN,
    find_reader,
    is_of_program,
    reader_of_content,
    reader_of_name,
    way_on,
)
from tekio.rows.archive import DEFAULT_LIMITS, ArchiveLimits, Member, ZipArchive
from tekio.rows.packages import FIRST_PARTS, HEADER, package_in
from tekio.text.unreadable import UnreadableError

OFFICE = ("docx", "pptx", "xlsx", "odt", "ods", "odp", "epub")
"""Readers of files that are ZIP archives and one document."""
MAX_DOCUMENT_CHARACTERS = 100_000_000


@dataclass
class Fate:
    """What became of one file, or of the part of it that is in a unit.

    documents: how many it gave. whole: whether it was read to its end.
    """

    uri: str
    documents: int = 0
    whole: bool = True


def read_unit(
    source: SourceConfig,
    unit: Unit,
    fates: list[Fate] | None = None,
    deadline: Deadline = NO_LIMIT,
    process: ReadingProcess | None = None,
) -> Iterator[Document | Rejected]:
    """The documents of a unit, and a `Rejected` for everything in it that gave none. Never raises for a file's content.

    A file that gives no row at all gets one. fates: takes what became of each file. deadline: for each row.
    process: reads the files whose cost has no bound of its own; without one everything is read here.
    Raises `RecipeError` when an option of the source is wrong.
    """
    part = None if unit.start is None or unit.end is None else (unit.start, unit.end)
    for file in unit.files:
        fate, rows = Fate(file.uri), 0
        if fates is not None:
            fates.append(fate)
        for row in deadline.each(_rows_of(source, file, part, deadline, process)):
            rows += 1
            if isinstance(row, Document):
                fate.documents += 1
            elif row.whole_file:
                fate.whole = False
            yield row
        if not rows and unit.start is None:
            fate.whole = False
            yield Rejected(file.uri, "no_rows", {"bytes": file.bytes}, whole_file=True)


def _rows_of(
    source: SourceConfig,
    file: UnitFile,
    part: tuple[int, int] | None,
    deadline: Deadline,
    process: ReadingProcess | None,
) -> Rows:
    """The rows of a file, read here or by `process`."""
    try:
        here = process is None or _is_bounded(source, file)
    except TooSlowError as error:  # opening it blocks
        yield Rejected(file.uri, "too_slow", dict(error.measured), whole_file=True)
        return
    if process is None or here:
        yield from file_rows(source, file, part, file.parts)
        return
    deadline.elsewhere()
    for row in process.read(source, file, part):
        yield row
        deadline.elsewhere()


def file_rows(source: SourceConfig, file: UnitFile, part: tuple[int, int] | None, parts: Parts) -> Rows:
    """The rows of one file. part: a byte range of it. Raises what the recipe or the installation lacks, and nothing else."""
    for row in kept_going(_read_file(source, part, replace(file, parts=parts)), file.uri, whole_file=True):
        yield _of_bounded_length(row)


def _of_bounded_length(row: Document | Rejected) -> Document | Rejected:
    """The row, or a refusal for a document that is too long to be cleaned within any memory."""
    document = row.document if isinstance(row, Rejected) else row
    if document is None or len(document.text) <= MAX_DOCUMENT_CHARACTERS:
        return row
    if isinstance(row, Rejected):
        return replace(row, document=None)
    return Rejected(row.uri, "too_large", {"characters": len(row.text), "limit": MAX_DOCUMENT_CHARACTERS})


def _is_bounded(source: SourceConfig, file: UnitFile) -> bool:
    """Whether a file's reading has limits of its own, so that it needs no process."""
    try:
        if file.unread is not None or file.bytes == 0:
            return True
        name = _reader_name(source, file)
        return name == UNKNOWN or (name != ARCHIVE and find_reader(name).bounded)
    except (OSError, TekioError, UnreadableError):  # said where it is read, which is where it does no harm
        return False


def _reader_name(source: SourceConfig, file: UnitFile) -> str:
    """The reader of a file; `zip` for an archive whose members each have their own."""
    name = source.reader if source.reader != AUTO else detect(file)
    if (
        name not in ("edinet", "jsonl", "parquet", UNKNOWN, *OFFICE)
        and name not in installed("tekio.readers")
        and _is_zip(file)
    ):
        return ARCHIVE
    return name


def _read_archive(source: SourceConfig, file: UnitFile) -> Rows:
    """The members of a ZIP, each by its own reader, in memory. Members that are refused and archives in it are named.

    An archive that a message carries is read too; together those of one file hold no more than one archive may.
    """
    if file.content is not None and not file.attached:
        raise UnreadableError("nested_archive", {"bytes": file.bytes})
    limits = archive_limits(source)
    with ZipArchive(file.path if file.content is None else file.content, limits) as archive:
        if file.content is not None:
            file.parts.unpacked += sum(member.size for member in archive.members)
            if file.parts.unpacked > limits.total_bytes:
                raise UnreadableError("archive_bomb", {"bytes": file.parts.unpacked, "limit": limits.total_bytes})
        elif any(is_instance(member.name) for member in archive.readable()):
            yield from _read_as("edinet", source, file)
            return
        folders = _document_folders([member.name for member in archive.members])
        for folder in folders:
            yield Rejected(f"{file.uri}!/{folder}", "unknown_format", _unknown(folder.rpartition("/")[2].lower()))
        for member in archive.members:
            if any(member.name.startswith(f"{folder}/") for folder in folders):
                continue
            uri = f"{file.uri}!/{member.name}"
            yield from part_rows(file, uri, _read_zipped(source, file, archive, member))
        if not archive.members:
            yield Rejected(file.uri, "empty", {"members": 0}, whole_file=True)


def _document_folders(names: Sequence[str]) -> list[str]:
    """The folders in an archive that are one document each (`is_iwork`), without those inside of another."""
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        parts = name.split("/")
        for place, part in enumerate(parts[:-1]):
            if part.lower().endswith(IWORK):
                inside["/".join(parts[: place + 1])].add(parts[place + 1])
                break
    return sorted(folder for folder, own in inside.items() if is_iwork(folder, own))


def archive_limits(source: SourceConfig) -> ArchiveLimits:
    """What a ZIP of a source may hold. Options: `max_members`, `max_archive_bytes` (unpacked, all members)."""
    return ArchiveLimits(
        members=option_int(source, "max_members", DEFAULT_LIMITS.members),
        total_bytes=option_int(source, "max_archive_bytes", DEFAULT_LIMITS.total_bytes),
    )


def _read_zipped(source: SourceConfig, file: UnitFile, archive: ZipArchive, member: Member) -> Rows:
    if member.size == 0 and not member.refused:
        raise UnreadableError("empty", {"bytes": 0})
    uri, raw = f"{file.uri}!/{member.name}", archive.read(member)
    inner = UnitFile(file.path, uri, member.size, content=raw, parts=file.parts)
    if file.attached:
        from tekio.corpus.readers.value_tables import is_attached_table, read_attached_table

        if is_attached_table(source, inner):
            yield from read_attached_table(source, inner)
            return
    yield from _read_inside(source, inner)


def read_member(source: SourceConfig, file: UnitFile) -> Rows:
    """A file that lies in another, an attachment: by its own reader, or named."""
    yield from part_rows(file, file.uri, _read_inside(source, file))


def _read_inside(source: SourceConfig, file: UnitFile) -> Rows:
    if file.bytes == 0:
        raise UnreadableError("empty", {"bytes": 0})
    if _is_of_program(file):
        raise UnreadableError("left_by_program", {"name": file.name})
    name = source.reader if source.reader not in (AUTO, "mail", "msg") else detect(file)
    yield from _read_as(name, source, file)


def is_instance(name: str) -> bool:
    """Whether a member of a ZIP is an EDINET instance document."""
    return name.lower().endswith(".xbrl") or "/PublicDoc/" in f"/{name}"


def _read_file(source: SourceConfig, part: tuple[int, int] | None, file: UnitFile) -> Rows:
    if file.unread is not None:
        told = {"error": file.unread.detail} if file.unread.reason != "unknown_format" else _unknown(file.name)
        yield Rejected(file.uri, file.unread.reason, told, whole_file=True)
        return
    if file.bytes == 0:
        yield Rejected(file.uri, "empty", {"bytes": 0}, whole_file=True)
        return
    if _is_of_program(file):
        yield Rejected(file.uri, "left_by_program", {"name": file.name}, whole_file=True)
        return
    yield from _read_as(_reader_name(source, file), source, file, part)


def _is_of_program(file: UnitFile) -> bool:
    if not file.name.startswith((".", "~", "t", "e", "d")):  # most files are not opened for this
        return False
    with file.open() as stream:
        return is_of_program(file.uri.rpartition("/")[2].lower(), file.bytes, stream.read(4))


def _is_zip(file: UnitFile) -> bool:
    if file.content is not None:
        return file.content.startswith(b"PK\x03\x04")
    with file.path.open("rb") as raw:
        return raw.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _read_as(name: str, source: SourceConfig, file: UnitFile, part: tuple[int, int] | None = None) -> Rows:
    if name == ARCHIVE:
        yield from _read_archive(source, file)
        return
    if name == UNKNOWN:
        raise UnreadableError("unknown_format", _unknown(file.name))
    reader = find_reader(name)  # its module, and the libraries it needs, are imported when its first file comes
    of_part = {} if part is None else {"start": part[0], "end": part[1]}
    rows = reader.function()(source, file, **of_part)
    yield from _own_rows(name, rows, file) if name in installed("tekio.readers") else rows


def _unknown(name: str) -> dict[str, str]:
    """What a row says of a document that no reader takes, by its name in lower case: it, and how to make a readable one of it."""
    fix = way_on(name)
    return {"name": name} | ({"fix": fix.en} if fix is not None else {})


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
    """The reader for a file, by its name and, where that says nothing, by its first bytes; a package by its parts, whatever its name."""
    found = reader_of_name(file.name)
    if found is not None and found not in (ARCHIVE, OLD_OFFICE):
        return found
    with file.open() as stream:
        head = stream.read(4096)
    if not head.startswith(b"PK\x03\x04"):
        return found or reader_of_content(head)
    inside = reader_of_content(head)
    if inside != ARCHIVE or (found == ARCHIVE and not head[HEADER:].startswith(FIRST_PARTS)):
        return found if found == ARCHIVE else inside
    kind = package_in(file.path if file.content is None else file.content, DEFAULT_LIMITS)
    return ARCHIVE if kind is None else kind if kind in OFFICE else UNKNOWN
