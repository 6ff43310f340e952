"""Open an instruction set: a file or folder in any known format, or the folder of a finished `instruct` stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import read_artifact
from tekio.errors import NothingError, Text
from tekio.instruct.formats import RejectedRecord, import_records
from tekio.records import InstructionRecord

STAGE_FILES = ("train.jsonl", "validation.jsonl")


def dataset_name(path: Path) -> str:
    """What a set is called: the file's or folder's name without suffixes."""
    return path.resolve().name.split(".")[0]


def open_dataset(
    path: Path, kind: str = "auto", *, license_id: str = "unknown", origin: str | None = None
) -> Iterator[InstructionRecord | RejectedRecord]:
    """The records at `path`, in a stable order. origin: of rows that name none; default: the set's name. Raises `TekioError` when there is nothing to read."""
    parts = [path / name for name in STAGE_FILES if (path / name).is_file()] if path.is_dir() else []
    for part in parts or [path]:
        yield from import_records(part, kind, origin=origin or dataset_name(path), license=license_id)


def stage_funnel(path: Path) -> InstructFunnel | None:
    """The `funnel.json` of an `instruct` stage folder; None for anything else."""
    file = path / "funnel.json"
    return read_artifact(InstructFunnel, file) if file.is_file() else None


def need_rows(rows: int, path: Path) -> None:
    """Raises `NothingError` for a set without a single usable record."""
    if not rows:
        raise NothingError(
            Text("No instruction record could be read.", "指示データを 1 件も読めませんでした。"),
            where=path,
            fix=Text(
                "See docs/instruction-formats.md for the formats.",
                "形式は docs/instruction-formats.md を見てください。",
            ),
        )
