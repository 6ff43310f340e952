"""Cut a source into units of work that do not depend on the machine or the number of workers."""

from __future__ import annotations

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
