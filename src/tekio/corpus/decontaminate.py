"""Keep evaluation items out of the corpus: character n-grams on an NFKC shadow without space and punctuation.

White-space n-grams never fire on Japanese, and short n-grams alone accuse innocent text (stock phrases of filings), so a
shared n-gram only calls for a closer look: a document counts as contaminated when it holds enough of one item's n-grams
or a long piece of it word for word. n-grams that many items share (instructions, answer formats) are no evidence.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tekio.errors import InputError, TekioError, Text
from tekio.recipe.corpus import DecontaminationConfig
from tekio.store import read_json, write_json
from tekio.text.codepoints import CodePoints, Codes, Offsets
from tekio.text.compiled import compiled
from tekio.text.normalize import normalize
from tekio.text.shingles import Hashes, mix

SHARED_BY_MANY = 5  # an n-gram in more items than this is boilerplate of the task, not evidence
SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".xlsx")
FEWEST_NGRAMS = 8  # an item with fewer n-grams of its own (not shared by many items) cannot accuse a document

_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_DROP = np.uint32(0)


def shadow(text: str) -> str:
    """`text` as it is matched: NFKC, lower case, letters and digits only."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in plain if unicodedata.category(char)[0] in "LNM")


@cache
def shadow_table() -> Codes:
    """What a single code point of normalized text becomes in the shadow (0: nothing), for the first two planes.

    A code point whose NFKC form has several characters becomes the first letter or digit of it; items are treated the
    same, so both sides agree.
    """
    table = np.zeros(0x20000, dtype=np.uint32)
    for code in range(0x20000):
        if 0xD800 <= code < 0xE000:
            continue
        kept = shadow(chr(code))
        if kept:
            table[code] = ord(kept[0])
    return table


@compiled
def _ngrams(codes: Codes, table: Codes, length: int, ring: Hashes, out: Hashes) -> int:
    oldest = np.uint64(1)
    for _ in range(length):
        oldest *= _BASE
    ring[:length] = 0
    rolling, seen, count = np.uint64(0), 0, 0
    for code in codes:
        kept = table[code] if code < len(table) else code
        if kept == _DROP:
            continue
        place = seen % length
        rolling = rolling * _BASE + np.uint64(kept) - ring[place] * oldest
        ring[place] = np.uint64(kept)
        seen += 1
        if seen >= length:
            out[count] = mix(rolling) | np.uint64(1)
            count += 1
    return count


@compiled
def _hit_texts(
    codes: Codes,
    offsets: Offsets,
    table: Codes,
    length: int,
    wanted: Hashes,
    ring: Hashes,
    out: NDArray[np.bool_],
) -> None:
    """Which texts have any wanted n-gram; `wanted` is an open-addressing table, 0 marks a free place."""
    oldest = np.uint64(1)
    for _ in range(length):
        oldest *= _BASE
    mask = len(wanted) - 1
    for text in range(len(offsets) - 1):
        ring[:length] = 0
        rolling, seen, place = np.uint64(0), 0, 0
        for position in range(offsets[text], offsets[text + 1]):
            code = codes[position]
            kept = table[code] if code < len(table) else code
            if kept == _DROP:
                continue
            rolling = rolling * _BASE + np.uint64(kept) - ring[place] * oldest
            ring[place] = np.uint64(kept)
            place = place + 1 if place + 1 < length else 0
            seen += 1
            if seen >= length:
                key = mix(rolling) | np.uint64(1)
                slot = np.int64(key >> np.uint64(20)) & mask
                while wanted[slot] != 0 and wanted[slot] != key:
                    slot = (slot + 1) & mask
                if wanted[slot] == key:
                    out[text] = True
                    break


