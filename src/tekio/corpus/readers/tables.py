"""CSV, TSV and Parquet: rows become documents by the same mapping of columns as JSON."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tekio.corpus.readers.lines import iter_lines
from tekio.corpus.readers.records import MAX_LINE_BYTES, Mapping
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, option_int, option_text
from tekio.recipe.corpus import SourceConfig
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

MAX_CSV_BYTES = 200_000_000
SAMPLE_BYTES = 1 << 18
MAX_CELL_CHARACTERS = 5_000_000
MAX_ROW_GROUP_BYTES = 2_000_000_000


def read_csv(source: SourceConfig, file: UnitFile) -> Rows:
    """A CSV or TSV file with a heading line, read line by line.

    Options: `delimiter` (else comma, or tab when the heading has more of them), `skip_lines` (lines above the heading),
    `encoding`, `max_line_bytes`; `max_file_bytes` for UTF-16 and ISO-2022-JP, which are read whole.
    """
    rejected: list[Rejected] = []
    lines = _text_lines(source, file, rejected)
    for _ in range(option_int(source, "skip_lines", 0)):
        next(lines, None)
    heading = next(lines, "")
    delimiter = option_text(source, "delimiter")
    if delimiter is None:
        delimiter = "\t" if file.name.endswith(".tsv") or heading.count("\t") > heading.count(",") else ","
    if len(delimiter) != 1:
        raise ValueError(f"sources.{source.name}.options.delimiter: one character is expected, not {delimiter!r}")
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(chain([heading], lines), delimiter=delimiter, strict=True)
    mapping = Mapping(source)
    names: list[str] | None = None
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # After a broken quotation rows cannot be told apart: the rest of the file is refused by name.
            left = sum(len(line) for line in lines)
            measured = {"line": reader.line_num, "error": str(error)[:200], "characters_left": left}
            yield Rejected(f"{file.uri}#row={number}", "bad_csv", measured, whole_file=number == 0)
            cells = None
        yield from rejected
        rejected.clear()
        if cells is None:
            return
        if names is None:
            names = [name.strip() for name in cells]
            continue
        if not any(cell.strip() for cell in cells):
            continue
        part = f"row={number}"
        number += 1
        if len(cells) != len(names):
            yield Rejected(f"{file.uri}#{part}", "wrong_columns", {"columns": len(cells), "expected": len(names)})
            continue
        yield mapping.row(file, dict(zip(names, cells, strict=True)), part)


def _encoding_of_lines(head: bytes, declared: str | None) -> str:
    """The encoding of a table's first lines; a broken line among good UTF-8 ones does not decide."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        return decode(whole, declared).encoding
    except UnreadableError:
        wide = [line for line in whole.split(b"\n") if not line.isascii()]
        good = sum(1 for line in wide if is_utf8(line))
        if b"\0" in whole or 2 * good <= len(wide):
            raise
        return "utf-8"


def is_utf8(line: bytes) -> bool:
    """Whether a line is valid UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _text_lines(source: SourceConfig, file: UnitFile, rejected: list[Rejected]) -> Iterator[str]:
    """The lines of a table's text with their line ends; lines that cannot be read go to `rejected`.

    The encoding is that of the first lines; in UTF-8, CP932 and EUC-JP a line feed is never part of another character.
    """
    declared = option_text(source, "encoding")
    with file.open() as stream:
        head = stream.read(SAMPLE_BYTES)
    encoding = _encoding_of_lines(head, declared)
    if encoding not in ("utf-8", "cp932", "euc-jp"):
        text = decode(file.read(option_int(source, "max_file_bytes", MAX_CSV_BYTES)), declared).text
        yield from io.StringIO(text, newline="")
        return
    limit = option_int(source, "max_line_bytes", MAX_LINE_BYTES)
    with file.open() as stream:
        for line in iter_lines(stream, max_line=limit):
            place = f"{file.uri}#byte={line.offset}"
            if line.data is None:
                rejected.append(Rejected(place, "line_too_long", {"bytes": line.length, "limit": limit}))
                continue
            data = line.data if line.offset else line.data.removeprefix(codecs.BOM_UTF8)
            if encoding == "utf-8" and not is_utf8(data):
                rejected.append(Rejected(place, "broken_encoding", {"encoding": encoding, "bytes": len(data)}))
                continue
            try:
                yield (data.decode("utf-8") if encoding == "utf-8" else decode(data, encoding).text) + "\n"
            except UnreadableError as error:
                rejected.append(Rejected(place, error.reason, error.measured))


def read_parquet(source: SourceConfig, file: UnitFile, start: int | None = None, end: int | None = None) -> Rows:
    """A Parquet file, or the row groups [start, end) of it, batch by batch."""
    mapping = Mapping(source)
    try:
        with pq.ParquetFile(file.path if file.content is None else pa.BufferReader(file.content)) as table:
            groups = range(table.num_row_groups)[start or 0 : end]
            number = sum(table.metadata.row_group(group).num_rows for group in range(groups.start))
            names = set(table.schema_arrow.names)
            wanted = {name.split(".")[0] for name in _columns(mapping)} & names
            if not wanted:
                raise UnreadableError("no_text", {"wanted": "+".join(mapping.text), "columns": sorted(names)[:30]})
            for group in groups:
                size = table.metadata.row_group(group).total_byte_size
                if size > MAX_ROW_GROUP_BYTES:
                    rows = table.metadata.row_group(group).num_rows
                    yield Rejected(f"{file.uri}#row={number}", "too_large", {"bytes": size, "rows": rows})
                    number += rows
                    continue
                for batch in table.iter_batches(batch_size=1024, row_groups=[group], columns=sorted(wanted)):
                    for row in cast("list[dict[str, Any]]", batch.to_pylist()):
                        yield mapping.row(file, row, f"row={number}")
                        number += 1
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise UnreadableError("bad_parquet", {"error": str(error)[:200]}) from error


def _columns(mapping: Mapping) -> list[str]:
    return [*mapping.text, *(column for _, column in mapping.fields), *(column for _, column in mapping.meta)]
