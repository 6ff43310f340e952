"""Records on disk in parts by key, so that what must be sorted fits into memory whatever there is in all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]

RECORDS = 1 << 19  # records a part, unless there are more than MOST_PARTS parts
MOST_PARTS = 256
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)


class Spill:
    """Records of one dtype, kept in files by a hash of their key: equal keys come back in the same part.

    expected: about how many records there will be; decides the number of parts.
    """

    def __init__(self, folder: Path, dtype: np.dtype[Any], expected: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._folder, self._dtype = folder, dtype
        self._count = min(MOST_PARTS, max(1, -(-expected // RECORDS)))
        self._held: list[tuple[Records, Records]] = []
        self._size = 0

    def add(self, records: Records, keys: Records) -> None:
        """Append records; `keys` (integers, one a record) say which belong together."""
        self._held.append((records, keys))
        self._size += len(records)
        if self._size >= RECORDS:  # few large writes instead of many small ones
            self._flush()

    def _flush(self) -> None:
        if not self._size:
            return
        records, keys = (np.concatenate(arrays) for arrays in zip(*self._held, strict=True))
        self._held, self._size = [], 0
        parts = ((keys.astype(np.uint64) * _MIX) >> _SHIFT) % np.uint64(self._count)
        order = np.argsort(parts, kind="stable")
        bounds = np.searchsorted(parts[order], np.arange(self._count + 1, dtype=np.uint64))
        for part in np.flatnonzero(np.diff(bounds)).tolist():
            self._append(part, records[order[bounds[part] : bounds[part + 1]]])

    def _append(self, part: int, records: Records) -> None:
        with (self._folder / f"{part:03d}.bin").open("ab") as file:
            file.write(np.ascontiguousarray(records, dtype=self._dtype).tobytes())

    def parts(self) -> Iterator[Records]:
        """The parts one by one, records in the order they were added; what was read is gone from disk afterwards."""
        self._flush()
        for path in sorted(self._folder.glob("*.bin")):
            yield np.fromfile(path, dtype=self._dtype)
            path.unlink()
        self._folder.rmdir()
