"""The packed token store: texts as token ids on disk, cut and packed into rows of equal length.

One flat file of ids, one of flags (is this token a target of the loss?), a list of items (slices of the flat file, each
at most one row long) and a list of rows (the items they hold). Everything is memory-mapped, so a row costs one slice
copy an item, resuming costs nothing, and memory does not grow with the corpus.

An item never attends to another: positions restart at each (see `tekio.train.packing_probe`). The first token of an item is
its context and never a target. A long text is cut into items that overlap by one token, so that each of its tokens but
the very first is a target exactly once.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tekio.store import write_json

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Example:
    """One text as token ids. learned: one flag a token, or None when every token but the first is a target.

    characters: characters the targets stand for (what bits per character are divided by). source: where the text is
    from, if the store is to count by source.
    """

    ids: Sequence[int]
    learned: Sequence[bool] | None = None
    characters: int = 0
    source: str = ""


@dataclass
class TokenCount:
    """Where the tokens of a store went: `into` = `trained` + `masked` + `dropped`, always.

    trained: targets of the loss. masked: context only (prompts, first tokens). dropped: not in the store (with `rows`,
    the texts they belonged to). characters: what the targets stand for.
    """

    into: int = 0
    trained: int = 0
    masked: int = 0
    dropped: int = 0
    texts: int = 0
    texts_dropped: int = 0
    texts_cut: int = 0
    characters: int = 0

    def check(self) -> None:
        """Assert the identity."""
        assert self.into == self.trained + self.masked + self.dropped, self


@dataclass
class Rows:
    """A finished store, memory-mapped. tokens, learned: flat files. items: (start, length) of each item.

    sources: counts by source, where the examples named one. row_starts, row_items: row r holds items `row_items[row_starts[r]:row_starts[r + 1]]`.
    item_targets, item_sources: of each item, how many targets it has and the place of its source in `named`.
    """

    folder: Path
    width: int
    count: TokenCount
    tokens: npt.NDArray[np.uint32]
    learned: npt.NDArray[np.uint8]
    items: Ints
    row_starts: Ints
    row_items: Ints
    targets: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    item_targets: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    item_sources: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    named: Sequence[str] = ()
    sources: dict[str, TokenCount] = field(default_factory=dict[str, TokenCount])

    def __len__(self) -> int:
        return len(self.row_starts) - 1

    @property
    def fill(self) -> float:
        """Share of the rows' places that hold a token."""
        return float(self.items[:, 1].sum()) / max(1, len(self) * self.width)

    def size(self, row: int) -> tuple[int, int]:
        """Tokens of a row, and the sum of its items' squared lengths (what attention costs)."""
        lengths = self.items[self.row_items[self.row_starts[row] : self.row_starts[row + 1]], 1]
        return int(lengths.sum()), int((lengths * lengths).sum())

    def read(
        self, rows: Sequence[int], padding: int, count: int | None = None
    ) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
        """Rows as arrays of shape (count, width): ids, positions that restart at each item, target flags.

        Free places at the end hold `padding` as an item of their own, without targets. count: fill up with empty rows.
        """
        shape = (len(rows) if count is None else count, self.width)
        ids = np.full(shape, padding, np.int64)
        positions = np.broadcast_to(np.arange(self.width), shape).copy()
        learned = np.zeros(shape, np.bool_)
        for place, row in enumerate(rows):
            column = 0
            for item in self.row_items[self.row_starts[row] : self.row_starts[row + 1]]:
                start, length = int(self.items[item, 0]), int(self.items[item, 1])
                end = column + length
                ids[place, column:end] = self.tokens[start : start + length]
                positions[place, column:end] = np.arange(length)
                learned[place, column + 1 : end] = self.learned[start + 1 : start + length]
                column = end
            positions[place, column:] = np.arange(self.width - column)
        return ids, positions, learned


def cut(length: int, width: int) -> list[tuple[int, int]]:
    """(start, length) of the items of a text of `length` tokens; neighbours share one token (the context)."""
    if length <= width:
        return [(0, length)]
    starts = range(0, length - 1, width - 1)
    return [(start, min(width, length - start)) for start in starts]


def best_fit(lengths: Sequence[int] | Ints, width: int) -> list[list[int]]:
    """Pack items into rows of `width`: longest first, each into the fullest row it still fits (best-fit decreasing).

    Returns the item numbers of each row. Free space is tracked in one integer's bits, so an item costs O(width / 64).
    """
    sizes = np.asarray(lengths, np.int64)
    order = np.argsort(-sizes, kind="stable")
    rows: list[list[int]] = []
    open_rows: list[list[int]] = [[] for _ in range(width + 1)]  # by free places
    present = 0
    for item in order.tolist():
        size = int(sizes[item])
        above = present >> size
        if above:
            free = size + (above & -above).bit_length() - 1
            row = open_rows[free].pop()
            if not open_rows[free]:
                present &= ~(1 << free)
        else:
            free, row = width, len(rows)
            rows.append([])
        rows[row].append(item)
        left = free - size
        if left > 1:  # one place cannot hold a context and a target
            open_rows[left].append(row)
            present |= 1 << left
    return rows


