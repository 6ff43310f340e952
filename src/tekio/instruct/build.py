"""The instruct stage: harvest pages, expand and import data sets, screen, split, write.

Each source is cut into units (a few files); a worker turns a unit into rows, screens each by itself and writes them to
scratch. Then, in one process and in the order of the recipe, come the limits, the checks over all records, and the split.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from tekio.artifacts.instruct import PageCoverage
from tekio.artifacts.model import parse
from tekio.engine import Engine
from tekio.errors import TekioError
from tekio.hashes import input_hash
from tekio.instruct.candidate import Row
from tekio.instruct.expand.expand import CompiledTemplate, compile_template, expand_files
from tekio.instruct.expand.sample import caps_of
from tekio.instruct.expand.templates import TemplateFile, read_template
from tekio.instruct.finish import KINDS, FinishedSource, SourceConfig, finish
from tekio.instruct.screen.personal import record_key
from tekio.instruct.screen.rules import screen_rows
from tekio.progress import Progress
from tekio.recipe.instruct import ExpandConfig, HarvestConfig, ImportConfig, InstructConfig, ScreenConfig
from tekio.store import Input, Manifest, Workspace, is_planning, require_replaceable, run_stage, sha256_json, write_json
from tekio.text.personal_data.pseudonyms import PseudonymKey, key_input
from tekio.visible import name_below, shown_name

VERSION = 19
UNIT_BYTES = 8_000_000
ROWS_AT_ONCE = 4096
"""Rows a worker holds."""


@dataclass(frozen=True)
class Unit:
    """Some files of one source and where their rows go."""

    source: SourceConfig
    template: TemplateFile | None
    screen: ScreenConfig
    files: tuple[tuple[Path, str], ...]
    seed: int
    out: Path
    key: PseudonymKey | None


def build_instructions(
    config: InstructConfig, out: Path, *, seed: int, engine: Engine, special_tokens: Sequence[str] = ()
) -> Manifest:
    """Build the instruction data of a recipe in `out` (docs/formats.md, `instruct/`).

    special_tokens: those of the base (`tekio.model.special_marks`), which no record may hold, beside the recipe's own.

    Two runs with the same inputs, configuration and seed write the same bytes, whatever the engine.
    Raises `TekioError` for a source without files or a malformed template; a file, page or row that cannot be used is a
    row of `rejected.jsonl`.
    """
    marks = sorted({*config.screen.special_tokens, *special_tokens})
    config = config.model_copy(update={"screen": config.screen.model_copy(update={"special_tokens": marks})})
    sources: list[SourceConfig] = [*config.harvest, *config.expanded, *config.import_]
    templates = [template_of(source) for source in sources]
    listed = [_listed(source) for source in sources]
    inputs = [_input(source, files) for source, files in zip(sources, listed, strict=True)]
    inputs += [
        Input(f"template:{template.name}", sha256_json(template.plain()), "file") for template in templates if template
    ]
    inputs += [
        Input(
            f"contamination:{path.written}",
            _hash([(file, shown_name(Path(file.name))) for file in path.files()]),
            "folder",
            files=tuple(path.files()),
        )
        for path in config.screen.contamination.items
    ]

    if not is_planning():
        require_replaceable("instruct", out)  # before a key is made beside the recipe
    personal = config.screen.personal_data
    key = record_key(personal) if "personal_data" not in config.screen.off else None
    if key is not None:
        inputs.append(key_input(key))
    plain = config.plain()
    plain["screen"]["personal_data"] = personal.without_place()

    def work(space: Workspace) -> None:
        units = _units(config, sources, templates, listed, space, seed, key)
        summaries: list[dict[str, Any]] = []
        with Progress("instruct", total=len(units)) as progress:
            for summary in engine.map(make_rows, units):
                summaries.append(summary)
                progress.advance()
        finished = [
            _finished(source, template, len(files), units, summaries)
            for source, template, files in zip(sources, templates, listed, strict=True)
        ]
        pages = [parse(PageCoverage, page) for summary in summaries for page in summary["pages"]]
        finish(config, finished, pages, space, seed)

    return run_stage("instruct", out, config=plain, inputs=inputs, seed=seed, work=work, version=VERSION)


# --- sources and units -------------------------------------------------------------------------------------------


def template_of(source: SourceConfig) -> TemplateFile | None:
    """The template of a source to expand; None of another. Raises `TekioError` when there is none or it is malformed."""
    if not isinstance(source, ExpandConfig):
        return None
    # A template file of one's own lies beside the recipe, which is what recipe paths are relative to.
    return read_template(source.template, _recipe_folder(source))


def _recipe_folder(source: ExpandConfig) -> Path | None:
    written, path = Path(source.path.written), source.path.path
    if written.is_absolute() or "${" in source.path.written:
        return None
    return Path(str(path).removesuffix(str(written))) if str(path).endswith(str(written)) else None


def is_at_hand(source: SourceConfig) -> bool:
    """Whether there is a file at the source's path; a folder that cannot be listed is there, and says so when it is read."""
    try:
        return (not source.path.path.exists() and bool(source.path.files())) or source.path.path.exists()
    except TekioError:
        return False


