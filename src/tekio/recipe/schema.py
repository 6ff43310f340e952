"""The JSON Schema of a recipe (draft 2020-12), for editors and other programs.

It states names, types, choices and limits of every key, with its documentation; what `load_recipe` checks beyond that
(files that exist, names that are referred to) is `tekio doctor`'s.
"""

from __future__ import annotations

from pydantic.json_schema import JsonSchemaValue

from tekio.recipe import Recipe


def recipe_schema() -> JsonSchemaValue:
    """The schema as plain data."""
    found = Recipe.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": "Tekio recipe"}
