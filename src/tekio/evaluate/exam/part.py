"""The exam's part of the stage `evaluate`: what it asks, what a question costs, what comes out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from tekio.artifacts.exam_results import AskedCost, ExamCost, RetrievedItem
from tekio.artifacts.model import write_artifact, write_lines
from tekio.errors import Text, UsageError
from tekio.evaluate.exam.look_up import Library, open_library, retrieved, right_passages
from tekio.evaluate.exam.outcome import Asked, exam_results
from tekio.evaluate.exam.tasks import ReadExam, closed_task, half_and_book, read_exam, task_name
from tekio.evaluate.models import Model
from tekio.evaluate.results.comparisons import Rules
from tekio.evaluate.retrieve.open_book import PromptRoom, open_book, readers
from tekio.evaluate.scoring.asked import as_asked
from tekio.evaluate.scoring.encode import encode_choices
from tekio.evaluate.scoring.local import LocalModel
from tekio.evaluate.scoring.requests import ChoiceRequest, Score
from tekio.evaluate.units import Unit
from tekio.recipe.evaluate import AskExamConfig
from tekio.store import describe_input, read_json, write_json

RESULTS, LOOKED_UP, COST = "exam.json", "retrieval.jsonl", "exam-cost.json"
TIMED = 8  # questions asked alone, for the time of one


@dataclass(frozen=True)
class Opened:
    """The units with a book, what was found for each item, and the library it was found in (None: no search)."""

    units: list[Unit]
    lines: list[RetrievedItem]
    library: Library | None


@dataclass
class ExamPart:
    """An exam that is asked. folder: the exam stage's. models: label -> model. corpus: whose training text is searched. study: the
    stage whose rows may have items' wording.
    """

    folder: Path
    config: AskExamConfig
    models: Mapping[str, Model]
    corpus: Path | None
    seed: int
    study: Path | None = None
    read: ReadExam = field(init=False)
    closed: list[Unit] = field(init=False)

    def __post_init__(self) -> None:
        self.read = read_exam(self.folder)
        if self.config.retrieve is not None and self.corpus is None and "seen" in self.read.items:
            raise UsageError(
                Text(
                    "Retrieval needs the corpus whose training text is searched.",
                    "検索には、学習用文書のあるコーパスが必要です。",
                ),
                fix=Text(
                    "Give --corpus, or set evaluate.exam.retrieve: null.",
                    "--corpus を指定するか、evaluate.exam.retrieve: null にしてください。",
                ),
            )
        halves = list(self.read.items)
        self.closed = [
            Unit(closed_task(self.folder, self.read, half, self.config.template, seed=self.seed)) for half in halves
        ]

    def identity(self) -> dict[str, Any]:
        """What decides the exam's part of the stage, for its key."""
        plain = self.config.plain()
        retrieve = self.config.retrieve
        if retrieve is not None and retrieve.embedding is not None:  # what the folder holds, not where it lies
            plain["retrieve"]["embedding"] = describe_input(retrieve.embedding.path, "embedding").sha256
        return plain | {"closed": [unit.identity() for unit in self.closed]}

    @property
    def units(self) -> list[Unit]:
        """All units; looking passages up happens at the first call."""
        return [*self.closed, *self.opened.units]

    @cached_property
    def opened(self) -> Opened:
        """The same questions with passages."""
        retrieve, found = self.config.retrieve, Opened([], [], None)
        room = PromptRoom(readers(self.models.values(), retrieve.context if retrieve else None))
        for unit in self.closed:
            named = half_and_book(unit.built.name)
            assert named is not None
            half, items = named[0], self.read.items[named[0]]
            requests = {request.item: request for request in unit.built.requests}
            if half == "seen" and retrieve is not None and self.corpus is not None:
                library = open_library(self.corpus, retrieve)
                texts, lines = retrieved(library, items, requests, room, retrieve.passages)
                asked = Unit(open_book(unit.built, task_name(half, "retrieved"), texts))
                found = Opened([*found.units, asked], lines, library)
            if self.config.oracle:
                texts = right_passages(items, requests, room)
                asked = Unit(open_book(unit.built, task_name(half, "oracle"), texts))
                found = Opened([*found.units, asked], found.lines, found.library)
        return found

    # --- cost ------------------------------------------------------------------------------------------------------

    def measure(self, model: LocalModel, file: Path) -> None:
        """Write down what a question costs a model with each book: tokens of its prompt, and seconds when asked alone."""
        tokens: dict[str, float] = {}
        seconds: dict[str, tuple[int, float]] = {}
        for unit in self.units:
            requests = as_asked(unit.built.requests, model.loaded.tokenizer, model.config)
            asked = cast("list[ChoiceRequest]", requests)
            lengths = [len(model.encoder.with_bos(ids)) for ids in model.encoder.ids([one.prompt for one in asked])]
            tokens[unit.built.name] = sum(lengths) / len(lengths)
            if model.config.choices == "likelihood":
                times = [_seconds(model, request) for request in asked[:: max(1, len(asked) // TIMED)][:TIMED]]
                seconds[unit.built.name] = len(times), float(np.median(times))
        write_json(file, {"tokens": tokens, "seconds": seconds, "device": str(model.loaded.device)})

    def write(
        self,
        folder: Path,
        cost: Path,
        scores: Mapping[tuple[str, str], Sequence[Score]],
        costs: Mapping[str, Path],
        rules: Rules,
    ) -> None:
        """Write what comes out. folder: the stage's. cost: the file with the clocks. scores: (label, file name of the unit) -> its
        scores. costs: label -> the file that `measure` wrote.
        """
        known = {label: cast("dict[str, Any]", read_json(file)) for label, file in costs.items() if file.is_file()}
        asked = [
            Asked(
                unit.built,
                {label: scores[label, unit.file_name] for label in self.models if (label, unit.file_name) in scores},
                {label: found["tokens"].get(unit.built.name) for label, found in known.items()},
            )
            for unit in self.units
        ]
        library, retrieve = self.opened.library, self.config.retrieve
        found = exam_results(
            self.read.exam,
            self.read.items,
            asked,
            self.opened.lines,
            rules,
            template=self.config.template,
            method=library.method if library else "",
            passages=len(library.passages) if library else 0,
            wanted=retrieve.passages if retrieve else 0,
            study=self.study,
        )
        write_artifact(folder / RESULTS, found)
        write_lines(folder / LOOKED_UP, self.opened.lines)
        write_artifact(cost, _cost(known, library))


def _seconds(model: LocalModel, request: ChoiceRequest) -> float:
    started = time.perf_counter()
    encoded = encode_choices([request], model.encoder)
    for _ in model.choices(encoded, lambda _number, _batch: True):
        pass
    return time.perf_counter() - started


def _cost(known: Mapping[str, Mapping[str, Any]], library: Library | None) -> ExamCost:
    asked: list[AskedCost] = []
    for label, found in known.items():
        for name, (count, seconds) in found["seconds"].items():
            named = half_and_book(name)
            if named is not None and (named[0] == "seen" or task_name("seen", named[1]) not in found["seconds"]):
                asked.append(AskedCost(model=label, book=named[1], questions=count, seconds=seconds))
    return ExamCost(
        device=", ".join(sorted({found["device"] for found in known.values()})),
        asked=asked,
        search_seconds=float(np.median(library.searches)) if library and library.searches else None,
        index_seconds=library.seconds if library else None,
    )
