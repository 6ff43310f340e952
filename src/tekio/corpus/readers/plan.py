"""Cut a source into units of work that do not depend on the machine or the number of workers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from tekio.corpus.archive import bare_name
from tekio.corpus.readers.rows import Unit, UnitFile
from tekio.recipe.corpus import SourceConfig

LINE_SUFFIXES = (".jsonl", ".ndjson")
MAX_FILES_PER_UNIT = 2_000


def plan_units(source: SourceConfig, unit_bytes: int) -> list[Unit]:
    """The units of a source, in the order of its files' uris.

    Small files are put together until `unit_bytes`; a large uncompressed JSON Lines file is cut into byte ranges.
    Raises `TekioError` when no file matches the source's path.
    """
    root = source.path.root()
    files = [
        UnitFile(
            path, path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name, path.stat().st_size
        )
        for path in source.path.files()
    ]
    files.sort(key=lambda file: file.uri)
    if source.reader in ("auto", "edinet"):
        files = _with_amendments(files)
    units: list[Unit] = []
    together: list[UnitFile] = []
    size = 0
    for file in files:
        if file.bytes > unit_bytes and _can_be_cut(source, file):
            if together:
                units.append(Unit(source.name, tuple(together)))
                together, size = [], 0
            units += [
                Unit(source.name, (file,), start, min(start + unit_bytes, file.bytes))
                for start in range(0, file.bytes, unit_bytes)
            ]
            continue
        if together and (size + file.bytes > unit_bytes or len(together) >= MAX_FILES_PER_UNIT):
            units.append(Unit(source.name, tuple(together)))
            together, size = [], 0
        together.append(file)
        size += file.bytes
    if together:
        units.append(Unit(source.name, tuple(together)))
    return units


def _can_be_cut(source: SourceConfig, file: UnitFile) -> bool:
    name = file.path.name.lower()
    return source.reader in ("auto", "jsonl") and name.endswith(LINE_SUFFIXES) and bare_name(name) == name


def _with_amendments(files: list[UnitFile]) -> list[UnitFile]:
    """EDINET filings with the later amendments of each; needs only the names inside the archives."""
    from tekio.corpus.readers.edinet import filing_key

    reports: defaultdict[tuple[str, str, str], list[tuple[tuple[str, str], UnitFile]]] = defaultdict(list)
    for file in files:
        if file.path.suffix.lower() in (".zip", ".xbrl") and (found := filing_key(file.path)):
            reports[found[0]].append((found[1], file))
    later: dict[str, tuple[Path, ...]] = {}
    for versions in reports.values():
        for order, file in versions:
            later[file.uri] = tuple(
                other.path for other_order, other in sorted(versions, key=lambda item: item[0]) if other_order > order
            )
    return [replace(file, superseded_by=later[file.uri]) if later.get(file.uri) else file for file in files]