def ngrams(text: str, length: int) -> Hashes:
    """Hashes of the shadow n-grams of one text, in order."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    out = np.empty(max(len(codes), 1), dtype=np.uint64)
    return out[: _ngrams(codes, shadow_table(), length, np.zeros(length, dtype=np.uint64), out)].copy()


# --- evaluation items --------------------------------------------------------------------------------------------


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


def items_of(record: Record, config: DecontaminationConfig) -> Iterator[tuple[str, Hashes]]:
    """What of a record is looked for: every text of at least `shortest` characters by itself, and all shorter ones
    (options, short questions) together; each as its different n-grams.
    """
    short: list[str] = []
    pooled: list[Hashes] = []
    fewest = config.shortest - config.ngram + 1
    for field, text in record.texts.items():
        plain = normalize(text).text
        found = np.unique(ngrams(plain, config.ngram))
        if len(found) >= fewest:
            yield f"{record.name}{field}", found
        else:
            short.append(plain)
            pooled.append(found)
    if len(short) < 2:
        return
    together = np.unique(np.concatenate(pooled))
    if len(together) < fewest:  # texts shorter than an n-gram can only be recognised one after the other
        together = np.unique(ngrams("\n".join(short), config.ngram))
    if len(together) >= fewest:
        yield f"{record.name} (short texts together)", together


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


def write_screen(config: DecontaminationConfig, folder: Path) -> dict[str, int]:
    """Collect the n-grams of all evaluation items into `folder`, once; returns how many items, files and n-grams.

    `items.json` names the items; `keys.npy`, `owners.npy` list (n-gram, item) pairs sorted by n-gram.
    """
    if (folder / "items.json").is_file():
        return read_json(folder / "items.json")["counts"]
    names: list[str] = []
    pieces: list[Hashes] = []
    owners: list[NDArray[np.int32]] = []
    seen: set[bytes] = set()
    files = evaluation_files(config)
    for file in files:
        for name, found in (item for record in read_records(file) for item in items_of(record, config)):
            if found.tobytes() in seen:
                continue
            seen.add(found.tobytes())
            owners.append(np.full(len(found), len(names), dtype=np.int32))
            pieces.append(found)
            names.append(name)
    keys = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.uint64)
    owner = np.concatenate(owners) if owners else np.zeros(0, dtype=np.int32)
    order = np.lexsort((owner, keys))
    keys, owner = keys[order], owner[order]
    _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
    telling = times[place] <= SHARED_BY_MANY
    keys, owner = keys[telling], owner[telling]
    sizes = np.bincount(owner, minlength=len(names)).tolist()
    counts = {"files": len(files), "items": len(names), "ngrams": len(keys)}
    info = {"items": names, "sizes": sizes, "config": config.model_dump(mode="json"), "counts": counts}
    working = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    np.save(working / "keys.npy", keys)
    np.save(working / "owners.npy", owner)
    write_json(working / "items.json", info)
    try:
        working.rename(folder)
    except OSError:  # another task of the same array was first
        shutil.rmtree(working)
    return counts


@dataclass
class Screen:
    """The n-grams of all evaluation items, ready to check texts."""

    keys: Hashes
    owners: NDArray[np.int32]
    table: Hashes
    names: list[str]
    sizes: list[int]
    config: DecontaminationConfig

    def check(self, texts: Sequence[str], points: CodePoints) -> dict[int, dict[str, Any]]:
        """Contaminated texts: number -> item, share of its n-grams found, longest common piece in characters."""
        touched = np.zeros(points.texts, dtype=np.bool_)
        ring = np.zeros(self.config.ngram, dtype=np.uint64)
        _hit_texts(points.codes, points.offsets, shadow_table(), self.config.ngram, self.table, ring, touched)
        found: dict[int, dict[str, Any]] = {}
        for number in np.flatnonzero(touched).tolist():
            evidence = self._evidence(texts[number])
            if evidence is not None:
                found[number] = evidence
        return found

    def _evidence(self, text: str) -> dict[str, Any] | None:
        grams = ngrams(text, self.config.ngram)
        left, right = np.searchsorted(self.keys, grams, "left"), np.searchsorted(self.keys, grams, "right")
        shared: dict[int, set[int]] = {}
        longest: dict[int, int] = {}
        running: dict[int, int] = {}
        for low, high, gram in zip(left.tolist(), right.tolist(), grams.tolist(), strict=True):
            here = self.owners[low:high].tolist()
            running = {owner: running.get(owner, 0) + 1 for owner in here}
            for owner, length in running.items():
                shared.setdefault(owner, set()).add(gram)
                longest[owner] = max(longest.get(owner, 0), length)
        best: tuple[float, int, int] | None = None
        for owner, found in shared.items():
            share, piece = len(found) / self.sizes[owner], longest[owner] + self.config.ngram - 1
            guilty = (share >= self.config.containment and self.sizes[owner] >= FEWEST_NGRAMS) or (
                piece >= self.config.longest
            )
            if guilty and (best is None or (share, piece) > best[:2]):
                best = (share, piece, owner)
        if best is None:
            return None
        return {"item": self.names[best[2]], "containment": round(best[0], 4), "longest": best[1]}


@cache
def load_screen(folder: Path) -> Screen:
    """The screen that `write_screen` wrote."""
    info = read_json(folder / "items.json")
    keys: Hashes = np.load(folder / "keys.npy")
    size = 1024
    while size < 2 * len(keys):
        size *= 2
    table = np.zeros(size, dtype=np.uint64)
    _fill(np.unique(keys), table)
    config = DecontaminationConfig.model_validate(info["config"], context={"base": folder})
    return Screen(keys, np.load(folder / "owners.npy"), table, info["items"], info["sizes"], config)


@compiled
def _fill(keys: Hashes, table: Hashes) -> None:
    mask = len(table) - 1
    for key in keys:
        slot = np.int64(key >> np.uint64(20)) & mask
        while table[slot] != 0:
            slot = (slot + 1) & mask
        table[slot] = key