def _listed(source: SourceConfig) -> list[tuple[Path, str]]:
    if source.optional and not is_at_hand(source):
        return []
    root = source.path.root()
    if isinstance(source, ImportConfig):
        from tekio.instruct.imports import import_listing

        files = import_listing(source)
    else:
        files = source.path.files()
    return [(file, name_below(root, file)) for file in files]


def _hash(files: Sequence[tuple[Path, str]]) -> str:
    return sha256_json([[uri, input_hash(file)] for file, uri in files])


def _input(source: SourceConfig, files: Sequence[tuple[Path, str]]) -> Input:
    return Input(f"{KINDS[type(source)]}:{source.name}", _hash(files), "folder", files=tuple(file for file, _ in files))


def _units(
    config: InstructConfig,
    sources: Sequence[SourceConfig],
    templates: Sequence[TemplateFile | None],
    listed: Sequence[list[tuple[Path, str]]],
    space: Workspace,
    seed: int,
    key: PseudonymKey | None,
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
                units.append(Unit(source, template, config.screen, tuple(waiting), seed, out, key))
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
    personal: Counter[str] = Counter()
    waiting = rows_of(unit, pages)
    temporary = unit.out.with_suffix(".tmp")
    with temporary.open("wb") as file:
        while rows := list(islice(waiting, ROWS_AT_ONCE)):
            personal += screen_rows(rows, unit.screen, unit.key)
            for row in rows:
                line = json.dumps(row.as_dict(), ensure_ascii=False) + "\n"
                file.write(line.encode("utf-8", "surrogatepass"))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(unit.out)
    summary = {"pages": pages, "personal_data": dict(sorted(personal.items()))}
    write_json(summary_path, summary)
    return summary


def _finished(
    source: SourceConfig,
    template: TemplateFile | None,
    files: int,
    units: Sequence[Unit],
    summaries: Sequence[dict[str, Any]],
) -> FinishedSource:
    own = [number for number, unit in enumerate(units) if unit.source is source]
    personal: Counter[str] = Counter()
    for number in own:
        personal.update(summaries[number]["personal_data"])
    caps = caps_of(template, source) if template is not None and isinstance(source, ExpandConfig) else {}
    declared = template.license if template else "unknown"
    return FinishedSource(
        config=source,
        license=source.license if source.license != "unknown" else declared,
        caps=caps,
        files=files,
        units=[units[number].out for number in own],
        personal_data=personal,
    )


def rows_of(unit: Unit, pages: list[dict[str, Any]]) -> Iterator[Row]:
    """The rows of a unit, not yet screened. pages: gets what was seen of harvested pages."""
    source = unit.source
    if isinstance(source, ExpandConfig):
        assert unit.template is not None
        compiled = _compiled(unit.template.model_dump_json(), source.model_dump_json())
        yield from expand_files(unit.files, compiled, source, unit.seed)
    elif isinstance(source, HarvestConfig):
        from tekio.instruct.harvest.rows import harvest_file

        for file, uri in unit.files:
            rows, page = harvest_file(file, uri, source)
            pages.append(page.plain())
            yield from rows
    else:
        from tekio.instruct.imports import import_file

        for file, uri in unit.files:
            yield from import_file(file, uri, source)
