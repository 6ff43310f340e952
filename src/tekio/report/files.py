"""What the report reads of the other stages' files (docs/formats.md), as typed values.

Every field has a default and unknown fields are ignored: a page for a reviewer must come out of any finished run, and
what is missing is said on the page instead.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Read(BaseModel):
    """A part of another stage's file."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class FunnelSource(Read):
    """One row of a funnel: how many documents or records went in, stayed, were held out, were rejected and why."""

    name: str = ""
    kind: str | None = None
    domain: str | None = None
    license: str | None = None
    reader: str | None = None
    attribution: str | None = None
    files: int = 0
    files_rejected: int = 0
    rows_available: int | None = None
    rows_in: int = 0
    rows_train: int = 0
    rows_held_out: int = 0
    rows_validation: int = 0
    characters_in: int | None = None
    characters_train: int | None = None
    characters_held_out: int | None = None
    rejected: dict[str, int] = Field(default_factory=dict[str, int])
    personal_data: dict[str, int] = Field(default_factory=dict[str, int])
    licenses: dict[str, int] = Field(default_factory=dict[str, int])
    """Rows that train by license: of a source of documents, whose rows can bring their own, and in instruct's totals."""
    attributions: dict[str, str] = Field(default_factory=dict[str, str])
    """The source line of each license of a source of documents."""
    release: str | None = None
    """Under what the recipe lets instruction records be released (totals of the instruct stage)."""

    @property
    def rows_kept_aside(self) -> int:
        """Rows held out (documents) or kept for validation (records)."""
        return self.rows_held_out + self.rows_validation

    @property
    def rows_rejected(self) -> int:
        return sum(self.rejected.values())

    @property
    def balanced(self) -> bool:
        """Every row in is a row out or a rejected row."""
        return self.rows_in == self.rows_train + self.rows_kept_aside + self.rows_rejected


class HarvestedPage(Read):
    """How much of one page's text became question-answer pairs."""

    file: str = ""
    pairs: int = 0
    coverage: float | None = None
    remainder_characters: int | None = None


class Funnel(Read):
    """`corpus/funnel.json` or `instruct/funnel.json`."""

    sources: list[FunnelSource] = Field(default_factory=list[FunnelSource])
    totals: FunnelSource = FunnelSource()
    pages: list[HarvestedPage] = Field(default_factory=list[HarvestedPage])
