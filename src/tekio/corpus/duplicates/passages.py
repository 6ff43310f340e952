"""Passages of many characters that an earlier document of the same group (a company's filings) has word for word.

A character goes when it stands in a passage of at least `passages` characters that a document before it in keep order
(source priority, date, length, id) has too; the document that keeps it is named. Winnowed hashes, joined in parts on disk,
show where to look; there every window is looked up among the windows of the documents before, and what is found is
compared with the text itself. Memory holds the repeated windows of one group, at most `MOST_WINDOWS`; documents of a group
beyond that are compared with those before, but not remembered (counted).
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tekio.corpus.decisions.removed_spans import CUT, PARTS, PASSAGE, alive_texts, chosen_texts
from tekio.corpus.duplicates.hash_partitions import Records, Spill
from tekio.corpus.units.unit_layout import UnitTask
from tekio.corpus.units.unit_table import OPEN_FILES, Stored
from tekio.engine import Engine
from tekio.errors import Text
from tekio.progress import followed
from tekio.recipe.corpus import DuplicateConfig
from tekio.text.kernels.codepoints import Codes, code_points, to_text
from tekio.text.kernels.common_passages import Windows, window_hashes, winnow

PRINTS = "prints.npy"
REPEATED = Text("corpus, repeated passages", "corpus（繰り返しの検出）")
CODES, CODE_ROWS, CODE_ENDS = "passage_codes.bin", "passage_rows.npy", "passage_ends.npy"
MOST_WINDOWS = 1 << 23
SAMPLE = 80

PRINT = np.dtype([("key", "<u8"), ("group", "<u8"), ("row", "<i8"), ("place", "<i8")])
SHARED = np.dtype([("group", "<u8"), ("row", "<i8"), ("place", "<i8")])
_MIX = np.uint64(0x9E3779B97F4A7C15)
_ENDS = (0x3002, 0x0A)  # 。 and the end of a line


@dataclass(frozen=True)
class PrintTask:
    """Sign the texts of one unit that stand. length: of the passages looked for."""

    unit: Path
    decided: Path
    length: int


def gram_of(length: int) -> int:
    """The length of the n-grams that are hashed to find passages of `length` characters."""
    return max(16, length // 4)


def sign_passages(task: PrintTask) -> int:
    """Write the winnowed hashes of a unit (group is filled in by the caller)."""
    found = [np.zeros(0, dtype=PRINT)]
    for rows, texts in alive_texts(task.unit, task.decided):
        text, place, keys = winnow(code_points(texts), gram_of(task.length), task.length)
        records = np.zeros(len(keys), dtype=PRINT)
        records["key"], records["row"], records["place"] = keys, rows[text], place
        found.append(records)
    whole = np.concatenate(found)
    np.save(task.decided / PRINTS, whole)
    return len(whole)


def find_passages(
    config: DuplicateConfig, tasks: Sequence[UnitTask], stored: Stored, engine: Engine, folder: Path
) -> int:
    """Append the cuts of every unit, and write `passages.jsonl` into `folder`; returns documents not remembered."""
    length = config.passages or 0
    signing = [PrintTask(unit, decided, length) for unit, decided in zip(stored.folders, stored.decided, strict=True)]
    expected = sum(followed(REPEATED, engine.map(sign_passages, signing), len(signing)))
    groups = _shared(config, tasks, stored, folder, expected)
    is_candidate = np.zeros(stored.rows, dtype=np.bool_)
    parts: list[Path] = []
    for number, part in enumerate(groups.parts()):
        is_candidate[part["row"]] = True
        parts.append(folder / f"shared-{number}.npy")
        np.save(parts[-1], part)
    jobs: list[tuple[Path, Path]] = []
    for unit, decided in enumerate(stored.decided):
        rows = np.flatnonzero(is_candidate[stored.span(unit)])
        if len(rows):
            np.save(decided / CODE_ROWS, rows)
            jobs.append((stored.folders[unit], decided))
    for _ in followed(REPEATED, engine.map(write_codes, jobs), len(jobs)):
        pass
    forgotten = 0
    with (folder / "passages.jsonl").open("w", encoding="utf-8") as listing:
        for path in parts:
            texts = _Texts(stored)
            cuts: list[Records] = [np.zeros(0, dtype=CUT)]
            for group in _groups(np.load(path), stored, config.keep):
                found, more = group_cuts(group, texts, length, config.whole_sentences)
                cuts.append(found)
                forgotten += more
            path.unlink()
            _keep(np.concatenate(cuts), stored, texts, listing)
            texts.close()
    return forgotten


def _shared(config: DuplicateConfig, tasks: Sequence[UnitTask], stored: Stored, folder: Path, expected: int) -> Spill:
    """The places of hashes that two documents of a group have, whole groups in one part."""
    prints = Spill(folder / "prints", PRINT, expected)
    names = {name: number for number, name in enumerate(sorted({task.source.name for task in tasks}))}
    for unit, decided in enumerate(stored.decided):
        records = np.load(decided / PRINTS)
        if config.passages_within == "source":
            records["group"] = names[tasks[unit].source.name]
        else:
            records["group"] = stored.light(unit)["place"][records["row"]]
        records["row"] += stored.starts[unit]
        prints.add(records, records["key"] ^ (records["group"] * _MIX))
        (decided / PRINTS).unlink()
    groups = Spill(folder / "shared", SHARED, expected)
    for part in prints.parts():
        part = part[np.lexsort((part["row"], part["group"], part["key"]))]
        same = (part["key"][1:] == part["key"][:-1]) & (part["group"][1:] == part["group"][:-1])
        runs = np.cumsum(np.concatenate(([True], ~same))[: len(part)])
        starts = np.flatnonzero(np.concatenate(([True], ~same))[: len(part)])
        if not len(starts):
            continue
        low, high = part["row"][starts], np.maximum.reduceat(part["row"], starts)
        part = part[(low != high)[runs - 1]]
        records = np.zeros(len(part), dtype=SHARED)
        for name in SHARED.names or ():
            records[name] = part[name]
        groups.add(records, records["group"])
    return groups


def write_codes(job: tuple[Path, Path]) -> None:
    """Write the code points of the rows of a unit that share a passage. job: folders of the measured, the decided unit."""
    unit, decided = job
    ends = [0]
    with (decided / CODES).open("wb") as file:
        for _, texts in chosen_texts(unit, np.load(decided / CODE_ROWS)):
            for text in texts:
                file.write(text.encode("utf-32-le", "surrogatepass"))
                ends.append(ends[-1] + len(text))
    np.save(decided / CODE_ENDS, np.array(ends, dtype=np.int64))


class _Texts:
    """Code points of rows that share a passage, read when they are asked for."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._open: OrderedDict[int, tuple[int, NDArray[np.int64], NDArray[np.int64]]] = OrderedDict()

    def read(self, row: int, start: int = 0, end: int | None = None) -> Codes:
        """The text of a row (among all), or a part of it."""
        unit = int(np.searchsorted(self._stored.starts, row, "right")) - 1
        if unit not in self._open:
            if len(self._open) >= OPEN_FILES:
                os.close(self._open.popitem(last=False)[1][0])
            folder = self._stored.decided[unit]
            file = os.open(folder / CODES, os.O_RDONLY)
            self._open[unit] = (file, np.load(folder / CODE_ROWS), np.load(folder / CODE_ENDS))
        self._open.move_to_end(unit)
        file, rows, ends = self._open[unit]
        place = int(np.searchsorted(rows, row - int(self._stored.starts[unit])))
        low, high = int(ends[place]), int(ends[place + 1])
        if end is not None:
            low, high = min(low + start, high), min(low + end, high)
        return np.frombuffer(os.pread(file, 4 * (high - low), 4 * low), dtype=np.uint32)

    def close(self) -> None:
        while self._open:
            os.close(self._open.popitem()[1][0])


