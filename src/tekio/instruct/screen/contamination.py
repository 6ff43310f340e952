"""Contamination: evaluation questions that came into the instructions.

lm-eval's janitor splits on white space and so never fires on Japanese. Here runs of characters (n-grams of the shadow)
of each evaluation text are looked up in the records; a record is contaminated when a large enough share of the runs of
one evaluation text is in it. The item and the matched text are the evidence in `rejected.jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tekio.errors import InputError, TekioError, Text
from tekio.instruct.screen.rules import answered, asked
from tekio.instruct.screen.shadow import shadow
from tekio.records import InstructionRecord
from tekio.text.kernels.shingles import shingle_set

MAX_TEXTS = 500_000


@dataclass(frozen=True)
class EvaluationIndex:
    """Hashes of all runs of the evaluation texts, sorted, and which text each is from."""

    hashes: NDArray[np.uint64]
    owners: NDArray[np.int64]
    sizes: list[int]
    names: list[str]


def evaluation_texts(path: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of every string in a JSON or JSON Lines file. Raises `TekioError` when it is neither."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TekioError(Text("Not a UTF-8 file.", "UTF-8 ではありません。"), where=path.name) from error
    try:
        values = [json.loads(content)]
    except ValueError:
        try:
            values = [json.loads(line) for line in content.split("\n") if line.strip()]
        except ValueError as error:
            raise InputError(
                Text("Neither JSON nor JSON Lines.", "JSON でも JSON Lines でもありません。"), where=path.name
            ) from error
    rows = cast("list[Any]", values[0]) if len(values) == 1 and isinstance(values[0], list) else values
    for number, row in enumerate(rows):
        for text in _strings(row):
            yield f"{path.name}#{number}", text


def _strings(value: Any) -> Iterator[str]:
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(cast("dict[str, Any]", item).values())
        elif isinstance(item, list):
            waiting.extend(cast("list[Any]", item))


def build_index(files: Sequence[Path], length: int) -> EvaluationIndex:
    """Index every text of the files that is at least `length` characters long."""
    parts: list[NDArray[np.uint64]] = []
    names: list[str] = []
    seen: set[str] = set()
    for path in files:
        for name, text in evaluation_texts(path):
            plain = shadow(text)
            if len(plain) < length or plain in seen:
                continue
            seen.add(plain)
            parts.append(shingle_set(plain, length))
            names.append(name)
            if len(names) >= MAX_TEXTS:
                raise TekioError(
                    Text("Too many evaluation texts.", "評価データの文が多すぎます。"),
                    where=path.name,
                    why=f"{MAX_TEXTS:,}",
                )
    if not parts:
        return EvaluationIndex(np.empty(0, np.uint64), np.empty(0, np.int64), [], [])
    hashes = np.concatenate(parts)
    owners = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    order = np.argsort(hashes, kind="stable")
    return EvaluationIndex(hashes[order], owners[order], [len(part) for part in parts], names)


def contamination_of_record(record: InstructionRecord, index: EvaluationIndex, length: int) -> tuple[int, float] | None:
    """(number of the evaluation text that is most contained in a record, share of its runs found), or None."""
    return contamination_of(asked(record) + "\n" + answered(record), index, length) if index.names else None


def contamination_of(text: str, index: EvaluationIndex, length: int) -> tuple[int, float] | None:
    """(number of the evaluation text, share of its runs found in `text`) of the most contained one, or None."""
    runs = shingle_set(shadow(text), length)
    first = np.searchsorted(index.hashes, runs, side="left")
    last = np.searchsorted(index.hashes, runs, side="right")
    hits = np.flatnonzero(last > first)
    if not len(hits):
        return None
    owners = np.concatenate([index.owners[first[hit] : last[hit]] for hit in hits])
    numbers, counts = np.unique(owners, return_counts=True)
    shares = counts / np.array([index.sizes[int(number)] for number in numbers.tolist()])
    best = int(np.argmax(shares))
    return int(numbers[best]), float(shares[best])
