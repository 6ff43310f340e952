"""A run that is open: its small files as the report reads them, its tables by name, each opened when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from tekio.artifacts.model import read_lines
from tekio.artifacts.results import SeenItem
from tekio.corpus.units.measurements import limits_in_force
from tekio.corpus.write import MEASURES
from tekio.errors import TekioError, Text
from tekio.report.gather import Run, read_run
from tekio.run_folder import require_stage
from tekio.view.documents import DocumentTable
from tekio.view.histograms import Histogram, histogram
from tekio.view.items import TaskItems, templates_of
from tekio.view.lines import LineTable

DOCUMENTS = {
    "train": ("corpus", "train"),
    "held_out": ("corpus", "held_out"),
    "rejected": ("corpus", "rejected"),
    "study": ("study", "documents"),
}
"""Name of a document table on the pages -> its stage and folder."""
RECORDS = {
    "train": ("instruct", "train.jsonl"),
    "validation": ("instruct", "validation.jsonl"),
    "rejected": ("instruct", "rejected.jsonl"),
    "study": ("study", "train.jsonl"),
    "study-validation": ("study", "validation.jsonl"),
    "study-rejected": ("study", "rejected.jsonl"),
    "study-unread": ("study", "unread.jsonl"),
}
"""Name of a record table on the pages -> its stage and file."""

FIRST_LOOK = 0.5
"""Seconds that a statistic is read before a page shows what it has."""

Value = TypeVar("Value")


class OpenRun:
    """A run folder. Raises `TekioError` if nothing in it is finished."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.resolve().name
        self._kept: dict[tuple[str, ...], Any] = {}
        self._reading: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        require_stage(folder)

    @cached_property
    def run(self) -> Run:
        """What the report reads: manifests, funnels, summaries, scores, answers."""
        return read_run(self.folder, self.name)

    @property
    def labels(self) -> list[str]:
        """Model labels, the reference first."""
        asked = [score.model for score in self.run.exam.scores] if self.run.exam else []
        return list(dict.fromkeys([*self.run.labels, *asked]))

    def documents(self, table: str) -> DocumentTable:
        """A document table by its name on the pages. Raises `TekioError` if the run has none of this name."""
        folder = self.folder.joinpath(*DOCUMENTS.get(table, ("corpus", "?")))
        return self._once(("documents", table), lambda: DocumentTable(folder))

    def document_tables(self) -> Iterator[tuple[str, DocumentTable]]:
        """All document tables that have rows."""
        for name, place in DOCUMENTS.items():
            if any(self.folder.joinpath(*place).glob("*.parquet")):
                yield name, self.documents(name)

    def records(self, table: str) -> LineTable:
        """A record table by its name on the pages. Raises `TekioError` if the run has none of this name."""
        path = self.folder.joinpath(*RECORDS.get(table, ("instruct", "?")))
        if not path.is_file():
            raise TekioError(Text("The run has no such table.", "この実行にその表はありません。"), where=table)
        return LineTable(path)

    def record_tables(self) -> Iterator[tuple[str, LineTable]]:
        """All record tables that have lines."""
        for name, place in RECORDS.items():
            path = self.folder.joinpath(*place)
            if path.is_file() and path.stat().st_size:
                yield name, LineTable(path)

    def exam_tasks(self) -> list[str]:
        """The exam of the run's own documents by half and book, as it is called in the items' files."""
        if self.run.exam is None:
            return []
        return list(dict.fromkeys(f"exam-{score.half}-{score.book}" for score in self.run.exam.scores))

    def template_of(self, task: str) -> str | None:
        """The template a task's headline was asked with. Raises `TekioError` if the run has no task of this name."""
        if self.run.exam is not None and task in self.exam_tasks():
            return self.run.exam.template
        found = next((item for item in self.run.results.tasks if item.task == task), None) if self.run.results else None
        if found is None:
            raise TekioError(Text("The run has no such task.", "この実行にその課題はありません。"), where=task)
        return found.template

    def templates(self, task: str) -> list[str]:
        """The templates of a task that have items on file, the headline's first."""
        found = sorted({name for label in self.labels for name in templates_of(self.folder / "evaluate", label, task)})
        own = self.template_of(task)
        return sorted(found, key=lambda name: (name != own, name))

    def items(self, task: str, template: str) -> TaskItems:
        """The items of a task. Raises `TekioError` if there are none on file."""

        def read() -> TaskItems:
            found = TaskItems(self.folder / "evaluate", task, template, self.labels)
            found.seen = frozenset(item.item for item in self.seen_items(task))
            return found

        return self._once(("items", task, template), read)

    def seen_items(self, task: str) -> list[SeenItem]:
        """Items of a task of which training text holds the question."""
        path = self.folder / "evaluate" / "contamination.jsonl"
        if not path.is_file():
            return []
        return [item for item in read_lines(SeenItem, path) if item.task == task and item.question_seen]

    def histogram(self, statistic: str) -> Histogram:
        """Rows of the corpus along a statistic; of a large corpus at first a part of them, while the rest is read aside.

        Raises `TekioError` if the corpus was not measured.
        """
        key = ("histogram", statistic)
        if key in self._kept:
            return self._kept[key]
        table = self._once(("measures",), lambda: DocumentTable(self.folder / "corpus" / MEASURES))
        first = histogram(table, statistic, seconds=FIRST_LOOK)
        if first.complete:
            return self._once(key, lambda: first)
        with self._lock:
            begun = key in self._reading
            self._reading.add(key)
        if not begun:
            threading.Thread(target=self._read_histogram, args=(key, table), daemon=True).start()
        return first

    def _read_histogram(self, key: tuple[str, str], table: DocumentTable) -> None:
        found = histogram(table, key[1])
        with self._lock:
            self._kept[key] = found

    def limits(self) -> dict[str, dict[str, tuple[float | None, float | None]]]:
        """Thresholds by source and statistic; empty where the corpus has none."""
        manifest = self.run.manifests.get("corpus")
        return limits_in_force(manifest, None) if manifest is not None and manifest.config.get("sources") else {}

    def _once(self, key: tuple[str, ...], make: Callable[[], Value]) -> Value:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]
