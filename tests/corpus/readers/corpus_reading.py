"""Helpers of the reader tests."""

from pathlib import Path
from typing import Any

from tekio.corpus.readers import Rejected, plan_units, read_unit
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.paths import RecipePath


def source_of(path: Path, **options: Any) -> SourceConfig:
    """A source named `test` over `path`."""
    return SourceConfig(name="test", path=RecipePath.of(path), **options)


def read(path: Path, unit_bytes: int = 8_000_000, **options: Any) -> tuple[list[Document], list[Rejected]]:
    """Everything a source gives: documents and refusals."""
    source = source_of(path, **options)
    rows = [row for unit in plan_units(source, unit_bytes) for row in read_unit(source, unit)]
    return [row for row in rows if isinstance(row, Document)], [row for row in rows if isinstance(row, Rejected)]
