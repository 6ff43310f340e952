"""Evaluation items to be kept out of training text: the records of evaluation files, and what of each is looked for."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tekio.contamination.match_text import Shadow
from tekio.errors import InputError, TekioError, Text
from tekio.recipe.contamination import ContaminationConfig

SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".xlsx")
MOST_OPTIONS = 20
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_ASKS = re.compile(r"(?:か|なさい|せよ|答えよ|ください|下さい|[?？])[\s。．.」』）)]*\Z")


@dataclass(frozen=True)
class Record:
    """One record of an evaluation file: where it is and its texts by field (a question, its options, a sentence)."""

    name: str
    texts: dict[str, str]


def texts_of(row: Mapping[str, object]) -> tuple[dict[str, str], dict[str, object]]:
    """The texts a row holds itself, by field, and its other values. A list of texts, and a list of objects with one text
    each beside a question (`[{"id": 1, "text": ...}]`), is a list of options and belongs to the row.
    """
    own: dict[str, str] = {}
    asked = any(isinstance(value, str) for value in row.values())
    others: dict[str, object] = {}
    for key, value in sorted(row.items()):
        if isinstance(value, str):
            own[f".{key}"] = value
        elif (options := _options(value, objects=asked)) is not None:
            own |= {f".{key}[{place}]": option for place, option in enumerate(options)}
        else:
            others[key] = value
    return own, others


def _options(value: object, *, objects: bool) -> list[str] | None:
    """The texts of a list of texts, or of a few objects that hold one text each; else None."""
    if not isinstance(value, list):
        return None
    found: list[str] = []
    for part in cast("list[object]", value):
        values = [part]
        if isinstance(part, dict) and objects and len(cast("list[object]", value)) <= MOST_OPTIONS:
            values = list(cast("dict[str, object]", part).values())
        texts = [text for text in values if isinstance(text, str)]
        if len(texts) != 1 or any(isinstance(other, list | dict) for other in values):
            return None
        found += texts
    return found


def _records(value: object, name: str) -> Iterator[Record]:
    """The innermost objects of a JSON value, each with the texts it holds itself."""
    if isinstance(value, str):
        yield Record(name, {"": value})
    elif isinstance(value, list):
        for number, item in enumerate(cast("list[object]", value)):
            yield from _records(item, f"{name}[{number}]")
    elif isinstance(value, dict):
        own, others = texts_of(cast("dict[str, object]", value))
        for key, item in others.items():
            yield from _records(item, f"{name}.{key}")
        if own:
            yield Record(name, own)


def read_records(path: Path) -> Iterator[Record]:
    """Every record of one evaluation file. Raises `InputError` when it cannot be read."""
    try:
        suffix = path.suffix.lower()
        if suffix in (".json", ".jsonl"):
            yield from _json_records(path)
        elif suffix in (".csv", ".tsv"):
            with path.open(encoding="utf-8-sig", newline="") as file:
                for number, row in enumerate(csv.reader(file, delimiter="\t" if suffix == ".tsv" else ",")):
                    yield Record(f"{path.name}:{number}", {f"[{place}]": cell for place, cell in enumerate(row)})
        elif suffix == ".xlsx":
            yield from _sheet_records(path)
    except (ValueError, OSError, csv.Error, RecursionError) as error:
        raise InputError(
            Text("An evaluation file cannot be read.", "評価データを読めません。"), where=path, why=str(error)
        ) from error


def _json_records(path: Path) -> Iterator[Record]:
    whole = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".json":
        try:
            value = json.loads(whole)
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":  # then it is JSON Lines, whatever the name says
                raise
        else:
            yield from _records(value, path.name)
            return
    for number, line in enumerate(whole.split("\n"), 1):
        if line.strip():
            yield from _records(json.loads(line), f"{path.name}:{number}")


def _sheet_records(path: Path) -> Iterator[Record]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise InputError(
            Text("Reading XLSX needs openpyxl.", "XLSX を読むには openpyxl が必要です。"),
            where=path,
            fix="pip install 'tekio[review]'",
        ) from error
    book = load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = {f"[{place}]": cell for place, cell in enumerate(row) if isinstance(cell, str)}
            yield Record(f"{path.name}:{sheet.title}!{number}", cells)
    book.close()


@dataclass(frozen=True)
class Item:
    """What is looked for as one: a text, or a set of texts (a question with its options, options alone). parts: field -> text."""

    name: str
    parts: dict[str, str]


def asks(text: str) -> bool:
    """Whether a text is a question or a task: it ends like one. Short ones are particular, short statements are not."""
    return _ASKS.search(text) is not None


def items_of(record: Record, config: ContaminationConfig) -> Iterator[Item]:
    """What of a record is looked for: every text that is long enough by itself; the shorter ones (options, names) as a
    set; and all together as a set, which finds a short question by its options.
    """
    parts = record.texts
    sizes = {field: len(Shadow.of(text).codes) for field, text in parts.items()}
    alone = {
        field
        for field, size in sizes.items()
        if size >= (config.shortest_question if asks(parts[field]) else config.shortest)
    }
    for field in parts:
        if field in alone:
            yield Item(f"{record.name}{field}", {field: parts[field]})
    japanese = any(_JAPANESE.search(text) for text in parts.values())
    telling = {
        field: text
        for field, text in parts.items()
        # ids and labels of the record say nothing; numbers and words among its options do
        if sizes[field] >= 2 and (not japanese or field.endswith("]") or _JAPANESE.search(text))
    }
    short = {field: text for field, text in telling.items() if sizes[field] < config.shortest}
    sets = {"(short texts)": short} if len(short) > 1 else {}
    if short and len(telling) > len(short):
        sets["(all texts)"] = telling
    for name, own in sets.items():
        if sum(sizes[field] for field in own) >= config.shortest:
            yield Item(f"{record.name} {name}", own)


def evaluation_files(config: ContaminationConfig, section: str) -> list[Path]:
    """The evaluation files a recipe names in `section`, sorted, each once. Raises `TekioError` when it names none that exist."""
    found = {file for path in config.items for file in path.files() if file.suffix.lower() in SUFFIXES}
    if config.items and not found:
        raise TekioError(
            Text("No evaluation file to keep out was found.", "除外する評価データが見つかりません。"),
            where=f"{section}.items",
            fix=", ".join(SUFFIXES),
        )
    return sorted(found)
