"""The document table: what `corpus` writes and training, evaluation and the report read.

Parquet, zstd, sharded. `domain` names what the text is about (`finance`, `general`, ...; `general` is the text whose
loss measures forgetting). `group` is what a held-out split must not cut (a company, a page, a law).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tekio.errors import TekioError, Text
from tekio.store import canonical_json

GENERAL = "general"

DOCUMENT_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("domain", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("uri", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("published", pa.string()),  # ISO date: when it was published
        pa.field("as_of", pa.string()),  # ISO date: the day its content holds for
        pa.field("license", pa.string(), nullable=False),
        pa.field("meta", pa.string(), nullable=False),  # JSON object: section, page, transforms ...
    ]
)

REJECTED_SCHEMA = pa.schema(
    [
        *DOCUMENT_SCHEMA,
        pa.field("rejected_by", pa.string(), nullable=False),  # the rule, for example "near_duplicate"
        pa.field("measured", pa.string()),  # JSON: the measured value and the limit
        pa.field("duplicate_of", pa.string()),  # id of the row that was kept instead
    ]
)


@dataclass(slots=True)
class Document:
    """One row of the document table. `meta` holds plain JSON values."""

    id: str
    text: str
    source: str
    uri: str
    license: str
    domain: str = GENERAL
    group: str = ""
    title: str | None = None
    published: str | None = None
    as_of: str | None = None
    meta: dict[str, Any] = field(default_factory=dict[str, Any])


def document_id(source: str, uri: str, text: str) -> str:
    """A stable id: 16 hex digits of SHA-256 over source, place and content (not over the machine or the run)."""
    digest = hashlib.sha256("\x1f".join((source, uri, text)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


_NAMES = [item.name for item in fields(Document)]


def to_table(documents: Iterable[Document]) -> pa.Table:
    """Rows as an Arrow table in `DOCUMENT_SCHEMA`; an empty `group` becomes the row's own id."""
    columns: dict[str, list[str | None]] = {name: [] for name in _NAMES}
    for item in documents:
        for name in _NAMES:
            columns[name].append(getattr(item, name) if name not in ("group", "meta") else None)
        columns["group"][-1] = item.group or item.id
        columns["meta"][-1] = canonical_json(item.meta)
    arrays = [strings(columns[field.name]).cast(field.type) for field in DOCUMENT_SCHEMA]
    return pa.Table.from_arrays(arrays, schema=DOCUMENT_SCHEMA)


def strings(values: Sequence[str | None]) -> pa.Array:
    """Texts as an Arrow array. (`pa.array` of a list loads pandas, which takes 50 MB and half a second.)"""
    encoded = [b"" if value is None else value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    there = np.packbits(np.array([value is not None for value in values], dtype=np.bool_), bitorder="little")
    buffers = [pa.py_buffer(there.tobytes()), pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)


def write_table(table: pa.Table, path: Path) -> None:
    """Write one Parquet shard (zstd level 3). Equal tables give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", compression_level=3)


def shards(folder: Path) -> list[Path]:
    """The Parquet shards of a table folder, in order. Raises `TekioError` if there is none."""
    found = sorted(folder.glob("*.parquet"))
    if not found:
        raise TekioError(Text("No document table here.", "文書表がありません。"), where=folder)
    return found


@contextmanager
def reading(shard: Path) -> Generator[None]:
    """Within this context an error of the Parquet library is one about `shard`. Raises `TekioError`."""
    try:
        yield
    except (pa.ArrowException, KeyError, UnicodeDecodeError) as error:
        if isinstance(error, pa.ArrowMemoryError | pa.ArrowCancelled):
            raise
        raise TekioError(
            Text("A document table is damaged.", "文書表が壊れています。"),
            where=shard,
            why=f"{type(error).__name__}: {error}",
        ) from error


def count_documents(folder: Path) -> int:
    """The rows of a table folder, from its files' footers. Raises `TekioError`."""
    total = 0
    for shard in shards(folder):
        with reading(shard):
            total += pq.read_metadata(shard).num_rows
    return total


def read_documents(folder: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a table folder, in order, as dictionaries with the chosen columns; memory is bounded by a batch."""
    for shard in shards(folder):
        with reading(shard), pq.ParquetFile(shard) as file:
            for batch in file.iter_batches(batch_size=1024, columns=list(columns) if columns else None):
                yield from cast("list[dict[str, Any]]", batch.to_pylist())
