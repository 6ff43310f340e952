"""`corpus/`: what became of every row (the funnel), and how often an epoch takes each source."""

from __future__ import annotations

from typing import Annotated

from tekio.artifacts.model import Artifact, Older, Part

MIXING = "mixing.json"


class CorpusCounts(Part):
    """Files, rows and characters: `files` = `files_read` + `files_rejected`, and `rows_in` = `rows_train` + `rows_held_out` +
    the sum of `rejected`.
    """

    files: Annotated[int, Older(0)]
    """what was listed before any was read: broken links, pipes and closed folders too"""
    files_read: Annotated[int, Older(0)]
    """those that gave a document and were read to their end"""
    files_rejected: Annotated[int, Older(0)]
    """all others; each has a row that says why"""
    rows_available: Annotated[int, Older(0)]
    """more than `rows_in` where a source has a limit"""
    rows_in: Annotated[int, Older(0)]
    rows_train: Annotated[int, Older(0)]
    rows_held_out: Annotated[int, Older(0)]
    characters_in: Annotated[int, Older(0)]
    characters_train: Annotated[int, Older(0)]
    characters_held_out: Annotated[int, Older(0)]
    rejected: dict[str, int]
    """rows by reason"""
    personal_data: dict[str, int]
    """places found, by kind"""
    removed_characters: dict[str, int]
    """characters taken out of rows that stay, by rule"""
    tables: Annotated[dict[str, int], Older({})]
    """`tables`, `cells_in` and `cells_out` of the documents read: cells with text, and those that were written"""
    licenses: dict[str, int]
    """training rows by license, because rows can bring their own"""


class CorpusSource(CorpusCounts):
    """What became of the files, rows and characters of one source."""

    name: str
    domain: Annotated[str, Older("")]
    license: Annotated[str, Older("")]
    """as the recipe has it"""
    reader: Annotated[str, Older("")]
    attribution: Annotated[str, Older("")]
    """its source line"""
    attributions: dict[str, str]
    """the source line of each license of its training rows"""


class CorpusFunnel(Artifact):
    """`funnel.json`: every source in the recipe's order, and the totals."""

    sources: list[CorpusSource]
    totals: CorpusCounts


class SourceMix(Part):
    """What the recipe says of a source."""

    name: str
    domain: str
    epochs: float
    """its passes an epoch"""
    weight: float | None
    """its share of the tokens of all sources with weights; null: `epochs` holds"""


class Mixing(Artifact):
    """`mixing.json`: the sources in the recipe's order; there only when one is not simply taken once."""

    sources: list[SourceMix]
