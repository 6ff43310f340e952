"""What every reader takes and gives: units of work in, documents and named refusals out."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.corpus.readers.parts import Parts
from tekio.documents import Document, document_id
from tekio.errors import RecipeError, Text
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.listing import Unread
from tekio.rows.archive import CountedStream, bare_name, open_stream, read_all
from tekio.text.revised import issue_date, may_tell_day, revision_date
from tekio.text.tables.render import RENDERINGS, Tables
from tekio.text.unreadable import UnreadableError
from tekio.text.validity import named_day


def wrong_option(source: SourceConfig, name: str, value: object, wanted: Text) -> RecipeError:
    """The error for an option whose value cannot be used: the recipe's fault, which ends the build, not a file's. wanted: what it can be, after "It is"."""
    return RecipeError(
        Text(f"The option `{name}` cannot be {value!r}.", f"オプション `{name}` に {value!r} は使えません。"),
        where=option_place(source, name),
        fix=Text(f"It is {wanted.en}.", f"指定できるもの: {wanted.ja}"),
    )


def option_place(source: SourceConfig, name: str) -> str:
    """Where an option stands in the recipe."""
    return f"corpus.sources.options.{name} ({source.name})"


def one_of(*choices: str) -> Text:
    """What an option can be that has only these values."""
    named = ", ".join(choices)
    return Text(f"one of {named}", f"次のいずれか: {named}")


WHOLE_NUMBER = Text("a whole number", "整数")
A_TEXT = Text("a text", "文字列")
LIST_OF_TEXTS = Text("a list of texts", "文字列のリスト")
ONE_CHARACTER = Text("one character", "一文字")


@dataclass(frozen=True)
class UnitFile:
    """One input file. `uri` is its path below the source's root, with `/`; it enters ids and tables, `path` does not.

    content: the bytes of an archive's member, which is read in memory; None for a file of its own.
    superseded_by: (EDINET) the files of later amendments of this filing; their text blocks replace this one's.
    unread: why nothing can be read here (a broken link, a FIFO, a closed folder); such a file is never opened.
    attached: it came with a message, or in an archive that did.
    parts: which part of the file is in work (`tekio.corpus.readers.parts`); the same for all that lies in it.
    """

    path: Path
    uri: str
    bytes: int
    superseded_by: tuple[Path, ...] = ()
    content: builtins.bytes | None = None
    unread: Unread | None = None
    attached: bool = False
    parts: Parts = field(default_factory=Parts, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The file's own name in lower case, without a compression suffix: what tells its format."""
        return bare_name(self.uri.rpartition("/")[2].lower())

    def read(self, limit: int) -> builtins.bytes:
        """The whole (decompressed) content. Raises `UnreadableError` over `limit` bytes."""
        if self.content is None:
            return read_all(self.path, limit)
        if len(self.content) > limit:
            raise UnreadableError("too_large", {"bytes": len(self.content), "limit": limit})
        return self.content

    def open(self) -> CountedStream:
        """The (decompressed) content as a stream."""
        if self.content is None:
            return open_stream(self.path)
        return CountedStream(io.BytesIO(self.content), None, 1)


@dataclass(frozen=True)
class Unit:
    """A piece of work: whole files, or a part of one file.

    start, end: bytes of a line-oriented file (lines that begin in the range), row groups of a Parquet file; None, None
    means whole files.
    """

    source: str
    files: tuple[UnitFile, ...]
    start: int | None = None
    end: int | None = None

    @property
    def bytes(self) -> int:
        """Input bytes, as they lie on disk."""
        return sum(file.bytes for file in self.files)

    @property
    def name(self) -> str:
        """A stable name for scratch files and messages."""
        part = "" if self.start is None else f"[{self.start}:{self.end}]"
        more = f"+{len(self.files) - 1}" if len(self.files) > 1 else ""
        first = next((file.uri for file in self.files), "")
        return f"{self.source}/{first}{part}{more}"


@dataclass
class Rejected:
    """An input, or a part of one, that gave no document: never dropped without this row.

    reason: short name (docs/sources.md lists them). measured: what was found and the limit. document: as far as it got.
    whole_file: the file gave nothing at all (counts towards `max_rejected_files`).
    """

    uri: str
    reason: str
    measured: dict[str, Any] = field(default_factory=dict[str, Any])
    document: Document | None = None
    whole_file: bool = False


Rows = Iterator[Document | Rejected]


def make_document(
    source: SourceConfig,
    file: UnitFile,
    text: str,
    *,
    part: str = "",
    title: str | None = None,
    published: str | None = None,
    as_of: str | None = None,
    told_as_of: str | None = None,
    license: str | None = None,  # noqa: A002 (the column's name)
    group: str | None = None,
    meta: dict[str, Any] | None = None,
    uri: str | None = None,
) -> Document:
    """A document of `file`. `part` names the place in the file (`page=3`); `uri` overrides the place altogether.

    `published` is the day the reader knows, else the one the text's first lines give (`issue_date`). `as_of` is the day the reader knows; else the text's own lines say it (`revision_date`), then `told_as_of`, the day of
    the file or of the page's meta elements, last the file's name (`named_day`). `group` is what the reader knows to belong together; the source's `group` decides whether it is used: `document`,
    `file`, or the name of a meta field.
    """
    place = uri or (f"{file.uri}#{part}" if part else file.uri)
    values = meta or {}
    told = may_tell_day(text)
    if source.group == "document":
        chosen = ""
    elif source.group == "file":
        chosen = file.uri
    else:
        named = values.get(source.group)
        chosen = str(named) if named is not None else (group or file.uri)
    return Document(
        id=document_id(source.name, place, text),
        text=text,
        source=source.name,
        uri=place,
        license=license or source.license,
        domain=source.domain,
        group=chosen,
        title=title or None,
        published=published or (issue_date(text) if told else None),
        as_of=as_of or (revision_date(text) if told else None) or told_as_of or named_day(file.uri.rpartition("/")[2]),
        meta=values,
    )


def option_int(source: SourceConfig, name: str, default: int) -> int:
    """A whole number from the source's options. Raises `RecipeError`."""
    value = source.options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise wrong_option(source, name, value, WHOLE_NUMBER)
    return value


def option_text(source: SourceConfig, name: str, default: str | None = None) -> str | None:
    """A text from the source's options. Raises `RecipeError`."""
    value = source.options.get(name, default)
    if value is not None and not isinstance(value, str):
        raise wrong_option(source, name, value, A_TEXT)
    return value


def option_tables(source: SourceConfig) -> Tables:
    """How the source's tables are written (option `tables`); by default every figure with its labels."""
    value = option_text(source, "tables", "labelled")
    for name in RENDERINGS:
        if value == name:
            return name
    raise wrong_option(source, "tables", value, one_of(*RENDERINGS))


def option_list(source: SourceConfig, name: str) -> list[str]:
    """A list of texts from the source's options; one text is a list of one."""
    value: object = source.options.get(name, [])
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):  # pyright: ignore[reportUnknownVariableType]
        return [str(item) for item in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    raise wrong_option(source, name, source.options[name], LIST_OF_TEXTS)
