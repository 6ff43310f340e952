"""What the recipes of several runs differ in: key by key, with what the key means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from pydantic import BaseModel

from tekio.recipe import Recipe

NO_DIFFERENCE = ("name", "out", "tekio")
"""Keys that say nothing about what a run does."""
ABSENT = "–"


@dataclass(frozen=True)
class KeyDifference:
    """A dotted key, what it means, and its value in every run (`–`: not there)."""

    key: str
    meaning: str
    values: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"key": self.key, "meaning": self.meaning, "values": self.values}


def recipe_differences(recipes: Sequence[Mapping[str, Any] | None]) -> list[KeyDifference]:
    """The keys whose values are not the same in all resolved recipes, in their order. None: a run without a recipe."""
    flat = [dict(_flat(recipe or {})) for recipe in recipes]
    keys = dict.fromkeys(key for values in flat for key in values)
    found: list[KeyDifference] = []
    for key in keys:
        values = [values.get(key, ABSENT) for values in flat]
        if len(set(values)) > 1 and key not in NO_DIFFERENCE:
            found.append(KeyDifference(key, meaning_of(key), values))
    return found


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys and JSON values; members of a list of named things by their name."""
    if isinstance(value, Mapping) and value:
        for key, item in cast("Mapping[str, object]", value).items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))
        return
    members = cast("list[object]", value) if isinstance(value, list) else []
    if members and all(isinstance(item, dict) and "name" in item for item in members):
        for item in members:
            named = cast("dict[str, object]", item)
            yield from _flat(named, f"{name}[{named['name']}]")
        return
    yield name, json.dumps(value, ensure_ascii=False)


def meaning_of(key: str) -> str:
    """The first sentence of what a key of the recipe means (`docs/recipe.md`); empty for keys of the user's own."""
    model: type[BaseModel] | None = Recipe
    told = ""
    for part in key.split("."):
        field = model.model_fields.get(part.partition("[")[0]) if model is not None else None
        if field is None:
            return told if model is None else ""
        told = (field.description or "").split(". ")[0].strip()
        model = next((item for item in _models(field.annotation)), None)
    return told


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for item in get_args(annotation):
        yield from _models(item)
