"""The measurements of a finished corpus, shard by shard: what thresholds reject, histograms, single rows. Reads no text.

Counts are exact whatever the size; quantiles and histograms are those of a sample where there are more than `SAMPLE` rows.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tekio.corpus.decisions.filters import Limit, decide, filters_in_force, presets
from tekio.corpus.decisions.row_rules import reaches_thresholds
from tekio.corpus.write import SCORE
from tekio.documents import reading, shards
from tekio.errors import Text, UsageError
from tekio.store import Manifest
from tekio.text.kernels.measure import COLUMNS
from tekio.text.statistics import MEANINGS, NAMES, Floats, statistics

MEASURES = "measures"
SAMPLE = 200_000  # rows that quantiles and histograms are made of, about
BAR = "▏▎▍▌▋▊▉█"

Limits = Mapping[str, Mapping[str, Limit]]
"""By source: statistic -> (lowest, highest)."""


@dataclass(frozen=True)
class Shard:
    """The measured rows of one shard: ids (64 bits), sources, and every statistic (float64 per row).

    reached: whether thresholds decide about the row (`reaches_thresholds`). The score of a filter of an installed package is one too; NaN where its source does not use it.
    """

    ids: NDArray[np.uint64]
    sources: NDArray[np.str_]
    found: dict[str, Floats]
    reached: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


def measured_shards(folder: Path, source: str | None = None) -> Iterator[Shard]:
    """The measurements of a corpus (of one source), from `measures/`; rows without text are left out."""
    for path in shards(folder / MEASURES):
        with reading(path):
            own = [name for name in pq.read_schema(path).names if name.startswith(SCORE)]
            table = pq.read_table(path, columns=["id", "source", "rejected_by", *COLUMNS, *own])
        counts = np.column_stack([table[name].to_numpy() for name in COLUMNS]).astype(np.int64)
        sources = np.array(table["source"].to_pylist(), dtype=np.str_)
        ids = np.frombuffer(bytes.fromhex("".join(table["id"].to_pylist())), dtype=">u8").astype(np.uint64)
        chosen = counts[:, COLUMNS.index("letters")] > 0
        if source is not None:
            chosen &= sources == source
        found = statistics(counts[chosen])
        found |= {name.removeprefix(SCORE): table[name].to_numpy()[chosen].astype(np.float64) for name in own}
        reasons: list[str | None] = table["rejected_by"].to_pylist()
        reached = np.array([reaches_thresholds(reason) for reason in reasons], dtype=np.bool_)
        yield Shard(ids[chosen], sources[chosen], found, reached[chosen])


def _reached(shard: Shard) -> Shard:
    """The rows that thresholds decide about."""
    rows = shard.reached
    found = {name: column[rows] for name, column in shard.found.items()}
    return Shard(shard.ids[rows], shard.sources[rows], found, rows[rows])


@dataclass(frozen=True)
class Summary:
    """What limits do to a corpus, by the decision of the build itself.

    rows: those that limits decide about; before: those that the build rejects for another reason first (license, personal
    data), which count nowhere else. rejected: outside of any limit. table: one entry a statistic, with quantiles, limits,
    how many rows are outside and how many are outside nothing else. values: of the sampled rows.
    """

    rows: int
    before: int
    rejected: int
    table: list[dict[str, Any]]
    values: dict[str, Floats]

    @property
    def sampled(self) -> int:
        """How many rows the quantiles and `values` are of."""
        return len(next(iter(self.values.values())))


def summarize(
    folder: Path, limits: Limits, source: str | None = None, installed: Mapping[str, Mapping[str, Any]] | None = None
) -> Summary:
    """Measure what limits (by source) do to a corpus (or one source of it). installed: see `filters_used`."""
    total = 0
    for path in shards(folder / MEASURES):
        with reading(path):
            total += pq.read_metadata(path).num_rows
    # Ids are hashes: the rows with the lowest are a sample that is always the same.
    highest = np.uint64(min(2**64 - 1, 2**64 * SAMPLE // max(total, 1)))
    rows = before = rejected = 0
    outside = {name: np.zeros(2, dtype=np.int64) for own in limits.values() for name in own}
    values: dict[str, list[Floats]] = {name: [np.zeros(0)] for name in NAMES}
    meanings = MEANINGS | {name: str(own["meaning"]) for name, own in (installed or {}).items()}
    for whole_shard in measured_shards(folder, source):
        shard = _reached(whole_shard)
        before += len(whole_shard) - len(shard)
        own = outside_limits(shard, limits)
        times = np.sum([np.zeros(len(shard), dtype=np.int64), *own.values()], axis=0)
        for name, column in own.items():
            outside[name] += (int(column.sum()), int((column & (times == 1)).sum()))
        rows, rejected = rows + len(shard), rejected + int((times > 0).sum())
        sampled = shard.ids <= highest
        for name, column in shard.found.items():
            values.setdefault(name, []).append(column[sampled & ~np.isnan(column)])
    whole = {name: np.concatenate(parts) for name, parts in values.items()}
    table: list[dict[str, Any]] = []
    for name in values:
        quantiles = np.quantile(whole[name], (0, 0.01, 0.1, 0.5, 0.9, 0.99, 1)) if len(whole[name]) else np.zeros(7)
        counts = outside.get(name, np.zeros(2, dtype=np.int64)).tolist()
        table.append(
            {
                "statistic": name,
                "meaning": meanings.get(name, ""),
                "quantiles": [float(value) for value in quantiles],
                "limits": _shown_limits(limits, name),
                "outside": counts[0],
                "outside_alone": counts[1],
            }
        )
    return Summary(rows, before, rejected, table, whole)


def limits_in_force(manifest: Manifest, source: str | None) -> dict[str, dict[str, Limit]]:
    """The thresholds a corpus was built with, for every source (or the one named), from its manifest: word lists and
    packages may be gone.
    """
    found: dict[str, dict[str, Limit]] = {}
    brought = filters_used(manifest)
    for item in manifest.config["sources"]:
        if source in (None, item["name"]):
            own: dict[str, Any] = filters_in_force(item["filters"], item["domain"], manifest.config["filters"]) or {}
            given = {name: brought[name]["limits"] for name in own.get("installed", ())} | own.get("limits", {})
            limits: dict[str, Limit] = {name: (low, high) for name, (low, high) in given.items()}
            found[item["name"]] = presets()[own.get("preset", "none")] | limits
    if not found:
        raise UsageError(
            Text(f"No source is named {source!r}.", f"情報源 {source!r} はありません。"),
            fix=", ".join(item["name"] for item in manifest.config["sources"]),
        )
    return found


def filters_used(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """The filters of installed packages that a corpus was built with: name -> version, limits, meaning."""
    return dict(manifest.counts.get("installed_filters", {}))


def parse_limit(written: str, installed: Collection[str] = ()) -> tuple[str, Limit]:
    """`name=LOW:HIGH`, either side may be empty. installed: see `filters_used`. Raises `UsageError`."""
    name, _, bounds = written.partition("=")
    low, colon, high = bounds.partition(":")
    try:
        if not colon or (name not in NAMES and name not in installed):
            raise ValueError(written)
        return name, (float(low) if low else None, float(high) if high else None)
    except ValueError as error:
        raise UsageError(
            Text(f"Not a limit: {written!r}.", f"しきい値の書き方が違います: {written!r}。"),
            fix="hiragana_share=0.2: / mean_sentence=20:90 / longest_run=:200",
        ) from error


def outside_limits(rows: Shard, limits: Limits) -> dict[str, NDArray[np.bool_]]:
    """For every limited statistic which rows are outside the limits of their source."""
    outside: dict[str, NDArray[np.bool_]] = {}
    for source, own in limits.items():
        chosen = rows.sources == source
        for name, row in zip(own, decide(rows.found, own).outside, strict=True):
            outside.setdefault(name, np.zeros(len(rows), dtype=np.bool_))[chosen] = row[chosen]
    return outside


def _shown_limits(limits: Limits, name: str) -> list[float | None] | str | None:
    """The limits of a statistic where all sources that have any agree, else the word `differ`."""
    known = {own[name] for own in limits.values() if name in own}
    return None if not known else "differ" if len(known) > 1 else list(known.pop())


def histogram(values: Floats, limit: Limit | None, bins: int = 24, width: int = 40) -> list[str]:
    """A histogram as lines of text; bins that a limit rejects are marked with ×, those it cuts with ┆. The last bin
    holds what lies beyond, too.
    """
    if not len(values):
        return []
    low, high = float(values.min()), float(np.quantile(values, 0.995))
    high = high if high > low else low + 1
    edges = np.linspace(low, high, bins + 1)
    counts, _ = np.histogram(np.minimum(values, high), edges)
    most = max(int(counts.max()), 1)
    lines: list[str] = []
    for number, count in enumerate(counts.tolist()):
        first, last = float(edges[number]), float(edges[number + 1])
        outside = limit is not None and (
            (limit[0] is not None and last <= limit[0]) or (limit[1] is not None and first >= limit[1])
        )
        cut = limit is not None and any(bound is not None and first < bound < last for bound in limit)
        mark = "×" if outside else ("┆" if cut else " ")
        full, rest = divmod(count * width * 8 // most, 8)
        bar = "█" * full + (BAR[rest - 1] if rest else "")
        lines.append(f"{first:>12.4g} {mark} {bar} {count:,}" if count else f"{first:>12.4g} {mark}")
    return lines


def measurements_of(folder: Path, ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """Every statistic of some rows. Reads the ids of all rows and the counts of these."""
    wanted = set(ids)
    found: dict[str, dict[str, float]] = {}
    for path in shards(folder / MEASURES):
        with reading(path), pq.ParquetFile(path) as file:
            own = [name for name in file.schema_arrow.names if name.startswith(SCORE)]
            for group in range(file.num_row_groups):
                known: list[str] = file.read_row_group(group, columns=["id"])["id"].to_pylist()
                rows = [row for row, identity in enumerate(known) if identity in wanted]
                if not rows:
                    continue
                table = file.read_row_group(group, columns=["id", *COLUMNS, *own]).take(rows)
                counts = np.column_stack([table[name].to_numpy() for name in COLUMNS]).astype(np.int64)
                values = statistics(counts) | {name.removeprefix(SCORE): table[name].to_numpy() for name in own}
                for row, identity in enumerate(table["id"].to_pylist()):
                    found[identity] = {name: float(column[row]) for name, column in values.items()}
    return found
