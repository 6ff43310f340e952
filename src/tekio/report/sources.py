"""Sources of documents and of records alike: what became of the rows of each, for page, card and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tekio.artifacts.corpus import CorpusFunnel
from tekio.artifacts.instruct import InstructFunnel, PageCoverage


@dataclass(frozen=True)
class Source:
    """One source. kind: the domain of documents, or how records were made. Characters: only of documents.

    rows_kept_aside: held out (documents) or kept for validation (records). licenses: training rows by license, where rows
    can bring their own; attributions: the source line of each of these.
    """

    name: str
    kind: str
    license: str
    files: int
    rows_in: int
    rows_train: int
    rows_kept_aside: int
    rejected: dict[str, int]
    personal_data: dict[str, int]
    files_rejected: int = 0
    rows_available: int = 0
    characters_in: int | None = None
    characters_train: int | None = None
    attribution: str = ""
    licenses: dict[str, int] = field(default_factory=dict[str, int])
    attributions: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def rows_rejected(self) -> int:
        return sum(self.rejected.values())

    @property
    def balanced(self) -> bool:
        """Every row in is a row out or a rejected row."""
        return self.rows_in == self.rows_train + self.rows_kept_aside + self.rows_rejected


@dataclass(frozen=True)
class Funnel:
    """The sources of a stage, and its harvested pages."""

    sources: list[Source]
    pages: Sequence[PageCoverage] = ()


def of_documents(funnel: CorpusFunnel | None) -> Funnel | None:
    """The sources of the corpus."""
    if funnel is None:
        return None
    return Funnel(
        [
            Source(
                name=item.name,
                kind=item.domain,
                license=item.license,
                files=item.files,
                rows_in=item.rows_in,
                rows_train=item.rows_train,
                rows_kept_aside=item.rows_held_out,
                rejected=item.rejected,
                personal_data=item.personal_data,
                files_rejected=item.files_rejected,
                rows_available=item.rows_available,
                characters_in=item.characters_in,
                characters_train=item.characters_train,
                attribution=item.attribution,
                licenses=item.licenses,
                attributions=item.attributions,
            )
            for item in funnel.sources
        ]
    )


def of_records(funnel: InstructFunnel | None) -> Funnel | None:
    """The sources of the instruction records."""
    if funnel is None:
        return None
    return Funnel(
        [
            Source(
                name=item.name,
                kind=item.kind,
                license=item.license,
                files=item.files,
                rows_in=item.rows_in,
                rows_train=item.rows_train,
                rows_kept_aside=item.rows_validation,
                rejected=item.rejected,
                personal_data=item.personal_data,
            )
            for item in funnel.sources
        ],
        funnel.pages,
    )
