"""The instruct stage: harvest pages, expand and import data sets, screen, split, write.

Each source is cut into units (a few files); a worker turns a unit into rows, screens each by itself and writes them to
scratch. Then, in one process and in the order of the recipe, come the limits, the checks over all records, and the split.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tekio.engine import Engine
from tekio.hashes import input_hash
from tekio.instruct.expand.expand import CompiledTemplate, compile_template, expand_files
from tekio.instruct.expand.sample import beyond, caps_of, draw
from tekio.instruct.expand.templates import TemplateFile, read_template
from tekio.instruct.rows import Row
from tekio.instruct.screen.rules import screen_rows
from tekio.instruct.screen.whole import screen_whole
from tekio.instruct.split import assign_split
from tekio.progress import Progress
from tekio.recipe.instruct import ExpandConfig, HarvestConfig, ImportConfig, InstructConfig, ScreenConfig
from tekio.store import Input, Manifest, Workspace, run_stage, sha256_json, write_atomic, write_json

VERSION = 2
UNIT_BYTES = 8_000_000

SourceConfig = HarvestConfig | ExpandConfig | ImportConfig
KINDS: dict[type[SourceConfig], str] = {HarvestConfig: "harvest", ExpandConfig: "expand", ImportConfig: "import"}


@dataclass(frozen=True)
class Unit:
    """Some files of one source and where their rows go."""

    source: SourceConfig
    template: TemplateFile | None
    screen: ScreenConfig
    files: tuple[tuple[Path, str], ...]
    seed: int
    out: Path


def build_instructions(config: InstructConfig, out: Path, *, seed: int, engine: Engine) -> Manifest:
    """Build the instruction data of a recipe in `out` (docs/formats.md, `instruct/`).

    Two runs with the same inputs, configuration and seed write the same bytes, whatever the engine.
    Raises `TekioError` for a source without files or a malformed template; a file, page or row that cannot be used is a
    row of `rejected.jsonl`.
    """
    sources: list[SourceConfig] = [*config.harvest, *config.expand, *config.import_]
    templates = [_template(source) for source in sources]
    listed = [_listed(source) for source in sources]
    inputs = [_input(source, files) for source, files in zip(sources, listed, strict=True)]
    inputs += [
        Input(f"template:{template.name}", sha256_json(template.plain()), "file") for template in templates if template
    ]
    inputs += [
        Input(f"contamination:{path.written}", _hash([(file, file.name) for file in path.files()]), "folder")
        for path in config.screen.contamination
    ]

    def work(space: Workspace) -> None:
        units = _units(config, sources, templates, listed, space, seed)
        summaries: list[dict[str, Any]] = []
        with Progress("instruct", total=len(units)) as progress:
            for summary in engine.map(make_rows, units):
                summaries.append(summary)
                progress.advance()
        by_source: list[list[Row]] = [
            [row for unit in units if unit.source is source for row in _read_unit(unit.out)] for source in sources
        ]
        pages = [page for summary in summaries for page in summary["pages"]]
        _finish(config, sources, listed, by_source, pages, space, seed)

    return run_stage("instruct", out, config=config.plain(), inputs=inputs, seed=seed, work=work, version=VERSION)


# --- sources and units -------------------------------------------------------------------------------------------


def _template(source: SourceConfig) -> TemplateFile | None:
    if not isinstance(source, ExpandConfig):
        return None
    # A template file of one's own lies beside the recipe, which is what recipe paths are relative to.
    return read_template(source.template, _recipe_folder(source))


def _recipe_folder(source: ExpandConfig) -> Path | None:
    written, path = Path(source.path.written), source.path.path
    if written.is_absolute() or "${" in source.path.written:
        return None
    return Path(str(path).removesuffix(str(written))) if str(path).endswith(str(written)) else None


def _listed(source: SourceConfig) -> list[tuple[Path, str]]:
    root = source.path.root()
    if isinstance(source, ImportConfig):
        from tekio.instruct.imports import import_listing

        files = import_listing(source)
    else:
        files = source.path.files()
    return [(file, file.relative_to(root).as_posix()) for file in files]


def _hash(files: Sequence[tuple[Path, str]]) -> str:
    return sha256_json([[uri, input_hash(file)] for file, uri in files])


def _input(source: SourceConfig, files: Sequence[tuple[Path, str]]) -> Input:
    return Input(f"{KINDS[type(source)]}:{source.name}", _hash(files), "folder")


def _units(
    config: InstructConfig,
    sources: Sequence[SourceConfig],
    templates: Sequence[TemplateFile | None],
    listed: Sequence[list[tuple[Path, str]]],
    space: Workspace,
    seed: int,
) -> list[Unit]:
    folder = space.scratch("units")
    folder.mkdir(exist_ok=True)
    units: list[Unit] = []
    for source, template, files in zip(sources, templates, listed, strict=True):
        waiting: list[tuple[Path, str]] = []
        size = 0
        for number, (file, uri) in enumerate(files, 1):
            waiting.append((file, uri))
            size += file.stat().st_size
            if size >= UNIT_BYTES or number == len(files):
                out = folder / f"{len(units):05d}.jsonl"
                units.append(Unit(source, template, config.screen, tuple(waiting), seed, out))
                waiting, size = [], 0
    return units


@lru_cache(maxsize=8)
def _compiled(template: str, source: str) -> CompiledTemplate:
    return compile_template(TemplateFile.model_validate_json(template), ExpandConfig.model_validate_json(source))


def make_rows(unit: Unit) -> dict[str, Any]:
    """Turn the files of a unit into screened rows (JSON Lines at `unit.out`). Returns what was seen of pages."""
    summary_path = unit.out.with_suffix(".summary.json")
    if unit.out.is_file() and summary_path.is_file():
        return json.loads(summary_path.read_text(encoding="utf-8"))
    pages: list[dict[str, Any]] = []
    rows = list(_rows(unit, pages))
    screen_rows(rows, unit.screen)
    lines = [json.dumps(row.as_dict(), ensure_ascii=False) + "\n" for row in rows]
    write_atomic(unit.out, "".join(lines).encode("utf-8", "surrogatepass"))
    write_json(summary_path, {"pages": pages})
    return {"pages": pages}


def _rows(unit: Unit, pages: list[dict[str, Any]]) -> Iterator[Row]:
    source = unit.source
    if isinstance(source, ExpandConfig):
        assert unit.template is not None
        compiled = _compiled(unit.template.model_dump_json(), source.model_dump_json())
        yield from expand_files(unit.files, compiled, source, unit.seed)
    elif isinstance(source, HarvestConfig):
        from tekio.instruct.harvest.rows import harvest_file

        for file, uri in unit.files:
            rows, page = harvest_file(file, uri, source)
            pages.append(page)
            yield from rows
    else:
        from tekio.instruct.imports import import_file

        for file, uri in unit.files:
            yield from import_file(file, uri, source)


def _read_unit(path: Path) -> Iterator[Row]:
    for line in path.read_bytes().decode("utf-8", "surrogatepass").split("\n"):
        if line:
            yield Row.from_dict(json.loads(line))


# --- limits, checks over all records, split, files ---------------------------------------------------------------


def _apply_limits(source: SourceConfig, template: TemplateFile | None, rows: Sequence[Row], seed: int) -> None:
    """Seeded samples over the whole source (`expand/sample.py`); rejected candidates count, as they do in the workers."""
    if isinstance(source, HarvestConfig):
        return
    candidates = [row for row in rows if "task" in row.record.meta.extra or isinstance(source, ImportConfig)]
    extras = [row.record.meta.extra for row in candidates]
    if isinstance(source, ExpandConfig):
        numbers = [draw(seed, source.name, str(extra["template"]), str(extra["row"])) for extra in extras]
        caps = caps_of(template, source) if template else {}
        tasks = [str(extra["task"]) for extra in extras]
    else:
        numbers = [draw(seed, source.name, "import", row.record.id) for row in candidates]
        caps, tasks = {}, [""] * len(candidates)
    for place, (reason, measured) in beyond(tasks, numbers, caps, source.limit).items():
        candidates[place].reject(reason, measured)


def _finish(
    config: InstructConfig,
    sources: Sequence[SourceConfig],
    listed: Sequence[list[tuple[Path, str]]],
    by_source: Sequence[list[Row]],
    pages: list[dict[str, Any]],
    space: Workspace,
    seed: int,
) -> None:
    for source, rows in zip(sources, by_source, strict=True):
        _apply_limits(source, _template(source), rows, seed)
    everything = [row for rows in by_source for row in rows]
    screen_whole(everything, config.screen)
    kept = [row for row in everything if row.alive]
    assign_split([row.record for row in kept], config.validation_share, seed, config.split)
    for row in kept:
        if row.flags:
            row.record.meta.extra["flags"] = sorted(set(row.flags))
    for split in ("train", "validation"):
        lines = [_line(row.record.as_dict()) for row in kept if row.record.meta.split == split]
        write_atomic(space.path / f"{split}.jsonl", "".join(lines))
    rejected = [row for row in everything if not row.alive]
    lines = [
        _line({**row.record.as_dict(), "rejected_by": row.rejected_by, "measured": row.measured}) for row in rejected
    ]
    write_atomic(space.path / "rejected.jsonl", "".join(lines).encode("utf-8", "backslashreplace"))
    funnel: dict[str, Any] = {
        "sources": [
            _funnel_row(source, len(files), rows)
            for source, files, rows in zip(sources, listed, by_source, strict=True)
        ],
        "pages": pages,
    }
    funnel["totals"] = _totals(funnel["sources"])
    write_json(space.path / "funnel.json", funnel)
    space.counts.update(funnel["totals"])


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"


def _funnel_row(source: SourceConfig, files: int, rows: Sequence[Row]) -> dict[str, Any]:
    rejected: dict[str, int] = {}
    for row in rows:
        if row.rejected_by:
            rejected[row.rejected_by] = rejected.get(row.rejected_by, 0) + 1
    splits = [row.record.meta.split for row in rows if row.alive]
    template = _template(source)
    declared = template.license if template else "unknown"
    return {
        "name": source.name,
        "kind": KINDS[type(source)],
        "license": source.license if source.license != "unknown" else declared,
        "files": files,
        "rows_in": len(rows),
        "rows_train": splits.count("train"),
        "rows_validation": splits.count("validation"),
        "rejected": dict(sorted(rejected.items())),
    }


def _totals(sources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    totals: dict[str, Any] = {
        name: sum(row[name] for row in sources) for name in ("files", "rows_in", "rows_train", "rows_validation")
    }
    rejected: dict[str, int] = {}
    for row in sources:
        for reason, count in row["rejected"].items():
            rejected[reason] = rejected.get(reason, 0) + count
    totals["rejected"] = dict(sorted(rejected.items()))
    return totals
