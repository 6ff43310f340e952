"""A finished corpus for people: funnel, differences, one file cleaned. Reads, never writes."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyarrow has no complete type information)

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tekio.artifacts.corpus import MIXING, CorpusFunnel, Mixing
from tekio.artifacts.model import read_artifact
from tekio.artifacts.training import SourceTokens, TrainingSummary
from tekio.corpus.readers import Unit, UnitFile
from tekio.documents import reading, shards
from tekio.errors import TekioError, Text, UsageError
from tekio.recipe.corpus import CorpusConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.store import Manifest, read_manifest

KINDS = ("train", "held_out", "rejected")


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
            with reading(shard):
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
    return {item.name: (item.rows_train, item.characters_train) for item in funnel(folder).sources}


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


def clean_file(
    file: Path,
    config: CorpusConfig | None = None,
    reader: str = "auto",
    columns: Mapping[str, str] | None = None,
    *,
    seed: int = 0,
) -> Iterator[Piece]:
    """The documents of one file as a build would keep them, with the build's own reasons for those it would not.

    The file is read as the source of `config` that holds it (its options, columns, filters, license); one that is in no
    source as a source of domain finance. reader, columns: as of a source, over those. What needs other documents
    (duplicates, boilerplate, the held-out split) is not decided. Raises `TekioError` when there is no such file.
    """
    from tekio.contamination.index import write_index
    from tekio.corpus.decisions.row_rules import judge_task, judge_unit, read_reasons
    from tekio.corpus.units.unit import process_unit, read_batches
    from tekio.corpus.units.unit_layout import ROWS, UnitTask, unit_folder
    from tekio.text.personal_data.pseudonyms import preview_key

    if not file.is_file():
        raise TekioError(Text("There is no such file.", "ファイルがありません。"), where=file)
    source = _source_of(file, config, reader, columns or {})
    settings = config or CorpusConfig(sources=[source])
    with tempfile.TemporaryDirectory() as scratch:
        items = None
        if settings.decontaminate.items:
            items = Path(scratch) / "items"
            write_index(settings.decontaminate, items, "corpus.decontaminate")
        unit = Unit(source.name, (UnitFile(file, file.name, file.stat().st_size),))
        task = UnitTask(
            0, 0, unit, source, settings, seed, Path(scratch), items, key=preview_key(settings.personal_data.key_file)
        )
        process_unit(task)
        judge_unit(judge_task(settings, source, unit_folder(task), Path(scratch) / "decided"))
        table = read_reasons(Path(scratch) / "decided")
        reasons = {
            row: (reason, json.loads(measured))
            for row, reason, measured in zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
        }
        number = 0
        for batch in read_batches(unit_folder(task) / ROWS, ["text", "uri", "title", "meta"]):
            for row in batch.to_pylist():
                reason, measured = reasons.get(number, (None, {}))
                transforms = tuple(json.loads(row["meta"]).get("transforms", ()))
                yield Piece(row["uri"], row["title"], row["text"], transforms, reason, measured)
                number += 1


def _source_of(file: Path, config: CorpusConfig | None, reader: str, columns: Mapping[str, str]) -> SourceConfig:
    """The source of a recipe that holds a file, or a source of its own."""
    own: dict[str, Any] = {} if reader == "auto" else {"reader": reader}
    own |= {"columns": dict(columns)} if columns else {}
    for source in config.sources if config else ():
        if any(file.resolve() == other.resolve() for other in source.path.files()):
            return source.model_copy(update={**own, "limit": None})
    plain = {"name": "file", "path": RecipePath.of(file), **own}
    return SourceConfig.model_validate(plain, context={"base": Path.cwd()})


def funnel(folder: Path) -> CorpusFunnel:
    """`funnel.json` of a corpus."""
    return read_artifact(CorpusFunnel, folder / "funnel.json")


def mixing(folder: Path) -> Iterator[tuple[str, str]]:
    """(source, `epochs N` or `weight N`) of the sources that training does not simply take once."""
    path = folder / MIXING
    for item in read_artifact(Mixing, path).sources if path.is_file() else []:
        if item.weight is not None:
            yield item.name, f"weight {item.weight:g}"
        elif item.epochs != 1:
            yield item.name, f"epochs {item.epochs:g}"


def packed_tokens(folder: Path) -> Iterator[tuple[str, str, SourceTokens]]:
    """(stage, source, counts) of what the training stages beside a corpus packed of it."""
    for stage in ("base", "pretrain"):
        path = folder.parent / stage / "summary.json"
        if path.is_file() and read_manifest(path.parent) is not None:
            for name, own in (read_artifact(TrainingSummary, path).sources or {}).items():
                yield stage, name, own


def as_json(value: object) -> str:
    """A value as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1)
