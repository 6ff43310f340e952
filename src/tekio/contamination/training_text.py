"""Reading what a model was trained on, in whatever form it lies there: tables, records, JSON, plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from tekio.documents import read_documents
from tekio.errors import TekioError, Text

Document = tuple[str, str, str]
"""File, id and text of one document."""


def read_sources(path: Path) -> Iterator[Document]:
    """(file, id, text) of every document or record in a corpus folder, a table folder, a JSON Lines or a text file.

    Raises `TekioError` for a path that is none of these.
    """
    if path.is_dir():
        tables = [folder for folder in (path, path / "train") if any(folder.glob("*.parquet"))]
        files = sorted(item for item in path.glob("*.jsonl") if not item.name.startswith("rejected"))
        if not tables and not files:
            files = sorted(item for item in path.rglob("*") if item.suffix in (".jsonl", ".json", ".txt"))
        for table in tables:
            for row in read_documents(table, ["id", "text"]):
                yield table.name, row["id"], row["text"]
        for file in files:
            yield from _file(file)
        if not tables and not files:
            raise TekioError(
                Text("There is no text to look through here.", "調べる文書がありません。"),
                where=path,
                fix=Text(
                    "Give a corpus, a JSON Lines or a text file.",
                    "コーパス、JSON Lines、テキストのいずれかを指定してください。",
                ),
            )
    elif path.is_file():
        yield from _file(path)
    else:
        raise TekioError(Text("The training text is missing.", "学習文書がありません。"), where=path)


def _file(path: Path) -> Iterator[Document]:
    if path.suffix != ".jsonl":
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix != ".json":
            yield path.name, path.name, text
            return
        try:
            whole: Any = json.loads(text)
        except json.JSONDecodeError:  # JSON Lines under another name
            pass
        else:
            rows = cast("list[Any]", whole) if isinstance(whole, list) else [whole]
            for number, row in enumerate(rows):
                yield path.name, str(number), "\n".join(_strings(row))
            return
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row: Any = json.loads(line)
            except json.JSONDecodeError:
                row = line
            identifier = str(cast("dict[str, Any]", row).get("id", number)) if isinstance(row, dict) else str(number)
            yield path.name, identifier, "\n".join(_strings(row))


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value, in order: whatever a record calls its fields, nothing in it is hidden."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in cast("dict[str, Any]", value).values():
            yield from _strings(item)
