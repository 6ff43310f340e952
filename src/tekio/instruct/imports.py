"""Instruction data in known formats as rows of the stage; the formats themselves live in `tekio.instruct.formats`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tekio.errors import TekioError
from tekio.instruct.candidate import Row, broken_row
from tekio.instruct.formats import RejectedRecord, import_records
from tekio.instruct.formats.read import data_files
from tekio.recipe.instruct import ImportConfig


def import_listing(source: ImportConfig) -> list[Path]:
    """The data files of an import source; READMEs and descriptions beside them are no data."""
    return data_files(source.path.path) if source.path.path.is_dir() else source.path.files()


def import_file(path: Path, uri: str, source: ImportConfig) -> Iterator[Row]:
    """Every record of a file; what cannot be read is a rejected row with the reason the format gives."""
    try:
        for item in import_records(
            path,
            source.format,
            origin=source.name,
            license=source.license,
            root=source.path.root(),
            columns=source.columns,
        ):
            if isinstance(item, RejectedRecord):
                row = broken_row(source.name, source.license, item.where, item.rejected_by, item.measured)
                row.record.meta.extra["row"] = item.row
                yield row
                continue
            if item.meta.review == "rejected":  # a person has said no
                yield broken_row(source.name, source.license, uri, "rejected_in_review", item.id)
                continue
            item.meta.parents = item.meta.parents or [uri]
            item.meta.group = item.meta.group or item.id
            yield Row(item)
    except TekioError as error:
        yield broken_row(source.name, source.license, uri, "unreadable", error.explain("en").replace(str(path), uri))
