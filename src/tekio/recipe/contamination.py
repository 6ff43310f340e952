"""What is kept out of training text: one set of keys and defaults for `corpus.decontaminate` and `instruct.screen.contamination`."""

from __future__ import annotations

from typing import Any, Literal, cast

from pydantic import Field, model_validator

from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section


class ContaminationConfig(Section):
    """Keep evaluation items out of the training text. All lengths are in letters and digits: punctuation, white space, width
    and case do not count. A list of files alone stands for `items`.
    """

    items: list[RecipePath] = Field(default_factory=list[RecipePath])
    """Evaluation files (JSON, JSON Lines, CSV, TSV, XLSX, Parquet, or a folder of them) whose items must not be in the training text."""
    action: Literal["remove", "flag"] = "remove"
    """Reject the document or record, or keep it and say so in its `meta`."""
    ngram: int = Field(default=13, ge=5)
    """Length of the n-grams by which text that may hold an item is found, and of the shortest common piece that counts."""
    shortest: int = Field(default=30, ge=5)
    """Shorter texts (options, names) count only together with the others of their record."""
    shortest_question: int = Field(default=20, ge=5)
    """But a question counts by itself from here on."""
    containment: float = Field(default=0.75, gt=0, le=1)
    """Share of a text of an item that must stand in one place of the document, in common pieces."""
    whole: float = Field(default=0.95, gt=0, le=1)
    """The same for questions that are shorter than `shortest`."""
    longest: int = Field(default=50, ge=5)
    """Or: a piece of an item of so many letters and digits stands in the document as it is."""
    long_text: int = Field(default=60, ge=5)
    """Texts from this length on are particular enough for shorter common pieces, so that near copies are found:"""
    piece: int = Field(default=8, ge=3)
    """the shortest common piece of such a text that counts."""

    @model_validator(mode="before")
    @classmethod
    def _files_alone(cls, value: Any) -> Any:
        return {"items": cast("list[Any]", value)} if isinstance(value, list) else value
