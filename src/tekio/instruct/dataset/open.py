"""Open an instruction set: a file or folder in any known format, or the folder of a finished `instruct` stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.artifacts.instruct import InstructFunnel
from tekio.artifacts.model import read_artifact
from tekio.errors import NothingError, Text
from tekio.instruct.formats import RejectedRecord, import_records
from tekio.records import InstructionRecord
from tekio.reject_reasons import counted_words
from tekio.visible import shown_name, visible

REASONS_SHOWN = 3
STAGE_FILES = ("train.jsonl", "validation.jsonl")


def dataset_name(path: Path) -> str:
    """What a set is called: the file's or folder's name without suffixes."""
    return shown_name(Path(path.resolve().name)).split(".")[0]


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


def need_rows(rows: int, path: Path, rejected: Sequence[RejectedRecord] = ()) -> None:
    """Raises `NothingError` for a set without a single usable record, saying why rows were left out and which columns they have."""
    if rows:
        return
    told = counted_words(dict(Counter(item.rejected_by for item in rejected).most_common(REASONS_SHOWN)))
    columns: Any = next((found for item in rejected if (found := item.measured.get("columns"))), None)
    named = ", ".join(visible(str(name)) for name in cast("list[Any]", columns)) if isinstance(columns, list) else ""
    raise NothingError(
        Text("No instruction record could be read.", "指示データを 1 件も読めませんでした。"),
        where=path,
        why=Text(
            f"left out: {told.en}" + (f"; the columns: {named}" if named else ""),
            f"除外: {told.ja}" + (f"。列: {named}" if named else ""),
        )
        if told.en
        else None,
        fix=Text(
            "See docs/instruction-formats.md for the formats. Which column is what: --columns question=A,answer=B "
            "(a table without a heading: question=1,answer=2).",
            "形式は docs/instruction-formats.md を見てください。列の対応は --columns question=A,answer=B "
            "（見出しのない表は question=1,answer=2）で指定できます。",
        ),
    )
