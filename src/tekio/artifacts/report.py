"""`report/summary.json`: what the page says, as data. Equal runs have equal bytes (no times, no places)."""

from __future__ import annotations

from tekio.artifacts.model import Part
from tekio.artifacts.results import Metric, Unit
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
