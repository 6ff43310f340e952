"""Parquet, batch by batch; only the columns that are asked for."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# (pyarrow has no complete type information)

from __future__ import annotations

import math
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tekio.rows.archive import compression
from tekio.rows.columns import NotText
from tekio.rows.read import BadRow, Row, RowFile, RowOptions, Rows
from tekio.rows.separated import repeated
from tekio.text.unreadable import UnreadableError

MAX_ROW_GROUP_BYTES = 2_000_000_000
BATCH, BATCH_BYTES = 512, 64_000_000
"""Rows, or bytes, that are held at once as Python's own values."""


def parquet_rows(file: RowFile, options: RowOptions) -> Rows:
    """The rows of a Parquet file. Raises `UnreadableError`: `bad_parquet`, `duplicate_column`."""
    raw = file.content
    if raw is None and compression(file.path) is not None:
        raw = file.read(options.max_file_bytes)
    number = 0
    try:
        with pq.ParquetFile(file.path if raw is None else pa.BufferReader(raw)) as table:
            names = list(table.schema_arrow.names)
            twice = repeated(names)
            if twice:
                raise UnreadableError("duplicate_column", {"duplicate": twice, "columns": names[:40]})
            wanted = names
            if options.columns is not None:
                heads = {name for column in options.columns for name in (column, column.partition(".")[0])}
                wanted = [name for name in names if name in heads]
            for group in range(table.num_row_groups):
                about = table.metadata.row_group(group)
                if about.total_byte_size > MAX_ROW_GROUP_BYTES:
                    measured = {"bytes": about.total_byte_size, "rows": about.num_rows}
                    yield BadRow("too_large", f"row={number}", f"#{number}", measured)
                    number += about.num_rows
                    continue
                at_once = max(1, min(BATCH, BATCH_BYTES * about.num_rows // max(1, about.total_byte_size)))
                for batch in table.iter_batches(batch_size=at_once, row_groups=[group], columns=wanted):
                    rows = cast("list[dict[str, Any]]", _values(batch) if wanted else [{}] * batch.num_rows)
                    for row in rows:
                        values = {name: plain(value) for name, value in row.items()}
                        # All names, so that a caller sees what the file has.
                        yield Row(values, f"row={number}", f"#{number}")
                        number += 1
    except MemoryError:  # Arrow's own is one too
        raise
    except (pa.ArrowException, ValueError, OverflowError, OSError) as error:
        broken = UnreadableError("bad_parquet", {"error": str(error)[:200]})
        if number == 0:
            raise broken from error
        yield BadRow(broken.reason, f"row={number}", f"#{number}", broken.measured, rest=True)


def _values(batch: Any) -> list[dict[str, Any]]:
    """The rows of a batch. Times are text as Arrow writes it: Python's own end at microseconds and the year 9999."""
    columns: list[list[Any]] = []
    for column in batch.columns:
        if pa.types.is_timestamp(column.type):
            columns.append(_local(column).cast(pa.string()).to_pylist())
        elif pa.types.is_date(column.type) or pa.types.is_time(column.type):
            columns.append(column.cast(pa.string()).to_pylist())
        elif pa.types.is_duration(column.type):
            unit = column.type.unit
            columns.append([None if n is None else f"{n} {unit}" for n in column.cast(pa.int64()).to_pylist()])
        else:
            columns.append(column.to_pylist())
    return [dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _local(column: Any) -> Any:
    """Timestamps as the clocks of their zone showed them, which is the day they were published; UTC in an unknown zone."""
    if column.type.tz is None:
        return column
    try:
        return pc.local_timestamp(column)
    except pa.ArrowException:
        return column.cast(pa.timestamp(column.type.unit))


def parquet_columns(file: RowFile) -> list[str]:
    """The columns of a Parquet file. Raises `UnreadableError`."""
    try:
        with pq.ParquetFile(file.path if file.content is None else pa.BufferReader(file.content)) as table:
            return list(table.schema_arrow.names)
    except MemoryError:
        raise
    except pa.ArrowException as error:
        raise UnreadableError("bad_parquet", {"error": str(error)[:200]}) from error


def plain(value: Any) -> Any:
    """A column value as plain JSON: dates and decimals as text, no NaN; bytes that are no UTF-8 as their length (`NotText`)."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, bytes):
        try:
            return value.decode()  # older writers mark no column as text
        except UnicodeDecodeError:
            return NotText(f"<{len(value)} bytes>")
    return str(value)
