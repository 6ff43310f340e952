"""`docs/recipe.md`: every key of a recipe with its type, default and meaning, from the sections themselves.

`python -m tekio.recipe.reference > docs/recipe.md` writes it; a test holds the two together.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tekio.recipe import Recipe
from tekio.recipe.section import Section

HEAD = """# The recipe

One YAML file per experiment is the only configuration. Paths are relative to the recipe and may hold `${NAME}` or
`${NAME:-default}`. Unknown keys, duplicate keys, wrong types and impossible values are refused with line and column.
`tekio init` writes a commented one to start from; `tekio doctor RECIPE` checks one. This page is generated
(`python -m tekio.recipe.reference`).
"""


def type_words(annotation: Any) -> str:
    """A field's type as a reader of YAML would say it."""
    text = annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
    text = re.sub(r"tekio\.recipe\.(\w+\.)*", "", text).replace("typing.", "").replace("NoneType", "null")
    text = re.sub(r"Annotated\[str, .*?>\)\]", "name", text)
    text = re.sub(r"Annotated\[(int|float), FieldInfo\(.*?\]\)\]", r"\1", text)
    text = re.sub(r"Literal\[(.*?)\]", lambda match: match[1].replace("'", "").replace(", ", " or "), text)
    return text.replace("None", "null").replace("RecipePath", "path").replace("|", "or")


def default_words(field: FieldInfo) -> str:
    """A field's default as YAML, or `needed`."""
    if field.is_required():
        return "needed"
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined or isinstance(value, Section):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False, default=str)}`"


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The sections named in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def sections(model: type[BaseModel], name: str, seen: set[type[BaseModel]]) -> Iterator[str]:
    """The page's text for `model` and the sections below it, each once."""
    if model in seen:
        return
    seen.add(model)
    yield f"\n## {name}\n\n{(model.__doc__ or '').strip()}\n\n| key | type | default | meaning |\n|---|---|---|---|\n"
    below: list[tuple[type[BaseModel], str]] = []
    for key, field in model.model_fields.items():
        shown = field.alias or key
        meaning = " ".join((field.description or "").split()).replace("|", "or")
        yield f"| `{shown}` | {type_words(field.annotation)} | {default_words(field)} | {meaning} |\n"
        inside = shown if name == "recipe" else f"{name}.{shown}"
        below.extend((inner, inside) for inner in models_in(field.annotation))
    for inner, inside in below:
        yield from sections(inner, inside, seen)


def reference() -> str:
    """The whole page."""
    return HEAD + "".join(sections(Recipe, "recipe", set()))


if __name__ == "__main__":
    sys.stdout.write(reference())
