"""Instruction records as Parquet: flat columns that any viewer shows, a file a split, equal records give equal bytes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (pyarrow has no complete type information)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tekio.instruct.formats.write import joined
from tekio.records import InstructionRecord
from tekio.store import canonical_json

ROWS_PER_FILE = 50_000
_TURN = pa.struct([pa.field("role", pa.string()), pa.field("content", pa.large_string())])
RECORD_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("messages", pa.list_(_TURN), nullable=False),
        pa.field("input", pa.large_string()),
        pa.field("task", pa.string(), nullable=False),
        pa.field("topic", pa.string()),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("parents", pa.list_(pa.string()), nullable=False),
        pa.field("license", pa.string(), nullable=False),
        pa.field("as_of", pa.string()),
        pa.field("group", pa.string(), nullable=False),
        pa.field("split", pa.string()),
        pa.field("review", pa.string(), nullable=False),
        pa.field("extra", pa.large_string(), nullable=False),  # JSON object
    ]
)


def flat_row(record: InstructionRecord) -> dict[str, Any]:
    """A record in the columns of `RECORD_SCHEMA`."""
    row = {name: getattr(record.meta, name) for name in RECORD_SCHEMA.names if name not in ("id", "messages", "extra")}
    return {**row, "id": record.id, "messages": joined(record), "extra": canonical_json(record.meta.extra)}


def write_parquet(records: Iterable[InstructionRecord], folder: Path) -> Counter[str]:
    """Write `data/<split>-NNNNN.parquet` below `folder`; a record without split goes to `train`. Rows per split."""
    waiting: dict[str, list[dict[str, Any]]] = {}
    written: Counter[str] = Counter()
    files: Counter[str] = Counter()

    def flush(split: str) -> None:
        rows = waiting.pop(split, [])
        path = folder / "data" / f"{split}-{files[split]:05d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=RECORD_SCHEMA), path, compression="zstd", compression_level=3)
        files[split] += 1

    for record in records:
        split = record.meta.split if record.meta.split in ("train", "validation", "test") else "train"
        waiting.setdefault(split, []).append(flat_row(record))
        written[split] += 1
        if len(waiting[split]) == ROWS_PER_FILE:
            flush(split)
    for split in sorted(waiting):
        flush(split)
    return written