def build_rows(
    folder: Path,
    examples: Iterable[Example],
    width: int,
    *,
    packed: bool = True,
    dropped: TokenCount | None = None,
    together: int = 1,
) -> Rows:
    """Write the store of `examples` into `folder` (or open it if it is already there, whole) and return it.

    width: tokens a row. packed: several items a row. together: so many examples at a time stay in one row, in their order
    (each must have a target, and together they must not be longer than a row). dropped: counts of what the caller left out, to be part of the identity.
    """
    done = folder / "store.json"
    if not done.is_file():
        working = folder.with_name(folder.name + ".working")
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
        _write(working, examples, width, packed, dropped, together)
        shutil.rmtree(folder, ignore_errors=True)
        working.rename(folder)
    return open_rows(folder)


def open_rows(folder: Path) -> Rows:
    """Open a finished store."""
    about = json.loads((folder / "store.json").read_text())
    count = TokenCount(**about["count"])
    size = count.into - count.dropped
    # An empty file cannot be mapped.
    tokens = np.memmap(folder / "tokens.bin", np.uint32, "r", shape=(size,)) if size else np.zeros(0, np.uint32)
    learned = np.memmap(folder / "learned.bin", np.uint8, "r", shape=(size,)) if size else np.zeros(0, np.uint8)
    arrays = {
        name: np.load(folder / f"{name}.npy", allow_pickle=False)
        for name in ("items", "row_starts", "row_items", "targets", "item_targets", "item_sources")
    }
    sources = {name: TokenCount(**values) for name, values in about.get("sources", {}).items()}
    return Rows(folder, about["width"], count, tokens, learned, **arrays, named=about["named"], sources=sources)


def _write(
    folder: Path, examples: Iterable[Example], width: int, packed: bool, dropped: TokenCount | None, together: int
) -> None:
    count = TokenCount()
    sources: dict[str, TokenCount] = {}
    items: list[tuple[int, int]] = []
    targets: list[int] = []
    named: dict[str, int] = {}
    origins: list[int] = []
    start = 0
    with (folder / "tokens.bin").open("wb") as token_file, (folder / "learned.bin").open("wb") as flag_file:
        for example in examples:
            ids = np.asarray(example.ids, np.uint32)
            flags = np.ones(len(ids), np.uint8)
            if example.learned is not None:
                flags[:] = example.learned
            if len(ids):
                flags[0] = 0
            trained = int(flags.sum())
            for own in (count, sources.setdefault(example.source, TokenCount())):
                own.texts += 1
                own.into += len(ids)
                own.trained += trained
                own.masked += len(ids) - trained
                own.characters += example.characters
            token_file.write(ids.tobytes())
            flag_file.write(flags.tobytes())
            if trained:
                pieces = cut(len(ids), width)
                count.texts_cut += len(pieces) > 1
                for offset, length in pieces:
                    items.append((start + offset, length))
                    origins.append(named.setdefault(example.source, len(named)))
                    targets.append(int(flags[offset + 1 : offset + length].sum()))
            start += len(ids)
    if dropped:  # complete only now that all examples have been read
        count = TokenCount(**{name: value + getattr(dropped, name) for name, value in vars(count).items()})
    count.check()
    assert together == 1 or len(items) == count.texts, "an example without targets, or longer than a row"
    lengths = [sum(length for _, length in items[place : place + together]) for place in range(0, len(items), together)]
    groups = best_fit(lengths, width) if packed else [[number] for number in range(len(lengths))]
    rows = [[place for group in row for place in range(group * together, (group + 1) * together)] for row in groups]
    sizes = np.array([len(row) for row in rows], np.int64)
    np.save(folder / "items.npy", np.array(items, np.int64).reshape(-1, 2))
    np.save(folder / "row_starts.npy", np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]).astype(np.int64))
    np.save(folder / "row_items.npy", np.array([item for row in rows for item in row], np.int64))
    np.save(folder / "targets.npy", np.array([sum(targets[item] for item in row) for row in rows], np.int64))
    np.save(folder / "item_targets.npy", np.array(targets, np.int64))
    np.save(folder / "item_sources.npy", np.array(origins, np.int64))
    by_source = {name: vars(own) for name, own in sources.items() if name}
    about = {"width": width, "count": vars(count), "sources": by_source, "named": list(named)}
    write_json(folder / "store.json", about)
