"""The measured units of all sources as one body of numbered rows, read in parts."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tekio.corpus.duplicates.documents import Rows
from tekio.corpus.units.unit import read_batches
from tekio.corpus.units.unit_layout import (
    CANDIDATES,
    FIGURE_ENDS,
    FIGURES,
    LIGHT,
    LIGHT_ROW,
    ROWS,
    SHINGLE_ENDS,
    SHINGLES,
    UnitSummary,
    UnitTask,
    unit_folder,
)
from tekio.engine import Engine
from tekio.errors import Text
from tekio.progress import followed
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.shingles import Figures, ShingleSet, figures_of, shingle_sets

OPEN_FILES = 64
CACHED_SHINGLES = 4_000_000  # 16 MB


class Stored:
    """All rows, numbered through the units. folders: of the measured units. decided: of what is decided about them."""

    def __init__(self, tasks: Sequence[UnitTask], summaries: Sequence[UnitSummary], decided: Path) -> None:
        self.folders = [unit_folder(task) for task in tasks]
        self.decided = [decided / f"unit-{task.index:06d}" for task in tasks]
        self.starts: Rows = np.concatenate(([0], np.cumsum([item.rows for item in summaries]))).astype(np.int64)
        self._priority = np.array([task.source.priority for task in tasks], dtype=np.int64)

    @property
    def rows(self) -> int:
        return int(self.starts[-1])

    def span(self, unit: int) -> slice:
        """The rows of a unit."""
        return slice(int(self.starts[unit]), int(self.starts[unit + 1]))

    def by_unit(self, rows: Rows) -> Iterator[tuple[int, slice]]:
        """The units that hold some of `rows` (ascending), each with the part of `rows` it holds."""
        bounds = np.searchsorted(rows, self.starts)
        for unit in np.flatnonzero(np.diff(bounds)).tolist():
            yield unit, slice(int(bounds[unit]), int(bounds[unit + 1]))

    def light(self, unit: int) -> NDArray[Any]:
        """The `LIGHT_ROW`s of a unit."""
        return np.load(self.folders[unit] / LIGHT)

    def gather(self, rows: Rows) -> NDArray[Any]:
        """The `LIGHT_ROW`s of some rows (ascending)."""
        found = np.zeros(len(rows), dtype=LIGHT_ROW)
        for unit, part in self.by_unit(rows):
            found[part] = self.light(unit)[rows[part] - self.starts[unit]]
        return found

    def keep_keys(self, keep: str) -> Callable[[Rows], tuple[NDArray[Any], ...]]:
        """Sort keys of rows in keep order, for `tekio.corpus.duplicates.documents`."""

        def keys(rows: Rows) -> tuple[NDArray[Any], ...]:
            light = self.gather(rows)
            units = np.searchsorted(self.starts, rows, "right") - 1
            found: list[NDArray[Any]] = [light["id"], -light["letters"].astype(np.int64)]
            if keep != "longest":
                missing = light["date"] == 0
                found += [~light["date"] if keep == "newest" else light["date"], missing]
            return (*found, -self._priority[units])

        return keys

    # --- shingles of candidates ----------------------------------------------------------------------------------

    def write_shingles(self, is_candidate: NDArray[np.bool_], engine: Engine) -> None:
        """Write the shingle sets of the candidates of every unit, on the engine."""
        jobs: list[tuple[Path, Path]] = []
        for unit, folder in enumerate(self.decided):
            wanted = np.flatnonzero(is_candidate[self.span(unit)])
            if len(wanted):
                np.save(folder / CANDIDATES, wanted)
                jobs.append((self.folders[unit], folder))
        for _ in followed(
            Text("corpus, duplicates", "corpus（重複の検出）"), engine.map(shingle_unit, jobs), len(jobs)
        ):
            pass

    def shingles(self, rows: Rows) -> Callable[[int], ShingleSet]:
        """What gives the shingles of the n-th of some candidates (ascending), read when they are asked for."""
        return self._sets(rows, SHINGLES, SHINGLE_ENDS)

    def figures(self, rows: Rows) -> Callable[[int], Figures]:
        """What gives the figures of the n-th of some candidates (ascending)."""
        packed = self._sets(rows, FIGURES, FIGURE_ENDS)
        return lambda number: Figures.unpack(packed(number))

    def _sets(self, rows: Rows, name: str, ends_name: str) -> Callable[[int], ShingleSet]:
        bounds = np.zeros((len(rows), 2), dtype=np.int64)
        units = np.zeros(len(rows), dtype=np.int64)
        for unit, part in self.by_unit(rows):
            wanted: Rows = np.load(self.decided[unit] / CANDIDATES)
            ends: Rows = np.load(self.decided[unit] / ends_name)
            places = np.searchsorted(wanted, rows[part] - self.starts[unit])
            bounds[part, 0], bounds[part, 1], units[part] = ends[places], ends[places + 1], unit
        reader = _Reader([folder / name for folder in self.decided])

        def of(number: int) -> ShingleSet:
            return reader.read(int(units[number]), int(bounds[number, 0]), int(bounds[number, 1]))

        return of


class _Reader:
    """Slices of uint32 files; a bounded number of files is open and a bounded number of slices kept."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._files: OrderedDict[int, int] = OrderedDict()
        self._slices: OrderedDict[tuple[int, int], ShingleSet] = OrderedDict()
        self._kept = 0

    def read(self, number: int, start: int, end: int) -> ShingleSet:
        found = self._slices.get((number, start))
        if found is not None:
            self._slices.move_to_end((number, start))
            return found
        found = np.frombuffer(os.pread(self._open(number), 4 * (end - start), 4 * start), dtype=np.uint32)
        self._slices[number, start] = found
        self._kept += len(found)
        while self._kept > CACHED_SHINGLES and len(self._slices) > 1:
            self._kept -= len(self._slices.popitem(last=False)[1])
        return found

    def _open(self, number: int) -> int:
        if number not in self._files:
            if len(self._files) >= OPEN_FILES:
                os.close(self._files.popitem(last=False)[1])
            self._files[number] = os.open(self._paths[number], os.O_RDONLY)
        self._files.move_to_end(number)
        return self._files[number]

    def __del__(self) -> None:
        for file in self._files.values():
            os.close(file)


def shingle_unit(task: tuple[Path, Path]) -> int:
    """Write the shingle sets of the candidate rows of one unit; returns how many shingles.

    task: the folders of the measured and of the decided unit.
    """
    folder, decided = task
    wanted: Rows = np.load(decided / CANDIDATES)
    ends = [np.zeros(1, dtype=np.int64)]
    start, total = 0, 0
    figure_ends, figures_total = [np.zeros(1, dtype=np.int64)], 0
    with (decided / SHINGLES).open("wb") as file, (decided / FIGURES).open("wb") as figure_file:
        for batch in read_batches(folder / ROWS, ["text"]):
            low, high = np.searchsorted(wanted, [start, start + batch.num_rows])
            start += batch.num_rows
            if low == high:
                continue
            chosen = wanted[low:high] - (start - batch.num_rows)
            texts = cast("list[str]", batch["text"].take(chosen).to_pylist())
            sets, own = shingle_sets(code_points(texts))
            file.write(sets.tobytes())
            ends.append(own[1:] + total)
            total += int(own[-1])
            for text in texts:
                figures = figures_of(text).pack()
                figure_file.write(figures.tobytes())
                figures_total += len(figures)
                figure_ends.append(np.array([figures_total], dtype=np.int64))
    np.save(decided / SHINGLE_ENDS, np.concatenate(ends))
    np.save(decided / FIGURE_ENDS, np.concatenate(figure_ends))
    return total
