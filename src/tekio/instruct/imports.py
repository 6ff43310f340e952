"""Instruction data in known formats as rows of the stage; the formats themselves live in `tekio.instruct.formats`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tekio.instruct.rows import Row, broken_row
from tekio.recipe.instruct import ImportConfig


def import_file(_: Path, uri: str, source: ImportConfig) -> Iterator[Row]:
    """Every record of a file; what cannot be read is a rejected row."""
    yield broken_row(source.name, source.license, uri, "unreadable", "import is not there yet")
