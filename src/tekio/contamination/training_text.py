"""Reading what a model was trained on, in whatever form it lies there: tables, records, JSON, plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.documents import read_documents
from tekio.errors import TekioError, Text
from tekio.recipe.contamination import ContaminationConfig
from tekio.rows import BadRow, PathFile, Row, RowOptions, read_rows
from tekio.rows.archive import bare_name
from tekio.rows.read import FORMATS, MAX_FILE_BYTES
from tekio.store import read_manifest
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError
from tekio.visible import shown_name

MAX_TEXT_BYTES = 4_000_000_000
OPTIONS = RowOptions(everything=True, max_line_bytes=MAX_FILE_BYTES)
Document = tuple[str, str, str]
"""File, id and text of one document."""


def thresholds_of(path: Path) -> ContaminationConfig:
    """The thresholds by which training text was made: those of the stage whose folder `path` is or lies in, else the
    defaults.
    """
    for folder in (path, path.parent, path.parent.parent):
        manifest = read_manifest(folder) if folder.is_dir() else None
        if manifest is None:
            continue
        found = (
            manifest.config.get("decontaminate")
            or manifest.config.get("avoid")
            or manifest.config.get("screen", {}).get("contamination")
        )
        if isinstance(found, dict):
            return ContaminationConfig.model_validate({**found, "items": []})
    return ContaminationConfig()


def trained_text(messages: Sequence[Mapping[str, Any]], given: str | None = None) -> str:
    """What a model learns from an instruction record: all turns, and the input where it stands apart."""
    return "\n".join([*(str(turn.get("content") or "") for turn in messages), given or ""]).strip()


STUDIED = "documents"
"""Where a study stage has its documents, beside its records."""


def read_study(folder: Path) -> Iterator[Document]:
    """(file, id, text) of what is trained on of a study stage: its documents row by row, and its training records."""
    for row in read_documents(folder / STUDIED, ["id", "text", "meta"]):
        for text in _rows_of(row["text"], json.loads(row["meta"])):
            yield STUDIED, row["id"], text
    yield from _file(folder / "train.jsonl")


def _rows_of(text: str, meta: Mapping[str, Any]) -> Iterator[str]:
    """The rows of a study document, which stand one below the other; one that does not say where they end is one row."""
    sizes = [row.get("characters") for row in meta.get("study", {}).get("rows", ())]
    if not all(isinstance(size, int) for size in sizes) or sum(sizes) + len(sizes) - 1 != len(text):
        yield text
        return
    start = 0
    for size in sizes:
        yield text[start : start + size]
        start += size + 1


def read_sources(path: Path) -> Iterator[Document]:
    """(file, id, text) of every document or record in a corpus folder, a table folder, a JSON Lines or a text file.

    Raises `TekioError` for a path that is none of these.
    """
    if path.is_dir():
        tables = [folder for folder in (path, path / "train", path / STUDIED) if any(folder.glob("*.parquet"))]
        files = sorted(item for item in path.glob("*.jsonl") if not item.name.startswith(("rejected", "unread")))
        if not tables and not files:
            files = sorted(item for item in path.rglob("*") if _suffix(item) in (*FORMATS, ".txt"))
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
    """The texts of one file; of a row file one a row. What gives no row is looked through as the text it is."""
    try:
        if _suffix(path) in FORMATS:
            left = False
            for row in read_rows(PathFile(path), OPTIONS):
                if isinstance(row, Row):
                    value: Any = row.values[""] if list(row.values) == [""] else row.values
                    named = row.values.get("id")
                    identifier = str(named) if named is not None else row.place.lstrip(":#")
                    yield shown_name(Path(path.name)), identifier, _text(value)
                left = left or isinstance(row, BadRow)
            if not left or _suffix(path) in (".xlsx", ".parquet"):
                return
        yield shown_name(Path(path.name)), shown_name(Path(path.name)), decode(PathFile(path).read(MAX_TEXT_BYTES)).text
    except UnreadableError as error:
        raise TekioError(
            Text("A training text cannot be read.", "学習文書を読めません。"), where=path, why=error.why_words()
        ) from error


def _suffix(path: Path) -> str:
    return Path(bare_name(path.name.lower())).suffix


def _text(row: Any) -> str:
    """The text of a row: of an instruction record what is learned from it, of a pair of answers both, of anything else all that
    is in it.
    """
    if isinstance(row, dict):
        record = cast("dict[str, Any]", row)
        turns, meta = record.get("messages"), record.get("meta")
        if isinstance(turns, list) and all(isinstance(turn, dict) for turn in cast("list[Any]", turns)):
            given = cast("dict[str, Any]", meta).get("input") if isinstance(meta, dict) else None
            learned = trained_text(cast("list[dict[str, Any]]", turns), str(given) if given is not None else None)
            return "\n".join([learned, *_other_answer(record.get("rejected"))])
    return "\n".join(_strings(row))


def _other_answer(rejected: Any) -> Iterator[str]:
    """The answer of a pair that was not preferred: text, or what `tekio.instruct.preferences.pair` writes."""
    if isinstance(rejected, dict) and "content" in rejected:
        rejected = cast("dict[str, Any]", rejected)["content"]
    yield from _strings(rejected)


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
