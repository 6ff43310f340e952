"""Evaluation items to be kept out of training text: the records of evaluation files, and what of each is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tekio.contamination.match_text import Shadow
from tekio.errors import InputError, TekioError, Text
from tekio.recipe.contamination import ContaminationConfig
from tekio.rows import PathFile, Row, RowOptions, read_rows
from tekio.rows.archive import bare_name
from tekio.rows.read import FORMATS, MAX_FILE_BYTES
from tekio.text.unreadable import UnreadableError, told_reason

SUFFIXES = tuple(FORMATS)
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


OPTIONS = RowOptions(everything=True, max_line_bytes=MAX_FILE_BYTES)


def read_records(path: Path) -> Iterator[Record]:
    """Every record of one evaluation file, in any form and encoding that `tekio.rows` reads.

    Nothing of it may be missed: raises `InputError` when any part of it cannot be read.
    """
    try:
        for row in read_rows(PathFile(path), OPTIONS):
            name = f"{path.name}{row.place}"
            if isinstance(row, Row):
                yield from _records(row.values[""] if list(row.values) == [""] else row.values, name)
            elif row.reason == "wrong_columns":  # its cells are texts all the same
                yield from _records({f"column {n}": cell for n, cell in enumerate(row.raw, 1)}, name)
            else:
                raise _unreadable(path, told_reason(row.reason, row.measured), row.place)
    except UnreadableError as error:
        raise _unreadable(path, error.why_words()) from error


def _unreadable(path: Path, why: str | Text, place: str = "") -> InputError:
    what = Text("An evaluation file cannot be read.", "評価データを読めません。")
    return InputError(what, where=f"{path}{place}", why=why)


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


def _suffix(file: Path) -> str:
    return Path(bare_name(file.name.lower())).suffix


def evaluation_files(config: ContaminationConfig, section: str) -> list[Path]:
    """The evaluation files a recipe names in `section`, sorted, each once. Raises `TekioError` when it names none that exist."""
    found = {file for path in config.items for file in path.files() if _suffix(file) in SUFFIXES}
    if config.items and not found:
        raise TekioError(
            Text("No evaluation file to keep out was found.", "除外する評価データが見つかりません。"),
            where=f"{section}.items",
            fix=", ".join(SUFFIXES),
        )
    return sorted(found)
