"""A finished corpus for people: statistics with their thresholds, funnel, samples, differences. Reads, never writes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tekio.corpus.filters import Limit, decide, limits_of
from tekio.corpus.readers import Rejected, Unit, UnitFile, read_unit
from tekio.documents import GENERAL, read_documents, shards
from tekio.errors import TekioError, Text, UsageError
from tekio.recipe.corpus import CorpusConfig, FilterConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.store import Manifest, read_json, read_manifest
from tekio.text.measure import COLUMNS
from tekio.text.statistics import MEANINGS, NAMES, Floats, statistics

KINDS = ("train", "held_out", "rejected")
BAR = "▏▎▍▌▋▊▉█"


def corpus_folder(path: Path) -> tuple[Path, Manifest]:
    """The corpus stage in `path` (a run folder or the stage's folder itself). Raises `UsageError` when there is none."""
    for folder in (path / "corpus", path):
        manifest = read_manifest(folder)
        if manifest is not None and manifest.stage == "corpus":
            return folder, manifest
    raise UsageError(
        Text("No finished corpus here.", "完成したコーパスがありません。"),
        where=path,
        fix=Text("Name a run folder or its corpus folder.", "実行フォルダかその corpus フォルダを指定してください。"),
    )


# --- statistics --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """The measured rows of a corpus: what they are and every statistic (float64 per row)."""

    ids: list[str]
    sources: NDArray[np.str_]
    domains: NDArray[np.str_]
    status: NDArray[np.str_]
    reasons: list[str | None]
    found: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.ids)


def measured_rows(folder: Path, source: str | None = None) -> Measured:
    """The measurements of a corpus (of one source), from `measures/`, without its text; rows without text are left out."""
    ids: list[str] = []
    reasons: list[str | None] = []
    light: dict[str, list[str]] = {"source": [], "domain": [], "status": []}
    counts: list[NDArray[np.int64]] = []
    for shard in shards(folder / "measures"):
        table = pq.read_table(shard)
        own = np.column_stack([table[name].to_numpy() for name in COLUMNS]).astype(np.int64)
        named = np.array(table["source"].to_pylist())
        chosen = (own[:, COLUMNS.index("letters")] > 0) & (named == source if source else True)
        places = np.flatnonzero(chosen)
        table = table.take(places)
        counts.append(own[places])
        ids += table["id"].to_pylist()
        reasons += table["rejected_by"].to_pylist()
        for name, values in light.items():
            values += table[name].to_pylist()
    found = statistics(np.concatenate(counts))
    return Measured(
        ids, np.array(light["source"]), np.array(light["domain"]), np.array(light["status"]), reasons, found
    )


def limits_in_force(manifest: Manifest, source: str | None) -> dict[str, dict[str, Limit]]:
    """The thresholds a corpus was built with, for every source (or the one named)."""
    found: dict[str, dict[str, Limit]] = {}
    for item in manifest.config["sources"]:
        own: Any = item["filters"] or ({"preset": "none"} if item["domain"] == GENERAL else manifest.config["filters"])
        if source in (None, item["name"]):
            plain = {name: own[name] for name in ("preset", "limits") if name in own}  # word lists may be gone
            found[item["name"]] = limits_of(FilterConfig.model_validate(plain))
    if not found:
        raise UsageError(
            Text(f"No source is named {source!r}.", f"情報源 {source!r} はありません。"),
            fix=", ".join(item["name"] for item in manifest.config["sources"]),
        )
    return found


def parse_limit(written: str) -> tuple[str, Limit]:
    """`name=LOW:HIGH`, either side may be empty. Raises `UsageError`."""
    name, _, bounds = written.partition("=")
    low, colon, high = bounds.partition(":")
    try:
        if not colon or name not in NAMES:
            raise ValueError(written)
        return name, (float(low) if low else None, float(high) if high else None)
    except ValueError as error:
        raise UsageError(
            Text(f"Not a limit: {written!r}.", f"しきい値の書き方が違います: {written!r}。"),
            fix="hiragana_share=0.2: / mean_sentence=20:90 / longest_run=:200",
        ) from error


def outside_limits(rows: Measured, limits: Mapping[str, Mapping[str, Limit]]) -> dict[str, NDArray[np.bool_]]:
    """For every limited statistic which rows are outside the limits of their source. limits: by source."""
    outside: dict[str, NDArray[np.bool_]] = {}
    for source, own in limits.items():
        chosen = rows.sources == source
        for name, row in zip(own, decide(rows.found, own).outside, strict=True):
            outside.setdefault(name, np.zeros(len(rows), dtype=np.bool_))[chosen] = row[chosen]
    return outside


