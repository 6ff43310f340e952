"""Rows of a finished corpus for a person to read: a sample by the shares of the sources, what is near a limit, the source's own text.

The choice reads the columns it chooses by and no text; then only the row groups that hold chosen rows are opened.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tekio.corpus.decisions.filters import Limit
from tekio.corpus.readers import Rejected, Unit, UnitFile, read_unit
from tekio.corpus.readers.dispatch import detect
from tekio.documents import reading, shards
from tekio.errors import Text, UsageError
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.rows.archive import ZipArchive
from tekio.text.encoding import decode
from tekio.text.html import block_text, parse_html
from tekio.text.unreadable import UnreadableError
from tekio.visible import name_below

NEAR = 0.1
"""A value is near a limit when it differs from it by at most this share of the limit."""
MAX_SOURCE_BYTES = 50_000_000
MAX_LINES = 4_000
EQUAL_LINES = 3
"""Equal lines shown before and behind a difference."""


def sample_rows(
    folder: Path, kind: str, count: int, seed: int, source: str | None = None, reason: str | None = None
) -> list[dict[str, Any]]:
    """A seeded sample of rows of a table, in table order, of each source its share of the rows and at least one.

    source: only rows of this source. reason: rejected rows whose `rejected_by` begins so. Raises `UsageError` for a
    source that has no row.
    """
    parts = shards(folder / kind)
    codes, names, fitting = _columns(parts, reason if kind == "rejected" else None)
    if source is not None and source not in names:
        raise UsageError(
            Text(f"No row of {kind} is of a source {source!r}.", f"{kind} に情報源 {source!r} の行はありません。"),
            fix=", ".join(names),
        )
    places = [np.flatnonzero(fitting & (codes == code)) for code in range(len(names))]
    if source is not None:
        places = [own if name == source else own[:0] for name, own in zip(names, places, strict=True)]
    chosen: list[int] = []
    for name, own, share in zip(names, places, shares([len(own) for own in places], count), strict=True):
        words = np.frombuffer(name.encode("utf-8"), dtype=np.uint8).tolist()
        chosen += np.random.default_rng([seed, *words]).choice(own, share, replace=False).tolist()
    return _rows(parts, sorted(chosen))


def shares(sizes: list[int], count: int) -> list[int]:
    """`count` divided in proportion to `sizes` (largest remainders), at least one of each that is not empty while they last."""
    total = sum(sizes)
    count = min(count, total)
    if not count:
        return [0] * len(sizes)
    given = [min(1, size) for size in sizes]
    if sum(given) > count:  # more sources than rows: the largest
        order = sorted(range(len(sizes)), key=lambda at: (-sizes[at], at))[:count]
        return [int(at in order) for at in range(len(sizes))]
    while sum(given) < count:
        wanting = [
            size * count / total - own if own < size else -np.inf for size, own in zip(sizes, given, strict=True)
        ]
        given[int(np.argmax(wanting))] += 1
    return given


def _columns(parts: list[Path], reason: str | None) -> tuple[NDArray[np.int64], list[str], NDArray[np.bool_]]:
    """(number of its source for every row, the sources, whether the row fits `reason`)."""
    names: dict[str, int] = {}
    codes: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    fitting: list[NDArray[np.bool_]] = [np.zeros(0, dtype=np.bool_)]
    for path in parts:
        with reading(path):
            table = pq.read_table(path, columns=["source", *([] if reason is None else ["rejected_by"])])
        coded = table["source"].combine_chunks().dictionary_encode()
        own = np.array(
            [names.setdefault(str(name), len(names)) for name in coded.dictionary.to_pylist()], dtype=np.int64
        )
        codes.append(own[coded.indices.to_numpy()] if len(own) else np.zeros(0, dtype=np.int64))
        fits = np.ones(table.num_rows, dtype=np.bool_)
        if reason is not None:
            written: list[str | None] = table["rejected_by"].to_pylist()
            fits = np.array([(text or "").startswith(reason) for text in written], dtype=np.bool_)
        fitting.append(fits)
    return np.concatenate(codes), list(names), np.concatenate(fitting)


def _rows(parts: list[Path], chosen: list[int]) -> list[dict[str, Any]]:
    """The rows at these places of a table; other row groups stay closed."""
    found: list[dict[str, Any]] = []
    start = 0
    for path in parts:
        with reading(path), pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                wanted = [place - start for place in chosen if start <= place < end]
                if wanted:
                    rows = file.read_row_group(group).take(wanted)
                    found += cast("list[dict[str, Any]]", rows.to_pylist())
                start = end
    return found


@dataclass(frozen=True)
class Near:
    """A statistic near a limit. limit: the bound, lower (`at_least`) or upper."""

    name: str
    value: float
    limit: float
    at_least: bool


def near_limits(found: Mapping[str, float], limits: Mapping[str, Limit]) -> list[Near]:
    """The statistics of a row that lie within a tenth of a limit, or outside of it."""
    near: list[Near] = []
    for name, (low, high) in limits.items():
        value = found.get(name)
        if value is None or np.isnan(value):
            continue
        if low is not None and value <= low + NEAR * abs(low) and low > 0:
            near.append(Near(name, value, low, at_least=True))
        elif high is not None and value >= high - NEAR * abs(high) and value > 0:
            near.append(Near(name, value, high, at_least=False))
    return near


# --- the source's own text ---------------------------------------------------------------------------------------


def source_text(config: CorpusConfig, row: Mapping[str, Any]) -> str | None:
    """What stands in the source of a row before anything is taken out or repaired; None where it is not found.

    Of a page all that can be seen on it, menus included; of Markdown and plain text the file; of other formats what the
    reader gives. Names and numbers are not masked.
    """
    source = next((item for item in config.sources if item.name == row["source"]), None)
    if source is None:
        return None
    file = _file_of(source, str(row["uri"]))
    if file is None:
        return None
    try:
        name = source.reader if source.reader != "auto" else detect(file)
        if name == "html":
            return block_text(parse_html(file.read(MAX_SOURCE_BYTES)))
        if name in ("markdown", "text"):
            return decode(file.read(MAX_SOURCE_BYTES)).text.replace("\r\n", "\n").replace("\r", "\n")
    except (UnreadableError, OSError):
        return None
    for read in read_unit(source, Unit(source.name, (file,))):
        document = read.document if isinstance(read, Rejected) else read
        if document is not None and document.uri == row["uri"]:
            return document.text
    return None


def _file_of(source: SourceConfig, uri: str) -> UnitFile | None:
    """The file, or the member of an archive, that a uri is of."""
    root = source.path.root()
    held = {name_below(root, path): path for path in source.path.listing().files}
    for end in [len(uri), *(at for at in range(len(uri) - 1, 0, -1) if uri[at] == "#" or uri.startswith("!/", at))]:
        path = held.get(uri[:end])
        if path is None:
            continue
        whole = UnitFile(path, uri[:end], path.stat().st_size)
        rest = uri[end:]
        return (_member_of(whole, rest[2:]) or whole) if rest.startswith("!/") else whole
    return None


def _member_of(file: UnitFile, wanted: str) -> UnitFile | None:
    try:
        with ZipArchive(file.path) as archive:
            for member in archive.members:
                if wanted == member.name or wanted.startswith((f"{member.name}#", f"{member.name}!/")):
                    raw = archive.read(member)
                    return UnitFile(file.path, f"{file.uri}!/{member.name}", len(raw), content=raw)
    except (UnreadableError, OSError):
        return None
    return None


def beside(source: str, text: str) -> Iterator[tuple[str, str]]:
    """Lines of both texts in order: (`-`, only in the source), (`+`, only in the row), (` `, in both), (`…`, equal lines left out)."""
    old = [line for line in source.split("\n") if line.strip()][:MAX_LINES]
    new = [line for line in text.split("\n") if line.strip()][:MAX_LINES]
    plain = [" ".join(line.split()) for line in old], [" ".join(line.split()) for line in new]
    for kind, old_start, old_end, new_start, new_end in difflib.SequenceMatcher(None, *plain).get_opcodes():
        if kind != "equal":
            yield from (("-", line) for line in old[old_start:old_end])
            yield from (("+", line) for line in new[new_start:new_end])
            continue
        same = new[new_start:new_end]
        if len(same) <= 2 * EQUAL_LINES + 1:
            yield from ((" ", line) for line in same)
        else:
            yield from ((" ", line) for line in same[:EQUAL_LINES])
            yield "…", str(len(same) - 2 * EQUAL_LINES)
            yield from ((" ", line) for line in same[-EQUAL_LINES:])
