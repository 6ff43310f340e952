"""Scored items of one task: which ones a model got right that the reference had wrong, which were unparsed, which were seen in training.

Of each line stay its offset and a few flags; the texts are read from the file when they are shown.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tekio.artifacts.model import is_older, parse
from tekio.artifacts.results import ScoredItem, items_file
from tekio.errors import TekioError, Text
from tekio.view.lines import LineTable

RIGHT, WRONG, NEITHER = 1, 0, 2
_ITEM = re.compile(rb'"(?:[^"\\]|\\.)*"')
_WORD = {b"t": RIGHT, b"f": WRONG}
SHOWN = ("all", "fixed", "broken", "right", "wrong", "unparsed", "contaminated")
"""What a list of items can be narrowed to; `fixed` and `broken` are against the reference."""


@dataclass
class _Column:
    """One model's lines of a task."""

    table: LineTable
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    correct: bytearray = field(default_factory=bytearray)
    unparsed: bytearray = field(default_factory=bytearray)


class TaskItems:
    """The items of one task under one template, by model label (the reference first)."""

    def __init__(self, evaluate: Path, task: str, template: str, labels: Sequence[str]) -> None:
        self.ids: list[str] = []
        self.columns: dict[str, _Column] = {}
        self.seen: frozenset[str] = frozenset()
        self._older = is_older(evaluate / "results.json")
        for label in labels:
            path = items_file(evaluate, label, task, template)
            if path is not None:
                self._read(label, path)
        if not self.columns:
            raise TekioError(Text("This task has no items on file.", "この課題の設問の記録はありません。"), where=task)

    def _read(self, label: str, path: Path) -> None:
        column = _Column(LineTable(path))
        ids: list[str] = []
        offset = 0
        with path.open("rb") as file:
            for line in file:
                found = _ITEM.match(line, max(_value_of(line, b"item"), 0))
                ids.append(str(json.loads(found[0])) if found else "")
                column.offsets.append(offset)
                column.correct.append(_WORD.get(_first(line, b"correct"), NEITHER))
                column.unparsed.append(_first(line, b"unparsed") == b"t")
                offset += len(line)
        if self.ids and ids != self.ids:
            return  # asked of other items: not the same list
        self.ids = ids
        self.columns[label] = column

    def chosen(self, show: str, model: str, words: str = "") -> list[int]:
        """Places of the items to show. show: of `SHOWN`. model: the one that is looked at. words: anywhere in its line."""
        reference = self.columns[next(iter(self.columns))]
        column = self.columns.get(model, reference)
        tests: dict[str, Callable[[int], bool]] = {
            "all": lambda _: True,
            "fixed": lambda at: reference.correct[at] == WRONG and column.correct[at] == RIGHT,
            "broken": lambda at: reference.correct[at] == RIGHT and column.correct[at] == WRONG,
            "right": lambda at: column.correct[at] == RIGHT,
            "wrong": lambda at: column.correct[at] == WRONG,
            "unparsed": lambda at: bool(column.unparsed[at]),
            "contaminated": lambda at: self.ids[at] in self.seen,
        }
        test = tests.get(show, tests["all"])
        places = [at for at in range(len(self.ids)) if test(at)]
        if not words:
            return places
        holding = self._holding(column, words)
        return [at for at in places if at in holding]

    def _holding(self, column: _Column, words: str) -> set[int]:
        starts: dict[int, int] = {offset: at for at, offset in enumerate(column.offsets)}
        found: set[int] = set()
        at: int | None = 0
        while at is not None:
            page = column.table.page(at, 1000, words=words, seconds=60)
            found |= {starts[place] for place in page.places}
            at = page.following
        return found

    def read(self, at: int) -> dict[str, ScoredItem]:
        """The item at a place, by model label."""
        return {
            label: parse(ScoredItem, column.table.at(column.offsets[at]), older=self._older, where=column.table.path)
            for label, column in self.columns.items()
        }


def _value_of(line: bytes, key: bytes) -> int:
    """Where the value of a key begins in a line of JSON; -1 if it is not there. A key quoted inside a text has a backslash before it."""
    needle = b'"' + key + b'": '
    at = line.find(needle)
    while at > 0 and line[at - 1 : at] == b"\\":
        at = line.find(needle, at + 1)
    return at + len(needle) if at >= 0 else -1


def _first(line: bytes, key: bytes) -> bytes:
    at = _value_of(line, key)
    return line[at : at + 1] if at >= 0 else b""


def templates_of(evaluate: Path, label: str, task: str) -> list[str]:
    """The templates a task was asked with."""
    begin = f"{task.replace(':', '-')}."
    names = (path.name for path in (evaluate / "items" / label).glob("*.jsonl"))
    return sorted(name.removeprefix(begin).removesuffix(".jsonl") for name in names if name.startswith(begin))
