"""Evaluation items to be kept out of the corpus: the records of evaluation files, and what of each is looked for."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from tekio.contamination.match_text import ngrams, shadow_of
from tekio.errors import InputError, TekioError, Text
from tekio.recipe.corpus import DecontaminationConfig
from tekio.text.kernels.shingles import Hashes
from tekio.text.normalize import normalize

SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".xlsx")
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Record:
    """One record of an evaluation file: where it is and its texts by field (a question, its options, a sentence)."""

    name: str
    texts: dict[str, str]


def _strings(value: object) -> list[str] | None:
    """`value` if it is a list of strings, else None."""
    if not isinstance(value, list):
        return None
    parts = cast("list[object]", value)
    strings = [part for part in parts if isinstance(part, str)]
    return strings if len(strings) == len(parts) else None


def _records(value: object, name: str) -> Iterator[Record]:
    """The innermost objects of a JSON value, each with the texts it holds itself; a list of texts is options."""
    if isinstance(value, str):
        yield Record(name, {"": value})
    elif isinstance(value, list):
        for number, item in enumerate(cast("list[object]", value)):
            yield from _records(item, f"{name}[{number}]")
    elif isinstance(value, dict):
        own: dict[str, str] = {}
        for key, item in sorted(cast("dict[str, object]", value).items()):
            if isinstance(item, str):
                own[f".{key}"] = item
            elif (parts := _strings(item)) is not None:
                own |= {f".{key}[{place}]": part for place, part in enumerate(parts)}
            else:
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
    """What is looked for as one: a text, or a set of texts (a question with its options, options alone).

    parts: field -> text. grams: the different n-grams by which documents that may hold it are found.
    """

    name: str
    parts: dict[str, str]
    grams: Hashes

    @property
    def is_set(self) -> bool:
        return len(self.parts) > 1


def items_of(record: Record, config: DecontaminationConfig) -> Iterator[Item]:
    """What of a record is looked for: every text of at least `shortest` letters and digits by itself; the shorter ones
    (options, names) as a set; and all together as a set, which finds a short question by its options.
    """
    fewest = config.shortest - config.ngram + 1
    parts = {field: normalize(text).text for field, text in record.texts.items()}
    sizes = {field: len(shadow_of(text).codes) for field, text in parts.items()}
    for field, text in parts.items():
        found = np.unique(ngrams(text, config.ngram))
        if len(found) >= fewest:
            yield Item(f"{record.name}{field}", {field: text}, found)
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
        if sum(sizes[field] for field in own) < config.shortest:
            continue
        grams = np.unique(np.concatenate([ngrams(text, config.ngram) for text in own.values()]))
        if not len(grams):  # all are shorter than an n-gram: they can only be noticed one after the other
            grams = np.unique(ngrams("\n".join(own.values()), config.ngram))
        if len(grams):
            yield Item(f"{record.name} {name}", own, grams)


def evaluation_files(config: DecontaminationConfig) -> list[Path]:
    """The evaluation files a recipe names, sorted, each once."""
    found = {file for path in config.items for file in path.files() if file.suffix.lower() in SUFFIXES}
    if config.items and not found:
        raise TekioError(
            Text("No evaluation file to keep out was found.", "除外する評価データが見つかりません。"),
            where="corpus.decontaminate.items",
            fix=", ".join(SUFFIXES),
        )
    return sorted(found)
