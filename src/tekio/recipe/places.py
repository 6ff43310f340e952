"""Every place a recipe names, and whether an output may be written where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from tekio.recipe.paths import RecipePath
from tekio.recipe.section import Section


def named_paths(section: Section, location: str = "") -> Iterator[tuple[str, RecipePath]]:
    """All files, folders and globs a section names, each with the place of its key (`corpus.sources.0.path`)."""
    for name in type(section).model_fields:
        yield from _paths_in(getattr(section, name), f"{location}.{name}" if location else name)


def _paths_in(value: object, location: str) -> Iterator[tuple[str, RecipePath]]:
    if isinstance(value, RecipePath):
        yield location, value
    elif isinstance(value, Section):
        yield from named_paths(value, location)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(cast("list[object]", value)):
            yield from _paths_in(item, f"{location}.{number}")
    elif isinstance(value, Mapping):
        for name, item in cast("Mapping[str, object]", value).items():
            yield from _paths_in(item, f"{location}.{name}")


def require_apart_from_inputs(section: Section, out: Path) -> None:
    """Raise `UsageError` if `out` would contain, lie in, or be anything the recipe reads."""
    for location, path in named_paths(section):
        if location != "out":
            path.require_apart(out)