def _shown_limits(limits: Mapping[str, Mapping[str, Limit]], name: str) -> list[float | None] | str | None:
    """The limits of a statistic where all sources that have any agree, else the word `differ`."""
    known = {own[name] for own in limits.values() if name in own}
    return None if not known else "differ" if len(known) > 1 else list(known.pop())


def statistics_table(rows: Measured, limits: Mapping[str, Mapping[str, Limit]]) -> list[dict[str, Any]]:
    """For every statistic: quantiles, its limits, how many rows are outside, and how many are outside nothing else.

    limits: by source.
    """
    outside = outside_limits(rows, limits)
    times = np.sum(list(outside.values()), axis=0) if outside else np.zeros(len(rows))
    table: list[dict[str, Any]] = []
    for name in NAMES:
        values = rows.found[name]
        quantiles = np.quantile(values, (0, 0.01, 0.1, 0.5, 0.9, 0.99, 1)) if len(values) else np.zeros(7)
        own = outside.get(name)
        table.append(
            {
                "statistic": name,
                "meaning": MEANINGS[name],
                "quantiles": [float(value) for value in quantiles],
                "limits": _shown_limits(limits, name),
                "outside": int(own.sum()) if own is not None else 0,
                "outside_alone": int((own & (times == 1)).sum()) if own is not None else 0,
            }
        )
    return table


def rejected_by_limits(rows: Measured, limits: Mapping[str, Mapping[str, Limit]]) -> int:
    """How many rows the limits (by source) reject together."""
    outside = list(outside_limits(rows, limits).values())
    return int(np.any(outside, axis=0).sum()) if outside else 0


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


# --- rows --------------------------------------------------------------------------------------------------------


def sample_rows(
    folder: Path, kind: str, count: int, seed: int, source: str | None = None, reason: str | None = None
) -> list[dict[str, Any]]:
    """A seeded sample of rows of a table, in table order; `reason` chooses rejected rows by `rejected_by`."""
    columns = ["id", "source", *(["rejected_by"] if kind == "rejected" else [])]
    chosen: list[tuple[str, str]] = []
    for row in read_documents(folder / kind, columns):
        fits = (source is None or row["source"] == source) and (
            reason is None or str(row.get("rejected_by", "")).startswith(reason)
        )
        if fits:
            chosen.append((hashlib.sha256(f"{seed} {row['id']}".encode()).hexdigest(), row["id"]))
    wanted = {identity for _, identity in sorted(chosen)[:count]}
    return [row for row in read_documents(folder / kind) if row["id"] in wanted]


