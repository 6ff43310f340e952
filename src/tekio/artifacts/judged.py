"""`judged/`: two models' answers held against each other by people, and perhaps by a model, without knowing whose they are."""

from __future__ import annotations

from typing import Annotated, Literal

from tekio.artifacts.model import OMITTED, Artifact, Part


class JudgementRow(Part):
    """A line of `judgements.jsonl`: one judgement, with labels instead of sides."""

    item: str
    reviewer: str
    by: Literal["person", "model"]
    shown: list[str]
    """the labels in the order in which the judge saw the answers"""
    better: str
    """label of the better answer, or `tie`"""
    marks: dict[str, str]
    """criterion -> label or `tie`"""
    note: str
    at: str


class WinRate(Part):
    """How often a model's answer was the better one. A tie counts half; several judgements of a pair count as one cluster."""

    criterion: str
    """`overall`, accuracy, grounds, currency, clarity, compliance"""
    items: int
    judgements: int
    wins: int
    losses: int
    ties: int
    rate: float
    low: float | None
    high: float | None
    p: float | None
    """exact sign test over the pairs (their majority; an even pair counts for neither)"""
    p_adjusted: float | None
    """Holm over the criteria"""
    method: str


class JudgesAgreement(Part):
    """How far people agree on the pairs that several of them judged."""

    criterion: str
    reviewers: int
    items: int
    equal: float | None
    """share of the pairs of judgements of one item that are equal"""
    alpha: float | None
    """Krippendorff's, nominal (better, worse, tie)"""
    kappa: dict[str, float | None]
    """Cohen's, of every two reviewers: `a / b`"""


class Share(Part):
    """A share of judgements that are no tie, with its 95 % interval (clustered by pair)."""

    n: int
    share: float | None
    low: float | None
    high: float | None


class ModelJudge(Part):
    """A model as judge: each pair asked twice, in both orders; only where both agree it has a preference."""

    name: str
    items: int
    consistent: int
    """pairs with the same preference in both orders"""
    unread: int
    """pairs with a reply in which no verdict could be read"""
    first: Share
    """how often it preferred what stood first"""
    rate: WinRate
    shared: int
    """pairs that people judged too"""
    equal: float | None
    """of these the share with the same preference as the people's majority"""
    kappa: float | None
    """Cohen's, with the people's majority"""


class JudgedSummary(Artifact):
    """What was judged and how it came out, of `model` against `reference`."""

    reference: str
    model: str
    items: int
    """pairs there are"""
    reviewers: dict[str, int]
    """person -> pairs judged"""
    rates: list[WinRate]
    agreement: list[JudgesAgreement]
    longer: Share
    """how often the longer answer was preferred"""
    characters_preferred: float | None
    """mean length of the preferred answers"""
    characters_other: float | None
    first: Share
    """how often the answer shown first was preferred"""
    stale: int
    """judgements left out because the answers have changed since"""
    judges: Annotated[list[ModelJudge] | None, OMITTED]