def _groups(part: Records, stored: Stored, keep: str) -> Iterator[list[tuple[int, NDArray[np.int64]]]]:
    """The rows of each group in keep order, each with the places of its shared hashes."""
    part = part[np.lexsort((part["place"], part["row"]))]
    rows, first = np.unique(part["row"], return_index=True)
    ends = [*first.tolist(), len(part)]
    groups = part["group"][first]
    order = np.lexsort((*stored.keep_keys(keep)(rows), groups)).tolist()
    own: list[tuple[int, NDArray[np.int64]]] = []
    group = None
    for number in order:
        if groups[number] != group:
            if own:
                yield own
            own, group = [], groups[number]
        own.append((int(rows[number]), part["place"][ends[number] : ends[number + 1]]))
    if own:
        yield own


def _spans(places: NDArray[np.int64], gram: int, length: int, windows: int) -> NDArray[np.int64]:
    """Starts of the windows that hold one of the n-grams at `places` (ascending), as rows of start and end."""
    low = np.maximum(places + gram - length, 0)
    high = np.minimum(places + 1, windows)
    low, high = low[low < high], high[low < high]
    if not len(low):
        return np.zeros((0, 2), dtype=np.int64)
    first = np.concatenate(([True], low[1:] > np.maximum.accumulate(high)[:-1]))
    starts = np.flatnonzero(first)
    return np.column_stack([low[starts], np.maximum.reduceat(high, starts)])


class TextReader(Protocol):
    """Gives the code points of a row, or of a part of it."""

    def read(self, row: int, start: int = 0, end: int | None = None, /) -> Codes: ...


