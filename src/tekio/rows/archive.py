"""Open compressed files and archives from outside without trusting them.

Nothing is ever extracted to disk. Names, counts, sizes and ratios are checked before a byte is decompressed, and the
bytes that come out are counted, because sizes in headers may lie. DEFLATE reaches 1,027:1 and bzip2 far more; text of
filings and pages stays below 50:1.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (zstandard's stream reader is not fully typed)

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, cast

import zstandard

from tekio.text.unreadable import UnreadableError

CHUNK = 1 << 20
RATIO_FROM = 16 * CHUNK
"""Output bytes from which the ratio is looked at: small files may be very repetitive."""


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive or compressed file may hold. Memory of an open ZIP is about 1 kB a member."""

    members: int = 100_000
    member_bytes: int = 200_000_000
    total_bytes: int = 1_000_000_000
    ratio: int = 200
    directory_bytes: int = 32_000_000


DEFAULT_LIMITS = ArchiveLimits()

_MAGIC = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zst", b"\xfd7zXZ\x00": "xz"}
_SUFFIXES = {".gz": "gz", ".bz2": "bz2", ".zst": "zst", ".zstd": "zst", ".xz": "xz"}
_XZ_MEMORY = 1 << 28  # of the decoder; xz -9 needs 65 MB
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError)
_END_OF_DIRECTORY = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"


