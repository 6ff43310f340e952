"""The folder layout of llm-japanese-dataset: a folder a source, JSON arrays of at most 1,000 records, a README each.

datasets/<source>/_README.md              how it was made (作成方法) and its license (ライセンス)
datasets/<source>/data/000000.json        [{"instruction", "input", "output", "index"}, ...]
datasets-cc-by-sa/<source>/...            share-alike sources apart
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tekio.instruct.formats.gate import terms
from tekio.instruct.formats.rejected import RejectedRecord, RowError
from tekio.instruct.formats.write import Shape, row_of
from tekio.records import InstructionRecord

ROWS_PER_FILE = 1000


@dataclass
class _Folder:
    path: Path
    task: str
    license: str
    waiting: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    written: int = 0
    origins: set[str] = field(default_factory=set[str])

    def flush(self) -> None:
        if self.waiting:
            path = self.path / "data" / f"{self.written // ROWS_PER_FILE:06d}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.waiting, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            self.written += len(self.waiting)
            self.waiting = []


def folder_name(task: str) -> str:
    """A task's name as a folder name that leads nowhere else."""
    return re.sub(r"[^\w.-]", "_", task).strip(".") or "instruction"


def write_folders(
    records: Iterable[InstructionRecord], out: Path, *, bare: bool = False
) -> tuple[int, list[RejectedRecord]]:
    """Write the layout below `out`. Returns the number of rows written and what the layout cannot hold.

    A system turn or a conversation of several exchanges has no place in it. Tasks whose rows carry several licenses
    get a folder for each.
    """
    folders: dict[tuple[str, str], _Folder] = {}
    rejected: list[RejectedRecord] = []
    count = 0
    for record in records:
        if len(record.messages) != 2:
            rejected.append(
                RejectedRecord("several_turns", record.id, {"turns": len(record.messages)}, record.as_dict())
            )
            continue
        try:
            row = row_of(record, "alpaca", Shape(), bare=bare)
        except RowError as problem:
            rejected.append(RejectedRecord(problem.reason, record.id, problem.measured, record.as_dict()))
            continue
        key = (record.meta.task, record.meta.license)
        if key not in folders:
            folders[key] = _Folder(_place(out, key, folders), *key)
        folder = folders[key]
        row["index"] = f"{folder.written + len(folder.waiting):06d}"
        folder.waiting.append(row)
        folder.origins.add(record.meta.origin)
        count += 1
        if len(folder.waiting) == ROWS_PER_FILE:
            folder.flush()
    for folder in folders.values():
        folder.flush()
        (folder.path / "_README.md").write_text(_readme(folder), encoding="utf-8")
    return count, rejected


def _place(out: Path, key: tuple[str, str], taken: dict[tuple[str, str], _Folder]) -> Path:
    task, license_id = key
    root = out / ("datasets-cc-by-sa" if terms(license_id).share_alike else "datasets")
    used = {folder.path for folder in taken.values()}
    path = root / folder_name(task)
    if path in used:
        path = root / folder_name(f"{task}-{license_id}")
    number = 2
    while path in used:
        path = root / folder_name(f"{task}-{license_id}-{number}")
        number += 1
    return path


def _readme(folder: _Folder) -> str:
    lines = [terms(folder.license).attribution_for(origin).ja for origin in sorted(folder.origins)]
    return (
        f"# {folder.task}\n\n## 作成方法\n\nTekio が次の情報源から作成: {', '.join(sorted(folder.origins))}\n\n"
        f"## ライセンス\n\n{folder.license}\n\n" + "\n".join(lines) + "\n"
    )
