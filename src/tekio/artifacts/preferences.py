"""`prefer/pairs.json`: which pairs of answers were learned from, and what became of every row they were looked for in."""

from __future__ import annotations

from tekio.artifacts.model import Artifact, Part

PAIRS = "pairs.json"


class PairSource(Part):
    """One source of pairs: `rows_in` = `rows_used` + all of `rejected`."""

    name: str
    rows_in: int
    rows_used: int
    """rows that are part of a pair"""
    train: int
    """pairs"""
    validation: int
    """pairs"""
    rejected: dict[str, int]
    """reason -> rows; each has a line in `rejected.jsonl`"""
    personal_data: dict[str, int]
    """kind -> how often it was found"""


class Pairs(Artifact):
    """All pairs."""

    sources: list[PairSource]
    licenses: dict[str, int]
    """license -> pairs"""