class CountedStream(io.RawIOBase):
    """Decompressed bytes, counted: `UnreadableError` when they exceed the ratio to the compressed bytes, or are broken."""

    def __init__(self, stream: BinaryIO, source: BinaryIO | None, ratio: int) -> None:
        super().__init__()
        self._stream, self._source, self._ratio = stream, source, ratio
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes."""
        if size is None or size < 0:  # pyright: ignore[reportUnnecessaryComparison]
            raise ValueError("read in pieces")
        try:
            data = self._stream.read(size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, zstandard.ZstdError) as error:
            raise UnreadableError("broken_archive", {"error": str(error)[:200], "bytes_read": self.count}) from error
        self.count += len(data)
        if self._source is not None and self.count > RATIO_FROM:
            consumed = max(self._source.tell(), 1)
            if self.count > consumed * self._ratio:
                raise UnreadableError("archive_bomb", {"ratio": self.count // consumed, "limit": self._ratio})
        return data

    def skip_to(self, offset: int) -> None:
        """Move to a byte of the decompressed content."""
        self._stream.seek(offset)
        self.count = offset

    def close(self) -> None:
        """Close the file below."""
        self._stream.close()
        if self._source is not None:
            self._source.close()
        super().close()


def bare_name(name: str) -> str:
    """A file name without its compression suffix: `a.jsonl` for `a.jsonl.gz`."""
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and f".{suffix.lower()}" in _SUFFIXES else name


def compression(path: Path) -> str | None:
    """`gz`, `bz2`, `zst`, `xz` or None, by the first bytes (names lie)."""
    with path.open("rb") as file:
        head = file.read(6)
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def open_stream(path: Path, limits: ArchiveLimits = DEFAULT_LIMITS) -> CountedStream:
    """The bytes of a file, decompressed if it is gzip, bzip2, zstd or xz; reading raises `UnreadableError` on a bomb."""
    kind = compression(path)
    raw = path.open("rb")
    if kind is None:
        return CountedStream(raw, None, limits.ratio)
    if kind == "gz":
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw, mode="rb"))
    elif kind == "bz2":
        stream = cast("BinaryIO", bz2.BZ2File(raw))
    elif kind == "xz":
        stream = cast("BinaryIO", _XzStreams(raw))
    else:
        window = 1 << 27  # the decoder's memory
        reader = zstandard.ZstdDecompressor(max_window_size=window).stream_reader(raw, read_across_frames=True)
        stream = cast("BinaryIO", _WholeFrames(cast("BinaryIO", reader), raw))
    return CountedStream(stream, raw, limits.ratio)


class _XzStreams:
    """The content of an xz file, whose decoder may take so much memory and no more. Raises `EOFError` for a cut file."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._held = source, b""
        self._decoder = self._begin()
        self.close = source.close

    @staticmethod
    def _begin() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; nothing only at the end of a whole file."""
        while size:
            if self._decoder.eof:
                rest = self._decoder.unused_data.lstrip(b"\0")  # padding between streams
                while not rest and (more := self._source.read(CHUNK)):
                    rest = more.lstrip(b"\0")
                if not rest:
                    return b""
                self._decoder, self._held = self._begin(), rest
            if self._decoder.needs_input and not self._held:
                self._held = self._source.read(CHUNK)
                if not self._held:
                    raise EOFError("the xz stream is cut off")
            held, self._held = self._held, b""
            if data := self._decoder.decompress(held, size):
                return data
        return b""


class _WholeFrames:
    """zstd's reader, which takes a cut file for a whole one: at its end the frames are walked. Raises `EOFError`."""

    def __init__(self, reader: BinaryIO, source: BinaryIO) -> None:
        self._reader, self._source = reader, source
        self.seek, self.close = reader.seek, reader.close

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; nothing only at the end of a whole file."""
        data = self._reader.read(size)
        if not data and size:
            check_zstd_frames(self._source)
        return data


def check_zstd_frames(file: BinaryIO) -> None:
    """Raises `EOFError` when a zstd file does not end where a frame ends (RFC 8878, section 3.1). Reads headers only."""
    size = file.seek(0, io.SEEK_END)
    place = 0
    while place < size:
        place = _end_of_frame(file, place)
        if place > size:
            raise EOFError(f"the zstd frame is cut off: {place - size} bytes or more are missing")
    file.seek(size)


def _end_of_frame(file: BinaryIO, place: int) -> int:
    """The byte after the frame or skippable frame at `place`."""

    def header(at: int, length: int) -> int:
        file.seek(at)
        data = file.read(length)
        if len(data) < length:
            raise EOFError("the zstd frame is cut off")
        return int.from_bytes(data, "little")

    magic = header(place, 4)
    if magic & 0xFFFFFFF0 == 0x184D2A50:
        return place + 8 + header(place + 4, 4)
    if magic != 0xFD2FB528:
        raise EOFError("bytes after the last zstd frame are not one")
    descriptor = header(place + 4, 1)
    single = descriptor >> 5 & 1
    content = (single, 2, 4, 8)[descriptor >> 6]
    place += 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3] + content
    last = 0
    while not last:
        block = header(place, 3)
        last, kind, length = block & 1, block >> 1 & 3, block >> 3
        place += 3 + (1 if kind == 1 else length)  # kind 1: one byte that is repeated
    return place + (4 if descriptor >> 2 & 1 else 0)


def read_all(path: Path, limit: int, limits: ArchiveLimits = DEFAULT_LIMITS) -> bytes:
    """The decompressed content of a file of at most `limit` bytes. Raises `UnreadableError` (`too_large`, ...)."""
    if compression(path) is None and path.stat().st_size > limit:
        raise UnreadableError("too_large", {"bytes": path.stat().st_size, "limit": limit})
    pieces: list[bytes] = []
    size = 0
    with open_stream(path, limits) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise UnreadableError("too_large", {"bytes": f"over {limit}", "limit": limit})
            pieces.append(chunk)
    return b"".join(pieces)


# --- ZIP -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """One file of a ZIP that passed the checks on its name, or why it did not (`refused`)."""

    name: str
    size: int
    refused: str | None = None
    position: int = 0


class ZipArchive:
    """The members of a ZIP file (or of one's bytes), checked. Use as a context manager; `read` returns one member's bytes.

    Opening raises `UnreadableError`: `broken_archive`, `too_many_members`, `archive_bomb`, `too_large`.
    """

    def __init__(self, path: Path | bytes, limits: ArchiveLimits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        _check_directory(path, limits)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(path) if isinstance(path, bytes) else path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableError("broken_archive", {"error": str(error)[:200]}) from error
        try:
            self.members = self._checked()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _checked(self) -> list[Member]:
        infos = self._zip.infolist()
        if len(infos) > self.limits.members:
            raise UnreadableError("too_many_members", {"members": len(infos), "limit": self.limits.members})
        total = sum(info.file_size for info in infos)
        if total > self.limits.total_bytes:
            raise UnreadableError("archive_bomb", {"bytes": total, "limit": self.limits.total_bytes})
        seen: set[str] = set()
        members: list[Member] = []
        for position, info in enumerate(infos):
            if info.is_dir():
                continue
            refused = self._refusal(info)
            if refused is None and info.filename in seen:
                refused = "duplicate_name"
            seen.add(info.filename)
            members.append(Member(safe_name(_shown_name(info)), info.file_size, refused, position))
        return members

    def _refusal(self, info: zipfile.ZipInfo) -> str | None:
        if not is_safe_name(info.orig_filename):
            return "path_traversal"
        mode = info.external_attr >> 16
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            return "not_a_file"
        if info.flag_bits & 0x1:
            return "encrypted"
        if info.file_size > self.limits.member_bytes:
            return "too_large"
        if info.file_size > RATIO_FROM and info.file_size > max(info.compress_size, 1) * self.limits.ratio:
            return "archive_bomb"
        return None

    def read(self, member: Member) -> bytes:
        """The bytes of a member. Raises `UnreadableError` when it was refused, is broken, or is larger than it said."""
        if member.refused:
            raise UnreadableError(member.refused, {"member": member.name, "bytes": member.size})
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(self._zip.infolist()[member.position]) as file:
                while chunk := file.read(CHUNK):
                    size += len(chunk)
                    if size > self.limits.member_bytes:
                        raise UnreadableError("archive_bomb", {"bytes": size, "limit": self.limits.member_bytes})
                    pieces.append(chunk)
        except (*_BROKEN, OSError, EOFError, KeyError, RuntimeError, ValueError) as error:
            raise UnreadableError("broken_archive", {"member": member.name, "error": str(error)[:200]}) from error
        return b"".join(pieces)

    def readable(self) -> Iterator[Member]:
        """The members that passed."""
        return (member for member in self.members if member.refused is None)


def is_safe_name(name: str) -> bool:
    """Whether a member's name stays inside the archive on every system."""
    if not name or "\0" in name or "\\" in name or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return False
    return ".." not in name.split("/") and len(name) < 1024


def safe_name(name: str) -> str:
    """A member's name as it may be shown: control characters and separators that mislead are written out."""
    if is_safe_name(name) and name.isprintable():
        return name
    return name[:1024].encode("unicode_escape").decode("ascii")


def _shown_name(info: zipfile.ZipInfo) -> str:
    """A member's name; names without the UTF-8 flag are CP932 when Japanese tools wrote them."""
    if info.flag_bits & 0x800 or info.orig_filename.isascii():
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return info.orig_filename


def _check_directory(path: Path | bytes, limits: ArchiveLimits) -> None:
    """Look at the end record before `zipfile` builds an object for every member."""
    size = len(path) if isinstance(path, bytes) else path.stat().st_size
    with io.BytesIO(path) if isinstance(path, bytes) else path.open("rb") as file:
        file.seek(max(size - 65_557, 0))
        tail = file.read(65_557)
    place = tail.rfind(_END_OF_DIRECTORY)
    if place < 0 or len(tail) < place + 22:
        raise UnreadableError("broken_archive", {"error": "no end record", "bytes": size})
    members, directory = struct.unpack("<HI", tail[place + 10 : place + 16])
    if tail.rfind(_ZIP64_LOCATOR) >= 0 and (members == 0xFFFF or directory == 0xFFFFFFFF):
        found = tail.rfind(b"PK\x06\x06")
        if found >= 0 and len(tail) >= found + 48:
            members, directory = struct.unpack("<QQ", tail[found + 32 : found + 48])
    if members > limits.members:
        raise UnreadableError("too_many_members", {"members": members, "limit": limits.members})
    if directory > limits.directory_bytes:
        raise UnreadableError("too_many_members", {"directory_bytes": directory, "limit": limits.directory_bytes})
