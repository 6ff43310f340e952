"""Passages of the real data that a blind set names and does not hold: a file, where in it, the first words and those of the last line.

The data is not part of this repository (docs/real-data.md), and what companies and Wikipedia's writers wrote is not passed on with it: the rows
are the set's own, the passages are read here as the corpus reads them.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tekio.corpus.readers import Rejected, Unit, UnitFile, read_unit
from tekio.documents import Document
from tekio.recipe.corpus import SourceConfig
from tekio.recipe.paths import RecipePath


def named_passages(listed: Path, data: Path) -> Iterator[tuple[str, str, str]]:
    """(id, title, text) of each line of `listed`; a passage that cannot be found is an error, never left out."""
    for line in listed.read_text(encoding="utf-8").splitlines():
        entry: dict[str, str] = json.loads(line)
        title, text = _document(data / entry["file"], entry.get("part", ""), entry.get("reader", ""))
        yield entry["id"], entry.get("title") or title, _cut(text, entry.get("from", ""), entry.get("to", ""))


def _cut(text: str, first: str, last: str) -> str:
    """From the first words to the end of the line that begins with `last`."""
    if not first:
        return text
    begin = text.index(first)
    end = text.index(last, begin)
    line = text.find("\n", end)
    return text[begin : line if line >= 0 else len(text)]


@cache
def _document(path: Path, part: str, reader: str) -> tuple[str, str]:
    """(title, text) of the document `part` of a file: a member, a title of a filing, the number of a row, a page and its paragraph."""
    if reader == "edinet":
        return next(
            (found.title or "", found.text)
            for found in _read(path, path.name, path.read_bytes(), reader)
            if found.title == part
        )
    if reader:
        found = _read(path, part or path.name, _member(path, part) if part else path.read_bytes(), reader)[0]
        return found.title or "", found.text
    if path.suffix == ".jsonl":
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        return "", next(row["text"] for row in rows if str(row["docid"]) == part)
    title, number = part.rsplit(" ", 1)
    pages: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["data"]
    return title, next(page["paragraphs"][int(number)]["context"] for page in pages if page["title"] == title)


def _member(path: Path, name: str) -> bytes:
    """A member of an archive by its last name; macOS wrote the kana decomposed."""
    with ZipFile(path) as archive:
        for member in archive.namelist():
            if unicodedata.normalize("NFC", Path(member).name) == name:
                return archive.read(member)
    raise FileNotFoundError(f"{path}: {name}")


def _read(path: Path, uri: str, content: bytes, reader: str) -> list[Document]:
    """A file's documents by Tekio."""
    source = SourceConfig(name="blind", path=RecipePath.of(path), reader=reader)
    rows = read_unit(source, Unit("blind", (UnitFile(path, uri, len(content), content=content),)))
    return [row for row in rows if not isinstance(row, Rejected)]
