"""`report/summary.json`: what the page says, as data. Equal runs have equal bytes (no times, no places)."""

from __future__ import annotations

from typing import Annotated, Literal

from tekio.artifacts.answers import Finish
from tekio.artifacts.corpus import CorpusFunnel
from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import OMITTED, Artifact, Part
from tekio.artifacts.results import Metric, Results, Unit
from tekio.artifacts.sweep import Sweep
from tekio.artifacts.training import TrainingSummary
from tekio.errors import Text


class Words(Part):
    """A text in both languages."""

    en: str
    ja: str

    @classmethod
    def of(cls, text: Text) -> Words:
        return cls(en=text.en, ja=text.ja)

    @property
    def text(self) -> Text:
        return Text(self.en, self.ja)


class PaperExpected(Part):
    """One number of a paper. before, after: of the base and of the trained model; null: the paper does not say."""

    task: str
    metric: str
    before: float | None
    after: float | None
    n: int | None
    note: Words
    """under which protocol"""


class PaperObtained(Part):
    """The same task in this run."""

    task: str
    metric: str
    unit: Unit
    n: int
    scores: dict[str, Metric]
    """by model label"""
    degenerate: list[str]
    """models whose score shows no ability"""


class PaperRow(Part):
    """A number of the paper beside ours; one of the two may be missing."""

    expected: PaperExpected | None
    obtained: PaperObtained | None
    agrees: bool | None
    """whether the paper's trained value lies in our interval; null: nothing to compare"""


class PaperTable(Part):
    """What a paper recipe expected and obtained."""

    paper: str
    arxiv: str
    base: str
    """which of the paper's bases; empty: the only one"""
    scale: str
    rows: list[PaperRow]
    differs: list[Words]
    """what differs from the paper"""


class SummaryLine(Part):
    """A line of the first screen."""

    question: Words
    answer: Words


class SummaryDetail(Part):
    """One measured difference behind a finding, as the page prints it."""

    name: Words
    """the task with its metric"""
    verdict: str
    before: str
    after: str
    difference: str
    interval: str
    unit: Words
    n: int
    p_adjusted: str
    loss: Words | None
    """of a general task: the loss it was judged by"""
    remark: Words | None


class SummaryFinding(Part):
    """One model's answer to a question of the verdict."""

    model: str
    reference: str
    verdict: str
    sentence: Words
    details: list[SummaryDetail]


class SummaryQuestion(Part):
    """One question of the verdict: `domain`, `forgetting` or `text`."""

    question: str
    title: Words
    rule: Words
    findings: list[SummaryFinding]


class SummaryCaution(Part):
    """One reason to be careful; `key` names the rule."""

    key: str
    severity: Literal["high", "medium", "note"]
    title: Words
    detail: Words
    items: list[Words]


class SummaryTerms(Part):
    """One license of the training data, by the policy table: `yes`, `no`, `ask` or `derived`."""

    license: str
    sources: list[str]
    may_train: str
    may_redistribute: str
    commercial: str
    share_alike: bool
    known: bool
    """whether it is in the table"""


class SummaryFlips(Part):
    """Items of a task whose answer turned right (gained) or wrong (lost) between the reference and a model."""

    task: str
    model: str
    reference: str
    gained: int
    lost: int


class SummaryAnswer(Part):
    """The measures of one answer (compare/answers.jsonl), without its text."""

    tokens: int
    finish: Finish
    characters: int
    japanese_share: float
    repetition: float
    overlap: Annotated[float | None, OMITTED]


class SummaryPrompt(Part):
    """The answers to one prompt."""

    id: str
    measures: dict[str, SummaryAnswer]
    """by model label"""


class SummaryStage(Part):
    """What a stage is: its artifact, its key, and the versions it was made with."""

    artifact: str
    key: str
    versions: dict[str, str]


class Summary(Artifact):
    """Every number of the page. Shares are between 0 and 1, as in the stages' files."""

    name: str
    seed: int | None
    models: list[str]
    """labels in the order of the page, the reference first"""
    overview: list[SummaryLine]
    verdict: list[SummaryQuestion]
    cautions: list[SummaryCaution]
    """most serious first"""
    corpus: CorpusFunnel | None
    instruct: InstructFunnel | None
    licenses: list[SummaryTerms]
    training: dict[str, TrainingSummary]
    """by stage"""
    sweep: Sweep | None
    evaluation: Results | None
    flips: list[SummaryFlips]
    answers: list[SummaryPrompt]
    paper: PaperTable | None
    stages: dict[str, SummaryStage]
