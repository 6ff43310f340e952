"""Reading a run folder: every finished stage's files; what is absent or damaged becomes a sentence, not a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from tekio import stage_names
from tekio.artifacts.answers import AnsweredPrompt, AnswerSummary
from tekio.artifacts.corpus import CorpusFunnel
from tekio.artifacts.exam_results import ExamCost, ExamResults
from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.judged import JudgedSummary
from tekio.artifacts.model import is_older, read_artifact, read_lines
from tekio.artifacts.preferences import PAIRS, Pairs
from tekio.artifacts.results import Results, label_order
from tekio.artifacts.study import STUDY, Study
from tekio.artifacts.sweep import Sweep
from tekio.artifacts.training import GivenModel, Measurement, ResidualFacts, TrainingSummary
from tekio.errors import TekioError, Text
from tekio.model_stages import MODEL_STAGES
from tekio.report.flips import TaskFlips, find_flips
from tekio.report.sources import Funnel, Source, of_documents, of_records
from tekio.store import MANIFEST, Input, Manifest, read_manifest, sha256_file, sha256_json

FOLDERS: tuple[str, ...] = (*(name for name in stage_names.STAGES if name != "report"), "judged")
"""Folders of a run that the report reads: its stages, and what `tekio judge` leaves beside them."""
TRAINED = tuple(MODEL_STAGES.values())

Value = TypeVar("Value")


@dataclass(frozen=True)
class Training:
    """One trained stage: its summary and its measurements in the order they were made."""

    stage: str
    summary: TrainingSummary
    measurements: list[Measurement]


@dataclass
class Run:
    """A run as the report sees it.

    labels: models, the reference first: the order of everything that is shown. problems: what could not be read, in words.
    """

    name: str
    manifests: dict[str, Manifest] = field(default_factory=dict[str, Manifest])
    corpus: CorpusFunnel | None = None
    instruct: InstructFunnel | None = None
    pairs: Pairs | None = None
    study: Study | None = None
    base_model: GivenModel | None = None
    training: list[Training] = field(default_factory=list[Training])
    residual: ResidualFacts | None = None
    results: Results | None = None
    labels: list[str] = field(default_factory=list[str])
    exam: ExamResults | None = None
    exam_cost: ExamCost | None = None
    flips: list[TaskFlips] = field(default_factory=list[TaskFlips])
    sweep: Sweep | None = None
    answers: list[AnsweredPrompt] = field(default_factory=list[AnsweredPrompt])
    answer_summary: AnswerSummary | None = None
    judged: JudgedSummary | None = None
    problems: list[Text] = field(default_factory=list[Text])

    @property
    def documents(self) -> Funnel | None:
        """The corpus' sources, as the page shows them."""
        return of_documents(self.corpus)

    @property
    def records(self) -> Funnel | None:
        """The instruction records' sources, as the page shows them."""
        return of_records(self.instruct)

    @property
    def sources(self) -> list[Source]:
        """All sources, documents first."""
        return [source for funnel in (self.documents, self.records) if funnel for source in funnel.sources]


def stage_inputs(folder: Path, stage: str) -> list[Input]:
    """A finished stage as inputs of the report: its artifact, and all of its manifest that lasts (no times, no logs).

    A damaged manifest stands for itself by its bytes: the report is written all the same and names it.
    """
    path = folder / stage / MANIFEST
    if not path.is_file():
        return []
    try:
        manifest = read_manifest(folder / stage)
    except TekioError:
        manifest = None
    if manifest is None:
        return [Input(f"{stage}/{MANIFEST}", sha256_file(path), "file")]
    plain = manifest.as_dict()
    for name in ("started", "duration_seconds", "sha256"):
        del plain[name]
    for item in plain["inputs"]:
        item.pop("manifest", None)
    plain["outputs"] = [item for item in plain["outputs"] if not item["volatile"]]
    made = Input(stage, manifest.artifact, "stage", stage=manifest.stage, manifest=manifest.sha256)
    return [made, Input(f"{stage}/{MANIFEST}", sha256_json(plain), "file")]


def read_run(folder: Path, name: str, items: int = 0) -> Run:
    """Everything the report needs of the finished stages below `folder`.

    name: what the page calls the run. items: how many items whose answer changed are read per task and direction.
    """
    run = Run(name)

    def attempt(path: Path, read: Callable[[Path], Value]) -> Value | None:
        if not path.is_file():
            return None
        try:
            return read(path)
        except (TekioError, ValidationError, OSError, UnicodeDecodeError) as error:
            shown = path.relative_to(folder).as_posix()
            plain = str(error).splitlines()[0]
            en, ja = (
                (error.explain(language) if isinstance(error, TekioError) else plain).replace(str(folder), run.name)
                for language in ("en", "ja")
            )  # with the run's name: the page must not depend on where the run lies
            run.problems.append(
                Text(f"{shown} could not be read and is left out: {en}", f"{shown} を読めないため省きました: {ja}")
            )
            return None

    for stage in FOLDERS:
        manifest = attempt(folder / stage / "manifest.json", lambda path: read_manifest(path.parent))
        if manifest is not None:
            run.manifests[stage] = manifest
    for stage in run.manifests:
        place = folder / stage
        if stage == "corpus":
            run.corpus = attempt(place / "funnel.json", partial(read_artifact, CorpusFunnel))
        elif stage == "study":
            run.study = attempt(place / STUDY, partial(read_artifact, Study))
        elif stage == "instruct":
            run.instruct = attempt(place / "funnel.json", partial(read_artifact, InstructFunnel))
        elif stage == "residual":
            run.residual = attempt(place / "residual.json", partial(read_artifact, ResidualFacts))
        elif stage in TRAINED:
            if stage == "prefer":
                run.pairs = attempt(place / PAIRS, partial(read_artifact, Pairs))
            summary = attempt(place / "summary.json", partial(read_artifact, TrainingSummary))
            if summary is not None:
                measured = attempt(place / "metrics.jsonl", _measurements) or []
                run.training.append(Training(stage, summary, measured))
            elif stage == "base":
                run.base_model = attempt(place / "model.json", partial(read_artifact, GivenModel))
        elif stage == "sweep":
            run.sweep = attempt(place / "sweep.json", partial(read_artifact, Sweep))
        elif stage == "evaluate":
            run.results = attempt(place / "results.json", partial(read_artifact, Results))
            run.exam = attempt(place / "exam.json", partial(read_artifact, ExamResults))
            run.exam_cost = attempt(place / "exam-cost.json", partial(read_artifact, ExamCost))
            if run.results is not None:
                run.labels = label_order(run.results)
                found = partial(find_flips, results=run.results, labels=run.labels, most=items)
                run.flips = attempt(place / "results.json", lambda path, found=found: found(path.parent)) or []
        elif stage == "compare":
            run.answers = attempt(place / "answers.jsonl", _answers) or []
            run.labels = run.labels or sorted({label for row in run.answers for label in row.answers})
            run.answer_summary = attempt(place / "summary.json", partial(read_artifact, AnswerSummary))
        elif stage == "judged":
            run.judged = attempt(place / "judged.json", partial(read_artifact, JudgedSummary))
    return run


def _measurements(path: Path) -> list[Measurement]:
    return list(read_lines(Measurement, path, older=is_older(path.with_name("summary.json"))))


def _answers(path: Path) -> list[AnsweredPrompt]:
    return list(read_lines(AnsweredPrompt, path, older=is_older(path.with_name("summary.json"))))
