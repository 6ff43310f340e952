"""Document tables a page at a time: the rows from a place on, with a value in a column, with words in their text, by id.

Shards are read batch by batch and no further than the page needs. A search that finds little would read all of it: it stops
after `SECONDS` and says where to go on.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from tekio.documents import reading, shards

pc: Any = pyarrow.compute  # its functions are made at run time

SECONDS = 1.2
"""How long one request searches before it shows what it has."""
BATCH = 2048
EXCERPT = 240
SEARCHED = ("text", "title", "uri", "id")


@dataclass(frozen=True)
class Found:
    """A page of rows. places: of each row, counted over all shards. following: where the next page begins; None: there is none.

    looked_at: rows that were looked at. complete: False where time ran out before the page was full or the table at its end.
    """

    rows: list[dict[str, Any]]
    places: list[int]
    following: int | None
    looked_at: int
    complete: bool


class DocumentTable:
    """A table folder (`corpus/train`, ...). Only the footers of its shards are read at first. Raises `TekioError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begins: list[tuple[int, Path, int]] = []
        self.rows: int = 0
        for shard in shards(folder):
            with reading(shard), pq.ParquetFile(shard) as file:
                for group in range(file.num_row_groups):
                    self._begins.append((self.rows, shard, group))
                    self.rows += int(file.metadata.row_group(group).num_rows)

    def page(
        self, at: int, size: int, *, where: Mapping[str, str] | None = None, words: str = "", seconds: float = SECONDS
    ) -> Found:
        """Up to `size` rows from place `at` on, texts cut to their beginning.

        where: column -> the value it must have. words: must stand in text, title, place or id as written.
        """
        asked = {name: value for name, value in (where or {}).items() if value}
        columns = sorted({*asked, *(SEARCHED if words else ())})
        until = time.monotonic() + seconds
        places: list[int] = []
        looked = 0
        if not columns:
            places = list(range(at, min(at + size, self.rows)))
            following = at + size if at + size < self.rows else None
            return Found(self._take(places), places, following, len(places), complete=True)
        for start, batch in self._batches(at, columns):
            mask = _mask(batch, asked, words)
            hits = pc.indices_nonzero(mask).to_pylist()
            room = size - len(places)
            places += [start + hit for hit in hits[:room]]
            if len(hits) > room or len(places) == size:
                end = places[-1] + 1 if places else start
                return Found(
                    self._take(places), places, end if end < self.rows else None, looked + end - start, complete=True
                )
            looked += len(batch)
            if time.monotonic() > until and start + len(batch) < self.rows:
                return Found(self._take(places), places, start + len(batch), looked, complete=False)
        return Found(self._take(places), places, None, looked, complete=True)

    def find(self, identity: str) -> dict[str, Any] | None:
        """The whole row with an id."""
        for start, batch in self._batches(0, ["id"]):
            hits = pc.indices_nonzero(pc.equal(batch.column("id"), identity))
            if len(hits):
                return self.row(start + hits[0].as_py())
        return None

    def row(self, place: int) -> dict[str, Any]:
        """The whole row at a place."""
        return self._take([place], whole=True)[0]

    def values(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Some columns of all rows, batch by batch."""
        for _, batch in self._batches(0, list(columns), size=65_536):
            yield batch

    def names(self) -> list[str]:
        """The columns of the table."""
        _, shard, _ = self._begins[0]
        with reading(shard), pq.ParquetFile(shard) as file:
            return list(file.schema_arrow.names)

    def _batches(self, at: int, columns: list[str], *, size: int = BATCH) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Batches of the rows from `at` on, with the place of their first row."""
        ends = [begin for begin, _, _ in self._begins[1:]] + [self.rows]
        open_file: tuple[Path, pq.ParquetFile] | None = None
        try:
            for (begin, shard, group), end in zip(self._begins, ends, strict=True):
                if end <= at:
                    continue
                with reading(shard):
                    if open_file is None or open_file[0] != shard:
                        if open_file is not None:
                            open_file[1].close()
                        open_file = (shard, pq.ParquetFile(shard))
                    place = begin
                    for batch in open_file[1].iter_batches(batch_size=size, row_groups=[group], columns=columns):
                        if place + len(batch) > at:
                            skipped = max(0, at - place)
                            yield place + skipped, batch.slice(skipped)
                        place += len(batch)
        finally:
            if open_file is not None:
                open_file[1].close()

    def _take(self, places: Sequence[int], *, whole: bool = False) -> list[dict[str, Any]]:
        """The rows at some places (ascending)."""
        rows: list[dict[str, Any]] = []
        wanted = list(places)
        while wanted:
            index = max(number for number, (begin, _, _) in enumerate(self._begins) if begin <= wanted[0])
            begin, shard, group = self._begins[index]
            end = self._begins[index + 1][0] if index + 1 < len(self._begins) else self.rows
            here = [place for place in wanted if place < end]
            with reading(shard), pq.ParquetFile(shard) as file:
                place = begin
                for batch in file.iter_batches(batch_size=BATCH, row_groups=[group]):
                    inside = [item - place for item in here if place <= item < place + len(batch)]
                    if inside:
                        taken = batch.take(pa.array(inside))
                        rows += cast("list[dict[str, Any]]", taken.to_pylist() if whole else _short(taken).to_pylist())
                    place += len(batch)
                    if place > here[-1]:
                        break
            wanted = wanted[len(here) :]
        return rows


def _mask(batch: pa.RecordBatch, asked: Mapping[str, str], words: str) -> Any:
    """Which rows have the values asked for and the words; at least one of both is asked for."""
    mask = None
    for name, value in asked.items():
        own = pc.fill_null(pc.equal(batch.column(name), value), False)
        mask = own if mask is None else pc.and_(mask, own)
    if words:
        any_case = words.isascii()
        own = None
        for name in SEARCHED:
            has = pc.fill_null(pc.match_substring(batch.column(name), words, ignore_case=any_case), False)
            own = has if own is None else pc.or_(own, has)
        mask = own if mask is None else pc.and_(mask, own)
    return mask


def _short(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows with the beginning of their text only, and its length as `characters`."""
    table = pa.Table.from_batches([batch])
    text = table.column("text")
    table = table.append_column("characters", pc.utf8_length(text))
    place = table.schema.get_field_index("text")
    return table.set_column(place, "text", pc.utf8_slice_codeunits(text, 0, EXCERPT)).to_batches()[0]