def group_cuts(
    rows: Sequence[tuple[int, NDArray[np.int64]]], texts: TextReader, length: int, whole_sentences: bool
) -> tuple[Records, int]:
    """The cuts of one group, and how many of its documents were not remembered.

    rows: in keep order, each with the places of n-grams that another row of the group has too.
    """
    gram = gram_of(length)
    most = min(sum((length - gram + 1) * len(places) for _, places in rows), MOST_WINDOWS)
    windows = Windows(most)
    found: list[tuple[int, int, int, int, int]] = []
    forgotten = 0
    for turn, (row, places) in enumerate(rows):
        codes = texts.read(row)
        hashes = window_hashes(codes, length)
        spans = _spans(places, gram, length, len(hashes))
        owners, where = windows.look(hashes, spans)
        for start, end, owner in _runs(codes, owners, where, length, [other for other, _ in rows], texts):
            if whole_sentences:
                start, end = sentences_within(codes, start, end)
            if start < end:
                found.append((row, start, end, PASSAGE, owner))
        forgotten += turn + 1 < len(rows) and not windows.add(hashes, spans, turn)
    return np.array(found, dtype=CUT) if found else np.zeros(0, dtype=CUT), forgotten


def _runs(
    codes: Codes,
    owners: NDArray[np.int32],
    where: NDArray[np.int32],
    length: int,
    rows: Sequence[int],
    texts: TextReader,
) -> list[tuple[int, int, int]]:
    """(start, end, row that has it) of what windows next to each other cover, each compared with that row's text."""
    hits = np.flatnonzero(owners >= 0)
    if not len(hits):
        return []
    # A run goes on in one owner at one distance; where it changes, a new run begins that may overlap the last.
    shift = where[hits].astype(np.int64) - hits
    new = (np.diff(hits) != 1) | (np.diff(owners[hits]) != 0) | (np.diff(shift) != 0)
    firsts = np.flatnonzero(np.concatenate(([True], new)))
    lasts = np.concatenate((firsts[1:], [len(hits)])) - 1
    found: list[tuple[int, int, int]] = []
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        start, end, owner = int(hits[first]), int(hits[last]) + length, rows[int(owners[hits[first]])]
        place = int(where[hits[first]])
        if np.array_equal(texts.read(owner, place, place + end - start), codes[start:end]):
            found.append((start, end, owner))
    return _joined(found)


def _joined(found: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Runs that overlap or touch as one, named after the row that has most of it."""
    result: list[tuple[int, int, int]] = []
    most = 0
    for start, end, owner in found:
        if result and start <= result[-1][1]:
            before = result[-1]
            if end - start > most:
                most = end - start
                result[-1] = (before[0], max(before[1], end), owner)
            else:
                result[-1] = (before[0], max(before[1], end), before[2])
        else:
            result.append((start, end, owner))
            most = end - start
    return result


def sentences_within(codes: Codes, start: int, end: int) -> tuple[int, int]:
    """The whole sentences and lines inside [start, end): what can go without leaving half a sentence."""
    ends = np.flatnonzero((codes[start:end] == _ENDS[0]) | (codes[start:end] == _ENDS[1]))
    if start > 0 and codes[start - 1] not in _ENDS:
        if not len(ends):
            return start, start
        first = start + int(ends[0]) + 1
    else:
        first = start
    last = end if end == len(codes) or codes[end] == _ENDS[1] else start + int(ends[-1]) + 1 if len(ends) else start
    return first, max(first, last)


def _keep(cuts: Records, stored: Stored, texts: _Texts, listing: Any) -> None:
    """Give the cuts to their units and list them."""
    if not len(cuts):
        return
    cuts = cuts[np.lexsort((cuts["start"], cuts["row"]))]
    rows = np.unique(np.concatenate((cuts["row"], cuts["of"].astype(np.int64))))
    ids = stored.gather(rows)["id"]

    def name(row: int) -> str:
        return f"{int(ids[np.searchsorted(rows, row)]):016x}"

    for cut in cuts:
        row, start, end = int(cut["row"]), int(cut["start"]), int(cut["end"])
        line = {
            "id": name(row),
            "start": start,
            "end": end,
            "characters": end - start,
            "of": name(int(cut["of"])),
            "text": to_text(texts.read(row, start, min(end, start + SAMPLE))),
        }
        listing.write(json.dumps(line, ensure_ascii=False) + "\n")
    for unit, part in stored.by_unit(cuts["row"]):
        own = cuts[part].copy()
        own["row"] -= stored.starts[unit]
        with (stored.decided[unit] / PARTS[PASSAGE]).open("ab") as file:
            file.write(own.tobytes())
