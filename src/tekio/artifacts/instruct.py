"""`instruct/funnel.json`: what became of every candidate record, and of the text of harvested pages."""

from __future__ import annotations

from typing import Annotated, Literal

from tekio.artifacts.model import OMITTED, Artifact, Older, Part

Kind = Literal["harvest", "expand", "import"]


class InstructCounts(Part):
    """Files and rows: `rows_in` = `rows_train` + `rows_validation` + the sum of `rejected`."""

    files: Annotated[int, Older(0)]
    rows_in: Annotated[int, Older(0)]
    rows_train: Annotated[int, Older(0)]
    rows_validation: Annotated[int, Older(0)]
    rejected: dict[str, int]
    """rows by reason"""
    personal_data: dict[str, int]
    """places found, by kind"""


class InstructSource(InstructCounts):
    """What became of the files and rows of one source."""

    name: str
    kind: Kind
    license: str
    topics: Annotated[dict[str, int] | None, OMITTED]
    """records that stay, by the most frequent topics; under the empty name those of all others"""


class InstructTotals(InstructCounts):
    """What became of all files and rows, and what may be done with the records that stay."""

    licenses: dict[str, int]
    """records that stay, by license"""
    release: Annotated[str, Older("")]
    """under what the recipe lets the records be released"""


class Remainder(Part):
    """A piece of a page's main content that is in no pair."""

    kind: str
    text: str


class PageCoverage(Part):
    """How much of one page's text became question-answer pairs. Null keys: it could not be read."""

    file: str
    pairs: int
    coverage: float
    """share of the main content that is in pairs"""
    main_characters: Annotated[int | None, OMITTED]
    pair_characters: Annotated[int | None, OMITTED]
    remainder_characters: int
    remainder_kinds: Annotated[dict[str, int] | None, OMITTED]
    """characters by kind of remainder"""
    outside_characters: Annotated[int | None, OMITTED]
    """characters outside the main content"""
    silence: Annotated[str | None, OMITTED]
    """why nothing was taken from a page that looks like questions; empty: something was"""
    missing: Annotated[list[str] | None, OMITTED]
    """entries of its table of contents that no pair answers"""
    remainder: Annotated[list[Remainder] | None, OMITTED]
    rejected: Annotated[str | None, OMITTED]
    """why it could not be read"""


class InstructFunnel(Artifact):
    """Every source in the recipe's order, harvested pages, and the totals."""

    sources: list[InstructSource]
    pages: list[PageCoverage]
    totals: InstructTotals
    expected: Annotated[str | None, OMITTED]
    """the paper whose table of sources this one stands beside"""
