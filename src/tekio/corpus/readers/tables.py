"""CSV, TSV and Parquet: rows become documents by the same mapping of columns as JSON."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tekio.corpus.readers.records import Mapping
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile, option_int, option_text
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

MAX_CSV_BYTES = 500_000_000
MAX_CELL_CHARACTERS = 5_000_000
MAX_ROW_GROUP_BYTES = 2_000_000_000


def read_csv(source: SourceConfig, file: UnitFile) -> Rows:
    """A CSV or TSV file with a heading line.

    Options: `delimiter` (else comma, or tab when the heading has more of them), `skip_lines` (lines above the heading),
    `encoding`, `max_file_bytes`.
    """
    raw = file.read(option_int(source, "max_file_bytes", MAX_CSV_BYTES))
    decoded = decode(raw, option_text(source, "encoding"))
    yield from csv_rows(source, file, decoded.text)


def csv_rows(source: SourceConfig, file: UnitFile, text: str) -> Iterator[Document | Rejected]:
    """The documents of a table's text."""
    stream = io.StringIO(text, newline="")
    for _ in range(option_int(source, "skip_lines", 0)):
        stream.readline()
    place = stream.tell()
    heading = stream.readline()
    stream.seek(place)
    delimiter = option_text(source, "delimiter")
    if delimiter is None:
        tab = file.name.endswith(".tsv") or heading.count("\t") > heading.count(",")
        delimiter = "\t" if tab else ","
    if len(delimiter) != 1:
        raise ValueError(f"sources.{source.name}.options.delimiter: one character is expected, not {delimiter!r}")
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    mapping = Mapping(source)
    names: list[str] | None = None
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # After a broken quotation the reader cannot tell rows apart: the rest of the file is refused by name.
            rest = len(text) - stream.tell()
            yield Rejected(
                f"{file.uri}#row={number}",
                "bad_csv",
                {"line": reader.line_num, "error": str(error)[:200], "characters_left": max(rest, 0)},
                whole_file=number == 0,
            )
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
