"""Editors check a recipe by its JSON Schema: what is shipped is right, what `load_recipe` refuses by form is wrong."""

# pyright: standard

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tekio.recipe.read import parse_yaml
from tekio.recipe.schema import recipe_schema

HERE = Path(__file__).parents[2]
SHIPPED = sorted([*(HERE / "recipes").rglob("*.yaml"), HERE / "src" / "tekio" / "demo" / "recipe.yaml"])
VALIDATOR = Draft202012Validator(recipe_schema())


def test_the_schema_is_one():
    Draft202012Validator.check_schema(recipe_schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_fits(path: Path):
    # (PyYAML reads 6e-4 as text; editors follow YAML 1.2, as our own reader does.)
    value, _ = parse_yaml(path.read_bytes(), path.name)
    assert [error.message for error in VALIDATOR.iter_errors(value)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a", "corpsu": {}},
        {"name": "a", "seed": "many"},
        {"name": "a", "corpus": {"sources": [{"name": "x", "path": 5}]}},
        {"name": "a", "evaluate": {"protocol": "other"}},
        {"name": "a", "tune": {"learnign_rate": 0.1}},
        {},
    ],
)
def test_wrong_keys_types_and_choices_are_refused(wrong: dict):
    assert not VALIDATOR.is_valid(wrong)


def test_keys_carry_their_documentation():
    chat = recipe_schema()["$defs"]["EvaluateConfig"]["properties"]["choices"]
    assert "likeliest option" in chat["description"]