def measurements_of(folder: Path, ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """Every statistic of some rows."""
    rows = measured_rows(folder)
    places = {identity: place for place, identity in enumerate(rows.ids)}
    return {
        identity: {name: float(values[places[identity]]) for name, values in rows.found.items()}
        for identity in ids
        if identity in places
    }


# --- differences -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """What changed between two corpora.

    configuration: dotted key -> (before, after). totals: source -> (rows for training, characters) before and after, of
    the sources that changed. moved: (kind and reason before, after) -> rows; `-` means not there.
    examples: the same keys -> some ids.
    """

    configuration: dict[str, tuple[Any, Any]]
    totals: dict[str, tuple[tuple[int, int], tuple[int, int]]]
    same: int
    moved: dict[tuple[str, str], int]
    examples: dict[tuple[str, str], list[str]]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from _flat(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for item in cast("list[dict[str, Any]]", value):
            yield from _flat(item, f"{name}[{item.get('name', '')}]")
    else:
        yield name, value


def _standing(folder: Path, words: dict[str, int]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """The ids of all rows in order and where each stands, as a number of `words`, which grows."""
    ids: list[NDArray[np.uint64]] = [np.zeros(0, dtype=np.uint64)]
    codes: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
    for kind in KINDS:
        columns = ["id", *(["rejected_by"] if kind == "rejected" else [])]
        for shard in shards(folder / kind):
            table = pq.read_table(shard, columns=columns)
            own: list[str] = table["id"].to_pylist()
            ids.append(np.frombuffer(bytes.fromhex("".join(own)), dtype=">u8").astype(np.uint64))
            if kind == "rejected":
                coded = table["rejected_by"].combine_chunks().dictionary_encode()
                names = [f"rejected: {name}" for name in coded.dictionary.to_pylist()]
                numbers = np.array([words.setdefault(name, len(words)) for name in names], dtype=np.int32)
                codes.append(numbers[coded.indices.to_numpy()] if len(names) else np.zeros(0, dtype=np.int32))
            else:
                codes.append(np.full(len(own), words.setdefault(kind, len(words)), dtype=np.int32))
    whole, code = np.concatenate(ids), np.concatenate(codes)
    order = np.argsort(whole)
    return whole[order], code[order]


def _totals(folder: Path) -> dict[str, tuple[int, int]]:
    return {item["name"]: (item["rows_train"], item["characters_train"]) for item in funnel(folder)["sources"]}


def difference(before: Path, after: Path) -> Difference:
    """Compare two corpora row by row, by id."""
    (first, first_manifest), (second, second_manifest) = corpus_folder(before), corpus_folder(after)
    old, new = dict(_flat(first_manifest.config)), dict(_flat(second_manifest.config))
    changed = {
        key: (old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)
    }
    had, has = _totals(first), _totals(second)
    totals = {name: (had.get(name, (0, 0)), has.get(name, (0, 0))) for name in {**had, **has}}
    words = {"-": 0}
    (was, was_code), (now, now_code) = _standing(first, words), _standing(second, words)
    ids = np.union1d(was, now)
    codes = np.zeros((len(ids), 2), dtype=np.int32)
    codes[np.searchsorted(ids, was), 0], codes[np.searchsorted(ids, now), 1] = was_code, now_code
    apart = codes[:, 0] != codes[:, 1]
    moved: dict[tuple[str, str], int] = {}
    examples: dict[tuple[str, str], list[str]] = {}
    names = list(words)
    for pair, count in zip(*np.unique(codes[apart], axis=0, return_counts=True), strict=True):
        key = (names[pair[0]], names[pair[1]])
        moved[key] = int(count)
        places = np.flatnonzero((codes == pair).all(axis=1))[:3]
        examples[key] = [f"{identity:016x}" for identity in ids[places].tolist()]
    totals = {name: pair for name, pair in totals.items() if pair[0] != pair[1]}
    return Difference(changed, totals, int((~apart).sum()), moved, examples)


# --- one file ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """What a build would keep of one document of a file, or why it would not."""

    uri: str
    title: str | None
    text: str
    transforms: tuple[str, ...]
    rejected_by: str | None
    measured: dict[str, Any]


def clean_file(file: Path, config: CorpusConfig | None = None, reader: str = "auto") -> Iterator[Piece]:
    """The documents of one file as a build with these settings would keep them (sources of `config` do not matter).

    Raises `TekioError` when there is no such file.
    """
    from tekio.corpus.clean import clean_texts, salt_of

    if not file.is_file():
        raise TekioError(Text("There is no such file.", "ファイルがありません。"), where=file)
    source = SourceConfig.model_validate(
        {"name": "file", "path": RecipePath.of(file), "reader": reader}, context={"base": Path.cwd()}
    )
    settings = config or CorpusConfig(sources=[source])
    limits = limits_of(settings.filters)
    unit = Unit("file", (UnitFile(file, file.name, file.stat().st_size),))
    for row in read_unit(source, unit):
        if isinstance(row, Rejected):
            yield Piece(row.uri, None, row.document.text if row.document else "", (), row.reason, row.measured)
            continue
        cleaned = clean_texts([row.text], settings, salt_of(settings, 0))
        found = statistics(_counts(cleaned.points))
        verdicts = decide(found, limits)
        first = int(verdicts.first[0])
        yield Piece(
            row.uri,
            row.title,
            cleaned.texts[0],
            cleaned.transforms.get(0, ()),
            f"filter:{verdicts.names[first]}" if first >= 0 else None,
            verdicts.measured(0, found),
        )


def _counts(points: Any) -> NDArray[np.int64]:
    from tekio.text.measure import measure

    return measure(points)


def funnel(folder: Path) -> dict[str, Any]:
    """`funnel.json` of a corpus."""
    return cast("dict[str, Any]", read_json(folder / "funnel.json"))


def mixing(folder: Path) -> Iterator[tuple[str, str]]:
    """(source, `epochs N` or `weight N`) of the sources that training does not simply take once."""
    path = folder / "mixing.json"
    for item in read_json(path)["sources"] if path.is_file() else []:
        if item["weight"] is not None:
            yield item["name"], f"weight {item['weight']:g}"
        elif item["epochs"] != 1:
            yield item["name"], f"epochs {item['epochs']:g}"


def packed_tokens(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(stage, source, counts) of what the training stages beside a corpus packed of it."""
    for stage in ("base", "pretrain"):
        manifest = read_manifest(folder.parent / stage)
        if manifest is not None:
            for name, own in manifest.counts.get("sources", {}).items():
                yield stage, name, own


def as_json(value: object) -> str:
    """A value as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1)
